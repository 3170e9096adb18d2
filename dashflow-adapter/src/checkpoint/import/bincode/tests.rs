//! Beside the crate of that name, and on what neither should take.

use std::collections::BTreeMap;

use ::bincode::Options as _;
use proptest::collection::{btree_map, vec};
use proptest::prelude::*;
use serde::{Deserialize, Serialize};

use super::*;

/// Everything that a type of serde may be made of.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
struct Everything {
    truth: bool,
    signed: (i8, i16, i32, i64, i128),
    unsigned: (u8, u16, u32, u64, u128),
    floats: [f64; 2],
    small: f32,
    letter: char,
    text: String,
    unit: (),
    nothing: Nothing,
    wrapped: Wrapped,
    pair: Pair,
    variants: Vec<Variant>,
    map: BTreeMap<String, Option<u16>>,
    below: Option<Box<Everything>>,
}

#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
struct Nothing;
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
struct Wrapped(Vec<u8>);
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
struct Pair(u8, String);
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
enum Variant {
    Plain,
    One(i16),
    Two(bool, char),
    Named { a: u8, b: Option<bool> },
}

fn variant() -> impl Strategy<Value = Variant> {
    prop_oneof![
        Just(Variant::Plain),
        any::<i16>().prop_map(Variant::One),
        any::<(bool, char)>().prop_map(|(a, b)| Variant::Two(a, b)),
        any::<(u8, Option<bool>)>().prop_map(|(a, b)| Variant::Named { a, b }),
    ]
}

prop_compose! {
    fn flat()(
        truth: bool,
        signed: (i8, i16, i32, i64, i128),
        unsigned: (u8, u16, u32, u64, u128),
        floats in [-1e300_f64..1e300, -1.0..1.0],
        small in -1.0_f32..1.0,
        letter: char,
        text: String,
        bytes in vec(any::<u8>(), 0..20),
        pair: (u8, String),
        variants in vec(variant(), 0..5),
        map in btree_map(any::<String>(), any::<Option<u16>>(), 0..4),
    ) -> Everything {
        let (wrapped, pair) = (Wrapped(bytes), Pair(pair.0, pair.1));
        let (unit, nothing, below) = ((), Nothing, None);
        Everything { truth, signed, unsigned, floats, small, letter, text, unit, nothing, wrapped, pair, variants, map, below }
    }
}

fn everything() -> impl Strategy<Value = Everything> {
    vec(flat(), 1..4).prop_map(|all| {
        let nested = all
            .into_iter()
            .reduce(|below, above| Everything { below: Some(Box::new(below)), ..above });
        nested.unwrap()
    })
}

fn read<'de, T: Deserialize<'de>>(bytes: &'de [u8]) -> Result<(T, usize), Fault> {
    let mut reader = Reader::new(bytes);
    T::deserialize(&mut reader).map(|value| (value, reader.left()))
}

/// The same by the crate of that name, which takes bytes behind a value as well.
fn peer<T: de::DeserializeOwned>(bytes: &[u8]) -> Option<(T, usize)> {
    let mut left = bytes;
    let options = ::bincode::DefaultOptions::new()
        .with_fixint_encoding()
        .allow_trailing_bytes()
        .with_limit(bytes.len() as u64);
    options.deserialize_from(&mut left).ok().map(|value| (value, left.len()))
}

proptest! {
    #[test]
    fn what_the_peer_writes_is_read(value in everything(), tail in vec(any::<u8>(), 0..3)) {
        let mut bytes = ::bincode::serialize(&value).unwrap();
        let len = bytes.len();
        bytes.extend_from_slice(&tail);
        let (found, left) = read::<Everything>(&bytes).unwrap();
        prop_assert_eq!((found, left), (value, tail.len()));
        for cut in 0..len {
            prop_assert!(read::<Everything>(&bytes[..cut]).is_err(), "cut at {}", cut);
        }
    }

    #[test]
    fn what_is_damaged_is_read_as_the_peer_reads_it(value in everything(), at: prop::sample::Index, flip in 1_u8..) {
        let mut bytes = ::bincode::serialize(&value).unwrap();
        let at = at.index(bytes.len());
        bytes[at] ^= flip;
        let (found, expected) = (read::<Everything>(&bytes).ok(), peer::<Everything>(&bytes));
        // Not by value: a damaged float may be none.
        prop_assert_eq!(format!("{found:?}"), format!("{expected:?}"));
    }

    #[test]
    fn whatever_stands_there_is_read_as_the_peer_reads_it(bytes in vec(prop_oneof![3 => Just(0), 1 => any::<u8>()], 0..80)) {
        type Mixed = (Option<char>, Vec<Variant>, BTreeMap<u8, String>, bool);
        prop_assert_eq!(read::<Mixed>(&bytes).ok(), peer::<Mixed>(&bytes));
    }
}

#[test]
fn a_length_beyond_all_bytes_reserves_nothing_and_ends() {
    let bytes = u64::MAX.to_le_bytes();
    assert!(matches!(read::<String>(&bytes), Err(Fault::Truncated)));
    assert!(matches!(read::<Vec<[u64; 32]>>(&bytes), Err(Fault::Truncated)));
    assert!(matches!(read::<BTreeMap<u64, u64>>(&bytes), Err(Fault::Truncated)));
    // Nothing is missing for items of no bytes.
    assert!(matches!(read::<Vec<()>>(&bytes), Err(Fault::Empty)));
    assert!(matches!(read::<BTreeMap<(), Nothing>>(&bytes).map(|_| ()), Err(Fault::Empty)));
    assert_eq!(read::<Vec<()>>(&5_u64.to_le_bytes()).unwrap(), (vec![(); 5], 0));
}

#[test]
fn what_is_too_deep_is_refused_and_does_not_fill_the_stack() {
    #[derive(Deserialize)]
    struct List(#[allow(dead_code, reason = "only its depth matters")] Option<Box<List>>);
    let deep = vec![1; 1 << 20];
    assert!(matches!(read::<List>(&deep), Err(Fault::Depth)));
    let mut shallow = vec![1; 100];
    shallow.push(0);
    assert_eq!(read::<List>(&shallow).unwrap().1, 0);
}

#[test]
fn a_type_that_asks_what_comes_next_is_told_that_nobody_says() {
    let fault = read::<serde_json::Value>(&[0; 8]).unwrap_err();
    assert!(matches!(fault, Fault::Undescribed), "{fault}");
    assert!(matches!(read::<NoType>(&[0; 8]), Err(Fault::NoType)));
}
