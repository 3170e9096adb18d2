//! Schemas that grow, and locks of them.

use strictframe_schema::lock::{Lock, Plan, Schema};
use strictframe_schema::protobuf::ProtobufSchema;

/// The canonical text of a message with those fields.
pub(crate) fn message(fields: &str) -> ProtobufSchema {
    ProtobufSchema::parse(format!("message shop.Order\n{fields}").as_bytes()).unwrap()
}

pub(crate) fn add_message(lock: &mut Lock, fields: &str) -> Plan {
    lock.add("shop.Order", Schema::Protobuf(&message(fields))).unwrap()
}

/// Three versions of a protobuf message, two of a JSON type, one opaque.
pub(crate) fn sample() -> Lock {
    let mut lock = Lock::new();
    add_message(&mut lock, ONE);
    add_message(&mut lock, TWO);
    add_message(&mut lock, THREE);
    lock.add(
        "shop.Visit",
        Schema::Json(br#"{"type":"object","properties":{"n":{"type":"integer"}}}"#),
    )
    .unwrap();
    lock.add(
        "shop.Visit",
        Schema::Json(br#"{"type":"object","properties":{"n":{"type":"number"}}}"#),
    )
    .unwrap();
    lock.add("shop.Blob", Schema::Opaque(&[0xab; 40])).unwrap();
    lock
}

pub(crate) const ONE: &str =
    " 1 id int64 implicit\n 2 note string explicit default=\"it's '''here'''\"\n";
pub(crate) const TWO: &str = " 1 id int64 implicit\n 2 note string explicit\n";
pub(crate) const THREE: &str =
    " 1 id int64 implicit\n 2 note string explicit\n 3 total double implicit\n";
