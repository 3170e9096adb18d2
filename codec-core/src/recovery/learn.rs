//! Which stream is it? (SPEC REC-1)

use super::report::IdSource;
use super::scan::{Anchor, Scan};
use super::source::{ReadAt, RecoveryError};
use crate::chain::Chain;
use crate::control::Sync;
use crate::error::ErrorKind;
use crate::header::Kind;

/// The stream id and where it came from.
pub(super) fn stream_id<S: ReadAt>(
    scan: &mut Scan<S>,
    caller: Option<[u8; 16]>,
) -> Result<([u8; 16], IdSource), RecoveryError<S::Error>> {
    // SPEC [REC-1]: the caller, the first SYNC, or a pair; in this order.
    if let Some(stream_id) = caller {
        return Ok((stream_id, IdSource::Caller));
    }
    if let Some(first) = scan.anchor_at(0)?
        && first.kind == Kind::SYNC
        && first.sync == Chain::new(first.sync.stream_id).sync()
    {
        return Ok((first.sync.stream_id, IdSource::FirstSync));
    }
    Ok((learnt(scan)?, IdSource::Learnt))
}

/// The id of all the pairs there are.
fn learnt<S: ReadAt>(scan: &mut Scan<S>) -> Result<[u8; 16], RecoveryError<S::Error>> {
    let refused = RecoveryError::Refused(ErrorKind::NoStreamId.at(0));
    let mut learnt: Option<[u8; 16]> = None;
    let mut from = 0;
    while let Some(later) = scan.next_candidate(from, scan.len())? {
        from = later.position.saturating_add(1);
        let Sync { stream_id, own_offset, .. } = later.sync;
        let is_news = learnt != Some(stream_id) && own_offset == later.position;
        if is_news && names_one_before(scan, &later)? {
            // SPEC [REC-1]: pairs of two ids tell nothing.
            if learnt.is_some() {
                return Err(refused);
            }
            learnt = Some(stream_id);
        }
    }
    learnt.ok_or(refused)
}

/// Whether a candidate verifies and names an anchor of its stream that lies at its own offset.
fn names_one_before<S: ReadAt>(
    scan: &mut Scan<S>,
    later: &Anchor,
) -> Result<bool, RecoveryError<S::Error>> {
    let Sync { stream_id, previous, .. } = later.sync;
    if previous >= later.position || scan.anchor_at(later.position)?.is_none() {
        return Ok(false);
    }
    let earlier = scan.peek_anchor(previous)?;
    Ok(earlier.is_some_and(|earlier| {
        earlier.sync.stream_id == stream_id && earlier.sync.own_offset == previous
    }))
}
