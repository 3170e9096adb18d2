//! Changes of a schema as a table, and as JSON.

use serde::Serialize;
use strictframe_schema::change::{Change, Directions, Reach, Verdict, worst};

use crate::terminal::{Paint, tame};

/// A change in JSON.
#[derive(Serialize)]
pub(super) struct Row<'a> {
    path: &'a str,
    change: &'static str,
    #[serde(skip_serializing_if = "str::is_empty")]
    before: &'a str,
    #[serde(skip_serializing_if = "str::is_empty")]
    after: &'a str,
    wire: Both,
    json: Both,
    reason: &'static str,
}

/// The verdicts of both directions, by their words.
#[derive(Serialize)]
pub(super) struct Both {
    old_reads_new: &'static str,
    new_reads_old: &'static str,
}

/// The two numbers of a version.
#[derive(Serialize)]
pub(super) struct Numbers {
    pub(super) min_reader: u16,
    pub(super) oldest_writer: u16,
}

pub(super) fn rows(changes: &[Change]) -> Vec<Row<'_>> {
    let rows = changes.iter().map(|change| Row {
        path: &change.path,
        change: change.kind.row().name,
        before: &change.before,
        after: &change.after,
        wire: both(change.wire()),
        json: both(change.json()),
        reason: change.kind.row().reason,
    });
    rows.collect()
}

pub(super) const fn both(verdicts: Directions) -> Both {
    Both {
        old_reads_new: verdicts.old_reads_new.name(),
        new_reads_old: verdicts.new_reads_old.name(),
    }
}

impl From<Reach> for Numbers {
    fn from(reach: Reach) -> Self {
        Self { min_reader: reach.min_reader, oldest_writer: reach.oldest_writer }
    }
}

/// The changes as a table, each line indented; what they come to stands below.
pub(super) fn table(changes: &[Change], paint: Paint) -> String {
    let cells: Vec<_> = changes.iter().map(cells).collect();
    let width = |of: fn(&Cells) -> &str, least: usize| {
        cells.iter().map(|cells| of(cells).chars().count()).fold(least, usize::max)
    };
    let path = width(|cells| &cells.path, 4);
    let change = width(|cells| &cells.change, 6);
    let wire = width(|cells| &cells.wire, 4);
    let json = width(|cells| &cells.json, 4);
    let mut text = String::new();
    let heads = ("PATH", "CHANGE", "WIRE", "JSON");
    text += &format!(
        "  {:path$}  {:change$}  {:wire$}  {:json$}  {}\n",
        paint.quiet(heads.0),
        paint.quiet(heads.1),
        paint.quiet(heads.2),
        paint.quiet(heads.3),
        paint.quiet("WHY"),
    );
    for (cells, found) in cells.iter().zip(changes) {
        let Cells { path: place, change: what, wire: on_wire, json: as_json } = cells;
        text += &format!(
            "  {place:path$}  {what:change$}  {}  {}  {}\n",
            painted(found.wire(), format!("{on_wire:wire$}"), paint),
            painted(found.json(), format!("{as_json:json$}"), paint),
            found.kind.row().reason,
        );
    }
    let worst = worst(changes);
    text += &format!(
        "  verdicts: an old reader on new data / a new reader on old data; together {}\n",
        words(worst)
    );
    text
}

struct Cells {
    path: String,
    change: String,
    wire: String,
    json: String,
}

fn cells(change: &Change) -> Cells {
    let values = match (change.before.as_str(), change.after.as_str()) {
        ("", "") => String::new(),
        ("", value) | (value, "") => format!(": {}", tame(value, VALUE)),
        (before, after) => format!(": {} -> {}", tame(before, VALUE), tame(after, VALUE)),
    };
    Cells {
        path: tame(&change.path, PATH),
        change: format!("{}{values}", change.kind.row().name),
        wire: words(change.wire()),
        json: words(change.json()),
    }
}

/// `safe` alone says it of both directions.
fn words(verdicts: Directions) -> String {
    let (old, new) = (verdicts.old_reads_new.name(), verdicts.new_reads_old.name());
    if old == new { old.to_owned() } else { format!("{old}/{new}") }
}

fn painted(verdicts: Directions, words: String, paint: Paint) -> String {
    match verdicts.old_reads_new.max(verdicts.new_reads_old) {
        Verdict::Safe => paint.good(words).to_string(),
        Verdict::Unknown => paint.doubtful(words).to_string(),
        Verdict::Breaking => paint.bad(words).to_string(),
    }
}

const PATH: usize = 100;
const VALUE: usize = 60;
