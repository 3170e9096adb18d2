//! The figures that are promised, each measured and held against its bound.

use bytes::Bytes;
use serde::{Deserialize, Serialize};

use crate::Fault;
use crate::contestant::{Carries, Contestant, Group, Packing};
use crate::contestants::{Bare, DashStream, Ours, ProstAlone, bare};
use crate::corpus::{Corpus, Form};
use crate::operation::{Operation, in_turns};
use crate::race::{Effort, Spread, Standing, race};
use crate::sizes::{self, Sizes};
use crate::workload;

/// A promised figure.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct Claim {
    /// What is measured, and against what.
    pub what: String,
    /// What it must be.
    pub bound: Bound,
    /// What it is.
    pub measured: Spread,
}

/// What a figure must be.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Serialize)]
pub enum Bound {
    /// This or more.
    AtLeast(f64),
    /// This or less.
    AtMost(f64),
    /// Nothing: it stands here to be compared with.
    Told,
}

impl Claim {
    fn new(what: impl Into<String>, bound: Bound, measured: Spread) -> Self {
        Self { what: what.into(), bound, measured }
    }

    fn exact(what: impl Into<String>, bound: Bound, measured: f64) -> Self {
        let measured = Spread { low: measured, median: measured, high: measured };
        Self::new(what, bound, measured)
    }

    /// Whether the median keeps the bound.
    #[must_use]
    pub fn is_kept(&self) -> bool {
        match self.bound {
            Bound::AtLeast(bound) => self.measured.median >= bound,
            Bound::AtMost(bound) => self.measured.median <= bound,
            Bound::Told => true,
        }
    }
}

/// Sizes: no time is taken.
#[must_use]
pub fn of_sizes(all: &[Sizes]) -> Vec<Claim> {
    let claims = all.iter().flat_map(|sizes| {
        let words = |what: &str| format!("{what}, {} form", sizes.form);
        [
            Claim::exact(
                words("bytes of single frames with a dictionary of other tasks, of raw"),
                Bound::AtMost(0.375),
                sizes.dictionary,
            ),
            Claim::exact(
                words("the same in batches of 100"),
                Bound::AtMost(0.16),
                sizes.batch_dictionary,
            ),
        ]
    });
    claims.collect()
}

/// What batches come to when size is all that counts.
///
/// # Errors
/// When a record cannot be encoded.
pub fn of_smallest(corpus: &Corpus) -> Result<Vec<Claim>, Fault> {
    let of = |form: Form| {
        let what = format!(
            "batches of 100 under `small`, with 1 MiB of records of other tasks for a dictionary, {} form",
            form.name()
        );
        Ok(Claim::exact(what, Bound::AtMost(0.16), sizes::smallest(corpus, form)?))
    };
    Form::ALL.into_iter().map(of).collect()
}

/// Plain frames around prost, beside prost alone.
///
/// # Errors
/// When something cannot be encoded or decoded.
pub fn beside_prost(corpus: &Corpus, effort: Effort) -> Result<Vec<Claim>, Fault> {
    let records = corpus.near(380, NEAR);
    let plain = Ours::new(Carries::Events, Packing::Plain, Group::Single, None)?;
    let mut contestants: [Box<dyn Contestant>; 3] =
        [Box::new(ProstAlone), Box::new(plain), Box::new(Bare::default())];
    let standings: Vec<Standing> = race(&mut contestants, &records, effort)?;
    let [prost, ours, bare] = standings.as_slice() else { return Ok(Vec::new()) };
    let claim = |what: &str, bound, ours: &[f64], prost: &[f64]| {
        Claim::new(what, bound, Spread::of_ratios(ours, prost))
    };
    let (encode, decode) = (Bound::AtMost(1.30), Bound::AtMost(1.10));
    Ok(vec![
        claim("encode plain at 380 B, against prost alone", encode, &ours.encode, &prost.encode),
        claim("the same of prost and two checksums", Bound::Told, &bare.encode, &prost.encode),
        claim("decode plain at 380 B, against prost alone", decode, &ours.decode, &prost.decode),
        claim("the same of prost and two checksums", Bound::Told, &bare.decode, &prost.decode),
    ])
}

/// Looking at a compressed frame, beside today's decoding of the same message.
///
/// # Errors
/// When something cannot be encoded or decoded.
pub fn of_peeking(corpus: &Corpus, effort: Effort) -> Result<Vec<Claim>, Fault> {
    let [(_, dictionary), _] = sizes::trained(corpus, Form::Protobuf)?;
    let records = corpus.near(380, NEAR);
    let frames = workload::routed_frames(&records, &dictionary)?;
    let mut today = Vec::new();
    for record in &records {
        let mut bytes = Vec::new();
        DashStream.encode(core::slice::from_ref(record), &mut bytes)?;
        today.push(Bytes::from(bytes));
    }
    let mut operations = [
        Operation::new("peek", frames.len(), || {
            frames.iter().try_for_each(|frame| workload::peek(frame))
        }),
        Operation::new("bare", frames.len(), || {
            frames.iter().try_for_each(|frame| {
                core::hint::black_box(bare::checked(core::hint::black_box(frame))?);
                Ok(())
            })
        }),
        Operation::new("today", today.len(), || {
            today.iter().try_for_each(|bytes| {
                DashStream.decode(core::hint::black_box(bytes), &mut |taken| {
                    core::hint::black_box(taken);
                })
            })
        }),
    ];
    let times = in_turns(&mut operations, effort)?;
    let times_faster = |what: &str, bound, name| {
        let ratio = Spread::of_ratios(times.of("today")?, times.of(name)?);
        Ok::<_, Fault>(Claim::new(what, bound, ratio))
    };
    Ok(vec![
        times_faster(
            "times that peeking at a compressed frame of 380 B raw is faster than today's decode",
            Bound::AtLeast(10.0),
            "peek",
        )?,
        times_faster("the same of its two checksums alone", Bound::Told, "bare")?,
    ])
}

/// Verifying, and going through streams, beside the checksum alone.
///
/// # Errors
/// When something cannot be encoded or decoded.
pub fn of_throughput(effort: Effort) -> Result<Vec<Claim>, Fault> {
    let mut claims = Vec::new();
    for (len, name, bound) in [(64 << 10, "64 KiB", 0.85), (1 << 20, "1 MiB", 0.90)] {
        let frame = workload::plain_frame(len)?;
        let mut operations = [
            Operation::new("checksum", len, || {
                workload::checksum_alone(&frame, len);
                Ok(())
            }),
            Operation::new("verify", len, || workload::verify(&frame)),
        ];
        let times = in_turns(&mut operations, effort)?;
        let ratio = Spread::of_ratios(times.of("checksum")?, times.of("verify")?);
        let what = format!("verify a frame of {name}, of the speed of the checksum alone");
        claims.push(Claim::new(what, Bound::AtLeast(bound), ratio));
    }
    claims.extend(of_streams(effort)?);
    Ok(claims)
}

fn of_streams(effort: Effort) -> Result<Vec<Claim>, Fault> {
    let payloads = workload::payloads();
    let mut encoder = workload::plain_encoder()?;
    let stream = workload::write_stream(&mut encoder, &payloads, Vec::new())?;
    let len = stream.len();
    let mut operations = [
        Operation::new("checksum", len, || {
            workload::checksum_alone(&payloads, workload::PAYLOAD_LEN);
            Ok(())
        }),
        Operation::new("write", len, || {
            workload::write_stream(&mut encoder, &payloads, std::io::sink()).map(drop)
        }),
        Operation::new("read", len, || workload::read_stream(&stream).map(drop)),
        Operation::new("recover", len, || workload::recover_stream(&stream).map(drop)),
    ];
    let times = in_turns(&mut operations, effort)?;
    let claim = |name, words: &str, bound| {
        let what =
            format!("{words} of 16 KiB frames from memory, of the speed of the checksum alone");
        let ratio = Spread::of_ratios(times.of("checksum")?, times.of(name)?);
        Ok::<_, Fault>(Claim::new(what, Bound::AtLeast(bound), ratio))
    };
    Ok(vec![
        claim("write", "stream write", 0.3)?,
        claim("read", "strict read", 0.5)?,
        claim("recover", "recovery scan", 0.5)?,
    ])
}

/// So many records near a length are raced with: they fit into a core's second cache.
const NEAR: usize = 256;
