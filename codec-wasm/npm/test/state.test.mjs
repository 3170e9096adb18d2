// Hashes of states: the vectors that Rust is held to as well.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import { StrictframeError, canonicalJson, initSync, stateHash } from "../dist/index.js";

initSync(readFileSync(new URL("../dist/strictframe.wasm", import.meta.url)));

const vectors = JSON.parse(readFileSync(new URL("../../../spec/state-hash/vectors.json", import.meta.url), "utf8"));

test("every vector has its canonical form and its hash, or is refused", () => {
  assert.ok(vectors.length > 10);
  for (const { about, input, canonical, sha256, refused } of vectors) {
    const parsed = () => JSON.parse(input);
    if (refused) {
      assert.throws(() => stateHash(parsed()), (error) => error instanceof StrictframeError || error instanceof SyntaxError, about);
      continue;
    }
    assert.equal(canonicalJson(parsed()), canonical, about);
    assert.equal(stateHash(parsed()), sha256, about);
  }
});

test("what no JSON has is one error, and so is what is too deep", () => {
  let deep = 1;
  for (let level = 0; level < 10_000; level++) deep = [deep];
  for (const value of [deep, undefined, 1n, () => 1, Number.NaN, { a: undefined }]) assert.throws(() => stateHash(value), StrictframeError);
});
