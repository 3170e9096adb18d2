// What `bench.mjs` bundles and runs in Chromium.
import { Decoder, init } from "strictframe";

import { FILES, casesOf, rowsOf } from "./bench-cases.mjs";

const bytesOf = async (path) => new Uint8Array(await (await fetch(path)).arrayBuffer());

globalThis.bench = async () => {
  await init("/strictframe.wasm");
  const files = Object.fromEntries(await Promise.all(FILES.map(async (name) => [name, await bytesOf(`/corpus/${name}`)])));
  const { cases } = await casesOf(Decoder, files, await (await fetch("/event.proto")).text());
  return rowsOf(cases, () => performance.now() * 1e6);
};
