//! One client, from the first text to the last.

use core::error::Error as _;
use core::net::SocketAddr;
use core::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use core::time::Duration;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use axum::extract::ws::{CloseFrame, Message, WebSocket};
use bytes::Bytes;
use futures_util::stream::{SplitSink, SplitStream};
use futures_util::{SinkExt as _, StreamExt as _};
use tokio::sync::{OwnedSemaphorePermit, mpsc};
use tokio::time::timeout;
use tungstenite::Error as SocketError;

use super::door::LONGEST_TEXT;
use super::log::Event;
use super::pump::{Ended, Pump};
use super::queue::{Emptying, Filling, Gone, queue};
use super::site::Site;
use super::words::{Asked, Closing, From, Told, Trouble};

/// Sends to a client what it asks for, until it goes or is sent away.
pub(super) async fn attend(
    socket: WebSocket,
    site: Arc<Site>,
    peer: SocketAddr,
    place: OwnedSemaphorePermit,
) {
    let client = NEXT.fetch_add(1, Ordering::Relaxed);
    site.report.tell(&Event::Connected { client, peer });
    let (mut sink, mut stream) = socket.split();
    let leaving = with(&mut sink, &mut stream, &site, client).await;
    let (code, reason) = match &leaving {
        Leaving::Away(closing) => (Some(closing.code), closing.reason),
        Leaving::Gone => (None, "it closed the connection, or the connection is lost"),
    };
    site.report.tell(&Event::Disconnected { client, code, reason });
    if let Leaving::Away(closing) = leaving {
        let frame = CloseFrame { code: closing.code, reason: closing.reason.into() };
        let closed = sink.send(Message::Close(Some(frame)));
        if let Ok(Ok(())) = timeout(TIME_TO_CLOSE, closed).await {
            // What it still says is read, so that what was sent to it is not taken back when the connection is closed.
            let silence = async {
                while let Some(Ok(_)) = stream.next().await {}
                if closing.ends_reading {
                    core::future::pending::<()>().await;
                }
            };
            let _ = timeout(TIME_TO_CLOSE, silence).await;
        }
    }
    drop(place);
}

/// How a client leaves.
enum Leaving {
    Away(Closing),
    Gone,
}

async fn with(
    sink: &mut SplitSink<WebSocket, Message>,
    stream: &mut SplitStream<WebSocket>,
    site: &Site,
    client: u64,
) -> Leaving {
    let (filling, emptying) = queue();
    let heard = Mutex::new(Instant::now());
    let mut ending = site.ending.clone();
    tokio::select! {
        leaving = send(sink, emptying, &heard, site.idle) => leaving,
        leaving = talk(stream, &filling, &heard, site, client) => leaving,
        _ = ending.wait_for(|is_ending| *is_ending) => Leaving::Away(Closing::GOING_AWAY),
    }
}

/// Listens, and sends what is asked for.
async fn talk(
    stream: &mut SplitStream<WebSocket>,
    queue: &Filling,
    heard: &Mutex<Instant>,
    site: &Site,
    client: u64,
) -> Leaving {
    if queue.tell(&Told::Hello(site.hello())).await.is_err() {
        return Leaving::Gone;
    }
    let has_started = AtomicBool::new(false);
    let (starts, started) = mpsc::channel(1);
    let mut listener =
        Listener { queue, starts, has_started: &has_started, heard, not_understood: 0 };
    tokio::select! {
        leaving = give(started, queue, &has_started, site, client) => leaving,
        leaving = listener.listen(stream) => leaving,
    }
}

/// Sends what is asked for.
async fn give(
    mut started: mpsc::Receiver<From>,
    queue: &Filling,
    has_started: &AtomicBool,
    site: &Site,
    client: u64,
) -> Leaving {
    while let Some(from) = started.recv().await {
        let feed = match site.served.open(from).await {
            Ok(feed) => feed,
            Err(trouble) => {
                // Before it hears that, so that it may start elsewhere as soon as it does.
                has_started.store(false, Ordering::Relaxed);
                if queue.tell(&Told::Error(trouble)).await.is_err() {
                    return Leaving::Gone;
                }
                continue;
            }
        };
        let ended = Pump::new(queue, &site.report, client, site.lag).run(feed).await;
        let Ended::Failed(trouble) = ended else { return Leaving::Gone };
        let event = Event::Trouble { name: trouble.name, message: &trouble.message };
        site.report.tell(&event);
        let _ = queue.tell(&Told::Error(trouble)).await;
        let _ = timeout(site.idle, queue.emptied()).await;
        return Leaving::Away(Closing::FAILED);
    }
    Leaving::Gone
}

/// Writes what waits, and asks now and then whether the client is there.
async fn send(
    sink: &mut SplitSink<WebSocket, Message>,
    mut queue: Emptying,
    heard: &Mutex<Instant>,
    idle: Duration,
) -> Leaving {
    let mut ticks = tokio::time::interval(idle.div_f32(3.0));
    ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        let queued;
        let message = tokio::select! {
            taken = queue.take() => match taken {
                Some(taken) => {
                    queued = taken;
                    queued.message.clone()
                }
                None => return Leaving::Gone,
            },
            _ = ticks.tick() => {
                let heard = *heard.lock().unwrap_or_else(PoisonError::into_inner);
                if heard.elapsed() >= idle {
                    return Leaving::Away(Closing::IDLE);
                }
                Message::Ping(Bytes::new())
            }
        };
        match timeout(idle, sink.send(message)).await {
            Ok(Ok(())) => {}
            Ok(Err(_)) => return Leaving::Gone,
            // It reads nothing, whatever it says.
            Err(_) => return Leaving::Away(Closing::IDLE),
        }
    }
}

/// Takes what the client says.
struct Listener<'a> {
    queue: &'a Filling,
    starts: mpsc::Sender<From>,
    has_started: &'a AtomicBool,
    heard: &'a Mutex<Instant>,
    not_understood: u32,
}

impl Listener<'_> {
    async fn listen(&mut self, stream: &mut SplitStream<WebSocket>) -> Leaving {
        while let Some(message) = stream.next().await {
            *self.heard.lock().unwrap_or_else(PoisonError::into_inner) = Instant::now();
            let answered = match message {
                Ok(Message::Text(text)) if text.len() > LONGEST_TEXT => {
                    return Leaving::Away(Closing::TOO_LONG);
                }
                Ok(Message::Text(text)) => self.answer(text.as_str()).await,
                Ok(Message::Binary(_)) => return Leaving::Away(Closing::BINARY),
                Ok(Message::Ping(_) | Message::Pong(_)) => Ok(()),
                Ok(Message::Close(_)) => return Leaving::Gone,
                Err(error) => return refused(&error),
            };
            if answered.is_err() {
                return Leaving::Gone;
            }
            if self.not_understood > MOST_NOT_UNDERSTOOD {
                return Leaving::Away(Closing::NOT_UNDERSTOOD);
            }
        }
        Leaving::Gone
    }

    async fn answer(&mut self, text: &str) -> Result<(), Gone> {
        let told = match serde_json::from_str(text) {
            Ok(Asked::Ping {}) => Told::Pong {},
            Ok(Asked::Start { from }) => {
                if !self.has_started.swap(true, Ordering::Relaxed) {
                    return self.starts.send(from).await.map_err(|_| Gone);
                }
                let message = "what was asked for first is sent already";
                let help = "connect again to start elsewhere";
                Told::Error(Trouble::new("AlreadyStarted", message, help))
            }
            Err(error) => {
                self.not_understood = self.not_understood.saturating_add(1);
                let message = format!("that text is none of those that a client may send: {error}");
                let help = "see the texts of WebSockets in spec/BINDINGS.md";
                Told::Error(Trouble::new("NotUnderstood", message, help))
            }
        };
        self.queue.tell(&told).await
    }
}

/// What is said to a client that does not keep to the protocol; nothing, when the connection is lost.
fn refused(error: &axum::Error) -> Leaving {
    match error.source().and_then(|source| source.downcast_ref()) {
        Some(SocketError::Capacity(_)) => Leaving::Away(Closing::TOO_LONG),
        Some(SocketError::Utf8(_)) => Leaving::Away(Closing::NOT_TEXT),
        Some(SocketError::Protocol(
            tungstenite::error::ProtocolError::ResetWithoutClosingHandshake,
        )) => Leaving::Gone,
        Some(SocketError::Protocol(_)) => Leaving::Away(Closing::PROTOCOL),
        _ => Leaving::Gone,
    }
}

/// The number of the next client.
static NEXT: AtomicU64 = AtomicU64::new(1);
/// So many texts may be of another shape.
const MOST_NOT_UNDERSTOOD: u32 = 16;
/// How long a client may take to be sent away.
const TIME_TO_CLOSE: Duration = Duration::from_secs(1);
