//! What is said of records that are refused.

use std::collections::BTreeSet;

use strictframe_schema::payload::{JsonErrorKind, PayloadErrorKind, Scratch};
use strictframe_schema::{Expected, SchemaErrorKind};

use super::wire::{bytes, layout, number};

#[test]
fn every_refusal_of_a_record_has_a_number_and_words_of_its_own() {
    // SPEC annex A: 801 and 809 to 818, one name for each number.
    let rows = PayloadErrorKind::ALL.map(|kind| (kind.code(), kind.name()));
    let rows = BTreeSet::from(rows);
    let expected = [
        (801, "PayloadSyntax"),
        (809, "PayloadDepth"),
        (810, "PayloadWireType"),
        (811, "PayloadRange"),
        (812, "PayloadEnum"),
        (813, "PayloadUtf8"),
        (814, "PayloadTwice"),
        (815, "PayloadOneof"),
        (816, "PayloadRequired"),
        (817, "PayloadUnknown"),
        (818, "PayloadNoJson"),
    ];
    assert_eq!(rows, BTreeSet::from(expected));
    let all = PayloadErrorKind::ALL;
    assert_eq!(BTreeSet::from(all.map(PayloadErrorKind::reason)).len(), all.len());
    assert_eq!(BTreeSet::from(all.map(PayloadErrorKind::summary)).len(), all.len());
    for kind in all {
        let is_word = |char: char| char.is_ascii_lowercase() || char.is_ascii_digit();
        assert!(kind.reason().split('-').all(|word| !word.is_empty() && word.chars().all(is_word)));
        assert!(kind.summary().contains(' ') && !kind.summary().ends_with('.'), "{kind:?}");
        let clause = kind.clause().strip_prefix("PAY-").unwrap();
        assert!((1..=12).contains(&clause.parse::<u8>().unwrap()), "{kind:?}");
    }
    assert_eq!(PayloadErrorKind::VarintPadded.clause(), "PAY-2");
    assert_eq!(PayloadErrorKind::UnknownField.clause(), "PAY-12");
}

#[test]
fn a_refusal_of_a_record_says_where() {
    let layout = layout("message T\n 1 a int32 implicit\n 2 m message T explicit\n");
    let said =
        |payload: &[u8]| layout.check(payload, &mut Scratch::default()).unwrap_err().to_string();
    let nested = bytes(2, &number(1, 1 << 40));
    assert_eq!(
        said(&nested),
        "a number is out of the range of the field's type (field 1, at byte 3 of the payload)"
    );
    assert_eq!(
        said(&[0x0F]),
        "a tag has a field number or wire type that there is not (at byte 0 of the payload)"
    );
    let read = |json: &str| {
        let mut payload = Vec::new();
        let error = layout.from_json(json.as_bytes(), &mut Scratch::default(), &mut payload);
        error.unwrap_err().to_string()
    };
    assert_eq!(
        read("{\"m\":{\"x/~\":1}}"),
        "the message has no field of this name at /m/x~1~0 (at byte 6)"
    );
    assert_eq!(read("{"), "not JSON: a name in quotes was expected (at byte 1)");
}

#[test]
fn every_refusal_of_json_has_words_of_its_own() {
    use JsonErrorKind as K;
    let syntax = |kind| K::Syntax(kind);
    let kinds = [
        (K::EnumValue, "the enum has no such value"),
        (K::NameTwice, "the name stands twice"),
        (K::NameUnknown, "the message has no field of this name"),
        (K::OneofTwice, "another field of the oneof is there already"),
        (K::OutOfRange, "the number is out of the range of the field's type"),
        (K::RequiredMissing, "a required field is missing"),
        (K::TooDeep, "messages are nested deeper than 64 levels"),
        (syntax(SchemaErrorKind::LoneSurrogate), "half of a surrogate pair"),
        (syntax(SchemaErrorKind::NotUtf8), "not UTF-8"),
        (syntax(SchemaErrorKind::Syntax(Expected::Value)), "not JSON: a value was expected"),
        (syntax(SchemaErrorKind::NumberNotExact), "not JSON"),
    ];
    for (kind, words) in kinds {
        assert_eq!(kind.to_string(), words);
        let row = if matches!(kind, K::Syntax(_)) {
            (801, "PayloadSyntax")
        } else {
            (802, "PayloadSchema")
        };
        assert_eq!((kind.code(), kind.name()), row);
    }
}
