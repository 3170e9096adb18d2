//! `cargo xtask release-check`: whether what would be published may be.

use core::time::Duration;
use std::process::Command;
use std::time::Instant;

use clap::ValueEnum;

use crate::failure::{Failure, Outcome};
use crate::{demo, deny, public_api, report, shell, workspace};

mod bill;
mod features;
mod packages;
mod versions;

pub(crate) use packages::check as packages;

#[derive(clap::Args)]
pub(crate) struct Options {
    /// What is checked; all of it unless said
    parts: Vec<Part>,
}

#[derive(Clone, Copy, ValueEnum)]
enum Part {
    /// What the manifests say and what the packages hold; each is built from its own tarball with all its features
    Packages,
    /// The documentation of every library, with no feature, with the default ones and with all of them, and as docs.rs makes it
    Documentation,
    /// Features in their combinations, by cargo-hack
    Features,
    /// The libraries and the command with the lowest versions of dependencies that their manifests allow
    Versions,
    /// The public interfaces against the committed ones
    Interface,
    /// Licences, sources and banned crates
    Licences,
    /// A bill of materials for each package, into target/sbom
    Bill,
    /// Both demos
    Demo,
}

/// Checks every part, also after one has failed.
pub(crate) fn run(options: &Options) -> Outcome {
    let parts = if options.parts.is_empty() { Part::value_variants() } else { &options.parts };
    let mut failed = Vec::new();
    let mut table = report::Table::new(&["seconds", "part", "outcome"]);
    for part in parts {
        let name = part.to_possible_value().map_or_else(String::new, |v| v.get_name().to_owned());
        report::heading(&name);
        let started = Instant::now();
        let outcome = part.check();
        let seconds = seconds(started.elapsed());
        match outcome {
            Ok(()) => table.row([seconds, name, report::good("passed")]),
            Err(failure) => {
                report::line(format_args!("{} {failure}", report::bad("failed")));
                table.row([seconds, name.clone(), report::bad("failed")]);
                failed.push(name);
            }
        }
    }
    report::heading("Summary");
    report::line(table);
    if failed.is_empty() { Ok(()) } else { Err(Failure::new(failed.join(", "))) }
}

impl Part {
    fn check(self) -> Outcome {
        match self {
            Self::Packages => packages::check().and_then(|()| packages::build()),
            Self::Documentation => documentation(),
            Self::Features => features::check(),
            Self::Versions => versions::check(),
            Self::Interface => show(&mut public_api::command(true)),
            Self::Licences => show(&mut deny::check()?),
            Self::Bill => bill::write(),
            Self::Demo => demo::run(&demo::Options::of(false))
                .and_then(|()| demo::run(&demo::Options::of(true))),
        }
    }
}

/// Warnings are errors. What docs.rs adds are notes of the features that items need, for which it takes a nightly rustdoc.
fn documentation() -> Outcome {
    let mut libraries = Vec::new();
    for package in packages::published()? {
        if package.is_library() {
            libraries.extend(["--package".to_owned(), package.name().to_owned()]);
        }
    }
    for features in ["--no-default-features", "", "--all-features"] {
        let mut cargo = documenting(&libraries, features);
        show(cargo.env("RUSTDOCFLAGS", "-D warnings"))?;
    }
    public_api::build()?;
    let mut cargo = documenting(&libraries, "--all-features");
    public_api::pose_as_rustdoc(&mut cargo)?;
    show(cargo.env("RUSTDOCFLAGS", "-D warnings --cfg docsrs"))
}

fn documenting(libraries: &[String], features: &str) -> Command {
    let mut cargo = shell::cargo();
    cargo.args(["doc", "--no-deps", "--locked"]).args(libraries);
    cargo.args(Some(features).filter(|features| !features.is_empty()));
    cargo
}

/// Runs a command as one would type it.
fn show(command: &mut Command) -> Outcome {
    report::command(shell::words(command));
    shell::run(command)
}

fn seconds(taken: Duration) -> String {
    format!("{:.1}", taken.as_secs_f64())
}

/// Where this command builds what is not built otherwise.
fn folder(name: &str) -> Outcome<std::path::PathBuf> {
    Ok(workspace::target()?.join("release-check").join(name))
}
