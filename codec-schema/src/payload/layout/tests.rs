//! The limits and the table of small numbers, where seen from outside they would take long or make no difference.

use alloc::format;

use super::*;

#[test]
fn fields_are_too_many_by_one() {
    assert!(!are_too_many(16_384, 262_144));
    assert!(are_too_many(16_385, 16_385));
    assert!(are_too_many(1, 262_145));
}

#[test]
fn the_table_has_the_small_numbers_and_is_no_longer_than_they_need() {
    let table = |number: u32| {
        let text = format!("message T\n {number} a bool implicit\n");
        let schema = ProtobufSchema::parse(text.as_bytes());
        let layout = schema.and_then(|schema| Layout::of_schema(&schema, "T"));
        layout.map(|layout| layout.messages.first().map_or(0, |message| message.dense.len()))
    };
    // One field of 64 + 4 * 1.
    for (number, len) in [(1, 2), (67, 68), (68, 0), (69, 0), (536_870_911, 0)] {
        assert_eq!(table(number), Ok(len), "{number}");
    }
}
