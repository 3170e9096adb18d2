//! Streams and single frames over asynchronous sources and sinks (feature `tokio`).
//!
//! [`StreamReader`] and [`StreamWriter`] are those of the crate's root over [`AsyncRead`](::tokio::io::AsyncRead) and [`AsyncWrite`](::tokio::io::AsyncWrite):
//! the same frames, the same bytes, the same errors at the same offsets, however the bytes come. [`FrameCodec`] and [`FrameDecoder`] put single frames on a
//! connection with [`tokio_util::codec`].
//!
//! # Cancellation
//! A future may be dropped before it is ready, as `select!` and timeouts do. Which of them are safe then:
//!
//! | method | dropped before it is ready |
//! |---|---|
//! | [`StreamReader::next_frame`] | safe: no byte is lost, the next call gives the frame |
//! | [`StreamWriter::write`], `write_batch`, `write_frame` | safe: the record was not taken, and whatever was taken before is whole |
//! | [`StreamWriter::flush`] | safe: the next call, of it or another, goes on where it stopped |
//! | [`StreamWriter::finish`] | not safe: the sink is dropped with it, and readers may call the stream `Unterminated` or `Truncated` |

mod codec;
mod reader;
mod writer;

pub use self::codec::{FrameCodec, FrameDecoder, VerifiedFrame};
pub use self::reader::StreamReader;
pub use self::writer::StreamWriter;
