// The vectors as they lie on disk.
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";

/** Every vector below the folder, in the order of its path. */
export function vectorsOf(folder) {
  const paths = readdirSync(folder, { recursive: true }).filter((path) => path.endsWith(".json"));
  return paths.sort().map((path) => JSON.parse(readFileSync(join(folder, path), "utf8")));
}
