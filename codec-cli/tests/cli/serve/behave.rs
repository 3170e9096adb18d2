//! Clients that say what no client should.

use serde_json::{Value, json};
use tungstenite::Message;

use super::world::{Client, Server, stream};
use crate::stage::Stage;

fn server(stage: &Stage) -> Server {
    stream(&stage.path("a.sframe"), 0..5);
    Server::start(stage, &["--file", "a.sframe"])
}

fn say(client: &mut Client, text: &str) -> Value {
    client.0.send(Message::text(text)).unwrap();
    client.text()
}

#[test]
fn a_text_that_is_none_is_answered_and_the_connection_stays() {
    let stage = Stage::empty();
    let server = server(&stage);
    let mut client = server.connect();
    for text in [
        "",
        "x",
        "[]",
        "{}",
        r#"{"type": "cursor_reset"}"#,
        r#"{"type": "start"}"#,
        r#"{"type": "start", "from": "yesterday"}"#,
        r#"{"type": "start", "from": [{"log": "a.sframe", "offset": 7}]}"#,
    ] {
        let answer = say(&mut client, text);
        assert_eq!((&answer["type"], &answer["name"]), (&json!("error"), &json!("NotUnderstood")));
    }
    let twice =
        r#"{"type": "start", "from": [{"log": "a", "offset": "7"}, {"log": "a", "offset": "8"}]}"#;
    assert_eq!(say(&mut client, twice)["name"], "CursorRefused");
    assert_eq!(say(&mut client, r#"{"type": "ping"}"#)["type"], "pong");
    client.say(&json!({"type": "start", "from": "earliest"}));
    assert_eq!(client.until("caught_up").numbers(), [0, 1, 2, 3, 4]);
    let again = say(&mut client, r#"{"type": "start", "from": "earliest"}"#);
    assert_eq!(again["name"], "AlreadyStarted");
}

#[test]
fn who_goes_on_like_that_is_sent_away() {
    let stage = Stage::empty();
    let server = server(&stage);
    let mut client = server.connect();
    for _ in 0..17 {
        client.0.send(Message::text("x")).unwrap();
    }
    assert_eq!(client.closed(), Some(1008));
    let mut client = server.connect();
    client.0.send(Message::binary(vec![0x9E, 0xC1])).unwrap();
    assert_eq!(client.closed(), Some(1003));
    // The others are served as before.
    assert_eq!(server.client(json!("earliest")).until("caught_up").numbers().len(), 5);
}

#[test]
fn a_text_that_is_too_long_is_not_read() {
    let stage = Stage::empty();
    let server = server(&stage);
    let mut client = server.connect();
    let _ = client.0.send(Message::text("x".repeat((1 << 20) + 1)));
    assert_eq!(client.closed(), Some(1009));
    // One that is far too long is not even taken in.
    let mut client = server.connect();
    let _ = client.0.send(Message::text("x".repeat((1 << 21) + 1)));
    assert_eq!(client.closed(), Some(1009));
    // Of the longest that is taken every byte is.
    let mut client = server.connect();
    let ping = r#"{"type": "ping"}"#;
    let longest = ping.to_owned() + &" ".repeat((1 << 20) - ping.len());
    assert_eq!(say(&mut client, &longest)["type"], "pong");
}

#[test]
fn bytes_that_are_no_websocket_are_answered_with_a_code() {
    use std::io::Write as _;
    let stage = Stage::empty();
    let server = server(&stage);
    for (bytes, code) in [
        // Not masked, as a client must.
        (&b"\x81\x04ping"[..], 1002),
        // Of a type that nobody has assigned.
        (b"\x83\x80\0\0\0\0", 1002),
        // Not UTF-8.
        (b"\x81\x82\0\0\0\0\xFF\xFE", 1007),
        // Of a length above all limits.
        (b"\x81\xFF\x7F\xFF\xFF\xFF\xFF\xFF\xFF\xFF\0\0\0\0", 1009),
    ] {
        let mut client = server.connect();
        client.0.get_mut().write_all(bytes).unwrap();
        assert_eq!(client.closed(), Some(code), "{bytes:?}");
    }
    server.connect();
}
