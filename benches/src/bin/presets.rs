//! What the presets and their neighbours leave of the records, and how long they take: the figures that `spec/RATIONALE.md` gives for them.
#![allow(clippy::print_stdout, reason = "its output is what it is for")]

use strictframe::{CodecChoice, CompressionPolicy};
use strictframe_benches::contestant::{Card, Carries, Contestant, Group, Packing};
use strictframe_benches::contestants::{DashStream, Ours};
use strictframe_benches::corpus::{Corpus, Form, Record};
use strictframe_benches::race::{Effort, Spread, race};
use strictframe_benches::{Fault, sizes};

fn main() -> Result<(), Fault> {
    let corpus = Corpus::agent_runs()?;
    let policies = policies();
    println!(
        "{}: parts of the raw bytes, and time to encode against today's framing",
        corpus.label()
    );
    println!(
        "| policy | form | single | single, dictionary | batches of 100 | the same, dictionary |"
    );
    println!("|---|---|---|---|---|---|");
    for (name, policy) in &policies {
        for form in Form::ALL {
            let left = sizes::measure(&corpus, form, policy)?;
            println!(
                "| {name} | {} | {:.3} | {:.3} | {:.3} | {:.3} |",
                left.form, left.single, left.dictionary, left.batch, left.batch_dictionary
            );
        }
    }
    let [(records, dictionary), _] = sizes::trained(&corpus, Form::Protobuf)?;
    let records: Vec<Record> = records.into_iter().cloned().collect();
    println!("| policy, protobuf | single | single, dictionary |\n|---|---|---|");
    for (name, policy) in &policies {
        let ours = |packing, dictionary| {
            let (name, carries, group) = ((*name).to_owned(), Carries::Events, Group::Single);
            let card = Card { name, packing, carries, group, is_checked: true };
            Ours::by_policy(card, policy.clone(), dictionary)
        };
        let mut contestants: [Box<dyn Contestant>; 3] = [
            Box::new(DashStream),
            Box::new(ours(Packing::Zstd, None)?),
            Box::new(ours(Packing::ZstdDictionary, Some(&dictionary))?),
        ];
        let standings = race(&mut contestants, &records, Effort::QUICK)?;
        let [today, alone, with] = standings.as_slice() else { continue };
        let ratio = |ours: &[f64]| Spread::of_ratios(ours, &today.encode).median;
        println!("| {name} | {:.3} | {:.3} |", ratio(&alone.encode), ratio(&with.encode));
    }
    Ok(())
}

/// The presets by their names, and what else they could have been.
fn policies() -> Vec<(&'static str, CompressionPolicy)> {
    let presets =
        CompressionPolicy::PRESETS.map(|name| Some((name, CompressionPolicy::preset(name)?)));
    let level = |name, level| (name, CompressionPolicy::default().with_level(level));
    let others = [
        level("auto, level -5", -5),
        level("auto, level -1", -1),
        level("auto, level 5", 5),
        level("auto, level 9", 9),
        level("auto, level 15", 15),
        level("auto, level 19", 19),
        ("zstd, level 3", CompressionPolicy::new(CodecChoice::Zstd)),
        ("lz4", CompressionPolicy::new(CodecChoice::Lz4)),
    ];
    presets.into_iter().flatten().chain(others).collect()
}
