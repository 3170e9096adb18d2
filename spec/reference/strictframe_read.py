#!/usr/bin/env python3
"""Reads strictframe inputs on the command line: bytes in, one JSON answer out.

Exit status: 0 accepted, 1 refused, 2 wrong use.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from strictframe_reader import answers, zstd
from strictframe_reader.errors import Refused
from strictframe_reader.frame import TINY, Limits
from strictframe_reader.judgement_table import summary
from strictframe_reader.payload import ALL_CODECS, CODEC_NUMBERS, Decoder, Dictionaries
from strictframe_reader.recovery import decode_delivered, recover
from strictframe_reader.schema import Registry
from strictframe_reader.stream import StreamReader

ACCEPTED, REFUSED, WRONG_USE = 0, 1, 2
LIMIT_NAMES = ("body", "raw", "schemas", "dictionaries")


def limits_argument(text: str) -> Limits:
    """`tiny`, or `name=number` joined by commas over the defaults."""
    if text == "tiny":
        return TINY
    given = {}
    for part in text.split(","):
        name, _, number = part.partition("=")
        if name not in LIMIT_NAMES or not (number.isascii() and number.isdigit()):
            raise argparse.ArgumentTypeError(f"not a limit: {part}")
        given[name] = int(number)
    return Limits(**given)


def stream_id_argument(text: str) -> bytes:
    """16 bytes in hexadecimal."""
    try:
        stream_id = bytes.fromhex(text)
    except ValueError:
        stream_id = b""
    if len(stream_id) != 16:
        raise argparse.ArgumentTypeError("a stream id has 16 bytes")
    return stream_id


def arguments() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="strictframe_read.py", description=__doc__)
    operations = parser.add_subparsers(dest="operation", required=True)
    operations.add_parser("judgement-table", help="hash of the judgement table")
    for name, text in (
        ("relay", "verify one frame and show it"),
        ("decode", "decode one frame to its records"),
        ("deframe", "list the frames of a connection"),
        ("stream", "read a whole stream strictly"),
        ("recover", "bring the intact frames out of a damaged stream"),
    ):
        operation = operations.add_parser(name, help=text)
        operation.add_argument("file", nargs="?", default="-", help="the input; - is stdin")
        operation.add_argument(
            "--limits", type=limits_argument, default=Limits(), help="tiny, or body=N,raw=N,..."
        )
        if name == "decode":
            operation.add_argument("--dictionary", action="append", default=[], type=Path)
        if name in ("decode", "stream"):
            operation.add_argument("--registry", type=Path, help="as `registry` in the vectors")
        if name in ("stream", "recover"):
            operation.add_argument(
                "--undeclared",
                action="store_true",
                help="frames need no SCHEMA before them: not the self-contained profile",
            )
        if name == "recover":
            operation.add_argument("--stream-id", type=stream_id_argument)
    return parser


def available_codecs() -> frozenset[int]:
    """The codecs at hand; without the module `zstandard` that says so."""
    if zstd.AVAILABLE:
        return ALL_CODECS
    print("zstandard is not installed: codec 2 is unavailable", file=sys.stderr)
    # SPEC [COD-1]: what cannot be decoded is refused as unavailable.
    return ALL_CODECS - {CODEC_NUMBERS["zstd"]}


def read_registry(path: Path | None) -> Registry | None:
    return answers.registry_of(json.loads(path.read_bytes()) if path else None)


def run(options: argparse.Namespace, data: bytes) -> answers.Json:
    """The answer to one input."""
    limits = options.limits
    if options.operation == "relay":
        return answers.relay_answer(data, limits)
    if options.operation == "deframe":
        return answers.deframe_answer(data, limits)
    codecs = available_codecs()
    if options.operation == "decode":
        held = Dictionaries(path.read_bytes() for path in options.dictionary)
        registry = read_registry(options.registry)
        return answers.decode_answer(data, Decoder(limits, held, codecs, registry))
    if options.operation == "stream":
        registry = read_registry(options.registry)
        reader = StreamReader(limits, codecs, registry, not options.undeclared)
        answer = answers.stream_answer(data, reader)
        # SPEC [STR-10]: what came before a refusal is worth no more than this.
        return {**answer, "provisional": reader.provisional}
    report = recover(data, limits, options.stream_id)
    answer = answers.recovery_answer(report)
    # SPEC [REC-7, REC-8]: beside what the vectors compare.
    answer["recovery"]["refused"] = [
        {"at": str(at), **result.as_json()}
        for at, result in decode_delivered(
            report, limits, codecs, self_contained=not options.undeclared
        )
        if isinstance(result, Refused)
    ]
    answer["recovery"]["budget_spent"] = report.budget_spent
    return answer


def main() -> int:
    parser = arguments()
    options = parser.parse_args()
    if options.operation == "judgement-table":
        print(json.dumps(summary(), indent=2))
        return ACCEPTED
    try:
        standard = options.file == "-"
        data = sys.stdin.buffer.read() if standard else Path(options.file).read_bytes()
        answer = run(options, data)
    except Refused as refused:
        answer = {"error": refused.as_json()}
    except (OSError, ValueError, KeyError, TypeError) as error:
        # A file that cannot be read, or a dictionary or registry that is none.
        parser.error(str(error))
    print(json.dumps(answer, indent=2))
    return REFUSED if "error" in answer else ACCEPTED


if __name__ == "__main__":
    sys.exit(main())
