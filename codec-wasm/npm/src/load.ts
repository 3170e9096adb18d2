import { Loader, type Source } from "./module.js";

const loader = new Loader(new URL("./strictframe.wasm", import.meta.url));

/** Where the module lies beside this file. */
export const moduleUrl: URL = loader.url;

/** Loads the module by its address, once; without one from beside this package. */
export function init(source: Source = moduleUrl): Promise<void> {
  return loader.init(source);
}

/** Takes the module from its bytes, or as it was compiled elsewhere. */
export function initSync(module: BufferSource | WebAssembly.Module): void {
  loader.initSync(module);
}

/** The module in use, to be handed to a worker. */
export function compiledModule(): WebAssembly.Module {
  return loader.compiled();
}
