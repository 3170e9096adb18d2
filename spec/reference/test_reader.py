"""Tests of single frames, codecs, schemas and their descriptors."""

from __future__ import annotations

import json
import unittest

from strictframe_reader import judgement_table, lz4, zstd
from strictframe_reader.checksum import crc32c
from strictframe_reader.descriptor import canonical_descriptor, canonical_number
from strictframe_reader.errors import Refused, SchemaRefused
from strictframe_reader.frame import (
    BATCH,
    END,
    SYNC,
    ZSTD,
    Limits,
    diagnosis,
    read_frame,
)
from strictframe_reader.payload import Decoder, Dictionaries
from strictframe_reader.schema import Known, Lineage
from writer import batch, block, control_frame, data_frame, key, schema_frame, seal


def refusal(call, *arguments) -> tuple[str, int]:
    """Name and offset of the refusal that a call ends with."""
    try:
        call(*arguments)
    except Refused as refused:
        return refused.name, refused.offset
    raise AssertionError("not refused")


def relay(data: bytes) -> tuple[str, int]:
    return refusal(read_frame, data, Limits())


class Checksum(unittest.TestCase):
    def test_check_value(self) -> None:
        self.assertEqual(crc32c(b"123456789"), 0xE3069283)

    def test_any_cut_gives_the_same(self) -> None:
        data = bytes(index * 7 & 0xFF for index in range(67))
        whole = crc32c(data)
        for cut in range(len(data) + 1):
            self.assertEqual(crc32c(data[cut:], crc32c(data[:cut])), whole)


class Header(unittest.TestCase):
    good = data_frame(b"record")

    def test_every_bit_of_a_frame_matters(self) -> None:
        # SPEC [FRM-2, FRM-3, FRM-5, FRM-14]
        allowed = {"BadMagic", "UnsupportedVersion", "HeaderCrc", "FrameCrc"}
        for bit in range(len(self.good) * 8):
            broken = bytearray(self.good)
            broken[bit // 8] ^= 1 << bit % 8
            self.assertIn(relay(bytes(broken))[0], allowed)

    def test_every_truncation_is_refused_where_it_ends(self) -> None:
        # SPEC [FRM-4, FRM-12]
        for have in range(len(self.good)):
            self.assertEqual(relay(self.good[:have]), ("Truncated", have))
        self.assertEqual(relay(self.good + b"\0"), ("TrailingData", len(self.good)))

    def test_first_bytes(self) -> None:
        # SPEC [FRM-2, DIA-1]: one right byte is not wrong yet.
        self.assertEqual(relay(b"\x9e"), ("Truncated", 1))
        self.assertEqual(relay(b"\x9f"), ("BadMagic", 0))
        self.assertEqual(relay(b"\x9e\xc1\x21"), ("UnsupportedVersion", 2))
        self.assertEqual(diagnosis(b"\x1f"), None)
        self.assertEqual(diagnosis(b"\x1f\x8b\x08"), "gzip")

    def test_fields(self) -> None:
        # SPEC [FRM-6, FRM-7, FRM-8, FRM-9, FRM-10, ERR-1]
        def with_start(start: str, rest: bytes) -> tuple[str, int]:
            return relay(seal(b"\x9e\xc1" + bytes.fromhex(start) + rest, b""))

        self.assertEqual(with_start("17f0", key()), ("BadKind", 2))
        self.assertEqual(with_start("1330", key()), ("BadCodec", 3))
        self.assertEqual(with_start("1304", key()), ("ReservedFlag", 3))
        self.assertEqual(with_start("1102", key()), ("ReservedFlag", 3))
        self.assertEqual(with_start("1300", key()), ("KeyRule", 4))
        self.assertEqual(with_start("1100", bytes(16)), ("KeyRule", 4))
        self.assertEqual(with_start("1100", key(version=0)), ("KeyRule", 12))
        self.assertEqual(with_start("1100", key(min_reader=2)), ("KeyRule", 14))

    def test_limits(self) -> None:
        # SPEC [FRM-11, BDY-2]: nothing of the body has to be there.
        refused = refusal(read_frame, self.good[:28], Limits(body=5))
        self.assertEqual(refused, ("LimitExceeded", 20))
        self.assertEqual(refusal(read_frame, self.good, Limits(raw=5)), ("LimitExceeded", 20))
        self.assertEqual(Limits(body=1 << 40).body_bound, 1 << 26)


class Body(unittest.TestCase):
    def test_extensions(self) -> None:
        # SPEC [EXT-2, EXT-3, EXT-4, EXT-5]
        start = 30
        for extensions, expected in (
            (b"", ("ExtensionError", 28)),
            (block((0, b"")) * 2, ("ExtensionError", start + 4)),
            (block((1, bytes(7))), ("ExtensionError", start)),
            (block((9, b""), (4, b"")), ("ExtensionError", start + 4)),
            (block((4, b"\xff")), ("ExtensionError", start)),
            (block((6, bytes(4))), ("ExtensionError", start)),
            (block((9, b"")) + b"\x0a\0\0", ("ExtensionError", start + 4)),
            (block(*((10 + i, b"") for i in range(33))), ("ExtensionError", start + 128)),
        ):
            self.assertEqual(relay(data_frame(b"", extensions=extensions)), expected)
        critical = data_frame(b"", extensions=block((0, b"x"), (0xFF00, b"")))
        self.assertEqual(len(read_frame(critical, Limits()).extensions), 2)
        self.assertEqual(refusal(Decoder().decode, critical), ("UnknownCritical", start + 5))

    def test_structure_comes_first(self) -> None:
        # SPEC [BDY-1, ERR-1]: a block that does not fit is refused at its first byte.
        head = b"\x9e\xc1\x11\x01" + key()
        self.assertEqual(relay(seal(head, b"\x03")), ("BodyStructure", 28))
        self.assertEqual(relay(seal(head, b"\x03\0xx")), ("BodyStructure", 30))

    def test_control_bodies(self) -> None:
        # SPEC [CTL-1, CTL-2, CTL-3, CTL-4]
        for length, at in ((0, 28), (15, 28), (16, 44), (24, 52), (40, 68), (47, 72), (49, 76)):
            frame = control_frame(SYNC, bytes(length))
            self.assertEqual(relay(frame), ("BodyStructure", at))
        both = control_frame(END, bytes(44) + b"\1\0\0\0\0")
        self.assertEqual(relay(both), ("BodyStructure", 72))
        good = schema_frame()
        for at, bad in ((28, 4), (29, 1), (30, 0), (32, 2), (34, 0), (36, 0x2E), (36, 0xFF)):
            body = bytearray(good[28:-4])
            body[at - 28] = bad
            self.assertEqual(relay(control_frame(4, bytes(body))), ("BodyStructure", at))
        self.assertEqual(relay(control_frame(4, good[28:-5])), ("BodyStructure", len(good) - 6))
        self.assertEqual(refusal(Decoder().decode, good), ("UnexpectedKind", 2))

    def test_batches(self) -> None:
        # SPEC [BAT-2, BAT-3]
        def payload(text: str, extensions: bytes | None = None) -> tuple[str, int]:
            frame = data_frame(bytes.fromhex(text), BATCH, extensions=extensions)
            return refusal(Decoder().decode, frame)

        self.assertEqual(Decoder().decode(batch(b"a", b"", b"bc")).records, [b"a", b"", b"bc"])
        for text, at in (
            ("010000", 0),
            ("00000000", 0),
            ("01000100", 0),
            ("02000000 ffffffff 0000", 8),
            ("02000000 01000000 02000000 6161", 8),
            ("01000000 01000000 6162", 9),
        ):
            self.assertEqual(payload(text), ("BatchStructure", at))
        counted = block((6, b"\2\0\0\0"))
        self.assertEqual(payload("01000000 02000000", counted), ("BatchStructure", 0))


class Codecs(unittest.TestCase):
    # Eight literals, a match that reads its own output, five last literals.
    raw = b"abcdefgh" + b"gh" * 13 + b"12345"
    stored = b"\x8fabcdefgh\x02\x00\x07" + b"\x5012345"

    def test_lz4(self) -> None:
        # SPEC [COD-4, COD-5]
        lz4.check_profile(self.stored, len(self.raw))
        self.assertEqual(lz4.decode(self.stored, len(self.raw)), self.raw)
        for wrong in (len(self.raw) - 1, len(self.raw) + 1):
            self.assertRaises(lz4.BlockError, lz4.decode, self.stored, wrong)
        for cut in range(len(self.stored)):
            self.assertRaises(lz4.BlockError, lz4.decode, self.stored[:cut], len(self.raw))

    def test_lz4_profile(self) -> None:
        # SPEC [COD-4]
        for bad in ("14 61 0000 50 3132333435", "14 61 0100", "14 61 0100 40 31323334", "1f610000"):
            self.assertRaises(lz4.ProfileError, lz4.check_profile, bytes.fromhex(bad), 40)
        for left_alone in ("", "f0", "14 61 01", "40 31", "1f 61 0100 ff", "14 61 0100 00"):
            block_bytes = bytes.fromhex(left_alone)
            if left_alone.endswith("00 00"):
                self.assertRaises(lz4.ProfileError, lz4.check_profile, block_bytes, 40)
            else:
                lz4.check_profile(block_bytes, 40)
                self.assertRaises(lz4.BlockError, lz4.decode, block_bytes, 40)

    def test_lz4_last_match(self) -> None:
        # SPEC [COD-4]: one literal, then a match of 4 bytes, and as many literals as fit.
        twelve = bytes.fromhex("10 61 0100 80 3132333435363738")
        lz4.check_profile(twelve, 13)
        self.assertEqual(lz4.decode(twelve, 13), b"aaaaa12345678")
        # The match nibble of the last token may say anything.
        lz4.check_profile(twelve[:4] + b"\x8f" + twelve[5:], 13)
        for raw_len in (12, 1, 0):
            self.assertRaises(lz4.ProfileError, lz4.check_profile, twelve, raw_len)
        # The second match begins 11 bytes before the end, and 12; the first one is long.
        second = bytes.fromhex("1f 61 0100 05 14 62 0100 30 313233")
        self.assertRaises(lz4.ProfileError, lz4.check_profile, second, 1 + 24 + 1 + 11)
        # Judged with the offset, even where the length behind it is cut; half an offset is none.
        cut = bytes.fromhex("1f 61 0100 05 1f 62 0100")
        self.assertRaises(lz4.ProfileError, lz4.check_profile, cut, 1 + 24 + 1 + 11)
        lz4.check_profile(cut[:-1], 1 + 24 + 1 + 11)
        lz4.check_profile(cut, 1 + 24 + 1 + 12)

    def test_lz4_dictionary(self) -> None:
        # SPEC [DIC-1]: the last 64 KiB stand before the block.
        dictionary = b"x" * 70000 + b"dictionary"
        frame = data_frame(b"\x0f\x0a\x00\x05\x5012345", codec=1,
                           raw=b"dictionary" * 2 + b"dict12345", dictionary=dictionary)  # fmt: skip
        self.assertEqual(refusal(Decoder().decode, frame), ("UnknownDictionary", 36))
        held = Decoder(dictionaries=Dictionaries([dictionary]))
        self.assertEqual(held.decode(frame).records, [b"dictionary" * 2 + b"dict12345"])
        without = Decoder(dictionaries=Dictionaries([dictionary]), codecs=[])
        self.assertEqual(refusal(without.decode, frame), ("CodecUnavailable", 3))

    def test_zstd_profile(self) -> None:
        # SPEC [COD-2, COD-3]: 100 bytes as one RLE block of a single segment.
        good = bytes.fromhex("28b52ffd 20 64 230300 61")
        zstd.check_profile(good, 100)
        for bad in (
            "28b52ffd 24 64 230300 61 00000000",
            "28b52ffd 21 00 64 230300 61",
            "28b52ffd 30 64 230300 61",
            "28b52ffd 28 64 230300 61",
            "28b52ffd 00 00 230300 61",
            "28b52ffd 20 63 230300 61",
            "28b52ffd 20 64 2b0300 61",
            "28b52ffd 20 64 270300 61",
            "28b52ffd 20 64 220300 61",
            "28b52ffd 20 64 230300",
            "28b52ffd 20 64 230300 61 00",
            "28b52ffd 80 70 64000000 230300 61",
        ):
            self.assertRaises(zstd.ProfileError, zstd.check_profile, bytes.fromhex(bad), 100)

    @unittest.skipUnless(zstd.AVAILABLE, "needs the module zstandard")
    def test_zstd(self) -> None:
        # SPEC [COD-3, COD-5, COD-6, DIC-3]
        stored = bytes.fromhex("28b52ffd 20 64 230300 61")
        good = data_frame(stored, codec=ZSTD, raw=b"a" * 100)
        self.assertEqual(Decoder().decode(good).records, [b"a" * 100])
        other = data_frame(stored, codec=ZSTD, raw=b"b" * 100)
        self.assertEqual(refusal(Decoder().decode, other), ("RawCrc", 32))
        for useless in (b"1234567", b"\x37\xa4\x30\xec" + bytes(100)):
            frame = data_frame(stored, codec=ZSTD, raw=b"a" * 100, dictionary=useless)
            decoder = Decoder(dictionaries=Dictionaries([useless]))
            self.assertEqual(refusal(decoder.decode, frame), ("Decompress", 40))


class Schemas(unittest.TestCase):
    def test_judgement_table(self) -> None:
        # SPEC [JDG-1]: restated row by row, without the code under test.
        for r, w, m, oldest, state, forward in judgement_table.combinations():
            if (r + w + m + oldest) % 5:
                continue
            registry = judgement_table.registry_for(r, w, m, oldest, state, forward)
            expected = (
                "SchemaFork" if state == "forked"
                else "Exact" if w == r
                else "SchemaTooOld" if w < oldest
                else ("Backward" if state == "known" else "SchemaVersionUnknown") if w < r
                else "SchemaTooNew" if m > r
                else "Forward" if forward else "SchemaForward"
            )  # fmt: skip
            self.assertEqual(judgement_table.outcome_of(registry, w, m), expected)

    def test_registries_that_must_not_be_built(self) -> None:
        # SPEC [JDG-3]
        known = Known(1, b"1234")
        for reader, oldest, versions in (
            (2, 1, [(1, known)]),
            (1, 0, [(1, known)]),
            (1, 2, [(1, known)]),
            (1, 1, [(1, known), (1, known)]),
            (1, 1, [(1, Known(2, b"1234"))]),
        ):
            self.assertRaises(ValueError, Lineage, reader, oldest, versions)


class Descriptors(unittest.TestCase):
    def test_numbers(self) -> None:
        # SPEC [KEY-3]
        for text, expected in (
            ("-0.0", "0"), ("1E2", "100"), ("1e21", "1e+21"), ("123e18", "123000000000000000000"),
            ("1e-6", "0.000001"), ("1e-7", "1e-7"), ("12.50", "12.5"), ("-1.5e300", "-1.5e+300"),
            ("5e-324", "5e-324"), ("0e" + "9" * 5000, "0"), ("1e" + "0" * 5000 + "1", "10"),
        ):  # fmt: skip
            self.assertEqual(canonical_number(text), expected)
        # SPEC [KEY-4]
        for text in ("9007199254740993", "1e309", "1e-400", "0.10000000000000001", "1" * 400):
            self.assertRaises(SchemaRefused, canonical_number, text)

    def test_what_is_removed(self) -> None:
        # SPEC [KEY-3]
        for text, expected in (
            ('{"title":"x","type":"object"}', '{"type":"object"}'),
            ('{"properties":{"title":{"title":1}}}', '{"properties":{"title":{}}}'),
            ('{"default":{"title":1},"x":{"title":1}}', '{"default":{"title":1},"x":{"title":1}}'),
            ('{"items":[{"title":1},true]}', '{"items":[{},true]}'),
            ('{"dependencies":{"a":["title"],"b":{"title":1}}}', '{"dependencies":{"a":["title"],"b":{}}}'),
            ('{"\\ud83d\\ude00":"\\u001f\\/\u00e9","\\ufb33":1}',
             '{"\U0001f600":"\\u001f/\u00e9","\ufb33":1}'),
            ("true", "true"),
        ):  # fmt: skip
            self.assertEqual(canonical_descriptor(text.encode()), expected)

    def test_what_is_refused(self) -> None:
        # SPEC [KEY-4]
        deepest = '{"x":' + "[" * 63 + "]" * 63 + "}"
        self.assertEqual(canonical_descriptor(deepest.encode()), deepest)
        for text in (
            "[]", "1", '"x"', "null", "", "{", '{"a":1,"\\u0061":2}', '{"a":"\\ud800"}',
            '{"\\udc00":1}', '{"x":NaN}', '{"$ref":"other.json"}', '{"$dynamicRef":1}',
            '{"items":{"$ref":"x"}}', '{"examples":[1e999]}', deepest.replace("[]", "[[]]"),
        ):  # fmt: skip
            self.assertRaises(SchemaRefused, canonical_descriptor, text.encode())
        self.assertTrue(canonical_descriptor(b'{"const":{"$ref":"x"}}'))
        self.assertEqual(json.loads(canonical_descriptor(b'{"const":1.5}')), {"const": 1.5})


if __name__ == "__main__":
    unittest.main()
