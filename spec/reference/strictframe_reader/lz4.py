"""The LZ4 block format: the checks of COD-4 and the decoder."""

from __future__ import annotations

# A match reaches back at most 65535 bytes, so no more of a dictionary can be of use.
WINDOW = 65536
_MIN_MATCH = 4
_LAST_LITERALS = 5
# The last match begins at least so many bytes before the end of the output.
_LAST_MATCH = 12


class ProfileError(Exception):
    """The block breaks COD-4."""


class BlockError(Exception):
    """The block cannot be decoded to the length it should have (COD-5)."""


def _length(block: bytes, at: int, nibble: int) -> tuple[int, int]:
    """A length and the position behind it. Runs off the block with IndexError."""
    if nibble < 15:
        return nibble, at
    total = 15
    while True:
        byte = block[at]
        at += 1
        total += byte
        if byte != 255:
            return total, at


def check_profile(block: bytes, raw_len: int) -> None:
    """Walks the sequences without decoding them; `raw_len` is what they should give.

    Raises ProfileError for what COD-4 names; a walk that runs off the block ends
    silently and is left to `decode`.
    """
    at = given = 0
    first = True
    try:
        while True:
            token = block[at]
            literals, at = _length(block, at + 1, token >> 4)
            at += literals
            given += literals
            if at > len(block):
                return
            if at == len(block):
                # SPEC [COD-4]: the match nibble of the last token is not looked at; a block of one sequence may be as short as it likes.
                if not first and literals < _LAST_LITERALS:
                    raise ProfileError
                return
            first = False
            offset = block[at] | block[at + 1] << 8
            # SPEC [COD-4]: a match is one as soon as its offset was read, even when
            # its length then runs off the block.
            if offset == 0:
                raise ProfileError
            # SPEC [COD-4]: no match begins near the end of raw_len bytes, or behind it.
            if raw_len - given < _LAST_MATCH:
                raise ProfileError
            length, at = _length(block, at + 2, token & 15)
            given += length + _MIN_MATCH
            # SPEC [COD-4]: literals must follow every match.
            if at == len(block):
                raise ProfileError
    except IndexError:
        return


def decode(block: bytes, raw_len: int, dictionary: bytes = b"") -> bytes:
    """The `raw_len` bytes that `block` stands for; `dictionary` stands before them."""
    history = dictionary[-WINDOW:]
    out = bytearray(history)
    # SPEC [COD-5]: room for exactly raw_len bytes and not one more.
    end = len(history) + raw_len
    at = 0
    try:
        while True:
            token = block[at]
            literals, at = _length(block, at + 1, token >> 4)
            if at + literals > len(block) or len(out) + literals > end:
                raise BlockError
            out += block[at : at + literals]
            at += literals
            if at == len(block):
                break
            offset = block[at] | block[at + 1] << 8
            length, at = _length(block, at + 2, token & 15)
            length += _MIN_MATCH
            start = len(out) - offset
            if offset == 0 or start < 0 or len(out) + length > end:
                raise BlockError
            if offset >= length:
                out += out[start : start + length]
            else:
                # The match reads bytes that it writes itself: its period repeats.
                period = bytes(out[start:])
                out += (period * (length // offset + 1))[:length]
    except IndexError:
        raise BlockError from None
    if len(out) != end:
        raise BlockError
    return bytes(out[len(history) :])
