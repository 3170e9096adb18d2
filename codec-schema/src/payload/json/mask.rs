//! Paths of a `FieldMask`, in lower camel case.

use alloc::string::String;

/// Appends a path as JSON has it; false when it would not come back the same.
pub(super) fn write(out: &mut String, path: &str) -> bool {
    let mut is_behind_underscore = false;
    for character in path.chars() {
        let is_lower = character.is_ascii_lowercase();
        match character {
            '_' if !is_behind_underscore => is_behind_underscore = true,
            'a'..='z' | '0'..='9' | '.' if is_lower || !is_behind_underscore => {
                let upper = character.to_ascii_uppercase();
                out.push(if is_behind_underscore { upper } else { character });
                is_behind_underscore = false;
            }
            _ => return false,
        }
    }
    !path.is_empty() && !is_behind_underscore
}

/// Appends a path of JSON as a payload has it; false when it is none.
pub(super) fn read(out: &mut String, path: &str) -> bool {
    for character in path.chars() {
        match character {
            'A'..='Z' => {
                out.push('_');
                out.push(character.to_ascii_lowercase());
            }
            'a'..='z' | '0'..='9' | '.' => out.push(character),
            _ => return false,
        }
    }
    !path.is_empty()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_comes_back_the_same_or_has_no_form() {
        for (path, json) in
            [("a", "a"), ("foo_bar.b_c", "fooBar.bC"), ("x1.y", "x1.y"), ("_a", "A")]
        {
            let (mut there, mut back) = (String::new(), String::new());
            assert!(write(&mut there, path) && read(&mut back, &there));
            assert_eq!((there.as_str(), back.as_str()), (json, path));
        }
        for path in ["", "fooBar", "foo__bar", "foo_3", "foo_", "foo_.b", "a,b", "a b", "\u{E4}"] {
            assert!(!write(&mut String::new(), path), "{path}");
        }
        for path in ["", "foo_bar", "a b", "\u{E4}"] {
            assert!(!read(&mut String::new(), path), "{path}");
        }
    }
}
