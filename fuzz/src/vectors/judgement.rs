//! Section 4: the nine rows of the table, and their borders.

use super::case::Case;
use super::sample;
use crate::answer::Answer;
use crate::code::Code;
use crate::forge::Data;
use crate::vector::{FrameKey, Operation, RegistryGiven, Vector};

/// All of them.
#[must_use]
pub(super) fn vectors() -> Vec<Vector> {
    rows().into_iter().flat_map(|row| [row.judged(), row.decoded()]).collect()
}

/// A frame's key, what the reader knows, and the judgement.
struct Row {
    name: &'static str,
    clauses: &'static str,
    about: &'static str,
    key: FrameKey,
    registry: RegistryGiven,
    judgement: Result<&'static str, Code>,
}

impl Row {
    /// The judgement alone.
    fn judged(&self) -> Vector {
        let name = format!("judgement/{}", self.name);
        let case = Case::new(Operation::Judge, &name, self.clauses, self.about)
            .frame_key(self.key)
            .registry(self.registry.clone());
        match self.judgement {
            Ok(outcome) => case.accepted(Answer::Judged { outcome: outcome.to_owned() }),
            Err(code) => case.refused(code, 4),
        }
    }

    /// A frame with that key.
    fn decoded(&self) -> Vector {
        let data = Data::message(self.key, b"record");
        let name = format!("schema/{}", self.name);
        let case = Case::decode(&name, self.clauses, self.about, &data.bytes())
            .registry(self.registry.clone());
        match self.judgement {
            Ok(outcome) => case.judged_records(Some(outcome), &["record"]),
            Err(code) => case.refused(code, 4),
        }
    }
}

/// A reader of version 4 that knows 2, 3 and 4 and decodes from `oldest_writer` on.
fn reader(oldest_writer: u16) -> RegistryGiven {
    sample::registry(4, oldest_writer, &[(2, 1), (3, 1), (4, 2)])
}

fn forward(registry: RegistryGiven) -> RegistryGiven {
    RegistryGiven { allow_forward: true, ..registry }
}

fn rows() -> Vec<Row> {
    let of = sample::key_of;
    let row = |name, about, key, registry, judgement| Row {
        name,
        clauses: "JDG-1",
        about,
        key,
        registry,
        judgement,
    };
    let stranger = FrameKey { lineage: *b"stranger", ..of(4, 2) };
    let mut one_bit_off = of(4, 2);
    one_bit_off.lineage[7] ^= 0x80;
    let forked =
        |key: FrameKey| FrameKey { fork_check: key.fork_check.map(|byte| byte ^ 1), ..key };
    let moved = |key: FrameKey, min_reader: u16| FrameKey { min_reader, ..key };
    let mut rows = vec![
        row(
            "unknown",
            "row 1: a lineage that is not known",
            stranger,
            reader(1),
            Err(Code::UnknownSchema),
        ),
        row(
            "unknown-to-empty-registry",
            "row 1: a registry without lineages",
            of(4, 2),
            RegistryGiven::default(),
            Err(Code::UnknownSchema),
        ),
        row(
            "unknown-by-one-bit",
            "row 1: one bit of the lineage",
            one_bit_off,
            reader(1),
            Err(Code::UnknownSchema),
        ),
        row(
            "fork-of-own-version",
            "row 2: the reader's own version with another fork_check",
            forked(of(4, 2)),
            reader(1),
            Err(Code::SchemaFork),
        ),
        row(
            "fork-of-older-version",
            "row 2: an older version with another fork_check",
            forked(of(3, 1)),
            reader(1),
            Err(Code::SchemaFork),
        ),
        row(
            "fork-by-min-reader",
            "row 2: the right fork_check with another min_reader",
            moved(of(4, 2), 1),
            reader(1),
            Err(Code::SchemaFork),
        ),
        row(
            "fork-before-too-old",
            "row 2 comes before row 4",
            forked(of(2, 1)),
            reader(4),
            Err(Code::SchemaFork),
        ),
        row(
            "fork-of-newer-version",
            "row 2: a newer version that the reader was built with",
            forked(of(5, 4)),
            forward(sample::registry(4, 1, &[(4, 2), (5, 4)])),
            Err(Code::SchemaFork),
        ),
        row("exact", "row 3: the same version", of(4, 2), reader(1), Ok("Exact")),
        row(
            "exact-oldest",
            "row 3: oldest_writer is the reader's own version",
            of(4, 2),
            reader(4),
            Ok("Exact"),
        ),
        row(
            "too-old",
            "row 4: one below oldest_writer, and known",
            of(2, 1),
            reader(3),
            Err(Code::SchemaTooOld),
        ),
        row(
            "too-old-and-unknown",
            "row 4 comes before row 5",
            of(1, 1),
            reader(2),
            Err(Code::SchemaTooOld),
        ),
        row(
            "too-old-by-far",
            "row 4: version 1 for a reader of only 65535",
            of(1, 1),
            sample::registry(65_535, 65_535, &[(65_535, 1)]),
            Err(Code::SchemaTooOld),
        ),
        row(
            "version-unknown",
            "row 5: older, and the reader was not built with it",
            of(1, 1),
            reader(1),
            Err(Code::SchemaVersionUnknown),
        ),
        row(
            "version-unknown-between",
            "row 5: between two that are known",
            of(3, 1),
            sample::registry(4, 1, &[(2, 1), (4, 2)]),
            Err(Code::SchemaVersionUnknown),
        ),
        row(
            "version-unknown-next",
            "row 5: just below the reader's own, at oldest_writer",
            of(3, 3),
            sample::registry(4, 3, &[(4, 2)]),
            Err(Code::SchemaVersionUnknown),
        ),
        row("backward", "row 6: an older version", of(3, 1), reader(1), Ok("Backward")),
        row("backward-oldest", "row 6: exactly oldest_writer", of(2, 1), reader(2), Ok("Backward")),
        row(
            "forward",
            "row 7: newer, for readers of 4 on, and allowed",
            of(5, 4),
            forward(reader(1)),
            Ok("Forward"),
        ),
        row(
            "forward-known",
            "row 7: a newer version that the reader was built with",
            of(5, 4),
            forward(sample::registry(4, 1, &[(4, 2), (5, 4)])),
            Ok("Forward"),
        ),
        row(
            "forward-highest",
            "row 7: version 65535 for readers of 1 on",
            of(65_535, 1),
            forward(reader(1)),
            Ok("Forward"),
        ),
        row(
            "forward-not-allowed",
            "row 8: newer, for readers of 4 on",
            of(5, 4),
            reader(1),
            Err(Code::SchemaForward),
        ),
        row(
            "forward-not-allowed-by-far",
            "row 8: version 65535 for readers of 1 on",
            of(65_535, 1),
            reader(1),
            Err(Code::SchemaForward),
        ),
        row(
            "forward-known-not-allowed",
            "row 8: that the reader was built with it changes nothing",
            of(5, 4),
            sample::registry(4, 1, &[(4, 2), (5, 4)]),
            Err(Code::SchemaForward),
        ),
        row("too-new", "row 9: for readers of 5 on", of(5, 5), reader(1), Err(Code::SchemaTooNew)),
        row(
            "too-new-though-allowed",
            "row 9: allowing Forward changes nothing",
            of(5, 5),
            forward(reader(1)),
            Err(Code::SchemaTooNew),
        ),
        row(
            "too-new-by-far",
            "row 9: version 65535 for readers of 65535",
            of(65_535, 65_535),
            forward(reader(1)),
            Err(Code::SchemaTooNew),
        ),
    ];
    for row in rows.iter_mut().filter(|row| row.name.starts_with("forward")) {
        row.clauses = "JDG-1 JDG-2";
    }
    rows
}
