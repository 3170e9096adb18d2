//! How payloads are compressed, as plain data. Nothing of it is needed to decode.

use std::collections::BTreeSet;
use std::path::Path;

use serde::{Deserialize, Serialize};

mod adaptive;
mod batch;
mod dictionary;
mod error;
mod governor;
mod object;
mod overrides;
mod presets;

pub use self::adaptive::{Adaptive, AdaptiveStatus, Rung};
pub use self::batch::BatchLimits;
pub use self::dictionary::DictionaryChoice;
pub use self::error::PolicyError;
pub use self::overrides::Override;

pub(crate) use self::governor::{Governor, State};

use self::object::object;
use crate::dictionary::Dictionary;

/// Which codec an encoder tries.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum CodecChoice {
    /// Zstandard with a dictionary, and for payloads of 512 bytes and more; LZ4 for shorter ones without a dictionary, where Zstandard takes several times as
    /// long for the little that it saves more.
    #[default]
    Auto,
    /// Store payloads as they are.
    None,
    /// The LZ4 block format.
    Lz4,
    /// Zstandard.
    Zstd,
}

/// What an encoder compresses, how hard it tries, and when it leaves a payload alone.
///
/// Plain data: it can be written out, compared and kept beside a deployment, and no reader needs it. As JSON every field may be left out and then has its
/// default; a field of another name is an error. A policy is checked when an encoder is built with it ([`CompressionPolicy::check`]), and what is wrong is
/// named by its place and by what was expected there.
///
/// ```
/// use strictframe::{CodecChoice, CompressionPolicy};
///
/// let policy = CompressionPolicy::from_json(
///     br#"{"level": 1, "overrides": [{"schema": "shop.*", "codec": "lz4"}]}"#,
/// )?;
/// assert_eq!(policy.for_schema("shop.Order").codec, CodecChoice::Lz4);
/// assert_eq!(policy.for_schema("chat.Message").level, 1);
///
/// let error = CompressionPolicy::from_json(br#"{"level": 99}"#).unwrap_err();
/// assert_eq!((error.pointer.as_str(), error.expected.as_str()), ("/level", "-131072..=22"));
/// # Ok::<(), strictframe::PolicyError>(())
/// ```
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[cfg_attr(
    feature = "schemars",
    derive(schemars::JsonSchema),
    schemars(
        description = "What an encoder compresses, how hard it tries, and when it leaves a payload alone. Every field may be left out and then has its default."
    )
)]
#[serde(remote = "Self", default, deny_unknown_fields)]
#[non_exhaustive]
pub struct CompressionPolicy {
    /// The codec. Default: `auto`.
    pub codec: CodecChoice,
    /// The level for Zstandard, -131072..=22; 0 is the library's default. LZ4 has no levels. Default: 3.
    #[cfg_attr(feature = "schemars", schemars(range(min = -131_072, max = 22)))]
    pub level: i32,
    /// The smallest payload worth trying, in bytes. Default: 64.
    pub smallest_size: u32,
    /// The least part of a payload that compression must save to be kept, 0.0 or more and below 1.0. Default: 0.0, which keeps whatever the format allows.
    #[cfg_attr(
        feature = "schemars",
        schemars(extend("minimum" = 0.0, "exclusiveMaximum" = 1.0))
    )]
    pub least_gain: f64,
    /// The dictionary to compress with. Default: none but the one that the encoder's builder is given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub dictionary: Option<DictionaryChoice>,
    /// Gathers records into batches, and says when one is complete. Default: none, so that each record is a frame.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub batch: Option<BatchLimits>,
    /// Keeps within a share of one core. The ladder then says what is compressed with, unless `codec` is `none`. Default: not adaptive.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub adaptive: Option<Adaptive>,
    /// What is different for some schemas; the first one that matches counts. Default: nothing.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub overrides: Vec<Override>,
}

impl CompressionPolicy {
    /// A policy with that codec and defaults otherwise.
    #[must_use]
    pub fn new(codec: CodecChoice) -> Self {
        Self { codec, ..Self::default() }
    }

    /// The policy that stands in a JSON text, checked.
    ///
    /// # Errors
    /// [`PolicyError`] naming the field and what was expected there.
    pub fn from_json(json: &[u8]) -> Result<Self, PolicyError> {
        let mut text = serde_json::Deserializer::from_slice(json);
        let policy: Self = serde_path_to_error::deserialize(&mut text)
            .map_err(|error| PolicyError::parsed(json, &error))?;
        text.end().map_err(|error| PolicyError::new("", format!("one JSON object; {error}")))?;
        policy.check()?;
        Ok(policy)
    }

    /// The same policy with another level.
    #[must_use]
    pub fn with_level(self, level: i32) -> Self {
        Self { level, ..self }
    }

    /// The same policy, in which relative paths of dictionaries lead from this folder and not from the current one.
    #[must_use]
    pub fn with_paths_from(mut self, folder: &Path) -> Self {
        let overridden = self.overrides.iter_mut().filter_map(|rule| rule.dictionary.as_mut());
        for choice in overridden.flatten().chain(&mut self.dictionary) {
            choice.lead_from(folder);
        }
        self
    }

    /// Refuses values out of range.
    ///
    /// # Errors
    /// [`PolicyError`] naming the field and what was expected there.
    pub fn check(&self) -> Result<(), PolicyError> {
        check_level(self.level)?;
        if !(0.0..1.0).contains(&self.least_gain) {
            return Err(PolicyError::new("/least_gain", "0.0 or more and below 1.0"));
        }
        if let Some(batch) = &self.batch {
            batch.check().map_err(|error| error.below("/batch"))?;
        }
        if let Some(adaptive) = &self.adaptive {
            adaptive.check().map_err(|error| error.below("/adaptive"))?;
        }
        for (index, rule) in self.overrides.iter().enumerate() {
            rule.check().map_err(|error| error.below(&format!("/overrides/{index}")))?;
        }
        Ok(())
    }

    /// The policy as it is for the schema of that fully-qualified name: without overrides, after the first of them that matches.
    #[must_use]
    pub fn for_schema(&self, name: &str) -> Self {
        let policy = Self { overrides: Vec::new(), ..self.clone() };
        match self.override_of(name) {
            Some((_, rule)) => rule.apply(policy),
            None => policy,
        }
    }

    /// The dictionary that the policy names, if it does, for the schema of that name.
    pub(crate) fn find_dictionary(
        &self,
        name: Option<&str>,
        at_hand: &[Dictionary],
    ) -> Result<Option<Dictionary>, PolicyError> {
        let overridden = name.and_then(|name| self.override_of(name)).and_then(|(index, rule)| {
            Some((format!("/overrides/{index}/dictionary"), rule.dictionary.as_ref()?))
        });
        let (pointer, choice) =
            overridden.unwrap_or_else(|| ("/dictionary".to_owned(), &self.dictionary));
        let found = choice.as_ref().map(|choice| choice.resolve(at_hand)).transpose();
        found.map_err(|error| error.below(&pointer))
    }

    /// What it may compress with, its overrides left out: its own codec and level, or those of its ladder.
    pub(crate) fn rungs(&self) -> Vec<Rung> {
        match &self.adaptive {
            _ if self.codec == CodecChoice::None => Vec::new(),
            Some(adaptive) => adaptive.ladder.clone(),
            None => vec![Rung::new(self.codec, self.level)],
        }
    }

    /// The levels of Zstandard that it may compress with, its overrides included.
    pub(crate) fn levels(&self) -> BTreeSet<i32> {
        let overridden = self.overrides.iter().map(|rule| rule.apply(self.clone()));
        let rungs = overridden.chain([self.clone()]).flat_map(|policy| policy.rungs());
        let zstd = rungs.filter(|rung| matches!(rung.codec, CodecChoice::Auto | CodecChoice::Zstd));
        zstd.map(|rung| rung.level).collect()
    }

    /// The longest compressed form of a payload that is kept, or nothing when it is not worth trying.
    ///
    /// This is the policy's wish alone; what the format demands (SPEC BDY-3) comes on top.
    pub(crate) fn longest(&self, raw_len: usize) -> Option<usize> {
        if raw_len < usize::try_from(self.smallest_size).unwrap_or(usize::MAX) {
            return None;
        }
        #[allow(clippy::cast_precision_loss, reason = "payloads are below 2^26 bytes")]
        #[allow(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "0 <= x <= raw_len"
        )]
        let longest = (raw_len as f64 * (1.0 - self.least_gain)) as usize;
        Some(longest)
    }

    fn override_of(&self, name: &str) -> Option<(usize, &Override)> {
        self.overrides.iter().enumerate().find(|(_, rule)| rule.matches(name))
    }
}

impl Default for CompressionPolicy {
    fn default() -> Self {
        Self {
            codec: CodecChoice::Auto,
            level: 3,
            smallest_size: 64,
            least_gain: 0.0,
            dictionary: None,
            batch: None,
            adaptive: None,
            overrides: Vec::new(),
        }
    }
}

object!(CompressionPolicy);

fn check_level(level: i32) -> Result<(), PolicyError> {
    if (zstd_safe::min_c_level()..=zstd_safe::max_c_level()).contains(&level) {
        return Ok(());
    }
    Err(PolicyError::new("/level", "-131072..=22"))
}
