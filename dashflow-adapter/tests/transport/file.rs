//! The log in a directory: rotation, repair, damage, and one writer.

use std::fs;
use std::path::{Path, PathBuf};

use strictframe::core::Parts;
use strictframe::{Kind, Limits, Profile, StreamReader};
use strictframe_dashflow::transport::file::{FileOptions, FileSink, FileSource, Segment, segments};
use strictframe_dashflow::transport::{
    Definition, ErrorClass, Position, Received, Sink, Source, Start, TransportError,
};

use crate::suite::{Place, delivered, drain, suite};
use crate::support::frame;

struct Folder {
    folder: tempfile::TempDir,
    options: FileOptions,
}

impl Folder {
    /// Small segments, so that every test rotates.
    fn new() -> Self {
        let mut options = FileOptions::default();
        // The schema alone takes more than 8,000 bytes.
        options.segment_bytes = 10_000;
        options.limits = Limits::TINY;
        Self { folder: tempfile::tempdir().unwrap(), options }
    }

    fn path(&self) -> &Path {
        self.folder.path()
    }

    /// Writes frames `from..=to` of one thread, and closes the log.
    async fn write(&self, from: u64, to: u64) -> Vec<Position> {
        let sink = FileSink::open(self.path(), &self.options).unwrap();
        sink.announce(Definition::envelope()).await.unwrap();
        let mut positions = Vec::new();
        for sequence in from..=to {
            positions.push(sink.send(frame("a", sequence)).await.unwrap());
        }
        positions
    }

    fn files(&self) -> Vec<PathBuf> {
        let entries = fs::read_dir(self.path()).unwrap().map(|entry| entry.unwrap().path());
        let mut files: Vec<_> =
            entries.filter(|path| path.extension().is_some_and(|end| end == "sframe")).collect();
        files.sort();
        files
    }

    fn segments(&self) -> Vec<Segment> {
        segments(self.path()).unwrap()
    }

    async fn read(&self) -> Vec<u64> {
        let mut source = FileSource::open(self.path(), &Start::Earliest, None).unwrap();
        drain(&mut source).await.iter().map(|found| found.position.offset).collect()
    }
}

impl Place for Folder {
    type Sink = FileSink;
    type Source = FileSource;

    async fn sink(&self) -> FileSink {
        FileSink::open(self.path(), &self.options).unwrap()
    }

    async fn source(
        &self,
        start: &Start,
        group: Option<&str>,
    ) -> Result<FileSource, TransportError> {
        FileSource::open(self.path(), start, group)
    }
}

suite!(Folder::new());

fn strictly(path: &Path) -> u64 {
    let file = fs::File::open(path).unwrap();
    let mut reader = StreamReader::new(file, Limits::DEFAULT, Profile::SelfContained);
    while reader.next_frame().unwrap().is_some() {}
    reader.chain().unwrap().count()
}

#[tokio::test]
async fn segments_follow_each_other_and_each_is_a_finished_stream() {
    let folder = Folder::new();
    let positions = folder.write(1, 50).await;
    let offsets: Vec<_> = positions.iter().map(|position| position.offset).collect();
    assert_eq!(offsets, (0..50).collect::<Vec<_>>());
    let files = folder.files();
    assert!(files.len() > 3, "{files:?}");
    let counts: Vec<_> = files.iter().map(|path| strictly(path)).collect();
    assert_eq!(counts.iter().sum::<u64>(), 50);
    let found = folder.segments();
    assert_eq!(found.iter().map(|segment| segment.count).collect::<Vec<_>>(), counts);
    assert!(found.iter().all(|segment| segment.is_finished && segment.damage.is_none()));
    assert!(found.windows(2).all(|pair| pair[0].first + pair[0].count == pair[1].first));
    assert!(found.windows(2).all(|pair| pair[0].latest < pair[1].earliest));
    // The next process goes on behind it.
    assert_eq!(folder.write(51, 51).await[0].offset, 50);
    assert_eq!(folder.read().await, (0..51).collect::<Vec<_>>());
}

#[tokio::test]
async fn an_index_that_is_missing_damaged_or_wrong_is_made_anew() {
    let folder = Folder::new();
    folder.write(1, 30).await;
    let index = folder.path().join("index.frame");
    let (found, stored) = (folder.segments(), fs::read(&index).unwrap());
    fs::remove_file(&index).unwrap();
    assert_eq!(folder.segments(), found);
    let mut damaged = stored.clone();
    damaged[40] ^= 1;
    fs::write(&index, damaged).unwrap();
    assert_eq!(folder.segments(), found);
    folder.write(31, 60).await;
    let later = folder.segments();
    assert_ne!(fs::read(&index).unwrap(), stored);
    // The index of an earlier day.
    fs::write(&index, stored).unwrap();
    assert_eq!(folder.segments(), later);
}

#[tokio::test]
async fn a_torn_tail_is_cut_saved_and_told_and_nothing_before_it_is_lost() {
    let mut folder = Folder::new();
    folder.options.segment_bytes = 1 << 20;
    folder.write(1, 10).await;
    let [segment] = folder.files().try_into().unwrap();
    let whole = fs::read(&segment).unwrap();
    // As if the process had died in the middle of the tenth frame: END is 80 bytes.
    let torn = &whole[..whole.len() - 80 - 20];
    fs::write(&segment, torn).unwrap();
    assert_eq!(folder.read().await, (0..9).collect::<Vec<_>>());
    let sink = FileSink::open(folder.path(), &folder.options).unwrap();
    let tail = sink.torn().unwrap().clone();
    assert_eq!(fs::read(&tail.saved).unwrap(), torn[usize::try_from(tail.offset).unwrap()..]);
    drop(sink);
    assert_eq!(strictly(&segment), 9);
    assert_eq!(folder.write(11, 11).await[0].offset, 9);
    assert_eq!(folder.read().await, (0..10).collect::<Vec<_>>());
}

#[tokio::test]
async fn a_log_cut_at_any_byte_opens_again_and_keeps_every_whole_frame() {
    let mut folder = Folder::new();
    folder.options.segment_bytes = 1 << 20;
    folder.write(1, 3).await;
    let [segment] = folder.files().try_into().unwrap();
    let whole = fs::read(&segment).unwrap();
    for len in (0..whole.len()).step_by(101) {
        let folder = Folder::new();
        let path = folder.path().join(segment.file_name().unwrap());
        fs::write(&path, &whole[..len]).unwrap();
        let before = folder.read().await.len() as u64;
        let position = folder.write(9, 9).await[0];
        assert_eq!(position.offset, before, "cut at {len}");
        assert_eq!(folder.read().await.len() as u64, before + 1, "cut at {len}");
    }
}

#[tokio::test]
async fn damage_is_told_with_its_place_and_remedy_and_what_follows_is_given() {
    let folder = Folder::new();
    folder.write(1, 50).await;
    let files = folder.files();
    let found = folder.segments();
    let mut bytes = fs::read(&files[1]).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    fs::write(&files[1], bytes).unwrap();
    let mut source = FileSource::open(folder.path(), &Start::Earliest, None).unwrap();
    let (mut offsets, mut lost) = (Vec::new(), None);
    loop {
        match source.receive().await.unwrap() {
            Received::Delivered(delivered) => offsets.push(delivered.position.offset),
            Received::Lost { from, to, error } => {
                assert_eq!(lost.replace((from.offset, to.unwrap())), None, "one loss");
                assert_eq!((error.class(), error.name()), (ErrorClass::Permanent, "Damaged"));
                let text = error.to_string();
                let path = files[1].display().to_string();
                assert!(text.contains(&path) && text.contains("strictframe recover"), "{text}");
                assert!(text.contains("checksum mismatch"), "{text}");
            }
            Received::CaughtUp { .. } => break,
            _ => {}
        }
    }
    let (from, to) = lost.unwrap();
    assert!(from >= found[1].first && to == found[2].first, "{from}..{to}");
    let expected: Vec<_> = (0..50).filter(|offset| !(from..to).contains(offset)).collect();
    assert_eq!(offsets, expected);
}

#[tokio::test]
async fn a_segment_that_is_away_for_a_moment_is_waited_for() {
    let folder = Folder::new();
    folder.write(1, 50).await;
    let (segment, away) = (folder.files()[1].clone(), folder.path().join("away"));
    fs::rename(&segment, &away).unwrap();
    let mut source = FileSource::open(folder.path(), &Start::Earliest, None).unwrap();
    let first = delivered(&mut source).await.position.offset;
    fs::rename(&away, &segment).unwrap();
    let mut offsets = vec![first];
    loop {
        match source.receive().await.unwrap() {
            Received::Delivered(delivered) => offsets.push(delivered.position.offset),
            Received::CaughtUp { .. } => break,
            other => panic!("{other:?}"),
        }
    }
    assert_eq!(offsets, (0..50).collect::<Vec<_>>());
}

#[tokio::test]
async fn a_segment_that_stays_away_is_lost_once_and_named() {
    let folder = Folder::new();
    folder.write(1, 50).await;
    let found = folder.segments();
    fs::remove_file(&folder.files()[1]).unwrap();
    let mut source = FileSource::open(folder.path(), &Start::Earliest, None).unwrap();
    let (mut offsets, mut lost) = (Vec::new(), Vec::new());
    loop {
        match source.receive().await.unwrap() {
            Received::Delivered(delivered) => offsets.push(delivered.position.offset),
            Received::Lost { from, to, error } => {
                lost.push((from.offset, to.unwrap(), error.name().to_owned()));
            }
            Received::CaughtUp { .. } => break,
            _ => {}
        }
    }
    let (from, to) = (found[1].first, found[2].first);
    assert_eq!(lost, [(from, to, "Missing".to_owned())]);
    assert_eq!(offsets, (0..from).chain(to..50).collect::<Vec<_>>());
}

#[tokio::test]
async fn numbers_are_not_used_again_behind_damage_in_the_last_segment() {
    let mut folder = Folder::new();
    folder.options.segment_bytes = 1 << 20;
    folder.write(1, 10).await;
    let [segment] = folder.files().try_into().unwrap();
    let mut bytes = fs::read(&segment).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    fs::write(&segment, &bytes).unwrap();
    let position = folder.write(11, 11).await[0];
    assert!(position.offset >= 10, "{position}");
    // What is damaged is evidence, and stays as it is.
    assert_eq!(fs::read(&segment).unwrap(), bytes);
}

#[tokio::test]
async fn a_second_sink_is_refused_and_the_log_opens_again_when_the_first_is_gone() {
    let folder = Folder::new();
    let sink = FileSink::open(folder.path(), &folder.options).unwrap();
    let twin = sink.clone();
    let error = FileSink::open(folder.path(), &folder.options).unwrap_err();
    assert_eq!((error.class(), error.name()), (ErrorClass::Fatal, "Locked"));
    drop(sink);
    assert!(FileSink::open(folder.path(), &folder.options).is_err());
    drop(twin);
    assert!(FileSink::open(folder.path(), &folder.options).is_ok());
}

#[tokio::test]
async fn what_waits_is_written_when_the_last_handle_goes() {
    let folder = Folder::new();
    let sink = FileSink::open(folder.path(), &folder.options).unwrap();
    sink.announce(Definition::envelope()).await.unwrap();
    let receipts: Vec<_> = (1..=100).map(|sequence| sink.send(frame("a", sequence))).collect();
    drop(sink);
    assert_eq!(folder.segments().iter().map(|segment| segment.count).sum::<u64>(), 100);
    assert!(folder.segments().iter().all(|segment| segment.is_finished));
    for receipt in receipts {
        assert!(receipt.await.is_ok());
    }
}

#[tokio::test]
async fn a_full_queue_is_told_at_once_and_can_be_tried_again() {
    let mut folder = Folder::new();
    folder.options.queue = 1;
    let sink = FileSink::open(folder.path(), &folder.options).unwrap();
    sink.announce(Definition::envelope()).await.unwrap();
    // Made before, so that they come faster than any disk takes them.
    let frames: Vec<_> = (1..=200).map(|sequence| frame("a", sequence)).collect();
    let receipts: Vec<_> = frames.into_iter().map(|frame| sink.send(frame)).collect();
    let (mut taken, mut refused) = (Vec::new(), 0);
    for mut receipt in receipts {
        match tokio::time::timeout(core::time::Duration::ZERO, &mut receipt).await {
            Ok(Err(error)) => {
                assert_eq!((error.class(), error.name()), (ErrorClass::Retryable, "QueueFull"));
                refused += 1;
            }
            Ok(Ok(_)) => taken.push(None),
            Err(_) => taken.push(Some(receipt)),
        }
    }
    let count = taken.len();
    for receipt in taken.into_iter().flatten() {
        assert!(receipt.await.is_ok());
    }
    assert!(refused > 0);
    assert_eq!(count + refused, 200);
    // What was refused may come again.
    sink.send(frame("a", 201)).await.unwrap();
    assert_eq!(folder.read().await.len(), count + 1);
}

#[tokio::test]
async fn the_oldest_segments_go_when_the_log_is_too_large_and_readers_are_told() {
    let mut folder = Folder::new();
    folder.options.keep_bytes = 40_000;
    folder.write(1, 100).await;
    let found = folder.segments();
    assert!(found.iter().map(|segment| segment.bytes).sum::<u64>() <= 40_000);
    let first = found[0].first;
    assert!(first > 0);
    assert_eq!(folder.read().await, (first..100).collect::<Vec<_>>());
    let start = Start::At(vec![Position { partition: 0, offset: first - 1 }]);
    let error = FileSource::open(folder.path(), &start, None).unwrap_err();
    assert_eq!(error.name(), "PositionGone");
}

#[tokio::test]
async fn a_group_is_not_a_path() {
    let folder = Folder::new();
    folder.write(1, 1).await;
    for group in ["", "..", "../x", "a/b", ".hidden", "a b", &"g".repeat(129)] {
        let error = FileSource::open(folder.path(), &Start::Earliest, Some(group)).unwrap_err();
        assert_eq!(error.name(), "GroupName", "{group}");
    }
    let path = folder.path().join("positions/readers-1.frame");
    let mut source = FileSource::open(folder.path(), &Start::Earliest, Some("readers-1")).unwrap();
    let next = delivered(&mut source).await.position.next();
    source.commit(next).await.unwrap();
    let mut bytes = fs::read(&path).unwrap();
    bytes[35] ^= 4;
    fs::write(&path, bytes).unwrap();
    let error = FileSource::open(folder.path(), &Start::Committed, Some("readers-1")).unwrap_err();
    assert_eq!((error.class(), error.name()), (ErrorClass::Permanent, "FileRefused"));
}

#[tokio::test]
async fn a_source_follows_a_log_that_is_written_and_rotated_while_it_reads() {
    let folder = Folder::new();
    let mut source = FileSource::open(folder.path(), &Start::Earliest, None).unwrap();
    let sink = FileSink::open(folder.path(), &folder.options).unwrap();
    sink.announce(Definition::envelope()).await.unwrap();
    let writing = tokio::spawn(async move {
        for sequence in 1..=150 {
            sink.send(frame("a", sequence)).await.unwrap();
        }
    });
    for offset in 0..150 {
        assert_eq!(delivered(&mut source).await.position.offset, offset);
    }
    writing.await.unwrap();
    assert!(folder.files().len() > 5);
}

#[tokio::test]
async fn a_definition_that_contradicts_another_one_is_refused_and_the_log_goes_on() {
    let folder = Folder::new();
    let sink = FileSink::open(folder.path(), &folder.options).unwrap();
    let define = |text: &[u8]| {
        let schema = strictframe::Descriptor::json("example.Event", 1, 1, text).unwrap();
        let (mut body, mut frame) = (Vec::new(), Vec::new());
        schema.write_body(&mut body).unwrap();
        Parts::control(Kind::SCHEMA, &[&body]).write(&mut frame).unwrap();
        Definition::verify(frame.into(), &Limits::DEFAULT).unwrap()
    };
    sink.announce(define(b"true")).await.unwrap();
    let error = sink.announce(define(b"false")).await.unwrap_err();
    assert_eq!((error.class(), error.name()), (ErrorClass::Permanent, "DefinitionRefused"));
    sink.announce(Definition::envelope()).await.unwrap();
    assert!(sink.send(frame("a", 1)).await.is_ok());
    assert!(sink.announce(define(b"false")).await.is_err());
    assert!(sink.send(frame("a", 2)).await.is_ok());
}

#[tokio::test]
async fn a_segment_that_cannot_be_begun_is_an_error_that_passes() {
    let folder = Folder::new();
    folder.write(1, 1).await;
    let sink = FileSink::open(folder.path(), &folder.options).unwrap();
    sink.announce(Definition::envelope()).await.unwrap();
    // Something stands in the place of the next segment.
    let in_the_way = folder.path().join(format!("{:020}.sframe", 1));
    fs::create_dir(&in_the_way).unwrap();
    let error = sink.send(frame("a", 2)).await.unwrap_err();
    assert_eq!((error.class(), error.name()), (ErrorClass::Retryable, "Io"));
    fs::remove_dir(&in_the_way).unwrap();
    assert_eq!(sink.send(frame("a", 2)).await.unwrap().offset, 1);
    drop(sink);
    assert_eq!(folder.read().await, [0, 1]);
}
