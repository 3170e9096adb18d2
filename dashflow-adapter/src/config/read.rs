//! Values of the kinds there are, with what is wrong with them gathered.

use core::ops::RangeInclusive;
use core::time::Duration;
use std::path::PathBuf;

use super::fields::Field;
use super::gather::{Gathered, Given, plain};
use crate::problem::Problem;

/// Reads values one after the other, and never stops at one that is wrong.
pub(super) struct Reading<'a> {
    gathered: &'a Gathered,
    problems: &'a mut Vec<Problem>,
}

impl<'a> Reading<'a> {
    pub(super) const fn new(gathered: &'a Gathered, problems: &'a mut Vec<Problem>) -> Self {
        Self { gathered, problems }
    }

    pub(super) fn given(&self, name: &str) -> Option<&'a Given> {
        self.gathered.get(name)
    }

    pub(super) fn add(&mut self, problem: Problem) {
        self.problems.push(problem);
    }

    /// That a value is needed and was not given.
    pub(super) fn missing(&mut self, name: &str, what: &str) {
        let variable = Field::called(name).map(Field::variable).unwrap_or_default();
        self.add(plain(variable, what, format!("set {variable}, or {name} in the file")));
    }

    pub(super) fn missing_topic(&mut self) -> String {
        if self.given("topic").is_none() {
            self.missing("topic", "no topic is said");
        }
        String::new()
    }

    pub(super) fn text(&self, name: &str) -> Option<String> {
        self.given(name).map(|given| given.value().to_owned())
    }

    /// A name that Kafka takes for a topic.
    pub(super) fn topic(&mut self, name: &str) -> Option<String> {
        let given = self.given(name)?;
        let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"._-".contains(&byte);
        let topic = given.value();
        let fits = (1..=LONGEST_TOPIC).contains(&topic.len()) && topic.bytes().all(is_plain);
        if fits && topic != "." && topic != ".." {
            return Some(topic.to_owned());
        }
        let remedy = format!("use 1 to {LONGEST_TOPIC} letters, digits, '.', '_' and '-'");
        self.add(given.problem("it is no name of a topic", remedy));
        None
    }

    pub(super) fn brokers(&mut self) -> String {
        let Some(given) = self.given("brokers") else { return DEFAULT_BROKERS.to_owned() };
        let is_address = |broker: &str| {
            let (host, port) = broker.rsplit_once(':').unwrap_or_default();
            !host.is_empty()
                && !host.contains(|c: char| c.is_whitespace() || c == '/')
                && port.parse::<u16>().is_ok_and(|port| port > 0)
        };
        if !given.value().split(',').map(str::trim).all(is_address) {
            let remedy = "write HOST:PORT, several with commas between them";
            self.add(given.problem("it is no list of brokers", remedy));
        }
        given.value().split(',').map(str::trim).collect::<Vec<_>>().join(",")
    }

    pub(super) fn number<T: TryFrom<u64>>(
        &mut self,
        name: &str,
        range: RangeInclusive<u64>,
    ) -> Option<T> {
        let given = self.given(name)?;
        let number = given.value().trim().parse().ok().filter(|number| range.contains(number));
        let number = number.and_then(|number| T::try_from(number).ok());
        if number.is_none() {
            let remedy = format!("write a number from {} to {}", range.start(), range.end());
            self.add(given.problem("it is no such number", remedy));
        }
        number
    }

    pub(super) fn seconds(&mut self, name: &str, least: u64) -> Duration {
        Duration::from_secs(self.number(name, least..=3600).unwrap_or(DEFAULT_SECONDS))
    }

    /// One of these values by its name; the first one unless said.
    pub(super) fn one_of<T: Copy, const N: usize>(
        &mut self,
        name: &str,
        first: (&str, T),
        others: [(&str, T); N],
    ) -> T {
        let values: Vec<_> = core::iter::once(first).chain(others).collect();
        self.one_if_said(name, &values).unwrap_or(first.1)
    }

    /// One of these values by its name, if one is said.
    pub(super) fn one_if_said<T: Copy>(&mut self, name: &str, values: &[(&str, T)]) -> Option<T> {
        let given = self.given(name)?;
        if let Some((_, value)) = values.iter().find(|(name, _)| *name == given.value()) {
            return Some(*value);
        }
        let names: Vec<&str> = values.iter().map(|(name, _)| *name).collect();
        self.add(given.problem("there is no such value", format!("use {}", names.join(" or "))));
        None
    }

    /// The path of a file in PEM that can be read.
    pub(super) fn pem(&mut self, name: &str) -> Option<PathBuf> {
        let given = self.given(name)?;
        let path = PathBuf::from(given.value());
        match std::fs::read(&path) {
            Ok(bytes) if bytes.windows(BEGIN.len()).any(|found| found == BEGIN) => Some(path),
            Ok(_) => {
                let remedy = "name a file in PEM, which has a line -----BEGIN ...-----";
                self.add(given.problem("the file is not in PEM", remedy));
                None
            }
            Err(error) => {
                let remedy = "name a file that this program may read";
                self.add(given.problem(format!("the file cannot be read: {error}"), remedy));
                None
            }
        }
    }
}

const DEFAULT_BROKERS: &str = "localhost:9092";
const DEFAULT_SECONDS: u64 = 30;
const LONGEST_TOPIC: usize = 249;
const BEGIN: &[u8] = b"-----BEGIN ";
