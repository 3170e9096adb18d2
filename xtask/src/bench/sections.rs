//! What other programs measure and print: beside the formats of others, in the adapter, in browsers.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::failure::{Context as _, Outcome, ensure};
use crate::wasm::{self, Workshop};
use crate::{dashboard, debian, kafka, report, shell, workspace};

/// A section of the results, in Markdown.
pub(super) struct Section {
    pub(super) title: &'static str,
    pub(super) file: PathBuf,
}

/// Runs all of them, one after another.
pub(super) fn measure(quick: Option<&str>) -> Outcome<Vec<Section>> {
    let folder = workspace::target()?.join("bench").join("sections");
    std::fs::create_dir_all(&folder).context(folder.display())?;
    let write = |name: &str, title: &'static str, text: String| {
        let file = folder.join(name);
        std::fs::write(&file, text).context(file.display())?;
        Ok(Section { title, file })
    };
    Ok(vec![
        write("peers.md", "Beside the formats of others", peers(quick)?)?,
        write("adapter.md", "The adapter", adapter()?)?,
        write("browser.md", "In Node and Chromium", browser(&folder)?)?,
    ])
}

/// What the race of the peers prints.
fn peers(quick: Option<&str>) -> Outcome<String> {
    let mut cargo = shell::cargo();
    cargo.env("CARGO_TARGET_DIR", workspace::target()?.join("peers"));
    cargo.args(["run", "--quiet", "--locked", "--release", "--manifest-path"]);
    cargo.args(["benches/peers/Cargo.toml", "--"]).args(quick);
    let printed = printed(&mut cargo)?;
    Ok(format!("As `benches/peers` printed it; its README says how a row is read.\n\n{printed}"))
}

/// What the adapter's examples print, the last of them with a broker.
fn adapter() -> Outcome<String> {
    let mut cargo = shell::cargo();
    cargo.args(["build", "--quiet", "--locked", "--release", "--package", "strictframe-dashflow"]);
    cargo.args(["--features", "kafka", "--examples"]);
    report::command(shell::words(&cargo));
    shell::run(&mut cargo)?;
    let programs = workspace::target()?.join("release").join("examples");
    let program = |name: &str| Command::new(programs.join(name));
    let mut text = String::from(
        "As the examples of `dashflow-adapter` printed it; its README says what each figure means.\n",
    );
    for words in ["bytes", "send"] {
        text.push('\n');
        text.push_str(&printed(program("producer_figures").arg(words))?);
    }
    text.push_str("\nAll threads on one core:\n\n");
    let mut pinned = Command::new("taskset");
    pinned.args(["-c", "0"]).arg(programs.join("producer_figures")).arg("file");
    text.push_str(&printed(&mut pinned)?);
    text.push_str("\nThrough a broker on the same machine:\n\n");
    let brokers = kafka::Brokers::start(kafka::home()?).context("starting a broker")?;
    text.push_str(&printed(&mut program("producer_broker"))?);
    drop(brokers);
    text.push_str("\nStates:\n\n");
    text.push_str(&printed(&mut program("state_figures"))?);
    Ok(text)
}

/// The tables of `codec-wasm/SPEED.md`, which is written anew, and of `SIZE.md`.
fn browser(folder: &Path) -> Outcome<String> {
    ensure(dashboard::has_chromium(), || "there is no Chromium: apt-get install chromium".into())?;
    ensure(debian::runs("node"), || "there is no node".to_owned())?;
    let corpus = folder.join("corpus");
    wasm::corpus(&corpus)?;
    let workshop = Workshop::find()?;
    workshop.make()?;
    let package = workspace::root().join("codec-wasm");
    let (speed, size) = (package.join("SPEED.md"), package.join("SIZE.md"));
    workshop.speed(&corpus, &speed)?;
    let read = |path: &Path| std::fs::read_to_string(path).context(path.display());
    Ok(format!("{}\n{}", below(&read(&speed)?), below(&read(&size)?)))
}

/// A document as part of another: its title is the name of a part, and what it writes below that title one deeper.
fn below(document: &str) -> String {
    let deeper = |line: &str| {
        let hashes = if line.starts_with('#') { "##" } else { "" };
        format!("{hashes}{line}\n")
    };
    document.lines().map(deeper).collect()
}

/// What a program prints, in a block of its own.
fn printed(command: &mut Command) -> Outcome<String> {
    report::command(shell::words(command));
    let text = shell::stdout_of(command)?;
    report::line(&text);
    Ok(format!("```text\n{}\n```\n", text.trim_end()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_document_becomes_a_part_of_another() {
        assert_eq!(below("# A\n\ntext # not\n## B\n"), "### A\n\ntext # not\n#### B\n");
    }
}
