"""The dissector under tshark: every vector that goes through a wire, and damage.

    TSHARK=/path/to/tshark python3 -m unittest discover -s spec/wireshark
"""

from __future__ import annotations

import hashlib
import sys
import tempfile
import unittest
from functools import cache
from pathlib import Path
from typing import Any

from capture import DATAGRAM_MAX, Capture
from tshark import SCRIPT, Frame, packets

sys.path.append(str(SCRIPT.parent.parent / "conformance"))

from mutants import mutants, reference  # noqa: E402
from vectors import Json, input_of, named, vectors  # noqa: E402

# Source ports tell the packets apart, so that each run has as many vectors as there are of these.
PORTS = range(10_000, 60_000)
# What a dissector says without decompressing, holding schemas or following a stream.
RELAY = (
    "BadMagic UnsupportedVersion Truncated HeaderCrc BadKind BadCodec ReservedFlag KeyRule LimitExceeded "
    "TrailingData FrameCrc BodyStructure NonCanonicalCompression ExtensionError"
).split()
DATA_KINDS = ("1", "2")


@cache
def seen(operation: str, carrier: str) -> dict[str, list[Frame]]:
    """What tshark makes of each input of an operation, by the name of its vector."""
    frames: dict[str, list[Frame]] = {}
    by_limits: dict[tuple[str, ...], list[Json]] = {}
    for vector in vectors(operation):
        # Of an empty datagram there is no packet for a dissector.
        if carrier == "datagram" and not 0 < len(input_of(vector)) <= DATAGRAM_MAX:
            continue
        limits = vector.get("limits", {})
        options = [f"-ostrictframe.{name}:{limits[name]}" for name in ("body", "raw") if name in limits]
        by_limits.setdefault(tuple(options), []).append(vector)
    for options, chosen in by_limits.items():
        names = {}
        capture = Capture()
        for port, vector in zip(PORTS, chosen):
            getattr(capture, carrier)(port, input_of(vector))
            names[port] = vector["name"]
        frames.update({vector["name"]: [] for vector in chosen})
        for packet in dissected(capture, *options):
            frames[names[packet.port]] += packet.frames
    return frames


def setUpModule() -> None:
    """Every run of tshark over vectors, so that one which fails does so once."""
    for operation, carrier in RUNS:
        seen(operation, carrier)


RUNS = (
    ("relay", "datagram"),
    ("relay", "connection"),
    ("decode", "datagram"),
    ("deframe", "connection"),
    ("stream", "connection"),
)


def dissected(capture: Capture, *options: str) -> list[Any]:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "capture.pcap")
        capture.write(path)
        return list(packets(path, *options))


def digest(data: bytes) -> Json:
    return {"len": str(len(data)), "sha256": hashlib.sha256(data).hexdigest()}


def number(frame: Frame, name: str) -> str | None:
    """A number as it stands in a vector."""
    shown = frame.one(name)
    return None if shown is None else str(int(shown, 0))


def hexadecimal(frame: Frame, name: str) -> str:
    return frame.bytes(name)[0].hex()


def control(frame: Frame, kind: str) -> Json | None:
    """The body of a control frame as far as it is read rather than derived from."""
    if kind in ("3", "6"):
        names = ("own_offset", "previous", "count", "chain_crc")
        found = {name: number(frame, f"strictframe.{name}") for name in names}
        return {"stream_id": hexadecimal(frame, "strictframe.stream_id")} | found
    if kind == "4":
        found = {name: number(frame, f"strictframe.schema.{name}") for name in ("enc_id", "version", "min_reader")}
        found["name"] = frame.bytes("strictframe.schema.name")[0].decode()
        found["descriptor"] = b"".join(frame.bytes("strictframe.schema.descriptor")).hex()
        return found
    if kind == "5":
        return {"dict_id": hashlib.sha256(frame.bytes("strictframe.dictionary")[0]).hexdigest()[:8]}
    return None


def fields(frame: Frame) -> Json:
    """The fields of a frame in the form of a vector."""
    kind = number(frame, "strictframe.kind") or ""
    found: Json = {name: number(frame, f"strictframe.{name}") for name in NUMBERS}
    found |= {name: hexadecimal(frame, f"strictframe.{name}") for name in ("lineage", "fork_check")}
    dict_id = frame.bytes("strictframe.dict_id")
    found["dict_id"] = dict_id[0].hex() if dict_id else None
    found["extensions"] = [
        {"type": str(int.from_bytes(whole[:2], "little")), "value": whole[4:].hex()}
        for whole in frame.bytes("strictframe.ext")
    ]
    if kind in DATA_KINDS:
        found["stored"] = digest(b"".join(frame.bytes("strictframe.stored")))
    found["control"] = control(frame, kind)
    return found


def expected(frame: Json) -> Json:
    """What of a vector's frame is shown: nothing that follows from hashing a descriptor or a control body."""
    known = dict(frame)
    if frame["kind"] not in DATA_KINDS:
        del known["stored"]
    if frame["kind"] == "4":
        derived = ("lineage", "fork_check")
        known["control"] = {name: value for name, value in frame["control"].items() if name not in derived}
    return known


NUMBERS = ("kind", "codec", "version", "min_reader", "body_len", "raw_len", "raw_crc")


class Vectors(unittest.TestCase):
    maxDiff = None

    def test_a_valid_frame_is_shown_field_by_field_with_both_checksums_good(self) -> None:
        shown = 0
        for vector in vectors("relay"):
            frames = seen("relay", "datagram").get(vector["name"])
            if frames is None or "frame" not in vector["expect"]:
                continue
            with self.subTest(vector["name"]):
                [frame] = frames
                self.assertEqual(frame.errors("relay"), [])
                self.assert_good(frame)
                self.assertEqual(fields(frame), expected(vector["expect"]["frame"]))
            shown += 1
        self.assertGreater(shown, 300)

    def test_a_frame_on_a_connection_is_shown_as_it_is_in_a_datagram(self) -> None:
        # These also have the frames that are too long for a datagram.
        shown = 0
        for vector in vectors("relay"):
            if "frame" not in vector["expect"]:
                continue
            with self.subTest(vector["name"]):
                [frame] = seen("relay", "connection")[vector["name"]]
                self.assertEqual(frame.errors("relay"), [])
                self.assert_good(frame)
                self.assertEqual(fields(frame), expected(vector["expect"]["frame"]))
            shown += 1
        self.assertGreater(shown, 300)

    def test_what_a_relay_refuses_has_its_code_name_offset_and_diagnosis(self) -> None:
        refused = 0
        for operation in ("relay", "decode"):
            for vector in vectors(operation):
                error = vector["expect"].get("error", {})
                frames = seen(operation, "datagram").get(vector["name"])
                # LimitExceeded is also said of a payload in a body that a relay takes.
                if error.get("name") not in RELAY or frames is None:
                    continue
                with self.subTest(vector["name"]):
                    [frame] = frames
                    wanted = (error["code"], error["name"], error["offset"], error.get("looks_like"))
                    self.assertEqual(frame.errors("relay"), [wanted])
                    crc = error["name"] in ("HeaderCrc", "FrameCrc")
                    self.assertIn("strictframe.bad_crc" if crc else "strictframe.refused", frame.experts())
                refused += 1
        self.assertGreater(refused, 170)

    def test_a_decoder_s_frames_are_sound_and_its_records_are_there_where_nothing_is_compressed(self) -> None:
        records = 0
        for vector in vectors("decode"):
            frames = seen("decode", "datagram").get(vector["name"])
            if frames is None or "decoded" not in vector["expect"]:
                continue
            with self.subTest(vector["name"]):
                [frame] = frames
                self.assertEqual(frame.errors("relay") + frame.errors("decoder"), [])
                self.assert_good(frame)
                if number(frame, "strictframe.codec") == "0":
                    self.assertEqual(self.records(frame), vector["expect"]["decoded"]["records"][:1000])
                    records += 1
        self.assertGreater(records, 20)

    def test_what_only_a_decoder_refuses_is_said_where_it_can_be_seen_and_nothing_is_said_otherwise(self) -> None:
        told = 0
        for vector in vectors("decode"):
            error = vector["expect"].get("error", {"name": RELAY[0]})
            if error["name"] in RELAY or vector["name"] not in seen("decode", "datagram"):
                continue
            [frame] = seen("decode", "datagram")[vector["name"]]
            with self.subTest(vector["name"]):
                self.assertEqual(frame.errors("relay"), [])
                self.assert_good(frame)
                is_plain = number(frame, "strictframe.codec") == "0"
                if error["name"] == "UnknownCritical" or error["name"] == "BatchStructure" and is_plain:
                    wanted = (error["code"], error["name"], error["offset"], None)
                    self.assertEqual(frame.errors("decoder")[:1], [wanted])
                    told += 1
        self.assertGreater(told, 8)

    def test_frames_of_a_connection_or_stream_are_cut_out_wherever_its_segments_end(self) -> None:
        for operation, part in (("deframe", None), ("stream", "stream")):
            for vector in vectors(operation):
                answer = vector["expect"] if part is None else vector["expect"].get(part, {})
                if "frames" not in answer or "error" in vector["expect"]:
                    continue
                with self.subTest(vector["name"]):
                    frames = seen(operation, "connection")[vector["name"]]
                    self.assertEqual([error for frame in frames for error in frame.errors("relay")], [])
                    kinds = [number(frame, "strictframe.kind") for frame in frames]
                    self.assertEqual(kinds, [frame["kind"] for frame in answer["frames"]])

    def records(self, frame: Frame) -> list[Json]:
        stored = b"".join(frame.bytes("strictframe.stored"))
        if number(frame, "strictframe.kind") == "1":
            return [digest(stored)]
        sizes = [int(size) for size in frame.shown("strictframe.batch.size")]
        items = iter(frame.bytes("strictframe.batch.item"))
        return [digest(next(items) if size else b"") for size in sizes]

    def assert_good(self, frame: Frame) -> None:
        for name in ("header_crc", "frame_crc"):
            self.assertEqual(frame.one(f"strictframe.{name}.status"), "1", name)


class Damage(unittest.TestCase):
    def frame(self) -> bytes:
        return input_of(named("valid/message/zstd-dictionary-extensions"))

    def test_every_single_flipped_bit_is_refused(self) -> None:
        whole = self.frame()
        capture = Capture()
        ports = list(zip(PORTS, range(len(whole) * 8)))
        for port, bit in ports:
            damaged = bytearray(whole)
            damaged[bit // 8] ^= 1 << bit % 8
            capture.datagram(port, bytes(damaged))
        found = dissected(capture)
        self.assertEqual([packet.port for packet in found], [port for port, _ in ports])
        for packet in found:
            [frame] = packet.frames
            self.assertEqual(len(frame.errors("relay")), 1, f"bit {packet.port - PORTS[0]}")

    def test_changed_frames_with_mended_checksums_are_judged_as_the_reader_in_python_judges_them(self) -> None:
        changed = mutants(seed=1, count=1500)
        capture = Capture()
        for port, frame in zip(PORTS, changed):
            capture.datagram(port, frame)
        refused = 0
        for frame, packet in zip(changed, dissected(capture), strict=True):
            answer = reference("relay", frame)
            [shown] = packet.frames
            with self.subTest(frame.hex()):
                if error := answer.get("error"):
                    wanted = (error["code"], error["name"], error["offset"], error.get("looks_like"))
                    self.assertEqual(shown.errors("relay"), [wanted])
                    refused += 1
                else:
                    self.assertEqual(shown.errors("relay"), [])
                    self.assertEqual(fields(shown), expected(answer["frame"]))
        self.assertTrue(300 < refused < 1200, refused)

    def test_every_beginning_of_a_frame_is_truncated_at_its_end(self) -> None:
        whole = self.frame()
        capture = Capture()
        # Of an empty datagram there is no packet for a dissector.
        for have in range(1, len(whole)):
            capture.datagram(PORTS[have], whole[:have])
        found = dissected(capture)
        self.assertEqual(len(found), len(whole) - 1)
        for have, packet in enumerate(found, 1):
            [frame] = packet.frames
            self.assertEqual(frame.errors("relay"), [("0103", "Truncated", str(have), None)])

    def test_what_a_capture_left_out_is_no_fault_of_the_frame(self) -> None:
        whole = self.frame()
        capture = Capture()
        for captured in range(1, len(whole)):
            capture.datagram(PORTS[captured], whole, snap=captured)
        found = dissected(capture)
        self.assertEqual(len(found), len(whole) - 1)
        for packet in found:
            [frame] = packet.frames
            self.assertEqual((frame.errors("relay"), frame.experts()), ([], ["strictframe.cut"]))

    def test_what_follows_a_refused_frame_on_a_connection_is_not_taken_for_frames(self) -> None:
        whole = self.frame()
        damaged = whole[:-1] + bytes([whole[-1] ^ 1])
        capture = Capture()
        capture.connection(PORTS[0], whole + damaged + whole)
        [packet] = dissected(capture)
        self.assertEqual([len(frame.errors("relay")) for frame in packet.frames], [0, 1])


if __name__ == "__main__":
    unittest.main()
