/** Frames as they come, read: rows, or a refusal that stops nothing. */
import { Decoder, type Frame, type StrictframeError } from "strictframe";
import { hexOf } from "../shared/text.js";
import type { FrameFacts, Row, Trouble } from "../shared/words.js";
import { DASHSTREAM, type DashStreamMessage } from "./message.js";
import type { Outbox } from "./outbox.js";
import { Recall } from "./recall.js";
import { type Made, rowOfOther, rowsOf } from "./rows.js";
import { States } from "./states.js";

export class Reader {
  readonly #decoder = new Decoder<DashStreamMessage>({ integers: "string", enums: "name" });
  readonly #names = new Map<string, string>();
  readonly #states = new States();
  readonly recall = new Recall();
  readonly #outbox: Outbox;

  constructor(outbox: Outbox) {
    this.#outbox = outbox;
  }

  /** Takes a frame; where it lies is said where that is known. */
  take(bytes: Uint8Array, log = "", offset = ""): void {
    try {
      const { frame, ...taken } = this.#decoder.take(bytes);
      if (frame.schema) this.#names.set(frame.lineage, frame.schema.name);
      if (!taken.records || !("unknownFields" in taken)) return;
      this.#records(factsOf(frame, this.#names.get(frame.lineage) ?? "", taken.records.length, taken.unknownFields), taken.records, log, offset);
    } catch (error) {
      this.#outbox.trouble(refusal(error as StrictframeError, bytes, log, offset));
    }
  }

  /** One record of a frame, as a value. */
  value(bytes: Uint8Array, record: number): unknown {
    return this.#decoder.decode(bytes).records[record];
  }

  #records(frame: FrameFacts, records: readonly DashStreamMessage[], log: string, offset: string): void {
    const rows: Row[] = [];
    let again = 0;
    const isUnderstood = frame.schema === DASHSTREAM;
    records.forEach((record, index) => {
      const made: readonly Made[] = isUnderstood ? rowsOf(record, frame, index, this.#states) : [rowOfOther(record, frame, index)];
      for (const [part, { header, row }] of made.entries()) {
        const number = String(header.sequence ?? (records.length === 1 ? frame.sequence : ""));
        const identity = {
          messageId: header.messageId?.length ? hexOf(header.messageId) : records.length === 1 && made.length === 1 ? frame.messageId : "",
          epoch: frame.epoch,
          thread: String(header.threadId || frame.streamKey),
          sequence: /^\d+$/.test(number) ? BigInt(number) : 0n,
          bytes: `${frame.checksum} ${frame.bytes.length} ${index} ${part}`,
        };
        const recalled = this.recall.take(identity);
        if (recalled === "again") {
          again++;
          continue;
        }
        const missing = this.recall.missing(identity);
        if (missing > 0n) this.#outbox.trouble(gap(identity.thread, identity.sequence, missing, log));
        if (recalled === "new") rows.push(row());
        else this.#outbox.trouble(duplicate(identity.thread, number, identity.messageId, log, offset));
      }
    });
    if (rows.length > 0 || again === 0) this.#outbox.frame(frame, rows, again);
  }
}

function factsOf(frame: Frame, schema: string, records: number, unknownFields: number): FrameFacts {
  return {
    bytes: frame.bytes,
    kind: frame.kind,
    codec: frame.codec,
    schema,
    lineage: frame.lineage,
    version: frame.version,
    bodyLen: frame.bodyLen,
    rawLen: frame.rawLen,
    records,
    unknownFields,
    dictionary: frame.dictionary ?? "",
    sequence: frame.sequence?.toString() ?? "",
    epoch: frame.producerEpoch?.toString() ?? "",
    time: frame.time?.toString() ?? "0",
    streamKey: frame.streamKey ?? "",
    messageId: frame.messageId ?? "",
    trace: frame.traceContext ? hexOf(frame.traceContext) : "",
    checksum: frame.checksum.toString(16).padStart(8, "0"),
  };
}

const NOTHING: Omit<Trouble, "sort" | "name" | "message"> = { id: 0, n: 0, code: "", clauses: [], log: "", offset: "", help: "", bytes: new Uint8Array(0), at: -1, count: 1, times: 1 };

/** A trouble, of which what is not said does not apply. */
export function trouble(sort: Trouble["sort"], name: string, message: string, more: Partial<Trouble> = {}): Trouble {
  return { ...NOTHING, sort, name, message, ...more };
}

/** A frame that was refused here, with its first bytes. */
export function refusal(error: StrictframeError, bytes: Uint8Array, log: string, offset: string): Trouble {
  const { code = "", name, clause = "", message } = error;
  const isInFrame = error.offset !== undefined && error.in === undefined;
  const place = isInFrame ? (error.offset as number) - (error.frame ?? 0) : -1;
  return trouble("refused", name, message, {
    code,
    clauses: clause === "" ? [] : [clause],
    log,
    offset,
    help: code === "" ? "" : `\`strictframe explain ${code}\` says more`,
    bytes: bytes.slice(0, SHOWN),
    at: place < SHOWN ? place : -1,
  });
}

function gap(thread: string, sequence: bigint, missing: bigint, log: string): Trouble {
  const numbers = missing === 1n ? `number ${sequence - 1n} did` : `numbers ${sequence - missing} to ${sequence - 1n} did`;
  return trouble("gap", "Gap", `${thread}: ${numbers} not come`, { log, count: Number(missing), help: "what is missing was lost on the way, or comes late" });
}

function duplicate(thread: string, sequence: string, id: string, log: string, offset: string): Trouble {
  return trouble("duplicate", "Duplicate", `${thread}: number ${sequence || "?"} came before${id === "" ? "" : ` (message ${id})`}`, { log, offset, help: "it is counted once" });
}

const SHOWN = 1024;
