//! A frame in words and colours, one field a line.

use strictframe::Limits;
use strictframe::core::dump::{Field, Status, dump};

use super::examine::{Findings, Subject};
use crate::failure::{Failure, numbered};
use crate::output::Stdout;
use crate::terminal::{counted, shown, thousands};

/// Shows the fields of a frame, and what was found out about it.
pub(super) fn show(subject: &Subject<'_>, findings: &Findings) -> Result<(), Failure> {
    let mut out = Stdout::lock();
    head(subject, &mut out)?;
    fields(subject, &mut out)?;
    summary(findings, &mut out)?;
    out.flush()
}

fn head(subject: &Subject<'_>, out: &mut Stdout) -> Result<(), Failure> {
    let (paint, piece) = (out.paint, subject.piece);
    let name = paint.strong(shown(subject.file));
    if subject.is_alone {
        out.line(format_args!("{name}: the bytes from its start"))?;
    } else {
        let number = subject.number;
        out.line(format_args!("{name}: frame {number}, counted from 0, at byte {}", piece.start))?;
    }
    let columns = format!("{:>9}  {:<HEX$}  field = value  [remark]", "offset", "bytes");
    out.line(paint.quiet(columns))
}

/// One line for each field; offsets are those in the input.
pub(super) fn fields(subject: &Subject<'_>, out: &mut Stdout) -> Result<(), Failure> {
    let piece = subject.piece;
    let mut written = Ok(());
    dump(&piece.bytes, &Limits::DEFAULT, &mut |field| {
        if written.is_ok() {
            written = line(field, piece.start, out);
        }
    });
    written?;
    let paint = out.paint;
    match piece.after {
        Some(0) => Ok(()),
        _ if !subject.is_alone && piece.is_frame => Ok(()),
        Some(after) => {
            let words = format!("{:>9}  {} more, not read", "", counted(after, "byte"));
            out.line(paint.quiet(words))
        }
        None => out.line(paint.quiet(format!("{:>9}  more bytes follow, not read", ""))),
    }
}

fn line(field: &Field<'_>, start: u64, out: &mut Stdout) -> Result<(), Failure> {
    let paint = out.paint;
    let offset = start.saturating_add(field.offset as u64);
    let hex = format!("{:<HEX$}", field.hex());
    let hex = match field.status {
        Status::Wrong(_) => paint.bad(hex),
        Status::Missing | Status::Unverified => paint.doubtful(hex),
        _ => paint.mark(hex),
    };
    // SPEC [ERR-2]: the remark says of every field that nothing vouches for that it is unverified.
    let indent = usize::from(field.depth) * 2;
    let name = paint.strong(field.name);
    out.text(format_args!("{offset:>9}  {hex}  {:indent$}{name} = ", ""))?;
    out.text(format_args!("{:.VALUE$}", field.value_text()))?;
    let remark = field.remark().to_string();
    if !remark.is_empty() {
        let remark = format!("[{remark}]");
        let remark = match field.status {
            Status::Wrong(_) => paint.bad(remark),
            Status::Missing | Status::Unverified => paint.doubtful(remark),
            _ => paint.quiet(remark),
        };
        out.text(format_args!("  {remark}"))?;
    }
    out.line("")
}

fn summary(findings: &Findings, out: &mut Stdout) -> Result<(), Failure> {
    let paint = out.paint;
    if let Some((key, name)) = &findings.schema {
        let name = name.as_deref().unwrap_or("(not declared before it)");
        out.line(format_args!("schema        {} {key}", paint.mark(name)))?;
    }
    if let Some(payload) = &findings.payload {
        let records = counted(payload.records, "record");
        out.line(format_args!("payload       {records} in {} bytes", thousands(payload.len)))?;
        for preview in &payload.previews {
            let Some(fields) = &preview.fields else {
                let len = paint.quiet(preview.len);
                out.line(format_args!("              {len} {}", preview.text))?;
                continue;
            };
            let head = format!("{} bytes; offset  field = value", preview.len);
            out.line(format_args!("              {}", paint.quiet(head)))?;
            for field in &fields.found {
                let name = paint.strong(&field.path);
                out.line(format_args!("{:>20}  {name} = {}", field.offset, field.value))?;
            }
            for (count, what) in [(fields.more, "more fields"), (fields.unknown, "unknown fields")]
            {
                if count > 0 {
                    let words = format!("{} {what}", thousands(count));
                    out.line(format_args!("{:>20}  {}", "", paint.doubtful(words)))?;
                }
            }
        }
    }
    if !findings.verified.is_empty() {
        let names = findings.verified.join(", ");
        out.line(format_args!("verified      {}", paint.good(names)))?;
    }
    if !findings.unverified.is_empty() {
        let names = findings.unverified.join(", ");
        out.line(format_args!("not verified  {}", paint.doubtful(names)))?;
    }
    let refused = match &findings.failure {
        Some(Failure::Frame { error, .. }) => {
            Some((numbered(error.kind().code()), error.kind().name()))
        }
        Some(Failure::Data(refusal)) => refusal.code.clone().zip(refusal.name),
        _ => None,
    };
    if let Some((code, name)) = refused {
        out.line(format_args!("refused       {}", paint.bad(format!("{code} {name}"))))?;
    }
    Ok(())
}

/// Sixteen bytes as hexadecimal, the spaces between them, and two dots.
const HEX: usize = 49;
/// The most characters of a text.
const VALUE: usize = 60;
