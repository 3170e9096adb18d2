//! Encryption on the way to the server: never left out unnoticed.

use strictframe_broker::Postgres;
use strictframe_dashflow::checkpoint::{CheckpointStore as _, PostgresStore};

use crate::place::{Database, certificates, sql};

const SESSIONS: &str = "SELECT count(*) FROM pg_stat_ssl JOIN pg_stat_activity USING (pid) WHERE ssl AND application_name = 'strictframe' AND datname = ";

fn with_authority(url: &str, file: &std::path::Path) -> String {
    format!("{url}?sslrootcert={}", file.display())
}

#[tokio::test]
async fn a_connection_is_encrypted_unless_that_is_ruled_out() {
    let database = Database::new().await;
    let (url, name) = (database.server.encrypted_url(&database.name), &database.name);
    let sessions = format!("{SESSIONS}'{name}'");
    let store = PostgresStore::new(&with_authority(&url, &certificates().ca())).unwrap();
    store.open().unwrap();
    assert_eq!(database.sql(&sessions).await, "1");
    let modes = format!("{}&sslmode=verify-full", with_authority(&url, &certificates().ca()));
    PostgresStore::new(&modes).unwrap().open().unwrap();
    drop(store);
    for url in [database.url(), database.server.socket_url(name)] {
        let store = PostgresStore::new(&url).unwrap();
        store.open().unwrap();
        let all = sessions.replace("WHERE ssl AND", "WHERE NOT ssl AND");
        assert_eq!(database.sql(&all).await, "1", "{store:?}");
    }
}

#[tokio::test]
async fn a_server_that_nobody_vouches_for_is_refused() {
    let database = Database::new().await;
    let url = database.server.encrypted_url(&database.name);
    let wrong = with_authority(&url, &certificates().wrong_ca());
    for url in [wrong, url.clone(), format!("{url}?sslmode=require")] {
        let error = PostgresStore::new(&url).unwrap().open().unwrap_err().to_string();
        assert!(
            error.contains("certificate verify failed") && error.contains("sslrootcert"),
            "{error}"
        );
    }
    // Vouched for, and by another name than the one that is meant.
    let other = with_authority(&url, &certificates().ca()) + "&hostaddr=127.0.0.1";
    let right = other.replace("@127.0.0.1:", "@localhost:");
    PostgresStore::new(&right).unwrap().open().unwrap();
    let other = other.replace("@127.0.0.1:", "@elsewhere.example:");
    let error = PostgresStore::new(&other).unwrap().open().unwrap_err().to_string();
    assert!(error.contains("certificate verify failed") && error.contains("mismatch"), "{error}");
}

#[tokio::test]
async fn a_server_without_encryption_is_refused_unless_that_is_ruled_out() {
    let server = Postgres::start("", None).unwrap();
    let error = PostgresStore::new(&server.encrypted_url("postgres")).unwrap().open().unwrap_err();
    let error = error.to_string();
    assert!(
        error.contains("server does not support TLS") && error.contains("sslmode=disable"),
        "{error}"
    );
    assert_eq!(
        sql(&server.url("postgres"), "SELECT to_regclass('strictframe_checkpoint')").await,
        ""
    );
    PostgresStore::new(&server.url("postgres")).unwrap().open().unwrap();
}
