//! What holds for every JSON Schema and every text, tried on generated ones.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a panic in a test is a failed test")]
#![cfg(feature = "json")]

mod model;
mod spelling;

use std::collections::BTreeSet;

use proptest::prelude::*;
use proptest::strategy::ValueTree as _;
use proptest::test_runner::TestRunner;
use strictframe_schema::SchemaErrorKind::{NotUtf8, Syntax};
use strictframe_schema::{Descriptor, canonical_json};

use self::model::{Schema, schema};
use self::spelling::Spelling;

/// `STRICTFRAME_BIG=1` takes 1,000 spellings of each of 50 schemas, otherwise it is 20 of each.
#[test]
fn fifty_schemas_have_one_fingerprint_each_however_they_are_spelt() {
    // SPEC [KEY-1, KEY-3]: order, white space, escapes, numbers, and annotations that are there or not.
    let spellings = if std::env::var_os("STRICTFRAME_BIG").is_some() { 1_000 } else { 20 };
    let mut runner = TestRunner::deterministic();
    let mut seen = BTreeSet::new();
    while seen.len() < 50 {
        let schema = schema().new_tree(&mut runner).unwrap().current();
        let plain = schema.to_json(false).to_string();
        let fingerprint = |text: &str| {
            let descriptor = Descriptor::json("a", 1, 1, text.as_bytes());
            descriptor.unwrap_or_else(|error| panic!("{error} in {text}")).fingerprint()
        };
        // One that is hardly there has hardly another spelling.
        let expected = fingerprint(&plain);
        if plain.len() < 100 || !seen.insert(expected) {
            continue;
        }
        for seed in 0..spellings {
            let text = Spelling::new(seed * 2 + 1).text(&schema.to_json(seed % 3 != 0));
            assert_eq!(fingerprint(&text), expected, "{text}\nis not\n{plain}");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn a_schema_has_one_canonical_form_however_it_is_written(
        schema in schema(),
        seed: u64,
    ) {
        // SPEC [KEY-3]: annotations at every schema, any order, spelling and white space against
        // another implementation of RFC 8785, which never sees an annotation.
        let text = Spelling::new(seed).text(&schema.to_json(true));
        let expected = serde_json_canonicalizer::to_string(&schema.to_json(false))?;
        let canonical = canonical_json(text.as_bytes());
        prop_assert_eq!(canonical.as_deref(), Ok(expected.as_bytes()), "of {}", text);
    }

    #[test]
    fn a_canonical_descriptor_is_its_own_canonical_form(schema in schema(), seed: u64) {
        // SPEC [KEY-3]: so that a descriptor read from a stream can be checked.
        let text = Spelling::new(seed).text(&schema.to_json(true));
        let once = canonical_json(text.as_bytes());
        prop_assert_eq!(canonical_json(once.as_deref().unwrap_or_default()), once);
    }

    #[test]
    fn two_schemas_share_a_fingerprint_only_when_they_say_the_same(
        one in schema(),
        other in schema(),
    ) {
        // SPEC [KEY-1]: equal exactly when what is left without annotations is.
        let fingerprint = |schema: &Schema| {
            let text = schema.to_json(true).to_string();
            Descriptor::json("a", 1, 1, text.as_bytes()).map(|descriptor| descriptor.fingerprint())
        };
        let says = |schema: &Schema| serde_json_canonicalizer::to_string(&schema.to_json(false));
        prop_assert_eq!(fingerprint(&one) == fingerprint(&other), says(&one)? == says(&other)?);
    }

    #[test]
    fn any_sequence_of_tokens_is_judged_as_a_reader_of_json_judges_it(
        tokens in proptest::collection::vec(proptest::sample::select(TOKENS), 0..24),
    ) {
        judge(tokens.concat().as_bytes())?;
    }

    #[test]
    fn a_damaged_schema_is_judged_as_a_reader_of_json_judges_it(
        schema in schema(),
        seed: u64,
        damage in proptest::collection::vec((any::<proptest::sample::Index>(), any::<u8>()), 1..4),
    ) {
        let mut text = Spelling::new(seed).text(&schema.to_json(true)).into_bytes();
        for (index, byte) in damage {
            let index = index.index(text.len());
            text[index] = byte;
        }
        judge(&text)?;
    }

    #[test]
    fn any_bytes_are_judged_as_a_reader_of_json_judges_them(bytes: Vec<u8>) {
        judge(&bytes)?;
    }
}

/// A text that is taken is JSON and has a canonical form that stays; one that is refused for its
/// grammar is no JSON, and the refusal points into it.
// SPEC [KEY-4]: nothing else is refused than what the clause names.
fn judge(text: &[u8]) -> Result<(), TestCaseError> {
    let is_json = serde_json::from_slice::<serde_json::Value>(text).is_ok();
    match canonical_json(text) {
        Ok(canonical) => {
            prop_assert!(is_json);
            prop_assert_eq!(canonical_json(&canonical), Ok(canonical));
        }
        Err(error) => {
            let is_grammar = matches!(error.kind(), Syntax(_) | NotUtf8);
            prop_assert!(!is_grammar || !is_json, "{error}");
            prop_assert!(error.offset().is_some_and(|offset| offset <= text.len() as u64));
        }
    }
    Ok(())
}

const TOKENS: &[&str] = &[
    "{",
    "}",
    "[",
    "]",
    ",",
    ":",
    " ",
    "\n",
    "\"",
    "\\",
    "\"a\"",
    "\"b\"",
    "\"$ref\"",
    "\"#\"",
    "\"const\"",
    "\"items\"",
    "\"title\"",
    "\"\\u00e9\"",
    "\"\\ud83d\"",
    "\"\\ude00\"",
    "\\u",
    "true",
    "false",
    "null",
    "0",
    "-",
    "1",
    ".",
    "e",
    "+",
    "1.5",
    "1e400",
    "é",
    "\u{0}",
];
