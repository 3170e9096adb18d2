"""Answers in the form of the vectors: every integer a decimal string, bytes in hex."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from . import change, protobuf
from .control import Control, Dictionary, Position, Schema
from .deframe import Deframer
from .descriptor import canonical_descriptor
from .errors import Refused, SchemaRefused
from .frame import Frame, Limits, read_frame
from .payload import CODEC_NUMBERS, Decoder, Dictionaries
from .record import read_record
from .recovery import Report, recover
from .schema import Known, Lineage, Registry, dictionary_id, identify
from .stream import StreamReader

Json = dict[str, Any]
# Cuts an input into the pieces in which a stream or connection is to bring it.
Cut = Callable[[bytes], Iterable[bytes]]


def at_once(data: bytes) -> Iterator[bytes]:
    """The whole input in one piece."""
    yield data


def join(parts: list[str | Json]) -> bytes:
    """The bytes of a list of parts."""
    return b"".join(
        bytes.fromhex(part)
        if isinstance(part, str)
        else bytes.fromhex(part["repeat"]) * int(part["times"])
        for part in parts
    )


def limits_of(given: Json) -> Limits:
    """The limits of a vector; what it does not name keeps its default."""
    return Limits(**{name: int(value) for name, value in given.items()})


def registry_of(given: Json | None) -> Registry | None:
    """The registry of a vector, or None."""
    if given is None:
        return None
    lineages = {}
    for lineage in given["lineages"]:
        versions = [
            (int(v["version"]), Known(int(v["min_reader"]), bytes.fromhex(v["fork_check"])))
            for v in lineage["versions"]
        ]
        own = lineage.get("own")
        lineages[bytes.fromhex(lineage["lineage"])] = Lineage(
            int(lineage["reader"]),
            int(lineage["oldest_writer"]),
            versions,
            None if own is None else own["descriptor"].encode("utf-8"),
        )
    return Registry(lineages, given.get("allow_forward", False))


def _codecs_of(vector: Json) -> list[int]:
    return [CODEC_NUMBERS[name] for name in vector.get("codecs", CODEC_NUMBERS)]


def _digest(data: bytes) -> Json:
    return {"len": str(len(data)), "sha256": hashlib.sha256(data).hexdigest()}


def _optional(number: int | None) -> str | None:
    return None if number is None else str(number)


def _control(control: Control | None) -> Json | None:
    """The body of a control frame."""
    if isinstance(control, Position):
        return {
            "stream_id": control.stream_id.hex(),
            "own_offset": str(control.own_offset),
            "previous": str(control.previous),
            "count": str(control.count),
            "chain_crc": str(control.chain_crc),
        }
    if isinstance(control, Schema):
        return {
            "enc_id": str(control.enc_id),
            "version": str(control.version),
            "min_reader": str(control.min_reader),
            "name": control.name,
            "descriptor": control.descriptor.hex(),
            "lineage": control.identity.lineage.hex(),
            "fork_check": control.identity.fork_check.hex(),
        }
    if isinstance(control, Dictionary):
        return {"dict_id": control.dict_id.hex()}
    return None


def relay_answer(data: bytes, limits: Limits) -> Json:
    """What a relay sees of one frame."""
    frame: Frame = read_frame(data, limits)
    header = frame.header
    fields = {
        "kind": str(header.kind),
        "codec": str(header.codec),
        "lineage": header.lineage.hex(),
        "version": str(header.version),
        "min_reader": str(header.min_reader),
        "fork_check": header.fork_check.hex(),
        "body_len": str(header.body_len),
        "raw_len": _optional(frame.raw_len),
        "raw_crc": _optional(frame.raw_crc),
        "dict_id": None if frame.dict_id is None else frame.dict_id.hex(),
        "extensions": [
            {"type": str(extension.type), "value": extension.value.hex()}
            for extension in frame.extensions
        ],
        "stored": _digest(frame.stored),
        "control": _control(frame.control),
    }
    return {"frame": fields}


def decode_answer(data: bytes, decoder: Decoder) -> Json:
    """The records of one frame."""
    decoded = decoder.decode(data)
    records = [_digest(record) for record in decoded.records]
    return {"decoded": {"outcome": decoded.outcome, "records": records}}


def deframe_answer(data: bytes, limits: Limits, cut: Cut = at_once) -> Json:
    """The frames of a connection."""
    deframer = Deframer(limits)
    frames = []
    for placed in _drain(deframer, cut(data)):
        frames.append({"offset": str(placed.offset), "kind": str(placed.frame.header.kind)})
    return {"frames": frames}


def stream_answer(data: bytes, reader: StreamReader, cut: Cut = at_once) -> Json:
    """A strict read of a whole stream; a refusal says how many frames came before it."""
    frames = []
    records = 0
    digest = hashlib.sha256()
    try:
        for accepted in _drain(reader, cut(data)):
            frames.append({"offset": str(accepted.offset), "kind": str(accepted.kind)})
            for record in accepted.records:
                digest.update(len(record).to_bytes(8, "little") + record)
            records += len(accepted.records)
    except Refused as refused:
        return {"error": refused.as_json(), "frames": str(reader.accepted)}
    assert reader.stream_id is not None
    stream = {
        "stream_id": reader.stream_id.hex(),
        "frames": frames,
        "records": str(records),
        "records_sha256": digest.hexdigest(),
    }
    return {"stream": stream}


def _drain(source: Any, pieces: Iterable[bytes]) -> Iterator[Any]:
    """Everything a deframer or stream reader gives for an input in pieces."""
    for piece in pieces:
        source.feed(piece)
        while (taken := source.take()) is not None:
            yield taken
    source.end()
    while (taken := source.take()) is not None:
        yield taken


def recovery_answer(report: Report) -> Json:
    """The report of a recovery."""
    recovery = {
        "stream_id": report.stream_id.hex(),
        "id_source": report.id_source,
        "frames": [str(placed.offset) for placed in report.data_frames],
        "gaps": [
            {
                "from": str(gap.start),
                "to": str(gap.end),
                "shift": str(gap.shift),
                "frames_lost": _optional(gap.frames_lost),
            }
            for gap in report.gaps
        ],
        "edited": [{"from": str(first), "to": str(to)} for first, to in report.edited],
        "unassigned": [str(at) for at in report.unassigned],
        "unconfirmed": str(report.unconfirmed),
        "terminated": report.terminated,
        "trailing": str(report.trailing),
    }
    return {"recovery": recovery}


def identity_answer(identity: Json) -> Json:
    """What follows from a schema version, or from a dictionary."""
    if "dictionary" in identity:
        return {"dict_id": dictionary_id(join(identity["dictionary"])).hex()}
    found = identify(
        int(identity["enc_id"]),
        identity["name"].encode("utf-8"),
        int(identity["version"]),
        int(identity["min_reader"]),
        join(identity["descriptor"]),
    )
    return {
        "lineage": found.lineage.hex(),
        "fingerprint": found.fingerprint.hex(),
        "fork_check": found.fork_check.hex(),
    }


def judge_answer(key: Json, registry: Registry) -> Json:
    """The judgement of one schema key."""
    outcome = registry.judge(
        bytes.fromhex(key["lineage"]),
        int(key["version"]),
        int(key["min_reader"]),
        bytes.fromhex(key["fork_check"]),
    )
    return {"outcome": outcome}


def canonical_answer(text: bytes) -> Json:
    """The canonical descriptor of a JSON Schema."""
    try:
        return {"descriptor": canonical_descriptor(text)}
    except SchemaRefused:
        return {"refused": True}


def payload_answer(data: bytes, given: Json) -> Json:
    """What is found in a record under its descriptor."""
    types = protobuf.read(given["name"], given["descriptor"].encode("utf-8"))
    unknown = read_record(data, types, given["name"], given["exact"]).unknown
    first = _optional(unknown[0] if unknown else None)
    return {"payload": {"unknown_fields": str(len(unknown)), "first_unknown": first}}


def change_answer(given: Json) -> Json:
    """The changes between the last two versions of a schema, and the numbers of all."""
    enc_id, name = int(given["enc_id"]), given["name"]
    versions = [text.encode("utf-8") for text in given["versions"]]
    found = change.changes(enc_id, name, *versions[-2:]) if len(versions) > 1 else []
    return {
        "changes": [{"path": path, "change": row} for path, row in found],
        "reach": [
            {"min_reader": str(min_reader), "oldest_writer": str(oldest_writer)}
            for min_reader, oldest_writer in change.reach(enc_id, name, versions)
        ],
    }


def answer(vector: Json, cut: Cut = at_once) -> Json:
    """The whole answer to a vector; its `expect` is not looked at."""
    try:
        return _answer(vector, cut)
    except Refused as refused:
        return {"error": refused.as_json()}


def _answer(vector: Json, cut: Cut) -> Json:
    operation = vector["operation"]
    data = join(vector.get("input", []))
    limits = limits_of(vector.get("limits", {}))
    registry = registry_of(vector.get("registry"))
    if operation == "relay":
        return relay_answer(data, limits)
    if operation == "decode":
        held = Dictionaries(join(parts) for parts in vector.get("dictionaries", []))
        return decode_answer(data, Decoder(limits, held, _codecs_of(vector), registry))
    if operation == "deframe":
        return deframe_answer(data, limits, cut)
    if operation == "stream":
        self_contained = vector.get("self_contained", True)
        reader = StreamReader(limits, _codecs_of(vector), registry, self_contained)
        return stream_answer(data, reader, cut)
    if operation == "recover":
        given = vector.get("stream_id")
        stream_id = None if given is None else bytes.fromhex(given)
        return recovery_answer(recover(data, limits, stream_id))
    if operation == "judge":
        if registry is None:
            raise ValueError("a judgement needs a registry")
        return judge_answer(vector["frame_key"], registry)
    if operation == "identity":
        return identity_answer(vector["identity"])
    if operation == "canonical":
        return canonical_answer(data)
    if operation == "payload":
        return payload_answer(data, vector["payload"])
    if operation == "change":
        return change_answer(vector["change"])
    raise ValueError(f"unknown operation {operation!r}")
