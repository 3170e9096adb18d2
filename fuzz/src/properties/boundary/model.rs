//! What the crates say to the same calls, without anything that is kept to be quick.

use std::collections::BTreeMap;

use strictframe_core::control::{Control, Schema};
use strictframe_core::identity::Encoding;
use strictframe_core::judgement::KnownVersion;
use strictframe_core::stream::Directory;
use strictframe_core::{
    Codec, Content, Decompress, Error, ErrorKind, Frame, Limits, Outcome, Refused, SchemaKey,
    SchemaPolicy,
};
use strictframe_schema::payload::{Layout, Scratch};
use strictframe_schema::{Descriptor, Lineages, SchemaError};

use super::tape::{Builder, Value};
use crate::answer::FrameAnswer;
use crate::codecs::Codecs;
use crate::forge::control;
use crate::runner::seen;

/// A refusal: its code, and the byte it is about where one is.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) struct Why {
    pub(super) code: u16,
    offset: Option<u64>,
}

impl Why {
    /// What the lines of a refusal say; all of them are there.
    pub(super) fn read(text: &[u8]) -> Self {
        let text = String::from_utf8(text.to_vec()).unwrap_or_default();
        let lines: Vec<&str> = text.splitn(11, '\n').collect();
        assert_eq!(lines.len(), 11, "{text:?}");
        let is_there = |index: usize| !lines[index].is_empty();
        assert!(is_there(1) && is_there(2) && is_there(10), "{text:?}");
        for index in [3, 5, 6, 7, 9] {
            assert!(!is_there(index) || lines[index].parse::<u64>().is_ok(), "{text:?}");
        }
        let code = lines[0].parse().unwrap_or_default();
        assert_ne!(code, 0, "{text:?}");
        Self { code, offset: lines[3].parse().ok() }
    }
}

impl From<Error> for Why {
    fn from(error: Error) -> Self {
        Self { code: error.kind().code(), offset: Some(error.offset()) }
    }
}

impl From<SchemaError> for Why {
    fn from(error: SchemaError) -> Self {
        Self { code: error.kind().code(), offset: error.offset() }
    }
}

/// What is seen of a frame that was decoded.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Seen {
    pub(super) frame: FrameAnswer,
    /// Of data frames the number of the judgement, 0 where none was made.
    pub(super) outcome: Option<u32>,
    pub(super) records: Vec<Vec<u8>>,
    /// Where these were asked for.
    pub(super) values: Vec<Value>,
    pub(super) unknown: u64,
}

/// A schema that came in a frame.
struct Carried {
    outcome: Option<Result<Outcome, ErrorKind>>,
    descriptor: Result<Descriptor, SchemaError>,
}

/// Everything that a decoder was told.
pub(super) struct Model {
    limits: Limits,
    codecs: LeftOut,
    lineages: Option<Lineages>,
    policy: SchemaPolicy,
    directory: Directory,
    carried: BTreeMap<SchemaKey, Carried>,
    versions: Vec<KnownVersion>,
    descriptors: Vec<Descriptor>,
}

impl Model {
    pub(super) fn new(limits: Limits) -> Self {
        Self {
            limits,
            codecs: LeftOut { codecs: Codecs::new(), left_out: Vec::new() },
            lineages: None,
            policy: SchemaPolicy::default(),
            directory: Directory::new(limits),
            carried: BTreeMap::new(),
            versions: Vec::new(),
            descriptors: Vec::new(),
        }
    }

    /// Whether frames may be refused for their keys.
    pub(super) const fn judges(&self) -> bool {
        self.lineages.is_some()
    }

    pub(super) fn leave_out(&mut self, codec: Codec) {
        self.codecs.left_out.push(codec);
    }

    pub(super) fn judge(&mut self, forward: bool) {
        self.policy = match forward {
            true => SchemaPolicy::AllowForward,
            false => SchemaPolicy::ExactOrBackward,
        };
        self.lineages.get_or_insert_default();
    }

    pub(super) fn give_version(&mut self, version: u16, min_reader: u16, fork_check: [u8; 4]) {
        self.versions.push(KnownVersion { version, min_reader, fork_check });
    }

    pub(super) fn give_descriptor(&mut self, schema: &control::Schema) -> Result<(), Why> {
        self.descriptors.push(descriptor(schema)?);
        Ok(())
    }

    pub(super) fn close_lineage(
        &mut self,
        lineage: [u8; 8],
        reader: u16,
        oldest: u16,
    ) -> Result<(), Why> {
        let versions = core::mem::take(&mut self.versions);
        let descriptors = core::mem::take(&mut self.descriptors);
        let lineages = self.lineages.get_or_insert_default();
        let closed = match descriptors.is_empty() {
            true => lineages.add(lineage, reader, oldest, versions),
            false => lineages.add_versions(reader, oldest, &descriptors.iter().collect::<Vec<_>>()),
        };
        closed.map_err(|_| Why { code: 904, offset: None })
    }

    pub(super) fn hold(&mut self, bytes: &[u8]) -> Result<(), Why> {
        if bytes.is_empty() {
            return Err(Why { code: 905, offset: None });
        }
        self.codecs.codecs.hold(bytes.to_vec());
        Ok(())
    }

    pub(super) fn judge_key(&self, key: &[u8; 16]) -> Result<u32, Why> {
        let outcome = self.outcome(&SchemaKey::from_bytes(*key)).map_err(|kind| kind.at(4))?;
        Ok(outcome.map_or(4, number_of))
    }

    pub(super) fn peek(&self, bytes: &[u8]) -> Result<FrameAnswer, Why> {
        Ok(seen(&Frame::parse(bytes, &self.limits)?))
    }

    pub(super) fn decode(&mut self, bytes: &[u8], takes: bool, values: bool) -> Result<Seen, Why> {
        let frame = Frame::parse(bytes, &self.limits)?;
        if takes && !frame.kind().is_data() {
            return self.define(&frame);
        }
        let (mut room, mut codecs) = (Vec::new(), self.codecs.clone());
        let decoded = frame.decode(|key| self.outcome(key), &mut codecs, &mut room)?;
        let mut found = Seen {
            frame: seen(&frame),
            outcome: Some(decoded.outcome.map_or(0, number_of)),
            records: decoded.records.iter().map(<[u8]>::to_vec).collect(),
            values: Vec::new(),
            unknown: 0,
        };
        if values {
            self.read(&frame.key(), &mut found)?;
        }
        Ok(found)
    }

    fn define(&mut self, frame: &Frame<'_>) -> Result<Seen, Why> {
        match frame.content() {
            Content::Control(Control::Schema(schema)) => {
                self.directory.add_schema(schema)?;
                let lineages = self.lineages.as_ref();
                let outcome = lineages.map(|it| it.judge_carried(schema, self.policy));
                let carried = || Carried { outcome, descriptor: of_body(schema) };
                self.carried.entry(schema.key()).or_insert_with(carried);
            }
            Content::Control(Control::Dictionary(bytes)) => {
                self.directory.add_dictionary(bytes)?;
                self.hold(bytes)?;
            }
            _ => {}
        }
        let (records, values) = (Vec::new(), Vec::new());
        Ok(Seen { frame: seen(frame), outcome: None, records, values, unknown: 0 })
    }

    fn outcome(&self, key: &SchemaKey) -> Result<Option<Outcome>, ErrorKind> {
        let Some(lineages) = &self.lineages else { return Ok(None) };
        match self.carried.get(key).and_then(|carried| carried.outcome) {
            Some(outcome) => outcome.map(Some),
            None => lineages.judge(key, self.policy).map(Some),
        }
    }

    /// The values of records, by the reader's own descriptor or by the one that came.
    fn read(&self, key: &SchemaKey, found: &mut Seen) -> Result<(), Why> {
        let own = self.lineages.as_ref().and_then(|lineages| lineages.own(key));
        let descriptor = match (own, self.carried.get(key)) {
            (Some(own), _) => own,
            (None, Some(carried)) => carried.descriptor.as_ref().map_err(|error| *error)?,
            (None, None) => return Err(ErrorKind::UnknownSchema.at(4).into()),
        };
        let layout = match descriptor.encoding() {
            Encoding::PROTOBUF => Some(Layout::new(descriptor)?),
            _ => None,
        };
        for record in &found.records {
            found.values.push(match &layout {
                Some(layout) => {
                    let mut built = Builder::default();
                    let refused = |error: strictframe_schema::payload::PayloadError| Why {
                        code: error.kind().code(),
                        offset: Some(error.offset()),
                    };
                    let checked = layout.walk(record, &mut Scratch::default(), &mut built);
                    let checked = checked.map_err(refused)?;
                    if descriptor.key() == *key {
                        checked.exact().map_err(refused)?;
                    }
                    found.unknown += checked.unknown_fields();
                    built.root()
                }
                None if descriptor.encoding() == Encoding::JSON => {
                    let text = core::str::from_utf8(record).map_err(|error| Why {
                        code: 813,
                        offset: Some(error.valid_up_to() as u64),
                    })?;
                    Value::Text(text.to_owned())
                }
                None => Value::Bytes(record.clone()),
            });
        }
        Ok(())
    }
}

fn of_body(schema: &Schema<'_>) -> Result<Descriptor, SchemaError> {
    let key = schema.key();
    let (version, min_reader) = (key.version(), key.min_reader());
    let (encoding, name) = (schema.encoding(), schema.name());
    Descriptor::assumed_canonical(encoding, name, version, min_reader, schema.descriptor())
}

/// A descriptor as a reader is given it.
pub(super) fn descriptor(schema: &control::Schema) -> Result<Descriptor, SchemaError> {
    let control::Schema { enc_id, version, min_reader, name, descriptor } = schema;
    Descriptor::assumed_canonical(Encoding(*enc_id), name, *version, *min_reader, descriptor)
}

/// Whether a record holds to a descriptor.
pub(super) fn holds(descriptor: &Descriptor, record: &[u8]) -> bool {
    let layout = Layout::new(descriptor);
    layout.is_ok_and(|layout| layout.check(record, &mut Scratch::default()).is_ok())
}

const fn number_of(outcome: Outcome) -> u32 {
    match outcome {
        Outcome::Exact => 1,
        Outcome::Backward => 2,
        _ => 3,
    }
}

/// The decompressors of the vectors, without some.
#[derive(Clone)]
struct LeftOut {
    codecs: Codecs,
    left_out: Vec<Codec>,
}

impl Decompress for LeftOut {
    fn has_codec(&self, codec: Codec) -> bool {
        self.codecs.has_codec(codec) && !self.left_out.contains(&codec)
    }

    fn has_dictionary(&self, id: [u8; 4]) -> bool {
        self.codecs.has_dictionary(id)
    }

    fn decompress(
        &mut self,
        codec: Codec,
        dictionary: Option<[u8; 4]>,
        stored: &[u8],
        output: &mut [u8],
    ) -> Result<(), Refused> {
        self.codecs.decompress(codec, dictionary, stored, output)
    }
}
