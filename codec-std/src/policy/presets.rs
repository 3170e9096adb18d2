//! Policies with a name, which are values like any other.

use super::{BatchLimits, CodecChoice, CompressionPolicy};

impl CompressionPolicy {
    /// The names that [`CompressionPolicy::preset`] knows.
    pub const PRESETS: [&str; 4] = ["fast", "balanced", "small", "off"];

    /// The policy of that name, spelt exactly so.
    #[must_use]
    pub fn preset(name: &str) -> Option<Self> {
        match name {
            "fast" => Some(Self::fast()),
            "balanced" => Some(Self::balanced()),
            "small" => Some(Self::small()),
            "off" => Some(Self::off()),
            _ => None,
        }
    }

    /// Little time: level -1, which takes half the time of level 3 where there is no dictionary.
    #[must_use]
    pub fn fast() -> Self {
        Self::default().with_level(-1)
    }

    /// The default: level 3, which with a dictionary takes little more time than any level below it.
    #[must_use]
    pub fn balanced() -> Self {
        Self::default()
    }

    /// Few bytes: level 12, above which there is next to nothing to gain, and batches of up to 1 MiB, 1000 records and a second.
    #[must_use]
    pub fn small() -> Self {
        let batch = BatchLimits { bytes: 1 << 20, count: 1000, time_ms: 1000 };
        Self { batch: Some(batch), ..Self::default().with_level(12) }
    }

    /// No compression.
    #[must_use]
    pub fn off() -> Self {
        Self::new(CodecChoice::None)
    }
}
