// The answer of the package to a vector, in Node, in a page and in a worker alike: nothing here is of one of them alone.
import { Decoder, FrameStream, StrictframeError } from "../dist/index.js";
import { hex, joined } from "./bytes.mjs";
import { Questions } from "./questions.mjs";

const utf8 = new TextEncoder();
const KINDS = ["message", "batch", "sync", "schema", "dict", "end"];
const CODECS = ["none", "lz4", "zstd"];
const OUTCOMES = { exact: "Exact", backward: "Backward", forward: "Forward" };

const sha256 = async (bytes) => hex(new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)));
const digest = async (bytes) => ({ len: String(bytes.length), sha256: await sha256(bytes) });

/** The settings that a vector is judged with. */
/** What a vector is decoded with. */
export function options(vector) {
  const limits = Object.fromEntries(Object.entries(vector.limits ?? {}).map(([name, value]) => [name, Number(value)]));
  const settings = { limits, records: "bytes", dictionaries: (vector.dictionaries ?? []).map((parts) => joined(parts)) };
  if (vector.codecs) settings.codecs = vector.codecs;
  if (vector.registry) settings.registry = { allowForward: vector.registry.allow_forward, lineages: vector.registry.lineages.map(lineage) };
  return settings;
}

function lineage({ lineage, reader, oldest_writer, versions, own }) {
  const numbers = { reader: Number(reader), oldestWriter: Number(oldest_writer) };
  if (!own) return { lineage, ...numbers, versions: versions.map(({ version, min_reader, fork_check }) => ({ version: Number(version), minReader: Number(min_reader), forkCheck: fork_check })) };
  // A vector that gives the reader's own schema gives no other version.
  const [{ version, min_reader }] = versions;
  return { encoding: ["protobuf", "json", "opaque"][own.enc_id - 1], name: own.name, ...numbers, versions: [{ version: Number(version), minReader: Number(min_reader), descriptor: own.descriptor }] };
}

/** What a frame says, as vectors write it. */
export async function seen(frame) {
  const control = frame.isData ? null : controlOf(frame);
  const key = frame.isData ? frame : { lineage: "0".repeat(16), version: 0, minReader: 0, forkCheck: "0".repeat(8) };
  return {
    kind: String(KINDS.indexOf(frame.kind) + 1),
    codec: String(CODECS.indexOf(frame.codec)),
    lineage: key.lineage,
    version: String(key.version),
    min_reader: String(key.minReader),
    fork_check: key.forkCheck,
    body_len: String(frame.bodyLen),
    raw_len: frame.rawCrc === null ? null : String(frame.rawLen),
    raw_crc: frame.rawCrc === null ? null : String(frame.rawCrc),
    dict_id: frame.isData ? frame.dictionary : null,
    extensions: frame.extensions.map(({ type, value }) => ({ type: String(type), value: hex(value) })),
    stored: await digest(frame.stored),
    control,
  };
}

function controlOf(frame) {
  if (frame.position) {
    const { streamId, ownOffset, previous, count, chainCrc } = frame.position;
    return { stream_id: streamId, own_offset: String(ownOffset), previous: String(previous), count: String(count), chain_crc: String(chainCrc) };
  }
  if (frame.kind === "dict") return { dict_id: frame.dictionary };
  const { encoding, name, descriptor } = frame.schema;
  return { enc_id: String(encoding), version: String(frame.version), min_reader: String(frame.minReader), name, descriptor: hex(descriptor), lineage: frame.lineage, fork_check: frame.forkCheck };
}

function refusal(error) {
  if (!(error instanceof StrictframeError)) throw error;
  const answer = { code: error.code.slice(3), name: error.name, offset: String(error.offset) };
  if (error.in === "raw") answer.in = "raw";
  if (error.name === "Truncated") Object.assign(answer, { have: String(error.have), need: String(error.need) });
  if (error.name === "LimitExceeded") Object.assign(answer, { declared: String(error.have), limit: String(error.need) });
  if (error.name === "BadMagic") answer.looks_like = error.looksLike ?? null;
  return answer;
}

/** What a stream or connection gives that brings the input in pieces of that length. */
async function streamed(vector, form, piece) {
  const stream = new FrameStream({ ...options(vector), dictionaries: [], form, records: form === "frames" ? "none" : "bytes" });
  const input = joined(vector.input);
  const frames = [];
  const records = [];
  let streamId;
  try {
    for (let at = 0; at === 0 || at < input.length; at += piece) {
      if (at + piece >= input.length) {
        stream.push(input.subarray(at));
        stream.end();
      } else stream.push(input.subarray(at, at + piece));
      for (const { frame, start, records: found } of stream) {
        frames.push({ offset: String(start), kind: String(KINDS.indexOf(frame.kind) + 1) });
        streamId ??= frame.position?.streamId;
        for (const record of found ?? []) {
          records.push(new Uint8Array(new BigUint64Array([BigInt(record.length)]).buffer), record);
        }
      }
    }
  } catch (error) {
    const refused = { error: refusal(error) };
    return form === "frames" ? refused : { ...refused, frames: String(frames.length) };
  }
  if (!stream.ended) throw new Error("neither refused nor ended");
  if (form === "frames") return { frames };
  return { stream: { stream_id: streamId, frames, records: String(records.length / 2), records_sha256: await sha256(joined(records)) } };
}

/** Undefined where only the complete module could tell; `questions` are asked of that one. */
async function answer(vector, questions) {
  try {
    // Only the complete module compares a newer schema with the reader's own.
    if (!questions && vector.registry?.allow_forward && vector.registry.lineages.some(({ own }) => own)) return undefined;
    switch (vector.operation) {
      case "relay":
        return { frame: await seen(new Decoder(options(vector)).peek(joined(vector.input))) };
      case "decode": {
        const { outcome, records } = new Decoder(options(vector)).decode(joined(vector.input));
        return { decoded: { outcome: OUTCOMES[outcome] ?? null, records: await Promise.all(records.map(digest)) } };
      }
      case "deframe":
      case "stream": {
        const form = vector.operation === "deframe" ? "frames" : vector.self_contained === false ? "bare" : "stream";
        const input = joined(vector.input).length;
        const whole = await streamed(vector, form, input + 1);
        // An odd number, so that the cuts fall on every field of a frame sooner or later.
        const pieces = input > 100_000 ? whole : await streamed(vector, form, 13);
        return JSON.stringify(whole) === JSON.stringify(pieces) ? whole : { whole, pieces };
      }
      case "judge": {
        const { lineage, version, min_reader, fork_check } = vector.frame_key;
        const outcome = new Decoder(options(vector)).judge({ lineage, version: Number(version), minReader: Number(min_reader), forkCheck: fork_check });
        return { outcome: OUTCOMES[outcome] };
      }
      case "recover":
        return questions && { recovery: recovered(questions.recover(joined(vector.input), vector.stream_id, options(vector).limits)) };
      case "canonical":
        return questions && canonical(joined(vector.input), questions);
      case "payload":
        return questions && checked(vector, questions);
      case "identity":
        return questions && identified(vector.identity, questions);
      case "change":
        return questions && changed(vector.change, questions);
    }
  } catch (error) {
    return { error: refusal(error) };
  }
  return undefined;
}

function recovered(text) {
  const [head, ...lines] = text.split("\n");
  const [stream_id, id_source] = head.split(" ");
  const answer = { stream_id, id_source, frames: [], gaps: [], edited: [], unassigned: [] };
  for (const line of lines) {
    const [what, ...words] = line.split(" ");
    if (what === "frame") answer.frames.push(words[0]);
    else if (what === "gap") answer.gaps.push({ from: words[0], to: words[1], shift: words[2], frames_lost: words[3] ?? null });
    else if (what === "edited") answer.edited.push({ from: words[0], to: words[1] });
    else if (what === "unassigned") answer.unassigned.push(words[0]);
    else Object.assign(answer, { unconfirmed: words[0], terminated: words[1] === "true", trailing: words[2] });
  }
  return answer;
}

function canonical(schema, questions) {
  try {
    return { descriptor: questions.canonical(schema) };
  } catch (error) {
    if (!(error instanceof StrictframeError)) throw error;
    return { refused: true };
  }
}

function checked({ input, payload: { name, descriptor, exact } }, questions) {
  const [unknown_fields, first_unknown = null] = questions.check(name, descriptor, joined(input), exact).split(" ");
  return { payload: { unknown_fields, first_unknown } };
}

function identified({ dictionary, enc_id, name, version, min_reader, descriptor }, questions) {
  if (dictionary) return { dict_id: hex(questions.identifyDictionary(joined(dictionary))) };
  const both = hex(questions.identify(Number(enc_id), name, Number(version), Number(min_reader), joined(descriptor)));
  return { lineage: both.slice(0, 16), fingerprint: both.slice(16), fork_check: both.slice(16, 24) };
}

function changed({ enc_id, name, versions }, questions) {
  const answer = { changes: [], reach: [] };
  for (const line of questions.change(Number(enc_id), name, versions).split("\n")) {
    const [what, first, ...rest] = line.split(" ");
    if (what === "reach") answer.reach.push({ min_reader: first, oldest_writer: rest[0] });
    else if (what === "change") answer.changes.push({ path: rest.join(" "), change: first });
  }
  // By the bytes of path and name, each once: no path has a NUL.
  const keyed = answer.changes.map((change) => [hex(utf8.encode(`${change.path}\0${change.change}`)), change]);
  keyed.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
  answer.changes = keyed.filter(([key], index) => key !== keyed[index - 1]?.[0]).map(([, change]) => change);
  return answer;
}

const sorted = (value) => (value && typeof value === "object" && !Array.isArray(value) ? Object.fromEntries(Object.keys(value).sort().map((name) => [name, sorted(value[name])])) : Array.isArray(value) ? value.map(sorted) : value);

const isEqual = (found, expected) => JSON.stringify(sorted(found)) === JSON.stringify(sorted(expected));

/** The same answer; or that a codec refuses, and that it does not notice: what RFC 8878 leaves to a decoder is its library's word (COD-5, COD-6). */
export function isSameOfCodecs(found, expected) {
  const isOpen = ({ error }) => error?.code === "0604" || error?.code === "0314";
  return isEqual(found, expected) || (isOpen(found) && isOpen(expected));
}

/** Answers them all by the module that is loaded; what fails is told in full, the first ten of them. */
export async function tally(vectors, isComplete, isSame = isEqual) {
  const questions = isComplete ? new Questions() : undefined;
  const counts = {};
  const failures = [];
  for (const vector of vectors) {
    const found = await answer(vector, questions);
    const count = (counts[vector.operation] ??= { passed: 0, failed: 0, skipped: 0 });
    if (found === undefined) count.skipped++;
    else if (isSame(found, vector.expect)) count.passed++;
    else {
      count.failed++;
      failures.push(`FAILED ${vector.name}\n  expected ${JSON.stringify(vector.expect)}\n  found    ${JSON.stringify(found)}`);
    }
  }
  const sum = (what) => Object.values(counts).reduce((sum, count) => sum + count[what], 0);
  return { counts, failures: failures.slice(0, 10), passed: sum("passed"), failed: sum("failed"), skipped: sum("skipped") };
}
