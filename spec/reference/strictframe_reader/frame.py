"""One frame: header, checksums, and the body as far as a relay reads it (sections 1 to 3, 8)."""

from __future__ import annotations

from dataclasses import dataclass, field

from .checksum import crc32c
from .control import (
    BODY_AT,
    Control,
    Fields,
    read_dictionary,
    read_position,
    read_schema,
)
from .errors import Refused
from .extensions import Extension, check_block_len, read_extensions

MAGIC = bytes.fromhex("9ec1")
HEADER_LEN = 28
TRAILER_LEN = 4
FORMAT_MAX = 2**26
MESSAGE, BATCH, SYNC, SCHEMA, DICT, END = range(1, 7)
NONE, LZ4, ZSTD = range(3)
_EXT, _DICT_FLAG, _RESERVED_FLAGS = 1, 2, 12
_FORMAT_VERSION = 1

# SPEC [DIA-1]: first bytes that tell what happened to a frame, or what came in its place.
_DIAGNOSES = (
    ("efbfbdefbfbd", "lossy-utf8"),
    ("c29ec381", "latin1-as-utf8"),
    ("c5bec381", "cp1252-as-utf8"),
    ("1e41", "seven-bit"),
    ("6e7345", "base64"),
    ("39656331", "hex-text"),
    ("39454331", "hex-text"),
    ("c19e", "byte-swapped"),
    ("9e00c100", "utf16"),
    ("00", "length-or-id-prefix"),
    ("01", "length-or-id-prefix"),
    ("c301", "avro-single-object"),
    ("28b52ffd", "zstd"),
    ("04224d18", "lz4-frame"),
    ("1f8b", "gzip"),
    ("7b", "json"),
    ("5b", "json"),
)


@dataclass(frozen=True)
class Limits:
    """The bounds of section 11, in bytes and in numbers of things held."""

    body: int = 4 << 20
    raw: int = 4 << 20
    schemas: int = 4096
    dictionaries: int = 16

    @property
    def body_bound(self) -> int:
        return min(self.body, FORMAT_MAX)

    @property
    def raw_bound(self) -> int:
        return min(self.raw, FORMAT_MAX)


TINY = Limits(body=64 << 10, raw=64 << 10, schemas=16, dictionaries=1)


@dataclass(frozen=True)
class Header:
    """The 28 bytes before the body; its checksum matched."""

    kind: int
    codec: int
    flags: int
    key: bytes
    body_len: int

    @property
    def frame_len(self) -> int:
        return HEADER_LEN + self.body_len + TRAILER_LEN

    @property
    def lineage(self) -> bytes:
        return self.key[:8]

    @property
    def version(self) -> int:
        return int.from_bytes(self.key[8:10], "little")

    @property
    def min_reader(self) -> int:
        return int.from_bytes(self.key[10:12], "little")

    @property
    def fork_check(self) -> bytes:
        return self.key[12:16]

    @property
    def is_data(self) -> bool:
        return self.kind in (MESSAGE, BATCH)

    @property
    def is_position(self) -> bool:
        return self.kind in (SYNC, END)


@dataclass(frozen=True)
class Frame:
    """A frame that passed every check of a relay."""

    header: Header
    trailer: bytes
    stored: bytes
    stored_at: int = BODY_AT
    raw_len: int | None = None
    raw_crc: int | None = None
    dict_id: bytes | None = None
    extensions: tuple[Extension, ...] = field(default=())
    control: Control | None = None


def diagnosis(start: bytes) -> str | None:
    """What the first bytes of something that is no frame look like."""
    for first, name in _DIAGNOSES:
        if start.startswith(bytes.fromhex(first)):
            return name
    return None


def check_magic(start: bytes) -> None:
    """Judges the first two bytes, or the one there is."""
    # SPEC [FRM-2]: one wrong byte is enough, one right byte is not wrong yet.
    if start[:2] != MAGIC[: len(start[:2])]:
        raise Refused("BadMagic", 0, looks_like=diagnosis(start[:8]))


def read_outer_header(start: bytes) -> Header:
    """What every later version keeps, and the checksum: FRM-2 to FRM-5."""
    check_magic(start)
    # SPEC [FRM-3]: judged as soon as three bytes are there.
    if len(start) > 2 and start[2] >> 4 != _FORMAT_VERSION:
        raise Refused("UnsupportedVersion", 2)
    # SPEC [FRM-4]: an empty input is the shortest truncated one.
    if len(start) < HEADER_LEN:
        raise Refused("Truncated", len(start), have=len(start), need=HEADER_LEN)
    # SPEC [FRM-5]: nothing else is acted on before this matched.
    if crc32c(start[:24]) != int.from_bytes(start[24:28], "little"):
        raise Refused("HeaderCrc", 24)
    return Header(
        kind=start[2] & 15,
        codec=start[3] >> 4,
        flags=start[3] & 15,
        key=bytes(start[4:20]),
        body_len=int.from_bytes(start[20:24], "little"),
    )


def check_body_len(header: Header, limits: Limits) -> None:
    """Judges `body_len` before any byte of the body is waited for."""
    # SPEC [FRM-11, LIM-2]: the smaller of the configured limit and the format's.
    if header.body_len > limits.body_bound:
        raise Refused("LimitExceeded", 20, declared=header.body_len, limit=limits.body_bound)


def read_header(start: bytes, limits: Limits) -> Header:
    """The header at the start of a frame: FRM-2 to FRM-11, in the order of ERR-1."""
    header = read_outer_header(start)
    # SPEC [FRM-6]
    if not MESSAGE <= header.kind <= END:
        raise Refused("BadKind", 2)
    # SPEC [FRM-7]
    if header.codec > ZSTD:
        raise Refused("BadCodec", 3)
    # SPEC [FRM-8]: reserved bits, a dictionary for nothing, and dressed-up control frames.
    dict_for_nothing = bool(header.flags & _DICT_FLAG) and header.codec == NONE
    dressed_up = not header.is_data and (header.codec or header.flags)
    if header.flags & _RESERVED_FLAGS or dict_for_nothing or dressed_up:
        raise Refused("ReservedFlag", 3)
    _check_key(header)
    check_body_len(header, limits)
    return header


def _check_key(header: Header) -> None:
    """Judges the schema key."""
    # SPEC [FRM-9, FRM-10]: zero on control kinds, never zero on data kinds.
    if header.is_data != any(header.key):
        raise Refused("KeyRule", 4)
    if header.is_data:
        if header.version == 0:
            raise Refused("KeyRule", 12)
        if not 1 <= header.min_reader <= header.version:
            raise Refused("KeyRule", 14)


def check_frame_crc(header: Header, data: bytes) -> None:
    """Compares the trailer of the whole frame `data`."""
    # SPEC [FRM-14]: the stored header_crc, bytes 24..28, is left out.
    end = HEADER_LEN + header.body_len
    found = crc32c(memoryview(data)[HEADER_LEN:end], crc32c(data[:24]))
    if found != int.from_bytes(data[end : end + TRAILER_LEN], "little"):
        raise Refused("FrameCrc", end)


def finish_frame(header: Header, data: bytes, limits: Limits) -> Frame:
    """The frame that `data` is, exactly, when its header was read already."""
    check_frame_crc(header, data)
    trailer = data[-TRAILER_LEN:]
    body = data[HEADER_LEN:-TRAILER_LEN]
    if header.is_data:
        return _read_data_body(header, body, trailer, limits)
    if header.is_position:
        control: Control = read_position(body)
    elif header.kind == SCHEMA:
        control = read_schema(body)
    else:
        control = read_dictionary(body)
    return Frame(header, trailer, stored=body, control=control)


def _read_data_body(header: Header, body: bytes, trailer: bytes, limits: Limits) -> Frame:
    """The table of section 2, in the order of ERR-1: fields, limit, canonical, extensions."""
    fields = Fields(body)
    raw_len = raw_crc = dict_id = None
    if header.codec != NONE:
        raw_len = fields.number(4)
        raw_crc = fields.number(4)
    if header.flags & _DICT_FLAG:
        dict_id = fields.bytes(4)
    block = b""
    ext_len_at = fields.at
    if header.flags & _EXT:
        # SPEC [BDY-1]: a block longer than the rest is refused at its first byte.
        block = fields.bytes(fields.number(2))
    stored_at = fields.at
    stored = fields.bytes(fields.left)

    # SPEC [BDY-2]: with codec 0 what is stored is the payload itself.
    if raw_len is None:
        declared, declared_at = len(stored), 20
    else:
        declared, declared_at = raw_len, BODY_AT
    if declared > limits.raw_bound:
        raise Refused("LimitExceeded", declared_at, declared=declared, limit=limits.raw_bound)
    # SPEC [BDY-4]: compression has to pay for the fields it brings.
    cost = 8 + (4 if dict_id is not None else 0)
    if raw_len is not None and len(stored) + cost >= raw_len:
        raise Refused("NonCanonicalCompression", BODY_AT)

    extensions: tuple[Extension, ...] = ()
    if header.flags & _EXT:
        check_block_len(len(block), ext_len_at)
        extensions = read_extensions(block, ext_len_at + 2, header.kind == BATCH)
    return Frame(header, trailer, stored, stored_at, raw_len, raw_crc, dict_id, extensions)


def read_frame(data: bytes, limits: Limits) -> Frame:
    """The frame that `data` holds, alone and whole."""
    header = read_header(data[:HEADER_LEN], limits)
    # SPEC [FRM-12]
    if len(data) < header.frame_len:
        raise Refused("Truncated", len(data), have=len(data), need=header.frame_len)
    # SPEC [FRM-13]: judged before the checksum of the frame.
    if len(data) > header.frame_len:
        raise Refused("TrailingData", header.frame_len)
    return finish_frame(header, data, limits)
