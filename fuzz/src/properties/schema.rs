//! Canonical JSON Schemas from any text.

use strictframe_schema::canonical_json;

/// A canonical form is JSON, and its own canonical form.
pub fn canonical_form_is_stable(text: &[u8]) {
    let Ok(canonical) = canonical_json(text) else { return };
    // SPEC [KEY-3]: nothing is left to remove or to sort.
    assert_eq!(canonical_json(&canonical).ok().as_ref(), Some(&canonical));
    assert!(serde_json::from_slice::<serde_json::Value>(&canonical).is_ok());
    // SPEC [KEY-4]: what is accepted as a schema is JSON to others too.
    assert!(serde_json::from_slice::<serde_json::Value>(text).is_ok());
}
