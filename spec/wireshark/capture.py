"""Captures that are written rather than taken: bytes in UDP datagrams and TCP connections, as pcap."""

from __future__ import annotations

import struct
from pathlib import Path

# A datagram of IPv4 holds no more.
DATAGRAM_MAX = 65507
PORT = 4660
_RAW_IP = 101
_SEGMENT = 1400
_SYN, _ACK, _FIN, _PUSH = 2, 16, 1, 8


class Capture:
    """Packets on their way into a file; each datagram or connection has the source port it is told by."""

    def __init__(self) -> None:
        self._packets: list[tuple[bytes, int]] = []

    def datagram(self, source: int, payload: bytes, snap: int | None = None) -> None:
        """One datagram, of whose payload `snap` bytes were captured."""
        udp = struct.pack(">HHHH", source, PORT, 8 + len(payload), 0) + payload
        packet = _ip(17, udp)
        self._packets.append((packet, len(packet) - len(payload) + (len(payload) if snap is None else snap)))

    def connection(self, source: int, payload: bytes, segment: int = _SEGMENT) -> None:
        """A connection that is opened, sends the payload in segments, and is closed."""
        self._segment(source, 0, _SYN, b"")
        for at in range(0, len(payload), segment):
            self._segment(source, 1 + at, _ACK | _PUSH, payload[at : at + segment])
        self._segment(source, 1 + len(payload), _ACK | _FIN, b"")

    def write(self, path: Path) -> None:
        parts = [struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 262144, _RAW_IP)]
        for number, (packet, snap) in enumerate(self._packets):
            parts.append(struct.pack("<IIII", number, 0, snap, len(packet)) + packet[:snap])
        path.write_bytes(b"".join(parts))

    def _segment(self, source: int, sequence: int, flags: int, payload: bytes) -> None:
        head = struct.pack(">HHIIBBHHH", source, PORT, sequence, 1 if flags & _ACK else 0, 5 << 4, flags, 65535, 0, 0)
        packet = _ip(6, head + payload)
        self._packets.append((packet, len(packet)))


def _ip(protocol: int, payload: bytes) -> bytes:
    loopback = bytes([127, 0, 0, 1])
    return struct.pack(">BBHHHBBH4s4s", 0x45, 0, 20 + len(payload), 0, 0, 64, protocol, 0, loopback, loopback) + payload
