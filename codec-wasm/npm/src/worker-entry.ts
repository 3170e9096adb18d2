// The worker of a pool: one decoder, one answer for each frame.
import { Decoder } from "./decoder.js";
import { StrictframeError, instanceLost } from "./error.js";
import type { Reply, Request } from "./worker-protocol.js";

interface Scope {
  onmessage: ((event: { readonly data: Request }) => void) | null;
  postMessage(reply: Reply, transfer: Transferable[]): void;
}

const scope = globalThis as unknown as Scope;
let decoder: Decoder | undefined;

scope.onmessage = ({ data }) => {
  if ("module" in data) {
    decoder = new Decoder(data.options, data.module);
    for (const definition of data.definitions) decoder.take(definition);
    return;
  }
  const { id, bytes } = data;
  try {
    if (!decoder) throw new StrictframeError("SF-0916", "NotInitialized", "", "a worker was given a frame before its module");
    const taken = decoder.take(bytes);
    const { kind, streamKey, sequence, lineage, version } = taken.frame;
    const outcome = "outcome" in taken ? taken.outcome : null;
    scope.postMessage({ id, decoded: { records: taken.records, outcome, kind, streamKey, sequence, lineage, version } }, buffers(taken.records));
  } catch (error) {
    const refused = error instanceof StrictframeError ? error : instanceLost(error);
    scope.postMessage({ id, error: refused.toJSON() }, []);
  }
};

/** The memory of records that are bytes: each has its own, and goes over without a copy. */
function buffers(records: readonly unknown[] | null): Transferable[] {
  return (records ?? []).filter((record) => record instanceof Uint8Array).map((record) => record.buffer as ArrayBuffer);
}
