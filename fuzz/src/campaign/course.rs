//! How a part of the campaign goes: in pieces, on all cores, from where it was left.

use core::panic::AssertUnwindSafe;
use std::panic::catch_unwind;

use rayon::prelude::*;

use super::Tally;

/// Who is told how far a part has come, and knows how far it came before.
pub trait Course: Sync {
    /// So many pieces of work are ahead; gives how many of them were done before, and how they fared.
    fn begin(&self, pieces: u64) -> (u64, Tally);
    /// One more of them is done.
    fn step(&self);
    /// The first so many of all are done, and fared so.
    fn reached(&self, pieces: u64, tally: &Tally);
}

/// All pieces that were not done before. One that panics is one that failed.
pub(super) fn run<T: Sync>(
    pieces: &[T],
    course: &dyn Course,
    judge: impl Fn(&T) -> Tally + Sync,
) -> Tally {
    let (before, mut tally) = course.begin(pieces.len() as u64);
    let mut done = usize::try_from(before).map_or(pieces.len(), |done| done.min(pieces.len()));
    for some in pieces[done..].chunks(AT_ONCE) {
        let judged = some.par_iter().map(|piece| {
            let tally = catch_unwind(AssertUnwindSafe(|| judge(piece)));
            course.step();
            tally.unwrap_or_else(|panic| Tally::failed(format!("a panic: {}", words(&*panic))))
        });
        tally.add(judged.sum());
        done += some.len();
        course.reached(done as u64, &tally);
    }
    tally
}

fn words(panic: &(dyn core::any::Any + Send)) -> &str {
    let text = panic.downcast_ref::<&str>().copied();
    text.or_else(|| panic.downcast_ref::<String>().map(String::as_str)).unwrap_or("without words")
}

/// Pieces between two moments at which a campaign can be left; enough that no core waits long for the last of them.
const AT_ONCE: usize = 128;

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use super::*;

    /// Three pieces were done before, and one of them was accepted.
    #[derive(Default)]
    struct Left(Mutex<Vec<u64>>);

    impl Course for Left {
        fn begin(&self, _: u64) -> (u64, Tally) {
            (
                3,
                [Tally::passed(), Tally::passed(), Tally::failed("before".to_owned())]
                    .into_iter()
                    .sum(),
            )
        }

        fn step(&self) {}

        fn reached(&self, pieces: u64, tally: &Tally) {
            self.0.lock().unwrap().extend([pieces, tally.tried]);
        }
    }

    #[test]
    fn what_was_done_is_not_done_again() {
        let seen = Mutex::new(Vec::new());
        let left = Left::default();
        let tally = run(&[0, 1, 2, 3, 4], &left, |piece| {
            seen.lock().unwrap().push(*piece);
            Tally::passed()
        });
        let mut seen = seen.into_inner().unwrap();
        seen.sort_unstable();
        assert_eq!(seen, [3, 4]);
        assert_eq!((tally.tried, tally.refused, tally.accepted), (5, 4, 1));
        assert_eq!(left.0.into_inner().unwrap(), [5, 5]);
    }

    #[test]
    fn a_panic_is_a_failure_with_its_words() {
        let tally = run(&[0, 1, 2, 3, 4], &Left::default(), |piece| {
            assert_ne!(*piece, 4, "four");
            Tally::passed()
        });
        assert_eq!((tally.tried, tally.accepted), (5, 2));
        assert!(tally.examples[1].contains("four"), "{:?}", tally.examples);
    }
}
