//! The bodies of control frames (SPEC section 8).

use crate::error::{Error, ErrorKind};
use crate::header::Kind;
use crate::identity::{self, Encoding};
use crate::limits::{HEADER_LEN, MAX_DICTIONARY_LEN, OVERHEAD};
use crate::reader::Reader;
use crate::schema_key::SchemaKey;
use crate::sink::{Sink, SinkFull};

/// A control frame's body.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Control<'a> {
    /// Of SYNC and END.
    Sync(Sync),
    /// Of SCHEMA.
    Schema(Schema<'a>),
    /// Of DICT: the dictionary's bytes, 1..2^20 of them.
    Dictionary(&'a [u8]),
}

impl<'a> Control<'a> {
    /// Reads the body of a control frame of that kind.
    pub(crate) fn parse(kind: Kind, body: &'a [u8]) -> Result<Self, Error> {
        match kind {
            Kind::SYNC | Kind::END => Sync::parse(body).map(Self::Sync),
            Kind::SCHEMA => Schema::parse(body).map(Self::Schema),
            Kind::DICT => check_dictionary(body).map(|()| Self::Dictionary(body)),
            // SPEC [FRM-6]: the header was refused already.
            _ => Err(ErrorKind::BadKind.at(2)),
        }
    }
}

/// Where a stream stands: the body of SYNC and END.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[allow(clippy::exhaustive_structs, reason = "the layout is fixed by the format")]
pub struct Sync {
    /// The stream's id.
    pub stream_id: [u8; 16],
    /// Where this frame starts in its stream.
    pub own_offset: u64,
    /// Where the SYNC before it starts; [`Sync::NONE`] in the first.
    pub previous: u64,
    /// Data frames before this frame.
    pub count: u64,
    /// CRC-32C over the trailers of all frames before this one.
    pub chain_crc: u32,
}

impl Sync {
    /// The previous offset of the first SYNC.
    pub const NONE: u64 = u64::MAX;
    /// The length of the body in bytes.
    pub const LEN: usize = 48;
    /// The length of the whole frame in bytes.
    pub const FRAME_LEN: usize = Self::LEN + OVERHEAD;

    fn parse(body: &[u8]) -> Result<Self, Error> {
        // SPEC [CTL-1]: 48 bytes, the last four of them zero.
        let mut reader = body_reader(body);
        let sync =
            field(&mut reader, |reader| reader.read_array().copied()).and_then(|stream_id| {
                Ok(Self {
                    stream_id,
                    own_offset: field(&mut reader, Reader::read_u64)?,
                    previous: field(&mut reader, Reader::read_u64)?,
                    count: field(&mut reader, Reader::read_u64)?,
                    chain_crc: field(&mut reader, Reader::read_u32)?,
                })
            })?;
        checked(&mut reader, Reader::read_u32, |last| *last == 0)?;
        end(&reader)?;
        Ok(sync)
    }

    /// The body's bytes.
    #[must_use]
    pub fn to_bytes(&self) -> [u8; Self::LEN] {
        let mut body = [0; Self::LEN];
        let mut sink = crate::sink::SliceSink::new(&mut body);
        // The parts are 16 + 8 + 8 + 8 + 4 bytes: they fit.
        let _ = sink
            .put(&self.stream_id)
            .and_then(|()| sink.put(&self.own_offset.to_le_bytes()))
            .and_then(|()| sink.put(&self.previous.to_le_bytes()))
            .and_then(|()| sink.put(&self.count.to_le_bytes()))
            .and_then(|()| sink.put(&self.chain_crc.to_le_bytes()));
        body
    }
}

/// A schema as a stream carries it.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Schema<'a> {
    encoding: Encoding,
    version: u16,
    min_reader: u16,
    name: &'a str,
    descriptor: &'a [u8],
    lineage: [u8; 8],
    fingerprint: [u8; 32],
}

impl<'a> Schema<'a> {
    fn parse(body: &'a [u8]) -> Result<Self, Error> {
        // SPEC [CTL-2]: field by field, each whole and right before the next is looked at.
        let mut reader = body_reader(body);
        let encoding =
            Encoding(checked(&mut reader, Reader::read_u8, |id| Encoding(*id).is_assigned())?);
        checked(&mut reader, Reader::read_u8, |zero| *zero == 0)?;
        let version = checked(&mut reader, Reader::read_u16, |version| *version > 0)?;
        let min_reader = checked(&mut reader, Reader::read_u16, |min_reader| {
            (1..=version).contains(min_reader)
        })?;
        let name_len = checked(&mut reader, Reader::read_u16, |len| *len > 0)?;
        let at_name = refused(reader.offset());
        let name = field(&mut reader, |reader| reader.read_slice(usize::from(name_len)))?;
        let name = core::str::from_utf8(name).map_err(|_| at_name)?;
        let lineage = identity::lineage(encoding, name).ok_or(at_name)?;
        let desc_len = field(&mut reader, Reader::read_u32)?;
        let descriptor = field(&mut reader, |reader| {
            usize::try_from(desc_len).ok().and_then(|len| reader.read_slice(len))
        })?;
        end(&reader)?;
        let fingerprint = identity::fingerprint(lineage, version, min_reader, descriptor)
            .ok_or(refused(reader.offset()))?;
        Ok(Self { encoding, version, min_reader, name, descriptor, lineage, fingerprint })
    }

    /// How records of this schema are encoded.
    #[must_use]
    pub const fn encoding(&self) -> Encoding {
        self.encoding
    }

    /// The fully-qualified name.
    #[must_use]
    pub const fn name(&self) -> &'a str {
        self.name
    }

    /// The canonical descriptor.
    #[must_use]
    pub const fn descriptor(&self) -> &'a [u8] {
        self.descriptor
    }

    /// The fingerprint that follows from the body.
    #[must_use]
    pub const fn fingerprint(&self) -> [u8; 32] {
        self.fingerprint
    }

    /// The key that frames of this schema bear.
    #[must_use]
    pub fn key(&self) -> SchemaKey {
        let fork_check = identity::fork_check(&self.fingerprint);
        SchemaKey::new(self.lineage, self.version, self.min_reader, fork_check)
    }
}

/// Writes the body of a SCHEMA frame.
///
/// # Errors
/// [`SinkFull`] when it does not fit, or when name or descriptor are longer than their length fields can say.
pub fn write_schema<S: Sink>(
    encoding: Encoding,
    version: u16,
    min_reader: u16,
    name: &str,
    descriptor: &[u8],
    sink: &mut S,
) -> Result<(), SinkFull> {
    let head = schema_head(encoding, version, min_reader, name)?;
    let desc_len = schema_descriptor_len(descriptor)?;
    [&head, name.as_bytes(), &desc_len, descriptor].iter().try_for_each(|piece| sink.put(piece))
}

/// The fixed fields before the name.
pub(crate) fn schema_head(
    encoding: Encoding,
    version: u16,
    min_reader: u16,
    name: &str,
) -> Result<[u8; 8], SinkFull> {
    let [n0, n1] = u16::try_from(name.len()).map_err(|_| SinkFull)?.to_le_bytes();
    let ([v0, v1], [m0, m1]) = (version.to_le_bytes(), min_reader.to_le_bytes());
    Ok([encoding.0, 0, v0, v1, m0, m1, n0, n1])
}

/// The field between the name and the descriptor.
pub(crate) fn schema_descriptor_len(descriptor: &[u8]) -> Result<[u8; 4], SinkFull> {
    u32::try_from(descriptor.len()).map(u32::to_le_bytes).map_err(|_| SinkFull)
}

fn check_dictionary(body: &[u8]) -> Result<(), Error> {
    // SPEC [CTL-3]: 1..2^20 bytes.
    if body.is_empty() {
        return Err(refused(BODY));
    }
    if body.len() > MAX_DICTIONARY_LEN {
        return Err(refused(BODY.saturating_add(1 << 20)));
    }
    Ok(())
}

fn body_reader(body: &[u8]) -> Reader<'_> {
    Reader::new(body, BODY)
}

fn field<'a, T>(
    reader: &mut Reader<'a>,
    read: impl FnOnce(&mut Reader<'a>) -> Option<T>,
) -> Result<T, Error> {
    checked(reader, read, |_| true)
}

fn checked<'a, T>(
    reader: &mut Reader<'a>,
    read: impl FnOnce(&mut Reader<'a>) -> Option<T>,
    is_right: impl FnOnce(&T) -> bool,
) -> Result<T, Error> {
    let offset = reader.offset();
    read(reader).filter(is_right).ok_or(refused(offset))
}

fn end(reader: &Reader<'_>) -> Result<(), Error> {
    if reader.remaining() == 0 { Ok(()) } else { Err(refused(reader.offset())) }
}

const fn refused(offset: u64) -> Error {
    ErrorKind::BodyStructure.at(offset)
}

#[allow(clippy::as_conversions, reason = "28 fits")]
const BODY: u64 = HEADER_LEN as u64;
