#!/usr/bin/env python3
"""Judges every vector under a directory and compares the whole answer.

Exit status: 0 all agree, 1 some do not, 2 wrong use.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator
from pathlib import Path

from strictframe_reader import answers, zstd
from strictframe_reader.errors import ZstandardMissing

# A stream or connection is also brought in pieces of this many bytes: an odd number,
# so that the cuts fall on every field of a frame sooner or later.
PIECE = 13
CUT_OPERATIONS = ("stream", "deframe")


def in_pieces(data: bytes) -> Iterator[bytes]:
    """The input in small pieces."""
    for at in range(0, len(data), PIECE):
        yield data[at : at + PIECE]


def judge(vector: answers.Json) -> answers.Json:
    """The answer to a vector, the same for every way to cut its input."""
    answer = answers.answer(vector)
    if vector["operation"] in CUT_OPERATIONS:
        # SPEC [STR-14, DEF-1]: cutting changes nothing.
        again = answers.answer(vector, in_pieces)
        if again != answer:
            return {"at once": answer, "in pieces": again}
    return answer


def misplaced(path: Path, root: Path, vector: answers.Json) -> str | None:
    """What is wrong with a vector itself."""
    name = path.relative_to(root).with_suffix("").as_posix()
    # DIR may be the directory of all vectors or a part of it.
    if not vector["name"].endswith(name):
        return f"bears the name {vector['name']}"
    refused = "error" in vector["expect"] or "refused" in vector["expect"]
    if refused != vector["name"].startswith("invalid/"):
        return "stands on the wrong side of valid and invalid"
    return None


def show(name: str, expected: object, found: object) -> None:
    print(f"FAILED {name}")
    print(f"  expected {json.dumps(expected, sort_keys=True)}")
    print(f"  found    {json.dumps(found, sort_keys=True)}")


def run(root: Path) -> int:
    """Runs all vectors, prints what disagrees, and gives the exit status."""
    passed = failed = skipped = 0
    for path in sorted(root.rglob("*.json")):
        name = path.relative_to(root).as_posix()
        try:
            vector = json.loads(path.read_bytes())
            fault = misplaced(path, root, vector)
            answer = judge(vector)
            expected = vector["expect"]
        except ZstandardMissing:
            skipped += 1
            continue
        # Whatever else goes wrong with one vector, the others still have their turn.
        except Exception as error:
            failed += 1
            show(name, "an answer", f"{type(error).__name__}: {error}")
            continue
        if fault is None and answer == expected:
            passed += 1
            continue
        failed += 1
        show(name, expected, answer if fault is None else fault)
    if skipped:
        print(f"zstandard is not installed: {skipped} vectors that need it were skipped")
    print(f"{passed} passed, {failed} failed, {skipped} skipped")
    if passed + failed + skipped == 0:
        print(f"no vector under {root}", file=sys.stderr)
        return 2
    return 1 if failed else 0


def conformance() -> int:
    """A vector on each line of stdin, its answer on a line of stdout; `expect` is not looked at."""
    for line in sys.stdin:
        try:
            answer = judge(json.loads(line))
        except ZstandardMissing:
            answer = {"skipped": "zstandard is not installed"}
        except (ValueError, KeyError, TypeError) as error:
            print(f"not a vector: {type(error).__name__}: {error}", file=sys.stderr)
            return 2
        print(json.dumps(answer), flush=True)
    return 0


def main() -> int:
    parser = argparse.ArgumentParser(prog="run_vectors.py", description=__doc__)
    parser.add_argument("directory", nargs="?", type=Path, metavar="DIR")
    parser.add_argument("--require-zstd", action="store_true", help="skip nothing")
    parser.add_argument(
        "--conformance", action="store_true", help="answer the vectors on standard input, one a line"
    )
    options = parser.parse_args()
    if options.require_zstd and not zstd.AVAILABLE:
        parser.error("zstandard is not installed")
    if options.conformance:
        return conformance()
    if options.directory is None or not options.directory.is_dir():
        parser.error("DIR is not a directory")
    return run(options.directory)


if __name__ == "__main__":
    sys.exit(main())
