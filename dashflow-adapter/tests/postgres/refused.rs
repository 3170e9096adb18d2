//! What goes wrong on the way to a database: one clear error each, and no secret in it.

use strictframe_dashflow::checkpoint::{CheckpointId, CheckpointStore as _, PostgresStore};

use crate::place::Database;
use crate::support::thread;

/// What opening says, in which no password stands.
fn why(url: &str, password: &str) -> String {
    let store = PostgresStore::new(url).unwrap();
    let error = store.open().unwrap_err();
    assert_eq!(error.name(), "Io", "{error}");
    let told = format!("{error} {error:?} {store:?}");
    assert!(!told.contains(password), "{told}");
    error.to_string()
}

#[tokio::test]
async fn a_wrong_password_is_one_clear_error() {
    let database = Database::new().await;
    let right = database.server.password();
    let why = why(&database.url().replace(right, "wrong-one"), "wrong-one");
    assert!(
        why.starts_with(&format!(
            "connecting to PostgreSQL database \"{}\" at 127.0.0.1:",
            database.name
        )),
        "{why}"
    );
    assert!(
        why.contains(
            "password authentication failed for user \"strictframe\" (SQLSTATE 28P01); check"
        ),
        "{why}"
    );
}

#[tokio::test]
async fn a_password_may_stand_apart_and_none_is_one_clear_error() {
    let database = Database::new().await;
    let right = database.server.password();
    let url = database.url().replace(&format!(":{right}"), "");
    PostgresStore::new(&url).unwrap().with_password(right).open().unwrap();
    let why = why(&url, right);
    assert!(why.contains("password missing"), "{why}");
}

#[tokio::test]
async fn a_database_that_is_not_there_is_one_clear_error() {
    let database = Database::new().await;
    let why = why(&database.server.url("nowhere"), database.server.password());
    assert!(
        why.contains("database \"nowhere\" does not exist (SQLSTATE 3D000); make the database"),
        "{why}"
    );
}

#[tokio::test]
async fn a_server_that_is_not_there_is_one_clear_error() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port();
    drop(taken);
    let told = why(&format!("postgres://u:secret@127.0.0.1:{port}/d?sslmode=disable"), "secret");
    assert!(told.contains("Connection refused"), "{told}");
    let told = why("postgres://u:secret@no-such-host.invalid/d?sslmode=disable", "secret");
    assert!(told.contains("no-such-host.invalid:5432"), "{told}");
    let told = why("postgres://u:secret@/d?host=/nowhere/at/all", "secret");
    assert!(told.contains("/nowhere/at/all"), "{told}");
}

#[tokio::test]
async fn a_server_that_speaks_something_else_is_one_clear_error() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let speaking = std::thread::spawn(move || {
        use std::io::Write as _;
        let (mut stream, _) = listener.accept().unwrap();
        stream.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n").unwrap();
        stream
    });
    let url = format!("postgres://u:secret@127.0.0.1:{port}/d?sslmode=disable&connect_timeout=1");
    let told = why(&url, "secret");
    assert!(told.contains("nothing there answers as PostgreSQL does in 1 s"), "{told}");
    drop(speaking.join().unwrap());
}

#[tokio::test]
async fn what_no_row_takes_is_refused_before_anything_is_sent() {
    let store = PostgresStore::new("postgres://u@127.0.0.1:1/d?sslmode=disable").unwrap();
    // Memory that nobody touches.
    let bytes = vec![0; 1 << 30];
    let error = store.put(&thread("run"), CheckpointId::from_bytes([1; 16]), &bytes).unwrap_err();
    assert_eq!(error.name(), "TooLarge");
    assert!(error.to_string().contains("1073741824 bytes"), "{error}");
}

#[tokio::test]
async fn a_second_checkpoint_with_an_id_is_refused_and_the_same_one_is_there_already() {
    let database = Database::new().await;
    let store = database.store();
    store.open().unwrap();
    let (run, id) = (thread("run"), CheckpointId::from_bytes([1; 16]));
    store.put(&run, id, b"first").unwrap();
    store.put(&run, id, b"first").unwrap();
    let error = store.put(&run, id, b"second").unwrap_err();
    assert_eq!(error.name(), "Io", "{error}");
    assert_eq!(store.get(&run, id).unwrap().unwrap(), b"first");
}

#[tokio::test]
async fn a_database_that_takes_no_writes_is_one_clear_error_and_reading_goes_on() {
    let database = Database::new().await;
    let ids =
        crate::world::save(&crate::world::open(database.store()).await, &thread("run"), 1..=2)
            .await;
    database
        .sql(&format!("ALTER DATABASE {} SET default_transaction_read_only = on", database.name))
        .await;
    let checkpointer = crate::world::open(database.store()).await;
    let new =
        strictframe_dashflow::checkpoint::NewCheckpoint::new(thread("run"), crate::world::state(3));
    let error = checkpointer.save(new).await.unwrap_err();
    assert!(error.to_string().contains("SQLSTATE 25006"), "{error}");
    let newest = checkpointer.newest(&thread("run")).await.unwrap().checkpoint.unwrap();
    assert_eq!(newest.head.id, ids[1]);
}
