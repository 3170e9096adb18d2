// Telemetry of many threads, made of what the simulated agent wrote.
import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { AGENT, STRICTFRAME } from "./stage.mjs";

const PROTO = join(import.meta.dirname, "../../../dashflow-adapter/proto");

/** The messages of a run of the agent, as JSON, one after the other. */
export function messages(folder) {
  execFileSync(AGENT, [join(folder, "seed")]);
  const lines = execFileSync(STRICTFRAME, ["unpack", "--as", "json", join(folder, "seed", "00000000000000000000.sframe")], { maxBuffer: 1 << 28 });
  return String(lines).trim().split("\n").map((line) => JSON.parse(line));
}

/** Writes a stream of `count` messages: those of the agent again and again, each time in threads of their own; without ids and numbers, so that nothing is twice. */
export function stream(folder, name, seed, count) {
  const lines = [];
  for (let round = 0; lines.length < count; round++) {
    for (const message of seed.slice(0, count - lines.length)) {
      const copy = structuredClone(message);
      const { header } = Object.values(copy)[0];
      delete header.messageId;
      delete header.sequence;
      header.threadId += `-${round}`;
      header.timestampUs = String(BigInt(header.timestampUs) + BigInt(round) * 1_000_000n);
      lines.push(JSON.stringify(copy));
    }
  }
  return packed(folder, name, lines.join("\n"));
}

/** Packs lines of JSON as messages of DashStream. */
export function packed(folder, name, lines) {
  const file = join(folder, name);
  writeFileSync(`${file}.jsonl`, `${lines}\n`);
  execFileSync(STRICTFRAME, ["pack", "--output", file, "--schema", join(PROTO, "dashstream/v1/envelope.proto"), "--include", PROTO, "--name", "dashstream.v1.DashStreamMessage", `${file}.jsonl`]);
  return file;
}
