//! Takes connections in, and sends everybody away at the end.

use core::net::SocketAddr;
use core::time::Duration;
use std::sync::Arc;

use axum::Router;
use axum::extract::ConnectInfo;
use axum::routing::any;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};
use tokio::time::timeout;

use super::log::Event;
use super::site::Site;
use super::{assets, door};

/// Serves until `ending` turns true, and until everybody has gone or was given time to.
pub(super) async fn run(listener: TcpListener, site: Arc<Site>, mut ending: watch::Receiver<bool>) {
    let router = Router::new()
        .route("/ws", any(door::knock))
        .fallback(assets::answer)
        .with_state(Arc::clone(&site));
    let most = site.places.available_permits();
    let requests = Arc::new(Semaphore::new(MOST_REQUESTS));
    loop {
        let accepted = tokio::select! {
            accepted = accept(&listener, &requests) => accepted,
            _ = ending.wait_for(|is_ending| *is_ending) => break,
        };
        match accepted {
            Ok((stream, peer, request)) => {
                let router = router.clone().layer(axum::Extension(ConnectInfo(peer)));
                tokio::spawn(converse(stream, router, request));
            }
            Err(error) => {
                site.report.tell(&Event::Trouble { name: "Accept", message: &error.to_string() });
                // No more files can be opened, for instance; others may be closed meanwhile.
                tokio::time::sleep(PAUSE).await;
            }
        }
    }
    drop(listener);
    let everybody = u32::try_from(most).unwrap_or(u32::MAX);
    let _ = timeout(TIME_TO_GO, site.places.acquire_many(everybody)).await;
}

/// The next connection, as soon as it may be made.
async fn accept(
    listener: &TcpListener,
    requests: &Arc<Semaphore>,
) -> std::io::Result<(TcpStream, SocketAddr, Option<OwnedSemaphorePermit>)> {
    let request = Arc::clone(requests).acquire_owned().await.ok();
    let (stream, peer) = listener.accept().await?;
    Ok((stream, peer, request))
}

/// Answers one request; a WebSocket goes on by itself.
async fn converse(stream: TcpStream, router: Router, _request: Option<OwnedSemaphorePermit>) {
    // A frame is to be seen when it comes.
    let _ = stream.set_nodelay(true);
    let answered = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(TIME_TO_ASK)
        .max_buf_size(LONGEST_REQUEST)
        .serve_connection(TokioIo::new(stream), TowerToHyperService::new(router))
        .with_upgrades();
    // Whoever does not ask properly, or does not take the answer, has an answer of hyper's or none.
    let _ = timeout(TIME_TO_ANSWER, answered).await;
}

/// So many requests are answered at once; others wait.
const MOST_REQUESTS: usize = 64;
/// The longest request that is read, and the most of an answer that waits, in bytes.
const LONGEST_REQUEST: usize = 16 << 10;
const TIME_TO_ASK: Duration = Duration::from_secs(10);
const TIME_TO_ANSWER: Duration = Duration::from_secs(30);
const TIME_TO_GO: Duration = Duration::from_secs(3);
const PAUSE: Duration = Duration::from_millis(100);
