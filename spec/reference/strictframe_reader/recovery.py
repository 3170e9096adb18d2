"""Bringing the intact frames out of a damaged stream (section 10)."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from .checksum import crc32c
from .control import Dictionary, Position, Schema
from .deframe import Placed
from .errors import Refused
from .extensions import refuse_unknown_critical
from .frame import Limits
from .payload import ALL_CODECS, Decoder, Dictionaries
from .schema import Registry
from .stream import SYNC_DISTANCE, check_declared
from .verifier import Anchor, BudgetSpent, Verifier, candidates, learn_id


@dataclass(frozen=True)
class Gap:
    """Bytes nobody vouches for, or a place where the shift changes."""

    start: int
    end: int
    shift: int
    frames_lost: int | None


@dataclass
class Report:
    """What came out of a recovery."""

    stream_id: bytes
    id_source: str
    delivered: list[Placed] = field(default_factory=list)
    gaps: list[Gap] = field(default_factory=list)
    edited: list[tuple[int, int]] = field(default_factory=list)
    unassigned: list[int] = field(default_factory=list)
    unconfirmed: int = 0
    terminated: bool = False
    trailing: int = 0
    budget_spent: bool = False

    @property
    def data_frames(self) -> list[Placed]:
        return [placed for placed in self.delivered if placed.frame.header.is_data]


class Recovery:
    """One recovery of one input."""

    def __init__(self, data: bytes, limits: Limits, stream_id: bytes | None = None) -> None:
        self._verifier = Verifier(data, limits)
        self._len = len(data)
        id_source = "caller"
        if stream_id is None:
            stream_id, id_source = learn_id(self._verifier)
        self._candidates = candidates(data, stream_id)
        self.report = Report(stream_id, id_source)
        self._at = 0
        self._shift = 0
        self._last: Anchor | None = None
        self._since = 0
        self._chain = 0
        self._walked: dict[int, tuple[int, int, int] | None] = {}

    def run(self) -> Report:
        """Everything that can be recovered."""
        report = self.report
        try:
            while not report.terminated and self._seek():
                self._walk()
        except BudgetSpent:
            report.budget_spent = True
        if report.terminated:
            # SPEC [REC-6]: counted, and not read.
            report.trailing = self._len - self._at
        else:
            # SPEC [REC-4, REC-8]: no anchor follows, so nobody knows what is lost.
            if self._at < self._len:
                report.gaps.append(Gap(self._at, self._len, self._shift, None))
            report.unconfirmed = self._since
        return report

    def _seek(self) -> bool:
        """Takes the next anchor from here on; False when there is none."""
        first = bisect_left(self._candidates, self._at)
        for index in range(first, len(self._candidates)):
            anchor = self._verifier.anchor_at(self._candidates[index])
            if anchor is not None and self._may_take(anchor):
                self._take(anchor)
                return True
        return False

    def _walk(self) -> None:
        """Goes from frame to frame until one is no frame, or no part of this stream."""
        while not self.report.terminated:
            found = self._verifier.at(self._at)
            if found is None:
                return
            anchor = found.anchor
            if anchor is not None:
                if not self._may_take(anchor):
                    return
                self._take(anchor)
                continue
            if found.frame is None:
                self.report.unassigned.append(found.at)
            else:
                self.report.delivered.append(Placed(found.at, found.frame))
                self._since += found.is_data
            self._step(found.end, found.trailer)

    def _step(self, end: int, trailer: bytes) -> None:
        """Moves behind a frame and counts it in the chain."""
        self._at = end
        self._chain = crc32c(trailer, self._chain)

    def _may_take(self, anchor: Anchor) -> bool:
        """Whether a SYNC or END is an anchor in place, or may be taken out of place."""
        if anchor.body.stream_id != self.report.stream_id or not anchor.is_in_range:
            return False
        if self._in_place(anchor):
            return True
        # SPEC [REC-2]: only forward, borne out, and with no rival behind it.
        return self._is_ahead(anchor) and self._borne_out(anchor) and not self._has_rival(anchor)

    def _in_place(self, anchor: Anchor) -> bool:
        return anchor.at == anchor.body.own_offset + self._shift

    def _is_ahead(self, anchor: Anchor) -> bool:
        """Whether it is later in the stream than what was delivered."""
        if self._last is None or anchor.body.own_offset > self._last.body.own_offset:
            return True
        if anchor.is_end or anchor.body.own_offset < self._last.body.own_offset:
            return False
        # SPEC [REC-2]: the last anchor once more: ahead when other frames stand behind it
        # than were delivered since.
        length = self._at - self._last.at
        delivered = (length, self._last.body.count + self._since, self._chain)
        return self._borne_out(anchor) and self._walked[anchor.at] != delivered

    def _has_rival(self, anchor: Anchor) -> bool:
        """Whether an anchor behind this one speaks for fewer missing bytes."""
        own_offset = anchor.body.own_offset
        # SPEC [REC-2]: from its end to the place where it should lie, that included.
        searched, last = anchor.end, min(own_offset + self._shift, self._len)
        for index in range(bisect_left(self._candidates, anchor.end), len(self._candidates)):
            at = self._candidates[index]
            if at > last:
                break
            # SPEC [REC-8]: what is searched again is paid for.
            self._verifier.spend(at - searched)
            searched = at
            other = self._verifier.anchor_at(at)
            if other is None or not other.is_in_range or other.body.own_offset > own_offset:
                continue
            # SPEC [REC-2]: a rival need not be free of rivals itself.
            if self._in_place(other) or (self._is_ahead(other) and self._borne_out(other)):
                return True
        self._verifier.spend(max(last - searched, 0))
        return False

    def _borne_out(self, anchor: Anchor) -> bool:
        """Whether the end of the input, or a successor, vouches for an anchor."""
        # SPEC [REC-2]: of an END that nothing follows it.
        if anchor.is_end:
            return anchor.end == self._len
        # The shift has no part in it, so that one walk from each SYNC is enough.
        if anchor.at not in self._walked:
            self._walked[anchor.at] = self._successor(anchor)
        return self._walked[anchor.at] is not None

    def _successor(self, sync: Anchor) -> tuple[int, int, int] | None:
        """Length, count and chain of the verified frames that lead from a SYNC to one
        that follows from it."""
        own = sync.body
        count = own.count
        chain = crc32c(sync.trailer, own.chain_crc)
        at = sync.end
        while True:
            found = self._verifier.at(at)
            if found is None:
                return None
            distance = at - sync.at
            anchor = found.anchor
            if anchor is not None:
                # SPEC [REC-2]: the first SYNC or END ends the walk, whoever's it is.
                own_offset = own.own_offset + distance
                expected = Position(own.stream_id, own_offset, own.own_offset, count, chain)
                return (distance, count, chain) if anchor.body == expected else None
            # SPEC [REC-2]: no stream has a frame so far behind its SYNC.
            if distance >= SYNC_DISTANCE:
                return None
            self._verifier.spend(len(found.trailer))
            count += found.is_data
            chain = crc32c(found.trailer, chain)
            at = found.end

    def _take(self, anchor: Anchor) -> None:
        """Takes an anchor: closes the segment before it and opens the next."""
        body = anchor.body
        last, report = self._last, self.report
        shift = anchor.at - body.own_offset
        stretch = anchor.at > self._at
        changed = shift != self._shift
        edited = False
        if stretch or changed:
            before = last.body.count if last is not None else 0
            lost = body.count - before - self._since
            # SPEC [REC-4]: more was there than the anchors account for.
            edited = lost < 0 or (stretch and changed and self._since > 0)
            report.gaps.append(Gap(self._at, anchor.at, shift, max(lost, 0)))
        # SPEC [REC-5]: no byte is missing, and still it does not add up.
        if not stretch and (changed or not self._follows(body)):
            edited = True
        if edited and last is not None:
            report.edited.append((last.at, anchor.at))
        self._last, self._shift, self._since = anchor, shift, 0
        self._chain = body.chain_crc
        self._step(anchor.end, anchor.trailer)
        report.terminated = anchor.is_end

    def _follows(self, body: Position) -> bool:
        """Whether an anchor in place says what follows from the one before it."""
        if self._last is None:
            return True
        last = self._last.body
        return (body.previous, body.count, body.chain_crc) == (
            last.own_offset,
            last.count + self._since,
            self._chain,
        )


def recover(data: bytes, limits: Limits, stream_id: bytes | None = None) -> Report:
    """Recovers `data`, with the caller's stream id if there is one."""
    return Recovery(data, limits, stream_id).run()


def decode_delivered(
    report: Report,
    limits: Limits,
    codecs: Iterable[int] = ALL_CODECS,
    registry: Registry | None = None,
    self_contained: bool = True,
) -> Iterator[tuple[int, list[bytes] | Refused]]:
    """Position and records of each delivered data frame, or why a decoder refuses it."""
    # SPEC [REC-7]: SCHEMA and DICT frames serve the whole stream, the frames before
    # them too. Of two that clash the first is kept.
    schemas: dict[tuple[bytes, int], Schema] = {}
    dictionaries = Dictionaries()
    for placed in report.delivered:
        control = placed.frame.control
        if isinstance(control, Schema):
            schemas.setdefault((control.identity.lineage, control.version), control)
        elif isinstance(control, Dictionary) and dictionaries.get(control.dict_id) is None:
            dictionaries.add(control.content)
    decoder = Decoder(limits, dictionaries, codecs, registry)
    for at, frame in report.data_frames:
        try:
            refuse_unknown_critical(frame.extensions)
            schema = schemas.get((frame.header.lineage, frame.header.version))
            check_declared(frame, schema, self_contained)
            decoder.judge(frame)
            yield at, decoder.records(frame)
        # SPEC [REC-7]: refused, and not lost.
        except Refused as refused:
            yield at, refused.shifted(at)
