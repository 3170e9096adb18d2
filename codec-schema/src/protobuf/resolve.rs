//! From a `FileDescriptorSet`, as every protobuf compiler writes it, to types whose features are resolved (SPEC KEY-6).

use alloc::boxed::Box;
use alloc::collections::BTreeMap;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use prost::Message as _;

use super::default::canonical_default;
use super::descriptor_proto::{
    EnumDescriptor, FieldDescriptor, FileDescriptorSet, MessageDescriptor,
};
use super::features::{Features, Presence};
use super::model::{
    Enum, Field, FieldType, Label, Message, ProtobufSchema, Scalar, Type, json_name,
};
use crate::error::{SchemaError, SchemaErrorKind};

impl ProtobufSchema {
    /// The types of a serialized `FileDescriptorSet`: of every file, extensions with the message they extend.
    ///
    /// Files may stand in any order. Comments, file names, imports, services and options that change no bytes leave no trace.
    ///
    /// # Errors
    ///
    /// `DescriptorSet` when the bytes are no such set or contradict themselves, `UnknownEdition`, `MessageSet` for a message with that wire format,
    /// `TypeRule` for a default that does not fit its type or a type that is there twice.
    pub fn from_descriptor_set(bytes: &[u8]) -> Result<Self, SchemaError> {
        let set = FileDescriptorSet::decode(bytes).map_err(|_| SchemaErrorKind::DescriptorSet)?;
        let mut resolver = Resolver::default();
        for file in &set.file {
            let features = Features::of_file(file).ok_or(SchemaErrorKind::UnknownEdition)?;
            let scope = Scope { prefix: &file.package, features };
            for message in &file.message_type {
                resolver.entries(&scope, message);
            }
        }
        for file in &set.file {
            let features = Features::of_file(file).ok_or(SchemaErrorKind::UnknownEdition)?;
            let scope = Scope { prefix: &file.package, features };
            file.enum_type.iter().try_for_each(|found| resolver.enumeration(&scope, found))?;
            file.message_type.iter().try_for_each(|found| resolver.message(&scope, found))?;
            file.extension.iter().try_for_each(|found| resolver.extension(&scope, found))?;
        }
        resolver.finish()
    }
}

/// Where a declaration stands: the full name of what is around it, and the features that hold there.
struct Scope<'a> {
    prefix: &'a str,
    features: Features,
}

impl Scope<'_> {
    fn full_name(&self, name: &str) -> String {
        if self.prefix.is_empty() { name.to_string() } else { format!("{}.{name}", self.prefix) }
    }
}

#[derive(Default)]
struct Resolver<'a> {
    schema: ProtobufSchema,
    /// Map entries by full name, with the features inside them.
    map_entries: BTreeMap<String, (&'a MessageDescriptor, Features)>,
    extensions: Vec<(String, u32, Field)>,
}

impl<'a> Resolver<'a> {
    /// Finds the messages that are pairs of a map, so that fields of other files can be told to be maps.
    fn entries(&mut self, scope: &Scope<'_>, message: &'a MessageDescriptor) {
        let name = scope.full_name(&message.name);
        let options = message.options.unwrap_or_default();
        let features = scope.features.with(options.features);
        for nested in &message.nested_type {
            self.entries(&Scope { prefix: &name, features }, nested);
        }
        if options.map_entry {
            self.map_entries.insert(name, (message, features));
        }
    }

    fn message(
        &mut self,
        scope: &Scope<'_>,
        source: &MessageDescriptor,
    ) -> Result<(), SchemaError> {
        let name = scope.full_name(&source.name);
        let options = source.options.unwrap_or_default();
        if options.map_entry {
            return Ok(());
        }
        if options.message_set_wire_format {
            return Err(SchemaErrorKind::MessageSet.into());
        }
        let scope = Scope { prefix: &name, features: scope.features.with(options.features) };
        source.enum_type.iter().try_for_each(|found| self.enumeration(&scope, found))?;
        source.nested_type.iter().try_for_each(|found| self.message(&scope, found))?;
        source.extension.iter().try_for_each(|found| self.extension(&scope, found))?;
        let mut message = Message::default();
        for found in &source.field {
            let (number, field) = self.field(&scope, source, found)?;
            if message.fields.insert(number, field).is_some() {
                return Err(SchemaErrorKind::DescriptorSet.into());
            }
        }
        for range in &source.extension_range {
            message.extensions.add(range.start.into(), i64::from(range.end).saturating_sub(1));
        }
        for range in &source.reserved_range {
            message.reserved.add(range.start.into(), i64::from(range.end).saturating_sub(1));
        }
        message.reserved_names =
            source.reserved_name.iter().map(|name| (name.clone(), ())).collect();
        self.insert(name, Type::Message(message))
    }

    fn enumeration(
        &mut self,
        scope: &Scope<'_>,
        source: &EnumDescriptor,
    ) -> Result<(), SchemaError> {
        let features = source.options.and_then(|options| options.features);
        let mut found =
            Enum { is_closed: scope.features.with(features).is_closed, ..Enum::default() };
        if found.is_closed {
            found.first = source.value.first().map_or(0, |value| value.number);
        }
        for value in &source.value {
            if let Some(names) = found.values.get_or_insert_with(value.number, Vec::new) {
                names.push(value.name.clone());
            }
        }
        for range in &source.reserved_range {
            found.reserved.add(range.start.into(), range.end.into());
        }
        found.reserved_names = source.reserved_name.iter().map(|name| (name.clone(), ())).collect();
        self.insert(scope.full_name(&source.name), Type::Enum(found))
    }

    fn extension(
        &mut self,
        scope: &Scope<'_>,
        source: &FieldDescriptor,
    ) -> Result<(), SchemaError> {
        let (number, field) = self.field(scope, &MessageDescriptor::default(), source)?;
        let name = scope.full_name(&source.name);
        let field = Field { name, json_name: None, ..field };
        self.extensions.push((full(&source.extendee)?, number, field));
        Ok(())
    }

    fn field(
        &self,
        scope: &Scope<'_>,
        parent: &MessageDescriptor,
        source: &FieldDescriptor,
    ) -> Result<(u32, Field), SchemaError> {
        let number = u32::try_from(source.number).map_err(|_| SchemaErrorKind::DescriptorSet)?;
        // A field that is optional in proto3 stands in a oneof of its own, for compilers that do not know the word.
        let oneof = match source.oneof_index.filter(|_| !source.proto3_optional) {
            Some(index) => {
                let index = usize::try_from(index).map_err(|_| SchemaErrorKind::DescriptorSet)?;
                Some(parent.oneof_decl.get(index).ok_or(SchemaErrorKind::DescriptorSet)?)
            }
            None => None,
        };
        let arms = oneof.and_then(|oneof| oneof.options).and_then(|options| options.features);
        let options = source.options.unwrap_or_default();
        let features = scope.features.with(arms).with(options.features);
        let kind = self.kind(source, features)?;
        let is_extension = !source.extendee.is_empty();
        let label = match (source.label, features.presence) {
            (3, _) if !kind.is_packable() => Label::Repeated,
            (3, _) if options.packed.unwrap_or(features.is_packed) => Label::Packed,
            (3, _) => Label::Repeated,
            (2, _) => Label::Required,
            _ if oneof.is_some() || source.proto3_optional || is_extension => Label::Explicit,
            (_, Presence::Required) => Label::Required,
            _ if matches!(kind, FieldType::Group(_) | FieldType::Message(_)) => Label::Explicit,
            (_, Presence::Implicit) => Label::Implicit,
            (_, Presence::Explicit) => Label::Explicit,
        };
        let default = match &source.default_value {
            Some(given) => Some(canonical_default(&kind, given).ok_or(SchemaErrorKind::TypeRule)?),
            None => None,
        };
        let json_name = source.json_name.clone().filter(|name| *name != json_name(&source.name));
        let oneof = oneof.map(|oneof| oneof.name.clone());
        let name = source.name.clone();
        Ok((number, Field { name, is_extension, kind, label, oneof, default, json_name }))
    }

    fn kind(&self, source: &FieldDescriptor, features: Features) -> Result<FieldType, SchemaError> {
        let type_name = || full(&source.type_name);
        Ok(match source.kind {
            14 => FieldType::Enum(type_name()?),
            10 | 11 => {
                let name = type_name()?;
                match self.map_entries.get(&name) {
                    Some((entry, inside)) if source.label == 3 => self.map(entry, *inside)?,
                    Some(_) => return Err(SchemaErrorKind::DescriptorSet.into()),
                    None if source.kind == 10 || features.is_delimited => FieldType::Group(name),
                    None => FieldType::Message(name),
                }
            }
            kind => FieldType::Scalar(scalar(kind, features)?),
        })
    }

    /// The map that an entry's two fields make. Its values are behind their length, whatever the features say.
    fn map(&self, entry: &MessageDescriptor, inside: Features) -> Result<FieldType, SchemaError> {
        let field = |number| {
            let found = entry.field.iter().find(|field| field.number == number);
            let found = found.ok_or(SchemaErrorKind::DescriptorSet)?;
            let own = found.options.and_then(|options| options.features);
            Ok::<_, SchemaError>((found, Features { is_delimited: false, ..inside.with(own) }))
        };
        let ((key, key_features), (value, value_features)) = (field(1)?, field(2)?);
        let key = scalar(key.kind, key_features)?;
        if value.type_name.is_empty() {
            let value = scalar(value.kind, value_features)?;
            return Ok(FieldType::Map(key, Box::new(FieldType::Scalar(value))));
        }
        Ok(FieldType::Map(key, Box::new(self.kind(value, value_features)?)))
    }

    fn insert(&mut self, name: String, kind: Type) -> Result<(), SchemaError> {
        match self.schema.types.insert(name, kind) {
            None => Ok(()),
            Some(_) => Err(SchemaErrorKind::TypeRule.into()),
        }
    }

    /// Puts every extension into the message it extends.
    fn finish(mut self) -> Result<ProtobufSchema, SchemaError> {
        for (extendee, number, field) in self.extensions {
            // What nobody compiled beside it has no descriptor that it could be missing from.
            let Some(Type::Message(message)) = self.schema.types.get_mut(&extendee) else {
                continue;
            };
            if message.fields.insert(number, field).is_some() {
                return Err(SchemaErrorKind::DescriptorSet.into());
            }
        }
        Ok(self.schema)
    }
}

/// A resolved name, without the dot that says so.
fn full(name: &str) -> Result<String, SchemaError> {
    name.strip_prefix('.').map(ToString::to_string).ok_or(SchemaErrorKind::DescriptorSet.into())
}

fn scalar(kind: i32, features: Features) -> Result<Scalar, SchemaError> {
    Ok(match kind {
        1 => Scalar::Double,
        2 => Scalar::Float,
        3 => Scalar::Int64,
        4 => Scalar::Uint64,
        5 => Scalar::Int32,
        6 => Scalar::Fixed64,
        7 => Scalar::Fixed32,
        8 => Scalar::Bool,
        9 if features.is_utf8 => Scalar::String,
        9 => Scalar::StringUnverified,
        12 => Scalar::Bytes,
        13 => Scalar::Uint32,
        15 => Scalar::Sfixed32,
        16 => Scalar::Sfixed64,
        17 => Scalar::Sint32,
        18 => Scalar::Sint64,
        _ => return Err(SchemaErrorKind::DescriptorSet.into()),
    })
}
