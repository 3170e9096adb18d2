"""Frames with something changed in them and their checksums mended, so that the rules behind these are met.

For programs that judge frames one by one: what they say of each must be what the reader in `../reference` says.
"""

from __future__ import annotations

import random
from functools import cache
from typing import Any

# This one knows where the reader is.
from vectors import input_of, vectors

from strictframe_reader import answers
from strictframe_reader.checksum import crc32c

_HEADER_LEN, _SHORTEST, _LONGEST = 28, 32, 1500
# The bytes that say how the others are read, and the beginning of the body.
_PLACES = (2, 3, 3, 12, 14, 20, *range(_HEADER_LEN, 60))
_VALUES = (*range(9), 0x80, 0xFF)


@cache
def _frames() -> tuple[bytes, ...]:
    """Every vector's single frame of a length that leaves its fields a fair share."""
    frames = map(input_of, vectors("relay") + vectors("decode"))
    return tuple(frame for frame in frames if _SHORTEST <= len(frame) < _LONGEST)


def _changed(rng: random.Random, frame: bytes) -> bytes:
    changed = bytearray(frame)
    for _ in range(rng.choice((1, 1, 1, 2, 3))):
        at = min(rng.choice(_PLACES), len(changed) - 1) if rng.random() < 0.7 else rng.randrange(len(changed))
        match rng.randrange(4):
            case 0:
                changed[at] = rng.choice((*_VALUES, rng.randrange(256)))
            case 1:
                changed[at] ^= 1 << rng.randrange(8)
            case 2:
                del changed[at : at + rng.randrange(1, 9)]
            case _:
                changed[at:at] = rng.choices((*_VALUES, rng.randrange(256)), k=rng.randrange(1, 9))
    return bytes(changed)


def _mended(rng: random.Random, frame: bytes) -> bytes:
    """With right checksums, and mostly with a length that is right too."""
    mended = bytearray(frame)
    if len(mended) < _SHORTEST:
        return frame
    if rng.random() < 0.8:
        mended[20:24] = (len(mended) - _SHORTEST).to_bytes(4, "little")
    mended[24:28] = crc32c(mended[:24]).to_bytes(4, "little")
    mended[-4:] = crc32c(bytes(mended[:24] + mended[28:-4])).to_bytes(4, "little")
    return bytes(mended)


def mutants(seed: int, count: int) -> list[bytes]:
    """So many changed frames; one in twenty keeps the checksums that it had."""
    rng = random.Random(seed)
    changed = (_changed(rng, rng.choice(_frames())) for _ in range(count))
    return [_mended(rng, frame) if rng.random() < 0.95 else frame for frame in changed]


def reference(operation: str, frame: bytes) -> dict[str, Any]:
    """What the reader in Python answers."""
    return answers.answer({"operation": operation, "input": [frame.hex()]})
