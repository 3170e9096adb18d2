// How builds of the package compare: each case in turns in one process, so that what else the machine does hits all of them.
//
//   node compare.mjs CORPUS PACKAGE...
//
// A PACKAGE is the folder of a built npm package, CORPUS what `bench.mjs` measures on. Nanoseconds of the quickest sixteenth of all turns, which a busy
// machine disturbs least, and the ratio to the first package.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

const [, , corpus, ...packages] = process.argv;

/** Pieces, each behind its length. */
function pieces(name) {
  const bytes = new Uint8Array(readFileSync(join(corpus, name)));
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const found = [];
  for (let at = 0; at < bytes.length; ) {
    const len = view.getUint32(at, true);
    found.push(bytes.slice(at + 4, at + 4 + len));
    at += 4 + len;
  }
  return found;
}

const definitions = pieces("definitions");
const inputs = { message: pieces("frames"), batch: pieces("batches"), large: pieces("large") };

/** The cases of a package: what goes in, how many records that is, and what is done. */
async function casesOf(folder) {
  const load = (name) => import(pathToFileURL(join(folder, "dist", name)).href);
  const { Decoder, initSync } = await load("index.js");
  const { Running } = await load("running.js");
  const module = new WebAssembly.Module(readFileSync(join(folder, "dist/strictframe.wasm")));
  initSync(module);
  const running = new Running(module, {});
  const { exports } = running.room;
  const taught = (options) => {
    const decoder = new Decoder(options);
    for (const definition of definitions) decoder.take(definition);
    return decoder;
  };
  for (const definition of definitions) {
    running.put(definition);
    running.answer(exports.decoder_take(running.decoder, definition.length, 0));
  }
  const call = (name, values) => (frame) => {
    running.put(frame);
    return exports[name](running.decoder, frame.length, values);
  };
  const [values, bytes] = [taught({}), taught({ records: "bytes", keep: 64 << 20 })];
  return {
    "message, the module's peek": ["message", 1, call("decoder_peek")],
    "message, the module's bytes": ["message", 1, call("decoder_decode", 0)],
    "message, the module's values": ["message", 1, call("decoder_decode", 1)],
    "message, objects": ["message", 1, (frame) => values.records(frame)],
    "message, peek": ["message", 1, (frame) => values.peek(frame)],
    "record of a batch, the module's bytes": ["batch", 100, call("decoder_decode", 0)],
    "record of a batch, the module's values": ["batch", 100, call("decoder_decode", 1)],
    "record of a batch, objects": ["batch", 100, (frame) => values.records(frame)],
    "1 MiB, the module's peek": ["large", 1, call("decoder_peek")],
    "1 MiB, bytes": ["large", 1, (frame) => bytes.records(frame)],
    "1 MiB, bytes not copied out": ["large", 1, (frame) => bytes.borrow(frame, ([record]) => record.length)],
  };
}

const all = [];
for (const folder of packages) all.push(await casesOf(folder));
for (const name of Object.keys(all[0])) {
  const [kind, records] = all[0][name];
  const many = inputs[kind];
  const count = { message: 40, batch: 2, large: 1 }[kind];
  const times = all.map(() => []);
  for (let turn = 0; turn < (kind === "large" ? 150 : 600); turn++) {
    const first = (turn * 7) % (many.length - count + 1);
    for (const [index, cases] of all.entries()) {
      const [, , work] = cases[name];
      const started = process.hrtime.bigint();
      for (let at = first; at < first + count; at++) work(many[at]);
      times[index].push(Number(process.hrtime.bigint() - started) / count / records);
    }
  }
  const quick = times.map((found) => found.sort((a, b) => a - b)[found.length >> 4]);
  console.log(name.padEnd(40), ...quick.map((time) => `${Math.round(time)} (${(time / quick[0]).toFixed(2)})`.padStart(16)));
}
