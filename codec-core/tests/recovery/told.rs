//! One input for each thing a recovery tells, and all it must say of it.

use strictframe_core::recovery::{IdSource, Recovery, RecoveryError};
use strictframe_core::{Chain, Kind, Limits, Parts};

use super::outcome::{Outcome, Said};
use super::stream::{Item, Stream, noise};

/// SYNC at 0, three messages, SYNC, SCHEMA, message, DICT, message, SYNC, message, END.
pub(crate) fn example() -> Stream {
    let message = |seed| Item::Message(noise(seed, 60 + 7 * usize::try_from(seed).unwrap()));
    let items = [
        message(1),
        message(2),
        message(3),
        Item::Sync,
        Item::Schema(1),
        message(4),
        Item::Dictionary(noise(5, 70)),
        message(6),
        Item::Sync,
        message(7),
    ];
    Stream::new(*b"an unlikely id!!", &items)
}

pub(crate) fn recover(bytes: &[u8], stream_id: Option<[u8; 16]>) -> Outcome {
    Outcome::of(Recovery::open(bytes, Limits::DEFAULT, stream_id).unwrap()).unwrap()
}

/// The gaps as from, to, shift and loss.
fn gaps(outcome: &Outcome) -> Vec<(u64, u64, i64, Option<u64>)> {
    outcome.gaps().iter().map(|gap| (gap.from, gap.to, gap.shift, gap.frames_lost)).collect()
}

/// The starts of the delivered frames.
fn starts(outcome: &Outcome) -> Vec<usize> {
    outcome.frames().map(|(start, _)| usize::try_from(start).unwrap()).collect()
}

/// Where the deliverable frames among these stand in the stream.
fn deliverable(stream: &Stream, frames: impl IntoIterator<Item = usize>) -> Vec<usize> {
    let frames = frames.into_iter().map(|index| stream.frames[index]);
    frames.filter(|frame| frame.is_deliverable()).map(|frame| frame.start).collect()
}

fn at(stream: &Stream, index: usize) -> u64 {
    u64::try_from(stream.frames[index].start).unwrap()
}

#[test]
fn a_stream_without_damage_is_delivered_whole() {
    // SPEC [REC-1, REC-3]: the first SYNC tells which stream it is; data, SCHEMA and DICT frames come out.
    let stream = example();
    let outcome = recover(&stream.bytes, None);
    assert_eq!((outcome.id_source, outcome.stream_id), (IdSource::FirstSync, stream.id));
    assert_eq!(starts(&outcome), deliverable(&stream, 0..stream.frames.len()));
    assert_eq!(outcome.events.len(), 8);
    let report = outcome.report;
    assert_eq!((report.frames, report.control_frames, report.terminated), (6, 2, true));
    assert_eq!((report.unconfirmed, report.trailing, report.budget_spent), (0, 0, false));
    // Of each frame the header's 24 bytes twice and the body once; of the first SYNC all of it once more, to learn the id.
    let overhead = 12 * 16 + 96;
    assert_eq!(report.spent, u64::try_from(stream.bytes.len() + overhead).unwrap());
}

#[test]
fn a_flipped_bit_costs_the_rest_of_its_segment() {
    // SPEC [REC-3, REC-4]: no length is believed that its checksum does not vouch for, so the next anchor is where it goes on.
    let stream = example();
    for offset in [0, 2, 21, 26, 40, 91] {
        let mut bytes = stream.bytes.clone();
        bytes[stream.frames[2].start + offset] ^= 16;
        let outcome = recover(&bytes, None);
        assert_eq!(gaps(&outcome), [(at(&stream, 2), at(&stream, 4), 0, Some(2))]);
        assert_eq!(starts(&outcome), deliverable(&stream, [1, 5, 6, 7, 8, 10]));
        assert_eq!((outcome.edited(), outcome.report.terminated), (vec![], true));
    }
}

#[test]
fn bytes_put_in_shift_what_follows() {
    // SPEC [REC-2]: a SYNC elsewhere is taken when the frames behind it bear it out.
    let stream = example();
    let mut bytes = stream.bytes.clone();
    let inside = stream.frames[2].start + 50;
    bytes.splice(inside..inside, [7, 7, 7]);
    let outcome = recover(&bytes, Some(stream.id));
    assert_eq!(gaps(&outcome), [(at(&stream, 2), at(&stream, 4) + 3, 3, Some(2))]);
    assert_eq!((outcome.report.frames, outcome.report.terminated), (4, true));
    assert_eq!(outcome.id_source, IdSource::Caller);
    // SPEC [REC-5]: the frame before the gap is one that bytes came behind.
    assert_eq!(outcome.edited(), [(0, at(&stream, 4) + 3)]);
}

#[test]
fn bytes_taken_out_shift_what_follows() {
    // SPEC [REC-2]: and the other way; END out of place is taken because the input ends with it.
    let stream = example();
    let mut bytes = stream.bytes.clone();
    let inside = stream.frames[10].start + 50;
    bytes.splice(inside..inside + 5, []);
    let outcome = recover(&bytes, None);
    assert_eq!(gaps(&outcome), [(at(&stream, 10), at(&stream, 11) - 5, -5, Some(1))]);
    assert_eq!((outcome.report.frames, outcome.report.terminated), (5, true));
    // SPEC [REC-5]: no frame stands before this gap in its segment.
    assert_eq!(outcome.edited(), []);
    // With a byte behind it nothing bears it out.
    bytes.push(0);
    let outcome = recover(&bytes, None);
    let end = u64::try_from(bytes.len()).unwrap();
    assert_eq!(gaps(&outcome), [(at(&stream, 10), end, 0, None)]);
    assert!(outcome.report.is_loss_unknown && !outcome.report.terminated);
}

#[test]
fn a_lost_first_sync_costs_the_frames_up_to_the_second() {
    // SPEC [REC-1]: two anchors that agree tell which stream it is.
    let stream = example();
    let mut bytes = stream.bytes.clone();
    bytes[30] ^= 1;
    let outcome = recover(&bytes, None);
    assert_eq!((outcome.id_source, outcome.stream_id), (IdSource::Learnt, stream.id));
    assert_eq!(gaps(&outcome), [(0, at(&stream, 4), 0, Some(3))]);
    assert_eq!(outcome.report.frames, 3);
}

#[test]
fn a_lost_end_leaves_frames_unconfirmed() {
    // SPEC [REC-6]: delivered and counted; a torn frame behind them is a gap of unknown loss.
    let stream = example();
    let end = stream.frames[11].start;
    let outcome = recover(&stream.bytes[..end], None);
    assert_eq!((outcome.report.frames, outcome.report.unconfirmed), (6, 1));
    assert_eq!((gaps(&outcome), outcome.report.terminated), (vec![], false));
    let outcome = recover(&stream.bytes[..end - 9], None);
    assert_eq!((outcome.report.frames, outcome.report.unconfirmed), (5, 0));
    let torn = u64::try_from(end - 9).unwrap();
    assert_eq!(gaps(&outcome), [(at(&stream, 10), torn, 0, None)]);
}

#[test]
fn bytes_after_end_are_counted_and_not_looked_at() {
    // SPEC [REC-6]: a second stream behind the first is no part of it.
    let stream = example();
    let twice = [stream.bytes.as_slice(), &stream.bytes].concat();
    let outcome = recover(&twice, None);
    assert_eq!((outcome.report.frames, outcome.report.terminated), (6, true));
    assert_eq!(outcome.report.trailing, u64::try_from(stream.bytes.len()).unwrap());
    assert_eq!(gaps(&outcome), []);
}

#[test]
fn an_unassigned_kind_is_stepped_over_and_counted_in_the_chain() {
    // SPEC [REC-3]: reported and not delivered; the anchor behind it fits, so nothing is edited.
    let items = [Item::Message(noise(1, 9)), Item::Unassigned(noise(2, 20)), Item::Sync];
    let stream = Stream::new([7; 16], &items);
    let outcome = recover(&stream.bytes, None);
    assert!(outcome.events.contains(&Said::Unassigned { start: at(&stream, 2), kind: Kind(9) }));
    assert_eq!((outcome.events.len(), outcome.report.unassigned), (2, 1));
    // A damaged one is as lost as any other frame, and not counted as a lost data frame.
    let mut bytes = stream.bytes.clone();
    bytes[stream.frames[2].start + 30] ^= 1;
    let outcome = recover(&bytes, None);
    assert_eq!(gaps(&outcome), [(at(&stream, 2), at(&stream, 3), 0, Some(0))]);
}

#[test]
fn an_input_that_says_nothing_of_its_stream_is_refused() {
    // SPEC [REC-1]: nothing, one anchor that none confirms, and pairs of two streams.
    let stream = example();
    let no_first = [&[0; 80], &stream.bytes[80..]].concat();
    let only_one = no_first[..stream.frames[9].start].to_vec();
    let base = u64::try_from(no_first.len()).unwrap();
    let other = Stream::at([1; 16], base, &[Item::Sync]);
    let two = [no_first.as_slice(), &other.bytes].concat();
    assert_eq!(recover(&no_first, None).id_source, IdSource::Learnt);
    for input in [&[], &only_one[..], &two] {
        let error = Recovery::open(input, Limits::DEFAULT, None).map(|_| ()).unwrap_err();
        let RecoveryError::Refused(error) = error else { panic!("{error:?}") };
        assert_eq!((error.kind().name(), error.offset()), ("NoStreamId", 0));
    }
    // Told which stream it is, it delivers what is there.
    assert_eq!(recover(&only_one, Some(stream.id)).report.frames, 2);
    assert_eq!(recover(&[], Some(stream.id)).events, []);
    let unheard_of = recover(&stream.bytes, Some([9; 16]));
    let end = u64::try_from(stream.bytes.len()).unwrap();
    assert_eq!(gaps(&unheard_of), [(0, end, 0, None)]);
}

#[test]
fn a_first_sync_with_other_numbers_than_the_first_has_tells_no_id() {
    // SPEC [REC-1]: at position 0 it must be as STR-1 says.
    let mut sync = Chain::new([3; 16]).sync();
    sync.count = 1;
    let mut bytes = Vec::new();
    Parts::control(Kind::SYNC, &[&sync.to_bytes()]).write(&mut bytes).unwrap();
    assert!(Recovery::open(bytes.as_slice(), Limits::DEFAULT, None).is_err());
}

#[test]
fn a_later_part_written_over_an_earlier_one_does_not_shut_out_what_lies_between() {
    // SPEC [REC-2]: the copy is borne out by itself, and an anchor in place that is earlier in the stream follows it.
    let stream = Stream::new([8; 16], &many_segments());
    let anchors: Vec<_> = stream.anchors().map(|anchor| anchor.start).collect();
    let mut bytes = stream.bytes.clone();
    let later = stream.bytes[anchors[10]..anchors[13]].to_vec();
    let place = anchors[1] + 100;
    bytes.splice(place..place + later.len(), later.iter().copied());
    let outcome = recover(&bytes, None);
    let after = anchors.iter().find(|start| **start >= place + later.len()).unwrap();
    let [(_, to, shift, _)] = gaps(&outcome)[..] else { panic!("{:?}", gaps(&outcome)) };
    assert_eq!((usize::try_from(to).unwrap(), shift), (*after, 0));
    outcome.account(&stream, &bytes);
}

#[test]
fn a_later_part_put_in_before_an_earlier_one_does_not_either() {
    // SPEC [REC-2]: here what is shut out would be borne out, and not in place.
    let stream = Stream::new([8; 16], &many_segments());
    let anchors: Vec<_> = stream.anchors().map(|anchor| anchor.start).collect();
    let mut bytes = stream.bytes.clone();
    let later = stream.bytes[anchors[10]..anchors[12] + 100].to_vec();
    let place = anchors[1] + 100;
    bytes.splice(place..place, later.iter().copied());
    let outcome = recover(&bytes, None);
    let by = i64::try_from(later.len()).unwrap();
    let [(_, to, shift, Some(1))] = gaps(&outcome)[..] else { panic!("{:?}", gaps(&outcome)) };
    assert_eq!((usize::try_from(to).unwrap(), shift), (anchors[2] + later.len(), by));
    // A rival that one anchor of the copy has found is not looked for again by the next; else this were above 11,000.
    assert!(outcome.report.spent < 10_000, "{} bytes", outcome.report.spent);
    outcome.account(&stream, &bytes);
}

#[test]
fn a_later_part_put_in_costs_no_more_than_its_length_and_a_segment() {
    // SPEC [REC-2]: too long for a rival to be in reach, it is taken; where it breaks off, the SYNC it broke off behind is taken once more.
    let stream = Stream::new([8; 16], &many_segments());
    let anchors: Vec<_> = stream.anchors().map(|anchor| anchor.start).collect();
    let mut bytes = stream.bytes.clone();
    let later = stream.bytes[anchors[3]..anchors[5] + 100].to_vec();
    let place = anchors[0] + 100;
    bytes.splice(place..place, later.iter().copied());
    let outcome = recover(&bytes, None);
    let account = outcome.account(&stream, &bytes);
    assert_eq!(account.frames_lost, 3);
    assert!(account.bytes_lost <= later.len() + stream.spacing() + 80 + stream.largest());
}

#[test]
fn what_is_searched_for_rivals_is_paid_for() {
    // SPEC [REC-8]: the beginning is cut off, so the input is searched as far as what is missing reached.
    let message = |seed| Item::Message(noise(seed, 60_000));
    let stream = Stream::new([4; 16], &[message(1), Item::Sync, message(2), message(3)]);
    let missing = stream.frames[2].start;
    let cut = recover(&stream.bytes[missing..], Some(stream.id));
    let mut zeroed = stream.bytes.clone();
    zeroed[..missing].fill(0);
    let in_place = recover(&zeroed, Some(stream.id));
    assert_eq!((cut.report.frames, in_place.report.frames), (2, 2));
    let more = usize::try_from(cut.report.spent - in_place.report.spent).unwrap();
    // From the SYNC's end on, and its segment once more to bear it out: two messages and a SYNC.
    assert_eq!(more, (missing + 1 - 80) + 2 * (60_032 + 16) + 96);
}

fn many_segments() -> Vec<Item> {
    (0..20).flat_map(|seed| [Item::Message(noise(seed, 200)), Item::Sync]).collect()
}
