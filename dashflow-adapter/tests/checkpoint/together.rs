//! Two processes that save into one directory at once.

use std::path::Path;

use crate::pair::{both_see, save_and_say, two_say};
use crate::support::is_big;
use crate::world::open_files;

const FOLDER: &str = "STRICTFRAME_CHECKPOINTS_TOGETHER";

/// Of each process; 5,000 with `STRICTFRAME_BIG=1`.
fn each() -> u64 {
    if is_big() { 5_000 } else { 500 }
}

#[tokio::test]
async fn two_processes_lose_no_checkpoint_of_each_other() {
    if let Some(folder) = std::env::var_os(FOLDER) {
        return save_and_say(&open_files(Path::new(&folder)).await, each()).await;
    }
    let folder = tempfile::tempdir().unwrap();
    let test = "together::two_processes_lose_no_checkpoint_of_each_other";
    let saved = two_say(test, (FOLDER, folder.path().as_os_str()), each());
    let (one, other) = (open_files(folder.path()).await, open_files(folder.path()).await);
    assert_eq!(both_see(&one, &other).await, saved);
}
