//! The project's own chores, which `cargo xtask help` lists.

use std::process::ExitCode;

use clap::{Parser, Subcommand};

mod bare_metal;
mod bench;
mod big_endian;
mod conformance;
mod dashboard;
mod debian;
mod demo;
mod deny;
mod descriptor_sets;
#[cfg(all(test, unix))]
mod documents;
mod failure;
mod fuzz;
mod generated;
mod hostile;
mod kafka;
mod kaitai;
mod mutants;
mod probe;
mod prove;
mod public_api;
mod python;
mod release;
mod report;
mod shell;
mod spec;
mod test;
mod tool;
mod toolchain;
mod wasm;
mod workspace;

#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask", about = "The project's own chores")]
struct Arguments {
    #[command(subcommand)]
    chore: Chore,
    /// When to write in colour
    #[arg(long, global = true, value_enum, default_value_t)]
    color: report::Color,
}

#[derive(Subcommand)]
enum Chore {
    /// Asks the core on a Cortex-M4 for every vector it can answer without an allocator, and writes spec/conformance/BARE.md
    BareMetal,
    /// Measures what everything costs, or holds it against the baseline (--gate)
    Bench(bench::Options),
    /// Asks for every vector on a big-endian machine, and runs the tests of the core there
    BigEndian,
    /// Asks a program for the answer to every vector, and compares
    Conformance(conformance::Options),
    /// Builds the page of `strictframe serve` into the folder that the command embeds, or with --check says whether it is what its sources make
    Dashboard(dashboard::Options),
    /// Builds three decoders of Zstandard for WebAssembly, and writes codec-wasm/DECODERS.md
    Decoders,
    /// Packs real records, inspects, damages, recovers and unpacks them, step by step
    Demo(demo::Options),
    /// Checks licences, sources and banned crates with cargo-deny
    Deny,
    /// Writes the descriptor sets that tests read anew, or with --check says whether they are what protoc writes
    DescriptorSets(generated::Options),
    /// Gives the properties whatever libFuzzer thinks of, and writes fuzz/LOG.csv (needs a C++ compiler)
    Fuzz(fuzz::Options),
    /// Holds memory and time of everything that takes bytes from strangers to bounds (all arguments go to it)
    Hostile(hostile::Options),
    /// Starts and ends real Apache Kafka brokers for tests
    Kafka(kafka::Options),
    /// Changes the core and the schemas, one place at a time, and says which changes no test notices
    Mutants(mutants::Options),
    /// Shows that the core links without std and reaches no panic
    Probe,
    /// Runs the damage campaign over the vectors, or with --peers over the formats of others, and writes PROOF.md
    Prove(prove::Options),
    /// Writes the public interface of every library anew, or with --check says what differs
    PublicApi(generated::Options),
    /// Checks what a release needs: packages, documentation, features, lowest versions, interfaces, licences, bills of materials
    ReleaseCheck(release::Options),
    /// Writes spec/schema anew, or with --check says whether it is up to date
    Schemas(generated::Options),
    /// Checks that clauses, code, tests and vectors agree
    Spec,
    /// Runs every check of the project and counts the tests
    Test,
    /// Writes spec/vectors anew, or with --check says whether they are up to date
    Vectors(generated::Options),
    /// Builds the WebAssembly module and the npm package into codec-wasm/npm/dist, and writes codec-wasm/SIZE.md
    Wasm(wasm::Options),
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    arguments.color.apply();
    let outcome = match arguments.chore {
        Chore::BareMetal => bare_metal::run(),
        Chore::Bench(options) => bench::run(&options),
        Chore::BigEndian => big_endian::run(),
        Chore::Conformance(options) => conformance::run(&options),
        Chore::Dashboard(options) => dashboard::run(&options),
        Chore::Decoders => wasm::decoders::run(),
        Chore::Demo(options) => demo::run(&options),
        Chore::Deny => deny::run(),
        Chore::DescriptorSets(options) => descriptor_sets::run(&options),
        Chore::Fuzz(options) => fuzz::run(&options),
        Chore::Hostile(options) => hostile::run(&options),
        Chore::Kafka(options) => kafka::run(&options),
        Chore::Mutants(options) => mutants::run(&options),
        Chore::Probe => probe::run(),
        Chore::Prove(options) => prove::run(&options),
        Chore::PublicApi(options) => public_api::run(&options),
        Chore::ReleaseCheck(options) => release::run(&options),
        Chore::Schemas(options) => generated::SCHEMAS.run(&options),
        Chore::Spec => spec::run(),
        Chore::Test => return test::run(),
        Chore::Vectors(options) => generated::VECTORS.run(&options),
        Chore::Wasm(options) => wasm::run(&options),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            report::failure(&failure);
            ExitCode::FAILURE
        }
    }
}
