//! What a campaign found, as a table of Markdown.

use core::fmt::Write as _;

use super::Tally;
use super::record::Record;

/// The parts with their numbers, and the sum of each item.
#[must_use]
pub fn markdown(record: &Record) -> String {
    let [frames, refused, streams, refused_streams] = record.inputs;
    let (all, seconds) = record.sum();
    let mut text = format!(
        "{} inputs tried, **{} accepted**. Seed {}; damaged were {frames} frames, {streams} streams, {refused} inputs for one frame and {refused_streams} streams that are refused as they are. {:.0} minutes.\n\n",
        grouped(all.tried),
        grouped(all.accepted),
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
        [tried, refused, excused, accepted].map(|it| grouped(*it));
    // Writing to a string never fails.
    let _ = writeln!(
        text,
        "| {item} | {name} | {tried} | {refused} | {excused} | {accepted} | {seconds:.1} |"
    );
}

/// With a comma between thousands.
fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thousands_are_told_apart() {
        let numbers = [0, 999, 1000, 12_345, 1_234_567].map(grouped);
        assert_eq!(numbers, ["0", "999", "1,000", "12,345", "1,234,567"]);
    }
}
