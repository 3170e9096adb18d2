//! The checks themselves, each a function from what was read to what is wrong.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::Finding;
use super::citation::{self, Citation};
use super::requirement::{self, Id, Requirement, Vectors};
use super::tree::{Role, SPEC, Tree, VECTORS};

/// What the checks found, and how much they looked at.
pub(crate) struct Checked {
    pub(crate) counts: String,
    pub(crate) findings: Vec<Finding>,
}

/// Runs every check.
pub(crate) fn check(tree: &Tree) -> Checked {
    let mut findings = Vec::new();
    let requirements = requirement::all(tree, &mut findings);
    let citations = citation::all(tree, &mut findings);
    let vectors = clauses_of_vectors(tree, &mut findings);
    if requirements.is_empty() {
        findings.push(Finding::new(SPEC, 1, "no requirement at all"));
    }
    numbered_without_gaps(&requirements, &mut findings);
    worded_with_bcp_14(&requirements, &mut findings);
    cited_on_code_and_test(&requirements, &citations, &mut findings);
    citations_exist(&requirements, &citations, &vectors, &mut findings);
    shown_by_vectors(&requirements, &vectors, &mut findings);
    findings.sort();
    let binding = requirements.iter().filter(|requirement| requirement.binds()).count();
    let counts = format!(
        "{} requirements ({binding} binding), {} citations, {} vectors: {} findings",
        requirements.len(),
        citations.len(),
        vectors.len(),
        findings.len(),
    );
    Checked { counts, findings }
}

/// The `clauses` of each vector by its path.
type Clauses<'a> = BTreeMap<&'a str, Vec<String>>;

fn clauses_of_vectors<'a>(tree: &'a Tree, findings: &mut Vec<Finding>) -> Clauses<'a> {
    let mut all = Clauses::new();
    for (path, text) in tree.vectors() {
        let Ok(vector) = serde_json::from_str::<Value>(text) else {
            findings.push(Finding::new(path, 1, "a vector that is not JSON"));
            continue;
        };
        let clauses =
            vector.get("clauses").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
        let clauses = clauses.iter().filter_map(Value::as_str).map(str::to_owned).collect();
        all.insert(path, clauses);
    }
    all
}

fn numbered_without_gaps(requirements: &[Requirement], findings: &mut Vec<Finding>) {
    let mut last: BTreeMap<&str, u32> = BTreeMap::new();
    for Requirement { id, line, .. } in requirements {
        let last = last.entry(&id.prefix).or_default();
        let due = last.saturating_add(1);
        if id.number != due {
            let what = format!("{id} stands where {}-{due} is due", id.prefix);
            findings.push(Finding::new(SPEC, *line, what));
        }
        *last = id.number;
    }
}

fn worded_with_bcp_14(requirements: &[Requirement], findings: &mut Vec<Finding>) {
    for requirement in requirements.iter().filter(|requirement| !requirement.is_normative()) {
        let what = format!("{} has no BCP 14 word", requirement.id);
        findings.push(Finding::new(SPEC, requirement.line, what));
    }
}

fn cited_on_code_and_test(
    requirements: &[Requirement],
    citations: &[Citation],
    findings: &mut Vec<Finding>,
) {
    let cited: BTreeSet<(&Id, bool)> = citations
        .iter()
        .filter(|citation| citation.role != Role::Other)
        .map(|citation| (&citation.id, citation.role == Role::Test))
        .collect();
    for requirement in requirements.iter().filter(|requirement| requirement.binds()) {
        for (is_test, place) in [(false, "code"), (true, "test")] {
            if !cited.contains(&(&requirement.id, is_test)) {
                let what = format!("{} is cited on no line of {place}", requirement.id);
                findings.push(Finding::new(SPEC, requirement.line, what));
            }
        }
    }
}

fn citations_exist(
    requirements: &[Requirement],
    citations: &[Citation],
    vectors: &Clauses<'_>,
    findings: &mut Vec<Finding>,
) {
    let known: BTreeSet<&Id> = requirements.iter().map(|requirement| &requirement.id).collect();
    for Citation { id, line, path, .. } in citations.iter().filter(|c| !known.contains(&c.id)) {
        findings.push(Finding::new(path, *line, format!("{id} is not in SPEC.md")));
    }
    for (path, clauses) in vectors {
        let is_known = |text: &&String| Id::read(text).is_some_and(|id| known.contains(&id));
        for clause in clauses.iter().filter(|clause| !is_known(clause)) {
            findings.push(Finding::new(path, 1, format!("{clause} is not in SPEC.md")));
        }
    }
}

fn shown_by_vectors(
    requirements: &[Requirement],
    vectors: &Clauses<'_>,
    findings: &mut Vec<Finding>,
) {
    for requirement in requirements {
        let Requirement { id, line, .. } = requirement;
        let mut found = |what: String| findings.push(Finding::new(SPEC, *line, what));
        match &requirement.vectors {
            Vectors::None => {}
            Vectors::Unreadable => found(format!("{id}: a vector part that cannot be read")),
            Vectors::Absent => {
                if requirement.is_for_readers() && requirement.binds() {
                    found(format!("{id} names no vector"));
                }
            }
            Vectors::Named(names) => {
                for name in names {
                    match vectors.get(format!("{VECTORS}{name}.json").as_str()) {
                        None => found(format!("{id}: there is no vector {name}")),
                        Some(clauses) => {
                            if name.starts_with("invalid/") && !clauses.contains(&id.to_string()) {
                                found(format!("{id}: the vector {name} does not name it back"));
                            }
                        }
                    }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CODE: (&str, &str) = ("codec-core/src/a.rs", "// SPEC [A-1]: why\n");
    const TEST: (&str, &str) = ("codec-core/tests/a.rs", "// SPEC [A-1]: why\n");
    const TEXT: &str = "**[A-1]** (decoder) It MUST be so. Vector: `invalid/x`.";
    const VECTOR: (&str, &str) = ("spec/vectors/invalid/x.json", r#"{"clauses": ["A-1"]}"#);

    /// The findings in a tree of four files, as `path:line: what`.
    fn findings(text: &str, code: &str, test: &str, vector: &str) -> Vec<String> {
        let files = [(SPEC, text), (CODE.0, code), (TEST.0, test), (VECTOR.0, vector)];
        check(&Tree::from(files)).findings.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn a_clause_with_code_test_and_vector_passes_and_is_counted() {
        let checked = check(&Tree::from([(SPEC, TEXT), CODE, TEST, VECTOR]));
        assert_eq!(checked.findings, []);
        assert_eq!(
            checked.counts,
            "1 requirements (1 binding), 2 citations, 1 vectors: 0 findings"
        );
    }

    #[test]
    fn a_text_without_requirements_is_found() {
        assert_eq!(findings("", "", "", "{}"), ["spec/SPEC.md:1: no requirement at all"]);
    }

    #[test]
    fn a_number_left_out_or_used_twice_is_found() {
        let text = format!("{TEXT}\n\n**[A-3]** (relay) MAY.\n\n**[A-3]** (relay) MAY.");
        let expected = [
            "spec/SPEC.md:3: A-3 stands where A-2 is due",
            "spec/SPEC.md:5: A-3 stands where A-4 is due",
        ];
        assert_eq!(findings(&text, CODE.1, TEST.1, VECTOR.1), expected);
    }

    #[test]
    fn a_requirement_without_a_bcp_14_word_is_found() {
        let text = format!("{TEXT}\n\n**[A-2]** (relay) It must be so.");
        let expected = ["spec/SPEC.md:3: A-2 has no BCP 14 word"];
        assert_eq!(findings(&text, CODE.1, TEST.1, VECTOR.1), expected);
    }

    #[test]
    fn a_clause_without_code_is_found() {
        let expected = ["spec/SPEC.md:1: A-1 is cited on no line of code"];
        assert_eq!(findings(TEXT, "", TEST.1, VECTOR.1), expected);
    }

    #[test]
    fn a_clause_without_test_is_found() {
        let expected = ["spec/SPEC.md:1: A-1 is cited on no line of test"];
        assert_eq!(findings(TEXT, CODE.1, "", VECTOR.1), expected);
    }

    #[test]
    fn a_clause_that_only_allows_needs_neither() {
        let text = "**[A-1]** (decoder) It MAY be so.";
        assert_eq!(findings(text, "", "", "{}"), [""; 0]);
    }

    #[test]
    fn a_citation_of_no_clause_is_found_in_code_and_in_a_vector() {
        let expected = [
            "codec-core/src/a.rs:1: A-2 is not in SPEC.md",
            "spec/vectors/invalid/x.json:1: B-1 is not in SPEC.md",
        ];
        let vector = r#"{"clauses": ["A-1", "B-1"]}"#;
        assert_eq!(findings(TEXT, "// SPEC [A-1, A-2]", TEST.1, vector), expected);
    }

    #[test]
    fn a_readers_clause_without_vector_is_found_unless_it_says_why() {
        let text = "**[A-1]** (recovery tool) It MUST be so.";
        let expected = ["spec/SPEC.md:1: A-1 names no vector"];
        assert_eq!(findings(text, CODE.1, TEST.1, VECTOR.1), expected);
        let text = format!("{text} Vector: none (only time tells).");
        assert_eq!(findings(&text, CODE.1, TEST.1, VECTOR.1), [""; 0]);
    }

    #[test]
    fn an_encoders_clause_needs_no_vector() {
        let text = "**[A-1]** (encoder) It MUST be so.";
        assert_eq!(findings(text, CODE.1, TEST.1, VECTOR.1), [""; 0]);
    }

    #[test]
    fn a_vector_part_that_cannot_be_read_is_found() {
        let text = "**[A-1]** (decoder) It MUST be so. Vector: none.";
        let expected = ["spec/SPEC.md:1: A-1: a vector part that cannot be read"];
        assert_eq!(findings(text, CODE.1, TEST.1, VECTOR.1), expected);
    }

    #[test]
    fn a_vector_that_is_missing_is_found() {
        let text = TEXT.replace("invalid/x", "invalid/y");
        let expected = ["spec/SPEC.md:1: A-1: there is no vector invalid/y"];
        assert_eq!(findings(&text, CODE.1, TEST.1, VECTOR.1), expected);
    }

    #[test]
    fn an_invalid_vector_that_does_not_name_its_clause_is_found() {
        let expected = ["spec/SPEC.md:1: A-1: the vector invalid/x does not name it back"];
        assert_eq!(findings(TEXT, CODE.1, TEST.1, "{}"), expected);
    }

    #[test]
    fn a_vector_that_is_not_json_is_found() {
        let expected = [
            "spec/SPEC.md:1: A-1: there is no vector invalid/x",
            "spec/vectors/invalid/x.json:1: a vector that is not JSON",
        ];
        assert_eq!(findings(TEXT, CODE.1, TEST.1, "{"), expected);
    }
}
