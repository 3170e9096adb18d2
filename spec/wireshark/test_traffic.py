"""The dissector on captures of real traffic (`captures/`, taken by record.py), and the ways into it."""

from __future__ import annotations

import struct
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

from capture import PORT, Capture
from tshark import PROGRAM, SCRIPT, Frame, Packet, packets

sys.path.append(str(SCRIPT.parent.parent / "conformance"))

from vectors import input_of, named  # noqa: E402

CAPTURES = SCRIPT.with_name("captures")


def taken(name: str, protocol: str) -> list[Packet]:
    """The packets of a capture, whose first packet goes to the server's port."""
    path = CAPTURES / name
    command = [PROGRAM, "-n", "-r", str(path), "-c", "1", "-T", "fields", "-e", "tcp.dstport"]
    port = subprocess.run(command, capture_output=True, check=True, text=True).stdout.strip()
    return list(packets(path, decode_as=(f"tcp.port=={port},{protocol}",)))


def written(capture: Capture, *decode_as: str) -> list[Packet]:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "capture.pcap")
        capture.write(path)
        return list(packets(path, decode_as=decode_as))


def kinds(frames: list[Frame]) -> list[str | None]:
    return [frame.one("strictframe.kind") for frame in frames]


class Traffic(unittest.TestCase):
    def test_frames_are_found_in_messages_of_kafka_too_new_for_its_dissector(self) -> None:
        found = taken("kafka.pcap", "kafka")
        # A schema and three records, a schema and a batch; and what the reader got of the data topic.
        sent = [packet.frames for packet in found if len(packet.frames) == 1]
        self.assertEqual([kinds(frames) for frames in sent], [["4"], ["1"], ["1"], ["1"], ["4"], ["2"]])
        [fetched] = [packet.frames for packet in found if len(packet.frames) > 1]
        self.assertEqual(kinds(fetched), ["1", "1", "1", "2"])
        for packet in found:
            for frame in packet.frames:
                self.assert_sound(frame)
                name = frame.one("strictframe.schema.name")
                self.assertIn(name, (None, "dashstream.v1.DashStreamMessage"))

    def test_record_values_are_taken_from_the_fields_of_the_kafka_dissector_also_out_of_gzip(self) -> None:
        found = taken("kafka-before.pcap", "kafka")
        # Sent as they are, sent in gzip, and both fetched. A value that is no frame is passed over.
        self.assertEqual([len(packet.frames) for packet in found], [5, 5, 10])
        for packet in found:
            for at, frame in enumerate(packet.frames):
                self.assertEqual(frame.one("strictframe.kind"), ("1", "2", "4", "1", "1")[at % 5])
                if at % 5 < 4:
                    self.assert_sound(frame)
                else:
                    self.assertEqual([error[1] for error in frame.errors("relay")], ["FrameCrc"])
                    self.assertEqual(frame.one("strictframe.frame_crc.status"), "0")

    def test_binary_messages_of_a_websocket_are_frames_and_texts_are_none(self) -> None:
        found = taken("websocket.pcap", "http")
        self.assertEqual([kinds(packet.frames) for packet in found], [["4"], ["2"]])
        for packet in found:
            self.assert_sound(packet.frames[0])

    def assert_sound(self, frame: Frame) -> None:
        self.assertEqual(frame.errors("relay") + frame.errors("decoder"), [])
        self.assertEqual(frame.one("strictframe.header_crc.status"), "1")
        self.assertEqual(frame.one("strictframe.frame_crc.status"), "1")


class WaysIn(unittest.TestCase):
    def test_bodies_of_http_are_found_by_their_media_types(self) -> None:
        for content, name, expected in (
            ("application/vnd.strictframe", "valid/message/none-300", ["1"]),
            ("application/vnd.strictframe-stream", "valid/stream/empty", ["3", "6"]),
            ("application/octet-stream", "valid/message/none-300", []),
        ):
            body = input_of(named(name))
            head = f"POST / HTTP/1.1\r\nHost: x\r\nContent-Type: {content}\r\nContent-Length: {len(body)}\r\n\r\n"
            capture = Capture()
            capture.connection(20_000, head.encode() + body)
            with self.subTest(content):
                frames = [frame for packet in written(capture, f"tcp.port=={PORT},http") for frame in packet.frames]
                self.assertEqual(kinds(frames), expected)

    def test_in_kafka_a_frame_behind_bytes_that_begin_like_one_is_found_up_to_a_bound(self) -> None:
        frame = input_of(named("valid/message/none-300"))
        for wrong, expected in ((0, ["1"]), (4095, ["1"]), (4096, [])):
            # A request of a version that the Kafka dissector cannot know.
            message = struct.pack(">hhihh", 0, 999, 1, -1, 0) + b"\x9e\xc1" * wrong + frame
            capture = Capture()
            capture.connection(20_000, struct.pack(">i", len(message)) + message)
            with self.subTest(wrong=wrong):
                frames = [frame for packet in written(capture, f"tcp.port=={PORT},kafka") for frame in packet.frames]
                self.assertEqual(kinds(frames), expected)

    def test_without_being_told_a_header_is_known_by_its_checksum_and_by_nothing_less(self) -> None:
        whole = input_of(named("valid/message/none-300"))
        damaged = whole[:27] + bytes([whole[27] ^ 1]) + whole[28:]
        capture = Capture()
        capture.datagram(20_000, whole)
        capture.datagram(20_001, damaged)
        capture.connection(20_002, whole + whole)
        capture.connection(20_003, damaged)
        capture.connection(20_004, b"GET / HTTP/1.1\r\n\r\n" + whole)
        found = [(packet.port, len(packet.frames)) for packet in written(capture)]
        self.assertEqual(found, [(20_000, 1), (20_002, 2)])


if __name__ == "__main__":
    unittest.main()
