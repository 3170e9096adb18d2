// Hashes of states in JavaScript: the canonical form of every input and its SHA-256, made by ECMAScript itself.
//
//   node check.mjs            compares with vectors.json, and exits with 1 where they differ
//   node check.mjs --write    writes canonical forms and hashes into vectors.json anew
import { createHash } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";

/** RFC 8785: members by UTF-16 code units, which is how `sort` compares; scalars as JSON.stringify writes them. */
export function canonical(value) {
  if (typeof value === "string" && !value.isWellFormed()) throw new RangeError("half of a surrogate pair");
  if (typeof value === "number" && !Number.isFinite(value)) throw new RangeError("a number beyond the doubles");
  if (value === null || typeof value !== "object") return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
  const members = Object.keys(value).sort().map((name) => `${canonical(name)}:${canonical(value[name])}`);
  return `{${members.join(",")}}`;
}

function answer(input) {
  try {
    const text = canonical(JSON.parse(input));
    return { canonical: text, sha256: createHash("sha256").update(text, "utf8").digest("hex") };
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof RangeError) return { refused: true };
    throw error;
  }
}

const file = new URL("vectors.json", import.meta.url);
const vectors = JSON.parse(readFileSync(file, "utf8"));
const made = vectors.map(({ about, input }) => ({ about, input, ...answer(input) }));
if (process.argv.includes("--write")) {
  const ascii = (text) => text.replace(/[\u007f-\uffff]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`);
  writeFileSync(file, `${ascii(JSON.stringify(made, null, 2))}\n`);
}
const differing = made.filter((vector, index) => JSON.stringify(vector) !== JSON.stringify(vectors[index]));
for (const { about } of differing) console.log(`differs: ${about}`);
console.log(`${made.length} vectors, ${differing.length} differ`);
process.exitCode = differing.length > 0 && !process.argv.includes("--write") ? 1 : 0;
