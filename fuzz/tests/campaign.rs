//! The damage campaign, as far as it fits into a test; `cargo xtask prove` runs all of it.
#![allow(clippy::unwrap_used, reason = "a panic in a test is a failed test")]

use std::path::Path;

use strictframe_fuzz::campaign::course::Course;
use strictframe_fuzz::campaign::{Corpus, STAGES, Scale, Tally, is_accepted, split};
use strictframe_fuzz::forge::Data;
use strictframe_fuzz::vectors::sample;

struct Silent;

impl Course for Silent {
    fn begin(&self, _: u64) -> (u64, Tally) {
        (0, Tally::default())
    }

    fn step(&self) {}

    fn reached(&self, _: u64, _: &Tally) {}
}

fn corpus() -> Corpus {
    Corpus::read(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../spec/vectors")).unwrap()
}

#[test]
fn nothing_damaged_is_taken_for_whole() {
    let corpus = corpus();
    assert!(corpus.frames.len() > 500 && corpus.refused.len() > 100 && corpus.streams.len() > 20);
    assert!(corpus.refused_streams.len() > 50);
    for stage in STAGES {
        let name = stage.name;
        let tally = stage.run(&corpus, &Scale::least(11), &Silent).unwrap();
        assert_eq!(tally.accepted, 0, "{name}: {:?}", tally.examples);
        assert_eq!(tally.tried, tally.refused + tally.excused, "{name}");
        // Those of a mebibyte are for optimised code.
        let is_enough = tally.tried > 50 || name == "inputs of a mebibyte";
        assert!(is_enough, "{name}: {} is hardly a campaign", tally.tried);
    }
}

#[test]
fn what_is_accepted_and_no_vector_is_counted_as_wrong() {
    let corpus = corpus();
    let stranger = Data::message(sample::key(), b"in no vector at all").bytes();
    assert!(is_accepted(&stranger));
    let tally = corpus.judge(&stranger);
    assert_eq!((tally.tried, tally.accepted, tally.examples.len()), (1, 1, 1));
    let known = corpus.judge(&corpus.frames[0]);
    assert_eq!((known.tried, known.accepted, known.excused), (1, 0, 1));
}

#[test]
fn a_connection_is_split_into_its_frames() {
    let frame = Data::message(sample::key(), b"record").bytes();
    let places = split(&[&frame[..], &frame, b"tail"].concat());
    assert_eq!(places, [0..38, 38..76]);
}
