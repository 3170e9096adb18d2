//! What was seen beside what is allowed.

use core::fmt::Write as _;
use core::time::Duration;
use std::io;
use std::path::Path as FilePath;

use crate::meter::Cost;
use crate::path::Path;

/// The most that a path has cost.
#[derive(Default)]
pub(crate) struct Row {
    pub(crate) inputs: u64,
    /// The most memory.
    memory: usize,
    /// The longest time.
    time: Duration,
    /// The most nanoseconds for a byte of an input that is long.
    rate: u64,
}

impl Row {
    /// Counts a run; gives what is wrong with it.
    pub(crate) fn take(&mut self, path: &Path, input: &[u8], cost: Cost) -> Option<String> {
        self.inputs += 1;
        self.memory = self.memory.max(cost.memory);
        self.time = self.time.max(cost.time);
        let len = input.len();
        let most = path.memory.of(len);
        if cost.memory > most {
            let memory = cost.memory;
            return Some(format!(
                "{}: {memory} bytes of memory for {len}, {most} are the most; begins {}",
                path.name,
                beginning(input)
            ));
        }
        let units = cost.raw.saturating_add(len as u64);
        if units >= LONG {
            self.rate = self.rate.max(cost.time.as_nanos() as u64 / units);
        }
        let allowed = Duration::from_nanos(path.work.saturating_mul(units)) + path.at_once;
        let allowed = if cost.raw <= len as u64 { allowed.min(SECOND) } else { allowed };
        (cost.time > allowed).then(|| {
            format!(
                "{}: {:?} for {len} bytes and {} out of them, {allowed:?} is the most; begins {}",
                path.name,
                cost.time,
                cost.raw,
                beginning(input)
            )
        })
    }
}

fn beginning(input: &[u8]) -> String {
    input.iter().take(40).fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// The table of SECURITY.md.
pub(crate) fn table(paths: &[Path], rows: &[Row]) -> String {
    let mut table = HEAD.to_owned();
    for (path, row) in paths.iter().zip(rows) {
        let Path { name, memory, work, longest, .. } = path;
        let each = match memory.each {
            0 => String::new(),
            each => format!(" + {each} × length"),
        };
        let fixed = kib(memory.fixed);
        let seen = kib(row.memory);
        let millis = row.time.as_millis();
        let longest = kib(*longest);
        let _ = writeln!(
            table,
            "| {name} | {longest} | {fixed}{each} | {seen} | {work} | {} | {millis} |",
            row.rate
        );
    }
    table
}

fn kib(bytes: usize) -> String {
    format!("{} KiB", bytes.div_ceil(1024))
}

/// Puts the table in its place in `spec/SECURITY.md`.
pub(crate) fn write(table: &str) -> io::Result<()> {
    let path = FilePath::new(env!("CARGO_MANIFEST_DIR")).join("../spec/SECURITY.md");
    let text = std::fs::read_to_string(&path)?;
    let place = text.split_once(BEGIN).and_then(|(before, rest)| {
        let (_, after) = rest.split_once(END)?;
        Some((before, after))
    });
    let (before, after) = place.ok_or(io::ErrorKind::NotFound)?;
    std::fs::write(path, format!("{before}{BEGIN}\n{table}{END}{after}"))
}

const HEAD: &str = "| what takes the bytes | longest input | memory, at most | most seen | ns a byte, at most | most seen | longest, ms |
|---|---|---|---|---|---|---|
";
const BEGIN: &str = "<!-- written by cargo xtask hostile -->";
const END: &str = "<!-- as far as here -->";
/// From this length on the time for a byte says something.
const LONG: u64 = 30_000;
const SECOND: Duration = Duration::from_secs(1);
