//! Fields of a message and extensions of it, alike.

use prost_reflect::{
    Cardinality, DynamicMessage, ExtensionDescriptor, FieldDescriptor, Kind, MessageDescriptor,
    Value,
};

pub(crate) enum Slot {
    Extension(ExtensionDescriptor),
    Field(FieldDescriptor),
}

/// Calls the method of that name of either.
macro_rules! either {
    ($slot:expr, $found:ident => $call:expr) => {
        match $slot {
            Slot::Extension($found) => $call,
            Slot::Field($found) => $call,
        }
    };
}

impl Slot {
    /// All that the type has or knows.
    pub(crate) fn all(descriptor: &MessageDescriptor) -> Vec<Self> {
        let extensions = descriptor.extensions().map(Self::Extension);
        descriptor.fields().map(Self::Field).chain(extensions).collect()
    }

    pub(crate) fn of(descriptor: &MessageDescriptor, number: u32) -> Option<Self> {
        let extension = || descriptor.get_extension(number).map(Self::Extension);
        descriptor.get_field(number).map(Self::Field).or_else(extension)
    }

    pub(crate) fn number(&self) -> u32 {
        either!(self, it => it.number())
    }

    pub(crate) fn full_name(&self) -> &str {
        either!(self, it => it.full_name())
    }

    pub(crate) fn kind(&self) -> Kind {
        either!(self, it => it.kind())
    }

    pub(crate) fn is_required(&self) -> bool {
        either!(self, it => it.cardinality()) == Cardinality::Required
    }

    pub(crate) fn is_list(&self) -> bool {
        either!(self, it => it.is_list())
    }

    pub(crate) fn is_map(&self) -> bool {
        either!(self, it => it.is_map())
    }

    /// Whether it is one message, and neither several nor a map.
    pub(crate) fn is_one_message(&self) -> bool {
        matches!(self.kind(), Kind::Message(_)) && !self.is_list() && !self.is_map()
    }

    pub(crate) fn supports_presence(&self) -> bool {
        either!(self, it => it.supports_presence())
    }

    pub(crate) fn is_in(&self, message: &DynamicMessage) -> bool {
        match self {
            Self::Extension(extension) => message.has_extension(extension),
            Self::Field(field) => message.has_field(field),
        }
    }

    /// The value, or the default where there is none.
    pub(crate) fn get(&self, message: &DynamicMessage) -> Value {
        match self {
            Self::Extension(extension) => message.get_extension(extension).into_owned(),
            Self::Field(field) => message.get_field(field).into_owned(),
        }
    }

    pub(crate) fn set(&self, message: &mut DynamicMessage, value: Value) {
        match self {
            Self::Extension(extension) => message.set_extension(extension, value),
            Self::Field(field) => message.set_field(field, value),
        }
    }
}
