//! Criterion's view of the same scenarios that are counted, and of the checksum alone.
#![allow(missing_docs, reason = "the macros of Criterion make public functions")]

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use strictframe_benches::scenario::{ALL, measured};
use strictframe_benches::{corpus, workload};

fn scenarios(criterion: &mut Criterion) {
    for scenario in ALL {
        match scenario.prepare() {
            Ok(mut work) => {
                criterion.bench_function(scenario.name, |bencher| {
                    bencher.iter(|| measured(&mut work));
                });
            }
            Err(fault) => eprintln!("{}: {fault}", scenario.name),
        }
    }
}

fn checksum(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("checksum alone");
    for len in [24, 380, 16 << 10, 1 << 20] {
        let bytes = corpus::noise(len, 1);
        group.throughput(Throughput::Bytes(len as u64));
        group.bench_function(len.to_string(), |bencher| {
            bencher.iter(|| workload::checksum_alone(&bytes, len));
        });
    }
    group.finish();
}

/// How far a target lies behind its source within their pages decides on how fast long copies are on some processors.
fn copies(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("copy");
    let source = corpus::noise(64 << 10, 1);
    // The same place in a page as the source.
    let mut target = vec![0; source.len() + (8 << 10)];
    let page = (source.as_ptr().addr().wrapping_sub(target.as_ptr().addr())) % 4096;
    for (len, behind) in [(2 << 10, 1), (16 << 10, 1), (16 << 10, 16), (16 << 10, 64)] {
        let start = page + behind;
        group.throughput(Throughput::Bytes(len as u64));
        group.bench_function(format!("{len} bytes, {behind} behind"), |bencher| {
            bencher.iter(|| {
                let there = target.get_mut(start..start + len);
                if let (Some(source), Some(target)) = (source.get(..len), there) {
                    target.copy_from_slice(core::hint::black_box(source));
                }
                core::hint::black_box(&mut target);
            });
        });
    }
    group.finish();
}

criterion_group!(operations, scenarios, checksum, copies);
criterion_main!(operations);
