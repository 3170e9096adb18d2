//! B2: a writer waits for the slowest reader, nothing is lost, and it is read while the node runs, in whatever task, thread or runtime.

use core::sync::atomic::{AtomicU64, Ordering};
use core::time::Duration;
use std::sync::Arc;

use strictframe_dashflow::stream::{JoinAt, StreamItem, StreamOptions, StreamReader, stream};

fn options(capacity: usize) -> StreamOptions {
    StreamOptions::named("test").with_capacity(capacity)
}

/// Everything until the last item.
async fn drain(mut reader: StreamReader<u64>, pause: Duration) -> Vec<u64> {
    let mut values = Vec::new();
    loop {
        match reader.next().await {
            StreamItem::Value(value) => values.push(*value),
            item => {
                assert!(matches!(item, StreamItem::End), "{item:?}");
                return values;
            }
        }
        if !pause.is_zero() {
            tokio::time::sleep(pause).await;
        }
    }
}

#[tokio::test]
async fn a_slow_reader_holds_its_writer_up_and_nothing_is_lost() {
    let (writer, reader) = stream(options(4));
    let furthest = Arc::new(AtomicU64::new(0));
    let node = tokio::spawn({
        let (writer, furthest) = (writer.clone(), Arc::clone(&furthest));
        async move {
            for number in 1..=100 {
                writer.send(number).await.unwrap();
                furthest.store(number, Ordering::Relaxed);
            }
            writer.end();
        }
    });
    // Nobody reads: as much as there is room for is sent, and no more.
    tokio::time::sleep(Duration::from_millis(50)).await;
    assert_eq!((furthest.load(Ordering::Relaxed), writer.counts().waits), (4, 1));
    assert_eq!(drain(reader, Duration::from_micros(500)).await, (1..=100).collect::<Vec<_>>());
    node.await.unwrap();
}

#[tokio::test]
async fn every_reader_gets_every_value_at_its_own_pace() {
    let (writer, reader) = stream(options(3));
    let readers = [reader.clone(), reader.clone(), reader];
    let pauses = [0, 300, 1_100].map(Duration::from_micros);
    let readers = readers.into_iter().zip(pauses).map(|(it, pause)| tokio::spawn(drain(it, pause)));
    let readers: Vec<_> = readers.collect();
    for number in 0..50 {
        writer.send(number).await.unwrap();
    }
    writer.end();
    for reader in readers {
        assert_eq!(reader.await.unwrap(), (0..50).collect::<Vec<_>>());
    }
}

#[tokio::test]
async fn a_value_is_read_while_its_node_runs() {
    let (writer, mut reader) = stream::<&str>(options(8));
    let (go_on, told) = tokio::sync::oneshot::channel();
    let node = tokio::spawn(async move {
        writer.send("begun").await.unwrap();
        // The node ends only once somebody has read that it began.
        told.await.unwrap();
        writer.send("done").await.unwrap();
        writer.end();
    });
    assert_eq!(*reader.next().await.value().unwrap(), "begun");
    go_on.send(()).unwrap();
    assert_eq!(*reader.next().await.value().unwrap(), "done");
    node.await.unwrap();
}

#[tokio::test]
async fn a_reader_that_goes_releases_its_writer() {
    let (writer, slow) = stream(options(2));
    let mut quick = slow.clone();
    for number in 0..2 {
        writer.send(number).await.unwrap();
        quick.next().await.value().unwrap();
    }
    let send = writer.send(2);
    tokio::pin!(send);
    tokio::time::timeout(Duration::from_millis(50), &mut send).await.unwrap_err();
    drop(slow);
    assert!(send.await.unwrap().is_kept);
    // Without any reader nobody is held up, and the last values are kept for whoever joins.
    drop(quick);
    for number in 3..100 {
        writer.send(number).await.unwrap();
    }
    let mut late = writer.handle().reader(JoinAt::Kept);
    assert_eq!([98, 99].map(|_| *late.take().unwrap().value().unwrap()), [98, 99]);
    assert!(late.take().is_none());
}

#[tokio::test]
async fn a_reader_that_joins_begins_with_what_is_kept_or_with_what_comes() {
    let (writer, mut first) = stream(options(3));
    for number in 1..=5 {
        writer.send(number).await.unwrap();
        first.next().await;
    }
    let handle = first.handle();
    let (mut kept, mut now) = (handle.reader(JoinAt::Kept), handle.reader(JoinAt::Now));
    // It holds its writer up like any other until it has taken the oldest.
    assert!(writer.try_send(6).is_err());
    assert_eq!(*kept.take().unwrap().value().unwrap(), 3);
    writer.send(6).await.unwrap();
    writer.end();
    let all = |reader: &mut StreamReader<i32>| {
        let items = core::iter::from_fn(|| reader.take().filter(|item| !item.is_last()));
        items.map(|item| item.value().map(|value| *value)).collect::<Vec<_>>()
    };
    // Nothing is told missed that was sent before a reader joined; what it found is not taken from it.
    assert_eq!(all(&mut now), [Some(6)]);
    assert_eq!(all(&mut kept), [Some(4), Some(5), Some(6)]);
    let mut after = handle.reader(JoinAt::Now);
    assert!(matches!(after.next().await, StreamItem::End));
}

#[test]
fn threads_and_runtimes_may_be_different_ones_and_none_need_be_there() {
    let (writer, reader) = stream(options(2));
    let runtime = || tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let of_a_runtime =
        |reader| move || runtime().block_on(drain(reader, Duration::from_micros(50)));
    let asynchronous =
        [reader.clone(), reader.clone()].map(|reader| std::thread::spawn(of_a_runtime(reader)));
    let mut without = reader;
    let blocking = std::thread::spawn(move || {
        let items = core::iter::from_fn(|| without.next_blocking().value());
        items.map(|value| *value).collect::<Vec<_>>()
    });
    let writers: Vec<_> = (0..3_u64)
        .map(|writer_number| {
            let writer = writer.clone();
            std::thread::spawn(move || {
                for number in 0..200 {
                    let value = writer_number * 1_000 + number;
                    if writer_number == 0 {
                        runtime().block_on(writer.send(value)).unwrap();
                    } else {
                        writer.send_blocking(value).unwrap();
                    }
                }
            })
        })
        .collect();
    writers.into_iter().for_each(|writer| writer.join().unwrap());
    writer.end();
    let mut orders = asynchronous.map(|reader| reader.join().unwrap()).to_vec();
    orders.push(blocking.join().unwrap());
    // All saw the same order, in which each writer's values stand as it sent them.
    assert!(orders.windows(2).all(|pair| pair[0] == pair[1]));
    for writer in 0..3 {
        let of_it: Vec<_> = orders[0].iter().filter(|value| *value / 1_000 == writer).collect();
        assert_eq!(of_it.len(), 200);
        assert!(of_it.is_sorted());
    }
}

#[tokio::test]
async fn a_send_or_a_read_that_is_given_up_changes_nothing() {
    let (writer, mut reader) = stream(options(1));
    let soon = Duration::from_millis(1);
    tokio::time::timeout(soon, reader.next()).await.unwrap_err();
    writer.send(1).await.unwrap();
    tokio::time::timeout(soon, writer.send(2)).await.unwrap_err();
    // One that waits behind one that was given up comes to its turn.
    let given_up = tokio::spawn({
        let writer = writer.clone();
        async move { writer.send(3).await }
    });
    tokio::time::sleep(soon).await;
    let waits = tokio::spawn({
        let writer = writer.clone();
        async move { writer.send(4).await }
    });
    tokio::time::sleep(soon).await;
    given_up.abort();
    assert!(given_up.await.unwrap_err().is_cancelled());
    assert_eq!(*reader.next().await.value().unwrap(), 1);
    assert_eq!(waits.await.unwrap().unwrap().number, 2);
    assert_eq!(*reader.next().await.value().unwrap(), 4);
    assert!(reader.take().is_none());
}

#[test]
fn writers_that_wait_come_to_their_turns_in_their_order() {
    let (writer, mut reader) = stream(options(1));
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    runtime.block_on(async {
        let sends = (0..20).map(|number| {
            let writer = writer.clone();
            tokio::spawn(async move { writer.send(number).await.unwrap().number })
        });
        let sends: Vec<_> = sends.collect();
        for number in 0..20 {
            assert_eq!(*reader.next().await.value().unwrap(), number);
        }
        for (number, send) in (1..).zip(sends) {
            assert_eq!(send.await.unwrap(), number);
        }
    });
}
