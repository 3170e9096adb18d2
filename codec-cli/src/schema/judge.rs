//! `strictframe schema judge`: what a reader that was built with the lock file would say to each frame.

use std::collections::BTreeMap;
use std::io::{Cursor, Read};
use std::path::PathBuf;

use serde::Serialize;
use strictframe::core::control::{Control, Schema};
use strictframe::core::{Content, Header};
use strictframe::lock::{Lock, LockedVersion};
use strictframe::{
    Descriptor, ErrorKind, Frame, Kind, Limits, Outcome, Registry, SchemaKey, SchemaPolicy,
    StreamReader,
};
use strictframe_schema::change::{Verdict, changes};

use super::lock_file::{LockPath, hex};
use crate::Ending;
use crate::failure::{Failure, numbered, usage};
use crate::help::{reading_failed, refused};
use crate::output::Stdout;
use crate::source::{Source, not_read, profile};
use crate::terminal::{counted, shown, tame};

/// Say for each schema of a frame or stream whether a reader that was built with the lock file decodes it, and why
///
/// The reader is the newest version of each schema of the lock file. It decodes its own version (Exact), older ones back to its oldest_writer (Backward), and with --allow-forward newer ones whose writer says that it may (Forward); where a stream carries their schema, that is compared and the writer's word does not count. Everything else is refused by name. The exit code is 1 when something is.
///
/// With --json there is one object a line for each data frame, {"frame", "offset", "name", "version", "outcome"}, and behind them {"file", "frames", "keys": [{"name", "lineage", "version", "min_reader", "frames", "outcome", "code", "why"}]}. The outcome is that of a frame or the name of the refusal.
#[derive(clap::Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Arguments {
    /// A file of one frame or of a stream; `-` is standard input
    #[arg(value_name = "FRAME-OR-STREAM")]
    file: PathBuf,
    #[command(flatten)]
    path: LockPath,
    /// Take newer versions whose min_reader admits the reader
    #[arg(long)]
    allow_forward: bool,
    /// Read a stream that carries no schemas, since its readers know them from elsewhere
    #[arg(long)]
    bare: bool,
    /// Write JSON to standard output
    #[arg(long)]
    pub(super) json: bool,
}

#[derive(Serialize)]
struct FrameLine<'a> {
    frame: u64,
    offset: u64,
    name: Option<&'a str>,
    version: u16,
    outcome: &'static str,
}

#[derive(Serialize)]
struct Report<'a> {
    file: &'a str,
    frames: u64,
    keys: Vec<&'a Judged>,
}

/// A schema key and what was made of it.
#[derive(Serialize)]
struct Judged {
    name: Option<String>,
    lineage: String,
    version: u16,
    min_reader: u16,
    frames: u64,
    outcome: &'static str,
    code: Option<String>,
    why: String,
    #[serde(skip)]
    position: usize,
}

/// A schema that a stream carries.
struct Carried {
    name: String,
    verdict: Result<Outcome, ErrorKind>,
    /// The difference that breaks a reader, where the verdict is that one does.
    difference: Option<String>,
}

struct Judge<'a> {
    lock: &'a Lock,
    registry: Registry,
    policy: SchemaPolicy,
    /// What SCHEMA frames said of keys.
    carried: BTreeMap<SchemaKey, Carried>,
    judged: BTreeMap<SchemaKey, Judged>,
}

impl Arguments {
    pub(super) fn run(&self) -> Result<Ending, Failure> {
        let lock = self.path.read()?;
        let registry = Registry::new().with_lock(&lock);
        let registry = registry.map_err(|error| usage(error, "give another lock file"))?;
        let policy = match self.allow_forward {
            true => SchemaPolicy::AllowForward,
            false => SchemaPolicy::ExactOrBackward,
        };
        let (carried, judged) = (BTreeMap::new(), BTreeMap::new());
        let mut judge = Judge { lock: &lock, registry, policy, carried, judged };
        let mut out = Stdout::lock();
        let frames = self.read(&mut judge, &mut out)?;
        let mut keys: Vec<_> = judge.judged.values().collect();
        keys.sort_by_key(|judged| judged.position);
        let is_refused = keys.iter().any(|judged| judged.code.is_some());
        if self.json {
            let file = self.file.to_string_lossy();
            out.json_line(&Report { file: &file, frames, keys })?;
        } else {
            out.line(format_args!("{}: {}", shown(&self.file), counted(frames, "data frame")))?;
            for judged in keys {
                out.text(worded(judged, &out))?;
            }
        }
        out.flush()?;
        Ok(if is_refused { Ending::Refused } else { Ending::Done })
    }

    /// Judges every data frame of the file, and says how many there are.
    fn read(&self, judge: &mut Judge<'_>, out: &mut Stdout) -> Result<u64, Failure> {
        let path = self.file.as_path();
        let mut source = Source::open(path)?;
        let mut begun = Vec::new();
        let failed = |error| not_read(path, &error);
        (&mut source).take(Header::LEN as u64).read_to_end(&mut begun).map_err(failed)?;
        let header = Header::parse(&begun, &Limits::DEFAULT);
        if header.as_ref().is_ok_and(|header| header.kind() == Kind::SYNC) {
            return self.read_stream(judge, Cursor::new(begun).chain(source), out);
        }
        let len = header.map_or(begun.len(), |header| header.frame_len());
        // One byte more shows that something follows.
        let more = (len + 1).saturating_sub(begun.len()) as u64;
        source.take(more).read_to_end(&mut begun).map_err(failed)?;
        let bytes = begun.get(..len).unwrap_or(&begun);
        let frame = Frame::parse(bytes, &Limits::DEFAULT).map_err(|error| refused(error, path))?;
        if begun.len() > len {
            return Err(refused(ErrorKind::TrailingData.at(len as u64), path));
        }
        if let Content::Control(_) = frame.content() {
            let message = format!("{} is a control frame, which has no schema", shown(path));
            return Err(usage(message, "give a data frame or a stream"));
        }
        self.take(judge, (0, 0), &frame, out)?;
        Ok(1)
    }

    fn read_stream(
        &self,
        judge: &mut Judge<'_>,
        source: impl Read,
        out: &mut Stdout,
    ) -> Result<u64, Failure> {
        let mut reader = StreamReader::new(source, Limits::DEFAULT, profile(self.bare));
        let (mut number, mut count) = (0, 0);
        let failed = |error| reading_failed(error, &self.file);
        while let Some(found) = reader.next_frame().map_err(failed)? {
            match found.frame.content() {
                Content::Control(Control::Schema(schema)) => judge.take_in(schema),
                Content::Control(_) => {}
                _ => {
                    self.take(judge, (number, found.start), &found.frame, out)?;
                    count += 1;
                }
            }
            number += 1;
        }
        Ok(count)
    }

    fn take(
        &self,
        judge: &mut Judge<'_>,
        (number, offset): (u64, u64),
        frame: &Frame<'_>,
        out: &mut Stdout,
    ) -> Result<(), Failure> {
        let judged = judge.judge(frame.key());
        if self.json {
            out.json_line(&FrameLine {
                frame: number,
                offset,
                name: judged.name.as_deref(),
                version: judged.version,
                outcome: judged.outcome,
            })?;
        }
        Ok(())
    }
}

impl Judge<'_> {
    fn take_in(&mut self, schema: &Schema<'_>) {
        let Self { lock, registry, policy, carried, .. } = self;
        carried.entry(schema.key()).or_insert_with(|| {
            let verdict = registry.judge_carried(schema, *policy);
            let newest = versions(lock, &schema.key()).last().map(LockedVersion::descriptor);
            let difference = newest
                .filter(|_| verdict == Err(ErrorKind::SchemaOverstated))
                .map(|newest| difference(newest, schema));
            Carried { name: schema.name().to_owned(), verdict, difference }
        });
    }

    fn judge(&mut self, key: SchemaKey) -> &Judged {
        let position = self.judged.len();
        let Self { lock, registry, policy, carried, judged } = self;
        let found = judged.entry(key).or_insert_with(|| {
            let carried = carried.get(&key);
            let verdict = carried.map_or_else(|| registry.judge(&key, *policy), |it| it.verdict);
            let versions = versions(lock, &key);
            let locked = versions.first().map(|first| first.descriptor().name().to_owned());
            let (outcome, code) = match verdict {
                Ok(Outcome::Exact) => ("Exact", None),
                Ok(Outcome::Backward) => ("Backward", None),
                Ok(_) => ("Forward", None),
                Err(kind) => (kind.name(), Some(numbered(kind.code()))),
            };
            Judged {
                name: locked.or_else(|| carried.map(|carried| carried.name.clone())),
                lineage: hex(&key.lineage()),
                version: key.version(),
                min_reader: key.min_reader(),
                frames: 0,
                outcome,
                code,
                why: why(verdict, &key, versions, carried),
                position,
            }
        });
        found.frames += 1;
        found
    }
}

/// The locked versions of the lineage of a key.
fn versions<'a>(lock: &'a Lock, key: &SchemaKey) -> &'a [LockedVersion] {
    let of_key = |versions: &&[LockedVersion]| {
        versions.first().is_some_and(|first| first.descriptor().lineage() == key.lineage())
    };
    lock.iter().find(of_key).unwrap_or_default()
}

/// The first difference that breaks readers of `newest` on data of a carried schema.
fn difference(newest: &Descriptor, schema: &Schema<'_>) -> String {
    let found = Descriptor::from_body(schema).and_then(|newer| changes(newest, &newer));
    match found {
        Ok(found) => found
            .iter()
            .find(|change| change.wire().old_reads_new != Verdict::Safe)
            .map(|change| tame(&change.to_string(), 300))
            .unwrap_or_default(),
        Err(error) => format!("the descriptor it carries is refused: {error}"),
    }
}

/// Why a key was judged so, in one sentence.
fn why(
    verdict: Result<Outcome, ErrorKind>,
    key: &SchemaKey,
    versions: &[LockedVersion],
    carried: Option<&Carried>,
) -> String {
    let Some(newest) = versions.last() else {
        return "the lock file has no schema of this lineage; lock it, or give the lock file of its readers".to_owned();
    };
    let (reader, oldest) = (newest.descriptor().version(), newest.oldest_writer());
    let (version, least) = (key.version(), key.min_reader());
    match verdict {
        Ok(Outcome::Exact) => "the newest version of the lock file".to_owned(),
        Ok(Outcome::Backward) => format!("version {reader} reads data back to version {oldest}"),
        Ok(_) if carried.is_some() => {
            format!("newer than version {reader}, and no difference in its schema breaks that")
        }
        Ok(_) => format!("newer than version {reader}, which its min_reader {least} admits"),
        Err(ErrorKind::SchemaFork) => {
            let known = versions.iter().find(|known| known.descriptor().version() == version);
            let known = known.map(|known| known.descriptor());
            let (check, min) = known.map_or_else(Default::default, |known| {
                (hex(&known.fork_check()), known.min_reader())
            });
            format!(
                "another version {version} than that of the lock file: fork check {} and min_reader {least}, where {check} and {min} are locked",
                hex(&key.fork_check()),
            )
        }
        Err(ErrorKind::SchemaTooOld) => {
            format!("version {reader} reads data back to version {oldest}, and no older")
        }
        Err(ErrorKind::SchemaForward) => format!(
            "newer than version {reader}; its writer says that readers from version {least} on decode it: with --allow-forward that is compared where the schema is carried, and believed where it is not"
        ),
        Err(ErrorKind::SchemaOverstated) => format!(
            "its min_reader {least} admits version {reader}, and its schema does not: {}",
            carried.and_then(|carried| carried.difference.as_deref()).unwrap_or("they differ")
        ),
        Err(ErrorKind::SchemaTooNew) => format!(
            "newer than version {reader}, and only readers from version {least} on decode it: give a newer lock file"
        ),
        Err(_) => "the lock file does not have this version".to_owned(),
    }
}

fn worded(judged: &Judged, out: &Stdout) -> String {
    let Judged { version, min_reader, frames, outcome, code, why, .. } = judged;
    let name = match &judged.name {
        Some(name) => tame(name, 200),
        None => format!("lineage {}", judged.lineage),
    };
    let outcome = match code {
        Some(code) => out.paint.bad(format!("refused, {code} {outcome}")).to_string(),
        None => out.paint.good(outcome).to_string(),
    };
    let count = counted(*frames, "frame");
    format!(
        "  {} version {version} (min_reader {min_reader}), {count}: {outcome}\n    {why}\n",
        out.paint.mark(name)
    )
}

const EXAMPLES: &str = "\
Examples:
  strictframe schema judge --lock strictframe.lock events.sframe
  kcat -C -t events -c 1 -e | strictframe schema judge --json -";
