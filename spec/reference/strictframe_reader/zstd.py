"""Zstandard: the profile check of COD-3, and decompression by the `zstandard` module."""

from __future__ import annotations

from .errors import ZstandardMissing

try:
    import zstandard
except ImportError:
    AVAILABLE = False
else:
    AVAILABLE = True

_FRAME_MAGIC = bytes.fromhex("28b52ffd")
# SPEC [DIC-3]: the number EC30A437 of RFC 8878, section 5, as it stands in a file.
_DICTIONARY_MAGIC = bytes.fromhex("37a430ec")
_WINDOW_MAX = 8 << 20
_BLOCK_MAX = 128 << 10
_RLE, _RESERVED = 1, 3


class ProfileError(Exception):
    """The frame breaks COD-2."""


class FrameError(Exception):
    """The library refuses the frame or the dictionary, or its output has another length."""


def _require(holds: bool) -> None:
    if not holds:
        raise ProfileError


def check_profile(stored: bytes, raw_len: int) -> None:
    """Raises ProfileError unless `stored` is one frame as COD-2 and COD-3 want it."""
    # SPEC [COD-3]: the whole frame is walked before the library sees a byte of it.
    _require(len(stored) >= 5 and stored[:4] == _FRAME_MAGIC)
    descriptor = stored[4]
    single_segment = bool(descriptor & 0x20)
    # SPEC [COD-2]: unused bit, reserved bit, content checksum and dictionary id.
    _require(descriptor & 0x1F == 0)
    at = 5
    window = 0
    if not single_segment:
        _require(len(stored) > at)
        base = 1 << (10 + (stored[at] >> 3))
        window = base + base // 8 * (stored[at] & 7)
        at += 1
    size_flag = descriptor >> 6
    # SPEC [COD-2]: flag 0 without a single segment is a frame of unknown content size.
    _require(single_segment or size_flag != 0)
    width = 1 << size_flag
    _require(len(stored) >= at + width)
    content = int.from_bytes(stored[at : at + width], "little")
    if width == 2:
        content += 256
    at += width
    _require(content == raw_len)
    if single_segment:
        window = content
    _require(window <= _WINDOW_MAX)
    _check_blocks(stored, at, min(window, _BLOCK_MAX))


def _check_blocks(stored: bytes, at: int, block_max: int) -> None:
    """Walks the block headers from `at` to the last block."""
    while True:
        _require(len(stored) >= at + 3)
        header = int.from_bytes(stored[at : at + 3], "little")
        last, kind, size = header & 1, header >> 1 & 3, header >> 3
        _require(kind != _RESERVED)
        # SPEC [COD-3]: of an RLE block the field is the length it grows to.
        _require(size <= block_max)
        at += 3 + (1 if kind == _RLE else size)
        if last:
            # SPEC [COD-3]: nothing is missing and nothing follows.
            _require(at == len(stored))
            return


def decode(stored: bytes, raw_len: int, dictionary: bytes | None = None) -> bytes:
    """The `raw_len` bytes of a frame that passed `check_profile`."""
    trained = dictionary is not None and dictionary[:4] == _DICTIONARY_MAGIC
    # SPEC [DIC-3]: the library would silently leave so short a dictionary unused.
    if dictionary is not None and not trained and len(dictionary) < 8:
        raise FrameError
    if not AVAILABLE:
        raise ZstandardMissing
    held = None
    if dictionary is not None:
        kind = zstandard.DICT_TYPE_FULLDICT if trained else zstandard.DICT_TYPE_RAWCONTENT
        held = zstandard.ZstdCompressionDict(dictionary, dict_type=kind)
    try:
        context = zstandard.ZstdDecompressor(dict_data=held, max_window_size=_WINDOW_MAX)
        # SPEC [COD-5]: the content size was found equal to raw_len, so the library
        # gives itself exactly that room.
        raw = context.decompress(stored, max_output_size=raw_len, allow_extra_data=False)
    except zstandard.ZstdError:
        raise FrameError from None
    if len(raw) != raw_len:
        raise FrameError
    return raw
