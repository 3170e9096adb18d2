//! The numbers of the versions of one schema, one after another.

use crate::answer::{Answer, ChangeAnswer, ReachAnswer};
use crate::vector::{ChangeGiven, Operation, Vector};
use crate::vectors::case::Case;

/// All of them.
pub(super) fn vectors() -> Vec<Vector> {
    HISTORIES.iter().map(History::vector).collect()
}

/// The versions of a type `A`.
struct History {
    name: &'static str,
    about: &'static str,
    enc_id: u8,
    versions: &'static [&'static str],
    /// Between the last two.
    changes: &'static [(&'static str, &'static str)],
    /// min_reader and oldest_writer of each version.
    reach: &'static [(u16, u16)],
}

impl History {
    fn vector(&self) -> Vector {
        let changes = self.changes.iter().map(|(path, change)| ChangeAnswer {
            path: (*path).to_owned(),
            change: (*change).to_owned(),
        });
        let changes = changes.collect();
        let reach = self.reach.iter().map(|(min_reader, oldest_writer)| ReachAnswer {
            min_reader: *min_reader,
            oldest_writer: *oldest_writer,
        });
        let given = ChangeGiven {
            enc_id: self.enc_id,
            name: "A".to_owned(),
            versions: self.versions.iter().map(|text| (*text).to_owned()).collect(),
        };
        Case::new(Operation::Change, &format!("change/reach-{}", self.name), "CLS-1", self.about)
            .change(given)
            .accepted(Answer::Changed { changes, reach: reach.collect() })
    }
}

const NARROW: &str = "message A\n 1 a int32 implicit\n";
const WIDE: &str = "message A\n 1 a int64 implicit\n";
const TWO: &str = "message A\n 1 a int32 implicit\n 2 b int32 implicit\n";
const THREE: &str = "message A\n 1 a int32 implicit\n 2 b int32 implicit\n 3 c bytes implicit\n";
const KEPT: &str = "message A\n 1 a int32 implicit\n reserved 2\n reserved-names \"b\"\n";
const REUSED: &str = "message A\n 1 a int32 implicit\n 2 b string implicit\n";

const HISTORIES: &[History] = &[
    History {
        name: "one",
        about: "a first version",
        enc_id: 1,
        versions: &[NARROW],
        changes: &[],
        reach: &[(1, 1)],
    },
    History {
        name: "same",
        about: "the same schema under three numbers",
        enc_id: 1,
        versions: &[NARROW, NARROW, NARROW],
        changes: &[],
        reach: &[(1, 1), (1, 1), (1, 1)],
    },
    History {
        name: "grown",
        about: "fields come one after another",
        enc_id: 1,
        versions: &[NARROW, TWO, THREE],
        changes: &[("A.c", "field-added")],
        reach: &[(1, 1), (1, 1), (1, 1)],
    },
    History {
        name: "there-and-back",
        about: "back to what the first version said: the second is still there",
        enc_id: 1,
        versions: &[NARROW, WIDE, NARROW],
        changes: &[("A.a", "type-narrowed")],
        reach: &[(1, 1), (2, 1), (2, 3)],
    },
    History {
        name: "never-falls",
        about: "a fourth version that differs from no other one has the numbers of the third",
        enc_id: 1,
        versions: &[NARROW, WIDE, NARROW, NARROW],
        changes: &[],
        reach: &[(1, 1), (2, 1), (2, 3), (2, 3)],
    },
    History {
        name: "number-reused",
        about: "a number that was kept, and then given to another type",
        enc_id: 1,
        versions: &[TWO, KEPT, REUSED],
        changes: &[
            ("A", "reserved-name-freed"),
            ("A", "reserved-number-freed"),
            ("A.b", "field-added"),
        ],
        reach: &[(1, 1), (1, 1), (3, 3)],
    },
    History {
        name: "json",
        about: "a bound that is loosened, then tightened below where it began",
        enc_id: 2,
        versions: &["{\"maximum\":10}", "{\"maximum\":20}", "{\"maximum\":5}"],
        changes: &[("#/maximum", "constraint-tightened")],
        reach: &[(1, 1), (2, 1), (2, 3)],
    },
    History {
        name: "json-first-only",
        about: "the third version is as the first: what the second wrote breaks it, and what the first wrote does not",
        enc_id: 2,
        versions: &["{\"maximum\":10}", "{\"maximum\":20}", "{\"maximum\":10}"],
        changes: &[("#/maximum", "constraint-tightened")],
        reach: &[(1, 1), (2, 1), (2, 3)],
    },
    History {
        name: "opaque",
        about: "of opaque descriptors nothing can be said",
        enc_id: 3,
        versions: &["x", "x", "y"],
        changes: &[("A", "descriptor-changed")],
        reach: &[(1, 1), (1, 1), (3, 3)],
    },
];
