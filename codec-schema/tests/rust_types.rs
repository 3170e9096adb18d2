//! Descriptors of Rust types: equal where their JSON is, whatever is written around it.
#![allow(dead_code, reason = "the types are looked at, not used")]
#![allow(clippy::panic, reason = "a panic in a test is a failed test")]

use std::collections::BTreeMap;

use schemars::JsonSchema;
use strictframe_schema::Descriptor;
use strictframe_schema::change::{Verdict, changes, worst};

/// An order.
#[derive(JsonSchema)]
struct Order {
    /// Counts up.
    id: u64,
    lines: Vec<Line>,
    note: Option<String>,
    state: State,
}

#[derive(JsonSchema)]
struct Line {
    price: f64,
    more: BTreeMap<String, Line>,
}

#[derive(JsonSchema)]
enum State {
    Open,
    Sent,
}

/// The same type as another author writes it down.
mod again {
    use super::*;

    /// What a customer asks for.
    #[derive(JsonSchema)]
    pub(super) struct Order {
        note: Option<String>,
        lines: Vec<Line>,
        id: u64,
        /// Where it is.
        state: State,
    }

    #[derive(JsonSchema)]
    struct Line {
        /// In euros.
        price: f64,
        more: BTreeMap<String, Line>,
    }
}

/// The type as it is later: a field more, which may be absent.
mod later {
    use super::*;

    #[derive(JsonSchema)]
    pub(super) struct Order {
        id: u64,
        lines: Vec<Line>,
        note: Option<String>,
        state: State,
        gift: Option<bool>,
    }
}

fn of<T: JsonSchema>() -> Descriptor {
    Descriptor::of_type::<T>("shop.Order", 1, 1).unwrap_or_else(|error| panic!("{error}"))
}

#[test]
fn documentation_and_order_of_fields_leave_no_trace() {
    // SPEC [KEY-3]: comments are annotations.
    assert_eq!(of::<Order>().fingerprint(), of::<again::Order>().fingerprint());
    let text = String::from_utf8_lossy(of::<Order>().canonical()).into_owned();
    assert!(!text.contains("Counts up") && text.contains("#/$defs/Line"), "{text}");
}

#[test]
fn another_type_has_another_fingerprint_and_its_changes() {
    // SPEC [CLS-1]: the object was open, so that old data may have any value there.
    let (old, new) = (of::<Order>(), of::<later::Order>());
    assert_ne!(old.fingerprint(), new.fingerprint());
    let found = changes(&old, &new).unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(found.len(), 1, "{found:?}");
    assert_eq!(found[0].to_string().split(": ").nth(1), Some("property-added-open"));
    assert_eq!(worst(&found).old_reads_new, Verdict::Safe);
}
