//! Colours, and text from outside made fit for a terminal.

use core::fmt::{self, Display};
use std::ffi::OsString;
use std::path::Path;

use anstyle::{AnsiColor, Style};
use clap::ValueEnum;
use indicatif::HumanCount;

/// When to write in colour.
#[derive(Clone, Copy, Default, ValueEnum)]
pub(crate) enum Color {
    #[default]
    Auto,
    Always,
    Never,
}

impl Color {
    /// What the arguments say, for as long as they are not parsed.
    pub(crate) fn among(arguments: &[OsString]) -> Self {
        let mut arguments = arguments.iter().filter_map(|argument| argument.to_str());
        let mut color = Self::Auto;
        while let Some(argument) = arguments.next() {
            let value = match argument.strip_prefix("--color") {
                Some("") => arguments.next(),
                Some(value) => value.strip_prefix('='),
                None => None,
            };
            color = value.and_then(|value| Self::from_str(value, false).ok()).unwrap_or(color);
        }
        color
    }

    pub(crate) fn apply(self) {
        match self {
            Self::Auto => anstream::ColorChoice::Auto,
            Self::Always => anstream::ColorChoice::AlwaysAnsi,
            Self::Never => anstream::ColorChoice::Never,
        }
        .write_global();
    }
}

/// The styles of one stream; all of them empty when it takes no colour.
#[derive(Clone, Copy)]
pub(crate) struct Paint {
    colored: bool,
}

impl Paint {
    pub(crate) fn for_stdout() -> Self {
        Self { colored: is_colored(anstream::AutoStream::choice(&std::io::stdout())) }
    }

    pub(crate) fn for_stderr() -> Self {
        Self { colored: is_colored(anstream::AutoStream::choice(&std::io::stderr())) }
    }

    pub(crate) fn good<T: Display>(self, value: T) -> Painted<T> {
        self.with(AnsiColor::Green.on_default().bold(), value)
    }

    pub(crate) fn bad<T: Display>(self, value: T) -> Painted<T> {
        self.with(AnsiColor::Red.on_default().bold(), value)
    }

    pub(crate) fn doubtful<T: Display>(self, value: T) -> Painted<T> {
        self.with(AnsiColor::Yellow.on_default(), value)
    }

    pub(crate) fn quiet<T: Display>(self, value: T) -> Painted<T> {
        self.with(Style::new().dimmed(), value)
    }

    pub(crate) fn strong<T: Display>(self, value: T) -> Painted<T> {
        self.with(Style::new().bold(), value)
    }

    pub(crate) fn mark<T: Display>(self, value: T) -> Painted<T> {
        self.with(AnsiColor::Cyan.on_default(), value)
    }

    fn with<T: Display>(self, style: Style, value: T) -> Painted<T> {
        Painted { style: if self.colored { style } else { Style::new() }, value }
    }
}

/// A value in a style. Width and precision are the value's.
pub(crate) struct Painted<T> {
    style: Style,
    value: T,
}

impl<T: Display> Display for Painted<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.style)?;
        self.value.fmt(f)?;
        write!(f, "{:#}", self.style)
    }
}

/// A path as text in which nothing can steer a terminal.
pub(crate) fn shown(path: &Path) -> String {
    if path == Path::new("-") {
        return "standard input".to_owned();
    }
    tame(&path.to_string_lossy(), usize::MAX)
}

/// A path as one would type it in a shell.
pub(crate) fn typed(path: &Path) -> String {
    let Some(text) = path.to_str() else { return "FILE".to_owned() };
    let is_plain = |c: char| c.is_alphanumeric() || "._-/+,:@%".contains(c);
    if text.chars().any(char::is_control) {
        "FILE".to_owned()
    } else if !text.is_empty() && text.chars().all(is_plain) {
        text.to_owned()
    } else {
        format!("'{}'", text.replace('\'', r"'\''"))
    }
}

/// The first characters of a text, with control characters escaped; dots say that there are more.
pub(crate) fn tame(text: &str, most: usize) -> String {
    let mut tamed = String::new();
    for (count, char) in text.chars().enumerate() {
        if count == most {
            tamed.push_str("...");
            break;
        }
        if char.is_control() || is_invisible(char) {
            tamed.extend(char.escape_unicode());
        } else {
            tamed.push(char);
        }
    }
    tamed
}

/// A text as it may stand in a page of HTML.
pub(crate) fn escaped(text: &str) -> String {
    let mut escaped = String::new();
    for char in text.chars() {
        match char {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            // Not even as a reference do they belong into a page.
            char if char.is_control() && char != '\n' => escaped.push('\u{fffd}'),
            char => escaped.push(char),
        }
    }
    escaped
}

/// A number with commas between the thousands.
pub(crate) fn thousands(number: u64) -> String {
    HumanCount(number).to_string()
}

/// A count and its noun, in the plural unless there is one.
pub(crate) fn counted(count: u64, noun: &str) -> String {
    format!("{} {noun}{}", thousands(count), if count == 1 { "" } else { "s" })
}

/// Characters that reorder the text around them or take no room.
const fn is_invisible(char: char) -> bool {
    matches!(char, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
}

fn is_colored(choice: anstream::ColorChoice) -> bool {
    choice != anstream::ColorChoice::Never
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_grouped_from_the_right() {
        let grouped = [0, 7, 999, 1000, 123_456, 1_234_567].map(thousands);
        assert_eq!(grouped, ["0", "7", "999", "1,000", "123,456", "1,234,567"]);
    }

    #[test]
    fn nothing_in_a_name_steers_the_terminal() {
        assert_eq!(tame("a\u{1b}[31mb\u{202e}c", 40), "a\\u{1b}[31mb\\u{202e}c");
        assert_eq!(tame("abcdef", 3), "abc...");
        assert_eq!(tame("abc", 3), "abc");
    }

    #[test]
    fn a_path_is_quoted_as_a_shell_wants_it() {
        assert_eq!(typed(Path::new("a/b-1.sframe")), "a/b-1.sframe");
        assert_eq!(typed(Path::new("it's here")), r"'it'\''s here'");
        assert_eq!(typed(Path::new("a\nb")), "FILE");
    }

    #[test]
    fn the_last_color_option_counts() {
        let color = |arguments: &[&str]| {
            Color::among(&arguments.iter().map(OsString::from).collect::<Vec<_>>())
        };
        assert!(matches!(color(&["x", "--color", "never", "--color=always"]), Color::Always));
        assert!(matches!(color(&["x", "--color=never", "verify"]), Color::Never));
        assert!(matches!(color(&["x", "--color"]), Color::Auto));
    }
}
