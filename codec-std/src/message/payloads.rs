//! Payloads of typed messages, apart from frames.

use strictframe_core::identity::Encoding;
use strictframe_core::{ErrorKind, Outcome, SchemaKey, SchemaPolicy};
use strictframe_schema::payload::{Layout, Scratch};

use super::error::{MessageError, PayloadRefused, SchemaRefused};
use super::{AnyOf, KnownSchema, Schema, TypeOf, UnknownFields};

/// Writes and reads the payloads of typed messages where frames are not one message each: in batches and streams.
///
/// [`Encoder::encode_message`](crate::Encoder::encode_message) and [`Decoder::decode_message`](crate::Decoder::decode_message) have one inside.
/// What a payload is held to is prepared when a type comes for the first time; after that nothing is allocated here.
#[derive(Debug, Default)]
pub struct Payloads {
    layouts: Vec<(SchemaKey, Layout)>,
    scratch: Scratch,
    written: Vec<u8>,
}

impl Payloads {
    /// One that has seen no type yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// The payload of a message, found to be one that readers of the same version take.
    ///
    /// # Errors
    /// What [`Schema::write_payload`] refuses, and what a reader would refuse of the payload.
    pub fn write<T: Schema>(&mut self, message: &T) -> Result<&[u8], PayloadRefused> {
        let mut written = core::mem::take(&mut self.written);
        written.clear();
        // SPEC [LIM-1]: what a decoder would refuse is not written.
        let checked = message
            .write_payload(&mut written)
            .and_then(|()| self.check(T::SCHEMA, Outcome::Exact, &written));
        self.written = written;
        checked.map(|_| self.written.as_slice())
    }

    /// The message of a payload that came under `key`, with how the schema was judged and what the type does not know of it.
    ///
    /// # Errors
    /// [`MessageError::Schema`] and [`MessageError::Payload`].
    pub fn read<M: AnyOf>(
        &mut self,
        key: &SchemaKey,
        policy: SchemaPolicy,
        payload: &[u8],
    ) -> Result<(M, Outcome, UnknownFields), MessageError> {
        let (kind, outcome) = judge::<M>(key, policy)
            .map_err(|kind| SchemaRefused::new(kind, *key, schemas::<M>(), None))?;
        let read = self.read_as(kind, outcome, payload);
        let (message, unknown_fields) =
            read.map_err(|refused| MessageError::Payload { record: 0, refused })?;
        Ok((message, outcome, unknown_fields))
    }

    /// The message of a payload whose key was judged, and what the type does not know of it.
    pub(super) fn read_as<M>(
        &mut self,
        kind: &TypeOf<M>,
        outcome: Outcome,
        payload: &[u8],
    ) -> Result<(M, UnknownFields), PayloadRefused> {
        let mut unknown_fields = self.check(kind.schema, outcome, payload)?;
        let (message, left_out) = (kind.read)(payload)?;
        unknown_fields.count = unknown_fields.count.saturating_add(left_out);
        Ok((message, unknown_fields))
    }

    /// Holds a payload to its descriptor, and counts the fields that are unknown there.
    fn check(
        &mut self,
        schema: &KnownSchema,
        outcome: Outcome,
        payload: &[u8],
    ) -> Result<UnknownFields, PayloadRefused> {
        // JSON is held to its type by serde, and opaque bytes by their type alone.
        if schema.encoding() != Encoding::PROTOBUF {
            return Ok(UnknownFields::default());
        }
        let Self { layouts, scratch, .. } = self;
        let known = layouts.iter().position(|(key, _)| *key == schema.key());
        let index = match known {
            Some(index) => index,
            None => {
                let layout = schema.descriptor().and_then(|found| Layout::new(&found));
                layouts.push((schema.key(), layout.map_err(PayloadRefused::Descriptor)?));
                layouts.len() - 1
            }
        };
        let Some((_, layout)) = layouts.get(index) else { return Ok(UnknownFields::default()) };
        let checked = layout.check(payload, scratch).map_err(PayloadRefused::Protobuf)?;
        // SPEC [PAY-12]: a writer of this very version has no other fields, or has lied about its schema.
        if outcome == Outcome::Exact {
            checked.exact().map_err(PayloadRefused::Protobuf)?;
        }
        // SPEC [PAY-12]: told, whatever becomes of it.
        Ok(UnknownFields { count: checked.unknown_fields(), first: checked.first_unknown() })
    }

    pub(crate) fn memory(&self) -> usize {
        self.written.capacity()
    }
}

/// Which of the types a key names, and how it is judged: by one comparison for each type there is, when it is the own key of one.
#[inline]
pub(super) fn judge<M: AnyOf>(
    key: &SchemaKey,
    policy: SchemaPolicy,
) -> Result<(&'static TypeOf<M>, Outcome), ErrorKind> {
    if let Some(kind) = M::TYPES.iter().find(|kind| kind.schema.is_own(key)) {
        return Ok((kind, Outcome::Exact));
    }
    let mut types = M::TYPES.iter();
    let kind = types.find(|kind| kind.schema.key().lineage() == key.lineage());
    let kind = kind.ok_or(ErrorKind::UnknownSchema)?;
    Ok((kind, kind.schema.judge(key, policy)?))
}

/// The schemas of the types.
pub(super) fn schemas<M: AnyOf>() -> impl Iterator<Item = &'static KnownSchema> {
    M::TYPES.iter().map(TypeOf::schema)
}
