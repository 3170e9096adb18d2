// The messages of benches/proto/event.proto for @bufbuild/protobuf, which makes its types of a descriptor set.
import { createFileRegistry, fromJson } from "@bufbuild/protobuf";
import { FileDescriptorSetSchema } from "@bufbuild/protobuf/wkt";

const TYPES = { bytes: "TYPE_BYTES", int64: "TYPE_INT64", string: "TYPE_STRING", uint64: "TYPE_UINT64", int32: "TYPE_INT32", uint32: "TYPE_UINT32" };

function described(type) {
  const nested = [];
  const oneofs = [];
  const field = type.fieldsArray.map((field) => {
    field.resolve();
    const { name: camel, id, resolvedType } = field;
    const name = camel.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
    if (field.map) {
      const entry = `${camel[0].toUpperCase()}${camel.slice(1)}Entry`;
      nested.push({ name: entry, options: { mapEntry: true }, field: [{ name: "key", number: 1, label: "LABEL_OPTIONAL", type: "TYPE_STRING" }, { name: "value", number: 2, label: "LABEL_OPTIONAL", type: "TYPE_MESSAGE", typeName: resolvedType.fullName }] });
      return { name, number: id, label: "LABEL_REPEATED", type: "TYPE_MESSAGE", typeName: `${type.fullName}.${entry}` };
    }
    const kind = resolvedType ? { type: "TYPE_MESSAGE", typeName: resolvedType.fullName } : { type: TYPES[field.type] };
    const optional = field.options?.proto3_optional ? { proto3Optional: true, oneofIndex: oneofs.push({ name: `_${name}` }) - 1 } : {};
    return { name, number: id, label: "LABEL_OPTIONAL", ...kind, ...optional };
  });
  return { name: type.name, field, nestedType: nested, oneofDecl: oneofs };
}

/** The type of a message, of a root that protobufjs has parsed. */
export function messageOf(root) {
  const messageType = root.lookup("bench").nestedArray.map(described);
  const set = fromJson(FileDescriptorSetSchema, { file: [{ name: "event.proto", package: "bench", syntax: "proto3", messageType }] });
  return createFileRegistry(set).getMessage("bench.DashStreamMessage");
}
