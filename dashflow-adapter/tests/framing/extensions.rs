//! What a frame says beside its records, and what that costs.

use strictframe::{CodecChoice, CompressionPolicy, Limits};
use strictframe_dashflow::{
    FrameHead, FrameOptions, Framer, KindSet, MessageKind, Record, TraceContext, Unframer, peek,
    schema_key,
};

use crate::support::{event, identity, record};

fn framer(options: FrameOptions) -> Framer {
    let policy = CompressionPolicy::new(CodecChoice::None);
    Framer::new(policy, [], options, Limits::DEFAULT).unwrap()
}

fn traced(sequence: u64) -> Record {
    let mut identity = identity("thread-1", sequence);
    identity.trace = Some(TraceContext::new([1; 16], [2; 8], 1).unwrap());
    Record::new(event("plan"), identity).unwrap()
}

#[test]
fn a_frame_says_everything_that_its_options_want_without_being_decompressed() {
    let (first, second) = (traced(5), record("thread-1", 6));
    let single = framer(FrameOptions::ALL).frame(core::slice::from_ref(&first)).unwrap();
    let head = peek(single.bytes(), &Limits::DEFAULT).unwrap();
    let time = identity("thread-1", 5).time;
    assert_eq!((head.key, head.is_batch, head.dictionary), (schema_key(), false, None));
    assert_eq!((head.sequence, head.epoch, head.time), (Some(5), Some(7), Some(time)));
    assert_eq!(head.trace, Some(TraceContext::new([1; 16], [2; 8], 1).unwrap()));
    assert_eq!((head.thread, head.count), (Some("thread-1"), Some(1)));
    assert_eq!(head.message_id, Some(5_u128.to_be_bytes()));
    assert_eq!(head.kinds, Some(KindSet::EMPTY.with(MessageKind::EVENT)));
    let batch = framer(FrameOptions::ALL).frame(&[first, second]).unwrap();
    let of_batch = peek(batch.bytes(), &Limits::DEFAULT).unwrap();
    let mut expected: FrameHead<'_> = head;
    (expected.is_batch, expected.message_id, expected.count) = (true, None, Some(2));
    assert_eq!(of_batch, expected);
}

#[test]
fn each_extension_can_be_left_out_alone_and_the_rest_is_still_checked() {
    let records = [traced(5), traced(6)];
    type Switch = fn(&mut FrameOptions) -> &mut bool;
    let switches: [(Switch, usize); 8] = [
        (|options| &mut options.sequence, 12),
        (|options| &mut options.time, 12),
        (|options| &mut options.trace, 29),
        (|options| &mut options.thread, 12),
        (|options| &mut options.message_id, 20),
        (|options| &mut options.count, 8),
        (|options| &mut options.epoch, 12),
        (|options| &mut options.kinds, 5),
    ];
    for (index, (switch, cost)) in switches.into_iter().enumerate() {
        let mut options = FrameOptions::ALL;
        *switch(&mut options) = false;
        // The message id stands on single frames, the count on batches.
        let records = if index == 4 { &records[..1] } else { &records[..] };
        let whole = framer(FrameOptions::ALL).frame(records).unwrap();
        let without = framer(options).frame(records).unwrap();
        assert_eq!(whole.bytes().len() - without.bytes().len(), cost, "switch {index}");
        let mut unframer = Unframer::new(Limits::DEFAULT).unwrap();
        assert_eq!(unframer.unframe(without.bytes()).unwrap().messages.len(), records.len());
    }
    let bare = framer(FrameOptions::NONE).frame(&records[..1]).unwrap();
    assert_eq!(bare.bytes().len(), 32 + records[0].encoded_len());
}

#[test]
fn a_damaged_frame_says_nothing() {
    let frame = framer(FrameOptions::ALL).frame(&[record("t", 1)]).unwrap();
    for index in 0..frame.bytes().len() {
        let mut bytes = frame.bytes().to_vec();
        bytes[index] ^= 0x10;
        assert!(peek(&bytes, &Limits::DEFAULT).is_err(), "byte {index}");
    }
}
