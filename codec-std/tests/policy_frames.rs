//! Nothing of a policy is needed to decode, and an adaptive one changes what frames cost and nothing else.
#![allow(clippy::panic, clippy::unwrap_used, reason = "a panic in a test is a failed test")]

#[path = "support/material.rs"]
mod material;

use core::time::Duration;
use std::time::Instant;

use material::{event, noise, raw_content, record, trained};
use proptest::prelude::*;
use proptest::sample::select;
use strictframe::{
    Adaptive, CodecChoice, CompressionPolicy, Decoder, Encoder, Override, Registry, Rung,
};

/// A decoder with defaults, which knows the schema and both dictionaries and nothing of any policy.
fn decoder() -> Decoder {
    let registry = Registry::new().with_schema(&event()).unwrap();
    let registry = registry.with_dictionary(trained()).unwrap();
    Decoder::builder(registry.with_dictionary(raw_content()).unwrap()).build()
}

fn rungs() -> impl Strategy<Value = Rung> {
    let codecs = [CodecChoice::Auto, CodecChoice::None, CodecChoice::Lz4, CodecChoice::Zstd];
    let levels = [-131_072, -50, -5, 0, 1, 3, 5, 12, 13, 16, 19, 20, 22];
    (select(codecs.to_vec()), select(levels.to_vec()))
        .prop_map(|(codec, level)| Rung::new(codec, level))
}

fn policies() -> impl Strategy<Value = CompressionPolicy> {
    let adaptive = (1..=1000_u16, prop::collection::vec(rungs(), 1..4));
    let adaptive = adaptive.prop_map(|(thousandths, ladder)| {
        let mut adaptive = Adaptive::default();
        adaptive.budget = f64::from(thousandths) / 1000.0;
        adaptive.ladder = ladder;
        adaptive
    });
    let sizes = (select(vec![0, 64, 1000, u32::MAX]), select(vec![0.0, 0.1, 0.9]));
    (rungs(), sizes, prop::option::weighted(0.4, adaptive), any::<bool>()).prop_map(
        |(rung, (smallest_size, least_gain), adaptive, overridden)| {
            let mut policy = CompressionPolicy::new(rung.codec).with_level(rung.level);
            (policy.smallest_size, policy.least_gain) = (smallest_size, least_gain);
            policy.adaptive = adaptive;
            if overridden {
                let mut rule = Override::new("test.*");
                rule.smallest_size = Some(0);
                policy.overrides = vec![Override::new("another"), rule];
            }
            policy
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn what_every_policy_wrote_a_default_decoder_reads(
        policy in policies(),
        dictionary in select(vec![None, Some(trained()), Some(raw_content())]),
    ) {
        let checked = policy.check();
        let builder = Encoder::builder(&event()).policy(policy);
        let built = match dictionary {
            Some(dictionary) => builder.dictionary(dictionary).build(),
            None => builder.build(),
        };
        // SPEC [COD-2, LIM-1]: a policy that checks makes an encoder, and the decoder is strict about its frames.
        prop_assert_eq!(checked.is_ok(), built.is_ok(), "{:?}", built);
        let Ok(mut encoder) = built else { return Ok(()) };
        let mut decoder = decoder();
        let large: Vec<u8> = (0..4000).flat_map(record).collect();
        for payload in [record(0), record(39), record(25), large, noise(700, 3), Vec::new()] {
            let mut frame = Vec::new();
            encoder.encode(&payload, &mut frame).unwrap();
            prop_assert_eq!(decoder.decode(&frame).unwrap().payload, payload.as_slice());
        }
    }
}

#[test]
fn a_payload_too_long_for_a_dictionary_at_a_high_level_does_without() {
    let payload: Vec<u8> = (0..).flat_map(record).take((1 << 20) + 1).collect();
    for (level, len, expected) in [
        (12, payload.len(), None),
        (12, payload.len() - 1, Some(trained().id())),
        (11, payload.len(), Some(trained().id())),
    ] {
        let policy = CompressionPolicy::new(CodecChoice::Zstd).with_level(level);
        let builder = Encoder::builder(&event()).policy(policy).dictionary(trained());
        let mut frame = Vec::new();
        builder.build().unwrap().encode(&payload[..len], &mut frame).unwrap();
        let mut decoder = decoder();
        let decoded = decoder.decode(&frame).unwrap();
        assert_eq!(decoded.payload, &payload[..len]);
        assert_eq!(frame[36..40] == trained().id(), expected.is_some(), "level {level}");
    }
}

#[test]
fn the_context_stays_small_at_every_level() {
    // What is at hand for a payload of 4 MiB: tables of 8 and 16 MiB, what the optimal parsers need, and the buffers of the encoder.
    // The tables follow from the length alone; what repeats itself is quickly done.
    let payload: Vec<u8> = record(39).into_iter().cycle().take(4 << 20).collect();
    for level in [9, 11, 12, 15, 16, 19, 22] {
        let policy = CompressionPolicy::new(CodecChoice::Zstd).with_level(level);
        let mut encoder = Encoder::builder(&event()).policy(policy).build().unwrap();
        let mut frame = Vec::new();
        encoder.encode(&payload, &mut frame).unwrap();
        let memory = encoder.memory();
        assert!(memory < 32 << 20, "level {level}: {memory} bytes");
    }
}

#[test]
fn an_adaptive_encoder_falls_under_load_and_spends_no_more_than_its_budget() {
    let mut policy = CompressionPolicy::default();
    let mut adaptive = Adaptive::default();
    adaptive.budget = 0.02;
    policy.adaptive = Some(adaptive.clone());
    let mut encoder = Encoder::builder(&event()).policy(policy).build().unwrap();
    let begun = encoder.adaptive().unwrap();
    assert_eq!((begun.index, begun.rung, begun.changes), (0, adaptive.ladder[0], 0));
    let payload: Vec<u8> = (0..200).flat_map(record).collect();
    let (mut frame, mut decoder) = (Vec::new(), decoder());
    let start = Instant::now();
    // As fast as it goes, longer than two looks at the ladder take.
    while start.elapsed() < Duration::from_millis(2300) {
        frame.clear();
        encoder.encode(&payload, &mut frame).unwrap();
    }
    assert_eq!(decoder.decode(&frame).unwrap().payload, payload);
    let status = encoder.adaptive().unwrap();
    assert!((1..=2).contains(&status.changes), "{status:?}");
    assert_eq!((status.index as u64, status.rung), (status.changes, adaptive.ladder[status.index]));
    assert!(status.stored > 0);
    let steady = Encoder::builder(&event()).build().unwrap();
    assert_eq!(steady.adaptive(), None);
}
