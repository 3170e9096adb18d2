//! What strangers send: seeds, what is near them, and long ones made of them.

use std::io;
use std::path::Path as FilePath;

use strictframe_fuzz::forge::payload::{Random, noise};
use strictframe_fuzz::properties::sealed;
use strictframe_fuzz::target::Target;

use crate::path::{Path, Seeds};
use crate::worst;

/// The inputs of a path.
pub(crate) struct Inputs<'p> {
    path: &'p Path,
    seeds: Vec<Vec<u8>>,
    /// All that are not random.
    pub(crate) given: Vec<Vec<u8>>,
}

impl<'p> Inputs<'p> {
    pub(crate) fn of(path: &'p Path, vectors: &FilePath) -> io::Result<Self> {
        let named = |name| Target::named(name).ok_or(io::ErrorKind::NotFound);
        let mut seeds = match &path.seeds {
            Seeds::Target(target) => {
                let mut seeds = target.seeds(vectors)?;
                seeds.extend(target.kept(&vectors.join("../../fuzz/corpus"))?);
                seeds
            }
            Seeds::Frames => named("frame")?.seeds(vectors)?,
            Seeds::Streams => named("recovery")?.seeds(vectors)?,
        };
        seeds.retain(|seed| seed.len() <= path.longest);
        let seeds: Vec<_> = seeds.into_iter().collect();
        let mut worst = match &path.seeds {
            Seeds::Target(target) => worst::of_target(path.name, target.name),
            Seeds::Frames => worst::frames().map_err(io::Error::other)?,
            Seeds::Streams => worst::streams().map_err(io::Error::other)?,
        };
        worst.retain(|input| input.len() <= path.longest);
        let mut given = seeds.clone();
        given.extend(amplified(&seeds, path.longest));
        given.extend(worst);
        for byte in [0, 0x9E, 0xFF] {
            given.push(vec![byte; path.longest]);
        }
        given.push(noise(1, path.longest));
        Ok(Self { path, seeds, given })
    }

    /// A seed that was bent, cut or put together with another one; or noise; or a frame with good checksums over any of these.
    pub(crate) fn random(&self, random: &mut Random) -> Vec<u8> {
        let sealed = match self.path.seeds {
            Seeds::Frames => random.below(4),
            Seeds::Streams => 4 + random.below(3),
            Seeds::Target(_) => 9,
        };
        match sealed {
            0 => return sealed::data(random),
            1 => return sealed::frame(&self.bent(random)),
            4 => return sealed::stream(random),
            _ => {}
        }
        match random.below(16) {
            0 => noise(random.next(), random.below(600) as usize),
            _ => self.bent(random),
        }
    }

    fn bent(&self, random: &mut Random) -> Vec<u8> {
        let mut any = || {
            let index = random.below(self.seeds.len().max(1) as u64) as usize;
            self.seeds.get(index).cloned().unwrap_or_default()
        };
        let (mut bytes, other) = (any(), any());
        for _ in 0..random.below(4) {
            if bytes.is_empty() {
                break;
            }
            let at = random.below(bytes.len() as u64) as usize;
            match random.below(5) {
                0 => bytes[at] = random.below(256) as u8,
                1 => bytes[at] ^= 1 << random.below(8),
                2 => bytes.truncate(at),
                3 => {
                    let from = random.below(other.len().max(1) as u64) as usize;
                    bytes.truncate(at);
                    bytes.extend(other.get(from..).unwrap_or_default());
                }
                _ => {
                    let end = bytes.len().min(at + random.below(64) as usize);
                    let piece = bytes[at..end].repeat(random.below(20) as usize);
                    bytes.splice(at..at, piece);
                }
            }
        }
        bytes.truncate(self.path.longest);
        bytes
    }
}

/// The longest seeds again and again, and with their middle again and again.
fn amplified(seeds: &[Vec<u8>], longest: usize) -> Vec<Vec<u8>> {
    let mut seeds: Vec<_> = seeds.iter().filter(|seed| seed.len() > 8).collect();
    seeds.sort_by_key(|seed| core::cmp::Reverse(seed.len()));
    let mut made = Vec::new();
    for seed in seeds.into_iter().take(6) {
        made.push(seed.repeat(longest / seed.len()));
        for part in [3, 8, 20] {
            let (start, end) = (seed.len() / part, seed.len() - seed.len() / part);
            let middle = seed.get(start..end).unwrap_or_default();
            let times = (longest - seed.len()) / middle.len().max(1);
            let (head, tail) = (&seed[..start], &seed[end.max(start)..]);
            made.push([head, &middle.repeat(times), tail].concat());
        }
    }
    made
}
