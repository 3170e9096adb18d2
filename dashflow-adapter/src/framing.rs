//! Records into frames and back: the one place where either happens.

mod check;
mod head;
mod options;
mod out_frame;
mod read;
mod record;
mod refused;
mod write;

pub use self::check::RecordFault;
pub(crate) use self::head::head_of;
pub use self::head::{FrameHead, KINDS, peek};
pub use self::options::FrameOptions;
pub use self::out_frame::OutFrame;
pub(crate) use self::read::check_records;
pub use self::read::{Unframed, Unframer};
pub use self::record::Record;
pub use self::refused::{Code, Refused};
pub use self::write::{FrameError, Framer};
