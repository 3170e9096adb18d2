//! The protobuf form of a record, made of `proto/event.proto` and of the lock.

#[allow(unreachable_pub, reason = "made by a build script, for any place")]
mod schemas {
    include!(concat!(env!("OUT_DIR"), "/strictframe.rs"));
}

pub use self::schemas::bench::{AttributeValue, DashStreamMessage, Event, Header};
