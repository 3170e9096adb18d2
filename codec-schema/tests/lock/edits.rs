//! A file that was edited by hand: every field is vouched for, and every refusal names its entry.

use strictframe_schema::lock::{Lock, LockErrorKind as Kind, MAX_LEN};

use super::samples::sample;

/// Replaces the first `from` behind the entry of a version of `shop.Order` begins.
fn edited(version: u16, from: &str, to: &str) -> String {
    let text = sample().to_string();
    let lineage = text.find("name = \"shop.Order\"").unwrap();
    let entry = text[lineage..].find(&format!("version = {version}\n")).unwrap() + lineage;
    let start = if version == 0 { lineage } else { entry };
    let (head, tail) = text.split_at(start);
    assert!(tail.contains(from), "{from}");
    format!("{head}{}", tail.replacen(from, to, 1))
}

#[test]
fn an_edit_of_any_field_is_refused_and_its_entry_named() {
    type Is = fn(Kind) -> bool;
    let cases: &[(&str, &str, Is)] = &[
        ("version = 3", "version = 4", |kind| kind == Kind::VersionOrder),
        ("version = 3", "version = 0", |kind| kind == Kind::VersionOrder),
        ("version = 3", "version = \"3\"", |kind| kind == Kind::Syntax),
        ("version = 3", "version = 3\nauthor = \"me\"", |kind| kind == Kind::Syntax),
        ("min_reader = 2", "min_reader = 3", |kind| kind == Kind::Fingerprint),
        ("min_reader = 2", "min_reader = 1", |kind| kind == Kind::Range),
        ("min_reader = 2", "min_reader = 4", |kind| kind == Kind::Range),
        ("min_reader = 2\n", "", |kind| kind == Kind::Syntax),
        ("oldest_writer = 2", "oldest_writer = 3", |kind| kind == Kind::Seal),
        ("oldest_writer = 2", "oldest_writer = 1", |kind| kind == Kind::Range),
        ("oldest_writer = 2", "oldest_writer = 65536", |kind| kind == Kind::Syntax),
        ("previous = \"", "previous = \"0", |kind| kind == Kind::BrokenChain),
        ("previous = ", "# previous = ", |kind| kind == Kind::BrokenChain),
        ("fingerprint = \"", "fingerprint = \"0", |kind| kind == Kind::Fingerprint),
        ("seal = \"", "seal = \"0", |kind| kind == Kind::Seal),
        (" 3 total double", " 3 total float", |kind| kind == Kind::Fingerprint),
        (" 3 total double", "  3 total double", |kind| matches!(kind, Kind::Descriptor(_))),
        ("message shop.Order\n", "message shop.Aside\nmessage shop.Order\n", |kind| {
            matches!(kind, Kind::Descriptor(_))
        }),
    ];
    for (from, to, is) in cases {
        let text = edited(3, from, to);
        let error = Lock::read(text.as_bytes()).expect_err(&format!("{from} -> {to}"));
        assert!(is(error.kind()), "{from} -> {to}: {error:?}");
        assert_eq!(error.entry().unwrap().name, "shop.Order", "{from} -> {to}: {error}");
        let line = text.lines().nth(error.line().unwrap() - 1).unwrap();
        assert!(!line.is_empty(), "{error}");
        assert!(!error.help().is_empty());
    }
}

#[test]
fn an_edit_of_a_lineage_is_refused_and_named() {
    let cases = [
        ("name = \"shop.Order\"", "name = \"shop.Orders\"", "shop.Orders", Kind::LineageId),
        ("name = \"shop.Order\"", "name = \".\"", ".", Kind::LineageId),
        ("encoding = \"protobuf\"", "encoding = \"json\"", "shop.Order", Kind::LineageId),
        ("encoding = \"protobuf\"", "encoding = \"xml\"", "shop.Order", Kind::EncodingUnknown),
        ("id = \"", "id = \"0", "shop.Order", Kind::LineageId),
        ("id = \"", "id = \"\"\nowner = \"", "shop.Order", Kind::Syntax),
    ];
    for (from, to, name, kind) in cases {
        let text = sample().to_string();
        let lineage = text.find("name = \"shop.Order\"").unwrap();
        let (head, tail) = text.split_at(lineage);
        let text = format!("{head}{}", tail.replacen(from, to, 1));
        let error = Lock::read(text.as_bytes()).expect_err(to);
        assert_eq!((error.kind(), error.entry().unwrap().name.as_str()), (kind, name), "{error}");
    }
}

#[test]
fn the_version_before_cannot_go_or_trade_places() {
    let text = sample().to_string();
    let order = text.find("name = \"shop.Order\"").unwrap();
    let at = |version: u16| {
        let header = format!("\n[[lineage.version]]\nversion = {version}\n");
        text[order..].find(&header).unwrap() + order
    };
    let error = Lock::read([&text[..at(2)], &text[at(3)..]].concat().as_bytes()).unwrap_err();
    assert_eq!(error.kind(), Kind::VersionOrder);
    assert_eq!(
        error.to_string(),
        format!("shop.Order version 3: version 2 belongs here (at line {})", error.line().unwrap())
    );
}

#[test]
fn a_fault_in_a_header_belongs_to_what_stands_behind_it() {
    let text = sample().to_string();
    let order = text.find("name = \"shop.Order\"").unwrap();
    let at = text[order..].find("[[lineage.version]]\nversion = 2\n").unwrap() + order;
    let text = [&text[..at], "[[lineage.version]\n", &text[at + 20..]].concat();
    let error = Lock::read(text.as_bytes()).unwrap_err();
    assert_eq!((error.kind(), error.entry().unwrap().version), (Kind::Syntax, Some(2)), "{error}");
}

#[test]
fn a_descriptor_that_is_written_otherwise_is_told_from_one_that_is_refused() {
    for (from, to, words) in [
        (" 3 total double", "  3 total double", "the descriptor is refused: "),
        (
            "message shop.Order\n",
            "message shop.Aside\nmessage shop.Order\n",
            "the descriptor is not written as it was locked",
        ),
    ] {
        let error = Lock::read(edited(3, from, to).as_bytes()).unwrap_err();
        assert!(error.to_string().contains(words), "{error}");
    }
}

#[test]
fn other_formats_other_bytes_and_too_many_of_them_are_refused() {
    let kind = |bytes: &[u8]| Lock::read(bytes).unwrap_err().kind();
    assert_eq!(kind(b"format = 2\nanything = 1\n"), Kind::FormatUnknown);
    assert_eq!(kind(b"format = 1\nanything = 1\n"), Kind::Syntax);
    assert_eq!(kind(b""), Kind::Syntax);
    assert_eq!(kind(b"format = 1\n\xff"), Kind::Syntax);
    assert_eq!(kind(b"format = 1\n[[lineage]]\nname = \"a\"\nencoding = \"json\"\nid = \"\"\nversion = []\n"), Kind::LineageId);
    let error = Lock::read(b"format = 1\n\n  \xff").unwrap_err();
    assert_eq!(error.line(), Some(3));
    let error = Lock::read(b"\nformat = 2\n").unwrap_err();
    assert_eq!((error.kind(), error.line()), (Kind::FormatUnknown, Some(2)));
    let error = Lock::read(
        b"format = 1\n\n[[lineage]]\nname = \"a\"\nencoding = \"xml\"\nid = \"\"\nversion = []\n",
    );
    let error = error.unwrap_err();
    assert_eq!((error.kind(), error.line()), (Kind::EncodingUnknown, Some(4)));
    // 64 MiB are read, and not a byte more.
    assert_eq!(MAX_LEN, 67_108_864);
    assert_eq!(kind(&vec![b'\n'; MAX_LEN + 1]), Kind::TooLong);
    assert_eq!(kind(&vec![b'\n'; MAX_LEN + 2]), Kind::TooLong);
    assert_eq!(kind(&vec![0xFF; MAX_LEN]), Kind::Syntax);
    // Deep nesting ends in a refusal.
    assert_eq!(kind(format!("format = 1\nx = {}", "[".repeat(100_000)).as_bytes()), Kind::Syntax);
}
