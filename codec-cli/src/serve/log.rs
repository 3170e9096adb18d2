//! What is told to whoever runs the server: one line for each thing that happens.

use core::net::SocketAddr;
use std::io::Write as _;

use serde::Serialize;

use crate::terminal::Paint;

/// Where the lines go: words on standard error, or JSON on standard output.
#[derive(Clone, Copy)]
pub(super) struct Report {
    pub(super) json: bool,
}

/// Something that happens.
#[derive(Serialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub(super) enum Event<'a> {
    /// Clients are let in at this address.
    Listening { url: &'a str, address: SocketAddr, source: &'a str },
    /// A client is let in.
    Connected { client: u64, peer: SocketAddr },
    /// A client has gone, or was sent away.
    Disconnected { client: u64, code: Option<u16>, reason: &'a str },
    /// Somebody was not let in.
    TurnedAway { peer: SocketAddr, name: &'a str },
    /// A client did not take frames in time.
    Missed { client: u64, frames: u64, bytes: u64 },
    /// Something cannot be done, and all else goes on.
    Trouble { name: &'a str, message: &'a str },
    /// Everybody is sent away.
    Ending {},
}

impl Report {
    /// Tells it. Whoever does not listen does not hinder anybody.
    pub(super) fn tell(self, event: &Event<'_>) {
        if self.json {
            let mut line = serde_json::to_vec(event).unwrap_or_default();
            line.push(b'\n');
            let mut stdout = std::io::stdout().lock();
            let _ = stdout.write_all(&line).and_then(|()| stdout.flush());
            return;
        }
        let _ = writeln!(std::io::stderr(), "{}", event.worded());
    }
}

impl Event<'_> {
    fn worded(&self) -> String {
        let paint = Paint::for_stderr();
        match self {
            Self::Listening { url, source, .. } => {
                format!("{source} is served at {}\nCtrl-C ends it.", paint.strong(url))
            }
            Self::Connected { client, peer } => format!("client {client} of {peer} is let in"),
            Self::Disconnected { client, code: Some(code), reason } => {
                format!("client {client} was sent away: {reason} ({code})")
            }
            Self::Disconnected { client, reason, .. } => {
                format!("client {client} has gone: {reason}")
            }
            Self::TurnedAway { peer, name } => {
                format!("{} {peer}: {name}", paint.doubtful("turned away"))
            }
            Self::Missed { client, frames, bytes } => {
                format!(
                    "client {client} is slow and {} {frames} frames of {bytes} bytes",
                    paint.doubtful("missed")
                )
            }
            Self::Trouble { message, .. } => format!("{}: {message}", paint.bad("trouble")),
            Self::Ending {} => "ending".to_owned(),
        }
    }
}
