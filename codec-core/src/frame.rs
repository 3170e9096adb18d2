//! One frame: verified without a copy, written from its parts (SPEC sections 1, 2 and 11).

use crate::checksum;
use crate::codec::Codec;
use crate::control::{Control, schema_descriptor_len, schema_head};
use crate::error::{Error, ErrorKind};
use crate::extension::Extensions;
use crate::header::{Header, Kind, truncated};
use crate::limits::{Limits, MAX_LEN, OVERHEAD};
use crate::parts::{Parts, pays};
use crate::reader::Reader;
use crate::schema_key::SchemaKey;
use crate::sink::{Sink, SinkFull};

mod decode;

/// A frame whose two checksums matched and whose body has the form its header says.
#[derive(Clone, Copy, Debug)]
pub struct Frame<'a> {
    header: Header,
    content: Content<'a>,
    trailer: u32,
}

/// What a body holds.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub enum Content<'a> {
    /// Of a control kind.
    Control(Control<'a>),
    /// Of a data kind.
    Data {
        /// Length, checksum and dictionary, when the payload is compressed.
        compressed: Option<Compressed>,
        /// The extensions.
        extensions: Extensions<'a>,
        /// The payload as it is stored.
        stored: &'a [u8],
    },
}

/// What a compressed body says of its payload.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[allow(clippy::exhaustive_structs, reason = "the layout is fixed by the format")]
pub struct Compressed {
    /// The payload's length before compression, in bytes.
    pub raw_len: u32,
    /// Its CRC-32C before compression.
    pub raw_crc: u32,
    /// The dictionary.
    pub dictionary: Option<[u8; 4]>,
}

impl<'a> Frame<'a> {
    /// The length of header and trailer together, in bytes.
    pub const OVERHEAD: usize = OVERHEAD;

    /// Verifies `bytes` as one frame and nothing else, as a relay does.
    ///
    /// # Errors
    /// The first part of the order of SPEC ERR-1, `BadMagic` to `ExtensionError`; offsets from the frame's start.
    #[inline]
    pub fn parse(bytes: &'a [u8], limits: &Limits) -> Result<Self, Error> {
        let header = Header::parse(bytes, limits)?;
        let len = header.frame_len();
        // SPEC [FRM-12]: no more will come.
        let frame = bytes.get(..len).ok_or_else(|| truncated(bytes.len(), len))?;
        // SPEC [FRM-13]: one frame and nothing else.
        if bytes.len() > len {
            return Err(ErrorKind::TrailingData.at(u64::try_from(len).unwrap_or(u64::MAX)));
        }
        Self::parse_body(header, frame, limits)
    }

    /// Verifies what lies behind a header that was verified already; `frame` is exactly the frame.
    #[inline(always)]
    pub(crate) fn parse_body(
        header: Header,
        frame: &'a [u8],
        limits: &Limits,
    ) -> Result<Self, Error> {
        let (body, trailer) = checked_body(&header, frame)?;
        Self::parse_content(header, body, trailer, limits)
    }

    /// Reads a body whose checksum was found to match, together with that checksum.
    #[inline(always)]
    pub(crate) fn parse_content(
        header: Header,
        body: &'a [u8],
        trailer: u32,
        limits: &Limits,
    ) -> Result<Self, Error> {
        if !header.kind.is_data() {
            return Self::parse_control(header, body, trailer);
        }
        let content = parse_data(&header, body, limits)?;
        Ok(Self { header, content, trailer })
    }

    /// Apart from the way of data frames, which are many.
    #[cold]
    fn parse_control(header: Header, body: &'a [u8], trailer: u32) -> Result<Self, Error> {
        let content = Content::Control(Control::parse(header.kind, body)?);
        Ok(Self { header, content, trailer })
    }

    /// Refuses what no decoder of records may take, whatever schemas it knows.
    ///
    /// # Errors
    /// `UnknownCritical`, `UnexpectedKind`.
    #[inline]
    pub fn check_data(&self) -> Result<(), Error> {
        match &self.content {
            Content::Data { extensions, .. } => {
                extensions.check_critical(self.extensions_offset().saturating_add(2))
            }
            // SPEC [CTL-4]: records are asked for, and this frame has none.
            Content::Control(_) => Err(ErrorKind::UnexpectedKind.at(2)),
        }
    }

    /// Writes the frame again from its fields; the bytes are those it was parsed from.
    ///
    /// # Errors
    /// [`SinkFull`].
    pub fn write<S: Sink>(&self, sink: &mut S) -> Result<(), SinkFull> {
        // SPEC [BDY-5]: one valid encoding.
        let Header { kind, codec, key, .. } = self.header;
        match self.content {
            Content::Data { compressed, extensions, stored } => {
                let extensions = extensions.block();
                Parts { kind, key, codec, compressed, extensions, stored: &[stored] }.write(sink)
            }
            Content::Control(Control::Sync(sync)) => {
                Parts::control(kind, &[&sync.to_bytes()]).write(sink)
            }
            Content::Control(Control::Dictionary(bytes)) => {
                Parts::control(kind, &[bytes]).write(sink)
            }
            Content::Control(Control::Schema(schema)) => {
                let (name, descriptor) = (schema.name(), schema.descriptor());
                let (version, min_reader) = (schema.key().version(), schema.key().min_reader());
                let head = schema_head(schema.encoding(), version, min_reader, name)?;
                let desc_len = schema_descriptor_len(descriptor)?;
                Parts::control(kind, &[&head, name.as_bytes(), &desc_len, descriptor]).write(sink)
            }
        }
    }

    /// The header.
    #[must_use]
    pub const fn header(&self) -> &Header {
        &self.header
    }

    /// The frame's kind.
    #[must_use]
    pub const fn kind(&self) -> Kind {
        self.header.kind
    }

    /// The schema key.
    #[must_use]
    pub const fn key(&self) -> SchemaKey {
        self.header.key
    }

    /// What the body holds.
    #[must_use]
    pub const fn content(&self) -> &Content<'a> {
        &self.content
    }

    /// The extensions; none on control frames.
    #[must_use]
    pub fn extensions(&self) -> Extensions<'a> {
        match self.content {
            Content::Data { extensions, .. } => extensions,
            Content::Control(_) => Extensions::default(),
        }
    }

    /// The frame checksum, as it stands in the trailer.
    #[must_use]
    pub const fn trailer(&self) -> u32 {
        self.trailer
    }

    /// Where `ext_len` stands, or would stand.
    fn extensions_offset(&self) -> u64 {
        let compressed = if self.header.codec == Codec::NONE { 0 } else { 8 };
        let dictionary = if self.header.has_dictionary() { 4 } else { 0 };
        28_u64.saturating_add(compressed).saturating_add(dictionary)
    }

    /// Where the stored bytes begin, from the frame's start.
    #[must_use]
    pub fn stored_offset(&self) -> u64 {
        let block = u64::try_from(self.extensions().block().len()).unwrap_or(u64::MAX);
        let field = if self.header.has_extensions() { 2 } else { 0 };
        self.extensions_offset().saturating_add(field).saturating_add(block)
    }
}

/// The body and the trailer of a frame whose checksum matches. The header is the frame's, and its checksum was found to match.
#[inline]
pub(crate) fn checked_body<'a>(header: &Header, frame: &'a [u8]) -> Result<(&'a [u8], u32), Error> {
    let body_len = usize::try_from(header.body_len).unwrap_or(usize::MAX);
    let parts = frame.split_first_chunk().and_then(|(head, rest)| {
        let (body, trailer) = rest.split_last_chunk()?;
        (body.len() == body_len).then_some((head, body, u32::from_le_bytes(*trailer)))
    });
    let Some((head, body, trailer)) = parts else {
        return Err(truncated(frame.len(), header.frame_len()));
    };
    // SPEC [FRM-14]: over the header's 24 bytes and the body. The checksum of the 24 is known: it is the header's.
    let (_, header_crc) = Header::split(head);
    if checksum::append(header_crc, body) != trailer {
        return Err(ErrorKind::FrameCrc.at(u64::from(header.body_len).saturating_add(28)));
    }
    Ok((body, trailer))
}

#[inline]
fn parse_data<'a>(header: &Header, body: &'a [u8], limits: &Limits) -> Result<Content<'a>, Error> {
    // SPEC [BDY-1]: the first field that does not fit.
    let mut reader = Reader::new(body, 28);
    let compressed = read_compressed(header, &mut reader)?;
    let ext_field = reader.offset();
    let block = if header.has_extensions() {
        let len = reader.read_u16().ok_or(ErrorKind::BodyStructure.at(ext_field))?;
        let start = reader.offset();
        Some(reader.read_slice(usize::from(len)).ok_or(ErrorKind::BodyStructure.at(start))?)
    } else {
        None
    };
    let stored = reader.rest();
    check_raw_len(compressed, stored, limits)?;
    let extensions = match block {
        Some(block) => Extensions::parse(block, ext_field, header.kind)?,
        None => Extensions::default(),
    };
    Ok(Content::Data { compressed, extensions, stored })
}

#[inline]
fn read_compressed(header: &Header, reader: &mut Reader<'_>) -> Result<Option<Compressed>, Error> {
    if header.codec == Codec::NONE {
        return Ok(None);
    }
    let mut field = || {
        let offset = reader.offset();
        reader.read_u32().ok_or(ErrorKind::BodyStructure.at(offset))
    };
    let (raw_len, raw_crc) = (field()?, field()?);
    let dictionary = if header.has_dictionary() { Some(field()?.to_le_bytes()) } else { None };
    Ok(Some(Compressed { raw_len, raw_crc, dictionary }))
}

#[inline]
fn check_raw_len(
    compressed: Option<Compressed>,
    stored: &[u8],
    limits: &Limits,
) -> Result<(), Error> {
    let limit = u64::from(limits.raw().min(MAX_LEN));
    let stored_len = u64::try_from(stored.len()).unwrap_or(u64::MAX);
    // SPEC [BDY-2]: the stored length stands in where there is no raw_len.
    let (declared, offset) =
        compressed.map_or((stored_len, 20), |compressed| (u64::from(compressed.raw_len), 28));
    if declared > limit {
        return Err(ErrorKind::LimitExceeded { declared, limit }.at(offset));
    }
    // SPEC [BDY-4]: one valid encoding of a payload that does not get smaller.
    match compressed {
        Some(compressed)
            if !pays(stored_len, compressed.raw_len, compressed.dictionary.is_some()) =>
        {
            Err(ErrorKind::NonCanonicalCompression.at(28))
        }
        _ => Ok(()),
    }
}
