// The worker of a pool as Node has workers: what a page's worker has as globals stands on a port here.
import { parentPort } from "node:worker_threads";

globalThis.postMessage = (message, transfer) => parentPort.postMessage(message, transfer);
await import("../dist/worker-entry.js");
parentPort.on("message", (data) => {
  if (data.die) throw new Error("told to end");
  globalThis.onmessage({ data });
});
