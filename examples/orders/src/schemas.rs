//! What `build.rs` makes of the `.proto` files and the lock.
#![allow(missing_docs, unreachable_pub, reason = "the descriptions stand in the .proto files")]

include!(concat!(env!("OUT_DIR"), "/strictframe.rs"));
