//! Who is let in: the origin of the page, the token, and how many there are already.

use core::net::SocketAddr;
use std::sync::Arc;

use axum::body::Body;
use axum::extract::ws::rejection::WebSocketUpgradeRejection;
use axum::extract::{ConnectInfo, State, WebSocketUpgrade};
use axum::http::{HeaderMap, Response, StatusCode, Uri, header};

use super::assets::refusal;
use super::client;
use super::log::Event;
use super::queue::MOST_BYTES;
use super::site::Site;
use super::words::Trouble;

/// The answer to a request for a WebSocket.
pub(super) async fn knock(
    State(site): State<Arc<Site>>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    uri: Uri,
    headers: HeaderMap,
    upgrade: Result<WebSocketUpgrade, WebSocketUpgradeRejection>,
) -> Response<Body> {
    match judge(&site, &uri, &headers, upgrade) {
        Ok((upgrade, place)) => {
            upgrade.on_upgrade(move |socket| client::attend(socket, site, peer, place))
        }
        Err((status, trouble)) => {
            site.report.tell(&Event::TurnedAway { peer, name: trouble.name });
            let mut refused = refusal(status, &trouble);
            if status == StatusCode::UPGRADE_REQUIRED {
                let websocket = header::HeaderValue::from_static("websocket");
                refused.headers_mut().insert(header::UPGRADE, websocket);
            }
            refused
        }
    }
}

/// In this order, so that nobody learns anything about the token from another site's page.
fn judge(
    site: &Site,
    uri: &Uri,
    headers: &HeaderMap,
    upgrade: Result<WebSocketUpgrade, WebSocketUpgradeRejection>,
) -> Result<(WebSocketUpgrade, tokio::sync::OwnedSemaphorePermit), (StatusCode, Trouble)> {
    if !site.origins.allow(headers.get_all(header::ORIGIN).iter().map(|origin| origin.as_bytes())) {
        let message = "the page of that origin may not connect";
        let help = "open the page that this server serves, or allow the other with --origin";
        return Err((StatusCode::FORBIDDEN, Trouble::new("OriginRefused", message, help)));
    }
    if !token_of(uri).is_some_and(|token| site.token.is(token)) {
        let message = "the token is not the one of this run";
        let help = "open the URL that the server has printed last";
        return Err((StatusCode::UNAUTHORIZED, Trouble::new("TokenRefused", message, help)));
    }
    let upgrade = upgrade.map_err(|rejection| {
        let message = format!("this is the place of a WebSocket: {rejection}");
        let help = "connect with a WebSocket of version 13";
        (StatusCode::UPGRADE_REQUIRED, Trouble::new("NotAWebSocket", message, help))
    })?;
    let place = Arc::clone(&site.places).try_acquire_owned().map_err(|_| {
        let message = "as many clients are here as may be";
        let help = "close a page, or allow more with --max-clients";
        (StatusCode::SERVICE_UNAVAILABLE, Trouble::new("TooManyClients", message, help))
    })?;
    let upgrade = upgrade
        // What is a little too long is read, so that the client hears why it is sent away.
        .max_message_size(LONGEST_TEXT.saturating_mul(2))
        .max_frame_size(LONGEST_TEXT.saturating_mul(2))
        // Two of them may be in the buffer of the socket, whatever their length.
        .max_write_buffer_size(MOST_BYTES.saturating_add(LONGEST_FRAME));
    Ok((upgrade, place))
}

fn token_of(uri: &Uri) -> Option<&str> {
    uri.query()?.split('&').find_map(|pair| pair.strip_prefix("token="))
}

/// The longest text of a client, in bytes.
pub(super) const LONGEST_TEXT: usize = 1 << 20;
/// The longest frame of the format, with its header and trailer.
const LONGEST_FRAME: usize = (1 << 26) + 32;
