//! Everything that takes bytes from strangers, and its bounds.

use strictframe::{CompressionPolicy, Decoder, Registry, StreamReader};
use strictframe_core::judgement::KnownVersion;
use strictframe_core::pure::HeldCodecs;
use strictframe_core::recovery::{ReadAt, Recovery};
use strictframe_core::stream::Profile;
use strictframe_core::{Content, Frame, Limits, NoCodecs};
use strictframe_fuzz::target::{self, Target};
use strictframe_fuzz::vectors::sample;
use strictframe_schema::lock::Lock;
use strictframe_schema::protobuf::ProtobufSchema;
use strictframe_schema::{Descriptor, canonical_json};

/// A way for bytes in.
pub(crate) struct Path {
    pub(crate) name: &'static str,
    /// Takes an input, and gives the bytes that came out of its frames.
    pub(crate) run: fn(&[u8]) -> u64,
    pub(crate) memory: Memory,
    /// Nanoseconds for each byte of the input and of what came out of it.
    pub(crate) work: u64,
    /// The longest input it is given.
    pub(crate) longest: usize,
    pub(crate) seeds: Seeds,
}

/// The most memory: so much, and so much for each byte of the input.
#[derive(Clone, Copy)]
pub(crate) struct Memory {
    pub(crate) fixed: usize,
    pub(crate) each: usize,
}

/// Where inputs come from.
pub(crate) enum Seeds {
    /// Those of a fuzz target.
    Target(Target),
    /// Frames of every kind.
    Frames,
    /// Whole and damaged streams.
    Streams,
}

impl Memory {
    pub(crate) const fn of(&self, len: usize) -> usize {
        self.fixed.saturating_add(self.each.saturating_mul(len))
    }
}

pub(crate) fn all() -> Vec<Path> {
    let path = |name, run, memory, work, seeds| {
        let (fixed, each) = memory;
        Path { name, run, memory: Memory { fixed, each }, work, longest: MIB, seeds }
    };
    let target = |name, memory, work, longest| {
        let target = Target::named(name)?;
        let run = of_target(name)?;
        Some(Path { longest, ..path(target.name, run, memory, work, Seeds::Target(target)) })
    };
    let of = |name| Target::named(name).map(Seeds::Target);
    let paths = [
        Some(path("verify", verify, (0, 0), 10, Seeds::Frames)),
        Some(path("decode, libzstd", decode, (RAW + BESIDE, 0), 10, Seeds::Frames)),
        Some(path("decode, pure Rust", decode_pure, (2 * RAW + BESIDE, 0), 10, Seeds::Frames)),
        Some(path("stream, strict", stream, (BODY + RAW + BESIDE, 2), 20, Seeds::Streams)),
        Some(path("stream, recovery", recovery, (2 * BODY + BESIDE, 2), 60, Seeds::Streams)),
        of("json").map(|seeds| path("schema, JSON", json, (BESIDE, 48), 400, seeds)),
        of("descriptor").map(|seeds| path("schema, protobuf", protobuf, (BESIDE, 48), 300, seeds)),
        of("json").map(|seeds| path("lock file", lock, (BESIDE, 100), 500, seeds)),
        of("json").map(|seeds| path("policy", policy, (BESIDE, 4), 100, seeds)),
    ];
    let small = 40_000;
    let targets = [
        target("checkpoint", (BOTH, 8), 100, MIB),
        target("checkpoint_diff", (BOTH, 8), 100, MIB),
        target("dead_letter", (BOTH, 8), 100, MIB),
        target("descriptor", (BOTH, 48), 300, MIB),
        target("descriptor_set", (BOTH, 48), 300, MIB),
        target("frame", (BOTH_MOST, 8), 1000, small),
        target("json", (BOTH, 48), 800, MIB),
        target("judgement", (BESIDE, 0), 100, small),
        target("legacy", (BOTH, 8), 100, MIB),
        target("payload", (BOTH, 48), 600, MIB),
        target("recovery", (BOTH, 2), 100, MIB),
        target("sealed", (BOTH_MOST, 8), 1000, small),
        target("state_diff", (BOTH, 48), 400, MIB),
        target("stream", (BOTH, 8), 1000, small),
        target("telemetry", (BOTH, 8), 100, MIB),
    ];
    paths.into_iter().chain(targets).flatten().collect()
}

/// A target as a function of its own, since a path's has no memory.
fn of_target(name: &str) -> Option<fn(&[u8]) -> u64> {
    macro_rules! run {
        ($($name:literal => $run:expr,)*) => {
            match name {
                $($name => Some(|input| { $run(input); 0 }),)*
                _ => None,
            }
        };
    }
    run! {
        "checkpoint" => target::of_checkpoints,
        "checkpoint_diff" => target::of_checkpoint_diffs,
        "dead_letter" => target::of_dead_letters,
        "descriptor" => target::of_descriptors,
        "descriptor_set" => strictframe_fuzz::properties::schema::descriptor_set_is_judged,
        "frame" => target::of_one_frame,
        "json" => target::of_json,
        "judgement" => target::of_versions,
        "legacy" => target::of_legacy,
        "payload" => target::of_records,
        "recovery" => target::of_recovery,
        "sealed" => target::of_bodies,
        "state_diff" => target::of_diffs,
        "stream" => target::of_pieces,
        "telemetry" => target::of_telemetry,
    }
}

fn verify(bytes: &[u8]) -> u64 {
    let Ok(frame) = Frame::parse(bytes, &Limits::DEFAULT) else { return 0 };
    let decoded = frame.decode(|_| Ok(None), &mut NoCodecs, &mut [0; 0]);
    decoded.map_or(0, |decoded| decoded.records.iter().map(<[u8]>::len).sum::<usize>() as u64)
}

fn decode(bytes: &[u8]) -> u64 {
    let key = sample::key();
    let known = KnownVersion {
        version: key.version,
        min_reader: key.min_reader,
        fork_check: key.fork_check,
    };
    let registry = Registry::new().with_lineage(key.lineage, key.version, 1, vec![known]);
    let Ok(registry) = registry else { return 0 };
    let mut decoder = Decoder::builder(registry).build();
    let _ = decoder.decode(bytes);
    raw_len(bytes)
}

fn decode_pure(bytes: &[u8]) -> u64 {
    let Ok(frame) = Frame::parse(bytes, &Limits::DEFAULT) else { return 0 };
    let mut room = Vec::new();
    let _ = frame.decode(|_| Ok(None), &mut HeldCodecs::default(), &mut room);
    raw_len(bytes)
}

/// What a frame says that comes out of it.
fn raw_len(bytes: &[u8]) -> u64 {
    let Ok(frame) = Frame::parse(bytes, &Limits::DEFAULT) else { return 0 };
    match frame.content() {
        Content::Data { compressed, .. } => {
            compressed.map_or(0, |compressed| compressed.raw_len.into())
        }
        _ => 0,
    }
}

fn stream(bytes: &[u8]) -> u64 {
    let mut reader = StreamReader::new(bytes, Limits::DEFAULT, Profile::Bare);
    let mut raw = 0;
    while let Ok(Some(frame)) = reader.next_frame() {
        raw += frame.decoded.map_or(0, |decoded| decoded.payload.len() as u64);
    }
    raw
}

fn recovery(bytes: &[u8]) -> u64 {
    let source = InPieces(bytes);
    let Ok(mut recovery) = Recovery::open(source, Limits::DEFAULT, None) else { return 0 };
    while let Ok(Some(_)) = recovery.next() {}
    0
}

/// A source that does not lie in memory.
struct InPieces<'b>(&'b [u8]);

impl ReadAt for InPieces<'_> {
    type Error = ();

    fn len(&self) -> u64 {
        self.0.len() as u64
    }

    fn read_at(&mut self, offset: u64, buffer: &mut [u8]) -> Result<(), ()> {
        let from = usize::try_from(offset).map_err(drop)?;
        let piece = self.0.get(from..).and_then(|rest| rest.get(..buffer.len()));
        buffer.copy_from_slice(piece.ok_or(())?);
        Ok(())
    }
}

fn json(bytes: &[u8]) -> u64 {
    let _ = canonical_json(bytes);
    0
}

fn protobuf(bytes: &[u8]) -> u64 {
    // Seeds are pairs of texts behind a number.
    let text = bytes.strip_prefix(&[1]).unwrap_or(bytes);
    let text = text.split(|byte| *byte == 0).next().unwrap_or_default();
    if let Ok(schema) = ProtobufSchema::parse(text)
        && let Some((name, _)) = schema.iter().next()
    {
        let _ = Descriptor::protobuf(name, 1, 1, &schema);
    }
    0
}

fn lock(bytes: &[u8]) -> u64 {
    let _ = Lock::read(bytes);
    0
}

fn policy(bytes: &[u8]) -> u64 {
    let _ = serde_json::from_slice::<CompressionPolicy>(bytes);
    0
}

const MIB: usize = 1 << 20;
/// The defaults of the limits on body and payload.
const BODY: usize = 4 * MIB;
const RAW: usize = 4 * MIB;
/// What is held beside whatever the input: windows of codecs and of recovery, tables, hashes.
const BESIDE: usize = MIB;
/// One body, one payload and what is beside.
const BOTH: usize = BODY + RAW + BESIDE;
/// The same with the limits of the format.
const BOTH_MOST: usize = 128 * MIB + BESIDE;
