// Records as values: beside protobufjs on messages of DashStream, and on what that library and its users stumbled over.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import protobuf from "protobufjs";

import { Decoder, StrictframeError, initSync } from "../dist/index.js";
import { batch, message, schema } from "./forge.mjs";

initSync(readFileSync(new URL("../dist/strictframe.wasm", import.meta.url)));

const repository = new URL("../../../", import.meta.url);
const vector = JSON.parse(readFileSync(new URL("spec/vectors/valid/payload/empty.json", repository), "utf8"));
const record = schema("protobuf", vector.payload.name, vector.payload.descriptor);

/** The newest descriptor of a name in a lock file, whose texts stand between three quotes. */
function locked(name) {
  const lock = readFileSync(new URL("dashflow-adapter/strictframe.lock", repository), "utf8");
  const entry = lock.slice(lock.indexOf(`name = "${name}"`));
  return /descriptor = '''\r?\n([^]*?)'''/.exec(entry)[1];
}

function decoder(options, ...schemas) {
  const decoder = new Decoder(options);
  for (const { frame } of schemas) decoder.take(frame);
  return decoder;
}

/** Random numbers that are the same every time. */
function random(seed) {
  return () => {
    seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
    return seed / 2 ** 32;
  };
}

const TEXTS = ["", "a", "plan", "ünïcödé", "𝔘 and 😀", "__proto__", "constructor", "x".repeat(300)];

/** A random message of a type of protobufjs. */
function made(type, next, depth = 0) {
  const pick = (list) => list[Math.floor(next() * list.length)];
  const value = (field) => {
    const kind = field.resolvedType;
    if (kind instanceof protobuf.Enum) return pick(Object.values(kind.values));
    if (kind) return made(kind, next, depth + 1);
    const long = () => new protobuf.util.Long(Math.floor(next() * 2 ** 32) | 0, Math.floor(next() * 2 ** 32) | 0, field.type.startsWith("u"));
    if (field.type === "string") return pick(TEXTS);
    if (field.type === "bytes") return Uint8Array.from({ length: Math.floor(next() * 40) }, () => next() * 256);
    if (field.type === "bool") return next() < 0.5;
    if (field.type === "double") return pick([0, 1.5, -2.25e300, Infinity, next()]);
    if (field.type === "float") return pick([0, 1.5, -2.25]);
    if (/64$/.test(field.type)) return long();
    return field.type.startsWith("u") ? Math.floor(next() * 2 ** 32) : Math.floor(next() * 2 ** 32) | 0;
  };
  const object = {};
  const arms = new Map(type.oneofsArray.map((oneof) => [oneof.name, pick(oneof.fieldsArray)]));
  for (const field of type.fieldsArray) {
    if (field.partOf ? arms.get(field.partOf.name) !== field : next() < 0.3) continue;
    if (depth > 4 && field.resolvedType instanceof protobuf.Type) continue;
    if (field.map) object[field.name] = Object.fromEntries(TEXTS.filter((text) => text !== "__proto__" && next() < 0.3).map((text) => [text, value(field)]));
    else object[field.name] = field.repeated ? Array.from({ length: Math.floor(next() * 4) }, () => value(field)) : value(field);
  }
  return object;
}

/** The same with plain objects, and bytes of any class as hex. */
function flat(value) {
  if (value instanceof Uint8Array) return Buffer.from(value).toString("hex");
  if (Array.isArray(value)) return value.map(flat);
  return value && typeof value === "object" ? Object.fromEntries(Object.entries(value).map(([name, member]) => [name, flat(member)])) : value;
}

test("messages of DashStream are what protobufjs makes of them", async () => {
  const root = new protobuf.Root();
  const sources = new URL("dashflow-adapter/proto/", repository);
  root.resolvePath = (_, path) => (path.startsWith("/") ? path : new URL(path, sources).pathname);
  await root.load(new URL("dashstream/v1/envelope.proto", sources).pathname, { keepCase: false });
  root.resolveAll();
  const name = "dashstream.v1.DashStreamMessage";
  const type = root.lookupType(name);
  const dashstream = schema("protobuf", name, locked(name));
  const plain = decoder({ integers: "string" }, dashstream);
  const named = decoder({ integers: "string", enums: "name" }, dashstream);
  const whole = decoder({ defaults: true }, dashstream);
  const next = random(7);
  for (let count = 0; count < 300; count++) {
    const bytes = type.encode(type.fromObject(made(type, next))).finish();
    const frame = message(dashstream.key, bytes);
    const options = { longs: String, bytes: Uint8Array };
    const expected = type.decode(bytes);
    assert.deepEqual(flat(plain.decode(frame).records[0]), flat(type.toObject(expected, options)));
    assert.deepEqual(flat(named.decode(frame).records[0]), flat(type.toObject(expected, { ...options, enums: String })));
    assert.equal(whole.decode(frame).unknownFields, 0);
  }
});

test("a batch is its records in order, and a message is one", () => {
  const taught = decoder({}, record);
  const records = [Buffer.from("1005", "hex"), Buffer.from("", "hex"), Buffer.from("3203616263", "hex")];
  const expected = [{ count: 5 }, {}, { text: "abc" }];
  assert.deepEqual(taught.decode(batch(record.key, records)).records, expected);
  records.forEach((bytes, index) => assert.deepEqual(taught.records(message(record.key, bytes)), [expected[index]]));
});

test("64-bit integers keep every bit as bigint and as text", () => {
  // total = -2^63, long = 2^64-1
  const bytes = Buffer.from("2880808080808080808001" + "a901ffffffffffffffff", "hex");
  assert.deepEqual(decoder({}, record).records(message(record.key, bytes)), [{ total: -(2n ** 63n), long: 2n ** 64n - 1n }]);
  assert.deepEqual(decoder({ integers: "string" }, record).records(message(record.key, bytes)), [{ total: String(-(2n ** 63n)), long: String(2n ** 64n - 1n) }]);
});

test("a key of a map that is called as the prototype is a member, and no prototype", () => {
  // by_number is map int32 string; by_name has keys that are texts.
  const key = Buffer.from("__proto__");
  const entry = Buffer.concat([Buffer.from([0x0a, key.length]), key, Buffer.from([0x12, 0x02, 0x10, 0x07])]);
  const [{ byName }] = decoder({}, record).records(message(record.key, Buffer.concat([Buffer.from([0x72, entry.length]), entry])));
  assert.equal(Object.getPrototypeOf(byName), Object.prototype);
  assert.deepEqual(Object.getOwnPropertyDescriptor(byName, "__proto__").value, { count: 7 });
  assert.equal({}.count, undefined);
});

test("fields that are absent get their defaults where these are asked for", () => {
  const [found] = decoder({ defaults: true, enums: "name" }, record).records(message(record.key, Buffer.alloc(0)));
  assert.deepEqual(found, {
    flag: false, count: 0, size: 0, delta: 0, text: "", raw: new Uint8Array(0), many: [], loose: [], words: [],
    byName: {}, byNumber: {}, open: "NONE", fixed: 0, long: 0n, byFlag: {}, closedMany: [], bySize: {},
  });
});

test("names are the schema's where these are asked for", () => {
  assert.deepEqual(decoder({ names: "schema" }, record).records(message(record.key, Buffer.from("7a050801120161", "hex"))), [{ by_number: { 1: "a" } }]);
});

test("records of JSON are parsed, and opaque ones are their bytes", () => {
  const json = schema("json", "a.Json", "{}");
  const opaque = schema("opaque", "a.Opaque", "two bytes");
  const taught = decoder({}, json, opaque);
  assert.deepEqual(taught.records(message(json.key, Buffer.from('{"a":[1,null,"ü"]}'))), [{ a: [1, null, "ü"] }]);
  assert.deepEqual(taught.records(message(opaque.key, Buffer.from([1, 2]))), [new Uint8Array([1, 2])]);
  assert.throws(() => taught.decode(message(json.key, Buffer.from("{"))), { code: "SF-0801", name: "PayloadSyntax", record: 0 });
  assert.throws(() => taught.decode(message(json.key, Buffer.from([0x22, 0xff, 0x22]))), { code: "SF-0813", offset: 1, in: "record" });
});

test("a record that breaks a rule is refused with code, clause, field's byte and the index in its batch", () => {
  const taught = decoder({}, record);
  const twice = Buffer.from("10051005", "hex");
  assert.throws(() => taught.decode(batch(record.key, [Buffer.alloc(0), twice])), (error) => {
    assert.ok(error instanceof StrictframeError);
    const { code, name, clause, offset, record } = error;
    assert.deepEqual({ code, name, clause, offset, in: error.in, record }, { code: "SF-0814", name: "PayloadTwice", clause: "PAY-6", offset: 2, in: "record", record: 1 });
    return true;
  });
  // And the next one is decoded as if nothing had been.
  assert.deepEqual(taught.records(message(record.key, Buffer.from("1005", "hex"))), [{ count: 5 }]);
});

test("a field that the writer's own schema does not have is refused", () => {
  assert.throws(() => decoder({}, record).decode(message(record.key, Buffer.from("f8060100".slice(0, 6), "hex"))), { code: "SF-0817", clause: "PAY-12" });
});

test("a frame of a schema that nobody told of is refused where values are asked for, and given as bytes elsewhere", () => {
  const frame = message(record.key, Buffer.from("1005", "hex"));
  assert.throws(() => decoder({}).decode(frame), { code: "SF-0501", name: "UnknownSchema", offset: 4 });
  assert.deepEqual(decoder({ records: "bytes" }).records(frame), [new Uint8Array([0x10, 5])]);
});
