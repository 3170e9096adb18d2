/** Follows the states of threads: what it calls verified has the hash that came with it. */
import { stateHash } from "strictframe";
import { patched } from "../shared/states.js";
import { hexOf, utf8Of } from "../shared/text.js";
import type { Json, Operation, StateChange } from "../shared/words.js";
import { type DiffOperation, type StateDiff, worded } from "./message.js";

interface Followed {
  state: Json;
  /** The checkpoint that the state hangs on, and one that was seen since. */
  base: string;
  seen: string | null;
}

export class States {
  readonly #threads = new Map<string, Followed>();

  /** A checkpoint was saved, which changes may name from here on. */
  saved(thread: string, id: Uint8Array): void {
    const followed = this.#threads.get(thread);
    if (followed) followed.seen = hexOf(id);
  }

  take(thread: string, diff: StateDiff): StateChange {
    const hash = hexOf(diff.stateHash ?? new Uint8Array(0));
    const refuse = (why: string): StateChange => ({ verdict: "refused", why, hash, operations: [] });
    if (hash.length !== 64) return refuse(`the hash has ${hash.length / 2} bytes, and SHA-256 has 32`);
    if (diff.fullState && diff.fullState.length > 0) {
      if (diff.operations) return refuse("it has a whole state and operations as well");
      return this.#whole(thread, diff, diff.fullState, hash, refuse);
    }
    let operations: Operation[];
    try {
      operations = (diff.operations ?? []).map(operationOf);
    } catch (error) {
      return refuse(error instanceof Error ? error.message : String(error));
    }
    return { ...this.#changed(thread, diff, operations, hash), hash, operations };
  }

  #whole(thread: string, diff: StateDiff, bytes: Uint8Array, hash: string, refuse: (why: string) => StateChange): StateChange {
    let whole: Json;
    let found: string;
    try {
      whole = json(bytes);
      found = stateHash(whole);
    } catch (error) {
      return refuse(`the whole state is no JSON: ${(error as Error).message}`);
    }
    if (found !== hash) return { verdict: "mismatch", why: "the whole state has another hash", hash, whole, operations: [] };
    this.#threads.delete(thread);
    this.#threads.set(thread, { state: whole, base: hexOf(diff.baseCheckpointId ?? new Uint8Array(0)), seen: null });
    if (this.#threads.size > MOST_THREADS) this.#threads.delete(this.#threads.keys().next().value ?? "");
    return { verdict: "verified", why: "", hash, whole, operations: [] };
  }

  #changed(thread: string, diff: StateDiff, operations: readonly Operation[], hash: string): Pick<StateChange, "verdict" | "why"> {
    const followed = this.#threads.get(thread);
    if (!followed) return { verdict: "no-base", why: "no whole state came before" };
    const base = hexOf(diff.baseCheckpointId ?? new Uint8Array(0));
    if (base !== followed.base && base !== followed.seen) return { verdict: "no-base", why: `it hangs on the checkpoint ${base}, which did not come` };
    let state: Json;
    let found: string;
    try {
      state = patched(followed.state, operations);
      found = stateHash(state);
    } catch (error) {
      return { verdict: "refused", why: `it cannot be applied: ${(error as Error).message}` };
    }
    if (found !== hash) return { verdict: "mismatch", why: "the state that it makes has another hash" };
    if (base !== followed.base) [followed.base, followed.seen] = [base, null];
    followed.state = state;
    return { verdict: "verified", why: "" };
  }
}

function operationOf({ op, path, value, from, encoding }: DiffOperation): Operation {
  const name = worded(op, "OP_TYPE_", "add") as Operation["op"];
  const of = { op: name, path: path ?? "" };
  if (name === "remove") return of;
  if (name === "move" || name === "copy") return { ...of, from: from ?? "" };
  const form = worded(encoding, "VALUE_ENCODING_", "json");
  if (form !== "json") throw new Error(`${of.path}: values of the encoding ${form} are not read here`);
  return { ...of, value: value === undefined || value.length === 0 ? null : json(value) };
}

function json(bytes: Uint8Array): Json {
  const text = utf8Of(bytes);
  if (text === null) throw new Error("it is not UTF-8");
  return JSON.parse(text) as Json;
}

const MOST_THREADS = 4096;
