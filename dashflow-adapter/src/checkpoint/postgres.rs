//! Checkpoints in a PostgreSQL database.
//!
//! One table, `strictframe_checkpoint`, in the first schema of the search path; [`open`](CheckpointStore::open) makes it where it is not. Its threads are bytes, since the id of a
//! thread may hold what no text of PostgreSQL can: `convert_from(thread, 'UTF8')` shows them.

mod session;
mod target;

use core::cell::Cell;
use core::fmt;
use core::time::Duration;
use std::sync::Arc;

use tokio::runtime::{Builder, Runtime};
use tokio::sync::Mutex;
use tokio::time::timeout;
use tokio_postgres::types::Type;
use tokio_postgres::{Client, Error};
use uuid::Uuid;

use self::target::Target;
use super::error::CheckpointError;
use super::id::CheckpointId;
use super::store::CheckpointStore;
use crate::identity::ThreadId;

/// Keeps checkpoints in one table of a PostgreSQL database. A save is committed when it returns, also where the database leaves that open (`synchronous_commit` is `off`).
///
/// It has one connection, which its calls share, and a thread that serves it; it may be called and dropped wherever one likes. Any number of processes may use one table at
/// once.
///
/// A call whose connection is lost connects once more and does again what it was doing; a checkpoint that is there already, with the same bytes, is saved. Where that fails too, or no
/// answer comes in time, what was to be changed may be changed or not: [`CheckpointError::Other`] with `Unacknowledged`.
pub struct PostgresStore {
    target: Target,
    patience: Duration,
    client: Mutex<Option<Arc<Client>>>,
    /// Serves the connection; there until this is dropped.
    runtime: Option<Runtime>,
}

impl PostgresStore {
    /// A store in the database of that URL, written as for libpq: `postgres://user:password@host:5432/database?sslmode=verify-full`. It connects when it is opened or first asked. Nothing
    /// is taken from the environment.
    ///
    /// A connection over TCP is encrypted, and the server's certificate is verified, with its name, by the system's authorities or by those in the file `sslrootcert`; `sslmode=disable`
    /// goes without. Modes that end either way (`allow`, `prefer`) are refused, and so are options that are not known here. A Unix socket is not encrypted.
    ///
    /// # Errors
    /// [`CheckpointError::Other`]: `PostgresUrl`, which shows nothing of a password; `NoThread` when the system gives none.
    pub fn new(url: &str) -> Result<Self, CheckpointError> {
        let target = Target::parse(url)?;
        let runtime = Builder::new_multi_thread().worker_threads(1).enable_all().build();
        let runtime = runtime.map_err(|error| {
            CheckpointError::other("NoThread", format!("the system gives no thread: {error}"))
        })?;
        Ok(Self { target, patience: PATIENCE, client: Mutex::default(), runtime: Some(runtime) })
    }

    /// The same, with that password where its URL has none.
    #[must_use]
    pub fn with_password(mut self, password: &str) -> Self {
        if self.target.config.get_password().is_none() {
            self.target.config.password(password);
        }
        self
    }

    /// The same; the server has so long for a statement (a minute unless told otherwise), and twice as long until its answer is here. Large states on slow lines need more.
    #[must_use]
    pub fn with_patience(mut self, patience: Duration) -> Self {
        self.patience = patience;
        self
    }

    /// Waits for that, on whatever thread this is: those of a runtime stand still meanwhile, and do not panic.
    fn wait<T>(
        &self,
        doing: &str,
        work: impl Future<Output = Result<T, CheckpointError>>,
    ) -> Result<T, CheckpointError> {
        let Some(runtime) = &self.runtime else { return Err(self.failed(doing, "it is closed")) };
        let _inside = runtime.enter();
        let patience = self.patience.saturating_mul(2);
        pollster::block_on(timeout(patience, work)).unwrap_or_else(|_| {
            // The next call shall not stand in line behind this one.
            if let Ok(mut client) = self.client.try_lock() {
                *client = None;
            }
            let words = format!("no answer came in {} s", patience.as_secs_f32());
            Err(self.failed(doing, words))
        })
    }

    /// Does that, and once more over a new connection when the first one is lost.
    fn read<T>(
        &self,
        doing: &str,
        work: impl AsyncFn(&Client) -> Result<T, Error>,
    ) -> Result<T, CheckpointError> {
        self.wait(doing, self.twice(doing, &work, &Cell::default()))
    }

    /// The same, of something that changes what is kept.
    fn change<T>(
        &self,
        doing: &str,
        work: impl AsyncFn(&Client) -> Result<T, Error>,
    ) -> Result<T, CheckpointError> {
        let is_open = Cell::default();
        self.wait(doing, self.twice(doing, &work, &is_open)).map_err(|error| match is_open.get() {
            false => error,
            true => {
                let words = "whether it was done is not known: look what is there, or do it again";
                CheckpointError::other("Unacknowledged", format!("{error}; {words}"))
            }
        })
    }

    /// `is_open` while something was sent of which nobody knows what became.
    async fn twice<T>(
        &self,
        doing: &str,
        work: &impl AsyncFn(&Client) -> Result<T, Error>,
        is_open: &Cell<bool>,
    ) -> Result<T, CheckpointError> {
        let client = self.client().await?;
        is_open.set(true);
        let error = match work(&client).await {
            Ok(done) => return Ok(done),
            Err(error) => error,
        };
        if !session::is_lost(&error) && !client.is_closed() {
            is_open.set(false);
            return Err(self.failed(doing, session::words(&error)));
        }
        tracing::debug!(target: "strictframe", %error, "connecting to PostgreSQL once more");
        self.client.lock().await.take_if(|held| Arc::ptr_eq(held, &client));
        let client = self.client().await?;
        work(&client).await.map_err(|error| self.failed(doing, session::words(&error)))
    }

    /// The connection, or a new one in its place.
    async fn client(&self) -> Result<Arc<Client>, CheckpointError> {
        let mut held = self.client.lock().await;
        if let Some(client) = held.as_ref().filter(|client| !client.is_closed()) {
            return Ok(Arc::clone(client));
        }
        let client = session::connect(&self.target, self.patience).await?;
        session::check(&client, &self.target).await?;
        Ok(Arc::clone(held.insert(Arc::new(client))))
    }

    fn failed(&self, doing: &str, error: impl Into<String>) -> CheckpointError {
        let (doing, error) = (format!("{doing} in {}", self.target), error.into());
        CheckpointError::Io { doing, error }
    }
}

impl CheckpointStore for PostgresStore {
    fn open(&self) -> Result<(), CheckpointError> {
        self.wait("opening", async {
            let mut client = session::connect(&self.target, self.patience).await?;
            session::make(&mut client, &self.target).await?;
            *self.client.lock().await = Some(Arc::new(client));
            Ok(())
        })
    }

    fn put(
        &self,
        thread: &ThreadId,
        id: CheckpointId,
        bytes: &[u8],
    ) -> Result<(), CheckpointError> {
        if bytes.len() > MAX_LEN {
            let message = format!(
                "the checkpoint has {} bytes, and a row of PostgreSQL takes {MAX_LEN}: keep it in a FileStore, or make the state smaller",
                bytes.len()
            );
            return Err(CheckpointError::other("TooLarge", message));
        }
        let (thread, id) = (thread.as_str().as_bytes(), uuid(id));
        let done = self.change("saving", async |client| {
            let row: [Parameter<'_>; 3] =
                [(&thread, Type::BYTEA), (&id, Type::UUID), (&bytes, Type::BYTEA)];
            client.execute_typed(INSERT, &row).await
        })?;
        if done == 0 {
            return Err(self.failed("saving", "another checkpoint has that id"));
        }
        Ok(())
    }

    fn get(&self, thread: &ThreadId, id: CheckpointId) -> Result<Option<Vec<u8>>, CheckpointError> {
        let select = "SELECT frame FROM strictframe_checkpoint WHERE thread = $1 AND id = $2";
        let (thread, id) = (thread.as_str().as_bytes(), uuid(id));
        self.read("reading", async |client| {
            let row: [Parameter<'_>; 2] = [(&thread, Type::BYTEA), (&id, Type::UUID)];
            let found = client.query_typed_opt(select, &row).await?;
            found.map(|row| row.try_get(0)).transpose()
        })
    }

    fn ids(&self, thread: &ThreadId) -> Result<Vec<CheckpointId>, CheckpointError> {
        let select = "SELECT id FROM strictframe_checkpoint WHERE thread = $1 ORDER BY id";
        let thread = thread.as_str().as_bytes();
        self.read("listing", async |client| {
            let rows = client.query_typed(select, &[(&thread, Type::BYTEA)]).await?;
            let id = |id: Uuid| CheckpointId::from_bytes(id.into_bytes());
            rows.iter().map(|row| row.try_get(0).map(id)).collect()
        })
    }

    fn threads(&self) -> Result<Vec<ThreadId>, CheckpointError> {
        let select = "SELECT DISTINCT thread FROM strictframe_checkpoint ORDER BY thread";
        let names: Vec<Vec<u8>> = self.read("listing", async |client| {
            let rows = client.query_typed(select, &[]).await?;
            rows.iter().map(|row| row.try_get(0)).collect()
        })?;
        let thread = |name: Vec<u8>| {
            let name = String::from_utf8(name).map_err(|error| error.to_string());
            name.and_then(|name| ThreadId::new(&name).map_err(|error| error.to_string()))
                .map_err(|error| CheckpointError::other("ThreadId", format!("a row: {error}")))
        };
        names.into_iter().map(thread).collect()
    }

    fn remove(&self, thread: &ThreadId, ids: &[CheckpointId]) -> Result<(), CheckpointError> {
        let delete = "DELETE FROM strictframe_checkpoint WHERE thread = $1 AND id = ANY($2)";
        let thread = thread.as_str().as_bytes();
        let ids: Vec<Uuid> = ids.iter().copied().map(uuid).collect();
        self.change("removing", async |client| {
            let rows: [Parameter<'_>; 2] = [(&thread, Type::BYTEA), (&ids, Type::UUID_ARRAY)];
            client.execute_typed(delete, &rows).await
        })?;
        Ok(())
    }
}

impl Drop for PostgresStore {
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            // Waits for nothing, and so may be done on threads that must not.
            runtime.shutdown_background();
        }
    }
}

impl fmt::Debug for PostgresStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("PostgresStore").field(&format_args!("{}", self.target)).finish()
    }
}

const fn uuid(id: CheckpointId) -> Uuid {
    Uuid::from_bytes(id.to_bytes())
}

type Parameter<'a> = (&'a (dyn tokio_postgres::types::ToSql + Sync), Type);

/// One row is changed: the new one, or the one that is the same already.
const INSERT: &str = "
    INSERT INTO strictframe_checkpoint AS kept (thread, id, frame) VALUES ($1, $2, $3)
    ON CONFLICT (thread, id) DO UPDATE SET frame = kept.frame WHERE kept.frame = excluded.frame
";
/// A message of the protocol holds less than 1 GiB, and the row must come back in one.
const MAX_LEN: usize = (1 << 30) - (1 << 20);
const PATIENCE: Duration = Duration::from_secs(60);
