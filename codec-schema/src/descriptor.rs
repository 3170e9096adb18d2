//! A schema with its name and numbers, and what identifies it (SPEC section 4).

use alloc::string::String;
#[cfg(feature = "protobuf")]
use alloc::string::ToString;
use alloc::vec::Vec;

use strictframe_core::control::{self, Schema};
use strictframe_core::identity::{self, Encoding};
use strictframe_core::judgement::KnownVersion;
use strictframe_core::{LenSink, Limits, SchemaKey, Sink, SinkFull};

#[cfg(feature = "json")]
use crate::canonical_json::canonical_json;
use crate::error::{SchemaError, SchemaErrorKind};
#[cfg(feature = "protobuf")]
use crate::protobuf::ProtobufSchema;

/// One version of a schema in canonical form: what a SCHEMA frame carries and a schema key names.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Descriptor {
    encoding: Encoding,
    name: String,
    version: u16,
    min_reader: u16,
    canonical: Vec<u8>,
    lineage: [u8; 8],
    fingerprint: [u8; 32],
}

impl Descriptor {
    /// The descriptor of a JSON type whose JSON Schema has the text `schema`.
    ///
    /// `name` is fully qualified, `version` and `min_reader` are the numbers of the schema key.
    ///
    /// # Errors
    ///
    /// `KeyRefused` kinds when the name or a number breaks a rule, then what
    /// [`canonical_json`](crate::canonical_json) refuses, then `DescriptorTooLong`.
    #[cfg(feature = "json")]
    pub fn json(
        name: &str,
        version: u16,
        min_reader: u16,
        schema: &[u8],
    ) -> Result<Self, SchemaError> {
        Self::build(Encoding::JSON, name, version, min_reader, || canonical_json(schema))
    }

    /// The descriptor of the JSON that a Rust type is read from and written as, by the JSON Schema that `schemars` makes of it.
    ///
    /// Documentation comments and the order of fields leave no trace.
    ///
    /// # Errors
    ///
    /// As [`Descriptor::json`].
    #[cfg(feature = "schemars")]
    #[cfg_attr(docsrs, doc(cfg(feature = "schemars")))]
    pub fn of_type<T: schemars::JsonSchema + ?Sized>(
        name: &str,
        version: u16,
        min_reader: u16,
    ) -> Result<Self, SchemaError> {
        // Names that are required are a set, and the order of a type's fields is none of its JSON's.
        let sorted = schemars::transform::RecursiveTransform(|schema: &mut schemars::Schema| {
            if let Some(names) = schema.get_mut("required").and_then(|names| names.as_array_mut()) {
                names.sort_by(|a, b| a.as_str().cmp(&b.as_str()));
            }
        });
        let settings = schemars::generate::SchemaSettings::draft2020_12().with_transform(sorted);
        let schema = settings.into_generator().into_root_schema_for::<T>();
        Self::json(name, version, min_reader, alloc::format!("{}", schema.as_value()).as_bytes())
    }

    /// The descriptor of the protobuf message `name`: it and every type of `schema` it leads to.
    ///
    /// `name` is fully qualified, without a leading dot; `version` and `min_reader` are the numbers of the schema key.
    ///
    /// # Errors
    ///
    /// `KeyRefused` kinds when the name or a number breaks a rule; `TypeUnknown` when `schema` has no message of that name;
    /// what [`ProtobufSchema::parse`](crate::protobuf::ProtobufSchema::parse) refuses; `DescriptorTooLong`.
    #[cfg(feature = "protobuf")]
    pub fn protobuf(
        name: &str,
        version: u16,
        min_reader: u16,
        schema: &ProtobufSchema,
    ) -> Result<Self, SchemaError> {
        Self::build(Encoding::PROTOBUF, name, version, min_reader, || {
            let closure = schema.closure(name).ok_or(SchemaErrorKind::TypeUnknown)?;
            let text = closure.to_string().into_bytes();
            // SPEC [KEY-7]: a compiler's word is held to the same rules as a frame's.
            if ProtobufSchema::parse(&text)? != closure {
                return Err(SchemaErrorKind::DescriptorSet.into());
            }
            Ok(text)
        })
    }

    /// The descriptor of a type that only its users understand: `bytes`, as they are.
    ///
    /// `name` is fully qualified, `version` and `min_reader` are the numbers of the schema key.
    ///
    /// # Errors
    ///
    /// `KeyRefused` kinds when the name or a number breaks a rule, then `DescriptorTooLong`.
    pub fn opaque(
        name: &str,
        version: u16,
        min_reader: u16,
        bytes: &[u8],
    ) -> Result<Self, SchemaError> {
        // SPEC [KEY-5]: no byte of it is looked at.
        Self::build(Encoding::OPAQUE, name, version, min_reader, || Ok(bytes.to_vec()))
    }

    /// The descriptor that the body of a SCHEMA frame holds, found canonical once more.
    ///
    /// A frame's checksums vouch for the bytes and not for who wrote them.
    ///
    /// # Errors
    ///
    /// `NotCanonical` at the first byte of the descriptor that its canonical form does not have
    /// there; the error of `canonical_json` when it has none;
    /// `EncodingUnavailable` when this build does not know the encoding's canonical form.
    pub fn from_body(body: &Schema<'_>) -> Result<Self, SchemaError> {
        let (key, canonical) = (body.key(), body.descriptor());
        Self::from_canonical(
            body.encoding(),
            body.name(),
            key.version(),
            key.min_reader(),
            canonical,
        )
    }

    /// The descriptor whose canonical form is `given`, found canonical once more.
    ///
    /// # Errors
    ///
    /// `KeyRefused` kinds when the name or a number breaks a rule, then as [`Descriptor::from_body`].
    pub fn from_canonical(
        encoding: Encoding,
        name: &str,
        version: u16,
        min_reader: u16,
        given: &[u8],
    ) -> Result<Self, SchemaError> {
        Self::build(encoding, name, version, min_reader, || {
            let canonical = canonical_form(encoding, name, given)?;
            if canonical != given {
                let same = canonical.iter().zip(given).take_while(|(a, b)| a == b).count();
                return Err(SchemaError::at(same, SchemaErrorKind::NotCanonical));
            }
            Ok(canonical)
        })
    }

    /// The same where nobody looks whether `given` is in canonical form: the key is the one that follows from these bytes, and a descriptor that is not canonical is then of a version that no writer has.
    ///
    /// # Errors
    ///
    /// `KeyRefused` kinds when the name or a number breaks a rule, then `DescriptorTooLong`.
    pub fn assumed_canonical(
        encoding: Encoding,
        name: &str,
        version: u16,
        min_reader: u16,
        given: &[u8],
    ) -> Result<Self, SchemaError> {
        Self::build(encoding, name, version, min_reader, || Ok(given.to_vec()))
    }

    fn build(
        encoding: Encoding,
        name: &str,
        version: u16,
        min_reader: u16,
        canonical: impl FnOnce() -> Result<Vec<u8>, SchemaError>,
    ) -> Result<Self, SchemaError> {
        // SPEC [KEY-1, KEY-2]: what is not a name or a number of a key never comes into a hash.
        let lineage = identity::lineage(encoding, name).ok_or(name_fault(name))?;
        if version == 0 {
            return Err(SchemaErrorKind::VersionZero.into());
        }
        if !(1..=version).contains(&min_reader) {
            return Err(SchemaErrorKind::MinReaderRange.into());
        }
        let canonical = canonical()?;
        // SPEC [FRM-11]: no reader takes a longer body, so nobody could ever be told this schema.
        let mut body = LenSink::default();
        control::write_schema(encoding, version, min_reader, name, &canonical, &mut body)
            .ok()
            .and_then(|()| u32::try_from(body.len()).ok())
            .filter(|body_len| *body_len <= Limits::MAXIMUM.body())
            .ok_or(SchemaErrorKind::DescriptorTooLong)?;
        let fingerprint = identity::fingerprint(lineage, version, min_reader, &canonical)
            .ok_or(SchemaErrorKind::DescriptorTooLong)?;
        let name = String::from(name);
        Ok(Self { encoding, name, version, min_reader, canonical, lineage, fingerprint })
    }

    /// How records of this type are encoded.
    #[must_use]
    pub const fn encoding(&self) -> Encoding {
        self.encoding
    }

    /// The fully-qualified name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The version, 1..65535.
    #[must_use]
    pub const fn version(&self) -> u16 {
        self.version
    }

    /// The oldest reader version that may decode what is written with this schema, 1..version.
    #[must_use]
    pub const fn min_reader(&self) -> u16 {
        self.min_reader
    }

    /// The canonical descriptor.
    #[must_use]
    pub fn canonical(&self) -> &[u8] {
        &self.canonical
    }

    /// The lineage id: the same for every version of one name and encoding.
    #[must_use]
    pub const fn lineage(&self) -> [u8; 8] {
        self.lineage
    }

    /// The fingerprint: of the lineage, both numbers and the canonical descriptor.
    #[must_use]
    pub const fn fingerprint(&self) -> [u8; 32] {
        self.fingerprint
    }

    /// The part of the fingerprint that a frame bears.
    #[must_use]
    pub fn fork_check(&self) -> [u8; 4] {
        identity::fork_check(&self.fingerprint)
    }

    /// The schema key that frames of this type bear.
    // SPEC [KEY-1]: derived from the parts, never given.
    #[must_use]
    pub fn key(&self) -> SchemaKey {
        SchemaKey::new(self.lineage, self.version, self.min_reader, self.fork_check())
    }

    /// The length of the body of its SCHEMA frame, in bytes.
    #[must_use]
    pub fn body_len(&self) -> usize {
        let mut body = LenSink::default();
        self.write_body(&mut body).map_or(usize::MAX, |()| body.len())
    }

    /// Writes the body of its SCHEMA frame, [`body_len`](Self::body_len) bytes.
    ///
    /// # Errors
    ///
    /// [`SinkFull`] when the sink has no room for it.
    pub fn write_body<S: Sink>(&self, sink: &mut S) -> Result<(), SinkFull> {
        let Self { encoding, name, version, min_reader, canonical, .. } = self;
        control::write_schema(*encoding, *version, *min_reader, name, canonical, sink)
    }
}

/// What a reader that was built with the descriptor knows by it.
impl From<&Descriptor> for KnownVersion {
    fn from(descriptor: &Descriptor) -> Self {
        let Descriptor { version, min_reader, .. } = *descriptor;
        Self { version, min_reader, fork_check: descriptor.fork_check() }
    }
}

/// Which rule of KEY-2 a name breaks, when it has no lineage.
fn name_fault(name: &str) -> SchemaErrorKind {
    match name.as_bytes() {
        [] => SchemaErrorKind::NameEmpty,
        [b'.', ..] => SchemaErrorKind::NameLeadingDot,
        _ => SchemaErrorKind::NameTooLong,
    }
}

#[cfg_attr(
    not(feature = "protobuf"),
    allow(unused_variables, reason = "the name is a protobuf root")
)]
fn canonical_form(
    encoding: Encoding,
    name: &str,
    descriptor: &[u8],
) -> Result<Vec<u8>, SchemaError> {
    match encoding {
        // SPEC [KEY-5]: whatever the bytes are, they are the descriptor.
        Encoding::OPAQUE => Ok(descriptor.to_vec()),
        // SPEC [KEY-3]: a canonical descriptor is its own canonical form.
        #[cfg(feature = "json")]
        Encoding::JSON => canonical_json(descriptor),
        // SPEC [KEY-6]: the text of the root and of what it leads to, printed once more.
        #[cfg(feature = "protobuf")]
        Encoding::PROTOBUF => {
            let closure = ProtobufSchema::parse(descriptor)?.closure(name);
            Ok(closure.ok_or(SchemaErrorKind::TypeUnknown)?.to_string().into_bytes())
        }
        _ => Err(SchemaErrorKind::EncodingUnavailable.into()),
    }
}
