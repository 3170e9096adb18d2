// Every vector of the specification through the module in Node: the whole answer must be equal, or the whole refusal.
//
//   node vectors.mjs FOLDER            by the module that everybody loads; what only the complete one can do is skipped, and counted
//   node vectors.mjs FOLDER complete   by the complete module: all of them
import { readFileSync } from "node:fs";

import { initSync } from "../dist/index.js";
import { tally } from "./answers.mjs";
import { vectorsOf } from "./folder.mjs";

const [, , folder, module = "strictframe"] = process.argv;
const isComplete = module === "complete";
initSync(readFileSync(new URL(`../dist/strictframe${isComplete ? "-complete" : ""}.wasm`, import.meta.url)));
const { counts, failures, passed, failed, skipped } = await tally(vectorsOf(folder), isComplete);
for (const failure of failures) console.log(failure);
console.table(counts);
console.log(`${passed} passed, ${failed} failed, ${skipped} skipped`);
process.exitCode = failed > 0 || passed === 0 ? 1 : 0;
