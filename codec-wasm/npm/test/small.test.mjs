// The small module beside the main one: the same of every frame that it reads, and a named refusal of Zstandard.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { test } from "node:test";

import * as main from "../dist/index.js";
import * as small from "../dist/small.js";
import { options, seen } from "./answers.mjs";
import { hex, joined } from "./bytes.mjs";
import { vectorsOf } from "./folder.mjs";
import { message, schema } from "./forge.mjs";

const [UNKNOWN_DICTIONARY, CODEC_UNAVAILABLE] = ["SF-0601", "SF-0602"];

await main.init();
await small.init();

/** What a call gives, or the code, clause and offset that it is refused by. */
async function told(call) {
  try {
    return await call();
  } catch (error) {
    assert.equal(error.constructor.name, "StrictframeError", error.stack);
    const { code, clause, offset } = error;
    return { code, clause, offset };
  }
}

/** The vectors that are one frame, and what is read with no registry and every codec. */
const vectors = vectorsOf(fileURLToPath(new URL("../../../spec/vectors/", import.meta.url))).filter(({ operation }) => operation === "relay" || operation === "decode");
const settings = (vector) => {
  const { limits, dictionaries } = options(vector);
  return { limits, dictionaries, records: "bytes" };
};

test("every frame of the vectors is seen as the main module sees it", async () => {
  let count = 0;
  for (const vector of vectors) {
    const input = joined(vector.input);
    const peeked = (Type) => told(() => seen(new Type(settings(vector)).peek(input)));
    assert.deepEqual(await peeked(small.Reader), await peeked(main.Decoder), vector.name);
    count += 1;
  }
  assert.ok(count > 400, `${count} vectors`);
});

test("plain frames and those of LZ4 are read as the main module reads them, and Zstandard is refused by its name", async () => {
  const counts = { none: 0, lz4: 0, zstd: 0 };
  for (const vector of vectors) {
    const input = joined(vector.input);
    const records = ({ records }) => records.map(hex);
    const own = await told(() => records(new small.Reader(settings(vector)).read(input)));
    const theirs = await told(() => records(new main.Decoder(settings(vector)).decode(input)));
    const peeked = await told(() => new small.Reader(settings(vector)).peek(input));
    // A dictionary that is not held is told before the codec.
    if (peeked.codec === "zstd") assert.equal(own.code, theirs.code === UNKNOWN_DICTIONARY ? UNKNOWN_DICTIONARY : CODEC_UNAVAILABLE, vector.name);
    else assert.deepEqual(own, theirs, vector.name);
    if (Array.isArray(theirs)) counts[peeked.codec] += 1;
  }
  assert.ok(counts.none > 20 && counts.lz4 > 20 && counts.zstd > 20, JSON.stringify(counts));
});

test("memory is given back after a large frame, and the next one is read", () => {
  const { key } = schema("opaque", "a.Opaque", "bytes");
  const reader = new small.Reader({ limits: { body: 64 << 20, raw: 64 << 20 }, keep: 4 << 20 });
  assert.equal(reader.read(message(key, Buffer.alloc(8 << 20, 1))).records[0].length, 8 << 20);
  assert.equal(reader.memory, 0);
  const { records } = reader.read(message(key, Buffer.from("abc")));
  assert.deepEqual(records, [Uint8Array.from(Buffer.from("abc"))]);
  reader.release();
  assert.throws(() => reader.read("text"), { name: "NotBytes" });
  assert.throws(() => reader.read(schema("json", "a.Json", "{}").frame), { name: "UnexpectedKind" });
});
