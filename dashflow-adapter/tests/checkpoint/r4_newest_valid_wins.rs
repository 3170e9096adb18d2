//! R4: the newest valid checkpoint of a thread wins, and a damaged one is passed over and told.

use std::path::{Path, PathBuf};

use strictframe_dashflow::checkpoint::{
    CheckpointError, CheckpointId, Damage, FileStore, NewCheckpoint,
};

use crate::support::{is_big, thread};
use crate::world::{open, open_files, save, state, step};

fn file(folder: &Path, id: CheckpointId) -> PathBuf {
    folder.join("t_run").join(format!("{id}.frame"))
}

/// Text that hardly gets shorter.
fn noise_text(len: usize) -> String {
    let mut random = fastrand::Rng::with_seed(1);
    (0..len * 8 / 6).map(|_| random.alphanumeric()).collect()
}

#[tokio::test]
async fn r4_every_flipped_bit_and_every_cut_leads_to_the_checkpoint_before() {
    let folder = tempfile::tempdir().unwrap();
    let run = thread("run");
    let checkpointer = open_files(folder.path()).await;
    let mut ids = save(&checkpointer, &run, 1..=1).await;
    let mut large = state(2);
    large.0.insert("notes".to_owned(), noise_text(4_000).into());
    ids.push(checkpointer.save(NewCheckpoint::new(run.clone(), large)).await.unwrap());
    let path = file(folder.path(), ids[1]);
    let whole = std::fs::read(&path).unwrap();
    assert!((4_000..5_000).contains(&whole.len()), "{}", whole.len());
    let mut tried = 0;
    // With `STRICTFRAME_BIG=1` every bit; otherwise every bit of the header, and some of the others.
    let is_big = is_big();
    let bits = (0..whole.len() * 8).filter(|bit| is_big || *bit < 28 * 8 || bit % 23 == 0);
    let flips = bits.map(|bit| {
        let mut flipped = whole.clone();
        flipped[bit / 8] ^= 1 << (bit % 8);
        flipped
    });
    let cuts = (0..whole.len()).filter(|len| is_big || *len < 28 || len % 5 == 0);
    let cuts = cuts.map(|len| whole[..len].to_vec());
    let longer = [[&whole[..], b"\0"].concat(), [&whole[..], &whole[..]].concat()];
    for damaged in flips.chain(cuts).chain(longer) {
        std::fs::write(&path, &damaged).unwrap();
        let newest = checkpointer.newest(&run).await.unwrap();
        let found = newest.checkpoint.unwrap();
        assert_eq!((found.head.id, step(&found.state)), (ids[0], 1));
        let [passed_over] = &newest.passed_over[..] else { panic!("{:?}", newest.passed_over) };
        assert_eq!(passed_over.id, ids[1]);
        tried += 1;
    }
    assert!(tried >= if is_big { whole.len() * 9 + 2 } else { 2_000 }, "{tried}");
    std::fs::write(&path, &whole).unwrap();
    assert_eq!(checkpointer.newest(&run).await.unwrap().passed_over, []);
}

#[tokio::test]
async fn r4_newer_files_than_any_index_knows_are_found() {
    let folder = tempfile::tempdir().unwrap();
    let run = thread("run");
    let (one, other) = (open_files(folder.path()).await, open_files(folder.path()).await);
    save(&one, &run, 1..=3).await;
    assert_eq!(one.history(&run).await.unwrap().checkpoints.len(), 3);
    // Behind the back of the first, whose index knows nothing of it.
    save(&other, &run, 4..=5).await;
    let newest = one.newest(&run).await.unwrap().checkpoint.unwrap();
    assert_eq!(step(&newest.state), 5);
    assert_eq!(one.history(&run).await.unwrap().checkpoints.len(), 5);
}

#[tokio::test]
async fn r4_a_checkpoint_of_another_thread_or_id_is_none() {
    let folder = tempfile::tempdir().unwrap();
    let checkpointer = open_files(folder.path()).await;
    let ids = save(&checkpointer, &thread("run"), 1..=2).await;
    let [other] = save(&checkpointer, &thread("other"), 9..=9).await[..] else { panic!("one") };
    for (from, to) in [("t_other", other), ("t_run", ids[0])] {
        let from = folder.path().join(from).join(format!("{to}.frame"));
        std::fs::copy(from, file(folder.path(), ids[1])).unwrap();
        let newest = checkpointer.newest(&thread("run")).await.unwrap();
        assert_eq!(newest.checkpoint.unwrap().head.id, ids[0]);
        let error = &newest.passed_over[0].error;
        assert!(
            matches!(error, CheckpointError::Damaged { why: Damage::Misplaced, .. }),
            "{error}"
        );
    }
}

#[cfg(unix)]
#[tokio::test]
async fn r4_what_cannot_be_read_is_passed_over_like_damage() {
    let folder = tempfile::tempdir().unwrap();
    let run = thread("run");
    let checkpointer = open(FileStore::new(folder.path())).await;
    let ids = save(&checkpointer, &run, 1..=3).await;
    std::fs::remove_file(file(folder.path(), ids[2])).unwrap();
    std::fs::create_dir(file(folder.path(), ids[2])).unwrap();
    std::fs::remove_file(file(folder.path(), ids[1])).unwrap();
    std::os::unix::fs::symlink("/etc/hostname", file(folder.path(), ids[1])).unwrap();
    let newest = checkpointer.newest(&run).await.unwrap();
    assert_eq!(newest.checkpoint.unwrap().head.id, ids[0]);
    let names: Vec<_> = newest.passed_over.iter().map(|passed| passed.error.name()).collect();
    // A link is no checkpoint at all.
    assert_eq!(names, ["Unreadable"]);
    let history = checkpointer.history(&run).await.unwrap();
    assert_eq!((history.checkpoints.len(), history.damaged.len()), (1, 1));
}
