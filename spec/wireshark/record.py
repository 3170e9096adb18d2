#!/usr/bin/env python3
"""Takes the captures in `captures/` anew: a real broker, a real WebSocket server, records made up here.

    cargo build -p strictframe-cli --features dashflow,serve && cargo xtask kafka up
    spec/wireshark/record.py --strictframe target/debug/strictframe --broker localhost:PORT

It needs the package `kafka-python` in version 2.0.2, whose requests are old enough for the Kafka dissector
of any Wireshark. PORT is that of the listener Plaintext. Whoever runs this must be allowed to capture on `lo`.
"""

from __future__ import annotations

import argparse
import base64
import json
import os
import secrets
import socket
import struct
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

CAPTURES = Path(__file__).with_name("captures")
VECTORS = Path(__file__).parent.parent / "vectors"
TOPIC = "wireshark"
SETTLE = 1.5


def messages(count: int) -> str:
    """Lines of telemetry, alike enough to be worth compressing."""
    words = "the same words in every one of them, so that there is something to compress"
    lines = ({"event": {"nodeId": "plan", "llmRequestId": f"request {index}: {words}"}} for index in range(count))
    return "".join(json.dumps(line) + "\n" for line in lines)


@contextmanager
def captured(name: str, port: int) -> Iterator[None]:
    """Writes what goes through a port of this machine meanwhile to a file."""
    path = CAPTURES / name
    # The folder of the project may be closed to who captures: the file is taken elsewhere first.
    with tempfile.TemporaryDirectory() as folder:
        taken = Path(folder, name)
        dumpcap = subprocess.Popen(
            ["dumpcap", "-q", "-P", "-i", "lo", "-f", f"tcp port {port}", "-w", str(taken)],
            stderr=subprocess.DEVNULL,
        )
        time.sleep(SETTLE)
        try:
            yield
            time.sleep(SETTLE)
        finally:
            dumpcap.terminate()
            dumpcap.wait()
        path.write_bytes(taken.read_bytes())
    print(f"{path}: {path.stat().st_size} bytes")


def kafka(program: str, broker: str) -> None:
    """Records one by one and in batches, written to a topic and read from it."""
    environment = os.environ | {"KAFKA_BROKERS": broker, "KAFKA_SECURITY_PROTOCOL": "plaintext"}

    def run(*arguments: str, lines: str = "") -> None:
        subprocess.run([program, "kafka", *arguments], env=environment, input=lines, text=True, check=True)

    topic = f"{TOPIC}-{secrets.token_hex(4)}"
    make_topic(broker, topic)
    with captured("kafka.pcap", int(broker.rpartition(":")[2])):
        run("produce", topic, "--thread", "thread-1", "--policy", "off", "--batch", "1", lines=messages(3))
        run("produce", topic, "--thread", "thread-2", "--policy", "small", "--batch", "10", lines=messages(10))
        run("tail", topic, "--from", "earliest", "--limit", "13")


def kafka_before(broker: str) -> None:
    """Frames of the vectors as record values, by a client that speaks Kafka as it was before 2.5."""
    # Not at the top: only this part of the captures needs it.
    from kafka import KafkaConsumer, KafkaProducer

    topic = f"{TOPIC}-{secrets.token_hex(4)}"
    make_topic(broker, topic)
    frames = []
    for name in ("message/none-300", "batch/three-items", "control/schema-json", "message/zstd-dictionary-extensions"):
        path = VECTORS / "valid" / f"{name}.json"
        frames += [bytes.fromhex(part) for part in json.loads(path.read_bytes())["input"]]
    damaged = frames[0][:-1] + bytes([frames[0][-1] ^ 1])
    with captured("kafka-before.pcap", int(broker.rpartition(":")[2])):
        for compression in (None, "gzip"):
            producer = KafkaProducer(bootstrap_servers=broker, compression_type=compression, linger_ms=200)
            for value in (*frames, damaged, b"no frame at all", None):
                producer.send(topic, value, key=b"thread-1")
            producer.flush()
            producer.close()
        consumer = KafkaConsumer(topic, bootstrap_servers=broker, auto_offset_reset="earliest", consumer_timeout_ms=3000)
        values = [record.value for record in consumer]
        consumer.close()
    if values != 2 * [*frames, damaged, b"no frame at all", None]:
        raise SystemExit("what came back is not what was sent")


def make_topic(broker: str, topic: str) -> None:
    """Asks the broker for a topic of one partition: CreateTopics, version 2 of the request."""
    name = topic.encode()
    assignments, configuration, wait_ms, only_validate = 0, 0, 10_000, False
    request = struct.pack(">hhih", 19, 2, 1, -1)
    request += struct.pack(">ih", 1, len(name)) + name + struct.pack(">ihii", 1, 1, assignments, configuration)
    request += struct.pack(">i?", wait_ms, only_validate)
    host, _, port = broker.rpartition(":")
    with socket.create_connection((host, int(port)), timeout=15) as connection:
        connection.sendall(struct.pack(">i", len(request)) + request)
        answer = connection.makefile("rb")
        [length] = struct.unpack(">i", answer.read(4))
        found = answer.read(length)
    [code] = struct.unpack_from(">h", found, found.index(name) + len(name))
    if code != 0:
        raise SystemExit(f"the broker made no topic: error {code}")


def websocket(program: str) -> None:
    """A stream file served to a client that reads it to its end."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "records.sframe")
        directory = Path(folder, "log")
        subprocess.run(
            [program, "kafka", "produce", "--dir", str(directory), "--thread", "thread-1"],
            input=messages(12), text=True, check=True,
        )
        [made] = [path for path in directory.rglob("*.sframe")]
        made.rename(file)
        server = subprocess.Popen([program, "serve", "--file", str(file), "--port", "0", "--json"],
                                  stdout=subprocess.PIPE, text=True)
        assert server.stdout is not None
        try:
            listening = json.loads(server.stdout.readline())
            address, _, token = listening["url"].removeprefix("http://").partition("/")
            token = token.partition("token=")[2]
            port = int(address.rpartition(":")[2])
            with captured("websocket.pcap", port):
                read_all(port, token)
        finally:
            server.terminate()
            server.wait()


def read_all(port: int, token: str) -> None:
    """A client: connects, asks for everything, reads until everything has come."""
    with socket.create_connection(("127.0.0.1", port), timeout=10) as connection:
        key = base64.b64encode(secrets.token_bytes(16)).decode()
        lines = (f"GET /ws?token={token} HTTP/1.1", f"Host: 127.0.0.1:{port}", "Upgrade: websocket",
                 "Connection: Upgrade", f"Sec-WebSocket-Key: {key}", "Sec-WebSocket-Version: 13", "", "")
        connection.sendall("\r\n".join(lines).encode())
        start = b'{"type":"start","from":"earliest"}'
        mask = secrets.token_bytes(4)
        masked = bytes(byte ^ mask[index % 4] for index, byte in enumerate(start))
        connection.sendall(struct.pack("BB", 0x81, 0x80 | len(start)) + mask + masked)
        received = b""
        while b'"caught_up"' not in received:
            part = connection.recv(65536)
            if not part:
                raise SystemExit(f"the server left: {received[-300:]!r}")
            received += part


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--strictframe", required=True, metavar="PROGRAM")
    parser.add_argument("--broker", required=True, metavar="HOST:PORT")
    options = parser.parse_args()
    CAPTURES.mkdir(exist_ok=True)
    kafka(options.strictframe, options.broker)
    kafka_before(options.broker)
    websocket(options.strictframe)


if __name__ == "__main__":
    main()
