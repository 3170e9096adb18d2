//! Two processes that save into one store at once, and what is found of it.

use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::process::Stdio;

use strictframe_dashflow::checkpoint::{Checkpointer, JsonState};

use crate::support::{again, thread};
use crate::world::save;

/// Saves so many states in ten threads, and says what was saved; done by each of two processes.
pub(crate) async fn save_and_say(checkpointer: &Checkpointer<JsonState>, count: u64) {
    for part in 0..count / 50 {
        let name = format!("thread-{}", part % 10);
        for id in save(checkpointer, &thread(&name), 1..=50).await {
            println!("saved {id} .");
        }
        checkpointer.history(&thread(&name)).await.unwrap();
    }
}

/// Runs that test of this program in two processes, with the variable by which it knows that it is one of them; gives the ids that they say.
pub(crate) fn two_say(test: &str, variable: (&str, &OsStr), count: u64) -> BTreeSet<String> {
    let children = [(); 2].map(|()| {
        again(test)
            .env(variable.0, variable.1)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap()
    });
    let outputs = children.map(|child| child.wait_with_output().unwrap());
    let mut saved = BTreeSet::new();
    for output in outputs {
        assert!(output.status.success());
        let text = String::from_utf8(output.stdout).unwrap();
        let ids = text.lines().filter_map(|line| line.strip_prefix("saved ")?.strip_suffix(" ."));
        let before = saved.len();
        saved.extend(ids.map(ToOwned::to_owned));
        assert_eq!(saved.len() - before, usize::try_from(count).unwrap(), "two have one id");
    }
    saved
}

/// The ids in all threads, as both of them see them; all of them whole.
pub(crate) async fn both_see(
    one: &Checkpointer<JsonState>,
    other: &Checkpointer<JsonState>,
) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for thread in one.threads().await.unwrap() {
        let history = one.history(&thread).await.unwrap();
        assert_eq!((history.damaged.len(), history.index.clone()), (0, None));
        assert_eq!(other.history(&thread).await.unwrap(), history);
        found.extend(history.checkpoints.iter().map(|head| head.id.to_string()));
    }
    assert_eq!(one.verify(|_| {}).await.unwrap().wrong, []);
    found
}
