//! What became of every line and every message.

use std::collections::BTreeMap;

use serde::Serialize;
use strictframe_dashflow::producer::CloseReport;

use crate::Ending;
use crate::failure::{Failure, Refusal};
use crate::output::Stdout;
use crate::terminal::{counted, thousands};

/// What became of the lines.
#[derive(Default)]
pub(super) struct Report {
    pub(super) lines: u64,
    refused: u64,
    /// The first of them.
    refusals: Vec<Refusal>,
}

/// Both accounts in JSON.
#[derive(Serialize)]
struct Document<'a> {
    lines: u64,
    refused: u64,
    /// Of the refused lines the first 100.
    refusals: &'a [Refusal],
    sent: u64,
    delivered: u64,
    dead_lettered: u64,
    spooled: u64,
    lost: u64,
    /// The lost ones by the reason.
    lost_by_reason: BTreeMap<&'static str, u64>,
    drained_of_earlier_runs: u64,
    retries: u64,
}

impl Report {
    /// Counts a line that was refused, and tells of it at once unless all is told at the end.
    pub(super) fn refuse(&mut self, refusal: Box<Refusal>, json: bool) {
        self.refused += 1;
        if !json {
            Failure::Data(refusal).report(false);
        } else if self.refusals.len() < KEPT {
            self.refusals.push(*refusal);
        }
    }

    pub(super) fn ending(&self, closed: &CloseReport) -> Ending {
        if closed.lost() > 0 || closed.spooled > 0 {
            Ending::InputOutput
        } else if self.refused > 0 || closed.dead_lettered > 0 {
            Ending::Refused
        } else {
            Ending::Done
        }
    }

    pub(super) fn tell(
        &self,
        closed: &CloseReport,
        place: &str,
        json: bool,
    ) -> Result<(), Failure> {
        let mut out = Stdout::lock();
        if json {
            let reasons = closed.dropped.iter().map(|(reason, count)| (reason.name(), *count));
            out.json_line(&Document {
                lines: self.lines,
                refused: self.refused,
                refusals: &self.refusals,
                sent: closed.sent,
                delivered: closed.delivered,
                dead_lettered: closed.dead_lettered,
                spooled: closed.spooled,
                lost: closed.lost(),
                lost_by_reason: reasons.collect(),
                drained_of_earlier_runs: closed.drained_of_earlier_runs,
                retries: closed.retries,
            })?;
            return out.flush();
        }
        let paint = out.paint;
        let verdict = match self.ending(closed) {
            Ending::Done => paint.good("delivered"),
            Ending::Refused => paint.doubtful("not all delivered"),
            Ending::InputOutput => paint.bad("not all delivered"),
        };
        let (lines, refused) = (counted(self.lines, "line"), thousands(self.refused));
        out.line(format_args!("{place}: {verdict}, {lines}, {refused} refused"))?;
        let fates = [
            ("sent", closed.sent),
            ("delivered", closed.delivered),
            ("dead letters", closed.dead_lettered),
            ("spooled", closed.spooled),
            ("lost", closed.lost()),
        ];
        for (fate, count) in fates {
            out.line(format_args!("  {fate:<12}  {:>12}", thousands(count)))?;
        }
        for (reason, count) in &closed.dropped {
            let name = reason.name();
            out.line(format_args!("    {name:<14}{:>10}", paint.bad(thousands(*count))))?;
        }
        if closed.drained_of_earlier_runs > 0 {
            let count = counted(closed.drained_of_earlier_runs, "message");
            out.line(format_args!("  and {count} of earlier runs went out of the spool"))?;
        }
        out.flush()
    }
}

/// The refused lines that are listed.
const KEPT: usize = 100;
