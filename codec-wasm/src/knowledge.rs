//! What a decoder knows of schemas: those it was given, and those that came on the way.

use alloc::vec::Vec;

use strictframe_core::control::Schema;
use strictframe_core::identity::Encoding;
use strictframe_core::judgement::KnownVersion;
use strictframe_core::map::Map;
use strictframe_core::stream::Directory;
use strictframe_core::{ErrorKind, Limits, Outcome, SchemaKey, SchemaPolicy};
use strictframe_schema::payload::Layout;
use strictframe_schema::{Descriptor, Lineages, LineagesError, SchemaError};

use crate::refusal::Refusal;

/// The schemas of a decoder.
#[derive(Debug)]
pub(crate) struct Knowledge {
    /// Nothing where no judgement is made.
    lineages: Option<Lineages>,
    policy: SchemaPolicy,
    directory: Directory,
    carried: Map<SchemaKey, Carried>,
    readings: Vec<Reading>,
    /// Frames mostly have the key of the frame before.
    last: Option<(SchemaKey, Option<Outcome>)>,
    last_reading: Option<(SchemaKey, usize)>,
    /// Versions of a lineage that is being given.
    versions: Vec<KnownVersion>,
    descriptors: Vec<Descriptor>,
}

/// A schema that came on the way.
#[derive(Debug)]
struct Carried {
    outcome: Option<Result<Outcome, ErrorKind>>,
    descriptor: Result<Descriptor, SchemaError>,
}

/// How records are read.
#[derive(Debug)]
pub(crate) struct Reading {
    /// The key of the descriptor that they are read by.
    pub(crate) key: SchemaKey,
    pub(crate) encoding: Encoding,
    pub(crate) layout: Option<Layout>,
}

impl Knowledge {
    pub(crate) fn new(limits: Limits) -> Self {
        Self {
            lineages: None,
            policy: SchemaPolicy::default(),
            directory: Directory::new(limits),
            carried: Map::new(),
            readings: Vec::new(),
            last: None,
            last_reading: None,
            versions: Vec::new(),
            descriptors: Vec::new(),
        }
    }

    /// From now on frames are judged.
    pub(crate) fn judge_by(&mut self, policy: SchemaPolicy) {
        self.policy = policy;
        self.lineages.get_or_insert_default();
        self.forget();
    }

    pub(crate) fn give_version(&mut self, version: KnownVersion) {
        self.versions.push(version);
    }

    pub(crate) fn give_descriptor(&mut self, descriptor: Descriptor) {
        self.descriptors.push(descriptor);
    }

    /// Takes in the versions that were given since the last time, as those of this lineage.
    pub(crate) fn close_lineage(
        &mut self,
        lineage: [u8; 8],
        reader: u16,
        oldest_writer: u16,
    ) -> Result<(), LineagesError> {
        let (versions, descriptors) =
            (core::mem::take(&mut self.versions), core::mem::take(&mut self.descriptors));
        self.forget();
        let lineages = self.lineages.get_or_insert_default();
        if descriptors.is_empty() {
            return lineages.add(lineage, reader, oldest_writer, versions);
        }
        lineages.add_versions(reader, oldest_writer, &descriptors.iter().collect::<Vec<_>>())
    }

    /// Takes in a schema that came in a frame of its own.
    pub(crate) fn learn(&mut self, schema: &Schema<'_>) -> Result<(), strictframe_core::Error> {
        self.directory.add_schema(schema)?;
        self.take_in(schema);
        Ok(())
    }

    /// The same where a stream's reader has checked it.
    pub(crate) fn take_in(&mut self, schema: &Schema<'_>) {
        let key = schema.key();
        if self.carried.contains_key(&key) {
            return;
        }
        let lineages = self.lineages.as_ref();
        // SPEC [JDG-5]: by what the descriptor says, and not by what its writer says of it.
        let outcome = lineages.map(|lineages| lineages.judge_carried(schema, self.policy));
        let (encoding, name) = (schema.encoding(), schema.name());
        let descriptor = Descriptor::assumed_canonical(
            encoding,
            name,
            key.version(),
            key.min_reader(),
            schema.descriptor(),
        );
        self.carried.insert(key, Carried { outcome, descriptor });
        self.forget();
    }

    /// What was said of a key before no longer counts.
    fn forget(&mut self) {
        self.last = None;
        self.last_reading = None;
    }

    /// Whether one more dictionary with this content may be held.
    pub(crate) fn learn_dictionary(&mut self, bytes: &[u8]) -> Result<(), strictframe_core::Error> {
        self.directory.add_dictionary(bytes)
    }

    /// The judgement of a frame's key; nothing where none is made.
    pub(crate) fn outcome(&mut self, key: &SchemaKey) -> Result<Option<Outcome>, ErrorKind> {
        if let Some((last, outcome)) = self.last
            && last == *key
        {
            return Ok(outcome);
        }
        let carried = self.carried.get(key).and_then(|carried| carried.outcome);
        let outcome = match (&self.lineages, carried) {
            (None, _) => None,
            (Some(_), Some(outcome)) => Some(outcome?),
            (Some(lineages), None) => Some(lineages.judge(key, self.policy)?),
        };
        self.last = Some((*key, outcome));
        Ok(outcome)
    }

    /// How records with that key are read: by the reader's own descriptor where it has one, else by the one that came with them.
    pub(crate) fn reading(&mut self, key: &SchemaKey) -> Result<usize, Refusal> {
        if let Some((last, index)) = self.last_reading
            && last == *key
        {
            return Ok(index);
        }
        let own = self.lineages.as_ref().and_then(|lineages| lineages.own(key));
        let descriptor = match (own, self.carried.get(key)) {
            (Some(own), _) => own,
            (None, Some(carried)) => carried.descriptor.as_ref().map_err(|error| *error)?,
            (None, None) => return Err(ErrorKind::UnknownSchema.at(4).into()),
        };
        let found = self.readings.iter().position(|reading| reading.key == descriptor.key());
        let index = match found {
            Some(index) => index,
            None => {
                let reading = Reading::new(descriptor)?;
                self.readings.push(reading);
                self.readings.len().saturating_sub(1)
            }
        };
        self.last_reading = Some((*key, index));
        Ok(index)
    }

    pub(crate) fn reading_at(&self, index: usize) -> Option<&Reading> {
        self.readings.get(index)
    }
}

impl Reading {
    fn new(descriptor: &Descriptor) -> Result<Self, SchemaError> {
        let encoding = descriptor.encoding();
        Ok(Self {
            key: descriptor.key(),
            encoding,
            layout: match encoding {
                Encoding::PROTOBUF => Some(Layout::new(descriptor)?),
                _ => None,
            },
        })
    }
}
