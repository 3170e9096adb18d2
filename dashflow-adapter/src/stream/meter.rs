//! The metrics of a stream.

use metrics::{Counter, Gauge, counter, gauge};

/// Where a stream counts beside its own counts.
pub(super) struct Meter {
    pub(super) sent: Counter,
    pub(super) delivered: Counter,
    pub(super) lagging: Counter,
    pub(super) no_room: Counter,
    pub(super) unread: Counter,
    pub(super) waits: Counter,
    pub(super) waiting: Gauge,
}

impl Meter {
    pub(super) fn new(stream: &str) -> Self {
        let label = || stream.to_owned();
        let dropped = |reason: &'static str| counter!("dashstream_stream_dropped_total", "stream" => label(), "reason" => reason);
        Self {
            sent: counter!("dashstream_stream_sent_total", "stream" => label()),
            delivered: counter!("dashstream_stream_delivered_total", "stream" => label()),
            lagging: dropped("lagging"),
            no_room: dropped("no_room"),
            unread: dropped("unread"),
            waits: counter!("dashstream_stream_waits_total", "stream" => label()),
            waiting: gauge!("dashstream_stream_waiting", "stream" => label()),
        }
    }
}
