//! A small file that is one frame: it holds what was stored, or is refused.

use core::fmt;
use std::io::{self, Write as _};
use std::path::PathBuf;

use serde::Serialize;
use serde::de::DeserializeOwned;
use strictframe::{Decoder, Descriptor, Encoder, Limits, Publish, Registry};

use super::error::TransportError;

/// A file of one JSON record of one schema.
#[derive(Clone, Debug)]
pub(crate) struct FrameFile {
    path: PathBuf,
    schema: Descriptor,
    limits: Limits,
}

impl FrameFile {
    pub(crate) const fn new(path: PathBuf, schema: Descriptor, limits: Limits) -> Self {
        Self { path, schema, limits }
    }

    /// What was stored; nothing when there is no file.
    pub(crate) fn load<T: DeserializeOwned>(&self) -> Result<Option<T>, TransportError> {
        let bytes = match std::fs::read(&self.path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => {
                let doing = format_args!("reading {}", self.path.display());
                return Err(TransportError::io(doing, &error));
            }
            Ok(bytes) => bytes,
        };
        let registry = Registry::new().with_schema(&self.schema);
        let registry = registry.map_err(|error| self.refused(&error))?;
        let mut decoder = Decoder::builder(registry).limits(self.limits).build();
        let decoded = decoder.decode(&bytes).map_err(|error| self.refused(&error))?;
        serde_json::from_slice(decoded.payload).map(Some).map_err(|error| self.refused(&error))
    }

    /// Takes the place of what was stored before, durably and all at once.
    pub(crate) fn store(&self, value: &impl Serialize) -> Result<(), TransportError> {
        self.write(&self.frame(value)?).map_err(|error| {
            TransportError::io(format_args!("writing {}", self.path.display()), &error)
        })
    }

    /// The frame that would be stored, for those who have their own way of writing it.
    pub(crate) fn frame(&self, value: &impl Serialize) -> Result<Vec<u8>, TransportError> {
        let json = serde_json::to_vec(value).map_err(|error| self.refused(&error))?;
        let mut frame = Vec::new();
        let encoder = Encoder::builder(&self.schema).limits(self.limits).build();
        let encoded = encoder.and_then(|mut encoder| encoder.encode(&json, &mut frame));
        encoded.map_err(|error| self.refused(&error))?;
        Ok(frame)
    }

    fn write(&self, frame: &[u8]) -> io::Result<()> {
        let mut file = Publish::create(&self.path)?;
        file.write_all(frame)?;
        file.commit()
    }

    fn refused(&self, error: &dyn fmt::Display) -> TransportError {
        let (path, name) = (self.path.display(), self.schema.name());
        let message = format!("{path} holds no {name}: {error}; move it away to begin anew");
        TransportError::permanent("FileRefused", message)
    }
}
