//! JSON pointers (RFC 6901): written on the way down, and taken apart at their last part.

use std::borrow::Cow;

use super::limits::{MAX_DEPTH, StateLimits};
use super::operation::OperationFault;

/// What a pointer says: the whole, or a member of what another pointer says.
pub(super) enum Place<'a> {
    Whole,
    Member { parent: &'a str, name: Cow<'a, str>, depth: usize },
}

impl<'a> Place<'a> {
    /// # Errors
    /// [`OperationFault::Pointer`] and [`OperationFault::TooDeep`].
    pub(super) fn read(pointer: &'a str, limits: &StateLimits) -> Result<Self, OperationFault> {
        if pointer.is_empty() {
            return Ok(Self::Whole);
        }
        let after = |part: &str| part.starts_with(['0', '1']);
        let is_right = pointer.starts_with('/') && pointer.split('~').skip(1).all(after);
        if pointer.len() > limits.max_pointer_len || !is_right {
            return Err(OperationFault::Pointer);
        }
        let depth = pointer.bytes().filter(|byte| *byte == b'/').count();
        if depth > MAX_DEPTH {
            return Err(OperationFault::TooDeep);
        }
        let (parent, name) = pointer.rsplit_once('/').ok_or(OperationFault::Pointer)?;
        Ok(Self::Member { parent, name: unescaped(name), depth })
    }

    /// How many lists and objects stand around what it says.
    pub(super) const fn depth(&self) -> usize {
        match self {
            Self::Whole => 0,
            Self::Member { depth, .. } => *depth,
        }
    }
}

fn unescaped(name: &str) -> Cow<'_, str> {
    if name.contains('~') {
        Cow::Owned(name.replace("~1", "/").replace("~0", "~"))
    } else {
        Cow::Borrowed(name)
    }
}

/// Appends a part.
pub(super) fn push(pointer: &mut String, name: &str) {
    pointer.push('/');
    if !name.contains(['~', '/']) {
        pointer.push_str(name);
        return;
    }
    for letter in name.chars() {
        match letter {
            '~' => pointer.push_str("~0"),
            '/' => pointer.push_str("~1"),
            letter => pointer.push(letter),
        }
    }
}

/// An index as RFC 6901 writes it: no sign, no zeros before it.
pub(super) fn index(name: &str) -> Option<usize> {
    let is_plain = name.bytes().all(|byte| byte.is_ascii_digit());
    let is_short = name == "0" || !name.starts_with('0');
    if is_plain && is_short { name.parse().ok() } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_come_back_out_of_a_pointer() {
        for name in ["", "a", "~", "/", "~1", "~01", "a/b~c", "é😀", "-"] {
            let mut pointer = "/x".to_owned();
            push(&mut pointer, name);
            match Place::read(&pointer, &StateLimits::default()).unwrap() {
                Place::Member { parent, name: found, depth } => {
                    assert_eq!((parent, &*found, depth), ("/x", name, 2));
                }
                Place::Whole => panic!("{pointer} is no whole"),
            }
        }
    }

    #[test]
    fn what_is_no_pointer_is_refused() {
        let limits = StateLimits::default();
        for pointer in ["a", "/~", "/a~2", "/~~0", &"/a".repeat(501)] {
            assert_eq!(Place::read(pointer, &limits).err(), Some(OperationFault::Pointer));
        }
        let deep = "/a".repeat(MAX_DEPTH + 1);
        assert_eq!(Place::read(&deep, &limits).err(), Some(OperationFault::TooDeep));
        for name in ["", "-", "01", "+1", "-1", "1 ", "18446744073709551616"] {
            assert_eq!(index(name), None, "{name}");
        }
        assert_eq!((index("0"), index("10")), (Some(0), Some(10)));
    }
}
