// The package in a real browser, as it is: modules by their URLs, with nothing in between, under a policy that forbids code from text.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { extname, join } from "node:path";
import { after, before, test } from "node:test";
import { chromium } from "playwright-core";

import { vectorsOf } from "./folder.mjs";

const PACKAGE = join(import.meta.dirname, "..");
const VECTORS = join(PACKAGE, "../../spec/vectors");
const TYPES = { ".js": "text/javascript", ".mjs": "text/javascript", ".wasm": "application/wasm" };
const POLICY = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; worker-src 'self'; connect-src 'self'";

const all = JSON.stringify(vectorsOf(VECTORS));
const server = createServer((request, response) => {
  response.setHeader("content-security-policy", POLICY);
  if (request.url === "/") return response.setHeader("content-type", "text/html").end("<!doctype html><title>strictframe</title>");
  if (request.url === "/vectors.json") return response.setHeader("content-type", "application/json").end(all);
  const path = join(PACKAGE, new URL(request.url, "http://a").pathname);
  if (!/\/(dist|test)\/[a-z-]+\.(js|mjs|wasm)$/.test(path)) return response.writeHead(404).end();
  response.setHeader("content-type", TYPES[extname(path)]).end(readFileSync(path));
});
let browser;
let page;

before(async () => {
  await new Promise((listening) => server.listen(0, "127.0.0.1", listening));
  browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: ["--no-sandbox"] });
  page = await browser.newPage();
  await page.goto(`http://127.0.0.1:${server.address().port}/`);
});

after(async () => {
  await browser?.close();
  server.close();
});

/** Every vector in the page itself, and in a worker of it. */
const PLACES = {
  page: async (name) => {
    const { init } = await import("/dist/index.js");
    const { tally } = await import("/test/answers.mjs");
    await init(`/dist/${name}.wasm`);
    return tally(await (await fetch("/vectors.json")).json(), name !== "strictframe");
  },
  worker: (name) =>
    new Promise((resolve, reject) => {
      const worker = new Worker("/test/vectors-worker.mjs", { type: "module" });
      worker.onmessage = ({ data }) => resolve(data);
      worker.onerror = (event) => reject(new Error(event.message));
      worker.postMessage(name);
    }),
};

for (const [place, run] of Object.entries(PLACES)) {
  for (const name of ["strictframe", "strictframe-complete"]) {
    test(`every vector in a ${place} of Chromium by ${name}.wasm`, async () => {
      await page.reload();
      const { failures, passed, failed, skipped } = await page.evaluate(run, name);
      console.log(`${place}, ${name}.wasm: ${passed} passed, ${failed} failed, ${skipped} skipped`);
      assert.deepEqual(failures, []);
      assert.equal(passed + skipped, JSON.parse(all).length);
      assert.ok(name === "strictframe" ? passed > skipped : skipped === 0);
    });
  }
}

test("a pool of real workers answers in the order asked, refuses what is damaged, and ends", async () => {
  await page.reload();
  const found = await page.evaluate(async () => {
    const { init } = await import("/dist/index.js");
    const { DecodeWorker } = await import("/dist/pool.js");
    const { joined } = await import("/test/bytes.mjs");
    await init();
    // Any vector of a record that is read without settings of its own.
    const vectors = await (await fetch("/vectors.json")).json();
    const plain = vectors.find(({ operation, expect, limits, registry, dictionaries, codecs }) => operation === "decode" && expect.decoded && !limits && !registry && !dictionaries && !codecs);
    const frame = joined(plain.input);
    const damaged = frame.slice();
    damaged[damaged.length - 1] ^= 1;
    const pool = new DecodeWorker({ workers: 2, records: "bytes" });
    const given = frame.slice();
    const answers = await Promise.allSettled([pool.decode(frame), pool.decode(damaged), pool.decode(given, { transfer: true })]);
    pool.close();
    const expected = plain.expect.decoded.records.map(({ len }) => Number(len));
    return { expected, given: given.length, answers: answers.map(({ value, reason }) => (value ? value.records.map((record) => record.length) : reason.code)) };
  });
  assert.deepEqual(found.answers, [found.expected, "SF-0313", found.expected]);
  assert.equal(found.given, 0);
});
