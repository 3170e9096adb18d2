//! Compression policies as JSON: defaults, refusals and ranges.
#![allow(clippy::unwrap_used, reason = "a panic in a test is a failed test")]

use std::path::Path;

use proptest::prelude::*;
use proptest::sample::select;
use serde_json::{from_str, json, to_value};
use strictframe::{
    Adaptive, BatchLimits, CodecChoice, CompressionPolicy, DictionaryChoice, DictionaryId,
    Override, Rung,
};

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
fn what_is_wrong_is_named_by_its_pointer_and_by_what_was_expected() {
    let fields = "one of `codec`, `level`, `smallest_size`, `least_gain`, `dictionary`, `batch`, ";
    let codecs = "one of `auto`, `none`, `lz4`, `zstd`";
    for (json, pointer, expected) in [
        (r#"{"levels": 9}"#, "/levels", fields),
        (r#"{"codec": "lz4", "Level": 3}"#, "/Level", fields),
        (r#"{"level": 1, "$schema": "policy.json"}"#, "/$schema", fields),
        (r#"{"a/b~c": 1}"#, "/a~1b~0c", fields),
        (r#"{"expected one": 1}"#, "/expected one", fields),
        (r#"{"level": 3, "level": 4}"#, "/level", "once"),
        (r#"{"codec": "gzip"}"#, "/codec", codecs),
        (r#"{"codec": "LZ4"}"#, "/codec", codecs),
        (r#"{"codec": 2}"#, "/codec", ""),
        (r#"{"codec": null}"#, "/codec", ""),
        (r#"{"level": "3, expected 4"}"#, "/level", "i32"),
        (r#"{"level": 3.5}"#, "/level", "i32"),
        (r#"{"level": 3000000000}"#, "/level", "i32"),
        (r#"{"level": 23}"#, "/level", "-131072..=22"),
        (r#"{"level": -131073}"#, "/level", "-131072..=22"),
        (r#"{"smallest_size": -1}"#, "/smallest_size", "u32"),
        (r#"{"smallest_size": null}"#, "/smallest_size", "u32"),
        (r#"{"least_gain": "0.1"}"#, "/least_gain", "f64"),
        (r#"{"least_gain": 1.0}"#, "/least_gain", "0.0 or more and below 1.0"),
        (r#"{"least_gain": -0.001}"#, "/least_gain", "0.0 or more and below 1.0"),
        (r#"{"least_gain": 1e300}"#, "/least_gain", "0.0 or more and below 1.0"),
        (r#"{"dictionary": "x"}"#, "/dictionary", "`id` or `path`"),
        (r#"{"dictionary": {}}"#, "/dictionary", ""),
        (r#"{"dictionary": {"file": "x"}}"#, "/dictionary", "`id` or `path`"),
        (r#"{"dictionary": {"id": "E1C3F29A"}}"#, "/dictionary/id", "eight digits of 0-9a-f"),
        (r#"{"dictionary": {"id": "e1c3f29"}}"#, "/dictionary/id", "eight digits of 0-9a-f"),
        (r#"{"dictionary": {"id": "+1c3f29a"}}"#, "/dictionary/id", "eight digits of 0-9a-f"),
        (r#"{"batch": {"bytes": 7}}"#, "/batch/bytes", "8..=67108864"),
        (r#"{"batch": {"count": 0}}"#, "/batch/count", "1..=65536"),
        (r#"{"batch": {"count": 65537}}"#, "/batch/count", "1..=65536"),
        (r#"{"batch": {"size": 1}}"#, "/batch/size", "one of `bytes`, `count`, `time_ms`"),
        (r#"{"batch": [1, 2, 3]}"#, "/batch", "an object"),
        (r#"{"adaptive": {"budget": 0}}"#, "/adaptive/budget", "above 0.0 and up to 1.0"),
        (r#"{"adaptive": {"budget": 1.01}}"#, "/adaptive/budget", "above 0.0 and up to 1.0"),
        (r#"{"adaptive": {"ladder": []}}"#, "/adaptive/ladder", "1 to 8 rungs"),
        (r#"{"adaptive": {"rungs": []}}"#, "/adaptive/rungs", "`budget` or `ladder`"),
        (r#"{"adaptive": [0.05, []]}"#, "/adaptive", "an object"),
        (r#"{"adaptive": {"ladder": [{}, ["zstd"]]}}"#, "/adaptive/ladder/1", "an object"),
        (
            r#"{"adaptive": {"ladder": [{"level": 3}, {"codec": "lz4", "level": 30}]}}"#,
            "/adaptive/ladder/1/level",
            "-131072..=22",
        ),
        (
            r#"{"adaptive": {"ladder": [{}, {"level": 1}, {"codec": "auto"}]}}"#,
            "/adaptive/ladder/2",
            "a rung unlike",
        ),
        (r#"{"overrides": {}}"#, "/overrides", "a sequence"),
        (r#"{"overrides": [{"level": 3}]}"#, "/overrides/0", ""),
        (r#"{"overrides": [{"schema": ""}]}"#, "/overrides/0/schema", "a name, in which"),
        (r#"{"overrides": [["x"]]}"#, "/overrides/0", "an object"),
        (
            r#"{"overrides": [{"schema": "x"}, {"schema": "y", "level": 23}]}"#,
            "/overrides/1/level",
            "-131072..=22",
        ),
        (r#"{"overrides": [{"schema": "x", "level": null}]}"#, "/overrides/0/level", "i32"),
        (
            r#"{"overrides": [{"schema": "x", "overrides": []}]}"#,
            "/overrides/0/overrides",
            "one of `schema`, `codec`, ",
        ),
        (
            r#"{"overrides": [{"schema": "x", "batch": {"count": 0}}]}"#,
            "/overrides/0/batch/count",
            "1..=65536",
        ),
        (r#""zstd""#, "", "an object"),
        (r#"[]"#, "", "an object"),
        (r#"["zstd", 3, 64, 0.0]"#, "", "an object"),
        ("null", "", "an object"),
        ("", "", "one JSON object; EOF"),
        ("{} {}", "", "one JSON object; trailing characters"),
        (r#"{"level": 03}"#, "", "one JSON object; invalid number"),
    ] {
        let error = CompressionPolicy::from_json(json.as_bytes()).unwrap_err();
        assert_eq!(error.pointer, pointer, "{json}: {error}");
        assert!(error.expected.starts_with(expected), "{json}: {error}");
        assert!(!error.expected.is_empty(), "{json}");
    }
}

#[test]
fn an_array_is_refused_by_the_type_itself() {
    assert!(policy(r#"["zstd", 3, 64, 0.0]"#).is_err());
    assert!(policy(r#"{"batch": [8, 1, 1]}"#).is_err());
    assert!(serde_json::from_value::<CompressionPolicy>(json!(["zstd", 3, 64, 0.0])).is_err());
    assert!(serde_json::from_value::<Override>(json!(["*"])).is_err());
}

#[test]
fn it_is_written_under_the_names_it_is_read_by() {
    let mut policy = CompressionPolicy::default();
    let expected = json!({"codec": "auto", "level": 3, "smallest_size": 64, "least_gain": 0.0});
    assert_eq!(to_value(&policy).unwrap(), expected);
    policy.batch = Some(BatchLimits::default());
    let written = to_value(policy).unwrap();
    let expected = json!({
        "codec": "auto", "level": 3, "smallest_size": 64, "least_gain": 0.0,
        "batch": {"bytes": 262_144, "count": 100, "time_ms": 100},
    });
    assert_eq!(written, expected);
    let names = ["auto", "none", "lz4", "zstd"];
    let choices = [CodecChoice::Auto, CodecChoice::None, CodecChoice::Lz4, CodecChoice::Zstd];
    for (name, choice) in names.into_iter().zip(choices) {
        assert_eq!(to_value(choice).unwrap(), json!(name));
    }
}

#[test]
fn a_value_that_json_cannot_say_is_refused_as_well() {
    let mut policy = CompressionPolicy::default();
    policy.least_gain = f64::NAN;
    let error = policy.check().unwrap_err();
    assert_eq!(
        error.to_string(),
        "compression policy at /least_gain: expected 0.0 or more and below 1.0"
    );
    let error = CompressionPolicy::from_json(b"[]").unwrap_err();
    assert_eq!(error.to_string(), "compression policy: expected an object");
}

#[test]
fn the_ends_of_the_ranges_are_in_them() {
    for json in
        [r#"{"level": 22, "least_gain": 0.0}"#, r#"{"level": -131072, "least_gain": 0.999}"#]
    {
        assert_eq!(policy(json).unwrap().check(), Ok(()), "{json}");
    }
}

#[test]
fn presets_are_values_that_check_and_come_back_from_their_json() {
    for name in CompressionPolicy::PRESETS {
        let preset = CompressionPolicy::preset(name).unwrap();
        let json = serde_json::to_vec(&preset).unwrap();
        assert_eq!(CompressionPolicy::from_json(&json), Ok(preset), "{name}");
    }
    assert_eq!(CompressionPolicy::preset("balanced"), Some(CompressionPolicy::default()));
    for name in ["Balanced", "balanced ", "", "none"] {
        assert_eq!(CompressionPolicy::preset(name), None, "{name}");
    }
}

#[test]
fn the_first_override_that_matches_counts_and_says_only_what_it_names() {
    let policy = CompressionPolicy::from_json(
        br#"{"level": 5, "smallest_size": 100, "dictionary": {"id": "00000001"}, "batch": {"count": 7}, "overrides": [
            {"schema": "shop.Order", "level": 1, "dictionary": null},
            {"schema": "shop.*", "codec": "lz4", "batch": {"time_ms": 5}},
            {"schema": "sh?p.Cart", "smallest_size": 0},
            {"schema": "*.Order", "least_gain": 0.5, "dictionary": {"path": "x.sfdict"}}]}"#,
    )
    .unwrap();
    let base = {
        let mut base = policy.clone();
        base.overrides.clear();
        base
    };
    let expected = |change: fn(&mut CompressionPolicy)| {
        let mut expected = base.clone();
        change(&mut expected);
        expected
    };
    for (name, expected) in [
        ("chat.Message", base.clone()),
        ("Shop.Cart", base.clone()),
        (
            "shop.Order",
            expected(|policy| {
                policy.level = 1;
                policy.dictionary = None;
            }),
        ),
        (
            "shop.Cart",
            expected(|policy| {
                policy.codec = CodecChoice::Lz4;
                let mut batch = BatchLimits::default();
                batch.time_ms = 5;
                policy.batch = Some(batch);
            }),
        ),
        ("ship.Cart", expected(|policy| policy.smallest_size = 0)),
        (
            "ship.of.Order",
            expected(|policy| {
                policy.least_gain = 0.5;
                policy.dictionary = Some(DictionaryChoice::Path("x.sfdict".into()));
            }),
        ),
    ] {
        assert_eq!(policy.for_schema(name), expected, "{name}");
    }
}

#[test]
fn an_override_of_the_codec_or_level_ends_the_adaptive_mode_unless_it_says_one() {
    let policy = CompressionPolicy::from_json(
        br#"{"adaptive": {"budget": 0.5}, "overrides": [
            {"schema": "codec", "codec": "lz4"}, {"schema": "level", "level": 9}, {"schema": "none", "adaptive": null},
            {"schema": "both", "level": 9, "adaptive": {"budget": 0.25}}, {"schema": "size", "smallest_size": 0}]}"#,
    )
    .unwrap();
    let budget = |name| policy.for_schema(name).adaptive.map(|adaptive| adaptive.budget);
    assert_eq!([budget("other"), budget("size")], [Some(0.5); 2]);
    assert_eq!([budget("codec"), budget("level"), budget("none")], [None; 3]);
    assert_eq!(budget("both"), Some(0.25));
}

#[test]
fn relative_paths_of_dictionaries_lead_from_the_folder_given() {
    let json = br#"{"dictionary": {"path": "a"}, "overrides": [
        {"schema": "1", "dictionary": {"path": "/b"}},
        {"schema": "2", "dictionary": {"path": "sub/c"}},
        {"schema": "3", "dictionary": {"id": "00000001"}}, {"schema": "4", "dictionary": null}]}"#;
    let policy = CompressionPolicy::from_json(json).unwrap().with_paths_from(Path::new("folder"));
    let path = |path: &str| Some(DictionaryChoice::Path(path.into()));
    let found = |name| policy.for_schema(name).dictionary;
    assert_eq!([found("0"), found("1")], [path("folder/a"), path("/b")]);
    let id = DictionaryChoice::Id(DictionaryId([0, 0, 0, 1]));
    assert_eq!([found("2"), found("3"), found("4")], [path("folder/sub/c"), Some(id), None]);
}

fn choices() -> impl Strategy<Value = DictionaryChoice> {
    prop_oneof![
        any::<[u8; 4]>().prop_map(|id| DictionaryChoice::Id(DictionaryId(id))),
        "[a-zä/.]{1,20}".prop_map(|path| DictionaryChoice::Path(path.into())),
    ]
}

fn batches() -> impl Strategy<Value = BatchLimits> {
    (8..=1_u32 << 26, 1..=65_536_u32, any::<u32>()).prop_map(|(bytes, count, time_ms)| {
        let mut batch = BatchLimits::default();
        (batch.bytes, batch.count, batch.time_ms) = (bytes, count, time_ms);
        batch
    })
}

fn adaptives() -> impl Strategy<Value = Adaptive> {
    let rungs = prop::collection::btree_map(-131_072..=22, select(CODECS.to_vec()), 1..=8);
    (1..=1000_u16, rungs).prop_map(|(thousandths, rungs)| {
        let mut adaptive = Adaptive::default();
        adaptive.budget = f64::from(thousandths) / 1000.0;
        adaptive.ladder = rungs.into_iter().map(|(level, codec)| Rung::new(codec, level)).collect();
        adaptive
    })
}

fn overrides() -> impl Strategy<Value = Override> {
    use prop::option::of;
    let fields = (
        of(select(CODECS.to_vec())),
        of(-131_072..=22),
        of(any::<u32>()),
        of(0..1000_u16),
        of(of(choices())),
        of(of(batches())),
        of(of(adaptives())),
    );
    ("[a-zA-Z.*?]{1,9}", fields).prop_map(|(schema, fields)| {
        let mut rule = Override::new(schema);
        let gain;
        let (batch, adaptive);
        (rule.codec, rule.level, rule.smallest_size, gain, rule.dictionary, batch, adaptive) =
            fields;
        (rule.batch, rule.adaptive) = (batch, adaptive);
        rule.least_gain = gain.map(|thousandths| f64::from(thousandths) / 1000.0);
        rule
    })
}

proptest! {
    #[test]
    fn every_policy_comes_back_from_its_json(
        (choice, level, smallest_size) in (select(CODECS.to_vec()), -131_072..=22, any::<u32>()),
        thousandths in 0..1000_u16,
        dictionary in prop::option::of(choices()),
        batch in prop::option::of(batches()),
        adaptive in prop::option::of(adaptives()),
        overrides in prop::collection::vec(overrides(), 0..4),
    ) {
        let mut policy = CompressionPolicy::new(choice).with_level(level);
        policy.smallest_size = smallest_size;
        policy.least_gain = f64::from(thousandths) / 1000.0;
        (policy.dictionary, policy.batch) = (dictionary, batch);
        (policy.adaptive, policy.overrides) = (adaptive, overrides);
        prop_assert_eq!(policy.check(), Ok(()));
        let json = serde_json::to_vec(&policy).unwrap();
        prop_assert_eq!(CompressionPolicy::from_json(&json), Ok(policy));
    }

    #[test]
    fn any_text_is_a_policy_or_one_named_fault(text in "\\PC*") {
        if let Err(error) = CompressionPolicy::from_json(text.as_bytes()) {
            prop_assert!(!error.expected.is_empty());
            prop_assert!(error.pointer.is_empty() || error.pointer.starts_with('/'));
        }
    }
}

const CODECS: [CodecChoice; 4] =
    [CodecChoice::Auto, CodecChoice::None, CodecChoice::Lz4, CodecChoice::Zstd];
