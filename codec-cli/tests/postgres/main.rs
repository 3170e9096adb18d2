//! `strictframe checkpoint` over a real PostgreSQL: the real binary, and nothing of a password in what it says.
#![allow(
    clippy::panic,
    clippy::unwrap_used,
    reason = "a panic in a test is a failed test, in what tests share as well"
)]

#[path = "../../../dashflow-adapter/tests/checkpoint/import/writer.rs"]
mod old;
#[path = "../cli/stage.rs"]
#[allow(dead_code, reason = "made for all commands; these need a part of it")]
mod stage;

use serde_json::{Value, json};
use strictframe::CompressionPolicy;
use strictframe_broker::Postgres;
use strictframe_dashflow::ThreadId;
use strictframe_dashflow::checkpoint::{Checkpointer, JsonState, NewCheckpoint, PostgresStore};

use stage::{Said, Stage};

/// `strictframe checkpoint`, with that in `PGPASSWORD`.
fn run(stage: &Stage, password: Option<&str>, arguments: &[&str]) -> Said {
    let mut command = stage.command(&["checkpoint"]);
    command.args(arguments).env_remove("PGPASSWORD");
    command.envs(password.map(|password| ("PGPASSWORD", password)));
    command.output().unwrap().into()
}

fn save(url: &str, count: u64) {
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    runtime.block_on(async {
        let store = PostgresStore::new(url).unwrap();
        let checkpointer = Checkpointer::open(store, CompressionPolicy::default()).await.unwrap();
        for step in 1..=count {
            let Value::Object(state) = json!({ "step": step }) else { panic!("an object") };
            let thread = ThreadId::new("run").unwrap();
            let new = NewCheckpoint::new(thread, JsonState(state)).at_node("plan");
            checkpointer.save(new).await.unwrap();
        }
    });
}

#[test]
fn a_database_is_listed_shown_verified_and_pruned_like_a_directory() {
    let (server, stage) = (Postgres::start("", None).unwrap(), Stage::empty());
    let url = server.url("postgres");
    let password = Some(server.password());
    let without = url.replace(&format!(":{}", server.password()), "");

    // Nothing is made by looking.
    for _ in 0..2 {
        let said = run(&stage, password, &["list", &without]);
        assert_ne!(said.code, 0);
        assert!(said.stderr.contains("nothing was saved there"), "{said:?}");
    }
    save(&url, 4);
    let said = run(&stage, password, &["list", &without, "--json"]);
    assert_eq!(said.code, 0, "{said:?}");
    let text = String::from_utf8(said.stdout).unwrap();
    assert!(text.contains("\"run\""), "{text}");
    let said = run(&stage, password, &["show", &without, "run", "--json"]);
    let shown: Value = serde_json::from_slice(&said.stdout).unwrap();
    assert_eq!(shown["state"], json!({ "step": 4 }));
    assert_eq!(run(&stage, None, &["verify", &url]).code, 0);
    let said = run(&stage, password, &["prune", &without, "--keep", "1"]);
    assert_eq!(said.code, 0, "{said:?}");
    let said = run(&stage, password, &["list", &without, "--thread", "run", "--json"]);
    assert_eq!(String::from_utf8(said.stdout).unwrap().matches("\"plan\"").count(), 1);
    assert_eq!(stage.names(), [] as [&str; 0]);
}

#[test]
fn old_checkpoints_are_imported_once_and_sealed_where_there_is_a_key() {
    let (server, stage) = (Postgres::start("", None).unwrap(), Stage::empty());
    let url = server.url("postgres");
    std::fs::create_dir(stage.path("old")).unwrap();
    let old = old::Saved::new("run", "a", 1, None, json!({ "step": 1 }));
    stage.write("old/a.v.bin.gz", old::gzip(&old.versioned(1)));
    stage.write("key", "0".repeat(64));
    #[cfg(unix)]
    {
        let mine = std::os::unix::fs::PermissionsExt::from_mode(0o600);
        std::fs::set_permissions(stage.path("key"), mine).unwrap();
    }
    let key = ["--key-file", "key"];
    for was_there in [0, 1] {
        let arguments = ["import", "old", "--into", &url, "--json"];
        let said = run(&stage, None, &[&arguments[..], &key].concat());
        let text = String::from_utf8(said.stdout).unwrap();
        let sum: Value = serde_json::from_str(text.lines().last().unwrap()).unwrap();
        assert_eq!((said.code, &sum["was_there"]), (0, &json!(was_there)), "{text}");
    }
    assert_eq!(run(&stage, None, &["show", &url, "run"]).code, 3);
    let said = run(&stage, None, &[&["show", &url, "run", "--json"][..], &key].concat());
    let shown: Value = serde_json::from_slice(&said.stdout).unwrap();
    assert_eq!(shown["state"], json!({ "step": 1 }));
}

#[test]
fn what_is_refused_shows_no_password() {
    let stage = Stage::empty();
    for (code, words, arguments) in [
        (2, "%40", ["list", "postgres://u:hun@ter2@h/d"]),
        (2, "verify-full", ["verify", "postgres://u:hunter2@h/d?sslmode=prefer"]),
        (2, "no index", ["repair-index", "postgres://u:hunter2@h/d"]),
        (3, "Connection refused", ["list", "postgres://u:hunter2@127.0.0.1:1/d"]),
    ] {
        let said = run(&stage, Some("other-secret"), &arguments);
        assert_eq!(said.code, code, "{said:?}");
        assert!(said.stderr.contains(words), "{said:?}");
        assert!(!said.stderr.contains("ter2") && !said.stderr.contains("other-secret"), "{said:?}");
    }
}
