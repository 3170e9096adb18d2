//! Sizes: bytes per record with everything counted, as parts of the raw bytes. The same at every run.

use serde::Serialize;
use strictframe::{CompressionPolicy, Dictionary, Encoder, Limits};

use crate::Fault;
use crate::contestant::Contestant as _;
use crate::contestants::{DashStream, schema};
use crate::corpus::{Corpus, Form, Record};

/// What is left of one form of a corpus.
#[derive(Clone, Debug, Serialize)]
pub struct Sizes {
    /// The corpus.
    pub corpus: String,
    /// The form's name.
    pub form: &'static str,
    /// Raw bytes per record.
    pub raw: f64,
    /// Each on its own, as it is.
    pub plain: f64,
    /// Each on its own, compressed.
    pub single: f64,
    /// Each on its own, compressed with a dictionary of other tasks.
    pub dictionary: f64,
    /// A hundred in a batch, compressed.
    pub batch: f64,
    /// A hundred in a batch, compressed with that dictionary.
    pub batch_dictionary: f64,
    /// In the framing of today, which carries protobuf alone.
    pub today: Option<f64>,
}

impl Sizes {
    /// The parts by their names.
    #[must_use]
    pub const fn parts(&self) -> [(&'static str, f64); 5] {
        [
            ("plain", self.plain),
            ("zstd", self.single),
            ("zstd, dictionary", self.dictionary),
            ("zstd, batches of 100", self.batch),
            ("zstd, dictionary, batches of 100", self.batch_dictionary),
        ]
    }
}

/// Measures a corpus in one form under a policy. Every record is counted once: each half of the tasks with a dictionary of the other half.
///
/// # Errors
/// When a dictionary cannot be trained or a record not be encoded.
pub fn measure(corpus: &Corpus, form: Form, policy: &CompressionPolicy) -> Result<Sizes, Fault> {
    let mut sums = [0_usize; 5];
    for (half, other) in trained(corpus, form)? {
        let dictionary = Some(&other);
        let encoders = [
            (None, 1, false),
            (None, 1, true),
            (dictionary, 1, true),
            (None, BATCH, true),
            (dictionary, BATCH, true),
        ];
        for (sum, (dictionary, count, is_compressed)) in sums.iter_mut().zip(encoders) {
            let none = CompressionPolicy::new(strictframe::CodecChoice::None);
            let policy = if is_compressed { policy } else { &none };
            *sum += encoded_len(&half, form, policy, dictionary, count)?;
        }
    }
    let raw: usize = corpus.records.iter().map(|record| record.form(form).len()).sum();
    let today = match form {
        Form::Protobuf => Some(today_len(&corpus.records)? as f64 / raw as f64),
        Form::Json => None,
    };
    let [plain, single, dictionary, batch, batch_dictionary] =
        sums.map(|sum| sum as f64 / raw as f64);
    Ok(Sizes {
        corpus: corpus.label(),
        form: form.name(),
        raw: raw as f64 / corpus.records.len() as f64,
        plain,
        single,
        dictionary,
        batch,
        batch_dictionary,
        today,
    })
}

/// Each half of the tasks beside a dictionary of 64 KiB of the other half; content alone where there is too little to train on.
///
/// # Errors
/// When there is nothing to make a dictionary of.
pub fn trained(corpus: &Corpus, form: Form) -> Result<[(Vec<&Record>, Dictionary); 2], Fault> {
    let [even, odd] = corpus.halves();
    let (of_even, of_odd) = (dictionary(&even, form)?, dictionary(&odd, form)?);
    Ok([(even, of_odd), (odd, of_even)])
}

/// What is left in batches of a hundred under the preset `small`, each half of the tasks with up to 1 MiB of the other half's records, as they are, for a dictionary.
///
/// # Errors
/// When a record cannot be encoded.
pub fn smallest(corpus: &Corpus, form: Form) -> Result<f64, Fault> {
    let policy = CompressionPolicy::small();
    let [even, odd] = corpus.halves();
    let (mut len, mut raw) = (0, 0);
    for (half, other) in [(&even, &odd), (&odd, &even)] {
        let content: Vec<u8> = other.iter().flat_map(|record| record.form(form)).copied().collect();
        let latest = content.len().saturating_sub(Dictionary::MAX_LEN);
        let dictionary = Dictionary::new(content.get(latest..).unwrap_or_default())?;
        len += encoded_len(half, form, &policy, Some(&dictionary), BATCH)?;
        raw += half.iter().map(|record| record.form(form).len()).sum::<usize>();
    }
    Ok(len as f64 / raw as f64)
}

fn dictionary(records: &[&Record], form: Form) -> Result<Dictionary, Fault> {
    let samples: Vec<&[u8]> = records.iter().map(|record| record.form(form)).collect();
    if samples.len() >= FEWEST {
        return Ok(Dictionary::train(&samples, DICTIONARY_LEN)?);
    }
    let content: Vec<u8> = samples.concat().into_iter().take(DICTIONARY_LEN).collect();
    Ok(Dictionary::new(content)?)
}

/// The length of the frames of these records, `count` in each.
fn encoded_len(
    records: &[&Record],
    form: Form,
    policy: &CompressionPolicy,
    dictionary: Option<&Dictionary>,
    count: usize,
) -> Result<usize, Fault> {
    let mut builder =
        Encoder::builder(schema()?.key()).policy(policy.clone()).limits(Limits::MAXIMUM);
    if let Some(dictionary) = dictionary {
        builder = builder.dictionary(dictionary.clone());
    }
    let mut encoder = builder.build()?;
    let (mut out, mut len) = (Vec::new(), 0);
    let forms: Vec<&[u8]> = records.iter().map(|record| record.form(form)).collect();
    for records in forms.chunks(count) {
        out.clear();
        len += match records {
            [record] if count == 1 => encoder.encode(record, &mut out)?,
            _ => encoder.encode_batch(records, &[], &mut out)?,
        };
    }
    Ok(len)
}

fn today_len(records: &[Record]) -> Result<usize, Fault> {
    let (mut out, mut len) = (Vec::new(), 0);
    for record in records {
        out.clear();
        DashStream.encode(core::slice::from_ref(record), &mut out)?;
        len += out.len();
    }
    Ok(len)
}

/// Records in a batch.
pub const BATCH: usize = 100;
/// The dictionary's length in bytes.
pub const DICTIONARY_LEN: usize = 64 << 10;
/// With fewer samples Zstandard cannot train.
const FEWEST: usize = 100;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn made_records_keep_within_the_bounds_of_the_real_ones() {
        let corpus = Corpus::made_agent_runs();
        for form in Form::ALL {
            let sizes = measure(&corpus, form, &CompressionPolicy::default()).unwrap();
            assert!(sizes.dictionary < sizes.single && sizes.single < sizes.plain, "{sizes:?}");
            assert!(sizes.batch_dictionary <= sizes.batch, "{sizes:?}");
            assert!((sizes.plain - 1.0 - 32.0 / sizes.raw).abs() < 1e-9, "{sizes:?}");
        }
    }
}
