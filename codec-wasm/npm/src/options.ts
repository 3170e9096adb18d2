import type { Bytes } from "./module.js";

/** What is accepted at most. A limit above the format's maximum is that maximum. */
export interface Limits {
  /** The largest body of a frame, in bytes; 4 MiB unless said otherwise. */
  readonly body?: number;
  /** The largest payload after decompression, in bytes; 4 MiB. */
  readonly raw?: number;
  /** The most schemas that are learnt on the way; 4096. */
  readonly schemas?: number;
  /** The most dictionaries that are learnt on the way; 16. */
  readonly dictionaries?: number;
}

/** How records are encoded. */
export type Encoding = "protobuf" | "json" | "opaque";

/** A version of a schema by its descriptor. */
export interface DescribedVersion {
  readonly version: number;
  readonly minReader: number;
  /** The canonical descriptor, as a SCHEMA frame has it, and of protobuf also a lock file. A lock file has JSON on many lines: `canonicalJson(JSON.parse(text))`. */
  readonly descriptor: string | Bytes;
}

/** A version of a schema by its numbers alone. */
export interface NumberedVersion {
  readonly version: number;
  readonly minReader: number;
  /** Eight hexadecimal digits. */
  readonly forkCheck: string;
}

/** A schema that the reader was built with. */
export type Lineage =
  | { readonly encoding: Encoding; readonly name: string; readonly reader: number; readonly oldestWriter: number; readonly versions: readonly DescribedVersion[] }
  | { readonly lineage: string; readonly reader: number; readonly oldestWriter: number; readonly versions: readonly NumberedVersion[] };

/** What frames are judged by. */
export interface Registry {
  readonly lineages: readonly Lineage[];
  /** Whether newer versions are taken whose writer says that this reader may; no unless said otherwise. */
  readonly allowForward?: boolean;
}

/** How values become JavaScript's. */
export interface ValueOptions {
  /** 64-bit integers: `bigint` (the default) or decimal strings. */
  readonly integers?: "bigint" | "string";
  /** Enums: their `number` (the default) or their `name`; a number without a name stays a number. */
  readonly enums?: "number" | "name";
  /** Names of fields: as protobufjs has them (the default), or as the schema does. */
  readonly names?: "camelCase" | "schema";
  /** Whether fields without presence that are not there get their default, repeated ones an empty list, maps an empty object; no unless said otherwise. */
  readonly defaults?: boolean;
}

/** The settings of a decoder. */
export interface DecoderOptions extends ValueOptions {
  readonly limits?: Limits;
  /** Without one no judgement is made, and records are read by the schemas that came on the way. */
  readonly registry?: Registry;
  readonly dictionaries?: readonly Bytes[];
  /** The codecs that are taken beside none; all that the module has, unless said otherwise. */
  readonly codecs?: readonly ("lz4" | "zstd")[];
  /** Records as values (the default) or as their bytes. */
  readonly records?: "values" | "bytes";
  /** How much memory, in bytes, an instance may keep between two messages; 16 MiB unless said otherwise. One that has more is ended, and started anew at the next message. */
  readonly keep?: number;
}
