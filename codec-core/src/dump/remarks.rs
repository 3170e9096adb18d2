//! What a verdict means for a single field.

use super::span::length;
use super::walk::Walk;
use super::{Status, Value};
use crate::error::{Error, ErrorKind};
use crate::limits::HEADER_LEN;

impl Walk<'_> {
    pub(super) fn note(
        &self,
        name: &'static str,
        offset: usize,
        status: Status,
        value: Value<'_>,
    ) -> Option<&'static str> {
        let decoder = self.decoder.map(|error| (error.kind(), is_at(&error, offset)));
        match (name, status, value, decoder) {
            ("lineage", Status::Wrong(_), ..) => Some("not for this kind"),
            ("version", Status::Wrong(ErrorKind::UnsupportedVersion), ..) => Some("not 1"),
            ("version", Status::Wrong(_), ..) => Some("not 1..65535"),
            ("min_reader", Status::Wrong(_), ..) => Some("not 1..version"),
            ("ext_len", Status::Wrong(ErrorKind::ExtensionError), ..) => Some("not 4..4096"),
            (_, Status::Wrong(ErrorKind::LimitExceeded { .. }), ..) => Some("above the limit"),
            ("body_len", Status::Unverified, ..) => Some("not followed"),
            ("previous offset", _, Value::Number(u64::MAX), _) => Some("none"),
            ("time", _, Value::Signed(_), _) => Some("ns since 1970"),
            ("sequences", _, Value::Bytes, _) => Some("not a whole block"),
            ("type", _, _, Some((ErrorKind::UnknownCritical, true))) => {
                Some("critical, decoders refuse it")
            }
            ("stored", _, _, Some((ErrorKind::CodecProfile, _))) => {
                Some("outside the codec's profile")
            }
            ("stored", _, _, Some((ErrorKind::BatchStructure, _))) => {
                Some("the batch does not add up")
            }
            _ => None,
        }
    }

    pub(super) fn is_header_verified(&self) -> bool {
        // SPEC [ERR-2]: before the header's checksum matched, everything shown is unverified.
        !self.refusal.is_some_and(|error| match error.kind() {
            ErrorKind::BadMagic { .. } | ErrorKind::UnsupportedVersion | ErrorKind::HeaderCrc => {
                true
            }
            ErrorKind::Truncated { have, .. } => length(have) < HEADER_LEN,
            _ => false,
        })
    }

    /// Whether kind, codec and flags are such that the body's fields follow from them.
    pub(super) fn is_layout_known(&self) -> bool {
        !self.refusal.is_some_and(|error| {
            matches!(
                error.kind(),
                ErrorKind::BadKind | ErrorKind::BadCodec | ErrorKind::ReservedFlag
            )
        })
    }
}

/// Whether an error of that kind, at the offset of a field, is about this field and not about its neighbour.
pub(super) fn blames(kind: ErrorKind, name: &str, depth: u8, bytes: &[u8], is_cut: bool) -> bool {
    let has_flags = bytes.first().is_some_and(|byte| byte & 15 != 0);
    match kind {
        ErrorKind::Truncated { .. } | ErrorKind::TrailingData => false,
        ErrorKind::BadKind => name == "kind",
        ErrorKind::BadCodec => name == "codec",
        // A codec on a control frame is such a flag as well.
        ErrorKind::ReservedFlag => name == if has_flags { "flags" } else { "codec" },
        ErrorKind::FrameCrc => name == "frame_crc",
        ErrorKind::ExtensionError => name == "ext_len" || name == "type",
        // An empty field that is whole shares its offset with the next, which then is the wrong one.
        ErrorKind::BodyStructure => {
            depth == 0 && name != "frame_crc" && (is_cut || !bytes.is_empty())
        }
        _ => depth == 0,
    }
}

pub(super) fn is_at(error: &Error, offset: usize) -> bool {
    !error.is_in_raw() && length(error.offset()) == offset
}
