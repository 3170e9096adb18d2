//! What became of each mutant, over runs that were ended early and runs with tests of their own.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

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
}

impl Ledger {
    /// What earlier runs left there, those that were ended early too.
    pub(super) fn open(folder: PathBuf) -> Outcome<Self> {
        std::fs::create_dir_all(&folder).context(folder.display())?;
        let file = folder.join(FILE);
        let mut fates = BTreeMap::new();
        if file.exists() {
            let text = std::fs::read(&file).context(file.display())?;
            fates = serde_json::from_slice(&text).context(file.display())?;
        }
        let mut ledger = Self { folder, fates };
        ledger.absorb(&[])?;
        Ok(ledger)
    }

    pub(super) fn folder(&self) -> &Path {
        &self.folder
    }

    /// Takes in what the last run says, and tells the next one what it need not test again, and what besides.
    pub(super) fn absorb(&mut self, besides: &[String]) -> Outcome {
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
        self.save()?;
        std::fs::create_dir_all(&run).context(run.display())?;
        let known = self.fates.keys().chain(besides).map(String::as_str);
        let known: String = known.flat_map(|name| [name, "\n"]).collect();
        std::fs::write(run.join("previously_caught.txt"), known).context(run.display())
    }

    pub(super) fn knows(&self, mutant: &str) -> bool {
        self.fates.contains_key(mutant)
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

const FILE: &str = "ledger.json";
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
        let mut ledger = Ledger::open(folder.path().to_owned()).unwrap();
        for (name, text) in
            [("caught.txt", "a\nb\n"), ("timeout.txt", "c\n"), ("missed.txt", "d\n")]
        {
            std::fs::write(run.join(name), text).unwrap();
        }
        ledger.absorb(&["f".to_owned()]).unwrap();
        let known = std::fs::read_to_string(run.join("previously_caught.txt")).unwrap();
        assert_eq!(known, "a\nb\nc\nf\n");
        // Ended in its middle, the next run leaves what it has come to.
        std::fs::write(run.join("caught.txt"), "d\nc\n").unwrap();
        std::fs::write(run.join("timeout.txt"), "").unwrap();
        std::fs::write(run.join("unviable.txt"), "e\n").unwrap();
        let ledger = Ledger::open(folder.path().to_owned()).unwrap();
        let known = std::fs::read_to_string(run.join("previously_caught.txt")).unwrap();
        assert_eq!(known, "a\nb\nc\nd\ne\n");
        // `a` is of an earlier state of the code, `f` of this one.
        let score = ledger.score("b c d e f".split(' '));
        assert_eq!((score.caught, score.hung, score.unviable), (2, 1, 1));
        assert_eq!(score.missed, ["f"]);
    }
}
