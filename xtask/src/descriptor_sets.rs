//! `cargo xtask descriptor-sets`: what two versions of protoc make of the sources that tests read, written anew or compared.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::failure::{Context as _, Outcome, ensure};
use crate::generated::Options;
use crate::{debian, python, report, shell, workspace};

/// The compilers that the sets are written by.
pub(crate) struct Compilers {
    /// The one of a distribution, which knows no editions.
    distributed: PathBuf,
    /// A Python that has a newer one.
    python: PathBuf,
}

/// Writes the sets, or compares them.
pub(crate) fn run(options: &Options) -> Outcome {
    let compilers = Compilers::find()?;
    if options.check { compilers.check() } else { compilers.write(&sources()) }
}

impl Compilers {
    /// Both compilers; what is not there is installed where that can be done.
    pub(crate) fn find() -> Outcome<Self> {
        ensure(protoc_is_there(), || {
            "there is no protoc: apt-get install protobuf-compiler libprotobuf-dev".to_owned()
        })?;
        Ok(Self { distributed: PathBuf::from("protoc"), python: python::with_packages()? })
    }

    /// Compares what they write now with the sets that are there.
    pub(crate) fn check(&self) -> Outcome {
        let folder = workspace::target()?.join("descriptor-sets");
        self.write(&folder)?;
        for name in SETS.map(|(_, set)| set) {
            let read = |folder: &Path| std::fs::read(folder.join(name)).context(name);
            let is_same = read(&folder)? == read(&sources())?;
            ensure(is_same, || format!("{name} is not what protoc writes: {REMEDY}"))?;
        }
        Ok(())
    }

    fn write(&self, folder: &Path) -> Outcome {
        std::fs::create_dir_all(folder).context(folder.display())?;
        for (from, set) in SETS {
            let mut protoc = match set {
                OLDER => Command::new(&self.distributed),
                _ => Command::new(&self.python),
            };
            if set != OLDER {
                protoc.args(["-c", PROTOC]);
            }
            compile(protoc, &sources().join(from), &folder.join(set))?;
            report::line(format_args!("{set}: written by protoc from {from}/"));
        }
        Ok(())
    }
}

fn sources() -> PathBuf {
    workspace::root().join("codec-schema").join("tests").join("compiled")
}

/// Whether a distribution's protoc can be started; under CI it is installed where apt-get can do that.
fn protoc_is_there() -> bool {
    debian::is_there(&["protobuf-compiler", "libprotobuf-dev"], || debian::runs("protoc"))
}

/// Compiles all sources of a folder into one set, what they import included.
fn compile(mut protoc: Command, folder: &Path, set: &Path) -> Outcome {
    let entries = std::fs::read_dir(folder).context(folder.display())?;
    let mut files = entries
        .map(|entry| entry.map(|entry| PathBuf::from(entry.file_name())))
        .collect::<Result<Vec<_>, _>>()
        .context(folder.display())?;
    files.sort();
    protoc.current_dir(folder).args(["-I", ".", "--include_imports", "-o"]).arg(set).args(files);
    shell::run(&mut protoc)
}

/// Each folder of sources, and the set that is written of it.
const SETS: [(&str, &str); 4] = [
    ("classic", OLDER),
    ("classic", "classic.binpb"),
    ("edition_2023", "edition_2023.binpb"),
    ("edition_2024", "edition_2024.binpb"),
];
/// The set that the compiler of a distribution writes.
const OLDER: &str = "classic.debian.binpb";

const REMEDY: &str = "write it anew with `cargo xtask descriptor-sets`";

// The types that every protoc knows lie beside this one.
const PROTOC: &str = "import sys
from importlib.resources import files
from grpc_tools.protoc import main
sys.exit(main(['protoc', *sys.argv[1:], '-I', str(files('grpc_tools') / '_proto')]))";
