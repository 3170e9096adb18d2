//! What two branches leave behind when they are put together.

use strictframe_schema::lock::{Lock, LockError, LockErrorKind as Kind, Schema};

use super::samples::{ONE, THREE, TWO, add_message, sample};

fn refused(text: &str) -> LockError {
    let error = Lock::read(text.as_bytes()).expect_err(text);
    assert!(!error.help().is_empty());
    error
}

/// The entry of a version of the message, up to the next header.
fn entry(lock: &Lock, version: u16) -> String {
    let text = lock.to_string();
    let text = &text[text.find("name = \"shop.Order\"").unwrap()..];
    let start = text.find(&format!("\n[[lineage.version]]\nversion = {version}\n")).unwrap();
    let end = text[start + 2..].find("\n[[").map_or(text.len(), |end| start + 2 + end);
    text[start..end].to_owned()
}

fn lock(versions: &[&str]) -> Lock {
    let mut lock = Lock::new();
    versions.iter().for_each(|fields| drop(add_message(&mut lock, fields)));
    lock
}

#[test]
fn a_version_that_both_sides_made_is_a_fork_with_both_fingerprints() {
    let (ours, theirs) = (lock(&[ONE, TWO]), lock(&[ONE, THREE]));
    let both = format!("{ours}{}", entry(&theirs, 2));
    let error = refused(&both);
    assert_eq!(error.kind(), Kind::Fork);
    let said = error.to_string();
    assert!(said.starts_with("shop.Order version 2: a fork"), "{said}");
    for lock in [&ours, &theirs] {
        let entry = entry(lock, 2);
        let fingerprint = entry.split("fingerprint = \"").nth(1).unwrap();
        assert!(said.contains(&fingerprint[..16]), "{said}");
    }
    assert!(error.help().contains("the next version"), "{}", error.help());
    assert!(said.contains("each made a version 2 on version 1, one with"), "{said}");
    // Two first versions were made on nothing, and two third ones not on the same second.
    let first = lock(&[TWO]);
    let said = refused(&format!("{ours}{}", entry(&first, 1))).to_string();
    assert!(said.contains("each made a version 1, one with"), "{said}");
    let (ours_3, theirs_3) = (lock(&[ONE, TWO, THREE]), lock(&[ONE, THREE, TWO]));
    let said = refused(&format!("{ours_3}{}", entry(&theirs_3, 3))).to_string();
    assert!(said.contains("each made a version 3, one with"), "{said}");
    // The same entry twice is no fork.
    let twice = format!("{ours}{}", entry(&ours, 2));
    assert_eq!(refused(&twice).kind(), Kind::VersionOrder);
}

#[test]
fn lines_of_both_sides_in_one_entry_do_not_match_its_fingerprint() {
    let (ours, theirs) = (lock(&[ONE, TWO]), lock(&[ONE, THREE]));
    // The numbers of one side, the descriptor of the other.
    let (head, _) = ours
        .to_string()
        .rsplit_once("descriptor = ")
        .map(|(a, b)| (a.to_owned(), b.to_owned()))
        .unwrap();
    let theirs = theirs.to_string();
    let (_, descriptor) = theirs.rsplit_once("descriptor = ").unwrap();
    let error = refused(&format!("{head}descriptor = {descriptor}"));
    assert_eq!(error.kind(), Kind::Fingerprint);
    assert!(error.to_string().contains("a merge mixed lines"), "{error}");
}

#[test]
fn a_version_made_on_the_other_sides_version_breaks_the_chain() {
    let (ours, theirs) = (lock(&[ONE, TWO]), lock(&[ONE, THREE, TWO]));
    let error = refused(&format!("{ours}{}", entry(&theirs, 3)));
    assert_eq!(error.kind(), Kind::BrokenChain);
    assert!(error.to_string().starts_with("shop.Order version 3: it was made on"), "{error}");
}

#[test]
fn markers_of_a_conflict_are_told_with_their_line() {
    let text = sample().to_string();
    for marker in ["<<<<<<< HEAD", "||||||| base", "=======", ">>>>>>> theirs"] {
        let error = refused(&text.replacen("min_reader", &format!("{marker}\nmin_reader"), 1));
        assert_eq!(error.kind(), Kind::ConflictMarker);
        let line = text.lines().position(|line| line.starts_with("min_reader")).unwrap() + 1;
        assert_eq!(error.line(), Some(line));
    }
}

#[test]
fn a_lineage_that_both_sides_began_is_refused() {
    let (ours, theirs) = (lock(&[ONE]).to_string(), lock(&[TWO]).to_string());
    let theirs = &theirs[theirs.find("\n[[lineage]]").unwrap()..];
    assert_eq!(refused(&format!("{ours}{theirs}")).kind(), Kind::LineageTwice);
    let mut other = Lock::new();
    other.add("a.First", Schema::Opaque(b"x")).unwrap();
    let other = other.to_string();
    let other = &other[other.find("\n[[lineage]]").unwrap()..];
    let error = refused(&format!("{ours}{other}"));
    assert_eq!(error.kind(), Kind::Order);
    assert!(error.to_string().starts_with("a.First: it stands behind shop.Order"), "{error}");
}
