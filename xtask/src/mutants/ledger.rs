//! What became of each mutant, over runs that were ended early and runs with tests of their own.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::failure::{Context as _, Outcome};

/// What is known of a mutant and needs no further test.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Fate {
    Caught,
    /// Tests did not come to an end, and were ended.
    Hung,
    /// The compiler refused it.
    Unviable,
}

/// The folder of a package: what is known in a file of its own, beside it `mutants.out` of the last run.
pub(super) struct Ledger {
    folder: PathBuf,
    /// By the mutant's name, which has its place in it.
    fates: BTreeMap<String, Fate>,
    missed: Missed,
}

/// What all the tests have missed. That holds for one state of the tests alone.
#[derive(Default, Deserialize, Serialize)]
struct Missed {
    state: String,
    mutants: Vec<String>,
}

impl Ledger {
    /// What earlier runs left there, those that were ended early too, and what they missed in that state.
    pub(super) fn open(folder: PathBuf, state: &str) -> Outcome<Self> {
        std::fs::create_dir_all(&folder).context(folder.display())?;
        let fates = read(&folder.join(FILE))?;
        let missed: Missed = read(&folder.join(MISSED))?;
        let missed = Some(missed).filter(|missed| missed.state == state);
        let missed = missed.unwrap_or(Missed { state: state.to_owned(), mutants: Vec::new() });
        let mut ledger = Self { folder, fates, missed };
        ledger.absorb()?;
        Ok(ledger)
    }

    pub(super) fn folder(&self) -> &Path {
        &self.folder
    }

    /// Takes in what the last run of cargo-mutants says.
    pub(super) fn absorb(&mut self) -> Outcome {
        let run = self.folder.join("mutants.out");
        for (name, fate) in SAID {
            let path = run.join(name);
            if path.exists() {
                let text = std::fs::read_to_string(&path).context(path.display())?;
                for mutant in text.lines() {
                    // What hung in one run hangs when tests of others do without it.
                    self.fates.entry(mutant.to_owned()).or_insert(fate);
                }
            }
        }
        self.save()
    }

    /// Has the next run of cargo-mutants leave these out.
    pub(super) fn leave_out<'a>(&self, mutants: impl Iterator<Item = &'a str>) -> Outcome {
        let run = self.folder.join("mutants.out");
        std::fs::create_dir_all(&run).context(run.display())?;
        let lines: String = mutants.flat_map(|name| [name, "\n"]).collect();
        // What was caught before is not tested again, whoever says that it was.
        std::fs::write(run.join("previously_caught.txt"), lines).context(run.display())
    }

    pub(super) fn knows(&self, mutant: &str) -> bool {
        self.fates.contains_key(mutant)
    }

    /// Whether all the tests are known to miss it as they are now.
    pub(super) fn has_missed(&self, mutant: &str) -> bool {
        self.missed.mutants.iter().any(|missed| missed == mutant)
    }

    /// Keeps those that no test of this state has noticed.
    pub(super) fn record_missed(&mut self, mutants: Vec<String>) -> Outcome {
        self.missed.mutants = mutants;
        let text = serde_json::to_vec_pretty(&self.missed).context(MISSED)?;
        std::fs::write(self.folder.join(MISSED), text).context(MISSED)
    }

    /// Keeps it at once, as a run may be ended at any time.
    pub(super) fn record(&mut self, mutant: &str, fate: Fate) -> Outcome {
        self.fates.insert(mutant.to_owned(), fate);
        self.save()
    }

    fn save(&self) -> Outcome {
        let text = serde_json::to_vec_pretty(&self.fates).context(FILE)?;
        std::fs::write(self.folder.join(FILE), text).context(FILE)
    }

    /// Counts those mutants, and forgets none of what is not asked for.
    pub(super) fn score<'a>(&self, mutants: impl Iterator<Item = &'a str>) -> Score {
        let mut score = Score::default();
        for mutant in mutants {
            match self.fates.get(mutant) {
                Some(Fate::Caught) => score.caught += 1,
                Some(Fate::Hung) => score.hung += 1,
                Some(Fate::Unviable) => score.unviable += 1,
                None => score.missed.push(mutant.to_owned()),
            }
        }
        score
    }
}

/// What became of the mutants of a package.
#[derive(Default)]
pub(super) struct Score {
    pub(super) caught: u64,
    pub(super) hung: u64,
    pub(super) unviable: u64,
    pub(super) missed: Vec<String>,
}

impl Score {
    pub(super) fn tested(&self) -> u64 {
        self.caught + self.hung + u64::try_from(self.missed.len()).unwrap_or(u64::MAX)
    }

    /// How many of a thousand were noticed.
    pub(super) fn per_mille(&self) -> u64 {
        ((self.caught + self.hung) * 1000).checked_div(self.tested()).unwrap_or(1000)
    }
}

/// A file of the folder, or nothing where there is none.
fn read<T: Default + DeserializeOwned>(file: &Path) -> Outcome<T> {
    if !file.exists() {
        return Ok(T::default());
    }
    let text = std::fs::read(file).context(file.display())?;
    serde_json::from_slice(&text).context(file.display())
}

const FILE: &str = "ledger.json";
const MISSED: &str = "missed.json";
/// The files of cargo-mutants with a mutant's name on each line.
const SAID: [(&str, Fate); 3] =
    [("caught.txt", Fate::Caught), ("timeout.txt", Fate::Hung), ("unviable.txt", Fate::Unviable)];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn runs_add_up_and_what_is_known_is_not_tested_again() {
        let folder = tempfile::tempdir().unwrap();
        let run = folder.path().join("mutants.out");
        std::fs::create_dir(&run).unwrap();
        let mut ledger = Ledger::open(folder.path().to_owned(), "a state").unwrap();
        for (name, text) in
            [("caught.txt", "a\nb\n"), ("timeout.txt", "c\n"), ("missed.txt", "d\n")]
        {
            std::fs::write(run.join(name), text).unwrap();
        }
        ledger.absorb().unwrap();
        // Ended in its middle, the next run leaves what it has come to.
        std::fs::write(run.join("caught.txt"), "d\nc\n").unwrap();
        std::fs::write(run.join("timeout.txt"), "").unwrap();
        std::fs::write(run.join("unviable.txt"), "e\n").unwrap();
        ledger.record_missed(vec!["f".to_owned()]).unwrap();
        let ledger = Ledger::open(folder.path().to_owned(), "another state").unwrap();
        assert!(!ledger.has_missed("f"));
        let ledger = Ledger::open(folder.path().to_owned(), "a state").unwrap();
        assert!(ledger.has_missed("f") && !ledger.has_missed("a"));
        assert!(ledger.knows("a") && ledger.knows("e") && !ledger.knows("f"));
        // `a` is of an earlier state of the code, `f` of this one.
        let score = ledger.score("b c d e f".split(' '));
        assert_eq!((score.caught, score.hung, score.unviable), (2, 1, 1));
        assert_eq!(score.missed, ["f"]);
    }
}
