// What `bench.mjs` measures, wherever it runs: what goes in, and what is done with it.
import { fromBinary } from "@bufbuild/protobuf";
import { decompress } from "fzstd";
import protobuf from "protobufjs";
import { ZSTDDecoder } from "zstddec";

import { messageOf } from "./bench-schema.mjs";

/** Pieces, each behind its length. */
function pieces(bytes) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const found = [];
  for (let at = 0; at < bytes.length; ) {
    const len = view.getUint32(at, true);
    found.push(bytes.slice(at + 4, at + 4 + len));
    at += 4 + len;
  }
  return found;
}

/** The content size in the header of a Zstandard frame. */
function contentSize(frame) {
  const view = new DataView(frame.buffer, frame.byteOffset, frame.length);
  const descriptor = frame[4];
  const at = 5 + (descriptor & 0x20 ? 0 : 1) + [0, 1, 2, 4][descriptor & 3];
  const size = descriptor >> 6;
  if (size === 0) return descriptor & 0x20 ? frame[at] : 0;
  return size === 1 ? view.getUint16(at, true) + 256 : view.getUint32(at, true);
}

export const FILES = ["definitions", "frames", "batches", "today", "records", "large"];

/** The cases, of a `Decoder` whose module is loaded, the files of a corpus by their names, and the text of the peers' schema. */
export async function casesOf(Decoder, files, schema) {
  const { definitions, frames, batches, today, records, large: [large] } = Object.fromEntries(FILES.map((name) => [name, pieces(files[name])]));
  const taught = (options) => {
    const decoder = new Decoder(options);
    for (const definition of definitions) decoder.take(definition);
    return decoder;
  };
  const values = taught({});
  const texts = taught({ integers: "string" });
  const bytes = taught({ records: "bytes", keep: 64 << 20 });

  const root = protobuf.parse(schema).root;
  const Message = root.lookupType("bench.DashStreamMessage");
  const zstd = new ZSTDDecoder();
  await zstd.init();
  const DashStreamMessageSchema = messageOf(root);

  const [plain, compressed] = [0, 1].map((first) => today.filter((framed) => framed[0] === first).map((framed) => framed.subarray(1)));
  const framesOf = (first) => frames.filter((_, index) => today[index][0] === first);
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
      "strictframe": [framesOf(1), (frame) => values.records(frame)],
      "fzstd + protobufjs": [compressed, (stored) => Message.decode(decompress(stored))],
      "zstddec + @bufbuild/protobuf": [compressed, (stored) => fromBinary(DashStreamMessageSchema, zstd.decode(stored, contentSize(stored)))],
    },
    "message that it leaves as it is": {
      "strictframe": [framesOf(0), (frame) => values.records(frame)],
      "protobufjs alone": [plain, (message) => Message.decode(message)],
      "@bufbuild/protobuf alone": [plain, (message) => fromBinary(DashStreamMessageSchema, message)],
    },
    "message in a batch of 100": {
      "strictframe": [batches, (batch) => values.records(batch), 100],
      "fzstd + protobufjs": [today, (framed) => Message.decode(framed[0] === 1 ? decompress(framed.subarray(1)) : framed.subarray(1))],
    },
    "1 MiB verified and decompressed": {
      "strictframe": [[large], (frame) => bytes.records(frame)],
      "strictframe, not copied out": [[large], (frame) => bytes.borrow(frame, ([record]) => record.length)],
      "zstddec": [[largeZstd], (stored) => zstd.decode(stored, 1 << 20)],
      "fzstd": [[largeZstd], (stored) => decompress(stored)],
    },
    "peek": { "strictframe": [frames, (frame) => values.peek(frame)] },
  };

  const size = (list) => Math.round(list.reduce((sum, { length }) => sum + length, 0) / list.length);
  const about = `${frames.length} messages: ${size(records)} bytes of protobuf on average, ${size(frames)} in a frame with a dictionary of the other half of the tasks, ${size(today)} in today's framing, which compresses ${compressed.length} of them`;
  return { cases, about };
}

export const ROUNDS = 15;

/** The rows of the table: medians of rounds in turns by that clock, in nanoseconds; a round takes 100 ms or a little more. */
export async function rowsOf(cases, clock) {
  let sink = 0;
  const round = ([inputs, work, count = 1]) => {
    const started = performance.now();
    const before = clock();
    let done = 0;
    do {
      for (const input of inputs) sink ^= work(input) ? 1 : 0;
      done += inputs.length * count;
    } while (performance.now() - started < 100);
    return (clock() - before) / done;
  };
  const median = (numbers) => numbers.sort((a, b) => a - b)[numbers.length >> 1];
  let text = "";
  for (const [what, contestants] of Object.entries(cases)) {
    const times = Object.fromEntries(Object.keys(contestants).map((name) => [name, []]));
    for (const contestant of Object.values(contestants)) round(contestant);
    for (let index = 0; index < ROUNDS; index++) {
      for (const [name, contestant] of Object.entries(contestants)) times[name].push(round(contestant));
    }
    const first = median(Object.values(times)[0]);
    for (const [name, found] of Object.entries(times)) text += `| ${what} | ${name} | ${Math.round(median(found))} | ${(median(found) / first).toFixed(2)} |\n`;
  }
  if (sink > 1) throw new Error("a case gave nothing");
  return text;
}
