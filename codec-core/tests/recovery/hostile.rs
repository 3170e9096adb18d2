//! Inputs made to cost: the work stays within its budget, the memory within its formula, whatever the input.

use core::cell::Cell;
use core::convert::Infallible;

use strictframe_core::control::Sync;
use strictframe_core::recovery::{ReadAt, Recovery, RecoveryError};
use strictframe_core::{Chain, Kind, Limits, Parts, SchemaKey};

use super::outcome::{Outcome, index};
use super::stream::{Item, Stream, noise};

const ID: [u8; 16] = [0xAB; 16];
const MIB: usize = 1 << 20;

/// A source that tells what was read of it.
struct Counted<'a> {
    bytes: &'a [u8],
    read: &'a Cell<u64>,
    largest: &'a Cell<usize>,
}

impl ReadAt for Counted<'_> {
    type Error = Infallible;

    fn len(&self) -> u64 {
        ReadAt::len(&self.bytes)
    }

    fn read_at(&mut self, offset: u64, buffer: &mut [u8]) -> Result<(), Infallible> {
        assert!(index(offset) + buffer.len() <= self.bytes.len(), "read beyond the end");
        self.read.set(self.read.get() + u64::try_from(buffer.len()).unwrap());
        self.largest.set(self.largest.get().max(buffer.len()));
        self.bytes.read_at(offset, buffer)
    }
}

/// Recovers and holds the cost against the budget and the memory formula.
fn recover(bytes: &[u8], limits: Limits, stream_id: Option<[u8; 16]>) -> Outcome {
    let (read, largest) = (Cell::new(0), Cell::new(0));
    let source = Counted { bytes, read: &read, largest: &largest };
    let outcome = Outcome::of(Recovery::open(source, limits, stream_id).unwrap()).unwrap();
    let report = outcome.report;
    // SPEC [REC-8]: 16 times the length and 2^27.
    let budget = 16 * u64::try_from(bytes.len()).unwrap() + (1 << 27);
    assert!(report.spent <= budget);
    // What is read is in proportion to what is looked at.
    assert!(read.get() <= 4 * (budget + (1 << 20)), "{} bytes read", read.get());
    // SPEC [LIM-2]: one window, or one frame that its limit allows.
    assert!(largest.get() <= (256 << 10).max(index(limits.body().into()) + 32));
    outcome
}

fn frame(parts: &Parts<'_>) -> Vec<u8> {
    let mut bytes = Vec::new();
    parts.write(&mut bytes).unwrap();
    bytes
}

fn sync(own_offset: u64, previous: u64) -> Vec<u8> {
    let sync = Sync { stream_id: ID, own_offset, previous, count: 0, chain_crc: 0 };
    frame(&Parts::control(Kind::SYNC, &[&sync.to_bytes()]))
}

/// A valid header of a message with a body of so many bytes, which are not there.
fn header(body_len: usize) -> Vec<u8> {
    let body = noise(1, body_len);
    let key = SchemaKey::new(*b"lineage!", 1, 1, [0; 4]);
    frame(&Parts::plain(Kind::MESSAGE, key, &[], &[&body]))[..28].to_vec()
}

/// Whether everything is in one gap of unknown loss.
fn is_all_lost(outcome: &Outcome) -> bool {
    outcome.gaps().len() == 1 && outcome.gaps()[0].frames_lost.is_none()
}

#[test]
fn a_mebibyte_of_forged_syncs_costs_a_few_mebibytes() {
    // SPEC [REC-2, REC-8]: each is looked at, and the one behind it.
    let forged: Vec<u8> = (0..MIB as u64 / 80).flat_map(|i| sync(i * 1000 + 7, i)).collect();
    let outcome = recover(&forged, Limits::DEFAULT, Some(ID));
    assert!(is_all_lost(&outcome) && !outcome.report.budget_spent);
    assert!(outcome.report.spent < 4 * MIB as u64);
}

#[test]
fn forged_syncs_before_lengths_that_reach_far_spend_the_budget() {
    // SPEC [REC-8]: without it this would put 5 GiB under a checksum.
    let header = header(MIB / 2);
    let forged: Vec<u8> = (0..MIB as u64 / 108)
        .flat_map(|i| [sync(i * 1000 + 7, i), header.clone()].concat())
        .collect();
    let outcome = recover(&forged, Limits::DEFAULT, Some(ID));
    assert!(is_all_lost(&outcome) && outcome.report.budget_spent);
    assert_eq!(outcome.gaps()[0].to, forged.len() as u64);
}

#[test]
fn what_was_delivered_before_the_budget_was_spent_stays() {
    // SPEC [REC-8]: the rest is one gap.
    let header = header(MIB / 2);
    let whole = Stream::new(ID, &[Item::Message(noise(3, 100)), Item::Sync]);
    let mut bytes = whole.bytes[..whole.frames[3].start].to_vec();
    let from = bytes.len() as u64;
    let forged =
        (0..MIB as u64 / 108).flat_map(|i| [sync(i * 1000 + 700, i), header.clone()].concat());
    bytes.extend(forged);
    let outcome = recover(&bytes, Limits::DEFAULT, None);
    assert_eq!((outcome.report.frames, outcome.report.budget_spent), (1, true));
    assert_eq!((outcome.gaps().len(), outcome.gaps()[0].from), (1, from));
}

#[test]
fn forged_pairs_that_claim_missing_bytes_spend_the_budget_too() {
    // SPEC [REC-2, REC-8]: each is borne out by its fellow, and the input is searched for what speaks against it.
    let mut forged = Vec::new();
    for i in 1..MIB as u64 / 160 {
        let mut chain = Chain::resumed(&Sync {
            stream_id: ID,
            own_offset: i << 24,
            previous: 0,
            count: i,
            chain_crc: 0,
        });
        for _ in 0..2 {
            let bytes = frame(&Parts::control(Kind::SYNC, &[&chain.sync().to_bytes()]));
            chain.add(Kind::SYNC, 80, u32::from_le_bytes(*bytes.last_chunk().unwrap()));
            forged.extend(bytes);
        }
    }
    let outcome = recover(&forged, Limits::DEFAULT, Some(ID));
    assert!(outcome.report.budget_spent);
    assert_eq!(outcome.report.frames, 0);
}

#[test]
fn headers_without_frames_and_magic_without_headers_are_passed_over() {
    // SPEC [REC-3]: the magic is no reason to stop anywhere.
    let magic = [0x9E, 0xC1].repeat(MIB / 2);
    let headers = header(1 << 16).repeat(MIB / 28);
    let zeros = vec![0; MIB];
    for bytes in [magic, headers, zeros] {
        let outcome = recover(&bytes, Limits::DEFAULT, Some([0; 16]));
        assert!(is_all_lost(&outcome));
        assert_eq!(outcome.report.spent, 0);
        let error = Recovery::open(bytes.as_slice(), Limits::DEFAULT, None).map(|_| ());
        assert!(matches!(error, Err(RecoveryError::Refused(_))));
    }
}

#[test]
fn learning_an_id_stays_within_the_budget() {
    // SPEC [REC-1, REC-8]: every SYNC at its own offset, each naming one that is not what it seems.
    let len = MIB as u64 / 80;
    let mut bytes: Vec<u8> =
        (0..len).flat_map(|i| sync(i * 80, (i * 80).wrapping_sub(40))).collect();
    assert!(Recovery::open(bytes.as_slice(), Limits::DEFAULT, None).is_err());
    // And one pair at the very end.
    let base = bytes.len() as u64;
    bytes.extend(Stream::at([6; 16], base, &[Item::Message(noise(1, 10))]).bytes);
    let outcome = recover(&bytes, Limits::DEFAULT, None);
    assert_eq!((outcome.stream_id, outcome.report.frames), ([6; 16], 1));
    assert!(outcome.report.spent < 8 * MIB as u64);
}

#[test]
fn a_frame_above_the_limit_is_a_gap_and_gets_no_room() {
    // SPEC [REC-3, LIM-2]: refused by its header, whatever follows.
    let items = [Item::Message(noise(1, MIB)), Item::Sync, Item::Message(noise(2, 10))];
    let stream = Stream::new(ID, &items);
    let outcome = recover(&stream.bytes, Limits::TINY, None);
    assert_eq!((outcome.report.frames, outcome.report.frames_lost), (1, 1));
    assert!(outcome.report.spent < 2000);
    let outcome = recover(&stream.bytes, Limits::DEFAULT, None);
    assert_eq!((outcome.report.frames, outcome.report.frames_lost), (2, 0));
}

/// A source that fails one time in five.
struct Flaky<'a> {
    bytes: &'a [u8],
    calls: u32,
}

impl ReadAt for Flaky<'_> {
    type Error = u32;

    fn len(&self) -> u64 {
        ReadAt::len(&self.bytes)
    }

    fn read_at(&mut self, offset: u64, buffer: &mut [u8]) -> Result<(), u32> {
        self.calls += 1;
        buffer.fill(0xEE);
        if self.calls.is_multiple_of(5) {
            return Err(self.calls);
        }
        self.bytes.read_at(offset, buffer).map_err(|never| match never {})
    }
}

#[test]
fn a_source_that_fails_may_be_asked_again() {
    // SPEC [REC-3]: nothing is delivered, and nothing is given up, for a read that failed.
    let items: Vec<_> = (0..8).map(|n| Item::Message(noise(n, 300 << 10))).collect();
    let mut stream = Stream::new(ID, &items);
    stream.bytes[100] ^= 1;
    let whole =
        Outcome::of(Recovery::open(stream.bytes.as_slice(), Limits::DEFAULT, Some(ID)).unwrap());
    let whole = whole.unwrap();
    let source = Flaky { bytes: &stream.bytes, calls: 0 };
    let mut recovery = Recovery::open(source, Limits::DEFAULT, Some(ID)).unwrap();
    let (mut failures, mut events) = (0, 0);
    loop {
        match recovery.next() {
            Ok(Some(_)) => events += 1,
            Ok(None) => break,
            Err(error) => {
                assert!(matches!(error, RecoveryError::Source(_)));
                failures += 1;
            }
        }
    }
    assert!(failures > 0);
    assert_eq!(events, whole.events.len());
    assert_eq!(recovery.report().frames, whole.report.frames);
    assert!(recovery.into_source().calls > 2);
}
