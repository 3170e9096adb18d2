//! JSON pointers (RFC 6901), as references inside a schema have them and as paths of changes are written.

use alloc::borrow::ToOwned as _;
use alloc::string::String;

use crate::canonical_json::{Name, Value};

/// The schema that a JSON pointer in a fragment leads to (RFC 6901, section 6).
pub(super) fn resolved<'a>(root: &'a Value, reference: &str) -> Option<&'a Value> {
    let pointer = reference.strip_prefix('#')?;
    if pointer.is_empty() {
        return Some(root);
    }
    // What is escaped for an address is not undone: it stays undecided.
    let pointer = pointer.strip_prefix('/').filter(|pointer| !pointer.contains('%'))?;
    pointer.split('/').try_fold(root, |value, token| match value {
        Value::Array(elements) => elements.get(index(token)?),
        Value::Object(members) => members.get(&Name(unescaped(token)?)),
        _ => None,
    })
}

/// The index that a token is: digits, and no zero before others.
fn index(token: &str) -> Option<usize> {
    let is_canonical = token == "0" || token.starts_with(|first| matches!(first, '1'..='9'));
    if is_canonical { token.parse().ok() } else { None }
}

/// The name that a token stands for; nothing where a tilde stands for nothing.
fn unescaped(token: &str) -> Option<String> {
    let mut parts = token.split('~');
    let mut name = parts.next()?.to_owned();
    for part in parts {
        let (character, rest) = match part.as_bytes().first()? {
            b'0' => ('~', part.strip_prefix('0')?),
            b'1' => ('/', part.strip_prefix('1')?),
            _ => return None,
        };
        name.push(character);
        name.push_str(rest);
    }
    Some(name)
}

pub(super) fn escaped(name: &str) -> String {
    name.replace('~', "~0").replace('/', "~1")
}
