//! Real files and sockets, on a runtime of two threads.

use futures_util::{SinkExt, StreamExt};
use strictframe::tokio::{FrameCodec, FrameDecoder, StreamWriter as AsyncWriter};
use strictframe::{Decoder, Registry};
use tokio::io::AsyncWrite;
use tokio::net::{TcpListener, TcpStream};
use tokio_util::codec::{FramedRead, FramedWrite};

use super::*;

fn on_two_threads<F: Future>(work: F) -> F::Output {
    let mut runtime = tokio::runtime::Builder::new_multi_thread();
    runtime.worker_threads(2).enable_all().build().unwrap().block_on(work)
}

async fn connected() -> (TcpStream, TcpStream) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let (here, there) = tokio::join!(TcpStream::connect(address), listener.accept());
    (here.unwrap(), there.unwrap().0)
}

/// Writes that many records, flushed now and then, to the stream's end.
async fn write_records<W: AsyncWrite + Unpin>(sink: W, count: usize) -> W {
    let mut writer = AsyncWriter::create(sink, options()).unwrap();
    writer.add_schema(&event()).unwrap();
    let mut encoders = encoders();
    for n in 0..count {
        writer.write(&mut encoders[n % 3], &record(n), &[]).await.unwrap();
        if n % 500 == 0 {
            writer.flush().await.unwrap();
        }
    }
    writer.finish().await.unwrap()
}

fn records_of((frames, error): Reading) -> Vec<Vec<u8>> {
    assert_eq!(error, None);
    frames.into_iter().flat_map(|(_, _, records)| records).collect()
}

#[test]
fn a_stream_crosses_a_socket() {
    on_two_threads(async {
        let (here, there) = connected().await;
        // The end of the stream is known when the connection ends behind it.
        let writing = tokio::spawn(async { drop(write_records(here, 3000).await) });
        let read = tokio::spawn(read_all(there)).await.unwrap();
        writing.await.unwrap();
        assert!(records_of(read).into_iter().eq((0..3000).map(record)));
    });
}

#[test]
fn a_file_is_the_same_file_whoever_writes_it() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("events.sframe");
    on_two_threads(async {
        let file = tokio::fs::File::create(&path).await.unwrap();
        drop(write_records(file, 3000).await);
        let read = read_all(tokio::fs::File::open(&path).await.unwrap()).await;
        assert!(read == read_synchronously(&std::fs::read(&path).unwrap()));
        assert!(records_of(read).into_iter().eq((0..3000).map(record)));
    });
}

#[test]
fn frames_cross_a_socket() {
    on_two_threads(async {
        let (here, there) = connected().await;
        let sending = tokio::spawn(async move {
            let codec = FrameCodec::new(encoder(CodecChoice::Auto, None), Limits::DEFAULT);
            let mut sink = FramedWrite::new(here, codec);
            for n in 0..2000 {
                sink.feed(&record(n)[..]).await.unwrap();
            }
            SinkExt::<&[u8]>::close(&mut sink).await.unwrap();
        });
        let mut decoder = Decoder::builder(Registry::new().with_schema(&event()).unwrap()).build();
        let mut frames = FramedRead::new(there, FrameDecoder::new(Limits::DEFAULT));
        let mut read = 0;
        while let Some(frame) = frames.next().await {
            assert_eq!(frame.unwrap().decode(&mut decoder).unwrap().payload, record(read));
            read += 1;
        }
        sending.await.unwrap();
        assert_eq!(read, 2000);
    });
}
