//! Makes `src/schemas.rs` whole: types for the messages, and constants out of the lock.

use strictframe_schema::build::{Build, BuildError};

fn main() -> Result<(), BuildError> {
    Build::new()
        .include("proto")
        .proto("proto/shop/order.proto")
        .proto("proto/shop/refund.proto")
        .message("shop.Order")
        .message("shop.Refund")
        .json("shop.Visit")
        .generate()
}
