//! The policies that are tried.

use strictframe::{
    BatchLimits, CodecChoice, CompressionPolicy, Dictionary, DictionaryChoice, DictionaryId, Limits,
};

use crate::terminal::thousands;

/// A policy, and the dictionary it compresses with.
#[derive(Clone)]
pub(super) struct Candidate {
    pub(super) policy: CompressionPolicy,
    pub(super) dictionary: Option<Dictionary>,
}

/// The dictionaries that are tried, each for the codec that can use it best.
pub(super) struct Dictionaries {
    /// With Zstandard's tables.
    zstd: Vec<Dictionary>,
    /// Raw content.
    lz4: Vec<Dictionary>,
}

impl Dictionaries {
    /// Trains one of every size for which there is enough to train on, of each kind.
    pub(super) fn train(records: &[&[u8]]) -> Self {
        let len: usize = records.iter().map(|record| record.len()).sum();
        let sizes = || SIZES.into_iter().filter(|size| size * LEAST_PER_SIZE <= len);
        // Records too alike give none; the policies without one are tried all the same.
        let mut zstd: Vec<_> =
            sizes().filter_map(|size| Dictionary::train(records, size).ok()).collect();
        let mut lz4: Vec<_> =
            sizes().filter_map(|size| Dictionary::train_raw(records, size).ok()).collect();
        zstd.dedup();
        lz4.dedup();
        Self { zstd, lz4 }
    }
}

/// Every codec and level, with every dictionary and without, in batches of every size up to `largest`.
pub(super) fn candidates(dictionaries: &Dictionaries, largest: u32) -> Vec<Candidate> {
    let none = (CompressionPolicy::new(CodecChoice::None), &[][..]);
    let lz4 = (CompressionPolicy::new(CodecChoice::Lz4), &dictionaries.lz4[..]);
    let zstd = LEVELS.map(|level| {
        (CompressionPolicy::new(CodecChoice::Zstd).with_level(level), &dictionaries.zstd[..])
    });
    let policies: Vec<_> = [none, lz4].into_iter().chain(zstd).collect();
    let mut candidates = Vec::new();
    for batch in BATCHES.into_iter().filter(|batch| *batch <= largest) {
        for (policy, dictionaries) in &policies {
            let with = dictionaries.iter().cloned().map(Some);
            let mut policy = policy.clone();
            policy.batch = (batch > 1).then(|| {
                let mut limits = BatchLimits::default();
                limits.count = batch;
                limits.bytes = Limits::DEFAULT.raw();
                limits
            });
            candidates.extend(
                core::iter::once(None)
                    .chain(with)
                    .map(|dictionary| Candidate { policy: policy.clone(), dictionary }),
            );
        }
    }
    candidates
}

impl Candidate {
    /// The most records of a frame; 1 for MESSAGE frames.
    pub(super) fn batch(&self) -> u32 {
        self.policy.batch.map_or(1, |limits| limits.count)
    }

    /// The policy as a file says it that has the dictionary beside it.
    pub(super) fn policy_file(&self) -> CompressionPolicy {
        let mut policy = self.policy.clone();
        let path = self.dictionary.as_ref().map(file_name);
        policy.dictionary = path.map(|path| DictionaryChoice::Path(path.into()));
        policy
    }

    /// The codec, and its level if it has any.
    pub(super) fn codec(&self) -> String {
        match self.policy.codec {
            CodecChoice::None => "none".to_owned(),
            CodecChoice::Lz4 => "lz4".to_owned(),
            _ => format!("zstd {}", self.policy.level),
        }
    }

    /// The codec, the dictionary and the batch in a few words.
    pub(super) fn worded(&self) -> String {
        let mut words = self.codec();
        if let Some(dictionary) = &self.dictionary {
            let len = size(dictionary.bytes().len());
            words += &format!(" with a dictionary of {len}");
        }
        match self.batch() {
            1 => words + ", messages alone",
            batch => words + &format!(", batches of {}", thousands(batch.into())),
        }
    }
}

/// Bytes in the unit that suits them.
pub(super) fn size(bytes: usize) -> String {
    match bytes {
        0..1024 => format!("{bytes} B"),
        1024..1_048_576 => format!("{:.0} KiB", bytes as f64 / 1024.0),
        _ => format!("{:.1} MiB", bytes as f64 / 1_048_576.0),
    }
}

/// The name of a dictionary's file.
pub(super) fn file_name(dictionary: &Dictionary) -> String {
    format!("{}.sfdict", DictionaryId(dictionary.id()))
}

/// The sizes of dictionary that are tried.
const SIZES: [usize; 4] = [4 << 10, 16 << 10, 64 << 10, 256 << 10];
/// A dictionary is trained when there is so many times its size to train on.
const LEAST_PER_SIZE: usize = 8;
/// The sizes of batch that are tried.
pub(super) const BATCHES: [u32; 4] = [1, 10, 100, 1000];
const LEVELS: [i32; 8] = [-10, -3, 1, 3, 6, 9, 13, 19];
