//! The work that is counted in instructions and allocations, and that Criterion times: always on made records, so that it is the same everywhere.

use core::hint::black_box;

use bytes::Bytes;
use strictframe::{CompressionPolicy, Dictionary, Encoder, ErrorKind, Schema, SchemaPolicy};
use strictframe_schema::payload::Scratch;

use crate::Fault;
use crate::contestant::{Carries, Contestant, Group, Packing};
use crate::contestants::Ours;
use crate::corpus::{Corpus, Record};
use crate::event::Event;
use crate::payloads::Payloads;
use crate::workload;

/// Some work that can be done again and again.
pub struct Scenario {
    /// Its name in the baseline.
    pub name: &'static str,
    /// Whether it must allocate nothing once it was done.
    pub is_steady: bool,
    prepare: fn() -> Result<Work, Fault>,
}

/// Prepared work; a call goes once through all of its input.
pub type Work = Box<dyn FnMut() -> Result<(), Fault>>;

impl Scenario {
    /// The scenario with that name.
    #[must_use]
    pub fn named(name: &str) -> Option<&'static Self> {
        ALL.iter().find(|scenario| scenario.name == name)
    }

    /// The work, done once already, so that buffers and contexts have their size.
    ///
    /// # Errors
    /// When it cannot be prepared or done.
    pub fn prepare(&self) -> Result<Work, Fault> {
        let mut work = (self.prepare)()?;
        work()?;
        Ok(work)
    }
}

/// Where instructions are counted: callgrind collects inside this function and nowhere else.
///
/// # Errors
/// What the work says.
#[inline(never)]
pub fn measured(work: &mut Work) -> Result<(), Fault> {
    let done = work();
    black_box(done)
}

/// Every scenario.
pub const ALL: &[Scenario] = &[
    steady("encode plain", || encode(Packing::Plain, Group::Single)),
    steady("encode lz4", || encode(Packing::Lz4, Group::Single)),
    steady("encode zstd", || encode(Packing::Zstd, Group::Single)),
    steady("encode zstd dictionary", || encode(Packing::ZstdDictionary, Group::Single)),
    steady("encode plain batches", || encode(Packing::Plain, Group::Of(100))),
    steady("encode zstd batches", || encode(Packing::Zstd, Group::Of(100))),
    steady("encode message", encode_message),
    steady("judge known key 1000 times", judge),
    steady("decode plain", || decode(Packing::Plain, Group::Single)),
    steady("decode lz4", || decode(Packing::Lz4, Group::Single)),
    steady("decode zstd", || decode(Packing::Zstd, Group::Single)),
    steady("decode zstd dictionary", || decode(Packing::ZstdDictionary, Group::Single)),
    steady("decode zstd batches", || decode(Packing::Zstd, Group::Of(100))),
    steady("peek zstd dictionary", peek),
    steady("verify 64 KiB", verify),
    steady("payload to JSON", || to_json(Payloads::events(&records())?)),
    steady("payload of small fields to JSON", || to_json(Payloads::readings()?)),
    Scenario { name: "stream write", is_steady: false, prepare: stream_write },
    Scenario { name: "stream read", is_steady: false, prepare: stream_read },
    Scenario { name: "stream recovery", is_steady: false, prepare: stream_recovery },
];

const fn steady(name: &'static str, prepare: fn() -> Result<Work, Fault>) -> Scenario {
    Scenario { name, is_steady: true, prepare }
}

/// 200 messages of 380 B or so.
fn records() -> Vec<Record> {
    Corpus::made_agent_runs().near(380, 200)
}

/// Content rather than tables: training takes long where every instruction is counted.
fn dictionary() -> Result<Dictionary, Fault> {
    let records = Corpus::made_agent_runs().near(600, 100);
    let content: Vec<u8> = records.iter().flat_map(|record| &record.protobuf).copied().collect();
    Ok(Dictionary::new(content)?)
}

fn ours(packing: Packing, group: Group) -> Result<Ours, Fault> {
    Ours::new(Carries::Bytes, packing, group, Some(&dictionary()?))
}

fn encode(packing: Packing, group: Group) -> Result<Work, Fault> {
    let (records, mut ours, mut out) = (records(), ours(packing, group)?, Vec::new());
    Ok(Box::new(move || {
        for records in records.chunks(group.size()) {
            out.clear();
            ours.encode(black_box(records), &mut out)?;
            black_box(&out);
        }
        Ok(())
    }))
}

fn decode(packing: Packing, group: Group) -> Result<Work, Fault> {
    let (records, mut ours) = (records(), ours(packing, group)?);
    let mut frames = Vec::new();
    for records in records.chunks(group.size()) {
        let mut frame = Vec::new();
        ours.encode(records, &mut frame)?;
        frames.push(Bytes::from(frame));
    }
    Ok(Box::new(move || {
        frames.iter().try_for_each(|frame| {
            ours.decode(black_box(frame), &mut |taken| {
                black_box(taken);
            })
        })
    }))
}

fn encode_message() -> Result<Work, Fault> {
    let policy = CompressionPolicy::off();
    let mut encoder = Encoder::builder(Event::SCHEMA).policy(policy).build()?;
    let (records, mut out) = (records(), Vec::new());
    Ok(Box::new(move || {
        for record in &records {
            out.clear();
            encoder.encode_message(black_box(&record.event), &mut out)?;
            black_box(&out);
        }
        Ok(())
    }))
}

/// What a frame of the type's own version costs to be judged: a call, the loads, and one comparison of 16 bytes.
fn judge() -> Result<Work, Fault> {
    let (key, policy) = (Event::SCHEMA.key(), SchemaPolicy::default());
    Ok(Box::new(move || {
        for _ in 0..1000 {
            black_box(Event::SCHEMA.judge(black_box(&key), policy)).map_err(ErrorKind::name)?;
        }
        Ok(())
    }))
}

fn peek() -> Result<Work, Fault> {
    let frames = workload::routed_frames(&records(), &dictionary()?)?;
    Ok(Box::new(move || frames.iter().try_for_each(|frame| workload::peek(frame))))
}

fn verify() -> Result<Work, Fault> {
    let frame = workload::plain_frame(64 << 10)?;
    Ok(Box::new(move || workload::verify(&frame)))
}

fn to_json(payloads: Payloads) -> Result<Work, Fault> {
    let (mut scratch, mut out) = (Scratch::default(), String::new());
    Ok(Box::new(move || payloads.write(&mut scratch, &mut out)))
}

fn stream_write() -> Result<Work, Fault> {
    let (payloads, mut encoder) = (workload::payloads(), workload::plain_encoder()?);
    Ok(Box::new(move || workload::write_stream(&mut encoder, &payloads, std::io::sink()).map(drop)))
}

fn stream() -> Result<Vec<u8>, Fault> {
    workload::write_stream(&mut workload::plain_encoder()?, &workload::payloads(), Vec::new())
}

fn stream_read() -> Result<Work, Fault> {
    let stream = stream()?;
    Ok(Box::new(move || workload::read_stream(&stream).map(drop)))
}

fn stream_recovery() -> Result<Work, Fault> {
    let stream = stream()?;
    Ok(Box::new(move || workload::recover_stream(&stream).map(drop)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_scenario_can_be_done_again_and_has_a_name_of_its_own() {
        for scenario in ALL {
            let mut work = scenario.prepare().unwrap();
            measured(&mut work).unwrap();
            assert_eq!(ALL.iter().filter(|other| other.name == scenario.name).count(), 1);
            assert!(Scenario::named(scenario.name).is_some());
        }
        assert!(Scenario::named("no such work").is_none());
    }

    #[test]
    fn streams_are_read_and_recovered_whole() {
        let stream = stream().unwrap();
        let frames = workload::read_stream(&stream).unwrap();
        assert!(frames > 256 + 64, "{frames}");
        assert!(workload::recover_stream(&stream).unwrap() >= 257);
    }
}
