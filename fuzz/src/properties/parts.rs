//! The parts of a frame one by one, each behind good checksums: header, batch, extensions.

use strictframe_core::{Content, Frame, Header, Limits, Records, extension};

use super::frame;
use crate::codecs::Codecs;
use crate::forge::{Data, Raw, crc, payload};
use crate::vectors::sample;

/// A header of any 24 bytes under a good checksum is read as they say, or refused before its body is looked at.
///
/// The first byte says whether `body_len` is set right; 24 of header follow, and the body.
pub fn header_is_judged(bytes: &[u8]) {
    let Some((is_bent, rest)) = bytes.split_first() else { return };
    let Some((covered, body)) = rest.split_first_chunk::<24>() else { return };
    let mut covered = *covered;
    if is_bent & 1 == 0 {
        covered[20..].copy_from_slice(&(body.len() as u32).to_le_bytes());
    }
    // What is no frame at all is somebody else's.
    covered[..2].copy_from_slice(&[0x9E, 0xC1]);
    let frame_crc = crc(&[&covered, body]).to_le_bytes();
    let whole = [&covered[..], &crc(&[&covered]).to_le_bytes(), body, &frame_crc].concat();
    frame::header_ends_after_28_bytes(&whole);
    frame::is_written_again(&whole);
    frame::nothing_panics(&whole, &Limits::TINY);
    let Ok(header) = Header::parse(&whole, &Limits::MAXIMUM) else { return };
    // SPEC [FRM-1]: field by field where the table has them.
    assert_eq!(header.kind().0, covered[2] & 15);
    assert_eq!(header.codec().0, covered[3] >> 4);
    assert_eq!(header.body_len().to_le_bytes(), covered[20..]);
    assert_eq!(header.frame_len(), 32 + header.body_len() as usize);
}

/// A payload is refused as a batch, or is the one encoding of its records.
pub fn batch_has_one_encoding(payload: &[u8]) {
    let frame = Data { kind: 2, ..Data::message(sample::key(), payload) }.bytes();
    frame::nothing_panics(&frame, &Limits::TINY);
    let Ok(frame) = Frame::parse(&frame, &Limits::MAXIMUM) else { return };
    let mut room = Vec::new();
    let Ok(decoded) = frame.decode(|_| Ok(None), &mut Codecs::new(), &mut room) else { return };
    let Records::Batch(batch) = decoded.records else {
        return assert_eq!(decoded.records.iter().count(), 1, "a BATCH that is none");
    };
    let records: Vec<&[u8]> = batch.iter().collect();
    // SPEC [BAT-1]: a count, as many sizes, the records, and nothing else.
    assert!(payload::batch(&records) == payload, "{} records", records.len());
    assert!(records.iter().enumerate().all(|(index, record)| batch.get(index) == Some(*record)));
    assert_eq!(batch.get(records.len()), None);
}

/// Bytes are refused as extensions, or are the one encoding of what is read.
pub fn extensions_have_one_encoding(block: &[u8]) {
    let Ok(block_len) = u16::try_from(block.len()) else { return };
    let body = [&block_len.to_le_bytes()[..], block, b"record"].concat();
    let raw = Raw { kind: 1, flags: 1, key: sample::key(), ..Raw::control(1, body) };
    let frame = raw.bytes();
    frame::is_written_again(&frame);
    frame::nothing_panics(&frame, &Limits::TINY);
    let Ok(frame) = Frame::parse(&frame, &Limits::MAXIMUM) else { return };
    let Content::Data { extensions, stored, .. } = frame.content() else { return };
    assert_eq!(*stored, b"record");
    let found: Vec<(u16, Vec<u8>)> =
        extensions.iter().map(|found| (found.kind, found.value.to_vec())).collect();
    // SPEC [EXT-1]: in the order of their types, none of them twice.
    assert!(found.is_sorted_by(|(a, _), (b, _)| a < b), "{found:?}");
    assert_eq!(payload::extensions(&found), block);
    let list: Vec<_> = extensions.iter().collect();
    let mut written = Vec::new();
    // What a reader takes and does not know, a writer may refuse to write.
    if extension::write(&list, frame.kind(), &mut written).is_ok() {
        assert!(written.ends_with(block), "{written:02x?} for {block:02x?}");
    }
    let value = |kind| found.iter().find(|(other, _)| *other == kind).map(|(_, value)| &value[..]);
    for (kind, _) in &found {
        assert_eq!(extensions.value(*kind), value(*kind));
    }
}
