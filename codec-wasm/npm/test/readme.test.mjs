// The README of the package: its program is run as it stands there, and what its tables name is there.
import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath, pathToFileURL } from "node:url";

import * as strictframe from "strictframe";
import { DecodeWorker } from "strictframe/pool";
import { message, schema, u64 } from "./forge.mjs";

const folder = fileURLToPath(new URL("../", import.meta.url));
const readme = readFileSync(join(folder, "README.md"), "utf8");

const programs = [...readme.matchAll(/^```js\n(.*?)^```$/gms)].map(([, program]) => program);

/** Runs a program within the package, where its name leads to it as it does where it is installed. */
async function run(program) {
  const place = mkdtempSync(join(folder, "readme-"));
  try {
    writeFileSync(join(place, "program.mjs"), program);
    return await import(pathToFileURL(join(place, "program.mjs")).href);
  } finally {
    rmSync(place, { recursive: true });
  }
}

test("the program does what it says: definitions are learnt, records shown, refusals told, and the next message is decoded as ever", async () => {
  const [shown, refused] = [[], []];
  const socket = {};
  Object.assign(globalThis, { socket, show: (...what) => shown.push(what), refuse: (error) => refused.push(error) });
  assert.equal(programs.length, 4);
  await run(programs[0]);
  assert.equal(socket.binaryType, "arraybuffer");
  const json = schema("json", "a.Json", "{}");
  const good = message(json.key, Buffer.from('{"a":1}'), [[1, u64(5n)], [4, Buffer.from("thread")]]);
  const bad = Buffer.from(good);
  bad[40] ^= 1;
  const arrives = (frame) => socket.onmessage({ data: Uint8Array.from(frame).buffer });
  for (const frame of [json.frame, good, bad, good]) arrives(frame);
  socket.onmessage({ data: "text" });
  assert.deepEqual(shown, [["thread", 5n, { a: 1 }], ["thread", 5n, { a: 1 }]]);
  assert.ok(refused.every((error) => error instanceof strictframe.StrictframeError));
  assert.deepEqual(refused.map(({ name }) => name), ["FrameCrc", "NotBytes"]);
  assert.ok(refused.every(({ code, clause, message }) => /^SF-\d{4}$/.test(code) && clause !== undefined && message));
  assert.equal(refused[0].offset, good.length - 4);
});

test("the registry of the second judges by the schema that it was given, and reads by it", async () => {
  globalThis.text = '{\n  "type": "object",\n  "required": ["node"]\n}';
  const { decoder } = await run(`import { Decoder, canonicalJson } from "strictframe";\n${programs[1]}\nexport { decoder };`);
  const { key } = schema("json", "example.Event", '{"required":["node"],"type":"object"}');
  const { outcome, records } = decoder.decode(message(key, Buffer.from('{"node":"plan"}')));
  assert.deepEqual([outcome, records], ["exact", [{ node: "plan" }]]);
  const { key: other } = schema("json", "example.Other", "{}");
  assert.throws(() => decoder.decode(message(other, Buffer.from("{}"))), { name: "UnknownSchema" });
});

test("the third borrows a record and gives back what is made of it", async () => {
  const { key } = schema("opaque", "a.Opaque", "bytes");
  const decoder = new strictframe.Decoder();
  Object.assign(globalThis, { decoder, bytes: message(key, Buffer.from([1, 2, 3])), checksum: (record) => record.reduce((sum, byte) => sum + byte, 0) });
  const { sum } = await run(`${programs[2]}\nexport { sum };`);
  assert.equal(sum, 6);
});

test("the fourth reads by the small module", async () => {
  const { key } = schema("opaque", "a.Opaque", "bytes");
  globalThis.bytes = message(key, Buffer.from("abc"));
  const { frame, records } = await run(`${programs[3]}\nexport { frame, records };`);
  assert.equal(frame.kind, "message");
  assert.deepEqual(records.map(String), [String(Uint8Array.from(Buffer.from("abc")))]);
});

test("every call that it names is there", () => {
  const own = { Decoder: strictframe.Decoder, FrameStream: strictframe.FrameStream, DecodeWorker };
  const rows = readme.split("\n").filter((line) => line.startsWith("| `"));
  assert.equal(rows.length, 6);
  for (const row of rows) {
    const [, calls, gives] = row.split("|");
    for (const [, name] of calls.matchAll(/`(?:new )?(\w+)\(/g)) assert.equal(typeof strictframe[name], "function", name);
    const [, type] = /`new (\w+)\(/.exec(calls) ?? [];
    for (const [, name] of type ? gives.matchAll(/`(\w+)\(/g) : []) assert.equal(typeof own[type].prototype[name], "function", `${type}.${name}`);
  }
  const pool = readme.split("\n").find((line) => line.includes("`DecodeWorker`"));
  for (const [, name] of pool.matchAll(/`(\w+)\(/g)) assert.equal(typeof DecodeWorker.prototype[name], "function", name);
  for (const [, file] of readme.matchAll(/`(strictframe[\w-]*\.wasm)`/g)) assert.ok(readFileSync(join(folder, "dist", file)).length > 0, file);
});
