//! What strictframe costs: corpora, contestants, and the races between them.
//!
//! `README.md` beside this crate says how a measurement is made and how to enter a [`Contestant`](contestant::Contestant).
#![allow(
    clippy::exhaustive_structs,
    clippy::exhaustive_enums,
    reason = "not published: nobody's build depends on what may be added"
)]

pub mod claims;
pub mod clock;
pub mod contestant;
pub mod contestants;
pub mod corpus;
pub mod event;
pub mod messages;
pub mod operation;
pub mod payloads;
pub mod plot;
pub mod race;
pub mod results;
pub mod scenario;
pub mod schemas;
pub mod sizes;
pub mod workload;

/// Whatever keeps a measurement from being made.
pub type Fault = Box<dyn core::error::Error + Send + Sync>;
