"""The differences between two protobuf schemas (Annex B)."""

from __future__ import annotations

from collections.abc import Iterator

from .protobuf import Enum, Field, Message, Types, holds, read

_WIDENS = frozenset((
    ("int32", "int64"), ("uint32", "int64"), ("uint32", "uint64"), ("sint32", "sint64"),
    ("string", "string-unverified"),
))  # fmt: skip
_STRINGS = ("string", "string-unverified")
Change = tuple[str, str]


def changes(root: str, old_text: bytes, new_text: bytes) -> list[Change]:
    """The differences between the message `root` of both texts and all it leads to."""
    old, new = read(root, old_text), read(root, new_text)
    found: list[Change] = []
    due, seen = [(root, root)], set()
    while due:
        pair = due.pop()
        # A pair takes part once.
        if pair in seen:
            continue
        seen.add(pair)
        before, after = old[pair[0]], new[pair[1]]
        if isinstance(before, Message) and isinstance(after, Message):
            found.extend(_messages(pair[0], before, after, old, new, due))
        elif isinstance(before, Enum) and isinstance(after, Enum):
            found.extend(_enums(pair[0], before, after))
    return found


def _messages(
    path: str, old: Message, new: Message, old_types: Types, new_types: Types, due: list
) -> Iterator[Change]:
    renamed = _renamed_oneofs(old, new)
    for number, before in old.fields.items():
        at = f"{path}.{before.name}"
        after = new.fields.get(number)
        if after is None:
            yield at, _removed(before, new)
            continue
        row = _type_change(before, after, old_types, new_types)
        if row:
            yield at, row
        if row in (None, "type-renamed") and before.kind.name and after.kind.name:
            due.append((before.kind.name, after.kind.name))
        for row in (
            _label_change(before, after),
            _oneof_change(before, after, renamed),
            "default-changed" if before.default != after.default else None,
            _name_change(before, after),
        ):
            if row:
                yield at, row
    for number, after in new.fields.items():
        if number not in old.fields:
            row = "required-added" if after.label == "required" else "field-added"
            yield f"{path}.{after.name}", row
    yield from _ranges(
        path, old.extensions, new.extensions, "extensions-closed", "extensions-opened"
    )
    yield from _reserved(path, old, new)


def _reserved(path: str, old: Message | Enum, new: Message | Enum) -> Iterator[Change]:
    yield from _ranges(
        path, old.reserved, new.reserved, "reserved-number-freed", "reserved-number-added"
    )
    if set(old.reserved_names) - set(new.reserved_names):
        yield path, "reserved-name-freed"
    if set(new.reserved_names) - set(old.reserved_names):
        yield path, "reserved-name-added"


def _ranges(path: str, old: list, new: list, taken: str, added: str) -> Iterator[Change]:
    def covers(these: list, those: list) -> bool:
        # Ranges never touch, so that one lies in another whole or not at all.
        return all(any(a <= c and d <= b for a, b in these) for c, d in those)

    if not covers(new, old):
        yield path, taken
    if not covers(old, new):
        yield path, added


def _removed(before: Field, new: Message) -> str:
    if before.label == "required":
        return "required-removed"
    if before.is_extension:
        return "extension-removed"
    if not holds(new.reserved, before.number):
        return "field-removed-number-free"
    return "field-removed" if before.name in new.reserved_names else "field-removed-name-free"


def _type_change(before: Field, after: Field, old: Types, new: Types) -> str | None:
    # Both are maps with one key's type, or neither is a map.
    if before.key != after.key:
        return "type-changed"
    one, other = before.kind.word, after.kind.word
    if before.kind.name and one == other:
        return None if before.kind.name == after.kind.name else "type-renamed"
    if one == other:
        return None
    if (one, other) == ("enum", "int32"):
        return "closed-enum-to-integer" if _closed(before, old) else "open-enum-to-integer"
    if (one, other) == ("int32", "enum"):
        return "integer-to-closed-enum" if _closed(after, new) else "integer-to-open-enum"
    if one in _STRINGS and other == "bytes":
        return "string-to-bytes"
    if one == "bytes" and other in _STRINGS:
        return "bytes-to-string"
    if (one, other) in _WIDENS:
        return "type-widened"
    return "type-narrowed" if (other, one) in _WIDENS else "type-changed"


def _closed(field: Field, types: Types) -> bool:
    found = types[field.kind.name or ""]
    return isinstance(found, Enum) and found.is_closed


def _label_change(before: Field, after: Field) -> str | None:
    if (before.key is None) != (after.key is None) or before.label == after.label:
        return None
    if before.is_repeated() and after.is_repeated():
        return "packing-changed"
    if before.is_repeated() or after.is_repeated():
        return "repetition-changed"
    if after.label == "required":
        return "required-gained"
    if before.label == "required":
        return "required-lost"
    return "presence-gained" if after.label == "explicit" else "presence-lost"


def _name_change(before: Field, after: Field) -> str | None:
    if (before.name, before.is_extension) != (after.name, after.is_extension):
        return "field-renamed"
    return "json-name-changed" if before.json_name != after.json_name else None


def _renamed_oneofs(old: Message, new: Message) -> set[tuple[str, str]]:
    """Oneofs of which one has become the other, and no field came or went between them."""
    remain = [(old.fields[n].oneof, new.fields[n].oneof) for n in old.fields if n in new.fields]
    return {
        (before, after)
        for before, after in remain
        if before and after
        and {b for a, b in remain if a == before} == {after}
        and {a for a, b in remain if b == after} == {before}
    }  # fmt: skip


def _oneof_change(before: Field, after: Field, renamed: set) -> str | None:
    if before.oneof == after.oneof:
        return None
    if before.oneof is None:
        return "oneof-entered"
    if after.oneof is None:
        return "oneof-left"
    return "oneof-renamed" if (before.oneof, after.oneof) in renamed else "oneof-changed"


def _enums(path: str, old: Enum, new: Enum) -> Iterator[Change]:
    if old.is_closed != new.is_closed:
        yield path, "enum-closed" if new.is_closed else "enum-opened"
    if old.first != new.first:
        yield path, "first-value-changed"
    for number, names in old.values.items():
        at = f"{path}.{names[0]}"
        later = new.values.get(number)
        if later is not None:
            yield from _values(at, names, later)
        elif not holds(new.reserved, number):
            yield at, "value-removed-number-free"
        else:
            yield at, "value-removed-closed" if new.is_closed else "value-removed-open"
    for number, names in new.values.items():
        if number not in old.values:
            row = "value-added-closed" if old.is_closed else "value-added-open"
            yield f"{path}.{names[0]}", row
    yield from _reserved(path, old, new)


def _values(path: str, old: list[str], new: list[str]) -> Iterator[Change]:
    if old[0] != new[0]:
        yield path, "value-renamed"
        return
    if set(old) - set(new):
        yield path, "alias-removed"
    if set(new) - set(old):
        yield path, "alias-added"
