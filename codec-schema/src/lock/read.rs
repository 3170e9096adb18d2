//! A lock out of its text, every entry held to what it says of itself.

use alloc::collections::BTreeMap;
use alloc::format;
use alloc::string::{String, ToString as _};
use alloc::vec::Vec;
use core::cmp::Ordering;

use strictframe_core::identity::{self, Encoding};

use super::error::{Entry, LockError, LockErrorKind as Kind};
use super::raw::{RawFormat, RawLineage, RawLock, RawVersion};
use super::write::Hex;
use super::{Lock, LockedVersion, MAX_LEN, place};
use crate::descriptor::Descriptor;
use crate::error::{SchemaError, SchemaErrorKind};
use crate::protobuf::ProtobufSchema;

impl Lock {
    /// Reads a lock file.
    ///
    /// Every lineage id and fingerprint is computed again from the entry, and every version must have been made on the one before it.
    ///
    /// # Errors
    ///
    /// The first fault, each of them a [`LockErrorKind`](super::LockErrorKind) with the entry and line it is about, and how to mend it.
    pub fn read(bytes: &[u8]) -> Result<Self, LockError> {
        if bytes.len() > MAX_LEN {
            let message = format!("{} bytes, and {MAX_LEN} are read", bytes.len());
            return Err(LockError::new(Kind::TooLong, message, "check that it is a lock file"));
        }
        let text = core::str::from_utf8(bytes).map_err(|error| {
            let line = bytes.get(..error.valid_up_to()).unwrap_or_default();
            let line = line.iter().filter(|byte| **byte == b'\n').count().saturating_add(1);
            LockError { line: Some(line), ..syntax("the text is not UTF-8") }
        })?;
        // What checks files out may have changed line ends; no field holds a carriage return.
        let text = text.replace("\r\n", "\n");
        conflict_markers(&text)?;
        let format: RawFormat = parse(&text)?;
        if *format.format.get_ref() != 1 {
            let message = format!("format {}, and this build knows 1", format.format.get_ref());
            let help = "use the strictframe that wrote it, or a newer one";
            let line = Some(place::line(&text, format.format.span().start));
            return Err(LockError { line, ..LockError::new(Kind::FormatUnknown, message, help) });
        }
        let raw: RawLock = parse(&text)?;
        let mut lineages = BTreeMap::new();
        for found in &raw.lineage {
            let key = lineage(&text, found, lineages.last_key_value().map(|(key, _)| key))?;
            let versions = versions(&text, found, key.1)?;
            lineages.insert(key, versions);
        }
        Ok(Self { lineages })
    }
}

/// A merge that was not finished is told as what it is.
fn conflict_markers(text: &str) -> Result<(), LockError> {
    let is_marker = |line: &str| {
        ["<<<<<<<", "=======", ">>>>>>>", "|||||||"].iter().any(|marker| line.starts_with(marker))
    };
    let Some(index) = text.lines().position(is_marker) else { return Ok(()) };
    let help = "keep whole entries of one side, never lines of both, and run `strictframe schema lock` with the merged schemas; `git checkout --ours` or `--theirs` takes one side";
    let line = Some(index.saturating_add(1));
    let error = LockError::new(Kind::ConflictMarker, "a merge is not finished here", help);
    Err(LockError { line, ..error })
}

fn parse<'a, T: serde::Deserialize<'a>>(text: &'a str) -> Result<T, LockError> {
    toml::from_str(text).map_err(|error| {
        let line = error.span().map(|span| place::line(text, span.start));
        let tame = |found: char| if found.is_control() { ' ' } else { found };
        let message: String = error.message().chars().map(tame).collect();
        let entry = line.and_then(|line| place::entry(text, line));
        LockError { line, entry, ..syntax(&message) }
    })
}

fn syntax(message: &str) -> LockError {
    LockError::new(Kind::Syntax, message, RESTORE)
}

/// The name and encoding of a lineage, behind those of the one before it.
fn lineage(
    text: &str,
    raw: &RawLineage,
    before: Option<&(String, Encoding)>,
) -> Result<(String, Encoding), LockError> {
    let name = raw.name.get_ref();
    let refuse = |kind, message: String, help: &str| {
        let entry = Some(Entry { name: name.clone(), version: None });
        let line = Some(place::line(text, raw.name.span().start));
        Err(LockError { entry, line, ..LockError::new(kind, message, help) })
    };
    let all = [Encoding::PROTOBUF, Encoding::JSON, Encoding::OPAQUE];
    let Some(encoding) = all.into_iter().find(|known| known.name() == raw.encoding) else {
        let message = "the encoding is none of protobuf, json and opaque";
        return refuse(Kind::EncodingUnknown, message.to_string(), RESTORE);
    };
    let id = identity::lineage(encoding, name).map(|id| Hex(&id).to_string());
    if id.as_ref() != Some(&raw.id) {
        let message = match id {
            Some(id) => {
                format!("the id of that name and encoding is {id}, and another stands there")
            }
            None => "a name has 1 to 65535 bytes and no leading dot".to_string(),
        };
        return refuse(Kind::LineageId, message, RESTORE);
    }
    let key = (name.clone(), encoding);
    match before.map(|before| (before, before.cmp(&key))) {
        Some((_, Ordering::Equal)) => {
            let message = "the lineage stands twice: two branches locked it, each as its first";
            refuse(Kind::LineageTwice, message.to_string(), FORKED)
        }
        Some((before, Ordering::Greater)) => {
            let message =
                format!("it stands behind {}, and belongs before it", before.0.escape_debug());
            let help = "move the whole lineage to where its name belongs in the order of names";
            refuse(Kind::Order, message, help)
        }
        _ => Ok(key),
    }
}

fn versions(
    text: &str,
    raw: &RawLineage,
    encoding: Encoding,
) -> Result<Vec<LockedVersion>, LockError> {
    let name = raw.name.get_ref();
    if raw.version.is_empty() {
        let error = LockError::new(Kind::VersionOrder, "the lineage has no version", RESTORE);
        return Err(placed(error, text, name, None));
    }
    for (index, found) in raw.version.iter().enumerate() {
        number(raw, index, found).map_err(|error| placed(error, text, name, Some(found)))?;
    }
    let mut versions: Vec<LockedVersion> = Vec::new();
    for found in &raw.version {
        let version = version(found, name, encoding, versions.last())
            .map_err(|error| placed(error, text, name, Some(found)))?;
        versions.push(version);
    }
    Ok(versions)
}

fn placed(error: LockError, text: &str, name: &str, at: Option<&RawVersion>) -> LockError {
    let version = at.map(|found| *found.version.get_ref());
    let line = at.map(|found| place::line(text, found.version.span().start));
    LockError { entry: Some(Entry { name: String::from(name), version }), line, ..error }
}

/// Versions count up from 1; where one stands twice, two branches made it.
fn number(raw: &RawLineage, index: usize, found: &RawVersion) -> Result<(), LockError> {
    let number = found.version.get_ref();
    let expected = u16::try_from(index).unwrap_or(u16::MAX).saturating_add(1);
    if *number == expected {
        return Ok(());
    }
    let mut earlier = raw.version.iter().take(index);
    if let Some(other) = earlier.find(|other| other.version.get_ref() == number) {
        return Err(fork(other, found));
    }
    let message = format!("version {expected} belongs here");
    Err(LockError::new(Kind::VersionOrder, message, RESTORE))
}

fn fork(one: &RawVersion, other: &RawVersion) -> LockError {
    let number = one.version.get_ref();
    if one.fingerprint == other.fingerprint {
        let message = format!("version {number} stands twice, both times the same");
        return LockError::new(Kind::VersionOrder, message, "remove one of both");
    }
    let base = match (&one.previous, number.checked_sub(1)) {
        (previous, Some(before)) if *previous == other.previous && before > 0 => {
            format!(" on version {before}")
        }
        _ => String::new(),
    };
    let message = format!(
        "a fork: two branches each made a version {number}{base}, one with fingerprint {}, the other with {}; readers of one refuse frames of the other as SchemaFork",
        start(&one.fingerprint),
        start(&other.fingerprint),
    );
    LockError::new(Kind::Fork, message, FORKED)
}

fn version(
    raw: &RawVersion,
    name: &str,
    encoding: Encoding,
    before: Option<&LockedVersion>,
) -> Result<LockedVersion, LockError> {
    let RawVersion { min_reader, oldest_writer, previous, .. } = raw;
    let version = *raw.version.get_ref();
    let refuse = |kind, message: String, help| Err(LockError::new(kind, message, help));
    // SPEC [CLS-1]: neither number ever falls.
    let least = before.map_or((1, 1), |found| (found.descriptor.min_reader(), found.oldest_writer));
    for (field, number, least) in
        [("min_reader", min_reader, least.0), ("oldest_writer", oldest_writer, least.1)]
    {
        if !(least..=version).contains(number) {
            let message = format!("{field} is {number}, and {least} to {version} are possible");
            return refuse(Kind::Range, message, RESTORE);
        }
    }
    let descriptor = descriptor(raw, name, encoding, version).map_err(|error| {
        let what = match error.kind() {
            SchemaErrorKind::NotCanonical => {
                "the descriptor is not written as it was locked".into()
            }
            _ => format!("the descriptor is refused: {error}"),
        };
        LockError::new(Kind::Descriptor(Some(error)), what, RESTORE)
    })?;
    let fingerprint = Hex(&descriptor.fingerprint()).to_string();
    if fingerprint != raw.fingerprint {
        let message = format!(
            "the fingerprint of what stands here is {}, and {} stands there: a field was edited, or a merge mixed lines of two versions",
            start(&fingerprint),
            start(&raw.fingerprint),
        );
        return refuse(Kind::Fingerprint, message, RESTORE);
    }
    let expected = before.map(|found| found.descriptor.fingerprint());
    let expected_text = expected.map(|found| Hex(&found).to_string());
    if *previous != expected_text {
        let message = match (&expected_text, previous) {
            (Some(expected), Some(previous)) => format!(
                "it was made on a version with fingerprint {}, and the one before it has {}",
                start(previous),
                start(expected),
            ),
            (Some(_), None) => "it does not say on which version it was made".to_string(),
            (None, _) => {
                "it says that it was made on another version, and is the first".to_string()
            }
        };
        let help = "the version before it was made in two branches, and this one continues the other: put back the one it was made on, or remove this version and run `strictframe schema lock`";
        return refuse(Kind::BrokenChain, message, help);
    }
    let locked = LockedVersion::new(descriptor, *oldest_writer);
    if Hex(&locked.seal(expected)).to_string() != raw.seal {
        let message = "the seal does not match: it or oldest_writer was edited";
        return refuse(Kind::Seal, message.to_string(), RESTORE);
    }
    Ok(locked)
}

fn descriptor(
    raw: &RawVersion,
    name: &str,
    encoding: Encoding,
    version: u16,
) -> Result<Descriptor, SchemaError> {
    let (text, min_reader) = (raw.descriptor.as_str(), raw.min_reader);
    match encoding {
        // SPEC [KEY-3]: white space is no part of it.
        Encoding::JSON => Descriptor::json(name, version, min_reader, text.as_bytes()),
        Encoding::PROTOBUF => {
            let schema = ProtobufSchema::parse(text.as_bytes())?;
            let found = Descriptor::protobuf(name, version, min_reader, &schema)?;
            // SPEC [KEY-6]: one spelling, and no type that the message does not lead to.
            if found.canonical() != text.as_bytes() {
                return Err(SchemaErrorKind::NotCanonical.into());
            }
            Ok(found)
        }
        _ => {
            let bytes = bytes(text).ok_or(SchemaErrorKind::NotCanonical)?;
            Descriptor::opaque(name, version, min_reader, &bytes)
        }
    }
}

/// The bytes that lines of lower-case hexadecimal digits stand for.
fn bytes(text: &str) -> Option<Vec<u8>> {
    let digits: Vec<u8> = text.bytes().filter(|byte| *byte != b'\n').collect();
    let (pairs, []) = digits.as_chunks::<2>() else { return None };
    let digit = |byte: u8| match byte {
        b'0'..=b'9' => byte.checked_sub(b'0'),
        b'a'..=b'f' => byte.checked_sub(b'a').and_then(|above| above.checked_add(10)),
        _ => None,
    };
    pairs.iter().map(|[high, low]| Some(digit(*high)?.checked_shl(4)? | digit(*low)?)).collect()
}

/// As much of a fingerprint as tells it from others.
fn start(fingerprint: &str) -> String {
    let start: String = fingerprint.chars().take(16).collect();
    format!("{}...", start.escape_debug())
}

const RESTORE: &str = "put back the whole entry as it was, which the history of the repository has, and run `strictframe schema lock`; no field is to be edited by hand";
const FORKED: &str = "frames of both may have been written: keep the entry whose frames have to be read, remove the other, and run `strictframe schema lock` with the merged schema, which becomes the next version";
