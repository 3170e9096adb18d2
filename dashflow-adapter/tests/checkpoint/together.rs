//! Two processes that save into one directory at once.

use std::collections::BTreeSet;
use std::path::Path;
use std::process::{Command, Stdio};

use crate::support::{is_big, thread};
use crate::world::{open_files, save};

const FOLDER: &str = "STRICTFRAME_CHECKPOINTS_TOGETHER";
const NAME: &str = "together::two_processes_lose_no_checkpoint_of_each_other";

/// Of each process; 5,000 with `STRICTFRAME_BIG=1`.
fn each() -> u64 {
    if is_big() { 5_000 } else { 500 }
}

#[tokio::test]
async fn two_processes_lose_no_checkpoint_of_each_other() {
    if let Some(folder) = std::env::var_os(FOLDER) {
        let checkpointer = open_files(Path::new(&folder)).await;
        for part in 0..each() / 50 {
            let name = format!("thread-{}", part % 10);
            for id in save(&checkpointer, &thread(&name), 1..=50).await {
                println!("saved {id} .");
            }
            checkpointer.history(&thread(&name)).await.unwrap();
        }
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let children = [(); 2].map(|()| {
        Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "--nocapture", NAME])
            .env(FOLDER, folder.path())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap()
    });
    let outputs = children.map(|child| child.wait_with_output().unwrap());
    let mut saved = BTreeSet::new();
    for output in outputs {
        assert!(output.status.success());
        let text = String::from_utf8(output.stdout).unwrap();
        let ids = text.lines().filter_map(|line| line.strip_prefix("saved ")?.strip_suffix(" ."));
        let before = saved.len();
        saved.extend(ids.map(ToOwned::to_owned));
        assert_eq!(saved.len() - before, usize::try_from(each()).unwrap(), "two have one id");
    }
    let (one, other) = (open_files(folder.path()).await, open_files(folder.path()).await);
    let mut found = BTreeSet::new();
    for thread in one.threads().await.unwrap() {
        let history = one.history(&thread).await.unwrap();
        assert_eq!((history.damaged.len(), history.index.clone()), (0, None));
        assert_eq!(other.history(&thread).await.unwrap(), history);
        found.extend(history.checkpoints.iter().map(|head| head.id.to_string()));
    }
    assert_eq!(found, saved);
    assert_eq!(one.verify(|_| {}).await.unwrap().wrong, []);
}
