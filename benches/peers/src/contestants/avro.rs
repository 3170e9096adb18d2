//! Avro single objects: two marker bytes, the schema's 64-bit fingerprint, and the record; no integrity, for reference.

use apache_avro::types::Value;
use apache_avro::{GenericSingleObjectReader, GenericSingleObjectWriter, Schema};
use bytes::Bytes;
use strictframe_benches::Fault;
use strictframe_benches::contestant::{Card, Contestant, Group, Packing, Taken};
use strictframe_benches::corpus::Record;

use super::{card, one};

/// The schema is resolved once. It is `bytes` and no record around it, and the value is moved out when read, which spares a map of names for each message;
/// the crate has no way to borrow a payload.
pub(super) struct SingleObject {
    writer: GenericSingleObjectWriter,
    reader: GenericSingleObjectReader,
}

impl SingleObject {
    pub(super) fn new() -> Result<Self, Fault> {
        let schema = Schema::parse_str(r#""bytes""#)?;
        let writer = GenericSingleObjectWriter::new_with_capacity(&schema, 4096)?;
        let reader = GenericSingleObjectReader::builder().schema(schema).build()?;
        Ok(Self { writer, reader })
    }
}

impl Contestant for SingleObject {
    fn card(&self) -> Card {
        card("avro single object", Packing::Plain, Group::Single, false)
    }

    fn encode(&mut self, records: &[Record], out: &mut Vec<u8>) -> Result<(), Fault> {
        let value = Value::Bytes(one(records)?.protobuf.to_vec());
        self.writer.write_value_ref(&value, out)?;
        Ok(())
    }

    fn decode(&mut self, bytes: &Bytes, take: &mut dyn FnMut(Taken<'_>)) -> Result<(), Fault> {
        match self.reader.read_value(&mut bytes.as_ref())? {
            Value::Bytes(payload) => take(Taken::Bytes(&payload)),
            _ => return Err("not bytes".into()),
        }
        Ok(())
    }
}
