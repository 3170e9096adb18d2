//! `strictframe kafka check`: whether Kafka can be reached, and whether topics keep what they are given.

use core::time::Duration;
use std::path::PathBuf;

use serde::Serialize;
use strictframe_dashflow::transport::kafka::{
    Broker, Examination, Finding, TopicState, Wanted, examine,
};

use super::failures;
use super::place::configuration;
use crate::Ending;
use crate::failure::Failure;
use crate::output::Stdout;
use crate::terminal::{Paint, counted, tame};

/// Check the configuration, connect, log in, and show brokers and what endangers messages in topics
///
/// Of every topic, and of the one beside it that holds schemas and dictionaries: replication factor, min.insync.replicas, unclean.leader.election.enable, cleanup.policy, retention.ms and max.message.bytes. Nothing is made or changed.
///
/// The exit code is 1 when something endangers messages, 2 when the configuration is wrong, 3 when no broker can be reached.
#[derive(clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Arguments {
    /// The topics; the one of the configuration and that of its dead letters unless given
    topics: Vec<String>,
    /// A file that says where Kafka is (TOML, or JSON when its name ends so); the variables KAFKA_* go before it
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// How long messages must stay, as in 90s, 12h or 7d
    #[arg(long, value_name = "TIME", value_parser = duration)]
    retention: Option<Duration>,
    /// The longest frame that must be taken, in bytes; a batch of the default limits unless given
    #[arg(long, value_name = "BYTES")]
    frame: Option<u64>,
    /// Write one JSON object to standard output: {"cluster_id", "brokers", "topics", "findings"}
    #[arg(long)]
    pub(super) json: bool,
}

/// An examination in JSON.
#[derive(Serialize)]
struct Document<'a> {
    cluster_id: Option<&'a str>,
    brokers: Vec<BrokerObject<'a>>,
    topics: Vec<TopicObject<'a>>,
    findings: Vec<FindingObject<'a>>,
}

#[derive(Serialize)]
struct BrokerObject<'a> {
    id: i32,
    address: &'a str,
}

#[derive(Serialize)]
struct TopicObject<'a> {
    name: &'a str,
    is_there: bool,
    partitions: usize,
    replication: usize,
    /// Those of the settings that matter here, by Kafka's names for them.
    settings: serde_json::Map<String, serde_json::Value>,
}

#[derive(Serialize)]
struct FindingObject<'a> {
    topic: Option<&'a str>,
    setting: &'static str,
    found: Option<&'a str>,
    what: &'a str,
    remedy: &'a str,
}

pub(super) async fn run(arguments: &Arguments) -> Result<Ending, Failure> {
    let first = arguments.topics.first().map(String::as_str);
    let config = configuration(arguments.config.as_deref(), first)?;
    let mut topics = arguments.topics.clone();
    if topics.is_empty() {
        topics.push(config.topic.clone());
        topics.extend(config.dlq_topic.clone());
    }
    let mut wanted = Wanted::default();
    wanted.retention = arguments.retention;
    wanted.frame = arguments.frame.unwrap_or(wanted.frame);
    let found = examine(&config, &topics, &wanted).await;
    let found = found.map_err(|error| failures::transport(&error))?;
    let mut out = Stdout::lock();
    if arguments.json {
        out.json_line(&document(&found))?;
    } else {
        let paint = out.paint;
        out.text(worded(&found, paint))?;
    }
    out.flush()?;
    Ok(if found.findings.is_empty() { Ending::Done } else { Ending::Refused })
}

fn document(found: &Examination) -> Document<'_> {
    Document {
        cluster_id: found.cluster_id.as_deref(),
        brokers: found.brokers.iter().map(broker).collect(),
        topics: found.topics.iter().map(topic).collect(),
        findings: found.findings.iter().map(finding).collect(),
    }
}

fn broker(broker: &Broker) -> BrokerObject<'_> {
    BrokerObject { id: broker.id, address: &broker.address }
}

fn topic(topic: &TopicState) -> TopicObject<'_> {
    let settings = SETTINGS.iter().filter_map(|name| {
        let value = topic.settings.get(*name)?;
        Some(((*name).to_owned(), value.as_str().into()))
    });
    TopicObject {
        name: &topic.name,
        is_there: topic.is_there,
        partitions: topic.partitions,
        replication: topic.replication,
        settings: settings.collect(),
    }
}

fn finding(finding: &Finding) -> FindingObject<'_> {
    FindingObject {
        topic: finding.topic.as_deref(),
        setting: finding.setting,
        found: finding.found.as_deref(),
        what: &finding.what,
        remedy: &finding.remedy,
    }
}

fn worded(found: &Examination, paint: Paint) -> String {
    let id = found.cluster_id.as_deref().unwrap_or("of unknown id");
    let brokers = counted(found.brokers.len() as u64, "broker");
    let reached = paint.good("reached");
    let mut text = format!("cluster {}: {reached}, {brokers}\n", tame(id, NAME));
    for broker in &found.brokers {
        text += &format!("  broker {}  {}\n", broker.id, tame(&broker.address, NAME));
    }
    for topic in &found.topics {
        text += &topic_worded(topic, found, paint);
    }
    for finding in found.findings.iter().filter(|finding| finding.topic.is_none()) {
        text += &finding_worded(finding, paint);
    }
    text + &match found.findings.len() as u64 {
        0 => format!("{}\n", paint.good("nothing endangers messages")),
        count => {
            let verb = if count == 1 { "endangers" } else { "endanger" };
            format!("{}\n", paint.bad(format!("{} {verb} messages", counted(count, "setting"))))
        }
    }
}

fn topic_worded(topic: &TopicState, found: &Examination, paint: Paint) -> String {
    let name = paint.strong(tame(&topic.name, NAME));
    let mut text = match (topic.is_there, topic.is_beside) {
        (false, true) => format!("topic {name}: not there, the first sink makes it\n"),
        (false, false) => format!("topic {name}: {}\n", paint.bad("not there")),
        (true, _) => {
            let partitions = counted(topic.partitions as u64, "partition");
            let copies = topic.replication;
            format!("topic {name}: {partitions}, replication factor {copies}\n")
        }
    };
    for setting in SETTINGS {
        if let Some(value) = topic.settings.get(setting) {
            let value = tame(value, NAME);
            text += &format!("  {}\n", paint.quiet(format!("{setting}={value}")));
        }
    }
    let findings = found.findings.iter();
    for finding in findings.filter(|finding| finding.topic.as_deref() == Some(&topic.name)) {
        text += &finding_worded(finding, paint);
    }
    text
}

fn finding_worded(finding: &Finding, paint: Paint) -> String {
    let Finding { setting, found, what, remedy, .. } = finding;
    let value = found.as_ref().map(|found| format!("={}", tame(found, NAME))).unwrap_or_default();
    let head = paint.bad(format!("{setting}{value}"));
    let help = paint.mark("help");
    format!("  {head}: {}\n    {help}: {}\n", tame(what, failures::LINE), remedy)
}

/// A time as an argument.
fn duration(text: &str) -> Result<Duration, String> {
    let end = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let (number, unit) = text.split_at_checked(end).unwrap_or((text, ""));
    let factor = match unit {
        "s" => 1,
        "m" => 60,
        "h" => 3_600,
        "d" => 86_400,
        _ => 0,
    };
    let seconds = number.parse::<u64>().ok().and_then(|number| number.checked_mul(factor));
    match seconds {
        Some(seconds) if seconds > 0 => Ok(Duration::from_secs(seconds)),
        _ => Err("write a number and s, m, h or d, as in 7d".to_owned()),
    }
}

/// The settings that are shown.
const SETTINGS: [&str; 5] = [
    "min.insync.replicas",
    "unclean.leader.election.enable",
    "cleanup.policy",
    "retention.ms",
    "max.message.bytes",
];
/// The longest name that is shown, in characters.
const NAME: usize = 300;

const EXAMPLES: &str = "\
Examples:
  KAFKA_BROKERS=kafka:9093 strictframe kafka check telemetry
  strictframe kafka check --config kafka.toml --retention 7d --frame 1000000
  strictframe kafka check telemetry --json | jq '.findings[] | .remedy'";
