//! Events as records of Avro and as messages of protobuf, behind the prefix of Confluent's serializers or a fingerprint; nothing checked.

use std::collections::HashMap;

use apache_avro::reader::datum::GenericDatumReader;
use apache_avro::types::Value;
use apache_avro::writer::datum::GenericDatumWriter;
use apache_avro::{GenericSingleObjectReader, GenericSingleObjectWriter, Schema};
use bytes::Bytes;
use prost::Message as _;
use strictframe_benches::Fault;
use strictframe_benches::contestant::{Card, Carries, Contestant, Group, Packing, Taken};
use strictframe_benches::corpus::Record;
use strictframe_benches::event::{AttributeValue, Event, Header};

use super::{card, one};

/// A zero, the id of the schema, and an event of Avro; readers know one id and refuse every other.
pub(super) struct ConfluentAvro(Schema);

/// A zero, the id of the schema, the place of the message in its file, and an event of protobuf.
pub(super) struct ConfluentProtobuf;

/// Two marker bytes, the fingerprint of the schema, and an event of Avro.
pub(super) struct SingleObject {
    writer: GenericSingleObjectWriter,
    reader: GenericSingleObjectReader,
}

impl ConfluentAvro {
    pub(super) fn new() -> Result<Self, Fault> {
        Ok(Self(Schema::parse_str(SCHEMA)?))
    }
}

impl SingleObject {
    pub(super) fn new() -> Result<Self, Fault> {
        let schema = Schema::parse_str(SCHEMA)?;
        let writer = GenericSingleObjectWriter::new_with_capacity(&schema, 4096)?;
        let reader = GenericSingleObjectReader::builder().schema(schema).build()?;
        Ok(Self { writer, reader })
    }
}

impl Contestant for ConfluentAvro {
    fn card(&self) -> Card {
        of_events("avro behind Confluent's prefix")
    }

    fn encode(&mut self, records: &[Record], out: &mut Vec<u8>) -> Result<(), Fault> {
        out.extend_from_slice(&PREFIX);
        let value = value(&one(records)?.event)?;
        GenericDatumWriter::builder(&self.0).build()?.write_value_ref(out, &value)?;
        Ok(())
    }

    fn decode(&mut self, bytes: &Bytes, take: &mut dyn FnMut(Taken<'_>)) -> Result<(), Fault> {
        let mut rest = bytes.strip_prefix(&PREFIX).ok_or("no magic or no known schema")?;
        let value = GenericDatumReader::builder(&self.0).build()?.read_value(&mut rest)?;
        give(value, rest, take)
    }
}

impl Contestant for ConfluentProtobuf {
    fn card(&self) -> Card {
        of_events("protobuf behind Confluent's prefix")
    }

    fn encode(&mut self, records: &[Record], out: &mut Vec<u8>) -> Result<(), Fault> {
        out.extend_from_slice(&PREFIX);
        // The first message of its file.
        out.push(0);
        Ok(one(records)?.event.encode(out)?)
    }

    fn decode(&mut self, bytes: &Bytes, take: &mut dyn FnMut(Taken<'_>)) -> Result<(), Fault> {
        let rest = bytes.strip_prefix(&PREFIX).ok_or("no magic or no known schema")?;
        let message = rest.strip_prefix(&[0]).ok_or("another message")?;
        take(Taken::Event(&Event::decode(message)?));
        Ok(())
    }
}

impl Contestant for SingleObject {
    fn card(&self) -> Card {
        of_events("avro single object, typed")
    }

    fn encode(&mut self, records: &[Record], out: &mut Vec<u8>) -> Result<(), Fault> {
        self.writer.write_value_ref(&value(&one(records)?.event)?, out)?;
        Ok(())
    }

    fn decode(&mut self, bytes: &Bytes, take: &mut dyn FnMut(Taken<'_>)) -> Result<(), Fault> {
        let mut rest = bytes.as_ref();
        let value = self.reader.read_value(&mut rest)?;
        give(value, rest, take)
    }
}

fn of_events(name: &str) -> Card {
    Card { carries: Carries::Events, ..card(name, Packing::Plain, Group::Single, false) }
}

/// Bytes that are left over are refused, which the format leaves to its users.
fn give(value: Value, rest: &[u8], take: &mut dyn FnMut(Taken<'_>)) -> Result<(), Fault> {
    if !rest.is_empty() {
        return Err("bytes behind the value".into());
    }
    take(Taken::Event(&event(value)?));
    Ok(())
}

/// In the order of the schema.
fn value(event: &Event) -> Result<Value, Fault> {
    let header = event.header.as_ref().ok_or("no header")?;
    let text = |text: &str| Value::String(text.to_owned());
    let record = |fields: Vec<(&str, Value)>| {
        Value::Record(fields.into_iter().map(|(name, value)| (name.to_owned(), value)).collect())
    };
    let header = record(vec![
        ("message_id", Value::Bytes(header.message_id.clone())),
        ("timestamp_us", Value::Long(header.timestamp_us)),
        ("tenant_id", text(&header.tenant_id)),
        ("thread_id", text(&header.thread_id)),
        ("sequence", Value::Long(header.sequence.try_into()?)),
        ("type", Value::Int(header.r#type)),
        ("parent_id", Value::Bytes(header.parent_id.clone())),
        ("compression", Value::Int(header.compression)),
        ("schema_version", Value::Int(header.schema_version.try_into()?)),
    ]);
    let of = |(name, value): (&String, &AttributeValue)| {
        (name.clone(), text(value.string_value.as_deref().unwrap_or_default()))
    };
    Ok(record(vec![
        ("header", header),
        ("event_type", Value::Int(event.event_type)),
        ("node_id", text(&event.node_id)),
        ("attributes", Value::Map(event.attributes.iter().map(of).collect())),
        ("duration_us", Value::Long(event.duration_us)),
        ("llm_request_id", text(&event.llm_request_id)),
    ]))
}

fn event(value: Value) -> Result<Event, Fault> {
    let mut event = Event::default();
    for (name, value) in fields(value)? {
        match (name.as_str(), value) {
            ("header", value) => event.header = Some(header(value)?),
            ("event_type", Value::Int(number)) => event.event_type = number,
            ("node_id", Value::String(text)) => event.node_id = text,
            ("attributes", Value::Map(map)) => event.attributes = attributes(map)?,
            ("duration_us", Value::Long(number)) => event.duration_us = number,
            ("llm_request_id", Value::String(text)) => event.llm_request_id = text,
            (name, _) => return Err(format!("{name} of another type").into()),
        }
    }
    Ok(event)
}

fn header(value: Value) -> Result<Header, Fault> {
    let mut header = Header::default();
    for (name, value) in fields(value)? {
        match (name.as_str(), value) {
            ("message_id", Value::Bytes(bytes)) => header.message_id = bytes,
            ("timestamp_us", Value::Long(number)) => header.timestamp_us = number,
            ("tenant_id", Value::String(text)) => header.tenant_id = text,
            ("thread_id", Value::String(text)) => header.thread_id = text,
            ("sequence", Value::Long(number)) => header.sequence = number.try_into()?,
            ("type", Value::Int(number)) => header.r#type = number,
            ("parent_id", Value::Bytes(bytes)) => header.parent_id = bytes,
            ("compression", Value::Int(number)) => header.compression = number,
            ("schema_version", Value::Int(number)) => header.schema_version = number.try_into()?,
            (name, _) => return Err(format!("{name} of another type").into()),
        }
    }
    Ok(header)
}

fn attributes(map: HashMap<String, Value>) -> Result<HashMap<String, AttributeValue>, Fault> {
    let of = |(name, value)| match value {
        Value::String(text) => Ok((name, AttributeValue { string_value: Some(text) })),
        _ => Err("an attribute of another type".into()),
    };
    map.into_iter().map(of).collect()
}

fn fields(value: Value) -> Result<Vec<(String, Value)>, Fault> {
    match value {
        Value::Record(fields) => Ok(fields),
        _ => Err("not a record".into()),
    }
}

/// A zero, and the id that the registry gave the schema.
const PREFIX: [u8; 5] = [0, 0, 0, 0x2A, 0x17];

/// `bench.Event` as Avro has it.
const SCHEMA: &str = r#"{"type": "record", "name": "Event", "fields": [
    {"name": "header", "type": {"type": "record", "name": "Header", "fields": [
        {"name": "message_id", "type": "bytes"},
        {"name": "timestamp_us", "type": "long"},
        {"name": "tenant_id", "type": "string"},
        {"name": "thread_id", "type": "string"},
        {"name": "sequence", "type": "long"},
        {"name": "type", "type": "int"},
        {"name": "parent_id", "type": "bytes"},
        {"name": "compression", "type": "int"},
        {"name": "schema_version", "type": "int"}
    ]}},
    {"name": "event_type", "type": "int"},
    {"name": "node_id", "type": "string"},
    {"name": "attributes", "type": {"type": "map", "values": "string"}},
    {"name": "duration_us", "type": "long"},
    {"name": "llm_request_id", "type": "string"}
]}"#;
