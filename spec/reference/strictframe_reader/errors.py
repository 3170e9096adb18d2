"""Refusals: the names and numbers of the registry, and what a refusal carries."""

from __future__ import annotations

CODES = {
    "BadMagic": "0101",
    "UnsupportedVersion": "0102",
    "Truncated": "0103",
    "TrailingData": "0104",
    "BadKind": "0201",
    "BadCodec": "0202",
    "ReservedFlag": "0203",
    "KeyRule": "0204",
    "LimitExceeded": "0205",
    "HeaderCrc": "0312",
    "FrameCrc": "0313",
    "RawCrc": "0314",
    "BodyStructure": "0401",
    "NonCanonicalCompression": "0402",
    "ExtensionError": "0403",
    "UnknownCritical": "0404",
    "UnexpectedKind": "0405",
    "BatchStructure": "0406",
    "UnknownSchema": "0501",
    "SchemaFork": "0502",
    "SchemaTooOld": "0503",
    "SchemaVersionUnknown": "0504",
    "SchemaForward": "0505",
    "SchemaTooNew": "0506",
    "SchemaOverstated": "0507",
    "UnknownDictionary": "0601",
    "CodecUnavailable": "0602",
    "CodecProfile": "0603",
    "Decompress": "0604",
    "DictionaryClash": "0605",
    "NotAStream": "0701",
    "StreamEdited": "0702",
    "Unterminated": "0703",
    "NoStreamId": "0704",
    "PayloadSyntax": "0801",
    "PayloadDepth": "0809",
    "PayloadWireType": "0810",
    "PayloadRange": "0811",
    "PayloadEnum": "0812",
    "PayloadUtf8": "0813",
    "PayloadTwice": "0814",
    "PayloadOneof": "0815",
    "PayloadRequired": "0816",
    "PayloadUnknown": "0817",
}


class Refused(Exception):
    """An input that the format refuses, with the one error it has.

    `offset` counts from the first byte of the frame until `shifted` moves it to the
    start of the stream; of a payload, from its first byte. `details` holds what some errors say beside name and offset.
    """

    def __init__(self, name: str, offset: int, **details: int | str | None) -> None:
        super().__init__(f"SF-{CODES[name]} {name} at {offset}")
        self.name = name
        self.offset = offset
        self.details = details

    def shifted(self, start: int) -> Refused:
        """The same refusal, for a frame that starts at `start` of its stream."""
        # SPEC [BAT-2]: an offset in the decompressed payload has no place in the
        # stream and is not moved.
        if start == 0 or self.details.get("in") == "raw":
            return self
        return Refused(self.name, self.offset + start, **self.details)

    def as_json(self) -> dict[str, str | None]:
        """The error as the vectors write it: every integer a decimal string."""
        # SPEC [ERR-2]: number, name and offset are always there.
        answer: dict[str, str | None] = {
            "code": CODES[self.name],
            "name": self.name,
            "offset": str(self.offset),
        }
        for key, value in self.details.items():
            answer[key] = str(value) if isinstance(value, int) else value
        return answer


class ZstandardMissing(Exception):
    """The answer depends on Zstandard decompression, and the module is not installed."""


class SchemaRefused(Exception):
    """A JSON Schema that has no canonical form (SPEC [KEY-4])."""
