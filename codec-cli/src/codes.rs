//! Every error code with its cause, its clauses and its remedy.

mod frames;
mod streams;
mod writing;

/// One code of `spec/REGISTRY.md`.
pub(crate) struct Code {
    /// The number; printed as `SF-` and four digits.
    pub(crate) number: u16,
    /// The registry's name.
    pub(crate) name: &'static str,
    /// What it says, in a few words.
    pub(crate) summary: &'static str,
    /// How it comes about.
    pub(crate) cause: &'static str,
    /// The clauses of `spec/SPEC.md`.
    pub(crate) clauses: &'static [&'static str],
    /// What to do about it.
    pub(crate) remedy: &'static str,
}

/// All codes, in ascending order of their numbers.
pub(crate) fn all() -> impl Iterator<Item = &'static Code> {
    frames::CODES.iter().chain(streams::CODES).chain(writing::CODES)
}

/// The code with that number or name: `SF-0312`, `0312`, `312` or `HeaderCrc`, in any case.
pub(crate) fn find(wanted: &str) -> Option<&'static Code> {
    let number = number(wanted);
    all().find(|code| Some(code.number) == number || code.name.eq_ignore_ascii_case(wanted))
}

/// The names most like a wrong one, or the codes nearest to a wrong number; the best first.
pub(crate) fn nearest(wanted: &str) -> Vec<&'static Code> {
    let mut codes: Vec<_> = all().collect();
    match number(wanted) {
        Some(number) => codes.sort_by_key(|code| code.number.abs_diff(number)),
        None => {
            let wanted = wanted.to_ascii_lowercase();
            codes.sort_by_key(|code| strsim::osa_distance(&code.name.to_lowercase(), &wanted));
        }
    }
    codes.truncate(3);
    codes
}

fn number(text: &str) -> Option<u16> {
    let has_prefix = text.get(..3).is_some_and(|prefix| prefix.eq_ignore_ascii_case("SF-"));
    let digits = text.get(if has_prefix { 3 } else { 0 }..)?;
    digits.bytes().all(|byte| byte.is_ascii_digit()).then(|| digits.parse().ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    const REGISTRY: &str =
        include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/../spec/REGISTRY.md"));
    const SPEC: &str = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/../spec/SPEC.md"));

    /// Number and name of every row that begins with four digits.
    fn registry() -> Vec<(u16, String)> {
        let after = REGISTRY.split("## Errors").nth(1).unwrap();
        let row = |line: &str| {
            let mut cells = line.split('|').map(str::trim).skip(1);
            let number = cells.next().filter(|number| number.len() == 4)?.parse().ok()?;
            Some((number, cells.next()?.to_owned()))
        };
        after.lines().filter_map(row).collect()
    }

    #[test]
    fn the_codes_are_those_of_the_registry_by_their_numbers() {
        let ours: Vec<_> = all().map(|code| (code.number, code.name.to_owned())).collect();
        let mut registry = registry();
        // What an implementation adds of its own stands in a table behind.
        registry.sort();
        assert_eq!(ours, registry);
        assert!(ours.len() >= 46, "{}", ours.len());
    }

    #[test]
    fn every_kind_of_the_library_is_explained_in_its_own_words() {
        use strictframe::{CompressionPolicy, EncodeError, ErrorKind};
        let kinds = [
            ErrorKind::BadMagic { looks_like: None },
            ErrorKind::UnsupportedVersion,
            ErrorKind::Truncated { have: 0, need: 28 },
            ErrorKind::TrailingData,
            ErrorKind::BadKind,
            ErrorKind::BadCodec,
            ErrorKind::ReservedFlag,
            ErrorKind::KeyRule,
            ErrorKind::LimitExceeded { declared: 2, limit: 1 },
            ErrorKind::HeaderCrc,
            ErrorKind::FrameCrc,
            ErrorKind::RawCrc,
            ErrorKind::BodyStructure,
            ErrorKind::NonCanonicalCompression,
            ErrorKind::ExtensionError,
            ErrorKind::UnknownCritical,
            ErrorKind::UnexpectedKind,
            ErrorKind::BatchStructure,
            ErrorKind::UnknownSchema,
            ErrorKind::SchemaFork,
            ErrorKind::SchemaTooOld,
            ErrorKind::SchemaVersionUnknown,
            ErrorKind::SchemaForward,
            ErrorKind::SchemaTooNew,
            ErrorKind::SchemaOverstated,
            ErrorKind::UnknownDictionary,
            ErrorKind::CodecUnavailable,
            ErrorKind::CodecProfile,
            ErrorKind::Decompress,
            ErrorKind::DictionaryClash,
            ErrorKind::NotAStream,
            ErrorKind::StreamEdited,
            ErrorKind::Unterminated,
            ErrorKind::NoStreamId,
        ];
        let policy = CompressionPolicy::default().with_level(99).check().unwrap_err();
        let errors = [
            EncodeError::RecordTooLarge { len: 2, limit: 1 },
            EncodeError::BatchCount { count: 0 },
            EncodeError::ExtensionRefused { kind: None },
            EncodeError::KeyRefused,
            EncodeError::DictionaryRefused,
            EncodeError::OutputFull,
            EncodeError::CompressorFailed,
            EncodeError::StreamClosed,
            EncodeError::SchemaUndeclared,
            EncodeError::DictionaryUndeclared,
            EncodeError::PolicyRefused(policy),
        ];
        for kind in kinds {
            let code = find(kind.name()).unwrap();
            assert_eq!((code.number, code.summary), (kind.code(), kind.summary()));
            assert!(code.clauses.contains(&kind.clause()), "{}: {}", code.name, kind.clause());
        }
        for error in &errors {
            assert_eq!(find(error.name()).unwrap().number, error.code());
        }
        use strictframe_schema::payload::PayloadErrorKind;
        for kind in PayloadErrorKind::ALL {
            assert_eq!(find(kind.name()).unwrap().number, kind.code());
            assert!(SPEC.contains(&format!("**[{}]**", kind.clause())), "{}", kind.clause());
        }
        let key = strictframe::SchemaKey::ZERO;
        let message = Box::new(strictframe::message::NamedKey::from(key));
        let mismatch = EncodeError::MessageMismatch { encoder: key, message };
        assert_eq!(find(mismatch.name()).unwrap().number, mismatch.code());
        let batch = strictframe::MessageError::Batch { count: 2 };
        assert_eq!(find(batch.name()).unwrap().number, batch.code());
        // Those of 08xx are of payloads and schemas; two more are the command's own and the typed messages', three the npm package's.
        let own = all().filter(|code| code.number / 100 == 8).count() + 5;
        assert_eq!(kinds.len() + errors.len() + own, all().count());
    }

    #[test]
    fn every_clause_exists_and_every_text_is_a_sentence() {
        for code in all() {
            assert!(!code.clauses.is_empty(), "{}", code.name);
            for clause in code.clauses {
                assert!(SPEC.contains(&format!("**[{clause}]**")), "{}: {clause}", code.name);
            }
            for text in [code.cause, code.remedy] {
                assert!(text.ends_with('.') && text.len() > 30, "{}: {text}", code.name);
            }
        }
    }

    #[test]
    fn a_code_is_found_by_number_and_name_in_any_form() {
        for wanted in ["SF-0312", "sf-0312", "0312", "312", "HeaderCrc", "headercrc"] {
            assert_eq!(find(wanted).unwrap().name, "HeaderCrc");
        }
        for wanted in ["", "SF-", "SF-0", "9999", "Header", "-312", "+312", "\u{1F600}\u{1F600}"] {
            assert!(find(wanted).is_none(), "{wanted}");
        }
        assert_eq!(nearest("HeaderCRC32")[0].name, "HeaderCrc");
        assert_eq!(nearest("SF-0315")[0].name, "RawCrc");
    }
}
