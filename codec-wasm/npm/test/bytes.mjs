// Bytes as the vectors write them, with nothing that only Node has.

/** In hexadecimal. */
export const hex = (bytes) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");

/** The bytes of a vector's part: in hexadecimal, or what is repeated, and how many times. */
function bytes(part) {
  const text = typeof part === "string" ? part : part.repeat;
  const once = Uint8Array.from({ length: text.length / 2 }, (_, at) => Number.parseInt(text.slice(2 * at, 2 * at + 2), 16));
  if (typeof part === "string") return once;
  const all = new Uint8Array(Number(part.times) * once.length);
  for (let at = 0; at < all.length; at += once.length) all.set(once, at);
  return all;
}

/** One after the other. */
export function joined(parts) {
  const pieces = parts.map((part) => (part instanceof Uint8Array ? part : bytes(part)));
  const all = new Uint8Array(pieces.reduce((length, piece) => length + piece.length, 0));
  let at = 0;
  for (const piece of pieces) {
    all.set(piece, at);
    at += piece.length;
  }
  return all;
}
