//! Which place is meant, and what is wrong with it.

use strictframe_dashflow::transport::file::{FileOptions, FileSink};

use super::{command, frame, log, run};
use crate::stage::{Said, Stage};

#[test]
fn everything_that_is_wrong_with_a_configuration_is_told_at_once_and_no_secret() {
    let stage = Stage::empty();
    stage.write("kafka.toml", "brokers = \"nowhere\"\ncolour = 3\nsasl_password = \"hush-hush\"\n");
    for arguments in [
        &["tail", "--config", "kafka.toml"][..],
        &["produce", "--config", "kafka.toml"],
        &["check", "--config", "kafka.toml"],
        &["dlq", "list", "--config", "kafka.toml"],
    ] {
        let mut command = command(&stage, arguments);
        command.env("KAFKA_PARTITION", "first").env("KAFKA_SASL_USERNAME", "");
        let said = Said::from(command.output().unwrap());
        assert_eq!((said.code, said.text()), (2, ""), "{arguments:?}");
        let text = &said.stderr;
        assert!(text.starts_with("error: 5 values are wrong in the configuration\n"), "{text}");
        for problem in [
            "  - kafka.toml: colour: there is no such field",
            "  - kafka.toml: brokers = \"nowhere\": it is no list of brokers",
            "  - KAFKA_TOPIC: no topic is said",
            "  - KAFKA_PARTITION = \"first\": it is no such number",
            "  - kafka.toml: sasl_password: ",
        ] {
            assert!(text.contains(problem), "{problem}: {text}");
        }
        assert!(text.lines().last().unwrap().starts_with("  help: "), "{text}");
        assert!(!text.contains("hush-hush"), "{text}");
    }
}

#[test]
fn whoever_names_nothing_is_told_that_a_directory_will_do() {
    let stage = Stage::empty();
    for arguments in [&["tail"][..], &["produce"]] {
        let said = run(&stage, arguments);
        assert_eq!((said.code, said.text()), (2, ""), "{arguments:?}");
        assert!(said.stderr.contains("neither a topic nor a directory is said"), "{said:?}");
        assert!(said.stderr.contains("--dir"), "{said:?}");
    }
}

#[test]
fn the_problems_of_a_configuration_are_a_list_in_json() {
    let stage = Stage::empty();
    let mut command = command(&stage, &["check", "--json"]);
    command.env("KAFKA_BROKERS", "x");
    let said = Said::from(command.output().unwrap());
    assert_eq!((said.code, said.stderr.as_str()), (2, ""));
    let error = &said.json()["error"];
    assert_eq!(
        (error["kind"].as_str(), error["problems"].as_array().unwrap().len()),
        (Some("usage"), 2)
    );
}

#[test]
fn a_directory_that_is_not_there_or_in_use_is_an_error_of_input_and_output() {
    let stage = log(&[frame("a", 1..=2)]);
    run(&stage, &["tail", "--dir", "none"]).failed(3, "", "cannot read none: ");
    run(&stage, &["dlq", "list", "--dir", "none"]).failed(3, "", "cannot read none: ");
    assert!(!stage.has("none"));
    let _held = FileSink::open(&stage.path("log"), &FileOptions::default()).unwrap();
    run(&stage, &["produce", "--dir", "log"]).failed(3, "Locked", "another sink writes to it");
}

#[test]
fn a_place_is_one_topic_or_one_directory() {
    let stage = log(&[frame("a", 1..=2)]);
    stage.write("kafka.toml", "topic = \"t\"\n");
    let said = run(&stage, &["tail", "t", "--dir", "log"]);
    assert_eq!(said.code, 2);
    assert!(said.stderr.contains("cannot be used with"), "{}", said.stderr);
    let both = ["tail", "--dir", "log", "--config", "kafka.toml"];
    run(&stage, &both).failed(2, "", "--dir needs none");
}

#[test]
fn a_broker_that_does_not_answer_is_named_in_time() {
    let stage = Stage::empty();
    // Nobody listens there: the port was free a moment ago.
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    for arguments in [&["check", "t"][..], &["tail", "t"], &["produce", "t"]] {
        let mut command = command(&stage, arguments);
        command.env("KAFKA_BROKERS", format!("127.0.0.1:{port}"));
        command.env("KAFKA_SECURITY_PROTOCOL", "plaintext").env("KAFKA_METADATA_TIMEOUT_SECS", "1");
        let begun = std::time::Instant::now();
        let said = Said::from(command.output().unwrap());
        said.failed(3, "Unreachable", "no broker of 127.0.0.1:");
        assert!(begun.elapsed().as_secs() < 20, "{:?}", begun.elapsed());
    }
}
