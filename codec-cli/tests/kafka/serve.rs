//! `serve --kafka`: a topic to clients of WebSockets.

use serde_json::json;
use strictframe::{Frame, Kind, Limits};

use crate::place::{command, new_name, run_with, single, topic};
use crate::stage::Stage;
use crate::world::{Client, Got, Heard, Server, within};

fn server(stage: &Stage, topic: &str) -> Server {
    Server::of(command(stage, &["serve", "--kafka", topic, "--port", "0", "--json"]))
}

/// Puts so many messages of a thread into a topic.
fn produce(stage: &Stage, topic: &str, thread: &str, count: usize) {
    let line =
        format!(r#"{{"tokenChunk": {{"header": {{"threadId": "{thread}"}}, "text": "tokens"}}}}"#);
    let lines = format!("{line}\n").repeat(count);
    // A topic that was made a moment ago may be unknown to the broker for another one; nothing was sent then.
    within(|| {
        let said = run_with(stage, &["produce", topic, "--json"], &lines, &[]);
        let is_new = said.text().contains("UnknownTopic");
        assert!(said.code == 0 || is_new, "{}", said.text());
        (said.code == 0).then_some(())
    });
}

/// All data frames, behind the one schema that they need.
fn data(got: &Got) -> Vec<&[u8]> {
    let mut data = Vec::new();
    let mut has_schema = false;
    for bytes in &got.frames {
        let frame = Frame::parse(bytes, &Limits::MAXIMUM).unwrap();
        if frame.kind() == Kind::SCHEMA {
            assert!(!has_schema, "it comes once");
            has_schema = true;
            continue;
        }
        assert!(has_schema, "a frame before its schema");
        data.push(&bytes[..]);
    }
    data
}

/// Everything until so many data frames came, and a cursor behind them.
fn frames(client: &mut Client, count: usize) -> Got {
    let mut left = count;
    client.until_it(|heard| match heard {
        Heard::Frame(bytes) => {
            let frame = Frame::parse(bytes, &Limits::MAXIMUM).unwrap();
            left = left.saturating_sub(usize::from(frame.kind().is_data()));
            false
        }
        Heard::Text(text) => left == 0 && text["type"] == "cursor",
        Heard::Closed(_) => false,
    })
}

#[test]
fn a_topic_comes_with_its_schema_and_goes_on_at_cursors_after_a_restart() {
    let stage = Stage::empty();
    let name = topic(3, &[]);
    for thread in ["a", "b", "c", "d"] {
        produce(&stage, &name, thread, 3);
    }
    let first = server(&stage, &name);
    let mut client = first.client(json!("earliest"));
    let got = client.until("caught_up");
    let all = data(&got).len();
    assert!((4..=12).contains(&all), "{got:?}");
    let mut late = first.client(json!("latest"));
    assert_eq!(late.until("caught_up").frames.len(), 0);
    produce(&stage, &name, "e", 1);
    assert_eq!(data(&frames(&mut late, 1)).len(), 1);
    let more = frames(&mut client, 1);
    // Its schema was sent to this client before.
    assert_eq!(more.frames.len(), 1);
    assert!(!got.frames.contains(&more.frames[0]));
    first.kill();
    // What the variables say goes before what the file says.
    stage.write("kafka.toml", "brokers = \"nowhere.invalid:9092\"\n");
    let arguments = ["serve", "--kafka", &name, "--config", "kafka.toml", "--port", "0", "--json"];
    let second = Server::of(command(&stage, &arguments));
    let mut client = second.client(got.cursors());
    let again = client.until("caught_up");
    assert_eq!(data(&again).len(), 1);
    assert_eq!(again.frames.last(), more.frames.last());
}

#[test]
fn cursors_that_are_not_there_are_refused_and_another_start_may_follow() {
    let stage = Stage::empty();
    let name = topic(1, &[]);
    produce(&stage, &name, "a", 1);
    let server = server(&stage, &name);
    let mut client = server.connect();
    for (cursor, refused) in [
        (json!({"log": "0", "offset": "7"}), "PositionAhead"),
        (json!({"log": "9", "offset": "0"}), "UnknownPartition"),
        (json!({"log": "a.sframe", "offset": "0"}), "CursorRefused"),
    ] {
        client.say(&json!({"type": "start", "from": [cursor]}));
        assert_eq!(client.text()["name"], refused);
    }
    client.say(&json!({"type": "start", "from": "earliest"}));
    assert_eq!(data(&client.until("caught_up")).len(), 1);
    // A topic that is not there is said to whoever asks for it.
    let none = self::server(&stage, &new_name());
    let mut client = none.client(json!("earliest"));
    assert_eq!(client.text()["name"], "UnknownTopic");
}

#[test]
fn who_reads_a_topic_that_is_deleted_is_told_why_and_sent_away() {
    let stage = Stage::empty();
    let name = topic(1, &[]);
    produce(&stage, &name, "a", 1);
    let server = server(&stage, &name);
    let mut client = server.client(json!("earliest"));
    assert_eq!(data(&client.until("caught_up")).len(), 1);
    single().delete_topic(&name).unwrap();
    let error = client.until("error");
    assert_eq!(error.of("error")[0]["name"], "UnknownTopic", "{error:?}");
    assert_eq!(client.closed(), Some(1011));
    // The same is told at the desk, and the server goes on: whoever comes now hears the same at once.
    server.told(|line| line["event"] == "trouble" && line["name"] == "UnknownTopic");
    let mut late = server.client(json!("earliest"));
    assert_eq!(late.text()["name"], "UnknownTopic");
}
