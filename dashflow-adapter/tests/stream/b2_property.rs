//! B2: whatever is done in whatever order, each reader gets or is told every value that was sent since it joined, in order, and the counts say the same.

use std::collections::BTreeMap;
use std::sync::Arc;

use proptest::prelude::*;
use strictframe_dashflow::stream::{
    JoinAt, Overflow, SendError, StreamItem, StreamOptions, StreamReader, stream,
};

#[derive(Clone, Debug)]
enum Step {
    Send,
    Take { reader: usize },
    Join { at_kept: bool },
    Copy { reader: usize },
    Leave { reader: usize },
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        6 => Just(Step::Send),
        6 => (0..4_usize).prop_map(|reader| Step::Take { reader }),
        1 => any::<bool>().prop_map(|at_kept| Step::Join { at_kept }),
        1 => (0..4_usize).prop_map(|reader| Step::Copy { reader }),
        1 => (0..4_usize).prop_map(|reader| Step::Leave { reader }),
    ]
}

fn overflow() -> impl Strategy<Value = Overflow> {
    prop_oneof![Just(Overflow::Block), Just(Overflow::DropOldest), Just(Overflow::DropNewest)]
}

/// A reader, and what a model of it has seen: the place it stands at, what it got, what it was told.
struct Seen {
    reader: StreamReader<u64>,
    first: u64,
    next: u64,
    got: u64,
    missed: u64,
}

impl Seen {
    /// Takes one item, and checks that it stands where it must.
    fn take(&mut self) -> bool {
        match self.reader.take() {
            Some(StreamItem::Value(value)) => {
                assert_eq!(*value, self.next);
                (self.next, self.got) = (self.next + 1, self.got + 1);
                true
            }
            Some(StreamItem::Missed { count }) => {
                assert!(count > 0);
                (self.next, self.missed) = (self.next + count, self.missed + count);
                true
            }
            other => {
                assert!(other.as_ref().is_none_or(StreamItem::is_last), "{other:?}");
                false
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, ..ProptestConfig::default() })]

    #[test]
    fn what_was_delivered_and_what_was_dropped_is_what_was_sent(
        overflow in overflow(),
        capacity in 1..6_usize,
        steps in prop::collection::vec(step(), 0..200),
    ) {
        let options = StreamOptions::named("test").with_capacity(capacity).with_overflow(overflow);
        let (writer, reader) = stream::<u64>(options);
        let handle = writer.handle();
        let mut readers = vec![Seen { reader, first: 1, next: 1, got: 0, missed: 0 }];
        let mut offered = 0;
        for step in steps {
            let count = readers.len();
            let index = |reader: usize| reader.checked_rem(count);
            match step {
                // The value is its number.
                Step::Send => match writer.try_send(offered + 1) {
                    Ok(sent) => {
                        offered += 1;
                        assert_eq!(sent.number, offered);
                        assert!(sent.is_kept || overflow == Overflow::DropNewest);
                    }
                    Err(error) => {
                        assert_eq!(error, SendError::Full(offered + 1));
                        assert_eq!(overflow, Overflow::Block);
                    }
                },
                Step::Take { reader } => {
                    if let Some(index) = index(reader) {
                        readers[index].take();
                    }
                }
                Step::Join { at_kept } => {
                    let reader = handle.reader(if at_kept { JoinAt::Kept } else { JoinAt::Now });
                    let first = reader.counts().first;
                    assert!(at_kept || first == offered + 1);
                    readers.push(Seen { reader, first, next: first, got: 0, missed: 0 });
                }
                Step::Copy { reader } => {
                    if let Some(index) = index(reader) {
                        let Seen { reader, next, .. } = &readers[index];
                        let (reader, first) = (reader.clone(), *next);
                        readers.push(Seen { reader, first, next: first, got: 0, missed: 0 });
                    }
                }
                Step::Leave { reader } => {
                    if let Some(index) = index(reader) {
                        readers.swap_remove(index);
                    }
                }
            }
            let counts = handle.counts();
            assert_eq!(counts.sent, offered);
            assert!(counts.kept <= capacity);
            for seen in &readers {
                let counts = seen.reader.counts();
                assert_eq!((counts.first, counts.delivered), (seen.first, seen.got));
                assert!(counts.dropped >= seen.missed);
                assert_eq!(counts.delivered + counts.dropped + counts.waiting, offered + 1 - seen.first);
            }
        }
        writer.end();
        for seen in &mut readers {
            while seen.take() {}
            let counts = seen.reader.counts();
            assert_eq!((counts.delivered, counts.dropped, counts.waiting), (seen.got, seen.missed, 0));
            assert_eq!(seen.got + seen.missed, offered + 1 - seen.first);
            assert!(overflow != Overflow::Block || seen.missed == 0);
        }
    }
}

#[test]
fn threads_that_send_take_join_and_leave_at_random_account_for_every_value() {
    for (seed, overflow) in (0..12)
        .zip([Overflow::Block, Overflow::DropOldest, Overflow::DropNewest].into_iter().cycle())
    {
        let options = StreamOptions::named("test").with_capacity(4).with_overflow(overflow);
        let (writer, reader) = stream::<u64>(options);
        let readers: Vec<_> = (0..4_u64)
            .map(|number| {
                let (handle, mut reader) = (writer.handle(), reader.clone());
                let mut random = fastrand::Rng::with_seed(seed * 100 + number);
                std::thread::spawn(move || {
                    let (mut values, mut missed) = (BTreeMap::<u64, Arc<u64>>::new(), 0);
                    loop {
                        match reader.next_blocking() {
                            StreamItem::Value(value) => {
                                assert!(values.insert(*value, value).is_none());
                            }
                            StreamItem::Missed { count } => missed += count,
                            _ => break,
                        }
                        match random.u8(..) {
                            0..8 => std::thread::sleep(core::time::Duration::from_micros(200)),
                            8..16 => drop(handle.reader(JoinAt::Kept)),
                            _ => {}
                        }
                    }
                    let counts = reader.counts();
                    assert_eq!((counts.delivered, counts.dropped), (values.len() as u64, missed));
                    counts
                })
            })
            .collect();
        drop(reader);
        let writers = (0..3).map(|number| {
            let writer = writer.clone();
            std::thread::spawn(move || {
                (0..300).for_each(|value| {
                    writer.send_blocking(number * 1_000 + value).unwrap();
                });
            })
        });
        writers.collect::<Vec<_>>().into_iter().for_each(|writer| writer.join().unwrap());
        writer.end();
        for reader in readers {
            let counts = reader.join().unwrap();
            assert_eq!((counts.delivered + counts.dropped, counts.waiting), (900, 0));
            assert!(overflow != Overflow::Block || counts.dropped == 0);
        }
        let counts = writer.counts();
        assert_eq!((counts.sent, counts.readers.len()), (900, 0));
    }
}
