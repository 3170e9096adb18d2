//! Canonical JSON, which has no white space, on lines that people can review.

use alloc::string::String;

/// The same JSON with one member or element a line, two spaces a level, and a line end behind it.
///
/// `canonical` is a text without white space between its tokens, such as the descriptor of a JSON type.
#[must_use]
pub fn pretty_json(canonical: &str) -> String {
    let mut text = String::new();
    let mut depth = 0_usize;
    let (mut is_string, mut is_escaped) = (false, false);
    let mut characters = canonical.chars().peekable();
    while let Some(character) = characters.next() {
        if is_string {
            text.push(character);
            is_string = is_escaped || character != '"';
            is_escaped = !is_escaped && character == '\\';
            continue;
        }
        match character {
            '{' | '[' => {
                text.push(character);
                // An empty one stays on its line.
                if let Some(end) = characters.next_if(|next| matches!(next, '}' | ']')) {
                    text.push(end);
                } else {
                    depth = depth.saturating_add(1);
                    break_line(&mut text, depth);
                }
            }
            '}' | ']' => {
                depth = depth.saturating_sub(1);
                break_line(&mut text, depth);
                text.push(character);
            }
            ',' => {
                text.push(character);
                break_line(&mut text, depth);
            }
            ':' => text.push_str(": "),
            _ => {
                is_string = character == '"';
                text.push(character);
            }
        }
    }
    text.push('\n');
    text
}

fn break_line(text: &mut String, depth: usize) {
    text.push('\n');
    (0..depth).for_each(|_| text.push_str("  "));
}
