//! How a dictionary was made and what it gains: the file `<id>.json` beside `<id>.sfdict`.

use core::fmt;

use serde::{Deserialize, Serialize};
use serde_json::Value;
use strictframe_core::identity::digest;

use super::training::SKETCH;
use super::{Dictionary, DictionaryId, DictionaryKind, Gain, Split, TrainingSet};

/// The report on a training, in version 1 of its format: one JSON object, in which a field of another name is an error.
///
/// Nothing of it is needed to decode.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct TrainingReport {
    /// The version of this format, 1.
    pub version: u32,
    /// The dictionary's id.
    pub id: DictionaryId,
    /// The SHA-256 of its bytes, 64 digits of `0-9a-f`.
    pub sha256: String,
    /// What it is made of.
    pub kind: DictionaryKind,
    /// Its length in bytes.
    pub size: usize,
    /// When it was made, in milliseconds since 1970 began (UTC), if the caller said so.
    pub created_ms: Option<u64>,
    /// The version before it.
    pub predecessor: Option<DictionaryId>,
    /// The records it was trained on.
    pub trained_records: u64,
    /// Their length in bytes.
    pub trained_bytes: u64,
    /// The JSON pointer of the key by which records were held out; nothing when it was the record itself.
    pub split_key: Option<String>,
    /// The part of the keys that was held out, above 0 and below 1.
    pub hold_out: f64,
    /// What the sides were drawn with.
    pub seed: u32,
    /// The records that were held out, and on which the gain was measured.
    pub held_out_records: u64,
    /// Their length in bytes.
    pub held_out_bytes: u64,
    /// Each as a frame of its own without a dictionary, in bytes.
    pub plain_frame_bytes: u64,
    /// Each as a frame of its own with the dictionary, in bytes.
    pub dictionary_frame_bytes: u64,
    /// The lowest numbers that keys drew that were trained on, ascending, at most 64, each as 16 digits of `0-9a-f`: by them such records are recognised.
    pub sketch: Vec<String>,
}

impl TrainingReport {
    /// The version of the format that is written and read.
    pub const VERSION: u32 = 1;
    /// The longest report that is read, in bytes.
    pub const MAX_LEN: usize = 64 << 10;

    /// The report on a dictionary that was trained on the one side of a set and judged on the other.
    ///
    /// `split_key` is the JSON pointer of the keys that the records were added with, if they had any.
    #[must_use]
    pub fn new(
        dictionary: &Dictionary,
        set: &TrainingSet,
        split_key: Option<String>,
        gain: &Gain,
    ) -> Self {
        let (trained, split) = (set.trained(), set.split());
        Self {
            version: Self::VERSION,
            id: DictionaryId(dictionary.id()),
            sha256: sha256(dictionary),
            kind: dictionary.kind(),
            size: dictionary.bytes().len(),
            created_ms: None,
            predecessor: None,
            trained_records: trained.len() as u64,
            trained_bytes: trained.iter().map(|record| record.len() as u64).sum(),
            split_key,
            hold_out: split.hold_out(),
            seed: split.seed(),
            held_out_records: gain.records,
            held_out_bytes: gain.record_bytes,
            plain_frame_bytes: gain.plain_frame_bytes,
            dictionary_frame_bytes: gain.dictionary_frame_bytes,
            sketch: set.sketch().iter().map(|number| format!("{number:016x}")).collect(),
        }
    }

    /// The report that stands in a JSON text, found sound.
    ///
    /// # Errors
    /// [`ReportError`] naming the field and what is wrong there.
    pub fn from_json(text: &[u8]) -> Result<Self, ReportError> {
        if text.len() > Self::MAX_LEN {
            return Err(ReportError::new("", format!("at most {} bytes", Self::MAX_LEN)));
        }
        let value: Value = serde_json::from_slice(text)
            .map_err(|error| ReportError::new("", format!("JSON: {error}")))?;
        // What another version has in its fields is not for this one to judge.
        let version = value.get("version").and_then(Value::as_u64);
        if version != Some(u64::from(Self::VERSION)) {
            let found = version.map_or("no number".to_owned(), |found| found.to_string());
            return Err(ReportError::new("/version", format!("{}, not {found}", Self::VERSION)));
        }
        let report: Self = serde_path_to_error::deserialize(value).map_err(|error| {
            let path = error.path().to_string();
            let pointer = if path == "." { String::new() } else { format!("/{path}") };
            ReportError { pointer, problem: error.into_inner().to_string() }
        })?;
        report.check()?;
        Ok(report)
    }

    /// The report as JSON, on lines of its own.
    #[must_use]
    pub fn to_json(&self) -> String {
        // Neither a key nor a value of it can be refused: no map, and no number that JSON lacks.
        let mut text = serde_json::to_string_pretty(self).unwrap_or_default();
        text.push('\n');
        text
    }

    /// Whether the report is on this dictionary.
    ///
    /// # Errors
    /// [`ReportError`] naming the first field that says otherwise.
    pub fn check_against(&self, dictionary: &Dictionary) -> Result<(), ReportError> {
        let id = DictionaryId(dictionary.id());
        let (len, sha256) = (dictionary.bytes().len(), sha256(dictionary));
        if self.size != len {
            Err(ReportError::new("/size", format!("{len}, the length of the dictionary")))
        } else if self.sha256 != sha256 {
            Err(ReportError::new("/sha256", format!("{sha256}, that of the dictionary")))
        } else if self.id != id {
            Err(ReportError::new("/id", format!("{id}, that of the dictionary")))
        } else if self.kind != dictionary.kind() {
            Err(ReportError::new("/kind", "what the dictionary is made of".to_owned()))
        } else {
            Ok(())
        }
    }

    /// The gain that was measured on the records held out.
    #[must_use]
    pub const fn gain(&self) -> Gain {
        Gain {
            records: self.held_out_records,
            record_bytes: self.held_out_bytes,
            plain_frame_bytes: self.plain_frame_bytes,
            dictionary_frame_bytes: self.dictionary_frame_bytes,
        }
    }

    /// Whether records with this key were trained on, or nothing when the report does not tell of this one; of a training without keys the record is the key.
    ///
    /// Of any set of keys the report tells of an even sample.
    #[must_use]
    pub fn was_trained_on(&self, key: &[u8]) -> Option<bool> {
        let drawn = Split::new(self.hold_out, self.seed)?.draw(key);
        let number = format!("{:016x}", drawn.rank);
        // Below the last number all are in it; with room left in it, all there are.
        let is_told = self.sketch.len() < SKETCH || self.sketch.last() >= Some(&number);
        is_told.then(|| !drawn.is_held_out && self.sketch.binary_search(&number).is_ok())
    }

    fn check(&self) -> Result<(), ReportError> {
        let digits = |text: &str, len| {
            text.len() == len && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
        };
        let wrong = |pointer: &'static str, expected: &str| {
            Err(ReportError::new(pointer, expected.to_owned()))
        };
        if !digits(&self.sha256, 64) {
            return wrong("/sha256", "64 digits of 0-9a-f");
        }
        if !self.sha256.starts_with(&self.id.to_string()) {
            return wrong("/id", "the first eight digits of /sha256");
        }
        if !(1..=Dictionary::MAX_LEN).contains(&self.size) {
            return wrong("/size", "1 to 1048576");
        }
        if self.predecessor == Some(self.id) {
            return wrong("/predecessor", "another id than its own");
        }
        if !(self.hold_out > 0.0 && self.hold_out < 1.0) {
            return wrong("/hold_out", "a number above 0 and below 1");
        }
        let is_sound = self.sketch.len() <= SKETCH
            && self.sketch.iter().all(|number| digits(number, 16))
            && self.sketch.is_sorted_by(|a, b| a < b);
        if !is_sound {
            return wrong("/sketch", "at most 64 texts of 16 digits of 0-9a-f, ascending");
        }
        Ok(())
    }
}

/// A report that is not sound, or on another dictionary.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct ReportError {
    /// The field, as a JSON pointer; empty for the report as a whole.
    pub pointer: String,
    /// What is wrong there.
    pub problem: String,
}

impl ReportError {
    fn new(pointer: &str, expected: String) -> Self {
        Self { pointer: pointer.to_owned(), problem: format!("expected {expected}") }
    }
}

impl fmt::Display for ReportError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.pointer.as_str() {
            "" => write!(f, "training report: {}", self.problem),
            pointer => write!(f, "training report: {pointer}: {}", self.problem),
        }
    }
}

impl core::error::Error for ReportError {}

fn sha256(dictionary: &Dictionary) -> String {
    digest(dictionary.bytes()).iter().map(|byte| format!("{byte:02x}")).collect()
}
