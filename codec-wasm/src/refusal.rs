//! Refusals as text that JavaScript makes an error of: one line for each member.

use alloc::string::String;
use core::fmt::Write as _;

use strictframe_core::pure::DictionaryRefused;
use strictframe_core::{Error, ErrorKind, Foreign};
#[cfg(feature = "records")]
use strictframe_schema::payload::PayloadError;
#[cfg(feature = "records")]
use strictframe_schema::{LineagesError, SchemaError};

/// Why a call was refused.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Refusal {
    /// A dictionary that cannot be held.
    Dictionary(DictionaryRefused),
    /// A frame or stream.
    Frame(Error),
    /// A lineage that cannot be judged by.
    #[cfg(feature = "records")]
    Lineage(LineagesError),
    /// There is no memory for what the limits allow.
    Memory,
    /// A record under its descriptor.
    #[cfg(feature = "records")]
    Payload { error: PayloadError, record: usize },
    /// A schema without a canonical form, or with one that this build cannot walk.
    #[cfg(feature = "records")]
    Schema(SchemaError),
    /// A record of JSON that is not UTF-8 from this byte on.
    #[cfg(feature = "records")]
    Utf8 { offset: usize, record: usize },
}

impl Refusal {
    /// The same of a frame that starts `by` bytes further on.
    #[cfg(feature = "records")]
    pub(crate) fn moved(self, by: u64) -> Self {
        match self {
            Self::Frame(error) => Self::Frame(error.moved(by)),
            other => other,
        }
    }

    /// Writes it: code, name, clause, offset, what the offset counts in, where the frame starts, two details, what the bytes look like, the record, the message.
    pub(crate) fn write(&self, out: &mut String) {
        out.clear();
        // A string takes whatever is written into it.
        let _ = match self {
            Self::Dictionary(refused) => of_dictionary(*refused, out),
            Self::Frame(error) => of_frame(error, out),
            #[cfg(feature = "records")]
            Self::Lineage(error) => write!(out, "904\nKeyRefused\nJDG-3\n\n\n\n\n\n\n\n{error}"),
            Self::Memory => {
                write!(
                    out,
                    "906\nOutputFull\nLIM-2\n\n\n\n\n\n\n\nthere is no memory for what the limits allow"
                )
            }
            #[cfg(feature = "records")]
            Self::Payload { error, record } => {
                let kind = error.kind();
                let (code, name, clause, offset) =
                    (kind.code(), kind.name(), kind.clause(), error.offset());
                write!(out, "{code}\n{name}\n{clause}\n{offset}\nrecord\n\n\n\n\n{record}\n{error}")
            }
            #[cfg(feature = "records")]
            Self::Schema(error) => {
                let (code, name) = (error.kind().code(), error.kind().name());
                let offset = error.offset().map(|offset| alloc::format!("{offset}"));
                let offset = offset.unwrap_or_default();
                write!(out, "{code}\n{name}\nKEY-3\n{offset}\ndescriptor\n\n\n\n\n\n{error}")
            }
            #[cfg(feature = "records")]
            Self::Utf8 { offset, record } => write!(
                out,
                "813\nPayloadUtf8\nPAY-10\n{offset}\nrecord\n\n\n\n\n{record}\na record of JSON is not UTF-8 (at byte {offset} of the payload)"
            ),
        };
    }
}

fn of_frame(error: &Error, out: &mut String) -> core::fmt::Result {
    let kind = error.kind();
    let (code, name, clause) = (kind.code(), kind.name(), kind.clause());
    let place = if error.is_in_raw() { "raw" } else { "" };
    write!(out, "{code}\n{name}\n{clause}\n{}\n{place}\n{}\n", error.offset(), error.frame())?;
    match kind {
        ErrorKind::Truncated { have: first, need: second }
        | ErrorKind::LimitExceeded { declared: first, limit: second } => {
            write!(out, "{first}\n{second}\n\n")?;
        }
        ErrorKind::BadMagic { looks_like } => {
            write!(out, "\n\n{}\n", looks_like.map_or("", Foreign::name))?;
        }
        _ => out.push_str("\n\n\n"),
    }
    write!(out, "\n{error}")
}

fn of_dictionary(refused: DictionaryRefused, out: &mut String) -> core::fmt::Result {
    let message = match refused {
        DictionaryRefused::Clash { .. } => {
            return of_frame(&ErrorKind::DictionaryClash.at(28), out);
        }
        DictionaryRefused::Length => "a dictionary has 1 to 1048576 bytes",
        _ => "there is no memory for a dictionary",
    };
    write!(out, "905\nDictionaryRefused\nCTL-3\n\n\n\n\n\n\n\n{message}")
}

impl From<Error> for Refusal {
    fn from(error: Error) -> Self {
        Self::Frame(error)
    }
}

#[cfg(feature = "records")]
impl From<SchemaError> for Refusal {
    fn from(error: SchemaError) -> Self {
        Self::Schema(error)
    }
}

#[cfg(feature = "records")]
impl From<LineagesError> for Refusal {
    fn from(error: LineagesError) -> Self {
        Self::Lineage(error)
    }
}

impl From<DictionaryRefused> for Refusal {
    fn from(refused: DictionaryRefused) -> Self {
        Self::Dictionary(refused)
    }
}
