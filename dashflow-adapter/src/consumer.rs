//! Reads telemetry: every message once, in order, and what is missing, late, damaged or foreign by its name.
//!
//! A [`Consumer`] sits on any [`Source`](crate::transport::Source). It gives an [`Item`] for everything that happens:
//!
//! - **Messages** that were not given before, each with what its number means ([`Order`]): the next one, one behind a gap, one that comes late. What was given before is
//!   found by its number, within the epoch of its producer, and by its message id, within a window; it is counted and not given again.
//! - **Refusals**. Which of four things is done with a value that is not taken is plain data ([`OnRefusal`]): dead letters, a pause of its partition, passing over
//!   it, the end. A value is never looked at twice unless its partition was paused and resumed, and none ends the reading of others.
//! - **Losses**, assignments and revocations of partitions, and when everything there was has been given.
//!
//! A dictionary that is not known, and the schema of a newer version where these are read, is asked for once beside the data (`TOPIC.strictframe` on Kafka); only then is
//! the value refused.
//!
//! [`Consumer::commit`] says that everything given until then is done with. With a [`StateFile`] it keeps positions and the numbers seen, at once, so that a
//! consumer that was killed finds the same gaps and duplicates as one that was not. Without one it keeps positions with the source's group; the numbers then
//! begin anew with the consumer, which finds no gap that was not there.
//!
//! Whoever takes longer over messages than the broker waits for a member of a group puts [`ReadAhead`](crate::transport::ReadAhead) between both.

mod counts;
mod engine;
mod error;
mod item;
mod options;
mod reading;
mod recent;
mod rejects;
mod sequence;
mod state;

pub use self::counts::Counts;
pub use self::error::ConsumerError;
pub use self::item::{Item, Messages, Numbered, Refusal};
pub use self::options::{Action, ConsumerOptions, OnRefusal, RefusalClass};
pub use self::reading::Consumer;
pub use self::sequence::{Gap, Order};
pub use self::state::StateFile;
