//! The results as a document and two plots.

use core::fmt::Write as _;

use crate::claims::{Bound, Claim};
use crate::contestant::{Card, Packing};
use crate::plot::{self, Bar, Point};
use crate::race::{Spread, Standing};
use crate::sizes::Sizes;

/// All that was measured, and where.
#[derive(Debug, Default)]
pub struct Results {
    /// Machine, compiler, versions, commit: a name and a value each.
    pub facts: Vec<(String, String)>,
    /// The promised figures.
    pub claims: Vec<Claim>,
    /// Sizes of every corpus and form.
    pub sizes: Vec<Sizes>,
    /// Whole messages of the first corpus, and what it is.
    pub messages: Vec<Standing>,
    /// Raw bytes per message of these.
    pub raw: f64,
    /// Each checksum backend at frame level: operation, backend, spread.
    pub backends: Vec<(String, String, Spread)>,
    /// What other programs measured: a title and its text in Markdown.
    pub sections: Vec<(String, String)>,
}

impl Results {
    /// The document.
    #[must_use]
    pub fn markdown(&self) -> String {
        let mut text = String::from(HEAD);
        for (name, value) in &self.facts {
            let _ = writeln!(text, "| {name} | {value} |");
        }
        self.promised(&mut text);
        self.sized(&mut text);
        self.raced(&mut text);
        self.checksums(&mut text);
        for (title, section) in &self.sections {
            let _ = write!(text, "\n## {title}\n\n{section}");
        }
        text
    }

    /// Size against time.
    #[must_use]
    pub fn size_plot(&self) -> String {
        let points = self.messages.iter().map(|standing| Point {
            name: short(&standing.card),
            time: Spread::of(&standing.encode).median,
            size: standing.bytes / self.raw,
            is_ours: standing.card.is_checked,
        });
        plot::scatter(
            "Bytes left of a message, and the time to encode it",
            &points.collect::<Vec<_>>(),
        )
    }

    /// Speeds against the checksum alone.
    #[must_use]
    pub fn speed_plot(&self) -> String {
        let bars = self.claims.iter().filter_map(|claim| match claim.bound {
            Bound::AtLeast(bound) if bound < 1.0 => {
                let name = claim.what.split(',').next().unwrap_or_default();
                let name =
                    name.replace(" from memory", "").replace(" of 16 KiB frames", ", 16 KiB");
                Some(Bar { name, part: claim.measured.median, bound })
            }
            _ => None,
        });
        plot::bars("How near a frame comes to the speed of its checksum", &bars.collect::<Vec<_>>())
    }

    fn promised(&self, text: &mut String) {
        text.push_str("\n## Promised figures\n\nTimes are reported and decide nothing; instructions, allocations and sizes are held by `cargo xtask bench --gate`. The quarters are those of the rounds around the median.\n\n| what | must be | is | quarters | |\n|---|---|---|---|---|\n");
        for claim in &self.claims {
            let bound = match claim.bound {
                Bound::AtLeast(bound) => format!("≥ {bound}"),
                Bound::AtMost(bound) => format!("≤ {bound}"),
                Bound::Told => "-".to_owned(),
            };
            let Spread { low, median, high } = claim.measured;
            let quarters =
                if low < high { format!("{low:.3} to {high:.3}") } else { "exact".to_owned() };
            let verdict = match (claim.bound, claim.is_kept()) {
                (Bound::Told, _) => "",
                (_, true) => "kept",
                (_, false) => "**missed**",
            };
            let _ = writeln!(
                text,
                "| {} | {bound} | {median:.3} | {quarters} | {verdict} |",
                claim.what
            );
        }
    }

    fn sized(&self, text: &mut String) {
        text.push_str("\n## Sizes\n\nWhat is left of the raw bytes, everything counted, under the policy `balanced`; dictionaries of 64 KiB, of other tasks than those measured.\n\n| corpus | form | raw bytes each | plain | compressed | with dictionary | batches of 100 | batches with dictionary | DashStream today |\n|---|---|--:|--:|--:|--:|--:|--:|--:|\n");
        let percent = |part: f64| format!("{:.1} %", part * 100.0);
        for sizes in &self.sizes {
            let today = sizes.today.map_or_else(|| "-".to_owned(), percent);
            let [plain, single, dictionary, batch, batch_dictionary] =
                sizes.parts().map(|(_, part)| percent(part));
            let _ = writeln!(
                text,
                "| {} | {} | {:.0} | {plain} | {single} | {dictionary} | {batch} | {batch_dictionary} | {today} |",
                sizes.corpus, sizes.form, sizes.raw
            );
        }
    }

    fn raced(&self, text: &mut String) {
        let _ = write!(
            text,
            "\n## Whole messages\n\nFrom a value to bytes and back, prost included, all records of the first corpus whose task is even ({:.0} raw bytes each), in turns. Dictionaries are of the odd tasks.\n\n| contestant | bytes left | encode, ns | decode, ns |\n|---|--:|--:|--:|\n",
            self.raw
        );
        for standing in &self.messages {
            let (encode, decode) = (Spread::of(&standing.encode), Spread::of(&standing.decode));
            let _ = writeln!(
                text,
                "| {} | {:.1} % | {} | {} |",
                standing.card.name,
                standing.bytes / self.raw * 100.0,
                spread(encode),
                spread(decode)
            );
        }
    }

    fn checksums(&self, text: &mut String) {
        if self.backends.is_empty() {
            return;
        }
        text.push_str("\n## Checksum backends\n\nThe same frames with the library built for each backend; times in parts of what prost alone takes to encode a message of 380 B in the same process.\n\n| operation | backend | time | quarters |\n|---|---|--:|--:|\n");
        for (operation, backend, spread) in &self.backends {
            let Spread { low, median, high } = spread;
            let _ =
                writeln!(text, "| {operation} | {backend} | {median:.3} | {low:.3} to {high:.3} |");
        }
    }
}

fn spread(spread: Spread) -> String {
    format!("{:.0} ({:.0} to {:.0})", spread.median, spread.low, spread.high)
}

/// Short enough for the list beside the plot.
fn short(card: &Card) -> String {
    match card.packing {
        Packing::ZstdDictionary => card.name.replace("zstd, dictionary", "dictionary"),
        _ => card.name.clone(),
    }
}

const HEAD: &str = "# Results

Written by `cargo xtask bench`; `README.md` says how everything is measured, and what was tried.

| | |
|---|---|
";

#[cfg(test)]
mod tests {
    use super::*;

    fn claim(bound: Bound, median: f64) -> Claim {
        let measured = Spread { low: median, median, high: median };
        Claim { what: "verify, of the speed of the checksum".to_owned(), bound, measured }
    }

    #[test]
    fn a_missed_figure_says_so_and_speeds_become_bars() {
        let claims = vec![claim(Bound::AtLeast(0.9), 0.8), claim(Bound::AtMost(0.9), 0.8)];
        let results = Results { claims, ..Results::default() };
        let text = results.markdown();
        assert_eq!(text.matches("**missed**").count(), 1);
        assert_eq!(text.matches("| kept |").count(), 1);
        assert_eq!(results.speed_plot().matches("<rect").count(), 1);
    }
}
