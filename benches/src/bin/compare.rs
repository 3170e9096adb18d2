//! Measures every promised figure and holds it against its bound; `cargo xtask bench` runs it.
#![allow(clippy::print_stdout, reason = "its output is what it is for")]

use strictframe::CompressionPolicy;
use strictframe_benches::corpus::{Corpus, Form};
use strictframe_benches::race::Effort;
use strictframe_benches::{Fault, claims, sizes};

fn main() -> Result<(), Fault> {
    let is_quick = std::env::args().any(|argument| argument == "--quick");
    let effort = if is_quick { Effort::QUICK } else { Effort::FULL };
    let corpus = Corpus::agent_runs()?;
    println!("{}", corpus.label());
    let measure = |form| sizes::measure(&corpus, form, &CompressionPolicy::default());
    let sizes: Vec<_> = Form::ALL.into_iter().map(measure).collect::<Result<_, _>>()?;
    let mut all = claims::of_sizes(&sizes);
    all.extend(claims::of_messages(&corpus, effort)?);
    all.extend(claims::of_peeking(&corpus, effort)?);
    all.extend(claims::of_throughput(effort)?);
    for claim in all {
        let verdict = if claim.is_kept() { "kept  " } else { "missed" };
        let spread = claim.measured;
        println!(
            "{verdict} {:?} {:.3} ({:.3} to {:.3}) {}",
            claim.bound, spread.median, spread.low, spread.high, claim.what
        );
    }
    Ok(())
}
