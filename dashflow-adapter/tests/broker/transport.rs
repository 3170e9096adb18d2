//! The suite, over a topic of Kafka.

use crate::place::Topic;
use crate::suite::suite;

suite!(Topic::new().await);
