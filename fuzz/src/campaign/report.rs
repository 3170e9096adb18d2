//! What a campaign found, as a table of Markdown.

use core::fmt::Write as _;

use indicatif::HumanCount;

use super::Tally;
use super::record::Record;

/// The parts with their numbers, and the sum of each item.
#[must_use]
pub fn markdown(record: &Record) -> String {
    let [frames, refused, streams, refused_streams] = record.inputs;
    let (all, seconds) = record.sum();
    let mut text = format!(
        "{} inputs tried, **{} accepted**. Seed {}; damaged were {frames} frames, {streams} streams, {refused} inputs for one frame and {refused_streams} streams that are refused as they are. {:.0} minutes.\n\n",
        HumanCount(all.tried),
        HumanCount(all.accepted),
        record.seed,
        (seconds / 60.0).ceil(),
    );
    text += "| item | damage | tried | refused | excused | accepted | seconds |\n|---|---|---:|---:|---:|---:|---:|\n";
    for part in &record.parts {
        row(&mut text, &part.item.to_string(), &part.name, &part.tally, part.seconds);
    }
    row(&mut text, "", "all", &all, seconds);
    text
}

fn row(text: &mut String, item: &str, name: &str, tally: &Tally, seconds: f64) {
    let Tally { tried, refused, excused, accepted, .. } = tally;
    let [tried, refused, excused, accepted] =
        [tried, refused, excused, accepted].map(|it| HumanCount(*it));
    // Writing to a string never fails.
    let _ = writeln!(
        text,
        "| {item} | {name} | {tried} | {refused} | {excused} | {accepted} | {seconds:.1} |"
    );
}
