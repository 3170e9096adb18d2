//! The same vectors through the crate that users link.

use std::io::Read;

use strictframe::{Decoder, Dictionary, Registry, SchemaPolicy, StreamError, StreamReader};
use strictframe_core::judgement::KnownVersion;
use strictframe_core::{Codec, Decompress as _, Kind};

use super::{Setting, error_answer, refused};
use crate::answer::{Answer, DecodedAnswer, Digest, FrameAt, StreamAnswer};
use crate::forge::stream::digest;
use crate::vector::{Operation, RegistryGiven, Vector, join};

/// What `strictframe` makes of a vector, or nothing where it does not have what the vector is judged with.
#[must_use]
pub fn library(vector: &Vector) -> Option<Answer> {
    let setting = Setting::of(vector);
    // Both codecs are always there.
    if ![Codec::LZ4, Codec::ZSTD].iter().all(|codec| setting.codecs.has_codec(*codec)) {
        return None;
    }
    let input = join(vector.input.as_deref()?);
    match vector.operation {
        Operation::Decode => decode(vector, &setting, &input),
        Operation::Stream => stream(&setting, input.as_slice()),
        _ => None,
    }
}

fn registry(given: &RegistryGiven) -> Option<(Registry, SchemaPolicy)> {
    let policy = match given.allow_forward {
        true => SchemaPolicy::AllowForward,
        false => SchemaPolicy::ExactOrBackward,
    };
    let mut registry = Registry::new();
    for known in &given.lineages {
        let versions = known.versions.iter().map(|known| KnownVersion {
            version: known.version,
            min_reader: known.min_reader,
            fork_check: known.fork_check,
        });
        let (reader, oldest, versions) = (known.reader, known.oldest_writer, versions.collect());
        registry = match &known.own {
            // Vectors that give a reader's schema give it no other version.
            Some(own) => {
                let versions: Vec<KnownVersion> = versions;
                let own = super::change::own(own, reader, versions.first()?.min_reader).ok()?;
                registry.with_versions(reader, oldest, [&own]).ok()?
            }
            None => registry.with_lineage(known.lineage, reader, oldest, versions).ok()?,
        };
    }
    Some((registry, policy))
}

fn decode(vector: &Vector, setting: &Setting, input: &[u8]) -> Option<Answer> {
    // This decoder always judges: without a registry it has no answer that could be compared.
    let (mut registry, policy) = registry(setting.registry.as_ref()?)?;
    for parts in &vector.dictionaries {
        registry = registry.with_dictionary(Dictionary::new(join(parts)).ok()?).ok()?;
    }
    let mut decoder =
        Decoder::builder(registry).limits(setting.limits).schema_policy(policy).build();
    Some(match decoder.decode(input) {
        Ok(decoded) => {
            let outcome = decoded.outcome.map(|outcome| format!("{outcome:?}"));
            let records = decoded.records.iter().map(Digest::of).collect();
            Answer::Decoded { decoded: DecodedAnswer { outcome, records } }
        }
        Err(error) => refused(&error),
    })
}

fn stream(setting: &Setting, input: impl Read) -> Option<Answer> {
    let mut reader = StreamReader::new(input, setting.limits, setting.profile);
    if let Some(given) = &setting.registry {
        let (registry, policy) = registry(given)?;
        reader = reader.judged_by(registry, policy);
    }
    let (mut frames, mut records) = (Vec::new(), Vec::new());
    loop {
        match reader.next_frame() {
            Ok(Some(frame)) => {
                let Kind(kind) = frame.frame.kind();
                frames.push(FrameAt { offset: frame.start, kind });
                let decoded = frame.decoded.iter();
                records.extend(decoded.flat_map(|it| it.records.iter()).map(<[u8]>::to_vec));
            }
            Ok(None) => break,
            Err(StreamError::Refused(error)) => {
                let (error, frames) = (error_answer(&error), Some(frames.len() as u64));
                return Some(Answer::Refused { error, frames });
            }
            Err(_) => return None,
        }
    }
    let stream_id = reader.chain()?.stream_id();
    let (count, records_sha256) = (records.len() as u64, digest(&records));
    Some(Answer::Stream {
        stream: StreamAnswer { stream_id, frames, records: count, records_sha256 },
    })
}
