//! Records made up by a counter, of the shape of the recorded ones. The same on every machine.

use core::fmt::Write as _;

use super::Record;

/// A sequence of numbers without a pattern, from SplitMix64.
pub(super) fn words(seed: u64) -> impl Iterator<Item = u64> {
    let mut state = seed;
    core::iter::repeat_with(move || {
        state = state.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut word = state;
        word = (word ^ (word >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        word = (word ^ (word >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        word ^ (word >> 31)
    })
}

/// Runs of an agent that books journeys: 50 tasks of 4 trials.
pub(super) fn agent_runs() -> Vec<Record> {
    let mut records = Vec::new();
    for (task, trial) in (0..50).flat_map(|task| (0..4).map(move |trial| (task, trial))) {
        let mut dice = Dice::new(u64::from(task) << 8 | trial);
        let thread = format!("made-{task}-{trial}");
        for sequence in 1..=(14 + dice.below(23)) {
            let (role, json) = message(&mut dice, u64::from(task));
            records.push(Record::new(task, &thread, sequence, role, json.into_bytes()));
        }
    }
    records
}

/// Lines of a session: most of them carry a few characters.
pub(super) fn token_stream() -> String {
    let mut dice = Dice::new(77);
    let mut text = String::new();
    for n in 0..8_000_u64 {
        let (minute, second, milli) = (n / 6_000, n / 100 % 60, n % 100 * 10);
        let _ = write!(text, r#"{{"ts":"2025-08-10T03:{minute:02}:{second:02}.{milli:03}Z","#);
        let _ = match dice.below(6) {
            0 => writeln!(
                text,
                r#""dir":"to_tui","kind":"codex_event","payload":{{"id":"{}","msg":{{"type":"agent_message_delta","delta":" {}"}}}}}}"#,
                n / 400,
                dice.word()
            ),
            _ => writeln!(
                text,
                r#""dir":"to_tui","kind":"app_event","variant":"{}"}}"#,
                dice.one_of(&["RequestRedraw", "Redraw", "CommitTick"])
            ),
        };
    }
    text
}

/// A document of many definitions; a later version adds some and rewords others.
pub(super) fn document(version: u32) -> String {
    let mut text = String::from("{\"definitions\":{");
    for n in 0..(220 + 40 * version) {
        let mut dice =
            Dice::new(u64::from(n) << 8 | u64::from(if n % 9 == 0 { version } else { 0 }));
        let comma = if n == 0 { "" } else { "," };
        let _ = write!(
            text,
            "{comma}\"{}{n}\":{{\"description\":\"{}\",\"type\":\"object\",\"properties\":{{",
            dice.word(),
            dice.sentence(24)
        );
        for property in 0..dice.below(4) {
            let comma = if property == 0 { "" } else { "," };
            let _ = write!(text, "{comma}\"{}{property}\":{{\"type\":\"string\"}}", dice.word());
        }
        text.push_str("}}");
    }
    text.push_str("}}");
    text
}

fn message(dice: &mut Dice, task: u64) -> (&'static str, String) {
    match dice.below(20) {
        0..=5 => {
            let len = 4 + dice.below(30);
            ("user", format!(r#"{{"role":"user","content":"{}"}}"#, dice.sentence(len)))
        }
        6..=10 => {
            let len = 20 + dice.below(90);
            (
                "assistant",
                format!(
                    r#"{{"content":"{}","role":"assistant","tool_calls":null}}"#,
                    dice.sentence(len)
                ),
            )
        }
        11..=15 => {
            let (name, id, user) = (dice.one_of(&TOOLS), dice.id(), dice.name());
            (
                "assistant",
                format!(
                    r#"{{"content":null,"role":"assistant","tool_calls":[{{"function":{{"arguments":"{{\"user_id\":\"{user}_{task}\"}}","name":"{name}"}},"id":"call_{id}","type":"function"}}]}}"#
                ),
            )
        }
        _ => {
            let (name, id) = (dice.one_of(&TOOLS), dice.id());
            let mut content = String::new();
            for _ in 0..dice.below(8) * dice.below(8) {
                let _ = write!(
                    content,
                    r#"{{\"flight_number\": \"HAT{:03}\", \"origin\": \"{}\", \"status\": \"available\", \"price\": {}}}, "#,
                    dice.below(300),
                    dice.one_of(&PLACES),
                    50 + dice.below(400)
                );
            }
            (
                "tool",
                format!(
                    r#"{{"role":"tool","tool_call_id":"call_{id}","name":"{name}","content":"[{content}]"}}"#
                ),
            )
        }
    }
}

/// Draws from lists.
struct Dice {
    seed: u64,
}

impl Dice {
    fn new(seed: u64) -> Self {
        Self { seed }
    }

    fn below(&mut self, bound: u64) -> u64 {
        self.seed = words(self.seed).next().unwrap_or_default();
        self.seed % bound
    }

    fn one_of<'a>(&mut self, list: &[&'a str]) -> &'a str {
        let index = self.below(list.len() as u64);
        usize::try_from(index).ok().and_then(|index| list.get(index)).copied().unwrap_or_default()
    }

    /// Common words are common.
    fn word(&mut self) -> &'static str {
        let span = 1 + self.below(WORDS.len() as u64);
        let index = self.below(span);
        usize::try_from(index).ok().and_then(|index| WORDS.get(index)).copied().unwrap_or_default()
    }

    fn sentence(&mut self, words: u64) -> String {
        (0..words).map(|_| self.word()).collect::<Vec<_>>().join(" ")
    }

    fn name(&mut self) -> &'static str {
        self.one_of(&NAMES)
    }

    fn id(&mut self) -> String {
        format!("{:016x}", self.below(u64::MAX))
    }
}

const TOOLS: [&str; 6] = [
    "get_user_details",
    "get_reservation_details",
    "search_direct_flight",
    "search_onestop_flight",
    "update_reservation_flights",
    "transfer_to_human_agents",
];
const PLACES: [&str; 8] = ["JFK", "SEA", "ORD", "DFW", "ATL", "LAX", "MCO", "BOS"];
const NAMES: [&str; 6] =
    ["mia_li", "omar_rossi", "lei_davis", "ivan_muller", "noah_santos", "ava_moore"];
const WORDS: [&str; 72] = [
    "the",
    "to",
    "your",
    "you",
    "flight",
    "a",
    "for",
    "I",
    "and",
    "is",
    "reservation",
    "would",
    "of",
    "on",
    "please",
    "in",
    "be",
    "with",
    "can",
    "from",
    "this",
    "my",
    "that",
    "like",
    "have",
    "it",
    "user",
    "are",
    "booking",
    "not",
    "details",
    "any",
    "if",
    "will",
    "economy",
    "change",
    "one",
    "card",
    "payment",
    "need",
    "provide",
    "new",
    "or",
    "ID",
    "cabin",
    "me",
    "method",
    "confirm",
    "there",
    "flights",
    "assist",
    "option",
    "do",
    "cancel",
    "was",
    "at",
    "passenger",
    "business",
    "bags",
    "total",
    "insurance",
    "travel",
    "cost",
    "available",
    "May",
    "certificate",
    "know",
    "proceed",
    "due",
    "let",
    "thank",
    "gift",
];
