//! A source that is read ahead of whoever takes from it.

use bytes::Bytes;
use strictframe_dashflow::transport::memory::{MemoryLog, MemorySink};
use strictframe_dashflow::transport::{Position, ReadAhead, Source, Start, TransportError};

use crate::suite::{Place, delivered, suite};

/// A log in memory that is read through a reader of few bytes, so that it is full nearly always.
struct Ahead(MemoryLog);

impl Place for Ahead {
    type Sink = MemorySink;
    type Source = ReadAhead;

    async fn sink(&self) -> MemorySink {
        self.0.sink()
    }

    async fn source(
        &self,
        start: &Start,
        group: Option<&str>,
    ) -> Result<ReadAhead, TransportError> {
        Ok(ReadAhead::new(self.0.source(start, group)?, 1_000))
    }
}

suite!(Ahead(MemoryLog::with_longest(3, 100_000)));

/// A log of so many values of a thousand bytes in each of its partitions.
fn log(partitions: u32, values: u32) -> MemoryLog {
    let log = MemoryLog::new(partitions);
    for partition in 0..partitions {
        for value in 0..values {
            let mut bytes = vec![0; 1_000];
            bytes[..4].copy_from_slice(&value.to_be_bytes());
            log.append(partition, None, Bytes::from(bytes)).unwrap();
        }
    }
    log
}

#[tokio::test]
async fn no_more_than_its_bytes_and_a_value_of_each_partition_wait() {
    let log = log(4, 500);
    let mut source = ReadAhead::new(log.source(&Start::Earliest, None).unwrap(), 10_000);
    let mut most = 0;
    for _ in 0..2_000 {
        tokio::task::yield_now().await;
        most = most.max(source.waiting());
        delivered(&mut source).await;
    }
    assert!((5_000..=12_000).contains(&most), "{most}");
}

#[tokio::test]
async fn what_was_read_before_a_seek_is_not_given_after_it() {
    let log = log(2, 100);
    let mut source = ReadAhead::new(log.source(&Start::Earliest, None).unwrap(), 50_000);
    let at = |partition, offset| Position { partition, offset };
    for _ in 0..20 {
        delivered(&mut source).await;
    }
    // What it has read of the one partition goes, what it has read of the other stays.
    source.seek(at(0, 3)).await.unwrap();
    let mut next = [3, 10];
    for _ in 0..100 {
        let found = delivered(&mut source).await.position;
        let due = &mut next[found.partition as usize];
        assert_eq!(found.offset, *due, "{found}");
        *due += 1;
    }
}

#[tokio::test]
async fn what_waits_of_a_paused_partition_keeps_its_place() {
    let log = log(2, 50);
    let mut source = ReadAhead::new(log.source(&Start::Earliest, None).unwrap(), 20_000);
    for _ in 0..10 {
        delivered(&mut source).await;
    }
    tokio::task::yield_now().await;
    source.pause(1).unwrap();
    for offset in 5..50 {
        assert_eq!(delivered(&mut source).await.position, Position { partition: 0, offset });
    }
    source.resume(1).unwrap();
    for offset in 5..50 {
        assert_eq!(delivered(&mut source).await.position, Position { partition: 1, offset });
    }
}
