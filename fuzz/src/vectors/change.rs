//! Annex B: pairs of schemas with one change each, and the numbers of versions that follow.

use std::collections::BTreeMap;

use strictframe_schema::change::{ChangeKind, Verdict};

use super::case::Case;
use crate::answer::{Answer, ChangeAnswer, ReachAnswer};
use crate::vector::{ChangeGiven, Operation, Vector};

mod json;
mod protobuf;
mod reach;

/// All of them.
pub(super) fn vectors() -> Vec<Vector> {
    let opaque = Pair {
        enc_id: 3,
        old: "x".to_owned(),
        new: "y".to_owned(),
        changes: vec![("A".to_owned(), "descriptor-changed")],
    };
    let pairs = [protobuf::pairs(), json::pairs(), vec![opaque]].concat();
    let mut seen: BTreeMap<&str, usize> = BTreeMap::new();
    let mut vectors = Vec::new();
    for pair in &pairs {
        // A change is shown by the vector that bears its name, and by those with a number behind it.
        let kind = pair.subject();
        let count = seen.entry(kind).or_default();
        *count += 1;
        let name = if *count == 1 { kind.to_owned() } else { format!("{kind}-{count}") };
        vectors.push(pair.vector(&name));
    }
    vectors.extend(reach::vectors());
    vectors
}

/// Two versions of a type `A`, and what changed from one to the other.
#[derive(Clone)]
struct Pair {
    enc_id: u8,
    old: String,
    new: String,
    changes: Vec<(String, &'static str)>,
}

impl Pair {
    /// The change that it was made for: what is reserved along with a removal is not.
    fn subject(&self) -> &'static str {
        let is_aside = |kind: &&&str| !kind.starts_with("reserved-");
        let mut kinds = self.changes.iter().map(|(_, kind)| kind);
        let first = kinds.clone().find(is_aside).or(kinds.next());
        first.copied().unwrap_or("nothing")
    }

    fn vector(&self, name: &str) -> Vector {
        let changes = self.changes.iter().map(|(path, change)| ChangeAnswer {
            path: path.clone(),
            change: (*change).to_owned(),
        });
        let mut changes: Vec<_> = changes.collect();
        changes.sort();
        // The numbers follow from the rows of Annex B by CLS-1.
        let rows = || self.changes.iter().map(|(_, kind)| row(kind));
        let number = |is_safe: bool| if is_safe { 1 } else { 2 };
        let last = ReachAnswer {
            min_reader: number(rows().all(|(old_reads_new, _)| old_reads_new == Verdict::Safe)),
            oldest_writer: number(rows().all(|(_, new_reads_old)| new_reads_old == Verdict::Safe)),
        };
        let first = ReachAnswer { min_reader: 1, oldest_writer: 1 };
        let about = match self.subject() {
            "nothing" => "no difference that counts".to_owned(),
            kind => format!("{kind}, and nothing else that is not listed"),
        };
        let given = ChangeGiven {
            enc_id: self.enc_id,
            name: "A".to_owned(),
            versions: vec![self.old.clone(), self.new.clone()],
        };
        Case::new(Operation::Change, &format!("change/{name}"), "CLS-1", &about)
            .change(given)
            .accepted(Answer::Changed { changes, reach: vec![first, last] })
    }
}

/// The verdicts of a row of Annex B on the wire: a reader of the old schema on new data, and the other way round.
fn row(name: &str) -> (Verdict, Verdict) {
    let found = ChangeKind::ALL.iter().map(|kind| kind.row()).find(|row| row.name == name);
    // A name that Annex B does not have is seen as wrong by the conformance run.
    found.map_or((Verdict::Unknown, Verdict::Unknown), |row| {
        (row.wire.old_reads_new, row.wire.new_reads_old)
    })
}
