//! What a campaign has done so far, in a file: where it goes on when it was interrupted, and what its report is made of.

use std::fs;
use std::io;
use std::path::Path;

use serde::{Deserialize, Serialize};

use super::{Corpus, STAGES, Scale, Tally};
use crate::forge::sha256;

/// All parts of one campaign.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[non_exhaustive]
pub struct Record {
    /// Digest of the program, the vectors and the scale: another one's work is not taken over.
    pub of: String,
    /// Where its random choices began.
    pub seed: u64,
    /// Frames, refused inputs, streams and refused streams that were damaged.
    pub inputs: [usize; 4],
    /// Its parts, in their order.
    pub parts: Vec<Part>,
}

/// How far one part has come.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[non_exhaustive]
pub struct Part {
    /// The number of what it shows.
    pub item: u8,
    /// What it does.
    pub name: String,
    /// Pieces of work that are done.
    pub done: u64,
    /// Whether that is all of them.
    pub is_over: bool,
    /// How they fared.
    pub tally: Tally,
    /// How long that took.
    pub seconds: f64,
}

impl Record {
    /// A campaign that has not begun, by the program whose bytes these are.
    #[must_use]
    pub fn new(program: &[u8], corpus: &Corpus, scale: &Scale) -> Self {
        let lists = [&corpus.frames, &corpus.refused, &corpus.streams, &corpus.refused_streams];
        let mut bytes = format!("{scale:?}").into_bytes();
        for input in lists.into_iter().flatten() {
            bytes.extend((input.len() as u64).to_le_bytes());
            bytes.extend(input);
        }
        let digest = sha256(&[program, &bytes]);
        let part = |stage: &super::Stage| Part {
            item: stage.item,
            name: stage.name.to_owned(),
            done: 0,
            is_over: false,
            tally: Tally::default(),
            seconds: 0.0,
        };
        Self {
            of: digest.iter().map(|byte| format!("{byte:02x}")).collect(),
            seed: scale.seed,
            inputs: lists.map(Vec::len),
            parts: STAGES.iter().map(part).collect(),
        }
    }

    /// What was left in this file of the same campaign, when it is not over.
    #[must_use]
    pub fn left_in(&self, path: &Path) -> Option<Self> {
        let left: Self = serde_json::from_slice(&fs::read(path).ok()?).ok()?;
        let is_same = left.of == self.of && left.parts.len() == self.parts.len();
        (is_same && !left.is_over()).then_some(left)
    }

    /// Whether nothing is left to do.
    #[must_use]
    pub fn is_over(&self) -> bool {
        self.parts.iter().all(|part| part.is_over)
    }

    /// All parts together.
    #[must_use]
    pub fn sum(&self) -> (Tally, f64) {
        let tally = self.parts.iter().map(|part| part.tally.clone()).sum();
        (tally, self.parts.iter().map(|part| part.seconds).sum())
    }

    /// Puts it into the file at once, so that an interruption leaves the one before or this one.
    ///
    /// # Errors
    /// What the file system reports.
    pub fn keep(&self, path: &Path) -> io::Result<()> {
        let unfinished = path.with_extension("new");
        fs::write(&unfinished, serde_json::to_vec_pretty(self)?)?;
        fs::rename(unfinished, path)
    }
}
