//! B2: how a stream ended is something that every reader gets to know, and cannot be taken for something else.

use core::fmt;
use core::time::Duration;

use strictframe_dashflow::stream::{
    JoinAt, SendError, StreamItem, StreamOptions, StreamReader, stream,
};

fn options() -> StreamOptions {
    StreamOptions::named("test").with_capacity(2)
}

/// The values, and how it ended.
fn ended<T: Copy>(reader: &mut StreamReader<T>) -> (Vec<T>, StreamItem<T>) {
    let mut values = Vec::new();
    loop {
        match reader.next_blocking() {
            StreamItem::Value(value) => values.push(*value),
            item => return (values, item),
        }
    }
}

#[test]
fn every_reader_comes_to_the_end_behind_the_last_value_and_stays_there() {
    let (writer, mut first) = stream(options());
    writer.try_send(1).unwrap();
    let mut second = first.clone();
    assert!(writer.end());
    let mut late = writer.handle().reader(JoinAt::Kept);
    for reader in [&mut first, &mut second, &mut late] {
        for expected in [vec![1], Vec::new()] {
            let (values, item) = ended(reader);
            assert_eq!(values, expected);
            assert!(matches!(item, StreamItem::End), "{item:?}");
        }
    }
    // Nothing can be sent behind it, and the value comes back.
    assert_eq!(writer.try_send(2), Err(SendError::Ended(2)));
    assert_eq!(writer.send_blocking(3).unwrap_err().into_value(), 3);
    assert!(!writer.end() && !writer.fail("too late"));
}

#[derive(Debug)]
struct Busy(u16);

impl fmt::Display for Busy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "status {}", self.0)
    }
}

impl core::error::Error for Busy {}

#[test]
fn an_error_is_seen_by_every_reader_as_what_it_is() {
    let (writer, mut first) = stream(options());
    writer.try_send(1).unwrap();
    let mut second = first.clone();
    assert!(writer.fail(Busy(503)));
    drop(writer);
    for reader in [&mut first, &mut second] {
        let (values, StreamItem::Failed(failure)) = ended(reader) else { panic!("it failed") };
        assert_eq!((values, failure.to_string()), (vec![1], "status 503".to_owned()));
        assert_eq!(failure.error().downcast_ref::<Busy>().map(|busy| busy.0), Some(503));
    }
}

#[test]
fn a_writer_that_goes_without_a_word_is_told_as_that() {
    let (writer, mut reader) = stream(options());
    let copy = writer.clone();
    let node = std::thread::spawn(move || {
        copy.send_blocking(1).unwrap();
        panic!("a node that panics in a test");
    });
    node.join().unwrap_err();
    // Another writer is there: it is not over.
    assert_eq!(*reader.next_blocking().value().unwrap(), 1);
    assert!(reader.take().is_none());
    drop(writer);
    assert!(matches!(ended(&mut reader), (values, StreamItem::Abandoned) if values.is_empty()));
}

#[test]
fn whoever_waits_is_woken_by_the_end() {
    let (writer, mut reader) = stream::<u8>(options());
    let waits = std::thread::spawn(move || reader.next_blocking().is_last());
    std::thread::sleep(Duration::from_millis(20));
    writer.end();
    assert!(waits.join().unwrap());

    let (writer, reader) = stream(options());
    writer.try_send(1).unwrap();
    writer.try_send(2).unwrap();
    let copy = writer.clone();
    let waits = std::thread::spawn(move || copy.send_blocking(3));
    std::thread::sleep(Duration::from_millis(20));
    writer.fail("the run was stopped");
    assert_eq!(waits.join().unwrap(), Err(SendError::Ended(3)));
    drop(reader);
}
