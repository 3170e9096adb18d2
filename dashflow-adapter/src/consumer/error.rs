//! Why a consumer gives nothing more.

use core::fmt;

use super::item::Refusal;
use crate::transport::TransportError;

/// Why there is no next item.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum ConsumerError {
    /// A value was refused, and [`Action::Stop`](super::Action::Stop) is what was asked for then. It is the next one that a new consumer sees.
    Stopped(Box<Refusal>),
    /// The source; a later call goes on unless it is fatal.
    Transport(TransportError),
}

impl From<TransportError> for ConsumerError {
    fn from(error: TransportError) -> Self {
        Self::Transport(error)
    }
}

impl fmt::Display for ConsumerError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Stopped(refusal) => {
                let Refusal { position, refused, .. } = refusal.as_ref();
                write!(f, "stopped in front of {position}: {}: {refused}", refused.code())
            }
            Self::Transport(error) => error.fmt(f),
        }
    }
}

impl core::error::Error for ConsumerError {}
