// The module of WebAssembly that is in the page: it may be older than the sources, and answers every vector all the same.
import { execFileSync } from "node:child_process";
import { cpSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { folder } from "./stage.mjs";

const HERE = import.meta.dirname;
const ASSETS = process.env.DASHBOARD_ASSETS ?? join(HERE, "../../../codec-cli/assets");

test("the module in the page answers every vector as the specification does", (test) => {
  const place = folder(test);
  for (const part of ["package.json", "dist", "test"]) cpSync(join(HERE, "../../npm", part), join(place, part), { recursive: true });
  const [, base64] = /^self\.strictframeModule="([A-Za-z0-9+/=]+)";\n$/.exec(readFileSync(join(ASSETS, "module.js"), "utf8"));
  writeFileSync(join(place, "dist/strictframe.wasm"), Buffer.from(base64, "base64"));
  execFileSync(process.execPath, [join(place, "test/vectors.mjs"), join(HERE, "../../../spec/vectors")], { stdio: "inherit" });
});
