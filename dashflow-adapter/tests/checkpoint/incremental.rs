//! States that are kept as what leads on from the one before.

use std::path::{Path, PathBuf};

use proptest::prelude::*;
use prost::Message as _;
use serde_json::Value;
use strictframe::{CompressionPolicy, Encoder, Extension, Frame, Limits, extension};
use strictframe_dashflow::checkpoint::{
    CheckpointDiff, CheckpointError, CheckpointHead, CheckpointId, CheckpointStore, Checkpointer,
    Damage, FileStore, JsonState, Keep, MemoryStore, NewCheckpoint,
};
use strictframe_dashflow::{ThreadId, v1};

use crate::support::{is_big, thread};
use crate::world::{open_incremental as open, step};

/// The bytes of the checksum behind the body.
const TRAILER: usize = 4;

/// Text that hardly gets shorter.
fn notes(len: usize, seed: u64) -> String {
    let mut random = fastrand::Rng::with_seed(seed);
    (0..len).map(|_| random.alphanumeric()).collect()
}

/// A state of some kilobytes, of which little changes from step to step.
fn state(step: u64) -> JsonState {
    let mut state = crate::world::state(step);
    state.0.insert("notes".to_owned(), notes(3_000, 11).into());
    state.0.insert("log".to_owned(), (0..step).map(|step| Value::from(step * 7)).collect());
    state
}

async fn save(
    checkpointer: &Checkpointer<JsonState>,
    run: &ThreadId,
    steps: core::ops::RangeInclusive<u64>,
) -> Vec<CheckpointId> {
    let mut ids = Vec::new();
    for step in steps {
        ids.push(checkpointer.save(NewCheckpoint::new(run.clone(), state(step))).await.unwrap());
    }
    ids
}

fn file(folder: &Path, id: CheckpointId) -> PathBuf {
    folder.join("t_run").join(format!("{id}.frame"))
}

/// For each checkpoint, which of them it is kept as a diff of.
async fn bases(checkpointer: &Checkpointer<JsonState>, ids: &[CheckpointId]) -> Vec<Option<usize>> {
    let heads = checkpointer.history(&thread("run")).await.unwrap().checkpoints;
    assert_eq!(heads.len(), ids.len());
    let index = |base: CheckpointId| ids.iter().position(|id| *id == base).unwrap();
    heads.iter().map(|head| head.base.map(index)).collect()
}

#[tokio::test]
async fn every_fourth_is_kept_whole_and_each_is_loaded() {
    let folder = tempfile::tempdir().unwrap();
    let run = thread("run");
    let checkpointer = open(FileStore::new(folder.path()), 4).await;
    let mut ids = save(&checkpointer, &run, 1..=10).await;
    let expected =
        [None, Some(0), Some(1), Some(2), None, Some(4), Some(5), Some(6), None, Some(8)];
    // Twice, since the index has learnt of them the first time.
    for _ in 0..2 {
        assert_eq!(bases(&checkpointer, &ids).await, expected);
    }
    // Another one knows none of these states, and begins with a whole one.
    let other = open(FileStore::new(folder.path()), 4).await;
    ids.extend(save(&other, &run, 11..=12).await);
    // What follows the checkpoint of somebody else is whole too.
    ids.extend(save(&checkpointer, &run, 13..=14).await);
    let expected = [&expected[..], &[None, Some(10), None, Some(12)]].concat();
    assert_eq!(bases(&checkpointer, &ids).await, expected);
    for (id, number) in ids.iter().zip(1..) {
        let loaded = checkpointer.load(&run, *id).await.unwrap();
        assert_eq!(loaded.state, state(number));
        let store = FileStore::new(folder.path());
        let (head, payload) = CheckpointHead::with_payload(&store, &run, *id).unwrap();
        assert_eq!(head, loaded.head);
        let payload: Value = serde_json::from_slice(&payload).unwrap();
        assert_eq!(payload, Value::Object(state(number).0));
    }
    let report = checkpointer.verify(|_| {}).await.unwrap();
    assert_eq!((report.whole, report.wrong.len()), (14, 0));
}

#[tokio::test]
async fn a_small_change_of_a_large_state_is_a_small_file() {
    let folder = tempfile::tempdir().unwrap();
    let checkpointer = open(FileStore::new(folder.path()), 10).await;
    let ids = save(&checkpointer, &thread("run"), 1..=3).await;
    let len = |id| std::fs::metadata(file(folder.path(), id)).unwrap().len();
    assert!(len(ids[0]) > 2_000, "{}", len(ids[0]));
    assert!(len(ids[2]) * 5 < len(ids[0]), "{} beside {}", len(ids[2]), len(ids[0]));
}

#[tokio::test]
async fn a_state_that_has_nothing_of_the_one_before_is_kept_whole() {
    let checkpointer = open(MemoryStore::new(), 10).await;
    let run = thread("run");
    let mut ids = save(&checkpointer, &run, 1..=2).await;
    let mut other = crate::world::state(3);
    other.0.insert("notes".to_owned(), notes(9_000, 12).into());
    ids.push(checkpointer.save(NewCheckpoint::new(run, other)).await.unwrap());
    assert_eq!(bases(&checkpointer, &ids).await, [None, Some(0), None]);
}

#[tokio::test]
async fn states_of_protobuf_are_kept_as_diffs_too() {
    let checkpointer = open::<v1::DashStreamMessage>(MemoryStore::new(), 3).await;
    let run = thread("run");
    let state = |number: u32| {
        let text = notes(3_000, 13);
        let chunk = v1::TokenChunk { text, chunk_index: number, ..v1::TokenChunk::default() };
        v1::DashStreamMessage { message: Some(v1::dash_stream_message::Message::TokenChunk(chunk)) }
    };
    for number in 0..5 {
        let id = checkpointer.save(NewCheckpoint::new(run.clone(), state(number))).await.unwrap();
        assert_eq!(checkpointer.load(&run, id).await.unwrap().state, state(number));
    }
    let heads = checkpointer.history(&run).await.unwrap().checkpoints;
    assert_eq!(heads.iter().filter(|head| head.base.is_some()).count(), 3);
}

#[tokio::test]
async fn every_flipped_bit_and_every_cut_of_any_link_leads_to_the_newest_that_does_not_hang_on_it()
{
    let folder = tempfile::tempdir().unwrap();
    let run = thread("run");
    let checkpointer = open(FileStore::new(folder.path()), 3).await;
    // Two whole ones, and two diffs on the second of them.
    let ids = save(&checkpointer, &run, 1..=6).await;
    let mut tried = 0;
    for (broken, best) in [(5, 4), (4, 3), (3, 2)] {
        let path = file(folder.path(), ids[broken]);
        let whole = std::fs::read(&path).unwrap();
        let big = is_big();
        let bits = (0..whole.len() * 8).filter(|bit| big || *bit < 28 * 8 || bit % 29 == 0);
        let flips = bits.map(|bit| {
            let mut flipped = whole.clone();
            flipped[bit / 8] ^= 1 << (bit % 8);
            flipped
        });
        let cuts = (0..whole.len()).filter(|len| big || *len < 28 || len % 13 == 0);
        for damaged in flips.chain(cuts.map(|len| whole[..len].to_vec())) {
            std::fs::write(&path, damaged).unwrap();
            let newest = checkpointer.newest(&run).await.unwrap();
            let found = newest.checkpoint.unwrap();
            assert_eq!((found.head.id, step(&found.state)), (ids[best], best as u64 + 1));
            let passed: Vec<_> = newest.passed_over.iter().map(|passed| passed.id).collect();
            assert_eq!(passed, ids[best + 1..].iter().rev().copied().collect::<Vec<_>>());
            for passed in &newest.passed_over[..5 - broken] {
                let why = &passed.error;
                let CheckpointError::Damaged { why: Damage::Base { id, .. }, .. } = why else {
                    panic!("{why}")
                };
                assert_eq!((*id, why.name()), (ids[broken], "BaseDamaged"));
            }
            tried += 1;
        }
        // Nothing that hangs on it is called whole, and nothing of it is counted as kept.
        let history = checkpointer.history(&run).await.unwrap();
        let whole_ones: Vec<_> = history.checkpoints.iter().map(|head| head.id).collect();
        assert_eq!((whole_ones, history.damaged.len()), (ids[..=best].to_vec(), 5 - best));
        let keep = Keep { count: Some(1), age: None };
        let plan = keep.plan(&FileStore::new(folder.path()), &run, i64::MAX).unwrap();
        assert_eq!((plan.kept, plan.damaged.len()), (1, 5 - best));
        assert!(!plan.removed.contains(&ids[best]));
        std::fs::write(&path, whole).unwrap();
    }
    assert!(tried > 1_500, "{tried}");
    assert_eq!(checkpointer.newest(&run).await.unwrap().passed_over, []);
}

#[tokio::test]
async fn what_others_are_diffs_of_is_neither_pruned_nor_deleted_before_them() {
    let checkpointer = open(MemoryStore::new(), 4).await;
    let run = thread("run");
    let ids = save(&checkpointer, &run, 1..=7).await;
    let keep = Keep { count: Some(1), age: None };
    let pruned = checkpointer.prune(&run, keep).await.unwrap();
    // The seventh is the third of its chain.
    assert_eq!((pruned.kept, pruned.bases), (1, 2));
    assert_eq!(pruned.removed, [ids[3], ids[2], ids[1], ids[0]]);
    assert_eq!(step(&checkpointer.newest(&run).await.unwrap().checkpoint.unwrap().state), 7);

    let refused = checkpointer.delete(&run, vec![ids[4]]).await.unwrap_err();
    assert_eq!(refused.name(), "BaseNeeded");
    let text = refused.to_string();
    assert!(text.contains(&ids[4].to_string()) && text.contains(&ids[5].to_string()), "{text}");
    assert_eq!(checkpointer.history(&run).await.unwrap().checkpoints.len(), 3);
    checkpointer.delete(&run, vec![ids[6]]).await.unwrap();
    checkpointer.delete(&run, vec![ids[4], ids[5]]).await.unwrap();
    assert_eq!(checkpointer.threads().await.unwrap(), []);
    // What the next one would lead on from is gone.
    let [id] = save(&checkpointer, &run, 8..=8).await[..] else { panic!("one") };
    assert_eq!(bases(&checkpointer, &[id]).await, [None]);
}

#[tokio::test]
async fn a_base_that_somebody_removes_while_a_diff_is_saved_is_noticed() {
    /// Loses what was there before as soon as something is put.
    #[derive(Debug, Default)]
    struct Losing(MemoryStore);
    impl CheckpointStore for Losing {
        fn open(&self) -> Result<(), CheckpointError> {
            self.0.open()
        }
        fn put(
            &self,
            run: &ThreadId,
            id: CheckpointId,
            bytes: &[u8],
        ) -> Result<(), CheckpointError> {
            let before = self.0.ids(run)?;
            self.0.put(run, id, bytes)?;
            self.0.remove(run, &before)
        }
        fn get(
            &self,
            run: &ThreadId,
            id: CheckpointId,
        ) -> Result<Option<Vec<u8>>, CheckpointError> {
            self.0.get(run, id)
        }
        fn ids(&self, run: &ThreadId) -> Result<Vec<CheckpointId>, CheckpointError> {
            self.0.ids(run)
        }
        fn threads(&self) -> Result<Vec<ThreadId>, CheckpointError> {
            self.0.threads()
        }
        fn remove(&self, run: &ThreadId, ids: &[CheckpointId]) -> Result<(), CheckpointError> {
            self.0.remove(run, ids)
        }
    }
    let checkpointer = open(Losing::default(), 9).await;
    let run = thread("run");
    for number in 1..=3 {
        let ids = save(&checkpointer, &run, number..=number).await;
        assert_eq!(bases(&checkpointer, &ids).await, [None]);
        let newest = checkpointer.newest(&run).await.unwrap();
        assert_eq!(step(&newest.checkpoint.unwrap().state), number);
    }
}

#[tokio::test]
async fn a_diff_with_good_checksums_that_does_not_lead_to_its_state_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let run = thread("run");
    let checkpointer = open(FileStore::new(folder.path()), 3).await;
    let ids = save(&checkpointer, &run, 1..=3).await;
    let path = file(folder.path(), ids[2]);
    let bytes = std::fs::read(&path).unwrap();
    let frame = Frame::parse(&bytes, &Limits::MAXIMUM).unwrap();
    let key = frame.key();
    let stored = usize::try_from(frame.stored_offset()).unwrap();
    let good = CheckpointDiff::decode(&bytes[stored..bytes.len() - TRAILER]).unwrap();
    let other = checkpointer.load(&run, ids[0]).await.unwrap();
    type Change<'a> = &'a dyn Fn(&mut CheckpointDiff);
    let cases: [(&str, Change<'_>); 13] = [
        ("DiffMalformed", &|diff| diff.schema_key.truncate(15)),
        ("DiffMalformed", &|diff| diff.base_id.clear()),
        ("DiffMalformed", &|diff| diff.base_hash.push(0)),
        ("DiffMalformed", &|diff| diff.state_hash.clear()),
        ("DiffMalformed", &|diff| diff.state_len = (64 << 20) + 1),
        ("DiffMalformed", &|diff| diff.state_len = u64::MAX),
        ("BaseNotOlder", &|diff| diff.base_id = ids[2].to_bytes().to_vec()),
        ("BaseDamaged", &|diff| diff.base_id = [0; 16].to_vec()),
        ("BaseDiffers", &|diff| diff.base_id = ids[0].to_bytes().to_vec()),
        ("BaseDiffers", &|diff| diff.schema_key[0] ^= 1),
        ("StateDiffers", &|diff| diff.state_len -= 1),
        ("StateDiffers", &|diff| diff.state_len += 1),
        ("StateDiffers", &|diff| diff.patch.clear()),
    ];
    for (name, change) in cases {
        let mut diff = good.clone();
        change(&mut diff);
        let id = ids[2].to_bytes();
        let extension = |kind, value| Extension { kind, value };
        let extensions = [
            extension(extension::TIME, &[0; 8][..]),
            extension(extension::STREAM_KEY, b"run"),
            extension(extension::MESSAGE_ID, &id),
        ];
        let mut frame = Vec::new();
        let mut encoder = Encoder::builder(key).build().unwrap();
        encoder.encode_with(&diff.encode_to_vec(), &extensions, &mut frame).unwrap();
        std::fs::write(&path, frame).unwrap();
        assert_eq!(checkpointer.load(&run, ids[2]).await.unwrap_err().name(), name);
        let newest = checkpointer.newest(&run).await.unwrap();
        assert_eq!(step(&newest.checkpoint.unwrap().state), 2, "{name}");
    }
    assert_eq!(step(&other.state), 1);
}

#[tokio::test]
async fn how_many_lead_to_a_state_is_bounded() {
    let policy = CompressionPolicy::default;
    for full_every in [0, 257, usize::MAX] {
        let opened =
            Checkpointer::<JsonState>::open_incremental(MemoryStore::new(), policy(), full_every);
        assert_eq!(opened.await.unwrap_err().name(), "FullEvery");
    }
    let checkpointer = open(MemoryStore::new(), 256).await;
    let (run, notes) = (thread("run"), notes(150_000, 14));
    let mut ids = Vec::new();
    for number in 0..=256 {
        let mut state = crate::world::state(number);
        state.0.insert("notes".to_owned(), notes.clone().into());
        ids.push(checkpointer.save(NewCheckpoint::new(run.clone(), state)).await.unwrap());
    }
    let heads = checkpointer.history(&run).await.unwrap().checkpoints;
    let whole: Vec<_> = (0..=256).filter(|index| heads[*index].base.is_none()).collect();
    assert_eq!(whole, [0, 256]);
    for number in [0, 100, 255, 256] {
        let loaded = checkpointer.load(&run, ids[number]).await.unwrap();
        assert_eq!(step(&loaded.state), number as u64);
    }
}

#[tokio::test]
async fn all_diffs_behind_a_whole_one_have_no_more_bytes_than_it_has() {
    let checkpointer = open(MemoryStore::new(), 256).await;
    let run = thread("run");
    for number in 0..40 {
        let new = NewCheckpoint::new(run.clone(), state(number));
        checkpointer.save(new).await.unwrap();
    }
    let heads = checkpointer.history(&run).await.unwrap().checkpoints;
    let (mut whole, mut diffs, mut most) = (0, 0, 0);
    for head in &heads {
        (whole, diffs) = match head.base {
            None => (head.bytes, 0),
            Some(_) => (whole, diffs + head.bytes),
        };
        assert!(diffs <= whole, "{diffs} beside {whole}");
        most = most.max(diffs);
    }
    assert!(most * 10 > whole * 7, "{most} beside {whole}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]
    #[test]
    fn whatever_states_follow_each_other_in_two_threads_each_is_loaded(
        texts in proptest::collection::vec((any::<bool>(), "[a-c]{0,40}"), 1..24),
        full_every in 1_usize..6,
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(async {
            let checkpointer = open(MemoryStore::new(), full_every).await;
            let mut saved = Vec::new();
            for (is_other, text) in texts {
                let run = thread(if is_other { "other" } else { "run" });
                let mut state = crate::world::state(0);
                state.0.insert("text".to_owned(), text.into());
                let new = NewCheckpoint::new(run.clone(), state.clone());
                saved.push((run, checkpointer.save(new).await.unwrap(), state));
            }
            for (run, id, state) in saved {
                assert_eq!(checkpointer.load(&run, id).await.unwrap().state, state);
            }
        });
    }
}
