// What `npm pack` would send, and what bundlers and readers of the package find in it.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";

const folder = new URL("../", import.meta.url);
const { exports, types } = JSON.parse(readFileSync(new URL("package.json", folder), "utf8"));

const CODE = ["decoder", "error", "frame", "index", "load", "module", "objects", "options", "pieces", "pool", "records", "report", "running", "small", "state", "stream", "teach", "worker-entry", "worker-protocol"];
const MODULES = ["strictframe", "strictframe-complete", "strictframe-small"];
const CONTENT = ["LICENSE-third-party", "README.md", "package.json", ...CODE.flatMap((name) => [`dist/${name}.d.ts`, `dist/${name}.js`]), ...MODULES.map((name) => `dist/${name}.wasm`)];

test("the package has its code, its types and its modules, and nothing else", () => {
  const [{ files }] = JSON.parse(execFileSync("npm", ["pack", "--dry-run", "--json", "--ignore-scripts"], { cwd: folder, encoding: "utf8" }));
  assert.deepEqual(files.map(({ path }) => path).sort(), CONTENT.sort());
});

test("every export leads to a file", () => {
  const paths = Object.values(exports).flatMap((entry) => (typeof entry === "string" ? [entry] : Object.values(entry)));
  for (const path of [...paths, types]) assert.ok(readFileSync(new URL(path, folder)).length > 0, path);
});

test("no code of the package makes code of text", () => {
  for (const name of CODE) assert.doesNotMatch(readFileSync(new URL(`dist/${name}.js`, folder), "utf8"), /\beval\(|new Function\(/, name);
});

test("Vite builds a page of it, with the module and the worker as files of their own", async () => {
  const { build } = await import("vite");
  const out = mkdtempSync(join(tmpdir(), "strictframe-"));
  try {
    await build({ root: new URL("../../example/", import.meta.url).pathname, logLevel: "error", build: { outDir: out, emptyOutDir: true } });
    const assets = readdirSync(join(out, "assets"));
    assert.ok(assets.some((name) => /^strictframe.*\.wasm$/.test(name)), assets.join());
    assert.ok(assets.some((name) => /^worker-entry.*\.js$/.test(name)), assets.join());
  } finally {
    rmSync(out, { recursive: true });
  }
});
