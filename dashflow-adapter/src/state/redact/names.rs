//! The names of the members that a value stands in.

/// A chain of names, from the innermost outwards.
pub(in crate::state) struct Names<'a> {
    outer: Option<&'a Self>,
    name: &'a str,
}

impl Names<'_> {
    /// Of the whole state.
    pub(in crate::state) const NONE: Names<'static> = Names { outer: None, name: "" };

    /// Of a member of a value with these names.
    pub(in crate::state) const fn member<'a>(&'a self, name: &'a str) -> Names<'a> {
        Names { outer: Some(self), name }
    }

    pub(super) fn is_any(&self, is_wanted: impl Fn(&str) -> bool) -> bool {
        let mut next = Some(self);
        while let Some(names) = next {
            if is_wanted(names.name) {
                return true;
            }
            next = names.outer;
        }
        false
    }
}

/// In lower case, without what parts words.
pub(super) fn plain(name: &str) -> String {
    let letters = name.chars().filter(|letter| !matches!(letter, '_' | '-' | ' ' | '.'));
    letters.map(|letter| letter.to_ascii_lowercase()).collect()
}
