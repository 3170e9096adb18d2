/** The worker: it receives frames, reads them, and tells the page. */
import { type StrictframeError, initSync } from "strictframe";
import type { Asked, Told } from "../shared/words.js";
import { FileReader } from "./file.js";
import { Outbox } from "./outbox.js";
import { Reader, refusal } from "./reader.js";
import { Line } from "./socket.js";

declare const self: {
  strictframeModule?: string;
  postMessage(told: Told, transfer?: Transferable[]): void;
  onmessage: ((message: MessageEvent<Asked>) => void) | null;
};
declare function importScripts(name: string): void;

// A worker that was made without a server has the module already.
if (self.strictframeModule === undefined) importScripts("module.js");
initSync(Uint8Array.from(atob(self.strictframeModule ?? ""), (letter) => letter.charCodeAt(0)));
delete self.strictframeModule;

const post = (told: Told, transfer: Transferable[] = []): void => self.postMessage(told, transfer);
const outbox = new Outbox(post);
const reader = new Reader(outbox);

self.onmessage = ({ data: asked }) => {
  switch (asked.type) {
    case "connect":
      new Line(asked.url, reader, outbox, post).connect();
      break;
    case "open":
      void open(asked.files);
      break;
    case "taken":
      outbox.taken();
      break;
    case "record":
      answer(asked.id, asked.bytes, asked.record);
      break;
  }
};

/** Reads files one after the other. */
async function open(files: readonly File[]): Promise<void> {
  post({ type: "source", source: { kind: "file", name: files.map(({ name }) => name).join(", ") } });
  outbox.connection("reading");
  for (const file of files) {
    try {
      await new FileReader(file, reader, outbox).read();
    } catch (error) {
      // The browser cannot read it: it was moved or changed.
      outbox.trouble(refusal(error as StrictframeError, new Uint8Array(0), file.name, ""));
    }
  }
  outbox.connection("read");
}

function answer(id: number, bytes: Uint8Array, record: number): void {
  try {
    post({ type: "record", id, value: reader.value(bytes, record), refused: "" });
  } catch (error) {
    post({ type: "record", id, value: null, refused: (error as Error).message });
  }
}
