//! `cargo xtask bare-metal`: the core on a Cortex-M4 without an allocator: every vector it can answer, and what it takes.

use core::fmt::Write as _;
use std::fs::{self, File};
use std::path::PathBuf;
use std::process::Command;

use serde_json::Value;

use crate::failure::{Context as _, Failure, Outcome, ensure};
use crate::toolchain::{Linker, Machine, Toolchain};
use crate::{conformance, debian, report, shell, workspace};

/// Builds everything, asks for the vectors, and writes what the programs take.
pub(crate) fn run() -> Outcome {
    let board = Board::find()?;
    for mut command in [board.build(), board.conformance()] {
        report::command(shell::words(&command));
        shell::run(&mut command)?;
    }
    let text = board.figures()?;
    let path = path();
    fs::write(&path, text).context(path.display())
}

/// A compiler for the machine, and the machine.
pub(crate) struct Board {
    toolchain: Toolchain,
    target: PathBuf,
}

/// A program that does one thing with one frame, and is measured.
struct Sample {
    name: &'static str,
    what: &'static str,
    /// The vector whose input it gets.
    vector: &'static str,
    /// The most bytes of flash beside what a program takes that does nothing, and of stack.
    most: [u64; 2],
}

/// What a program takes, in bytes.
#[derive(Clone, Copy)]
struct Figures {
    flash: u64,
    ram: u64,
    stack: u64,
}

impl Board {
    /// Everything that is needed; what is not there is installed where that can be done.
    pub(crate) fn find() -> Outcome<Self> {
        let target = workspace::target()?.join("bare-metal");
        let toolchain = Toolchain::find(&CORTEX_M4)?;
        ensure(debian::is_there(&["qemu-system-arm"], || debian::runs(QEMU)), || {
            format!("there is no {QEMU}: apt-get install qemu-system-arm")
        })?;
        ensure(debian::is_there(&["binutils"], || debian::runs("size")), || {
            "there is no size: apt-get install binutils".to_owned()
        })?;
        Ok(Self { toolchain, target })
    }

    /// Compiles all programs.
    pub(crate) fn build(&self) -> Command {
        self.cargo("build --quiet --locked --release")
    }

    /// Asks for every vector; what takes an allocator is skipped.
    pub(crate) fn conformance(&self) -> Command {
        conformance::command(&self.start("conformance"), &["--may-skip"])
    }

    /// Says where the figures differ from what is written, which another compiler makes them; one that is above its bound is a failure.
    pub(crate) fn check(&self) -> Outcome {
        let (text, path) = (self.figures()?, path());
        if fs::read_to_string(&path).context(path.display())? != text {
            let words = report::doubtful("spec/conformance/BARE.md says otherwise:");
            report::line(format_args!("{words} `cargo xtask bare-metal` writes it anew"));
        }
        Ok(())
    }

    fn cargo(&self, words: &str) -> Command {
        let mut cargo = self.toolchain.cargo(words, &self.target, "");
        cargo.args(["--manifest-path", MANIFEST]);
        cargo
    }

    fn file(&self, program: &str) -> PathBuf {
        self.target.join(CORTEX_M4.triple).join("release").join(program)
    }

    /// The machine with a program in it.
    fn start(&self, program: &str) -> Command {
        let mut qemu = Command::new(QEMU);
        qemu.args(MACHINE).arg(self.file(program));
        qemu
    }

    fn figures(&self) -> Outcome<String> {
        let nothing = self.measure("nothing", SAMPLES[0].vector)?;
        let mut text = HEAD.to_owned();
        for Sample { name, what, vector, most } in &SAMPLES {
            let Figures { flash, ram, stack } = self.measure(name, vector)?;
            let flash = flash.saturating_sub(nothing.flash);
            let ram = ram.saturating_sub(nothing.ram);
            let [most_flash, most_stack] = most;
            writeln!(
                text,
                "| `{name}` | {what} | {flash} | {most_flash} | {ram} | {stack} | {most_stack} |"
            )
            .context("writing a row")?;
            ensure(flash <= *most_flash && stack <= *most_stack, || {
                format!(
                    "{name} takes {flash} bytes of flash and {stack} of stack, and {most_flash} and {most_stack} are the most"
                )
            })?;
        }
        let Figures { flash, ram, .. } = nothing;
        write!(text, "\n`nothing`, which reads the same frame and counts its bytes, takes {flash} bytes of flash and {ram} of RAM.\n")
            .context("writing")?;
        report::line(&text);
        Ok(text)
    }

    /// What a program takes, given the input of a vector.
    fn measure(&self, program: &str, vector: &str) -> Outcome<Figures> {
        let mut size = Command::new("size");
        let sizes = shell::stdout_of(size.arg(self.file(program)))?;
        let [text, data, bss] = numbers(&sizes)?;
        let frame = self.target.join("frame");
        fs::write(&frame, input(vector)?).context(frame.display())?;
        let mut machine = self.start(program);
        machine.stdin(File::open(&frame).context(frame.display())?);
        let told = shell::stdout_of(&mut machine)?;
        let [_, stack] = numbers(&told)?;
        Ok(Figures { flash: text.saturating_add(data), ram: data.saturating_add(bss), stack })
    }
}

/// The first numbers in a text.
fn numbers<const N: usize>(text: &str) -> Outcome<[u64; N]> {
    let found: Vec<u64> =
        text.split_whitespace().filter_map(|word| word.parse().ok()).take(N).collect();
    found.try_into().map_err(|_| Failure::new(format!("there are not {N} numbers in: {text}")))
}

/// The bytes that a vector gives.
fn input(vector: &str) -> Outcome<Vec<u8>> {
    let path = workspace::root().join("spec/vectors").join(vector).with_extension("json");
    let text = fs::read(&path).context(path.display())?;
    let value: Value = serde_json::from_slice(&text).context(path.display())?;
    let mut bytes = Vec::new();
    for part in value.get("input").and_then(Value::as_array).into_iter().flatten() {
        let text = |name| part.get(name).and_then(Value::as_str);
        let (once, times) = match part.as_str() {
            Some(hex) => (hex, 1),
            None => {
                let times = text("times").unwrap_or_default().parse().context(vector)?;
                (text("repeat").unwrap_or_default(), times)
            }
        };
        bytes.extend(from_hex(once).context(vector)?.repeat(times));
    }
    Ok(bytes)
}

fn from_hex(text: &str) -> Outcome<Vec<u8>> {
    let pairs = text.as_bytes().as_chunks::<2>().0.iter();
    let byte = |pair| {
        let pair = core::str::from_utf8(pair).context(text)?;
        u8::from_str_radix(pair, 16).context(text)
    };
    pairs.map(|pair| byte(pair)).collect()
}

fn path() -> PathBuf {
    workspace::root().join("spec/conformance/BARE.md")
}

/// A workspace of its own.
pub(crate) const MANIFEST: &str = "examples/bare-metal/Cargo.toml";

const CORTEX_M4: Machine =
    Machine { triple: "thumbv7em-none-eabihf", library: "core", linker: Linker::Lld("ld.lld") };

const QEMU: &str = "qemu-system-arm";
/// Of itself it shows nothing: what comes out is what the program writes by way of the host.
const MACHINE: [&str; 13] = [
    "-machine",
    "mps2-an386",
    "-cpu",
    "cortex-m4",
    "-display",
    "none",
    "-serial",
    "none",
    "-monitor",
    "none",
    "-semihosting-config",
    "enable=on,target=native",
    "-kernel",
];

const RECORDS: &str = "valid/batch-records/none-300";
const SAMPLES: [Sample; 4] = [
    Sample {
        name: "verify",
        what: "both checksums, and every field of the body",
        vector: RECORDS,
        most: [34 << 10, 768],
    },
    Sample {
        name: "decode",
        what: "judged and down to 300 records",
        vector: RECORDS,
        most: [36 << 10, 1 << 10],
    },
    Sample {
        name: "decode-lz4",
        what: "the same, decompressed",
        vector: "valid/batch-records/lz4-300",
        most: [40 << 10, 1 << 10],
    },
    Sample {
        name: "write",
        what: "verified, and written from its fields",
        vector: RECORDS,
        most: [36 << 10, 1 << 10],
    },
];

const HEAD: &str = "# What the core takes on a Cortex-M4

Written by `cargo xtask bare-metal`: the programs in `examples/bare-metal/src/bin`, without an allocator, on the machine that QEMU calls `mps2-an386`. Bytes; flash and RAM are what a program takes more than one that does nothing, and the stack is how deep a painted one was written over. The table for the checksum is 16 KiB of the flash, and SHA-256, which frames that carry schemas need, 7 KiB more. What has to be decompressed needs RAM of its length; the rest is read where it lies.

| program | what it does with a frame | flash | at most | RAM | stack | at most |
|---|---|---|---|---|---|---|
";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_found_among_words_and_missed_where_there_are_too_few() {
        assert_eq!(numbers("text data\n 12 3 x\n").unwrap(), [12, 3]);
        assert!(numbers::<3>("12 3").is_err());
    }

    #[test]
    fn every_sample_gets_a_frame() {
        for Sample { vector, .. } in &SAMPLES {
            assert_eq!(input(vector).unwrap().first_chunk(), Some(&[0x9E, 0xC1]), "{vector}");
        }
        assert!(input("valid/no-such-vector").is_err());
        assert!(from_hex("0g").is_err());
    }
}
