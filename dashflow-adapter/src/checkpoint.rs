//! States that outlive what happens to files: each checkpoint is one frame with the state's schema key (a larger state a stream of parts, and between whole ones a diff, where that is wanted), and the newest valid one of a thread is found
//! whatever else there is.
//!
//! A [`Checkpointer`] keeps states of one type, which has a schema like every typed message; a [`CheckpointStore`] keeps their bytes: [`MemoryStore`],
//! [`FileStore`] (one directory, one file for each checkpoint), `SqliteStore` (feature `sqlite`), `PostgresStore` (feature `postgres`). `Sealed` (feature `seal`) encrypts what any of them keeps.
//!
//! - **A checkpoint says all of itself**: thread, id, parent, node, time and metadata are extensions of its frame, under the same checksums as the state. Nothing
//!   else has to be right for it to be found and read.
//! - **Damage is passed over and told.** [`Checkpointer::newest`] gives the newest checkpoint that is whole, with what it passed over. A checkpoint that is
//!   whole and not for this reader (another type, a newer version, a fork) is an error: an older state in its place would be a guess.
//! - **Ids are UUIDs of version 7**, in the order in which checkpoints were saved, also when the clock goes back.
//!
//! What DashFlow's own file backends have saved comes in by `import` (feature `import`).

mod bases;
mod chain;
mod checkpointer;
mod diff;
mod distinct;
mod error;
mod file;
mod frame;
mod id;
#[cfg(feature = "import")]
#[cfg_attr(docsrs, doc(cfg(feature = "import")))]
pub mod import;
mod json_state;
mod memory;
mod parts;
mod patch;
#[cfg(feature = "postgres")]
mod postgres;
mod prune;
#[cfg(feature = "seal")]
mod sealed;
#[cfg(feature = "sqlite")]
mod sqlite;
mod store;
mod verify;
mod writer;

pub use self::bases::Bases;
pub use self::checkpointer::{Checkpoint, Checkpointer, NewCheckpoint, Newest, PassedOver};
pub use self::error::{CheckpointError, Damage, PatchFault};
pub use self::file::FileStore;
pub use self::frame::{CheckpointHead, NODE, PARENT};
pub use self::id::CheckpointId;
pub use self::json_state::JsonState;
pub use self::memory::MemoryStore;
#[cfg(feature = "postgres")]
#[cfg_attr(docsrs, doc(cfg(feature = "postgres")))]
pub use self::postgres::PostgresStore;
pub use self::prune::{Keep, Pruned};
#[cfg(feature = "seal")]
#[cfg_attr(docsrs, doc(cfg(feature = "seal")))]
pub use self::sealed::{SealKey, Sealed};
#[cfg(feature = "sqlite")]
#[cfg_attr(docsrs, doc(cfg(feature = "sqlite")))]
pub use self::sqlite::SqliteStore;
pub use self::store::{CheckpointStore, History};
pub use self::verify::{Verified, VerifyReport};
pub use crate::generated::strictframe::dashflow::v1::CheckpointDiff;
