//! Frames with the one checksum backend that this program was built with, beside prost alone; `cargo xtask bench` builds it twice.
#![allow(clippy::print_stdout, reason = "its output is what it is for")]

use core::hint::black_box;
use std::collections::BTreeMap;

use prost::Message as _;
use strictframe_benches::corpus::Corpus;
use strictframe_benches::operation::{Operation, in_turns};
use strictframe_benches::race::{Effort, Spread};
use strictframe_benches::{Fault, workload};

fn main() -> Result<(), Fault> {
    let is_quick = std::env::args().any(|argument| argument == "--quick");
    let effort = if is_quick { Effort::QUICK } else { Effort::FULL };
    let records = Corpus::agent_runs()?.near(380, 256);
    let (mut buffer, mut out) = (Vec::new(), Vec::new());
    let mut encoder = workload::plain_encoder()?;
    let lens = [(380, "verify 380 B"), (2 << 10, "verify 2 KiB"), (16 << 10, "verify 16 KiB")];
    let mut frames = Vec::new();
    for (len, name) in lens {
        frames.push((name, workload::plain_frame(len)?));
    }
    let mut operations = vec![
        Operation::new(PROST, records.len(), || {
            records.iter().try_for_each(|record| {
                buffer.clear();
                black_box(record).event.encode(&mut buffer)?;
                black_box(&buffer);
                Ok(())
            })
        }),
        Operation::new("encode 380 B", records.len(), || {
            records.iter().try_for_each(|record| {
                out.clear();
                encoder.encode(black_box(&record.protobuf), &mut out)?;
                black_box(&out);
                Ok(())
            })
        }),
    ];
    for (name, frame) in &frames {
        operations.push(Operation::new(name, 1, || workload::verify(frame)));
    }
    let names: Vec<_> = operations.iter().map(|operation| operation.name).collect();
    let times = in_turns(&mut operations, effort)?;
    let mut spreads = BTreeMap::new();
    for name in names.into_iter().filter(|name| *name != PROST) {
        spreads.insert(name, Spread::of_ratios(times.of(name)?, times.of(PROST)?));
    }
    println!("{}", serde_json::to_string(&spreads)?);
    Ok(())
}

const PROST: &str = "prost alone";
