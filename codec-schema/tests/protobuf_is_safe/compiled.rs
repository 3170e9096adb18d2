//! A schema as each library has it.

use std::collections::BTreeSet;

use prost::Message as _;
use prost_reflect::{DescriptorPool, MessageDescriptor};
use strictframe_schema::Descriptor;
use strictframe_schema::payload::{Layout, Scratch};
use strictframe_schema::protobuf::ProtobufSchema;

use super::Form;
use super::world::{Message, World};

/// A schema that compiles.
pub(crate) struct Compiled {
    schema: ProtobufSchema,
    layout: Layout,
    /// With bytes for strings that need not be UTF-8.
    wire: DescriptorPool,
    json: DescriptorPool,
}

impl World {
    /// The schema as both libraries have it; nothing when it breaks a rule of the language.
    pub(crate) fn compile(&self) -> Option<Compiled> {
        // protox takes two extensions of one number.
        if self.messages.iter().any(has_number_twice) {
            return None;
        }
        let mut set = self.descriptor_set()?;
        self.make_groups(&mut set);
        let read = ProtobufSchema::from_descriptor_set(&set.encode_to_vec());
        let text = read.unwrap_or_else(|error| panic!("{error} in\n{self}")).to_string();
        let schema = ProtobufSchema::parse(self.with_strings(&text).as_bytes()).unwrap();
        // A schema that no descriptor can be made of cannot become a version.
        Descriptor::protobuf("p.M0", 1, 1, &schema).ok()?;
        let layout = Layout::of_schema(&schema, "p.M0").unwrap();
        let json = DescriptorPool::from_file_descriptor_set(set.clone()).unwrap();
        self.make_bytes(&mut set);
        let wire = DescriptorPool::from_file_descriptor_set(set).unwrap();
        Some(Compiled { schema, layout, wire, json })
    }
}

fn has_number_twice(message: &Message) -> bool {
    let numbers: BTreeSet<u32> = message.fields.iter().map(|field| field.number).collect();
    numbers.len() < message.fields.len()
}

impl Compiled {
    pub(crate) fn descriptor(&self, version: u16) -> Descriptor {
        Descriptor::protobuf("p.M0", version, 1, &self.schema).unwrap()
    }

    pub(crate) fn root(&self, form: Form) -> MessageDescriptor {
        let pool = match form {
            Form::Json => &self.json,
            Form::Wire => &self.wire,
        };
        pool.get_message_by_name("p.M0").unwrap()
    }

    /// What a strict reader says of a payload.
    pub(crate) fn check(&self, payload: &[u8]) -> Result<(), String> {
        let checked = self.layout.check(payload, &mut Scratch::default());
        checked.map(drop).map_err(|error| error.to_string())
    }
}
