//! What a search takes for an anchor before it looks closer, and what it pays.

use alloc::vec::Vec;

use super::*;
use crate::parts::Parts;

fn frame(parts: &Parts<'_>) -> Vec<u8> {
    let mut bytes = Vec::new();
    assert!(parts.write(&mut bytes).is_ok());
    bytes
}

fn anchor(kind: Kind) -> Vec<u8> {
    let body = Chain::new([7; 16]).sync().to_bytes();
    frame(&Parts::control(kind, &[&body]))
}

#[test]
fn only_a_sync_and_an_end_may_be_anchors_and_each_is_what_it_says() {
    let heads = Heads::new();
    let kind = |bytes: &[u8]| heads.candidate(5, bytes).map(|found| (found.position, found.kind));
    assert_eq!(kind(&anchor(Kind::SYNC)), Some((5, Kind::SYNC)));
    assert_eq!(kind(&anchor(Kind::END)), Some((5, Kind::END)));
    let body = Chain::new([7; 16]).sync().to_bytes();
    let key = SchemaKey::new(*b"lineage!", 1, 1, [0; 4]);
    let message = frame(&Parts::plain(Kind::MESSAGE, key, &[], &[&body]));
    assert_eq!(message.len(), ANCHOR_LEN);
    assert_eq!(kind(&message), None);
}

#[test]
fn an_anchor_that_is_peeked_at_is_paid_for_by_its_checksums() {
    // SPEC [REC-8]: the bytes of both, header and all.
    let bytes = anchor(Kind::SYNC);
    let mut scan = Scan::new(bytes.as_slice(), Limits::DEFAULT, 100);
    assert!(scan.peek_anchor(0).is_ok_and(|found| found.is_some()));
    assert_eq!(scan.budget.spent(), 24 + 24 + 48);
}

#[test]
fn a_budget_is_spent_to_its_last_byte_and_no_further() {
    let mut budget = Budget { limit: 10, spent: 0, is_spent: false };
    assert!(budget.pay(4) && budget.pay(6));
    assert_eq!((budget.left(), budget.is_spent()), (0, false));
    assert!(!budget.pay(1) && !budget.pay(0));
    assert_eq!((budget.spent(), budget.is_spent()), (10, true));
}
