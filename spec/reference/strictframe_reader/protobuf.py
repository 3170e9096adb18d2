"""Protobuf types, out of the text that is their canonical descriptor (KEY-6)."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

VARINT, FIXED64, DELIMITED, START, END, FIXED32 = range(6)
_WIRE_TYPES = {
    **dict.fromkeys(("bool", "int32", "int64", "sint32", "sint64", "uint32", "uint64"), VARINT),
    **dict.fromkeys(("double", "fixed64", "sfixed64"), FIXED64),
    **dict.fromkeys(("float", "fixed32", "sfixed32"), FIXED32),
    **dict.fromkeys(("bytes", "string", "string-unverified", "message"), DELIMITED),
    "enum": VARINT,
    "group": START,
}
_FIELD = re.compile(
    r" (?P<number>\d+) \S+ (?:map (?P<key>\S+) )?(?:(?P<kind>enum|group|message) (?P<type>\S+)"
    r"|(?P<scalar>\S+))(?: (?P<label>explicit|implicit|packed|repeated|required))?"
    r"(?: oneof=(?P<oneof>\S+))?(?: default=.*)?(?: json=.*)?"
)


@dataclass(frozen=True)
class Kind:
    """The type of a value: a scalar's word, or `enum`, `group` or `message` and a full name."""

    word: str
    name: str | None = None

    @property
    def wire_type(self) -> int:
        return _WIRE_TYPES[self.word]


@dataclass(frozen=True)
class Field:
    """A field; `key` is there for maps."""

    kind: Kind
    label: str | None
    oneof: str | None
    key: Kind | None

    @property
    def is_repeated(self) -> bool:
        return self.key is None and self.label in ("repeated", "packed")

    @property
    def wire_type(self) -> int:
        return DELIMITED if self.key else self.kind.wire_type


@dataclass
class Message:
    fields: dict[int, Field] = field(default_factory=dict)


@dataclass
class Enum:
    is_closed: bool
    numbers: set[int] = field(default_factory=set)


Types = dict[str, Message | Enum]


def read_types(descriptor: str) -> Types:
    """The types of a canonical descriptor by their full names, as far as payloads depend on them."""
    types: Types = {}
    current: Message | Enum | None = None
    for line in descriptor.splitlines():
        words = line.split(" ")
        if words[0] == "message":
            current = types[words[1]] = Message()
        elif words[0] == "enum":
            current = types[words[1]] = Enum(words[2] == "closed")
        elif words[1] in ("extensions", "reserved", "reserved-names"):
            continue
        elif isinstance(current, Enum):
            current.numbers.add(int(words[1]))
        elif isinstance(current, Message):
            number, found = _field(line)
            current.fields[number] = found
    return types


def _field(line: str) -> tuple[int, Field]:
    found = _FIELD.fullmatch(line)
    if found is None:
        raise ValueError(f"not the line of a field: {line!r}")
    kind = Kind(found["kind"] or found["scalar"], found["type"])
    key = Kind(found["key"]) if found["key"] else None
    return int(found["number"]), Field(kind, found["label"], found["oneof"], key)
