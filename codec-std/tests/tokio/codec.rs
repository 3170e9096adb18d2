//! Single frames on a connection.

use futures_util::{SinkExt, StreamExt};
use proptest::prelude::*;
use strictframe::core::{Deframer, Event};
use strictframe::extension::SEQUENCE;
use strictframe::tokio::{FrameCodec, FrameDecoder, VerifiedFrame};
use strictframe::{Decoder, EncodeError, ErrorKind, Extension, Registry};
use tokio_util::codec::{Framed, FramedRead, FramedWrite};

use super::*;
use crate::material::noise;

fn codec() -> FrameCodec {
    FrameCodec::new(encoder(CodecChoice::Zstd, Some(trained())), Limits::DEFAULT)
}

fn decoder() -> Decoder {
    let registry = Registry::new().with_schema(&event()).unwrap();
    Decoder::builder(registry.with_dictionary(trained()).unwrap()).build()
}

/// What the core's deframer makes of it whole.
fn cut_whole(mut bytes: &[u8]) -> (Vec<(u64, Vec<u8>)>, Option<Error>) {
    let mut deframer = Deframer::new(Limits::DEFAULT);
    let mut frames = Vec::new();
    loop {
        match deframer.step(bytes, true) {
            Err(error) => return (frames, Some(error)),
            Ok(step) => {
                let Event::Frame { start, bytes: frame, .. } = step.event else {
                    return (frames, None);
                };
                frames.push((start, frame.to_vec()));
                bytes = &bytes[step.consumed..];
            }
        }
    }
}

async fn cut(bytes: Vec<u8>, room: usize) -> (Vec<(u64, Vec<u8>)>, Option<Error>) {
    let mut source = FramedRead::new(connection(bytes, room), FrameDecoder::new(Limits::DEFAULT));
    let mut frames = Vec::new();
    while let Some(frame) = source.next().await {
        match frame {
            Ok(VerifiedFrame { start, bytes, .. }) => frames.push((start, bytes.to_vec())),
            Err(error) => return (frames, Some(*error.refusal().unwrap())),
        }
    }
    (frames, None)
}

proptest! {
    #[test]
    fn any_damage_in_any_pieces_is_the_same_error_at_the_same_offset(
        room in 1..200_usize,
        bit in prop::option::of((any::<prop::sample::Index>(), 0..8_u8)),
        cut_at in prop::option::of(any::<prop::sample::Index>()),
    ) {
        // SPEC [DEF-1]: data frames and all others, whole, cut and damaged.
        let mut bytes = of_all_kinds(3);
        if let Some((at, bit)) = bit {
            let at = at.index(bytes.len());
            bytes[at] ^= 1 << bit;
        }
        if let Some(at) = cut_at {
            bytes.truncate(at.index(bytes.len()));
        }
        let expected = cut_whole(&bytes);
        prop_assert_eq!(on_a_runtime(cut(bytes, room)), expected);
    }
}

#[test]
fn large_frames_come_whole_and_a_claimed_length_reserves_nothing_like_it() {
    // SPEC [LIM-2]: room grows no faster than the bytes come.
    let mut bytes = Vec::new();
    let mut plain = encoder(CodecChoice::None, None);
    for len in [3 << 20, 10] {
        plain.encode(&noise(len, 2), &mut bytes).unwrap();
    }
    let expected = cut_whole(&bytes);
    assert_eq!(expected.0.len(), 2);
    assert!(on_a_runtime(cut(bytes.clone(), 100_000)) == expected);
    let mut source = tokio_util::bytes::BytesMut::from(&bytes[..28]);
    let mut frames = FrameDecoder::new(Limits::DEFAULT);
    assert!(tokio_util::codec::Decoder::decode(&mut frames, &mut source).unwrap().is_none());
    assert!(((1 << 20)..(2 << 20)).contains(&source.capacity()));
}

#[test]
fn records_go_both_ways_and_come_out_as_they_went_in() {
    on_a_runtime(async {
        let (here, there) = tokio::io::duplex(64);
        let (mut here, mut there) = (Framed::new(here, codec()), Framed::new(there, codec()));
        let answering = tokio::spawn(async move {
            let mut decoder = decoder();
            while let Some(frame) = there.next().await {
                let frame = frame.unwrap();
                let said = frame.decode(&mut decoder).unwrap();
                let number = said.frame.extensions().sequence().unwrap().to_le_bytes();
                let backwards: Vec<_> = said.payload.iter().rev().copied().collect();
                there
                    .send((&backwards[..], &[Extension { kind: SEQUENCE, value: &number }][..]))
                    .await
                    .unwrap();
            }
        });
        let mut decoder = decoder();
        for n in 0..200_u64 {
            let (number, sent) = (n.to_le_bytes(), record(n as usize));
            here.send((&sent[..], &[Extension { kind: SEQUENCE, value: &number }][..]))
                .await
                .unwrap();
            let frame = here.next().await.unwrap().unwrap();
            let answer = frame.decode(&mut decoder).unwrap();
            assert_eq!(answer.frame.extensions().sequence(), Some(n));
            assert!(answer.payload.iter().rev().eq(sent.iter()));
        }
        drop(here);
        answering.await.unwrap();
    });
}

#[test]
fn a_relay_forwards_byte_for_byte() {
    // SPEC [FRM-15]: frames that it could not decode among them.
    let whole = of_all_kinds(5);
    let forwarded = on_a_runtime(async {
        let source =
            FramedRead::new(connection(whole.clone(), 50), FrameDecoder::new(Limits::DEFAULT));
        let mut sink = FramedWrite::new(Vec::new(), codec());
        source.forward(&mut sink).await.unwrap();
        sink.into_inner()
    });
    assert_eq!(forwarded, whole);
}

#[test]
fn what_a_record_is_refused_for_is_told_at_its_place_in_the_connection() {
    on_a_runtime(async {
        let (here, there) = tokio::io::duplex(4096);
        let (mut here, mut there) = (Framed::new(here, codec()), Framed::new(there, codec()));
        here.send(&b"{}"[..]).await.unwrap();
        here.send(&record(35)[..]).await.unwrap();
        let first = there.next().await.unwrap().unwrap();
        let second = there.next().await.unwrap().unwrap();
        assert_eq!((first.start, second.start), (0, first.bytes.len() as u64));
        let mut stranger = Decoder::builder(Registry::new()).build();
        let error = second.decode(&mut stranger).unwrap_err();
        assert_eq!((error.kind(), error.offset()), (ErrorKind::UnknownSchema, second.start + 4));
        // What must not be sent is refused, and nothing of it is sent.
        let too_large = here.send(&vec![0; (4 << 20) + 1][..]).await;
        let refused =
            matches!(too_large, Err(StreamError::Encode(EncodeError::RecordTooLarge { .. })));
        assert!(refused);
        here.send(&b"[]"[..]).await.unwrap();
        let third = there.next().await.unwrap().unwrap();
        assert_eq!(third.decode(&mut decoder()).unwrap().payload, b"[]");
        drop(here);
        assert!(there.next().await.is_none());
    });
}
