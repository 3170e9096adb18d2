//! The time that this thread has spent working.

use core::time::Duration;

/// The processor time of this thread: what other programs take of the machine is not in it.
#[cfg(unix)]
pub(super) fn now() -> Duration {
    let spent = rustix::time::clock_gettime(rustix::time::ClockId::ThreadCPUTime);
    Duration::new(
        u64::try_from(spent.tv_sec).unwrap_or_default(),
        u32::try_from(spent.tv_nsec).unwrap_or_default(),
    )
}

/// The time since the first call, where the system does not say how much of it was spent working.
#[cfg(not(unix))]
pub(super) fn now() -> Duration {
    static BEGAN: std::sync::OnceLock<std::time::Instant> = std::sync::OnceLock::new();
    BEGAN.get_or_init(std::time::Instant::now).elapsed()
}
