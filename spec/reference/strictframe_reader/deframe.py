"""Cutting frames out of bytes that arrive in pieces (DEF-1)."""

from __future__ import annotations

from typing import NamedTuple

from .errors import Refused
from .frame import (
    HEADER_LEN,
    Frame,
    Header,
    Limits,
    check_magic,
    finish_frame,
    read_header,
)

# As many bytes as the longest diagnosis could need, and two to spare.
_MAGIC_AT_ONCE = 8


class Placed(NamedTuple):
    """A frame and the offset where it starts."""

    offset: int
    frame: Frame


class Deframer:
    """Gives relay-checked frames in order.

    `feed` takes bytes, `end` says that no more come, `take` gives the next frame, or
    None when more bytes are needed or the input ended at a frame boundary. The first
    refusal is final: every later `take` raises it again.
    """

    def __init__(self, limits: Limits = Limits()) -> None:
        self._limits = limits
        self._buffer = bytearray()
        self._header: Header | None = None
        self._refused: Refused | None = None
        self.offset = 0
        self.ended = False

    @property
    def pending(self) -> int:
        """The bytes in hand that belong to no frame given yet."""
        return len(self._buffer)

    def feed(self, piece: bytes) -> None:
        self._buffer += piece

    def end(self) -> None:
        self.ended = True

    def take(self) -> Placed | None:
        if self._refused is not None:
            raise self._refused
        try:
            return self._take()
        except Refused as refused:
            self._refused = self._placed(refused)
            raise self._refused from None

    def _placed(self, refused: Refused) -> Refused:
        """The refusal with its offset in the sequence of frames."""
        return refused.shifted(self.offset)

    def _take(self) -> Placed | None:
        if self._header is None and not self._read_header():
            return None
        assert self._header is not None
        need = self._header.frame_len
        have = len(self._buffer)
        # SPEC [DEF-1]: the frame is given with its last byte, and not later.
        if have < need:
            if not self.ended:
                return None
            # SPEC [STR-8]: have and need count from the start of the frame.
            raise Refused("Truncated", have, have=have, need=need)
        frame = finish_frame(self._header, bytes(self._buffer[:need]), self._limits)
        placed = Placed(self.offset, frame)
        del self._buffer[:need]
        self.offset += need
        self._header = None
        return placed

    def _read_header(self) -> bool:
        """Reads the header once enough of it is there; False when it is not."""
        have = len(self._buffer)
        # SPEC [DEF-1]: 8 bytes or the end for the magic, 28 or the end for the rest.
        if have == 0 or (have < _MAGIC_AT_ONCE and not self.ended):
            return False
        start = bytes(self._buffer[:HEADER_LEN])
        if have < HEADER_LEN and not self.ended:
            check_magic(start)
            return False
        self._header = read_header(start, self._limits)
        return True
