//! Directories with new files, and files that are cut, replaced or removed.

use serde_json::json;

use super::world::{Growing, Server, descriptor, stream};
use crate::stage::Stage;

#[test]
fn a_new_file_of_a_directory_is_taken_in_and_others_are_left_alone() {
    let stage = Stage::empty();
    std::fs::create_dir(stage.path("log")).unwrap();
    stream(&stage.path("log/a.sframe"), 0..20);
    stage.write("log/notes.txt", "no stream");
    stage.write("log/.hidden.sframe", "no stream");
    let server = Server::start(&stage, &["--dir", "log"]);
    let mut client = server.client(json!("earliest"));
    let got = client.until("caught_up");
    assert_eq!(got.numbers(), (0..20).collect::<Vec<_>>());
    let mut growing = Growing::create(&stage.path("log/b.sframe"));
    growing.write(20..25);
    let more = client.frames(5);
    assert_eq!(more.numbers(), (20..25).collect::<Vec<_>>());
    assert_eq!(more.of("notice")[0]["name"], "Appeared");
    // One schema, told once although both files have it.
    assert_eq!((got.frames.len(), more.frames.len()), (21, 5));
    // Each file has a cursor of its own; who gives one back gets the other from its beginning.
    let one: serde_json::Value = got
        .cursors()
        .as_array()
        .unwrap()
        .iter()
        .filter(|it| it["log"] == "a.sframe")
        .cloned()
        .collect();
    let mut client = server.client(one);
    assert_eq!(client.until("caught_up").numbers(), (20..25).collect::<Vec<_>>());
    // A cursor of a file that is not there is said to be one.
    std::fs::remove_file(stage.path("log/a.sframe")).unwrap();
    let got = server.client(got.cursors()).until("caught_up");
    assert_eq!(
        (&got.of("notice")[0]["name"], &got.of("notice")[0]["log"]),
        (&json!("NoFile"), &json!("a.sframe"))
    );
    assert_eq!(more.cursors()[0]["log"], "b.sframe");
}

#[test]
fn an_empty_directory_is_caught_up_with_at_once() {
    let stage = Stage::empty();
    std::fs::create_dir(stage.path("log")).unwrap();
    let server = Server::start(&stage, &["--dir", "log"]);
    let mut client = server.client(json!("earliest"));
    assert_eq!(client.until("caught_up").frames.len(), 0);
    stream(&stage.path("log/a.sframe"), 0..3);
    assert_eq!(client.frames(3).numbers(), [0, 1, 2]);
}

#[test]
fn a_file_that_becomes_shorter_is_said_and_read_on() {
    let stage = Stage::empty();
    let path = stage.path("a.sframe");
    let mut growing = Growing::create(&path);
    growing.write(0..5);
    let len = std::fs::metadata(&path).unwrap().len();
    growing.write(5..10);
    drop(growing);
    let server = Server::start(&stage, &["--file", "a.sframe"]);
    let mut client = server.client(json!("earliest"));
    let got = client.until("caught_up");
    assert_eq!(got.numbers().len(), 10);
    std::fs::OpenOptions::new().write(true).open(&path).unwrap().set_len(len).unwrap();
    let told = client.until("notice");
    assert_eq!(told.texts.last().unwrap()["name"], "Shortened");
    Growing::append(&path).write(20..23);
    assert_eq!(client.frames(3).numbers(), [20, 21, 22]);
    // A cursor behind the end is said to be, and not guessed about.
    std::fs::OpenOptions::new().write(true).open(&path).unwrap().set_len(len).unwrap();
    let mut late = server.client(got.cursors());
    let late = late.until("caught_up");
    assert_eq!(
        (late.of("notice")[0]["name"].as_str(), late.numbers()),
        (Some("Shortened"), vec![])
    );
}

#[test]
fn a_file_that_ends_inside_a_frame_is_said_and_goes_on_when_its_writer_does() {
    let stage = Stage::empty();
    let path = stage.path("a.sframe");
    let mut growing = Growing::create(&path);
    growing.write(0..5);
    drop(growing);
    let whole = stage.read("a.sframe");
    stage.write("a.sframe", &whole[..whole.len() - 7]);
    let server = Server::start(&stage, &["--file", "a.sframe"]);
    let mut client = server.client(json!("earliest"));
    assert_eq!(client.until("caught_up").numbers(), [0, 1, 2, 3]);
    let told = client.until("notice");
    assert_eq!(told.texts.last().unwrap()["name"], "Unfinished");
    // The writer that comes next cuts the torn tail off.
    Growing::append(&path).write(7..9);
    assert_eq!(client.frames(2).numbers(), [7, 8]);
}

#[test]
fn a_file_that_is_replaced_is_sent_to_its_end_and_then_the_new_one() {
    let stage = Stage::empty();
    let path = stage.path("a.sframe");
    let mut growing = Growing::create(&path);
    growing.write(0..5);
    let server = Server::start(&stage, &["--file", "a.sframe"]);
    let mut client = server.client(json!("earliest"));
    let got = client.until("caught_up");
    std::fs::rename(&path, stage.path("old.sframe")).unwrap();
    let told = client.until("notice");
    assert_eq!(told.texts.last().unwrap()["name"], "Removed");
    growing.write(5..8);
    assert_eq!(client.frames(3).numbers(), [5, 6, 7]);
    stream(&path, 100..103);
    let more = client.frames(3);
    assert_eq!(more.of("notice")[0]["name"], "Replaced");
    assert_eq!(more.numbers(), [100, 101, 102]);
    // Whoever comes back with a cursor of the old one is told.
    let mut client = server.client(got.cursors());
    let again = client.until("caught_up");
    assert_eq!(again.of("notice")[0]["name"], "OtherStream");
    assert_eq!(again.numbers(), [100, 101, 102]);
}

#[test]
fn a_dictionary_comes_before_the_first_frame_that_needs_it() {
    use strictframe::{Dictionary, Encoder, Frame, Kind, Limits, StreamOptions, StreamWriter};
    let stage = Stage::empty();
    let dictionary =
        Dictionary::new(b"the words that are in all of them, and some more".to_vec()).unwrap();
    let id = dictionary.id();
    let file = std::fs::File::create(stage.path("a.sframe")).unwrap();
    let mut writer = StreamWriter::create(file, StreamOptions::default()).unwrap();
    writer.add_schema(&descriptor()).unwrap();
    let mut encoder = Encoder::builder(descriptor().key()).dictionary(dictionary).build().unwrap();
    for n in 0..50 {
        let record = format!(
            r#"{{"n": {n}, "text": "the words that are in all of them, and some more the words that are in all of them"}}"#
        );
        writer.write(&mut encoder, record.as_bytes(), &[]).unwrap();
    }
    writer.finish().unwrap();
    let server = Server::start(&stage, &["--file", "a.sframe"]);
    let mut client = server.client(json!("earliest"));
    let cursors = client.until("caught_up").cursors();
    // Also for who comes in the middle.
    let mut middle = cursors;
    middle[0]["offset"] = json!("2000");
    for from in [json!("earliest"), middle] {
        let got = server.client(from).until("caught_up");
        let kinds: Vec<_> = got
            .frames
            .iter()
            .map(|frame| Frame::parse(frame, &Limits::MAXIMUM).unwrap().kind())
            .collect();
        let place = kinds.iter().position(|kind| *kind == Kind::DICT);
        let first = kinds.iter().position(|kind| *kind == Kind::MESSAGE);
        assert!(place.unwrap() < first.unwrap(), "{id:?} {kinds:?}");
        assert_eq!(kinds.iter().filter(|kind| **kind == Kind::DICT).count(), 1);
    }
}
