//! The formats of others, each written the fastest way its documentation shows.

use strictframe_benches::Fault;
use strictframe_benches::contestant::{Card, Carries, Contestant, Group, Packing};
use strictframe_benches::corpus::Record;

mod arrow;
mod avro;
mod kafka;
mod mcap;
mod postcard;
mod riegeli;
mod rmp;
mod stream;
mod tfrecord;
mod typed;

/// All of them, and strictframe's own stream files, which stand against the file formats.
///
/// # Errors
/// When a schema or a dictionary is refused.
pub fn all() -> Result<Vec<Box<dyn Contestant>>, Fault> {
    let mut all: Vec<Box<dyn Contestant>> = Vec::new();
    for packing in [Packing::Plain, Packing::Lz4, Packing::Zstd] {
        // What is compressed together is what the others put into a chunk; plain batches are best when they fit into a cache.
        let batch = if packing == Packing::Plain { BATCH } else { FILE };
        all.push(Box::new(stream::Stream::new(packing, batch)?));
        all.push(Box::new(kafka::RecordBatch::new(packing, Group::Of(BATCH))?));
        all.push(Box::new(mcap::Mcap::new(packing)));
        all.push(Box::new(arrow::Ipc::new(packing)?));
    }
    for packing in [Packing::Plain, Packing::Zstd] {
        all.push(Box::new(kafka::RecordBatch::new(packing, Group::Single)?));
        all.push(Box::new(riegeli::Riegeli::new(packing)));
    }
    all.push(Box::new(stream::Stream::new(Packing::Plain, 1)?));
    all.push(Box::new(tfrecord::TfRecord::new(Group::Of(FILE))));
    all.push(Box::new(tfrecord::TfRecord::new(Group::Single)));
    all.push(Box::new(postcard::Flavoured::default()));
    all.push(Box::new(postcard::Appended::default()));
    all.push(Box::new(avro::SingleObject::new()?));
    all.push(Box::new(rmp::MessagePack));
    Ok(all)
}

/// Those that carry events and stand in no race: messages as their users have them, of which damage is told.
///
/// # Errors
/// When a schema is refused.
pub fn typed() -> Result<Vec<Box<dyn Contestant>>, Fault> {
    Ok(vec![
        Box::new(typed::ConfluentProtobuf),
        Box::new(typed::ConfluentAvro::new()?),
        Box::new(typed::SingleObject::new()?),
    ])
}

/// The one record of a contestant that carries one at a time.
fn one(records: &[Record]) -> Result<&Record, Fault> {
    match records {
        [record] => Ok(record),
        _ => Err("one record at a time".into()),
    }
}

fn card(name: &str, packing: Packing, group: Group, is_checked: bool) -> Card {
    let name = match packing {
        Packing::Plain => name.to_owned(),
        packing => format!("{name}, {packing}"),
    };
    Card { name, packing, carries: Carries::Bytes, group, is_checked }
}

/// The name of our stream files.
#[must_use]
pub fn stream_name(packing: Packing) -> String {
    format!("strictframe stream, {packing}")
}

/// The name of our stream files in which every record has a frame of its own.
pub const STREAM_OF_MESSAGES: &str = "strictframe stream, messages";
/// The name of the file format whose records stand each for themselves.
pub const TFRECORD: &str = "tfrecord";
/// The level of every Zstandard encoder here.
const LEVEL: i32 = 3;
/// Records in a batch.
pub const BATCH: usize = 100;
/// Records in a file, of which the file formats make one chunk.
pub const FILE: usize = 1_000;
