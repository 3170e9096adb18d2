//! Where results go: standard output in pieces, or a file that appears whole or not at all.

use core::fmt::Display;
use std::io::{self, BufWriter, StdoutLock, Write};
use std::path::Path;

use same_file::Handle;
use serde::Serialize;
use strictframe::Publish;

use crate::failure::{self, Failure};
use crate::terminal::{Paint, shown};

/// Standard output, buffered.
pub(crate) struct Stdout {
    writer: BufWriter<StdoutLock<'static>>,
    pub(crate) paint: Paint,
}

impl Stdout {
    pub(crate) fn lock() -> Self {
        let writer = BufWriter::with_capacity(1 << 18, io::stdout().lock());
        Self { writer, paint: Paint::for_stdout() }
    }

    pub(crate) fn line(&mut self, words: impl Display) -> Result<(), Failure> {
        writeln!(self.writer, "{words}").map_err(|error| not_printed(&error))
    }

    pub(crate) fn text(&mut self, words: impl Display) -> Result<(), Failure> {
        write!(self.writer, "{words}").map_err(|error| not_printed(&error))
    }

    pub(crate) fn bytes(&mut self, bytes: &[u8]) -> Result<(), Failure> {
        self.writer.write_all(bytes).map_err(|error| not_printed(&error))
    }

    /// One JSON value, without a line end.
    pub(crate) fn json(&mut self, value: &impl Serialize) -> Result<(), Failure> {
        serde_json::to_writer(&mut self.writer, value).map_err(|error| not_printed(&error.into()))
    }

    /// One JSON value, and a line end.
    pub(crate) fn json_line(&mut self, value: &impl Serialize) -> Result<(), Failure> {
        self.json(value)?;
        self.bytes(b"\n")
    }

    /// Hands everything over; what follows on standard error stands behind it.
    pub(crate) fn flush(&mut self) -> Result<(), Failure> {
        self.writer.flush().map_err(|error| not_printed(&error))
    }
}

/// The failure of standard output.
pub(crate) fn not_printed(error: &io::Error) -> Failure {
    if error.kind() == io::ErrorKind::BrokenPipe {
        return failure::input_output(
            "standard output was closed before everything was written",
            "let the next command read to the end, or write to a file",
        );
    }
    failure::input_output(
        format!("cannot write to standard output: {error}"),
        "make room, or write somewhere else",
    )
}

/// Begins an output file, after making sure that it is none of the inputs.
pub(crate) fn create(path: &Path, inputs: &[&Path]) -> Result<Publish, Failure> {
    if path == Path::new("-") {
        return Err(failure::usage(
            "the output is a file that appears whole, and standard output is none",
            "name a file; one that is called `-` is written `./-`",
        ));
    }
    keep_apart(path, inputs)?;
    Publish::create(path).map_err(|error| not_written(path, &error))
}

/// Writes all of an output file that was begun, which is there from then on.
pub(crate) fn publish(mut file: Publish, path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    file.write_all(bytes).and_then(|()| file.commit()).map_err(|error| not_written(path, &error))
}

/// The failure of a file that cannot be written.
pub(crate) fn not_written(path: &Path, error: &io::Error) -> Failure {
    let help = match error.kind() {
        io::ErrorKind::NotFound => "the folder must exist; name another with --output",
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded | io::ErrorKind::FileTooLarge => {
            "make room, or name a place with more of it; nothing was left behind"
        }
        _ => "name a regular file in a folder that can be written to",
    };
    failure::input_output(format!("cannot write {}: {error}", shown(path)), help)
}

/// Refuses an output that is one of the inputs, under whatever name.
pub(crate) fn keep_apart(output: &Path, inputs: &[&Path]) -> Result<(), Failure> {
    // Publish refuses what is no file by itself.
    let there = if is_file(output) { Handle::from_path(output).ok() } else { None };
    for input in inputs {
        let read = match *input {
            input if input == Path::new("-") => Handle::stdin(),
            input if is_file(input) => Handle::from_path(input),
            _ => continue,
        };
        if there.is_some() && read.ok() == there {
            return Err(failure::usage(
                format!("{} is also an input", shown(output)),
                "name another file with --output; an input is never written over",
            ));
        }
    }
    Ok(())
}

/// Whether two paths name one place, be there something or not.
pub(crate) fn are_one_place(a: &Path, b: &Path) -> bool {
    let place = |path: &Path| {
        let path = std::path::absolute(path).ok()?;
        let folder = path.parent()?.canonicalize().ok()?;
        Some(folder.join(path.file_name()?))
    };
    let are_files = [a, b].iter().all(|path| is_file(path));
    are_files && same_file::is_same_file(a, b).unwrap_or(false)
        || place(a).is_some_and(|a| Some(a) == place(b))
}

/// Whether it is a file: opening anything else to look at it could wait forever.
fn is_file(path: &Path) -> bool {
    std::fs::metadata(path).is_ok_and(|found| found.is_file())
}
