// A module that may have no more memory: every message has an answer, and the next one is decoded.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import { Decoder, FrameStream, StrictframeError, initSync } from "../dist/index.js";
import { batch, message, schema } from "./forge.mjs";

const opaque = schema("opaque", "a.Opaque", "bytes");

/** A number as WebAssembly writes it (LEB128). */
function leb128(number) {
  const bytes = [];
  for (; number > 127; number >>>= 7) bytes.push((number & 127) | 128);
  return [...bytes, number];
}

/** The number at this place, and the place behind it. */
function number(bytes, at) {
  let value = 0;
  for (let shift = 0; ; shift += 7) {
    const byte = bytes[at++];
    value |= (byte & 127) << shift;
    if (byte < 128) return [value >>> 0, at];
  }
}

/** Where the content of section 5 begins, which has the memory (WebAssembly core specification, 5.5.8). */
function memorySection(module) {
  for (let at = 8; at < module.length; ) {
    const [length, start] = number(module, at + 1);
    if (module[at] === 5) return start;
    at = start + length;
  }
  throw new Error("no memory in the module");
}

/** The same module, with a most to its one memory. */
function bounded(module, most) {
  const start = memorySection(module);
  assert.deepEqual([module[start], module[start + 1]], [1, 0], "one memory, without a most");
  const [least, end] = number(module, start + 2);
  const content = Buffer.from([1, 1, ...leb128(least), ...leb128(most)]);
  const section = module.lastIndexOf(5, start - 1);
  return Buffer.concat([module.subarray(0, section + 1), Buffer.from(leb128(content.length)), content, module.subarray(end)]);
}

const whole = readFileSync(new URL("../dist/strictframe.wasm", import.meta.url));
const [least] = number(whole, memorySection(whole) + 2);

const small = message(opaque.key, Buffer.from("small"));
const large = message(opaque.key, Buffer.alloc(8 << 20));
const limits = { body: 16 << 20, raw: 16 << 20 };

/** What is thrown, which is nothing but an error of ours. */
function thrown(use) {
  try {
    use();
  } catch (error) {
    assert.ok(error instanceof StrictframeError, String(error));
    return error.code;
  }
  return undefined;
}

test("a message for which there is no memory is refused, and the decoder goes on with what it knew", () => {
  initSync(bounded(whole, least + 64));
  const decoder = new Decoder({ records: "bytes", limits });
  decoder.take(opaque.frame);
  for (let round = 0; round < 3; round++) {
    assert.deepEqual(decoder.decode(small).records, [new Uint8Array(Buffer.from("small"))]);
    assert.equal(thrown(() => decoder.decode(large)), "SF-0906");
  }
  assert.equal(decoder.decode(small).records.length, 1);
  initSync(whole);
  assert.equal(new Decoder({ records: "bytes", limits }).decode(large).records[0].length, 8 << 20);
});

test("a stream for which there is no memory is refused, and stays so", () => {
  initSync(bounded(whole, least + 64));
  const stream = new FrameStream({ form: "frames", records: "bytes", limits });
  stream.push(small);
  assert.equal([...stream].length, 1);
  for (let round = 0; round < 2; round++) {
    assert.equal(
      thrown(() => {
        stream.push(large);
        for (const frame of stream) void frame;
      }),
      "SF-0906",
    );
  }
});

test("with however little memory, no trap crosses the boundary", () => {
  const json = schema("json", "a.Json", "{}");
  const records = Array.from({ length: 2000 }, (_, number) => Buffer.from(JSON.stringify({ number, text: "x".repeat(100) })));
  const frames = [json.frame, batch(json.key, records), message(json.key, records[0])];
  const codes = new Set();
  for (let pages = least; pages < least + 24; pages++) {
    initSync(bounded(whole, pages));
    codes.add(
      thrown(() => {
        const decoder = new Decoder();
        for (const frame of frames) codes.add(thrown(() => decoder.take(frame)));
        // What was refused is not in the way of what is smaller.
        assert.deepEqual(decoder.decode(frames[2]).records, [JSON.parse(records[0])]);
      }),
    );
    codes.add(
      thrown(() => {
        const stream = new FrameStream({ form: "frames" });
        for (const frame of frames) stream.push(frame);
        for (const frame of stream) void frame;
      }),
    );
  }
  // Decoded where there is enough, refused where there is not, and a trap of the module where it cannot even begin.
  assert.deepEqual([...codes].sort(), ["SF-0906", "SF-0914", undefined]);
});
