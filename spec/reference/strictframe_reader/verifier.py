"""Frames and anchors at any position of a damaged stream (section 10)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from .checksum import crc32c
from .control import NO_PREVIOUS, Position
from .errors import Refused
from .frame import (
    END,
    HEADER_LEN,
    MESSAGE,
    SYNC,
    TRAILER_LEN,
    Frame,
    Header,
    Limits,
    check_body_len,
    check_frame_crc,
    finish_frame,
    read_header,
    read_outer_header,
)

_ZERO_KEY = bytes(16)


def _position_header(kind: int) -> bytes:
    """The header of every SYNC, or of every END: nothing in it varies."""
    start = bytes([0x9E, 0xC1, 0x10 | kind, 0]) + _ZERO_KEY + (48).to_bytes(4, "little")
    return start + crc32c(start).to_bytes(4, "little")


class BudgetSpent(Exception):
    """The bytes that may be put under a checksum are used up."""


@dataclass(frozen=True)
class Verified:
    """A frame that verifies at its position; `frame` is None for an unassigned kind."""

    at: int
    header: Header
    trailer: bytes
    frame: Frame | None

    @property
    def end(self) -> int:
        return self.at + self.header.frame_len

    @property
    def is_data(self) -> bool:
        return self.frame is not None and self.header.is_data

    @property
    def anchor(self) -> Anchor | None:
        """The SYNC or END that this is, if it is one."""
        control = self.frame.control if self.frame is not None else None
        if not isinstance(control, Position):
            return None
        return Anchor(self.at, self.end, self.header.kind == END, control, self.trailer)


@dataclass(frozen=True)
class Anchor:
    """A SYNC or END that verifies, whatever its id."""

    at: int
    end: int
    is_end: bool
    body: Position
    trailer: bytes

    @property
    def is_in_range(self) -> bool:
        """Whether its numbers are ones that an anchor may have."""
        # SPEC [REC-2]: below 2^63.
        return max(self.body.own_offset, self.body.count) < 2**63


class Verifier:
    """Verifies frames at any position of the input, each once, within the budget."""

    def __init__(self, data: bytes, limits: Limits) -> None:
        self.data = data
        self._limits = limits
        self._seen: dict[int, Verified | None] = {}
        # SPEC [REC-8]
        self._budget = 16 * len(data) + 2**27

    def at(self, at: int) -> Verified | None:
        """The frame that starts at `at`, or None when it does not verify."""
        if at not in self._seen:
            try:
                self._seen[at] = self._verify(at)
            except Refused:
                self._seen[at] = None
        return self._seen[at]

    def anchor_at(self, at: int) -> Anchor | None:
        """The SYNC or END that starts at `at`, if one does."""
        found = self.at(at)
        return found.anchor if found is not None else None

    def spend(self, count: int) -> None:
        """Pays for `count` bytes that are put under a checksum or searched again."""
        # SPEC [REC-8]
        if count > self._budget:
            raise BudgetSpent
        self._budget -= count

    def _verify(self, at: int) -> Verified | None:
        start = self.data[at : at + HEADER_LEN]
        if len(start) == HEADER_LEN:
            self.spend(24)
        header = read_outer_header(start)
        assigned = MESSAGE <= header.kind <= END
        if assigned:
            read_header(start, self._limits)
        # SPEC [REC-3]: of an unassigned kind only what every later version keeps.
        check_body_len(header, self._limits)
        data = self.data[at : at + header.frame_len]
        if len(data) < header.frame_len:
            return None
        self.spend(24 + header.body_len)
        if assigned:
            frame = finish_frame(header, data, self._limits)
            return Verified(at, header, frame.trailer, frame)
        check_frame_crc(header, data)
        return Verified(at, header, data[-TRAILER_LEN:], None)


def _positions(data: bytes, pattern: bytes) -> Iterator[int]:
    at = data.find(pattern)
    while at >= 0:
        yield at
        at = data.find(pattern, at + 1)


def candidates(data: bytes, stream_id: bytes = b"") -> list[int]:
    """Where a SYNC or END (with that id) may start, in order."""
    # SPEC [REC-3]: the whole header and the id are sought, never the magic alone.
    return sorted(
        at for kind in (SYNC, END) for at in _positions(data, _position_header(kind) + stream_id)
    )


def learn_id(verifier: Verifier) -> tuple[bytes, str]:
    """The stream id where the caller gave none."""
    # SPEC [REC-1]: a first SYNC as STR-1 wants it.
    first = verifier.anchor_at(0)
    if first is not None and not first.is_end:
        stream_id = first.body.stream_id
        if first.body == Position(stream_id, 0, NO_PREVIOUS, 0, 0):
            return stream_id, "first-sync"
    # SPEC [REC-1]: else pairs that lie at their own offsets and name each other.
    found: dict[int, Position] = {}
    for at in candidates(verifier.data):
        anchor = verifier.anchor_at(at)
        if anchor is not None and anchor.body.own_offset == at:
            found[at] = anchor.body
    ids = {
        later.stream_id
        for at, later in found.items()
        if later.previous < at
        and later.previous in found
        and found[later.previous].stream_id == later.stream_id
    }
    if len(ids) != 1:
        raise Refused("NoStreamId", 0)
    return ids.pop(), "learnt"
