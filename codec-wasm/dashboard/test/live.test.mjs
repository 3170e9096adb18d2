// The page on what the simulated agent writes while it is looked at.
import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, test } from "node:test";
import { agent, closeBrowser, folder, freePort, number, open, serve, shot } from "./stage.mjs";

after(closeBrowser);

test("threads appear while an agent works, and what they did stands there when they are done", async (test) => {
  const runs = folder(test);
  const { url } = await serve(test, ["--dir", runs]);
  const page = await open(test, url);
  await page.getByText("Nothing has been written yet").waitFor();
  await shot(page, "empty");
  const { done } = agent(test, runs, "--pace-ms", 10);
  await page.locator("#threads-t-run-2").click();
  // While it works: a caret behind what a model says, and a bar that has not ended.
  await page.locator("#output .caret").waitFor();
  const early = await page.locator("#output").textContent();
  await page.locator("#spans .is-open").first().waitFor();
  await page.locator("#threads-t-run-2 .status-running").waitFor();
  await page.waitForFunction((early) => document.querySelector("#output").textContent.length > early.length, early);
  await shot(page, "run-live");
  const sent = await done;
  await page.waitForFunction((sent) => document.querySelector("#count-events").textContent === String(sent), sent);
  await page.locator("#threads-t-run-2 .status-done").waitFor();
  for (const id of ["#count-refused", "#count-gaps", "#count-duplicates"]) assert.equal(await number(page, id), 0, id);
  assert.equal(await page.locator("#verdict").textContent(), "verified");
  const names = await page.locator("#spans .span-name").allTextContents();
  for (const name of ["answer", "plan", "look_up", "search", "simulated-1", "write", "review"]) assert.ok(names.some((found) => found.includes(name)), name);
  await shot(page, "run-done");
  await page.locator("#tab-Traffic").click();
  await page.locator(".chart canvas").nth(2).waitFor();
  assert.equal(await page.locator(".chart canvas").count(), 3);
  await shot(page, "traffic");
  assert.deepEqual(page.complaints, []);
});

test("filters leave what they name, time travel shows what was, and everything works by keyboard", async (test) => {
  const runs = folder(test);
  const sent = await agent(test, runs).done;
  const { url } = await serve(test, ["--dir", runs]);
  const page = await open(test, url, { colorScheme: "dark" });
  await page.waitForFunction((sent) => document.querySelector("#count-events")?.textContent === String(sent), sent);
  await page.locator("#tab-Run").focus();
  await page.keyboard.press("ArrowRight");
  await page.locator("#tab-Events[aria-selected=true]").waitFor();
  assert.equal(await number(page, "#hits"), sent);
  await page.locator("#kind").selectOption("tool");
  await page.waitForFunction((sent) => document.querySelector("#hits").textContent !== `${sent} events`, sent);
  const tools = await number(page, "#hits");
  assert.ok(tools > 0 && tools < sent);
  assert.ok((await page.locator("#events .event-label").allTextContents()).every((label) => label.startsWith("tool ")));
  await page.locator("#threads").focus();
  await page.keyboard.press("ArrowDown");
  await page.waitForFunction((tools) => Number(document.querySelector("#hits").textContent.split(" ")[0]) < tools, tools);
  assert.ok((await page.locator("#events .event-thread").allTextContents()).every((thread) => thread === "run-1"));
  await page.locator("#kind").selectOption("");
  await page.locator("#node").selectOption("review");
  await page.locator("#search").fill("graph end");
  await page.waitForFunction(() => document.querySelector("#hits").textContent === "0 events");
  await page.locator("#node").selectOption("");
  await page.waitForFunction(() => document.querySelector("#hits").textContent === "1 event");
  await page.locator("#search").fill("state");
  await page.waitForFunction(() => document.querySelector("#hits").textContent !== "1 event");
  await page.locator("#events").focus();
  await page.keyboard.press("End");
  await page.locator(".detail .tree-name", { hasText: "stateDiff" }).waitFor();
  await page.locator(".detail .tree-name", { hasText: "threadId" }).waitFor();
  await shot(page, "event-dark");
  await page.getByRole("button", { name: "Close" }).click();
  // Back to when the first change of the state had come, and one change on.
  await page.locator("#tab-Run").click();
  await page.locator("#moment").focus();
  await page.keyboard.press("Home");
  await page.locator("#threads-all", { hasText: "0 events" }).waitFor();
  // Then the thread that had begun by then was still at work.
  await page.locator("#moment").fill("60");
  await page.locator("#moment-words", { hasText: "came since" }).waitFor();
  await page.locator("#threads .item").nth(1).click();
  const half = await page.locator("#output").textContent();
  await shot(page, "time-travel-dark");
  await page.locator("#pause").click();
  await page.waitForFunction((half) => document.querySelector("#output").textContent.length > half.length, half);
  await page.getByRole("button", { name: "The change before" }).click();
  await page.locator(".steps", { hasText: /change \d+ of/ }).waitFor();
  assert.equal(await page.locator("#verdict").textContent(), "verified");
  assert.ok((await page.locator("#state .tag.added, #state .tag.changed").count()) > 0);
  await shot(page, "state-change-dark");
  assert.deepEqual(page.complaints, []);
});

test("a damaged frame is a row with its code, clause and bytes, and what is intact behind it comes", async (test) => {
  const runs = folder(test);
  const sent = await agent(test, runs, "--runs", 30).done;
  const file = join(runs, "00000000000000000000.sframe");
  const bytes = readFileSync(file);
  bytes[12_000] ^= 1;
  writeFileSync(file, bytes);
  const { url } = await serve(test, ["--dir", runs]);
  const page = await open(test, url);
  await page.locator("#connection", { hasText: "Live" }).waitFor();
  await page.locator("#tab-Problems").click();
  const row = page.locator("#troubles .item", { hasText: "SF-0313 FrameCrc" });
  await row.click();
  const about = page.locator(".about");
  await about.locator("dd", { hasText: "FRM-14" }).waitFor();
  assert.match(await about.locator(".hexdump").textContent(), /9e c1 1/);
  assert.equal(await number(page, "#count-refused"), 1);
  assert.ok((await page.locator("#troubles .item", { hasText: "Lost" }).count()) > 0);
  await page.waitForFunction(() => Number(document.querySelector("#count-events").textContent.replace(",", "")) > 100);
  const arrived = await number(page, "#count-events");
  assert.ok(arrived < sent);
  await shot(page, "refused");
  assert.deepEqual(page.complaints, []);
});

test("a server that is killed and started again brings all that was written, and nothing twice", async (test) => {
  const runs = folder(test);
  const port = await freePort();
  const first = await serve(test, ["--dir", runs], port);
  const page = await open(test, first.url);
  const { done } = agent(test, runs, "--pace-ms", 12);
  await page.waitForFunction(() => Number(document.querySelector("#count-events").textContent) > 60);
  await first.kill();
  await page.locator("#connection.bad").waitFor();
  await shot(page, "broken");
  await serve(test, ["--dir", runs], port);
  await page.locator("#connection", { hasText: "Live" }).waitFor();
  const sent = await done;
  await page.waitForFunction((sent) => document.querySelector("#count-events").textContent === String(sent), sent);
  await page.waitForTimeout(300);
  assert.equal(await number(page, "#count-events"), sent);
  for (const id of ["#count-refused", "#count-gaps", "#count-duplicates"]) assert.equal(await number(page, id), 0, id);
  assert.deepEqual(page.complaints, []);
});
