//! Whatever an encoder is given, a strict decoder with the same limits gives it back.
#![allow(clippy::panic, clippy::unwrap_used, reason = "a panic in a test is a failed test")]

#[path = "support/material.rs"]
mod material;

use std::collections::BTreeMap;

use material::{encoder_by, event, noise, raw_content, record, trained};
use proptest::prelude::*;
use proptest::sample::select;
use strictframe::core::{Content, extension};
use strictframe::{
    Codec, CodecChoice, CompressionPolicy, Decoder, Dictionary, EncodeError, Encoder, Extension,
    Frame, Kind, Limits, Outcome, Registry,
};

#[derive(Clone, Debug)]
struct Setting {
    policy: CompressionPolicy,
    dictionary: Option<Dictionary>,
    extensions: BTreeMap<u16, Vec<u8>>,
}

impl Setting {
    fn extensions(&self) -> Vec<Extension<'_>> {
        self.extensions.iter().map(|(kind, value)| Extension { kind: *kind, value }).collect()
    }

    fn encoder(&self, limits: Limits) -> Encoder {
        encoder_by(self.policy.clone(), self.dictionary.clone(), limits)
    }

    fn decoder(&self, limits: Limits) -> Decoder {
        let registry = Registry::new().with_schema(&event()).unwrap();
        let registry = match &self.dictionary {
            Some(dictionary) => registry.with_dictionary(dictionary.clone()).unwrap(),
            None => registry,
        };
        Decoder::builder(registry).limits(limits).build()
    }
}

fn payloads() -> impl Strategy<Value = Vec<u8>> {
    let repetitive = (prop::collection::vec(any::<u8>(), 1..40), 0..200_usize << 10);
    prop_oneof![
        1 => Just(Vec::new()),
        4 => prop::collection::vec(any::<u8>(), 0..200),
        4 => any::<usize>().prop_map(|n| record(n >> 1)),
        2 => (0..40_000_usize, any::<u64>()).prop_map(|(len, seed)| noise(len, seed)),
        2 => repetitive.prop_map(|(part, len)| part.into_iter().cycle().take(len).collect()),
    ]
}

fn policies() -> impl Strategy<Value = CompressionPolicy> {
    let codecs = [CodecChoice::Auto, CodecChoice::None, CodecChoice::Lz4, CodecChoice::Zstd];
    let sizes = [0, 64, 1000];
    let gains = [0.0, 0.05, 0.5];
    (
        select(codecs.to_vec()),
        select(&[-7, 1, 3, 9]),
        select(sizes.to_vec()),
        select(gains.to_vec()),
    )
        .prop_map(|(codec, level, smallest_size, least_gain)| {
            let mut policy = CompressionPolicy::new(codec).with_level(level);
            policy.smallest_size = smallest_size;
            policy.least_gain = least_gain;
            policy
        })
}

/// Known and unknown ancillary ones, with values that the table of SPEC section 3 allows.
fn extensions() -> impl Strategy<Value = BTreeMap<u16, Vec<u8>>> {
    let of_len = |kind: u16, len: usize| {
        prop::collection::vec(any::<u8>(), len).prop_map(move |value| (kind, value))
    };
    let unknown = (select(&[0, 8, 0x0A0A, 0x7A7A, 0x7F00, 0x7FFF]), 0..90_usize)
        .prop_map(|(kind, len)| (kind, vec![7; len]));
    let one = prop_oneof![
        of_len(extension::SEQUENCE, 8),
        of_len(extension::TIME, 8),
        of_len(extension::TRACE_CONTEXT, 25),
        "[a-zäß漢]{1,64}".prop_map(|key| (extension::STREAM_KEY, key.into_bytes())),
        of_len(extension::MESSAGE_ID, 16),
        of_len(extension::PRODUCER_EPOCH, 8),
        unknown,
    ];
    prop_oneof![
        Just(BTreeMap::new()),
        prop::collection::vec(one, 0..9).prop_map(BTreeMap::from_iter)
    ]
}

fn settings() -> impl Strategy<Value = Setting> {
    let dictionaries = [None, Some(trained()), Some(raw_content())];
    (policies(), select(dictionaries.to_vec()), extensions())
        .prop_map(|(policy, dictionary, extensions)| Setting { policy, dictionary, extensions })
}

/// What must hold of every frame an encoder wrote; the records are compared by the caller.
fn check_frame(bytes: &[u8], payload_len: usize, setting: &Setting) {
    let frame = Frame::parse(bytes, &Limits::DEFAULT).unwrap();
    // SPEC [FRM-1, BDY-5]: its fields, written again, are the same bytes.
    let mut again = Vec::new();
    frame.write(&mut again).unwrap();
    assert_eq!(again, bytes);
    // SPEC [EXT-1]: the flag and the extensions go together.
    assert_eq!(frame.header().has_extensions(), !setting.extensions.is_empty());
    let Content::Data { compressed, extensions, stored } = frame.content() else {
        panic!("an encoder writes data frames");
    };
    // SPEC [EXT-6]: all of them come back, known or not.
    assert_eq!(extensions.iter().collect::<Vec<_>>(), setting.extensions());
    let block: usize = setting.extensions.values().map(|value| value.len() + 4).sum();
    let ext = if block == 0 { 0 } else { block + 2 };
    match compressed {
        None => assert_eq!((stored.len(), bytes.len()), (payload_len, 32 + ext + payload_len)),
        Some(compressed) => {
            // SPEC [BDY-3]: it pays, by the fields it costs.
            let fields = if compressed.dictionary.is_some() { 12 } else { 8 };
            assert!(stored.len() + fields < payload_len);
            assert_eq!(bytes.len(), 32 + fields + ext + stored.len());
            assert_eq!(compressed.raw_len as usize, payload_len);
            assert_eq!(compressed.dictionary, setting.dictionary.as_ref().map(Dictionary::id));
            // What the policy asked for holds as well.
            assert!(payload_len >= setting.policy.smallest_size as usize);
            assert!(stored.len() as f64 <= payload_len as f64 * (1.0 - setting.policy.least_gain));
            let lz4 = match setting.policy.codec {
                CodecChoice::Auto => setting.dictionary.is_none() && payload_len < 512,
                choice => choice == CodecChoice::Lz4,
            };
            assert_eq!(frame.header().codec() == Codec::LZ4, lz4);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(192))]

    #[test]
    fn every_record_comes_back_through_every_policy(
        records in prop::collection::vec(payloads(), 1..5),
        setting in settings(),
    ) {
        // SPEC [COD-2, COD-5, COD-6, BDY-4, LIM-1]: the decoder is strict in all of it.
        let (mut encoder, mut decoder) = (setting.encoder(Limits::DEFAULT), setting.decoder(Limits::DEFAULT));
        let mut out = b"what stood there before".to_vec();
        for record in &records {
            let start = out.len();
            let len = encoder.encode_with(record, &setting.extensions(), &mut out).unwrap();
            prop_assert_eq!(out.len(), start + len);
            check_frame(&out[start..], record.len(), &setting);
            let decoded = decoder.decode(&out[start..]).unwrap();
            prop_assert_eq!(decoded.outcome, Some(Outcome::Exact));
            prop_assert_eq!(decoded.frame.kind(), Kind::MESSAGE);
            prop_assert_eq!(decoded.records.iter().collect::<Vec<_>>(), [record.as_slice()]);
        }
        prop_assert!(out.starts_with(b"what stood there before"));
    }

    #[test]
    fn every_batch_comes_back_through_every_policy(
        records in prop::collection::vec(payloads(), 1..40),
        counted in any::<bool>(),
        mut setting in settings(),
    ) {
        // SPEC [BAT-1, BAT-3]: count and sizes, and the count that stands beside the payload, are those of the records.
        if counted {
            let count = u32::try_from(records.len()).unwrap().to_le_bytes().to_vec();
            setting.extensions.insert(extension::ITEM_COUNT, count);
        }
        let (mut encoder, mut decoder) = (setting.encoder(Limits::DEFAULT), setting.decoder(Limits::DEFAULT));
        let mut out = Vec::new();
        let len = encoder.encode_batch(&records, &setting.extensions(), &mut out).unwrap();
        prop_assert_eq!(out.len(), len);
        let payload_len = 4 + records.iter().map(|record| record.len() + 4).sum::<usize>();
        check_frame(&out, payload_len, &setting);
        let decoded = decoder.decode(&out).unwrap();
        prop_assert_eq!(decoded.frame.kind(), Kind::BATCH);
        prop_assert_eq!(decoded.records.len(), records.len());
        prop_assert!(decoded.records.iter().eq(records.iter().map(Vec::as_slice)));
    }

    #[test]
    fn what_an_encoder_writes_a_decoder_of_the_same_limits_takes(
        record in payloads(),
        (body, raw) in (0..3000_u32, 0..3000_u32),
        setting in settings(),
    ) {
        // SPEC [LIM-1]: refused with the exact length and limit, or taken.
        let limits = Limits::DEFAULT.with_body(body).with_raw(raw);
        let mut out = Vec::new();
        let written = setting.encoder(limits).encode_with(&record, &setting.extensions(), &mut out);
        let mut unlimited = Vec::new();
        setting.encoder(Limits::DEFAULT).encode_with(&record, &setting.extensions(), &mut unlimited).unwrap();
        let body_len = unlimited.len() as u64 - 32;
        let too_large = |len, limit| EncodeError::RecordTooLarge { len, limit: u64::from(limit) };
        if record.len() > raw as usize {
            prop_assert_eq!(&written, &Err(too_large(record.len() as u64, raw)));
        } else if body_len > u64::from(body) {
            prop_assert_eq!(&written, &Err(too_large(body_len, body)));
        } else {
            prop_assert_eq!(&written, &Ok(unlimited.len()));
            prop_assert_eq!(&out, &unlimited);
            let mut decoder = setting.decoder(limits);
            prop_assert_eq!(decoder.decode(&out).unwrap().payload, record.as_slice());
        }
        prop_assert_eq!(out.is_empty(), written.is_err());
    }
}
