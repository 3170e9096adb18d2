//! No figure compares different work: everyone gives back every record, byte for byte, from units of every size.

use bytes::Bytes;
use prost::Message as _;
use strictframe_benches::contestant::{Carries, Contestant, Taken};
use strictframe_benches::corpus::{Corpus, Record};

fn field() -> Vec<Box<dyn Contestant>> {
    let dictionary = crate::dictionary(&Corpus::made_agent_runs()).unwrap();
    crate::field(&dictionary).unwrap()
}

fn round_trip(contestant: &mut dyn Contestant, records: &[Record]) {
    let card = contestant.card();
    for records in records.chunks(card.group.size()) {
        let mut out = Vec::new();
        contestant.encode(records, &mut out).unwrap();
        let mut given = Vec::new();
        contestant
            .decode(&Bytes::from(out), &mut |taken| {
                given.push(match taken {
                    Taken::Bytes(bytes) => bytes.to_vec(),
                    Taken::Event(event) => event.encode_to_vec(),
                });
            })
            .unwrap();
        assert_eq!(given.len(), records.len(), "{}", card.name);
        let differs = given.iter().zip(records).position(|(a, b)| *a != b.protobuf);
        assert_eq!(differs, None, "{}", card.name);
    }
}

#[test]
fn everyone_gives_back_a_corpus_byte_for_byte() {
    let mut corpus = Corpus::agent_runs().unwrap();
    corpus.records.truncate(2_345);
    for contestant in &mut field() {
        round_trip(contestant.as_mut(), &corpus.records);
    }
}

#[test]
fn everyone_gives_back_short_long_and_repeated_records() {
    let text = |len: usize| Record::new(1, "t", 1, "n", vec![b'a'; len]);
    let records: Vec<Record> =
        [0, 1, 63, 64, 127, 128, 511, 512, 513, 70_000, 300_000].map(text).into();
    for contestant in &mut field() {
        round_trip(contestant.as_mut(), &records);
    }
}

#[test]
fn everyone_has_a_name_of_its_own_and_someone_to_be_compared_with() {
    let cards: Vec<_> = field().iter().map(|contestant| contestant.card()).collect();
    for (index, card) in cards.iter().enumerate() {
        let is_same = |other: &strictframe_benches::contestant::Card| {
            other.name == card.name && other.carries == card.carries
        };
        assert_eq!(cards.iter().position(is_same), Some(index), "{}", card.name);
        let against = crate::counterpart(card);
        let ours = cards.iter().find(|c| c.name == against && c.carries == card.carries).unwrap();
        assert_eq!(ours.packing, card.packing, "{}", card.name);
        if card.carries == Carries::Bytes {
            assert_eq!(ours.group, card.group, "{}", card.name);
        }
    }
}
