// Frames for tests, written from the words of the specification: sections 1, 4 and 8.
import { createHash } from "node:crypto";

const KINDS = { message: 1, batch: 2, sync: 3, schema: 4, dict: 5, end: 6 };
const ENCODINGS = { protobuf: 1, json: 2, opaque: 3 };

export const u16 = (number) => little(2, (view) => view.setUint16(0, number, true));
export const u32 = (number) => little(4, (view) => view.setUint32(0, number, true));
export const u64 = (number) => little(8, (view) => view.setBigUint64(0, number, true));

/** CRC-32C, one bit after the other. */
export function crc32c(bytes) {
  let crc = 0xffff_ffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0x82f6_3b78 : crc >>> 1;
  }
  return ~crc >>> 0;
}

/** A frame of that kind: key of 16 bytes, codec and flags, body. */
export function frame(kind, key, codec, body) {
  const head = Buffer.concat([Buffer.from([0x9e, 0xc1, 0x10 | KINDS[kind], codec]), key, u32(body.length)]);
  return Buffer.concat([head, u32(crc32c(head)), body, u32(crc32c(Buffer.concat([head, body])))]);
}

/** A schema: its key, and its SCHEMA frame. */
export function schema(encoding, name, descriptor, version = 1, minReader = 1) {
  const [named, described] = [Buffer.from(name), Buffer.from(descriptor)];
  const sha256 = (...parts) => createHash("sha256").update(Buffer.concat(parts)).digest();
  const lineage = sha256(Buffer.from("strictframe/lineage/1\0"), Buffer.from([ENCODINGS[encoding]]), u16(named.length), named).subarray(0, 8);
  const fingerprint = sha256(Buffer.from("strictframe/descriptor/1\0"), lineage, u16(version), u16(minReader), u32(described.length), described);
  const key = Buffer.concat([lineage, u16(version), u16(minReader), fingerprint.subarray(0, 4)]);
  const body = Buffer.concat([Buffer.from([ENCODINGS[encoding], 0]), u16(version), u16(minReader), u16(named.length), named, u32(described.length), described]);
  return { key, frame: frame("schema", Buffer.alloc(16), 0, body) };
}

/** A frame with one record as it is, behind extensions of type and value. */
export function message(key, record, extensions = []) {
  const block = Buffer.concat(extensions.flatMap(([type, value]) => [u16(type), u16(value.length), value]));
  const body = block.length > 0 ? Buffer.concat([u16(block.length), block, record]) : Buffer.from(record);
  return frame("message", key, block.length > 0 ? 1 : 0, body);
}

/** A frame with records as they are. */
export function batch(key, records) {
  return frame("batch", key, 0, Buffer.concat([u32(records.length), ...records.map((record) => u32(record.length)), ...records]));
}

function little(len, write) {
  const bytes = Buffer.alloc(len);
  write(new DataView(bytes.buffer, bytes.byteOffset, len));
  return bytes;
}
