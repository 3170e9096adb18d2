// Shows the frames of a file: decoded in the page, and the first once more in a worker.
import { FrameStream, StrictframeError, init, peek } from "strictframe";
import { DecodeWorker } from "strictframe/pool";
import moduleUrl from "strictframe/strictframe.wasm?url";

await init(moduleUrl);
const workers = new DecodeWorker();
const list = document.querySelector("#frames") as HTMLOListElement;

function row(text: string): void {
  const item = document.createElement("li");
  item.textContent = text;
  list.append(item);
}

document.querySelector<HTMLInputElement>("#file")?.addEventListener("change", async (event) => {
  const file = (event.target as HTMLInputElement).files?.[0];
  if (!file) return;
  const stream = new FrameStream({ form: "stream", integers: "string" });
  try {
    for await (const piece of file.stream() as unknown as AsyncIterable<Uint8Array>) {
      stream.push(piece);
      for (const { frame, start, records } of stream) {
        row(`${start} ${frame.kind} ${records ? JSON.stringify(records) : ""}`);
        if (!records && frame.kind !== "sync" && frame.kind !== "end") await workers.define(frame.bytes);
        if (records) row(`in a worker: ${(await workers.decode(frame.bytes)).records?.length} records, ${peek(frame.bytes).rawLen} bytes`);
      }
    }
    stream.end();
    stream.next();
  } catch (error) {
    row(error instanceof StrictframeError ? `${error.code} ${error.name} (${error.clause}): ${error.message}` : String(error));
  }
});
