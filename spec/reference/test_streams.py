"""Tests of streams, deframing and recovery."""

from __future__ import annotations

import struct
import unittest

from run_vectors import in_pieces
from strictframe_reader.answers import deframe_answer, recovery_answer, stream_answer
from strictframe_reader.errors import Refused
from strictframe_reader.frame import Limits
from strictframe_reader.recovery import Gap, Recovery, decode_delivered, recover
from strictframe_reader.stream import StreamReader
from strictframe_reader.verifier import BudgetSpent, Verifier
from writer import (
    STREAM_ID,
    StreamWriter,
    batch,
    control_frame,
    data_frame,
    dict_frame,
    key,
    schema_frame,
    seal,
)


def strict(data: bytes, **options) -> tuple:
    """("ok", frames, records), or name, offset and the frames before it."""
    answer = stream_answer(data, StreamReader(**options))
    if answer != stream_answer(data, StreamReader(**options), in_pieces):
        raise AssertionError("the way the input is cut changed the answer")
    if "error" in answer:
        error = answer["error"]
        return error["name"], int(error["offset"]), int(answer["frames"])
    return "ok", len(answer["stream"]["frames"]), int(answer["stream"]["records"])


def written() -> StreamWriter:
    """A stream of two segments, six data frames and an END."""
    writer = StreamWriter().add(schema_frame())
    for number in range(3):
        writer.add(data_frame(b"record %d" % number))
    writer.sync()
    for number in range(2):
        writer.add(batch(b"item", b"%d" % number))
    return writer.add(data_frame(b"last")).end()


class Strict(unittest.TestCase):
    def test_a_whole_stream(self) -> None:
        # SPEC [STR-1, STR-9, STR-10]
        data = written().data
        self.assertEqual(strict(data), ("ok", 10, 8))
        self.assertEqual(strict(data + b"\0"), ("TrailingData", len(data), 10))
        reader = StreamReader()
        reader.feed(data)
        while reader.take() is not None:
            pass
        self.assertTrue(reader.provisional)
        reader.end()
        reader.take()
        self.assertFalse(reader.provisional)
        reader.feed(b"\0")
        for _ in range(2):
            self.assertRaises(Refused, reader.take)
        self.assertTrue(reader.provisional)

    def test_every_truncation(self) -> None:
        # SPEC [STR-8]: at a boundary Unterminated, inside a frame Truncated.
        writer = written()
        for have in range(len(writer.data)):
            before = sum(start <= have for start in writer.starts)
            # SPEC [STR-5, FRM-4]: no byte at all is no boundary.
            if have in writer.starts and have > 0:
                expected = ("Unterminated", have, before - 1)
            else:
                expected = ("Truncated", have, before - 1)
            self.assertEqual(strict(writer.data[:have]), expected)

    def test_positions(self) -> None:
        # SPEC [STR-5, STR-6]
        self.assertEqual(strict(data_frame(b"")), ("NotAStream", 0, 0))
        self.assertEqual(strict(data_frame(b"")[:-1] + b"\0"), ("FrameCrc", 28, 0))
        for field, at in (("own", 44), ("previous", 52), ("count", 60), ("chain", 68)):
            edited = StreamWriter().end(**{field: 7}).data
            self.assertEqual(strict(edited), ("StreamEdited", 80 + at, 1))
        first, second = StreamWriter(), StreamWriter(bytes(16))
        other = first.data + second.end().data[80:]
        self.assertEqual(strict(other), ("StreamEdited", 80 + 28, 1))

    def test_distance(self) -> None:
        # SPEC [STR-7]: 65536 bytes behind the last SYNC only another SYNC may start.
        def filled(length: int) -> StreamWriter:
            return StreamWriter().add(data_frame(bytes(length - 80 - 32)))

        plain = {"self_contained": False}
        self.assertEqual(strict(filled(65535).end().data, **plain)[0], "ok")
        self.assertEqual(
            strict(filled(65536).end(count=9).data, **plain), ("StreamEdited", 65536, 2)
        )
        self.assertEqual(strict(filled(65536).sync().end().data, **plain)[0], "ok")

    def test_schemas_and_dictionaries(self) -> None:
        # SPEC [STR-11, STR-12, STR-13, STR-15]
        def after(*frames: bytes) -> StreamWriter:
            writer = StreamWriter()
            for frame in frames:
                writer.add(frame)
            return writer.end()

        self.assertEqual(strict(after(data_frame(b"")).data), ("UnknownSchema", 84, 1))
        again = after(schema_frame(), schema_frame())
        self.assertEqual(strict(again.data), ("ok", 4, 0))
        clash = after(schema_frame(), schema_frame(b"true"))
        self.assertEqual(strict(clash.data), ("SchemaFork", clash.starts[2] + 28, 2))
        forked = after(schema_frame(), data_frame(b"", schema_key=key(fork_check=b"none")))
        self.assertEqual(strict(forked.data), ("SchemaFork", forked.starts[2] + 4, 2))
        two = after(dict_frame(b"one"), dict_frame(b"one"), dict_frame(b"two"))
        self.assertEqual(strict(two.data)[0], "ok")
        limited = Limits(dictionaries=1)
        self.assertEqual(strict(two.data, limits=limited), ("LimitExceeded", two.starts[3] + 20, 3))

    def test_payload_offsets_stay_in_the_payload(self) -> None:
        # SPEC [BAT-2, STR-14]
        writer = StreamWriter().add(schema_frame())
        writer.add(data_frame(struct.pack("<III", 1, 1, 0), kind=2)).end()
        self.assertEqual(strict(writer.data), ("BatchStructure", 9, 2))

    def test_deframing(self) -> None:
        # SPEC [DEF-1]
        frames = data_frame(b"a") + batch(b"b")
        listed = [{"offset": "0", "kind": "1"}, {"offset": "33", "kind": "2"}]
        for cut in (in_pieces, lambda data: (data[i : i + 1] for i in range(len(data)))):
            self.assertEqual(deframe_answer(frames, Limits(), cut), {"frames": listed})
        with self.assertRaises(Refused) as caught:
            deframe_answer(frames[:-1], Limits())
        self.assertEqual(
            caught.exception.details, {"have": len(frames) - 34, "need": len(frames) - 33}
        )
        self.assertEqual(caught.exception.offset, len(frames) - 1)


class Recovering(unittest.TestCase):
    def recovered(self, data: bytes, stream_id: bytes | None = None) -> dict:
        return recovery_answer(recover(data, Limits(), stream_id))["recovery"]

    def test_undamaged(self) -> None:
        # SPEC [REC-1, REC-3, REC-6]
        writer = written()
        found = self.recovered(writer.data + b"tail")
        self.assertEqual(found["frames"], [str(writer.starts[i]) for i in (2, 3, 4, 6, 7, 8)])
        self.assertEqual((found["gaps"], found["edited"]), ([], []))
        self.assertEqual((found["terminated"], found["trailing"]), (True, "4"))
        self.assertEqual((found["id_source"], found["unconfirmed"]), ("first-sync", "0"))

    def test_every_damaged_byte_costs_one_frame(self) -> None:
        # SPEC [REC-2, REC-3, REC-4]: what is not hit comes out, and the loss is known.
        writer = written()
        for at in range(len(writer.data)):
            broken = bytearray(writer.data)
            broken[at] ^= 0x10
            report = recover(bytes(broken), Limits(), STREAM_ID)
            delivered = len(report.data_frames)
            if report.terminated:
                lost = sum(gap.frames_lost or 0 for gap in report.gaps)
                self.assertEqual(delivered + lost, 6)
            else:
                self.assertGreaterEqual(at, writer.starts[-1])
                self.assertEqual(delivered, 6)
                self.assertEqual(report.unconfirmed, 3)
                self.assertIsNone(report.gaps[-1].frames_lost)

    def test_inserted_and_deleted(self) -> None:
        # SPEC [REC-2, REC-4, REC-5]
        writer = written()
        data, starts = writer.data, [*writer.starts, len(writer.data)]
        found = self.recovered(data[: starts[3]] + b"junk" + data[starts[3] :])
        gap = {"from": str(starts[3]), "to": str(starts[5] + 4), "shift": "4", "frames_lost": "2"}
        # A frame was delivered before the gap, and bytes came in.
        edited = [{"from": "0", "to": str(starts[5] + 4)}]
        self.assertEqual((found["gaps"], found["edited"]), ([gap], edited))
        length = starts[3] - starts[2]
        found = self.recovered(data[: starts[2]] + data[starts[3] :])
        at = str(starts[5] - length)
        gap = {"from": at, "to": at, "shift": str(-length), "frames_lost": "1"}
        self.assertEqual((found["gaps"], found["edited"]), ([gap], [{"from": "0", "to": at}]))
        found = self.recovered(data[: starts[3]] + data[starts[2] :])
        at = str(starts[5] + length)
        gap = {"from": at, "to": at, "shift": str(length), "frames_lost": "0"}
        self.assertEqual((found["gaps"], found["edited"]), ([gap], [{"from": "0", "to": at}]))

    def test_replaced_frame(self) -> None:
        # SPEC [REC-5]: everything in place, and the chain does not follow.
        writer = written()
        other = data_frame(b"RECORD 0")
        at = writer.starts[2]
        data = writer.data[:at] + other + writer.data[at + len(other) :]
        found = self.recovered(data)
        edited = [{"from": "0", "to": str(writer.starts[5])}]
        self.assertEqual((found["gaps"], found["edited"]), ([], edited))

    def test_ids(self) -> None:
        # SPEC [REC-1]
        data = written().data
        learnt = self.recovered(b"\0" + data[1:])
        self.assertEqual((learnt["id_source"], learnt["stream_id"]), ("learnt", STREAM_ID.hex()))
        for hopeless in (b"", b"\0" + StreamWriter().data[1:]):
            with self.assertRaises(Refused) as caught:
                recover(hopeless, Limits())
            self.assertEqual(caught.exception.name, "NoStreamId")
        self.assertEqual(self.recovered(data, bytes(16))["frames"], [])

    def test_forged_sync(self) -> None:
        # SPEC [REC-2]: a SYNC in a payload that no other bears out is no anchor.
        forged = StreamWriter().sync(own=10**6).data[80:]
        writer = StreamWriter().add(data_frame(forged)).add(data_frame(b"x")).end()
        broken = bytearray(writer.data)
        broken[90] ^= 1
        found = self.recovered(bytes(broken))
        self.assertEqual(len(found["gaps"]), 1)
        self.assertEqual(found["gaps"][0]["frames_lost"], "2")

    def test_first_anchor_ends_the_walk(self) -> None:
        # SPEC [REC-2]: what bears a SYNC out is the next SYNC or END, not a later one.
        # The bytes behind END keep the END from being taken without it.
        def behind_junk(*between: bytes) -> dict:
            writer = StreamWriter().add(data_frame(b"x"))
            for frame in between:
                writer.add(frame)
            return self.recovered(b"junk" + writer.end().data + b"junk", STREAM_ID)

        taken = behind_junk(data_frame(b"y"))
        self.assertEqual((taken["frames"], taken["terminated"]), (["84", "117"], True))
        stranger = StreamWriter(bytes(16)).data
        for between in (stranger, StreamWriter().sync(own=7).data[80:]):
            self.assertEqual(behind_junk(between)["frames"], [])
        strange = seal(b"\x9e\xc1\x1f\xf7" + key(), b"later")
        self.assertEqual(behind_junk(strange)["unassigned"], ["117"])

    def test_unassigned_kind(self) -> None:
        # SPEC [REC-3]
        strange = seal(b"\x9e\xc1\x1f\xf7" + key(), b"later")
        writer = StreamWriter().add(strange).add(data_frame(b"x")).end()
        found = self.recovered(writer.data)
        self.assertEqual((found["unassigned"], found["edited"]), (["80"], []))
        self.assertEqual(len(found["frames"]), 1)

    def test_refused_is_not_lost(self) -> None:
        # SPEC [REC-7]: a SCHEMA serves frames before it, and a lost one costs no frame.
        late = StreamWriter().add(data_frame(b"x")).add(schema_frame()).end().data
        results = list(decode_delivered(recover(late, Limits()), Limits()))
        self.assertEqual(results, [(80, [b"x"])])
        never = StreamWriter().add(data_frame(b"x")).end().data
        ((at, refused),) = decode_delivered(recover(never, Limits()), Limits())
        assert isinstance(refused, Refused)
        self.assertEqual((at, refused.name, refused.offset), (80, "UnknownSchema", 84))

    def test_unconfirmed(self) -> None:
        # SPEC [REC-6]: of what stands behind the last anchor, the data frames count.
        writer = StreamWriter().add(schema_frame()).add(data_frame(b"x")).add(dict_frame(b"d"))
        self.assertEqual(self.recovered(writer.data)["unconfirmed"], "1")

    def test_budget(self) -> None:
        # SPEC [REC-8]: every byte put under a checksum is paid for.
        verifier = Verifier(control_frame(6, bytes(48)), Limits())
        verifier._budget = 24 + 24 + 48
        self.assertIsNotNone(verifier.at(0))
        self.assertEqual(verifier._budget, 0)
        poor = Verifier(control_frame(6, bytes(48)), Limits())
        poor._budget = 24 + 24 + 47
        self.assertRaises(BudgetSpent, poor.at, 0)


def pretender(own: int) -> bytes:
    """A SYNC with the id of the stream, and a second one that bears it out."""
    return StreamWriter().sync(own=own).sync(own=own + 80, previous=own).data[80:]


class Rivals(unittest.TestCase):
    """A damaged message at 80 that carries pretenders, and an honest SYNC at 500."""

    def outcome(self, carried: bytes, change: int = 0, spoilt: int | None = None) -> list:
        """Gaps, when `change` bytes come or go in front of what the message carries."""
        writer = StreamWriter().add(data_frame(carried.ljust(388, b"\0"))).sync()
        data = bytearray(writer.add(data_frame(b"behind")).end().data)
        if spoilt is not None:
            data[spoilt] ^= 1
        data[80 : 80 + max(-change, 1)] = bytes(max(change, 0) + (change >= 0))
        found = recovery_answer(recover(bytes(data), Limits(), STREAM_ID))["recovery"]
        return [(int(gap["from"]), int(gap["to"]), int(gap["shift"])) for gap in found["gaps"]]

    def taken(self, change: int, own: int) -> tuple[int, int, int]:
        """The first gap when the pretender is taken."""
        return 80, 108 + change, 108 + change - own

    def test_a_rival_in_place(self) -> None:
        # SPEC [REC-2]: the place where the pretender should lie is included.
        self.assertEqual(self.outcome(pretender(500)), [(80, 500, 0)])
        self.assertEqual(self.outcome(pretender(2**63)), [(80, 500, 0)])
        self.assertEqual(self.outcome(pretender(499))[0], self.taken(0, 499))
        # What is in place need not be borne out.
        spoilt = self.outcome(pretender(500), spoilt=-90)
        self.assertEqual(spoilt, [(80, 500, 0), (580, 618, 0)])

    def test_a_rival_that_is_borne_out(self) -> None:
        # SPEC [REC-2]: neither behind that place nor above the pretender's own offset.
        self.assertEqual(self.outcome(pretender(500), -10), [(80, 490, -10)])
        self.assertEqual(self.outcome(pretender(499), -10)[0], self.taken(-10, 499))
        self.assertEqual(self.outcome(pretender(510), 10), [(80, 510, 10)])
        self.assertEqual(self.outcome(pretender(509), 10)[0], self.taken(10, 509))

    def test_no_rival(self) -> None:
        # SPEC [REC-2]: not one that nothing bears out, nor one that does not go forward.
        spoilt = self.outcome(pretender(10**6), 10, spoilt=-1)
        self.assertEqual(spoilt[0], self.taken(10, 10**6))
        # The frame before END keeps the SYNC from being borne out, and END is a rival.
        self.assertEqual(self.outcome(pretender(10**6), 10, spoilt=-90), [(80, 628, 10)])
        back = pretender(499) + StreamWriter().sync(previous=0).data
        self.assertEqual(self.outcome(back)[0], self.taken(0, 499))

    def test_a_rival_may_have_rivals(self) -> None:
        # SPEC [REC-2]: the first pretender falls to the second, the second to the SYNC.
        both = pretender(10**6) + pretender(10**5)
        self.assertEqual(self.outcome(both), [(80, 500, 0)])

    def test_the_search_is_paid_for(self) -> None:
        # SPEC [REC-8]: two SYNCs verified, one header looked at, the rest searched again.
        recovery = Recovery(pretender(10**6) + bytes(1000), Limits(), STREAM_ID)
        recovery._verifier._budget = 2 * 96 + 24 + 1080
        self.assertFalse(recovery.run().budget_spent)
        poor = Recovery(pretender(10**6) + bytes(1000), Limits(), STREAM_ID)
        poor._verifier._budget = 2 * 96 + 1079
        report = poor.run()
        self.assertTrue(report.budget_spent)
        self.assertEqual(report.gaps, [Gap(0, 1160, 0, None)])

    def test_far_offsets(self) -> None:
        # SPEC [REC-2, REC-4]: an END with nothing before it may say anything below 2^63.
        most = 2**63 - 1
        taken = {"from": "0", "to": "0", "shift": str(-most), "frames_lost": str(most)}
        lost = {"from": "0", "to": "80", "shift": "0", "frames_lost": None}
        for own, count, gap in (
            (most, most, taken),
            (most + 1, most, lost),
            (most, most + 1, lost),
            (2**64 - 1, 2**64 - 1, lost),
        ):
            end = StreamWriter().end(own=own, count=count).data[80:]
            found = recovery_answer(recover(end, Limits(), STREAM_ID))["recovery"]
            self.assertEqual((found["gaps"], found["edited"]), ([gap], []))


if __name__ == "__main__":
    unittest.main()
