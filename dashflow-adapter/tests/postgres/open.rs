//! The table: made once, known again, and never one of somebody else.

use strictframe::CompressionPolicy;
use strictframe_dashflow::checkpoint::{
    CheckpointError, CheckpointStore as _, Checkpointer, JsonState, PostgresStore,
};

use tokio_postgres::NoTls;

use crate::place::Database;
use crate::support::thread;
use crate::world::{open, save};

async fn refused(store: PostgresStore) -> CheckpointError {
    Checkpointer::<JsonState>::open(store, CompressionPolicy::default()).await.unwrap_err()
}

#[tokio::test]
async fn the_table_of_another_program_is_left_alone() {
    for (columns, table) in [
        (1, "CREATE TABLE strictframe_checkpoint (mine text)"),
        (1, "CREATE VIEW strictframe_checkpoint AS SELECT 1 AS thread"),
        (3, "CREATE TABLE strictframe_checkpoint (thread bytea, id uuid, frame bytea, PRIMARY KEY (thread, id))"),
        (3, "CREATE TABLE strictframe_checkpoint (thread bytea, id uuid, frame bytea);
         COMMENT ON TABLE strictframe_checkpoint IS 'strictframe checkpoints, version 1'"),
        (3, "CREATE TABLE strictframe_checkpoint (thread bytea, id uuid, frame bytea, PRIMARY KEY (thread, id));
         COMMENT ON TABLE strictframe_checkpoint IS 'strictframe checkpoints, version 2'"),
    ] {
        let database = Database::new().await;
        database.sql(table).await;
        let error = refused(database.store()).await;
        assert_eq!(error.name(), "NotCheckpoints", "{error}");
        assert!(error.to_string().contains("another schema"), "{error}");
        let counted = "SELECT count(*) FROM pg_attribute WHERE attrelid = 'strictframe_checkpoint'::regclass AND attnum > 0";
        assert_eq!(database.sql(counted).await, columns.to_string());
    }
}

#[tokio::test]
async fn a_schema_of_ones_own_is_a_place_beside_that_table() {
    let database = Database::new().await;
    database.sql("CREATE TABLE strictframe_checkpoint (mine text); CREATE SCHEMA apart").await;
    let url = format!("{}&options=-csearch_path%3Dapart", database.url());
    save(&open(PostgresStore::new(&url).unwrap()).await, &thread("run"), 1..=2).await;
    assert_eq!(database.sql("SELECT count(*) FROM apart.strictframe_checkpoint").await, "2");
    assert_eq!(database.sql("SELECT count(*) FROM public.strictframe_checkpoint").await, "0");
}

#[tokio::test]
async fn many_that_open_an_empty_database_at_once_make_one_table() {
    let database = Database::new().await;
    // Where a transaction sees what was there when it began, and nothing later.
    let strict = "SET default_transaction_isolation = 'serializable'";
    database.sql(&format!("ALTER DATABASE {} {strict}", database.name)).await;
    // All of them wait for the one that is about to make it.
    let (first, connection) = tokio_postgres::connect(&database.url(), NoTls).await.unwrap();
    tokio::spawn(connection);
    first.batch_execute("SELECT pg_advisory_lock(1397113680)").await.unwrap();
    let opening = (0..8).map(|_| {
        std::thread::spawn({
            let store = database.store();
            move || store.open()
        })
    });
    let opening: Vec<_> = opening.collect();
    let wait = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted";
    database.wait_until(wait, "8").await;
    first.batch_execute("SELECT pg_advisory_unlock(1397113680)").await.unwrap();
    for opened in opening {
        opened.join().unwrap().unwrap();
    }
}

#[tokio::test]
async fn who_only_reads_makes_nothing_and_needs_no_right_to() {
    let database = Database::new().await;
    let run = thread("run");
    let error = database.store().ids(&run).unwrap_err();
    assert_eq!(error.name(), "NotCheckpoints", "{error}");
    assert!(error.to_string().ends_with("nothing was saved there"), "{error}");
    assert_eq!(database.sql("SELECT to_regclass('strictframe_checkpoint')").await, "");

    let ids = save(&open(database.store()).await, &run, 1..=2).await;
    let name = &database.name;
    database.sql(&format!("CREATE ROLE reader_{name} LOGIN PASSWORD 'reads'; GRANT SELECT ON strictframe_checkpoint TO reader_{name}")).await;
    let owner = format!("strictframe:{}@", database.server.password());
    let url = database.url().replace(&owner, &format!("reader_{name}@"));
    let reader = PostgresStore::new(&url).unwrap().with_password("reads");
    reader.open().unwrap();
    assert_eq!(reader.ids(&run).unwrap(), ids);
    let error = reader.remove(&run, &ids).unwrap_err();
    assert_eq!(error.name(), "Io", "{error}");
    assert!(
        error.to_string().contains("SQLSTATE 42501")
            && error.to_string().contains("ask the table's owner"),
        "{error}"
    );
    assert_eq!(reader.ids(&run).unwrap(), ids);
}

#[tokio::test]
async fn a_table_that_was_dropped_is_one_clear_error_until_the_store_is_opened() {
    let database = Database::new().await;
    let store = database.store();
    store.open().unwrap();
    database.sql("DROP TABLE strictframe_checkpoint").await;
    let error = store.threads().unwrap_err();
    assert!(error.to_string().contains("open the store again"), "{error}");
    store.open().unwrap();
    assert_eq!(store.threads(), Ok(vec![]));
}
