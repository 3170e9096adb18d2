//! A progress bar for what takes longer than a second, on a terminal only.

use core::fmt::Write;
use core::time::Duration;
use std::io::{IsTerminal as _, stderr};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::Instant;

use indicatif::{BinaryBytes, ProgressBar, ProgressDrawTarget, ProgressState, ProgressStyle};

/// How far a command has come, in bytes or items. It draws nothing within the first second, and nothing when standard error is no terminal.
pub(crate) struct Progress {
    doing: &'static str,
    total: Option<u64>,
    /// What is drawn, with a total and without.
    templates: [&'static str; 2],
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
        Self { doing, total, templates: [KNOWN, UNKNOWN], state, calls: 0 }
    }

    /// The same for what is counted in items.
    #[cfg(feature = "dashflow")]
    pub(crate) fn of_items(doing: &'static str, total: Option<u64>, quiet: bool) -> Self {
        let mut progress = Self::new(doing, total, quiet);
        progress.templates = [KNOWN_ITEMS, UNKNOWN_ITEMS];
        progress
    }

    /// So many are done.
    pub(crate) fn at(&mut self, done: u64) {
        self.calls = self.calls.wrapping_add(1);
        match &self.state {
            State::Shown(bar) => bar.set_position(done),
            // The clock is not asked for every frame.
            State::Waiting(since) if self.calls.is_multiple_of(8) && since.elapsed() > PATIENCE => {
                let bar = bar(self.doing, self.total, self.templates, *since);
                bar.set_position(done);
                self.state = State::Shown(bar);
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

/// Does work that does not say how far it is; when it takes longer than a second, a terminal shows that it goes on.
pub(crate) fn while_busy<T>(doing: &'static str, work: impl FnOnce() -> T) -> T {
    if !stderr().is_terminal() {
        return work();
    }
    thread::scope(|scope| {
        let (done, waiting) = mpsc::channel::<()>();
        scope.spawn(move || {
            if waiting.recv_timeout(PATIENCE) == Err(RecvTimeoutError::Timeout) {
                let spinner = ProgressBar::new_spinner().with_message(doing);
                spinner.enable_steady_tick(TICK);
                // Ends when the work has: the other end is dropped then.
                let _ = waiting.recv();
                spinner.finish_and_clear();
            }
        });
        let result = work();
        drop(done);
        result
    })
}

fn bar(
    doing: &'static str,
    total: Option<u64>,
    [known, unknown]: [&str; 2],
    since: Instant,
) -> ProgressBar {
    let target = ProgressDrawTarget::stderr_with_hz(10);
    let bar = ProgressBar::with_draw_target(total, target).with_message(doing);
    let template = if total.is_some() { known } else { unknown };
    let Ok(style) = ProgressStyle::with_template(template) else { return bar };
    // The bar is younger than the work, so its own speed would be wrong.
    let speed = move |state: &ProgressState| state.pos() as f64 / since.elapsed().as_secs_f64();
    let style = style
        .with_key("speed", move |state: &ProgressState, out: &mut dyn Write| {
            let _ = write!(out, "{}/s", BinaryBytes(speed(state) as u64));
        })
        .with_key("left", move |state: &ProgressState, out: &mut dyn Write| {
            let left = state.len().unwrap_or_default().saturating_sub(state.pos()) as f64;
            let _ = write!(out, "{:.0} s", (left / speed(state)).ceil());
        });
    bar.with_style(style.progress_chars("=> "))
}

const PATIENCE: Duration = Duration::from_secs(1);
const TICK: Duration = Duration::from_millis(100);
const KNOWN: &str = "{msg} [{bar:30}] {bytes} of {total_bytes}, {speed}, {left} to go";
const UNKNOWN: &str = "{msg} {bytes}, {speed}";
#[cfg(feature = "dashflow")]
const KNOWN_ITEMS: &str = "{msg} [{bar:30}] {human_pos} of {human_len}, {left} to go";
#[cfg(feature = "dashflow")]
const UNKNOWN_ITEMS: &str = "{msg} {human_pos}";
