// What the tests of the page need: the real command, the real agent, and Chromium.
import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { chromium } from "playwright-core";

export const STRICTFRAME = process.env.STRICTFRAME ?? "strictframe";
export const AGENT = process.env.AGENT ?? "agent";
export const SCREENSHOTS = process.env.SCREENSHOTS ?? "screenshots";
const TOKEN = "0123456789abcdef0123456789abcdef";

/** A folder that is gone when the test has ended. */
export function folder(test) {
  const made = mkdtempSync(join(tmpdir(), "strictframe-page-"));
  test.after(() => rmSync(made, { recursive: true, force: true }));
  return made;
}

export async function freePort() {
  return new Promise((resolve, reject) => {
    const server = createServer().once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}

/** Starts `strictframe serve`; gives the URL of its page. Killed with the test, or before. */
export async function serve(test, source, port = 0) {
  const child = spawn(STRICTFRAME, ["serve", ...source, "--port", String(port), "--json"], { env: { ...process.env, STRICTFRAME_SERVE_TOKEN: TOKEN }, stdio: ["ignore", "pipe", "inherit"] });
  const ended = new Promise((resolve) => child.once("exit", resolve));
  const kill = async () => {
    child.kill("SIGKILL");
    await ended;
  };
  test.after(kill);
  for await (const line of createInterface({ input: child.stdout })) {
    const event = JSON.parse(line);
    if (event.event === "listening") return { url: event.url, kill };
  }
  throw new Error("strictframe serve ended before it listened");
}

/** Starts the simulated agent, which writes into a directory; `done` when it has ended, with the number of messages that it sent. */
export function agent(test, into, ...options) {
  const child = spawn(AGENT, [into, ...options.map(String)], { stdio: ["ignore", "pipe", "inherit"] });
  test.after(() => child.kill("SIGKILL"));
  let said = "";
  child.stdout.on("data", (data) => (said += data));
  const done = new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("exit", (code) => (code === 0 ? resolve(Number(/sent (\d+)/.exec(said)?.[1])) : reject(new Error(`the agent ended with ${code}`))));
  });
  return { done };
}

let browser;

export async function closeBrowser() {
  await browser?.close();
}

/** A page, with what it complains of. With DASHBOARD_ASSETS its files come from there, and all else from the server. */
export async function open(test, url, options = {}) {
  browser ??= await chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: ["--no-sandbox", ...(process.env.DASHBOARD_ASSETS ? ["--disable-features=LocalNetworkAccessChecks"] : [])] });
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, ...options });
  test.after(() => context.close());
  const page = await context.newPage();
  page.complaints = [];
  page.on("pageerror", (error) => page.complaints.push(String(error)));
  page.on("console", (message) => message.type() === "error" && !/WebSocket connection|ERR_CONNECTION_REFUSED/.test(message.text()) && page.complaints.push(message.text()));
  const assets = process.env.DASHBOARD_ASSETS;
  if (assets && url.startsWith("http")) {
    await page.route(/\/(index\.html|[a-z]+\.(js|css|svg))?$/, async (route) => {
      const name = new URL(route.request().url()).pathname.slice(1) || "index.html";
      const response = await route.fetch({ url: new URL("/index.html", url).href });
      const type = { js: "text/javascript", css: "text/css", svg: "image/svg+xml", html: "text/html" }[name.split(".").pop()];
      await route.fulfill({ response, body: readFileSync(join(assets, name)), headers: { ...response.headers(), "content-type": type } });
    });
  }
  await page.goto(url);
  return page;
}

export async function shot(page, name) {
  await page.screenshot({ path: join(SCREENSHOTS, `${name}.png`) });
}

/** The number that a part of the page says. */
export async function number(page, selector) {
  return Number((await page.locator(selector).textContent()).replaceAll(/[^0-9]/g, ""));
}
