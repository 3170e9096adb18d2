"""The canonical text of a protobuf schema (KEY-6), and the rules it is held to (KEY-7)."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from .descriptor import canonical_number
from .errors import SchemaRefused

LAST_NUMBER = 536_870_911
MOST_TYPES = 16_384
SCALARS = frozenset(
    "double float int32 int64 uint32 uint64 sint32 sint64 fixed32 fixed64 sfixed32 sfixed64 "
    "bool string bytes string-unverified".split()
)
_NO_KEYS = frozenset(("double", "float", "bytes"))
_NOT_PACKED = frozenset(("string", "string-unverified", "bytes"))
_INTEGERS = {
    "int32": (-(2**31), 2**31 - 1), "sint32": (-(2**31), 2**31 - 1),
    "sfixed32": (-(2**31), 2**31 - 1), "uint32": (0, 2**32 - 1), "fixed32": (0, 2**32 - 1),
    "int64": (-(2**63), 2**63 - 1), "sint64": (-(2**63), 2**63 - 1),
    "sfixed64": (-(2**63), 2**63 - 1), "uint64": (0, 2**64 - 1), "fixed64": (0, 2**64 - 1),
}  # fmt: skip
_LABELS = ("explicit", "implicit", "packed", "repeated", "required")
_NAME = "[A-Za-z_][A-Za-z0-9_]*"
_FULL = rf"{_NAME}(?:\.{_NAME})*"
_NUMBER = "-?(?:0|[1-9][0-9]*)"
_STRING = r'"(?:[^"\\]|\\.)*"'
_SCALAR = "|".join(sorted(SCALARS, key=len, reverse=True))
_HEADING = re.compile(rf"(?:message ({_FULL})|enum ({_FULL}) (?:(open)|closed ({_NUMBER})))")
_FIELD = re.compile(
    rf" ({_NUMBER}) (?:({_NAME})|\[({_FULL})\]) "
    rf"(?:map ({_SCALAR}) ((?:enum|message) {_FULL}|{_SCALAR})"
    rf"|((?:enum|group|message) {_FULL}|{_SCALAR}) ({'|'.join(_LABELS)}))"
    rf"(?: oneof=({_NAME}))?(?: default=({_STRING}|[^ \"]+))?(?: json=({_STRING}))?"
)
_VALUE = re.compile(rf" ({_NUMBER}) ({_NAME})")
_RANGES = re.compile(rf" (extensions|reserved)((?: {_NUMBER}(?:\.\.{_NUMBER})?)+)")
_NAMES = re.compile(rf" reserved-names((?: {_STRING})+)")


@dataclass(frozen=True)
class Kind:
    """The type of a value: a scalar's word, or `enum`, `group` or `message` and a full name."""

    word: str
    name: str | None = None

    def is_message(self) -> bool:
        return self.word in ("group", "message")


@dataclass(frozen=True)
class Field:
    """A field of a message, or a known extension of it."""

    number: int
    name: str
    is_extension: bool
    # The key's type of a map, whose `kind` is that of the values; else nothing.
    key: Kind | None
    kind: Kind
    label: str | None
    oneof: str | None
    default: str | None
    json_name: str | None

    def is_repeated(self) -> bool:
        return self.label in ("packed", "repeated")


@dataclass
class Message:
    """A message type."""

    fields: dict[int, Field] = field(default_factory=dict)
    extensions: list[tuple[int, int]] = field(default_factory=list)
    reserved: list[tuple[int, int]] = field(default_factory=list)
    reserved_names: list[str] = field(default_factory=list)


@dataclass
class Enum:
    """An enum type; an open one has 0 for its first value."""

    is_closed: bool
    first: int
    values: dict[int, list[str]] = field(default_factory=dict)
    reserved: list[tuple[int, int]] = field(default_factory=list)
    reserved_names: list[str] = field(default_factory=list)


Types = dict[str, Message | Enum]


def read(root: str, text: bytes) -> Types:
    """The types of a canonical descriptor of the message `root`, or SchemaRefused."""
    try:
        lines = text.decode("utf-8").split("\n")
    except UnicodeDecodeError:
        raise SchemaRefused("not UTF-8") from None
    # SPEC [KEY-6]: every line is ended.
    if lines.pop() != "" or not lines:
        raise SchemaRefused("the last line has no end")
    types = _types(lines)
    _check_rules(types)
    # SPEC [KEY-6]: the message, what it leads to, and nothing else.
    if not isinstance(types.get(root), Message) or set(types) != set(_closure(root, types)):
        raise SchemaRefused("not the message and all it leads to")
    return types


def _types(lines: list[str]) -> Types:
    types: Types = {}
    current: Message | Enum | None = None
    last, stage = b"", 0
    for line in lines:
        if not line.startswith(" "):
            name, current = _heading(line)
            # SPEC [KEY-6]: in ascending order of their bytes, each once.
            if name.encode() <= last:
                raise SchemaRefused(f"{name} is not behind the type before it")
            last, stage = name.encode(), 0
            types[name] = current
            if len(types) > MOST_TYPES:
                raise SchemaRefused("too many types")
        else:
            stage = _member(line, current, stage)
    return types


def _heading(line: str) -> tuple[str, Message | Enum]:
    match = _HEADING.fullmatch(line)
    if match is None:
        raise SchemaRefused("neither a message nor an enum")
    if match[1]:
        return match[1], Message()
    return match[2], Enum(match[3] is None, int(match[4] or 0))


def _member(line: str, current: Message | Enum | None, stage: int) -> int:
    """Takes a line in; lines of a type come in stages, one kind behind another."""
    if current is None:
        raise SchemaRefused("a line before the first type")
    if match := _NAMES.fullmatch(line):
        names = [_string(found) for found in re.findall(_STRING, match[1])]
        _check_ascending([name.encode("utf-8", "surrogatepass") for name in names])
        current.reserved_names, now = names, 3
    elif match := _RANGES.fullmatch(line):
        ranges = [_range(found) for found in match[2].split()]
        if any(first <= end + 1 for (_, end), (first, _) in zip(ranges, ranges[1:])):
            raise SchemaRefused("ranges that touch, or out of order")
        if match[1] == "reserved":
            current.reserved, now = ranges, 2
        elif isinstance(current, Message):
            current.extensions, now = ranges, 1
        else:
            raise SchemaRefused("an enum has no extensions")
    elif isinstance(current, Message):
        found = _field(line)
        if current.fields and found.number <= max(current.fields):
            raise SchemaRefused("fields out of order, or a number twice")
        current.fields[found.number], now = found, 0
    else:
        match = _VALUE.fullmatch(line)
        if match is None:
            raise SchemaRefused("not a value")
        number = _integer(match[1])
        if current.values and number < max(current.values):
            raise SchemaRefused("values out of order")
        current.values.setdefault(number, []).append(match[2])
        now = 0
    if now < stage or (now == stage and now > 0):
        raise SchemaRefused("a line out of its place")
    return now


def _field(line: str) -> Field:
    match = _FIELD.fullmatch(line)
    if match is None:
        raise SchemaRefused("not a field")
    number, name, full, key, value, kind, label, oneof, default, json_name = match.groups()
    word, _, type_name = (value or kind).partition(" ")
    return Field(
        _integer(number), name or full, full is not None, Kind(key) if key else None,
        Kind(word, type_name or None), label, oneof, default,
        None if json_name is None else _string(json_name),
    )  # fmt: skip


def _integer(text: str) -> int:
    if text == "-0":
        raise SchemaRefused("a zero with a sign")
    return int(text)


def _range(text: str) -> tuple[int, int]:
    first, _, last = text.partition("..")
    both = _integer(first), _integer(last or first)
    if both[0] > both[1] or (last and both[0] == both[1]):
        raise SchemaRefused("a range that is none")
    return both


def _string(text: str) -> str:
    """The string that a JSON string says, which has to be spelt as RFC 8785 spells it."""
    try:
        found = json.loads(text)
    except ValueError:
        raise SchemaRefused("not a string") from None
    if quoted(found) != text or any(0xD800 <= ord(character) <= 0xDFFF for character in found):
        raise SchemaRefused("a string that is spelt otherwise")
    return found


def quoted(text: str) -> str:
    """A JSON string with the fewest escapes."""
    return json.dumps(text, ensure_ascii=False)


def _check_ascending(items: list[bytes]) -> None:
    if any(other <= one for one, other in zip(items, items[1:])):
        raise SchemaRefused("names out of order, or twice")


def _closure(root: str, types: Types) -> Iterator[str]:
    due, seen = [root], set()
    while due:
        name = due.pop()
        if name in seen or name not in types:
            continue
        seen.add(name)
        yield name
        found = types[name]
        if isinstance(found, Message):
            due.extend(f.kind.name for f in found.fields.values() if f.kind.name)


def holds(ranges: Iterable[tuple[int, int]], number: int) -> bool:
    """Whether a number lies in one of these ranges."""
    return any(first <= number <= last for first, last in ranges)


def _check_rules(types: Types) -> None:
    # SPEC [KEY-7]: what the text can show.
    for found in types.values():
        if isinstance(found, Message):
            _check_message(found, types)
        else:
            _check_enum(found)


def _check_message(message: Message, types: Types) -> None:
    names = [f.name for f in message.fields.values()]
    oneofs = {f.oneof for f in message.fields.values()}
    good = (
        len(set(names)) == len(names)
        and not oneofs & set(names)
        and not set(names) & set(message.reserved_names)
        and all(1 <= a and b <= LAST_NUMBER for a, b in message.extensions + message.reserved)
        and not any(
            a <= d and c <= b for a, b in message.extensions for c, d in message.reserved
        )
        and all(
            not holds(message.reserved, number)
            and holds(message.extensions, number) == f.is_extension
            and _field_is_good(f, types)
            for number, f in message.fields.items()
        )
    )
    if not good:
        raise SchemaRefused("a rule of the language is broken")


def _field_is_good(f: Field, types: Types) -> bool:
    target = types.get(f.kind.name) if f.kind.name else None
    if f.kind.name and not isinstance(target, Message if f.kind.is_message() else Enum):
        return False
    label = {
        None: f.key is not None and f.key.word not in _NO_KEYS and not f.is_extension,
        "explicit": True,
        "implicit": not f.kind.is_message() and not f.is_extension,
        "packed": not f.kind.is_message() and f.kind.word not in _NOT_PACKED,
        "repeated": True,
        "required": not f.is_extension,
    }[f.label]
    is_arm = f.oneof is None or (f.label == "explicit" and not f.is_extension)
    is_told_once = f.json_name is None or (
        not f.is_extension and f.json_name != json_name(f.name)
    )
    closed_without_presence = (
        f.label == "implicit" and isinstance(target, Enum) and target.is_closed
    )
    return (
        1 <= f.number <= LAST_NUMBER
        and not 19_000 <= f.number <= 19_999
        and label
        and is_arm
        and is_told_once
        and not closed_without_presence
        and (f.default is None or _default_is_good(f, target))
    )


def _default_is_good(f: Field, target: Message | Enum | None) -> bool:
    default = f.default or ""
    if f.label not in ("explicit", "required") or f.kind.is_message():
        return False
    if isinstance(target, Enum):
        return any(default in names for names in target.values.values())
    if f.kind.word in _INTEGERS:
        low, high = _INTEGERS[f.kind.word]
        return re.fullmatch(_NUMBER, default) is not None and default != "-0" and (
            low <= int(default) <= high
        )
    if f.kind.word == "bool":
        return default in ("true", "false")
    if f.kind.word in ("string", "string-unverified"):
        return default.startswith('"') and _string(default) is not None
    if f.kind.word == "bytes":
        return re.fullmatch("0x(?:[0-9a-f]{2})*", default) is not None
    # A float's shortest text is not computed here: any canonical number is taken.
    return default in ("inf", "-inf", "nan", "-0") or canonical_number(default) == default


def _check_enum(found: Enum) -> None:
    names = [name for aliases in found.values.values() for name in aliases]
    good = (
        found.first in found.values
        and len(set(names)) == len(names)
        and not set(names) & set(found.reserved_names)
        and not any(holds(found.reserved, number) for number in found.values)
    )
    if not good:
        raise SchemaRefused("a rule of the language is broken")


def json_name(name: str) -> str:
    """The JSON name that follows from a field's name."""
    return re.sub("_+(.?)", lambda match: match[1].upper(), name)
