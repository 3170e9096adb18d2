//! A lock as text: one spelling, made to be read in a diff.

use alloc::borrow::Cow;
use alloc::string::String;
use core::fmt::{self, Write as _};

use strictframe_core::identity::Encoding;

use super::place::{LINEAGE, VERSION};
use super::{Lock, LockedVersion, pretty_json};
use crate::canonical_json::write_string;
use crate::descriptor::Descriptor;

impl fmt::Display for Lock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(HEAD)?;
        for ((name, encoding), versions) in &self.lineages {
            writeln!(
                f,
                "\n{LINEAGE}\nname = {}\nencoding = \"{}\"",
                Quoted(name),
                encoding.name()
            )?;
            if let Some(first) = versions.first() {
                writeln!(f, "id = \"{}\"", Hex(&first.descriptor.lineage()))?;
            }
            let mut previous = None;
            for found in versions {
                version(f, found, previous)?;
                previous = Some(found.descriptor.fingerprint());
            }
        }
        Ok(())
    }
}

fn version(
    f: &mut fmt::Formatter<'_>,
    found: &LockedVersion,
    previous: Option<[u8; 32]>,
) -> fmt::Result {
    let LockedVersion { descriptor, oldest_writer } = found;
    let (version, min_reader) = (descriptor.version(), descriptor.min_reader());
    writeln!(f, "\n{VERSION}\nversion = {version}\nmin_reader = {min_reader}")?;
    writeln!(f, "oldest_writer = {oldest_writer}")?;
    if let Some(previous) = previous {
        writeln!(f, "previous = \"{}\"", Hex(&previous))?;
    }
    writeln!(f, "fingerprint = \"{}\"", Hex(&descriptor.fingerprint()))?;
    writeln!(f, "seal = \"{}\"", Hex(&found.seal(previous)))?;
    writeln!(f, "descriptor = {}", Lines(&descriptor_text(descriptor)))
}

/// The descriptor on lines of its own, each with a line end.
fn descriptor_text(descriptor: &Descriptor) -> Cow<'_, str> {
    // Canonical JSON and the text of protobuf are UTF-8.
    match (descriptor.encoding(), core::str::from_utf8(descriptor.canonical())) {
        (Encoding::JSON, Ok(text)) => Cow::Owned(pretty_json(text)),
        (Encoding::PROTOBUF, Ok(text)) => Cow::Borrowed(text),
        _ => {
            let mut text = String::new();
            let (lines, rest) = descriptor.canonical().as_chunks::<BYTES_A_LINE>();
            let lines = lines.iter().map(<[u8; BYTES_A_LINE]>::as_slice);
            for line in lines.chain(Some(rest).filter(|rest| !rest.is_empty())) {
                // Writing to a string does not fail.
                let _ = writeln!(text, "{}", Hex(line));
            }
            Cow::Owned(text)
        }
    }
}

/// Bytes as lower-case hexadecimal digits.
pub(super) struct Hex<'a>(pub(super) &'a [u8]);

impl fmt::Display for Hex<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

/// A text as a basic string of TOML.
struct Quoted<'a>(&'a str);

impl fmt::Display for Quoted<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut text = String::new();
        write_string(&mut text, self.0);
        // The one character that JSON leaves bare and TOML does not.
        f.write_str(&text.replace('\u{7f}', "\\u007f"))
    }
}

/// Lines as a string of TOML on several lines.
struct Lines<'a>(&'a str);

impl fmt::Display for Lines<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let is_bare = |character: char| character == '\n' || !character.is_control();
        if !self.0.contains("'''") && self.0.chars().all(is_bare) {
            return write!(f, "'''\n{}'''", self.0);
        }
        f.write_str("\"\"\"\n")?;
        for character in self.0.chars() {
            match character {
                '\\' | '"' => write!(f, "\\{character}")?,
                _ if is_bare(character) => f.write_char(character)?,
                _ => write!(f, "\\u{:04x}", u32::from(character))?,
            }
        }
        f.write_str("\"\"\"")
    }
}

const HEAD: &str = "\
# Every version of every schema, with what identifies it.
# Written by `strictframe schema lock`, to be kept in the repository and reviewed; not to be edited by hand.
format = 1
";
const BYTES_A_LINE: usize = 32;
