/** Everything about one event: its record, the frame it came in, and the bytes. */
import { useEffect, useState } from "preact/hooks";
import type { Link } from "../link.js";
import type { Row } from "../shared/words.js";
import { Hexdump } from "./hexdump.js";
import { Tree } from "./tree.js";
import { bytes, clock, count } from "./words.js";

export function Detail({ row, link, close }: { readonly row: Row; readonly link: Link; readonly close: () => void }) {
  const [value, setValue] = useState<unknown>(undefined);
  const [refused, setRefused] = useState("");
  useEffect(() => {
    let isWanted = true;
    link.record(row).then(
      (value) => isWanted && setValue(value),
      (error: Error) => isWanted && setRefused(error.message),
    );
    return () => {
      isWanted = false;
    };
  }, [row, link]);
  const { frame } = row;
  const facts: readonly (readonly [string, string])[] = [
    ["thread", row.thread],
    ["node", row.node],
    ["time", clock(row.time)],
    ["sequence", row.sequence],
    ["epoch", frame.epoch],
    ["message id", frame.messageId],
    ["frame", `${frame.kind}, ${count(frame.records)} ${frame.records === 1 ? "record" : "records"}, this is number ${row.record + 1}`],
    ["schema", frame.schema && `${frame.schema}, version ${frame.version}`],
    ["lineage", frame.lineage],
    ["codec", frame.codec + (frame.dictionary && `, dictionary ${frame.dictionary}`)],
    ["size", `${bytes(frame.bytes.length)} on the wire, payload ${bytes(frame.rawLen)}`],
    ["checksum", frame.checksum],
    ["trace", frame.trace],
    ["unknown fields", frame.unknownFields > 0 ? String(frame.unknownFields) : ""],
  ];
  return (
    <aside class="detail" aria-label="Event">
      <header>
        <h2>{row.label}</h2>
        <button type="button" aria-label="Close" onClick={close}>
          ×
        </button>
      </header>
      <div class="detail-body" tabIndex={0} role="region" aria-label="Details of the event">
        <h3>Record</h3>
        {refused ? <p class="bad">{refused}</p> : value === undefined ? <p class="quiet">…</p> : <Tree label="Record" value={value} open={4} />}
        <h3>Frame</h3>
        <dl class="facts">
          {facts
            .filter(([, text]) => text !== "")
            .map(([name, text]) => (
              <div key={name}>
                <dt>{name}</dt>
                <dd>{text}</dd>
              </div>
            ))}
        </dl>
        <h3>Bytes</h3>
        <Hexdump bytes={frame.bytes} wide={8} />
      </div>
    </aside>
  );
}
