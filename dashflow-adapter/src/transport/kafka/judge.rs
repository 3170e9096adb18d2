//! Which settings endanger messages that were acknowledged, and what to do about each.

use core::fmt;
use core::time::Duration;

use strictframe::BatchLimits;

use super::admin::{BESIDE_A_FRAME, DEFAULT_MESSAGE};
use super::examine::TopicState;

/// What is asked of topics beside what is asked of all.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct Wanted {
    /// How long messages must stay. Default: whatever the topic says.
    pub retention: Option<Duration>,
    /// The longest frame that must be taken, in bytes. Default: a batch of the default limits.
    pub frame: u64,
}

impl Default for Wanted {
    fn default() -> Self {
        Self { retention: None, frame: BatchLimits::default().bytes.into() }
    }
}

/// A setting that endangers messages.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct Finding {
    /// The topic; nothing when it is about the cluster.
    pub topic: Option<String>,
    /// The setting, by the name that Kafka has for it where it has one.
    pub setting: &'static str,
    /// What it is.
    pub found: Option<String>,
    /// What can happen.
    pub what: String,
    /// What to do.
    pub remedy: String,
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { topic, setting, found, what, remedy } = self;
        if let Some(topic) = topic {
            write!(f, "topic {topic}: ")?;
        }
        f.write_str(setting)?;
        if let Some(found) = found {
            write!(f, "={found}")?;
        }
        write!(f, ": {what}; {remedy}")
    }
}

/// That another cluster answered than the one that is meant.
pub(super) fn judge_cluster(meant: Option<&str>, found: Option<&str>) -> Option<Finding> {
    let meant = meant?;
    (found != Some(meant)).then(|| Finding {
        topic: None,
        setting: "cluster_id",
        found: found.map(str::to_owned),
        what: format!("the configuration means cluster {meant}"),
        remedy: "correct brokers, or cluster_id".to_owned(),
    })
}

/// Everything about a topic that endangers what it holds.
pub(super) fn judge(topic: &TopicState, wanted: &Wanted) -> Vec<Finding> {
    let mut judging = Judging { topic, findings: Vec::new() };
    if !topic.is_there {
        // The topic beside one of data is made by the first sink.
        if !topic.is_beside {
            judging.add(
                "topic",
                None,
                "there is no such topic",
                "make it, with replication factor 3 and min.insync.replicas=2",
            );
        }
        return judging.findings;
    }
    if let Some(error) = &topic.unknown {
        judging.add(
            "settings",
            None,
            &format!("they are not known: {error}"),
            "give this user DescribeConfigs on the topic",
        );
    }
    judging.replication();
    judging.leader();
    judging.policy();
    if !topic.is_beside {
        judging.retention(wanted);
    }
    judging.longest(wanted);
    judging.findings
}

struct Judging<'a> {
    topic: &'a TopicState,
    findings: Vec<Finding>,
}

impl Judging<'_> {
    fn add(&mut self, setting: &'static str, found: Option<String>, what: &str, remedy: &str) {
        self.findings.push(Finding {
            topic: Some(self.topic.name.clone()),
            setting,
            found,
            what: what.to_owned(),
            remedy: remedy.to_owned(),
        });
    }

    fn number(&self, name: &str) -> Option<i64> {
        self.topic.settings.get(name)?.parse().ok()
    }

    fn replication(&mut self) {
        let copies = self.topic.replication;
        if copies <= 1 {
            self.add(
                "replication factor",
                Some(copies.to_string()),
                "a broker that loses its disk loses the messages",
                "spread the partitions over 3 brokers",
            );
        }
        let Some(least) = self.number("min.insync.replicas") else { return };
        let found = Some(least.to_string());
        if least <= 1 {
            let what = "a message counts as kept when one broker alone has it";
            let remedy = if copies <= 1 {
                "set it to 2 once the partitions have 3 copies"
            } else {
                "set it to 2"
            };
            self.add("min.insync.replicas", found, what, remedy);
        } else if usize::try_from(least).is_ok_and(|least| least >= copies) {
            let what = "nothing is taken while one broker is away";
            let remedy = "set it to one less than the replication factor, or add a copy";
            self.add("min.insync.replicas", found, what, remedy);
        }
    }

    fn leader(&mut self) {
        let name = "unclean.leader.election.enable";
        if self.topic.settings.get(name).is_some_and(|value| value == "true") {
            let what = "a broker that lacks messages may lead, and those are gone then";
            self.add(name, Some("true".to_owned()), what, "set it to false");
        }
    }

    fn policy(&mut self) {
        let name = "cleanup.policy";
        let Some(policy) = self.topic.settings.get(name).cloned() else { return };
        if self.topic.is_beside {
            if policy != "compact" {
                let what =
                    "schemas and dictionaries are forgotten, without which frames cannot be read";
                self.add(name, Some(policy), what, "set it to compact");
            }
        } else if policy.contains("compact") {
            let what = "of each thread the last frame alone is kept";
            self.add(name, Some(policy), what, "set it to delete");
        }
    }

    fn retention(&mut self, wanted: &Wanted) {
        let Some(asked) = wanted.retention else { return };
        let name = "retention.ms";
        let Some(kept) = self.number(name) else { return };
        // -1 is for ever.
        let Ok(millis) = u64::try_from(kept) else { return };
        if u128::from(millis) < asked.as_millis() {
            let what = "messages are deleted before the time that was asked for";
            let remedy = format!("set it to {}, or to -1", asked.as_millis());
            self.add(name, Some(kept.to_string()), what, &remedy);
        }
    }

    fn longest(&mut self, wanted: &Wanted) {
        let name = "max.message.bytes";
        let most = self.number(name).and_then(|most| u64::try_from(most).ok());
        let most = most.unwrap_or(DEFAULT_MESSAGE as u64);
        let needed = wanted.frame.saturating_add(BESIDE_A_FRAME as u64);
        if most < needed {
            let what = format!("a frame of {} bytes is refused", wanted.frame);
            let remedy = format!("set it to {needed} or more");
            self.add(name, Some(most.to_string()), &what, &remedy);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn topic(replication: usize, settings: &[(&str, &str)]) -> TopicState {
        let owned = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
        TopicState {
            name: "t".to_owned(),
            is_there: true,
            partitions: 3,
            replication,
            settings: settings.iter().map(owned).collect(),
            ..TopicState::default()
        }
    }

    fn found(topic: &TopicState, wanted: &Wanted) -> Vec<(&'static str, Option<String>)> {
        judge(topic, wanted).into_iter().map(|found| (found.setting, found.found)).collect()
    }

    const GOOD: [(&str, &str); 5] = [
        ("min.insync.replicas", "2"),
        ("unclean.leader.election.enable", "false"),
        ("cleanup.policy", "delete"),
        ("retention.ms", "604800000"),
        ("max.message.bytes", "1048588"),
    ];

    fn changed(name: &'static str, value: &'static str) -> TopicState {
        let mut topic = topic(3, &GOOD);
        topic.settings.insert(name.to_owned(), value.to_owned());
        topic
    }

    #[test]
    fn a_topic_that_keeps_its_messages_has_no_finding() {
        assert_eq!(found(&topic(3, &GOOD), &Wanted::default()), []);
        let week = Wanted { retention: Some(Duration::from_secs(604_800)), ..Wanted::default() };
        assert_eq!(found(&topic(3, &GOOD), &week), []);
        assert_eq!(found(&changed("retention.ms", "-1"), &week), []);
    }

    #[test]
    fn each_setting_that_endangers_is_named_with_its_value() {
        let day = Duration::from_secs(86_400);
        let wanted = Wanted { retention: Some(8 * day), frame: 1_048_588 - 1024 };
        for (name, value) in [
            ("min.insync.replicas", "1"),
            ("min.insync.replicas", "3"),
            ("unclean.leader.election.enable", "true"),
            ("cleanup.policy", "compact,delete"),
            ("retention.ms", "691199999"),
            ("max.message.bytes", "1048587"),
        ] {
            let mut topic = changed(name, value);
            if name != "retention.ms" {
                topic.settings.insert("retention.ms".to_owned(), "691200000".to_owned());
            }
            assert_eq!(found(&topic, &wanted), [(name, Some(value.to_owned()))]);
        }
        let alone = topic(1, &GOOD);
        let names: Vec<_> = found(&alone, &Wanted::default()).into_iter().map(|it| it.0).collect();
        assert_eq!(names, ["replication factor", "min.insync.replicas"]);
    }

    #[test]
    fn the_topic_beside_must_be_compacted_and_need_not_be_there() {
        let mut beside = topic(3, &GOOD);
        beside.is_beside = true;
        let delete = Some("delete".to_owned());
        assert_eq!(found(&beside, &Wanted::default()), [("cleanup.policy", delete)]);
        beside.settings.insert("cleanup.policy".to_owned(), "compact".to_owned());
        assert_eq!(found(&beside, &Wanted::default()), []);
        beside.is_there = false;
        assert_eq!(found(&beside, &Wanted::default()), []);
        let missing = TopicState { name: "t".to_owned(), ..TopicState::default() };
        assert_eq!(found(&missing, &Wanted::default()), [("topic", None)]);
    }

    #[test]
    fn another_cluster_than_the_one_that_is_meant_is_a_finding() {
        assert_eq!(judge_cluster(None, Some("a")), None);
        assert_eq!(judge_cluster(Some("a"), Some("a")), None);
        let found = judge_cluster(Some("b"), Some("a")).unwrap().to_string();
        assert!(found.starts_with("cluster_id=a: the configuration means cluster b; "), "{found}");
    }
}
