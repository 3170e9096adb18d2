"""The vectors, for tests of programs that are asked otherwise than by `cargo xtask conformance`."""

from __future__ import annotations

import json
import sys
from functools import cache
from pathlib import Path
from typing import Any

_SPEC = Path(__file__).parent.parent
sys.path.append(str(_SPEC / "reference"))

from strictframe_reader import answers  # noqa: E402

Json = dict[str, Any]


@cache
def vectors(operation: str) -> list[Json]:
    """Every vector of an operation, in the order of their paths."""
    found = [json.loads(path.read_bytes()) for path in sorted(_SPEC.joinpath("vectors").rglob("*.json"))]
    return [vector for vector in found if vector["operation"] == operation]


def named(name: str) -> Json:
    """The vector of that name."""
    return json.loads(_SPEC.joinpath("vectors", f"{name}.json").read_bytes())


def input_of(vector: Json) -> bytes:
    """Its input."""
    return answers.join(vector["input"])
