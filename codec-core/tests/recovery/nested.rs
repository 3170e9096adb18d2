//! Payloads that are streams themselves, or hold SYNCs made to mislead: nothing of them is ever delivered.

use proptest::collection::vec;
use proptest::prelude::*;
use strictframe_core::recovery::{IdSource, Recovery};
use strictframe_core::{Kind, Limits, Parts, control};

use super::damage::{Damage, apply, cut, foreign, in_place, moving};
use super::outcome::Outcome;
use super::stream::{Item, Stream, items, noise};

/// What stands in a payload.
#[derive(Clone, Debug)]
enum Inside {
    /// A whole stream whose SYNCs say where they lie in the outer one.
    Aligned([u8; 16], Vec<Item>),
    /// SYNCs with the outer stream's id that claim to lie so much further on, and numbers of their own.
    Forged(Vec<(u64, u64, u64)>),
    /// A whole stream that counts from 0.
    Nested([u8; 16], Vec<Item>),
    /// No trap.
    Plain(Item),
}

/// An outer stream, and where the frames inside its payloads start.
#[derive(Clone, Debug)]
struct Outer {
    stream: Stream,
    marks: Vec<usize>,
}

impl Outer {
    fn new(id: [u8; 16], insides: &[Inside]) -> Self {
        // What is inside does not change how long it is: laid out first, then filled.
        let layout = Stream::new(id, &Self::items(id, insides, |_| 0));
        let mut payloads = layout.frames.iter().filter(|frame| !frame.is_anchor());
        let starts: Vec<_> =
            insides.iter().filter(|inside| inside.is_frame()).map(|_| payloads.next()).collect();
        let start = |index: usize| starts[index].unwrap().start + 28;
        let stream = Stream::new(id, &Self::items(id, insides, start));
        let marks =
            stream.frames.iter().flat_map(|frame| frames_in(&stream.bytes, *frame)).collect();
        Self { stream, marks }
    }

    fn items(id: [u8; 16], insides: &[Inside], start: impl Fn(usize) -> usize) -> Vec<Item> {
        let mut index = 0;
        let item = |inside: &Inside| {
            let base = if inside.is_frame() {
                index += 1;
                u64::try_from(start(index - 1)).unwrap()
            } else {
                0
            };
            match inside {
                Inside::Aligned(id, items) => Item::Message(Stream::at(*id, base, items).bytes),
                Inside::Forged(numbers) => Item::Message(
                    numbers.iter().flat_map(|numbers| forged(id, base, *numbers)).collect(),
                ),
                Inside::Nested(id, items) => Item::Message(Stream::new(*id, items).bytes),
                Inside::Plain(item) => item.clone(),
            }
        };
        insides.iter().map(item).collect()
    }
}

impl Inside {
    const fn is_frame(&self) -> bool {
        !matches!(self, Self::Plain(Item::Sync))
    }
}

fn forged(stream_id: [u8; 16], base: u64, (ahead, previous, count): (u64, u64, u64)) -> Vec<u8> {
    let (own_offset, chain_crc) = (base.wrapping_add(ahead), 5);
    let sync = control::Sync { stream_id, own_offset, previous, count, chain_crc };
    let mut bytes = Vec::new();
    Parts::control(Kind::SYNC, &[&sync.to_bytes()]).write(&mut bytes).unwrap();
    bytes
}

/// The starts of everything in a frame's body that looks like a frame.
fn frames_in(bytes: &[u8], frame: super::stream::Placed) -> Vec<usize> {
    let body = frame.start + 28..frame.start + frame.len - 4;
    body.filter(|at| bytes[*at..].starts_with(&[0x9E, 0xC1])).collect()
}

fn outer() -> impl Strategy<Value = Outer> {
    let id = || any::<[u8; 16]>();
    // Further than the damage below can move it, so that it is never in place.
    let ahead = prop_oneof![3000..90_000_u64, any::<u64>()];
    let ahead =
        (ahead, any::<bool>()).prop_map(|(by, back)| if back { by.wrapping_neg() } else { by });
    let numbers = prop_oneof![0..5000_u64, any::<u64>()];
    let numbers = (ahead, numbers.clone(), numbers);
    let plain = items(2).prop_map(|items| {
        Inside::Plain(items.into_iter().next().unwrap_or(Item::Message(noise(1, 50))))
    });
    let inside = prop_oneof![
        3 => (id(), items(12)).prop_map(|(id, items)| Inside::Aligned(id, items)),
        2 => vec(numbers, 1..4).prop_map(Inside::Forged),
        3 => (id(), items(12)).prop_map(|(id, items)| Inside::Nested(id, items)),
        6 => plain,
    ];
    (id(), vec(inside, 1..20)).prop_map(|(id, insides)| Outer::new(id, &insides))
}

fn damages() -> impl Strategy<Value = Vec<Damage>> {
    let damage = prop_oneof![
        4 => in_place(800, foreign()),
        4 => moving(800, foreign()),
        1 => cut(),
    ];
    vec(damage, 1..4)
}

fn on(outer: &Outer, damages: &[Damage]) -> Vec<u8> {
    let splices: Vec<_> =
        damages.iter().map(|damage| damage.on(&outer.stream, &outer.marks)).collect();
    apply(&outer.stream, &splices)
}

/// Whether two neighbouring anchors still lie where they say.
fn has_pair(stream: &Stream, damaged: &[u8]) -> bool {
    let anchors: Vec<_> = stream.anchors().collect();
    let is_there = |start: usize, len: usize| {
        damaged.get(start..start + len) == Some(&stream.bytes[start..start + len])
    };
    anchors.windows(2).any(|pair| pair.iter().all(|anchor| is_there(anchor.start, anchor.len)))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1200))]

    #[test]
    fn nothing_inside_a_payload_is_ever_delivered(outer in outer(), damages in damages()) {
        // SPEC [REC-2, REC-3]: another id, or nothing that bears it out.
        let damaged = on(&outer, &damages);
        let stream_id = Some(outer.stream.id);
        let recovery = Recovery::open(damaged.as_slice(), Limits::DEFAULT, stream_id).unwrap();
        Outcome::of(recovery).unwrap().account(&outer.stream, &damaged);
    }

    #[test]
    fn a_stream_inside_a_payload_is_never_taken_for_the_outer_one(
        outer in outer(),
        damages in damages(),
    ) {
        // SPEC [REC-1]: as long as the outer stream has a pair left, two ids are a refusal.
        let damaged = on(&outer, &damages);
        let learnt = Recovery::open(damaged.as_slice(), Limits::DEFAULT, None);
        if let Ok(recovery) = learnt && has_pair(&outer.stream, &damaged) {
            prop_assert_eq!(recovery.stream_id(), outer.stream.id);
        }
    }
}

#[test]
fn an_aligned_stream_in_a_payload_is_passed_over() {
    // SPEC [REC-3]: its SYNCs lie where they say they lie, and bear another id.
    let inner: Vec<_> = (0..4).flat_map(|i| [Item::Message(noise(i, 30)), Item::Sync]).collect();
    let insides = [
        Inside::Plain(Item::Message(noise(9, 40))),
        Inside::Aligned([2; 16], inner.clone()),
        Inside::Nested([3; 16], inner),
        Inside::Plain(Item::Sync),
        Inside::Plain(Item::Message(noise(10, 40))),
    ];
    let Outer { stream, .. } = Outer::new([1; 16], &insides);
    let mut bytes = stream.bytes.clone();
    // The header in front of the aligned stream.
    bytes[stream.frames[2].start + 5] ^= 1;
    let recovery = Recovery::open(bytes.as_slice(), Limits::DEFAULT, None).unwrap();
    let outcome = Outcome::of(recovery).unwrap();
    let account = outcome.account(&stream, &bytes);
    assert_eq!(account.delivered, [0, 1, 0, 0, 0, 1, 0]);
    assert_eq!(outcome.gaps()[0].frames_lost, Some(2));
    // Without the first SYNC there are pairs of two ids; told the id, it needs neither.
    bytes[40] ^= 1;
    assert!(Recovery::open(bytes.as_slice(), Limits::DEFAULT, None).is_err());
    let told = Recovery::open(bytes.as_slice(), Limits::DEFAULT, Some([1; 16])).unwrap();
    assert_eq!(told.id_source(), IdSource::Caller);
    assert_eq!(Outcome::of(told).unwrap().report.frames_lost, 3);
}

#[test]
fn a_forged_sync_in_place_is_believed_and_marked_by_the_next_anchor() {
    // SPEC [STR-3, REC-4]: who knows the id and the position can spoil the count of a loss, which is why the id must be unpredictable.
    let message = Inside::Plain(Item::Message(noise(9, 40)));
    let forged = Inside::Forged(vec![(0, 0, 500)]);
    let insides = [message.clone(), forged, Inside::Plain(Item::Sync), message];
    let Outer { stream, .. } = Outer::new([1; 16], &insides);
    let mut bytes = stream.bytes.clone();
    bytes[stream.frames[2].start + 5] ^= 1;
    let recovery = Recovery::open(bytes.as_slice(), Limits::DEFAULT, None).unwrap();
    let outcome = Outcome::of(recovery).unwrap();
    let gaps: Vec<_> = outcome.gaps().iter().map(|gap| gap.frames_lost).collect();
    assert_eq!(gaps, [Some(499), Some(0)]);
    let start = |index: usize| u64::try_from(stream.frames[index].start).unwrap();
    assert_eq!(outcome.edited(), [(start(2) + 28, start(3))]);
    assert_eq!(outcome.report.frames, 2);
}

#[test]
fn a_nested_frame_that_comes_to_lie_where_one_was_due_is_in_a_segment_marked_edited() {
    // SPEC [REC-5]: bytes are missing from the start of a frame to that of one in its payload. The nested one then follows the frame before as if it were next, and nothing in it says otherwise.
    let inner = [Item::Message(noise(1, 30)), Item::Message(noise(2, 30))];
    let message = Inside::Plain(Item::Message(noise(9, 40)));
    let sync = Inside::Plain(Item::Sync);
    let insides = [message.clone(), Inside::Nested([2; 16], inner.to_vec()), message, sync];
    let Outer { stream, .. } = Outer::new([1; 16], &insides);
    let outer = stream.frames[2].start;
    let nested = Stream::new([2; 16], &inner);
    let mut bytes = stream.bytes.clone();
    bytes.drain(outer..outer + 28 + nested.frames[1].start);
    let recovery = Recovery::open(bytes.as_slice(), Limits::DEFAULT, None).unwrap();
    let outcome = Outcome::of(recovery).unwrap();
    let strangers: Vec<_> =
        outcome.frames().filter(|(_, frame)| *frame == nested.frame(1)).collect();
    assert_eq!(strangers.len(), 1);
    let [(from, to)] = outcome.edited()[..] else { panic!("{:?}", outcome.edited()) };
    assert!((from..to).contains(&strangers[0].0));
}
