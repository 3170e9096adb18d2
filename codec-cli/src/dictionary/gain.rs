//! What a dictionary gains on records it has not seen.

use std::path::Path;

use serde::Serialize;
use strictframe::{Descriptor, Dictionary, EncodeError, Encoder};

use crate::failure::Failure;
use crate::help::encoding_failed;
use crate::terminal::{Paint, counted, shown, thousands};

/// A dictionary, and sizes of the held-out part.
#[derive(Serialize)]
pub(super) struct Gain {
    dictionary: String,
    dictionary_len: usize,
    trained_records: usize,
    held_out_records: usize,
    /// The held-out records as they are.
    record_bytes: u64,
    /// Their frames without a dictionary, overhead counted.
    plain_frame_bytes: u64,
    /// Their frames with the dictionary, overhead counted.
    dictionary_frame_bytes: u64,
}

impl Gain {
    pub(super) fn measure(
        dictionary: &Dictionary,
        trained: usize,
        held_out: &[&[u8]],
    ) -> Result<Self, Failure> {
        let encoded = |dictionary: Option<&Dictionary>| frames_len(held_out, dictionary);
        let failed = |error| encoding_failed(&error, "give other records".to_owned());
        Ok(Self {
            dictionary: format!("{:08x}", u32::from_be_bytes(dictionary.id())),
            dictionary_len: dictionary.bytes().len(),
            trained_records: trained,
            held_out_records: held_out.len(),
            record_bytes: held_out.iter().map(|record| record.len() as u64).sum(),
            plain_frame_bytes: encoded(None).map_err(failed)?,
            dictionary_frame_bytes: encoded(Some(dictionary)).map_err(failed)?,
        })
    }

    /// The bytes saved on the held-out part; the dictionary itself is not counted.
    pub(super) const fn saved(&self) -> i64 {
        self.plain_frame_bytes.cast_signed() - self.dictionary_frame_bytes.cast_signed()
    }

    pub(super) fn worded(&self, output: &Path, paint: Paint) -> String {
        let trained = counted(self.trained_records as u64, "record");
        let held_out = counted(self.held_out_records as u64, "other");
        let mut text = format!(
            "{}: dictionary {} of {} bytes, trained on {trained}, judged on {held_out}\n",
            shown(output),
            paint.mark(&self.dictionary),
            thousands(self.dictionary_len as u64)
        );
        let rows = [
            ("the held-out records", self.record_bytes),
            ("their frames without a dictionary", self.plain_frame_bytes),
            ("their frames with the dictionary", self.dictionary_frame_bytes),
        ];
        for (what, bytes) in rows {
            let share = bytes as f64 * 100.0 / self.record_bytes as f64;
            text += &format!("  {what:<34}{:>14} bytes  {share:>6.1} %\n", thousands(bytes));
        }
        let gain = self.saved() as f64 * 100.0 / self.plain_frame_bytes as f64;
        let gain = format!("{gain:.1} %");
        let gain = if self.saved() > 0 { paint.good(gain) } else { paint.bad(gain) };
        text += &format!("  gain on the held-out part: {gain}");
        if let Some(records) = self.pays_after() {
            let records = counted(records, "record");
            text += &format!("; a stream, which carries it, is smaller from {records} on");
        }
        text.push('\n');
        text
    }

    /// The records after which the dictionary has saved as much as it is long.
    fn pays_after(&self) -> Option<u64> {
        let saved = u64::try_from(self.saved()).ok().filter(|saved| *saved > 0)?;
        let cost = self.dictionary_len as u64 * self.held_out_records as u64;
        Some(cost.div_ceil(saved))
    }
}

/// The bytes of all records as frames of their own, at the default policy.
fn frames_len(records: &[&[u8]], dictionary: Option<&Dictionary>) -> Result<u64, EncodeError> {
    // Any key will do: it does not change a frame's length.
    let key = Descriptor::opaque("strictframe.Sample", 1, 1, b"")
        .map_err(|_| EncodeError::KeyRefused)?
        .key();
    let builder = Encoder::builder(key);
    let mut encoder = match dictionary {
        Some(dictionary) => builder.dictionary(dictionary.clone()).build()?,
        None => builder.build()?,
    };
    let mut frame = Vec::new();
    records.iter().try_fold(0, |sum, record| {
        frame.clear();
        Ok(sum + encoder.encode(record, &mut frame)? as u64)
    })
}
