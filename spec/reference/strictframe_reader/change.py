"""What a change of a schema does (CLS-1, Annex B)."""

from __future__ import annotations

from . import change_json, change_protobuf
from .descriptor import canonical_descriptor
from .errors import SchemaRefused

PROTOBUF, JSON, OPAQUE = 1, 2, 3
Change = tuple[str, str]

# Annex B, the wire: what breaks a reader of the old schema on new data, and the other way round.
# A row that stands in neither is safe; what is unknown stands in both.
_BREAKS_BOTH = frozenset(
    "constraint-changed default-changed descriptor-changed extension-removed extensions-closed "
    "field-removed-number-free first-value-changed keyword-unknown oneof-changed "
    "repetition-changed required-removed reserved-number-freed type-changed "
    "value-removed-number-free comparison-cut".split()
)
_BREAKS_OLD_READER = _BREAKS_BOTH | frozenset(
    "closed-enum-to-integer constraint-loosened enum-opened oneof-left property-added-closed "
    "property-removed-open required-lost string-to-bytes type-widened value-added-closed".split()
)
_BREAKS_NEW_READER = _BREAKS_BOTH | frozenset(
    "bytes-to-string constraint-tightened enum-closed integer-to-closed-enum oneof-entered "
    "property-added-open property-removed-closed required-added required-gained type-narrowed "
    "value-removed-closed".split()
)
_SAFE = frozenset(
    "alias-added alias-removed annotation-changed extensions-opened field-added field-removed "
    "field-removed-name-free field-renamed integer-to-open-enum json-name-changed oneof-renamed "
    "open-enum-to-integer packing-changed presence-gained presence-lost reserved-name-added "
    "reserved-name-freed reserved-number-added type-renamed value-added-open value-removed-open "
    "value-renamed".split()
)
ROWS = _BREAKS_OLD_READER | _BREAKS_NEW_READER | _SAFE


def changes(enc_id: int, name: str, old: bytes, new: bytes) -> list[Change]:
    """The differences between two descriptors of one lineage, each path and row once."""
    if enc_id == PROTOBUF:
        found = change_protobuf.changes(name, old, new)
    elif enc_id == JSON:
        found = change_json.changes(old, new)
    else:
        found = [] if old == new else [(name, "descriptor-changed")]
    ordered = sorted(set(found), key=lambda change: (change[0].encode(), change[1]))
    assert ROWS.issuperset(row for _, row in ordered)
    return ordered


def breaks_old_reader(found: list[Change]) -> bool:
    """Whether a reader of the old schema may fail on new data."""
    return any(row in _BREAKS_OLD_READER for _, row in found)


def breaks_new_reader(found: list[Change]) -> bool:
    """Whether a reader of the new schema may fail on old data."""
    return any(row in _BREAKS_NEW_READER for _, row in found)


def reach(enc_id: int, name: str, versions: list[bytes]) -> list[tuple[int, int]]:
    """The lowest min_reader and oldest_writer of each version, from version 1 on."""
    numbers: list[tuple[int, int]] = []
    for index, new in enumerate(versions):
        # SPEC [CLS-1]: neither number falls, and each earlier version is looked at.
        min_reader, oldest_writer = numbers[-1] if numbers else (1, 1)
        for earlier, old in enumerate(versions[:index], start=1):
            found = changes(enc_id, name, old, new)
            if breaks_old_reader(found):
                min_reader = max(min_reader, earlier + 1)
            if breaks_new_reader(found):
                oldest_writer = max(oldest_writer, earlier + 1)
        numbers.append((min_reader, oldest_writer))
    return numbers


def canonical(enc_id: int, name: str, descriptor: bytes) -> bytes:
    """The canonical form of a descriptor, or SchemaRefused when it has none."""
    if enc_id == JSON:
        return canonical_descriptor(descriptor).encode("utf-8")
    if enc_id == PROTOBUF:
        # The text has one spelling, which reading it holds it to.
        change_protobuf.read(name, descriptor)
    return descriptor


def is_read(enc_id: int, name: str, own: bytes, carried: bytes) -> bool:
    """Whether a reader of `own` is shown to take all that is written with `carried`."""
    # SPEC [JDG-5]: what is not canonical shows nothing.
    try:
        if canonical(enc_id, name, carried) != carried:
            return False
        return not breaks_old_reader(changes(enc_id, name, own, carried))
    except SchemaRefused:
        return False
