"""The description on changed frames: what it answers is what the reader in Python answers.

    KAITAI=target/kaitai/python python3 -m unittest discover -s spec/kaitai
"""

from __future__ import annotations

import importlib
import os
import sys
import unittest
from collections import Counter
from pathlib import Path

import conformance

sys.path.append(str(Path(__file__).parent.parent / "conformance"))
sys.path.append(os.environ["KAITAI"])

from mutants import mutants, reference  # noqa: E402


class Description(unittest.TestCase):
    def test_changed_frames_with_mended_checksums_are_answered_as_by_the_reader_in_python(self) -> None:
        described = importlib.import_module("strictframe").Strictframe
        told: Counter[str] = Counter()
        for frame in mutants(seed=2, count=3000):
            for operation in ("relay", "decode"):
                try:
                    answer = conformance.answer(described, {"operation": operation, "input": [frame.hex()]})
                except conformance.Refused as refused:
                    answer = {"error": refused.as_json()}
                except conformance.Skipped:
                    self.assertEqual(operation, "decode")
                    continue
                with self.subTest(frame.hex(), operation=operation):
                    self.assertEqual(answer, reference(operation, frame))
                told[answer.get("error", {"name": operation})["name"]] += 1
        # Whatever a description can refuse a frame with was met.
        self.assertEqual(set(told), {*REFUSALS, "relay", "decode"})


REFUSALS = (
    "BadMagic UnsupportedVersion Truncated HeaderCrc BadKind BadCodec ReservedFlag KeyRule LimitExceeded TrailingData "
    "FrameCrc BodyStructure NonCanonicalCompression ExtensionError UnknownCritical UnexpectedKind BatchStructure"
).split()


if __name__ == "__main__":
    unittest.main()
