//! Two processes that save into one table at once.

use strictframe_dashflow::checkpoint::PostgresStore;

use crate::pair::{both_see, save_and_say, two_say};
use crate::place::Database;
use crate::support::is_big;
use crate::world::open;

const URL: &str = "STRICTFRAME_POSTGRES_TOGETHER";

/// Of each process; 5,000 with `STRICTFRAME_BIG=1`.
fn each() -> u64 {
    if is_big() { 5_000 } else { 1_000 }
}

#[tokio::test]
async fn two_processes_lose_no_checkpoint_of_each_other() {
    if let Ok(url) = std::env::var(URL) {
        return save_and_say(&open(PostgresStore::new(&url).unwrap()).await, each()).await;
    }
    let database = Database::new().await;
    let test = "together::two_processes_lose_no_checkpoint_of_each_other";
    let saved = two_say(test, (URL, database.url().as_ref()), each());
    let (one, other) = (open(database.store()).await, open(database.store()).await);
    assert_eq!(both_see(&one, &other).await, saved);
}
