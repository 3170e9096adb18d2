//! The Rust side of the conformance run: a vector in, the answer of the shipped code out.

use strictframe_core::control::Control;
use strictframe_core::judgement::{KnownVersion, Lineage, judge};
use strictframe_core::{
    Content, Error, ErrorKind, Frame, Limits, Outcome, SchemaKey, SchemaPolicy, identity,
};

mod change;
mod library;
mod payload;
mod pieces;
mod recovery;
mod setting;

pub use self::library::library;
use self::payload::payload;
pub use self::pieces::{connection, stream};
pub use self::recovery::recovery;
pub use self::setting::Setting;
use crate::answer::{
    Answer, ControlAnswer, DecodedAnswer, Digest, ErrorAnswer, ExtensionAnswer, FrameAnswer,
};
use crate::vector::{FrameKey, Identity, Operation, RegistryGiven, Vector, join};

/// The answer of the shipped code to a vector; its `expect` is not looked at.
///
/// # Errors
/// A sentence when the vector asks for something that no code does.
pub fn answer(vector: &Vector) -> Result<Answer, String> {
    let input = join(vector.input.as_deref().unwrap_or_default());
    let setting = Setting::of(vector);
    let whole = [input.len()];
    let answer = match vector.operation {
        Operation::Relay => relay(&input, &setting.limits),
        Operation::Decode => decode(&setting, &input),
        Operation::Deframe => Ok(connection(&setting, &input, &whole)),
        Operation::Stream => Ok(stream(&setting, &input, &whole)),
        Operation::Judge => {
            let key = key(vector.frame_key.as_ref().ok_or("no key to judge")?);
            let registry = vector.registry.as_ref().ok_or("no registry to judge with")?;
            judged(registry, &key)
                .map_err(|kind| kind.at(4))
                .map(|outcome| Answer::Judged { outcome: format!("{outcome:?}") })
        }
        Operation::Identity => {
            Ok(identified(vector.identity.as_ref().ok_or("nothing to identify")?)?)
        }
        Operation::Recover => return recovery(&input, setting.limits, vector.stream_id),
        Operation::Change => {
            return change::changed(vector.change.as_ref().ok_or("nothing to compare")?);
        }
        Operation::Canonical => Ok(match strictframe_schema::canonical_json(&input) {
            Ok(bytes) => {
                let descriptor = String::from_utf8(bytes).map_err(|error| error.to_string())?;
                Answer::Canonical { descriptor }
            }
            Err(_) => Answer::SchemaRefused { refused: true },
        }),
        Operation::Payload => {
            return payload(vector.payload.as_ref().ok_or("nothing to read it under")?, &input);
        }
    };
    Ok(answer.unwrap_or_else(|error| refused(&error)))
}

fn relay(input: &[u8], limits: &Limits) -> Result<Answer, Error> {
    let frame = Frame::parse(input, limits)?;
    Ok(Answer::Frame { frame: Box::new(seen(&frame)) })
}

/// The fields of a frame, as a relay sees them.
#[must_use]
pub fn seen(frame: &Frame<'_>) -> FrameAnswer {
    let key = frame.key();
    let (compressed, stored, control) = match frame.content() {
        Content::Data { compressed, stored, .. } => (*compressed, stored.to_vec(), None),
        Content::Control(control) => {
            let (body, answer) = of_control(control);
            (None, body, Some(answer))
        }
        _ => (None, Vec::new(), None),
    };
    let extensions = frame.extensions().iter().map(|extension| ExtensionAnswer {
        r#type: extension.kind,
        value: extension.value.to_vec(),
    });
    FrameAnswer {
        kind: frame.kind().0,
        codec: frame.header().codec().0,
        lineage: key.lineage(),
        version: key.version(),
        min_reader: key.min_reader(),
        fork_check: key.fork_check(),
        body_len: frame.header().body_len(),
        raw_len: compressed.map(|compressed| compressed.raw_len),
        raw_crc: compressed.map(|compressed| compressed.raw_crc),
        dict_id: compressed.and_then(|compressed| compressed.dictionary),
        extensions: extensions.collect(),
        stored: Digest::of(&stored),
        control,
    }
}

/// The body of a control frame, written again from its fields, and the fields.
fn of_control(control: &Control<'_>) -> (Vec<u8>, ControlAnswer) {
    match control {
        Control::Sync(sync) => {
            let answer = ControlAnswer::Position {
                stream_id: sync.stream_id,
                own_offset: sync.own_offset,
                previous: sync.previous,
                count: sync.count,
                chain_crc: sync.chain_crc,
            };
            (sync.to_bytes().to_vec(), answer)
        }
        Control::Schema(schema) => {
            let (key, name, descriptor) = (schema.key(), schema.name(), schema.descriptor());
            let (version, min_reader) = (key.version(), key.min_reader());
            let mut body = Vec::new();
            // A vector of bytes is never full.
            let _ = strictframe_core::control::write_schema(
                schema.encoding(),
                version,
                min_reader,
                name,
                descriptor,
                &mut body,
            );
            let answer = ControlAnswer::Schema {
                enc_id: schema.encoding().0,
                version,
                min_reader,
                name: name.to_owned(),
                descriptor: descriptor.to_vec(),
                lineage: key.lineage(),
                fork_check: key.fork_check(),
            };
            (body, answer)
        }
        Control::Dictionary(bytes) => {
            let dict_id = identity::dictionary_id(bytes);
            (bytes.to_vec(), ControlAnswer::Dictionary { dict_id })
        }
        _ => (Vec::new(), ControlAnswer::Dictionary { dict_id: [0; 4] }),
    }
}

fn decode(setting: &Setting, input: &[u8]) -> Result<Answer, Error> {
    let frame = Frame::parse(input, &setting.limits)?;
    let mut room = Vec::new();
    let decoded = frame.decode(|key| setting.judge(key), &mut setting.codecs.clone(), &mut room)?;
    let outcome = decoded.outcome.map(|outcome| format!("{outcome:?}"));
    let records = decoded.records.iter().map(Digest::of).collect();
    Ok(Answer::Decoded { decoded: DecodedAnswer { outcome, records } })
}

/// A schema key of core's.
#[must_use]
pub fn key(key: &FrameKey) -> SchemaKey {
    SchemaKey::new(key.lineage, key.version, key.min_reader, key.fork_check)
}

/// The judgement of a key by a vector's registry.
///
/// # Errors
/// The refusals of SPEC section 4.
pub fn judged(registry: &RegistryGiven, key: &SchemaKey) -> Result<Outcome, ErrorKind> {
    let policy = match registry.allow_forward {
        true => SchemaPolicy::AllowForward,
        false => SchemaPolicy::ExactOrBackward,
    };
    let known = registry.lineages.iter().find(|known| known.lineage == key.lineage());
    // A registry that cannot be built knows nothing.
    let lineage = known.and_then(|known| {
        let versions = known.versions.iter().map(|known| KnownVersion {
            version: known.version,
            min_reader: known.min_reader,
            fork_check: known.fork_check,
        });
        let versions: Vec<KnownVersion> = versions.collect();
        Lineage::new(known.reader, known.oldest_writer, versions).ok()
    });
    judge(lineage.as_ref(), key, policy)
}

fn identified(given: &Identity) -> Result<Answer, String> {
    let (enc_id, name, version, min_reader, descriptor) = match given {
        Identity::Dictionary { dictionary } => {
            let dict_id = identity::dictionary_id(&join(dictionary));
            return Ok(Answer::DictionaryId { dict_id });
        }
        Identity::Schema { enc_id, name, version, min_reader, descriptor } => {
            (*enc_id, name, *version, *min_reader, join(descriptor))
        }
    };
    let lineage = identity::lineage(identity::Encoding(enc_id), name).ok_or("a forbidden name")?;
    let fingerprint = identity::fingerprint(lineage, version, min_reader, &descriptor)
        .ok_or("a descriptor that is too long")?;
    let fork_check = identity::fork_check(&fingerprint);
    Ok(Answer::Identified { lineage, fingerprint, fork_check })
}

/// An error as an answer.
#[must_use]
pub fn refused(error: &Error) -> Answer {
    Answer::Refused { error: error_answer(error), frames: None }
}

/// An error as the vectors state it.
#[must_use]
pub fn error_answer(error: &Error) -> ErrorAnswer {
    let kind = error.kind();
    let mut answer = ErrorAnswer {
        code: format!("{:04}", kind.code()),
        name: kind.name().to_owned(),
        offset: error.offset(),
        place: error.is_in_raw().then(|| "raw".to_owned()),
        have: None,
        need: None,
        declared: None,
        limit: None,
        looks_like: None,
    };
    match kind {
        ErrorKind::BadMagic { looks_like } => {
            answer.looks_like = Some(looks_like.map(|foreign| foreign.name().to_owned()));
        }
        ErrorKind::Truncated { have, need } => {
            (answer.have, answer.need) = (Some(have), Some(need));
        }
        ErrorKind::LimitExceeded { declared, limit } => {
            (answer.declared, answer.limit) = (Some(declared), Some(limit));
        }
        _ => {}
    }
    answer
}
