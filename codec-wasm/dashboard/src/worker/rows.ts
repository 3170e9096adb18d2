/** Records as lines of what happened, with what each changes in the picture of its thread. */
import { hexOf, short, utf8Of } from "../shared/text.js";
import type { FrameFacts, Moment, Row, RowKind, SpanKind, Step } from "../shared/words.js";
import { type DashStreamMessage, type Event, type Failure, type Header, type StateDiff, type ToolExecution, attribute, valueText, worded } from "./message.js";
import type { States } from "./states.js";

/** A row that is being made, with what tells its record from others. */
export interface Made {
  readonly header: Header;
  /** Makes the row; only then are states followed. */
  row(): Row;
}

interface Said {
  readonly kind: RowKind;
  readonly label: string;
  readonly node?: string;
  readonly text: string;
  readonly step?: Step | null;
}

/** The lines that a message is: one, or those of its batch. */
export function rowsOf(message: DashStreamMessage, frame: FrameFacts, record: number, states: States): Made[] {
  const made = (header: Header | undefined, say: (thread: string) => Said): Made => {
    const given = header ?? {};
    return { header: given, row: () => rowOf(given, frame, record, say) };
  };
  const { event, tokenChunk, toolExecution, stateDiff, checkpoint, metrics, error, eventBatch, executionTrace } = message;
  if (eventBatch) return (eventBatch.events ?? []).map((event) => made(event.header ?? eventBatch.header, () => ofEvent(event)));
  if (event) return [made(event.header, () => ofEvent(event))];
  if (toolExecution) return [made(toolExecution.header, () => ofTool(toolExecution))];
  if (stateDiff) return [made(stateDiff.header, (thread) => ofState(stateDiff, thread, states))];
  if (error) return [made(error.header, () => ofFailure(error))];
  if (tokenChunk) {
    const { requestId = "", text = "", chunkIndex = 0, isFinal = false, model = "" } = tokenChunk;
    const step: Step = { is: "tokens", call: requestId, model, index: chunkIndex, text, final: isFinal };
    return [made(tokenChunk.header, () => ({ kind: "token", label: isFinal ? "last token" : "token", text, step }))];
  }
  if (checkpoint) {
    const { checkpointId = new Uint8Array(0), metadata = {} } = checkpoint;
    return [
      made(checkpoint.header, (thread) => {
        if (checkpointId.length > 0) states.saved(thread, checkpointId);
        return { kind: "checkpoint", label: "checkpoint", node: metadata["node"] ?? "", text: hexOf(checkpointId) };
      }),
    ];
  }
  if (metrics) {
    const values = Object.entries(metrics.metrics ?? {}).map(([name, value]) => `${name} ${valueText(value)}${value.unit && value.unit !== "1" ? ` ${value.unit}` : ""}`);
    return [made(metrics.header, () => ({ kind: "metrics", label: `metrics of ${metrics.scope ?? "?"}`, text: values.join(", ") }))];
  }
  if (executionTrace) {
    const { nodesExecuted = [], completed = false, executionId = "" } = executionTrace;
    return [made(executionTrace.header, () => ({ kind: "trace", label: "trace", text: `${executionId} ${nodesExecuted.length} nodes, ${completed ? "completed" : "not completed"}` }))];
  }
  return [made(undefined, () => ({ kind: "record", label: "empty message", text: "" }))];
}

/** A record of a schema that is shown, and not understood. */
export function rowOfOther(value: unknown, frame: FrameFacts, record: number): Made {
  const text = value instanceof Uint8Array ? `${value.length} bytes` : short(JSON.stringify(value, plain) ?? "", 300);
  const label = frame.schema.slice(frame.schema.lastIndexOf(".") + 1) || "record";
  return { header: {}, row: () => rowOf({}, frame, record, () => ({ kind: "record", label, text })) };
}

function rowOf(header: Header, frame: FrameFacts, record: number, say: (thread: string) => Said): Row {
  const thread = String(header.threadId || frame.streamKey);
  const { kind, label, node = "", text, step = null } = say(thread);
  const time = Number(header.timestampUs ?? 0) || Math.floor(Number(frame.time) / 1000) || 0;
  return { n: 0, kind, label, thread, node: String(node), time, sequence: String(header.sequence ?? frame.sequence), text: short(String(text), 400), frame, record, step: step && held(step) };
}

/** The step with its types: a schema of this name may say that a text is a number, and the page counts on neither. */
function held(step: Step): Step {
  switch (step.is) {
    case "mark":
      return { ...step, node: String(step.node), name: String(step.name), id: String(step.id), error: String(step.error), duration: Number(step.duration) || 0 };
    case "tokens":
      return { ...step, call: String(step.call), model: String(step.model), text: String(step.text), index: Number(step.index) || 0, final: step.final === true };
    default:
      return step;
  }
}

function ofEvent(event: Event): Said {
  const label = worded(event.eventType, "EVENT_TYPE_", "event");
  const { nodeId: node = "", attributes } = event;
  const text = Object.entries(attributes ?? {}).map(([name, value]) => `${name} ${short(valueText(value), 120)}`).join(" · ");
  return { kind: "event", label, node, text, step: stepOf(event, label) };
}

const MARKS: Readonly<Record<string, readonly [SpanKind, Moment]>> = {
  "graph start": ["graph", "begin"],
  "graph end": ["graph", "end"],
  "graph error": ["graph", "fail"],
  "node start": ["node", "begin"],
  "node end": ["node", "end"],
  "node error": ["node", "fail"],
  "llm start": ["model", "begin"],
  "llm end": ["model", "end"],
  "llm error": ["model", "fail"],
  "llm retry": ["model", "retry"],
  "tool start": ["tool", "begin"],
  "tool end": ["tool", "end"],
  "tool error": ["tool", "fail"],
};

function stepOf({ attributes, nodeId: node = "", llmRequestId = "", durationUs = "0" }: Event, label: string): Step | null {
  if (label === "human interrupt" || label === "human resume") return { is: "waiting", waits: label === "human interrupt" };
  const [span, moment] = MARKS[label] ?? [];
  if (!span || !moment) return null;
  const name = { graph: attribute(attributes, "graph_name", "graph"), node, model: attribute(attributes, "model"), tool: attribute(attributes, "tool_name") }[span];
  const id = span === "model" ? llmRequestId : attribute(attributes, ...(span === "tool" ? ["call_id"] : span === "graph" ? ["execution_id", "run_id"] : []));
  const tokens = Number(attribute(attributes, "completion_tokens", "output_tokens", "total_tokens", "tokens")) || 0;
  const error = moment === "fail" ? attribute(attributes, "error", "message") || "failed" : "";
  return { is: "mark", span, moment, node, name, id, duration: Number(durationUs), tokens, error };
}

const STAGES: Readonly<Record<string, Moment>> = { requested: "begin", started: "begin", completed: "end", failed: "fail", retrying: "retry" };

function ofTool(tool: ToolExecution): Said {
  const { toolName: name = "", callId: id = "", durationUs = "0", retryCount = 0, errorDetails } = tool;
  const stage = worded(tool.stage, "EXECUTION_STAGE_", "unspecified");
  const moment = STAGES[stage];
  const error = tool.error || errorDetails?.message || "";
  const bytes = stage === "completed" ? tool.result : tool.arguments;
  const about = stage === "failed" ? error : bytes ? (utf8Of(bytes) ?? `${bytes.length} bytes`) : "";
  const text = [name, about, retryCount > 0 ? `try ${retryCount + 1}` : ""].filter(Boolean).join(" · ");
  const step: Step | null = moment ? { is: "mark", span: "tool", moment, node: "", name, id, duration: Number(durationUs), tokens: 0, error: moment === "fail" ? error || "failed" : "" } : null;
  return { kind: "tool", label: `tool ${stage}`, text, step };
}

function ofState(diff: StateDiff, thread: string, states: States): Said {
  const change = states.take(thread, diff);
  const paths = change.operations.map(({ op, path }) => `${op} ${path || "/"}`);
  const text = [change.why, change.whole === undefined ? paths.join(", ") : `whole state, ${diff.fullState?.length ?? 0} bytes`].filter(Boolean).join(" · ");
  return { kind: "state", label: change.verdict === "verified" ? "state" : "state not verified", text, step: { is: "state", change } };
}

function ofFailure({ errorCode = "", message = "", context = {}, severity }: Failure): Said {
  const label = worded(severity, "SEVERITY_", "error");
  const text = [errorCode, message].filter(Boolean).join(": ");
  const isFailure = label === "error" || label === "fatal";
  return { kind: "error", label, node: context["node"] ?? context["node_id"] ?? "", text, step: isFailure ? { is: "failed", message: text } : null };
}

function plain(_: string, value: unknown): unknown {
  if (value instanceof Uint8Array) return utf8Of(value) ?? `${value.length} bytes`;
  return value;
}
