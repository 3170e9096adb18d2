//! Asynchronous streams and connections give what the synchronous ones give, however the bytes come and whatever futures are dropped.
#![allow(clippy::panic, clippy::unwrap_used, reason = "a panic in a test is a failed test")]

mod cancelled;
mod codec;
#[path = "../support/material.rs"]
mod material;
mod reader;
mod sockets;
mod writer;

use core::pin::{Pin, pin};
use core::task::{Context, Poll};

use material::{encoder, event, record, trained};
use strictframe::tokio::StreamReader;
use strictframe::{
    CodecChoice, Encoder, Error, Limits, Profile, StreamError, StreamOptions, StreamWriter,
};
use tokio::io::{AsyncRead, AsyncWriteExt, DuplexStream, ReadBuf};

/// The work of a test on a runtime of its own.
fn on_a_runtime<F: Future>(work: F) -> F::Output {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(work)
}

/// Polls once, and drops the future when it is not ready.
async fn polled_once<F: Future>(future: F) -> Option<F::Output> {
    let mut future = pin!(future);
    core::future::poll_fn(|context| {
        Poll::Ready(match future.as_mut().poll(context) {
            Poll::Ready(output) => Some(output),
            Poll::Pending => None,
        })
    })
    .await
}

/// Every frame's start and bytes, its records, and how it ended.
type Reading = (Vec<(u64, Vec<u8>, Vec<Vec<u8>>)>, Option<Error>);

/// What the synchronous reader makes of it.
fn read_synchronously(bytes: &[u8]) -> Reading {
    let mut reader = strictframe::StreamReader::new(bytes, Limits::DEFAULT, Profile::SelfContained);
    let mut frames = Vec::new();
    loop {
        match reader.next_frame() {
            Ok(Some(frame)) => frames.push(kept(&frame)),
            Ok(None) => return (frames, None),
            Err(StreamError::Refused(error)) => return (frames, Some(error)),
            Err(other) => panic!("memory cannot fail: {other}"),
        }
    }
}

/// What the asynchronous one does.
async fn read_all<R: AsyncRead + Unpin>(source: R) -> Reading {
    let mut reader = StreamReader::new(source, Limits::DEFAULT, Profile::SelfContained);
    let mut frames = Vec::new();
    loop {
        match reader.next_frame().await {
            Ok(Some(frame)) => frames.push(kept(&frame)),
            Ok(None) => return (frames, None),
            Err(StreamError::Refused(error)) => {
                // SPEC [STR-10]: stopped is stopped.
                let again = reader.next_frame().await.unwrap_err();
                assert_eq!(again.refusal(), Some(&error));
                return (frames, Some(error));
            }
            Err(other) => panic!("this source does not fail: {other}"),
        }
    }
}

fn kept(frame: &strictframe::StreamFrame<'_>) -> (u64, Vec<u8>, Vec<Vec<u8>>) {
    let decoded = frame.decoded.iter();
    let records = decoded.flat_map(|data| data.records.iter()).map(<[u8]>::to_vec).collect();
    (frame.start, frame.bytes.to_vec(), records)
}

/// A connection that holds `room` bytes at a time, into which these are written.
fn connection(bytes: Vec<u8>, room: usize) -> DuplexStream {
    let (mut here, there) = tokio::io::duplex(room);
    tokio::spawn(async move {
        // The other side may have found an error and gone.
        let _ = here.write_all(&bytes).await;
    });
    there
}

/// Is not ready at every second call.
struct Hesitant<S> {
    inner: S,
    ready: bool,
}

impl<S> Hesitant<S> {
    const fn new(inner: S) -> Self {
        Self { inner, ready: false }
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Hesitant<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        room: &mut ReadBuf<'_>,
    ) -> Poll<std::io::Result<()>> {
        self.ready = !self.ready;
        if self.ready {
            return Pin::new(&mut self.inner).poll_read(context, room);
        }
        context.waker().wake_by_ref();
        Poll::Pending
    }
}

fn options() -> StreamOptions {
    let mut options = StreamOptions::default();
    options.stream_id = Some(*b"a stream of test");
    options
}

fn encoders() -> [Encoder; 3] {
    [
        encoder(CodecChoice::None, None),
        encoder(CodecChoice::Zstd, Some(trained())),
        encoder(CodecChoice::Lz4, Some(trained())),
    ]
}

/// A stream of every kind of frame, of that many messages and as many batches.
fn of_all_kinds(count: usize) -> Vec<u8> {
    let mut writer = StreamWriter::create(Vec::new(), options()).unwrap();
    writer.add_schema(&event()).unwrap();
    let mut encoders = encoders();
    for n in 30..30 + count {
        let encoder = &mut encoders[n % 3];
        writer.write(encoder, &record(n), &[]).unwrap();
        writer.write_batch(encoder, &[record(n + 1), record(n + 2)], &[]).unwrap();
    }
    writer.finish().unwrap()
}
