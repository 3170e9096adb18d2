//! What a reader gets.

use core::error::Error;
use core::fmt;

use std::sync::Arc;

/// What comes next in a stream.
#[derive(Debug)]
#[non_exhaustive]
pub enum StreamItem<T> {
    /// The last writer went without saying that this was the end: its node panicked, or was cancelled. Nothing comes after it.
    Abandoned,
    /// All values were sent. Nothing comes after it.
    End,
    /// A writer said that it failed. Nothing comes after it.
    Failed(Failure),
    /// Values that were sent here and that this reader does not get, because of the policy of the stream.
    Missed {
        /// How many.
        count: u64,
    },
    /// A value, which readers share.
    Value(Arc<T>),
}

impl<T> StreamItem<T> {
    /// The value, where it is one.
    #[must_use]
    pub fn value(self) -> Option<Arc<T>> {
        match self {
            Self::Value(value) => Some(value),
            _ => None,
        }
    }

    /// Whether nothing comes after it.
    #[must_use]
    pub const fn is_last(&self) -> bool {
        matches!(self, Self::Abandoned | Self::End | Self::Failed(_))
    }
}

// By hand: a copy shares the value, so that values need not be copied themselves.
impl<T> Clone for StreamItem<T> {
    fn clone(&self) -> Self {
        match self {
            Self::Abandoned => Self::Abandoned,
            Self::End => Self::End,
            Self::Failed(failure) => Self::Failed(failure.clone()),
            Self::Missed { count } => Self::Missed { count: *count },
            Self::Value(value) => Self::Value(Arc::clone(value)),
        }
    }
}

/// The error that a stream ended with. Every reader gets the same one.
#[derive(Clone)]
pub struct Failure(Arc<dyn Error + Send + Sync>);

impl Failure {
    pub(super) fn new(error: Box<dyn Error + Send + Sync>) -> Self {
        Self(error.into())
    }

    /// The error itself, which may be asked what it is.
    #[must_use]
    pub fn error(&self) -> &(dyn Error + Send + Sync + 'static) {
        &*self.0
    }
}

impl fmt::Debug for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.0, f)
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

impl Error for Failure {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.0.source()
    }
}
