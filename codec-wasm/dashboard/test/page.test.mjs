// The page alone: from a disk, under accessibility rules, and under load.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { cpSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { after, test } from "node:test";
import { pathToFileURL } from "node:url";
import { gzipSync } from "node:zlib";
import { STRICTFRAME, agent, closeBrowser, folder, number, open, serve, shot } from "./stage.mjs";
import { messages, packed, stream } from "./telemetry.mjs";

after(closeBrowser);

/** The page as `strictframe serve --export` writes it. */
function exported(test) {
  const page = join(folder(test), "page");
  execFileSync(STRICTFRAME, ["serve", "--export", page]);
  if (process.env.DASHBOARD_ASSETS) cpSync(process.env.DASHBOARD_ASSETS, page, { recursive: true });
  return pathToFileURL(join(page, "index.html")).href;
}

/** Drops a file on the page. */
async function drop(page, file, name) {
  const base64 = readFileSync(file).toString("base64");
  const transfer = await page.evaluateHandle(
    ([base64, name]) => {
      const transfer = new DataTransfer();
      transfer.items.add(new File([Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0))], name));
      return transfer;
    },
    [base64, name],
  );
  for (const type of ["dragover", "drop"]) await page.dispatchEvent("body", type, { dataTransfer: transfer });
}

const counted = (page, count) => page.waitForFunction((count) => document.querySelector("#count-events")?.textContent.replaceAll(",", "") === String(count), count, { timeout: 120_000 });

/** Asks a page and its worker how much memory their values take. */
async function memoryOf(page) {
  const session = await page.context().newCDPSession(page);
  const waiting = new Map();
  let asked = 0;
  // The last one: opening a file starts another.
  let worker;
  session.on("Target.attachedToTarget", ({ sessionId, targetInfo }) => {
    if (targetInfo.type === "worker") worker = sessionId;
  });
  session.on("Target.receivedMessageFromTarget", ({ message }) => {
    const { id, result } = JSON.parse(message);
    waiting.get(id)?.(result);
  });
  await session.send("Target.setAutoAttach", { autoAttach: true, waitForDebuggerOnStart: false, flatten: false });
  const askWorker = async (method) => {
    const id = ++asked;
    const answer = new Promise((resolve) => waiting.set(id, resolve));
    await session.send("Target.sendMessageToTarget", { sessionId: worker, message: JSON.stringify({ id, method }) });
    return answer;
  };
  const sum = ({ usedSize, backingStorageSize = 0 }) => usedSize + backingStorageSize;
  return async () => {
    await session.send("HeapProfiler.collectGarbage");
    await askWorker("HeapProfiler.collectGarbage");
    return [sum(await session.send("Runtime.getHeapUsage")), sum(await askWorker("Runtime.getHeapUsage"))];
  };
}

/** Watches the main thread of a page; gives how long its tasks kept the processor, in milliseconds, the longest first. Time in which other programs ran is not the page's. */
async function tracing(page) {
  const session = await page.context().newCDPSession(page);
  const events = [];
  session.on("Tracing.dataCollected", ({ value }) => events.push(...value));
  await session.send("Tracing.start", { transferMode: "ReportEvents", traceConfig: { includedCategories: ["toplevel", "__metadata"] } });
  return async () => {
    const complete = new Promise((resolve) => session.once("Tracing.tracingComplete", resolve));
    await session.send("Tracing.end");
    await complete;
    const main = new Set(events.filter(({ name, args }) => name === "thread_name" && args.name === "CrRendererMain").map(({ pid, tid }) => `${pid} ${tid}`));
    const tasks = events.filter(({ name, pid, tid, tdur }) => name.endsWith("RunTask") && tdur !== undefined && main.has(`${pid} ${tid}`));
    return tasks.map(({ tdur }) => tdur / 1000).sort((a, b) => b - a);
  };
}

test("the exported page opens a file that is dropped on it, with no server", async (test) => {
  const runs = folder(test);
  const sent = await agent(test, runs).done;
  const page = await open(test, exported(test));
  await page.getByText("Drop a file").waitFor();
  await shot(page, "exported");
  await drop(page, join(runs, "00000000000000000000.sframe"), "run.sframe");
  await counted(page, sent);
  await page.locator("#threads-t-run-1 .status-done").waitFor();
  // Another one takes its place.
  await drop(page, join(runs, "index.frame"), "index.frame");
  await page.locator("#count-refused.bad").waitFor();
  assert.equal(await number(page, "#count-events"), 0);
  assert.deepEqual(page.complaints, []);
});

test("text of records is text: no markup of it becomes part of the page", async (test) => {
  const runs = folder(test);
  const markup = '<img src=x onerror="document.title=1"><script>document.title=2</script>';
  const header = { threadId: markup, timestampUs: "1" };
  const lines = [
    { event: { header, eventType: "EVENT_TYPE_GRAPH_START", nodeId: markup, attributes: { graph: { stringValue: markup } } } },
    { tokenChunk: { header, requestId: markup, text: markup, model: markup } },
    { error: { header, errorCode: markup, message: markup } },
    { stateDiff: { header, stateHash: "AAAA", fullState: "e30=" } },
  ];
  const file = packed(runs, "markup.sframe", lines.map((line) => JSON.stringify(line)).join("\n"));
  const page = await open(test, exported(test));
  await drop(page, file, `${markup}.sframe`);
  await counted(page, 4);
  await page.locator("#threads .item").nth(1).click();
  for (const tab of ["Run", "Events", "Traffic", "Problems"]) {
    await page.locator(`#tab-${tab}`).click();
    assert.equal(await page.locator("#page img, #page script").count(), 0);
  }
  assert.equal(await page.title(), "strictframe");
  assert.deepEqual(page.complaints, []);
});

test("numbers that are missing, messages that come twice and states with another hash are told, and only what was verified is shown", async (test) => {
  const place = folder(test);
  const header = (sequence, id) => ({ threadId: "t", timestampUs: String(sequence), sequence: String(sequence), ...(id && { messageId: Buffer.alloc(16, id).toString("base64") }) });
  const state = (value) => Buffer.from(JSON.stringify(value)).toString("base64");
  const hash = (value) => createHash("sha256").update(JSON.stringify(value)).digest("base64");
  const lines = [
    { stateDiff: { header: header(1), stateHash: hash({ a: 1 }), fullState: state({ a: 1 }) } },
    { error: { header: header(2, 7), message: "first" } },
    { error: { header: header(3, 7), message: "the same id" } },
    { error: { header: header(6), message: "behind a gap" } },
    { error: { header: header(6), message: "the same number" } },
    { stateDiff: { header: header(7), stateHash: hash({ a: 2 }), operations: [{ op: "OP_TYPE_REPLACE", path: "/a", value: state(3) }] } },
    { stateDiff: { header: header(8), stateHash: hash({ a: 4 }), operations: [{ op: "OP_TYPE_REPLACE", path: "/a", value: state(4) }] } },
    { stateDiff: { header: header(9), stateHash: hash({}), operations: [{ op: "OP_TYPE_REMOVE", path: "/b" }] } },
  ];
  const file = packed(place, "odd.sframe", lines.map((line) => JSON.stringify(line)).join("\n"));
  const page = await open(test, exported(test));
  await drop(page, file, "odd.sframe");
  await counted(page, 6);
  assert.equal(await number(page, "#count-gaps"), 1);
  assert.equal(await number(page, "#count-duplicates"), 2);
  await page.locator("#tab-Problems").click();
  await page.locator("#troubles .item", { hasText: "numbers 4 to 5 did not come" }).waitFor();
  await page.locator("#threads .item").nth(1).click();
  await page.locator("#tab-Run").click();
  const shown = [];
  for (let change = 4; ; change--) {
    await page.locator(".steps", { hasText: `change ${change} of 4` }).waitFor();
    shown.push([await page.locator("#verdict").textContent(), await page.locator("#state .leaf").first().textContent()]);
    if (change === 1) break;
    await page.getByRole("button", { name: "The change before" }).click();
  }
  assert.deepEqual(shown, [["another hash", "a: 4"], ["verified", "a: 4changed"], ["another hash", "a: 1"], ["verified", "a: 1"]]);
  assert.deepEqual(page.complaints, []);
});

test("axe finds nothing to mend, in light and in dark, in any view", async (test) => {
  const runs = folder(test);
  const sent = await agent(test, runs).done;
  const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
  const { url } = await serve(test, ["--dir", runs]);
  const nothing = await serve(test, ["--dir", folder(test)]);
  for (const colorScheme of ["light", "dark"]) {
    // For the tool alone: the page itself keeps to its policy in every other test.
    const page = await open(test, url, { colorScheme, bypassCSP: true });
    const check = async (what) => {
      const { violations } = await page.evaluate(() => globalThis.axe.run());
      assert.deepEqual(violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)]), [], `${what}, ${colorScheme}`);
    };
    await counted(page, sent);
    await page.evaluate(axe);
    await check("all threads");
    await page.locator("#threads-t-run-1").click();
    await check("a run");
    await page.locator("#moment").fill(String(Math.floor(sent / 2)));
    await check("a moment before");
    await page.locator("#pause").click();
    await page.locator("#tab-Events").click();
    await page.locator("#events .item").first().click();
    await page.locator(".detail .tree-name").first().waitFor();
    await check("events");
    await page.locator("#tab-Traffic").click();
    await check("traffic");
    await page.locator("#file").setInputFiles(join(runs, "index.frame"));
    await page.locator("#tab-Problems").click();
    await page.locator("#troubles").waitFor();
    await check("problems");
    await page.goto(nothing.url);
    await page.reload();
    await page.getByText("Nothing has been written yet").waitFor();
    await page.evaluate(axe);
    await check("nothing there");
  }
});

test("what the page transfers is at most 400 kB with gzip, and its first threads are there within a second", async (test) => {
  const runs = folder(test);
  await agent(test, runs).done;
  const page = await open(test, exported(test));
  const here = new URL(".", page.url());
  const size = ["index.html", "page.css", "page.js", "worker.js", "module.js", "icon.svg"].reduce((sum, name) => sum + gzipSync(readFileSync(new URL(name, here)), { level: 9 }).length, 0);
  test.diagnostic(`${size} bytes with gzip -9`);
  assert.ok(size <= 400_000, `${size}`);
  const { url } = await serve(test, ["--dir", runs]);
  const times = [];
  for (let load = 0; load < 5; load++) {
    const page = await open(test, "about:blank");
    await page.addInitScript(() => {
      new MutationObserver((_, observer) => {
        if (!document.querySelector("#threads-t-run-1")) return;
        observer.disconnect();
        // Drawn in the next picture.
        requestAnimationFrame(() => setTimeout(() => (globalThis.firstThreads = performance.now())));
      }).observe(document, { childList: true, subtree: true });
    });
    await page.goto(url);
    await page.waitForFunction(() => globalThis.firstThreads);
    times.push(await page.evaluate(() => [performance.getEntriesByName("first-contentful-paint")[0]?.startTime ?? NaN, globalThis.firstThreads]));
    await page.close();
  }
  const [paint, threads] = [0, 1].map((which) => times.map((pair) => pair[which]).sort((a, b) => a - b)[2]);
  test.diagnostic(`first paint after ${paint.toFixed(0)} ms, first threads after ${threads.toFixed(0)} ms (medians of 5)`);
  assert.ok(threads <= 1000, `${threads} ms`);
});

test("among 100,000 events nothing that a user does takes longer than 50 ms", async (test) => {
  const place = folder(test);
  const file = stream(place, "many.sframe", messages(place), 100_000);
  const page = await open(test, exported(test));
  await page.locator("#first-file").setInputFiles(file);
  await counted(page, 100_000);
  const trace = await tracing(page);
  const all = page.locator("#tab-Events");
  await all.click();
  await page.locator("#events .item").first().waitFor();
  for (const part of [0, 0.1, 0.35, 0.6, 0.85, 1]) {
    await page.evaluate((part) => {
      const list = document.querySelector("#events");
      list.scrollTop = part * list.scrollHeight;
    }, part);
    await page.mouse.move(700, 500);
    for (let step = 0; step < 10; step++) await page.mouse.wheel(0, 400);
  }
  await page.locator("#search").fill("review");
  await page.locator("#kind").selectOption("state");
  await page.waitForFunction(() => !document.querySelector("#hits").textContent.startsWith("100,000"));
  await page.locator("#moment").fill("40000");
  await page.locator("#moment").fill("90000");
  await page.locator("#tab-Run").click();
  await page.locator("#overview .item").first().click();
  await page.locator("#spans .item").first().waitFor();
  await shot(page, "many");
  const tasks = await trace();
  test.diagnostic(`${tasks.length} tasks of the page, the longest ${tasks[0].toFixed(1)} ms of the processor`);
  assert.ok(tasks.length > 100 && tasks[0] <= 50, `${tasks.slice(0, 5)}`);
  assert.deepEqual(page.complaints, []);
});

test("a page that is left open for minutes at 2,000 messages a second does not grow", async (test) => {
  const place = folder(test);
  const file = stream(place, "many.sframe", messages(place), 100_000);
  // The same file again and again: its messages have no ids, and are new each time. Twelve of them are ten minutes.
  const files = Number(process.env.SOAK_FILES ?? 3);
  const page = await open(test, exported(test));
  const memory = await memoryOf(page);
  await page.locator("#first-file").setInputFiles(Array.from({ length: files }, () => file));
  const reached = (count) => page.waitForFunction((count) => Number(document.querySelector("#count-events")?.textContent.replaceAll(",", "")) >= count, count, { timeout: 600_000 });
  const used = [];
  for (let count = 2; count <= files; count++) {
    await reached(100_000 * count);
    used.push(await memory());
  }
  test.diagnostic(`after ${files * 100_000} messages, in MB, each time after garbage was collected: ${used.map((it) => it.map((bytes) => (bytes / 1e6).toFixed(0)).join(" + ")).join(", ")} (page + worker)`);
  const sums = used.map(([page, worker]) => page + worker);
  assert.ok(sums.at(-1) <= 1.25 * sums[0], `${sums}`);
  assert.ok(sums.at(-1) <= 300e6, `${sums}`);
});
