//! What an encoder is made from.

use strictframe_core::{Limits, SchemaKey};
use strictframe_schema::Descriptor;

use super::Encoder;
use crate::compressor::Compressor;
use crate::dictionary::{Dictionary, PreparedDictionary};
use crate::error::EncodeError;
use crate::instruments::Meter;
use crate::message::Payloads;
use crate::pace::Pace;
use crate::policy::{CompressionPolicy, PolicyError};

/// What an encoder is made from.
#[derive(Clone, Debug)]
pub struct EncoderBuilder {
    key: SchemaKey,
    name: Option<String>,
    policy: CompressionPolicy,
    limits: Limits,
    dictionary: Option<Dictionary>,
    at_hand: Vec<Dictionary>,
}

impl EncoderBuilder {
    /// How payloads are compressed; [`CompressionPolicy::default`] unless said.
    #[must_use]
    pub fn policy(self, policy: CompressionPolicy) -> Self {
        Self { policy, ..self }
    }

    /// The dictionary to compress with, unless the policy names one.
    #[must_use]
    pub fn dictionary(self, dictionary: Dictionary) -> Self {
        Self { dictionary: Some(dictionary), ..self }
    }

    /// Dictionaries that the policy may name by their ids, such as those of [`Registry::dictionaries`](crate::Registry::dictionaries).
    #[must_use]
    pub fn dictionaries<'a>(
        mut self,
        dictionaries: impl IntoIterator<Item = &'a Dictionary>,
    ) -> Self {
        self.at_hand.extend(dictionaries.into_iter().cloned());
        self
    }

    /// The fully-qualified name of the schema, by which a policy's overrides are chosen.
    #[must_use]
    pub fn name(self, name: impl Into<String>) -> Self {
        Self { name: Some(name.into()), ..self }
    }

    /// The largest payload and body; [`Limits::DEFAULT`] unless said.
    #[must_use]
    pub fn limits(self, limits: Limits) -> Self {
        Self { limits, ..self }
    }

    /// The encoder.
    ///
    /// # Errors
    /// [`EncodeError::KeyRefused`] for a key that may not stand on a data frame, [`EncodeError::DictionaryRefused`] for a dictionary the codec cannot use,
    /// [`EncodeError::PolicyRefused`] for a policy out of range, one that names a dictionary which is not there, and one that has overrides where the schema's
    /// name was not given.
    pub fn build(self) -> Result<Encoder, EncodeError> {
        let (policy, dictionary) = self.settle().map_err(EncodeError::PolicyRefused)?;
        let Self { key, limits, .. } = self;
        // SPEC [FRM-9]: what a decoder would refuse is not written.
        key.check().map_err(|_| EncodeError::KeyRefused)?;
        let mut compressor = Compressor::new(&policy)?;
        if let (Some(compressor), Some(dictionary)) = (&mut compressor, dictionary) {
            compressor.switch(Some(PreparedDictionary::new(dictionary, &policy)?))?;
        }
        Ok(Encoder {
            key,
            pace: Pace::new(&policy),
            policy,
            limits,
            compressor,
            payload: Vec::new(),
            payloads: Payloads::new(),
            extensions: Vec::new(),
            stored: Vec::new(),
            meter: Meter::of_encoder(),
        })
    }

    /// The policy as it is for this schema, and the dictionary.
    fn settle(&self) -> Result<(CompressionPolicy, Option<Dictionary>), PolicyError> {
        self.policy.check()?;
        let name = self.name.as_deref();
        let policy = match name {
            Some(name) => self.policy.for_schema(name),
            None if self.policy.overrides.is_empty() => self.policy.clone(),
            None => {
                let expected = "no overrides where the encoder was not told the schema's name";
                return Err(PolicyError::new("/overrides", expected));
            }
        };
        let at_hand: Vec<_> = self.at_hand.iter().chain(&self.dictionary).cloned().collect();
        let named = self.policy.find_dictionary(name, &at_hand)?;
        Ok((policy, named.or_else(|| self.dictionary.clone())))
    }
}

impl From<SchemaKey> for EncoderBuilder {
    fn from(key: SchemaKey) -> Self {
        Self {
            key,
            name: None,
            policy: CompressionPolicy::default(),
            limits: Limits::DEFAULT,
            dictionary: None,
            at_hand: Vec::new(),
        }
    }
}

/// For the descriptor's key, and under its name.
impl From<&Descriptor> for EncoderBuilder {
    fn from(descriptor: &Descriptor) -> Self {
        Self::from(descriptor.key()).name(descriptor.name())
    }
}
