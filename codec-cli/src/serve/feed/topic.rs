//! The partitions of a topic of Kafka.

use core::time::Duration;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use bytes::Bytes;
use strictframe::core::Content;
use strictframe::core::control::Control;
use strictframe::{ErrorKind, Frame, Limits};
use strictframe_dashflow::config::KafkaConfig;
use strictframe_dashflow::transport::kafka::KafkaSource;
use strictframe_dashflow::transport::{
    Definition, DefinitionId, Delivered, ErrorClass, Position, Received, Source as _, Start,
    TransportError,
};

use super::{Batch, Given, Log, PIECE, Placed};
use crate::kafka::place::Behind;
use crate::serve::cursor::{Cursors, Decimal};
use crate::serve::feed::files;
use crate::serve::words::{Lost, Notice, Refused, Trouble};

/// Reads a topic for one client; no group is joined.
pub(in crate::serve) struct Topic {
    source: KafkaSource,
    logs: BTreeMap<u32, Arc<Log>>,
    definitions: BTreeMap<DefinitionId, Definition>,
    /// What was asked for, found or not.
    asked: BTreeSet<DefinitionId>,
    /// What was given.
    given: BTreeSet<DefinitionId>,
    behind: Behind,
    is_behind: bool,
    /// The name of the error that was told last and still lasts.
    lasting: Option<&'static str>,
}

impl Topic {
    /// Begins to read.
    ///
    /// # Errors
    /// What the transport says of the broker, the topic, or the cursors.
    pub(in crate::serve) async fn connect(
        config: &KafkaConfig,
        start: &files::Start,
    ) -> Result<Self, Trouble> {
        let mut config = config.clone();
        config.group_id = None;
        let start = match start {
            files::Start::At(cursors) => Start::At(positions(cursors)?),
            files::Start::Earliest => Start::Earliest,
            files::Start::Latest => Start::Latest,
        };
        let source =
            KafkaSource::connect(&config, &start).await.map_err(|error| trouble(&error))?;
        Ok(Self {
            source,
            logs: BTreeMap::new(),
            definitions: BTreeMap::new(),
            asked: BTreeSet::new(),
            given: BTreeSet::new(),
            behind: Behind::default(),
            is_behind: false,
            lasting: None,
        })
    }

    pub(super) async fn next(&mut self) -> Result<Batch, Trouble> {
        let mut batch = Batch::default();
        let (mut patience, mut len) = (PATIENCE, 0);
        while len < PIECE {
            // What is not ready yet is lost by nobody.
            let Ok(received) = tokio::time::timeout(patience, self.source.receive()).await else {
                break;
            };
            patience = Duration::ZERO;
            match received {
                Ok(received) => {
                    self.lasting = None;
                    self.take(received, &mut batch.given).await?;
                }
                Err(error) if error.class() == ErrorClass::Retryable => {
                    if self.lasting.replace(error.name()) != Some(error.name()) {
                        batch.given.push(Given::Notice(unreadable(&error)));
                    }
                    break;
                }
                Err(error) => return Err(trouble(&error)),
            }
            len = batch.given.iter().map(Given::len).sum();
        }
        batch.is_behind = self.is_behind && batch.given.is_empty();
        Ok(batch)
    }

    async fn take(&mut self, received: Received, given: &mut Vec<Given>) -> Result<(), Trouble> {
        match received {
            Received::Assigned(partitions) => self.behind.assigned(&partitions),
            Received::CaughtUp { partition } => self.is_behind |= self.behind.caught_up(partition),
            Received::Delivered(delivered) => self.deliver(delivered, given).await?,
            Received::Lost { from, to, error } => given.push(Given::Lost(Lost {
                log: Arc::clone(&self.log(from.partition).name),
                from: Decimal(from.offset),
                to: to.map(Decimal),
                frames: to.map(|to| Decimal(to.saturating_sub(from.offset))),
                message: error.to_string(),
            })),
            // No group was joined: nothing is taken away.
            _ => {}
        }
        Ok(())
    }

    async fn deliver(
        &mut self,
        delivered: Delivered,
        given: &mut Vec<Given>,
    ) -> Result<(), Trouble> {
        let Position { partition, offset } = delivered.position;
        let log = self.log(partition);
        let value = delivered.value;
        match needs(&value) {
            Ok(Value::Data(needed)) => {
                for id in needed {
                    self.define(id, &log, given).await?;
                }
                let next = offset.saturating_add(1);
                given.push(Given::Frame(Placed { frame: value, log, start: offset, next }));
            }
            Ok(Value::Definition) => given.push(Given::Definition(value)),
            Err(error) => {
                let at = (offset, error.offset());
                let refused = Refused::new(&log.name, error.kind(), at, error, &value);
                given.push(Given::Refused(Box::new(refused)));
            }
        }
        Ok(())
    }

    /// Gives the schema or dictionary that a frame needs, asking for it once if it is not known.
    async fn define(
        &mut self,
        id: DefinitionId,
        log: &Arc<Log>,
        given: &mut Vec<Given>,
    ) -> Result<(), Trouble> {
        if !self.definitions.contains_key(&id) && self.asked.insert(id) {
            match self.source.definitions().await {
                Ok(definitions) => {
                    let by_id = definitions.into_iter().map(|found| (found.id(), found));
                    self.definitions.extend(by_id);
                }
                Err(error) if error.class() == ErrorClass::Retryable => {
                    // Asked again when it is needed again.
                    self.asked.remove(&id);
                    given.push(Given::Notice(unreadable(&error)));
                }
                Err(error) => return Err(trouble(&error)),
            }
            if !self.definitions.contains_key(&id) {
                given.push(Given::Notice(missing(id, log)));
            }
        }
        if let Some(definition) = self.definitions.get(&id)
            && self.given.insert(id)
        {
            given.push(Given::Definition(definition.frame().clone()));
        }
        Ok(())
    }

    fn log(&mut self, partition: u32) -> Arc<Log> {
        let new = || Arc::new(Log { name: partition.to_string().into(), stream: None });
        Arc::clone(self.logs.entry(partition).or_insert_with(new))
    }
}

/// What a value of Kafka is.
enum Value {
    /// A data frame, and what must be known to read it.
    Data(Vec<DefinitionId>),
    /// A SCHEMA or DICT frame.
    Definition,
}

fn needs(value: &Bytes) -> Result<Value, strictframe::Error> {
    let frame = Frame::parse(value, &Limits::MAXIMUM)?;
    match frame.content() {
        Content::Control(Control::Schema(_) | Control::Dictionary(_)) => Ok(Value::Definition),
        Content::Data { compressed, .. } => {
            frame.check_data()?;
            let dictionary = compressed.as_ref().and_then(|compressed| compressed.dictionary);
            let schema = DefinitionId::Schema(frame.key());
            Ok(Value::Data(
                [Some(schema), dictionary.map(DefinitionId::Dictionary)]
                    .into_iter()
                    .flatten()
                    .collect(),
            ))
        }
        // A SYNC or END has no place outside of a stream.
        _ => Err(ErrorKind::UnexpectedKind.at(2)),
    }
}

fn positions(cursors: &Cursors) -> Result<Vec<Position>, Trouble> {
    let mut positions = Vec::new();
    for cursor in cursors.values() {
        let partition = cursor.log.parse().ok().filter(|_| cursor.stream.is_none());
        let Some(partition) = partition else {
            let message = "a cursor of a topic has a partition as its log, and no stream";
            return Err(Trouble::new(
                "CursorRefused",
                message,
                "give back cursors as they were sent",
            ));
        };
        positions.push(Position { partition, offset: cursor.offset.0 });
    }
    Ok(positions)
}

fn trouble(error: &TransportError) -> Trouble {
    let help = match error.name() {
        "PositionGone" => "start at earliest: what lies between is not kept any more",
        "PositionAhead" | "UnknownPartition" => "start at cursors of this topic",
        _ => "`strictframe kafka check` says more",
    };
    Trouble::new(error.name(), error, help)
}

fn unreadable(error: &TransportError) -> Notice {
    let help = "it is tried again and again".to_owned();
    Notice { log: None, name: error.name(), message: error.to_string(), help }
}

fn missing(id: DefinitionId, log: &Arc<Log>) -> Notice {
    Notice {
        log: Some(Arc::clone(&log.name)),
        name: "DefinitionMissing",
        message: format!("nobody has announced {id} beside the topic"),
        help: "frames that need it are sent all the same, and cannot be read until it is announced"
            .to_owned(),
    }
}

/// How long a frame is waited for.
const PATIENCE: Duration = Duration::from_millis(100);

#[cfg(test)]
mod tests {
    use strictframe::core::Parts;
    use strictframe::{Descriptor, Encoder, Kind};

    use super::*;

    #[test]
    fn a_value_is_a_frame_and_what_it_needs_or_is_refused() {
        let schema = Descriptor::json("test.Served", 1, 1, br#"{"type": "object"}"#).unwrap();
        let mut frame = Vec::new();
        Encoder::builder(schema.key()).build().unwrap().encode(b"{}", &mut frame).unwrap();
        let Ok(Value::Data(needed)) = needs(&frame.clone().into()) else { panic!("it is data") };
        assert_eq!(needed, [DefinitionId::Schema(schema.key())]);
        let mut body = Vec::new();
        schema.write_body(&mut body).unwrap();
        let mut definition = Vec::new();
        Parts::control(Kind::SCHEMA, &[&body]).write(&mut definition).unwrap();
        assert!(matches!(needs(&definition.into()), Ok(Value::Definition)));
        let mut end = Vec::new();
        Parts::control(Kind::END, &[&[0; 48]]).write(&mut end).unwrap();
        let refused = |value: &[u8]| needs(&Bytes::copy_from_slice(value)).err().unwrap();
        assert_eq!(refused(&end).kind(), ErrorKind::UnexpectedKind);
        assert_eq!(refused(b"{}").kind().name(), "BadMagic");
        assert_eq!(refused(b"").kind().name(), "Truncated");
        frame[30] ^= 1;
        assert_eq!(refused(&frame).kind(), ErrorKind::FrameCrc);
    }
}
