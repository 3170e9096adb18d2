//! States and clocks that no store chose: one clear error or damage that is passed over, and nothing lost.

use core::fmt;

use serde::ser::{Serialize, SerializeSeq as _, Serializer};
use strictframe::message::{ReadPayload, write_json};
use strictframe::{Encoder, Extension, KnownSchema, PayloadRefused, Schema, extension};
use strictframe_dashflow::checkpoint::{
    CheckpointId, CheckpointStore, Checkpointer, JsonState, NewCheckpoint,
};

use crate::support::thread;
use crate::world::{open, save, step};

/// All of it, in one place.
pub(crate) async fn withstands_states_and_clocks<S: CheckpointStore + 'static>(
    place: impl Fn() -> S,
) {
    a_payload_that_is_no_object_is_passed_over(&place).await;
    a_state_ten_thousand_deep_is_refused(&place).await;
    ids_ascend_when_the_clock_goes_back(&place).await;
}

/// An id of the year 2100.
const LATER: CheckpointId =
    CheckpointId::from_bytes([3, 0xbb, 0x2c, 0xc3, 0xd8, 0, 0x70, 0, 0x80, 0, 0, 0, 0, 0, 0, 1]);

async fn ids_ascend_when_the_clock_goes_back<S: CheckpointStore + 'static>(place: &impl Fn() -> S) {
    let (run, store) = (thread("clock"), place());
    store.open().unwrap();
    // Whatever it is, it was saved before, by a clock that was far ahead.
    store.put(&run, LATER, b"half of it").unwrap();
    let checkpointer = open(place()).await;
    let ids = save(&checkpointer, &run, 1..=3).await;
    assert!(LATER < ids[0] && ids.is_sorted(), "{ids:?}");
    let newest = checkpointer.newest(&run).await.unwrap();
    assert_eq!((step(&newest.checkpoint.unwrap().state), newest.passed_over), (3, vec![]));
    let history = checkpointer.history(&run).await.unwrap();
    assert_eq!((history.checkpoints.len(), history.damaged.len()), (3, 1));
}

/// A frame with good checksums and that payload, as `JsonState` would have it.
fn frame(thread: &str, id: CheckpointId, payload: &[u8]) -> Vec<u8> {
    let (id, mut frame) = (id.to_bytes(), Vec::new());
    let extensions = [
        Extension { kind: extension::TIME, value: &[0; 8] },
        Extension { kind: extension::STREAM_KEY, value: thread.as_bytes() },
        Extension { kind: extension::MESSAGE_ID, value: &id },
    ];
    let mut encoder = Encoder::builder(JsonState::SCHEMA.key()).build().unwrap();
    encoder.encode_with(payload, &extensions, &mut frame).unwrap();
    frame
}

async fn a_payload_that_is_no_object_is_passed_over<S: CheckpointStore + 'static>(
    place: &impl Fn() -> S,
) {
    let (run, store) = (thread("payload"), place());
    store.open().unwrap();
    let checkpointer = open(place()).await;
    save(&checkpointer, &run, 1..=1).await;
    let deep = "{\"a\":".repeat(10_000) + "1" + &"}".repeat(10_000);
    let twice = "{\"step\": 5, \"step\": 6}";
    for payload in ["[1, 2]", "\"text\"", "null", "{", "{} {}", "", &deep, twice] {
        store.put(&run, LATER, &frame("payload", LATER, payload.as_bytes())).unwrap();
        let newest = checkpointer.newest(&run).await.unwrap();
        let [passed_over] = &newest.passed_over[..] else { panic!("{:?}", newest.passed_over) };
        assert!(passed_over.error.is_damage() && passed_over.id == LATER, "{passed_over:?}");
        assert_eq!(step(&newest.checkpoint.unwrap().state), 1);
        let told = passed_over.error.to_string();
        assert!(told.len() < 500, "{told}");
        store.remove(&run, &[LATER]).unwrap();
    }
    // The same by which it was refused is taken when it is an object.
    store.put(&run, LATER, &frame("payload", LATER, b"{\"step\": 7}")).unwrap();
    let newest = checkpointer.newest(&run).await.unwrap().checkpoint.unwrap();
    assert_eq!(step(&newest.state), 7);
}

async fn a_state_ten_thousand_deep_is_refused<S: CheckpointStore + 'static>(
    place: &impl Fn() -> S,
) {
    let run = thread("deep");
    let checkpointer = open(place()).await;
    let ids = save(&checkpointer, &run, 1..=1).await;
    let deep = Checkpointer::<Deep>::open(place(), Default::default()).await.unwrap();
    let error = deep.save(NewCheckpoint::new(run.clone(), Deep(10_000))).await.unwrap_err();
    assert!(matches!(error, strictframe_dashflow::checkpoint::CheckpointError::Encode(_)));
    assert!(error.to_string().contains("at most 127 levels"), "{error}");
    assert_eq!(place().ids(&run).unwrap(), ids);
    // It was the depth: with less of it the state is saved.
    deep.save(NewCheckpoint::new(run.clone(), Deep(100))).await.unwrap();
    assert_eq!(place().ids(&run).unwrap().len(), 2);
}

/// A state of lists in lists, as deep as it says, without a destructor that goes as deep.
struct Deep(u32);

impl Serialize for Deep {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut list = serializer.serialize_seq(None)?;
        if let Some(less) = self.0.checked_sub(1) {
            list.serialize_element(&Self(less))?;
        }
        list.end()
    }
}

impl fmt::Debug for Deep {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Deep")
    }
}

impl Schema for Deep {
    const SCHEMA: &'static KnownSchema = JsonState::SCHEMA;

    fn write_payload(&self, out: &mut Vec<u8>) -> Result<(), PayloadRefused> {
        write_json(&std::collections::BTreeMap::from([("lists", self)]), out)
    }

    fn read_payload(_: &[u8]) -> ReadPayload<Self> {
        panic!("nothing is read")
    }
}
