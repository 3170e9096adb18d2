//! Streams of an agent's own: typed values from the nodes of a graph run to whoever watches it, while the nodes run.
//!
//! ```
//! use strictframe_dashflow::stream::{StreamItem, StreamOptions, stream};
//!
//! # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {
//! let (writer, mut reader) = stream::<String>(StreamOptions::named("progress"));
//! writer.send("a third is done".to_owned()).await.unwrap();
//! writer.end();
//! let StreamItem::Value(value) = reader.next().await else { panic!("a value first") };
//! assert_eq!(*value, "a third is done");
//! assert!(matches!(reader.next().await, StreamItem::End));
//! # });
//! ```
//!
//! - **Nothing is lost unless that was asked for.** A writer waits for the slowest reader ([`Overflow::Block`]). [`Overflow::DropOldest`] and
//!   [`Overflow::DropNewest`] never wait: every reader is told how many values it did not get, in their place among the others ([`StreamItem::Missed`]), and they are counted.
//! - **Any number of readers**, each with its own position, over the same values. More may join while the stream lives, from the oldest value that is kept or from now on; one that
//!   goes holds nobody up any more.
//! - **The end is a value.** Every reader comes to [`StreamItem::End`], [`StreamItem::Failed`], or, when the last writer went without a word, [`StreamItem::Abandoned`].
//! - **Memory is bounded**: as many values are kept as the options say, whoever reads how slowly. Readers share them.
//! - **No runtime of its own, and nothing of a thread.** Ends may be in any task, thread or runtime; nodes that are not asynchronous use
//!   [`StreamWriter::send_blocking`] and [`StreamReader::next_blocking`].
//!
//! A stream is counted on its [`StreamHandle`] and in `metrics`, with its name as the label `stream`:
//!
//! | metric | type | what it counts |
//! |---|---|---|
//! | `dashstream_stream_sent_total` | counter | values that writers offered and that the stream took or dropped |
//! | `dashstream_stream_delivered_total` | counter | values that readers took, once for each reader |
//! | `dashstream_stream_dropped_total` | counter | by `reason`: `lagging`, `no_room` and `unread`, as in [`StreamDrops`] |
//! | `dashstream_stream_waits_total` | counter | sends that a slow reader held up |
//! | `dashstream_stream_waiting` | gauge | values that readers have yet to take, once for each reader |

mod counts;
mod item;
mod meter;
mod options;
mod reader;
mod shared;
mod state;
mod writer;

use std::sync::Arc;

pub use self::counts::{ReaderCounts, StreamCounts, StreamDrops};
pub use self::item::{Failure, StreamItem};
pub use self::options::{JoinAt, StreamOptions};
pub use self::reader::{StreamHandle, StreamReader};
use self::shared::Shared;
pub use self::writer::{SendError, Sent, StreamWriter};
pub use crate::producer::Overflow;

/// A stream, with its first reader. That one is there before the first value, so that it misses none.
#[must_use]
pub fn stream<T>(options: StreamOptions) -> (StreamWriter<T>, StreamReader<T>) {
    let shared = Arc::new(Shared::new(options));
    let reader = StreamReader::join(Arc::clone(&shared), JoinAt::Now);
    (StreamWriter::new(shared), reader)
}
