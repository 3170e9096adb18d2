"""The payload of a BATCH (section 7)."""

from __future__ import annotations

from .errors import Refused

_MOST = 65536


def _refused(at: int) -> Refused:
    # SPEC [BAT-2]: offsets count in the decompressed payload, and say so.
    return Refused("BatchStructure", at, **{"in": "raw"})


def read_batch(payload: bytes, item_count: int | None) -> list[bytes]:
    """The items of a batch; `item_count` is what its extension said, if it has one."""
    count = int.from_bytes(payload[:4], "little")
    # SPEC [BAT-2, BAT-3]: everything that is refused at 0 comes before the sizes.
    if len(payload) < 4 or not 1 <= count <= _MOST:
        raise _refused(0)
    if item_count is not None and item_count != count:
        raise _refused(0)
    table_end = 4 + 4 * count
    # SPEC [BAT-2]: without a whole table nothing follows it, so its first size field
    # that does not fit is judged and the sizes before it are not.
    if len(payload) < table_end:
        raise _refused(len(payload) - len(payload) % 4)
    items = []
    start = table_end
    for at in range(4, table_end, 4):
        size = int.from_bytes(payload[at : at + 4], "little")
        if size > len(payload) - start:
            raise _refused(at)
        items.append(payload[start : start + size])
        start += size
    if start < len(payload):
        raise _refused(start)
    return items
