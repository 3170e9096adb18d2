//! What librdkafka calls a source for.

use rdkafka::client::ClientContext;
use rdkafka::consumer::{BaseConsumer, Consumer as _, ConsumerContext, Rebalance};
use rdkafka::error::KafkaError;
use rdkafka::topic_partition_list::{Offset, TopicPartitionList};
use tokio::sync::mpsc::UnboundedSender;

use super::client::{Complaints, STEP};
use super::offsets::offset_in;
use crate::config::OffsetReset;
use crate::transport::Received;

/// Hears of partitions that come and go.
pub(super) struct Watch {
    pub(super) complaints: Complaints,
    pub(super) events: UnboundedSender<Received>,
    /// Where a group begins that has no position.
    pub(super) begin: OffsetReset,
}

impl Watch {
    /// Lets partitions begin of which the group has no position. Where that cannot be asked for now, it is when librdkafka misses it.
    fn begin(&self, consumer: &BaseConsumer<Self>, list: &TopicPartitionList) {
        let begin = match self.begin {
            OffsetReset::Earliest => Offset::Beginning,
            OffsetReset::Latest => Offset::End,
            OffsetReset::None => return,
        };
        let Ok(committed) = consumer.committed_offsets(list.clone(), STEP) else { return };
        for mut element in list.elements() {
            if offset_in(&committed, element.partition()).is_none() {
                let _ = element.set_offset(begin);
            }
        }
    }
}

impl ClientContext for Watch {
    fn error(&self, error: KafkaError, reason: &str) {
        self.complaints.error(error, reason);
    }
}

impl ConsumerContext for Watch {
    fn pre_rebalance(&self, consumer: &BaseConsumer<Self>, rebalance: &Rebalance<'_>) {
        let numbers = |list: &TopicPartitionList| {
            let elements = list.elements();
            let numbers = elements.iter().map(|element| u32::try_from(element.partition()));
            numbers.filter_map(Result::ok).collect()
        };
        // Whoever receives may be gone.
        let _ = match rebalance {
            Rebalance::Assign(list) => {
                self.begin(consumer, list);
                self.events.send(Received::Assigned(numbers(list)))
            }
            Rebalance::Revoke(list) => self.events.send(Received::Revoked(numbers(list))),
            Rebalance::Error(_) => Ok(()),
        };
    }
}
