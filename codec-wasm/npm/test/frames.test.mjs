// Frames, streams and refusals: what must never be a trap, a lost message, or memory that stays.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import { Decoder, Frame, FrameStream, StrictframeError, canonicalJson, framesOf, initSync, peek } from "../dist/index.js";
import { message, schema, u64 } from "./forge.mjs";

initSync(readFileSync(new URL("../dist/strictframe.wasm", import.meta.url)));

const opaque = schema("opaque", "a.Opaque", "bytes");
const json = schema("json", "a.Json", "{}");

test("a frame says what it bears without being decompressed", () => {
  const frame = peek(message(opaque.key, Buffer.from("abc"), [[1, u64(2n ** 63n)], [2, u64(5n)], [4, Buffer.from("thread-ü")], [5, Buffer.alloc(16, 7)], [7, u64(9n)]]));
  assert.ok(frame instanceof Frame);
  const { kind, codec, version, minReader, bodyLen, rawLen, rawCrc, dictionary, sequence, time, streamKey, messageId, producerEpoch, itemCount, traceContext } = frame;
  assert.deepEqual(
    { kind, codec, version, minReader, bodyLen, rawLen, rawCrc, dictionary, sequence, time, streamKey, messageId, producerEpoch, itemCount, traceContext },
    { kind: "message", codec: "none", version: 1, minReader: 1, bodyLen: 74, rawLen: 3, rawCrc: null, dictionary: null, sequence: 2n ** 63n, time: 5n, streamKey: "thread-ü", messageId: "07".repeat(16), producerEpoch: 9n, itemCount: null, traceContext: null },
  );
  assert.equal(frame.lineage, opaque.key.subarray(0, 8).toString("hex"));
  assert.equal(frame.forkCheck, opaque.key.subarray(12).toString("hex"));
  assert.deepEqual(Buffer.from(frame.stored), Buffer.from("abc"));
});

test("the descriptors of a lock file are those of its keys, JSON once it is in its one form", () => {
  const lock = readFileSync(new URL("../../../examples/orders/strictframe.lock", import.meta.url), "utf8");
  const entries = lock.split("[[lineage]]").slice(1).map((entry) => {
    const field = (name) => new RegExp(`^${name} = "?([^"\\n]+)`, "m").exec(entry)[1];
    const text = /descriptor = '''\n([^]*?)'''/.exec(entry)[1];
    return { name: field("name"), encoding: field("encoding"), lineage: field("id"), forkCheck: field("fingerprint").slice(0, 8), text };
  });
  assert.deepEqual(new Set(entries.map(({ encoding }) => encoding)), new Set(["json", "protobuf"]));
  for (const { name, encoding, lineage, forkCheck, text } of entries) {
    const descriptor = encoding === "json" ? canonicalJson(JSON.parse(text)) : text;
    const versions = [{ version: 1, minReader: 1, descriptor }];
    const decoder = new Decoder({ registry: { lineages: [{ encoding, name, reader: 1, oldestWriter: 1, versions }] } });
    assert.equal(decoder.judge({ lineage, version: 1, minReader: 1, forkCheck }), "exact", name);
  }
});

test("what is no frame is named, and a text message is refused as one", () => {
  const of = (input) => {
    try {
      peek(input);
    } catch (error) {
      assert.ok(error instanceof StrictframeError);
      return error;
    }
    return assert.fail("accepted");
  };
  assert.deepEqual(of(Buffer.from('{"a":1}')).toJSON(), { code: "SF-0101", name: "BadMagic", clause: "FRM-2", offset: 0, frame: 0, looksLike: "json", message: "not a frame, looks like JSON text (at byte 0)" });
  const cut = of(message(opaque.key, Buffer.alloc(100)).subarray(0, 50));
  assert.deepEqual([cut.code, cut.offset, cut.have, cut.need], ["SF-0103", 50, 50, 132]);
  assert.deepEqual([of("text").code, of(null).code, of(7).code], ["SF-0915", "SF-0915", "SF-0915"]);
  const sent = StrictframeError.from(JSON.parse(JSON.stringify(cut)));
  assert.deepEqual([sent.code, sent.need, sent.message], [cut.code, cut.need, cut.message]);
});

test("a million bytes of noise, in a thousand pieces, are a thousand refusals", () => {
  const decoder = new Decoder();
  let seed = 1;
  for (let count = 0; count < 1000; count++) {
    const bytes = Uint8Array.from({ length: 1000 }, () => (seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0) >>> 24);
    if (count % 2) bytes.set([0x9e, 0xc1, 0x11]);
    assert.throws(() => decoder.take(bytes), StrictframeError);
  }
  assert.ok(decoder.memory < 4 << 20, `${decoder.memory}`);
});

test("every byte of a frame may be another one, and none is taken for it", () => {
  const decoder = new Decoder({ records: "bytes" });
  const frame = message(opaque.key, Buffer.from("payload"));
  for (let at = 0; at < frame.length; at++) {
    for (const bit of [1, 4, 128]) {
      const damaged = Uint8Array.from(frame);
      damaged[at] ^= bit;
      assert.throws(() => decoder.decode(damaged), StrictframeError, `byte ${at}`);
    }
  }
  assert.equal(decoder.decode(frame).records.length, 1);
});

test("memory is given back after a large message, and what was learnt is kept", () => {
  const decoder = new Decoder({ limits: { body: 64 << 20, raw: 64 << 20 } });
  decoder.take(json.frame);
  const small = message(json.key, Buffer.from("1"));
  decoder.decode(small);
  const before = decoder.memory;
  const large = message(json.key, Buffer.from(`"${"x".repeat(12 << 20)}"`));
  assert.equal(decoder.decode(large).records[0].length, 12 << 20);
  assert.equal(decoder.memory, 0);
  assert.deepEqual(decoder.records(small), [1]);
  assert.equal(decoder.memory, before);
});

test("definitions that are repeated are kept once", () => {
  const decoder = new Decoder({ limits: { schemas: 1 } });
  for (let count = 0; count < 1000; count++) decoder.take(json.frame);
  assert.throws(() => decoder.take(opaque.frame), { code: "SF-0205", name: "LimitExceeded", have: 2, need: 1 });
  decoder.release();
  assert.deepEqual(decoder.records(message(json.key, Buffer.from("3"))), [3]);
});

test("a schema that a registry does not know is refused, and one that it knows is judged", () => {
  const lineage = { encoding: "json", name: "a.Json", reader: 1, oldestWriter: 1, versions: [{ version: 1, minReader: 1, descriptor: "{}" }] };
  const decoder = new Decoder({ registry: { lineages: [lineage] } });
  const { outcome, records } = decoder.decode(message(json.key, Buffer.from("[]")));
  assert.deepEqual([outcome, records], ["exact", [[]]]);
  assert.throws(() => decoder.decode(message(opaque.key, Buffer.alloc(1))), { code: "SF-0501" });
  const newer = schema("json", "a.Json", "{}", 2, 1);
  assert.throws(() => decoder.decode(message(newer.key, Buffer.from("1"))), { code: "SF-0505", clause: "JDG-2" });
  assert.throws(() => new Decoder({ registry: { lineages: [{ ...lineage, reader: 9 }] } }), { code: "SF-0904" });
});

test("a forged SCHEMA frame teaches nothing to those who judge", () => {
  const own = { encoding: "json", name: "a.Json", reader: 1, oldestWriter: 1, versions: [{ version: 1, minReader: 1, descriptor: "{}" }] };
  const decoder = new Decoder({ registry: { lineages: [own] } });
  const forged = schema("json", "a.Json", '{"type":"string"}');
  decoder.take(forged.frame);
  assert.throws(() => decoder.decode(message(forged.key, Buffer.from('"x"'))), { code: "SF-0502", name: "SchemaFork" });
  assert.deepEqual(decoder.records(message(json.key, Buffer.from("2"))), [2]);
});

test("frames come out of pieces of any length, and the end is told", async () => {
  const frames = Buffer.concat([json.frame, message(json.key, Buffer.from("1")), message(json.key, Buffer.from("2"))]);
  for (const piece of [1, 3, 7, 64, frames.length]) {
    const stream = new FrameStream({ form: "frames" });
    const found = [];
    for (let at = 0; at < frames.length; at += piece) {
      stream.push(frames.subarray(at, at + piece));
      for (const { records, start } of stream) found.push([start, records]);
    }
    stream.end();
    assert.equal(stream.next(), null);
    assert.ok(stream.ended);
    assert.deepEqual(found, [[0, null], [json.frame.length, [1]], [json.frame.length + 33, [2]]]);
  }
  async function* pieces() {
    yield frames.subarray(0, 50);
    yield frames.subarray(50);
  }
  const all = [];
  for await (const { frame } of framesOf(pieces(), { form: "frames" })) all.push(frame.kind);
  assert.deepEqual(all, ["schema", "message", "message"]);
});

test("a stream that was refused stays refused, with the same error", () => {
  const stream = new FrameStream();
  stream.push(message(json.key, Buffer.from("1")));
  assert.throws(() => stream.next(), { code: "SF-0701", name: "NotAStream" });
  assert.throws(() => stream.next(), { code: "SF-0701" });
  assert.throws(() => stream.push(Buffer.alloc(3)), { code: "SF-0701" });
});
