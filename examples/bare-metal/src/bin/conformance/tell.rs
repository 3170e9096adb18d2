//! Answers as JSON (spec/vectors/README.md).

use core::fmt::{self, Display, Formatter, Write};

use strictframe_core::control::Control;
use strictframe_core::{Content, Decoded, Error, ErrorKind, Extensions, Frame, Header, identity};

/// That a vector cannot be judged here.
pub(crate) fn skipped(why: &str, out: &mut impl Write) -> fmt::Result {
    write!(out, "{{\"skipped\":{}}}", Text(why))
}

/// That a vector is none.
pub(crate) fn not_answered(why: &str, out: &mut impl Write) -> fmt::Result {
    write!(out, "{{\"not_answered\":{}}}", Text(why))
}

/// An error.
pub(crate) fn refused(error: &Error, out: &mut impl Write) -> fmt::Result {
    let (kind, offset) = (error.kind(), error.offset());
    let (code, name) = (kind.code(), kind.name());
    write!(
        out,
        "{{\"error\":{{\"code\":\"{code:04}\",\"name\":\"{name}\",\"offset\":\"{offset}\""
    )?;
    if error.is_in_raw() {
        out.write_str(",\"in\":\"raw\"")?;
    }
    match kind {
        ErrorKind::BadMagic { looks_like } => match looks_like {
            Some(foreign) => write!(out, ",\"looks_like\":{}", Text(foreign.name()))?,
            None => out.write_str(",\"looks_like\":null")?,
        },
        ErrorKind::Truncated { have, need } => {
            write!(out, ",\"have\":\"{have}\",\"need\":\"{need}\"")?;
        }
        ErrorKind::LimitExceeded { declared, limit } => {
            write!(out, ",\"declared\":\"{declared}\",\"limit\":\"{limit}\"")?;
        }
        _ => {}
    }
    out.write_str("}}")
}

/// The outcome and the records of a frame.
pub(crate) fn records(decoded: &Decoded<'_>, out: &mut impl Write) -> fmt::Result {
    match decoded.outcome {
        Some(outcome) => write!(out, "{{\"decoded\":{{\"outcome\":\"{outcome:?}\"")?,
        None => out.write_str("{\"decoded\":{\"outcome\":null")?,
    }
    out.write_str(",\"records\":[")?;
    for (index, record) in decoded.records.iter().enumerate() {
        let separator = if index == 0 { "" } else { "," };
        write!(out, "{separator}{}", Digest(record))?;
    }
    out.write_str("]}}")
}

/// The fields of a frame, as a relay sees them; `bytes` are the frame.
pub(crate) fn relayed(frame: &Frame<'_>, bytes: &[u8], out: &mut impl Write) -> fmt::Result {
    let (header, key) = (frame.header(), frame.key());
    let (kind, codec, body_len) = (frame.kind().0, header.codec().0, header.body_len());
    let (version, min_reader) = (key.version(), key.min_reader());
    write!(out, "{{\"frame\":{{\"kind\":\"{kind}\",\"codec\":\"{codec}\"")?;
    write!(out, ",\"lineage\":{},\"version\":\"{version}\"", Hex(&key.lineage()))?;
    write!(out, ",\"min_reader\":\"{min_reader}\",\"fork_check\":{}", Hex(&key.fork_check()))?;
    write!(out, ",\"body_len\":\"{body_len}\"")?;
    match frame.content() {
        Content::Data { compressed, extensions, stored } => {
            match compressed {
                Some(compressed) => {
                    let (len, crc) = (compressed.raw_len, compressed.raw_crc);
                    write!(out, ",\"raw_len\":\"{len}\",\"raw_crc\":\"{crc}\"")?;
                }
                None => out.write_str(",\"raw_len\":null,\"raw_crc\":null")?,
            }
            match compressed.and_then(|compressed| compressed.dictionary) {
                Some(id) => write!(out, ",\"dict_id\":{}", Hex(&id))?,
                None => out.write_str(",\"dict_id\":null")?,
            }
            tell_extensions(extensions, out)?;
            write!(out, ",\"stored\":{},\"control\":null}}}}", Digest(stored))
        }
        Content::Control(control) => {
            let body = bytes.get(Header::LEN..Header::LEN + body_len as usize).unwrap_or_default();
            out.write_str(",\"raw_len\":null,\"raw_crc\":null,\"dict_id\":null,\"extensions\":[]")?;
            write!(out, ",\"stored\":{},\"control\":", Digest(body))?;
            tell_control(control, out)?;
            out.write_str("}}")
        }
        _ => Err(fmt::Error),
    }
}

fn tell_extensions(extensions: &Extensions<'_>, out: &mut impl Write) -> fmt::Result {
    out.write_str(",\"extensions\":[")?;
    for (index, extension) in extensions.iter().enumerate() {
        let separator = if index == 0 { "" } else { "," };
        let (kind, value) = (extension.kind, Hex(extension.value));
        write!(out, "{separator}{{\"type\":\"{kind}\",\"value\":{value}}}")?;
    }
    out.write_str("]")
}

fn tell_control(control: &Control<'_>, out: &mut impl Write) -> fmt::Result {
    match control {
        Control::Sync(sync) => {
            write!(out, "{{\"stream_id\":{}", Hex(&sync.stream_id))?;
            write!(out, ",\"own_offset\":\"{}\"", sync.own_offset)?;
            write!(out, ",\"previous\":\"{}\",\"count\":\"{}\"", sync.previous, sync.count)?;
            write!(out, ",\"chain_crc\":\"{}\"}}", sync.chain_crc)
        }
        Control::Schema(schema) => {
            let key = schema.key();
            write!(
                out,
                "{{\"enc_id\":\"{}\",\"version\":\"{}\"",
                schema.encoding().0,
                key.version()
            )?;
            write!(out, ",\"min_reader\":\"{}\"", key.min_reader())?;
            write!(out, ",\"name\":{}", Text(schema.name()))?;
            write!(out, ",\"descriptor\":{}", Hex(schema.descriptor()))?;
            write!(out, ",\"lineage\":{}", Hex(&key.lineage()))?;
            write!(out, ",\"fork_check\":{}}}", Hex(&key.fork_check()))
        }
        Control::Dictionary(bytes) => {
            write!(out, "{{\"dict_id\":{}}}", Hex(&identity::dictionary_id(bytes)))
        }
        _ => Err(fmt::Error),
    }
}

/// Bytes, by length and hash.
struct Digest<'b>(&'b [u8]);

impl Display for Digest<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let (len, hash) = (self.0.len(), identity::digest(self.0));
        write!(f, "{{\"len\":\"{len}\",\"sha256\":{}}}", Hex(&hash))
    }
}

/// Bytes as lower-case hex, between quotes.
pub(crate) struct Hex<'b>(pub(crate) &'b [u8]);

impl Display for Hex<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_char('"')?;
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))?;
        f.write_char('"')
    }
}

/// A text, between quotes and with escapes.
struct Text<'t>(&'t str);

impl Display for Text<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_char('"')?;
        for char in self.0.chars() {
            match char {
                '"' | '\\' => write!(f, "\\{char}")?,
                '\0'..' ' => write!(f, "\\u{:04x}", u32::from(char))?,
                _ => f.write_char(char)?,
            }
        }
        f.write_char('"')
    }
}
