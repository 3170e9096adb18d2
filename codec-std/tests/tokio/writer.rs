//! Writing.

use core::pin::Pin;
use core::task::{Context, Poll};
use std::io;

use proptest::prelude::*;
use strictframe::extension::{SEQUENCE, STREAM_KEY};
use strictframe::tokio::StreamWriter as AsyncWriter;
use strictframe::{EncodeError, Extension};
use tokio::io::{AsyncReadExt, AsyncWrite};

use super::*;
use crate::material::{noise, places};

/// One thing done to a writer.
#[derive(Clone, Debug)]
enum Act {
    Write(usize, usize),
    WriteBatch(usize, usize),
    WriteLarge(usize),
    WriteFrame,
    AddDictionary,
    Refuse,
    Flush,
}

fn acts() -> impl Strategy<Value = Vec<Act>> {
    let act = prop_oneof![
        6 => (0..3_usize, 0..40_usize).prop_map(|(by, n)| Act::Write(by, n)),
        3 => (0..3_usize, 1..200_usize).prop_map(|(by, count)| Act::WriteBatch(by, count)),
        2 => (0..150_000_usize).prop_map(Act::WriteLarge),
        1 => Just(Act::WriteFrame),
        1 => Just(Act::AddDictionary),
        1 => Just(Act::Refuse),
        2 => Just(Act::Flush),
    ];
    prop::collection::vec(act, 0..20)
}

/// A frame of the stream's schema that another encoder made.
fn foreign_frame() -> Vec<u8> {
    let mut frame = Vec::new();
    encoder(CodecChoice::Lz4, None).encode(&record(33), &mut frame).unwrap();
    frame
}

fn synchronously(acts: &[Act]) -> Vec<u8> {
    let mut writer = StreamWriter::create(Vec::new(), options()).unwrap();
    writer.add_schema(&event()).unwrap();
    let mut encoders = encoders();
    for act in acts {
        match act {
            Act::Write(by, n) => writer.write(&mut encoders[*by], &record(*n), &numbered()),
            Act::WriteBatch(by, count) => {
                let records: Vec<_> = (0..*count).map(record).collect();
                writer.write_batch(&mut encoders[*by], &records, &[])
            }
            Act::WriteLarge(len) => writer.write(&mut encoders[0], &noise(*len, 5), &[]),
            Act::WriteFrame => writer.write_frame(&foreign_frame()),
            Act::AddDictionary => writer.add_dictionary(&trained()),
            Act::Refuse => {
                let refused = writer.write(&mut encoders[0], b"{}", &out_of_order());
                assert!(matches!(refused, Err(StreamError::Encode(_))));
                Ok(())
            }
            Act::Flush => writer.flush(),
        }
        .unwrap();
    }
    writer.finish().unwrap()
}

async fn asynchronously<W: AsyncWrite + Unpin>(acts: &[Act], sink: W) -> W {
    let mut writer = AsyncWriter::create(sink, options()).unwrap();
    writer.add_schema(&event()).unwrap();
    let mut encoders = encoders();
    for act in acts {
        match act {
            Act::Write(by, n) => writer.write(&mut encoders[*by], &record(*n), &numbered()).await,
            Act::WriteBatch(by, count) => {
                let records: Vec<_> = (0..*count).map(record).collect();
                writer.write_batch(&mut encoders[*by], &records, &[]).await
            }
            Act::WriteLarge(len) => writer.write(&mut encoders[0], &noise(*len, 5), &[]).await,
            Act::WriteFrame => writer.write_frame(&foreign_frame()).await,
            Act::AddDictionary => writer.add_dictionary(&trained()),
            Act::Refuse => {
                let refused = writer.write(&mut encoders[0], b"{}", &out_of_order()).await;
                assert!(matches!(refused, Err(StreamError::Encode(_))));
                Ok(())
            }
            Act::Flush => writer.flush().await,
        }
        .unwrap();
    }
    writer.finish().await.unwrap()
}

fn numbered() -> [Extension<'static>; 2] {
    [Extension { kind: SEQUENCE, value: &[7; 8] }, Extension { kind: STREAM_KEY, value: b"thread" }]
}

fn out_of_order() -> [Extension<'static>; 2] {
    let [sequence, key] = numbered();
    [key, sequence]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]
    #[test]
    fn both_writers_write_the_same_bytes(acts in acts(), room in 1..5000_usize) {
        // SPEC [STR-1, STR-2, STR-4]: whatever is written, through however narrow a sink.
        let expected = synchronously(&acts);
        let written = on_a_runtime(async {
            let (here, mut there) = tokio::io::duplex(room);
            let reading = tokio::spawn(async move {
                let mut read = Vec::new();
                there.read_to_end(&mut read).await.unwrap();
                read
            });
            drop(asynchronously(&acts, here).await);
            reading.await.unwrap()
        });
        prop_assert!(written == expected, "{} bytes and {}", written.len(), expected.len());
    }
}

#[test]
fn a_flush_hands_over_everything_so_far() {
    on_a_runtime(async {
        let mut writer = AsyncWriter::create(Vec::new(), options()).unwrap();
        writer.add_schema(&event()).unwrap();
        let mut encoder = encoder(CodecChoice::None, None);
        writer.write(&mut encoder, &record(3), &[]).await.unwrap();
        assert!(writer.sink().is_empty());
        writer.flush().await.unwrap();
        assert_eq!(writer.sink().len() as u64, writer.offset());
        assert_eq!(places(writer.sink()).len(), 3);
        assert_eq!((writer.count(), writer.stream_id()), (1, *b"a stream of test"));
    });
}

/// Takes so many bytes, and then fails for good, in the way given.
struct Narrow {
    left: usize,
    then: fn() -> io::Result<usize>,
}

impl AsyncWrite for Narrow {
    fn poll_write(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let taken = bytes.len().min(self.left);
        self.left -= taken;
        Poll::Ready(if taken == 0 { (self.then)() } else { Ok(taken) })
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(if self.left == 0 { (self.then)().map(|_| ()) } else { Ok(()) })
    }

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }
}

#[test]
fn a_sink_that_fails_ends_the_stream() {
    let full: fn() -> io::Result<usize> = || Err(io::ErrorKind::StorageFull.into());
    let cases = [(full, io::ErrorKind::StorageFull), (|| Ok(0), io::ErrorKind::WriteZero)];
    on_a_runtime(async {
        for (then, kind) in cases {
            for left in [0, 1, 80, 66_000] {
                let mut writer = AsyncWriter::create(Narrow { left, then }, options()).unwrap();
                writer.add_schema(&event()).unwrap();
                let mut encoder = encoder(CodecChoice::None, None);
                let error = loop {
                    match writer.write(&mut encoder, &noise(30_000, 1), &[]).await {
                        Ok(()) => {}
                        Err(error) => break error,
                    }
                };
                assert!(matches!(error, StreamError::Io(error) if error.kind() == kind));
                let closed = |result: Result<(), StreamError>| {
                    matches!(result, Err(StreamError::Encode(EncodeError::StreamClosed)))
                };
                assert!(closed(writer.write(&mut encoder, b"{}", &[]).await));
                assert!(closed(writer.write_batch(&mut encoder, &[b"{}"], &[]).await));
                assert!(closed(writer.write_frame(&foreign_frame()).await));
                assert!(closed(writer.flush().await));
                assert!(closed(writer.finish().await.map(|_| ())));
            }
        }
        // A flush that fails ends it too.
        let sink = Narrow { left: 200, then: full };
        let mut writer = AsyncWriter::create(sink, options()).unwrap();
        writer.add_schema(&event()).unwrap();
        let mut encoder = encoder(CodecChoice::None, None);
        writer.write(&mut encoder, &noise(500, 1), &[]).await.unwrap();
        assert!(matches!(writer.flush().await, Err(StreamError::Io(_))));
        assert!(matches!(
            writer.flush().await,
            Err(StreamError::Encode(EncodeError::StreamClosed))
        ));
    });
}
