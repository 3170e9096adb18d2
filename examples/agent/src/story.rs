//! What the agent is asked, and what it says.

/// Questions with the names of what is looked at for them.
pub(crate) const QUESTIONS: [(&str, &[&str]); 4] = [
    ("Why was the order of Tuesday delivered twice?", &["orders", "shipments", "retries"]),
    ("Which of our services grew slower this week?", &["latencies", "deployments"]),
    ("What would a second warehouse in the north cost?", &["rents", "routes", "wages"]),
    ("Summarise what customers said of the new screen.", &["reviews", "tickets"]),
];

const OPENINGS: [&str; 4] =
    ["As far as the records show,", "Two things stand out:", "In short,", "Before anything else,"];
const SUBJECTS: [&str; 5] =
    ["the numbers", "most of the entries", "the last three days", "both sources", "the logs"];
const VERBS: [&str; 5] = ["agree on", "point to", "leave out", "confirm", "begin with"];
const OBJECTS: [&str; 5] = [
    "one slow query",
    "a retry without a key",
    "the night shift",
    "what was expected",
    "café Müller",
];
const ENDS: [&str; 4] =
    ["and that is new.", "as it did before.", "which a test would have shown.", "so far 😀."];

/// A sentence, in the pieces that a model would give it in.
pub(crate) fn sentence(random: &mut fastrand::Rng) -> Vec<String> {
    let parts = [&OPENINGS[..], &SUBJECTS, &VERBS, &OBJECTS, &ENDS];
    let words = parts.into_iter().filter_map(|part| random.choice(part));
    words
        .flat_map(|part| part.split_inclusive(' ').map(str::to_owned).chain([" ".to_owned()]))
        .collect()
}
