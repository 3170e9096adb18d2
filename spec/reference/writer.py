"""Writes frames and streams for the tests, as straight as the tables of SPEC.md.

It checks nothing, so that the tests can write what no encoder would.
"""

from __future__ import annotations

import struct

from strictframe_reader.checksum import crc32c
from strictframe_reader.control import NO_PREVIOUS
from strictframe_reader.frame import BATCH, DICT, END, MESSAGE, SCHEMA, SYNC
from strictframe_reader.schema import dictionary_id, identify

NAME = b"test.Reading"
DESCRIPTOR = b"{}"
IDENTITY = identify(2, NAME, 1, 1, DESCRIPTOR)
STREAM_ID = bytes(range(100, 116))


def key(version: int = 1, min_reader: int = 1, fork_check: bytes = IDENTITY.fork_check) -> bytes:
    """A schema key of the lineage the tests use."""
    return IDENTITY.lineage + struct.pack("<HH", version, min_reader) + fork_check


def seal(head: bytes, body: bytes) -> bytes:
    """A frame from the first 20 bytes of its header and its body."""
    head += struct.pack("<I", len(body))
    trailer = crc32c(body, crc32c(head))
    return head + struct.pack("<I", crc32c(head)) + body + struct.pack("<I", trailer)


def block(*extensions: tuple[int, bytes]) -> bytes:
    """An extension block."""
    return b"".join(struct.pack("<HH", kind, len(v)) + v for kind, v in extensions)


def data_frame(
    stored: bytes,
    kind: int = MESSAGE,
    codec: int = 0,
    raw: bytes = b"",
    dictionary: bytes | None = None,
    extensions: bytes | None = None,
    schema_key: bytes | None = None,
) -> bytes:
    """A data frame around bytes that are stored already."""
    flags = (extensions is not None) | (dictionary is not None) << 1
    body = struct.pack("<II", len(raw), crc32c(raw)) if codec else b""
    if dictionary is not None:
        body += dictionary_id(dictionary)
    if extensions is not None:
        body += struct.pack("<H", len(extensions)) + extensions
    head = bytes([0x9E, 0xC1, 0x10 | kind, codec << 4 | flags])
    return seal(head + (schema_key or key()), body + stored)


def batch_payload(*items: bytes) -> bytes:
    """The payload of a batch."""
    sizes = b"".join(struct.pack("<I", len(item)) for item in items)
    return struct.pack("<I", len(items)) + sizes + b"".join(items)


def batch(*items: bytes, extensions: bytes | None = None) -> bytes:
    """A BATCH stored as it is."""
    return data_frame(batch_payload(*items), BATCH, extensions=extensions)


def control_frame(kind: int, body: bytes) -> bytes:
    """A control frame."""
    return seal(bytes([0x9E, 0xC1, 0x10 | kind, 0]) + bytes(16), body)


def schema_frame(descriptor: bytes = DESCRIPTOR) -> bytes:
    """The SCHEMA of the key the tests use."""
    body = struct.pack("<BBHHH", 2, 0, 1, 1, len(NAME)) + NAME
    return control_frame(SCHEMA, body + struct.pack("<I", len(descriptor)) + descriptor)


def dict_frame(content: bytes) -> bytes:
    """A DICT frame."""
    return control_frame(DICT, content)


class StreamWriter:
    """A stream as STR-1 wants it, unless told otherwise."""

    def __init__(self, stream_id: bytes = STREAM_ID) -> None:
        self.data = b""
        self._stream_id = stream_id
        self._previous = NO_PREVIOUS
        self._count = 0
        self._chain = 0
        self.starts: list[int] = []
        self.sync()

    def add(self, frame: bytes) -> StreamWriter:
        """Any frame; data frames are counted by their kind."""
        self.starts.append(len(self.data))
        self.data += frame
        self._count += frame[2] & 15 in (MESSAGE, BATCH)
        self._chain = crc32c(frame[-4:], self._chain)
        return self

    def _position(self, kind: int, **other: int) -> StreamWriter:
        own = len(self.data)
        found = {
            "own": own,
            "previous": self._previous,
            "count": self._count,
            "chain": self._chain,
            **other,
        }
        body = self._stream_id + struct.pack("<QQQII", *found.values(), 0)
        if kind == SYNC:
            self._previous = own
        return self.add(control_frame(kind, body))

    def sync(self, **other: int) -> StreamWriter:
        """A SYNC; `other` puts wrong numbers into its fields."""
        return self._position(SYNC, **other)

    def end(self, **other: int) -> StreamWriter:
        """The END."""
        return self._position(END, **other)
