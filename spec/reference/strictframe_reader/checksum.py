"""CRC-32C (Castagnoli), eight bytes a step."""

from __future__ import annotations

import struct

_POLYNOMIAL = 0x82F63B78


def _tables() -> list[list[int]]:
    """tables[k][b]: the checksum state of byte b followed by k zero bytes."""
    first = []
    for byte in range(256):
        state = byte
        for _ in range(8):
            state = (state >> 1) ^ (_POLYNOMIAL if state & 1 else 0)
        first.append(state)
    tables = [first]
    for _ in range(7):
        tables.append([(s >> 8) ^ first[s & 0xFF] for s in tables[-1]])
    return tables


_TABLES = _tables()


def crc32c(data: bytes | memoryview, before: int = 0) -> int:
    """CRC-32C of `data`, or of what `before` is the checksum of followed by `data`."""
    t0, t1, t2, t3, t4, t5, t6, t7 = _TABLES
    state = before ^ 0xFFFFFFFF
    view = memoryview(data)
    whole = len(view) - len(view) % 8
    for low, high in struct.iter_unpack("<II", view[:whole]):
        low ^= state
        state = (
            t7[low & 0xFF]
            ^ t6[low >> 8 & 0xFF]
            ^ t5[low >> 16 & 0xFF]
            ^ t4[low >> 24]
            ^ t3[high & 0xFF]
            ^ t2[high >> 8 & 0xFF]
            ^ t1[high >> 16 & 0xFF]
            ^ t0[high >> 24]
        )
    for byte in view[whole:]:
        state = (state >> 8) ^ t0[(state ^ byte) & 0xFF]
    return state ^ 0xFFFFFFFF
