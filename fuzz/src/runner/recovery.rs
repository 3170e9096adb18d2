//! The recovery of a damaged stream.

use strictframe_core::Limits;
use strictframe_core::recovery::{Event, Recovery, RecoveryError};

use super::refused;
use crate::answer::{Answer, EditedAnswer, GapAnswer, RecoveryAnswer};

/// What a recovery of `input` brings out.
///
/// # Errors
/// A sentence when there is no memory for it.
pub fn recovery(
    input: &[u8],
    limits: Limits,
    stream_id: Option<[u8; 16]>,
) -> Result<Answer, String> {
    let mut recovery = match Recovery::open(input, limits, stream_id) {
        Ok(recovery) => recovery,
        Err(RecoveryError::Refused(error)) => return Ok(refused(&error)),
        Err(error) => return Err(format!("{error:?}")),
    };
    let mut answer = RecoveryAnswer {
        stream_id: recovery.stream_id(),
        id_source: recovery.id_source().name().to_owned(),
        frames: Vec::new(),
        gaps: Vec::new(),
        edited: Vec::new(),
        unassigned: Vec::new(),
        unconfirmed: 0,
        terminated: false,
        trailing: 0,
    };
    while let Some(event) = recovery.next().map_err(|error| format!("{error:?}"))? {
        match event {
            Event::Frame { frame, start, .. } if frame.kind().is_data() => {
                answer.frames.push(start)
            }
            Event::Gap(gap) => answer.gaps.push(GapAnswer {
                from: gap.from,
                to: gap.to,
                shift: gap.shift,
                frames_lost: gap.frames_lost,
            }),
            Event::Edited { from, to } => answer.edited.push(EditedAnswer { from, to }),
            Event::Unassigned { start, .. } => answer.unassigned.push(start),
            _ => {}
        }
    }
    let report = recovery.report();
    answer.unconfirmed = report.unconfirmed;
    answer.terminated = report.terminated;
    answer.trailing = report.trailing;
    Ok(Answer::Recovered { recovery: answer })
}
