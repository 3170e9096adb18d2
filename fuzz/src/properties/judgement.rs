//! The judgement over all small versions.

use strictframe_core::judgement::{KnownVersion, Lineage};
use strictframe_core::{ErrorKind, Outcome, SchemaKey, SchemaPolicy};

use crate::forge::sha256;

/// What a reader knows of the version of a frame.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[allow(clippy::exhaustive_enums, reason = "the states of the table")]
pub enum State {
    /// It was built with it.
    Known,
    /// It was not.
    Unknown,
    /// It was built with another descriptor of that version.
    Forked,
}

/// A frame of version `w` for readers from `m` on, judged by a reader of version `r`.
///
/// None where the reader would not know its own version.
#[must_use]
pub fn judged(
    [r, w, m, oldest_writer]: [u16; 4],
    state: State,
    policy: SchemaPolicy,
) -> Option<Result<Outcome, ErrorKind>> {
    let own = KnownVersion { version: r, min_reader: 1, fork_check: CHECK };
    let of_frame = |fork_check| KnownVersion { version: w, min_reader: m, fork_check };
    let mut versions = if w == r { Vec::new() } else { vec![own] };
    match state {
        State::Known => versions.push(of_frame(CHECK)),
        State::Forked => versions.push(of_frame(OTHER_CHECK)),
        State::Unknown => {}
    }
    let lineage = Lineage::new(r, oldest_writer, versions).ok()?;
    Some(lineage.judge(&SchemaKey::new([7; 8], w, m, CHECK), policy))
}

/// One byte for each combination, as `spec/reference/README.md` lays them out.
#[must_use]
pub fn table() -> Vec<u8> {
    // SPEC [JDG-1]: every row of the table, at all of its borders.
    let mut rows = Vec::new();
    for r in 1..=HIGHEST {
        for w in 1..=HIGHEST {
            for m in 1..=w {
                for oldest_writer in 1..=r {
                    for state in [State::Known, State::Unknown, State::Forked] {
                        for policy in [SchemaPolicy::ExactOrBackward, SchemaPolicy::AllowForward] {
                            let judgement = judged([r, w, m, oldest_writer], state, policy);
                            rows.extend(judgement.map(row));
                        }
                    }
                }
            }
        }
    }
    rows
}

/// The SHA-256 of the table.
#[must_use]
pub fn digest() -> [u8; 32] {
    sha256(&[&table()])
}

fn row(judgement: Result<Outcome, ErrorKind>) -> u8 {
    match judgement {
        Err(ErrorKind::UnknownSchema) => 1,
        Err(ErrorKind::SchemaFork) => 2,
        Ok(Outcome::Exact) => 3,
        Err(ErrorKind::SchemaTooOld) => 4,
        Err(ErrorKind::SchemaVersionUnknown) => 5,
        Ok(Outcome::Backward) => 6,
        Ok(Outcome::Forward) => 7,
        Err(ErrorKind::SchemaForward) => 8,
        Err(ErrorKind::SchemaTooNew) => 9,
        _ => 0,
    }
}

/// [`is_monotonic_at`] all small versions.
pub fn is_monotonic() {
    for r in 1..HIGHEST {
        for w in 1..=HIGHEST {
            for m in 1..=w {
                for oldest_writer in 1..=r {
                    is_monotonic_at([r, w, m, oldest_writer]);
                }
            }
        }
    }
}

/// What changing one number may do: a newer reader keeps what it read, a lower min_reader shuts nobody out, and who allows more is refused no more.
pub fn is_monotonic_at([r, w, m, oldest_writer]: [u16; 4]) {
    // Other keys are refused before they are judged.
    if !(1..=w).contains(&m) {
        return;
    }
    let judge = |r, m, state, policy| judged([r, w, m, oldest_writer], state, policy);
    let forward = |r, m| judge(r, m, State::Known, SchemaPolicy::AllowForward);
    let now = forward(r, m);
    if let (Some(Ok(Outcome::Backward)), Some(newer)) = (now, r.checked_add(1)) {
        assert_eq!(forward(newer, m), now, "r {r}, w {w}, m {m}, oldest {oldest_writer}");
    }
    if m > 1 && now.is_some_and(|now| now.is_ok()) {
        assert!(forward(r, m - 1).is_some_and(|lower| lower.is_ok()));
    }
    for state in [State::Known, State::Unknown, State::Forked] {
        let strict = judge(r, m, state, SchemaPolicy::ExactOrBackward);
        if strict.is_some_and(|strict| strict.is_ok()) {
            assert_eq!(judge(r, m, state, SchemaPolicy::AllowForward), strict);
        }
    }
}

const HIGHEST: u16 = 24;
const CHECK: [u8; 4] = [1, 2, 3, 4];
const OTHER_CHECK: [u8; 4] = [1, 2, 3, 5];
