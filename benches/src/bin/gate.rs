//! One scenario to count instructions in, or all sizes and allocations at once; `cargo xtask bench --gate` asks.
#![allow(clippy::print_stdout, reason = "its output is what it is for")]

use std::alloc::System;
use std::collections::BTreeMap;

use serde_json::json;
use stats_alloc::{INSTRUMENTED_SYSTEM, Region, StatsAlloc};
use strictframe::{CodecChoice, CompressionPolicy};
use strictframe_benches::corpus::{Corpus, Form};
use strictframe_benches::scenario::{ALL, Scenario, Work, measured};
use strictframe_benches::{Fault, sizes};

#[global_allocator]
static GLOBAL: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

fn main() -> Result<(), Fault> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        ["list"] => ALL.iter().for_each(|scenario| println!("{}", scenario.name)),
        ["run", name] => {
            let scenario = Scenario::named(name).ok_or("there is no such scenario")?;
            measured(&mut scenario.prepare()?)?;
        }
        ["exact"] => println!("{}", json!({ "allocations": allocations()?, "bytes": bytes()? })),
        _ => return Err("gate list | gate run SCENARIO | gate exact".into()),
    }
    Ok(())
}

/// Allocations and reallocations of each scenario once warm; those that must do without are held to it here.
fn allocations() -> Result<BTreeMap<&'static str, usize>, Fault> {
    let mut allocations = BTreeMap::new();
    for scenario in ALL {
        let (name, count) = (scenario.name, count(&mut scenario.prepare()?)?);
        if scenario.is_steady && count > 0 {
            return Err(format!("{name}: {count} allocations once warm").into());
        }
        allocations.insert(name, count);
    }
    Ok(allocations)
}

fn count(work: &mut Work) -> Result<usize, Fault> {
    let region = Region::new(GLOBAL);
    work()?;
    let change = region.change();
    Ok(change.allocations + change.reallocations)
}

/// Bytes that the made records take, in every way they are stored.
fn bytes() -> Result<BTreeMap<String, usize>, Fault> {
    let corpus = Corpus::made_agent_runs();
    let mut bytes = BTreeMap::new();
    for form in Form::ALL {
        let sizes = sizes::measure(&corpus, form, &CompressionPolicy::new(CodecChoice::Zstd))?;
        for (name, part) in sizes.parts() {
            let all = part * sizes.raw * corpus.records.len() as f64;
            bytes.insert(format!("{}, {name}", form.name()), all.round() as usize);
        }
    }
    Ok(bytes)
}
