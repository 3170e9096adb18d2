// Many compressed frames through the module in Node, good ones and damaged ones: what libzstd of 64 bits made of each is what this one must make of it.
//
//   node many.mjs FOLDER   where `cargo run --release --package strictframe-fuzz --bin many -- FOLDER COUNT [SEED]` wrote them
import { readFileSync } from "node:fs";

import { initSync } from "../dist/index.js";
import { isSameOfCodecs, tally } from "./answers.mjs";
import { vectorsOf } from "./folder.mjs";

const [, , folder] = process.argv;
initSync(readFileSync(new URL("../dist/strictframe.wasm", import.meta.url)));
const vectors = vectorsOf(folder);
const { failures, passed, failed } = await tally(vectors, false, isSameOfCodecs);
for (const failure of failures) console.log(failure);
const good = vectors.filter(({ expect }) => expect.decoded).length;
console.log(`${passed} passed, of which ${good} have records, ${failed} failed`);
process.exitCode = failed > 0 || passed < vectors.length || good === 0 ? 1 : 0;
