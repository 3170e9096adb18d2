//! The log in memory, and the faults that are asked of it.

use bytes::Bytes;
use strictframe_dashflow::transport::memory::{Fate, MemoryLog, MemorySink, MemorySource};
use strictframe_dashflow::transport::{
    Definition, ErrorClass, Position, Received, Sink, Source, Start, TransportError,
};

use crate::suite::{Place, delivered, suite};
use crate::support::frame;

impl Place for MemoryLog {
    type Sink = MemorySink;
    type Source = MemorySource;

    async fn sink(&self) -> MemorySink {
        Self::sink(self)
    }

    async fn source(
        &self,
        start: &Start,
        group: Option<&str>,
    ) -> Result<MemorySource, TransportError> {
        Self::source(self, start, group)
    }
}

suite!(MemoryLog::with_longest(3, 100_000));

#[tokio::test]
async fn each_fate_is_what_it_says() {
    let log = MemoryLog::new(1);
    let sink = log.sink();
    sink.announce(Definition::envelope()).await.unwrap();
    let error = TransportError::retryable("Away", "the broker is away");
    for (fate, arrives) in
        [(Fate::LoseReceipt(error.clone()), true), (Fate::Refuse(error.clone()), false)]
    {
        let before = log.values(0).len();
        log.decide(move |_| fate.clone());
        assert_eq!(sink.send(frame("a", 1)).await, Err(error.clone()));
        assert_eq!(log.values(0).len() - before, usize::from(arrives));
    }
    log.decide(|_| Fate::Hold);
    let (first, second) = (sink.send(frame("a", 1)), sink.send(frame("a", 2)));
    let flush = sink.flush();
    assert_eq!(log.values(0).len(), 3);
    log.release();
    let offset = |offset| Ok(Position { partition: 0, offset });
    assert_eq!((first.await, second.await, flush.await), (offset(1), offset(2), Ok(())));
    assert_eq!(sink.send(frame("a", 3)).await, offset(3));
}

#[tokio::test]
async fn a_reader_that_is_too_slow_is_told_what_it_lost() {
    let log = MemoryLog::new(1);
    log.keep(3);
    let mut source = log.source(&Start::Earliest, None).unwrap();
    for value in 0..5_u8 {
        log.append(0, None, Bytes::copy_from_slice(&[value])).unwrap();
    }
    assert_eq!(source.receive().await, Ok(Received::Assigned(vec![0])));
    let Ok(Received::Lost { from, to, error }) = source.receive().await else { panic!("a loss") };
    assert_eq!((from, to), (Position { partition: 0, offset: 0 }, Some(2)));
    assert_eq!((error.class(), error.name()), (ErrorClass::Permanent, "PositionGone"));
    for value in 2..5 {
        assert_eq!(delivered(&mut source).await.value[0], value);
    }
    assert_eq!(source.receive().await, Ok(Received::CaughtUp { partition: 0 }));
    let at = Start::At(vec![Position { partition: 0, offset: 1 }]);
    assert_eq!(log.source(&at, None).unwrap_err().name(), "PositionGone");
}

#[tokio::test]
async fn a_value_that_is_no_frame_is_given_as_it_is() {
    let log = MemoryLog::new(2);
    let value = Bytes::from_static(b"\x00 no frame");
    let key = Some(Bytes::from_static(b"k"));
    let position = log.append(1, key.clone(), value.clone()).unwrap();
    let mut source = log.source(&Start::Earliest, None).unwrap();
    let found = delivered(&mut source).await;
    assert_eq!((found.position, found.key, found.value), (position, key, value.clone()));
    assert_eq!(log.append(2, None, value).unwrap_err().name(), "UnknownPartition");
}
