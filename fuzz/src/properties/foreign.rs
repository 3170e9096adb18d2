//! What is no frame.

use strictframe_core::{Deframer, ErrorKind, Frame, Limits};

use crate::forge::payload::{self, Random};
use crate::runner::error_answer;
use crate::vectors;

/// Bytes that do not begin with the magic are `BadMagic`, with the diagnosis of section 12 and no other.
pub fn is_named(bytes: &[u8]) {
    let is_frame = bytes.iter().zip(&[0x9E, 0xC1]).all(|(byte, magic)| byte == magic);
    let error = match Frame::parse(bytes, &Limits::DEFAULT) {
        Err(error) => error,
        Ok(_) => return assert!(is_frame),
    };
    let is_magic = matches!(error.kind(), ErrorKind::BadMagic { .. });
    // SPEC [FRM-2]: nothing else is looked at.
    assert_eq!(is_magic, !is_frame);
    if is_magic {
        // SPEC [DIA-1]: exactly when all bytes of a row are there.
        let row = ROWS.iter().find(|(prefix, _)| bytes.starts_with(prefix));
        let expected = row.map(|(_, name)| (*name).to_owned());
        assert_eq!((error.offset(), error_answer(&error).looks_like), (0, Some(expected)));
        let mut deframer = Deframer::new(Limits::DEFAULT);
        assert_eq!(deframer.step(bytes, true).err(), Some(error));
    }
}

/// Messages of each other format, of any length and content: all refused, each with its diagnosis.
pub fn no_other_format_is_taken(seed: u64) -> usize {
    let mut random = Random::new(seed);
    let samples = vectors::others();
    for (name, looks_like, _, sample) in &samples {
        // What makes the format recognisable stays, and what follows is anything.
        let mut message = sample.clone();
        let kept = sample.len().min(8);
        message.truncate(kept.max(random.below(sample.len() as u64 + 1) as usize));
        message.extend(payload::noise(random.next(), random.below(600) as usize));
        let error =
            Frame::parse(&message, &Limits::DEFAULT).err().map(|error| error_answer(&error));
        let found = error.as_ref().map(|error| (error.name.as_str(), error.looks_like.clone()));
        // Three samples are the beginnings of others, and noise may complete them.
        let expected = Some(("BadMagic", Some(looks_like.map(str::to_owned))));
        assert!(name.ends_with("-cut") || found == expected, "{name}: {error:?}");
    }
    samples.len()
}

/// Section 12, written down a second time.
const ROWS: [(&[u8], &str); 17] = [
    (&[0xEF, 0xBF, 0xBD, 0xEF, 0xBF, 0xBD], "lossy-utf8"),
    (&[0xC2, 0x9E, 0xC3, 0x81], "latin1-as-utf8"),
    (&[0xC5, 0xBE, 0xC3, 0x81], "cp1252-as-utf8"),
    (&[0x1E, 0x41], "seven-bit"),
    (b"nsE", "base64"),
    (b"9ec1", "hex-text"),
    (b"9EC1", "hex-text"),
    (&[0xC1, 0x9E], "byte-swapped"),
    (&[0x9E, 0x00, 0xC1, 0x00], "utf16"),
    (&[0x00], "length-or-id-prefix"),
    (&[0x01], "length-or-id-prefix"),
    (&[0xC3, 0x01], "avro-single-object"),
    (&[0x28, 0xB5, 0x2F, 0xFD], "zstd"),
    (&[0x04, 0x22, 0x4D, 0x18], "lz4-frame"),
    (&[0x1F, 0x8B], "gzip"),
    (b"{", "json"),
    (b"[", "json"),
];
