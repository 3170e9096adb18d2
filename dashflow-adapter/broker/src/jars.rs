//! The jars of Kafka, by Maven, once.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::failure::{Context as _, Failure, Outcome, run};

/// The folder of the jars, which are brought when they are not there.
pub(crate) fn install(home: &Path) -> Outcome<PathBuf> {
    check_java()?;
    let lib = home.join("lib");
    let complete = home.join("lib.complete");
    if fs::read_to_string(&complete).is_ok_and(|found| found == POM) {
        return Ok(lib);
    }
    let _ = fs::remove_dir_all(&lib);
    fs::create_dir_all(&lib).context(format_args!("making {}", lib.display()))?;
    let pom = home.join("pom.xml");
    fs::write(&pom, POM).context(format_args!("writing {}", pom.display()))?;
    let mut maven = Command::new("mvn");
    maven.args(["-q", "-B", "dependency:copy-dependencies", "-DincludeScope=runtime", "-f"]);
    maven.arg(&pom).arg(format!("-DoutputDirectory={}", lib.display()));
    run(&mut maven, "bringing Kafka's jars", "install Maven (Debian: apt-get install maven)")?;
    fs::write(&complete, POM).context(format_args!("writing {}", complete.display()))?;
    Ok(lib)
}

fn check_java() -> Outcome {
    let mut java = Command::new("java");
    java.arg("--version");
    let said = run(&mut java, "running Kafka", JAVA)?;
    let version = said.split_whitespace().nth(1).and_then(|version| version.split('.').next());
    match version.and_then(|version| version.parse::<u32>().ok()) {
        Some(version) if version >= 17 => Ok(()),
        _ => {
            let first = said.lines().next().unwrap_or_default();
            Err(Failure::new(format!("running Kafka needs Java 17, and this is {first}; {JAVA}")))
        }
    }
}

const POM: &str = include_str!("../pom.xml");
const JAVA: &str = "install Java 17 or later (Debian: apt-get install openjdk-17-jre-headless)";
