//! Running other programs: shown, watched, and never ignored when they fail.

use std::io::{BufRead as _, BufReader};
use std::process::{Command, ExitStatus, Stdio};

use crate::failure::{Context as _, Failure, Outcome};
use crate::{report, workspace};

/// Cargo, started in the root of the workspace.
pub(crate) fn cargo() -> Command {
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.current_dir(workspace::root());
    command
}

/// The program and its arguments as one would type them; a path shows as its last part.
pub(crate) fn words(command: &Command) -> String {
    let program = std::path::Path::new(command.get_program());
    let mut text = program.file_name().unwrap_or_default().to_string_lossy().into_owned();
    for argument in command.get_args() {
        let argument = argument.to_string_lossy();
        text.push(' ');
        if argument.is_empty() || argument.contains(|c: char| c.is_whitespace() || c == '\'') {
            text += &format!("'{}'", argument.replace('\'', "'\\''"));
        } else {
            text += &argument;
        }
    }
    text
}

/// Runs a program with our own standard streams.
pub(crate) fn run(command: &mut Command) -> Outcome {
    let status = command.status().context(format_args!("starting {}", words(command)))?;
    succeeded(command, status)
}

/// Runs a program and gives back its standard output; its errors go to ours.
pub(crate) fn stdout_of(command: &mut Command) -> Outcome<String> {
    let output = command.stderr(Stdio::inherit()).output();
    let output = output.context(format_args!("starting {}", words(command)))?;
    succeeded(command, output.status)?;
    String::from_utf8(output.stdout).context(format_args!("output of {}", words(command)))
}

/// Runs a program, shows each line as it comes, and gives back all of them.
///
/// Both of its streams go through one pipe, so that their lines keep their order.
pub(crate) fn watch(mut command: Command) -> Outcome<(ExitStatus, String)> {
    let doing = words(&command);
    let (reader, writer) = std::io::pipe().context("making a pipe")?;
    let twin = writer.try_clone().context("making a pipe")?;
    command.stdin(Stdio::null()).stdout(writer).stderr(twin);
    let mut child = command.spawn().context(format_args!("starting {doing}"))?;
    // The command holds our copies of the pipe's writing end; reading ends when all are closed.
    drop(command);
    let mut text = String::new();
    let mut bytes = Vec::new();
    let mut reader = BufReader::new(reader);
    while reader.read_until(b'\n', &mut bytes).context(format_args!("output of {doing}"))? > 0 {
        let line = String::from_utf8_lossy(&bytes);
        let line = line.trim_end_matches(['\r', '\n']);
        report::line(line);
        text += line;
        text.push('\n');
        bytes.clear();
    }
    let status = child.wait().context(format_args!("waiting for {doing}"))?;
    Ok((status, text))
}

fn succeeded(command: &Command, status: ExitStatus) -> Outcome {
    if status.success() {
        return Ok(());
    }
    Err(Failure::new(format!("{} ended with {status}", words(command))))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_quote_what_a_shell_would_split() {
        let mut command = Command::new("/some/where/strictframe");
        command.args(["pack", "a b.jsonl", "it's", "--level=3"]);
        assert_eq!(words(&command), r"strictframe pack 'a b.jsonl' 'it'\''s' --level=3");
    }

    #[test]
    fn a_program_that_fails_is_a_failure_that_names_it() {
        let mut command = cargo();
        command.arg("no-such-subcommand-of-cargo").stderr(Stdio::null());
        let failure = run(&mut command).unwrap_err().to_string();
        assert!(failure.contains("no-such-subcommand-of-cargo ended with"), "{failure}");
    }

    #[test]
    fn watching_gives_back_both_streams_and_the_exit_status() {
        let mut command = cargo();
        command.arg("no-such-subcommand-of-cargo");
        let (status, text) = watch(command).unwrap();
        assert!(!status.success());
        assert!(text.contains("no such command"), "{text}");
    }
}
