//! What a schema would add, and the numbers it gets.

use strictframe_core::identity::Encoding;
use strictframe_schema::SchemaErrorKind;
use strictframe_schema::change::{ChangeKind, Reach};
use strictframe_schema::lock::{Lock, Plan, Schema};

use super::samples::{ONE, THREE, TWO, add_message, message, sample};

#[test]
fn the_first_version_is_1_and_the_same_schema_adds_nothing() {
    let mut lock = Lock::new();
    let plan = add_message(&mut lock, ONE);
    let Plan::First(version) = &plan else { panic!("{plan:?}") };
    assert_eq!(version.descriptor().version(), 1);
    assert_eq!(version.reach(), Reach { min_reader: 1, oldest_writer: 1 });
    assert!(!plan.is_breaking());
    let before = lock.clone();
    assert_eq!(add_message(&mut lock, ONE), Plan::Unchanged { version: 1 });
    assert_eq!(lock, before);
}

#[test]
fn a_breaking_change_raises_the_numbers_for_good() {
    // SPEC [CLS-1]: a default that goes is read as another value on both sides.
    let mut lock = Lock::new();
    add_message(&mut lock, ONE);
    let plan = add_message(&mut lock, TWO);
    let Plan::Changed { version, changes, before } = &plan else { panic!("{plan:?}") };
    assert_eq!(*before, Reach { min_reader: 1, oldest_writer: 1 });
    assert_eq!(version.reach(), Reach { min_reader: 2, oldest_writer: 2 });
    assert!(plan.is_breaking());
    let kinds: Vec<_> = changes.iter().map(|(v, found)| (*v, found[0].kind)).collect();
    assert_eq!(kinds, [(1, ChangeKind::DefaultChanged)]);
    let plan = add_message(&mut lock, THREE);
    let Plan::Changed { version, changes, .. } = &plan else { panic!("{plan:?}") };
    assert!(!plan.is_breaking());
    assert_eq!(version.reach(), Reach { min_reader: 2, oldest_writer: 2 });
    assert_eq!(
        changes.iter().map(|(v, found)| (*v, found.len())).collect::<Vec<_>>(),
        [(1, 2), (2, 1)]
    );
}

#[test]
fn a_version_says_which_writers_it_reads() {
    let lock = sample();
    for version in lock.versions("shop.Order", Encoding::PROTOBUF) {
        assert_eq!(version.oldest_writer(), version.reach().oldest_writer);
        assert_eq!(version.descriptor().min_reader(), version.reach().min_reader);
    }
    let mut broken = Lock::new();
    for fields in [" 1 a int32 implicit\n", " 1 a string implicit\n", " 1 a bool implicit\n"] {
        add_message(&mut broken, fields);
    }
    let oldest = broken.versions("shop.Order", Encoding::PROTOBUF).iter();
    assert_eq!(oldest.map(|version| version.oldest_writer()).collect::<Vec<_>>(), [1, 2, 3]);
    assert_eq!(lock.iter().count(), 3);
    assert!(lock.iter().flatten().all(|version| version.descriptor().version() > 0));
}

#[test]
fn a_schema_that_comes_back_is_one_more_version() {
    let mut lock = sample();
    let plan = add_message(&mut lock, TWO);
    let Plan::Changed { version, .. } = &plan else { panic!("{plan:?}") };
    assert_eq!(version.descriptor().version(), 4);
    // The number of the field that went is free.
    assert!(plan.is_breaking());
    assert_eq!(lock.versions("shop.Order", Encoding::PROTOBUF).len(), 4);
    assert_eq!(lock.versions("shop.Order", Encoding::JSON), []);
}

#[test]
fn a_plan_adds_nothing_and_a_refused_schema_neither() {
    let mut lock = sample();
    assert!(lock.plan("shop.Order", Schema::Protobuf(&message(ONE))).unwrap().is_breaking());
    let refused = lock.add("shop.Visit", Schema::Json(b"{\"a\":1,\"a\":1}")).unwrap_err();
    assert_eq!(refused.kind(), SchemaErrorKind::DuplicateName);
    let refused = lock.add(".x", Schema::Opaque(b"")).unwrap_err();
    assert_eq!(refused.kind(), SchemaErrorKind::NameLeadingDot);
    assert_eq!(lock, sample());
}
