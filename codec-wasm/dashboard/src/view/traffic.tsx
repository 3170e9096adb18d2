/** How much came, how fast, and what compression saves. */
import { useEffect, useRef } from "preact/hooks";
import uPlot from "uplot";
import type { Store } from "../model/store.js";
import { bytes, clock, count } from "./words.js";

export function TrafficView({ store }: { readonly store: Store }) {
  const [x, messages, size, ratio] = store.traffic.columns();
  const shares = [...store.traffic.shares.values()].sort((a, b) => b.bytes - a.bytes);
  const moment = store.moment === Infinity ? null : (store.row(store.shownEnd - 1)?.time ?? 0) / 1e6;
  return (
    <section class="traffic scroll" aria-label="Traffic" tabIndex={0}>
      <div class="charts">
        <Chart title="Messages a second" x={x} y={messages} color="--model" words={count} moment={moment} />
        <Chart title="Bytes a second" x={x} y={size} color="--node" words={bytes} moment={moment} />
        <Chart title="Compression ratio" x={x} y={ratio} color="--tool" words={(it) => it.toFixed(1)} moment={moment} />
      </div>
      <table>
        <caption>By codec and schema</caption>
        <thead>
          <tr>
            <th scope="col">Codec</th>
            <th scope="col">Schema</th>
            <th scope="col">Frames</th>
            <th scope="col">Records</th>
            <th scope="col">On the wire</th>
            <th scope="col">Payload</th>
            <th scope="col">Ratio</th>
          </tr>
        </thead>
        <tbody>
          {shares.map((share) => (
            <tr key={`${share.codec} ${share.schema}`}>
              <td>{share.codec}</td>
              <td>{share.schema || "unknown"}</td>
              <td>{count(share.frames)}</td>
              <td>{count(share.records)}</td>
              <td>{bytes(share.bytes)}</td>
              <td>{bytes(share.raw)}</td>
              <td>{share.bytes > 0 ? (share.raw / share.bytes).toFixed(2) : ""}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

interface ChartProperties {
  readonly title: string;
  readonly x: number[];
  readonly y: number[];
  /** The variable of the style that has its colour. */
  readonly color: string;
  readonly words: (value: number) => string;
  readonly moment: number | null;
}

function Chart({ title, x, y, color, words, moment }: ChartProperties) {
  const box = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot | null>(null);
  const shown = useRef(moment);
  shown.current = moment;
  useEffect(() => {
    const element = box.current;
    if (!element) return;
    // Colours are those of now, whichever theme that is.
    const value = (name: string) => () => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
    const axis = { stroke: value("--quiet"), grid: { stroke: value("--line"), width: 1 }, ticks: { stroke: value("--line"), width: 1 } };
    const made = new uPlot(
      {
        width: element.clientWidth,
        height: HEIGHT,
        legend: { show: false },
        cursor: { y: false },
        scales: { y: { range: (_, __, most) => [0, Math.max(1, most * 1.1)] } },
        padding: [10, 30, 0, 0],
        axes: [{ ...axis, space: 80, size: 32, values: (_, splits) => splits.map(timeOfDay) }, { ...axis, size: 64, values: (_, splits) => splits.map(words) }],
        series: [{}, { label: title, stroke: value(color), fill: () => `${value(color)()}33`, width: 2, points: { show: x.length < 3, size: 6 } }],
        hooks: { draw: [(plot) => line(plot, shown.current, value("--ink")())] },
      },
      [x, y],
      element,
    );
    plot.current = made;
    const observer = new ResizeObserver(() => made.setSize({ width: element.clientWidth, height: HEIGHT }));
    observer.observe(element);
    const redraw = (): void => made.redraw(false);
    const dark = matchMedia("(prefers-color-scheme: dark)");
    dark.addEventListener("change", redraw);
    return () => {
      dark.removeEventListener("change", redraw);
      observer.disconnect();
      made.destroy();
    };
  }, []);
  useEffect(() => plot.current?.setData([x, y]));
  const last = y.findLast((value) => !Number.isNaN(value));
  return (
    <figure class="chart">
      <figcaption>
        {title} <span class="quiet">{last === undefined ? "" : `last ${words(last)}`}</span>
      </figcaption>
      <div ref={box} role="img" aria-label={`${title} over time, last ${last === undefined ? "nothing" : words(last)}`} />
    </figure>
  );
}

function timeOfDay(seconds: number): string {
  return clock(seconds * 1e6).slice(0, 8);
}

/** The moment that is shown. */
function line(plot: uPlot, moment: number | null, color: string): void {
  if (moment === null) return;
  const { ctx, bbox } = plot;
  const x = Math.round(plot.valToPos(moment, "x", true));
  ctx.save();
  ctx.strokeStyle = color;
  ctx.setLineDash([4, 4]);
  ctx.beginPath();
  ctx.moveTo(x, bbox.top);
  ctx.lineTo(x, bbox.top + bbox.height);
  ctx.stroke();
  ctx.restore();
}

const HEIGHT = 170;
