//! What features of editions say of fields, put into schemas of syntaxes that do not have them.

use std::collections::BTreeSet;

use prost_reflect::prost_types::field_descriptor_proto::Type;
use prost_reflect::prost_types::{DescriptorProto, FieldDescriptorProto, FileDescriptorSet};

use super::world::{Field, Kind, World};

impl World {
    /// The field of that number of the message `p.NAME`.
    fn field_of(&self, message: &str, number: i64) -> Option<&Field> {
        let name = message.trim_start_matches('.').strip_prefix("p.")?;
        let message = self.messages.iter().find(|message| message.name == name)?;
        message.fields.iter().find(|field| i64::from(field.number) == number)
    }

    /// What is special in it, each once.
    pub(crate) fn shapes(&self) -> BTreeSet<&'static str> {
        let fields = self.messages.iter().flat_map(|message| &message.fields);
        let of = |field: &Field| {
            let is_text = match &field.kind {
                Kind::Map(_, value) => **value == Kind::Scalar("string"),
                kind => *kind == Kind::Scalar("string"),
            };
            [
                field.is_extension.then_some("extension"),
                (field.is_delimited && matches!(field.kind, Kind::Message(_))).then_some("group"),
                (is_text && !field.is_utf8).then_some("unverified"),
            ]
        };
        fields.flat_map(of).flatten().collect()
    }

    /// Canonical text with the strings that are UTF-8 and those that need not be.
    pub(crate) fn with_strings(&self, text: &str) -> String {
        let (mut out, mut message) = (String::new(), "");
        for line in text.lines() {
            if let Some(name) = line.strip_prefix("message ") {
                message = name;
            }
            let number = line.split(' ').nth(1).and_then(|number| number.parse().ok());
            let field = number.and_then(|number| self.field_of(message, number));
            let word = |word| match (word, field) {
                ("string" | "string-unverified", Some(field)) if field.is_utf8 => "string",
                ("string" | "string-unverified", Some(_)) => "string-unverified",
                (word, _) => word,
            };
            out.push_str(&line.split(' ').map(word).collect::<Vec<_>>().join(" "));
            out.push('\n');
        }
        out
    }

    /// Makes groups of the messages that are delimited.
    pub(crate) fn make_groups(&self, set: &mut FileDescriptorSet) {
        each_field(set, |message, field, _| {
            let found = self.field_of(message, field.number().into());
            if found.is_some_and(|it| it.is_delimited && matches!(it.kind, Kind::Message(_))) {
                field.set_type(Type::Group);
            }
        });
    }

    /// Makes bytes of the strings that need not be UTF-8, because that is how a message in memory can have them. Keys of maps stay as they are.
    pub(crate) fn make_bytes(&self, set: &mut FileDescriptorSet) {
        each_field(set, |message, field, entries| {
            let found = self.field_of(message, field.number().into());
            if found.is_none_or(|it| it.is_utf8) {
                return;
            }
            let entry = field.type_name().rsplit_once('.').map_or("", |(_, name)| name);
            let entry = entries.iter_mut().find(|it| it.name() == entry);
            let value = match entry {
                Some(entry) => entry.field.iter_mut().find(|it| it.number() == 2),
                None => Some(field),
            };
            if let Some(value) = value.filter(|value| value.r#type() == Type::String) {
                value.set_type(Type::Bytes);
            }
        });
    }
}

/// Every field with the message that has it and the entries of that one's maps, and every extension.
fn each_field(
    set: &mut FileDescriptorSet,
    mut look: impl FnMut(&str, &mut FieldDescriptorProto, &mut [DescriptorProto]),
) {
    for file in set.file.iter_mut().filter(|file| file.package() == "p") {
        for message in &mut file.message_type {
            let name = format!("p.{}", message.name());
            for field in &mut message.field {
                look(&name, field, &mut message.nested_type);
            }
        }
        for extension in &mut file.extension {
            let name = extension.extendee().to_owned();
            look(&name, extension, &mut []);
        }
    }
}
