// What the complete module answers beside frames: recovery, identities, canonical forms, records without frames, changes.
import { compiledModule } from "../dist/index.js";
import { Room } from "../dist/module.js";
import { TEXT } from "../dist/report.js";
import { joined } from "./bytes.mjs";

const utf8 = new TextEncoder();

export class Questions {
  recover(input, id, { body = 4 << 20, raw = 4 << 20, schemas = 4096, dictionaries = 16 }) {
    return text(this.#ask([input, joined([id ?? "00".repeat(16)])], ({ tools_recover }, tools) => tools_recover(tools, input.length, id ? 1 : 0), [body, raw, schemas, dictionaries]));
  }

  canonical(schema) {
    return text(this.#ask([schema], ({ tools_canonical }, tools, len) => tools_canonical(tools, len)));
  }

  identify(encoding, name, version, minReader, descriptor) {
    const named = utf8.encode(name);
    return this.#ask([named, descriptor], ({ tools_identify }, tools, len) => tools_identify(tools, encoding, version, minReader, named.length, len));
  }

  identifyDictionary(dictionary) {
    return this.#ask([dictionary], ({ tools_identify_dictionary }, tools, len) => tools_identify_dictionary(tools, len));
  }

  check(name, descriptor, record, exact) {
    const [named, described] = [utf8.encode(name), utf8.encode(descriptor)];
    const end = named.length + described.length;
    return text(this.#ask([named, described, record], ({ tools_check }, tools, len) => tools_check(tools, named.length, end, len, exact ? 1 : 0)));
  }

  change(encoding, name, versions) {
    const named = utf8.encode(name);
    const parts = versions.flatMap((version) => {
      const bytes = utf8.encode(version);
      return [new Uint8Array(new Uint32Array([bytes.length]).buffer), bytes];
    });
    return text(this.#ask([named, ...parts], ({ tools_change }, tools, len) => tools_change(tools, encoding, named.length, len)));
  }

  /** Each question has an instance of its own. */
  #ask(parts, ask, limits = [4 << 20, 4 << 20, 4096, 16]) {
    const room = new Room(compiledModule());
    const tools = room.exports.tools_new(room.exports.decoder_new(...limits));
    const at = room.exports.tools_report(tools) >>> 2;
    const input = joined(parts);
    const start = room.exports.tools_room(tools, Math.max(input.length, 1)) >>> 0;
    room.look();
    room.bytes.set(input, start);
    if (!ask(room.exports, tools, input.length)) throw room.refusal(at);
    room.look();
    const found = room.words[at + TEXT];
    return room.bytes.slice(found, found + room.words[at + TEXT + 1]);
  }
}

function text(bytes) {
  return new TextDecoder().decode(bytes);
}
