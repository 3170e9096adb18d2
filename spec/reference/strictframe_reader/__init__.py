"""A reader of strictframe, version 1, in Python's standard library alone.

It reads frames, streams and damaged streams; it writes nothing. Zstandard payloads
need the module `zstandard`; everything else works without it.
"""

from .deframe import Deframer
from .descriptor import canonical_descriptor
from .errors import Refused, SchemaRefused, ZstandardMissing
from .frame import TINY, Frame, Limits, read_frame
from .payload import ALL_CODECS, Decoded, Decoder, Dictionaries
from .recovery import decode_delivered, recover
from .schema import Known, Lineage, Registry, dictionary_id, identify
from .stream import StreamReader

__all__ = [
    "ALL_CODECS",
    "Decoded",
    "Decoder",
    "Deframer",
    "Dictionaries",
    "Frame",
    "Known",
    "Limits",
    "Lineage",
    "Refused",
    "Registry",
    "SchemaRefused",
    "StreamReader",
    "TINY",
    "ZstandardMissing",
    "canonical_descriptor",
    "decode_delivered",
    "dictionary_id",
    "identify",
    "read_frame",
    "recover",
]
