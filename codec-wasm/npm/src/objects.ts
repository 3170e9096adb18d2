import type { ValueOptions } from "./options.js";

/** How the messages of a descriptor become objects. */
export interface Shape {
  readonly name: string;
  readonly fields: Field[];
  /** The fields that get a default where they are not there. */
  readonly absent: Field[];
}

interface Field {
  readonly name: string;
  readonly kind: number;
  /** 0 one value, 1 several, 2 a map. */
  readonly form: number;
  readonly keyKind: number;
  readonly shape: Shape | undefined;
  readonly names: Map<number, string> | undefined;
  readonly first: number;
  /** Whether assigning to a member of that name sets it: of one name it does something else. */
  readonly isPlain: boolean;
}

const BOOL = 0;
const INT32 = 1;
const UINT32 = 2;
const INT64 = 3;
const UINT64 = 4;
const FLOAT = 5;
const DOUBLE = 6;
const STRING = 7;
const BYTES = 8;
const ENUM = 9;
const MESSAGE = 10;
const UNVERIFIED = 11;

const IMPLICIT = 0;
const REPEATED = 3;

// Numbers of 64 bits are put together in memory: nothing is rounded, and it is the quickest way.
const pair = new Uint32Array(2);
const double = new Float64Array(pair.buffer);
const signed = new BigInt64Array(pair.buffer);
const unsigned = new BigUint64Array(pair.buffer);
const single = new Float32Array(pair.buffer);

/** Reads values off a tape. One for each decoder, used again for every frame. */
export class Tape {
  #words: Uint32Array = pair;
  #bytes: Uint8Array = new Uint8Array(0);
  /** Where the payload lies that bytes are pieces of. */
  #payload = 0;
  #text = "";
  #at = 0;
  /** Where the next string begins. */
  #start = 0;
  readonly #asStrings: boolean;
  readonly #options: ValueOptions;

  constructor(options: ValueOptions) {
    this.#options = options;
    this.#asStrings = options.integers === "string";
  }

  /** Begins with the tape at a word of memory, and the text that it has. */
  open(words: Uint32Array, bytes: Uint8Array, payload: number, at: number, text: string): void {
    this.#words = words;
    this.#bytes = bytes;
    this.#payload = payload;
    this.#at = at;
    this.#text = text;
    this.#start = 0;
  }

  word(): number {
    return this.#words[this.#at++] as number;
  }

  string(): string {
    const start = this.#start;
    this.#start = this.#words[this.#at++] as number;
    return this.#text.substring(start, this.#start);
  }

  /** A copy: the memory it lies in is used again. */
  bytes(): Uint8Array {
    const start = this.#payload + this.word();
    return this.#bytes.slice(start, start + this.word());
  }

  message(shape: Shape): Record<string, unknown> {
    const words = this.#words;
    const fields = shape.fields;
    const object: Record<string, unknown> = {};
    for (;;) {
      const index = words[this.#at++] as number;
      if (index === 0) break;
      const field = fields[index - 1] as Field;
      if (field.form === 0) {
        const value = field.kind === STRING ? this.string() : this.#value(field.kind, field);
        if (field.isPlain) object[field.name] = value;
        else set(object, field.name, value);
      }
      else if (field.form === 1) {
        const list = object[field.name] as unknown[] | undefined;
        const value = this.#value(field.kind, field);
        if (list !== undefined && Object.hasOwn(object, field.name)) list.push(value);
        else set(object, field.name, [value]);
      } else {
        const key = String(this.#value(field.keyKind, field));
        let map = object[field.name] as Record<string, unknown> | undefined;
        if (map === undefined || !Object.hasOwn(object, field.name)) set(object, field.name, (map = {}));
        set(map, key, this.#value(field.kind, field));
      }
    }
    for (const field of shape.absent) {
      if (!Object.hasOwn(object, field.name)) set(object, field.name, this.#absent(field));
    }
    return object;
  }

  #value(kind: number, field: Field): unknown {
    switch (kind) {
      case STRING:
        return this.string();
      case INT32:
        return this.word() | 0;
      case UINT32:
        return this.word();
      case BOOL:
        return this.word() !== 0;
      case INT64:
        return this.#long(signed);
      case UINT64:
        return this.#long(unsigned);
      case ENUM: {
        const number = this.word() | 0;
        return field.names?.get(number) ?? number;
      }
      case MESSAGE:
        return this.message(field.shape as Shape);
      case DOUBLE:
        pair[0] = this.word();
        pair[1] = this.word();
        return double[0];
      case FLOAT:
        pair[0] = this.word();
        return single[0];
      case UNVERIFIED:
        return this.word() === 0 ? this.string() : this.bytes();
      default:
        return this.bytes();
    }
  }

  #long(as: BigInt64Array | BigUint64Array): bigint | string {
    pair[0] = this.word();
    pair[1] = this.word();
    const number = as[0] as bigint;
    return this.#asStrings ? number.toString() : number;
  }

  #absent(field: Field): unknown {
    if (field.form !== 0) return field.form === 1 ? [] : {};
    switch (field.kind) {
      case STRING:
      case UNVERIFIED:
        return "";
      case BOOL:
        return false;
      case INT64:
      case UINT64:
        return this.#asStrings ? "0" : 0n;
      case ENUM:
        return field.names?.get(field.first) ?? field.first;
      case BYTES:
        return new Uint8Array(0);
      default:
        return 0;
    }
  }

  /** The shapes that the module describes on a tape; of the root first. */
  shapes(): Shape | undefined {
    const root = this.word();
    const messages: { shape: Shape; types: { kind: number; label: number; key: number; index: number; name: string }[] }[] = [];
    const count = this.word();
    for (let index = 0; index < count; index++) {
      const shape = { name: this.string(), fields: [], absent: [] };
      const types = [];
      const fields = this.word();
      for (let index = 0; index < fields; index++) {
        this.word(); // the number, which the tape does not need
        const [kind, label, key, type] = [this.word(), this.word(), this.word(), this.word()];
        const [name, json] = [this.string(), this.string()];
        types.push({ kind, label, key, index: type, name: this.#name(name, json) });
      }
      messages.push({ shape, types });
    }
    const enums: { first: number; names: Map<number, string> | undefined }[] = [];
    const enumCount = this.word();
    for (let index = 0; index < enumCount; index++) {
      this.string();
      const first = this.word() | 0;
      const names = new Map<number, string>();
      const values = this.word();
      for (let index = 0; index < values; index++) names.set(this.word() | 0, this.string());
      enums.push({ first, names: this.#options.enums === "name" ? names : undefined });
    }
    for (const { shape, types } of messages) {
      for (const { kind, label, key, index, name } of types) {
        const field: Field = {
          name,
          kind,
          form: key !== 0 ? 2 : label === REPEATED ? 1 : 0,
          keyKind: key - 1,
          shape: kind === MESSAGE ? messages[index]?.shape : undefined,
          names: kind === ENUM ? enums[index]?.names : undefined,
          first: kind === ENUM ? (enums[index]?.first ?? 0) : 0,
          isPlain: name !== "__proto__",
        };
        shape.fields.push(field);
        const hasDefault = label === REPEATED || key !== 0 || (label === IMPLICIT && kind !== MESSAGE);
        if (this.#options.defaults && hasDefault) shape.absent.push(field);
      }
    }
    return messages[root]?.shape;
  }

  #name(name: string, json: string): string {
    // An extension's name has dots, and is written in brackets.
    if (name.includes(".")) return json;
    return this.#options.names === "schema" ? name : camelCase(name);
  }
}

/** The name of a field as protobufjs has it. */
export function camelCase(name: string): string {
  return name.slice(0, 1) + name.slice(1).replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
}

/** Sets a member of an object, whatever its name. */
function set(object: Record<string, unknown>, name: string, value: unknown): void {
  // The one name whose assignment does something else.
  if (name === "__proto__") Object.defineProperty(object, name, { value, configurable: true, enumerable: true, writable: true });
  else object[name] = value;
}
