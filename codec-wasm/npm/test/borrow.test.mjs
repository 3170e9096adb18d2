// Records looked at where they lie in the module: what they are, how long they are good, and what comes in between.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import { Decoder, StrictframeError, initSync } from "../dist/index.js";
import { batch, message, schema } from "./forge.mjs";

initSync(readFileSync(new URL("../dist/strictframe.wasm", import.meta.url)));

const opaque = schema("opaque", "a.Opaque", "bytes");
const [first, second] = [schema("json", "a.First", "{}"), schema("json", "a.Second", "{}")];
const texts = (records) => records.map((record) => Buffer.from(record).toString());
const three = batch(opaque.key, ["one", "", "three"].map((text) => Buffer.from(text)));

test("what is borrowed lies in the memory of the module, and is what is given as bytes", () => {
  const decoder = new Decoder({ records: "bytes" });
  const copies = decoder.records(three);
  const buffers = decoder.borrow(three, (records) => {
    assert.deepEqual(records.map((record) => record.slice()), copies);
    return records.map(({ buffer }) => buffer);
  });
  assert.deepEqual(new Set(buffers).size, 1);
  assert.equal(buffers[0].byteLength, decoder.memory);
  // Of a decoder for values as well, whether their schema is known or not.
  assert.deepEqual(new Decoder().borrow(three, texts), ["one", "", "three"]);
});

test("what is borrowed stays as it is whatever is decoded in between", () => {
  const decoder = new Decoder();
  decoder.take(first.frame);
  const [outer, inner] = ["outer", "inner"].map((text) => message(first.key, Buffer.from(`"${text}"`)));
  const seen = decoder.borrow(outer, ([record]) => {
    assert.deepEqual(decoder.records(inner), ["inner"]);
    decoder.borrow(inner, (records) => assert.deepEqual(texts(records), ['"inner"']));
    return texts([record]);
  });
  assert.deepEqual(seen, ['"outer"']);
  assert.deepEqual(decoder.records(outer), ["outer"]);
});

test("what was learnt in between is known afterwards", () => {
  const decoder = new Decoder();
  decoder.take(first.frame);
  decoder.borrow(message(first.key, Buffer.from("1")), () => decoder.take(second.frame));
  for (const { key } of [second, first]) assert.deepEqual(decoder.records(message(key, Buffer.from("2"))), [2]);
  assert.throws(() => decoder.records(message(schema("json", "a.Third", "{}").key, Buffer.from("3"))), { name: "UnknownSchema" });
});

test("what is thrown by whoever borrows is thrown on, and a refusal borrows nothing", () => {
  const decoder = new Decoder();
  const before = decoder.memory;
  const thrown = new TypeError("of the caller");
  assert.throws(
    () =>
      decoder.borrow(three, () => {
        throw thrown;
      }),
    (error) => error === thrown,
  );
  assert.equal(decoder.memory, before);
  const damaged = Uint8Array.from(three);
  damaged[damaged.length - 1] ^= 1;
  assert.throws(() => decoder.borrow(damaged, () => assert.fail("nothing was found")), StrictframeError);
  assert.deepEqual(decoder.borrow(three, texts), ["one", "", "three"]);
});

test("a release in between is one, and a large payload is lent and its memory given back", () => {
  const decoder = new Decoder({ limits: { body: 64 << 20, raw: 64 << 20 } });
  decoder.borrow(three, (records) => {
    decoder.release();
    assert.deepEqual(texts(records), ["one", "", "three"]);
  });
  assert.equal(decoder.memory, 0);
  const large = message(opaque.key, Buffer.alloc(20 << 20, "x"));
  assert.equal(decoder.borrow(large, ([record]) => record.at(-1)), "x".charCodeAt(0));
  assert.equal(decoder.memory, 0);
  // One that was opened in between stays.
  decoder.borrow(large, () => decoder.borrow(three, texts));
  assert.ok(decoder.memory > 0 && decoder.memory < 4 << 20, `${decoder.memory}`);
});
