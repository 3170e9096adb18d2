//! Why a build script has no types: what is wrong, and the command that mends it.

use alloc::string::String;
use core::fmt;

/// What is wrong.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum BuildErrorKind {
    /// A `.proto` file does not compile.
    Compile,
    /// prost makes no Rust of what was compiled.
    Generate,
    /// The lock cannot be read, or is not what it says.
    Lock,
    /// There is no lock.
    LockMissing,
    /// A schema is not what its newest version in the lock says.
    LockOutdated,
    /// Two schemas would have constants of one name.
    NameTwice,
    /// A schema that was asked for is not in the lock.
    NotLocked,
    /// A message has no canonical descriptor.
    Schema,
    /// The result cannot be written.
    Write,
}

impl BuildErrorKind {
    /// The number of the registry; printed as `SF-` and four digits.
    #[must_use]
    pub const fn code(self) -> u16 {
        match self {
            Self::Compile | Self::Generate | Self::NameTwice | Self::Schema => 803,
            Self::Lock => 805,
            Self::LockMissing | Self::LockOutdated | Self::NotLocked => 807,
            Self::Write => 906,
        }
    }
}

/// A build without types. Both of its forms, for people and for debugging, say the same: a build script that ends with it prints the latter.
#[derive(Clone, Eq, PartialEq)]
pub struct BuildError {
    kind: BuildErrorKind,
    message: String,
    help: String,
}

impl BuildError {
    pub(super) fn new(
        kind: BuildErrorKind,
        message: impl Into<String>,
        help: impl Into<String>,
    ) -> Self {
        Self { kind, message: message.into(), help: help.into() }
    }

    /// What is wrong.
    #[must_use]
    pub const fn kind(&self) -> BuildErrorKind {
        self.kind
    }

    /// How to mend it: one sentence, with the command where there is one.
    #[must_use]
    pub fn help(&self) -> &str {
        &self.help
    }
}

impl fmt::Display for BuildError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SF-{:04}: {}\n  help: {}", self.kind.code(), self.message, self.help)
    }
}

impl fmt::Debug for BuildError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl core::error::Error for BuildError {}
