//! Which topic or directory is meant, and how it is opened.

use core::time::Duration;
use std::ffi::OsString;
use std::path::{Path, PathBuf};

use strictframe_dashflow::config::KafkaConfig;
use strictframe_dashflow::transport::file::{FileOptions, FileSink, FileSource};
use strictframe_dashflow::transport::kafka::{KafkaSink, KafkaSource};
use strictframe_dashflow::transport::{Position, Received, Sink, Source as _, Start};

use super::either::EitherSource;
use super::failures;
use crate::failure::{self, Failure};
use crate::terminal::{shown, tame};

/// A topic or a directory, as arguments.
#[derive(clap::Args)]
pub(crate) struct PlaceArguments {
    /// The topic; the one of the configuration unless given
    #[arg(conflicts_with = "dir")]
    topic: Option<String>,
    /// A directory of stream files in the place of a topic; no broker is needed
    #[arg(long, value_name = "DIR")]
    dir: Option<PathBuf>,
    /// A file that says where Kafka is (TOML, or JSON when its name ends so); the variables KAFKA_* go before it
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
}

/// A topic or a directory.
#[derive(Clone)]
pub(crate) enum Place {
    Directory(PathBuf),
    Topic(Box<KafkaConfig>),
}

impl PlaceArguments {
    /// What is meant, after everything about it was checked that can be checked here.
    pub(crate) fn read(&self) -> Result<Place, Failure> {
        if let Some(folder) = &self.dir {
            if self.config.is_some() {
                return Err(failure::usage(
                    "--config says where Kafka is, and --dir needs none",
                    "leave one of them out",
                ));
            }
            return Ok(Place::Directory(folder.clone()));
        }
        let names_topic = |variable: &&str| std::env::var_os(variable).is_some();
        let is_named = self.topic.is_some()
            || self.config.is_some()
            || ["KAFKA_TOPIC", "DASHSTREAM_TOPIC"].iter().any(names_topic);
        if !is_named {
            return Err(failure::usage(
                "neither a topic nor a directory is said",
                "name the topic, set KAFKA_TOPIC, or name a directory with --dir",
            ));
        }
        let config = configuration(self.config.as_deref(), self.topic.as_deref())?;
        Ok(Place::Topic(Box::new(config)))
    }

    /// The same; the topic is that of dead letters unless one is named.
    pub(super) fn read_dead_letters(&self) -> Result<Place, Failure> {
        if self.dir.is_some() || self.topic.is_some() {
            return self.read();
        }
        let config = configuration(self.config.as_deref(), None)?;
        config.dead_letters().map(|config| Place::Topic(Box::new(config))).ok_or_else(|| {
            failure::usage(
                "no topic of dead letters is said",
                "name it, set KAFKA_DLQ_TOPIC, or name a directory with --dir",
            )
        })
    }

    /// The directory, where one is meant.
    pub(super) fn dir(&self) -> Option<&Path> {
        self.dir.as_deref()
    }

    /// The file of the configuration.
    pub(super) fn config(&self) -> Option<&Path> {
        self.config.as_deref()
    }
}

/// What file and environment say, with this topic before both.
pub(crate) fn configuration(
    file: Option<&Path>,
    topic: Option<&str>,
) -> Result<KafkaConfig, Failure> {
    let variable = |name: &str| match (topic, name) {
        (Some(topic), "KAFKA_TOPIC") => Some(OsString::from(topic)),
        (Some(_), "DASHSTREAM_TOPIC") => None,
        _ => std::env::var_os(name),
    };
    KafkaConfig::load(file, variable).map_err(|error| failures::config(&error))
}

impl Place {
    /// Its name, fit for a terminal.
    pub(super) fn name(&self) -> String {
        match self {
            Self::Directory(folder) => shown(folder),
            Self::Topic(config) => tame(&config.topic, 300),
        }
    }

    /// Its topic; a directory has none.
    pub(super) fn topic(&self) -> Option<&str> {
        match self {
            Self::Directory(_) => None,
            Self::Topic(config) => Some(&config.topic),
        }
    }

    /// How long an error may last that may pass.
    pub(super) fn patience(&self) -> Duration {
        match self {
            Self::Directory(_) => Duration::ZERO,
            Self::Topic(config) => config.operation_timeout,
        }
    }

    /// Opens it for writing.
    pub(super) async fn sink(&self) -> Result<Box<dyn Sink>, Failure> {
        let failed = |error| failures::transport(&error);
        Ok(match self {
            Self::Directory(folder) => {
                Box::new(FileSink::open(folder, &FileOptions::default()).map_err(failed)?)
            }
            Self::Topic(config) => Box::new(KafkaSink::connect(config).await.map_err(failed)?),
        })
    }

    /// Opens it for reading, for a group or for none.
    pub(crate) async fn source(
        &self,
        start: &Start,
        group: Option<&str>,
    ) -> Result<EitherSource, Failure> {
        let opened = match self {
            Self::Directory(folder) if !folder.is_dir() => {
                return Err(failures::no_directory(folder));
            }
            Self::Directory(folder) => {
                FileSource::open(folder, start, group).map(EitherSource::File)
            }
            Self::Topic(config) => {
                let mut config = config.as_ref().clone();
                config.group_id = group.map(str::to_owned);
                let source = KafkaSource::connect(&config, start).await;
                source.map(|source| EitherSource::Kafka(Box::new(source)))
            }
        };
        opened.map_err(|error| failures::transport(&error))
    }
}

/// Tells when everything there was has been given.
#[derive(Default)]
pub(crate) struct Behind(Option<Vec<u32>>);

impl Behind {
    /// These partitions are read from now on.
    pub(crate) fn assigned(&mut self, partitions: &[u32]) {
        self.0.get_or_insert_default().extend(partitions);
    }

    /// Everything of that partition was given; whether that is so of all.
    pub(crate) fn caught_up(&mut self, partition: u32) -> bool {
        let Some(behind) = &mut self.0 else { return false };
        behind.retain(|other| *other != partition);
        behind.is_empty()
    }
}

/// Gives everything that a source has now.
pub(super) async fn each(
    source: &mut EitherSource,
    mut take: impl FnMut(Received) -> Result<(), Failure>,
) -> Result<(), Failure> {
    let mut behind = Behind::default();
    loop {
        match source.receive().await.map_err(|error| failures::transport(&error))? {
            Received::Assigned(partitions) => behind.assigned(&partitions),
            Received::CaughtUp { partition } => {
                if behind.caught_up(partition) {
                    return Ok(());
                }
            }
            received => take(received)?,
        }
    }
}

/// A position as an argument: `PARTITION:OFFSET`, or the offset where there is one partition.
pub(super) fn position(text: &str) -> Result<Position, String> {
    let (partition, offset) = text.rsplit_once(':').unwrap_or(("0", text));
    match (partition.parse(), offset.parse()) {
        (Ok(partition), Ok(offset)) => Ok(Position { partition, offset }),
        _ => Err("write PARTITION:OFFSET, or OFFSET where there is one partition".to_owned()),
    }
}
