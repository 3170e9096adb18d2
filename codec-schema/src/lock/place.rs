//! Where in a lock file something stands, in the words of its reader: the line, and the entry that the line belongs to.

use alloc::string::String;

use super::error::Entry;

/// The line of a byte, from 1.
pub(super) fn line(text: &str, offset: usize) -> usize {
    let before = text.as_bytes().get(..offset).unwrap_or(text.as_bytes());
    before.iter().filter(|byte| **byte == b'\n').count().saturating_add(1)
}

/// The entry around a line, as far as the lines around it tell: for a text that is not TOML, or has a field too many.
pub(super) fn entry(text: &str, wanted: usize) -> Option<Entry> {
    let mut around = Around::default();
    for (index, line) in text.lines().enumerate() {
        // The fields behind the line still belong to its entry; the next header does not.
        if index.saturating_add(1) > wanted && line.starts_with('[') {
            break;
        }
        around.take_in(line);
    }
    let Around { name, version } = around;
    name.map(|name| Entry { name, version })
}

#[derive(Default)]
struct Around {
    name: Option<String>,
    version: Option<u16>,
}

impl Around {
    fn take_in(&mut self, line: &str) {
        if line == LINEAGE {
            *self = Self::default();
        } else if line == VERSION {
            self.version = None;
        } else if let Some(value) = line.strip_prefix("name = ") {
            let value = value.strip_prefix('"').unwrap_or(value);
            self.name = Some(String::from(value.strip_suffix('"').unwrap_or(value)));
        } else if let Some(value) = line.strip_prefix("version = ") {
            self.version = value.trim_matches('"').parse().ok();
        }
    }
}

/// The headers of entries.
pub(super) const LINEAGE: &str = "[[lineage]]";
pub(super) const VERSION: &str = "[[lineage.version]]";
