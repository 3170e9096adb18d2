"""The judgement table of section 4 over small versions, as one hash.

Two implementations that print the same hash judge every combination alike.
The layout of the hashed bytes is described in `spec/reference/README.md`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

from .errors import Refused
from .schema import Known, Lineage, Registry

HIGHEST = 24
# The byte of an outcome is the number of its row in section 4.
ROWS = {
    "UnknownSchema": 1,
    "SchemaFork": 2,
    "Exact": 3,
    "SchemaTooOld": 4,
    "SchemaVersionUnknown": 5,
    "Backward": 6,
    "Forward": 7,
    "SchemaForward": 8,
    "SchemaTooNew": 9,
}
STATES = ("known", "unknown", "forked")
_LINEAGE = bytes(range(8))
_TRUE_CHECK = bytes.fromhex("0a0b0c0d")
_OTHER_CHECK = bytes.fromhex("0a0b0c0e")


def outcome_of(registry: Registry, version: int, min_reader: int) -> str:
    """The outcome or the error's name for a frame with the true fork_check."""
    try:
        return registry.judge(_LINEAGE, version, min_reader, _TRUE_CHECK)
    except Refused as refused:
        return refused.name


def registry_for(
    reader: int, version: int, min_reader: int, oldest: int, state: str, allow_forward: bool
) -> Registry:
    """A registry that knows `reader`, and `version` in the given state."""
    versions = {reader: Known(1, _TRUE_CHECK)}
    if state == "known":
        versions[version] = Known(min_reader, _TRUE_CHECK)
    elif state == "forked":
        versions[version] = Known(min_reader, _OTHER_CHECK)
    return Registry({_LINEAGE: Lineage(reader, oldest, versions.items())}, allow_forward)


def combinations() -> Iterator[tuple[int, int, int, int, str, bool]]:
    """Every combination in the order of the table, the last loop the innermost."""
    versions = range(1, HIGHEST + 1)
    for reader in versions:
        for version in versions:
            for min_reader in range(1, version + 1):
                for oldest in range(1, reader + 1):
                    for state in STATES:
                        # A reader always knows its own version.
                        if state == "unknown" and version == reader:
                            continue
                        for allow_forward in (False, True):
                            yield reader, version, min_reader, oldest, state, allow_forward


def table() -> bytes:
    """One byte for each combination."""
    return bytes(
        ROWS[outcome_of(registry_for(*combination), combination[1], combination[2])]
        for combination in combinations()
    )


def summary() -> dict[str, object]:
    """Length, hash and number of each outcome."""
    rows = table()
    return {
        "combinations": str(len(rows)),
        "sha256": hashlib.sha256(rows).hexdigest(),
        "outcomes": {name: str(rows.count(row)) for name, row in ROWS.items()},
    }
