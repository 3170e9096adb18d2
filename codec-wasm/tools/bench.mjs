// What decoding costs beside what browsers use today, in Node and in Chromium: medians of rounds in turns, in one process.
//
//   node bench.mjs PACKAGE CORPUS [--write FILE]
//
// PACKAGE is the folder of the built npm package, CORPUS what `cargo run --release -p strictframe-benches --bin browser -- CORPUS` wrote. Node counts
// processor time, which a busy machine disturbs least; a page has only a clock.
import { readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { cpus, loadavg } from "node:os";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";

import { build } from "esbuild";
import { chromium } from "playwright-core";

import { FILES, ROUNDS, casesOf, rowsOf } from "./bench-cases.mjs";

const [, , given, corpus, option, file] = process.argv;
const folder = resolve(given);
const SCHEMA = new URL("../../benches/proto/event.proto", import.meta.url);

async function inNode() {
  const { Decoder, initSync } = await import(pathToFileURL(join(folder, "dist/index.js")).href);
  initSync(readFileSync(join(folder, "dist/strictframe.wasm")));
  const files = Object.fromEntries(FILES.map((name) => [name, new Uint8Array(readFileSync(join(corpus, name)))]));
  const { cases, about } = await casesOf(Decoder, files, readFileSync(SCHEMA, "utf8"));
  const clock = () => {
    const { user, system } = process.cpuUsage();
    return (user + system) * 1000;
  };
  return { about, rows: await rowsOf(cases, clock) };
}

async function inChromium() {
  const bundled = await build({
    entryPoints: [join(import.meta.dirname, "bench-page.mjs")],
    alias: { strictframe: join(folder, "dist/index.js") },
    bundle: true,
    format: "esm",
    minify: true,
    target: "es2022",
    write: false,
    logLevel: "error",
  });
  const served = {
    "/": ["text/html", "<!doctype html><title>strictframe</title><script type=module src=/page.js></script>"],
    "/page.js": ["text/javascript", bundled.outputFiles[0].text],
    "/strictframe.wasm": ["application/wasm", readFileSync(join(folder, "dist/strictframe.wasm"))],
    "/event.proto": ["text/plain", readFileSync(SCHEMA)],
    ...Object.fromEntries(FILES.map((name) => [`/corpus/${name}`, ["application/octet-stream", readFileSync(join(corpus, name))]])),
  };
  const server = createServer((request, response) => {
    const [type, content] = served[request.url] ?? [];
    if (!type) return response.writeHead(404).end();
    response.setHeader("content-type", type).end(content);
  });
  await new Promise((listening) => server.listen(0, "127.0.0.1", listening));
  const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: ["--no-sandbox"] });
  try {
    const page = await browser.newPage();
    await page.goto(`http://127.0.0.1:${server.address().port}/`);
    await page.waitForFunction(() => "bench" in globalThis);
    return { version: browser.version(), rows: await page.evaluate(() => globalThis.bench()) };
  } finally {
    await browser.close();
    server.close();
  }
}

const HEAD = "| what | with | ns | times |\n|---|---|---|---|\n";
const load = () => loadavg()[0].toFixed(0);
const node = await inNode();
const nodeLoad = load();
const page = await inChromium();
const text = `# What decoding costs in JavaScript

Written by \`cargo xtask bench --all\`. ${cpus().length} processors (${cpus()[0].model}). Of ${readFileSync(join(corpus, "label"), "utf8")} ${node.about}.
Medians of ${ROUNDS} rounds in turns, in nanoseconds; the ratio is that of the medians, to the first line of its part.

## Node ${process.version}, processor time, under a load of ${nodeLoad}

${HEAD}${node.rows}
## Chromium ${page.version}, by the clock, under a load of ${load()}

${HEAD}${page.rows}`;
console.log(text);
if (option === "--write") writeFileSync(file, text);
