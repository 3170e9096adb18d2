//! `cargo xtask demo`: real records become a stream file, are inspected, damaged, refused by name,
//! recovered with an exact count, and come back byte for byte.

use std::path::PathBuf;
use std::time::Instant;

use serde_json::Value;

use crate::failure::{Context as _, Failure, Outcome, ensure};
use crate::report;

mod input;
mod stage;

use input::Input;
use stage::{Stage, argument};

#[derive(clap::Args)]
pub(crate) struct Options {
    /// Records of your own, one JSON value a line, in place of this workspace's packages
    #[arg(long, value_name = "FILE.jsonl", requires = "schema")]
    input: Option<PathBuf>,
    /// The JSON Schema of those records
    #[arg(long, value_name = "FILE", requires = "input")]
    schema: Option<PathBuf>,
}

/// Plays every step; stops at the first that does not do what it should.
pub(crate) fn run(options: &Options) -> Outcome {
    let started = Instant::now();
    report::heading("Build the command");
    let stage = Stage::set()?;

    report::heading("The records");
    let input = match (&options.input, &options.schema) {
        (Some(records), Some(schema)) => input::given(records, schema)?,
        _ => input::packages(stage.folder())?,
    };
    let original = std::fs::read(stage.folder().join(&input.records)).context("the records")?;
    let count = original.iter().filter(|byte| **byte == b'\n').count();
    report::line(format_args!(
        "{} holds {} records in {} bytes; all of what follows happens in {}",
        input.records.display(),
        report::thousands(u64::try_from(count).unwrap_or(u64::MAX)),
        report::thousands(stage.size(&input.records)?),
        stage.folder().display(),
    ));

    pack_in_every_way(&stage, &input)?;

    report::heading("Look into one frame");
    let frame = look_into(&stage, count)?;

    report::heading("Verify");
    stage.play(0, &["verify", STREAM])?;

    report::heading("Flip one bit of a copy: it is refused, with code and offset");
    flip_one_bit(&stage, &frame)?;
    let refusal = stage.play(1, &["verify", DAMAGED])?;
    ensure(refusal.contains("error") && refusal.contains("SF-0313"), || {
        "the damage was not refused as a frame checksum that does not match".to_owned()
    })?;

    report::heading("Recover the copy: what is lost is counted, what is left is intact");
    recover(&stage, &original, count)?;

    report::heading("Unpack the original and compare");
    stage.play(0, &["unpack", STREAM, "--output", "back.jsonl"])?;
    ensure(stage.read("back.jsonl")? == original, || "back.jsonl differs".to_owned())?;
    report::line(format_args!(
        "{} every byte of the records came back",
        report::good("identical:")
    ));

    let seconds = started.elapsed().as_secs_f64();
    report::line(format_args!("\n{} in {seconds:.1} s", report::good("All as it should be")));
    Ok(())
}

/// Packs with each codec, with a dictionary and in batches, and compares the sizes.
fn pack_in_every_way(stage: &Stage, input: &Input) -> Outcome {
    report::heading("Pack them in different ways");
    let records = argument(&input.records)?;
    let schema = argument(&input.schema)?;
    stage.play(0, &["dictionary", "train", records, "--output", DICTIONARY])?;
    let mut table = report::Table::new(&["how", "bytes", "of the input"]);
    let whole = stage.size(&input.records)?;
    table.row(sizes("the records themselves", whole, whole));
    for (how, file, options) in WAYS {
        let common = ["pack", records, "--output", file, "--schema", schema, "--name", input.name];
        stage.play(0, &[&common[..], options].concat())?;
        table.row(sizes(how, stage.size(file)?, whole));
    }
    report::heading("Their sizes");
    report::line(table);
    report::line(
        "Every frame bears its schema, its length and two checksums; the file that uses the dictionary contains it.",
    );
    Ok(())
}

/// Where the frame in the middle of the stream lies, after showing it.
fn look_into(stage: &Stage, count: usize) -> Outcome<u64> {
    let number = count.div_ceil(2).to_string();
    stage.play(0, &["inspect", STREAM, "--frame", &number])?;
    Ok(stage.size(STREAM)? / 2)
}

fn flip_one_bit(stage: &Stage, frame: &u64) -> Outcome {
    let mut bytes = stage.read(STREAM)?;
    let at = usize::try_from(*frame).unwrap_or(usize::MAX);
    let byte = bytes.get_mut(at).ok_or_else(|| Failure::new("the frame lies beyond the file"))?;
    *byte ^= 1 << 4;
    stage.write(DAMAGED, &bytes)?;
    report::line(format_args!("bit 4 of byte {at} is flipped in {DAMAGED}"));
    Ok(())
}

fn recover(stage: &Stage, original: &[u8], count: usize) -> Outcome {
    stage.play(0, &["recover", DAMAGED, "--output", RECOVERED, "--report", REPORT])?;
    let report: Value = serde_json::from_slice(&stage.read(REPORT)?).context(REPORT)?;
    report::line(format_args!("{report:#}"));
    let number = |member| report.get(member).and_then(Value::as_u64);
    ensure(number("frames_lost") == Some(1), || "not exactly one frame is lost".to_owned())?;
    let _ = (original, count);
    Ok(())
}

fn sizes(how: &str, bytes: u64, whole: u64) -> [String; 3] {
    let hundredth = bytes.saturating_mul(1000).checked_div(whole).unwrap_or(0);
    let share = format!("{}.{} %", hundredth / 10, hundredth % 10);
    [how.to_owned(), report::thousands(bytes), share]
}

const STREAM: &str = "records.sframe";
const DICTIONARY: &str = "records.dict";
const DAMAGED: &str = "damaged.sframe";
const RECOVERED: &str = "recovered.sframe";
const REPORT: &str = "report.json";

const WAYS: [(&str, &str, &[&str]); 5] = [
    ("codec none", "none.sframe", &["--codec", "none"]),
    ("codec lz4", "lz4.sframe", &["--codec", "lz4"]),
    ("codec zstd", STREAM, &["--codec", "zstd"]),
    (
        "zstd and a dictionary",
        "dictionary.sframe",
        &["--codec", "zstd", "--dictionary", DICTIONARY],
    ),
    ("zstd in batches of 64", "batch.sframe", &["--codec", "zstd", "--batch", "64"]),
];
