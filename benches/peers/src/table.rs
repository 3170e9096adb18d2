//! The rows of the table: one for each contestant and lot of records.

use core::fmt::Write as _;

use serde::Serialize;
use strictframe_benches::Fault;
use strictframe_benches::contestant::{Card, Contestant};
use strictframe_benches::race::{Effort, Spread, Standing, race};

use crate::damage::Damage;
use crate::{Lot, counterpart, versions};

/// All that was measured in one run.
#[derive(Debug, Serialize)]
pub struct Table {
    /// The records: their name, and whether they are real.
    pub corpus: String,
    /// What the damaged places follow from.
    pub seed: u64,
    /// How many turns each contestant had.
    pub rounds: usize,
    /// The rows, lot by lot.
    pub rows: Vec<Row>,
}

/// One contestant on one lot.
#[derive(Debug, Serialize)]
pub struct Row {
    /// The lot.
    pub lot: &'static str,
    /// Who it is.
    pub card: Card,
    /// The crate behind it and its version, where it is not this project's own code.
    pub version: Option<String>,
    /// Bytes per record, everything counted.
    pub bytes: f64,
    /// Nanoseconds to encode a record.
    pub encode_ns: Spread,
    /// Nanoseconds to decode a record.
    pub decode_ns: Spread,
    /// The strictframe contestant that does the same work.
    pub against: String,
    /// Its time to encode divided by that of `against`, round by round; above 1 strictframe is ahead.
    pub encode_ratio: Spread,
    /// The same for decoding.
    pub decode_ratio: Spread,
    /// What became of flipped bits.
    pub damage: Damage,
}

/// Races everyone on these records; the damage is still to come.
///
/// # Errors
/// When a contestant fails, or gives back something else than it was given.
pub fn rows(
    field: &mut [Box<dyn Contestant>],
    lot: &Lot,
    effort: Effort,
) -> Result<Vec<Row>, Fault> {
    let standings = race(field, &lot.records, effort)?;
    let row = |standing: &Standing| {
        let against = counterpart(&standing.card);
        let ours = find(&standings, &standing.card, &against)?;
        Ok(Row {
            lot: lot.name,
            version: versions::behind(&standing.card.name),
            bytes: standing.bytes,
            encode_ns: Spread::of(&standing.encode),
            decode_ns: Spread::of(&standing.decode),
            encode_ratio: Spread::of_ratios(&standing.encode, &ours.encode),
            decode_ratio: Spread::of_ratios(&standing.decode, &ours.decode),
            damage: Damage::default(),
            card: standing.card.clone(),
            against,
        })
    };
    standings.iter().map(row).collect()
}

fn find<'a>(standings: &'a [Standing], card: &Card, name: &str) -> Result<&'a Standing, Fault> {
    let is_it = |other: &&Standing| other.card.name == name && other.card.carries == card.carries;
    standings.iter().find(is_it).ok_or_else(|| format!("nobody is called {name}").into())
}

impl Table {
    /// The rows as text, for people.
    #[must_use]
    pub fn text(&self) -> String {
        let mut text = format!("{}; {} rounds; seed {}\n", self.corpus, self.rounds, self.seed);
        let mut lot = "";
        for row in &self.rows {
            if row.lot != lot {
                lot = row.lot;
                let _ = writeln!(
                    text,
                    "\n{lot:<34} {:>7} {:>9} {:>9}  {:<20} {:<20} refused/died/same/other",
                    "bytes", "encode ns", "decode ns", "encode ratio", "decode ratio",
                );
            }
            let Damage { refused, unchanged, changed, .. } = row.damage;
            let _ = writeln!(
                text,
                "{:<34} {:>7.1} {:>9.1} {:>9.1}  {:<20} {:<20} {refused}/{}/{unchanged}/{changed}",
                row.card.name,
                row.bytes,
                row.encode_ns.median,
                row.decode_ns.median,
                ratio(row.encode_ratio),
                ratio(row.decode_ratio),
                row.damage.died(),
            );
        }
        text
    }
}

fn ratio(spread: Spread) -> String {
    format!("{:.2} ({:.2}-{:.2})", spread.median, spread.low, spread.high)
}
