// Builds the page: `vite build --mode worker`, then `vite build --mode page`, into one folder.
//
// A page that is opened from a disk may load classic scripts, and neither modules, workers nor WebAssembly files. So there are three scripts: the page, the worker
// as a function that a worker can be made of, and the module of WebAssembly as text.
import { readFileSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Plugin, defineConfig } from "vite";

const here = import.meta.dirname;
const strictframe = join(here, "../npm/dist");
const out = process.env["DASHBOARD_OUT"] ?? join(here, "dist");

/** The package looks for its module beside itself; here it is given its bytes. */
const givenModule: Plugin = {
  name: "given-module",
  enforce: "pre",
  transform(code, id) {
    if (!id.endsWith("/npm/dist/load.js")) return null;
    const address = 'new URL("./strictframe.wasm", import.meta.url)';
    if (!code.includes(address)) throw new Error(`${id} no longer says where its module is: see vite.config.ts`);
    return { code: code.replace(address, '"module.js"'), map: null };
  },
};

/** Makes a function of the worker, which starts at once where there is no document. */
const workerAsFunction: Plugin = {
  name: "worker-as-function",
  generateBundle(_, bundle) {
    for (const chunk of Object.values(bundle)) {
      if (chunk.type !== "chunk") continue;
      chunk.code = `self.strictframeWorker=function(){${chunk.code.trim()}\n};typeof document=="undefined"&&self.strictframeWorker();\n`;
    }
  },
  closeBundle() {
    writeFileSync(join(out, "licences.txt"), licences());
    const module = readFileSync(join(strictframe, "strictframe.wasm"));
    writeFileSync(join(out, "module.js"), `self.strictframeModule="${module.toString("base64")}";\n`);
  },
};

/** The licences of everything that is in the page, as they ask to be. */
function licences(): string {
  const { dependencies } = JSON.parse(readFileSync(join(here, "package.json"), "utf8")) as { dependencies: Record<string, string> };
  const parts = Object.entries(dependencies).map(([name, version]) => {
    const folder = join(here, "node_modules", name);
    const file = readdirSync(folder).find((file) => /^licen[cs]e/i.test(file));
    if (!file) throw new Error(`${name} has no licence`);
    return `${name} ${version}\n\n${readFileSync(join(folder, file), "utf8").trim()}\n`;
  });
  // What is in the module: `cargo xtask wasm` wrote them.
  parts.push(readFileSync(join(here, "../npm/LICENSE-third-party"), "utf8"));
  return parts.join(`\n${"-".repeat(80)}\n\n`);
}

export default defineConfig(({ mode }) => ({
  root: here,
  base: "./",
  publicDir: mode === "page" ? "public" : false,
  resolve: { alias: { strictframe: join(strictframe, "index.js") } },
  plugins: mode === "worker" ? [givenModule, workerAsFunction] : [],
  build: {
    outDir: out,
    emptyOutDir: mode === "worker",
    copyPublicDir: mode === "page",
    target: "es2022",
    reportCompressedSize: false,
    lib: {
      entry: join(here, mode === "worker" ? "src/worker/main.ts" : "src/page.tsx"),
      formats: ["iife"],
      name: "strictframePage",
      fileName: () => `${mode}.js`,
      cssFileName: "page",
    },
  },
  define: { "process.env.NODE_ENV": '"production"' },
}));
