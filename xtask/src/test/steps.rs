//! The steps of `cargo xtask test`, in their order.

use std::process::Command;

use serde_json::Value;
use strictframe_broker::Programs;

use super::{Record, Trouble, machines, tools};
use crate::failure::{Failure, Outcome};
use crate::{
    bare_metal, bench, conformance, dashboard, debian, deny, descriptor_sets, fuzz, generated,
    hostile, kafka, probe, prove, public_api, python, release, report, shell, spec, wasm,
    workspace,
};

pub(super) type Step = fn(&mut Record) -> Result<(), Trouble>;

/// Every step by its name.
pub(super) const ALL: &[(&str, Step)] = &[
    ("Formatting", formatting),
    ("Lints", lints),
    ("Build", build),
    ("Unit, property and integration tests", tests),
    ("The command without Kafka", command_alone),
    ("Tests against real brokers", brokers),
    ("Tests against a real PostgreSQL", postgres),
    ("The demo", demo),
    ("Documentation tests", documentation_tests),
    ("Documentation without warnings, and public interfaces", interfaces),
    ("Features of the core and of schemas, one by one", features),
    ("Vectors are up to date", vectors_up_to_date),
    ("Schemas of configuration are up to date", schemas_up_to_date),
    ("Descriptor sets are what protoc writes", descriptor_sets_up_to_date),
    ("Python reader over every vector, standard library alone", python_alone),
    ("Conformance: the crates in Rust", conformance_of_the_crates),
    ("Conformance: the Python reader, with zstandard", conformance_of_python),
    ("Python reader, its own tests", python_tests),
    ("Conformance: the description in Kaitai Struct", tools::kaitai),
    ("Wireshark on vectors, damage and real traffic", tools::wireshark),
    ("What file says of frames and of other files", tools::file),
    ("The Java reader, its tests and a consumer on a real broker", java),
    ("Conformance: the Java reader", conformance_of_java),
    ("Conformance: a Cortex-M4 without an allocator", machines::bare_metal),
    ("Conformance: a big-endian machine, and tests of the core there", machines::big_endian),
    ("Hashes of states in JavaScript", javascript),
    ("WebAssembly and the npm package", web),
    ("The dashboard in Chromium", page),
    ("Clauses, citations and vectors", |_| Ok(spec::run()?)),
    ("Probes: no std, no panic", |_| Ok(probe::run()?)),
    ("Damage campaign, sample", campaign),
    ("Memory and time of hostile inputs, sample", hostile_inputs),
    ("Fuzz targets, two seconds each", fuzzing),
    ("Instructions, allocations and sizes against the baseline", gate),
    ("Lock files of the other workspaces", lock_files),
    ("Packages: what they say and hold", |_| Ok(release::packages()?)),
    ("Licences, bans and sources", licences),
];

fn formatting(record: &mut Record) -> Result<(), Trouble> {
    record.command(cargo("fmt --all -- --check"))?;
    for cargo in probe::commands("fmt --check")? {
        record.command(cargo)?;
    }
    record.command(wasm::bindgen("fmt --check")?)?;
    let decoders = format!("fmt --check --manifest-path {}/Cargo.toml", wasm::decoders::FOLDER);
    record.command(cargo(&decoders))?;
    record.command(cargo(&format!("fmt --check --manifest-path {}", bare_metal::MANIFEST)))
}

fn lints(record: &mut Record) -> Result<(), Trouble> {
    let command = "clippy --workspace --all-targets --all-features --locked -- -D warnings";
    record.command(cargo(command))?;
    // What needs servers is not among all targets.
    let command = "clippy --workspace --test broker --test kafka --test postgres --all-features --locked -- -D warnings";
    record.command(cargo(command))?;
    for mut cargo in probe::commands("clippy --locked")? {
        cargo.args(["--", "-D", "warnings"]);
        record.command(cargo)?;
    }
    Ok(())
}

fn build(record: &mut Record) -> Result<(), Trouble> {
    record.command(cargo("build --workspace --all-targets --all-features --locked"))
}

fn tests(record: &mut Record) -> Result<(), Trouble> {
    let command = "test --workspace --all-targets --all-features --locked --no-fail-fast";
    record.command(cargo(command))
}

/// With all features of the workspace the command always has `kafka` in it.
fn command_alone(record: &mut Record) -> Result<(), Trouble> {
    let command = "clippy --package strictframe-cli --all-targets --locked -- -D warnings";
    record.command(cargo(command))?;
    // Without `dashflow`, which the workspace always has.
    let command =
        "clippy --package strictframe-cli --features serve --all-targets --locked -- -D warnings";
    record.command(cargo(command))?;
    record.command(cargo("test --package strictframe-cli --locked --no-fail-fast"))
}

/// Of records. That of an agent takes long to compile with optimisation, and is tried before a release.
fn demo(record: &mut Record) -> Result<(), Trouble> {
    record.command(cargo("run --quiet --package xtask --locked -- demo"))
}

fn brokers(record: &mut Record) -> Result<(), Trouble> {
    // With the features of the whole workspace, so that nothing is built once more for it.
    let command = "test --workspace --test broker --test kafka --all-features --locked";
    let _brokers = kafka::Brokers::start(kafka::home()?).map_err(|failure| {
        let words = format!("starting brokers: {failure}");
        if failure.is_missing() { Trouble::Missing(words) } else { Trouble::Failed(words) }
    })?;
    record.command(cargo(command))
}

fn postgres(record: &mut Record) -> Result<(), Trouble> {
    if !debian::is_there(&["postgresql"], || Programs::find().is_ok()) {
        return Err(Trouble::Missing(
            "there is no PostgreSQL: apt-get install postgresql".to_owned(),
        ));
    }
    record.command(cargo("test --workspace --test postgres --all-features --locked"))
}

/// The modules and the package as they are made, every vector through them, and the tests of the package.
fn web(record: &mut Record) -> Result<(), Trouble> {
    let workshop = wasm::Workshop::find();
    let workshop = workshop.map_err(|failure| Trouble::Missing(failure.to_string()))?;
    has_chromium()?;
    workshop.make()?;
    workshop.check()?;
    for command in workshop.tests()? {
        record.command(command)?;
    }
    Ok(())
}

/// The page as it is embedded, held to its sources, and used by a browser.
fn page(record: &mut Record) -> Result<(), Trouble> {
    let page = dashboard::Page::find();
    let page = page.map_err(|failure| Trouble::Missing(failure.to_string()))?;
    has_chromium()?;
    page.check()?;
    // As the whole workspace was built, so that nothing is built once more.
    record.command(cargo("build --workspace --all-targets --all-features --locked"))?;
    record.command(page.tests(&workspace::target()?.join("debug"))?)
}

fn has_chromium() -> Result<(), Trouble> {
    let missing = || Trouble::Missing("there is no Chromium: apt-get install chromium".to_owned());
    dashboard::has_chromium().then_some(()).ok_or_else(missing)
}

fn documentation_tests(record: &mut Record) -> Result<(), Trouble> {
    record.command(cargo("test --workspace --doc --all-features --locked --no-fail-fast"))
}

/// What rustdoc warns of in pages it warns of in lists.
fn interfaces(record: &mut Record) -> Result<(), Trouble> {
    record.command(public_api::command(true))
}

fn features(record: &mut Record) -> Result<(), Trouble> {
    for package in [CORE, "strictframe-schema"] {
        for features in feature_sets(package)? {
            // Clippy rather than check: it makes an import that only one feature uses an error here.
            let mut cargo = cargo("clippy --quiet --locked --no-default-features --package");
            cargo.args([package, "--features", &features, "--", "-D", "warnings"]);
            record.command(cargo)?;
        }
    }
    Ok(())
}

fn vectors_up_to_date(record: &mut Record) -> Result<(), Trouble> {
    record.command(generated::VECTORS.command(true))
}

fn schemas_up_to_date(record: &mut Record) -> Result<(), Trouble> {
    record.command(generated::SCHEMAS.command(true))
}

fn descriptor_sets_up_to_date(_: &mut Record) -> Result<(), Trouble> {
    let compilers = descriptor_sets::Compilers::find();
    let compilers = compilers.map_err(|failure| Trouble::Missing(failure.to_string()))?;
    Ok(compilers.check()?)
}

fn campaign(record: &mut Record) -> Result<(), Trouble> {
    let mut command = prove::command();
    command.arg("--sample");
    record.command(command)
}

fn hostile_inputs(record: &mut Record) -> Result<(), Trouble> {
    let mut command = hostile::command();
    command.arg("--sample");
    record.command(command)
}

fn fuzzing(_: &mut Record) -> Result<(), Trouble> {
    if !fuzz::has_compiler() {
        return Err(Trouble::Missing(
            "there is no C++ compiler for libFuzzer: apt-get install g++".to_owned(),
        ));
    }
    Ok(fuzz::glance(2)?)
}

fn gate(_: &mut Record) -> Result<(), Trouble> {
    if !bench::valgrind_is_there() {
        return Err(Trouble::Missing("there is no valgrind".to_owned()));
    }
    Ok(bench::check()?)
}

fn python_alone(record: &mut Record) -> Result<(), Trouble> {
    let mut python = python()?;
    // -S leaves out site-packages, so that an installed zstandard is not found.
    python.args(["-E", "-S", RUN_VECTORS, VECTORS]);
    record.command(python)
}

fn conformance_of_the_crates(record: &mut Record) -> Result<(), Trouble> {
    let program = "--quiet --release --locked --package strictframe-fuzz --bin conformance";
    // Compiled first: an answer may not take as long as that.
    record.command(cargo(&format!("build {program}")))?;
    record.command(conformance::command(&cargo(&format!("run {program}")), &[]))
}

fn conformance_of_python(record: &mut Record) -> Result<(), Trouble> {
    let mut python = python_with_packages()?;
    python.args(["-E", RUN_VECTORS, "--conformance"]);
    record.command(conformance::command(&python, &[]))
}

fn python_tests(record: &mut Record) -> Result<(), Trouble> {
    let mut python = python_with_packages()?;
    python.args(["-E", "-m", "unittest", "discover", "-s", "spec/reference"]);
    record.command(python)
}

fn java(record: &mut Record) -> Result<(), Trouble> {
    if !debian::is_there(&["maven", "default-jdk-headless"], || debian::runs("mvn")) {
        return Err(Trouble::Missing("there is no Maven".to_owned()));
    }
    let mut maven = Command::new("mvn");
    maven.current_dir(workspace::root()).args(["-q", "-B", "-f", "java/pom.xml", "package"]);
    record.command(maven)
}

fn conformance_of_java(record: &mut Record) -> Result<(), Trouble> {
    if !workspace::root().join(JAVA).is_file() {
        return Err(Trouble::Missing("the Java reader was not built".to_owned()));
    }
    let mut java = Command::new("java");
    java.args(["-jar", JAVA]);
    record.command(conformance::command(&java, &[]))
}

fn javascript(record: &mut Record) -> Result<(), Trouble> {
    let mut node = Command::new("node");
    match node.arg("--version").output() {
        Ok(output) if output.status.success() => {}
        _ => return Err(Trouble::Missing("there is no node".to_owned())),
    }
    let mut node = Command::new("node");
    node.current_dir(workspace::root()).arg(STATE_HASHES);
    record.command(node)
}

/// The race with other formats, the decoders that are compared and the fuzz targets are workspaces of their own, which nothing else here resolves.
fn lock_files(record: &mut Record) -> Result<(), Trouble> {
    let others = ["benches/peers", "examples/bare-metal", "xtask/bindgen"];
    for folder in others.into_iter().chain([fuzz::FOLDER, wasm::decoders::FOLDER]) {
        let command = format!("update --workspace --locked --manifest-path {folder}/Cargo.toml");
        record.command(cargo(&command))?;
    }
    Ok(())
}

fn licences(record: &mut Record) -> Result<(), Trouble> {
    match deny::check() {
        Ok(command) => record.command(command),
        Err(failure) => Err(Trouble::Missing(failure.to_string())),
    }
}

fn cargo(arguments: &str) -> Command {
    let mut cargo = shell::cargo();
    if report::colored() {
        cargo.env("CARGO_TERM_COLOR", "always");
    }
    cargo.args(arguments.split(' '));
    cargo
}

/// No feature, each one alone, of which `default` is one, and all together.
fn feature_sets(package: &str) -> Outcome<Vec<String>> {
    let metadata = workspace::metadata(&["--no-deps"])?;
    let packages = metadata.get("packages").and_then(Value::as_array);
    let named = |value: &&Value| value.get("name").is_some_and(|name| name == package);
    let features =
        packages.into_iter().flatten().find(named).and_then(|found| found.get("features"));
    let features = features.and_then(Value::as_object);
    let features =
        features.ok_or_else(|| Failure::new(format!("there is no package {package}")))?;
    let single: Vec<&str> = features.keys().map(String::as_str).collect();
    let mut sets = vec![String::new(), single.join(",")];
    sets.extend(single.into_iter().map(str::to_owned));
    Ok(sets)
}

pub(super) fn python() -> Result<Command, Trouble> {
    let mut python = Command::new("python3");
    match python.arg("--version").output() {
        Ok(output) if output.status.success() => {}
        _ => return Err(Trouble::Missing("there is no python3".to_owned())),
    }
    let mut python = Command::new("python3");
    python.current_dir(workspace::root());
    Ok(python)
}

pub(super) fn python_with_packages() -> Result<Command, Trouble> {
    let found = python::with_packages().map_err(|failure| Trouble::Missing(failure.to_string()))?;
    let mut python = Command::new(found);
    python.current_dir(workspace::root());
    Ok(python)
}

/// The reader in Java, where Maven puts it.
const JAVA: &str = "java/target/strictframe-reader.jar";
/// The format itself.
const CORE: &str = "strictframe-core";

const RUN_VECTORS: &str = "spec/reference/run_vectors.py";

const STATE_HASHES: &str = "spec/state-hash/check.mjs";

const VECTORS: &str = "spec/vectors";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_feature_of_the_core_is_tried_alone_and_with_all_others() {
        let sets = feature_sets(CORE).unwrap();
        assert_eq!(sets[0], "");
        assert!(sets.contains(&"lz4".to_owned()) && sets.contains(&"serde".to_owned()), "{sets:?}");
        assert_eq!(sets[1].split(',').count(), sets.len() - 2);
    }

    #[test]
    fn a_package_that_is_not_there_is_named() {
        let failure = feature_sets("strictframe-nothing").unwrap_err().to_string();
        assert_eq!(failure, "there is no package strictframe-nothing");
    }
}
