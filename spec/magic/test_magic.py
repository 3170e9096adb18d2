"""The description of `file` on vectors, on packed files and on what is no frame.

    STRICTFRAME=target/debug/strictframe python3 -m unittest discover -s spec/magic
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import sysconfig
import tempfile
import unittest
from collections.abc import Iterable
from pathlib import Path

MAGIC = Path(__file__).with_name("strictframe")
SPEC = MAGIC.parent.parent
ROOT = SPEC.parent
sys.path.append(str(SPEC / "conformance"))

from vectors import Json, input_of, vectors  # noqa: E402

PROGRAM = os.environ.get("STRICTFRAME")
KINDS = {"1": "message", "2": "batch", "3": "sync", "4": "schema", "5": "dictionary", "6": "end"}
CODECS = {"0": "no codec", "1": "lz4", "2": "zstd"}
ENCODINGS = {"1": "protobuf", "2": "json", "3": "opaque"}
# What is seen in the fields that the magic looks at; the checksums are not among them.
SEEN = ("BadMagic", "UnsupportedVersion", "BadKind", "BadCodec", "ReservedFlag")


def described(paths: Iterable[Path], *options: str, magic: str = str(MAGIC)) -> list[str]:
    """What `file` says of each file, in their order."""
    names = "".join(f"{path}\n" for path in paths)
    command = ["file", "--brief", "--no-pad", "-m", magic, *options, "-f", "-"]
    run = subprocess.run(command, input=names.encode(), capture_output=True, check=True)
    if run.stderr:
        raise AssertionError(run.stderr.decode())
    return run.stdout.decode(errors="replace").splitlines()


def expected(frame: Json) -> str:
    """What a single frame is called, out of the answer of its vector."""
    kind, control = frame["kind"], frame["control"]
    if kind in "12":
        codec = CODECS[frame["codec"]] + (" with a dictionary" if frame["dict_id"] else "")
        words = f"{codec}, lineage {frame['lineage']} version {frame['version']}, body of {frame['body_len']} bytes"
    elif kind == "4":
        words = f"{ENCODINGS[control['enc_id']]} {control['name']} version {control['version']}"
    elif kind == "5":
        words = f"{frame['body_len']} bytes"
    elif kind == "3" and control["own_offset"] == "0":
        return f"strictframe stream, version 1, id {control['stream_id']}"
    else:
        words = f"at byte {control['own_offset']} of its stream"
        if kind == "6":
            words += f", {control['count']} data frames"
    return f"strictframe {KINDS[kind]}, version 1, {words}"


class Magic(unittest.TestCase):
    maxDiff = None

    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)

    def written(self, contents: Iterable[bytes]) -> list[Path]:
        paths = []
        for number, content in enumerate(contents):
            paths.append(self.folder / f"{number}")
            paths[-1].write_bytes(content)
        return paths

    def test_a_frame_is_called_by_its_kind_version_codec_and_name(self) -> None:
        chosen = [vector for vector in vectors("relay") if "frame" in vector["expect"]]
        # `file` shows the bytes of a name, and what is not ASCII in its own way.
        chosen = [vector for vector in chosen if (vector["expect"]["frame"]["control"] or {}).get("name", "").isascii()]
        found = described(self.written(input_of(vector) for vector in chosen))
        self.assertGreater(len(found), 300)
        for vector, words in zip(chosen, found, strict=True):
            with self.subTest(vector["name"]):
                # A long name is cut by `file`.
                self.assertEqual(words[:90], expected(vector["expect"]["frame"])[:90])

    def test_a_stream_is_called_by_its_id_and_told_by_its_first_frames(self) -> None:
        chosen = [vector for vector in vectors("stream") if "stream" in vector["expect"]]
        paths = self.written(input_of(vector) for vector in chosen)
        self.assertEqual(set(described(paths, "--mime-type")), {"application/vnd.strictframe-stream"})
        for vector, words in zip(chosen, described(paths), strict=True):
            with self.subTest(vector["name"]):
                stream = vector["expect"]["stream"]
                kinds = [frame["kind"] for frame in stream["frames"]]
                self.assertTrue(words.startswith(f"strictframe stream, version 1, id {stream['stream_id']}"), words)
                data = kinds[1:2] if kinds[1] != "4" else kinds[3:4] if kinds[2] == "5" else kinds[2:3]
                first = f", first a {KINDS[data[0]]}, " if data and data[0] in "12" else None
                self.assertEqual(", first a " in words, first is not None, words)
                self.assertIn(first or "", words)
                self.assertEqual(", with a dictionary" in words, kinds[1:3] == ["4", "5"], words)

    def test_what_is_wrong_in_the_fields_it_looks_at_is_no_frame(self) -> None:
        chosen = [vector for vector in vectors("relay") if vector["expect"].get("error", {}).get("name") in SEEN]
        found = described(self.written(input_of(vector) for vector in chosen))
        self.assertGreater(len(found), 40)
        for vector, words in zip(chosen, found, strict=True):
            self.assertNotIn("strictframe", words, vector["name"])

    def test_files_of_others_are_not_taken_for_frames(self) -> None:
        folders = [Path(sysconfig.get_path("stdlib")), ROOT / "spec", ROOT / "benches", Path(sys.executable).parent]
        paths = [path for folder in folders for path in folder.rglob("*") if path.is_file()]
        paths = [path for path in paths if "\n" not in str(path)][:8000]
        self.assertGreater(len(paths), 1000)
        hits = [path for path, words in zip(paths, described(paths), strict=True) if "strictframe" in words]
        self.assertEqual(hits, [])

    def test_two_bytes_of_magic_are_not_enough(self) -> None:
        # What follows the magic in these would do for some field, and not for all of them.
        contents = [b"\x9e\xc1" + rest for rest in (b"", b"\x11", b"\x11" + bytes(30), b"text", b"\xff" * 40)]
        whole = next(vector for vector in vectors("relay") if "frame" in vector["expect"])
        contents.append(b" " + input_of(whole))
        for words in described(self.written(contents)):
            self.assertNotIn("strictframe", words)

    def test_the_rules_that_come_with_file_do_not_take_frames_away(self) -> None:
        said = subprocess.run(["file", "--version"], capture_output=True, text=True, check=True).stdout
        theirs = said.partition("magic file from ")[2].strip()
        chosen = [vector for vector in vectors("relay") if "frame" in vector["expect"]]
        found = described(self.written(input_of(vector) for vector in chosen), magic=f"{MAGIC}:{theirs}")
        for vector, words in zip(chosen, found, strict=True):
            self.assertTrue(words.startswith("strictframe "), f"{vector['name']}: {words}")

    @unittest.skipUnless(PROGRAM, "STRICTFRAME does not say where the command is")
    def test_packed_files_are_streams_with_their_schema_and_codec(self) -> None:
        schema = self.folder / "event.json"
        schema.write_text('{"type": "object"}')
        records = "".join(json.dumps({"node": "plan", "step": step, "words": "again and " * 40}) + "\n" for step in range(500))
        for codec, words in (("none", "no codec"), ("lz4", "lz4"), ("zstd", "zstd")):
            packed = self.folder / f"{codec}.sframe"
            subprocess.run(
                [str(PROGRAM), "pack", "--schema", schema, "--name", "shop.Event", "--schema-version", "7",
                 "--codec", codec, "--output", packed],
                input=records.encode(), check=True, capture_output=True,
            )
            with self.subTest(codec):
                [said] = described([packed])
                self.assertRegex(
                    said,
                    r"^strictframe stream, version 1, id [0-9a-f]{32}, json shop\.Event version 7, "
                    rf"first a (message|batch), {words}$",
                )


if __name__ == "__main__":
    unittest.main()
