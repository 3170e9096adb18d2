import { bytesOf, guarded } from "./module.js";
import type { DecoderOptions, Lineage, Registry } from "./options.js";
import type { Running } from "./running.js";

/** Teaches an instance what it decodes by. */
export function teach(running: Running, { codecs, dictionaries, registry }: Omit<DecoderOptions, "records">): void {
  const { exports } = running.room;
  guarded(() => {
    for (const codec of codecs ? CODECS.filter((codec) => !codecs.includes(codec)) : []) exports.decoder_leave_out(running.decoder, CODECS.indexOf(codec) + 1);
    for (const dictionary of dictionaries ?? []) running.hold(bytesOf(dictionary));
    if (registry) judge(running, registry);
  });
}

function judge(running: Running, registry: Registry): void {
  running.room.exports.decoder_judge(running.decoder, registry.allowForward ? 1 : 0);
  for (const lineage of registry.lineages) give(running, lineage);
}

function give(running: Running, lineage: Lineage): void {
  const { exports } = running.room;
  if ("lineage" in lineage) {
    for (const { version, minReader, forkCheck } of lineage.versions) exports.decoder_give_version(running.decoder, version, minReader, Number.parseInt(forkCheck, 16));
    const id = new Uint8Array(8);
    new DataView(id.buffer).setBigUint64(0, BigInt(`0x${lineage.lineage}`));
    running.put(id);
  } else {
    const name = encoder.encode(lineage.name);
    const encoding = ENCODINGS.indexOf(lineage.encoding) + 1;
    for (const { version, minReader, descriptor } of lineage.versions) {
      const bytes = typeof descriptor === "string" ? encoder.encode(descriptor) : bytesOf(descriptor);
      const both = new Uint8Array(name.length + bytes.length);
      both.set(name);
      both.set(bytes, name.length);
      running.put(both);
      running.answer(exports.decoder_give_descriptor(running.decoder, encoding, version, minReader, name.length, both.length));
    }
  }
  running.answer(exports.decoder_close_lineage(running.decoder, lineage.reader, lineage.oldestWriter));
}

const encoder = new TextEncoder();
const ENCODINGS: readonly string[] = ["protobuf", "json", "opaque"];
const CODECS: readonly ("lz4" | "zstd")[] = ["lz4", "zstd"];
