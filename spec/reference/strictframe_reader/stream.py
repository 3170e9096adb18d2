"""The strict reader of a stream (section 9)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from .checksum import crc32c
from .control import BODY_AT, NO_PREVIOUS, Dictionary, Position, Schema
from .deframe import Deframer, Placed
from .errors import Refused
from .extensions import refuse_unknown_critical
from .frame import END, HEADER_LEN, SYNC, Frame, Limits
from .payload import ALL_CODECS, Decoder
from .schema import Registry

SYNC_DISTANCE = 65536
# Offsets in the frame of the fields of a SYNC or END, in their order.
_FIELD_AT = {
    "stream_id": BODY_AT,
    "own_offset": BODY_AT + 16,
    "previous": BODY_AT + 24,
    "count": BODY_AT + 32,
    "chain_crc": BODY_AT + 40,
}


class Accepted(NamedTuple):
    """A frame of the stream; control frames have no records."""

    offset: int
    kind: int
    outcome: str | None
    records: list[bytes]


class StreamReader:
    """Reads one stream from its first byte, in pieces as they arrive.

    `take` gives the next accepted frame, or None when more bytes are needed or the
    stream is complete. The first refusal is final. Everything given is provisional
    until `provisional` turns False, which it does when the input ended behind END.
    """

    def __init__(
        self,
        limits: Limits = Limits(),
        codecs: Iterable[int] = ALL_CODECS,
        registry: Registry | None = None,
        self_contained: bool = True,
    ) -> None:
        self._frames = Deframer(limits)
        # SPEC [STR-11]: the decoder starts without a dictionary.
        self._decoder = Decoder(limits, codecs=codecs, registry=registry)
        self._self_contained = self_contained
        self._limits = limits
        self._schemas: dict[tuple[bytes, int], Schema] = {}
        self._refused: Refused | None = None
        self._last_sync: int | None = None
        self._chain = 0
        self._count = 0
        self._closed = False
        self.stream_id: bytes | None = None
        self.accepted = 0

    @property
    def provisional(self) -> bool:
        """Whether what was delivered could still turn out to be part of an edited stream."""
        # SPEC [STR-10]: only END, and nothing behind it, confirms what came before.
        return not (self._closed and self._frames.ended and self._refused is None)

    def feed(self, piece: bytes) -> None:
        self._frames.feed(piece)

    def end(self) -> None:
        self._frames.end()

    def take(self) -> Accepted | None:
        # SPEC [STR-10]: stopped stays stopped.
        if self._refused is not None:
            raise self._refused
        try:
            return self._take()
        except Refused as refused:
            self._refused = refused
            raise

    def _take(self) -> Accepted | None:
        if self._closed:
            # SPEC [STR-9]: the first byte is enough, whatever it is.
            if self._frames.pending:
                raise Refused("TrailingData", self._frames.offset)
            return None
        placed = self._frames.take()
        if placed is None:
            if self._frames.ended:
                # SPEC [STR-5, FRM-4]: nothing at all is a frame that is cut short.
                if self._last_sync is None:
                    raise Refused("Truncated", 0, have=0, need=HEADER_LEN)
                # SPEC [STR-8]: a frame boundary.
                raise Refused("Unterminated", self._frames.offset)
            return None
        try:
            accepted = self._accept(placed)
        except Refused as refused:
            raise refused.shifted(placed.offset) from None
        self._note(placed)
        return accepted

    def _accept(self, placed: Placed) -> Accepted:
        """The checks of a stream, in the order of ERR-1; offsets from the frame's start."""
        offset, frame = placed
        kind = frame.header.kind
        if kind != SYNC:
            # SPEC [STR-5]: after the frame's own checks, before everything else.
            if self._last_sync is None:
                raise Refused("NotAStream", 0)
            # SPEC [STR-7]: before STR-6, and before the frame's content is used.
            if offset - self._last_sync >= SYNC_DISTANCE:
                raise Refused("StreamEdited", 0)
        control = frame.control
        if isinstance(control, Position):
            self._check_position(offset, control)
        elif isinstance(control, Schema):
            self._hold_schema(control)
        elif isinstance(control, Dictionary):
            self._hold_dictionary(control)
        if not frame.header.is_data:
            return Accepted(offset, kind, None, [])
        # SPEC [STR-14]: a data frame is decoded whole, in the order of section 11.
        refuse_unknown_critical(frame.extensions)
        schema = self._schemas.get((frame.header.lineage, frame.header.version))
        check_declared(frame, schema, self._self_contained)
        outcome = self._decoder.judge(frame, schema)
        return Accepted(offset, kind, outcome, self._decoder.records(frame))

    def _check_position(self, offset: int, found: Position) -> None:
        """Compares a SYNC or END with what was read so far."""
        # SPEC [STR-1]: in front of the first SYNC there is nothing.
        previous = NO_PREVIOUS if self._last_sync is None else self._last_sync
        stream_id = found.stream_id if self.stream_id is None else self.stream_id
        expected = Position(stream_id, offset, previous, self._count, self._chain)
        # SPEC [STR-6]: the first field that differs.
        for name, at in _FIELD_AT.items():
            if getattr(found, name) != getattr(expected, name):
                raise Refused("StreamEdited", at)

    def _hold_schema(self, schema: Schema) -> None:
        """Takes a SCHEMA frame into account."""
        name = (schema.identity.lineage, schema.version)
        held = self._schemas.get(name)
        # SPEC [STR-12]: a second text for one version; identical repeats are legal.
        if held is not None:
            if held.identity.fingerprint != schema.identity.fingerprint:
                raise Refused("SchemaFork", BODY_AT)
            return
        self._check_room(len(self._schemas), self._limits.schemas)
        self._schemas[name] = schema

    def _hold_dictionary(self, dictionary: Dictionary) -> None:
        """Takes a DICT frame into account."""
        held = self._decoder.dictionaries.get(dictionary.dict_id)
        # SPEC [STR-11]
        if held is not None:
            if held != dictionary.content:
                raise Refused("DictionaryClash", BODY_AT)
            return
        self._check_room(len(self._decoder.dictionaries), self._limits.dictionaries)
        self._decoder.dictionaries.add(dictionary.content)

    @staticmethod
    def _check_room(held: int, limit: int) -> None:
        # SPEC [STR-15]: the frame that brings one more than may be held.
        if held >= limit:
            raise Refused("LimitExceeded", 20, declared=held + 1, limit=limit)

    def _note(self, placed: Placed) -> None:
        """Moves on behind an accepted frame."""
        frame = placed.frame
        if frame.header.kind == SYNC:
            assert isinstance(frame.control, Position)
            self._last_sync = placed.offset
            self.stream_id = frame.control.stream_id
        self._closed = frame.header.kind == END
        self._count += frame.header.is_data
        self._chain = crc32c(frame.trailer, self._chain)
        self.accepted += 1


def check_declared(frame: Frame, schema: Schema | None, self_contained: bool) -> None:
    """Compares a data frame with the SCHEMA frame of its lineage and version, if any."""
    if schema is None:
        # SPEC [STR-13]
        if self_contained:
            raise Refused("UnknownSchema", 4)
        return
    # SPEC [STR-12]: what the frame says must follow from that SCHEMA.
    found = (frame.header.min_reader, frame.header.fork_check)
    if found != (schema.min_reader, schema.identity.fork_check):
        raise Refused("SchemaFork", 4)
