//! Futures that are dropped before they are ready.

use strictframe::tokio::StreamWriter as AsyncWriter;
use tokio::io::AsyncReadExt;

use super::*;
use crate::material::noise;

#[test]
fn a_dropped_read_loses_nothing() {
    // SPEC [STR-14]: every frame comes once, though each was asked for many times.
    let whole = of_all_kinds(4);
    on_a_runtime(async {
        for pieces in [&[1][..], &[3, 50], &[97, 1, 28]] {
            let (mut here, there) = tokio::io::duplex(1 << 16);
            let mut reader = StreamReader::new(there, Limits::DEFAULT, Profile::SelfContained);
            let (mut frames, mut dropped, mut rest) = (Vec::new(), 0, whole.as_slice());
            for len in pieces.iter().cycle() {
                while let Some(frame) = polled_once(reader.next_frame()).await {
                    frames.push(kept(&frame.unwrap().unwrap()));
                }
                dropped += 1;
                let (piece, behind) = rest.split_at(rest.len().min(*len));
                if piece.is_empty() {
                    break;
                }
                here.write_all(piece).await.unwrap();
                rest = behind;
            }
            drop(here);
            assert!(reader.next_frame().await.unwrap().is_none());
            assert!(dropped > 40);
            assert_eq!((frames, None), read_synchronously(&whole));
        }
    });
}

#[test]
fn a_dropped_write_has_not_taken_its_record_and_repeats_no_byte() {
    // The connection holds 1000 bytes and is emptied only when a write was dropped.
    let lens = [70_000, 3, 0, 66_000, 500, 200_000, 1, 65_000];
    let records: Vec<_> = lens.iter().zip(0..).map(|(len, seed)| noise(*len, seed)).collect();
    let mut encoder = encoder(CodecChoice::None, None);
    let mut expected = StreamWriter::create(Vec::new(), options()).unwrap();
    expected.add_schema(&event()).unwrap();
    records.iter().for_each(|record| expected.write(&mut encoder, record, &[]).unwrap());
    let expected = expected.finish().unwrap();
    on_a_runtime(async {
        let (here, mut there) = tokio::io::duplex(1000);
        let mut writer = AsyncWriter::create(here, options()).unwrap();
        writer.add_schema(&event()).unwrap();
        let (mut read, mut dropped) = (Vec::new(), 0);
        for (taken, record) in (0..).zip(&records) {
            while polled_once(writer.write(&mut encoder, record, &[])).await.is_none() {
                assert_eq!(writer.count(), taken, "a dropped write takes nothing");
                dropped += 1;
                drain(&mut there, &mut read).await;
            }
            assert_eq!(writer.count(), taken + 1);
        }
        while polled_once(writer.flush()).await.is_none() {
            dropped += 1;
            drain(&mut there, &mut read).await;
        }
        assert!(dropped > 300);
        let reading = tokio::spawn(async move {
            there.read_to_end(&mut read).await.unwrap();
            read
        });
        drop(writer.finish().await.unwrap());
        assert!(reading.await.unwrap() == expected);
    });
}

/// Takes what is there.
async fn drain(connection: &mut DuplexStream, read: &mut Vec<u8>) {
    if let Some(taken) = polled_once(connection.read_buf(read)).await {
        taken.unwrap();
    }
    // The runtime makes a task wait after so many reads and writes without a pause.
    tokio::task::yield_now().await;
}

#[test]
fn a_dropped_finish_leaves_a_stream_without_its_end() {
    // SPEC [STR-8]: and readers say so.
    on_a_runtime(async {
        let (here, mut there) = tokio::io::duplex(100);
        let mut writer = AsyncWriter::create(here, options()).unwrap();
        writer.add_schema(&event()).unwrap();
        writer.write(&mut encoder(CodecChoice::None, None), &record(30), &[]).await.unwrap();
        assert!(polled_once(writer.finish()).await.is_none());
        let mut read = Vec::new();
        there.read_to_end(&mut read).await.unwrap();
        let kind = read_synchronously(&read).1.unwrap().kind();
        assert!(matches!(kind, strictframe::ErrorKind::Truncated { .. }), "{kind:?}");
    });
}
