//! The compiler of Kaitai Struct, by Maven, and what it makes of `spec/kaitai`, below the target folder.

use std::path::PathBuf;
use std::process::Command;

use crate::failure::{Context as _, Outcome, ensure};
use crate::{debian, report, shell, workspace};

/// The compiler with its libraries.
pub(crate) struct Compiler {
    folder: PathBuf,
}

impl Compiler {
    /// # Errors
    ///
    /// Java or Maven is not there, or Maven cannot bring the compiler.
    pub(crate) fn find() -> Outcome<Self> {
        for (program, package) in [("java", "openjdk-17-jre-headless"), ("mvn", "maven")] {
            ensure(debian::runs(program), || {
                format!("there is no {program}: apt-get install {package}")
            })?;
        }
        let folder = workspace::target()?.join("kaitai");
        let mut maven = Command::new("mvn");
        maven.current_dir(workspace::root());
        maven.args(["-q", "-B", "-f", "spec/kaitai/pom.xml", "dependency:copy-dependencies"]);
        maven.arg(format!("-DoutputDirectory={}", folder.join("lib").display()));
        report::command(shell::words(&maven));
        shell::run(&mut maven).context("the compiler of Kaitai Struct")?;
        Ok(Self { folder })
    }

    /// The command that compiles the description to Python, and where the module is then.
    pub(crate) fn command(&self) -> (Command, PathBuf) {
        let module = self.folder.join("python");
        let mut java = Command::new("java");
        java.current_dir(workspace::root()).arg("-cp").arg(self.folder.join("lib/*"));
        java.args(["io.kaitai.struct.JavaMain", "--debug", "--target", "python", "--outdir"]);
        java.arg(&module).arg("spec/kaitai/strictframe.ksy");
        (java, module)
    }
}
