/** The messages of DashStream as the decoder gives them: what has its default is not there, numbers of 64 bits are decimal, enums are names. */

export interface Header {
  readonly messageId?: Uint8Array;
  readonly timestampUs?: string;
  readonly threadId?: string;
  readonly sequence?: string;
}

interface AttributeValue {
  readonly stringValue?: string;
  readonly intValue?: string;
  readonly floatValue?: number;
  readonly boolValue?: boolean;
  readonly bytesValue?: Uint8Array;
  readonly arrayValue?: object;
  readonly mapValue?: object;
}

export type Attributes = Readonly<Record<string, AttributeValue>>;

export interface Event {
  readonly header?: Header;
  readonly eventType?: string | number;
  readonly nodeId?: string;
  readonly attributes?: Attributes;
  readonly durationUs?: string;
  readonly llmRequestId?: string;
}

export interface DiffOperation {
  readonly op?: string | number;
  readonly path?: string;
  readonly value?: Uint8Array;
  readonly from?: string;
  readonly encoding?: string | number;
}

export interface StateDiff {
  readonly header?: Header;
  readonly baseCheckpointId?: Uint8Array;
  readonly operations?: readonly DiffOperation[];
  readonly stateHash?: Uint8Array;
  readonly fullState?: Uint8Array;
}

export interface TokenChunk {
  readonly header?: Header;
  readonly requestId?: string;
  readonly text?: string;
  readonly chunkIndex?: number;
  readonly isFinal?: boolean;
  readonly model?: string;
}

export interface Failure {
  readonly header?: Header;
  readonly errorCode?: string;
  readonly message?: string;
  readonly context?: Readonly<Record<string, string>>;
  readonly severity?: string | number;
}

export interface ToolExecution {
  readonly header?: Header;
  readonly callId?: string;
  readonly toolName?: string;
  readonly stage?: string | number;
  readonly arguments?: Uint8Array;
  readonly result?: Uint8Array;
  readonly error?: string;
  readonly errorDetails?: Failure;
  readonly durationUs?: string;
  readonly retryCount?: number;
}

export interface Checkpoint {
  readonly header?: Header;
  readonly checkpointId?: Uint8Array;
  readonly stateType?: string;
  readonly metadata?: Readonly<Record<string, string>>;
}

export interface Metrics {
  readonly header?: Header;
  readonly scope?: string;
  readonly metrics?: Readonly<Record<string, { readonly intValue?: string; readonly floatValue?: number; readonly stringValue?: string; readonly boolValue?: boolean; readonly unit?: string }>>;
}

export interface Trace {
  readonly header?: Header;
  readonly threadId?: string;
  readonly executionId?: string;
  readonly nodesExecuted?: readonly unknown[];
  readonly completed?: boolean;
}

export interface DashStreamMessage {
  readonly event?: Event;
  readonly stateDiff?: StateDiff;
  readonly tokenChunk?: TokenChunk;
  readonly toolExecution?: ToolExecution;
  readonly checkpoint?: Checkpoint;
  readonly metrics?: Metrics;
  readonly error?: Failure;
  readonly eventBatch?: { readonly header?: Header; readonly events?: readonly Event[] };
  readonly executionTrace?: Trace;
}

/** The schema whose records are understood, and not only shown. */
export const DASHSTREAM = "dashstream.v1.DashStreamMessage";

/** `EVENT_TYPE_NODE_START` as `node start`; a number without a name as it is. */
export function worded(value: string | number | undefined, prefix: string, otherwise: string): string {
  if (typeof value === "number") return `${otherwise} ${value}`;
  return (value ?? otherwise).replace(prefix, "").toLowerCase().replaceAll("_", " ");
}

/** An attribute as text; empty for what is none. */
export function attribute(attributes: Attributes | undefined, ...names: string[]): string {
  for (const name of names) {
    if (attributes && Object.hasOwn(attributes, name)) return valueText(attributes[name] ?? {});
  }
  return "";
}

export function valueText(value: AttributeValue): string {
  const { stringValue, intValue, floatValue, boolValue, bytesValue } = value;
  if (bytesValue) return `${bytesValue.length} bytes`;
  const found = stringValue ?? intValue ?? floatValue ?? boolValue;
  return found === undefined ? JSON.stringify(value.arrayValue ?? value.mapValue ?? "") : String(found);
}
