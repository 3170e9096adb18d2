//! Descriptors and comparisons of them, from any text.

use strictframe_core::control::{Control, Schema};
use strictframe_core::{Content, Frame, Limits};
use strictframe_schema::change::{changes, reads};
use strictframe_schema::protobuf::ProtobufSchema;
use strictframe_schema::{Descriptor, canonical_json};

use crate::forge::control;

/// A canonical form is JSON, and its own canonical form.
pub fn canonical_form_is_stable(text: &[u8]) {
    let Ok(canonical) = canonical_json(text) else { return };
    // SPEC [KEY-3]: nothing is left to remove or to sort.
    assert_eq!(canonical_json(&canonical).ok().as_ref(), Some(&canonical));
    assert!(serde_json::from_slice::<serde_json::Value>(&canonical).is_ok());
    // SPEC [KEY-4]: what is accepted as a schema is JSON to others too.
    assert!(serde_json::from_slice::<serde_json::Value>(text).is_ok());
}

/// What is read as the text of a protobuf schema is printed as a text that says the same, and has one canonical text for each of its messages.
pub fn protobuf_text_is_stable(text: &[u8]) {
    let Ok(schema) = ProtobufSchema::parse(text) else { return };
    let printed = schema.to_string();
    // SPEC [KEY-6]: one spelling.
    assert_eq!(ProtobufSchema::parse(printed.as_bytes()).ok().as_ref(), Some(&schema));
    every_message_has_a_descriptor(&schema);
}

/// Bytes that are taken for a descriptor set lead to descriptors that hold to the rules, or to a refusal.
pub fn descriptor_set_is_judged(bytes: &[u8]) {
    if let Ok(schema) = ProtobufSchema::from_descriptor_set(bytes) {
        every_message_has_a_descriptor(&schema);
    }
}

/// A SCHEMA frame with this descriptor is taken back as it is, or refused; what is taken does not differ from itself.
pub fn carried_descriptor_is_judged(enc_id: u8, descriptor: &[u8]) {
    let forged = control::Schema {
        enc_id,
        version: 2,
        min_reader: 1,
        name: "A".to_owned(),
        descriptor: descriptor.to_vec(),
    };
    let bytes = forged.raw().bytes();
    carried(&bytes, |schema| {
        let Ok(found) = Descriptor::from_body(schema) else { return };
        // SPEC [KEY-3, KEY-6]: canonical once is canonical again.
        assert_eq!(found.canonical(), descriptor);
        assert_eq!(found.key(), schema.key());
        assert_eq!(changes(&found, &found), Ok(Vec::new()));
    });
}

/// Two descriptors are compared to an end, whatever they are; what is shown to be read differs in nothing that breaks.
pub fn comparison_ends(enc_id: u8, old: &[u8], new: &[u8]) {
    let of = |version, text: &[u8]| match enc_id {
        1 => {
            let schema = ProtobufSchema::parse(text).ok()?;
            Descriptor::protobuf("A", version, 1, &schema).ok()
        }
        2 => Descriptor::json("A", version, 1, text).ok(),
        _ => Descriptor::opaque("A", version, 1, text).ok(),
    };
    let (Some(old), Some(new)) = (of(1, old), of(2, new)) else { return };
    let forward = changes(&old, &new);
    let back = changes(&new, &old);
    // SPEC [CLS-1]: a difference one way is one the other way too.
    assert_eq!(forward.as_ref().map(Vec::is_empty), back.as_ref().map(Vec::is_empty));
    if forward.as_ref().is_ok_and(Vec::is_empty) {
        assert_eq!(reads(&old, &new), Ok(true));
        assert_eq!(reads(&new, &old), Ok(true));
    }
}

fn every_message_has_a_descriptor(schema: &ProtobufSchema) {
    for (name, _) in schema.iter().take(MOST_MESSAGES) {
        let Ok(found) = Descriptor::protobuf(name, 1, 1, schema) else { continue };
        let text = ProtobufSchema::parse(found.canonical());
        // SPEC [KEY-6, KEY-7]: the closure stands by itself.
        let again = text.and_then(|text| Descriptor::protobuf(name, 1, 1, &text));
        assert_eq!(again.as_ref(), Ok(&found));
    }
}

fn carried(bytes: &[u8], look: impl FnOnce(&Schema<'_>)) {
    if let Ok(frame) = Frame::parse(bytes, &Limits::MAXIMUM)
        && let Content::Control(Control::Schema(schema)) = frame.content()
    {
        look(schema);
    }
}

/// Enough to meet what can be wrong, without the square of thousands of messages.
const MOST_MESSAGES: usize = 20;
