// A worker that is given the name of a module, and answers every vector by it.
import { init } from "../dist/index.js";
import { tally } from "./answers.mjs";

onmessage = async ({ data: name }) => {
  await init(`/dist/${name}.wasm`);
  const vectors = await (await fetch("/vectors.json")).json();
  postMessage(await tally(vectors, name !== "strictframe"));
};
// The page waits for an answer or an error, and a promise that is refused is neither.
addEventListener("unhandledrejection", ({ reason }) => {
  setTimeout(() => {
    throw reason;
  });
});
