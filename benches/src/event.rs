//! The protobuf form of a record: the messages of DashStream that an event needs, by their field numbers.

use std::collections::HashMap;

use prost::Message;

/// `dashstream.v1.Header`.
#[derive(Clone, PartialEq, Message)]
pub struct Header {
    /// 16 bytes.
    #[prost(bytes = "vec", tag = "1")]
    pub message_id: Vec<u8>,
    /// Microseconds since 1970.
    #[prost(int64, tag = "2")]
    pub timestamp_us: i64,
    /// Empty here.
    #[prost(string, tag = "3")]
    pub tenant_id: String,
    /// The run that the record belongs to.
    #[prost(string, tag = "4")]
    pub thread_id: String,
    /// From 1 within a thread.
    #[prost(uint64, tag = "5")]
    pub sequence: u64,
    /// `MessageType`; 1 is an event.
    #[prost(int32, tag = "6")]
    pub r#type: i32,
    /// Empty here.
    #[prost(bytes = "vec", tag = "7")]
    pub parent_id: Vec<u8>,
    /// `CompressionType`; 1 is zstd.
    #[prost(int32, tag = "8")]
    pub compression: i32,
    /// 1.
    #[prost(uint32, tag = "9")]
    pub schema_version: u32,
}

/// `dashstream.v1.AttributeValue`, of which a string is enough here.
#[derive(Clone, PartialEq, Message)]
pub struct AttributeValue {
    /// The one arm that is used.
    #[prost(string, optional, tag = "1")]
    pub string_value: Option<String>,
}

/// `dashstream.v1.Event`.
#[derive(Clone, PartialEq, Message)]
pub struct Event {
    /// Identity, time and order.
    #[prost(message, optional, tag = "1")]
    pub header: Option<Header>,
    /// `EventType`.
    #[prost(int32, tag = "2")]
    pub event_type: i32,
    /// What spoke.
    #[prost(string, tag = "3")]
    pub node_id: String,
    /// One attribute: the record.
    #[prost(map = "string, message", tag = "4")]
    pub attributes: HashMap<String, AttributeValue>,
    /// Zero here.
    #[prost(int64, tag = "5")]
    pub duration_us: i64,
    /// Empty here.
    #[prost(string, tag = "6")]
    pub llm_request_id: String,
}

/// `dashstream.v1.DashStreamMessage`, of which the event is enough here.
#[derive(Clone, PartialEq, Message)]
pub struct DashStreamMessage {
    /// The one arm that is used.
    #[prost(message, optional, tag = "1")]
    pub event: Option<Event>,
}
