//! A value as it is sent, without a copy of it.

use serde::ser::{Serialize, SerializeMap as _, SerializeSeq as _, Serializer};
use serde_json::Value;

use super::{Names, Redactions, Redactor};

/// Serializes a value with its secrets masked.
pub(in crate::state) struct View<'a> {
    redactor: &'a Redactor,
    value: &'a Value,
    names: &'a Names<'a>,
}

impl Redactor {
    pub(in crate::state) const fn view<'a>(
        &'a self,
        value: &'a Value,
        names: &'a Names<'a>,
    ) -> View<'a> {
        View { redactor: self, value, names }
    }
}

impl Serialize for View<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Self { redactor, value, names } = *self;
        match value {
            Value::Array(values) => {
                let mut list = serializer.serialize_seq(Some(values.len()))?;
                for value in values {
                    list.serialize_element(&redactor.view(value, names))?;
                }
                list.end()
            }
            Value::Object(members) => {
                let mut map = serializer.serialize_map(Some(members.len()))?;
                for (name, value) in members {
                    map.serialize_entry(name, &redactor.view(value, &names.member(name)))?;
                }
                map.end()
            }
            leaf => match redactor.masked(leaf, names, &mut Redactions::default()) {
                Some(masked) => serializer.serialize_str(&masked),
                None => leaf.serialize(serializer),
            },
        }
    }
}
