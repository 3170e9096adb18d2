//! Compression policies as JSON: defaults, refusals and ranges.
#![allow(clippy::unwrap_used, reason = "a panic in a test is a failed test")]

use proptest::prelude::*;
use serde_json::{from_str, json, to_value};
use strictframe::{CodecChoice, CompressionPolicy, PolicyError};

fn policy(json: &str) -> Result<CompressionPolicy, serde_json::Error> {
    from_str(json)
}

#[test]
fn fields_that_are_left_out_have_their_defaults() {
    let default = CompressionPolicy::default();
    let fields = (default.codec, default.level, default.smallest_size, default.least_gain);
    assert_eq!(fields, (CodecChoice::Auto, 3, 64, 0.0));
    assert_eq!(policy("{}").unwrap(), default);
    let expected = default.with_level(9);
    assert_eq!(policy(r#"{"level": 9}"#).unwrap(), expected);
    let lz4 = policy(r#"{"codec": "lz4"}"#).unwrap();
    assert_eq!(lz4, CompressionPolicy::new(CodecChoice::Lz4));
}

#[test]
fn a_field_of_another_name_is_refused() {
    for (json, name) in [
        (r#"{"levels": 9}"#, "levels"),
        (r#"{"codec": "lz4", "Level": 3}"#, "Level"),
        (r#"{"level": 1, "$schema": "policy.json"}"#, "$schema"),
    ] {
        let error = policy(json).unwrap_err().to_string();
        assert!(error.contains(&format!("unknown field `{name}`")), "{error}");
    }
}

#[test]
fn values_of_another_type_or_name_are_refused() {
    for json in [
        r#"{"codec": "gzip"}"#,
        r#"{"codec": "LZ4"}"#,
        r#"{"codec": 2}"#,
        r#"{"level": "3"}"#,
        r#"{"level": 3.5}"#,
        r#"{"level": 3000000000}"#,
        r#"{"smallest_size": -1}"#,
        r#"{"smallest_size": null}"#,
        r#"{"least_gain": "0.1"}"#,
        r#"{"level": 3, "level": 4}"#,
        r#""zstd""#,
        "",
    ] {
        assert!(policy(json).is_err(), "{json}");
    }
}

#[test]
fn it_is_written_under_the_names_it_is_read_by() {
    let written = to_value(CompressionPolicy::default()).unwrap();
    let expected = json!({"codec": "auto", "level": 3, "smallest_size": 64, "least_gain": 0.0});
    assert_eq!(written, expected);
    let names = ["auto", "none", "lz4", "zstd"];
    let choices = [CodecChoice::Auto, CodecChoice::None, CodecChoice::Lz4, CodecChoice::Zstd];
    for (name, choice) in names.into_iter().zip(choices) {
        assert_eq!(to_value(choice).unwrap(), json!(name));
    }
}

#[test]
fn a_value_out_of_range_is_refused_by_its_pointer() {
    let refused = |json: &str| policy(json).unwrap().check().unwrap_err();
    for json in [r#"{"level": 23}"#, r#"{"level": -131073}"#] {
        let PolicyError { field, expected, .. } = refused(json);
        assert_eq!((field, expected), ("/level", "-131072..=22"), "{json}");
    }
    for json in [r#"{"least_gain": 1.0}"#, r#"{"least_gain": -0.001}"#, r#"{"least_gain": 1e300}"#]
    {
        assert_eq!(refused(json).field, "/least_gain", "{json}");
    }
    let mut policy = CompressionPolicy::default();
    policy.least_gain = f64::NAN;
    let error = policy.check().unwrap_err();
    assert_eq!(
        error.to_string(),
        "compression policy: /least_gain must be 0.0 or more and below 1.0"
    );
}

#[test]
fn the_ends_of_the_ranges_are_in_them() {
    for json in
        [r#"{"level": 22, "least_gain": 0.0}"#, r#"{"level": -131072, "least_gain": 0.999}"#]
    {
        assert_eq!(policy(json).unwrap().check(), Ok(()), "{json}");
    }
}

proptest! {
    #[test]
    fn every_policy_comes_back_from_its_json(
        choice in prop::sample::select(vec![CodecChoice::Auto, CodecChoice::None, CodecChoice::Lz4, CodecChoice::Zstd]),
        (level, smallest_size) in (-131_072..=22, any::<u32>()),
        thousandths in 0..1000_u16,
    ) {
        let mut policy = CompressionPolicy::new(choice).with_level(level);
        policy.smallest_size = smallest_size;
        policy.least_gain = f64::from(thousandths) / 1000.0;
        prop_assert_eq!(policy.check(), Ok(()));
        let json = serde_json::to_string(&policy).unwrap();
        prop_assert_eq!(from_str::<CompressionPolicy>(&json).unwrap(), policy);
    }
}
