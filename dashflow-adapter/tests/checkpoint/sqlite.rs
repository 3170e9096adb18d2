//! What can be wrong with a database.

use strictframe::CompressionPolicy;
use strictframe_dashflow::checkpoint::{Checkpointer, JsonState, SqliteStore};

use crate::support::thread;
use crate::world::{open, save, step};

#[tokio::test]
async fn the_database_of_another_program_is_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("other.db");
    let other = rusqlite::Connection::open(&path).unwrap();
    other.execute_batch("CREATE TABLE checkpoint (mine TEXT)").unwrap();
    let store = SqliteStore::new(&path);
    let opened = Checkpointer::<JsonState>::open(store, CompressionPolicy::default()).await;
    assert_eq!(opened.unwrap_err().name(), "NotCheckpoints");
    let columns = "SELECT count(*) FROM pragma_table_info('checkpoint')";
    assert_eq!(other.query_row(columns, [], |row| row.get::<_, i64>(0)).unwrap(), 1);
    std::fs::write(
        &path,
        b"no database at all, and longer than a header of one would have to be to be taken for one",
    )
    .unwrap();
    let store = SqliteStore::new(&path);
    let opened = Checkpointer::<JsonState>::open(store, CompressionPolicy::default()).await;
    assert_eq!(opened.unwrap_err().name(), "Io");
}

#[tokio::test]
async fn a_frame_that_is_damaged_in_its_row_is_passed_over() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("checkpoints.db");
    let checkpointer = open(SqliteStore::new(&path)).await;
    save(&checkpointer, &thread("run"), 1..=2).await;
    let other = rusqlite::Connection::open(&path).unwrap();
    let damage =
        "UPDATE checkpoint SET frame = zeroblob(40) WHERE id = (SELECT max(id) FROM checkpoint)";
    assert_eq!(other.execute(damage, []).unwrap(), 1);
    let newest = checkpointer.newest(&thread("run")).await.unwrap();
    assert_eq!((step(&newest.checkpoint.unwrap().state), newest.passed_over.len()), (1, 1));
}

#[cfg(unix)]
#[tokio::test]
async fn a_database_is_for_its_owner_alone() {
    use std::os::unix::fs::PermissionsExt as _;

    let folder = tempfile::tempdir().unwrap();
    let checkpointer = open(SqliteStore::new(folder.path().join("checkpoints.db"))).await;
    save(&checkpointer, &thread("run"), 1..=2).await;
    let entries: Vec<_> = std::fs::read_dir(folder.path()).unwrap().map(Result::unwrap).collect();
    assert_eq!(entries.len(), 3, "{entries:?}");
    for entry in entries {
        let mode = entry.metadata().unwrap().permissions().mode() & 0o777;
        assert_eq!(mode, 0o600, "{entry:?}");
    }
}
