//! Sealed checkpoints, with their key and without.

use serde_json::{Value, json};
use strictframe_dashflow::checkpoint::{CheckpointId, FileStore, SealKey, Sealed, SqliteStore};

use super::old::Saved;
use super::{file_of, json_state, run, save, saved, state};
use crate::stage::Stage;

const KEY: [u8; 32] = [7; 32];

/// A directory and a database with two sealed states, and the files of their key and of another one.
fn staged() -> (Stage, Vec<CheckpointId>) {
    let stage = Stage::empty();
    write_key(&stage, "key", KEY);
    write_key(&stage, "other", "8".repeat(64));
    let states = || (1..=2).map(json_state);
    let ids =
        save(Sealed::new(FileStore::new(stage.path("saved")), SealKey::new(KEY)), "run", states());
    save(Sealed::new(SqliteStore::new(stage.path("saved.db")), SealKey::new(KEY)), "run", states());
    (stage, ids)
}

fn write_key(stage: &Stage, name: &str, bytes: impl AsRef<[u8]>) {
    stage.write(name, bytes);
    set_mode(stage, name, 0o600);
}

fn set_mode(stage: &Stage, name: &str, mode: u32) {
    #[cfg(unix)]
    {
        let permissions = std::os::unix::fs::PermissionsExt::from_mode(mode);
        std::fs::set_permissions(stage.path(name), permissions).unwrap();
    }
    #[cfg(not(unix))]
    let _ = (stage, name, mode);
}

#[test]
fn with_its_key_a_sealed_checkpoint_is_one_like_others() {
    let (stage, ids) = staged();
    let [first, second] = [ids[0], ids[1]].map(|id| id.to_string());
    for place in ["saved", "saved.db"] {
        let shown = run(&stage, &["show", place, "run", "--key-file", "key", "--json"]);
        let shown: Value = serde_json::from_slice(&shown.stdout).unwrap();
        assert_eq!((&shown["state"], &shown["node"]), (&state(2), &json!("plan")));
        let listed = run(&stage, &["list", place, "--key-file", "key", "--json"]);
        let listed: Value = serde_json::from_slice(&listed.stdout).unwrap();
        assert_eq!((&listed["checkpoints"], &listed["sealed"]), (&json!(2), &json!(0)));
        let verified = run(&stage, &["verify", place, "--key-file", "key", "--json"]);
        let verified: Value = serde_json::from_slice(&verified.stdout).unwrap();
        assert_eq!((&verified["whole"], &verified["sealed"]), (&json!(2), &json!(0)));
    }
    let patch =
        run(&stage, &["diff", "saved", "run", &first, &second, "--key-file", "key", "--json"]);
    assert!(String::from_utf8(patch.stdout).unwrap().contains("/step"));
    let pruned = run(&stage, &["prune", "saved", "--keep", "1", "--key-file", "key", "--json"]);
    let pruned: Value = serde_json::from_slice(&pruned.stdout).unwrap();
    assert_eq!(pruned["removed"], json!([first]));
    assert!(!file_of(&stage, "run", ids[0]).exists());
}

#[test]
fn without_its_key_or_with_another_one_it_is_said_what_to_give() {
    let (stage, _) = staged();
    let said = run(&stage, &["show", "saved", "run"]);
    assert_eq!(said.code, 3);
    assert!(said.stderr.contains("[Sealed]") && said.stderr.contains("--key-file"), "{said:?}");
    let listed = run(&stage, &["list", "saved", "--json"]);
    let listed: Value = serde_json::from_slice(&listed.stdout).unwrap();
    assert_eq!((&listed["checkpoints"], &listed["sealed"]), (&json!(0), &json!(2)));
    for command in [
        &["list", "saved"][..],
        &["show", "saved", "run"],
        &["verify", "saved.db"],
        &["prune", "saved", "--keep", "1"],
    ] {
        let said = run(&stage, &[command, &["--key-file", "other"]].concat());
        assert_eq!(said.code, 3, "{said:?}");
        assert!(
            said.stderr.contains("[WrongKey]") && said.stderr.contains("--key-file"),
            "{said:?}"
        );
        // With the other one as the first, its own opens it all the same.
        let both = [command, &["--key-file", "other", "--key-file", "key"]].concat();
        assert_eq!(run(&stage, &both).code, 0, "{both:?}");
    }
}

#[test]
fn a_seal_that_was_moved_is_named_and_the_others_are_read() {
    let (stage, ids) = staged();
    std::fs::copy(file_of(&stage, "run", ids[0]), file_of(&stage, "run", ids[1])).unwrap();
    let said = run(&stage, &["verify", "saved", "--key-file", "key", "--json"]);
    let text = String::from_utf8(said.stdout).unwrap();
    let rows: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!((said.code, &rows[0]["error"]["name"]), (1, &json!("SealBroken")), "{text}");
    assert_eq!((&rows[1]["whole"], &rows[1]["wrong"]), (&json!(1), &json!(1)));
}

#[test]
fn a_file_that_is_no_key_or_is_everybodys_is_refused_and_no_key_is_printed() {
    let (stage, _) = staged();
    write_key(&stage, "short", [b'k'; 31]);
    write_key(&stage, "line", [&[b'k'; 32][..], b"\n"].concat());
    write_key(&stage, "long", [b'k'; 500]);
    for file in ["short", "line", "long"] {
        let said = run(&stage, &["show", "saved", "run", "--key-file", file]);
        assert_eq!(said.code, 3, "{said:?}");
        assert!(
            said.stderr.contains("[KeyFile]") && said.stderr.contains("openssl rand"),
            "{said:?}"
        );
        assert!(!said.stderr.contains("kkk"), "{said:?}");
    }
    assert_eq!(run(&stage, &["show", "saved", "run", "--key-file", "nowhere"]).code, 3);
    assert_eq!(run(&stage, &["show", "saved", "run", "--key-file", "."]).code, 3);
    #[cfg(unix)]
    for (mode, code) in [(0o604, 3), (0o602, 3), (0o640, 0), (0o400, 0)] {
        set_mode(&stage, "key", mode);
        let said = run(&stage, &["show", "saved", "run", "--key-file", "key"]);
        assert_eq!(said.code, code, "{mode:o}: {said:?}");
        assert_eq!(said.stderr.contains("chmod 600 key"), code == 3, "{said:?}");
    }
}

#[test]
fn an_import_is_sealed_with_the_key_and_never_lies_open_beside_sealed_ones() {
    let (stage, _) = staged();
    std::fs::create_dir(stage.path("old")).unwrap();
    let secret = json!({ "secret": "hunter2 hunter2" }).to_string();
    Saved::new("run", "a", 1, None, secret).write(&stage.path("old"));
    let import = |target: &str, keys: &[&str]| {
        let arguments = ["import", "old", "--into", target, "--state", "json-string"];
        run(&stage, &[&arguments[..], keys].concat())
    };
    for keys in [&[][..], &["--key-file", "other"]] {
        let said = import("saved", keys);
        assert_eq!(said.code, 3, "{said:?}");
    }
    let said = import("saved", &["--key-file", "key"]);
    assert_eq!(said.code, 0, "{said:?}");
    let listed = run(&stage, &["list", "saved", "--json"]);
    let listed: Value = serde_json::from_slice(&listed.stdout).unwrap();
    assert_eq!(listed["sealed"], 3);
    // Nor sealed beside open ones.
    saved(&stage, "zz-open", 1);
    assert_eq!(import("saved", &["--key-file", "key"]).code, 1);
}
