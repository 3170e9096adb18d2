"""The bodies of control frames (section 8)."""

from __future__ import annotations

from dataclasses import dataclass

from .errors import Refused
from .extensions import is_utf8
from .schema import SchemaIdentity, dictionary_id, identify

BODY_AT = 28
NO_PREVIOUS = 2**64 - 1
_POSITION_LEN = 48
_DICTIONARY_MAX = 2**20
_ENCODINGS = (1, 2, 3)


@dataclass(frozen=True)
class Position:
    """The body of a SYNC or END."""

    stream_id: bytes
    own_offset: int
    previous: int
    count: int
    chain_crc: int


@dataclass(frozen=True)
class Schema:
    """The body of a SCHEMA frame, and the identity that follows from it."""

    enc_id: int
    version: int
    min_reader: int
    name: str
    descriptor: bytes
    identity: SchemaIdentity


@dataclass(frozen=True)
class Dictionary:
    """The body of a DICT frame."""

    content: bytes
    dict_id: bytes


Control = Position | Schema | Dictionary


class Fields:
    """Takes the fields of a body from left to right."""

    def __init__(self, body: bytes) -> None:
        self._body = body
        self._next = 0

    @property
    def at(self) -> int:
        """The offset of the next field in the frame."""
        return BODY_AT + self._next

    @property
    def left(self) -> int:
        """The bytes not yet taken."""
        return len(self._body) - self._next

    def bytes(self, size: int) -> bytes:
        """The next `size` bytes, or a refusal at the first of them."""
        # SPEC [BDY-1, CTL-1, CTL-2]: the first field that does not fit whole.
        if size > self.left:
            raise Refused("BodyStructure", self.at)
        start = self._next
        self._next += size
        return self._body[start : self._next]

    def number(self, size: int) -> int:
        """The next field as a little-endian integer."""
        return int.from_bytes(self.bytes(size), "little")


def read_position(body: bytes) -> Position:
    """The body of a SYNC or END."""
    fields = Fields(body)
    # Arguments are evaluated from left to right, which is the order on the wire.
    position = Position(
        fields.bytes(16),
        fields.number(8),
        fields.number(8),
        fields.number(8),
        fields.number(4),
    )
    # SPEC [CTL-1]: the last word stands left of byte 48, so it is judged first.
    last_word_at = fields.at
    if fields.number(4) != 0:
        raise Refused("BodyStructure", last_word_at)
    if fields.left:
        raise Refused("BodyStructure", BODY_AT + _POSITION_LEN)
    return position


def read_schema(body: bytes) -> Schema:
    """The body of a SCHEMA frame."""
    fields = Fields(body)

    def judged(size: int, good) -> int:
        at = fields.at
        value = fields.number(size)
        if not good(value):
            raise Refused("BodyStructure", at)
        return value

    # SPEC [CTL-2]: each field is judged before the next is read.
    enc_id = judged(1, lambda value: value in _ENCODINGS)
    judged(1, lambda value: value == 0)
    version = judged(2, lambda value: value >= 1)
    min_reader = judged(2, lambda value: 1 <= value <= version)
    name_len = judged(2, lambda value: value >= 1)
    name_at = fields.at
    name = fields.bytes(name_len)
    if not is_utf8(name) or name.startswith(b"."):
        raise Refused("BodyStructure", name_at)
    descriptor = fields.bytes(fields.number(4))
    if fields.left:
        raise Refused("BodyStructure", fields.at)
    return Schema(
        enc_id,
        version,
        min_reader,
        name.decode("utf-8"),
        descriptor,
        identify(enc_id, name, version, min_reader, descriptor),
    )


def read_dictionary(body: bytes) -> Dictionary:
    """The body of a DICT frame."""
    # SPEC [CTL-3]: 1 to 2^20 bytes.
    if not body:
        raise Refused("BodyStructure", BODY_AT)
    if len(body) > _DICTIONARY_MAX:
        raise Refused("BodyStructure", BODY_AT + _DICTIONARY_MAX)
    return Dictionary(body, dictionary_id(body))
