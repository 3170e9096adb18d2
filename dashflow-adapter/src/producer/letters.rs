//! What a producer writes into dead letters.

use bytes::Bytes;

use super::account::{Cause, Item};
use crate::dead_letter::DeadLetter;
use crate::dead_letter::dead_letter::{Form, Side, Way};
use crate::framing::OutFrame;
use crate::identity::now;

/// That of a message which no frame can hold.
pub(super) fn of_message(topic: &str, item: &Item, cause: &Cause, original: Bytes) -> DeadLetter {
    let mut letter = letter(topic, core::slice::from_ref(item), cause);
    letter.set_form(Form::Message);
    letter.set_way(Way::Refused);
    letter.original = original.to_vec();
    letter
}

/// That of a frame.
pub(super) fn of_frame(
    topic: &str,
    items: &[Item],
    cause: &Cause,
    (frame, way, attempts): (&OutFrame, Way, u32),
) -> DeadLetter {
    let mut letter = letter(topic, items, cause);
    letter.set_form(Form::Frame);
    letter.set_way(way);
    letter.attempts = attempts;
    letter.original = frame.bytes().to_vec();
    letter
}

/// The same, of which there is more to say now.
pub(super) fn refused_again(mut letter: DeadLetter, cause: &Cause, attempts: u32) -> DeadLetter {
    letter.set_way(Way::Refused);
    letter.error_code.clone_from(&cause.code);
    letter.error_name = cause.name.to_owned();
    letter.error.clone_from(&cause.message);
    letter.attempts = letter.attempts.saturating_add(attempts);
    letter.time_ns = now();
    letter
}

fn letter(topic: &str, items: &[Item], cause: &Cause) -> DeadLetter {
    let mut letter = DeadLetter {
        topic: topic.to_owned(),
        error_code: cause.code.clone(),
        error_name: cause.name.to_owned(),
        error: cause.message.clone(),
        count: u32::try_from(items.len()).unwrap_or(u32::MAX),
        time_ns: now(),
        ..DeadLetter::default()
    };
    letter.set_side(Side::Producer);
    if let Some(first) = items.first() {
        letter.key = first.thread.as_str().as_bytes().to_vec();
        letter.thread_id = first.thread.as_str().to_owned();
        letter.message_id = first.id.to_bytes().to_vec();
        (letter.epoch, letter.sequence) = first.sequence.unwrap_or_default();
    }
    letter
}
