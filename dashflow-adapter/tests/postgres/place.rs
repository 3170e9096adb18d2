//! A server that tests share as long as one of them needs it, and a database for each.

use core::sync::atomic::{AtomicU32, Ordering};
use core::time::Duration;
use std::path::Path;
use std::sync::{Arc, Mutex, Weak};
use std::time::Instant;

use strictframe_broker::{Certificates, Postgres};
use strictframe_dashflow::checkpoint::PostgresStore;
use tokio_postgres::{NoTls, SimpleQueryMessage};

pub(crate) fn certificates() -> Certificates {
    // Two tests that made them at once would mix them.
    static MAKING: Mutex<()> = Mutex::new(());
    let _making = MAKING.lock();
    Certificates::make(&Path::new(env!("CARGO_TARGET_TMPDIR")).join("postgres")).unwrap()
}

fn server() -> Arc<Postgres> {
    static SERVER: Mutex<Weak<Postgres>> = Mutex::new(Weak::new());
    let mut held = SERVER.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    held.upgrade().unwrap_or_else(|| {
        let server = Arc::new(Postgres::start("", Some(&certificates())).unwrap());
        *held = Arc::downgrade(&server);
        server
    })
}

/// A database of its own on the server.
pub(crate) struct Database {
    pub(crate) server: Arc<Postgres>,
    pub(crate) name: String,
}

impl Database {
    pub(crate) async fn new() -> Self {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let name = format!("d{}", NEXT.fetch_add(1, Ordering::Relaxed));
        let server = server();
        sql(&server.url("postgres"), &format!("CREATE DATABASE {name}")).await;
        Self { server, name }
    }

    pub(crate) fn url(&self) -> String {
        self.server.url(&self.name)
    }

    pub(crate) fn store(&self) -> PostgresStore {
        PostgresStore::new(&self.url()).unwrap()
    }

    /// The first value that a statement gives.
    pub(crate) async fn sql(&self, statement: &str) -> String {
        sql(&self.url(), statement).await
    }

    /// Asks until that is the answer.
    pub(crate) async fn wait_until(&self, statement: &str, answer: &str) {
        let begun = Instant::now();
        while self.sql(statement).await != answer {
            assert!(begun.elapsed() < Duration::from_secs(60), "{statement}");
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }
}

/// How many hold the table against all others.
pub(crate) const LOCKED: &str = "SELECT count(*) FROM pg_locks WHERE granted AND mode = 'AccessExclusiveLock' AND relation = 'strictframe_checkpoint'::regclass";

pub(crate) async fn sql(url: &str, statement: &str) -> String {
    let (client, connection) = tokio_postgres::connect(url, NoTls).await.unwrap();
    let connection = tokio::spawn(connection);
    let said = client.simple_query(statement).await.unwrap();
    drop(client);
    connection.await.unwrap().unwrap();
    let value = said.iter().find_map(|message| match message {
        SimpleQueryMessage::Row(row) => row.get(0),
        _ => None,
    });
    value.unwrap_or_default().to_owned()
}
