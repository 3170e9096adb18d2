//! `cargo xtask demo --agent`: the telemetry of a simulated agent, from its producer into a directory and out again.

use super::damage;
use super::stage::Stage;
use crate::failure::{Context as _, Failure, Outcome, ensure};
use crate::report::{self, thousands};
use crate::shell;

pub(super) fn play() -> Outcome {
    report::heading("Build the command");
    // Both in one build, which has the library once.
    let stage = Stage::set(&[
        "--package",
        "strictframe-example-agent",
        "--features",
        "strictframe-cli/dashflow",
    ])?;

    report::heading("An agent works, and tells what it does");
    let sent = run_the_agent(&stage)?;
    report::line(format_args!("what follows happens in {}", stage.folder().display()));

    report::heading("What it told, message by message");
    stage.play(&["kafka", "tail", "--dir", RUNS, "--limit", "12"])?;

    report::heading("One run, and of it the tools alone");
    stage.play(&[
        "kafka",
        "tail",
        "--dir",
        RUNS,
        "--thread",
        "run-2",
        "--kind",
        "tool_execution",
    ])?;

    report::heading("Everything arrived, once");
    let shown = stage.ask(&["kafka", "tail", "--dir", RUNS, "--json"])?;
    ensure(shown.lines().count() == sent, || {
        format!("{sent} messages were sent, {} are there", shown.lines().count())
    })?;
    report::line(format_args!(
        "{} messages of {} bytes as JSON, in {} bytes of frames",
        thousands(sent as u64),
        thousands(shown.len() as u64),
        thousands(stage.size(SEGMENT)?),
    ));
    stage.play(&["stats", SEGMENT])?;
    stage.play(&["kafka", "dlq", "list", "--dir", "runs/dead-letters"])?;

    report::heading("What one run did, and the states that it would go on with");
    stage.play(&["trace", "show", "run-2", "--dir", RUNS])?;
    stage.play(&["checkpoint", "list", CHECKPOINTS, "--thread", "run-2"])?;
    stage.play(&["checkpoint", "verify", CHECKPOINTS])?;

    report::heading("Flip one bit: the frame is refused by name");
    let place = damage::a_data_frame(&stage, SEGMENT)?;
    damage::flip_one_bit(&stage, SEGMENT, SEGMENT, &place)?;
    stage.play_to_code(1, &["verify", SEGMENT])?;
    // Only what was not taken is of interest.
    stage.play_to_code(1, &["kafka", "tail", "--dir", RUNS, "--thread", "nobody"])?;
    Ok(())
}

/// Lets a browser watch it, until somebody interrupts.
pub(super) fn show() -> Outcome {
    report::heading("Build the command");
    let stage = Stage::set(&[
        "--package",
        "strictframe-example-agent",
        "--features",
        "strictframe-cli/dashflow,strictframe-cli/serve",
    ])?;
    std::fs::create_dir(stage.folder().join(RUNS)).context(RUNS)?;

    report::heading("A page, and an agent at work: open the URL, and end with Ctrl-C");
    let mut server = stage.program("strictframe");
    server.args(["serve", "--dir", RUNS, "--port", "0"]);
    report::command(shell::words(&server));
    let mut server = server.spawn().context("starting the server")?;
    let mut agent = stage.program("agent");
    // Some minutes of work: whoever opens the page sees how it goes on.
    agent.args([RUNS, "--runs", "8", "--pace-ms", "150"]);
    report::command(shell::words(&agent));
    let worked = shell::run(&mut agent);
    if worked.is_err() {
        let _ = server.kill();
    }
    let ended = server.wait().context("waiting for the server")?;
    worked?;
    ensure(ended.success(), || format!("the server ended with {ended}"))
}

/// Runs the agent; gives the number of messages that it says it has sent.
fn run_the_agent(stage: &Stage) -> Outcome<usize> {
    let mut agent = stage.program("agent");
    agent.args([RUNS, "--runs", "5"]);
    report::command(shell::words(&agent));
    let said = shell::stdout_of(&mut agent)?;
    report::line(said.trim_end());
    let mut words = said.split_whitespace().skip_while(|word| *word != "sent").skip(1);
    let sent = words.next().ok_or_else(|| Failure::new("the agent does not say what it sent"))?;
    sent.parse().context("the number of messages that were sent")
}

/// The directory that the agent writes into.
const RUNS: &str = "runs";
/// Where it saves its states.
const CHECKPOINTS: &str = "runs/checkpoints";
/// What it writes there.
const SEGMENT: &str = "runs/00000000000000000000.sframe";
