"""The differences between two JSON Schemas (Annex B)."""

from __future__ import annotations

import json
import re
from collections.abc import Callable

from .descriptor import canonical_descriptor

_UPPER = frozenset("maximum exclusiveMaximum maxLength maxItems maxProperties".split())
_LOWER = frozenset("minimum exclusiveMinimum minLength minItems minProperties".split())
_COME_OR_GO = _UPPER | _LOWER | frozenset(
    "$ref anyOf const enum format multipleOf pattern type".split()
)
_ANNOTATIONS = frozenset(
    "deprecated readOnly writeOnly contentEncoding contentMediaType $id".split()
)
_WHOLE = frozenset(
    "additionalItems contains dependencies dependentSchemas else if not oneOf then".split()
)
# What they accept depends on what is around them, however far away.
_AROUND = ("$dynamicRef", "unevaluatedProperties", "unevaluatedItems")
_UNKNOWN = "keyword-unknown"
_SAME, _LOOSER, _TIGHTER, _OTHER = (
    "annotation-changed", "constraint-loosened", "constraint-tightened", "constraint-changed",
)  # fmt: skip
# What stands for a keyword that is not there, which no value of JSON is.
_ABSENT = object()
Change = tuple[str, str]


def changes(old: bytes, new: bytes) -> list[Change]:
    """The differences between two schemas, which are brought into canonical form first."""
    comparison = _Comparison(
        json.loads(canonical_descriptor(old)), json.loads(canonical_descriptor(new))
    )
    return comparison.run()


class _Comparison:
    def __init__(self, old: object, new: object) -> None:
        self._old = old
        self._new = new
        self._differ = not _same(old, new)
        self._due: list[tuple[str, object, object]] = [("#", old, new)]
        self._followed: set[tuple[str, str]] = set()
        self._found: list[Change] = []

    def run(self) -> list[Change]:
        while self._due:
            self._schemas(*self._due.pop())
        return self._found

    def _report(self, path: str, row: str) -> None:
        self._found.append((path, row))

    def _schemas(self, path: str, old: object, new: object) -> None:
        if isinstance(old, dict) and isinstance(new, dict):
            self._objects(path, old, new)
        elif _same(old, new) or (_takes_all(old) and _takes_all(new)):
            pass
        elif not _is_schema(old) or not _is_schema(new):
            self._report(path, _UNKNOWN)
        elif new is True or old is False:
            self._report(path, _LOOSER)
        else:
            self._report(path, _TIGHTER)

    def _objects(self, path: str, old: dict, new: dict) -> None:
        for name in old.keys() | new.keys():
            before, after = old.get(name, _ABSENT), new.get(name, _ABSENT)
            at = f"{path}/{_escaped(name)}"
            if name in ("$defs", "definitions"):
                continue
            if name == "$ref":
                self._references(at, before, after)
            elif name == "properties":
                self._properties(at, old, new)
            elif name == "items" and isinstance(before, list) and isinstance(after, list):
                if not _same(before, after) or (self._differ and _has_reference(before)):
                    self._report(at, _UNKNOWN)
            elif name in ("additionalProperties", "items", "propertyNames"):
                self._with_default(at, before, after)
            elif name == "patternProperties":
                self._patterns(at, before, after)
            elif name in ("allOf", "prefixItems"):
                self._lists(at, before, after)
            elif name == "anyOf":
                self._alternatives(at, before, after)
            elif name == "$id" and self._differ and not (old is self._old and new is self._new):
                self._report(at, _UNKNOWN)
            elif before is not _ABSENT and after is not _ABSENT and _same(before, after):
                if self._depends(name, before):
                    self._report(at, _UNKNOWN)
            else:
                self._report(at, _effect(name, before, after))

    def _depends(self, name: str, value: object) -> bool:
        """Whether a keyword that is equal may accept something else than before."""
        if not self._differ:
            return False
        return name in _AROUND or (name in _WHOLE and _has_reference(value))

    def _references(self, at: str, before: object, after: object) -> None:
        if before is _ABSENT or after is _ABSENT:
            self._report(at, _TIGHTER if before is _ABSENT else _LOOSER)
            return
        assert isinstance(before, str) and isinstance(after, str)
        old, new = _resolved(self._old, before), _resolved(self._new, after)
        if old is not _ABSENT and new is not _ABSENT:
            if (before, after) not in self._followed:
                self._followed.add((before, after))
                self._due.append((after, old, new))
        elif before != after or self._differ:
            self._report(at, _UNKNOWN)

    def _properties(self, at: str, old: dict, new: dict) -> None:
        before, after = old.get("properties", {}), new.get("properties", {})
        if not isinstance(before, dict) or not isinstance(after, dict):
            self._differing(at, before, after)
            return
        is_plain = "patternProperties" not in old and "patternProperties" not in new
        for name in before.keys() | after.keys():
            path = f"{at}/{_escaped(name)}"
            if name in before and name in after:
                self._schemas(path, before[name], after[name])
            elif not is_plain:
                self._report(path, _UNKNOWN)
            else:
                one = before.get(name, old.get("additionalProperties", True))
                other = after.get(name, new.get("additionalProperties", True))
                self._report(path, _one_sided(one, other, name in after))

    def _with_default(self, at: str, before: object, after: object) -> None:
        self._schemas(
            at, True if before is _ABSENT else before, True if after is _ABSENT else after
        )

    def _patterns(self, at: str, before: object, after: object) -> None:
        both = isinstance(before, dict) and isinstance(after, dict)
        if not both or before.keys() != after.keys():
            self._differing(at, before, after)
            return
        for name in before:
            self._schemas(f"{at}/{_escaped(name)}", before[name], after[name])

    def _lists(self, at: str, before: object, after: object) -> None:
        both = isinstance(before, list) and isinstance(after, list)
        if not both or len(before) != len(after):
            self._differing(at, before, after)
            return
        for index, (one, other) in enumerate(zip(before, after)):
            self._schemas(f"{at}/{index}", one, other)

    def _differing(self, at: str, before: object, after: object) -> None:
        """What is not compared member by member is unknown where it is not equal."""
        if before is _ABSENT or after is _ABSENT or not _same(before, after):
            self._report(at, _UNKNOWN)

    def _alternatives(self, at: str, before: object, after: object) -> None:
        if before is _ABSENT or after is _ABSENT:
            self._report(at, _TIGHTER if before is _ABSENT else _LOOSER)
        elif not isinstance(before, list) or not isinstance(after, list):
            self._differing(at, before, after)
        else:
            for index, (one, other) in enumerate(zip(before, after)):
                self._schemas(f"{at}/{index}", one, other)
            if len(before) != len(after):
                self._report(at, _LOOSER if len(before) < len(after) else _TIGHTER)


def _one_sided(before: object, after: object, came: bool) -> str:
    """The row of a property that only one side names."""
    is_equal = _same(before, after) and not _has_reference(before)
    if is_equal or (_takes_all(before) and _takes_all(after)):
        return _SAME
    without = before if came else after
    if without is False:
        return "property-added-closed" if came else "property-removed-closed"
    if _takes_all(without):
        return "property-added-open" if came else "property-removed-open"
    return _UNKNOWN


def _effect(name: str, before: object, after: object) -> str:
    """The row of a keyword that differs, or is on one side only."""
    if name in ("required", "uniqueItems"):
        compare: Callable = _required if name == "required" else _unique
        return compare(before, after)
    if name == "default":
        return "default-changed"
    if name in _ANNOTATIONS:
        return _SAME
    if name not in _COME_OR_GO:
        return _UNKNOWN
    if before is _ABSENT or after is _ABSENT:
        return _TIGHTER if before is _ABSENT else _LOOSER
    if name in _UPPER or name in _LOWER:
        if not _is_number(before) or not _is_number(after):
            return _UNKNOWN
        return _LOOSER if (after > before) == (name in _UPPER) else _TIGHTER
    if name == "multipleOf":
        return _multiples(before, after)
    if name == "const":
        return _OTHER
    if name == "type":
        return _sets(_types(before), _types(after))
    if name == "enum" and isinstance(before, list) and isinstance(after, list):
        return _sets({_key(value) for value in before}, {_key(value) for value in after})
    return _UNKNOWN


def _multiples(before: object, after: object) -> str:
    is_whole = all(
        _is_number(number) and 1 <= number < 2**53 and number % 1 == 0
        for number in (before, after)
    )
    if not is_whole:
        return _UNKNOWN
    if after % before == 0:
        return _TIGHTER
    return _LOOSER if before % after == 0 else _OTHER


def _unique(before: object, after: object) -> str:
    if not all(flag is _ABSENT or isinstance(flag, bool) for flag in (before, after)):
        return _UNKNOWN
    if (before is True) == (after is True):
        return _SAME
    return _LOOSER if before is True else _TIGHTER


def _required(before: object, after: object) -> str:
    # More names are demanded of fewer values.
    found = _sets(_names(before), _names(after))
    return {_LOOSER: _TIGHTER, _TIGHTER: _LOOSER}.get(found, found)


def _names(value: object) -> set | None:
    if value is _ABSENT:
        return set()
    if isinstance(value, list) and all(isinstance(name, str) for name in value):
        return set(value)
    return None


def _types(value: object) -> set | None:
    names = {value} if isinstance(value, str) else _names(value)
    return names and (names | {"integer"} if "number" in names else names)


def _sets(before: set | None, after: set | None) -> str:
    """The row of a keyword that accepts what is in a set."""
    if before is None or after is None:
        return _UNKNOWN
    if before == after:
        return _SAME
    if before < after:
        return _LOOSER
    return _TIGHTER if after < before else _OTHER


def _is_number(value: object) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _key(value: object) -> str:
    """A text that is equal for equal values, and for no others."""
    if _is_number(value):
        value = float(value)  # type: ignore[arg-type]
    return json.dumps(_numbers(value), sort_keys=True)


def _numbers(value: object) -> object:
    if isinstance(value, list):
        return [_numbers(element) for element in value]
    if isinstance(value, dict):
        return {name: _numbers(member) for name, member in value.items()}
    return float(value) if _is_number(value) else value  # type: ignore[arg-type]


def _same(one: object, other: object) -> bool:
    return _key(one) == _key(other)


def _is_schema(value: object) -> bool:
    return isinstance(value, (bool, dict))


def _takes_all(schema: object) -> bool:
    return schema is True or schema == {}


def _has_reference(value: object) -> bool:
    if isinstance(value, list):
        return any(_has_reference(element) for element in value)
    if isinstance(value, dict):
        return any(
            name in ("$ref", "$dynamicRef") or _has_reference(member)
            for name, member in value.items()
        )
    return False


def _resolved(root: object, reference: str) -> object:
    """What a reference leads to, or _ABSENT."""
    if reference == "#":
        return root
    if not reference.startswith("#/") or "%" in reference:
        return _ABSENT
    found = root
    for token in reference[2:].split("/"):
        if re.search("~(?![01])", token):
            return _ABSENT
        token = token.replace("~1", "/").replace("~0", "~")
        if isinstance(found, dict) and token in found:
            found = found[token]
        elif isinstance(found, list) and re.fullmatch("0|[1-9][0-9]{0,8}", token):
            index = int(token)
            if index >= len(found):
                return _ABSENT
            found = found[index]
        else:
            return _ABSENT
    return found


def _escaped(name: str) -> str:
    return name.replace("~", "~0").replace("/", "~1")
