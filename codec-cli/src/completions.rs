//! `strictframe completions`: a script that completes the command's words in a shell.

use clap_complete::Shell;

use crate::Ending;
use crate::failure::Failure;
use crate::output::Stdout;

/// Write a script that completes commands and options in a shell
#[derive(clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Arguments {
    /// The shell
    shell: Shell,
}

pub(crate) fn run(arguments: &Arguments, mut command: clap::Command) -> Result<Ending, Failure> {
    let mut script = Vec::new();
    clap_complete::generate(arguments.shell, &mut command, "strictframe", &mut script);
    let mut out = Stdout::lock();
    out.bytes(&script)?;
    out.flush()?;
    Ok(Ending::Done)
}

const EXAMPLES: &str = "\
Examples:
  strictframe completions bash > ~/.local/share/bash-completion/completions/strictframe
  strictframe completions zsh > ~/.zfunc/_strictframe";
