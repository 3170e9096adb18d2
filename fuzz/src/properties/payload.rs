//! Records of protobuf under their descriptor, and as JSON.

use strictframe_schema::payload::{Layout, Scratch};
use strictframe_schema::protobuf::ProtobufSchema;

/// A record is refused, or is JSON that is read back to a record with the same JSON.
pub fn is_judged_and_comes_back(descriptor: &[u8], record: &[u8]) {
    each_layout(descriptor, |layout, has_any| {
        let mut scratch = Scratch::default();
        let checked = layout.check(record, &mut scratch);
        let mut text = String::from("before");
        let written = layout.to_json(record, &mut scratch, &mut text);
        let Ok(written) = written else {
            assert_eq!(text, "before");
            // SPEC [PAY-1]: what holds to the rules is refused by JSON alone; what an Any holds nobody else looks at.
            let is_of_json = written.is_err_and(|error| error.kind().code() == NO_JSON);
            assert!(checked.is_err() || is_of_json || has_any, "{checked:?}, {written:?}");
            return;
        };
        assert_eq!(checked, Ok(written));
        let text = text.strip_prefix("before").unwrap_or_default();
        let (again, canonical) = back(layout, text, &mut scratch);
        // Members may stand in another order.
        assert!(sorted(&again) == sorted(text), "{text} comes back as {again}");
        assert_eq!(back(layout, &again, &mut scratch), (again, canonical));
    });
}

/// A JSON text is refused, or is a record that holds to the rules and says it.
pub fn json_is_judged(descriptor: &[u8], json: &[u8]) {
    each_layout(descriptor, |layout, _| {
        let mut scratch = Scratch::default();
        let mut record = b"before".to_vec();
        if layout.from_json(json, &mut scratch, &mut record).is_err() {
            assert_eq!(record, b"before");
            return;
        }
        let record = record.strip_prefix(b"before").unwrap_or_default();
        let checked = layout.check(record, &mut scratch);
        assert!(checked.is_ok_and(|checked| checked.unknown_fields() == 0), "{checked:?}");
        let mut text = String::new();
        assert!(layout.to_json(record, &mut scratch, &mut text).is_ok());
        assert_eq!(back(layout, &text, &mut scratch), (text, record.to_vec()));
    });
}

/// What is read from a JSON text that was written, and its JSON.
fn back(layout: &Layout, text: &str, scratch: &mut Scratch) -> (String, Vec<u8>) {
    let (mut record, mut again) = (Vec::new(), String::new());
    let read = layout.from_json(text.as_bytes(), scratch, &mut record);
    assert!(read.is_ok(), "{read:?} in {text}");
    let written = layout.to_json(&record, scratch, &mut again);
    assert!(written.is_ok_and(|it| it.unknown_fields() == 0), "{written:?} after {text}");
    (again, record)
}

/// The layouts of the first messages, and whether an Any is among the types.
fn each_layout(descriptor: &[u8], mut look: impl FnMut(&Layout, bool)) {
    let Ok(schema) = ProtobufSchema::parse(descriptor) else { return };
    let has_any = schema.iter().any(|(name, _)| name == "google.protobuf.Any");
    for (name, _) in schema.iter().take(MOST_MESSAGES) {
        if let Ok(layout) = Layout::of_schema(&schema, name) {
            look(&layout, has_any);
        }
    }
}

fn sorted(text: &str) -> Vec<u8> {
    let mut bytes = text.as_bytes().to_vec();
    bytes.sort_unstable();
    bytes
}

/// The code of what JSON has no form for.
const NO_JSON: u16 = 818;
/// Enough to meet each type of a small descriptor.
const MOST_MESSAGES: usize = 4;
