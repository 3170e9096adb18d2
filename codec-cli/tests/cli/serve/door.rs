//! Who is let in, and who is not.

use std::io::{Read as _, Write as _};

use serde_json::Value;
use tungstenite::Error;

use super::world::{Server, TOKEN, stream};
use crate::stage::Stage;

fn server(stage: &Stage, arguments: &[&str]) -> Server {
    stream(&stage.path("a.sframe"), 0..5);
    Server::start(stage, &[&["--file", "a.sframe"], arguments].concat())
}

/// Status and name of a refusal.
#[track_caller]
fn refusal(knocked: Result<tungstenite::WebSocket<std::net::TcpStream>, Error>) -> (u16, String) {
    match knocked {
        Err(Error::Http(response)) => {
            let body: Value = serde_json::from_slice(response.body().as_ref().unwrap()).unwrap();
            assert!(body["message"].is_string() && body["help"].is_string());
            (response.status().as_u16(), body["name"].as_str().unwrap().to_owned())
        }
        Err(error) => panic!("{error}"),
        Ok(_) => panic!("it was let in"),
    }
}

/// What a request is answered with.
fn ask(server: &Server, request: &[u8]) -> String {
    let mut stream = server.tcp();
    stream.write_all(request).unwrap();
    let mut answer = Vec::new();
    let _ = stream.read_to_end(&mut answer);
    String::from_utf8_lossy(&answer).into_owned()
}

#[test]
fn a_page_from_elsewhere_and_a_wrong_token_are_refused() {
    let stage = Stage::empty();
    let server = server(&stage, &["--origin", "https://desk.example:4790"]);
    let evil = [("origin", "http://evil.example")];
    assert_eq!(refusal(server.knock(&evil)), (403, "OriginRefused".to_owned()));
    // The origin is judged first, so that no other page can try tokens.
    assert_eq!(refusal(server.knock_with("x", &evil)), (403, "OriginRefused".to_owned()));
    for token in ["", "x", &TOKEN[1..], &TOKEN.to_uppercase(), &format!("{TOKEN}0")] {
        assert_eq!(refusal(server.knock_with(token, &[])), (401, "TokenRefused".to_owned()));
    }
    let own = format!("http://127.0.0.1:{}", server.port);
    for origin in [own.as_str(), "https://desk.example:4790"] {
        assert!(server.knock(&[("origin", origin)]).is_ok(), "{origin}");
    }
    server.told(|line| line["event"] == "turned_away" && line["name"] == "TokenRefused");
}

#[test]
fn as_many_clients_are_let_in_as_may_be_and_one_more_when_one_has_gone() {
    let stage = Stage::empty();
    let server = server(&stage, &["--max-clients", "2"]);
    let (one, two) = (server.connect(), server.connect());
    assert_eq!(refusal(server.knock(&[])), (503, "TooManyClients".to_owned()));
    // Without a word.
    drop(one);
    super::world::within(|| server.knock(&[]).ok());
    drop(two);
}

#[test]
fn a_request_that_is_none_has_one_clear_answer() {
    let stage = Stage::empty();
    let server = server(&stage, &[]);
    let ws = format!("GET /ws?token={TOKEN} HTTP/1.1\r\nhost: a\r\n\r\n");
    let answer = ask(&server, ws.as_bytes());
    assert!(answer.starts_with("HTTP/1.1 426 ") && answer.contains("NotAWebSocket"), "{answer}");
    let old = format!(
        "GET /ws?token={TOKEN} HTTP/1.1\r\nhost: a\r\nupgrade: websocket\r\nconnection: upgrade\r\nsec-websocket-version: 8\r\nsec-websocket-key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n"
    );
    let answer = ask(&server, old.as_bytes());
    assert!(answer.starts_with("HTTP/1.1 426 ") && answer.contains("NotAWebSocket"), "{answer}");
    let answer = ask(&server, b"POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 1\r\n\r\nx");
    assert!(answer.starts_with("HTTP/1.1 405 ") && answer.contains("MethodRefused"), "{answer}");
    for path in ["/nothing", "/../Cargo.toml", "/%2e%2e/x", "//etc/passwd"] {
        let answer = ask(&server, format!("GET {path} HTTP/1.1\r\nhost: a\r\n\r\n").as_bytes());
        assert!(answer.starts_with("HTTP/1.1 404 ") && answer.contains("NotFound"), "{answer}");
    }
    assert!(
        ask(&server, b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n")
            .starts_with("HTTP/1.1 400 ")
    );
    let long = format!("GET /{} HTTP/1.1\r\nhost: a\r\n\r\n", "x".repeat(100_000));
    let answer = ask(&server, long.as_bytes());
    assert!(answer.is_empty() || answer.starts_with("HTTP/1.1 4"), "{answer}");
    // And the server is there as before.
    server.connect();
}

#[test]
fn connections_that_break_off_at_any_byte_harm_nobody() {
    let stage = Stage::empty();
    let server = server(&stage, &[]);
    let start = br#"{"type":"start","from":"earliest"}"#;
    let mut all = format!(
        "GET /ws?token={TOKEN} HTTP/1.1\r\nhost: a\r\nupgrade: websocket\r\nconnection: upgrade\r\nsec-websocket-version: 13\r\nsec-websocket-key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n"
    ).into_bytes();
    all.extend([0x81, 0x80 | start.len() as u8, 0, 0, 0, 0]);
    all.extend(start);
    for end in (0..=all.len()).step_by(7) {
        let mut stream = server.tcp();
        stream.write_all(&all[..end]).unwrap();
        drop(stream);
    }
    let mut client = super::world::within(|| server.knock(&[]).ok().map(super::world::Client));
    client.text();
    client.say(&serde_json::json!({"type": "start", "from": "earliest"}));
    assert_eq!(client.until("caught_up").numbers().len(), 5);
}
