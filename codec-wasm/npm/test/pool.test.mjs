// The pool of workers: transfer, waiting, cancelling, and a refusal that is nobody else's.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { Worker } from "node:worker_threads";

import { StrictframeError, initSync } from "../dist/index.js";
import { DecodeWorker } from "../dist/pool.js";
import { message, schema } from "./forge.mjs";

initSync(readFileSync(new URL("../dist/strictframe.wasm", import.meta.url)));

const json = schema("json", "a.Json", "{}");
const frame = (number) => Uint8Array.from(message(json.key, Buffer.from(String(number))));

/** A worker of Node's with the face of a page's. */
function made() {
  const worker = new Worker(new URL("./node-worker.mjs", import.meta.url));
  const face = { postMessage: (message, transfer) => worker.postMessage(message, transfer), terminate: () => worker.terminate(), onmessage: null, onerror: null };
  worker.on("message", (data) => face.onmessage?.({ data }));
  worker.on("error", (error) => face.onerror?.({ message: error.message }));
  return face;
}

async function pool(options, use) {
  const workers = new DecodeWorker({ worker: made, ...options });
  try {
    await workers.define(json.frame);
    await use(workers);
  } finally {
    workers.close();
  }
}

test("every message has its own answer, from several workers", () =>
  pool({ workers: 2, pending: 8 }, async (workers) => {
    const answers = await Promise.all(Array.from({ length: 200 }, (_, number) => workers.decode(frame(number))));
    assert.deepEqual(answers.map(({ records }) => records[0]), Array.from({ length: 200 }, (_, number) => number));
    assert.deepEqual([answers[0].kind, answers[0].lineage], ["message", json.key.subarray(0, 8).toString("hex")]);
    assert.equal(workers.size, 0);
  }));

test("a refused message rejects its own promise and no other", () =>
  pool({}, async (workers) => {
    const damaged = frame(1);
    damaged[30] ^= 1;
    const [first, refused, last] = await Promise.allSettled([workers.decode(frame(1)), workers.decode(damaged), workers.decode(frame(2))]);
    assert.deepEqual([first.value.records, last.value.records], [[1], [2]]);
    assert.ok(refused.reason instanceof StrictframeError);
    assert.deepEqual([refused.reason.code, refused.reason.clause], ["SF-0313", "FRM-14"]);
  }));

test("bytes that are given away are not copied, and others stay with the caller", () =>
  pool({}, async (workers) => {
    const [kept, given] = [frame(7), frame(8)];
    const answers = [workers.decode(kept), workers.decode(given, { transfer: true })];
    assert.deepEqual([kept.length > 0, given.length], [true, 0]);
    assert.deepEqual((await Promise.all(answers)).map(({ records }) => records[0]), [7, 8]);
  }));

test("who calls off stops waiting, and the others go on", () =>
  pool({ pending: 1 }, async (workers) => {
    const off = new AbortController();
    const [first, second, third] = [workers.decode(frame(1)), workers.decode(frame(2), { signal: off.signal }), workers.decode(frame(3))];
    off.abort();
    await assert.rejects(second, { name: "AbortError" });
    assert.deepEqual([(await first).records, (await third).records], [[1], [3]]);
    await assert.rejects(workers.decode(frame(4), { signal: off.signal }), { name: "AbortError" });
  }));

test("callers that ask are held back until there is room", () =>
  pool({ pending: 2 }, async (workers) => {
    let most = 0;
    const answers = [];
    for (let number = 0; number < 20; number++) {
      await workers.ready();
      answers.push(workers.decode(frame(number)));
      most = Math.max(most, workers.size);
    }
    await Promise.all(answers);
    assert.equal(most, 2);
  }));

test("a worker that ends takes its own messages with it, and another one is taught and goes on", async () => {
  const faces = [];
  const workers = new DecodeWorker({
    worker: () => {
      faces.push(made());
      return faces.at(-1);
    },
  });
  await workers.define(json.frame);
  faces[0].postMessage({ die: true }, []);
  await assert.rejects(workers.decode(frame(1)), { code: "SF-0914", name: "InstanceLost" });
  assert.equal(faces.length, 2);
  assert.deepEqual((await workers.decode(frame(2))).records, [2]);
  workers.close();
  await assert.rejects(workers.decode(frame(3)), StrictframeError);
});

test("a worker that cannot start is not started for ever, and its callers are told", async () => {
  let made = 0;
  const workers = new DecodeWorker({
    worker: () => {
      made++;
      const face = { postMessage: () => setImmediate(() => face.onerror?.({ message: "no such script" })), terminate: () => undefined, onmessage: null, onerror: null };
      return face;
    },
  });
  await assert.rejects(workers.decode(frame(1)), { code: "SF-0914" });
  await assert.rejects(workers.decode(frame(2)), StrictframeError);
  assert.equal(made, 1);
  assert.throws(() => new DecodeWorker({ worker: made, registry: { lineages: [{ lineage: "00".repeat(8), reader: 1, oldestWriter: 1, versions: [] }] } }), { code: "SF-0904" });
});
