//! What libFuzzer says at its end, and the line of the log that is made of it.

use core::fmt;

/// One run of one target.
#[derive(Debug, Default, Eq, PartialEq)]
pub(super) struct Said {
    /// Whether nothing was found.
    pub(super) is_clean: bool,
    seconds: u32,
    executions: u64,
    /// Edges that were reached.
    coverage: u64,
    /// Edges that the program has.
    edges: u64,
    /// What tells inputs apart: edges, how often, and comparisons.
    features: u64,
    /// Inputs that reach something.
    corpus: u64,
}

impl Said {
    /// Out of its standard error.
    pub(super) fn read(text: &str, seconds: u32, is_clean: bool) -> Self {
        let mut said = Self { is_clean, seconds, ..Self::default() };
        for line in text.lines() {
            if let Some(executions) = line.strip_prefix("stat::number_of_executed_units:") {
                said.executions = executions.trim().parse().unwrap_or(said.executions);
            }
            if let Some((_, counters)) = line.split_once("modules   (") {
                said.edges = first_number(counters).unwrap_or(said.edges);
            }
            let after = |name| line.split_once(name).and_then(|(_, rest)| first_number(rest));
            if line.starts_with('#') {
                said.coverage = after(" cov: ").unwrap_or(said.coverage);
                said.features = after(" ft: ").unwrap_or(said.features);
                said.corpus = after(" corp: ").unwrap_or(said.corpus);
            }
        }
        said
    }

    /// As a line of the log.
    pub(super) fn line(&self, commit: &str, target: &str) -> String {
        let Self { seconds, executions, coverage, edges, features, corpus, is_clean } = self;
        let findings = u8::from(!is_clean);
        format!(
            "{commit},{target},{seconds},{executions},{coverage},{edges},{features},{corpus},{findings}"
        )
    }
}

impl fmt::Display for Said {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { executions, coverage, edges, features, corpus, .. } = self;
        let end = if self.is_clean { "nothing found" } else { "FOUND SOMETHING" };
        write!(
            f,
            "{executions} executions, {coverage} of {edges} edges, {features} features, {corpus} inputs; {end}"
        )
    }
}

fn first_number(text: &str) -> Option<u64> {
    let digits = text.trim_start().split(|c: char| !c.is_ascii_digit()).next()?;
    digits.parse().ok()
}

/// The first line of the log.
pub(super) const HEADING: &str =
    "commit,target,seconds,executions,edges_reached,edges,features,inputs,findings\n";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_figures_are_taken() {
        let text = "INFO: Loaded 1 modules   (123456 inline 8-bit counters): 123456 [0x1, 0x2), \n\
            #2\tINITED cov: 10 ft: 12 corp: 1/1b exec/s: 0 rss: 40Mb\n\
            #9000\tDONE   cov: 120 ft: 345 corp: 67/8Kb lim: 21 exec/s: 4500 rss: 50Mb\n\
            stat::number_of_executed_units: 9000\n";
        let said = Said::read(text, 2, true);
        assert_eq!(said.line("abc", "frame"), "abc,frame,2,9000,120,123456,345,67,0");
        assert_eq!(
            said.to_string(),
            "9000 executions, 120 of 123456 edges, 345 features, 67 inputs; nothing found"
        );
        assert!(Said::read(text, 2, false).line("abc", "frame").ends_with(",1"));
    }
}
