//! Encodes and decodes one record of 380 bytes, uncompressed, as often as its argument says: what to count instructions of.
//!
//! Uncompressed frames are the quickest, so that whatever is done beside encoding and decoding shows most.

use strictframe::{CodecChoice, CompressionPolicy, Decoder, Descriptor, Encoder, Registry};

fn main() -> Result<(), Box<dyn core::error::Error>> {
    let times: u32 = std::env::args().nth(1).ok_or("how many times?")?.parse()?;
    let schema = Descriptor::json("example.Event", 1, 1, b"true")?;
    let policy = CompressionPolicy::new(CodecChoice::None);
    let mut encoder = Encoder::builder(schema.key()).policy(policy).build()?;
    let mut decoder = Decoder::builder(Registry::new().with_schema(&schema)?).build();
    let (record, mut frame) = ([b'1'; 380], Vec::new());
    for _ in 0..times {
        frame.clear();
        encoder.encode(core::hint::black_box(&record), &mut frame)?;
        core::hint::black_box(decoder.decode(&frame)?.payload);
    }
    Ok(())
}
