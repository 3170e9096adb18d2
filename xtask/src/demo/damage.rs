//! The bit that is flipped, and the account of what it cost.

use serde_json::Value;

use super::stage::Stage;
use crate::failure::{Context as _, Failure, Outcome, ensure};
use crate::report;

/// A frame of records, and where in the file its parts are.
pub(super) struct Place {
    /// Its number, as `inspect --frame` counts.
    pub(super) frame: u64,
    /// The offset of its checksum.
    pub(super) frame_crc: u64,
    /// An offset in the middle of its stored bytes.
    stored: u64,
}

/// The first frame of records in the second half of the stream, or else in the first.
pub(super) fn a_data_frame(stage: &Stage, stream: &str) -> Outcome<Place> {
    let verified = json(&stage.ask(&["verify", stream, "--json"])?)?;
    let frames = number(&verified, "frames")?;
    for frame in (frames / 2..frames).chain(0..frames / 2) {
        let shown =
            json(&stage.ask(&["inspect", stream, "--frame", &frame.to_string(), "--json"])?)?;
        if shown.get("payload").is_some_and(|payload| !payload.is_null()) {
            let stored = field(&shown, "stored")?;
            let half = number(stored, "len")? / 2;
            let frame_crc = number(field(&shown, "frame_crc")?, "offset")?;
            return Ok(Place { frame, frame_crc, stored: number(stored, "offset")? + half });
        }
    }
    Err(Failure::new(format!("{stream} has no frame of records")))
}

/// Writes a copy of a file in which one bit of the stored bytes is different.
pub(super) fn flip_one_bit(stage: &Stage, from: &str, to: &str, place: &Place) -> Outcome {
    let mut bytes = stage.read(from)?;
    let index = usize::try_from(place.stored).context("the offset of the bit")?;
    let byte =
        bytes.get_mut(index).ok_or_else(|| Failure::new("the frame lies beyond the file"))?;
    let before = *byte;
    *byte ^= 1 << 4;
    report::line(format_args!("byte {index} of {to}: {before:08b} becomes {:08b}", *byte));
    stage.write(to, &bytes)
}

/// Holds the report of a recovery against the records: exactly the lost ones are missing.
pub(super) fn account(report: &[u8], original: &[u8], recovered: &[u8]) -> Outcome<String> {
    let report = json(&String::from_utf8_lossy(report))?;
    let (kept, lost) = (number(&report, "frames_recovered")?, number(&report, "frames_lost")?);
    let (all, left) = (lines(original), lines(recovered));
    let is_count = |count: usize, said: u64| u64::try_from(count).is_ok_and(|count| count == said);
    ensure(lost > 0, || "the report knows of no loss".to_owned())?;
    ensure(is_count(left.len(), kept), || {
        format!("the report says {kept} records are left, and {} are", left.len())
    })?;
    ensure(is_count(all.len(), kept + lost), || {
        format!("the report says {kept} + {lost} records, and there were {}", all.len())
    })?;
    // One damage is one gap: what is left is the beginning and the end of what there was.
    let before = all.iter().zip(&left).take_while(|(all, left)| all == left).count();
    let behind = left.len() - before;
    ensure(all[all.len() - behind..] == left[before..], || {
        "what is left is not what was packed".to_owned()
    })?;
    Ok(format!("of {} records {lost} are lost and {kept} are back, byte for byte", all.len()))
}

fn lines(text: &[u8]) -> Vec<&[u8]> {
    text.split_inclusive(|byte| *byte == b'\n').collect()
}

fn json(text: &str) -> Outcome<Value> {
    serde_json::from_str(text).context("reading the JSON of strictframe")
}

fn number(value: &Value, member: &str) -> Outcome<u64> {
    let number = value.get(member).and_then(Value::as_u64);
    number.ok_or_else(|| Failure::new(format!("there is no number `{member}` in {value}")))
}

/// The field of that name in what `inspect --json` says.
fn field<'a>(shown: &'a Value, name: &str) -> Outcome<&'a Value> {
    let fields = shown.get("fields").and_then(Value::as_array).into_iter().flatten();
    let found = fields.into_iter().find(|field| field.get("name").is_some_and(|n| n == name));
    found.ok_or_else(|| Failure::new(format!("inspect shows no field `{name}`")))
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: &[u8] = b"1\n2\n3\n4\n";

    fn accounted(kept: u64, lost: u64, recovered: &[u8]) -> Result<String, String> {
        let report = format!(r#"{{"frames_recovered": {kept}, "frames_lost": {lost}}}"#);
        account(report.as_bytes(), ALL, recovered).map_err(|failure| failure.to_string())
    }

    #[test]
    fn a_gap_that_was_counted_right_is_accepted() {
        let said = accounted(2, 2, b"1\n4\n").unwrap();
        assert_eq!(said, "of 4 records 2 are lost and 2 are back, byte for byte");
        assert!(accounted(0, 4, b"").is_ok());
    }

    #[test]
    fn a_wrong_count_or_a_wrong_record_is_a_failure() {
        assert!(accounted(4, 0, ALL).unwrap_err().contains("no loss"));
        assert!(accounted(3, 1, b"1\n4\n").unwrap_err().contains("3 records are left, and 2 are"));
        assert!(accounted(2, 1, b"1\n4\n").unwrap_err().contains("2 + 1 records"));
        assert!(accounted(2, 2, b"1\n5\n").unwrap_err().contains("not what was packed"));
        assert!(accounted(2, 2, b"4\n1\n").unwrap_err().contains("not what was packed"));
    }

    #[test]
    fn fields_are_found_by_their_name() {
        let shown = json(r#"{"fields": [{"name": "a", "offset": 1}, {"name": "b"}]}"#).unwrap();
        assert_eq!(number(field(&shown, "a").unwrap(), "offset").unwrap(), 1);
        assert!(number(field(&shown, "b").unwrap(), "offset").is_err());
        assert!(field(&shown, "c").is_err());
    }
}
