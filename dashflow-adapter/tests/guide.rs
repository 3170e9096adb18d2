//! What the guide to moving shows is what stands here, and so is compiled and run.
#![allow(clippy::unwrap_used, reason = "a panic in a test is a failed test")]
#![allow(clippy::std_instead_of_core, reason = "the guide shows programs, which have both")]

mod bridge {
    // MOVING.md
    use prost::Message as _;
    use strictframe_dashflow::convert::{Converter, LegacyOptions};
    use strictframe_dashflow::transport::Sink;
    use strictframe_dashflow::{Framer, Unframer};

    /// There: a value of the old topic into the new one, which was told `Definition::envelope()` before.
    async fn there(
        old_value: &[u8],
        converter: &mut Converter,
        framer: &mut Framer,
        new_topic: &impl Sink,
    ) -> Result<(), Box<dyn std::error::Error>> {
        let converted = converter.read(old_value)?;
        let frame = framer.frame(&[converted.record])?;
        new_topic.send(frame).await?;
        Ok(())
    }

    /// And back: the values of the old topic that a value of the new one becomes, for readers that have not moved.
    fn back(
        new_value: &[u8],
        unframer: &mut Unframer,
    ) -> Result<Vec<Vec<u8>>, Box<dyn std::error::Error>> {
        let mut old_values = Vec::new();
        for message in unframer.unframe(new_value)?.messages {
            let mut value = Vec::new();
            Converter::write(&message.encode_to_vec(), &LegacyOptions::default(), &mut value)?;
            old_values.push(value);
        }
        Ok(old_values)
    }
    // MOVING.md

    use strictframe::{CompressionPolicy, Limits};
    use strictframe_dashflow::transport::memory::MemoryLog;
    use strictframe_dashflow::transport::{Definition, Received, Source as _, Start};
    use strictframe_dashflow::{FrameOptions, Identity, Record, ThreadId, v1};

    fn framer() -> Framer {
        Framer::new(CompressionPolicy::default(), [], FrameOptions::ALL, Limits::DEFAULT).unwrap()
    }

    /// A value as it stands in the old topic, compressed.
    fn old_value(unframer: &mut Unframer) -> Vec<u8> {
        let event = v1::Event { node_id: "plan".repeat(200), ..v1::Event::default() };
        let identity = Identity {
            thread: ThreadId::new("run-7").unwrap(),
            epoch: 0,
            sequence: 1,
            time: 1_767_225_600_000_000_000,
            message_id: *b"sixteen bytes id",
            trace: None,
        };
        let frame = framer().frame(&[Record::new(event, identity).unwrap()]).unwrap();
        let value = back(frame.bytes(), unframer).unwrap().remove(0);
        assert_eq!(value[0], 0x01);
        value
    }

    #[tokio::test]
    async fn a_value_goes_over_the_bridge_and_comes_back_as_it_was() {
        let mut unframer = Unframer::new(Limits::DEFAULT).unwrap();
        let old_value = old_value(&mut unframer);
        let log = MemoryLog::new(1);
        let new_topic = log.sink();
        new_topic.announce(Definition::envelope()).await.unwrap();
        let mut converter = Converter::new(10 << 20).unwrap();
        there(&old_value, &mut converter, &mut framer(), &new_topic).await.unwrap();
        let mut source = log.source(&Start::Earliest, None).unwrap();
        let new_value = loop {
            if let Received::Delivered(delivered) = source.receive().await.unwrap() {
                break delivered.value;
            }
        };
        assert_eq!(back(&new_value, &mut unframer).unwrap(), [old_value]);
    }
}

mod take_over {
    // MOVING.md
    use std::path::Path;

    use serde::Deserialize;
    use strictframe_dashflow::checkpoint::import::{ImportOptions, ImportReport, OldState, import};
    use strictframe_dashflow::checkpoint::{CheckpointStore as _, FileStore, JsonState};

    /// The state as it is saved today, with its fields in their order.
    #[derive(Deserialize)]
    struct Plan {
        step: u64,
        notes: Vec<String>,
    }

    fn take_over(old: &Path, new: &Path) -> Result<ImportReport, Box<dyn std::error::Error>> {
        let store = FileStore::new(new);
        store.open()?;
        let today = |state: OldState<Plan>| -> Result<JsonState, serde_json::Error> {
            let Plan { step, notes } = state.typed()?;
            let mut state = JsonState::default();
            state.0.insert("step".to_owned(), step.into());
            state.0.insert("notes".to_owned(), notes.into());
            Ok(state)
        };
        let report = import(old, &store, &ImportOptions::default(), today, |_| {})?;
        for (file, why) in report.refused() {
            eprintln!("{file:?} was not imported: {why}");
        }
        Ok(report)
    }
    // MOVING.md

    #[test]
    fn a_checkpoint_of_today_is_taken_over_with_its_thread_and_its_id() {
        let folder = tempfile::tempdir().unwrap();
        let (old, new) = (folder.path().join("old"), folder.path().join("new"));
        let plan = (3_u64, vec!["look up"]);
        let (time, parent) = ((1_767_225_600_u64, 0_u32), None::<String>);
        let metadata = std::collections::BTreeMap::<String, String>::new();
        let saved = ("cp-1", "run-7", plan, "plan", time, parent, metadata);
        let payload = bincode::serialize(&saved).unwrap();
        let checksum = crc::Crc::<u32>::new(&crc::CRC_32_ISO_HDLC).checksum(&payload);
        let len = payload.len() as u64;
        let head = [&b"DCHK\x01\0\0\0"[..], &checksum.to_le_bytes(), &len.to_le_bytes()].concat();
        std::fs::create_dir(&old).unwrap();
        std::fs::write(old.join("cp-1.bin"), [head, payload].concat()).unwrap();
        std::fs::write(old.join("cp-2.bin"), b"DCHK and no more").unwrap();

        let report = take_over(&old, &new).unwrap();
        let imported: Vec<_> = report.imported().collect();
        let names = (imported[0].thread.as_str(), imported[0].old_id.as_str());
        assert_eq!((imported.len(), names), (1, ("run-7", "cp-1")));
        assert_eq!(report.refused().count(), 1);
    }
}

#[test]
fn the_guide_shows_what_stands_here() {
    let guide = include_str!("../MOVING.md");
    let here = include_str!("guide.rs");
    let shown: Vec<_> = here.split("    // MOVING.md\n").skip(1).step_by(2).collect();
    assert_eq!(shown.len(), 2);
    for shown in shown {
        let lines = shown.lines().map(|line| line.strip_prefix("    ").unwrap_or(line));
        let shown: String = lines.flat_map(|line| [line, "\n"]).collect();
        assert!(
            shown.lines().count() > 10 && guide.contains(&shown),
            "MOVING.md does not show\n{shown}"
        );
    }
}
