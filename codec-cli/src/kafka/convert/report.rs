//! What a conversion did, and what it could not read.

use std::collections::BTreeMap;
use std::io::{BufWriter, Write as _};
use std::path::{Path, PathBuf};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::Serialize;
use strictframe::Publish;
use strictframe_dashflow::convert::{NotRead, Report};

use crate::failure::{self, Failure};
use crate::output::{self, Stdout, not_written};
use crate::terminal::{counted, shown, tame, thousands};

/// Tells of what is refused, and keeps it where that is asked for.
pub(super) struct Refusals {
    file: Option<(PathBuf, BufWriter<Publish>)>,
    told: u64,
    failed: Option<std::io::Error>,
}

/// What was not converted, as it was.
#[derive(Serialize)]
struct Refused<'a> {
    /// Among all messages, counted from 0.
    index: u64,
    file: String,
    name: &'a str,
    why: String,
    data: String,
}

/// A report in JSON.
#[derive(Serialize)]
struct Document<'a> {
    read: u64,
    converted: u64,
    not_read: &'a BTreeMap<&'static str, u64>,
    framings: BTreeMap<&'static str, u64>,
    differences: BTreeMap<&'static str, u64>,
}

impl Refusals {
    pub(super) fn create(path: Option<&Path>, inputs: &[&Path]) -> Result<Self, Failure> {
        let create = |path: &Path| {
            let file = BufWriter::new(output::create(path, inputs)?);
            Ok((path.to_owned(), file))
        };
        Ok(Self { file: path.map(create).transpose()?, told: 0, failed: None })
    }

    pub(super) fn add(&mut self, index: u64, file: &Path, bytes: &[u8], why: &NotRead) {
        let text = tame(&why.to_string(), WHY);
        self.told += 1;
        if self.told <= TOLD {
            let name = why.name();
            failure::warn(format_args!("message {index}, in {}: {name}: {text}", shown(file)));
        } else if self.told == TOLD + 1 {
            failure::warn("more are not converted; the report counts them");
        }
        let Some((_, out)) = &mut self.file else { return };
        let refused = Refused {
            index,
            file: file.to_string_lossy().into_owned(),
            name: why.name(),
            why: text,
            data: STANDARD.encode(bytes),
        };
        let mut line = serde_json::to_vec(&refused).unwrap_or_default();
        line.push(b'\n');
        if let Err(error) = out.write_all(&line) {
            self.failed.get_or_insert(error);
        }
    }

    /// Has the file appear.
    pub(super) fn commit(self) -> Result<(), Failure> {
        let Some((path, out)) = self.file else { return Ok(()) };
        if let Some(error) = self.failed {
            return Err(not_written(&path, &error));
        }
        let out = out.into_inner().map_err(|error| not_written(&path, error.error()))?;
        out.commit().map_err(|error| not_written(&path, &error))
    }
}

/// The report of a conversion into a stream.
pub(super) fn tell(report: &Report, output: &Path, json: bool) -> Result<(), Failure> {
    let mut out = Stdout::lock();
    let framings: BTreeMap<&'static str, u64> =
        report.framings.iter().map(|(framing, count)| (framing.name(), *count)).collect();
    if json {
        let differences = report.differences.iter();
        out.json_line(&Document {
            read: report.read,
            converted: report.converted,
            not_read: &report.not_read,
            framings,
            differences: differences.map(|(what, count)| (what.name(), *count)).collect(),
        })?;
        return out.flush();
    }
    let paint = out.paint;
    let verb = "converted";
    let verb =
        if report.converted == report.read { paint.good(verb) } else { paint.doubtful(verb) };
    let (converted, read) = (thousands(report.converted), counted(report.read, "message"));
    out.line(format_args!("{}: {converted} of {read} {verb}", shown(output)))?;
    for (framing, count) in framings {
        out.line(format_args!("  {:>12}  {framing}", thousands(count)))?;
    }
    for (difference, count) in &report.differences {
        out.line(format_args!("  {:>12}  {difference}", thousands(*count)))?;
    }
    for (name, count) in &report.not_read {
        let name = paint.bad(name);
        out.line(format_args!("  {:>12}  not converted: {name}", thousands(*count)))?;
    }
    out.flush()
}

/// The report of a conversion out of streams.
pub(super) fn tell_back(count: u64, output: &Path, json: bool) -> Result<(), Failure> {
    let mut out = Stdout::lock();
    if json {
        out.json_line(&serde_json::json!({ "read": count, "converted": count }))?;
        return out.flush();
    }
    let messages = counted(count, "message");
    out.line(format_args!("{}: {messages} {}", shown(output), out.paint.good("converted")))?;
    out.flush()
}

/// The refusals that are told one by one.
const TOLD: u64 = 20;
/// The longest reason, in characters.
const WHY: usize = 400;
