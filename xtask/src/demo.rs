//! `cargo xtask demo`: real records become a stream file, are inspected, damaged, refused by name,
//! recovered with an exact count, and come back byte for byte. With --agent the telemetry of a simulated agent instead.

use std::path::PathBuf;
use std::time::Instant;

use crate::failure::{Context as _, Outcome, ensure};
use crate::report::{self, thousands};

mod agent;
mod damage;
mod input;
mod stage;

use input::Input;
use stage::{Stage, argument};

#[derive(clap::Args)]
pub(crate) struct Options {
    /// A simulated agent sends its telemetry into a directory, where it is shown, filtered, damaged and refused
    #[arg(long, conflicts_with_all = ["input", "schema"])]
    agent: bool,
    /// Let the browser watch the agent at work: prints the URL, and ends when it is interrupted
    #[arg(long, requires = "agent")]
    serve: bool,
    /// Records of your own, one JSON value a line, in place of this workspace's packages
    #[arg(long, value_name = "FILE.jsonl", requires = "schema")]
    input: Option<PathBuf>,
    /// The JSON Schema of those records
    #[arg(long, value_name = "FILE", requires = "input")]
    schema: Option<PathBuf>,
}

impl Options {
    /// The demo of records, or that of an agent, with nothing of one's own.
    pub(crate) const fn of(agent: bool) -> Self {
        Self { agent, serve: false, input: None, schema: None }
    }
}

/// Plays every step; stops at the first that does not do what it should.
pub(crate) fn run(options: &Options) -> Outcome {
    let started = Instant::now();
    match (options.agent, options.serve) {
        (true, true) => return agent::show(),
        (true, false) => agent::play()?,
        (false, _) => records(options)?,
    }
    let seconds = started.elapsed().as_secs_f64();
    report::line(format_args!("\n{} in {seconds:.1} s", report::good("All as it should be")));
    Ok(())
}

fn records(options: &Options) -> Outcome {
    report::heading("Build the command");
    let stage = Stage::set(&[])?;

    report::heading("The records");
    let input = match (&options.input, &options.schema) {
        (Some(records), Some(schema)) => input::given(records, schema)?,
        _ => input::packages(stage.folder())?,
    };
    let mut original = std::fs::read(stage.folder().join(&input.records)).context("the records")?;
    if original.last().is_some_and(|byte| *byte != b'\n') {
        // Unpacking writes LF after every record, also after the last.
        original.push(b'\n');
    }
    let lines = original.split_inclusive(|byte| *byte == b'\n').count();
    report::line(format_args!(
        "{} holds {lines} records in {} bytes: {}",
        input.records.display(),
        thousands(stage.size(&input.records)?),
        input.about,
    ));
    report::line(format_args!("what follows happens in {}", stage.folder().display()));

    pack_in_every_way(&stage, &input)?;

    report::heading("Look into one frame");
    let place = damage::a_data_frame(&stage, STREAM)?;
    stage.play(&["inspect", STREAM, "--frame", &place.frame.to_string()])?;

    report::heading("Verify the stream");
    stage.play(&["verify", STREAM])?;

    report::heading("Flip one bit of a copy: it is refused, with code and offset");
    damage::flip_one_bit(&stage, STREAM, DAMAGED, &place)?;
    let refusal = stage.play_to_code(1, &["verify", DAMAGED])?;
    let expected = format!("error[SF-0313]: frame checksum mismatch (at byte {})", place.frame_crc);
    ensure(report::plain(&refusal).contains(&expected), || format!("it should say: {expected}"))?;

    report::heading("Recover the copy: what is lost is counted, what is left is intact");
    stage.play(&["recover", DAMAGED, "--output", RECOVERED, "--report", REPORT])?;
    stage.play(&["verify", RECOVERED])?;
    stage.play(&["unpack", RECOVERED, "--output", "recovered.jsonl"])?;
    let account =
        damage::account(&stage.read(REPORT)?, &original, &stage.read("recovered.jsonl")?)?;
    report::line(format_args!("{} {account}", report::good("as reported:")));
    report::line(
        "No length behind the damage is trusted: reading goes on at the next SYNC, 64 KiB away at most.",
    );

    report::heading("Unpack the original and compare");
    stage.play(&["unpack", STREAM, "--output", "back.jsonl"])?;
    ensure(stage.read("back.jsonl")? == original, || "back.jsonl differs".to_owned())?;
    report::line(format_args!("{} every byte of every record", report::good("the same:")));
    Ok(())
}

/// Packs with each codec, with a dictionary and in batches, and compares the sizes.
fn pack_in_every_way(stage: &Stage, input: &Input) -> Outcome {
    report::heading("Pack them, each way there is");
    let records = argument(&input.records)?;
    let schema = argument(&input.schema)?;
    let whole = stage.size(&input.records)?;
    let mut table = report::Table::new(&["how", "bytes", "of the input"]);
    table.row(sizes("the records themselves", whole, whole));
    for way in WAYS {
        if way.dictionary && !train(stage, input, records)? {
            continue;
        }
        let common =
            ["pack", records, "--output", way.file, "--schema", schema, "--name", input.name];
        stage.play(&[&common[..], way.options].concat())?;
        table.row(sizes(way.name, stage.size(way.file)?, whole));
    }
    report::heading("Their sizes");
    report::line(table);
    report::line(SIZES_MEAN);
    Ok(())
}

/// Trains the dictionary; too few records of the reader's own are no fault of the demo.
fn train(stage: &Stage, input: &Input, records: &str) -> Outcome<bool> {
    let arguments = ["dictionary", "train", records, "--output", DICTIONARY];
    if input.is_ours {
        return stage.play(&arguments).map(|_| true);
    }
    let trained = stage.play_to_any_code(&arguments)? == Some(0);
    if !trained {
        report::line(report::doubtful("left out: these records make no dictionary"));
    }
    Ok(trained)
}

fn sizes(name: &str, bytes: u64, whole: u64) -> [String; 3] {
    let rounded = bytes.saturating_mul(1000).saturating_add(whole / 2);
    let thousandths = rounded.checked_div(whole).unwrap_or(0);
    let share = format!("{}.{} %", thousandths / 10, thousandths % 10);
    [name.to_owned(), thousands(bytes), share]
}

/// One way to pack.
struct Way {
    dictionary: bool,
    file: &'static str,
    name: &'static str,
    options: &'static [&'static str],
}

const WAYS: [Way; 5] = [
    Way {
        dictionary: false,
        file: "none.sframe",
        name: "as they are",
        options: &["--codec", "none"],
    },
    Way { dictionary: false, file: "lz4.sframe", name: "lz4", options: &["--codec", "lz4"] },
    Way { dictionary: false, file: STREAM, name: "zstd", options: &["--codec", "zstd"] },
    Way {
        dictionary: true,
        file: "dictionary.sframe",
        name: "zstd with a dictionary",
        options: &["--codec", "zstd", "--dictionary", DICTIONARY],
    },
    Way {
        dictionary: false,
        file: "batches.sframe",
        name: "zstd in batches of 64",
        options: &["--codec", "zstd", "--batch", "64"],
    },
];

const SIZES_MEAN: &str =
    "Each file carries its schema, two checksums a frame, and its dictionary if it has one.";

const STREAM: &str = "records.sframe";

const DICTIONARY: &str = "records.dict";

const DAMAGED: &str = "damaged.sframe";

const RECOVERED: &str = "recovered.sframe";

const REPORT: &str = "report.json";
