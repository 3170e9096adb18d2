"""Schema identity and judgement (section 4), and the id of a dictionary (section 6)."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from . import change
from .errors import Refused

if TYPE_CHECKING:
    from .control import Schema

VERSION_MAX = 65535


@dataclass(frozen=True)
class SchemaIdentity:
    """What names a schema version on the wire."""

    lineage: bytes
    fingerprint: bytes

    @property
    def fork_check(self) -> bytes:
        return self.fingerprint[:4]


def lineage_of(enc_id: int, name: bytes) -> bytes:
    """The lineage id of a fully-qualified name in an encoding."""
    # SPEC [KEY-1]: integers little-endian, the label closed by a zero byte.
    return hashlib.sha256(
        b"strictframe/lineage/1\0" + bytes([enc_id]) + len(name).to_bytes(2, "little") + name
    ).digest()[:8]


def identify(
    enc_id: int, name: bytes, version: int, min_reader: int, descriptor: bytes
) -> SchemaIdentity:
    """Lineage and fingerprint of one schema version."""
    lineage = lineage_of(enc_id, name)
    # SPEC [KEY-1, KEY-5]: the canonical descriptor goes in as it is.
    fingerprint = hashlib.sha256(
        b"strictframe/descriptor/1\0"
        + lineage
        + version.to_bytes(2, "little")
        + min_reader.to_bytes(2, "little")
        + len(descriptor).to_bytes(4, "little")
        + descriptor
    ).digest()
    return SchemaIdentity(lineage, fingerprint)


def dictionary_id(content: bytes) -> bytes:
    """The id of a dictionary: four bytes of its hash."""
    return hashlib.sha256(content).digest()[:4]


@dataclass(frozen=True)
class Known:
    """A version that a reader was built with."""

    min_reader: int
    fork_check: bytes


class Lineage:
    """What a reader knows of one lineage."""

    def __init__(
        self,
        reader: int,
        oldest_writer: int,
        versions: Iterable[tuple[int, Known]],
        own: bytes | None = None,
    ) -> None:
        known: dict[int, Known] = {}
        for version, entry in versions:
            # SPEC [JDG-3]: no version twice, no min_reader out of range.
            if version in known:
                raise ValueError(f"version {version} stands twice in the registry")
            if not 1 <= version <= VERSION_MAX or not 1 <= entry.min_reader <= version:
                raise ValueError(f"version {version} has a min_reader out of range")
            known[version] = entry
        # SPEC [JDG-3]: the reader's own version is known, oldest_writer is 1..reader.
        if reader not in known:
            raise ValueError("the reader's own version is not among the known ones")
        if not 1 <= oldest_writer <= reader:
            raise ValueError("oldest_writer is out of range")
        self.reader = reader
        self.oldest_writer = oldest_writer
        self.known = known
        # The descriptor of the reader's own version, where it has one.
        self.own = own


class Registry:
    """The lineages a reader knows, and whether it may read forward."""

    # SPEC [JDG-2]: Forward is off unless asked for.
    def __init__(self, lineages: Mapping[bytes, Lineage], allow_forward: bool = False) -> None:
        self._lineages = dict(lineages)
        self._allow_forward = allow_forward

    def judge(self, lineage: bytes, version: int, min_reader: int, fork_check: bytes) -> str:
        """`Exact`, `Backward` or `Forward`; every other row of the table is a refusal."""
        outcome = self._first_row(lineage, version, min_reader, fork_check)
        if outcome in ("Exact", "Backward", "Forward"):
            return outcome
        # SPEC [JDG-1]: the error of the row, at the schema key.
        raise Refused(outcome, 4)

    def judge_carried(self, schema: Schema) -> str:
        """The judgement of frames whose schema the stream brought."""
        lineage, fork_check = schema.identity.lineage, schema.identity.fork_check
        outcome = self.judge(lineage, schema.version, schema.min_reader, fork_check)
        own = self._lineages[lineage].own
        # SPEC [JDG-5]: compared where it can be, and not taken on the writer's word.
        if outcome == "Forward" and own is not None:
            if not change.is_read(schema.enc_id, schema.name, own, schema.descriptor):
                raise Refused("SchemaOverstated", 4)
        return outcome

    def _first_row(self, lineage: bytes, version: int, min_reader: int, fork_check: bytes) -> str:
        """The first row of the table that fits."""
        held = self._lineages.get(lineage)
        if held is None:
            return "UnknownSchema"
        known = held.known.get(version)
        if known is not None and known != Known(min_reader, fork_check):
            return "SchemaFork"
        if version == held.reader:
            return "Exact"
        if version < held.reader:
            if version < held.oldest_writer:
                return "SchemaTooOld"
            return "SchemaVersionUnknown" if known is None else "Backward"
        if min_reader <= held.reader:
            return "Forward" if self._allow_forward else "SchemaForward"
        return "SchemaTooNew"
