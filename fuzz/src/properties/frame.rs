//! One frame: read, judged, shown and written again.

use core::fmt::Write as _;

use strictframe_core::{Error, ErrorKind, Frame, Header, Limits, NoCodecs, dump};

use crate::codecs::Codecs;

/// What is accepted is written again as it was.
pub fn is_written_again(bytes: &[u8]) {
    // SPEC [BDY-5]: one encoding of whatever is accepted.
    if let Ok(frame) = Frame::parse(bytes, &Limits::MAXIMUM) {
        let mut written = Vec::new();
        assert_eq!(frame.write(&mut written), Ok(()));
        assert!(written == bytes, "{bytes:02x?} is written as {written:02x?}");
    }
}

/// What is accepted is refused when a byte is missing or one follows.
pub fn is_whole_or_nothing(bytes: &[u8]) {
    let limits = Limits::MAXIMUM;
    if Frame::parse(bytes, &limits).is_err() {
        return;
    }
    let len = bytes.len() as u64;
    // SPEC [FRM-13]: whatever it is that follows.
    for more in [&[0][..], b"\n", &[0x9E], bytes] {
        let error = Frame::parse(&[bytes, more].concat(), &limits).err();
        assert_eq!(error, Some(ErrorKind::TrailingData.at(len)));
    }
    // SPEC [FRM-4, FRM-12]: have, need and the offset follow from the length alone.
    for have in 0..bytes.len() {
        let (have, need) = (have as u64, if have < 28 { 28 } else { len });
        let error = Frame::parse(&bytes[..have as usize], &limits).err();
        assert_eq!(error, Some(ErrorKind::Truncated { have, need }.at(have)));
    }
}

/// A header is judged on its 28 bytes, whatever follows.
pub fn header_ends_after_28_bytes(bytes: &[u8]) {
    let limits = Limits::DEFAULT;
    let Some(header) = bytes.first_chunk::<28>() else { return };
    // SPEC [FRM-5]: 28 bytes suffice.
    let alone = Header::parse(header, &limits);
    assert_eq!(alone, Header::parse(bytes, &limits));
    let inverted: Vec<u8> = bytes[28..].iter().map(|byte| !byte).collect();
    assert_eq!(alone, Header::parse(&[&header[..], &inverted].concat(), &limits));
    // SPEC [FRM-5, FRM-11]: the frame has the error of its header, before its body is looked at.
    if let Err(error) = alone {
        assert_eq!(Frame::parse(bytes, &limits).err(), Some(error));
    }
}

/// Nothing panics, and nothing is accepted that is refused elsewhere.
pub fn nothing_panics(bytes: &[u8], limits: &Limits) {
    let verdict = Frame::parse(bytes, limits);
    let shown = dump::dump(bytes, limits, &mut |_| {});
    let refusal = match shown {
        dump::Verdict::Refused(error) => Some(error),
        _ => None,
    };
    // What follows a frame is not shown, and not judged.
    let behind = |error: &Error| error.kind() == ErrorKind::TrailingData;
    assert!(refusal == verdict.err() || verdict.err().as_ref().is_some_and(behind));
    let mut text = String::new();
    let _ = dump::write_text(bytes, limits, &mut text);
    let Ok(frame) = verdict else { return };
    let mut room = Vec::new();
    let decoded = frame.decode(|_| Ok(None), &mut Codecs::new(), &mut room);
    if let Err(error) = &decoded {
        let _ = write!(text, "{error}");
        assert!(is_plausible(error, bytes.len()), "{error:?}");
    }
    // What needs no codec is decoded without one, to the same records.
    let without =
        frame.decode(|_| Ok(None), &mut NoCodecs, &mut [0; 0]).map(|it| it.payload.to_vec());
    if frame.header().codec().0 == 0 {
        let with = decoded.map(|decoded| decoded.payload.to_vec());
        assert_eq!(with, without);
    } else {
        assert!(without.is_err());
    }
}

/// An offset that lies in the frame, or in what it decompresses to.
fn is_plausible(error: &Error, len: usize) -> bool {
    error.is_in_raw() || error.offset() <= len as u64
}
