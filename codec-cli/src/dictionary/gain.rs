//! A gain in words: three sizes, and when it pays.

use strictframe::Gain;

use crate::terminal::{Paint, counted, thousands};

/// Rows for records called so.
pub(super) fn worded(gain: &Gain, of: &str, dictionary_len: usize, paint: Paint) -> String {
    let rows = [
        (format!("the {of}"), gain.record_bytes),
        ("their frames without a dictionary".to_owned(), gain.plain_frame_bytes),
        ("their frames with the dictionary".to_owned(), gain.dictionary_frame_bytes),
    ];
    let mut text = String::new();
    for (what, bytes) in rows {
        let share = percent(bytes, gain.record_bytes);
        text += &format!("  {what:<34}{:>14} bytes  {share:>6.1} %\n", thousands(bytes));
    }
    let share = format!("{:.1} %", share(gain));
    let share = if gain.saved() > 0 { paint.good(share) } else { paint.bad(share) };
    text += &format!("  gain on the {of}: {share}");
    if let Some(records) = gain.pays_after(dictionary_len) {
        let records = counted(records, "record");
        text += &format!("; a stream, which carries it, is smaller from {records} on");
    }
    text.push('\n');
    text
}

/// What the dictionary takes off frames, in percent.
pub(super) fn share(gain: &Gain) -> f64 {
    gain.saved() as f64 * 100.0 / gain.plain_frame_bytes.max(1) as f64
}

fn percent(bytes: u64, of: u64) -> f64 {
    bytes as f64 * 100.0 / of.max(1) as f64
}
