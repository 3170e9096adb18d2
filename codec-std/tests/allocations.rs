//! Memory: nothing is allocated per message once warm, and nothing for a length that somebody merely claims.
//!
//! What is counted is Rust's allocator. libzstd takes its memory from C's by itself and is not seen here: one compression context per encoder, one
//! decompression context per decoder and one digested form per dictionary, each made once and kept; a context grows when a larger payload or window comes.
#![allow(clippy::panic, clippy::unwrap_used, reason = "a panic in a test is a failed test")]

#[path = "support/material.rs"]
mod material;

use std::alloc::System;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use material::{encoder, encoder_by, event, noise, raw_content, record, stream, trained};
use stats_alloc::{INSTRUMENTED_SYSTEM, Region, StatsAlloc};
use strictframe::core::checksum;
use strictframe::{
    Adaptive, BatchEncoder, BatchLimits, CodecChoice, CompressionPolicy, Decoder, Dictionary,
    ErrorKind, Item, Limits, PreparedDictionary, Profile, Registry, StreamError, StreamReader,
};

#[global_allocator]
static GLOBAL: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

/// One test at a time: the count is that of the whole process.
fn alone() -> MutexGuard<'static, ()> {
    static ALONE: Mutex<()> = Mutex::new(());
    ALONE.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Allocations and reallocations of one run of `work`: the fewest of five, since the test harness allocates beside it now and then.
fn allocations(mut work: impl FnMut()) -> usize {
    let mut once = || {
        let region = Region::new(GLOBAL);
        work();
        let change = region.change();
        change.allocations + change.reallocations
    };
    (0..5).map(|_| once()).min().unwrap()
}

/// The bytes that one run of `work` asked for, given back or not.
fn bytes_asked_for(work: impl FnOnce()) -> usize {
    let region = Region::new(GLOBAL);
    work();
    let change = region.change();
    change.bytes_allocated + change.bytes_reallocated.unsigned_abs()
}

fn settings() -> impl Iterator<Item = (CodecChoice, Option<Dictionary>)> {
    [CodecChoice::None, CodecChoice::Lz4, CodecChoice::Zstd].into_iter().flat_map(|choice| {
        [None, Some(trained()), Some(raw_content())].map(|dictionary| (choice, dictionary))
    })
}

/// Small and large, with and without anything to compress.
fn messages() -> Vec<Vec<u8>> {
    let large: Vec<u8> = (0..600).flat_map(record).collect();
    (0..60).map(record).chain([large, noise(30_000, 1), Vec::new()]).collect()
}

fn decoder(dictionary: Option<Dictionary>) -> Decoder {
    let registry = Registry::new().with_schema(&event()).unwrap();
    match dictionary {
        Some(held) => Decoder::builder(registry.with_dictionary(held).unwrap()).build(),
        None => Decoder::builder(registry).build(),
    }
}

#[test]
fn the_count_sees_an_allocation() {
    let _alone = alone();
    assert_eq!(allocations(|| drop(core::hint::black_box(Box::new(1)))), 1);
}

#[test]
fn encoding_allocates_nothing_once_warm() {
    let _alone = alone();
    let messages = messages();
    for (choice, dictionary) in settings() {
        let mut encoder = encoder(choice, dictionary.clone());
        let mut out = Vec::new();
        let mut encode_all = || {
            out.clear();
            messages.iter().for_each(|message| {
                encoder.encode(message, &mut out).unwrap();
            });
        };
        encode_all();
        assert_eq!(allocations(encode_all), 0, "{choice:?} with {dictionary:?}");
    }
}

#[test]
fn an_adaptive_encoder_allocates_nothing_once_warm() {
    let _alone = alone();
    let messages = messages();
    for dictionary in [None, Some(trained())] {
        let mut policy = CompressionPolicy::default();
        policy.adaptive = Some(Adaptive::default());
        let mut encoder = encoder_by(policy, dictionary.clone(), Limits::DEFAULT);
        // Now and then the budget is spent, and what is stored is longer.
        let mut out = Vec::with_capacity(messages.iter().map(|message| message.len() + 44).sum());
        let mut encode_all = || {
            out.clear();
            messages.iter().for_each(|message| {
                encoder.encode(message, &mut out).unwrap();
            });
        };
        encode_all();
        assert_eq!(allocations(encode_all), 0, "with {dictionary:?}");
    }
}

#[test]
fn switching_dictionaries_allocates_and_frees_nothing() {
    let _alone = alone();
    let messages = messages();
    for codec in [CodecChoice::Lz4, CodecChoice::Zstd] {
        let mut policy = CompressionPolicy::new(codec);
        policy.smallest_size = 0;
        let ready = [trained(), raw_content()]
            .map(|dictionary| PreparedDictionary::new(dictionary, &policy).unwrap());
        let mut encoder = encoder(codec, None);
        let mut out = Vec::new();
        let mut switch_and_encode = || {
            out.clear();
            for (n, message) in messages.iter().enumerate() {
                drop(encoder.switch_dictionary(Some(ready[n % 2].clone())).unwrap());
                encoder.encode(message, &mut out).unwrap();
            }
        };
        switch_and_encode();
        let region = Region::new(GLOBAL);
        assert_eq!(allocations(&mut switch_and_encode), 0, "{codec:?}");
        assert!(region.change().deallocations < 60, "{codec:?}");
    }
}

#[test]
fn encoding_batches_allocates_nothing_once_warm() {
    let _alone = alone();
    let messages = messages();
    for (choice, dictionary) in settings() {
        let mut encoder = encoder(choice, dictionary.clone());
        let mut out = Vec::new();
        let mut encode_all = || {
            out.clear();
            encoder.encode_batch(&messages, &[], &mut out).unwrap();
        };
        encode_all();
        assert_eq!(allocations(encode_all), 0, "{choice:?} with {dictionary:?}");
    }
}

#[test]
fn memory_is_what_was_allocated_and_what_libzstd_takes_beside_it() {
    let _alone = alone();
    let messages = messages();
    let held = |region: &Region<'_, System>| {
        let change = region.change();
        change.bytes_allocated - change.bytes_deallocated
    };
    for (choice, dictionary) in settings() {
        let mut frame = Vec::with_capacity(1 << 20);
        let region = Region::new(GLOBAL);
        let mut encoder = encoder(choice, dictionary.clone());
        encoder.encode_batch(&messages, &[], &mut frame).unwrap();
        let encoding = held(&region);
        let region = Region::new(GLOBAL);
        let mut decoder = decoder(dictionary.clone());
        decoder.decode(&frame).unwrap();
        let decoding = held(&region);
        // The bytes of a dictionary were there before, and a digest has them once more.
        let shared = dictionary.as_ref().map_or(0, |dictionary| dictionary.bytes().len());
        let (libzstd, taken) = match choice {
            CodecChoice::None => (0..=0, 0),
            CodecChoice::Lz4 => (0..=0, shared),
            _ => (90_000 + shared..=32 << 20, shared),
        };
        for (memory, allocated, shared) in
            [(encoder.memory(), encoding, taken), (decoder.memory(), decoding, shared)]
        {
            // Registry, boxes and the like are not counted in.
            let least = (allocated + shared + libzstd.start()).saturating_sub(2000);
            let most = allocated + shared + libzstd.end();
            assert!((least..=most).contains(&memory), "{choice:?} {dictionary:?}: {memory}");
        }
    }
}

#[test]
fn gathering_batches_allocates_nothing_once_warm() {
    let _alone = alone();
    let (messages, now) = (messages(), Instant::now());
    for (choice, dictionary) in settings() {
        let mut limits = BatchLimits::default();
        limits.count = 10;
        let encoder = encoder(choice, dictionary.clone());
        let mut batches = BatchEncoder::new(encoder, limits).unwrap().with_item_count();
        let mut frames = 0;
        let mut gather_all = || {
            for (n, message) in (0..).zip(&messages) {
                let item = Item::from(message).with_sequence(n).with_time(0);
                batches.push(item, now, |_| frames += 1).unwrap();
            }
            batches.flush(|_| frames += 1).unwrap();
        };
        gather_all();
        assert_eq!(allocations(gather_all), 0, "{choice:?} with {dictionary:?}");
        assert_eq!(frames, 6 * 7);
    }
}

#[test]
fn a_record_of_a_batch_is_found_without_an_allocation() {
    let _alone = alone();
    let records: Vec<_> = (0..500).map(record).collect();
    let mut frame = Vec::new();
    encoder(CodecChoice::None, None).encode_batch(&records, &[], &mut frame).unwrap();
    let mut decoder = decoder(None);
    let decoded = decoder.decode(&frame).unwrap();
    let found = || {
        let found = decoded.records.get(321).unwrap();
        assert!(frame.as_ptr_range().contains(&found.as_ptr()) && found == records[321]);
        assert_eq!(decoded.records.get(500), None);
    };
    assert_eq!(allocations(found), 0);
    let mut frame = Vec::new();
    encoder(CodecChoice::None, None).encode(&records[321], &mut frame).unwrap();
    let one = decoder.decode(&frame).unwrap().records;
    assert_eq!((one.get(0), one.get(1)), (Some(records[321].as_slice()), None));
}

#[test]
fn decoding_allocates_nothing_once_warm() {
    let _alone = alone();
    let messages = messages();
    for (choice, dictionary) in settings() {
        let mut encoder = encoder(choice, dictionary.clone());
        let frame = |message: &Vec<u8>| {
            let mut frame = Vec::new();
            encoder.encode(message, &mut frame).unwrap();
            frame
        };
        let frames: Vec<_> = messages.iter().map(frame).collect();
        let mut decoder = decoder(dictionary.clone());
        let mut decode_all = || {
            for (frame, message) in frames.iter().zip(&messages) {
                assert!(decoder.decode(frame).unwrap().payload == message);
            }
        };
        decode_all();
        assert_eq!(allocations(decode_all), 0, "{choice:?} with {dictionary:?}");
    }
}

#[test]
fn an_uncompressed_frame_is_decoded_where_it_lies() {
    let _alone = alone();
    // SPEC [BAT-1]: neither the payload nor an item of a batch is copied, so that even the first one allocates nothing.
    let mut frame = Vec::new();
    encoder(CodecChoice::None, None).encode_batch(&messages(), &[], &mut frame).unwrap();
    let mut decoder = decoder(None);
    let len = |decoder: &mut Decoder| {
        let decoded = decoder.decode(&frame).unwrap();
        assert!(frame.as_ptr_range().contains(&decoded.payload.as_ptr()));
        decoded.records.iter().map(<[u8]>::len).sum::<usize>()
    };
    let expected = messages().iter().map(Vec::len).sum::<usize>();
    assert_eq!(allocations(|| assert_eq!(len(&mut decoder), expected)), 0);
}

#[test]
fn a_refused_frame_allocates_nothing() {
    let _alone = alone();
    // SPEC [LIM-2]: both checksums, the limits and the profile come before any room is made.
    let mut frame = Vec::new();
    let payload = vec![0; 1 << 20];
    encoder(CodecChoice::Zstd, None).encode(&payload, &mut frame).unwrap();
    let last = frame.len() - 1;
    frame[last] ^= 1;
    let refuse = || {
        let error = decoder(None).decode(&frame).map(|_| ()).unwrap_err();
        assert_eq!((error.kind(), error.offset()), (ErrorKind::FrameCrc, last as u64 - 3));
    };
    let made = allocations(|| drop(decoder(None)));
    assert_eq!(allocations(refuse), made, "a decoder and nothing more");
}

/// A valid first SYNC, and then a header that claims a body of that length and has so many bytes.
fn claim(body_len: u32, present: usize) -> Vec<u8> {
    let mut bytes = stream::<&[u8]>(&[], &mut encoder(CodecChoice::None, None));
    bytes.truncate(80);
    let mut header = vec![0x9E, 0xC1, 0x11, 0x00];
    header.extend_from_slice(&event().key().to_bytes());
    header.extend_from_slice(&body_len.to_le_bytes());
    header.extend_from_slice(&checksum::crc32c(&header).to_le_bytes());
    bytes.extend_from_slice(&header);
    bytes.resize(bytes.len() + present, 7);
    bytes
}

#[test]
fn a_claimed_length_makes_a_reader_reserve_nothing_like_it() {
    let _alone = alone();
    // SPEC [LIM-2, FRM-11]: above the limit it is refused at once; within it, room is made as the bytes come.
    let above = ErrorKind::LimitExceeded { declared: 64 << 20, limit: 4 << 20 };
    for present in [30, 65_400, 300_000] {
        let bytes = claim(64 << 20, present);
        let (have, need) = (28 + present as u64, (64 << 20) + 32);
        let cut = ErrorKind::Truncated { have, need };
        for (limits, kind, offset) in
            [(Limits::DEFAULT, above, 100), (Limits::MAXIMUM, cut, 80 + have)]
        {
            let asked = bytes_asked_for(|| {
                let source = bytes.as_slice();
                let mut reader = StreamReader::new(source, limits, Profile::SelfContained);
                assert!(reader.next_frame().unwrap().is_some());
                match reader.next_frame() {
                    Err(StreamError::Refused(error)) => {
                        assert_eq!((error.kind(), error.offset()), (kind, offset));
                    }
                    other => panic!("not refused: {other:?}"),
                }
            });
            assert!(asked < 4 << 20, "{asked} bytes for {} of input", bytes.len());
        }
    }
}
