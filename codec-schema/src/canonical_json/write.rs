//! RFC 8785: a value as text, in the one form it has.

use alloc::string::String;
use alloc::vec::Vec;

use super::escape::string;
use super::number;
use super::value::Value;

/// The canonical form of `root`, UTF-8.
pub(crate) fn write(root: &Value) -> Vec<u8> {
    let mut text = String::new();
    value(&mut text, root);
    text.into_bytes()
}

// SPEC [KEY-3]: no white space, members by UTF-16 code units (the order of `Name`), numbers as
// ECMAScript prints them.
fn value(text: &mut String, source: &Value) {
    match source {
        Value::Null => text.push_str("null"),
        Value::Bool(false) => text.push_str("false"),
        Value::Bool(true) => text.push_str("true"),
        Value::Number(number) => text.push_str(&number::canonical(*number)),
        Value::String(content) => string(text, content),
        Value::Array(elements) => {
            text.push('[');
            for (index, element) in elements.iter().enumerate() {
                separate(text, index);
                value(text, element);
            }
            text.push(']');
        }
        Value::Object(members) => {
            text.push('{');
            for (index, (name, member)) in members.iter().enumerate() {
                separate(text, index);
                string(text, &name.0);
                text.push(':');
                value(text, member);
            }
            text.push('}');
        }
    }
}

fn separate(text: &mut String, index: usize) {
    if index != 0 {
        text.push(',');
    }
}
