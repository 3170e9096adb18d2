//! Files that grow, clients that come back, a server that starts again.

use serde_json::json;
use strictframe::{Decoder, Frame, Kind, Limits, Registry};

use super::world::{Growing, Server, descriptor, distinct, stream};
use crate::stage::Stage;

#[test]
fn every_frame_of_a_file_comes_untouched_and_its_schema_before_it() {
    let stage = Stage::empty();
    stream(&stage.path("a.sframe"), 0..3000);
    let file = stage.read("a.sframe");
    let server = Server::start(&stage, &["--file", "a.sframe"]);
    let mut client = server.client(json!("earliest"));
    let got = client.until("caught_up");
    let kinds: Vec<_> = got
        .frames
        .iter()
        .map(|frame| Frame::parse(frame, &Limits::MAXIMUM).unwrap().kind())
        .collect();
    assert_eq!(kinds[0], Kind::SCHEMA);
    assert!(kinds[1..].iter().all(|kind| *kind == Kind::MESSAGE));
    assert_eq!(got.numbers(), (0..3000).collect::<Vec<_>>());
    let mut rest = &file[..];
    let mut decoder = Decoder::builder(Registry::new().with_schema(&descriptor()).unwrap()).build();
    for (frame, kind) in got.frames.iter().zip(kinds) {
        // In this order, with nothing but SYNC and END between them.
        let at = rest.windows(frame.len()).take(200).position(|window| window == frame).unwrap();
        rest = &rest[at + frame.len()..];
        if kind == Kind::MESSAGE {
            decoder.decode(frame).unwrap();
        }
    }
    let last = &got.of("cursor").last().unwrap()["offset"];
    assert_eq!(last, &(file.len() - rest.len()).to_string());
}

#[test]
fn two_clients_see_a_file_grow() {
    let stage = Stage::empty();
    let mut growing = Growing::create(&stage.path("a.sframe"));
    growing.write(0..10);
    let server = Server::start(&stage, &["--file", "a.sframe"]);
    let mut clients = [server.client(json!("earliest")), server.client(json!("latest"))];
    assert_eq!(clients[0].until("caught_up").numbers(), (0..10).collect::<Vec<_>>());
    // What is needed to read what comes is given also to who wants nothing of what was.
    let got = clients[1].until("caught_up");
    assert_eq!((got.frames.len(), got.numbers().len()), (1, 0));
    for number in 10..60 {
        growing.write(number..number + 1);
        if number % 10 == 0 {
            std::thread::sleep(core::time::Duration::from_millis(60));
        }
    }
    for client in &mut clients {
        assert_eq!(client.frames(50).numbers(), (10..60).collect::<Vec<_>>());
    }
    growing.finish();
    // Appended to once more: END is taken away and comes again.
    let mut growing = Growing::append(&stage.path("a.sframe"));
    growing.write(60..65);
    for client in &mut clients {
        assert_eq!(client.frames(5).numbers(), (60..65).collect::<Vec<_>>());
    }
}

#[test]
fn after_a_restart_a_client_loses_nothing_and_drops_what_comes_twice_by_its_id() {
    let stage = Stage::empty();
    let path = stage.path("a.sframe");
    let mut growing = Growing::create(&path);
    growing.write(0..1000);
    let server = Server::start(&stage, &["--file", "a.sframe"]);
    let mut client = server.client(json!("earliest"));
    // In the middle, behind some cursor and some frames more.
    let mut count = 0;
    let got = client.until_it(|_| {
        count += 1;
        count == 700
    });
    server.kill();
    growing.write(1000..1500);
    let server = Server::start(&stage, &["--file", "a.sframe"]);
    let mut client = server.client(got.cursors());
    let again = client.until("caught_up");
    assert!(again.numbers().len() < 1500 - 400, "it began anew");
    assert!(got.numbers().iter().any(|number| again.numbers().contains(number)));
    let all = distinct(&[got.numbers(), again.numbers()].concat());
    assert_eq!(all, (0..1500).collect());
    // The schema is told to every connection anew.
    assert_eq!(again.frames.len(), again.numbers().len() + 1);
    // At the last cursor nothing comes twice, and nothing but what is new.
    let mut third = server.client(again.cursors());
    assert_eq!(third.until("caught_up").numbers(), [0; 0]);
    growing.write(1500..1510);
    assert_eq!(third.frames(10).numbers(), (1500..1510).collect::<Vec<_>>());
}

#[test]
fn ctrl_c_sends_everybody_away_and_ends_well() {
    let stage = Stage::empty();
    stream(&stage.path("a.sframe"), 0..10);
    let mut server = Server::start(&stage, &["--file", "a.sframe"]);
    let mut client = server.client(json!("earliest"));
    client.until("caught_up");
    let mut idle = server.connect();
    let ended = std::thread::spawn(move || server.interrupt());
    assert_eq!((client.closed(), idle.closed()), (Some(1001), Some(1001)));
    assert_eq!(ended.join().unwrap(), Some(0));
}
