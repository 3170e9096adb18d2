// What decoding costs beside what browsers use today: medians of rounds in turns, in one process; processor time, which a busy machine disturbs least.
//
//   node bench.mjs PACKAGE CORPUS [--write FILE]
//
// PACKAGE is the folder of the built npm package, CORPUS what `cargo run --release -p strictframe-benches --bin browser -- CORPUS` wrote.
import { readFileSync, writeFileSync } from "node:fs";
import { cpus, loadavg } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

import { fromBinary } from "@bufbuild/protobuf";
import { file_event } from "./bench-schema.mjs";
import { decompress } from "fzstd";
import protobuf from "protobufjs";
import { ZSTDDecoder } from "zstddec";

const [, , folder, corpus, option, file] = process.argv;
const { Decoder, initSync } = await import(pathToFileURL(join(folder, "dist/index.js")).href);
initSync(readFileSync(join(folder, "dist/strictframe.wasm")));

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
const frames = pieces("frames");
const batches = pieces("batches");
const today = pieces("today");
const records = pieces("records");
const [large] = pieces("large");

const taught = (options) => {
  const decoder = new Decoder(options);
  for (const definition of definitions) decoder.take(definition);
  return decoder;
};
const values = taught({});
const texts = taught({ integers: "string" });
const bytes = taught({ records: "bytes", keep: 64 << 20 });

const root = protobuf.parse(readFileSync(new URL("../../benches/proto/event.proto", import.meta.url), "utf8")).root;
const Message = root.lookupType("bench.DashStreamMessage");
const zstd = new ZSTDDecoder();
await zstd.init();
const { DashStreamMessageSchema } = file_event;

/** The content size in the header of a Zstandard frame. */
function contentSize(frame) {
  const view = new DataView(frame.buffer, frame.byteOffset, frame.length);
  const descriptor = frame[4];
  const at = 5 + (descriptor & 0x20 ? 0 : 1) + [0, 1, 2, 4][descriptor & 3];
  const size = descriptor >> 6;
  if (size === 0) return descriptor & 0x20 ? frame[at] : 0;
  return size === 1 ? view.getUint16(at, true) + 256 : view.getUint32(at, true);
}

const compressed = today.filter((framed) => framed[0] === 1).map((framed) => framed.subarray(1));
const largeZstd = bytes.peek(large).stored;

const cases = {
  "message": {
    "strictframe": [frames, (frame) => values.records(frame)],
    "strictframe, 64-bit as text": [frames, (frame) => texts.records(frame)],
    "strictframe, with the frame": [frames, (frame) => values.decode(frame)],
    "fzstd + protobufjs": [today, (framed) => Message.decode(framed[0] === 1 ? decompress(framed.subarray(1)) : framed.subarray(1))],
    "zstddec + @bufbuild/protobuf": [today, (framed) => {
      const stored = framed.subarray(1);
      return fromBinary(DashStreamMessageSchema, framed[0] === 1 ? zstd.decode(stored, contentSize(stored)) : stored);
    }],
  },
  "message that today's framing compresses": {
    "strictframe": [frames.filter((_, index) => today[index][0] === 1), (frame) => values.records(frame)],
    "fzstd + protobufjs": [compressed, (stored) => Message.decode(decompress(stored))],
    "zstddec + @bufbuild/protobuf": [compressed, (stored) => fromBinary(DashStreamMessageSchema, zstd.decode(stored, contentSize(stored)))],
  },
  "message in a batch of 100": {
    "strictframe": [batches, (batch) => values.records(batch), 100],
    "fzstd + protobufjs": [today, (framed) => Message.decode(framed[0] === 1 ? decompress(framed.subarray(1)) : framed.subarray(1))],
  },
  "1 MiB verified and decompressed": {
    "strictframe": [[large], (frame) => bytes.records(frame)],
    "zstddec": [[largeZstd], (stored) => zstd.decode(stored, 1 << 20)],
    "fzstd": [[largeZstd], (stored) => decompress(stored)],
  },
  "peek": { "strictframe": [frames, (frame) => values.peek(frame)] },
};

const median = (numbers) => numbers.sort((a, b) => a - b)[numbers.length >> 1];
let sink = 0;

/** One round: how many nanoseconds of processor time an item takes, collecting garbage included. */
function round([inputs, work, count = 1]) {
  const started = process.hrtime.bigint();
  const before = process.cpuUsage();
  let done = 0;
  do {
    for (const input of inputs) sink ^= work(input) ? 1 : 0;
    done += inputs.length * count;
  } while (process.hrtime.bigint() - started < ROUND);
  const { user, system } = process.cpuUsage(before);
  return ((user + system) * 1000) / done;
}

const ROUND = 100_000_000n;
const ROUNDS = 15;
const size = (list) => Math.round(list.reduce((sum, { length }) => sum + length, 0) / list.length);
let text = `# What decoding costs in JavaScript

Written by \`node codec-wasm/tools/bench.mjs\`. Node ${process.version}, ${cpus().length} processors (${cpus()[0].model}) under a load of ${loadavg()[0].toFixed(0)}; ${frames.length} messages of agents: ${size(records)} bytes of protobuf on average, ${size(frames)} in a frame with a dictionary of the other half of the tasks, ${size(today)} in today's framing, which compresses ${compressed.length} of them.
Medians of ${ROUNDS} rounds in turns, nanoseconds of processor time; the ratio is that of the medians, to the first line of its part.

| what | with | ns | times |
|---|---|---|---|
`;
for (const [what, contestants] of Object.entries(cases)) {
  const times = Object.fromEntries(Object.keys(contestants).map((name) => [name, []]));
  for (const contestant of Object.values(contestants)) round(contestant);
  for (let index = 0; index < ROUNDS; index++) {
    for (const [name, contestant] of Object.entries(contestants)) times[name].push(round(contestant));
  }
  const first = median(Object.values(times)[0]);
  for (const [name, found] of Object.entries(times)) text += `| ${what} | ${name} | ${Math.round(median(found))} | ${(median(found) / first).toFixed(2)} |\n`;
}
console.log(text);
if (option === "--write") writeFileSync(file, text);
process.exitCode = sink > 1 ? 1 : 0;
