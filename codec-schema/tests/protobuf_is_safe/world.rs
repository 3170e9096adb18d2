//! Random protobuf schemas, as data that can be changed and as sources.

use core::fmt;

use fastrand::Rng;
use prost_reflect::prost_types::FileDescriptorSet;
use protox::file::{ChainFileResolver, File, FileResolver, GoogleFileResolver};

use super::mutate::settle;

/// Messages and enums of one package; the first message is the root.
#[derive(Clone)]
pub(crate) struct World {
    pub(crate) is_proto3: bool,
    pub(crate) messages: Vec<Message>,
    pub(crate) enums: Vec<Enum>,
}

#[derive(Clone)]
pub(crate) struct Message {
    pub(crate) name: String,
    pub(crate) fields: Vec<Field>,
    pub(crate) reserved: Vec<u32>,
    pub(crate) reserved_names: Vec<String>,
    pub(crate) has_extensions: bool,
}

#[derive(Clone)]
pub(crate) struct Field {
    pub(crate) number: u32,
    pub(crate) name: String,
    pub(crate) kind: Kind,
    pub(crate) label: Label,
    pub(crate) oneof: Option<String>,
    pub(crate) default: Option<String>,
    pub(crate) json: Option<String>,
    pub(crate) packed: Option<bool>,
    /// What `features.utf8_validation` says of a string.
    pub(crate) is_utf8: bool,
    /// What `features.message_encoding` says of a message: that it is a group.
    pub(crate) is_delimited: bool,
    /// Whether others than the message's author declared it.
    pub(crate) is_extension: bool,
}

#[derive(Clone, Copy, Eq, PartialEq)]
pub(crate) enum Label {
    Implicit,
    Optional,
    Repeated,
    Required,
}

#[derive(Clone, Eq, PartialEq)]
pub(crate) enum Kind {
    Enum(usize),
    Map(&'static str, Box<Self>),
    Message(usize),
    Scalar(&'static str),
}

#[derive(Clone)]
pub(crate) struct Enum {
    pub(crate) name: String,
    pub(crate) is_closed: bool,
    pub(crate) values: Vec<(String, i32)>,
    pub(crate) reserved: Vec<i32>,
    pub(crate) reserved_names: Vec<String>,
}

pub(crate) const SCALARS: [&str; 15] = [
    "double", "float", "int32", "int64", "uint32", "uint64", "sint32", "sint64", "fixed32",
    "fixed64", "sfixed32", "sfixed64", "bool", "string", "bytes",
];
const KEYS: [&str; 5] = ["int32", "uint32", "string", "bool", "sint64"];

impl World {
    pub(crate) fn random(random: &mut Rng) -> Self {
        let is_proto3 = random.bool();
        let enums = (0..2).map(|index| Enum::random(random, index, is_proto3)).collect();
        let names = ["M0", "M1", "M2"].into_iter();
        let messages = names.map(|name| Message {
            name: name.to_owned(),
            fields: Vec::new(),
            reserved: Vec::new(),
            reserved_names: Vec::new(),
            has_extensions: false,
        });
        let mut world = Self { is_proto3, messages: messages.collect(), enums };
        for index in 0..world.messages.len() {
            for number in 1..random.u32(2..7) {
                let field = world.field(random, number);
                world.messages[index].fields.push(field);
            }
            // The root leads to the others.
            let number = 7 + random.u32(0..3);
            let kind = Kind::Message(random.usize(0..3));
            let label = if random.bool() { Label::Repeated } else { Label::Optional };
            let link = Field { kind, label, ..Field::new(number) };
            world.messages[index].fields.push(link);
            if !is_proto3 && random.bool() {
                world.messages[index].has_extensions = true;
                for _ in 0..random.usize(0..3) {
                    let mut field = world.extension(random, index);
                    settle(&mut field);
                    world.messages[index].fields.push(field);
                }
            }
            if random.bool() {
                world.messages[index].reserved = vec![15, 16];
                world.messages[index].reserved_names = vec!["gone".to_owned()];
            }
        }
        world
    }

    /// A field that a compiler takes, under that number.
    pub(crate) fn field(&self, random: &mut Rng, number: u32) -> Field {
        let kind = self.kind(random);
        let label = self.label(random, &kind);
        let (is_utf8, is_delimited) = (random.u8(0..3) > 0, random.u8(0..3) == 0);
        let mut field = Field { kind, label, is_utf8, is_delimited, ..Field::new(number) };
        if label == Label::Optional && random.u8(0..4) == 0 && !matches!(field.kind, Kind::Map(..))
        {
            field.oneof = Some("choice".to_owned());
        }
        field
    }

    /// An extension of the message of that index.
    pub(crate) fn extension(&self, random: &mut Rng, index: usize) -> Field {
        let number = random.u32(100..104);
        let name = format!("x{index}_{number}");
        Field { is_extension: true, oneof: None, name, ..self.field(random, number) }
    }

    pub(crate) fn kind(&self, random: &mut Rng) -> Kind {
        match random.u8(0..8) {
            0 => Kind::Enum(random.usize(0..self.enums.len())),
            1 => Kind::Message(random.usize(0..self.messages.len())),
            2 => {
                let key = KEYS[random.usize(0..KEYS.len())];
                let value = match random.u8(0..4) {
                    // A map starts without keys of an enum whose first value is not 0.
                    0 => Kind::Message(random.usize(0..self.messages.len())),
                    _ => Kind::Scalar(SCALARS[random.usize(0..SCALARS.len())]),
                };
                Kind::Map(key, Box::new(value))
            }
            _ => Kind::Scalar(SCALARS[random.usize(0..SCALARS.len())]),
        }
    }

    pub(crate) fn label(&self, random: &mut Rng, kind: &Kind) -> Label {
        match (kind, self.is_proto3) {
            (Kind::Map(..), _) => Label::Repeated,
            (Kind::Message(_), _) => [Label::Optional, Label::Repeated][random.usize(0..2)],
            (_, true) => [Label::Implicit, Label::Optional, Label::Repeated][random.usize(0..3)],
            // A required message might never end.
            (_, false) => [Label::Optional, Label::Required, Label::Repeated, Label::Optional]
                [random.usize(0..4)],
        }
    }

    /// What protox makes of the source; nothing when it breaks a rule of the language.
    pub(crate) fn descriptor_set(&self) -> Option<FileDescriptorSet> {
        let mut resolver = ChainFileResolver::new();
        resolver.add(Sources(self.sources()));
        resolver.add(GoogleFileResolver::new());
        let mut compiler = protox::Compiler::with_file_resolver(resolver);
        compiler.include_imports(true);
        compiler.open_file("messages.proto").ok()?;
        Some(compiler.file_descriptor_set())
    }

    fn sources(&self) -> Vec<(&'static str, String)> {
        let file = |syntax: &str, enums: Vec<&Enum>| {
            let body: String = enums.into_iter().map(ToString::to_string).collect();
            format!("syntax = \"{syntax}\";\npackage p;\n{body}")
        };
        let (closed, open) = self.enums.iter().partition(|found| found.is_closed);
        vec![
            ("closed.proto", file("proto2", closed)),
            ("open.proto", file("proto3", open)),
            ("messages.proto", self.to_string()),
        ]
    }
}

impl Field {
    fn new(number: u32) -> Self {
        Self {
            number,
            name: format!("f{number}"),
            kind: Kind::Scalar("int32"),
            label: Label::Optional,
            oneof: None,
            default: None,
            json: None,
            packed: None,
            is_utf8: true,
            is_delimited: false,
            is_extension: false,
        }
    }
}

impl Enum {
    fn random(random: &mut Rng, index: usize, is_proto3: bool) -> Self {
        let name = format!("E{index}");
        let values = (0..random.i32(1..4)).map(|number| (format!("{name}_{number}"), number * 2));
        Self {
            is_closed: !is_proto3 && random.bool(),
            values: values.collect(),
            reserved: vec![9],
            reserved_names: vec![format!("{name}_GONE")],
            name,
        }
    }
}

/// A source for each kind of enum, and one for the messages.
struct Sources(Vec<(&'static str, String)>);

impl FileResolver for Sources {
    fn open_file(&self, name: &str) -> Result<File, protox::Error> {
        match self.0.iter().find(|(known, _)| *known == name) {
            Some((_, text)) => File::from_source(name, text),
            None => Err(protox::Error::file_not_found(name)),
        }
    }
}

/// The source of the messages.
impl fmt::Display for World {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let syntax = if self.is_proto3 { "proto3" } else { "proto2" };
        writeln!(f, "syntax = \"{syntax}\";\npackage p;\nimport \"open.proto\";")?;
        if !self.is_proto3 {
            writeln!(f, "import \"closed.proto\";")?;
        }
        for message in &self.messages {
            writeln!(f, "message {} {{", message.name)?;
            let (extensions, fields): (Vec<_>, Vec<_>) =
                message.fields.iter().partition(|field| field.is_extension);
            for field in fields.iter().filter(|field| field.oneof.is_none()) {
                self.field_source(f, field)?;
            }
            let mut oneofs: Vec<&String> =
                message.fields.iter().filter_map(|field| field.oneof.as_ref()).collect();
            oneofs.sort();
            oneofs.dedup();
            for oneof in oneofs {
                writeln!(f, "  oneof {oneof} {{")?;
                for field in
                    message.fields.iter().filter(|field| field.oneof.as_ref() == Some(oneof))
                {
                    self.field_source(f, field)?;
                }
                writeln!(f, "  }}")?;
            }
            for number in &message.reserved {
                writeln!(f, "  reserved {number};")?;
            }
            for name in &message.reserved_names {
                writeln!(f, "  reserved \"{name}\";")?;
            }
            if message.has_extensions {
                writeln!(f, "  extensions 100 to 199;")?;
            }
            writeln!(f, "}}")?;
            if !extensions.is_empty() {
                writeln!(f, "extend {} {{", message.name)?;
                extensions.iter().try_for_each(|field| self.field_source(f, field))?;
                writeln!(f, "}}")?;
            }
        }
        Ok(())
    }
}

impl World {
    fn field_source(&self, f: &mut fmt::Formatter<'_>, field: &Field) -> fmt::Result {
        let Field { number, name, kind, label, oneof, default, json, packed, .. } = field;
        let label = match label {
            _ if oneof.is_some() || matches!(kind, Kind::Map(..)) => "",
            Label::Implicit => "",
            Label::Optional => "optional ",
            Label::Repeated => "repeated ",
            Label::Required => "required ",
        };
        let options = [
            default.as_ref().map(|default| format!("default = {default}")),
            json.as_ref().map(|json| format!("json_name = \"{json}\"")),
            packed.map(|packed| format!("packed = {packed}")),
        ];
        let options: Vec<String> = options.into_iter().flatten().collect();
        let options = match options.is_empty() {
            true => String::new(),
            false => format!(" [{}]", options.join(", ")),
        };
        // The features stand in a comment: the language has no place for them in these syntaxes.
        let features = match kind {
            Kind::Message(_) if field.is_delimited => " // DELIMITED",
            Kind::Enum(_) | Kind::Message(_) => "",
            Kind::Map(..) | Kind::Scalar(_) if field.is_utf8 => "",
            Kind::Map(..) | Kind::Scalar(_) => " // NONE",
        };
        writeln!(f, "  {label}{} {name} = {number}{options};{features}", self.kind_source(kind))
    }

    fn kind_source(&self, kind: &Kind) -> String {
        match kind {
            Kind::Enum(index) => self.enums[*index].name.clone(),
            Kind::Map(key, value) => format!("map<{key}, {}>", self.kind_source(value)),
            Kind::Message(index) => self.messages[*index].name.clone(),
            Kind::Scalar(name) => (*name).to_owned(),
        }
    }
}

impl fmt::Display for Enum {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "enum {} {{", self.name)?;
        let mut numbers: Vec<i32> = self.values.iter().map(|(_, number)| *number).collect();
        numbers.sort_unstable();
        if numbers.windows(2).any(|pair| pair[0] == pair[1]) {
            writeln!(f, "  option allow_alias = true;")?;
        }
        for (name, number) in &self.values {
            writeln!(f, "  {name} = {number};")?;
        }
        for number in &self.reserved {
            writeln!(f, "  reserved {number};")?;
        }
        for name in &self.reserved_names {
            writeln!(f, "  reserved \"{name}\";")?;
        }
        writeln!(f, "}}")
    }
}
