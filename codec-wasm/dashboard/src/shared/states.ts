/** States by JSON Patch: each is made of the one before, and shares with it what did not change. */
import { immutableJSONPatch, type JSONPatchDocument } from "immutable-json-patch";
import type { Json, Operation } from "./words.js";

/** The state that these operations make. Throws where one cannot be applied. */
export function patched(state: Json, operations: readonly Operation[]): Json {
  return immutableJSONPatch(state, operations as JSONPatchDocument) as Json;
}
