//! D3: the index is a cache: whatever happens to it is told, and nothing is missing for it.

use std::path::Path;

use strictframe_dashflow::checkpoint::{CheckpointId, Checkpointer, JsonState};

use crate::support::{is_big, thread};
use crate::world::{open_files, save};

async fn history(checkpointer: &Checkpointer<JsonState>) -> (Vec<CheckpointId>, Option<String>) {
    let history = checkpointer.history(&thread("run")).await.unwrap();
    assert_eq!(history.damaged, []);
    (history.checkpoints.iter().map(|head| head.id).collect(), history.index)
}

fn index(folder: &Path) -> std::path::PathBuf {
    folder.join("t_run/index.frame")
}

#[tokio::test]
async fn d3_every_flipped_bit_and_every_cut_of_the_index_is_told_and_mended() {
    let folder = tempfile::tempdir().unwrap();
    let checkpointer = open_files(folder.path()).await;
    let ids = save(&checkpointer, &thread("run"), 1..=3).await;
    assert_eq!(history(&checkpointer).await, (ids.clone(), None));
    let whole = std::fs::read(index(folder.path())).unwrap();
    // With `STRICTFRAME_BIG=1` every bit; otherwise one of seven.
    let flips = (0..whole.len() * 8).step_by(if is_big() { 1 } else { 7 });
    let flips = flips.map(|bit| {
        let mut flipped = whole.clone();
        flipped[bit / 8] ^= 1 << (bit % 8);
        flipped
    });
    for damaged in flips.chain((0..whole.len()).map(|len| whole[..len].to_vec())) {
        std::fs::write(index(folder.path()), damaged).unwrap();
        let (found, told) = history(&checkpointer).await;
        assert_eq!(found, ids);
        assert!(told.unwrap().contains("index.frame"));
        assert_eq!(history(&checkpointer).await, (ids.clone(), None));
    }
    assert_eq!(std::fs::read(index(folder.path())).unwrap(), whole);
}

#[tokio::test]
async fn d3_an_index_that_is_missing_or_that_of_others_is_not_believed() {
    let folder = tempfile::tempdir().unwrap();
    let checkpointer = open_files(folder.path()).await;
    let ids = save(&checkpointer, &thread("run"), 1..=3).await;
    save(&checkpointer, &thread("other"), 1..=2).await;
    checkpointer.history(&thread("other")).await.unwrap();
    std::fs::copy(folder.path().join("t_other/index.frame"), index(folder.path())).unwrap();
    assert_eq!(history(&checkpointer).await, (ids.clone(), None));
    std::fs::remove_file(index(folder.path())).unwrap();
    assert_eq!(history(&checkpointer).await, (ids.clone(), None));
    // A file that is not what it was is read once more.
    let path = folder.path().join(format!("t_run/{}.frame", ids[1]));
    let mut bytes = std::fs::read(&path).unwrap();
    bytes[30] ^= 1;
    std::fs::write(&path, bytes).unwrap();
    let found = checkpointer.history(&thread("run")).await.unwrap();
    assert_eq!((found.checkpoints.len(), found.damaged.len()), (2, 1));
}

#[tokio::test]
async fn d3_one_bad_file_hides_no_other_in_a_full_listing() {
    let folder = tempfile::tempdir().unwrap();
    let checkpointer = open_files(folder.path()).await;
    let ids = save(&checkpointer, &thread("run"), 1..=200).await;
    std::fs::write(folder.path().join(format!("t_run/{}.frame", ids[77])), b"something").unwrap();
    std::fs::write(folder.path().join("t_run/notes.txt"), b"not ours").unwrap();
    std::fs::create_dir(folder.path().join("t_%zz")).unwrap();
    let report = checkpointer.verify(|_| {}).await.unwrap();
    assert_eq!((report.whole, report.wrong.len()), (199, 1));
    assert_eq!(report.wrong[0].id, ids[77]);
    let found = checkpointer.history(&thread("run")).await.unwrap();
    assert_eq!((found.checkpoints.len(), found.damaged.len()), (199, 1));
}
