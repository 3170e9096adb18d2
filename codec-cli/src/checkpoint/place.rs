//! Where checkpoints are, and what cannot be read of them.

use std::fs::File;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use serde::Serialize;
use strictframe::MessageError;
use strictframe_dashflow::ThreadId;
use strictframe_dashflow::checkpoint::{
    CheckpointError, CheckpointId, CheckpointStore, Damage, FileStore, PostgresStore, SqliteStore,
};

use super::key_file::KeyArgument;
use crate::failure::{self, Failure, Refusal, numbered};
use crate::source::not_read;
use crate::terminal::{shown, tame};

/// Where checkpoints are, as an argument.
#[derive(clap::Args)]
pub(super) struct PlaceArgument {
    /// The directory, the SQLite database or the PostgreSQL database (postgres://USER@HOST/DATABASE) of the checkpoints
    #[arg(value_name = "DIR")]
    pub(super) path: PathBuf,
}

/// What is wrong with a checkpoint.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Wrong {
    /// `SF-` or `DS-` and four digits, where there is a number.
    pub(super) code: Option<String>,
    pub(super) name: &'static str,
    pub(super) message: String,
    /// Whether it is whole, and is not read without its key.
    #[serde(skip)]
    pub(super) is_sealed: bool,
}

impl PlaceArgument {
    /// What keeps them, opened with those keys where they are sealed; nothing is made or cleared away.
    pub(super) fn open(&self, keys: &KeyArgument) -> Result<Box<dyn CheckpointStore>, Failure> {
        let path = &self.path;
        if let Some(url) = self.url() {
            return keys.over(postgres(url)?);
        }
        let found = std::fs::metadata(path).map_err(|error| not_read(path, &error))?;
        if found.is_dir() {
            return keys.over(FileStore::new(path));
        }
        if found.is_file() && is_sqlite(path)? {
            return keys.over(SqliteStore::new(path));
        }
        Err(failure::input_output(
            format!(
                "{} holds no checkpoints: it is no directory and no SQLite database",
                shown(path)
            ),
            "name the directory of a FileStore, the file of a SqliteStore or the URL of a PostgresStore",
        ))
    }

    /// The URL of a database, which may hold a password and is not to be shown.
    pub(super) fn url(&self) -> Option<&str> {
        url(&self.path)
    }
}

/// The URL of a database, if that is what stands in the place of a path.
pub(super) fn url(path: &Path) -> Option<&str> {
    let text = path.to_str()?;
    ["postgres://", "postgresql://"].iter().any(|scheme| text.starts_with(scheme)).then_some(text)
}

/// The database of a URL.
pub(super) fn postgres(url: &str) -> Result<PostgresStore, Failure> {
    let store = PostgresStore::new(url)
        .map_err(|error| failure::usage(tame(&error.to_string(), LINE), URL))?;
    // As psql takes it: who can list processes sees what stands in arguments.
    Ok(match std::env::var("PGPASSWORD") {
        Ok(password) => store.with_password(&password),
        Err(_) => store,
    })
}

fn is_sqlite(path: &Path) -> Result<bool, Failure> {
    let mut head = Vec::new();
    let file = File::open(path).map_err(|error| not_read(path, &error))?;
    file.take(SQLITE.len() as u64)
        .read_to_end(&mut head)
        .map_err(|error| not_read(path, &error))?;
    Ok(head == SQLITE)
}

/// The thread of that name, which must have a checkpoint.
pub(super) fn thread(store: &dyn CheckpointStore, name: &str) -> Result<ThreadId, Failure> {
    let thread = ThreadId::new(name)
        .map_err(|error| failure::usage(error, "give 1 to 256 bytes of text"))?;
    if store.ids(&thread).map_err(|error| failed(&error))?.is_empty() {
        return Err(failure::named(
            "NotFound",
            format!("thread {} has no checkpoint here", tame(name, NAME)),
            "`strictframe checkpoint list DIR` lists the threads that have",
        ));
    }
    Ok(thread)
}

/// The thread of that name, or all of them.
pub(super) fn threads(
    store: &dyn CheckpointStore,
    name: Option<&str>,
) -> Result<Vec<ThreadId>, Failure> {
    match name {
        Some(name) => Ok(vec![thread(store, name)?]),
        None => store.threads().map_err(|error| failed(&error)),
    }
}

/// The id that an argument names.
pub(super) fn id(text: &str) -> Result<CheckpointId, String> {
    text.parse().map_err(|error: CheckpointError| error.to_string())
}

/// What is wrong with one checkpoint, beside which the others are read; the failure of the store otherwise.
pub(super) fn wrong(error: CheckpointError) -> Result<Wrong, Failure> {
    match &error {
        CheckpointError::Damaged { .. }
        | CheckpointError::Refused { .. }
        | CheckpointError::Sealed { .. }
        | CheckpointError::Other { name: SEAL_BROKEN, .. } => Ok(Wrong::of(&error)),
        error => Err(failed(error)),
    }
}

impl Wrong {
    fn of(error: &CheckpointError) -> Self {
        let message = match error {
            CheckpointError::Damaged { why, .. } => why.to_string(),
            CheckpointError::Refused { why, .. } => format!("whole, and not readable here: {why}"),
            CheckpointError::Sealed { .. } => {
                "sealed: nobody reads it without its key, which --key-file gives".to_owned()
            }
            error => error.to_string(),
        };
        let (name, is_sealed) = (error.name(), matches!(error, CheckpointError::Sealed { .. }));
        Self { code: code(error), name, message: tame(&message, LINE), is_sealed }
    }

    /// The number, or the name where there is none.
    pub(super) fn label(&self) -> &str {
        self.code.as_deref().unwrap_or(self.name)
    }
}

/// An error of a store that ends a command.
pub(super) fn failed(error: &CheckpointError) -> Failure {
    let message = tame(&error.to_string(), LINE);
    match error {
        CheckpointError::Damaged { .. } | CheckpointError::Refused { .. } => {
            Failure::Data(Box::new(Refusal {
                code: code(error),
                name: Some(error.name()),
                message,
                help: "`strictframe checkpoint list DIR --thread T` shows which are whole"
                    .to_owned(),
                ..Refusal::default()
            }))
        }
        CheckpointError::NotFound { .. } => failure::named(
            error.name(),
            message,
            "`strictframe checkpoint list DIR --thread T` lists the ids",
        ),
        CheckpointError::Sealed { .. } => {
            failure::named(error.name(), message, "give the file of its key with --key-file")
        }
        CheckpointError::Other { name: "WrongKey", .. } => failure::named(
            error.name(),
            message,
            "give the file of that key with --key-file, beside the one of today; the name of a key is the beginning of its SHA-256",
        ),
        _ => failure::named(error.name(), message, "see the message"),
    }
}

fn code(error: &CheckpointError) -> Option<String> {
    let of_message = |error: &MessageError| numbered(error.code());
    match error {
        CheckpointError::Damaged { why: Damage::Frame(error), .. } => Some(of_message(error)),
        CheckpointError::Damaged { why: Damage::Head(refused), .. } => {
            Some(refused.code().to_string())
        }
        CheckpointError::Refused { why, .. } => Some(of_message(why)),
        _ => None,
    }
}

/// What to do about a URL that is refused.
const URL: &str = "write postgres://USER@HOST:PORT/DATABASE, with the password in PGPASSWORD";
/// The name of what is whole, sealed, and was changed or moved.
const SEAL_BROKEN: &str = "SealBroken";
/// How every database of SQLite begins.
const SQLITE: &[u8] = b"SQLite format 3\0";
/// The most characters of a name, and of what an error says.
pub(super) const NAME: usize = 256;
const LINE: usize = 2000;
