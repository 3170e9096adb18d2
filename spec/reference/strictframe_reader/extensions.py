"""The extension block of a data frame (section 3)."""

from __future__ import annotations

from typing import NamedTuple

from .errors import Refused

ITEM_COUNT = 0x0006
_STREAM_KEY = 0x0004
_CRITICAL = 0x8000
_MOST = 32
_BLOCK_LEN = range(4, 4097)
# Length of the value of each assigned extension; the stream key has a range of its own.
_VALUE_LEN = {0x0001: 8, 0x0002: 8, 0x0003: 25, 0x0005: 16, ITEM_COUNT: 4, 0x0007: 8}


class Extension(NamedTuple):
    """One extension; `at` is the offset of its type field in the frame."""

    at: int
    type: int
    value: bytes


def check_block_len(length: int, at: int) -> None:
    """Judges `ext_len`, which stands at offset `at`."""
    # SPEC [EXT-2]: the range of the field, judged before the block is walked.
    if length not in _BLOCK_LEN:
        raise Refused("ExtensionError", at)


def read_extensions(block: bytes, start: int, is_batch: bool) -> tuple[Extension, ...]:
    """The extensions of `block`, whose first byte has the offset `start`."""
    found: list[Extension] = []
    at = 0
    while at < len(block):
        here = start + at
        # SPEC [EXT-3]: a header that runs beyond the block, or a thirty-third extension.
        if len(block) - at < 4 or len(found) == _MOST:
            raise Refused("ExtensionError", here)
        kind = int.from_bytes(block[at : at + 2], "little")
        length = int.from_bytes(block[at + 2 : at + 4], "little")
        value = block[at + 4 : at + 4 + length]
        # SPEC [EXT-3]: a value that runs beyond the block, or a type out of order.
        if len(value) < length or (found and kind <= found[-1].type):
            raise Refused("ExtensionError", here)
        if not _well_formed(kind, value, is_batch):
            raise Refused("ExtensionError", here)
        found.append(Extension(here, kind, value))
        at += 4 + length
    return tuple(found)


def _well_formed(kind: int, value: bytes, is_batch: bool) -> bool:
    """Whether the value has the form its assigned type asks for."""
    # SPEC [EXT-4]: length, text and place of assigned extensions; nothing beyond that.
    if kind == _STREAM_KEY:
        return 1 <= len(value) <= 256 and is_utf8(value)
    if kind == ITEM_COUNT and not is_batch:
        return False
    return kind not in _VALUE_LEN or len(value) == _VALUE_LEN[kind]


def is_utf8(text: bytes) -> bool:
    """Whether `text` is UTF-8: no surrogate, no overlong form, nothing above 10FFFF."""
    try:
        text.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def refuse_unknown_critical(extensions: tuple[Extension, ...]) -> None:
    """Refuses the first critical extension; this version knows none."""
    # SPEC [EXT-5]: judged by decoders, after the block as a whole was found well-formed.
    for extension in extensions:
        if extension.type & _CRITICAL:
            raise Refused("UnknownCritical", extension.at)
