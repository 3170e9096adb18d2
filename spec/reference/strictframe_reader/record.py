"""Protobuf records under their descriptor (section 13)."""

from __future__ import annotations

from typing import NamedTuple

from . import protobuf
from .errors import Refused
from .protobuf import Field, Kind

VARINT, FIXED64, DELIMITED, START, END, FIXED32 = range(6)
_WIRE_TYPES = {
    **dict.fromkeys(("bool", "int32", "int64", "sint32", "sint64", "uint32", "uint64"), VARINT),
    **dict.fromkeys(("double", "fixed64", "sfixed64"), FIXED64),
    **dict.fromkeys(("float", "fixed32", "sfixed32"), FIXED32),
    **dict.fromkeys(("bytes", "string", "string-unverified", "message"), DELIMITED),
    "enum": VARINT,
    "group": START,
}
_MOST_LEVELS = 64
_RANGES = {
    "bool": range(2),
    "uint32": range(1 << 32),
    "sint32": range(1 << 32),
}
# What is compared of a key that is not there.
_DEFAULTS = {VARINT: 0, FIXED64: bytes(8), FIXED32: bytes(4), DELIMITED: b""}
# The types that a repeated field may hold together, behind one length.
_PACKABLE = (VARINT, FIXED32, FIXED64)


class Tag(NamedTuple):
    at: int
    number: int
    wire_type: int


class _Input:
    """A message, or a part of one, between two offsets of the payload."""

    def __init__(self, payload: bytes, at: int, end: int) -> None:
        self.payload = payload
        self.at = at
        self.end = end

    def varint(self) -> int:
        start = self.at
        number = shift = 0
        while True:
            # SPEC [PAY-2]: cut, or longer than 64 bits can be.
            if self.at == self.end or shift == 70:
                raise Refused("PayloadSyntax", start)
            byte = self.payload[self.at]
            self.at += 1
            number |= (byte & 0x7F) << shift
            shift += 7
            if byte < 0x80:
                break
        # SPEC [PAY-2]: more than 64 bits, or more bytes than are needed.
        if number >> 64 or (byte == 0 and shift > 7):
            raise Refused("PayloadSyntax", start)
        return number

    def tag(self) -> Tag:
        start = self.at
        tag = self.varint()
        # SPEC [PAY-2]: numbers and wire types that there are not.
        if tag >> 32 or tag >> 3 == 0 or tag & 7 > FIXED32:
            raise Refused("PayloadSyntax", start)
        return Tag(start, tag >> 3, tag & 7)

    def fixed(self, length: int) -> bytes:
        # SPEC [PAY-2]: a number of 4 or 8 bytes that the message ends inside.
        if self.end - self.at < length:
            raise Refused("PayloadSyntax", self.at)
        self.at += length
        return self.payload[self.at - length : self.at]

    def delimited(self) -> _Input:
        start = self.at
        length = self.varint()
        # SPEC [PAY-2]: what is left ends with the innermost length.
        if length > self.end - self.at:
            raise Refused("PayloadSyntax", start)
        self.at += length
        return _Input(self.payload, self.at - length, self.at)


class Report(NamedTuple):
    """The tags of the fields that the descriptor does not have, in their order."""

    unknown: list[int]


def read_record(payload: bytes, types: protobuf.Types, root: str, is_exact: bool) -> Report:
    """Holds a record to its descriptor."""
    # SPEC [PAY-1]: from left to right, as one message of the root.
    reader = _Reader(types)
    reader.message(_Input(payload, 0, len(payload)), root, 1, None)
    # SPEC [PAY-12]: after everything else, and only where the writer named this very schema.
    if is_exact and reader.unknown:
        raise Refused("PayloadUnknown", reader.unknown[0])
    return Report(reader.unknown)


class _Reader:
    def __init__(self, types: protobuf.Types) -> None:
        self.types = types
        self.unknown: list[int] = []

    def message(self, at: _Input, name: str, level: int, group: Tag | None) -> None:
        """Reads to the end of `at`, or of the group."""
        message = self.types[name]
        assert isinstance(message, protobuf.Message)
        seen: set[int] = set()
        oneofs: set[str] = set()
        keys: dict[int, set[object]] = {}
        while True:
            end = at.at
            tag = _next_tag(at, group)
            if tag is None:
                break
            field = message.fields.get(tag.number)
            if field is None:
                self.step_over(tag, at, level)
                continue
            packable = field.is_repeated() and _wire_type(field.kind) in _PACKABLE
            packed = packable and tag.wire_type == DELIMITED
            # SPEC [PAY-5]: another wire type than that of the field's type.
            if tag.wire_type != _field_wire_type(field) and not packed:
                raise Refused("PayloadWireType", tag.at)
            # SPEC [PAY-6]: what may stand once stands there again.
            if tag.number in seen and not field.is_repeated() and field.key is None:
                raise Refused("PayloadTwice", tag.at)
            seen.add(tag.number)
            if field.oneof is not None:
                # SPEC [PAY-7]: another field of the oneof; the same one was judged above.
                if field.oneof in oneofs:
                    raise Refused("PayloadOneof", tag.at)
                oneofs.add(field.oneof)
            if field.key is not None:
                if field.kind.word == "message":
                    _check_depth(tag, level)
                key = self.entry(at.delimited(), field.key, field.kind, level)
                # SPEC [PAY-8]: an earlier entry with an equal key.
                if key in keys.setdefault(tag.number, set()):
                    raise Refused("PayloadTwice", tag.at)
                keys[tag.number].add(key)
            elif packed:
                values = at.delimited()
                while values.at < values.end:
                    self.value(values, field.kind, tag, level)
            else:
                self.value(at, field.kind, tag, level)
        # SPEC [PAY-11]: judged at the end, or at the tag that ends the group.
        for number, field in message.fields.items():
            if field.label == "required" and number not in seen:
                raise Refused("PayloadRequired", end)

    def value(self, at: _Input, kind: Kind, tag: Tag, level: int) -> object:
        """One value; what it is matters only for keys."""
        start = at.at
        if kind.is_message():
            assert kind.name is not None
            _check_depth(tag, level)
            if kind.word == "group":
                self.message(at, kind.name, level + 1, tag)
            else:
                self.message(at.delimited(), kind.name, level + 1, None)
            return None
        wire_type = _wire_type(kind)
        if wire_type == DELIMITED:
            content = at.delimited()
            data = content.payload[content.at : content.end]
            if kind.word == "string":
                _check_utf8(data, content.at)
            return data
        if wire_type != VARINT:
            return at.fixed(8 if wire_type == FIXED64 else 4)
        number = at.varint()
        # SPEC [PAY-9]: what the type does not have.
        if kind.word in ("int32", "enum"):
            number -= number >> 63 << 64
            if not -(1 << 31) <= number < 1 << 31:
                raise Refused("PayloadRange", start)
        if number not in _RANGES.get(kind.word, range(-(1 << 31), 1 << 64)):
            raise Refused("PayloadRange", start)
        if kind.word == "enum":
            assert kind.name is not None
            found = self.types[kind.name]
            assert isinstance(found, protobuf.Enum)
            if found.is_closed and number not in found.values:
                raise Refused("PayloadEnum", start)
        return number

    def entry(self, at: _Input, key: Kind, value: Kind, level: int) -> object:
        """Reads an entry of a map, and gives its key."""
        # SPEC [PAY-8]: a key that is not there is 0, false or empty.
        found: object = _DEFAULTS[_wire_type(key)]
        seen: set[int] = set()
        while at.at < at.end:
            tag = _next_tag(at, None)
            assert tag is not None
            kind = {1: key, 2: value}.get(tag.number)
            if kind is None:
                self.step_over(tag, at, level)
                continue
            if tag.wire_type != _wire_type(kind):
                raise Refused("PayloadWireType", tag.at)
            if tag.number in seen:
                raise Refused("PayloadTwice", tag.at)
            seen.add(tag.number)
            read = self.value(at, kind, tag, level)
            if tag.number == 1:
                found = read
        if 2 not in seen and value.word == "message":
            # SPEC [PAY-8]: a message of no fields, at the end of the entry.
            assert value.name is not None
            self.message(at, value.name, level + 1, None)
        return found

    def step_over(self, tag: Tag, at: _Input, level: int) -> None:
        """A field that the type does not have."""
        _skip(tag, at, level)
        self.unknown.append(tag.at)


def _wire_type(kind: Kind) -> int:
    return _WIRE_TYPES[kind.word]


def _field_wire_type(field: Field) -> int:
    return _wire_type(field.kind) if field.key is None else DELIMITED


def _next_tag(at: _Input, group: Tag | None) -> Tag | None:
    """The next tag, or None where the message or group ends."""
    if at.at == at.end:
        # SPEC [PAY-3]: the message ends with the group open.
        if group is not None:
            raise Refused("PayloadSyntax", group.at)
        return None
    tag = at.tag()
    if tag.wire_type != END:
        return tag
    # SPEC [PAY-3]: it ends the innermost group or nothing.
    if group is None or group.number != tag.number:
        raise Refused("PayloadSyntax", tag.at)
    return None


def _skip(tag: Tag, at: _Input, level: int) -> None:
    if tag.wire_type == VARINT:
        at.varint()
    elif tag.wire_type == FIXED64:
        at.fixed(8)
    elif tag.wire_type == FIXED32:
        at.fixed(4)
    elif tag.wire_type == DELIMITED:
        at.delimited()
    elif tag.wire_type == START:
        _check_depth(tag, level)
        while (inner := _next_tag(at, tag)) is not None:
            _skip(inner, at, level + 1)


def _check_depth(tag: Tag, level: int) -> None:
    # SPEC [PAY-4]: the tag that begins level 65.
    if level == _MOST_LEVELS:
        raise Refused("PayloadDepth", tag.at)


def _check_utf8(text: bytes, at: int) -> None:
    try:
        text.decode("utf-8")
    except UnicodeDecodeError as error:
        # SPEC [PAY-10]: the first byte that is part of no whole character.
        raise Refused("PayloadUtf8", at + error.start) from None
