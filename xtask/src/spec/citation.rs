//! Citations: `SPEC [FRM-12, FRM-13]` in a comment of a source file.

use super::Finding;
use super::requirement::Id;
use super::tree::{Role, Tree, role_of};

/// One clause named on one line.
#[derive(Debug)]
pub(crate) struct Citation {
    pub(crate) id: Id,
    pub(crate) line: usize,
    pub(crate) path: String,
    pub(crate) role: Role,
}

/// Every citation in the tree; one that cannot be read is a finding.
pub(crate) fn all(tree: &Tree, findings: &mut Vec<Finding>) -> Vec<Citation> {
    let mut citations = Vec::new();
    for (path, text) in tree.sources() {
        let mut role = role_of(path);
        let mut gate = Gate::Closed;
        let comment = if path.ends_with(".py") { "#" } else { "//" };
        for (index, line) in text.lines().enumerate() {
            gate = gate.after(line);
            if gate == Gate::Passed {
                role = Role::Test;
            }
            let Some((_, said)) = line.split_once(comment) else { continue };
            let Some((_, list)) = said.split_once("SPEC [") else { continue };
            let place = index.saturating_add(1);
            match read_list(list) {
                Some(ids) => citations.extend(ids.into_iter().map(|id| Citation {
                    id,
                    line: place,
                    path: path.to_owned(),
                    role,
                })),
                None => findings.push(Finding::new(path, place, "a citation that cannot be read")),
            }
        }
    }
    citations
}

/// The ids up to the closing bracket.
fn read_list(list: &str) -> Option<Vec<Id>> {
    let (list, _) = list.split_once(']')?;
    list.split(',').map(|id| Id::read(id.trim())).collect()
}

/// How far a file has got towards its test module.
#[derive(Clone, Copy, Eq, PartialEq)]
enum Gate {
    Closed,
    /// After `#[cfg(test)]`; the item it belongs to has not come yet.
    Open,
    /// Inside a test module, which by our order of things is the last in a file.
    Passed,
}

impl Gate {
    fn after(self, line: &str) -> Self {
        match self {
            Self::Closed if opens(line) => Self::Open,
            Self::Open if line.starts_with(|c: char| c.is_alphabetic()) => {
                let module = line.starts_with("mod ") || line.contains(" mod ");
                if module && line.ends_with('{') { Self::Passed } else { Self::Closed }
            }
            same => same,
        }
    }
}

fn opens(line: &str) -> bool {
    line.starts_with("#[cfg(test)]") || line.starts_with("#[cfg(all(test,")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn roles(path: &str, text: &str) -> Vec<(String, usize, Role)> {
        let mut findings = Vec::new();
        let citations = all(&Tree::from([(path, text)]), &mut findings);
        assert_eq!(findings, []);
        citations.into_iter().map(|c| (c.id.to_string(), c.line, c.role)).collect()
    }

    #[test]
    fn a_list_names_each_of_its_clauses_at_its_line() {
        let found = roles("codec-core/src/a.rs", "\n// SPEC [FRM-1, INT-20]: why\nlet a = 1;\n");
        let expected = [("FRM-1".to_owned(), 2, Role::Code), ("INT-20".to_owned(), 2, Role::Code)];
        assert_eq!(found, expected);
    }

    #[test]
    fn lines_below_the_test_gate_are_tests() {
        let text = "// SPEC [A-1]\n#[cfg(test)]\n#[expect(\n    lint\n)]\nmod tests {\n    // SPEC [A-2]\n}\n";
        let found = roles("codec-core/src/a.rs", text);
        assert_eq!(found[0].2, Role::Code);
        assert_eq!(found[1].2, Role::Test);
    }

    #[test]
    fn a_test_only_import_does_not_make_the_rest_of_the_file_a_test() {
        let text =
            "#[cfg(test)]\nuse a::b;\n// SPEC [A-1]\n#[cfg(test)]\nmod apart;\n// SPEC [A-2]\n";
        let found = roles("codec-core/src/a.rs", text);
        assert!(found.iter().all(|(_, _, role)| *role == Role::Code), "{found:?}");
    }

    #[test]
    fn python_comments_are_read_too() {
        let found = roles("spec/reference/test_a.py", "x = 1  # SPEC [A-1]: why\n");
        assert_eq!(found, [("A-1".to_owned(), 1, Role::Test)]);
    }

    #[test]
    fn only_comments_cite() {
        assert_eq!(roles("codec-core/src/a.rs", "let a = \"SPEC [A-1]\";\n"), []);
    }

    #[test]
    fn a_citation_that_cannot_be_read_is_found_at_its_line() {
        for text in ["\n// SPEC [A1]", "\n// SPEC [A-1", "\n// SPEC []", "\n// SPEC [A-1, ]"] {
            let mut findings = Vec::new();
            let citations = all(&Tree::from([("fuzz/src/a.rs", text)]), &mut findings);
            assert!(citations.is_empty());
            let expected = Finding::new("fuzz/src/a.rs", 2, "a citation that cannot be read");
            assert_eq!(findings, [expected], "{text}");
        }
    }
}
