//! Measures every promised figure and everything around it; `cargo xtask bench` runs it and says where it ran.
#![allow(clippy::print_stdout, reason = "its output is what it is for")]

use std::path::PathBuf;
use std::process::Command;

use strictframe_benches::corpus::{Corpus, Form};
use strictframe_benches::race::{Effort, Spread};
use strictframe_benches::results::Results;
use strictframe_benches::{Fault, claims, messages, payloads, schemas, sizes};

fn main() -> Result<(), Fault> {
    let mut results = Results::default();
    let (mut effort, mut folder, mut strictframe) = (Effort::FULL, None, None);
    let mut arguments = std::env::args().skip(1);
    while let Some(argument) = arguments.next() {
        let mut value = || arguments.next().ok_or(format!("{argument} has no value"));
        match argument.as_str() {
            "--quick" => effort = Effort::QUICK,
            "--output" => folder = Some(PathBuf::from(value()?)),
            "--fact" => results.facts.push((value()?, value()?)),
            "--backend" => {
                let (operation, backend) = (value()?, value()?);
                results.backends.push((operation, backend, serde_json::from_str(&value()?)?));
            }
            "--strictframe" => strictframe = Some(PathBuf::from(value()?)),
            // What this program calls itself with, to be timed.
            "--help-build" => return schemas::help(&PathBuf::from(value()?)),
            "--section" => results.sections.push((value()?, std::fs::read_to_string(value()?)?)),
            _ => return Err(format!("{argument} means nothing here").into()),
        }
    }
    measure(&mut results, effort)?;
    if let Some(strictframe) = strictframe {
        let helper = || {
            let mut helper = Command::new(std::env::current_exe()?);
            helper.arg("--help-build");
            Ok(helper)
        };
        results.claims.extend(schemas::claims(&strictframe, helper, effort)?);
    }
    for claim in &results.claims {
        let verdict = if claim.is_kept() { "kept  " } else { "missed" };
        let Spread { low, median, high } = claim.measured;
        println!("{verdict} {:?} {median:.3} ({low:.3} to {high:.3}) {}", claim.bound, claim.what);
    }
    if let Some(folder) = folder {
        std::fs::write(folder.join("RESULTS.md"), results.markdown())?;
        std::fs::write(folder.join("size.svg"), results.size_plot())?;
        std::fs::write(folder.join("speed.svg"), results.speed_plot())?;
    }
    Ok(())
}

fn measure(results: &mut Results, effort: Effort) -> Result<(), Fault> {
    let corpus = Corpus::agent_runs()?;
    let policy = strictframe::CompressionPolicy::balanced();
    for corpus in [&corpus, &Corpus::token_stream()?, &Corpus::state_pair()?] {
        for form in Form::ALL {
            results.sizes.push(sizes::measure(corpus, form, &policy)?);
        }
    }
    let promised = results.sizes.get(..Form::ALL.len()).unwrap_or_default();
    results.claims = claims::of_sizes(promised);
    results.claims.extend(claims::of_smallest(&corpus)?);
    let field = messages::race_all(&corpus, effort)?;
    results.claims.extend(field.claims());
    results.claims.extend(claims::beside_prost(&corpus, effort)?);
    results.claims.extend(claims::of_peeking(&corpus, effort)?);
    results.claims.extend(claims::of_throughput(effort)?);
    results.claims.extend(payloads::claims(&corpus, effort)?);
    (results.messages, results.raw) = (field.standings, field.raw);
    Ok(())
}
