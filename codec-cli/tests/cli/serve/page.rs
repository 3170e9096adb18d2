//! The page, its export, and the command line.

use std::io::{Read as _, Write as _};
use std::path::Path;

use super::world::{Server, stream};
use crate::stage::Stage;

/// The files below a folder, by their paths from there.
fn files(folder: &Path, before: &str) -> Vec<String> {
    let mut names = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = format!("{before}{}", path.file_name().unwrap().to_str().unwrap());
        if path.is_dir() {
            names.extend(files(&path, &format!("{name}/")));
        } else {
            names.push(name);
        }
    }
    names
}

#[test]
fn every_file_of_the_page_is_served_under_a_strict_policy_and_exported_as_it_is() {
    let stage = Stage::empty();
    stream(&stage.path("a.sframe"), 0..1);
    let said = stage.run(&["serve", "--export", "page", "--json"]).done();
    let names = files(&stage.path("page"), "");
    assert!(names.contains(&"index.html".to_owned()));
    assert_eq!(said.json()["files"], names.len());
    let server = Server::start(&stage, &["--file", "a.sframe"]);
    for name in names {
        let mut stream = server.tcp();
        write!(stream, "GET /{name} HTTP/1.1\r\nhost: a\r\n\r\n").unwrap();
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).unwrap();
        let end = answer.windows(4).position(|window| window == b"\r\n\r\n").unwrap();
        let head = String::from_utf8(answer[..end].to_vec()).unwrap();
        assert!(head.starts_with("HTTP/1.1 200 OK"), "{head}");
        assert!(head.contains("content-security-policy: default-src 'none'; script-src 'self'"));
        assert!(!head.contains("unsafe-inline") && !head.contains("'unsafe-eval'"), "{head}");
        assert_eq!(answer[end + 4..], stage.read(format!("page/{name}")));
    }
    // Nothing is written over.
    stage.run(&["serve", "--export", "page"]).failed(2, "", "not empty");
}

#[test]
fn what_is_wrong_on_the_command_line_is_told_before_anything_is_opened() {
    let stage = Stage::empty();
    stream(&stage.path("a.sframe"), 0..1);
    for (arguments, exit, text) in [
        (&["serve"][..], 2, "--file"),
        (&["serve", "--file", "a.sframe", "--dir", "."], 2, "cannot be used with"),
        (&["serve", "--file", "a.sframe", "--address", "0.0.0.0"], 2, "others can connect"),
        (&["serve", "--file", "a.sframe", "--origin", "desk"], 2, "http://HOST:PORT"),
        (&["serve", "--file", "a.sframe", "--max-clients", "0"], 2, "0 is not in"),
        (&["serve", "--file", "-"], 2, "standard input"),
        (&["serve", "--file", "."], 2, "is not a file"),
        (&["serve", "--file", "nothing.sframe"], 3, "cannot read nothing.sframe"),
        (&["serve", "--dir", "nothing"], 3, "cannot read nothing"),
        (
            &["serve", "--file", "a.sframe", "--address", "192.0.2.1", "--expose"],
            3,
            "cannot listen",
        ),
    ] {
        let said = stage.run(arguments);
        assert_eq!(said.code, exit, "{arguments:?}: {}", said.stderr);
        assert!(said.stderr.contains(text), "{arguments:?}: {}", said.stderr);
    }
    #[cfg(feature = "dashflow")]
    stage.run(&["serve", "--file", "a.sframe", "--config", "kafka.toml"]).failed(
        2,
        "",
        "--config says where Kafka is",
    );
    let mut command = stage.command(&["serve", "--file", "a.sframe"]);
    let output = command.env("STRICTFRAME_SERVE_TOKEN", "too short").output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    let server = Server::start(&stage, &["--file", "a.sframe"]);
    let port = server.port.to_string();
    let said = stage.run(&["serve", "--file", "a.sframe", "--port", &port]);
    said.failed(3, "", "cannot listen");
}

#[test]
fn a_token_is_new_for_each_run_and_nothing_is_coloured_where_nobody_sees_it() {
    use std::io::BufRead as _;
    let stage = Stage::empty();
    stream(&stage.path("a.sframe"), 0..1);
    let run = || {
        let mut command = stage.command(&["serve", "--file", "a.sframe", "--port", "0"]);
        command.env_remove("STRICTFRAME_SERVE_TOKEN").stderr(std::process::Stdio::piped());
        let mut child = command.spawn().unwrap();
        let mut line = String::new();
        std::io::BufReader::new(child.stderr.take().unwrap()).read_line(&mut line).unwrap();
        child.kill().unwrap();
        child.wait().unwrap();
        assert!(!line.contains('\u{1b}'), "{line}");
        let token = line.trim().rsplit("#token=").next().unwrap().to_owned();
        assert!(token.len() == 32 && token.bytes().all(|byte| byte.is_ascii_hexdigit()), "{line}");
        token
    };
    assert_ne!(run(), run());
}
