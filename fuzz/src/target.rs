//! What a fuzz target does with its bytes, and the bytes it starts from: those of the vectors.

use std::collections::BTreeSet;
use std::io;
use std::path::Path;

use strictframe_core::Limits;

use crate::properties::{
    self, boundary, chunking, codec, files, foreign, frame, judgement, overhead, parts, payload,
    recovery, schema, sealed,
};
use crate::vector::{Operation, Vector, join};
use crate::vectors::{folder, sample};

mod parts_of;
mod telemetry;

/// A fuzz target.
#[derive(Clone, Copy, Debug)]
#[allow(clippy::exhaustive_structs, reason = "not published")]
pub struct Target {
    /// Its name, which is also that of its program in `fuzz/targets`.
    pub name: &'static str,
    /// Panics when a property does not hold for the bytes.
    pub run: fn(&[u8]),
    seeds: Seeds,
}

/// Where the bytes come from that a target starts with.
#[derive(Clone, Copy, Debug)]
enum Seeds {
    /// The sets that compilers wrote.
    Compiled,
    /// What this writes.
    Made(fn() -> Vec<Vec<u8>>),
    /// What this makes of each vector.
    Vectors(fn(&Vector) -> Vec<Vec<u8>>),
}

/// Every target.
pub const ALL: [Target; 26] = [
    Target {
        name: "batch",
        run: parts::batch_has_one_encoding,
        seeds: Seeds::Vectors(parts_of::batches),
    },
    Target {
        name: "boundary",
        run: boundary::answers_as_the_crates_do,
        seeds: Seeds::Made(parts_of::calls),
    },
    Target { name: "checkpoint", run: of_checkpoints, seeds: Seeds::Made(telemetry::checkpoints) },
    Target {
        name: "checkpoint_diff",
        run: of_checkpoint_diffs,
        seeds: Seeds::Made(telemetry::checkpoint_diffs),
    },
    Target { name: "dead_letter", run: of_dead_letters, seeds: Seeds::Made(telemetry::letters) },
    Target { name: "descriptor", run: of_descriptors, seeds: Seeds::Vectors(descriptors) },
    Target {
        name: "descriptor_set",
        run: schema::descriptor_set_is_judged,
        seeds: Seeds::Compiled,
    },
    Target {
        name: "dictionary",
        run: codec::dictionaries_serve_their_own,
        seeds: Seeds::Made(parts_of::dictionaries),
    },
    Target {
        name: "extensions",
        run: parts::extensions_have_one_encoding,
        seeds: Seeds::Vectors(parts_of::extensions),
    },
    Target { name: "frame", run: of_one_frame, seeds: Seeds::Vectors(frames) },
    Target {
        name: "header",
        run: parts::header_is_judged,
        seeds: Seeds::Vectors(parts_of::headers),
    },
    Target {
        name: "import",
        run: files::old_checkpoint_is_imported_or_refused,
        seeds: Seeds::Made(parts_of::old_checkpoints),
    },
    Target { name: "json", run: of_json, seeds: Seeds::Vectors(canonical) },
    Target { name: "judgement", run: of_versions, seeds: Seeds::Vectors(versions) },
    Target { name: "legacy", run: of_legacy, seeds: Seeds::Made(telemetry::legacy) },
    Target { name: "lock", run: files::lock_is_judged, seeds: Seeds::Made(parts_of::locks) },
    Target { name: "lz4", run: codec::lz4_decoders_agree, seeds: Seeds::Vectors(parts_of::lz4) },
    Target { name: "payload", run: of_records, seeds: Seeds::Vectors(records) },
    Target { name: "pieces", run: of_told_streams, seeds: Seeds::Made(parts_of::told_streams) },
    Target { name: "policy", run: files::policy_is_judged, seeds: Seeds::Made(parts_of::policies) },
    Target { name: "recovery", run: of_recovery, seeds: Seeds::Vectors(streams) },
    Target { name: "sealed", run: of_bodies, seeds: Seeds::Vectors(bodies) },
    Target { name: "state_diff", run: of_diffs, seeds: Seeds::Made(telemetry::diffs) },
    Target {
        name: "stream",
        run: of_pieces,
        seeds: Seeds::Vectors(|vector| with_piece(streams(vector))),
    },
    Target { name: "telemetry", run: of_telemetry, seeds: Seeds::Made(telemetry::records) },
    Target { name: "zstd", run: codec::zstd_decoders_agree, seeds: Seeds::Vectors(parts_of::zstd) },
];

impl Target {
    /// The target of that name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        ALL.into_iter().find(|target| target.name == name)
    }

    /// What it starts from, out of the folder `spec/vectors` and the sets that compilers wrote.
    ///
    /// # Errors
    /// When a vector or a set cannot be read.
    pub fn seeds(&self, vectors: &Path) -> io::Result<BTreeSet<Vec<u8>>> {
        let mut seeds: BTreeSet<_> = match self.seeds {
            Seeds::Compiled => {
                let compiled = vectors.join("../../codec-schema/tests/compiled");
                let read = |name| std::fs::read(compiled.join(name));
                let names = ["classic.binpb", "edition_2023.binpb", "edition_2024.binpb"];
                names.into_iter().map(read).collect::<io::Result<_>>()?
            }
            Seeds::Made(make) => make().into_iter().collect(),
            Seeds::Vectors(seeds) => folder::read(vectors)?.iter().flat_map(seeds).collect(),
        };
        seeds.retain(|seed| seed.len() < LONGEST);
        Ok(seeds)
    }

    /// What was kept of fuzzing it, out of the folder `fuzz/corpus`.
    ///
    /// # Errors
    /// When something there cannot be read.
    pub fn kept(&self, corpus: &Path) -> io::Result<Vec<Vec<u8>>> {
        let folder = corpus.join(self.name);
        if !folder.exists() {
            return Ok(Vec::new());
        }
        std::fs::read_dir(folder)?.map(|file| std::fs::read(file?.path())).collect()
    }
}

/// The bytes are one frame.
pub fn of_one_frame(bytes: &[u8]) {
    frame::is_written_again(bytes);
    frame::header_ends_after_28_bytes(bytes);
    frame::nothing_panics(bytes, &Limits::TINY);
    foreign::is_named(bytes);
    overhead::is_fixed(bytes);
    // These take as many steps as bytes.
    if bytes.len() < 2000 {
        frame::is_whole_or_nothing(bytes);
        chunking::waits_as_long_as_it_must(bytes);
    }
}

/// Three bytes for a header, and the body that stands between its good checksums.
pub fn of_bodies(bytes: &[u8]) {
    of_one_frame(&sealed::frame(bytes));
}

/// A byte for the length of the pieces, and what arrives in them.
pub fn of_pieces(bytes: &[u8]) {
    let Some((piece, input)) = bytes.split_first() else { return };
    let pieces = [usize::from(*piece).saturating_add(1)];
    chunking::never_changes_a_connection(input, &pieces);
    chunking::never_changes_a_stream(input, &pieces);
}

/// Two bytes for the lengths of the pieces, and a stream as [`sealed::told_stream`] has it told: strictly, and by recovery.
pub fn of_told_streams(bytes: &[u8]) {
    let Some(([one, other], told)) = bytes.split_first_chunk::<2>() else { return };
    let stream = sealed::told_stream(told);
    let pieces = [usize::from(*one).saturating_add(1), usize::from(*other) << 6];
    chunking::never_changes_a_connection(&stream, &pieces);
    chunking::never_changes_a_stream(&stream, &pieces);
    of_recovery(&stream);
}

/// The bytes are a damaged stream, whose id is known or not.
pub fn of_recovery(bytes: &[u8]) {
    recovery::is_safe(bytes, None);
    recovery::is_safe(bytes, Some(sample::STREAM_ID));
}

/// A byte for the encoding, and two descriptors with a zero byte between them.
pub fn of_descriptors(bytes: &[u8]) {
    let Some((enc_id, texts)) = bytes.split_first() else { return };
    let (old, new) = in_two(texts);
    schema::carried_descriptor_is_judged(*enc_id, old);
    schema::protobuf_text_is_stable(old);
    schema::comparison_ends(*enc_id, old, new);
}

/// The bytes are a JSON text.
pub fn of_json(bytes: &[u8]) {
    schema::canonical_form_is_stable(bytes);
}

/// A descriptor of protobuf, a zero byte, and a record of it or its JSON.
pub fn of_records(bytes: &[u8]) {
    let (descriptor, record) = in_two(bytes);
    payload::is_judged_and_comes_back(descriptor, record);
    payload::json_is_judged(descriptor, record);
}

/// Four numbers of two bytes: the reader's version, the writer's, its oldest reader, and the reader's oldest writer.
pub fn of_versions(bytes: &[u8]) {
    let (numbers, _) = bytes.as_chunks::<2>();
    if let [r, w, m, oldest_writer, ..] = numbers {
        judgement::is_monotonic_at([r, w, m, oldest_writer].map(|it| u16::from_le_bytes(*it)));
    }
}

/// The bytes stand in the place of a checkpoint.
pub fn of_checkpoints(bytes: &[u8]) {
    properties::telemetry::checkpoint_is_in_its_place(bytes);
}

/// The bytes are the payload of a checkpoint that is kept as a diff.
pub fn of_checkpoint_diffs(bytes: &[u8]) {
    properties::telemetry::checkpoint_diff_leads_to_its_state(bytes);
}

/// The bytes are the payload of a dead letter.
pub fn of_dead_letters(bytes: &[u8]) {
    properties::telemetry::dead_letter_comes_back(bytes);
}

/// The bytes are a message in today's framing.
pub fn of_legacy(bytes: &[u8]) {
    properties::telemetry::legacy_is_named_or_read(bytes);
}

/// A state as JSON, a zero byte, and the payload of a diff.
pub fn of_diffs(bytes: &[u8]) {
    let (base, diff) = in_two(bytes);
    properties::telemetry::state_is_verified(base, diff);
}

/// The bytes are the payload of a record of telemetry.
pub fn of_telemetry(bytes: &[u8]) {
    properties::telemetry::record_comes_back(bytes);
}

/// What stands before the first zero byte, and behind it.
fn in_two(bytes: &[u8]) -> (&[u8], &[u8]) {
    let at = bytes.iter().position(|byte| *byte == 0).unwrap_or(bytes.len());
    let (one, other) = bytes.split_at_checked(at).unwrap_or_default();
    (one, other.strip_prefix(&[0]).unwrap_or_default())
}

fn inputs(vector: &Vector, wanted: &[Operation]) -> Vec<Vec<u8>> {
    let input = vector.input.as_deref().filter(|_| wanted.contains(&vector.operation));
    input.map(join).into_iter().collect()
}

fn frames(vector: &Vector) -> Vec<Vec<u8>> {
    inputs(vector, &[Operation::Relay, Operation::Decode])
}

fn streams(vector: &Vector) -> Vec<Vec<u8>> {
    inputs(vector, &[Operation::Recover, Operation::Stream, Operation::Deframe])
}

fn with_piece(inputs: Vec<Vec<u8>>) -> Vec<Vec<u8>> {
    inputs.into_iter().map(|input| [&[6][..], &input].concat()).collect()
}

fn canonical(vector: &Vector) -> Vec<Vec<u8>> {
    inputs(vector, &[Operation::Canonical])
}

/// Kind, codec and flags in the way of [`sealed::frame`], and the body.
fn bodies(vector: &Vector) -> Vec<Vec<u8>> {
    let of_frame = |frame: Vec<u8>| {
        let kind = frame.get(3)?;
        let body = frame.get(28..frame.len().checked_sub(4)?)?;
        let index = [0, 0, 2, 4, 5, 6, 7].get(usize::from(*kind))?;
        Some([&[*index, *frame.get(4)?, *frame.get(5)?][..], body].concat())
    };
    frames(vector).into_iter().filter_map(of_frame).collect()
}

fn descriptors(vector: &Vector) -> Vec<Vec<u8>> {
    let Some(change) = &vector.change else { return Vec::new() };
    let last = change.versions.last().map_or("", String::as_str);
    let pair = |one: &String| [&[change.enc_id], one.as_bytes(), &[0], last.as_bytes()].concat();
    change.versions.iter().map(pair).collect()
}

fn records(vector: &Vector) -> Vec<Vec<u8>> {
    let Some(given) = &vector.payload else { return Vec::new() };
    let with = |record: Vec<u8>| [given.descriptor.as_bytes(), &[0], &record].concat();
    inputs(vector, &[Operation::Payload]).into_iter().map(with).collect()
}

fn versions(vector: &Vector) -> Vec<Vec<u8>> {
    let lineages = vector.registry.iter().flat_map(|registry| &registry.lineages);
    let numbers = lineages.filter_map(|lineage| {
        let key = vector.frame_key?;
        Some([lineage.reader, key.version, key.min_reader, lineage.oldest_writer])
    });
    numbers.map(|numbers| numbers.map(u16::to_le_bytes).concat()).collect()
}

/// Longer ones take the time of many short ones, and find nothing more.
const LONGEST: usize = 40_000;
