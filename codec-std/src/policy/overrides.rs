//! What is different for the schemas of some names.

use serde::{Deserialize, Deserializer, Serialize};
use wildmatch::WildMatch;

use super::object::object;
use super::{Adaptive, BatchLimits, CodecChoice, CompressionPolicy, DictionaryChoice, PolicyError};

/// Fields of a policy that are different for some schemas.
///
/// A field that is left out is as in the policy around it. One that says `codec` or `level` and nothing of `adaptive` ends the adaptive mode of that policy,
/// since the ladder would decide otherwise.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[serde(remote = "Self", deny_unknown_fields)]
#[non_exhaustive]
pub struct Override {
    /// The schemas, by their fully-qualified names: `*` stands for any characters, none included, and `?` for one.
    #[cfg_attr(feature = "schemars", schemars(length(min = 1)))]
    pub schema: String,
    /// As in the policy.
    #[serde(default, deserialize_with = "said", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schemars", schemars(with = "CodecChoice"))]
    pub codec: Option<CodecChoice>,
    /// As in the policy.
    #[serde(default, deserialize_with = "said", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schemars", schemars(with = "i32", range(min = -131_072, max = 22)))]
    pub level: Option<i32>,
    /// As in the policy.
    #[serde(default, deserialize_with = "said", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schemars", schemars(with = "u32"))]
    pub smallest_size: Option<u32>,
    /// As in the policy.
    #[serde(default, deserialize_with = "said", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(
        feature = "schemars",
        schemars(with = "f64", extend("minimum" = 0.0, "exclusiveMaximum" = 1.0))
    )]
    pub least_gain: Option<f64>,
    /// As in the policy; `null` (inside, nothing) takes the policy's dictionary away.
    #[serde(default, deserialize_with = "said", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schemars", schemars(with = "Option<DictionaryChoice>"))]
    pub dictionary: Option<Option<DictionaryChoice>>,
    /// As in the policy; a limit that it leaves out has its default, and `null` (inside, nothing) makes each record a frame.
    #[serde(default, deserialize_with = "said", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schemars", schemars(with = "Option<BatchLimits>"))]
    pub batch: Option<Option<BatchLimits>>,
    /// As in the policy; `null` (inside, nothing) ends the policy's adaptive mode.
    #[serde(default, deserialize_with = "said", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schemars", schemars(with = "Option<Adaptive>"))]
    pub adaptive: Option<Option<Adaptive>>,
}

impl Override {
    /// Nothing different yet for these schemas.
    #[must_use]
    pub fn new(schema: impl Into<String>) -> Self {
        Self { schema: schema.into(), ..Self::default() }
    }

    pub(super) fn check(&self) -> Result<(), PolicyError> {
        if self.schema.is_empty() {
            let expected = "a name, in which * stands for any characters and ? for one";
            return Err(PolicyError::new("/schema", expected));
        }
        // What it leaves out is in range by itself.
        self.apply(CompressionPolicy::default()).check()
    }

    pub(super) fn matches(&self, name: &str) -> bool {
        WildMatch::new(&self.schema).matches(name)
    }

    /// The policy with what is different.
    pub(super) fn apply(&self, mut policy: CompressionPolicy) -> CompressionPolicy {
        if self.codec.is_some() || self.level.is_some() {
            policy.adaptive = None;
        }
        replace(&mut policy.codec, &self.codec);
        replace(&mut policy.level, &self.level);
        replace(&mut policy.smallest_size, &self.smallest_size);
        replace(&mut policy.least_gain, &self.least_gain);
        replace(&mut policy.dictionary, &self.dictionary);
        replace(&mut policy.batch, &self.batch);
        replace(&mut policy.adaptive, &self.adaptive);
        policy
    }
}

object!(Override);

fn replace<T: Clone>(field: &mut T, said: &Option<T>) {
    if let Some(said) = said {
        field.clone_from(said);
    }
}

/// A field that is there, `null` being a value like another.
fn said<'de, T: Deserialize<'de>, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<T>, D::Error> {
    T::deserialize(deserializer).map(Some)
}
