//! A small shop whose programs send each other orders, refunds and visits.
//!
//! Orders and refunds are protobuf, described in `proto/`; a visit is a type of `serde`. All three are locked in `strictframe.lock`, from which
//! `build.rs` takes their constants.
//!
//! ```
//! use strictframe::{Decoder, Encoder, Registry, Schema};
//! use strictframe_example_orders::{Order, Shop, Visit};
//!
//! let mut orders = Encoder::builder(Order::SCHEMA).build()?;
//! let mut visits = Encoder::builder(Visit::SCHEMA).build()?;
//! let (mut order, mut visit) = (Vec::new(), Vec::new());
//! orders.encode_message(&Order { id: 7, ..Order::default() }, &mut order)?;
//! visits.encode_message(&Visit { page: "/".to_owned(), seconds: 1.5, referrer: None }, &mut visit)?;
//!
//! let mut decoder = Decoder::builder(Registry::new()).build();
//! for frame in [&order, &visit] {
//!     match decoder.decode_any::<Shop>(frame)?.message {
//!         Shop::Order(order) => assert_eq!(order.id, 7),
//!         Shop::Refund(refund) => panic!("there was none: {refund:?}"),
//!         Shop::Visit(visit) => assert_eq!(visit.page, "/"),
//!     }
//! }
//!
//! // A frame of another type is refused, with both keys and names.
//! let error = decoder.decode_message::<Visit>(&order).unwrap_err();
//! assert_eq!((error.code(), error.name()), (501, "UnknownSchema"));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

#![allow(
    clippy::exhaustive_enums,
    clippy::exhaustive_structs,
    reason = "messages are what their schemas say, and their versions are counted there"
)]

mod schemas;

pub use self::schemas::shop::{Card, Invoice, Money, Order, Refund, order, refund};

/// A page that was looked at.
#[derive(Clone, Debug, PartialEq, serde::Deserialize, serde::Serialize, schemars::JsonSchema)]
pub struct Visit {
    /// The path of the page.
    pub page: String,
    /// For how long.
    pub seconds: f64,
    /// Where the visitor came from.
    pub referrer: Option<String>,
}

strictframe::json_messages! { Visit => schemas::SHOP_VISIT }

strictframe::messages! {
    /// Whatever programs of the shop send.
    #[derive(Clone, Debug, PartialEq)]
    pub enum Shop {
        /// Something was ordered.
        Order(Order),
        /// Money is given back.
        Refund(Refund),
        /// Somebody looked.
        Visit(Visit),
    }
}
