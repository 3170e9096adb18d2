//! Offline conversion between today's framing of DashFlow and strictframe streams.
//!
//! Nothing else here reads today's framing: the decode path refuses it and says what it looks like. What is converted is held to the same rules as every
//! record, and what cannot be converted is named, counted and handed back as it was.
//!
//! | today's bytes | what they are |
//! |---|---|
//! | `00`, protobuf | a message |
//! | `01`, one Zstandard frame with its size | a message, compressed |
//! | protobuf that begins with a field of the envelope | a message without framing, as the file backend stores it |
//! | one Zstandard frame with its size | the same, compressed |
//!
//! # What is different afterwards
//! Messages keep their bytes, except for those whose header says type 0 or schema version 0, which say nothing and are set to what they must be; such a message
//! is written anew, with the same fields. The flag `compression` in headers stays as it was found. On the way back it is set to 1 in messages that are
//! compressed, as today's encoder does, and the compressed bytes may be those of another version of zstd. Sequence number 0, which stands for none, gives no
//! extension. Keys and headers of Kafka stand beside messages and not in them: the key is the thread id, and a trace context is not kept.

mod jsonl;
mod legacy;
mod report;
mod stream;

pub use self::jsonl::{JsonLines, write_json_line};
pub use self::legacy::{Converted, Converter, Framing, LegacyOptions, NotRead};
pub use self::report::{Difference, Report};
pub use self::stream::{Input, from_stream, to_json_lines, to_stream};
