export { Decoder, type Taken, peek } from "./decoder.js";
export { type Details, StrictframeError, type StrictframeErrorData } from "./error.js";
export { type Codec, type Extension, Frame, type Kind, type Outcome, type Position } from "./frame.js";
export { compiledModule, init, initSync, moduleUrl } from "./load.js";
export type { Bytes } from "./module.js";
export type {
  DecoderOptions,
  DescribedVersion,
  Encoding,
  Limits,
  Lineage,
  NumberedVersion,
  Registry,
  ValueOptions,
} from "./options.js";
export type { Decoded } from "./records.js";
export { canonicalJson, stateHash } from "./state.js";
export { FrameStream, type StreamFrame, type StreamOptions, framesOf } from "./stream.js";
