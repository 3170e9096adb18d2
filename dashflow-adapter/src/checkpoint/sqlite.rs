//! Checkpoints in an SQLite database.

use std::path::PathBuf;
use std::sync::{Mutex, MutexGuard, PoisonError};

use rusqlite::{Connection, OptionalExtension as _, params};

use super::error::CheckpointError;
use super::file::folder;
use super::id::CheckpointId;
use super::store::CheckpointStore;
use crate::identity::ThreadId;

/// Keeps checkpoints in one table of an SQLite database, with a write-ahead log that is synced before a save returns.
///
/// Several processes may use one database at once; each waits for the others for half a minute.
#[derive(Debug)]
pub struct SqliteStore {
    path: PathBuf,
    connection: Mutex<Option<Connection>>,
}

impl SqliteStore {
    /// A store in that database, which is made when it is opened.
    pub fn new(path: impl Into<PathBuf>) -> Self {
        Self { path: path.into(), connection: Mutex::default() }
    }

    fn connect(&self) -> Result<Connection, CheckpointError> {
        let opening = || format!("opening {}", self.path.display());
        // The database, its log and its shared memory are for their owner alone.
        folder::open_lock(&self.path).map_err(|error| CheckpointError::io(opening(), &error))?;
        let connection = Connection::open(&self.path).map_err(|error| failed(opening(), &error))?;
        self.prepare(&connection)?;
        Ok(connection)
    }

    fn prepare(&self, connection: &Connection) -> Result<(), CheckpointError> {
        let doing = |error| failed(format!("preparing {}", self.path.display()), &error);
        connection.busy_timeout(PATIENCE).map_err(doing)?;
        connection.pragma_update(None, "journal_mode", "wal").map_err(doing)?;
        connection.pragma_update(None, "synchronous", "full").map_err(doing)?;
        connection.execute_batch("BEGIN IMMEDIATE").map_err(doing)?;
        let number = |name| connection.pragma_query_value(None, name, |row| row.get::<_, i64>(0));
        let found = number("application_id").and_then(|id| Ok((id, number("user_version")?)));
        let tables = "SELECT count(*) FROM sqlite_schema";
        let tables = connection.query_row(tables, [], |row| row.get::<_, i64>(0));
        match (found.map_err(doing)?, tables.map_err(doing)?) {
            ((APPLICATION, VERSION), _) => {}
            ((0, 0), 0) => connection.execute_batch(TABLE).map_err(doing)?,
            ((application, version), _) => {
                let message = format!(
                    "{} is a database of application {application:#x}, version {version}, and not of checkpoints, version {VERSION}: name another file",
                    self.path.display()
                );
                return Err(CheckpointError::other("NotCheckpoints", message));
            }
        }
        connection.execute_batch("COMMIT").map_err(doing)
    }

    fn held(&self) -> MutexGuard<'_, Option<Connection>> {
        self.connection.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn with<T>(
        &self,
        doing: &str,
        work: impl FnOnce(&mut Connection) -> rusqlite::Result<T>,
    ) -> Result<T, CheckpointError> {
        let mut held = self.held();
        let connection = match &mut *held {
            Some(connection) => connection,
            none => none.insert(self.connect()?),
        };
        work(connection)
            .map_err(|error| failed(format!("{doing} in {}", self.path.display()), &error))
    }
}

impl CheckpointStore for SqliteStore {
    fn open(&self) -> Result<(), CheckpointError> {
        let connection = self.connect()?;
        *self.held() = Some(connection);
        Ok(())
    }

    fn put(
        &self,
        thread: &ThreadId,
        id: CheckpointId,
        bytes: &[u8],
    ) -> Result<(), CheckpointError> {
        let insert = "INSERT INTO checkpoint (thread, id, frame) VALUES (?, ?, ?)";
        let row = params![thread.as_str(), id.to_bytes(), bytes];
        self.with("saving", |connection| connection.prepare_cached(insert)?.execute(row))?;
        Ok(())
    }

    fn get(&self, thread: &ThreadId, id: CheckpointId) -> Result<Option<Vec<u8>>, CheckpointError> {
        let select = "SELECT frame FROM checkpoint WHERE thread = ? AND id = ?";
        let row = params![thread.as_str(), id.to_bytes()];
        self.with("reading", |connection| {
            connection.prepare_cached(select)?.query_row(row, |row| row.get(0)).optional()
        })
    }

    fn ids(&self, thread: &ThreadId) -> Result<Vec<CheckpointId>, CheckpointError> {
        let select = "SELECT id FROM checkpoint WHERE thread = ? ORDER BY id";
        self.with("listing", |connection| {
            let mut select = connection.prepare_cached(select)?;
            let ids = select.query_map([thread.as_str()], |row| row.get(0))?;
            ids.map(|id| id.map(CheckpointId::from_bytes)).collect()
        })
    }

    fn threads(&self) -> Result<Vec<ThreadId>, CheckpointError> {
        let select = "SELECT DISTINCT thread FROM checkpoint ORDER BY thread";
        let names: Vec<String> = self.with("listing", |connection| {
            let mut select = connection.prepare_cached(select)?;
            select.query_map([], |row| row.get(0))?.collect()
        })?;
        let thread = |name: &String| {
            ThreadId::new(name)
                .map_err(|error| CheckpointError::other("ThreadId", format!("a row: {error}")))
        };
        names.iter().map(thread).collect()
    }

    fn remove(&self, thread: &ThreadId, ids: &[CheckpointId]) -> Result<(), CheckpointError> {
        let delete = "DELETE FROM checkpoint WHERE thread = ? AND id = ?";
        self.with("removing", |connection| {
            let transaction = connection.transaction()?;
            for id in ids {
                transaction
                    .prepare_cached(delete)?
                    .execute(params![thread.as_str(), id.to_bytes()])?;
            }
            transaction.commit()
        })
    }
}

fn failed(doing: String, error: &rusqlite::Error) -> CheckpointError {
    CheckpointError::Io { doing, error: error.to_string() }
}

/// `SFCP`.
const APPLICATION: i64 = 0x5346_4350;
const VERSION: i64 = 1;
const TABLE: &str = "
    CREATE TABLE checkpoint (
        thread TEXT NOT NULL,
        id BLOB NOT NULL CHECK (length(id) = 16),
        frame BLOB NOT NULL,
        UNIQUE (thread, id)
    ) STRICT;
    PRAGMA application_id = 0x53464350;
    PRAGMA user_version = 1;
";
/// How long a process waits for another one.
const PATIENCE: core::time::Duration = core::time::Duration::from_secs(30);
