import { sharedDecoder } from "./decoder.js";
import { StrictframeError } from "./error.js";

/**
 * A JSON value as RFC 8785 writes it: members by UTF-16 code units, numbers as ECMAScript writes doubles, nothing between the parts.
 *
 * Throws a `StrictframeError` for what JSON has no canonical form for: half of a surrogate pair, a number beyond the doubles, a value that is
 * none of JSON's, or more than 127 levels.
 */
export function canonicalJson(value: unknown): string {
  return written(value, 0);
}

/** SHA-256 of a value's canonical JSON, as 64 hexadecimal digits: the hash of a state, the same as in Rust. */
export function stateHash(value: unknown): string {
  return sharedDecoder().sha256(utf8.encode(canonicalJson(value)));
}

function written(value: unknown, depth: number): string {
  if (typeof value === "string") return text(value);
  if (typeof value === "number") {
    if (!Number.isFinite(value)) throw refused("a number beyond the doubles");
    return JSON.stringify(value);
  }
  if (value === null || typeof value === "boolean") return String(value);
  if (typeof value !== "object") throw refused(`a value of type ${typeof value}`);
  if (depth === DEPTH) throw refused(`more than ${DEPTH} levels`);
  if (Array.isArray(value)) return `[${value.map((element) => written(element, depth + 1)).join(",")}]`;
  const members = value as Record<string, unknown>;
  return `{${Object.keys(members)
    .sort()
    .map((name) => `${text(name)}:${written(members[name], depth + 1)}`)
    .join(",")}}`;
}

function text(value: string): string {
  if (/[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/.test(value)) throw refused("half of a surrogate pair");
  return JSON.stringify(value);
}

function refused(what: string): StrictframeError {
  return new StrictframeError("SF-0801", "PayloadSyntax", "", `no canonical JSON: ${what}`);
}

const utf8 = new TextEncoder();
const DEPTH = 127;
