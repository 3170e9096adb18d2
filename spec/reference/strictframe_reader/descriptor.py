"""The canonical descriptor of a JSON type (KEY-3, KEY-4)."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator

from .errors import SchemaRefused

_DEEPEST = 64
_REMOVED = frozenset({"title", "description", "examples", "$comment"})
_REFERENCES = ("$ref", "$dynamicRef")
_SCHEMA_VALUES = frozenset(
    "additionalItems additionalProperties contains contentSchema else if items not "
    "propertyNames then unevaluatedItems unevaluatedProperties".split()
)
_SCHEMA_LISTS = frozenset("allOf anyOf oneOf prefixItems items".split())
_SCHEMA_MAPS = frozenset(
    "$defs definitions dependentSchemas patternProperties properties dependencies".split()
)
_STRING_OR_BRACKET = re.compile(r'"(?:[^"\\]|\\.)*"|[\[\]{}]', re.DOTALL)
_NUMBER = re.compile(r"-?(\d+)(?:\.(\d+))?(?:[eE]([-+]?\d+))?", re.ASCII)
_SHORT_ESCAPES = {
    '"': '\\"', "\\": "\\\\", "\b": "\\b", "\f": "\\f",
    "\n": "\\n", "\r": "\\r", "\t": "\\t",
}  # fmt: skip


class Number(str):
    """A number in its canonical form; a class of its own, to be told from a string."""


def canonical_descriptor(text: bytes) -> str:
    """The canonical form of the JSON Schema in `text`, or SchemaRefused."""
    schema = _parse(text)
    # SPEC [KEY-4]: the root is an object or a boolean.
    if not isinstance(schema, (dict, bool)):
        raise SchemaRefused("the root is neither an object nor a boolean")
    _strip(schema)
    return "".join(_serialize(schema))


def _parse(text: bytes) -> object:
    """The document, after everything that KEY-4 asks of it wherever it stands."""
    try:
        source = text.decode("utf-8")
    except UnicodeDecodeError:
        raise SchemaRefused("not UTF-8") from None
    _check_depth(source)
    try:
        document = json.loads(
            source,
            object_pairs_hook=_object,
            parse_int=canonical_number,
            parse_float=canonical_number,
            parse_constant=_no_constant,
        )
    except ValueError as error:
        raise SchemaRefused(f"not JSON: {error}") from None
    _check_strings(document)
    return document


def _check_depth(source: str) -> None:
    # SPEC [KEY-4]: every object and array is a level, the root the first one. Counted
    # before the parser, which would recurse as deep as it is asked to.
    depth = 0
    for token in _STRING_OR_BRACKET.finditer(source):
        if token[0] in "[{":
            depth += 1
            if depth > _DEEPEST:
                raise SchemaRefused("nested deeper than 64 levels")
        elif token[0] in "]}":
            depth -= 1


def _object(members: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(members)
    # SPEC [KEY-4]: no name twice, compared after its escapes were resolved.
    if len(found) != len(members):
        raise SchemaRefused("an object has a name twice")
    return found


def _no_constant(name: str) -> None:
    raise SchemaRefused(f"{name} is not JSON")


def _check_strings(value: object) -> None:
    """Refuses lone surrogates in names and values."""
    # SPEC [KEY-4]: pairs were joined by the parser, what is left stands alone.
    if isinstance(value, str):
        if any(0xD800 <= ord(character) <= 0xDFFF for character in value):
            raise SchemaRefused("a lone surrogate")
    elif isinstance(value, dict):
        for name, member in value.items():
            _check_strings(name)
            _check_strings(member)
    elif isinstance(value, list):
        for element in value:
            _check_strings(element)


def _decimal(text: str) -> tuple[bool, str, int]:
    """Sign, digits without zeros at either end, and exponent of the last digit."""
    match = _NUMBER.fullmatch(text)
    if match is None:
        raise SchemaRefused(f"not a number: {text}")
    whole, fraction, exponent = match[1], match[2] or "", match[3] or "0"
    digits = (whole + fraction).lstrip("0")
    kept = digits.rstrip("0")
    if not kept:
        return False, "0", 0
    sign, magnitude = exponent[0] == "-", exponent.lstrip("+-").lstrip("0") or "0"
    power = -int(magnitude) if sign else int(magnitude)
    return text.startswith("-"), kept, power - len(fraction) + len(digits) - len(kept)


def canonical_number(text: str) -> Number:
    """The form RFC 8785 gives a number, or SchemaRefused when binary64 cannot hold it."""
    nearest = float(text)
    # An exponent of any length is met here, so that `_decimal` need not bear it.
    nonzero = re.search("[1-9]", re.split("[eE]", text)[0]) is not None
    if nearest in (float("inf"), float("-inf")) or (nearest == 0.0 and nonzero):
        raise SchemaRefused(f"binary64 cannot hold {text}")
    if not nonzero:
        return Number("0")
    shortest = repr(nearest)
    # SPEC [KEY-4]: equal as decimals, not only after rounding.
    if _decimal(text) != _decimal(shortest):
        raise SchemaRefused(f"binary64 cannot hold {text}")
    negative, digits, exponent = _decimal(shortest)
    return Number(("-" if negative else "") + _ecmascript(digits, exponent))


def _ecmascript(digits: str, exponent: int) -> str:
    """`digits` times ten to the `exponent` as ECMAScript writes a number."""
    # SPEC [KEY-3]: RFC 8785, section 3.2.2.3.
    point = len(digits) + exponent
    if len(digits) <= point <= 21:
        return digits + "0" * exponent
    if 0 < point <= 21:
        return f"{digits[:point]}.{digits[point:]}"
    if -6 < point <= 0:
        return "0." + "0" * -point + digits
    mantissa = digits[0] + ("." + digits[1:] if len(digits) > 1 else "")
    return f"{mantissa}e{point - 1:+d}"


def _strip(root: object) -> None:
    """Removes the annotations of every schema object, and judges its references."""
    pending = [root]
    while pending:
        schema = pending.pop()
        # SPEC [KEY-3]: booleans are schemas too and have nothing to remove.
        if not isinstance(schema, dict):
            continue
        for name in _REMOVED & schema.keys():
            del schema[name]
        # SPEC [KEY-4]: a schema is whole in itself.
        for name in _REFERENCES:
            target = schema.get(name, "#")
            if type(target) is not str or not target.startswith("#"):
                raise SchemaRefused(f"{name} does not begin with #")
        pending.extend(_subschemas(schema))


def _subschemas(schema: dict[str, object]) -> Iterator[object]:
    """What KEY-3 calls a schema object, one step from a schema object."""
    for name, value in schema.items():
        if isinstance(value, dict) and name in _SCHEMA_VALUES:
            yield value
        elif isinstance(value, dict) and name in _SCHEMA_MAPS:
            yield from value.values()
        elif isinstance(value, list) and name in _SCHEMA_LISTS:
            yield from value


def _string(text: str) -> str:
    """A string with the fewest escapes that JSON allows."""
    return '"' + "".join(
        _SHORT_ESCAPES.get(c) or (f"\\u{ord(c):04x}" if c < " " else c) for c in text
    ) + '"'  # fmt: skip


def _serialize(value: object) -> Iterator[str]:
    """The pieces of the canonical text."""
    if value is None or isinstance(value, bool):
        yield {None: "null", True: "true", False: "false"}[value]
    elif isinstance(value, Number):
        yield str(value)
    elif isinstance(value, str):
        yield _string(value)
    elif isinstance(value, list):
        yield from _joined("[]", value, _serialize)
    elif isinstance(value, dict):
        # SPEC [KEY-3]: names in the order of their UTF-16 code units.
        members = sorted(value.items(), key=lambda member: member[0].encode("utf-16-be"))
        yield from _joined("{}", members, _member)


def _member(member: tuple[str, object]) -> Iterator[str]:
    yield _string(member[0]) + ":"
    yield from _serialize(member[1])


def _joined(brackets: str, parts: list, write: Callable) -> Iterator[str]:
    yield brackets[0]
    for index, part in enumerate(parts):
        if index:
            yield ","
        yield from write(part)
    yield brackets[1]
