//! Which policies are worth a look, and which one is recommended.

/// What a policy costs. Less of each is better.
#[derive(Clone, Copy, Debug)]
pub(super) struct Costs {
    /// Bytes for a message, all of its frame counted.
    pub(super) bytes: f64,
    /// Nanoseconds to encode a message.
    pub(super) encode: f64,
    /// Nanoseconds to decode a message.
    pub(super) decode: f64,
    /// Bytes of contexts and dictionaries, on both sides.
    pub(super) memory: usize,
    /// Messages that wait for each other.
    pub(super) batch: u32,
}

/// The indices of the costs that no other ones beat, from the fewest bytes to the most.
///
/// One beats another when it has no more bytes and no more messages that wait, is no slower at encoding or decoding, and does not take more memory.
/// Times that are up to a tenth longer and memory up to twice as large count as no more, so that neither the noise of measuring nor a few kilobytes
/// bring anything onto the front.
pub(super) fn front(costs: &[Costs]) -> Vec<usize> {
    let mut order: Vec<(usize, &Costs)> = costs.iter().enumerate().collect();
    // Whatever could beat another exactly stands before it.
    order.sort_by(|(_, a), (_, b)| {
        let bytes = a.bytes.total_cmp(&b.bytes).then(a.batch.cmp(&b.batch));
        let times = a.encode.total_cmp(&b.encode).then(a.decode.total_cmp(&b.decode));
        bytes.then(a.memory.cmp(&b.memory)).then(times)
    });
    let mut front: Vec<(usize, &Costs)> = Vec::new();
    for (index, costs) in order {
        if !front.iter().any(|(_, better)| better.beat(costs)) {
            front.push((index, costs));
        }
    }
    front.into_iter().map(|(index, _)| index).collect()
}

/// The one with the fewest bytes among those that encode a message within `budget` nanoseconds.
pub(super) fn smallest_within(costs: &[Costs], front: &[usize], budget: f64) -> Option<usize> {
    // From the fewest bytes to the most.
    front.iter().copied().find(|index| costs.get(*index).is_some_and(|c| c.encode <= budget))
}

/// The knee of the front: where bytes and time to encode are both near to their best.
///
/// Both are put on a logarithmic scale on which 0 is the best value on the front and 1 is the one paid at the other end:
/// the bytes of the fastest, and the time of the smallest. The knee is the one with the smallest sum of the two.
pub(super) fn knee(costs: &[Costs], front: &[usize]) -> Option<usize> {
    let on_front = || front.iter().filter_map(|index| Some((*index, costs.get(*index)?)));
    let (_, smallest) = on_front()
        .min_by(|(_, a), (_, b)| a.bytes.total_cmp(&b.bytes).then(a.encode.total_cmp(&b.encode)))?;
    let (_, fastest) = on_front()
        .min_by(|(_, a), (_, b)| a.encode.total_cmp(&b.encode).then(a.bytes.total_cmp(&b.bytes)))?;
    let sum = |costs: &Costs| {
        scaled(costs.bytes, smallest.bytes, fastest.bytes)
            + scaled(costs.encode, fastest.encode, smallest.encode)
    };
    on_front().min_by(|(_, a), (_, b)| sum(a).total_cmp(&sum(b))).map(|(index, _)| index)
}

impl Costs {
    fn beat(&self, other: &Self) -> bool {
        self.bytes <= other.bytes
            && self.batch <= other.batch
            && self.encode <= other.encode * TIME
            && self.decode <= other.decode * TIME
            && self.memory <= other.memory * MEMORY
    }
}

/// Where a value lies between two ends, by their ratios; everything lies at the best end when there is only that.
fn scaled(value: f64, best: f64, worst: f64) -> f64 {
    let length = (worst / best).ln();
    if length > 0.0 { (value / best).ln() / length } else { 0.0 }
}

/// So many times more counts as no more.
const TIME: f64 = 1.1;
const MEMORY: usize = 2;

#[cfg(test)]
mod tests {
    use super::*;

    fn costs(bytes: f64, encode: f64) -> Costs {
        Costs { bytes, encode, decode: 100.0, memory: 1000, batch: 1 }
    }

    #[test]
    fn what_is_worse_in_one_way_and_better_in_none_is_not_on_the_front() {
        let small = costs(100.0, 5000.0);
        let fast = costs(400.0, 50.0);
        let beaten = costs(400.0, 6000.0);
        assert_eq!(front(&[beaten, fast, small]), [2, 1]);
        for saved in [
            Costs { memory: 499, ..beaten },
            Costs { decode: 90.0, ..beaten },
            Costs { bytes: 99.9, ..beaten },
            Costs { encode: 45.0, ..beaten },
        ] {
            assert!(front(&[saved, fast, small]).contains(&0), "{saved:?}");
        }
        let in_batches = [fast, small].map(|costs| Costs { batch: 10, ..costs });
        assert_eq!(front(&[beaten, in_batches[0], in_batches[1]]), [2, 0, 1]);
    }

    #[test]
    fn a_difference_within_the_noise_brings_nothing_onto_the_front() {
        let a = costs(100.0, 1000.0);
        assert_eq!(front(&[a, costs(101.0, 910.0)]), [0]);
        assert_eq!(front(&[a, costs(101.0, 909.0)]), [0, 1]);
        assert_eq!(front(&[a, Costs { memory: 500, ..costs(101.0, 1000.0) }]), [0]);
        assert_eq!(front(&[a, a]), [0]);
        assert_eq!(front(&[costs(100.0, 1001.0), a]), [1]);
        assert_eq!(front(&[]), [] as [usize; 0]);
    }

    #[test]
    fn the_budget_takes_the_smallest_that_is_fast_enough() {
        let all = [costs(400.0, 50.0), costs(100.0, 5000.0), costs(150.0, 900.0)];
        let front = front(&all);
        assert_eq!(smallest_within(&all, &front, 1e6), Some(1));
        assert_eq!(smallest_within(&all, &front, 4999.0), Some(2));
        assert_eq!(smallest_within(&all, &front, 900.0), Some(2));
        assert_eq!(smallest_within(&all, &front, 50.0), Some(0));
        assert_eq!(smallest_within(&all, &front, 49.9), None);
    }

    #[test]
    fn the_knee_is_the_one_nearest_to_both_of_the_best() {
        // From the fastest, three quarters of the way to the smallest for half of the time's ratio.
        let all = [costs(400.0, 100.0), costs(141.4, 1000.0), costs(100.0, 10_000.0)];
        let sum = |c: &Costs| scaled(c.bytes, 100.0, 400.0) + scaled(c.encode, 100.0, 10_000.0);
        let sums = all.map(|costs| (sum(&costs) * 100.0).round());
        assert_eq!(sums, [100.0, 75.0, 100.0]);
        assert_eq!(knee(&all, &front(&all)), Some(1));
        // A third of the way for half of the time is no bargain.
        let all = [costs(400.0, 100.0), costs(252.0, 1000.0), costs(100.0, 10_000.0)];
        assert_ne!(knee(&all, &front(&all)), Some(1));
        assert_eq!(knee(&all[..1], &[0]), Some(0));
        assert_eq!(knee(&all, &[]), None);
    }
}
