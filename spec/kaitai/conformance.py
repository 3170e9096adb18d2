#!/usr/bin/env python3
"""Answers vectors (../conformance/README.md) out of what the description in strictframe.ksy says of them.

    conformance.py DIR

DIR holds `strictframe.py`, which the compiler of Kaitai Struct made with `--debug`. What a description
cannot say is added here and listed in README.md; a vector that needs more than that is skipped.
"""

from __future__ import annotations

import hashlib
import importlib
import io
import json
import sys
from pathlib import Path
from typing import Any

from kaitaistruct import KaitaiStream, KaitaiStruct, ValidationFailedError

sys.path.append(str(Path(__file__).parent.parent / "reference"))

from strictframe_reader.answers import join  # noqa: E402
from strictframe_reader.checksum import crc32c  # noqa: E402
from strictframe_reader.errors import Refused  # noqa: E402
from strictframe_reader.schema import dictionary_id, identify  # noqa: E402

Json = dict[str, Any]

HEADER_LEN, TRAILER_LEN = 28, 4
FORMAT_MAX = 2**26
LIMITS = {"body": 2**22, "raw": 2**22}
# What a rule of the header that is not kept is refused with, and where.
OF_HEADER = {
    "rule_kind": ("BadKind", 2),
    "rule_codec": ("BadCodec", 3),
    "rule_flags": ("ReservedFlag", 3),
    "rule_key": ("KeyRule", 4),
    "rule_version": ("KeyRule", 12),
    "rule_min_reader": ("KeyRule", 14),
}
# How Kaitai says that bytes are not as described: a rule, an end, text that is not UTF-8.
NOT_AS_DESCRIBED = (ValidationFailedError, EOFError, UnicodeDecodeError)


class Skipped(Exception):
    """A vector that a description does not judge."""


def failed_field(part: KaitaiStruct, error: Exception) -> tuple[str, int]:
    """The field that was not as described, and where in its stream it begins."""
    if isinstance(error, ValidationFailedError):
        name = part.SEQ_FIELDS[int(error.src_path.rpartition("/")[2])]
    else:
        # The field that was begun and not ended.
        [name] = [name for name, place in part._debug.items() if "start" in place and "end" not in place]
    place = part._debug[name]
    return name, place["arr"][-1]["start"] if "arr" in place else place["start"]


class Judge:
    """What the description makes of frames."""

    def __init__(self, described: type[KaitaiStruct], limits: Json) -> None:
        self._described = described
        self._limit = {name: min(int(limits.get(name, default)), FORMAT_MAX) for name, default in LIMITS.items()}

    def frame(self, data: bytes, is_alone: bool) -> KaitaiStruct:
        """The frame that the data begins with, if a relay takes it: the order is that of ERR-1."""
        header = self._header(data)
        length = HEADER_LEN + header.body_len + TRAILER_LEN
        if len(data) < length:
            raise Refused("Truncated", len(data), have=len(data), need=length)
        if is_alone and len(data) > length:
            raise Refused("TrailingData", length)
        data = data[:length]
        if crc32c(data[:24] + data[HEADER_LEN:-TRAILER_LEN]) != int.from_bytes(data[-TRAILER_LEN:], "little"):
            raise Refused("FrameCrc", length - TRAILER_LEN)
        frame = self._described.Frame(stream_of(data))
        failed = None
        try:
            frame._read()
        except NOT_AS_DESCRIBED as error:
            failed, at = failed_field(frame.body, error)
            if not failed.startswith("rule_") or not header.is_data:
                raise Refused("BodyStructure", HEADER_LEN + at) from None
        if header.is_data:
            self._data(frame.body, failed)
        return frame

    def _header(self, data: bytes) -> KaitaiStruct:
        header = self._described.Header(stream_of(data[:HEADER_LEN]))
        failed = None
        try:
            header._read()
        except EOFError:
            raise Refused("Truncated", len(data), have=len(data), need=HEADER_LEN) from None
        except ValidationFailedError as error:
            failed, _ = failed_field(header, error)
            if failed in ("magic_first", "magic_second"):
                looks_like = self._described.Damaged(stream_of(data)).diagnosis.name.replace("_", "-")
                raise Refused("BadMagic", 0, looks_like=None if looks_like == "none" else looks_like) from None
            if failed == "format_version":
                raise Refused("UnsupportedVersion", 2) from None
        if crc32c(data[:24]) != header.header_crc:
            raise Refused("HeaderCrc", 24)
        if failed in OF_HEADER:
            raise Refused(*OF_HEADER[failed])
        if header.body_len > self._limit["body"]:
            raise Refused("LimitExceeded", 20, declared=header.body_len, limit=self._limit["body"])
        return header

    def _data(self, body: KaitaiStruct, failed: str | None) -> None:
        declared, at = (body.raw_len, HEADER_LEN) if body.is_compressed else (len(body.stored), 20)
        if declared > self._limit["raw"]:
            raise Refused("LimitExceeded", at, declared=declared, limit=self._limit["raw"])
        if failed == "rule_canonical":
            raise Refused("NonCanonicalCompression", HEADER_LEN)
        try:
            body.extensions
        except NOT_AS_DESCRIBED as error:
            at = HEADER_LEN + body.extensions_at
            if isinstance(error, ValidationFailedError) and error.src_path == RULE_OF_BLOCK:
                raise Refused("ExtensionError", at - 2) from None
            # Whatever it is that does not fit, it is told at the extension.
            begun = body._m_extensions._debug["entries"]["arr"][-1]["start"]
            raise Refused("ExtensionError", at + begun) from None

    def records(self, frame: KaitaiStruct, has_registry: bool) -> list[bytes]:
        """The records of a frame that a relay took, where nothing needs decompressing or a schema."""
        body = frame.body
        if frame.header.is_data:
            for entry, place in extensions(body):
                if entry.is_critical:
                    raise Refused("UnknownCritical", HEADER_LEN + body.extensions_at + place)
        else:
            raise Refused("UnexpectedKind", 2)
        if has_registry:
            raise Skipped("a description holds no schemas")
        if body.is_compressed:
            raise Skipped("a description decompresses nothing")
        if frame.header.kind == self._described.Kind.message:
            return [body.stored]
        counts = [entry.value.value for entry, _ in extensions(body) if entry.type_id == ITEM_COUNT]
        failed = None
        try:
            body.batch
        except NOT_AS_DESCRIBED as error:
            failed, at = failed_field(body._m_batch, error)
        batch = body._m_batch
        if failed != "count" and counts not in ([], [batch.count]):
            failed, at = "count", 0
        if failed == "items":
            # It is the size that is wrong of an item which does not fit.
            at = batch._debug["sizes"]["arr"][len(batch.items)]["start"]
        if failed is not None:
            raise Refused("BatchStructure", at, **{"in": "raw"})
        return list(batch.items)


def stream_of(data: bytes) -> KaitaiStream:
    return KaitaiStream(io.BytesIO(data))


def extensions(body: KaitaiStruct) -> list[tuple[KaitaiStruct, int]]:
    """The extensions of a data frame, each with its place in the block."""
    if not body.header.has_ext:
        return []
    places = [place["start"] for place in body.extensions._debug["entries"]["arr"]]
    return list(zip(body.extensions.entries, places, strict=True))


def digest(data: bytes) -> Json:
    return {"len": str(len(data)), "sha256": hashlib.sha256(data).hexdigest()}


def control(body: KaitaiStruct, raw: bytes) -> Json:
    """The body of a control frame. What follows from it by SHA-256 is computed here."""
    match type(body).__name__:
        case "Position":
            numbers = ("own_offset", "previous", "count", "chain_crc")
            return {"stream_id": body.stream_id.hex()} | {name: str(getattr(body, name)) for name in numbers}
        case "Schema":
            numbers = ("enc_id", "version", "min_reader")
            known = identify(body.enc_id, body.name.encode(), body.version, body.min_reader, body.descriptor)
            return {name: str(getattr(body, name)) for name in numbers} | {
                "name": body.name,
                "descriptor": body.descriptor.hex(),
                "lineage": known.lineage.hex(),
                "fork_check": known.fork_check.hex(),
            }
        case _:
            return {"dict_id": dictionary_id(raw).hex()}


def fields(frame: KaitaiStruct) -> Json:
    """A frame in the form of a vector."""
    header, body = frame.header, frame.body
    found: Json = {name: str(getattr(header, name)) for name in ("version", "min_reader", "body_len")}
    found |= {"kind": str(header.kind_id), "codec": str(header.codec_id)}
    found |= {"lineage": header.lineage.hex(), "fork_check": header.fork_check.hex()}
    found |= {"raw_len": None, "raw_crc": None, "dict_id": None, "extensions": [], "control": None}
    if not header.is_data:
        return found | {"stored": digest(frame._raw_body), "control": control(body, frame._raw_body)}
    if body.is_compressed:
        found |= {"raw_len": str(body.raw_len), "raw_crc": str(body.raw_crc)}
    if header.has_dict:
        found["dict_id"] = body.dict_id.hex()
    for entry, _ in extensions(body):
        value = getattr(entry, "_raw_value", entry.value)
        found["extensions"].append({"type": str(entry.type_id), "value": value.hex()})
    return found | {"stored": digest(body.stored)}


def answer(described: type[KaitaiStruct], vector: Json) -> Json:
    """The answer to a vector."""
    operation = vector["operation"]
    if operation not in ("relay", "decode", "deframe"):
        raise Skipped(f"a description has nothing for the operation {operation}")
    data = join(vector["input"])
    judge = Judge(described, vector.get("limits", {}))
    if operation == "relay":
        return {"frame": fields(judge.frame(data, is_alone=True))}
    if operation == "decode":
        records = judge.records(judge.frame(data, is_alone=True), "registry" in vector)
        return {"decoded": {"outcome": None, "records": [digest(record) for record in records]}}
    at, frames = 0, []
    while at < len(data):
        try:
            frame = judge.frame(data[at:], is_alone=False)
        except Refused as refused:
            raise refused.shifted(at) from None
        frames.append({"offset": str(at), "kind": str(frame.header.kind_id)})
        at += HEADER_LEN + frame.header.body_len + TRAILER_LEN
    # The root of the description goes through all of them at once.
    whole = described(stream_of(data))
    whole._read()
    kinds = [str(frame.header.kind_id) for frame in whole.frames]
    if kinds != [frame["kind"] for frame in frames]:
        raise SystemExit(f"frames one by one are {frames}, and together {kinds}")
    return {"frames": frames}


def main() -> int:
    if len(sys.argv) != 2:
        print(__doc__, file=sys.stderr)
        return 2
    sys.path.append(sys.argv[1])
    described = importlib.import_module("strictframe").Strictframe
    for line in sys.stdin:
        try:
            found = answer(described, json.loads(line))
        except Refused as refused:
            found = {"error": refused.as_json()}
        except Skipped as skipped:
            found = {"skipped": str(skipped)}
        print(json.dumps(found), flush=True)
    return 0


ITEM_COUNT = 6
RULE_OF_BLOCK = "/types/extensions/seq/0"

if __name__ == "__main__":
    sys.exit(main())
