//! Where frames differ, for people.

use super::fields::{Change, Line};
use super::records::Difference;
use super::{Comparison, Found, Side};
use crate::failure::Failure;
use crate::output::Stdout;
use crate::patch;
use crate::terminal::{Paint, counted, tame, thousands};

/// Two frames in full.
pub(super) fn frames(a: &Side<'_>, b: &Side<'_>, comparison: &Comparison) -> Result<(), Failure> {
    let mut out = Stdout::lock();
    let paint = out.paint;
    out.line(format_args!("{} {}", paint.bad("a"), a.title()))?;
    out.line(format_args!("{} {}", paint.good("b"), b.title()))?;
    if comparison.is_same() {
        out.line("they are the same, byte for byte")?;
        return out.flush();
    }
    let columns = format!("  {:>9}  {:>9}  field: a -> b", "offset a", "offset b");
    out.line(paint.quiet(columns))?;
    for change in &comparison.fields {
        field(change, &mut out)?;
    }
    match &comparison.records {
        Err(why) => out.line(paint.doubtful(why))?,
        Ok(differences) if differences.is_empty() => {}
        Ok(differences) => {
            out.line(paint.quiet("records, counted from 0"))?;
            for difference in differences {
                record(difference, &mut out)?;
            }
        }
    }
    out.flush()
}

/// Two frames of streams, in one line.
pub(super) fn pair(a: &Side<'_>, comparison: &Comparison) -> Result<(), Failure> {
    let mut out = Stdout::lock();
    let mut names: Vec<_> =
        comparison.fields.iter().filter_map(Change::line).map(|line| line.name).collect();
    names.dedup();
    let more = names.len().saturating_sub(NAMES);
    names.truncate(NAMES);
    let mut text = names.join(", ");
    if more > 0 {
        text += &format!(" and {more} more");
    }
    let number = out.paint.strong(format!("frame {:>6}", a.number));
    out.line(format_args!("{number}  {text}"))?;
    out.flush()
}

pub(super) fn summary(found: &Found) -> Result<(), Failure> {
    let mut out = Stdout::lock();
    let pairs = counted(found.frames, "pair");
    let mut text = match found.different {
        0 => format!("{pairs} of frames, no difference"),
        different => format!("{pairs} of frames, {} different", thousands(different)),
    };
    for (count, name) in [(found.only_a, "a"), (found.only_b, "b")] {
        if count > 0 {
            text += &format!("; {} more in {name}", counted(count, "frame"));
        }
    }
    let paint = out.paint;
    out.line(if found.is_same() { paint.good(text) } else { paint.bad(text) })?;
    out.flush()
}

fn field(change: &Change, out: &mut Stdout) -> Result<(), Failure> {
    let paint = out.paint;
    let place = |line: Option<&Line>| line.map_or_else(String::new, |line| line.offset.to_string());
    let Some(line) = change.line() else { return Ok(()) };
    let (offset_a, offset_b) = (place(change.a.as_ref()), place(change.b.as_ref()));
    let indent = usize::from(line.depth) * 2;
    let name = paint.strong(line.name);
    let (sign, values) = match (&change.a, &change.b) {
        (Some(a), Some(b)) => ("~", format!("{} -> {}", paint.bad(said(a)), paint.good(said(b)))),
        (Some(a), None) => ("-", paint.bad(said(a)).to_string()),
        (None, Some(b)) => ("+", paint.good(said(b)).to_string()),
        (None, None) => return Ok(()),
    };
    out.line(format_args!("{sign} {offset_a:>9}  {offset_b:>9}  {:indent$}{name}: {values}", ""))
}

fn said(line: &Line) -> String {
    match line.remark.is_empty() {
        true => line.value.clone(),
        false => format!("{} [{}]", line.value, line.remark),
    }
}

fn record(difference: &Difference, out: &mut Stdout) -> Result<(), Failure> {
    let paint = out.paint;
    match difference {
        Difference::Patch { record, operations } => {
            out.line(format_args!(
                "~ {record:>9}  {}",
                counted(operations.len() as u64, "operation")
            ))?;
            for operation in operations {
                out.line(format_args!("             {}", patch::line(paint, operation)))?;
            }
            Ok(())
        }
        Difference::Bytes { record, first, a, b, lens: [old, new] } => {
            let lens = format!("{} and {} bytes", thousands(*old as u64), thousands(*new as u64));
            out.line(format_args!("~ {record:>9}  {lens}, different from byte {first} on"))?;
            out.line(format_args!("             {}", paint.bad(hex(a))))?;
            out.line(format_args!("             {}", paint.good(hex(b))))
        }
        Difference::OnlyA { record, len } => only(paint, "-", *record, *len, out),
        Difference::OnlyB { record, len } => only(paint, "+", *record, *len, out),
    }
}

fn only(
    paint: Paint,
    sign: &str,
    record: usize,
    len: usize,
    out: &mut Stdout,
) -> Result<(), Failure> {
    let text = format!("{sign} {record:>9}  {}", counted(len as u64, "byte"));
    out.line(if sign == "-" { paint.bad(text) } else { paint.good(text) })
}

fn hex(bytes: &[u8]) -> String {
    let hex: Vec<_> = bytes.iter().map(|byte| format!("{byte:02X}")).collect();
    format!("{}  {}", hex.join(" "), tame(&String::from_utf8_lossy(bytes), 64))
}

/// The names of fields that are listed for a pair.
const NAMES: usize = 8;
