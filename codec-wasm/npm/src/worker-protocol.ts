import type { StrictframeErrorData } from "./error.js";
import type { DecoderOptions } from "./options.js";
import type { WorkerDecoded } from "./pool.js";

/** What a worker is told: first how to decode, then frames. */
export type Request =
  | { readonly module: WebAssembly.Module; readonly options: DecoderOptions; readonly definitions: readonly Uint8Array[] }
  | { readonly id: number; readonly bytes: Uint8Array };

/** What it answers, once for each frame. */
export type Reply = { readonly id: number; readonly decoded: WorkerDecoded } | { readonly id: number; readonly error: StrictframeErrorData };
