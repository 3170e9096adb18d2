//! A progress bar for what takes longer than a second, on a terminal only.

use core::time::Duration;
use std::io::{IsTerminal as _, stderr};
use std::time::Instant;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

/// How far a command has come, in bytes. It draws nothing within the first second, and nothing when standard error is no terminal.
pub(crate) struct Progress {
    doing: &'static str,
    total: Option<u64>,
    state: State,
    calls: u32,
}

enum State {
    Off,
    Waiting(Instant),
    Shown(ProgressBar),
}

impl Progress {
    pub(crate) fn new(doing: &'static str, total: Option<u64>, quiet: bool) -> Self {
        let state = if quiet || !stderr().is_terminal() {
            State::Off
        } else {
            State::Waiting(Instant::now())
        };
        Self { doing, total, state, calls: 0 }
    }

    /// So many bytes are done.
    pub(crate) fn at(&mut self, bytes: u64) {
        self.calls = self.calls.wrapping_add(1);
        match &self.state {
            State::Shown(bar) => bar.set_position(bytes),
            // The clock is not asked for every frame.
            State::Waiting(since)
                if self.calls.is_multiple_of(64) && since.elapsed() > PATIENCE =>
            {
                self.state = State::Shown(bar(self.doing, self.total, bytes));
            }
            State::Waiting(_) | State::Off => {}
        }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        if let State::Shown(bar) = &self.state {
            bar.finish_and_clear();
        }
    }
}

fn bar(doing: &'static str, total: Option<u64>, position: u64) -> ProgressBar {
    let target = ProgressDrawTarget::stderr_with_hz(10);
    let bar = ProgressBar::with_draw_target(total, target).with_message(doing);
    let template = if total.is_some() { KNOWN } else { UNKNOWN };
    if let Ok(style) = ProgressStyle::with_template(template) {
        bar.set_style(style.progress_chars("=> "));
    }
    bar.set_position(position);
    bar
}

const PATIENCE: Duration = Duration::from_secs(1);
const KNOWN: &str =
    "{msg} [{bar:30}] {bytes} of {total_bytes}, {binary_bytes_per_sec}, {eta} to go";
const UNKNOWN: &str = "{msg} {bytes}, {binary_bytes_per_sec}";
