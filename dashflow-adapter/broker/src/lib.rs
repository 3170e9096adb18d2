//! Real Apache Kafka for tests: one broker with every kind of listener, or three that replicate, each of which can be killed and started again.
//!
//! Everything lies in one folder, a [`Home`]: the jars, which Maven brings, the certificates, which openssl makes, and the brokers' data. Ports are chosen free;
//! what was chosen stands in `state.json` beside each broker. Brokers outlive the process that started them, until [`Home::down`].
//!
//! [`Postgres`] is a real PostgreSQL for tests in the same way, and lives as long as its value.

mod acls;
mod certificates;
mod cluster;
mod failure;
mod home;
mod jars;
mod node;
mod postgres;
mod request;
mod single;
mod state;
mod topics;

pub use self::acls::{Resource, Right};
pub use self::certificates::Certificates;
pub use self::cluster::Cluster;
pub use self::failure::{Failure, Outcome};
pub use self::home::Home;
pub use self::postgres::{Postgres, Programs};
pub use self::single::{Listener, Single, User};
