//! D2: every blob is a frame with the state's schema key; other types, versions and forks are refused by name.

use prost::Message as _;
use strictframe::message::{ReadPayload, read_protobuf, write_protobuf};
use strictframe::{
    CompressionPolicy, Frame, KnownSchema, KnownVersion, Limits, PayloadRefused, Schema,
};
use strictframe_dashflow::checkpoint::{CheckpointError, Checkpointer, JsonState, NewCheckpoint};

use crate::support::thread;
use crate::world::{open_files, save};

/// A state of one field, in versions that claim this and that.
macro_rules! state_type {
    ($name:ident, $versions:expr) => {
        #[derive(Clone, PartialEq, prost::Message)]
        struct $name {
            #[prost(uint64, tag = "1")]
            step: u64,
        }

        impl Schema for $name {
            const SCHEMA: &'static KnownSchema = &KnownSchema::new(
                "test.State",
                strictframe::core::identity::Encoding::PROTOBUF,
                [7; 8],
                1,
                $versions,
                b"message test.State\n 1 step uint64 implicit\n",
            );

            fn write_payload(&self, out: &mut Vec<u8>) -> Result<(), PayloadRefused> {
                write_protobuf(self, out)
            }

            fn read_payload(payload: &[u8]) -> ReadPayload<Self> {
                read_protobuf(payload)
            }
        }
    };
}

const FIRST: KnownVersion = KnownVersion { version: 1, min_reader: 1, fork_check: [1; 4] };
const SECOND: KnownVersion = KnownVersion { version: 2, min_reader: 2, fork_check: [2; 4] };
const FORK: KnownVersion = KnownVersion { version: 1, min_reader: 1, fork_check: [9; 4] };
state_type!(First, &[FIRST]);
state_type!(Second, &[FIRST, SECOND]);
state_type!(Fork, &[FORK]);

async fn newest_as<S: Schema + Send + Sync + 'static>(
    folder: &std::path::Path,
) -> Result<Option<S>, CheckpointError> {
    let store = strictframe_dashflow::checkpoint::FileStore::new(folder);
    let checkpointer = Checkpointer::<S>::open(store, CompressionPolicy::default()).await.unwrap();
    let newest = checkpointer.newest(&thread("run")).await?;
    Ok(newest.checkpoint.map(|checkpoint| checkpoint.state))
}

async fn save_as<S: Schema + Send + Sync + 'static>(folder: &std::path::Path, state: S) {
    let store = strictframe_dashflow::checkpoint::FileStore::new(folder);
    let checkpointer = Checkpointer::<S>::open(store, CompressionPolicy::default()).await.unwrap();
    checkpointer.save(NewCheckpoint::new(thread("run"), state)).await.unwrap();
}

#[tokio::test]
async fn d2_a_file_is_a_frame_that_bears_the_key_of_its_state() {
    let folder = tempfile::tempdir().unwrap();
    let checkpointer = open_files(folder.path()).await;
    let [id] = save(&checkpointer, &thread("run"), 1..=1).await[..] else { panic!("one") };
    let bytes = std::fs::read(folder.path().join(format!("t_run/{id}.frame"))).unwrap();
    let frame = Frame::parse(&bytes, &Limits::DEFAULT).unwrap();
    assert_eq!(frame.key(), JsonState::SCHEMA.key());
}

#[tokio::test]
async fn d2_states_of_other_types_versions_and_forks_are_refused_and_not_passed_over() {
    let folder = tempfile::tempdir().unwrap();
    save_as(folder.path(), First { step: 1 }).await;
    // A newer version reads the older one.
    assert_eq!(newest_as::<Second>(folder.path()).await.unwrap(), Some(Second { step: 1 }));
    save_as(folder.path(), Second { step: 2 }).await;
    // An older state is there and whole. It is not given in the place of the newest.
    for (error, name) in [
        (newest_as::<First>(folder.path()).await.unwrap_err(), "SchemaTooNew"),
        (newest_as::<Fork>(folder.path()).await.unwrap_err(), "SchemaTooNew"),
        (newest_as::<JsonState>(folder.path()).await.unwrap_err(), "UnknownSchema"),
    ] {
        assert_eq!(error.name(), name);
        assert!(matches!(error, CheckpointError::Refused { .. }), "{error}");
    }
    let other = tempfile::tempdir().unwrap();
    save_as(other.path(), First { step: 1 }).await;
    assert_eq!(newest_as::<Fork>(other.path()).await.unwrap_err().name(), "SchemaFork");
}

#[tokio::test]
async fn d2_a_payload_that_is_no_state_is_damage() {
    let folder = tempfile::tempdir().unwrap();
    save_as(folder.path(), First { step: 1 }).await;
    let checkpointer = open_files(folder.path()).await;
    let [thread] = &checkpointer.threads().await.unwrap()[..] else { panic!("one") };
    let id = checkpointer.history(thread).await.unwrap().checkpoints[0].id;
    // With good checksums, and a payload that its descriptor refuses.
    let mut frame = Vec::new();
    let mut encoder = strictframe::Encoder::builder(First::SCHEMA.key()).build().unwrap();
    let id_bytes = id.to_bytes();
    let extension = |kind, value| strictframe::Extension { kind, value };
    let extensions = [
        extension(strictframe::extension::TIME, &[0; 8][..]),
        extension(strictframe::extension::STREAM_KEY, b"run"),
        extension(strictframe::extension::MESSAGE_ID, &id_bytes),
    ];
    encoder.encode_with(&First { step: 1 }.encode_to_vec()[1..], &extensions, &mut frame).unwrap();
    std::fs::write(folder.path().join(format!("t_run/{id}.frame")), frame).unwrap();
    assert_eq!(newest_as::<First>(folder.path()).await.unwrap(), None);
}
