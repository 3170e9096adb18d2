//! JSON written in as many ways as its grammar has.

use serde_json::Value;

/// Writes a value with arbitrary white space, order, escapes and forms of numbers.
pub(crate) struct Spelling {
    state: u64,
}

impl Spelling {
    pub(crate) fn new(seed: u64) -> Self {
        Self { state: seed | 1 }
    }

    /// One of the texts that say `value`.
    pub(crate) fn text(&mut self, value: &Value) -> String {
        let before = self.space();
        let text = match value {
            Value::Null | Value::Bool(_) => value.to_string(),
            Value::Number(number) => self.number(number.as_f64().unwrap_or_default()),
            Value::String(content) => self.string(content),
            Value::Array(elements) => {
                let elements: Vec<_> = elements.iter().map(|element| self.text(element)).collect();
                self.list('[', &elements, ']')
            }
            Value::Object(members) => {
                let mut members: Vec<_> = members
                    .iter()
                    .map(|(name, value)| {
                        let name =
                            [self.space(), self.string(name).as_str(), self.space()].concat();
                        format!("{name}:{}", self.text(value))
                    })
                    .collect();
                for index in 1..members.len() {
                    let other = self.below(index + 1);
                    members.swap(index, other);
                }
                self.list('{', &members, '}')
            }
        };
        [before, &text, self.space()].concat()
    }

    fn list(&mut self, open: char, items: &[String], close: char) -> String {
        format!("{open}{}{}{close}", self.space(), items.join(","))
    }

    /// Each form is the same decimal as the canonical one, whose digits it has.
    fn number(&mut self, number: f64) -> String {
        let canonical = serde_json_canonicalizer::to_string(&number).unwrap_or_default();
        let (mantissa, exponent) = canonical.split_once('e').unwrap_or((&canonical, "0"));
        let (integer, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        let exponent = exponent.parse::<i64>().unwrap_or_default();
        match self.below(6) {
            0 => format!("{integer}.{fraction}000e{exponent}"),
            1 => format!("{integer}.{fraction}0E{exponent:+04}"),
            2 => format!("{mantissa}e{exponent}"),
            3 if integer == "0" || integer == "-0" => canonical,
            3 => format!("{integer}{fraction}e{}", exponent - fraction.len() as i64),
            4 if fraction.is_empty() => format!("{integer}00e{}", exponent - 2),
            _ => canonical,
        }
    }

    fn string(&mut self, content: &str) -> String {
        let mut text = String::from("\"");
        for character in content.chars() {
            let short = SHORT.iter().find(|(bare, _)| *bare == character);
            match (self.below(4), short) {
                (0 | 1, Some((_, escape))) => text.push_str(escape),
                (2, _) => self.escape(&mut text, character),
                _ if character < ' ' || matches!(character, '"' | '\\') => {
                    self.escape(&mut text, character);
                }
                _ => text.push(character),
            }
        }
        text + "\""
    }

    fn escape(&mut self, text: &mut String, character: char) {
        for unit in character.encode_utf16(&mut [0; 2]) {
            text.push_str(&match self.below(2) {
                0 => format!("\\u{unit:04x}"),
                _ => format!("\\u{unit:04X}"),
            });
        }
    }

    fn space(&mut self) -> &'static str {
        SPACES[self.below(SPACES.len())]
    }

    /// A number below `bound`; xorshift is arbitrary enough here.
    fn below(&mut self, bound: usize) -> usize {
        self.state ^= self.state << 13;
        self.state ^= self.state >> 7;
        self.state ^= self.state << 17;
        (self.state % bound as u64) as usize
    }
}

const SHORT: [(char, &str); 8] = [
    ('"', "\\\""),
    ('/', "\\/"),
    ('\\', "\\\\"),
    ('\u{8}', "\\b"),
    ('\t', "\\t"),
    ('\n', "\\n"),
    ('\u{c}', "\\f"),
    ('\r', "\\r"),
];
const SPACES: [&str; 6] = ["", "", " ", "\n", "\t\r\n", "    "];
