//! `serve`: the real command, real files, and clients of another implementation of WebSockets.

mod behave;
mod damage;
mod door;
mod files;
mod live;
mod page;
mod slow;
pub(crate) mod world;
