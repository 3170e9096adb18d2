//! The fields of two frames side by side.

use similar::{Algorithm, DiffOp, capture_diff_slices};
use strictframe::Limits;
use strictframe::core::dump::dump;

use crate::inspect::input::Piece;

/// A field of one frame.
#[derive(Clone)]
pub(super) struct Line {
    pub(super) name: &'static str,
    pub(super) depth: u8,
    /// In the input.
    pub(super) offset: u64,
    pub(super) value: String,
    pub(super) remark: String,
    bytes: Vec<u8>,
    /// Its half of the byte.
    hex: String,
}

/// A field that is not the same in both.
pub(super) struct Change {
    pub(super) a: Option<Line>,
    pub(super) b: Option<Line>,
}

/// The fields that are not the same in both frames, in their order.
pub(super) fn changes(a: &Piece, b: &Piece) -> Vec<Change> {
    if a.bytes == b.bytes {
        return Vec::new();
    }
    let (a, b) = (lines(a), lines(b));
    let names =
        |lines: &[Line]| lines.iter().map(|line| (line.depth, line.name)).collect::<Vec<_>>();
    let mut changes = Vec::new();
    let one = |lines: &[Line], range: core::ops::Range<usize>| {
        lines.get(range).unwrap_or_default().to_vec()
    };
    for step in capture_diff_slices(Algorithm::Myers, &names(&a), &names(&b)) {
        let (olds, news) = (one(&a, step.old_range()), one(&b, step.new_range()));
        if let DiffOp::Equal { .. } = step {
            let pairs = olds.into_iter().zip(news);
            let differ = pairs.filter(|(a, b)| differ(a, b));
            changes.extend(differ.map(|(a, b)| Change { a: Some(a), b: Some(b) }));
        } else {
            changes.extend(olds.into_iter().map(|a| Change { a: Some(a), b: None }));
            changes.extend(news.into_iter().map(|b| Change { a: None, b: Some(b) }));
        }
    }
    changes
}

/// Two fields may share a byte, of which each shows its half; of a long field only the beginning is shown.
fn differ(a: &Line, b: &Line) -> bool {
    match (a.bytes.len(), b.bytes.len()) {
        (1, 1) => a.hex != b.hex,
        _ => a.bytes != b.bytes,
    }
}

fn lines(piece: &Piece) -> Vec<Line> {
    let mut lines = Vec::new();
    dump(&piece.bytes, &Limits::DEFAULT, &mut |field| {
        lines.push(Line {
            name: field.name,
            depth: field.depth,
            offset: piece.start.saturating_add(field.offset as u64),
            value: format!("{:.VALUE$}", field.value_text()),
            remark: field.remark().to_string(),
            bytes: field.bytes.to_vec(),
            hex: field.hex().to_string(),
        });
    });
    lines
}

impl Change {
    /// The field, of whichever has it.
    pub(super) const fn line(&self) -> Option<&Line> {
        match (&self.a, &self.b) {
            (Some(line), _) | (None, Some(line)) => Some(line),
            (None, None) => None,
        }
    }
}

/// The most characters of a value.
const VALUE: usize = 60;
