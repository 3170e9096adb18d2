//! One program for all of them: linking everything that is raced here takes longer than the tests.

use strictframe_benches::corpus::Corpus;

use crate::{Lot, lots};

mod damage;
mod round_trip;

#[test]
fn the_records_of_a_lot_are_as_long_as_it_says() {
    let [short, long] = lots(&Corpus::made_agent_runs());
    let mean = |lot: &Lot| {
        lot.records.iter().map(|record| record.protobuf.len()).sum::<usize>() / lot.records.len()
    };
    assert!((330..420).contains(&mean(&short)), "{}", mean(&short));
    assert!((1_950..2_400).contains(&mean(&long)), "{}", mean(&long));
    assert_eq!((short.records.len(), long.records.len()), (1_000, 500));
}
