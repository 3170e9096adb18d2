//! What `codec-wasm/tools/bench.mjs` measures on, written into a folder: the records in frames and in today's framing, the definitions they need, and 1 MiB.
#![allow(clippy::print_stdout, reason = "its output is what it is for")]

use std::fs;
use std::path::PathBuf;

use strictframe::core::{Codec, Kind, Parts, SchemaKey};
use strictframe::{
    CodecChoice, CompressionPolicy, Encoder, Extension, Limits, Schema as _, extension,
};
use strictframe_benches::contestant::Contestant as _;
use strictframe_benches::contestants::DashStream;
use strictframe_benches::corpus::{Corpus, Form, Record};
use strictframe_benches::event::Event;
use strictframe_benches::{Fault, sizes};

fn main() -> Result<(), Fault> {
    let folder = PathBuf::from(std::env::args_os().nth(1).ok_or("a folder to write into")?);
    fs::create_dir_all(&folder)?;
    let corpus = Corpus::agent_runs()?;
    let [(records, dictionary), _] = sizes::trained(&corpus, Form::Protobuf)?;
    let descriptor = Event::SCHEMA.descriptor()?;
    let mut body = Vec::new();
    descriptor.write_body(&mut body)?;
    let definitions = [control(Kind::SCHEMA, &body)?, control(Kind::DICT, dictionary.bytes())?];
    let policy = CompressionPolicy::new(CodecChoice::Zstd);
    let builder = Encoder::builder(descriptor.key()).policy(policy.clone());
    let mut encoder = builder.dictionary(dictionary.clone()).build()?;
    let mut frames = Vec::new();
    for record in &records {
        frames.push(framed(&mut encoder, record)?);
    }
    let mut batches = Vec::new();
    for hundred in records.chunks_exact(100) {
        let mut batch = Vec::new();
        let items: Vec<&[u8]> = hundred.iter().map(|record| &*record.protobuf).collect();
        encoder.encode_batch(&items, &[], &mut batch)?;
        batches.push(batch);
    }
    let mut today = Vec::new();
    for record in &records {
        let mut framed = Vec::new();
        DashStream.encode(&[Record::clone(record)], &mut framed)?;
        today.push(framed);
    }
    let joined: Vec<u8> =
        records.iter().flat_map(|record| record.protobuf.iter().copied()).collect();
    let large = joined.get(..1 << 20).ok_or("less than 1 MiB of records")?;
    let mut frame = Vec::new();
    let builder = Encoder::builder(descriptor.key()).policy(policy).limits(Limits::MAXIMUM);
    builder.build()?.encode(large, &mut frame)?;
    let plain: Vec<Vec<u8>> = records.iter().map(|record| record.protobuf.to_vec()).collect();
    for (name, pieces) in [
        ("definitions", definitions.as_slice()),
        ("frames", &frames),
        ("batches", &batches),
        ("today", &today),
        ("records", &plain),
        ("large", &[frame]),
    ] {
        fs::write(folder.join(name), joined_with_lengths(pieces)?)?;
    }
    fs::write(folder.join("label"), corpus.label())?;
    println!(
        "{}, of which {} are measured; a dictionary of {} bytes of the others",
        corpus.label(),
        records.len(),
        dictionary.bytes().len()
    );
    Ok(())
}

fn framed(encoder: &mut Encoder, record: &Record) -> Result<Vec<u8>, Fault> {
    let header = record.event.header.as_ref().ok_or("no header")?;
    let sequence = header.sequence.to_le_bytes();
    let extensions = [
        Extension { kind: extension::SEQUENCE, value: &sequence },
        Extension { kind: extension::STREAM_KEY, value: header.thread_id.as_bytes() },
    ];
    let mut frame = Vec::new();
    encoder.encode_with(&record.protobuf, &extensions, &mut frame)?;
    Ok(frame)
}

fn control(kind: Kind, body: &[u8]) -> Result<Vec<u8>, Fault> {
    let mut frame = Vec::new();
    let (codec, compressed) = (Codec::NONE, None);
    Parts { kind, key: SchemaKey::ZERO, codec, compressed, extensions: &[], stored: &[body] }
        .write(&mut frame)?;
    Ok(frame)
}

/// Each piece behind its length.
fn joined_with_lengths(pieces: &[Vec<u8>]) -> Result<Vec<u8>, Fault> {
    let mut out = Vec::new();
    for piece in pieces {
        out.extend_from_slice(&u32::try_from(piece.len())?.to_le_bytes());
        out.extend_from_slice(piece);
    }
    Ok(out)
}
