//! What is served, to whom, and how many at once.

use core::net::{IpAddr, SocketAddr};
use core::time::Duration;
use std::path::PathBuf;
use std::sync::Arc;

use tokio::sync::{Semaphore, watch};

use super::cursor::Cursors;
use super::door::LONGEST_TEXT;
use super::feed::Feed;
use super::feed::files::{Files, Start, name_of};
#[cfg(feature = "dashflow")]
use super::feed::topic::Topic;
use super::log::Report;
use super::queue::{MOST_BYTES, MOST_FRAMES};
use super::token::Token;
use super::words::{From, Hello, Named, Origin, Trouble};
use crate::terminal::shown;
#[cfg(feature = "dashflow")]
use crate::terminal::tame;

/// Everything that all clients have in common.
pub(super) struct Site {
    pub(super) served: Served,
    pub(super) token: Token,
    pub(super) origins: Origins,
    /// As many as there may be clients.
    pub(super) places: Arc<Semaphore>,
    /// How long nothing may be heard of a client.
    pub(super) idle: Duration,
    /// How long a client may lag that has caught up.
    pub(super) lag: Duration,
    pub(super) report: Report,
    /// Turns true when everybody has to go.
    pub(super) ending: watch::Receiver<bool>,
}

/// What is served.
pub(super) enum Served {
    File(PathBuf),
    Folder(PathBuf),
    #[cfg(feature = "dashflow")]
    Topic(Box<strictframe_dashflow::config::KafkaConfig>),
}

impl Served {
    fn origin(&self) -> Origin {
        match self {
            Self::File(path) => Origin { kind: "file", name: name_of(path) },
            Self::Folder(path) => Origin { kind: "directory", name: name_of(path) },
            #[cfg(feature = "dashflow")]
            Self::Topic(config) => Origin { kind: "topic", name: config.topic.clone() },
        }
    }

    /// In words.
    pub(super) fn worded(&self) -> String {
        match self {
            Self::File(path) => shown(path),
            Self::Folder(path) => format!("directory {}", shown(path)),
            #[cfg(feature = "dashflow")]
            Self::Topic(config) => format!("topic {}", tame(&config.topic, 300)),
        }
    }

    /// Begins to read it for one client.
    ///
    /// # Errors
    /// What keeps it from being read from there.
    pub(super) async fn open(&self, from: From) -> Result<Feed, Trouble> {
        let start = match from {
            From::Named(Named::Earliest) => Start::Earliest,
            From::Named(Named::Latest) => Start::Latest,
            From::At(cursors) => {
                let count = cursors.len();
                let by_log = cursors.into_iter().map(|cursor| (Arc::clone(&cursor.log), cursor));
                let cursors: Cursors = by_log.collect();
                if cursors.len() < count {
                    let message = "a log has two cursors";
                    let help = "give back the last one of each log";
                    return Err(Trouble::new("CursorRefused", message, help));
                }
                Start::At(cursors)
            }
        };
        match self {
            Self::File(path) => Ok(Feed::Files(Box::new(Files::of_file(path, start)))),
            Self::Folder(path) => Ok(Feed::Files(Box::new(Files::of_folder(path, start)))),
            #[cfg(feature = "dashflow")]
            Self::Topic(config) => {
                Topic::connect(config, &start).await.map(|topic| Feed::Topic(Box::new(topic)))
            }
        }
    }
}

impl Site {
    pub(super) fn hello(&self) -> Hello {
        Hello {
            version: 1,
            source: self.served.origin(),
            longest_text: LONGEST_TEXT,
            queue_frames: MOST_FRAMES,
            queue_bytes: MOST_BYTES,
        }
    }
}

/// The origins of pages that may connect.
pub(super) struct Origins(Vec<String>);

impl Origins {
    /// Those of the server's own page, and others that the user has named.
    pub(super) fn new(address: SocketAddr, named: &[String]) -> Self {
        let port = address.port();
        let mut origins = named.to_vec();
        origins.push(format!("http://{address}"));
        if address.ip().is_loopback() || address.ip().is_unspecified() {
            origins.push(format!("http://localhost:{port}"));
            let loopback = match address.ip() {
                IpAddr::V4(_) => "127.0.0.1",
                IpAddr::V6(_) => "[::1]",
            };
            origins.push(format!("http://{loopback}:{port}"));
        }
        Self(origins)
    }

    /// Whether what a request says is allowed: one of these, or nothing, as programs that are no browsers say.
    pub(super) fn allow<'a>(&self, mut said: impl Iterator<Item = &'a [u8]>) -> bool {
        match (said.next(), said.next()) {
            (None, _) => true,
            (Some(origin), None) => {
                self.0.iter().any(|allowed| allowed.as_bytes().eq_ignore_ascii_case(origin))
            }
            (Some(_), Some(_)) => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn allows(address: &str, named: &[&str], origin: &str) -> bool {
        let named: Vec<_> = named.iter().map(|&name| name.to_owned()).collect();
        Origins::new(address.parse().unwrap(), &named).allow([origin.as_bytes()].into_iter())
    }

    #[test]
    fn the_own_page_and_named_ones_may_connect_and_no_other() {
        assert!(allows("127.0.0.1:4790", &[], "http://127.0.0.1:4790"));
        assert!(allows("127.0.0.1:4790", &[], "http://localhost:4790"));
        assert!(allows("[::1]:4790", &[], "http://[::1]:4790"));
        assert!(allows("192.0.2.7:80", &["http://desk:80"], "http://desk:80"));
        for origin in [
            "null",
            "",
            "http://127.0.0.1",
            "http://127.0.0.1:4791",
            "https://127.0.0.1:4790",
            "http://evil.example",
            "http://127.0.0.1:4790.evil.example",
        ] {
            assert!(!allows("127.0.0.1:4790", &[], origin), "{origin}");
        }
        assert!(!allows("192.0.2.7:4790", &[], "http://localhost:4790"));
        let two = [&b"http://localhost:4790"[..], b"http://localhost:4790"];
        assert!(!Origins::new("127.0.0.1:4790".parse().unwrap(), &[]).allow(two.into_iter()));
        assert!(Origins::new("127.0.0.1:4790".parse().unwrap(), &[]).allow(core::iter::empty()));
    }
}
