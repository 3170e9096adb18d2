//! Single operations in turns: what one step of ours takes beside the step it is measured by.

use crate::Fault;
use crate::clock::Started;
use crate::race::Effort;

/// One operation on prepared input.
pub struct Operation<'a> {
    /// Its name, by which its times are found again.
    pub name: &'static str,
    /// How many bytes or records one call goes through.
    pub units: f64,
    work: Box<dyn FnMut() -> Result<(), Fault> + 'a>,
}

/// Nanoseconds per unit of some operations, round by round.
#[derive(Debug, Default)]
pub struct Times {
    of: Vec<(&'static str, Vec<f64>)>,
}

impl<'a> Operation<'a> {
    /// An operation whose call goes through so many bytes or records.
    pub fn new(
        name: &'static str,
        units: usize,
        work: impl FnMut() -> Result<(), Fault> + 'a,
    ) -> Self {
        Self { name, units: units as f64, work: Box::new(work) }
    }

    fn time(&mut self, calls: u64) -> Result<f64, Fault> {
        let started = Started::now();
        for _ in 0..calls {
            (self.work)()?;
        }
        Ok(started.elapsed_ns() / calls as f64)
    }
}

/// Runs all of them in turns.
///
/// # Errors
/// What the first one that fails says.
pub fn in_turns(operations: &mut [Operation<'_>], effort: Effort) -> Result<Times, Fault> {
    let mut calls = Vec::new();
    for operation in &mut *operations {
        // Once to warm it, once to see how many calls make a turn long enough.
        operation.time(1)?;
        let once = operation.time(1)?.max(1.0);
        calls.push((effort.turn_ns as f64 / once).ceil() as u64);
    }
    let mut times = Times { of: operations.iter().map(|op| (op.name, Vec::new())).collect() };
    for _ in 0..effort.rounds {
        for ((operation, calls), (_, list)) in operations.iter_mut().zip(&calls).zip(&mut times.of)
        {
            list.push(operation.time(*calls)? / operation.units);
        }
    }
    Ok(times)
}

impl Times {
    /// The times of the operation with that name.
    ///
    /// # Errors
    /// When none has it.
    pub fn of(&self, name: &str) -> Result<&[f64], Fault> {
        let found = self.of.iter().find(|(other, _)| *other == name);
        Ok(found.map(|(_, times)| times).ok_or_else(|| format!("nothing was timed as {name}"))?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_operation_is_timed_in_every_round_and_found_by_its_name() {
        let (mut first, mut second) = (0, 0);
        let mut operations = [
            Operation::new("first", 1, || {
                first += 1;
                Ok(())
            }),
            Operation::new("second", 1, || {
                second += 1;
                Ok(())
            }),
        ];
        let times = in_turns(&mut operations, Effort { rounds: 5, turn_ns: 1 }).unwrap();
        drop(operations);
        assert_eq!((times.of("first").unwrap().len(), times.of("second").unwrap().len()), (5, 5));
        assert!(times.of("third").is_err());
        assert!(first >= 7 && second >= 7);
    }

    #[test]
    fn an_operation_that_fails_ends_the_turns() {
        let mut operations = [Operation::new("broken", 1, || Err("it broke".into()))];
        let fault = in_turns(&mut operations, Effort::QUICK).unwrap_err();
        assert_eq!(fault.to_string(), "it broke");
    }
}
