//! Statistics for a terminal.

use core::fmt::Write as _;
use std::path::Path;

use jiff::Timestamp;

use super::tally::{Schema, Statistics, Tally, share};
use crate::terminal::{Paint, counted, shown, tame, thousands};

/// Some lines for a stream.
pub(super) fn worded(file: &Path, statistics: &Statistics, paint: Paint) -> String {
    let (data, control) = (statistics.data(), statistics.controls());
    let all = data.amount + control;
    let mut text = format!(
        "{}: {} in {} of {}, {} bytes\n",
        shown(file),
        counted(data.records, "record"),
        counted(data.amount.frames, "data frame"),
        thousands(all.frames),
        thousands(all.bytes),
    );
    for schema in &statistics.schemas {
        one_schema(&mut text, schema, paint);
    }
    if statistics.schemas.len() > 1 {
        let _ = writeln!(text, "  {}", paint.strong("all schemas"));
        table(&mut text, &[("total", &data)], paint);
    }
    let _ = writeln!(
        text,
        "  {}: {} ({}), {} bytes ({})",
        paint.strong("control"),
        counted(control.frames, "frame"),
        percent(share(control.frames, all.frames)),
        thousands(control.bytes),
        percent(share(control.bytes, all.bytes)),
    );
    for (kind, amount) in &statistics.control {
        let (frames, bytes) = (thousands(amount.frames), thousands(amount.bytes));
        let _ = writeln!(text, "    {:<9}{frames:>9}{bytes:>15} bytes", kind.name());
    }
    for (id, len) in &statistics.dictionaries {
        let (id, len) = (paint.mark(hex(*id)), thousands(*len as u64));
        let _ = writeln!(text, "  carries dictionary {id} of {len} bytes");
    }
    text
}

fn one_schema(text: &mut String, schema: &Schema, paint: Paint) {
    let _ = writeln!(
        text,
        "  {} version {} ({}, min_reader {})",
        paint.mark(tame(&schema.name, 200)),
        schema.version,
        schema.encoding,
        schema.min_reader,
    );
    let all = schema.all();
    let mut rows: Vec<_> =
        schema.codecs.iter().map(|(codec, tally)| (codec.name(), tally)).collect();
    if rows.len() != 1 {
        rows.push(("total", &all));
    }
    table(text, &rows, paint);
    sizes(text, &all, paint);
    for (id, frames) in &all.dictionaries {
        let (id, part) = (paint.mark(hex(*id)), percent(share(*frames, all.amount.frames)));
        let _ = writeln!(text, "    dictionary {id}: {} ({part})", counted(*frames, "frame"));
    }
    if let Some((first, last)) = all.time {
        let (first, last) = (moment(first), moment(last));
        let _ = writeln!(text, "    time {first} to {last} ({:#})", last.duration_since(first));
    }
    if let Some((first, last)) = all.sequence {
        let _ = writeln!(text, "    sequence {} to {}", thousands(first), thousands(last));
    }
}

fn table(text: &mut String, rows: &[(&str, &Tally)], paint: Paint) {
    let heads = ["frames", "records", "raw bytes", "stored bytes", "ratio", "overhead"];
    let [frames, records, raw, stored, ratio, overhead] = heads;
    let head = format!(
        "{:<9}{frames:>9}{records:>12}{raw:>15}{stored:>15}{ratio:>9}{overhead:>14}",
        "codec"
    );
    let _ = writeln!(text, "    {}", paint.quiet(head));
    for (name, tally) in rows {
        let _ = writeln!(
            text,
            "    {name:<9}{:>9}{:>12}{:>15}{:>15}{:>9}{:>14}",
            thousands(tally.amount.frames),
            thousands(tally.records),
            thousands(tally.raw_bytes),
            thousands(tally.stored_bytes),
            percent(tally.ratio()),
            thousands(tally.overhead()),
        );
    }
}

fn sizes(text: &mut String, tally: &Tally, paint: Paint) {
    let most = tally.sizes().map(|(_, count)| count).max().unwrap_or_default();
    if most == 0 {
        return;
    }
    let _ = writeln!(text, "    {}", paint.quiet("records by size in bytes"));
    for (range, count) in tally.sizes() {
        let (from, to) = range.into_inner();
        let range = if from == to {
            thousands(from)
        } else {
            format!("{}..{}", thousands(from), thousands(to))
        };
        let bar = paint.mark(bar(count, most));
        let _ = writeln!(text, "    {range:>23} {:>11} {bar}", thousands(count));
    }
}

/// A bar as long as `count` is of `most`, in eighths of a character; what is there at all can be seen.
fn bar(count: u64, most: u64) -> String {
    let eighths = (count as f64 / most as f64 * f64::from(WIDTH * 8)).round() as usize;
    let eighths = eighths.max(usize::from(count > 0));
    let mut bar = "█".repeat(eighths / 8);
    bar.extend(" ▏▎▍▌▋▊▉".chars().nth(eighths % 8).filter(|end| *end != ' '));
    bar
}

fn percent(part: Option<f64>) -> String {
    part.map_or_else(|| "-".to_owned(), |part| format!("{:.1} %", part * 100.0))
}

/// An id as hexadecimal digits.
pub(super) fn hex(id: [u8; 4]) -> String {
    format!("{:08x}", u32::from_be_bytes(id))
}

/// Nanoseconds since 1970 as a moment; every one of them has its place in the calendar.
pub(super) fn moment(nanoseconds: i64) -> Timestamp {
    Timestamp::from_nanosecond(nanoseconds.into()).unwrap_or_default()
}

/// The longest bar, in characters.
const WIDTH: u32 = 40;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_fullest_range_has_the_longest_bar_and_a_single_record_can_be_seen() {
        assert_eq!(bar(7, 7), "█".repeat(40));
        assert_eq!(bar(1, 80), "▌");
        assert_eq!(bar(1, 1_000_000), "▏");
        assert_eq!(bar(0, 7), "");
    }

    #[test]
    fn every_time_a_frame_can_bear_has_a_date() {
        assert_eq!(moment(0).to_string(), "1970-01-01T00:00:00Z");
        assert_eq!(moment(i64::MIN).to_string(), "1677-09-21T00:12:43.145224192Z");
        assert_eq!(moment(i64::MAX).to_string(), "2262-04-11T23:47:16.854775807Z");
    }
}
