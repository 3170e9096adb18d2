//! Who says that it checks takes no flipped bit for other data; and the count that says so can count such.

use crate::damage::{Damage, inflict};
use strictframe_benches::corpus::Corpus;

#[test]
fn strictframe_refuses_every_flipped_bit_and_prost_alone_takes_many() {
    let corpus = Corpus::made_agent_runs();
    let [lot, _] = crate::lots(&corpus);
    let dictionary = crate::dictionary(&corpus).unwrap();
    let mut names = 0;
    for contestant in &mut crate::field(&dictionary).unwrap() {
        let name = contestant.card().name;
        let is_ours = name.starts_with("strictframe");
        if is_ours || name == "prost alone" {
            let mut letters = Vec::new();
            inflict(contestant.as_mut(), &lot.records, (0, 500), 7, &mut letters).unwrap();
            let damage = Damage::of(&letters);
            assert_eq!(damage.all(), 500, "{name}");
            assert!(
                if is_ours { damage.refused == 500 } else { damage.changed > 100 },
                "{name}: {damage:?}"
            );
            names += 1;
        }
    }
    assert!(names > 10, "{names}");
}

#[test]
fn flips_that_are_left_out_do_not_move_the_others() {
    let corpus = Corpus::made_agent_runs();
    let [lot, _] = crate::lots(&corpus);
    let dictionary = crate::dictionary(&corpus).unwrap();
    let mut field = crate::field(&dictionary).unwrap();
    let prost =
        field.iter_mut().find(|contestant| contestant.card().name == "prost alone").unwrap();
    let mut letters = |part| {
        let mut letters = Vec::new();
        inflict(prost.as_mut(), &lot.records, part, 7, &mut letters).unwrap();
        letters
    };
    assert_eq!(letters((0, 200))[150..], letters((150, 200))[..]);
}
