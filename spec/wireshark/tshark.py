"""What tshark shows of a capture with the dissector loaded."""

from __future__ import annotations

import os
import subprocess
import xml.etree.ElementTree as ElementTree
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from capture import PORT

SCRIPT = Path(__file__).with_name("strictframe.lua")
PROGRAM = os.environ.get("TSHARK", "tshark")
# As the Decode As dialog would set it.
DECODE_AS = (f"udp.port=={PORT},strictframe", f"tcp.port=={PORT},strictframe_pipe")


class Frame:
    """One frame in the tree of a packet."""

    def __init__(self, tree: ElementTree.Element) -> None:
        self._fields = list(tree.iter("field"))

    def shown(self, name: str) -> list[str]:
        """The values of a field as they are shown."""
        return [field.get("show", "") for field in self._named(name)]

    def bytes(self, name: str) -> list[bytes]:
        """The bytes of a field as they stand in the packet."""
        return [bytes.fromhex(field.get("value", "")) for field in self._named(name)]

    def one(self, name: str) -> str | None:
        """The value of a field that stands there at most once."""
        values = self.shown(name)
        if len(values) > 1:
            raise AssertionError(f"{name} stands {len(values)} times in a frame")
        return values[0] if values else None

    def errors(self, by: str) -> list[tuple[str | None, ...]]:
        """Code, name and offset of what a relay or a decoder refuses, and what it looks like."""
        return [
            (
                _child(error, "strictframe.error.code"),
                error.get("show"),
                _child(error, "strictframe.error.offset"),
                _child(error, "strictframe.error.looks_like"),
            )
            for error in self._named("strictframe.error.name")
            if _child(error, "strictframe.error.class") == by
        ]

    def experts(self) -> list[str]:
        """The names of what the expert information has on it."""
        known = ("strictframe.refused", "strictframe.bad_crc", "strictframe.cut")
        return [name for field in self._fields if (name := field.get("name", "")) in known]

    def _named(self, name: str) -> list[ElementTree.Element]:
        return [field for field in self._fields if field.get("name") == name]


@dataclass
class Packet:
    """The frames of a packet, its source port and its line in the list of packets."""

    port: int
    frames: list[Frame]


def packets(capture: Path, *arguments: str, decode_as: tuple[str, ...] = DECODE_AS) -> Iterator[Packet]:
    """Every packet of a capture in which there is a frame."""
    command = [PROGRAM, "-n", "-r", str(capture), "-X", f"lua_script:{SCRIPT}", "-T", "pdml", *arguments]
    for rule in decode_as:
        command += ["-d", rule]
    run = subprocess.run(command, capture_output=True, check=False)
    complaints = run.stderr.decode()
    if run.returncode != 0 or "Lua" in complaints:
        raise AssertionError(f"tshark ended with {run.returncode}: {complaints[-2000:]}")
    if b"Lua Error" in run.stdout or b"Dissector bug" in run.stdout:
        at = run.stdout.find(b"Lua Error")
        raise AssertionError(f"the dissector failed: {run.stdout[at - 200 : at + 500].decode(errors='replace')}")
    for packet in ElementTree.fromstring(run.stdout).iter("packet"):
        trees = [proto for proto in packet.iter("proto") if proto.get("name") == "strictframe"]
        if trees:
            port = packet.find(".//field[@name='udp.srcport']")
            port = packet.find(".//field[@name='tcp.srcport']") if port is None else port
            assert port is not None
            yield Packet(int(port.get("show", "")), [Frame(tree) for tree in trees])


def _child(tree: ElementTree.Element, name: str) -> str | None:
    found = tree.find(f"field[@name='{name}']")
    return None if found is None else found.get("show")
