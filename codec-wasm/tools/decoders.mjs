// Three decoders of Zstandard in WebAssembly: what each adds to a page, and what it takes. `cargo xtask decoders` builds them and calls this.
//
//   node decoders.mjs FOLDER
//
// FOLDER has a module NAME.wasm for each, and in `corpus/` what `cargo run --release -p strictframe-benches --bin browser` writes. Prints a table in
// Markdown: medians of rounds in turns, in one process, in nanoseconds of processor time.
import { readFileSync } from "node:fs";
import { cpus, loadavg } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";

const [, , folder] = process.argv;
const NAMES = ["libzstd", "zrip", "ruzstd"];
const ROUNDS = 15;

/** Pieces, each behind its length. */
function pieces(name) {
  const bytes = readFileSync(join(folder, "corpus", name));
  const found = [];
  for (let at = 0; at < bytes.length; ) {
    const len = bytes.readUInt32LE(at);
    found.push(bytes.subarray(at + 4, at + 4 + len));
    at += 4 + len;
  }
  return found;
}

/** What is stored in the frames of codec 2, behind their extensions, and how long it is decompressed. */
function stored(name) {
  const compressed = pieces(name).filter((frame) => frame[3] >> 4 === 2);
  if (compressed.length === 0) throw new Error(`nothing is compressed of ${name}`);
  return compressed.map((frame) => {
    const [hasExtensions, hasDictionary] = [frame[3] & 1, (frame[3] & 2) !== 0];
    const at = hasDictionary ? 40 : 36;
    const start = hasExtensions ? at + 2 + frame.readUInt16LE(at) : at;
    return { bytes: frame.subarray(start, -4), rawLen: frame.readUInt32LE(28), hasDictionary };
  });
}

/** A frame of Zstandard as today's framing has it, without a dictionary. */
function plain(bytes) {
  const [single, size] = [bytes[4] & 0x20, bytes[4] >> 6];
  const at = 5 + (single ? 0 : 1);
  if (bytes[4] & 3 || (size === 0 && !single) || size === 3) throw new Error("a frame that does not say its size as expected");
  const rawLen = size === 0 ? bytes[at] : size === 1 ? bytes.readUInt16LE(at) + 256 : bytes.readUInt32LE(at);
  return { bytes, rawLen, hasDictionary: false };
}

/** A module with a decoder in it. */
class Decoder {
  constructor(name, dictionary) {
    const bytes = readFileSync(join(folder, `${name}.wasm`));
    const module = new WebAssembly.Module(bytes);
    const imports = {};
    for (const { module: from, name } of WebAssembly.Module.imports(module)) (imports[from] ??= {})[name] = () => { throw new Error(name); };
    Object.assign(this, { name, len: bytes.length, compressed: gzipSync(bytes, { level: 9 }).length });
    this.exports = new WebAssembly.Instance(module, imports).exports;
    this.decoder = this.exports.decoder_new(2 << 20, 2 << 20);
    this.input = this.exports.decoder_input(this.decoder) >>> 0;
    this.put(dictionary);
    if (!this.exports.decoder_prepare(this.decoder, dictionary.length)) throw new Error(`${name} cannot use the dictionary`);
  }

  put(bytes) {
    if (this.memory?.buffer !== this.exports.memory.buffer) this.memory = new Uint8Array(this.exports.memory.buffer);
    this.memory.set(bytes, this.input);
  }

  decode({ bytes, rawLen, hasDictionary }) {
    this.put(bytes);
    if (!this.exports.decoder_decode(this.decoder, bytes.length, rawLen, hasDictionary ? 1 : 0)) throw new Error(`${this.name} refuses a frame`);
  }

  decoded(frame) {
    this.decode(frame);
    const start = this.exports.decoder_output(this.decoder) >>> 0;
    return Buffer.from(new Uint8Array(this.exports.memory.buffer, start, frame.rawLen));
  }
}

const [, definition] = pieces("definitions");
const decoders = NAMES.map((name) => new Decoder(name, definition.subarray(28, -4)));
const cases = {
  "a message with a dictionary": [stored("frames"), 1],
  "a message without one": [pieces("today").filter(([first]) => first === 1).map((framed) => plain(framed.subarray(1))), 1],
  "a record in a batch of 100": [stored("batches"), 100],
  "1 MiB": [stored("large"), 1],
};

const median = (numbers) => numbers.sort((a, b) => a - b)[numbers.length >> 1];
const clock = () => {
  const { user, system } = process.cpuUsage();
  return (user + system) * 1000;
};

function round(decoder, frames, count) {
  const [started, before] = [performance.now(), clock()];
  let done = 0;
  do {
    for (const frame of frames) decoder.decode(frame);
    done += frames.length * count;
  } while (performance.now() - started < 50);
  return (clock() - before) / done;
}

const rows = Object.entries(cases).map(([what, [frames, count]]) => {
  for (const frame of frames) {
    const [first, ...others] = decoders.map((decoder) => decoder.decoded(frame));
    if (others.some((other) => !other.equals(first))) throw new Error(`${what}: not the same bytes`);
  }
  const times = decoders.map(() => []);
  for (let index = 0; index <= ROUNDS; index++) decoders.forEach((decoder, at) => times[at].push(round(decoder, frames, count)));
  const medians = times.map((found) => median(found.slice(1)));
  return `| ${what} | ${medians.map((time) => `${Math.round(time)} (${(time / medians[0]).toFixed(2)})`).join(" | ")} |`;
});
const sizes = (what, of) => `| ${what} | ${decoders.map(of).join(" | ")} |`;
const table = [
  sizes("module, bytes", ({ len }) => len),
  sizes("compressed as by `gzip -9`", ({ compressed }) => compressed),
  ...rows,
];
console.log(`# Three decoders of Zstandard in a browser

Written by \`cargo xtask decoders\`. Each alone behind the same calls (\`tools/decoders\`), for WebAssembly, compiled to be fast; libzstd as in the module of the package, with one of its ways to do a thing. Every frame gives the same bytes by all three.
Nanoseconds of processor time, medians of ${ROUNDS} rounds in turns, and the ratio to the first; Node ${process.version}, ${cpus().length} processors (${cpus()[0].model}), under a load of ${loadavg()[0].toFixed(0)}. Of ${readFileSync(join(folder, "corpus/label"), "utf8")}, the half that the dictionary was not made of.

| what | ${NAMES.join(" | ")} |
|---|${NAMES.map(() => "---").join("|")}|
${table.join("\n")}`);
