//! The time that the processor spends on this thread alone: what it gives to others in between does not count.

use core::time::Duration;

/// The thread's processor time at some moment.
#[derive(Clone, Copy, Debug)]
pub struct Started(Duration);

impl Started {
    /// At this moment.
    #[must_use]
    pub fn now() -> Self {
        Self(now())
    }

    /// Nanoseconds since then.
    #[must_use]
    pub fn elapsed_ns(self) -> f64 {
        now().saturating_sub(self.0).as_nanos() as f64
    }
}

#[cfg(unix)]
fn now() -> Duration {
    let time = rustix::time::clock_gettime(rustix::time::ClockId::ThreadCPUTime);
    Duration::try_from(time).unwrap_or_default()
}

#[cfg(not(unix))]
fn now() -> Duration {
    use std::sync::OnceLock;
    use std::time::Instant;

    static FIRST: OnceLock<Instant> = OnceLock::new();
    FIRST.get_or_init(Instant::now).elapsed()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn work_takes_time() {
        let started = Started::now();
        let sum = (0..1_000_000_u64).fold(0, |sum: u64, n| core::hint::black_box(sum ^ n));
        core::hint::black_box(sum);
        assert!(started.elapsed_ns() > 1000.0);
    }
}
