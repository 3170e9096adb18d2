//! An agent that is killed goes on where its last checkpoint stands.
#![allow(clippy::unwrap_used, reason = "a panic in a test is a failed test")]

use core::time::Duration;
use std::path::Path;
use std::process::{Command, Stdio};

use strictframe_dashflow::ThreadId;
use strictframe_dashflow::checkpoint::{CheckpointHead, CheckpointStore as _, FileStore, History};

fn agent(folder: &Path, pace_ms: u32) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_agent"));
    command.arg(folder).args(["--runs", "2", "--pace-ms", &pace_ms.to_string()]);
    command.stdout(Stdio::null());
    command
}

fn history(folder: &Path, run: &str) -> History {
    let store = FileStore::new(folder.join("checkpoints"));
    store.history(&ThreadId::new(run).unwrap()).unwrap()
}

#[test]
fn an_agent_that_is_killed_goes_on_behind_its_last_node() {
    let folder = tempfile::tempdir().unwrap();
    let mut before = 0;
    // Killed again and again, each time once there is one checkpoint more.
    for _ in 0..3 {
        let mut child = agent(folder.path(), 4).spawn().unwrap();
        while child.try_wait().unwrap().is_none() {
            if history(folder.path(), "run-1").checkpoints.len() > before {
                child.kill().unwrap();
            }
            std::thread::sleep(Duration::from_millis(2));
        }
        before = history(folder.path(), "run-1").checkpoints.len();
    }
    assert!(agent(folder.path(), 0).status().unwrap().success());
    for run in ["run-1", "run-2"] {
        let History { checkpoints, damaged, .. } = history(folder.path(), run);
        assert!(damaged.is_empty());
        // Nothing was done twice: each follows the one before, and no node comes again but those of another draft.
        let parents: Vec<_> = checkpoints.iter().map(|head| head.parent).collect();
        let ids = checkpoints.iter().map(|head| Some(head.id));
        assert_eq!(
            parents,
            core::iter::once(None).chain(ids).take(parents.len()).collect::<Vec<_>>()
        );
        let nodes: Vec<_> =
            checkpoints.iter().map(|head: &CheckpointHead| head.node.as_str()).collect();
        assert_eq!(nodes[..2], ["plan", "look_up"]);
        assert!(nodes[2..].chunks(2).all(|draft| draft == ["write", "review"]), "{nodes:?}");
    }
    // Started once more it has nothing to do.
    let all = history(folder.path(), "run-1").checkpoints.len();
    assert!(agent(folder.path(), 0).status().unwrap().success());
    assert_eq!(history(folder.path(), "run-1").checkpoints.len(), all);
}

#[test]
fn what_the_models_say_is_watched_word_by_word_and_whole() {
    let folder = tempfile::tempdir().unwrap();
    let output = agent(folder.path(), 0).arg("--show").stdout(Stdio::piped()).output().unwrap();
    let said = String::from_utf8(output.stdout).unwrap();
    let shown: Vec<_> = said.lines().map(|line| line.split_whitespace().collect()).collect();
    for run in ["run-1", "run-2"] {
        let newest = history(folder.path(), run).checkpoints.pop().unwrap();
        let (store, run_id) =
            (FileStore::new(folder.path().join("checkpoints")), ThreadId::new(run).unwrap());
        let (_, state) = CheckpointHead::with_payload(&store, &run_id, newest.id).unwrap();
        let state: serde_json::Value = serde_json::from_slice(&state).unwrap();
        for draft in state["drafts"].as_array().unwrap() {
            let words = draft.as_str().unwrap().split_whitespace();
            let line: Vec<_> = [run, "write"].into_iter().chain(words).collect();
            assert!(shown.contains(&line), "{line:?} is not in {said}");
        }
    }
    assert!(!said.contains(" 0 words were watched"), "{said}");
}
