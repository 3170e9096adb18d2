//! Whole frames deleted, repeated, swapped and put in: every frame is intact, and the numbers tell.

use strictframe_core::Kind;

use super::stream::{Item, Placed, Stream, noise};
use super::told::{example, recover};

/// The stream with the frames `range` replaced by these bytes.
fn replaced(stream: &Stream, range: core::ops::Range<usize>, by: &[&[u8]]) -> Vec<u8> {
    let (before, after) = (&stream.frames[..range.start], &stream.frames[range.end..]);
    let start = before.last().map_or(0, |frame| frame.start + frame.len);
    let end = after.first().map_or(stream.bytes.len(), |frame| frame.start);
    [&stream.bytes[..start], &by.concat(), &stream.bytes[end..]].concat()
}

/// The anchors around a frame, as the positions of an edited segment when what follows is moved by `by`.
fn segment(stream: &Stream, index: usize, by: i64) -> (u64, u64) {
    let start = |frame: &Placed| i64::try_from(frame.start).unwrap();
    let from = stream.frames[..index].iter().rfind(|frame| frame.is_anchor()).unwrap();
    let to = stream.frames[index + 1..].iter().find(|frame| frame.is_anchor()).unwrap();
    (u64::try_from(start(from)).unwrap(), u64::try_from(start(to) + by).unwrap())
}

fn len(frame: &Placed) -> i64 {
    i64::try_from(frame.len).unwrap()
}

#[test]
fn a_deleted_frame_is_missed_and_counted() {
    // SPEC [REC-4, REC-5]: the shift changes without a stretch of bytes.
    let stream = example();
    for (index, frame) in stream.frames.iter().enumerate() {
        let bytes = replaced(&stream, index..index + 1, &[]);
        let outcome = recover(&bytes, Some(stream.id));
        let account = outcome.account(&stream, &bytes);
        let is_first = index == 0;
        match frame.kind {
            Kind::END => assert_eq!(outcome.report.unconfirmed, 1),
            // Nothing tells where the frames before the second SYNC begin.
            Kind::SYNC if is_first => assert_eq!(account.frames_lost, 3),
            kind => {
                assert_eq!(account.frames_lost, u64::from(kind.is_data()));
                assert_eq!(outcome.edited(), [segment(&stream, index, -len(frame))]);
                let gaps = outcome.gaps();
                assert_eq!((gaps.len(), gaps[0].shift), (1, -len(frame)));
                assert_eq!(gaps[0].from, gaps[0].to);
            }
        }
        assert_eq!(outcome.report.terminated, frame.kind != Kind::END);
    }
}

#[test]
fn a_repeated_frame_is_delivered_twice_in_a_segment_marked_edited() {
    // SPEC [REC-4, REC-5]: more than there was, so nothing is lost.
    let stream = example();
    for (index, frame) in stream.frames.iter().enumerate() {
        let again = stream.frame(index);
        let bytes = replaced(&stream, index..index + 1, &[again, again]);
        let outcome = recover(&bytes, None);
        let account = outcome.account(&stream, &bytes);
        assert_eq!((account.frames_lost, outcome.report.frames_lost), (0, 0));
        assert!(outcome.report.terminated);
        if frame.kind == Kind::END {
            assert_eq!((outcome.report.trailing, outcome.edited()), (80, vec![]));
            continue;
        }
        let delivered: usize = account.delivered.iter().sum();
        assert_eq!(delivered, 8 + usize::from(frame.is_deliverable()));
        assert_eq!(outcome.edited().len(), 1);
        assert_eq!(outcome.gaps()[0].shift, len(frame));
    }
}

#[test]
fn a_repeated_segment_is_delivered_once() {
    // SPEC [REC-2]: its SYNC is not ahead of the last one, and nothing behind it is missing.
    let stream = example();
    let segment: Vec<_> = (4..9).map(|index| stream.frame(index)).collect();
    let bytes = replaced(&stream, 9..9, &segment);
    let outcome = recover(&bytes, None);
    let account = outcome.account(&stream, &bytes);
    assert!(account.delivered.iter().all(|times| *times <= 1));
    assert_eq!((account.frames_lost, outcome.report.frames_lost), (0, 0));
    let gaps = outcome.gaps();
    let repeated: usize = segment.iter().map(|frame| frame.len()).sum();
    assert_eq!((gaps.len(), gaps[0].shift), (1, i64::try_from(repeated).unwrap()));
}

#[test]
fn a_repeated_segment_whose_first_copy_is_cut_is_delivered_whole() {
    // SPEC [REC-2, REC-4]: its SYNC is taken once more, and what comes twice is marked.
    let stream = example();
    let first: Vec<_> = (4..8).map(|index| stream.frame(index)).collect();
    let cut = stream.frame(8);
    let bytes = replaced(&stream, 4..4, &[&first.concat(), &cut[..30]]);
    let outcome = recover(&bytes, None);
    let account = outcome.account(&stream, &bytes);
    assert_eq!((account.frames_lost, outcome.report.frames_lost), (0, 0));
    assert_eq!((account.delivered[6], account.delivered[8]), (2, 1));
    assert_eq!(outcome.edited().len(), 1);
}

#[test]
fn swapped_frames_are_delivered_in_a_segment_marked_edited() {
    // SPEC [REC-5]: everything is in place and nothing follows from the chain.
    let stream = example();
    for index in 0..stream.frames.len() - 1 {
        let [one, two] = [stream.frames[index], stream.frames[index + 1]];
        let swapped = [stream.frame(index + 1), stream.frame(index)];
        let bytes = replaced(&stream, index..index + 2, &swapped);
        let outcome = recover(&bytes, Some(stream.id));
        let account = outcome.account(&stream, &bytes);
        if one.is_deliverable() && two.is_deliverable() {
            assert_eq!((account.frames_lost, outcome.gaps()), (0, vec![]));
            assert_eq!(outcome.edited(), [segment(&stream, index, 0)]);
        } else if outcome.report.terminated {
            // A SYNC in the wrong place is not borne out: the rest of its segment is lost, and counted.
            assert_eq!(account.frames_lost, outcome.report.frames_lost);
        }
    }
}

#[test]
fn a_foreign_frame_is_delivered_in_a_segment_marked_edited() {
    // SPEC [REC-5]: it verifies, so only the numbers around it tell.
    let stream = example();
    let foreign = Stream::new([5; 16], &[Item::Message(noise(77, 33))]);
    let frame = foreign.frame(1);
    for index in 1..stream.frames.len() {
        let bytes = replaced(&stream, index..index, &[frame]);
        let outcome = recover(&bytes, None);
        let at = u64::try_from(stream.frames[index].start).unwrap();
        assert!(outcome.frames().any(|(start, bytes)| start == at && bytes == frame));
        assert_eq!((outcome.report.frames, outcome.report.frames_lost), (7, 0));
        let [(from, to)] = outcome.edited()[..] else { panic!("{:?}", outcome.edited()) };
        assert!(from < at && at < to);
    }
}

#[test]
fn a_foreign_sync_ends_the_walk_and_nothing_more() {
    // SPEC [REC-3]: a SYNC of another stream, and one of this stream with other numbers.
    let stream = example();
    let place = u64::try_from(stream.frames[2].start).unwrap();
    let foreign = Stream::new([5; 16], &[]);
    let in_place = Stream::at([5; 16], place, &[]);
    let forged = Stream::at(stream.id, 1 << 40, &[]);
    for sync in [foreign.frame(0), in_place.frame(0), forged.frame(0)] {
        let bytes = replaced(&stream, 2..2, &[sync]);
        let outcome = recover(&bytes, None);
        let account = outcome.account(&stream, &bytes);
        assert_eq!(account.frames_lost, 2);
        assert_eq!(outcome.gaps()[0].shift, 80);
    }
}

#[test]
fn a_sync_in_place_with_another_count_or_chain_marks_both_its_segments() {
    // SPEC [REC-5]: no gap in bytes, so everything is delivered.
    let stream = example();
    for field in [52, 60, 68] {
        let mut sync = stream.frame(4)[28..76].to_vec();
        sync[field - 28] ^= 1;
        let mut forged = Vec::new();
        strictframe_core::Parts::control(Kind::SYNC, &[&sync]).write(&mut forged).unwrap();
        let bytes = replaced(&stream, 4..5, &[&forged]);
        let outcome = recover(&bytes, None);
        assert_eq!((outcome.report.frames, outcome.gaps()), (6, vec![]));
        // The one behind it too: its chain holds the trailer that stood here before.
        let expected = [segment(&stream, 2, 0), segment(&stream, 6, 0)];
        assert_eq!(outcome.edited(), expected);
    }
}
