//! Features of an edition, resolved (protobuf editions, "feature lifetimes"; SPEC KEY-6).

use super::descriptor_proto::{FeatureSet, FileDescriptor};

/// What every feature that matters here is set to.
#[derive(Clone, Copy)]
pub(super) struct Features {
    pub(super) presence: Presence,
    pub(super) is_closed: bool,
    pub(super) is_packed: bool,
    pub(super) is_utf8: bool,
    pub(super) is_delimited: bool,
}

#[derive(Clone, Copy)]
pub(super) enum Presence {
    Explicit,
    Implicit,
    Required,
}

impl Features {
    /// The defaults of a file's syntax or edition with the file's own settings; nothing for an edition that is not known.
    pub(super) fn of_file(file: &FileDescriptor) -> Option<Self> {
        let edition = match (file.syntax.as_str(), file.edition) {
            ("" | "proto2", 0) | (_, 998) => Self {
                presence: Presence::Explicit,
                is_closed: true,
                is_packed: false,
                is_utf8: false,
                is_delimited: false,
            },
            ("proto3", 0) | (_, 999) => Self { presence: Presence::Implicit, ..MODERN },
            ("editions", 1000 | 1001) => MODERN,
            _ => return None,
        };
        Some(edition.with(file.options.and_then(|options| options.features)))
    }

    /// These, where `own` does not say otherwise.
    #[must_use]
    pub(super) fn with(self, own: Option<FeatureSet>) -> Self {
        let Some(own) = own else { return self };
        let presence = match own.field_presence {
            1 => Presence::Explicit,
            2 => Presence::Implicit,
            3 => Presence::Required,
            _ => self.presence,
        };
        Self {
            presence,
            is_closed: choose(own.enum_type, 2, 1, self.is_closed),
            is_packed: choose(own.repeated_field_encoding, 1, 2, self.is_packed),
            is_utf8: choose(own.utf8_validation, 2, 3, self.is_utf8),
            is_delimited: choose(own.message_encoding, 2, 1, self.is_delimited),
        }
    }
}

const fn choose(value: i32, yes: i32, no: i32, inherited: bool) -> bool {
    if value == yes { true } else { value != no && inherited }
}

/// The defaults of edition 2023, which 2024 left as they are.
const MODERN: Features = Features {
    presence: Presence::Explicit,
    is_closed: false,
    is_packed: true,
    is_utf8: true,
    is_delimited: false,
};
