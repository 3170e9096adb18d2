//! Fields as plain text, one line each, of at most 120 characters.

use core::fmt::{self, Write};

use super::{Field, Part, Status, Value, dump};
use crate::extension::Extension;
use crate::header::{FLAG_DICT, FLAG_EXT};
use crate::limits::Limits;

/// Writes the frame at the start of `bytes`, one line for each field: its offset from the frame's start, its first 16 bytes, name, value and, in brackets, what else is to be said.
///
/// Lines have at most 120 characters as long as the frame does; a text that is too long for its line ends with two dots.
///
/// # Errors
/// Those of `out`.
pub fn write_text(bytes: &[u8], limits: &Limits, out: &mut dyn Write) -> fmt::Result {
    let mut result = Ok(());
    dump(bytes, limits, &mut |field| {
        result = result.and_then(|()| write_line(field, out));
    });
    result
}

fn write_line(field: &Field<'_>, out: &mut dyn Write) -> fmt::Result {
    let indent = usize::from(field.depth).saturating_mul(2);
    let mut start = Counted { out, chars: 0 };
    write!(start, "{:>6}  {:<HEX_WIDTH$}  {:indent$}", field.offset, field.hex(), "")?;
    write!(start, "{} = ", field.name)?;
    let start = start.chars;
    let mut end = Counted { out: &mut Nowhere, chars: 0 };
    write!(end, "{}", field.remark())?;
    // Two spaces and two brackets.
    let end = if end.chars == 0 { 0 } else { end.chars.saturating_add(4) };
    let room = WIDTH.saturating_sub(start).saturating_sub(end);
    write!(out, "{:.room$}", field.value_text())?;
    if end > 0 {
        write!(out, "  [{}]", field.remark())?;
    }
    out.write_char('\n')
}

impl Field<'_> {
    /// The first 16 bytes as hexadecimal, two dots when there are more, and a dot for a half that is not the field's.
    #[must_use]
    pub fn hex(&self) -> impl fmt::Display + '_ {
        Hex(self)
    }

    /// The value. A precision, as in `{:.40}`, is the most characters that a text takes.
    #[must_use]
    pub fn value_text(&self) -> impl fmt::Display + '_ {
        Shown(self)
    }

    /// Status and note together; empty when the field is verified and there is no more to say.
    #[must_use]
    pub fn remark(&self) -> impl fmt::Display + '_ {
        Remark(self)
    }
}

struct Hex<'f, 'a>(&'f Field<'a>);

impl fmt::Display for Hex<'_, '_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut out = Counted { out: f, chars: 0 };
        let Field { bytes, part, .. } = *self.0;
        match (part, bytes.first()) {
            (Part::High, Some(byte)) => write!(out, "{:X}.", byte >> 4)?,
            (Part::Low, Some(byte)) => write!(out, ".{:X}", byte & 15)?,
            _ => {
                for (index, byte) in bytes.iter().take(HEX_BYTES).enumerate() {
                    write!(out, "{}{byte:02X}", if index == 0 { "" } else { " " })?;
                }
                if bytes.len() > HEX_BYTES {
                    out.write_str("..")?;
                }
            }
        }
        let written = out.chars;
        let pad = f.width().unwrap_or_default().saturating_sub(written);
        write!(f, "{:pad$}", "")
    }
}

struct Shown<'f, 'a>(&'f Field<'a>);

impl fmt::Display for Shown<'_, '_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0.value {
            Value::Bits(bits) => write!(f, "0b{bits:08b}"),
            Value::Block { kind, size, last } => {
                write!(f, "{kind}, {size} bytes{}", if last { ", last" } else { "" })
            }
            Value::Bytes => write!(f, "{} bytes", self.0.bytes.len()),
            Value::Checksum { stored, computed } => {
                write!(f, "0x{stored:08x}")?;
                match computed.filter(|computed| *computed != stored) {
                    Some(computed) => write!(f, ", computed 0x{computed:08x}"),
                    None => Ok(()),
                }
            }
            Value::Codec(codec) => write!(f, "{} {}", codec.0, codec.name()),
            Value::Cut { need } => write!(f, "{} of {need} bytes", self.0.bytes.len()),
            Value::DictionaryId(id) => {
                write!(f, "{} bytes, dict_id ", self.0.bytes.len())?;
                compact(&id, f)
            }
            Value::Encoding(encoding) => write!(f, "{} {}", encoding.0, encoding.name()),
            Value::ExtensionType(kind) => {
                let name = Extension { kind, value: &[] }.name().unwrap_or("unknown");
                write!(f, "0x{kind:04x} {name}")
            }
            Value::Flags(flags) => write_flags(flags, f),
            Value::Foreign(foreign) => write!(f, "looks like {}", foreign.name()),
            Value::Hex => compact(self.0.bytes, f),
            Value::Kind(kind) => write!(f, "{} {}", kind.0, kind.name()),
            Value::More(count) => write!(f, "{count} more"),
            Value::Number(number) => write!(f, "{number}"),
            Value::Sequences { count, literals } => {
                write!(f, "{count}, with {literals} bytes of literals")
            }
            Value::Signed(number) => write!(f, "{number}"),
            Value::Text(text) => write_text_value(text, f),
        }
    }
}

fn compact(bytes: &[u8], f: &mut fmt::Formatter<'_>) -> fmt::Result {
    bytes.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
}

fn write_flags(flags: u8, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let names = [(FLAG_EXT, "EXT"), (FLAG_DICT, "DICT"), (4, "bit 2"), (8, "bit 3")];
    let mut set = names.iter().filter(|(bit, _)| flags & bit != 0).map(|(_, name)| name);
    f.write_str(set.next().unwrap_or(&"none"))?;
    set.try_for_each(|name| write!(f, ", {name}"))
}

/// Between quotation marks and escaped; what is beyond the precision is left out, and two dots say so.
fn write_text_value(text: &str, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let most = f.precision().unwrap_or(usize::MAX).saturating_sub(2);
    let is_cut = text.chars().try_fold(most, |room, char| room.checked_sub(width(char))).is_none();
    // Two dots take the place of two characters.
    let mut room = if is_cut { most.saturating_sub(2) } else { most };
    f.write_char('\'')?;
    for char in text.chars() {
        let Some(left) = room.checked_sub(width(char)) else { break };
        room = left;
        // JSON stays readable: its quotation marks are not the ones around it.
        if char == '"' {
            f.write_char(char)?;
        } else {
            write!(f, "{}", char.escape_debug())?;
        }
    }
    f.write_str(if is_cut { "'.." } else { "'" })
}

fn width(char: char) -> usize {
    if char == '"' { 1 } else { char.escape_debug().count() }
}

struct Remark<'f, 'a>(&'f Field<'a>);

impl fmt::Display for Remark<'_, '_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let status = match self.0.status {
            Status::Missing => "cut off",
            Status::Verified => "",
            Status::Unverified => "unverified",
            Status::Wrong(kind) => kind.name(),
        };
        f.write_str(status)?;
        match self.0.note {
            Some(note) if status.is_empty() => f.write_str(note),
            Some(note) => write!(f, ": {note}"),
            None => Ok(()),
        }
    }
}

/// Passes text on and counts its characters.
struct Counted<'w> {
    out: &'w mut dyn Write,
    chars: usize,
}

impl Write for Counted<'_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.chars = self.chars.saturating_add(text.chars().count());
        self.out.write_str(text)
    }
}

struct Nowhere;

impl Write for Nowhere {
    fn write_str(&mut self, _: &str) -> fmt::Result {
        Ok(())
    }
}

const WIDTH: usize = 120;
const HEX_BYTES: usize = 16;
/// Sixteen bytes, the spaces between them, and two dots.
const HEX_WIDTH: usize = 49;
