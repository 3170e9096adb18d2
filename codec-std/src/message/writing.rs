//! Typed messages into frames.

use strictframe_core::Extension;

use super::{KnownSchema, Schema};
use crate::encoder::{Encoder, EncoderBuilder};
use crate::error::EncodeError;

impl Encoder {
    /// Appends one MESSAGE frame of a typed message to `out` and gives its length in bytes. Once warm it allocates nothing.
    ///
    /// # Errors
    /// [`EncodeError::MessageMismatch`] when the encoder was made for another schema, [`EncodeError::MessageRefused`] for a message that its own reader
    /// would refuse, and as [`Encoder::encode`]; `out` is then as it was.
    pub fn encode_message<T: Schema>(
        &mut self,
        message: &T,
        out: &mut Vec<u8>,
    ) -> Result<usize, EncodeError> {
        self.encode_message_with(message, &[], out)
    }

    /// The same with extensions, in ascending order of type.
    ///
    /// # Errors
    /// As [`Encoder::encode_message`], and [`EncodeError::ExtensionRefused`].
    pub fn encode_message_with<T: Schema>(
        &mut self,
        message: &T,
        extensions: &[Extension<'_>],
        out: &mut Vec<u8>,
    ) -> Result<usize, EncodeError> {
        if T::SCHEMA.key() != self.key() {
            let refused = self.mismatch(T::SCHEMA);
            self.meter().not_encoded(&refused);
            return Err(refused);
        }
        let mut payloads = self.take_payloads();
        let written = match payloads.write(message) {
            Ok(payload) => self.encode_with(payload, extensions, out),
            Err(refused) => {
                let refused = EncodeError::MessageRefused(refused);
                self.meter().not_encoded(&refused);
                Err(refused)
            }
        };
        self.put_payloads(payloads);
        written
    }

    #[cold]
    fn mismatch(&self, schema: &KnownSchema) -> EncodeError {
        let (encoder, message) = (self.key(), Box::new(schema.into()));
        EncodeError::MessageMismatch { encoder, message }
    }
}

/// For the key of a type's schema, and under its name.
impl From<&KnownSchema> for EncoderBuilder {
    fn from(schema: &KnownSchema) -> Self {
        Self::from(schema.key()).name(schema.name())
    }
}
