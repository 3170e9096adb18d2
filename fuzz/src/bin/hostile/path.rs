//! Everything that takes bytes from strangers, and its bounds.

use core::time::Duration;

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
    pub(crate) run: Run,
    pub(crate) memory: Memory,
    /// Nanoseconds for each byte of the input and of what came out of it.
    pub(crate) work: u64,
    /// What is allowed whatever the length: a thread that is taken off its core, a first use.
    pub(crate) at_once: Duration,
    /// The longest input it is given.
    pub(crate) longest: usize,
    pub(crate) seeds: Seeds,
}

/// What takes an input.
#[derive(Clone, Copy)]
pub(crate) enum Run {
    /// Gives the bytes that came out of its frames.
    Decoding(fn(&[u8]) -> u64),
    Target(fn(&[u8])),
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
    let path = |name, run, (fixed, each), work, seeds| {
        let (run, memory) = (Run::Decoding(run), Memory { fixed, each });
        Path { name, run, memory, work, at_once: AT_ONCE, longest: MIB, seeds }
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
        of("json").map(|seeds| path("policy file", policy, (BESIDE, 4), 100, seeds)),
    ];
    paths.into_iter().flatten().chain(target::ALL.map(of_target)).collect()
}

/// A fuzz target, which does more than decode.
fn of_target(target: Target) -> Path {
    let ((fixed, each), work, longest) = match target.name {
        "descriptor" | "descriptor_set" => ((BOTH, 48), 300, MIB),
        "frame" | "sealed" => ((BOTH_MOST, 8), 1000, SMALL),
        "json" => ((BOTH, 48), 800, MIB),
        "judgement" => ((BESIDE, 0), 100, SMALL),
        "lock" => ((BOTH, 100), 500, MIB),
        "payload" => ((BOTH, 48), 600, MIB),
        "recovery" => ((BOTH, 2), 100, MIB),
        "state_diff" => ((BOTH, 48), 400, MIB),
        "stream" => ((BOTH, 8), 1000, SMALL),
        _ => ((BOTH, 8), 100, MIB),
    };
    let (name, run) = (target.name, Run::Target(target.run));
    let (memory, seeds) = (Memory { fixed, each }, Seeds::Target(target));
    let at_once = match target.name {
        // Forty calls, some of which make long streams of a few bytes and have them decoded twice.
        "boundary" => 5 * AT_ONCE,
        _ => AT_ONCE,
    };
    Path { name, run, memory, work, at_once, longest, seeds }
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
const AT_ONCE: Duration = Duration::from_millis(100);
/// For targets that take as many steps as bytes, squared.
const SMALL: usize = 40_000;
/// The defaults of the limits on body and payload.
const BODY: usize = 4 * MIB;
const RAW: usize = 4 * MIB;
/// What is held beside whatever the input: windows of codecs and of recovery, tables, hashes.
const BESIDE: usize = MIB;
/// One body, one payload and what is beside.
const BOTH: usize = BODY + RAW + BESIDE;
/// The same with the limits of the format.
const BOTH_MOST: usize = 128 * MIB + BESIDE;
