"""From a verified data frame to its records (sections 4 to 7)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from . import lz4, zstd
from .batch import read_batch
from .checksum import crc32c
from .control import Schema
from .errors import Refused
from .extensions import ITEM_COUNT, refuse_unknown_critical
from .frame import BATCH, LZ4, NONE, Frame, Limits, read_frame
from .schema import Registry, dictionary_id

CODEC_NUMBERS = {"lz4": 1, "zstd": 2}
ALL_CODECS = frozenset(CODEC_NUMBERS.values())
_CODEC_AT = 3
_RAW_CRC_AT = 32
_DICT_ID_AT = 36
_DICTIONARY_MAX = 2**20


class Dictionaries:
    """The dictionaries a decoder holds, by id."""

    def __init__(self, contents: Iterable[bytes] = ()) -> None:
        self._held: dict[bytes, bytes] = {}
        for content in contents:
            self.add(content)

    def add(self, content: bytes) -> None:
        """Holds one more dictionary; the same one again changes nothing."""
        if not 1 <= len(content) <= _DICTIONARY_MAX:
            raise ValueError("a dictionary has 1 to 2^20 bytes")
        dict_id = dictionary_id(content)
        # SPEC [DIC-2]: an id stands for one content.
        if self._held.setdefault(dict_id, content) != content:
            raise ValueError(f"two dictionaries have the id {dict_id.hex()}")

    def get(self, dict_id: bytes) -> bytes | None:
        return self._held.get(dict_id)

    def __len__(self) -> int:
        return len(self._held)


class Decoded(NamedTuple):
    """The records of one data frame; `outcome` is None where nothing was judged."""

    outcome: str | None
    records: list[bytes]


class Decoder:
    """Everything a decoder was given beside the frame."""

    def __init__(
        self,
        limits: Limits = Limits(),
        dictionaries: Dictionaries | None = None,
        codecs: Iterable[int] = ALL_CODECS,
        registry: Registry | None = None,
    ) -> None:
        self.limits = limits
        self.dictionaries = dictionaries if dictionaries is not None else Dictionaries()
        self.registry = registry
        self._codecs = frozenset(codecs)

    def decode(self, data: bytes) -> Decoded:
        """The records of the one frame that `data` is."""
        frame = read_frame(data, self.limits)
        refuse_unknown_critical(frame.extensions)
        # SPEC [CTL-4]: bookkeeping is no record.
        if not frame.header.is_data:
            raise Refused("UnexpectedKind", 2)
        outcome = self.judge(frame)
        return Decoded(outcome, self.records(frame))

    def judge(self, frame: Frame, carried: Schema | None = None) -> str | None:
        """The outcome of section 4; `carried` is the frame's schema, where a stream brought it."""
        # SPEC [JDG-1, JDG-4]: every data frame when there is a registry, else none.
        if self.registry is None:
            return None
        if carried is not None:
            return self.registry.judge_carried(carried)
        key = frame.header
        return self.registry.judge(key.lineage, key.version, key.min_reader, key.fork_check)

    def records(self, frame: Frame) -> list[bytes]:
        """The records of a data frame that was judged already."""
        payload = self._payload(frame)
        if frame.header.kind != BATCH:
            return [payload]
        item_count = next(
            (int.from_bytes(e.value, "little") for e in frame.extensions if e.type == ITEM_COUNT),
            None,
        )
        return read_batch(payload, item_count)

    def _payload(self, frame: Frame) -> bytes:
        """The payload before compression."""
        if frame.header.codec == NONE:
            return frame.stored
        dictionary = None
        if frame.dict_id is not None:
            dictionary = self.dictionaries.get(frame.dict_id)
            # SPEC [DIC-1]: judged before the codec.
            if dictionary is None:
                raise Refused("UnknownDictionary", _DICT_ID_AT)
        # SPEC [COD-1]
        if frame.header.codec not in self._codecs:
            raise Refused("CodecUnavailable", _CODEC_AT)
        payload = self._decompress(frame, dictionary)
        # SPEC [COD-6]
        if crc32c(payload) != frame.raw_crc:
            raise Refused("RawCrc", _RAW_CRC_AT)
        return payload

    def _decompress(self, frame: Frame, dictionary: bytes | None) -> bytes:
        """The checks of the codec, then the codec."""
        assert frame.raw_len is not None
        try:
            if frame.header.codec == LZ4:
                lz4.check_profile(frame.stored, frame.raw_len)
                return lz4.decode(frame.stored, frame.raw_len, dictionary or b"")
            zstd.check_profile(frame.stored, frame.raw_len)
            return zstd.decode(frame.stored, frame.raw_len, dictionary)
        # SPEC [COD-3, COD-4]
        except (lz4.ProfileError, zstd.ProfileError):
            raise Refused("CodecProfile", frame.stored_at) from None
        # SPEC [COD-5, DIC-3]
        except (lz4.BlockError, zstd.FrameError):
            raise Refused("Decompress", frame.stored_at) from None
