//! What an encoder compresses, how, and what it refuses to write.
#![allow(clippy::panic, clippy::unwrap_used, reason = "a panic in a test is a failed test")]

#[path = "support/material.rs"]
mod material;

use lz4_flex::block::compress_into_with_dict;
use material::{encoder, encoder_by, event, noise, raw_content, record, trained};
use strictframe::core::{Content, extension};
use strictframe::{
    Codec, CodecChoice, CompressionPolicy, Decoder, Dictionary, EncodeError, Encoder, ErrorKind,
    Extension, Frame, Limits, Registry, SchemaKey,
};
use zstd_safe::{CCtx, CParameter};

const COMPRESSING: [CodecChoice; 3] = [CodecChoice::Auto, CodecChoice::Lz4, CodecChoice::Zstd];

fn encode(encoder: &mut Encoder, payload: &[u8]) -> Vec<u8> {
    let mut frame = Vec::new();
    encoder.encode(payload, &mut frame).unwrap();
    frame
}

fn codec_of(frame: &[u8]) -> Codec {
    Frame::parse(frame, &Limits::MAXIMUM).unwrap().header().codec()
}

fn stored(frame: &[u8]) -> &[u8] {
    match Frame::parse(frame, &Limits::MAXIMUM).unwrap().content() {
        Content::Data { stored, .. } => stored,
        other => panic!("no data frame: {other:?}"),
    }
}

fn decode(dictionary: Option<Dictionary>, frame: &[u8]) -> Result<Vec<u8>, ErrorKind> {
    let registry = Registry::new().with_schema(&event()).unwrap();
    let registry = match dictionary {
        Some(dictionary) => registry.with_dictionary(dictionary).unwrap(),
        None => registry,
    };
    let mut decoder = Decoder::builder(registry).limits(Limits::MAXIMUM).build();
    decoder.decode(frame).map(|decoded| decoded.payload.to_vec()).map_err(|error| error.kind())
}

#[test]
fn every_codec_makes_smaller_what_repeats_itself() {
    for choice in COMPRESSING {
        for dictionary in [None, Some(trained()), Some(raw_content())] {
            for len in [50, 5_000, 100_000, 1_000_000] {
                let payload: Vec<u8> = record(39).into_iter().cycle().take(len).collect();
                let frame = encode(&mut encoder(choice, dictionary.clone()), &payload);
                let small = if len == 50 && dictionary.is_none() { len + 32 } else { len / 2 + 60 };
                assert!(
                    frame.len() <= small,
                    "{choice:?} {dictionary:?}: {len} in {}",
                    frame.len()
                );
                if len > 50 {
                    let expected =
                        if choice == CodecChoice::Lz4 { Codec::LZ4 } else { Codec::ZSTD };
                    assert_eq!(codec_of(&frame), expected);
                }
                assert_eq!(decode(dictionary.clone(), &frame), Ok(payload));
            }
        }
    }
}

#[test]
fn what_does_not_get_smaller_is_stored_as_it_is() {
    // SPEC [BDY-3]: codec none, and then 32 bytes of overhead and no more.
    for choice in COMPRESSING {
        for dictionary in [None, Some(trained())] {
            let mut encoder = encoder(choice, dictionary);
            for len in [0, 1, 8, 9, 13, 100, 4096, 70_000] {
                let payload = noise(len, 7);
                let frame = encode(&mut encoder, &payload);
                assert_eq!(codec_of(&frame), Codec::NONE, "{choice:?}, {len} bytes");
                assert_eq!((frame.len(), stored(&frame)), (32 + len, payload.as_slice()));
            }
        }
    }
}

/// What the library alone makes of a payload, without any limit on room.
fn library_len(choice: CodecChoice, payload: &[u8], dictionary: &[u8]) -> usize {
    let mut room = vec![0; payload.len() * 2 + 100];
    match choice {
        CodecChoice::Auto if dictionary.is_empty() && payload.len() < 512 => {
            library_len(CodecChoice::Lz4, payload, dictionary)
        }
        CodecChoice::Lz4 => compress_into_with_dict(payload, &mut room, dictionary).unwrap(),
        _ => {
            let mut context = CCtx::create();
            context.set_parameter(CParameter::DictIdFlag(false)).unwrap();
            context.set_parameter(CParameter::CompressionLevel(3)).unwrap();
            context.load_dictionary(dictionary).unwrap();
            context.compress2(room.as_mut_slice(), payload).unwrap()
        }
    }
}

#[test]
fn compression_is_kept_exactly_where_it_pays() {
    // SPEC [BDY-3, BDY-4]: of the two ways to store a payload the frame has the shorter, and codec none where they are equal.
    for choice in COMPRESSING {
        for dictionary in [&b""[..], &b"abcdefgh".repeat(20)] {
            let held = Dictionary::new(dictionary).ok();
            let fields = if held.is_some() { 12 } else { 8 };
            let mut encoder = encoder(choice, held.clone());
            let mut codecs = Vec::new();
            for len in 0..200 {
                let payload = &b"abcdefgh".repeat(25)[..len];
                let frame = encode(&mut encoder, payload);
                let compressed = fields + library_len(choice, payload, dictionary);
                assert_eq!(frame.len(), 32 + compressed.min(len), "{choice:?}, {len} bytes");
                assert_eq!(codec_of(&frame) != Codec::NONE, compressed < len);
                assert_eq!(decode(held.clone(), &frame).as_deref(), Ok(payload));
                codecs.push(codec_of(&frame));
            }
            assert_eq!(codecs[0], Codec::NONE);
            assert_ne!(codecs[199], Codec::NONE, "{choice:?}");
        }
    }
}

#[test]
fn every_level_stays_within_the_profile() {
    // SPEC [COD-2]: as a strict decoder of the profile says, with and without dictionary.
    for level in [-131_072, -7, 0, 1, 3, 9, 19, 20, 22] {
        for dictionary in [None, Some(trained()), Some(raw_content())] {
            let policy = CompressionPolicy::new(CodecChoice::Zstd).with_level(level);
            let mut encoder = encoder_by(policy, dictionary.clone(), Limits::MAXIMUM);
            for len in [100, 255, 256, 300, 65_791, 65_792, 200_000] {
                let payload: Vec<u8> = (0..).flat_map(record).take(len).collect();
                let frame = encode(&mut encoder, &payload);
                assert_eq!(decode(dictionary.clone(), &frame), Ok(payload), "level {level}, {len}");
                if level >= 0 && len > 255 {
                    assert_eq!(codec_of(&frame), Codec::ZSTD, "level {level}, {len} bytes");
                }
            }
        }
    }
}

#[test]
fn above_8_mib_there_is_a_window_and_no_single_segment() {
    // SPEC [COD-2]: the window of a single segment is its content, and 8 MiB are the most.
    const MOST: usize = 8 << 20;
    for level in [-7, 1, 3, 9, 19, 22] {
        let policy = CompressionPolicy::new(CodecChoice::Zstd).with_level(level);
        let mut encoder = encoder_by(policy, None, Limits::MAXIMUM);
        for len in [MOST, MOST + 1] {
            let payload: Vec<u8> = noise(5000, 3).into_iter().cycle().take(len).collect();
            let frame = encode(&mut encoder, &payload);
            let descriptor = stored(&frame)[4];
            // Content checksum, dictionary id, unused and reserved bit.
            assert_eq!(descriptor & 0b0001_1111, 0);
            let single_segment = descriptor & 0b0010_0000 != 0;
            assert!(len <= MOST || !single_segment, "level {level}, {len} bytes");
            if !single_segment {
                let (exponent, mantissa) = (stored(&frame)[5] >> 3, stored(&frame)[5] & 7);
                assert!(exponent < 13 || (exponent == 13 && mantissa == 0), "level {level}");
            }
            assert!(decode(None, &frame).unwrap() == payload);
        }
    }
}

#[test]
fn a_policy_leaves_alone_what_it_was_told_to() {
    let mut policy = CompressionPolicy::new(CodecChoice::Zstd);
    policy.smallest_size = 500;
    let zeros = vec![0; 500];
    let mut encoder = encoder_by(policy.clone(), None, Limits::DEFAULT);
    assert_eq!(codec_of(&encode(&mut encoder, &zeros[..499])), Codec::NONE);
    assert_eq!(codec_of(&encode(&mut encoder, &zeros)), Codec::ZSTD);
    // Half of this is noise: it saves a little less than a half.
    let half = [noise(5000, 1), vec![0; 5000]].concat();
    for (least_gain, expected) in [(0.4, Codec::ZSTD), (0.5, Codec::NONE)] {
        policy.least_gain = least_gain;
        let mut encoder = encoder_by(policy.clone(), None, Limits::DEFAULT);
        assert_eq!(codec_of(&encode(&mut encoder, &half)), expected, "{least_gain}");
    }
}

#[test]
fn a_record_above_a_limit_is_refused_with_its_length_and_the_limit() {
    // SPEC [LIM-1]: the default limits are those of a decoder.
    let four_mib = vec![0; 4 << 20];
    let mut out = vec![1, 2, 3];
    for choice in [CodecChoice::None, CodecChoice::Lz4, CodecChoice::Zstd] {
        let mut encoder = encoder(choice, None);
        let refused = |len| Err(EncodeError::RecordTooLarge { len, limit: 4 << 20 });
        let larger = [four_mib.as_slice(), &[0]].concat();
        assert_eq!(encoder.encode(&larger, &mut out), refused((4 << 20) + 1));
        assert_eq!(encoder.encode_batch(&[&four_mib], &[], &mut out), refused((4 << 20) + 8));
        assert_eq!(out, [1, 2, 3]);
        let frame = encode(&mut encoder, &four_mib);
        assert!(decode(None, &frame).unwrap() == four_mib);
    }
    // Uncompressed, extensions share the body with the payload.
    let value = 7_u64.to_le_bytes();
    let extensions = [Extension { kind: extension::SEQUENCE, value: &value }];
    let written = encoder(CodecChoice::None, None).encode_with(&four_mib, &extensions, &mut out);
    let (len, limit) = ((4 << 20) + 14, 4 << 20);
    assert_eq!(written, Err(EncodeError::RecordTooLarge { len, limit }));
    assert_eq!(out, [1, 2, 3]);
}

#[test]
fn a_batch_has_1_to_65536_records() {
    // SPEC [BAT-1]: no more, no fewer.
    let mut encoder = encoder(CodecChoice::None, None);
    let mut out = Vec::new();
    let none: [&[u8]; 0] = [];
    let refused = |count| Err(EncodeError::BatchCount { count });
    assert_eq!(encoder.encode_batch(&none, &[], &mut out), refused(0));
    assert_eq!(encoder.encode_batch(&[b""; 65_537], &[], &mut out), refused(65_537));
    assert!(out.is_empty());
    let len = 32 + 4 + 4 * 65_536;
    assert_eq!(encoder.encode_batch(&[b""; 65_536], &[], &mut out), Ok(len));
    assert_eq!(decode(None, &out).unwrap().len(), len - 32);
}

#[test]
fn a_batch_costs_what_the_format_says() {
    // SPEC [BAT-1]: 100 records of 200 bytes take 4.4 bytes each at most.
    let records: Vec<_> = (0..100).map(|seed| noise(200, seed)).collect();
    let mut out = Vec::new();
    encoder(CodecChoice::None, None).encode_batch(&records, &[], &mut out).unwrap();
    assert_eq!(out.len(), 100 * 200 + 32 + 4 + 400);
    assert!(out.len() - 100 * 200 <= 440);
}

#[test]
fn extensions_that_a_decoder_would_refuse_are_not_written() {
    // SPEC [EXT-1]: nor what EXT-4 and EXT-5 refuse; the type says which it was.
    let ext = |kind, value| Extension { kind, value };
    let cases: [(&[Extension<'_>], Option<u16>); 14] = [
        (&[ext(2, &[0; 8]), ext(1, &[0; 8])], Some(1)),
        (&[ext(9, &[]), ext(9, &[])], Some(9)),
        (&[ext(1, &[0; 7])], Some(1)),
        (&[ext(2, &[0; 9])], Some(2)),
        (&[ext(3, &[0; 24])], Some(3)),
        (&[ext(4, b"")], Some(4)),
        (&[ext(4, &[b'a'; 257])], Some(4)),
        (&[ext(4, b"\xFF")], Some(4)),
        (&[ext(5, &[0; 15])], Some(5)),
        (&[ext(6, &[1, 0, 0, 0])], Some(6)),
        (&[ext(7, &[])], Some(7)),
        (&[ext(1, &[0; 8]), ext(0x8001, &[0; 16])], Some(0x8001)),
        (&[ext(0xFF00, &[])], Some(0xFF00)),
        (&[ext(8, &[0; 4093])], None),
    ];
    let mut encoder = encoder(CodecChoice::Zstd, None);
    let mut out = vec![9];
    for (extensions, kind) in cases {
        let refused = Err(EncodeError::ExtensionRefused { kind });
        assert_eq!(encoder.encode_with(b"{}", extensions, &mut out), refused, "{extensions:?}");
        assert_eq!(out, [9]);
    }
    let all: Vec<_> = (8..41).map(|kind| ext(kind, &[])).collect();
    let refused = Err(EncodeError::ExtensionRefused { kind: None });
    assert_eq!(encoder.encode_with(b"{}", &all, &mut out), refused);
    // 32 of them, and 4096 bytes, are not too many.
    assert_eq!(encoder.encode_with(b"{}", &all[..32], &mut out), Ok(32 + 2 + 128 + 2));
    let longest = [ext(8, &[0; 4092])];
    assert_eq!(encoder.encode_with(b"{}", &longest, &mut out), Ok(32 + 2 + 4096 + 2));
}

#[test]
fn an_item_count_that_is_not_the_batch_s_is_not_written() {
    // SPEC [LIM-1, BAT-3]: a decoder would refuse the batch.
    let mut encoder = encoder(CodecChoice::None, None);
    let mut out = Vec::new();
    let said = 3_u32.to_le_bytes();
    let extensions = [Extension { kind: extension::ITEM_COUNT, value: &said }];
    let refused = Err(EncodeError::ExtensionRefused { kind: Some(extension::ITEM_COUNT) });
    assert_eq!(encoder.encode_batch(&[b"a", b"b"], &extensions, &mut out), refused);
    assert!(out.is_empty());
    encoder.encode_batch(&[b"a", b"b", b"c"], &extensions, &mut out).unwrap();
    assert!(decode(None, &out).is_ok());
}

#[test]
fn keys_that_may_not_stand_on_a_data_frame_make_no_encoder() {
    // SPEC [FRM-9]: the four of them; a fork check of zero is legal.
    let key = |lineage, version, min_reader| SchemaKey::new(lineage, version, min_reader, [0; 4]);
    let refused = [
        SchemaKey::ZERO,
        key([1; 8], 0, 0),
        key([1; 8], 2, 0),
        key([1; 8], 2, 3),
        key([1; 8], 0, 1),
    ];
    for key in refused {
        let built = Encoder::builder(key).build().map(|_| ());
        assert_eq!(built, Err(EncodeError::KeyRefused), "{key}");
    }
    assert!(Encoder::builder(key([1; 8], 2, 2)).build().is_ok());
}

#[test]
fn a_dictionary_that_zstandard_would_leave_out_makes_no_encoder() {
    // SPEC [DIC-3]: raw content of fewer than 8 bytes; LZ4 takes any.
    let seven = Dictionary::new(*b"seven b").unwrap();
    for (choice, fits) in
        [(CodecChoice::Zstd, false), (CodecChoice::Auto, false), (CodecChoice::Lz4, true)]
    {
        let builder = Encoder::builder(event().key())
            .policy(CompressionPolicy::new(choice))
            .dictionary(seven.clone());
        let built = builder.build().map(|_| ());
        let expected = if fits { Ok(()) } else { Err(EncodeError::DictionaryRefused) };
        assert_eq!(built, expected, "{choice:?}");
    }
}

#[test]
fn auto_takes_lz4_for_short_payloads_without_a_dictionary_and_zstandard_otherwise() {
    for (dictionary, len, expected) in [
        (None, 100, Codec::LZ4),
        (None, 511, Codec::LZ4),
        (None, 512, Codec::ZSTD),
        (None, 100_000, Codec::ZSTD),
        (Some(trained()), 100, Codec::ZSTD),
        (Some(trained()), 100_000, Codec::ZSTD),
    ] {
        let payload: Vec<u8> = record(39).into_iter().cycle().take(len).collect();
        let frame = encode(&mut encoder(CodecChoice::Auto, dictionary.clone()), &payload);
        assert_eq!(codec_of(&frame), expected, "{len} bytes with {dictionary:?}");
        assert_eq!(decode(dictionary, &frame), Ok(payload));
    }
}

#[test]
fn a_policy_out_of_range_makes_no_encoder() {
    let policy = CompressionPolicy::default().with_level(23);
    let refused = policy.check().unwrap_err();
    let built = Encoder::builder(event().key()).policy(policy).build().map(|_| ());
    assert_eq!(built, Err(EncodeError::PolicyRefused(refused)));
}
