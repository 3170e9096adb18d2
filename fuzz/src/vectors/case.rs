//! A vector in the making: its input first, then what it is judged with, then its answer.

use crate::answer::{Answer, DecodedAnswer, Digest, ErrorAnswer, FrameAnswer, FrameAt};
use crate::code::Code;
use crate::vector::{
    ChangeGiven, FrameKey, Identity, LimitsGiven, Operation, Part, PayloadGiven, RegistryGiven,
    Vector, split,
};

/// A vector without its answer. The answer decides between `valid/` and `invalid/`.
#[derive(Clone, Debug)]
pub struct Case(Vector);

impl Case {
    /// A case of that operation. `name` stands below `valid/` or `invalid/`, `clauses` are separated by blanks.
    #[must_use]
    pub fn new(operation: Operation, name: &str, clauses: &str, about: &str) -> Self {
        Self(Vector {
            name: name.to_owned(),
            about: about.to_owned(),
            clauses: clauses.split_whitespace().map(str::to_owned).collect(),
            operation,
            input: None,
            limits: None,
            dictionaries: Vec::new(),
            codecs: None,
            registry: None,
            self_contained: None,
            stream_id: None,
            frame_key: None,
            identity: None,
            payload: None,
            change: None,
            expect: Answer::SchemaRefused { refused: true },
        })
    }

    /// A case of `relay` over these bytes.
    #[must_use]
    pub fn relay(name: &str, clauses: &str, about: &str, input: &[u8]) -> Self {
        Self::new(Operation::Relay, name, clauses, about).input(input)
    }

    /// A case of `decode` over these bytes.
    #[must_use]
    pub fn decode(name: &str, clauses: &str, about: &str, input: &[u8]) -> Self {
        Self::new(Operation::Decode, name, clauses, about).input(input)
    }

    /// The input; runs of one byte are written short.
    #[must_use]
    pub fn input(self, input: &[u8]) -> Self {
        self.parts(split(input))
    }

    /// The input in parts.
    #[must_use]
    pub fn parts(mut self, parts: Vec<Part>) -> Self {
        self.0.input = Some(parts);
        self
    }

    /// A limit on bodies.
    #[must_use]
    pub fn body_limit(mut self, bytes: u32) -> Self {
        self.limits().body = Some(bytes);
        self
    }

    /// A limit on payloads.
    #[must_use]
    pub fn raw_limit(mut self, bytes: u32) -> Self {
        self.limits().raw = Some(bytes);
        self
    }

    /// A limit on the schemas of a stream.
    #[must_use]
    pub fn schema_limit(mut self, count: u32) -> Self {
        self.limits().schemas = Some(count);
        self
    }

    /// A limit on the dictionaries of a stream.
    #[must_use]
    pub fn dictionary_limit(mut self, count: u32) -> Self {
        self.limits().dictionaries = Some(count);
        self
    }

    fn limits(&mut self) -> &mut LimitsGiven {
        self.0.limits.get_or_insert_default()
    }

    /// One more dictionary that the decoder holds.
    #[must_use]
    pub fn dictionary(mut self, bytes: &[u8]) -> Self {
        self.0.dictionaries.push(split(bytes));
        self
    }

    /// The codecs that the decoder has.
    #[must_use]
    pub fn codecs(mut self, codecs: &[&str]) -> Self {
        self.0.codecs = Some(codecs.iter().map(|codec| (*codec).to_owned()).collect());
        self
    }

    /// The registry to judge with.
    #[must_use]
    pub fn registry(mut self, registry: RegistryGiven) -> Self {
        self.0.registry = Some(registry);
        self
    }

    /// A stream that need not declare its schemas.
    #[must_use]
    pub fn not_self_contained(mut self) -> Self {
        self.0.self_contained = Some(false);
        self
    }

    /// The stream id that the caller gives.
    #[must_use]
    pub fn stream_id(mut self, id: [u8; 16]) -> Self {
        self.0.stream_id = Some(id);
        self
    }

    /// The key to judge.
    #[must_use]
    pub fn frame_key(mut self, key: FrameKey) -> Self {
        self.0.frame_key = Some(key);
        self
    }

    /// What to identify.
    #[must_use]
    pub fn identity(mut self, identity: Identity) -> Self {
        self.0.identity = Some(identity);
        self
    }

    /// What the record is read under.
    #[must_use]
    pub fn payload(mut self, payload: PayloadGiven) -> Self {
        self.0.payload = Some(payload);
        self
    }

    /// The versions to compare.
    #[must_use]
    pub fn change(mut self, change: ChangeGiven) -> Self {
        self.0.change = Some(change);
        self
    }

    /// Accepted, with that answer.
    #[must_use]
    pub fn accepted(mut self, answer: Answer) -> Vector {
        self.0.name = format!("valid/{}", self.0.name);
        self.0.expect = answer;
        self.0
    }

    /// Accepted by a relay, which sees this.
    #[must_use]
    pub fn frame(self, frame: FrameAnswer) -> Vector {
        self.accepted(Answer::Frame { frame: Box::new(frame) })
    }

    /// Accepted by a decoder, which gives these records and makes no judgement.
    #[must_use]
    pub fn records<T: AsRef<[u8]>>(self, records: &[T]) -> Vector {
        self.judged_records(None, records)
    }

    /// Accepted by a decoder with that judgement, which gives these records.
    #[must_use]
    pub fn judged_records<T: AsRef<[u8]>>(self, outcome: Option<&str>, records: &[T]) -> Vector {
        let records = records.iter().map(|record| Digest::of(record.as_ref())).collect();
        let outcome = outcome.map(str::to_owned);
        self.accepted(Answer::Decoded { decoded: DecodedAnswer { outcome, records } })
    }

    /// Accepted by a deframer, which gives frames of these offsets and kinds.
    #[must_use]
    pub fn deframed(self, frames: &[(u64, u8)]) -> Vector {
        let frames = frames.iter().map(|(offset, kind)| FrameAt { offset: *offset, kind: *kind });
        self.accepted(Answer::Deframed { frames: frames.collect() })
    }

    /// Refused with that answer.
    #[must_use]
    pub fn refused_with(mut self, answer: Answer) -> Vector {
        self.0.name = format!("invalid/{}", self.0.name);
        self.0.expect = answer;
        self.0
    }

    /// Refused with that error.
    #[must_use]
    pub fn error(self, error: ErrorAnswer) -> Vector {
        self.refused_with(Answer::Refused { error, frames: None })
    }

    /// Refused with an error that has no details.
    #[must_use]
    pub fn refused(self, code: Code, offset: u64) -> Vector {
        self.error(ErrorAnswer::new(code, offset))
    }

    /// Refused by a stream reader that accepted `frames` frames before.
    #[must_use]
    pub fn refused_after(self, frames: u64, error: ErrorAnswer) -> Vector {
        self.refused_with(Answer::Refused { error, frames: Some(frames) })
    }
}

/// `Truncated`, in a frame that starts at `start`.
#[must_use]
pub fn truncated(start: u64, have: u64, need: u64) -> ErrorAnswer {
    let error = ErrorAnswer::new(Code::Truncated, start + have);
    ErrorAnswer { have: Some(have), need: Some(need), ..error }
}

/// `LimitExceeded`.
#[must_use]
pub fn over_limit(offset: u64, declared: u64, limit: u64) -> ErrorAnswer {
    let error = ErrorAnswer::new(Code::LimitExceeded, offset);
    ErrorAnswer { declared: Some(declared), limit: Some(limit), ..error }
}

/// `BadMagic`, with its diagnosis.
#[must_use]
pub fn bad_magic(offset: u64, looks_like: Option<&str>) -> ErrorAnswer {
    let looks_like = Some(looks_like.map(str::to_owned));
    ErrorAnswer { looks_like, ..ErrorAnswer::new(Code::BadMagic, offset) }
}

/// `BatchStructure`, whose offset counts in the payload.
#[must_use]
pub fn in_batch(offset: u64) -> ErrorAnswer {
    let place = Some("raw".to_owned());
    ErrorAnswer { place, ..ErrorAnswer::new(Code::BatchStructure, offset) }
}
