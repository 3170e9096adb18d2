//! Reading.

use std::io;

use proptest::prelude::*;
use strictframe::core::judgement::KnownVersion;
use strictframe::{ErrorKind, Registry, SchemaPolicy};

use super::*;
use crate::material::{noise, places, stream};

#[test]
fn chunking_changes_neither_frames_nor_error_nor_offset() {
    // SPEC [STR-14, DEF-1]: whole, cut short, with a bit flipped, with bytes behind END; byte by byte and in other pieces.
    let whole = of_all_kinds(4);
    let mut inputs = vec![whole.clone(), [whole.as_slice(), b"!"].concat(), Vec::new()];
    inputs.extend((1..whole.len()).step_by(83).map(|len| whole[..len].to_vec()));
    for at in (0..whole.len()).step_by(79) {
        let mut damaged = whole.clone();
        damaged[at] ^= 1 << (at % 8);
        inputs.push(damaged);
    }
    on_a_runtime(async {
        for input in inputs {
            let expected = read_synchronously(&input);
            for room in [1, 7, 28, 31, 4096] {
                let source = connection(input.clone(), room);
                assert_eq!(read_all(source).await, expected, "{room} bytes at a time");
            }
            assert_eq!(read_all(Hesitant::new(input.as_slice())).await, expected);
        }
    });
}

proptest! {
    #[test]
    fn any_damage_in_any_pieces_is_the_same_error_at_the_same_offset(
        room in 1..200_usize,
        bits in prop::collection::vec((any::<prop::sample::Index>(), 0..8_u8), 0..3),
        cut in prop::option::of(any::<prop::sample::Index>()),
    ) {
        let mut bytes = of_all_kinds(3);
        for (at, bit) in bits {
            let at = at.index(bytes.len());
            bytes[at] ^= 1 << bit;
        }
        if let Some(cut) = cut {
            bytes.truncate(cut.index(bytes.len()));
        }
        let expected = read_synchronously(&bytes);
        let read = on_a_runtime(async move { read_all(connection(bytes, room)).await });
        prop_assert_eq!(read, expected);
    }
}

#[test]
fn large_frames_come_whole_out_of_any_pieces() {
    // SPEC [STR-14]: frames beyond the reader's first room.
    let records: Vec<_> =
        [3 << 20, 10, 70_000].iter().map(|len| noise(*len, *len as u64)).collect();
    let bytes = stream(&records, &mut encoder(CodecChoice::None, None));
    let expected = read_synchronously(&bytes);
    assert_eq!(expected.1, None);
    on_a_runtime(async {
        for room in [1460, 65_536, 1 << 22] {
            assert!(read_all(connection(bytes.clone(), room)).await == expected);
        }
    });
}

#[test]
fn a_source_that_fails_is_an_input_error_and_loses_no_byte() {
    let whole = of_all_kinds(3);
    on_a_runtime(async {
        for at in (1..whole.len()).step_by(53) {
            let failing = io::Error::from(io::ErrorKind::TimedOut);
            let (head, tail) = whole.split_at(at);
            let source = Failing { pieces: vec![Ok(tail), Err(failing), Ok(head)] };
            let mut reader = StreamReader::new(source, Limits::DEFAULT, Profile::SelfContained);
            let (mut read, mut failures) = (Vec::new(), 0);
            loop {
                match reader.next_frame().await {
                    Ok(Some(frame)) => read.extend_from_slice(frame.bytes),
                    Ok(None) => break,
                    Err(StreamError::Io(error)) => {
                        assert_eq!(error.kind(), io::ErrorKind::TimedOut);
                        failures += 1;
                    }
                    Err(other) => panic!("refused: {other}"),
                }
            }
            assert!(read == whole && failures == 1, "failing at {at}");
            assert_eq!(reader.chain().unwrap().offset(), whole.len() as u64);
        }
    });
}

/// Gives its pieces from the last to the first, errors among them.
struct Failing<'a> {
    pieces: Vec<io::Result<&'a [u8]>>,
}

impl AsyncRead for Failing<'_> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
        room: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        match self.pieces.pop() {
            None => {}
            Some(Err(error)) => return Poll::Ready(Err(error)),
            Some(Ok(piece)) => {
                let (taken, rest) = piece.split_at(piece.len().min(room.remaining()));
                room.put_slice(taken);
                if !rest.is_empty() {
                    self.pieces.push(Ok(rest));
                }
            }
        }
        Poll::Ready(Ok(()))
    }
}

#[test]
fn a_reader_with_a_registry_judges_every_data_frame() {
    // SPEC [JDG-1]: at 4 in the frame, after the stream's own checks.
    let whole = of_all_kinds(1);
    let first = places(&whole).into_iter().find(|place| place.kind.is_data()).unwrap();
    let key = event().key();
    let other = KnownVersion { version: 1, min_reader: 1, fork_check: [9; 4] };
    let registry = Registry::new().with_lineage(key.lineage(), 1, 1, vec![other]).unwrap();
    on_a_runtime(async {
        let source = whole.as_slice();
        let reader = StreamReader::new(source, Limits::DEFAULT, Profile::SelfContained);
        let mut reader = reader.judged_by(registry, SchemaPolicy::default());
        let error = loop {
            match reader.next_frame().await {
                Ok(frame) => assert!(frame.unwrap().decoded.is_none()),
                Err(error) => break *error.refusal().unwrap(),
            }
        };
        assert_eq!((error.kind(), error.offset()), (ErrorKind::SchemaFork, first.start + 4));
    });
}
