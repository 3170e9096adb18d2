// `vite build` in this folder; the package lies beside it, and Vite itself where the tools are.
import { fileURLToPath } from "node:url";

const dist = fileURLToPath(new URL("../npm/dist/", import.meta.url));

export default {
  base: "./",
  build: { target: "es2022", assetsInlineLimit: 0 },
  resolve: {
    alias: [
      { find: /^strictframe$/, replacement: `${dist}index.js` },
      { find: /^strictframe\/strictframe\.wasm/, replacement: `${dist}strictframe.wasm` },
      { find: /^strictframe\/(.*)$/, replacement: `${dist}$1.js` },
    ],
  },
  worker: { format: "es" },
};
