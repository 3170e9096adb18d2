//! strictframe: a header, two checksums, a judged schema; and compression when it is asked for.

use bytes::Bytes;
use prost::Message as _;
use strictframe::{
    CodecChoice, CompressionPolicy, Decoder, Dictionary, Encoder, Limits, Records, Registry,
};

use super::schema;
use crate::Fault;
use crate::contestant::{Card, Carries, Contestant, Group, Packing, Taken};
use crate::corpus::Record;
use crate::event::Event;

/// Frames of one schema, each a MESSAGE or a BATCH.
#[derive(Debug)]
pub struct Ours {
    card: Card,
    encoder: Encoder,
    decoder: Decoder,
    payload: Vec<u8>,
    serialized: Vec<Vec<u8>>,
}

impl Ours {
    /// Contexts and buffers are made here and kept. The dictionary is used by [`Packing::ZstdDictionary`] alone.
    ///
    /// # Errors
    /// When the encoder cannot be made.
    pub fn new(
        carries: Carries,
        packing: Packing,
        group: Group,
        dictionary: Option<&Dictionary>,
    ) -> Result<Self, Fault> {
        let shape = if group == Group::Single {
            String::new()
        } else {
            format!(", batches of {}", group.size())
        };
        let name = format!("strictframe, {packing}{shape}");
        let card = Card { name, packing, carries, group, is_checked: true };
        let policy = match packing {
            Packing::Plain => CompressionPolicy::new(CodecChoice::None),
            Packing::Lz4 => CompressionPolicy::new(CodecChoice::Lz4),
            Packing::Zstd | Packing::ZstdDictionary => CompressionPolicy::new(CodecChoice::Zstd),
        };
        Self::by_policy(card, policy, dictionary.filter(|_| packing == Packing::ZstdDictionary))
    }

    /// The same by any policy.
    ///
    /// # Errors
    /// When the encoder cannot be made.
    pub fn by_policy(
        card: Card,
        policy: CompressionPolicy,
        dictionary: Option<&Dictionary>,
    ) -> Result<Self, Fault> {
        let schema = schema()?;
        let mut encoder = Encoder::builder(schema.key()).policy(policy).limits(Limits::MAXIMUM);
        let mut registry = Registry::new().with_schema(&schema)?;
        if let Some(dictionary) = dictionary {
            encoder = encoder.dictionary(dictionary.clone());
            registry = registry.with_dictionary(dictionary.clone())?;
        }
        let (encoder, decoder) =
            (encoder.build()?, Decoder::builder(registry).limits(Limits::MAXIMUM).build());
        Ok(Self { card, encoder, decoder, payload: Vec::new(), serialized: Vec::new() })
    }

    fn encode_events(&mut self, records: &[Record], out: &mut Vec<u8>) -> Result<(), Fault> {
        if let ([record], Group::Single) = (records, self.card.group) {
            self.payload.clear();
            record.event.encode(&mut self.payload)?;
            self.encoder.encode(&self.payload, out)?;
            return Ok(());
        }
        self.serialized.resize(records.len(), Vec::new());
        for (record, bytes) in records.iter().zip(&mut self.serialized) {
            bytes.clear();
            record.event.encode(bytes)?;
        }
        self.encoder.encode_batch(&self.serialized, &[], out)?;
        Ok(())
    }
}

impl Contestant for Ours {
    fn card(&self) -> Card {
        self.card.clone()
    }

    fn encode(&mut self, records: &[Record], out: &mut Vec<u8>) -> Result<(), Fault> {
        match (self.card.carries, self.card.group, records) {
            (Carries::Events, ..) => return self.encode_events(records, out),
            (Carries::Bytes, Group::Single, [record]) => {
                self.encoder.encode(&record.protobuf, out)?
            }
            (Carries::Bytes, ..) => self.encoder.encode_batch(records, &[], out)?,
        };
        Ok(())
    }

    fn decode(&mut self, bytes: &Bytes, take: &mut dyn FnMut(Taken<'_>)) -> Result<(), Fault> {
        let decoded = self.decoder.decode(bytes)?;
        let mut give = |record| -> Result<(), Fault> {
            match self.card.carries {
                Carries::Bytes => take(Taken::Bytes(record)),
                Carries::Events => take(Taken::Event(&Event::decode(record)?)),
            }
            Ok(())
        };
        match decoded.records {
            Records::Batch(batch) => batch.iter().try_for_each(give)?,
            _ => give(decoded.payload)?,
        }
        Ok(())
    }
}
