//! What a run over an input costs: the most memory it held at a time, and the processor's time.

use core::time::Duration;

use cpu_time::ThreadTime;
use peak_alloc::PeakAlloc;

use crate::path::Run;

#[global_allocator]
static MEMORY: PeakAlloc = PeakAlloc;

/// What one run cost.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Cost {
    /// The most bytes that were allocated at a time, beside what was before.
    pub(crate) memory: usize,
    /// The time of the thread, whatever else the machine does.
    pub(crate) time: Duration,
    /// The bytes that came out of the input's frames.
    pub(crate) raw: u64,
}

impl Cost {
    pub(crate) fn of(run: Run, input: &[u8]) -> Self {
        let before = MEMORY.current_usage();
        MEMORY.reset_peak_usage();
        let begun = ThreadTime::now();
        let raw = match run {
            Run::Decoding(run) => run(input),
            Run::Target(run) => {
                run(input);
                0
            }
        };
        let time = begun.elapsed();
        Self { memory: MEMORY.peak_usage().saturating_sub(before), time, raw }
    }
}
