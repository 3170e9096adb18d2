//! A connection that is ready for use, and what can be wrong with one.

use core::error::Error as _;
use core::time::Duration;

use tokio::time::timeout;
use tokio_postgres::error::{Severity, SqlState};
use tokio_postgres::types::Type;
use tokio_postgres::{Client, Error, GenericClient, IsolationLevel};

use super::target::Target;
use crate::checkpoint::error::CheckpointError;

/// Connects. What the server does for a statement ends after that time, and what it commits is on its disk.
pub(super) async fn connect(
    target: &Target,
    patience: Duration,
) -> Result<Client, CheckpointError> {
    let failed = |error| failed("connecting to", target, &error);
    let connecting = target.config.connect(target.tls.clone());
    // What the driver bounds is how long it takes to reach a host, and not what that says.
    let (client, connection) = timeout(target.connecting(), connecting)
        .await
        .map_err(|_| CheckpointError::Io {
            doing: format!("connecting to {target}"),
            error: format!(
                "nothing there answers as PostgreSQL does in {} s",
                target.connecting().as_secs_f32()
            ),
        })?
        .map_err(failed)?;
    tokio::spawn(async move {
        if let Err(error) = connection.await {
            tracing::debug!(target: "strictframe", error = words(&error), "lost a connection to PostgreSQL");
        }
    });
    // None at all would be none for ever.
    let millis = i32::try_from(patience.as_millis()).unwrap_or(i32::MAX).max(1).to_string();
    client.query_typed(SETTINGS, &[(&millis, Type::TEXT)]).await.map_err(failed)?;
    Ok(client)
}

/// Makes the table where there is none; no two processes do that at once.
pub(super) async fn make(client: &mut Client, target: &Target) -> Result<(), CheckpointError> {
    let failed = |error| failed("making the table of checkpoints in", target, &error);
    if find(client, target).await? {
        return Ok(());
    }
    // What others commit while the lock is waited for must be seen.
    let transaction = client.build_transaction().isolation_level(IsolationLevel::ReadCommitted);
    let transaction = transaction.start().await.map_err(failed)?;
    transaction.batch_execute(LOCK).await.map_err(failed)?;
    if !find(&transaction, target).await? {
        transaction.batch_execute(TABLE).await.map_err(failed)?;
    }
    transaction.commit().await.map_err(failed)
}

/// Whether the table is there.
pub(super) async fn check(client: &Client, target: &Target) -> Result<(), CheckpointError> {
    if find(client, target).await? {
        return Ok(());
    }
    let message = format!("{target} has no table strictframe_checkpoint: nothing was saved there");
    Err(CheckpointError::other("NotCheckpoints", message))
}

async fn find(client: &impl GenericClient, target: &Target) -> Result<bool, CheckpointError> {
    let failed = |error| failed("looking for the table of checkpoints in", target, &error);
    let Some(row) = client.query_typed_opt(FIND, &[]).await.map_err(failed)? else {
        return Ok(false);
    };
    let part = |index| row.try_get::<_, Option<String>>(index).map(Option::unwrap_or_default);
    let (columns, key) = (part(0).map_err(failed)?, part(1).map_err(failed)?);
    let comment = part(2).map_err(failed)?;
    if (columns.as_str(), key.as_str(), comment.as_str()) == (COLUMNS, KEY, COMMENT) {
        return Ok(true);
    }
    let message = format!(
        "table strictframe_checkpoint in {target} is not one of checkpoints, version 1 (its columns are {columns}; its comment is {comment:?}): name another database, or another schema with `options=-csearch_path%3D...`"
    );
    Err(CheckpointError::other("NotCheckpoints", message))
}

fn failed(doing: &str, target: &Target, error: &Error) -> CheckpointError {
    CheckpointError::Io { doing: format!("{doing} {target}"), error: words(error) }
}

/// Whether the connection is of no more use, so that nobody knows what became of a statement.
pub(super) fn is_lost(error: &Error) -> bool {
    let ends = |severity| matches!(severity, Severity::Fatal | Severity::Panic);
    match error.as_db_error() {
        Some(error) => error.parsed_severity().is_some_and(ends),
        None => {
            error.is_closed() || error.source().is_some_and(|error| error.is::<std::io::Error>())
        }
    }
}

/// What went wrong, by all that is known of it, and what to do.
pub(super) fn words(error: &Error) -> String {
    if let Some(said) = error.as_db_error() {
        let remedy = REMEDIES.iter().find(|(state, _)| state == said.code());
        let remedy = remedy.map_or("", |(_, remedy)| remedy);
        return format!("{} (SQLSTATE {}){remedy}", said.message(), said.code().code());
    }
    let mut words = error.to_string();
    let mut source = error.source();
    while let Some(error) = source {
        words = format!("{words}: {error}");
        source = error.source();
    }
    if words.starts_with("error performing TLS") {
        words += "; name the server's authority with `sslrootcert`, or go without encryption by `sslmode=disable`";
    }
    words
}

const REMEDIES: &[(SqlState, &str)] = &[
    (SqlState::INVALID_PASSWORD, "; check the user and the password"),
    (SqlState::INVALID_AUTHORIZATION_SPECIFICATION, "; ask who keeps the server (pg_hba.conf)"),
    (SqlState::INVALID_CATALOG_NAME, "; make the database, or name another"),
    (SqlState::INSUFFICIENT_PRIVILEGE, "; ask the table's owner for the right"),
    (SqlState::READ_ONLY_SQL_TRANSACTION, "; name the server that takes writes"),
    (SqlState::DISK_FULL, "; the server's disk is full"),
    (SqlState::QUERY_CANCELED, "; with more patience it may end"),
    (SqlState::UNDEFINED_TABLE, "; somebody has removed the table: open the store again"),
];
const SETTINGS: &str = "
    SELECT set_config('statement_timeout', $1, false),
        CASE current_setting('synchronous_commit')
            WHEN 'off' THEN set_config('synchronous_commit', 'on', false) END
";
const FIND: &str = "
    SELECT
        (SELECT string_agg(attname || ' ' || format_type(atttypid, atttypmod), ', ' ORDER BY attnum)
            FROM pg_attribute WHERE attrelid = pg_class.oid AND attnum > 0 AND NOT attisdropped),
        (SELECT pg_get_constraintdef(oid) FROM pg_constraint
            WHERE conrelid = pg_class.oid AND contype = 'p'),
        obj_description(oid, 'pg_class')
    FROM pg_class WHERE oid = to_regclass('strictframe_checkpoint')
";
const COLUMNS: &str = "thread bytea, id uuid, frame bytea";
const KEY: &str = "PRIMARY KEY (thread, id)";
const COMMENT: &str = "strictframe checkpoints, version 1";
/// `SFCP`.
const LOCK: &str = "SELECT pg_advisory_xact_lock(1397113680)";
/// Frames are compressed already, and are kept as they are.
const TABLE: &str = "
    CREATE TABLE strictframe_checkpoint (
        thread bytea NOT NULL,
        id uuid NOT NULL,
        frame bytea NOT NULL,
        PRIMARY KEY (thread, id)
    );
    ALTER TABLE strictframe_checkpoint ALTER COLUMN frame SET STORAGE EXTERNAL;
    COMMENT ON TABLE strictframe_checkpoint IS 'strictframe checkpoints, version 1';
";
