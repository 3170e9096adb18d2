/** The page's end of the line to the worker. */
import type { Store } from "./model/store.js";
import type { Asked, Row, Told } from "./shared/words.js";

declare global {
  interface Window {
    strictframeModule?: string;
    strictframeWorker?: () => void;
  }
}

export class Link {
  readonly #store: Store;
  #worker: Promise<Worker>;
  readonly #waiting = new Map<number, { resolve(value: unknown): void; reject(error: Error): void }>();
  #asked = 0;

  constructor(store: Store) {
    this.#store = store;
    this.#worker = this.#start();
  }

  connect(url: string): void {
    this.#store.take({ type: "state", connection: "connecting", words: "" });
    void this.#ask({ type: "connect", url });
  }

  /** Shows these files, and nothing that was shown before. */
  open(files: readonly File[]): void {
    if (files.length === 0) return;
    void this.#worker.then((worker) => worker.terminate());
    this.#waiting.clear();
    this.#store.clear();
    this.#worker = this.#start();
    void this.#ask({ type: "open", files });
  }

  /** The record of a row, as a value. */
  record({ frame, record }: Row): Promise<unknown> {
    const id = this.#asked++;
    void this.#ask({ type: "record", id, bytes: frame.bytes, record });
    return new Promise((resolve, reject) => this.#waiting.set(id, { resolve, reject }));
  }

  async #start(): Promise<Worker> {
    try {
      const worker = await started();
      worker.onmessage = ({ data }: MessageEvent<Told>) => this.#told(data);
      worker.onerror = () => this.#broke();
      return worker;
    } catch (error) {
      this.#broke();
      throw error;
    }
  }

  async #ask(asked: Asked): Promise<void> {
    (await this.#worker).postMessage(asked);
  }

  #told(told: Told): void {
    if (told.type !== "record") {
      this.#store.take(told);
      if (told.type === "rows") void this.#ask({ type: "taken" });
      return;
    }
    const waiting = this.#waiting.get(told.id);
    this.#waiting.delete(told.id);
    if (told.refused === "") waiting?.resolve(told.value);
    else waiting?.reject(new Error(told.refused));
  }

  #broke(): void {
    this.#store.take({ type: "state", connection: "broken", words: "the part of the page that reads frames could not start" });
  }
}

/** A worker of its own file; where files are no origin, of the function that the file makes. */
async function started(): Promise<Worker> {
  if (location.protocol !== "file:") return new Worker("worker.js");
  if (!window.strictframeWorker) await Promise.all(["module.js", "worker.js"].map(script));
  const source = `self.strictframeModule=${JSON.stringify(window.strictframeModule)};(${window.strictframeWorker})()`;
  return new Worker(URL.createObjectURL(new Blob([source], { type: "text/javascript" })));
}

function script(name: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const element = document.createElement("script");
    element.src = name;
    element.onload = () => resolve();
    element.onerror = () => reject(new Error(name));
    document.head.append(element);
  });
}
