//! What to do next about data that was refused.

use core::fmt::Display;
use std::path::Path;

use strictframe::core::Foreign;
use strictframe::{EncodeError, Error, ErrorKind, Limits, SchemaError, StreamError};

use crate::failure::{self, Failure, Refusal, numbered};
use crate::source::not_read;
use crate::terminal::{shown, typed};

/// The failure of reading a stream from a file.
pub(crate) fn reading_failed(error: StreamError, path: &Path) -> Failure {
    match error {
        StreamError::Refused(error) => refused(error, path),
        StreamError::Io(error) => not_read(path, &error),
        StreamError::Encode(error) => encoding_failed(&error, explain(error.code())),
        error => failure::input_output(error, "see the message"),
    }
}

/// The failure of a frame or stream that was refused.
pub(crate) fn refused(error: Error, path: &Path) -> Failure {
    Failure::Frame { error, help: next_step(&error, path) }
}

/// The failure of something an encoder does not write.
pub(crate) fn encoding_failed(error: &EncodeError, help: String) -> Failure {
    Failure::Data(Box::new(Refusal {
        code: Some(numbered(error.code())),
        name: Some(error.name()),
        message: error.to_string(),
        help,
        ..Refusal::default()
    }))
}

/// The failure of an argument that a schema key may not have, or of a schema without a canonical form.
pub(crate) fn schema_refused(error: &SchemaError, path: &Path) -> Failure {
    let kind = error.kind();
    // The number of everything that is about the key, and so about an argument.
    let is_usage = kind.name() == "KeyRefused";
    let (message, help) = if is_usage {
        (error.to_string(), "correct --name, --schema-version or --min-reader".to_owned())
    } else {
        let help = format!("correct the schema; see {}", explain(kind.code()));
        (format!("{}: {error}", shown(path)), help)
    };
    Failure::Data(Box::new(Refusal {
        code: Some(numbered(kind.code())),
        name: Some(kind.name()),
        offset: error.offset(),
        input: (!is_usage).then(|| path.to_string_lossy().into_owned()),
        message,
        help,
        is_usage,
        ..Refusal::default()
    }))
}

/// The failure of a record above the limit, on a line of an input.
pub(crate) fn record_too_large(len: Option<u64>, input: &Path, line: u64) -> Failure {
    let limit = u64::from(Limits::DEFAULT.raw());
    let refused = EncodeError::RecordTooLarge { len: len.unwrap_or(u64::MAX), limit };
    let message = match len {
        Some(_) => refused.to_string(),
        None => format!("record too large, more than 64 MiB where {limit} bytes are accepted"),
    };
    Failure::Data(Box::new(Refusal {
        code: Some(numbered(refused.code())),
        name: Some(refused.name()),
        input: Some(input.to_string_lossy().into_owned()),
        line: Some(line),
        len,
        limit: Some(limit),
        message: format!("{message} (at line {line} of {})", shown(input)),
        help: "split the record into smaller ones, or check that the input has one record a line"
            .to_owned(),
        ..Refusal::default()
    }))
}

/// The failure of bytes that are no dictionary, or of samples that give none.
pub(crate) fn dictionary_refused(message: &dyn Display, help: &str) -> Failure {
    let refused = EncodeError::DictionaryRefused;
    Failure::Data(Box::new(Refusal {
        code: Some(numbered(refused.code())),
        name: Some(refused.name()),
        message: message.to_string(),
        help: help.to_owned(),
        ..Refusal::default()
    }))
}

/// One sentence, to stand after `help:`.
fn next_step(error: &Error, path: &Path) -> String {
    let file = typed(path);
    let recover = format!("`strictframe recover {file} --output FILE`");
    let is_first = error.frame() == 0;
    match error.kind() {
        ErrorKind::BadMagic { looks_like: Some(Foreign::Json) } if is_first => format!(
            "records become a stream with `strictframe pack {file} --output FILE --schema FILE.json --name NAME`"
        ),
        ErrorKind::BadMagic { looks_like: Some(_) } if is_first => {
            "undo what was done to the file, or find the original".to_owned()
        }
        ErrorKind::BadMagic { .. } if is_first => {
            format!("if this was a stream once, {recover} finds what is left of it")
        }
        ErrorKind::Truncated { have: 0, .. } => {
            "there is not one byte; find out whether the writer has begun at all".to_owned()
        }
        ErrorKind::Truncated { .. } if is_first => {
            "copy the file again from its source; not even its first frame is whole".to_owned()
        }
        ErrorKind::Truncated { .. } | ErrorKind::Unterminated => format!(
            "wait for the writer, copy the file again, or save what is whole with {recover}"
        ),
        ErrorKind::NotAStream => {
            format!("`strictframe inspect {file}` shows the frame that stands there")
        }
        ErrorKind::LimitExceeded { .. } => {
            "nothing is known to be wrong with it: read it through the library, with larger limits"
                .to_owned()
        }
        ErrorKind::UnsupportedVersion | ErrorKind::BadKind | ErrorKind::UnknownCritical => {
            let code = explain(error.kind().code());
            format!("a newer strictframe may know it; see {code}")
        }
        ErrorKind::UnknownSchema => format!(
            "if it carries no SCHEMA frames since its readers know the schemas, add --bare to verify, unpack or recover; otherwise copy the file again from its source, or save what is intact with {recover}"
        ),
        ErrorKind::NoStreamId => {
            "give the id with --stream-id; the writer of the stream or a copy of it may tell it"
                .to_owned()
        }
        _ => format!("copy the file again from its source, or save what is intact with {recover}"),
    }
}

fn explain(code: u16) -> String {
    format!("`strictframe explain {}`", numbered(code))
}
