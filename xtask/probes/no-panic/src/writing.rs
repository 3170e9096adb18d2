//! Every way out of the core that writes into a slice.

use strictframe_core::identity::Encoding;
use strictframe_core::{
    Extension, Frame, Kind, Limits, Parts, SchemaKey, SliceSink, batch, control, extension,
    identity,
};

use crate::fold::Fold;
use crate::{bytes, room};

/// A frame written again from what was read.
///
/// # Safety
/// As for [`bytes`] and [`room`].
#[unsafe(no_mangle)] // exported, so that the optimiser must assume any argument
pub unsafe extern "C" fn probe_rewrite(
    start: *const u8,
    len: usize,
    output: *mut u8,
    output_len: usize,
) -> u64 {
    // SAFETY: as the caller promised.
    let (input, output) = unsafe { (bytes(start, len), room(output, output_len)) };
    let mut fold = Fold::new();
    let mut sink = SliceSink::new(output);
    match Frame::parse(input, &Limits::default()) {
        Ok(frame) => fold.number(u64::from(frame.write(&mut sink).is_ok())),
        Err(error) => fold.error(error),
    }
    fold.bytes(sink.written());
    fold.sum()
}

/// A frame written from parts of any kind and length.
///
/// # Safety
/// As for [`bytes`] and [`room`].
#[unsafe(no_mangle)] // exported, so that the optimiser must assume any argument
pub unsafe extern "C" fn probe_parts(
    start: *const u8,
    len: usize,
    cut: usize,
    kind: u8,
    output: *mut u8,
    output_len: usize,
) -> u64 {
    // SAFETY: as the caller promised.
    let (input, output) = unsafe { (bytes(start, len), room(output, output_len)) };
    let mut fold = Fold::new();
    let mut sink = SliceSink::new(output);
    let (extensions, record) = input.split_at_checked(cut).unwrap_or_default();
    let stored = [record, extensions];
    let key =
        SchemaKey::new(identity::lineage(Encoding(kind), "a.B").unwrap_or_default(), 2, 1, [0; 4]);
    let parts = Parts::plain(Kind(kind), key, extensions, &stored);
    fold.len(parts.frame_len());
    fold.number(u64::from(parts.write(&mut sink).is_ok()));
    fold.number(u64::from(Parts::control(Kind(kind), &stored).write(&mut sink).is_ok()));
    fold.bytes(sink.written());
    fold.sum()
}

/// The bodies of batches, schemas and extensions.
///
/// # Safety
/// As for [`bytes`] and [`room`].
#[unsafe(no_mangle)] // exported, so that the optimiser must assume any argument
pub unsafe extern "C" fn probe_bodies(
    start: *const u8,
    len: usize,
    cut: usize,
    kind: u16,
    output: *mut u8,
    output_len: usize,
) -> u64 {
    // SAFETY: as the caller promised.
    let (input, output) = unsafe { (bytes(start, len), room(output, output_len)) };
    let mut fold = Fold::new();
    let mut sink = SliceSink::new(output);
    let (first, second) = input.split_at_checked(cut).unwrap_or_default();
    fold.number(u64::from(batch::write(&[first, second], &mut sink).is_ok()));
    let name = core::str::from_utf8(first).unwrap_or_default();
    let written = control::write_schema(Encoding::JSON, kind, kind, name, second, &mut sink);
    fold.number(u64::from(written.is_ok()));
    let extensions = [Extension { kind, value: first }, Extension { kind: !kind, value: second }];
    fold.number(u64::from(extension::write(&extensions, Kind::BATCH, &mut sink).is_ok()));
    let lineage = identity::lineage(Encoding::JSON, name).unwrap_or_default();
    fold.bytes(&identity::fingerprint(lineage, kind, kind, second).unwrap_or_default());
    fold.bytes(sink.written());
    fold.sum()
}
