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

criterion_group!(operations, scenarios, checksum);
criterion_main!(operations);
