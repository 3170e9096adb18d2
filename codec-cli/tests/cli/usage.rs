//! The command line itself: help, usage errors, colours, completions.

use crate::stage::{Said, Stage};

const COMMANDS: [&[&str]; 14] = [
    &["pack"],
    &["unpack"],
    &["inspect"],
    &["verify"],
    &["recover"],
    &["stats"],
    &["tune"],
    &["dictionary"],
    &["dictionary", "train"],
    &["dictionary", "list"],
    &["dictionary", "show"],
    &["dictionary", "evaluate"],
    &["explain"],
    &["completions"],
];

#[test]
fn every_command_has_a_help_with_an_example_of_itself() {
    let stage = Stage::empty();
    for command in COMMANDS {
        let said = stage.run(&[command, &["--help"]].concat()).done();
        let examples = said.text().split("Example").nth(1).unwrap_or_default();
        assert!(examples.contains(&format!("strictframe {}", command.join(" "))), "{command:?}");
        assert_eq!(said.stderr, "");
    }
    let said = stage.run(&["--help"]).done();
    for words in ["Exit codes:", "error[SF-0312]: header checksum mismatch (at byte 24)", "--color"]
    {
        assert!(said.text().contains(words), "{words}");
    }
    assert!(stage.run(&["--version"]).done().text().starts_with("strictframe 0."));
}

#[test]
fn a_wrong_command_line_is_exit_code_two() {
    let stage = Stage::set();
    for arguments in [
        &[][..],
        &["frobnicate"],
        &["pack"],
        &["pack", "x", "--output", "o", "--schema", "schema.json"],
        &["pack", "x", "--output", "o", "--schema", "schema.json", "--name", "a", "--batch", "0"],
        &["pack", "x", "--output", "o", "--schema", "s", "--name", "a", "--batch", "65537"],
        &["pack", "x", "--output", "o", "--schema", "s", "--name", "a", "--schema-version", "0"],
        &["pack", "x", "--output", "o", "--schema", "s", "--name", "a", "--codec", "brotli"],
        &["unpack"],
        &["unpack", "a", "b"],
        &["verify"],
        &["verify", "x", "--color", "blue"],
        &["recover", "x"],
        &["dictionary"],
        &["completions", "csh"],
    ] {
        let said = stage.run(arguments);
        assert_eq!(said.code, 2, "{arguments:?}: {}", said.stderr);
        assert_eq!(said.stdout, b"", "{arguments:?}");
    }
    let said = stage.run(&["verify", "--json"]);
    assert_eq!((said.code, said.stderr.as_str()), (2, ""));
    let error = &said.json()["error"];
    assert_eq!(error["kind"], "usage");
    assert_eq!(error["message"], "the following required arguments were not provided: <FILE>...");
}

#[test]
fn colour_is_off_in_a_pipe_on_when_asked_for_and_off_when_not_wanted() {
    let stage = Stage::packed(5, &[]);
    stage.write("bad", "{}");
    let colored = |arguments: &[&str], no_color: bool| {
        let mut command = stage.command(arguments);
        if no_color {
            command.env("NO_COLOR", "1");
        }
        let said = Said::from(command.output().unwrap());
        [said.stdout.contains(&0x1b), said.stderr.contains('\u{1b}')]
    };
    for command in [&["verify", "records.sframe", "bad"][..], &["inspect", "bad"]] {
        let with = |options: &[&str], no_color| colored(&[command, options].concat(), no_color);
        assert_eq!(with(&[], false), [false, false]);
        assert_eq!(with(&["--color", "always"], false), [true, true]);
        assert_eq!(with(&["--color=always"], true), [true, true]);
        assert_eq!(with(&["--color", "never"], false), [false, false]);
        assert_eq!(with(&["--color", "auto"], true), [false, false]);
    }
    assert_eq!(colored(&["--color", "always", "explain", "312"], false), [true, false]);
    assert_eq!(colored(&["pack", "--help", "--color", "always"], false), [true, false]);
    // JSON has no colour, whatever is asked for.
    let json = ["verify", "records.sframe", "bad", "--json", "--color", "always"];
    assert_eq!(colored(&json, false), [false, false]);
}

#[test]
fn completions_name_the_commands_in_every_shell() {
    let stage = Stage::empty();
    for shell in ["bash", "elvish", "fish", "powershell", "zsh"] {
        let said = stage.run(&["completions", shell]).done();
        for word in ["pack", "recover", "stream-id", "hold-out"] {
            assert!(said.text().contains(word), "{shell}: {word}");
        }
    }
}
