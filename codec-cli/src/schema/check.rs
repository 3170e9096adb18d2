//! `strictframe schema check`: whether the lock file has what the sources have, and all that it ever had.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde::Serialize;
use strictframe::lock::{Lock, LockedVersion, Plan};

use super::lock_file::{LockPath, failure, parsed, titled};
use super::sources::Options;
use crate::Ending;
use crate::failure::{Failure, input_output, usage};
use crate::output::Stdout;
use crate::terminal::{counted, shown, tame};

/// Say whether the lock file has what the sources have, and with --against whether its history is whole; for CI
///
/// The lock file itself is always checked: every identifier is computed again. The exit code is 1 when it is refused, when a schema of the sources is not its newest version there, or when a version that the file at GIT-REF has is not there unchanged.
///
/// With --json: {"lock", "versions", "sources": [{"name", "version"}], "against", "kept"}; "against" and "kept" are null without --against.
#[derive(clap::Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Arguments {
    /// Protobuf sources (.proto), descriptor sets (.binpb, .pb), texts of `schema show` (.descriptor) or a JSON Schema (.json)
    #[arg(required_unless_present = "against", value_name = "PROTO-OR-JSON")]
    files: Vec<PathBuf>,
    #[command(flatten)]
    sources: Options,
    #[command(flatten)]
    path: LockPath,
    /// Compare with the lock file of this commit, branch or tag
    #[arg(long, value_name = "GIT-REF")]
    against: Option<String>,
    /// Write one JSON object to standard output
    #[arg(long)]
    pub(super) json: bool,
}

#[derive(Serialize)]
struct Report {
    lock: String,
    versions: usize,
    sources: Vec<Source>,
    against: Option<String>,
    kept: Option<usize>,
}

#[derive(Serialize)]
struct Source {
    name: String,
    version: u16,
}

impl Arguments {
    pub(super) fn run(&self) -> Result<Ending, Failure> {
        let lock = self.path.read()?;
        let kept = match &self.against {
            Some(reference) => self.kept(&lock, reference)?,
            None => None,
        };
        let mut sources = Vec::new();
        for named in self.sources.read(&self.files)?.schemas {
            let version = match named.plan(&lock)? {
                Plan::Unchanged { version } => version,
                plan => return Err(self.differs(&named.name, &plan)),
            };
            sources.push(Source { name: named.name, version });
        }
        let versions = lock.iter().map(<[LockedVersion]>::len).sum();
        let path = self.path.lock.to_string_lossy().into_owned();
        let report = Report { lock: path, versions, sources, against: self.against.clone(), kept };
        let mut out = Stdout::lock();
        if self.json {
            out.json_line(&report)?;
        } else {
            self.tell(&report, &mut out)?;
        }
        out.flush()?;
        Ok(Ending::Done)
    }

    fn tell(&self, report: &Report, out: &mut Stdout) -> Result<(), Failure> {
        let (file, versions) = (shown(&self.path.lock), counted(report.versions as u64, "version"));
        let good = out.paint.good("whole");
        out.line(format_args!("{file}: {good}, {versions}"))?;
        for source in &report.sources {
            let name = out.paint.mark(tame(&source.name, 200));
            out.line(format_args!("  {name} version {}: as in the source", source.version))?;
        }
        match (&report.against, report.kept) {
            (Some(reference), Some(kept)) => {
                let (reference, kept) = (tame(reference, 100), counted(kept as u64, "version"));
                out.line(format_args!("  {kept} of {reference}: all kept"))?;
            }
            (Some(reference), None) => {
                let reference = tame(reference, 100);
                out.line(format_args!("  {reference} has no such file: nothing to compare with"))?;
            }
            _ => {}
        }
        Ok(())
    }

    fn differs(&self, name: &str, plan: &Plan) -> Failure {
        let (name, file) = (tame(name, 200), shown(&self.path.lock));
        let message = match plan {
            Plan::Changed { version, .. } => format!(
                "{name} has changed since version {}, the newest in {file}",
                version.descriptor().version() - 1
            ),
            _ => format!("{name} is not in {file}"),
        };
        let help = "`strictframe schema lock` shows what changed and adds the version; commit the lock file with the source";
        failure(807, "LockOutdated", message, help.to_owned())
    }

    /// How many versions the file of that commit has, all of which must be there still; nothing when there is no such file.
    fn kept(&self, lock: &Lock, reference: &str) -> Result<Option<usize>, Failure> {
        let path = self.path.lock.as_path();
        let Some(bytes) = at(path, reference)? else { return Ok(None) };
        let place = format!("{}:{}", reference, path.display());
        let before = parsed(&bytes, Path::new(&place))?;
        let mut kept = 0;
        for version in before.iter().flatten() {
            let descriptor = version.descriptor();
            let now = lock.versions(descriptor.name(), descriptor.encoding());
            let now = now.iter().find(|now| now.descriptor().version() == descriptor.version());
            if now != Some(version) {
                let what = if now.is_some() { "is another one now" } else { "is gone" };
                let message = format!(
                    "history was rewritten: {} of {} {what}",
                    titled(descriptor),
                    tame(reference, 100),
                );
                let help = "frames of it may be out there: put the entry back as it was, and lock the schema of today as a version behind it";
                return Err(failure(808, "HistoryRewritten", message, help.to_owned()));
            }
            kept += 1;
        }
        Ok(Some(kept))
    }
}

/// The file as it was at a commit; nothing when it was not there yet.
fn at(path: &Path, reference: &str) -> Result<Option<Vec<u8>>, Failure> {
    if reference.is_empty() || reference.starts_with('-') {
        let message = format!("{} is no name of a commit", tame(reference, 100));
        return Err(usage(
            message,
            "give a commit, a branch or a tag, as in --against origin/main",
        ));
    }
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    let folder = folder.unwrap_or(Path::new("."));
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let commit =
        git(folder, &["rev-parse", "--verify", "--quiet", &format!("{reference}^{{commit}}")])?;
    if !commit.status.success() {
        let inside = git(folder, &["rev-parse", "--is-inside-work-tree"])?.status.success();
        return Err(match inside {
            false => input_output(
                format!("{} is in no git repository", shown(path)),
                "run it in the repository that the lock file belongs to, or leave out --against",
            ),
            true => input_output(
                format!("the repository has no commit {}", tame(reference, 100)),
                "fetch it first; a shallow clone has the newest commit only",
            ),
        });
    }
    // The dot makes it a path from the folder, and not from the top of the repository.
    let list = git(folder, &["ls-tree", "--name-only", reference, "--", &format!("./{name}")])?;
    let there = match list.status.success() && list.stdout.is_empty() {
        false => format!("./{name}"),
        true => match renamed_from(folder, reference, &name)? {
            Some(old) => old,
            None => return Ok(None),
        },
    };
    let file = git(folder, &["show", &format!("{reference}:{there}")])?;
    match file.status.success() {
        true => Ok(Some(file.stdout)),
        false => Err(input_output(
            format!(
                "git cannot show the lock file: {}",
                tame(&String::from_utf8_lossy(&file.stderr), 300)
            ),
            "run `git fsck`, and see what git says",
        )),
    }
}

/// The path, from the top of the repository, that the file had at a commit before it was moved; nothing when git sees no move.
fn renamed_from(folder: &Path, reference: &str, name: &str) -> Result<Option<String>, Failure> {
    let own = git(folder, &["ls-files", "--full-name", "-z", "--", &format!("./{name}")])?;
    // A lock file grows, and what it was is still in it.
    let find = ["diff", "--name-status", "-z", "--diff-filter=R", "--find-renames=20%", reference];
    let found = git(folder, &find)?;
    let text = |output: &Output| String::from_utf8_lossy(&output.stdout).into_owned();
    let (own, found) = (text(&own), text(&found));
    let own = own.split('\0').next().unwrap_or_default();
    let fields: Vec<&str> = found.split('\0').collect();
    let (moves, _) = fields.as_chunks::<3>();
    let moved = moves.iter().find(|[_, _, new]| !own.is_empty() && *new == own);
    Ok(moved.map(|[_, old, _]| (*old).to_owned()))
}

fn git(folder: &Path, arguments: &[&str]) -> Result<Output, Failure> {
    let output = Command::new("git").arg("-C").arg(folder).args(arguments).output();
    output.map_err(|error| {
        input_output(format!("cannot run git: {error}"), "install git, or leave out --against")
    })
}

const EXAMPLES: &str = "\
Examples:
  strictframe schema check proto/shop/order.proto -I proto --against origin/main
  strictframe schema check visit.json --name shop.Visit
  strictframe schema check --against v1.4.0";
