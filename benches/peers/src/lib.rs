//! The same records through strictframe and through the formats of others.
//!
//! Everything here races under the rules of `strictframe-benches`: its records, its trait, its clock.

pub mod campaign;
pub mod contestants;
pub mod damage;
pub mod table;
pub mod versions;

use strictframe::Dictionary;
use strictframe_benches::Fault;
use strictframe_benches::contestant::{Card, Carries, Contestant, Group};
use strictframe_benches::corpus::{Corpus, Record};

/// Everyone: strictframe, prost alone, today's framing, and the peers.
///
/// # Errors
/// When a contestant cannot be made.
pub fn field(dictionary: &Dictionary) -> Result<Vec<Box<dyn Contestant>>, Fault> {
    let mut field = strictframe_benches::contestants::of_events(dictionary)?;
    field.extend(strictframe_benches::contestants::of_bytes(contestants::BATCH)?);
    field.extend(contestants::all()?);
    Ok(field)
}

/// The strictframe contestant that does the same work as this one; it is its own.
#[must_use]
pub fn counterpart(card: &Card) -> String {
    let packing = card.packing;
    let shape = match (card.carries, card.group) {
        (_, Group::Single) => String::new(),
        (Carries::Events, Group::Of(count)) => format!(", batches of {count}"),
        (Carries::Bytes, Group::Of(contestants::BATCH)) => {
            format!(", batches of {}", contestants::BATCH)
        }
        // Its records stand each for themselves, as messages in a stream do.
        (Carries::Bytes, Group::Of(_)) if is_of_messages(card) => {
            return contestants::STREAM_OF_MESSAGES.to_owned();
        }
        (Carries::Bytes, Group::Of(_)) => return contestants::stream_name(packing),
    };
    format!("strictframe, {packing}{shape}")
}

fn is_of_messages(card: &Card) -> bool {
    card.name == contestants::TFRECORD || card.name == contestants::STREAM_OF_MESSAGES
}

/// Some records, all of nearly one length.
#[derive(Clone, Debug)]
pub struct Lot {
    /// What the results call them.
    pub name: &'static str,
    /// The records.
    pub records: Vec<Record>,
}

/// Records around the mean length of an agent's messages, and around 2 KiB.
#[must_use]
pub fn lots(corpus: &Corpus) -> [Lot; 2] {
    [
        Lot { name: "380 B", records: corpus.near(380, 1_000) },
        Lot { name: "2 KiB", records: joined(corpus).near(2_048, 500) },
    ]
}

/// Neighbours of one task put together until they come to 2 KiB: single messages of that length are too few to fill a file.
fn joined(corpus: &Corpus) -> Corpus {
    let mut records = Vec::new();
    let (mut json, mut task) = (Vec::new(), None);
    for record in &corpus.records {
        if task != Some(record.task) {
            json.clear();
            task = Some(record.task);
        }
        json.push(if json.is_empty() { b'[' } else { b',' });
        json.extend_from_slice(&record.json);
        // The rest of a record is its header and the names of things.
        if json.len() > 2_048 - 90 {
            json.push(b']');
            let sequence = records.len() as u64 + 1;
            let whole = core::mem::take(&mut json);
            records.push(Record::new(record.task, "joined", sequence, "agent", whole));
        }
    }
    Corpus { name: corpus.name, is_real: corpus.is_real, records }
}

/// A dictionary trained on the tasks with odd numbers.
///
/// # Errors
/// When the corpus is too small to train on.
pub fn dictionary(corpus: &Corpus) -> Result<Dictionary, Fault> {
    let [_, odd] = corpus.halves();
    let samples: Vec<&[u8]> = odd.iter().map(|record| record.protobuf.as_ref()).collect();
    Ok(Dictionary::train(&samples, 64 << 10)?)
}

#[cfg(test)]
mod tests;
