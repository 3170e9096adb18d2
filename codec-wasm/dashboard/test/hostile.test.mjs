// What no honest server sends: each is a row among the problems, and the connection, the page and what is honest go on.
import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import { createServer } from "node:http";
import { join } from "node:path";
import { after, test } from "node:test";
import { WebSocketServer } from "ws";
import { crc32c, frame, message, schema, u32 } from "../../npm/test/forge.mjs";
import { closeBrowser, number, open, shot } from "./stage.mjs";

after(closeBrowser);

const ASSETS = process.env.DASHBOARD_ASSETS ?? join(import.meta.dirname, "../../../codec-cli/assets");
const TYPES = { css: "text/css", html: "text/html", js: "text/javascript", svg: "image/svg+xml" };

/** A server of the page that sends whatever it is told to; a double, since the real one sends no such thing. */
async function serveAll(test, messages) {
  const server = createServer((request, response) => {
    const name = request.url === "/" ? "index.html" : request.url.slice(1);
    response.setHeader("content-type", TYPES[name.split(".").pop()] ?? "");
    response.end(readFileSync(join(ASSETS, name)));
  });
  const sockets = new WebSocketServer({ server });
  const seen = { connections: 0 };
  sockets.on("connection", (socket) => {
    seen.connections++;
    socket.once("message", () => messages.forEach((message) => socket.send(message)));
  });
  await new Promise((listening) => server.listen(0, "127.0.0.1", listening));
  test.after(() => {
    for (const socket of sockets.clients) socket.terminate();
    server.close();
  });
  return { url: `http://127.0.0.1:${server.address().port}/`, seen };
}

/** A frame that wants 64 MiB, and is 2 kB: blocks of zstd that each repeat one byte 128 Ki times. */
function bomb(key) {
  const size = 64 << 20;
  const blocks = Array.from({ length: size >> 17 }, (_, at) => {
    const header = ((128 << 10) << 3) | (1 << 1) | (at + 1 === size >> 17 ? 1 : 0);
    return Buffer.from([header & 0xff, (header >> 8) & 0xff, header >> 16, 0x20]);
  });
  const stored = Buffer.concat([Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0xa0]), u32(size), ...blocks]);
  const body = Buffer.concat([u32(size), u32(crc32c(Buffer.from("whatever"))), stored]);
  return frame("message", key, 0x20, body);
}

/** Every vector of one frame that is refused without settings of its own. */
function refusedVectors() {
  const folder = join(import.meta.dirname, "../../../spec/vectors/invalid");
  const paths = readdirSync(folder, { recursive: true }).filter((path) => path.endsWith(".json"));
  const vectors = paths.map((path) => JSON.parse(readFileSync(join(folder, path))));
  // A control frame is refused where records are asked for; the page learns from it.
  const isPlain = ({ operation, expect, limits, registry, dictionaries, codecs, input }) =>
    operation === "decode" && !limits && !registry && !dictionaries && !codecs && input.every((part) => typeof part === "string") && expect.error && expect.error.name !== "UnexpectedKind";
  return vectors.filter(isPlain).map(({ input }) => Buffer.from(input.join(""), "hex"));
}

test("texts, foreign bytes, bombs, forged schemas and a flood are rows, and what is honest is shown before and behind them", async (test) => {
  const honest = schema("json", "shop.Order", '{"type":"object"}');
  const order = (id) => message(honest.key, Buffer.from(JSON.stringify({ order: id })));
  // A schema of the name that the page knows, under which anything may stand.
  const forged = schema("json", "dashstream.v1.DashStreamMessage", '{"type":"object"}');
  const anything = [{ event: { header: { threadId: { a: 1 }, timestampUs: "x" }, eventType: [], nodeId: 7 } }, { tokenChunk: { requestId: [1], text: 5, chunkIndex: "x" } }, { toolExecution: { toolName: {}, stage: 2 } }, { stateDiff: { stateHash: "zz", operations: 9 } }, { error: { message: [1], context: 4 } }, {}, { eventBatch: { events: 5 } }];
  const vectors = refusedVectors();
  assert.ok(vectors.length > 50, `${vectors.length}`);
  const refused = [Buffer.from("{}"), Buffer.from([]), Buffer.from("1f8b08", "hex"), order(1).subarray(0, -5), bomb(honest.key), ...vectors];
  const flood = 50_000;
  const { url, seen } = await serveAll(test, [
    JSON.stringify({ type: "hello", source: { kind: "file", name: "<b>" } }),
    honest.frame,
    order(1),
    "no JSON",
    "null",
    "5",
    '{"type":"refused","bytes":"xyz","clauses":7,"byte":"-1"}',
    '{"type":"cursor"}',
    '{"type":"tomorrow"}',
    ...refused,
    forged.frame,
    ...anything.map((value) => message(forged.key, Buffer.from(JSON.stringify(value)))),
    ...Array.from({ length: flood }, () => Buffer.from("9e", "hex")),
    order(2),
    JSON.stringify({ type: "caught_up" }),
  ]);
  const page = await open(test, url);
  await page.locator("#connection", { hasText: "Live" }).waitFor({ timeout: 60_000 });
  assert.equal(seen.connections, 1);
  const count = await number(page, "#count-refused");
  // One more is what the server itself calls refused; what of the forged records cannot be read is refused as well.
  assert.ok(count >= refused.length + flood + 1 && count <= refused.length + flood + 1 + anything.length, `${count}, of ${refused.length} + ${flood}`);
  for (const tab of ["Run", "Traffic", "Problems", "Events"]) await page.locator(`#tab-${tab}`).click();
  await page.locator("#search").fill("order");
  await page.waitForFunction(() => document.querySelector("#hits").textContent === "2 events");
  for (let index = 0; index < 2; index++) {
    await page.locator("#events .item").nth(index).click();
    await page.locator(".detail .leaf", { hasText: `order: ${index + 1}` }).waitFor();
  }
  for (let index = 0, all = await page.locator("#threads .item").count(); index < all; index++) {
    await page.locator("#threads .item").nth(index).click();
    await page.locator("#tab-Run").click();
  }
  await page.locator("#tab-Problems").click();
  await page.locator("#troubles").focus();
  await page.keyboard.press("End");
  // The flood is one line, and drove out nothing.
  await page.locator("#troubles .item[aria-selected=true]", { hasText: "50,000 times" }).waitFor();
  await page.keyboard.press("Home");
  await page.locator("#troubles .item", { hasText: "LimitExceeded" }).first().click();
  await page.locator(".about h2", { hasText: "LimitExceeded" }).waitFor();
  await shot(page, "hostile");
  assert.deepEqual(page.complaints, []);
});
