//! What to do when librdkafka says that a position is not there, and not which.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use rdkafka::consumer::{Consumer as _, ConsumerContext, StreamConsumer};
use rdkafka::topic_partition_list::{Offset, TopicPartitionList};

use super::client::failed;
use super::offsets::{offset, offset_in, watermarks};
use crate::config::{KafkaConfig, OffsetReset};
use crate::transport::{Position, Received, TransportError};

/// A source whose position in some partition is not there.
pub(super) struct Astray<C: ConsumerContext + 'static> {
    pub(super) consumer: Arc<StreamConsumer<C>>,
    pub(super) config: KafkaConfig,
    /// Where each partition stands, as far as the source knows.
    pub(super) next: BTreeMap<i32, u64>,
    pub(super) paused: BTreeSet<i32>,
    /// Whether the group divides the partitions: it has a place to begin where it has no position.
    pub(super) is_shared: bool,
}

impl<C: ConsumerContext + 'static> Astray<C> {
    /// Finds the partitions whose positions are gone, and goes on at the first one that is kept, or where a group is to go on then. Gives what is lost, and
    /// where each partition stands now.
    ///
    /// Brokers say the same of a position that is there, when a reader that has just moved asks before they have settled: it is asked for again then.
    pub(super) fn settle(mut self) -> Result<(Vec<Received>, BTreeMap<i32, u64>), TransportError> {
        self.find()?;
        let (mut lost, mut list) = (Vec::new(), TopicPartitionList::new());
        for (partition, at) in &mut self.next {
            let (first, end) = watermarks(&self.consumer, &self.config, *partition)?;
            if *at < first {
                let error = TransportError::position_gone(*at, first);
                let to = match self.config.auto_offset_reset {
                    OffsetReset::Latest if self.is_shared => end,
                    OffsetReset::None if self.is_shared => return Err(error),
                    _ => first,
                };
                let number = u32::try_from(*partition).unwrap_or(0);
                let from = Position { partition: number, offset: *at };
                lost.push(Received::Lost { from, to: Some(to), error });
                *at = to;
            }
            let added = list.add_partition_offset(&self.config.topic, *partition, offset(*at));
            added.map_err(failed("choosing offsets"))?;
        }
        // librdkafka reads such a partition no further and seeks in it no more, until it is taken anew.
        self.consumer.assign(&list).map_err(failed("taking partitions"))?;
        let mut list = TopicPartitionList::new();
        for partition in self.paused.iter().filter(|partition| self.next.contains_key(partition)) {
            list.add_partition(&self.config.topic, *partition);
        }
        self.consumer.pause(&list).map_err(failed("pausing a partition"))?;
        Ok((lost, self.next))
    }

    /// Finds out where the partitions stand of which nothing was given yet.
    fn find(&mut self) -> Result<(), TransportError> {
        let assigned = self.consumer.assignment().map_err(failed("asking for partitions"))?;
        let mut unknown = TopicPartitionList::new();
        for element in assigned.elements_for_topic(&self.config.topic) {
            if !self.next.contains_key(&element.partition()) {
                unknown.add_partition(&self.config.topic, element.partition());
            }
        }
        if unknown.count() == 0 {
            return Ok(());
        }
        let committed = self.consumer.committed_offsets(unknown, self.config.operation_timeout);
        let committed = committed.map_err(failed("asking for committed positions"))?;
        for element in committed.elements_for_topic(&self.config.topic) {
            let partition = element.partition();
            let begins = match (element.offset(), self.config.auto_offset_reset) {
                (Offset::Offset(_), _) => offset_in(&committed, partition).unwrap_or(0),
                (_, OffsetReset::None) => return Err(TransportError::no_position(partition)),
                (_, reset) => {
                    let (first, end) = watermarks(&self.consumer, &self.config, partition)?;
                    if reset == OffsetReset::Latest { end } else { first }
                }
            };
            self.next.insert(partition, begins);
        }
        Ok(())
    }
}
