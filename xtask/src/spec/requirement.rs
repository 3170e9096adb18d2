//! The numbered requirements of SPEC.md.

use core::fmt;

use super::Finding;
use super::tree::{SPEC, Tree};

/// The number of a clause: `FRM-12`.
#[derive(Clone, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(crate) struct Id {
    pub(crate) prefix: String,
    pub(crate) number: u32,
}

impl Id {
    /// Capital letters, a hyphen, a number from 1 without leading zeros.
    pub(crate) fn read(text: &str) -> Option<Self> {
        let (prefix, digits) = text.split_once('-')?;
        let letters = !prefix.is_empty() && prefix.bytes().all(|byte| byte.is_ascii_uppercase());
        let plain = digits.bytes().all(|byte| byte.is_ascii_digit()) && !digits.starts_with('0');
        let number = digits.parse().ok()?;
        (letters && plain).then(|| Self { prefix: prefix.to_owned(), number })
    }
}

impl fmt::Display for Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}", self.prefix, self.number)
    }
}

/// One paragraph of SPEC.md that begins `**[ID]** (classes)`.
#[derive(Debug)]
pub(crate) struct Requirement {
    pub(crate) classes: Vec<String>,
    pub(crate) id: Id,
    /// The line of its first word.
    pub(crate) line: usize,
    /// All that follows the classes, on one line.
    pub(crate) text: String,
    pub(crate) vectors: Vectors,
}

/// The `Vector:` part at the end of a requirement.
#[derive(Debug, Eq, PartialEq)]
pub(crate) enum Vectors {
    Absent,
    Named(Vec<String>),
    /// `Vector: none (reason).`
    None,
    Unreadable,
}

impl Requirement {
    /// Whether it uses a word that leaves no choice.
    pub(crate) fn binds(&self) -> bool {
        words(&self.text).any(|word| BINDING.contains(&word))
    }

    /// Whether it uses any BCP 14 word.
    pub(crate) fn is_normative(&self) -> bool {
        words(&self.text).any(|word| BINDING.contains(&word) || CHOICE.contains(&word))
    }

    /// Whether somebody who reads bytes must meet it.
    pub(crate) fn is_for_readers(&self) -> bool {
        self.classes.iter().any(|class| READERS.contains(&class.as_str()))
    }
}

/// Every requirement of SPEC.md in its order; what looks like one and is none is a finding.
pub(crate) fn all(tree: &Tree, findings: &mut Vec<Finding>) -> Vec<Requirement> {
    let mut requirements = Vec::new();
    for (line, paragraph) in paragraphs(tree.text(SPEC)) {
        let marks = paragraph.matches("**[").count();
        if marks == 0 {
            continue;
        }
        match read(line, &paragraph) {
            Some(requirement) if marks == 1 => requirements.push(requirement),
            Some(_) => findings.push(Finding::new(SPEC, line, "two requirements in one paragraph")),
            None => findings.push(Finding::new(SPEC, line, "a requirement that cannot be read")),
        }
    }
    requirements
}

/// Runs of lines between blank ones, outside fenced blocks, each with its first line's number.
fn paragraphs(text: &str) -> Vec<(usize, String)> {
    let mut all = Vec::new();
    let mut current: Option<(usize, String)> = None;
    let mut fenced = false;
    for (index, line) in text.lines().enumerate() {
        let line = line.trim();
        let fence = line.starts_with("```");
        fenced ^= fence;
        if fenced || fence || line.is_empty() {
            all.extend(current.take());
            continue;
        }
        let (_, text) = current.get_or_insert_with(|| (index.saturating_add(1), String::new()));
        if !text.is_empty() {
            text.push(' ');
        }
        text.push_str(line);
    }
    all.extend(current);
    all
}

fn read(line: usize, paragraph: &str) -> Option<Requirement> {
    let rest = paragraph.strip_prefix("**[")?;
    let (id, rest) = rest.split_once("]** (")?;
    let (classes, text) = rest.split_once(')')?;
    let classes: Vec<String> = classes.split(',').map(|class| class.trim().to_owned()).collect();
    let known = classes.iter().all(|class| CLASSES.contains(&class.as_str()));
    let vectors = read_vectors(text);
    let text = text.trim().to_owned();
    known.then_some(Requirement { classes, id: Id::read(id)?, line, text, vectors })
}

fn read_vectors(text: &str) -> Vectors {
    let Some((_, part)) = text.split_once("Vector:") else {
        return if text.contains("Vectors:") { Vectors::Unreadable } else { Vectors::Absent };
    };
    let Some(part) = part.trim().strip_suffix('.') else { return Vectors::Unreadable };
    if let Some(reason) = part.strip_prefix("none") {
        let reason = reason.trim().strip_prefix('(').and_then(|text| text.strip_suffix(')'));
        return if reason.is_some_and(|text| !text.trim().is_empty()) {
            Vectors::None
        } else {
            Vectors::Unreadable
        };
    }
    let names = part.split(',').map(|name| name.trim().strip_prefix('`')?.strip_suffix('`'));
    names
        .map(|name| name.map(str::to_owned))
        .collect::<Option<_>>()
        .map_or(Vectors::Unreadable, Vectors::Named)
}

/// The words outside code spans.
fn words(text: &str) -> impl Iterator<Item = &str> {
    let prose = text.split('`').step_by(2);
    prose.flat_map(|part| part.split(|c: char| !c.is_alphanumeric()))
}

const BINDING: [&str; 3] = ["MUST", "REQUIRED", "SHALL"];

const CHOICE: [&str; 4] = ["MAY", "OPTIONAL", "RECOMMENDED", "SHOULD"];

const CLASSES: [&str; 6] =
    ["encoder", "decoder", "relay", "stream reader", "recovery tool", "typed decoder"];

/// The classes whose requirements a vector can show.
const READERS: [&str; 4] = ["decoder", "stream reader", "recovery tool", "typed decoder"];

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> (Vec<Requirement>, Vec<Finding>) {
        let mut findings = Vec::new();
        let requirements = all(&Tree::from([(SPEC, text)]), &mut findings);
        (requirements, findings)
    }

    #[test]
    fn a_requirement_runs_from_its_number_to_the_blank_line() {
        let (found, findings) = parse(
            "# Title\n\n**[FRM-12]** (decoder, stream reader) A reader MUST\nrefuse it. \
             Vector: `invalid/a`,\n`invalid/b`.\n\nNot part of it MUST.\n",
        );
        assert_eq!(findings, []);
        let [only] = found.as_slice() else { panic!("{found:?}") };
        assert_eq!(only.id.to_string(), "FRM-12");
        assert_eq!(only.line, 3);
        assert_eq!(only.classes, ["decoder", "stream reader"]);
        let expected = Vectors::Named(vec!["invalid/a".to_owned(), "invalid/b".to_owned()]);
        assert_eq!(only.vectors, expected);
        assert!(only.binds() && only.is_for_readers() && !only.text.contains("Not part"));
    }

    #[test]
    fn fenced_blocks_hold_no_requirements() {
        let (found, findings) = parse("```\n**[FRM-1]** (decoder) MUST\n```\n");
        assert!(found.is_empty() && findings.is_empty());
    }

    #[test]
    fn what_only_looks_like_a_requirement_is_found() {
        for text in [
            "**[FRM1]** (decoder) MUST.",
            "**[FRM-01]** (decoder) MUST.",
            "**[FRM-1]** (reader) MUST.",
            "**[FRM-1]** MUST.",
            "- **[FRM-1]** (decoder) MUST.",
        ] {
            let (found, findings) = parse(text);
            assert!(found.is_empty(), "{text}");
            assert_eq!(findings, [Finding::new(SPEC, 1, "a requirement that cannot be read")]);
        }
    }

    #[test]
    fn two_numbers_in_one_paragraph_are_found() {
        let (_, findings) = parse("**[A-1]** (decoder) MUST.\n**[A-2]** (decoder) MUST.");
        assert_eq!(findings, [Finding::new(SPEC, 1, "two requirements in one paragraph")]);
    }

    #[test]
    fn binding_words_count_outside_code_only() {
        let (found, _) =
            parse("**[A-1]** (encoder) It MAY write `MUST`.\n\n**[A-2]** (relay) It MUSTER.");
        assert!(found[0].is_normative() && !found[0].binds());
        assert!(!found[1].is_normative());
    }

    #[test]
    fn the_vector_part_is_names_or_a_reason() {
        let vectors =
            |text: &str| parse(&format!("**[A-1]** (decoder) MUST. {text}")).0.remove(0).vectors;
        assert_eq!(vectors(""), Vectors::Absent);
        assert_eq!(vectors("Vector: none (it frees memory)."), Vectors::None);
        assert_eq!(vectors("Vector: `valid/a`."), Vectors::Named(vec!["valid/a".to_owned()]));
        for text in
            ["Vector: none.", "Vector: none ().", "Vector: a.", "Vector: `a`", "Vectors: `a`."]
        {
            assert_eq!(vectors(text), Vectors::Unreadable, "{text}");
        }
    }
}
