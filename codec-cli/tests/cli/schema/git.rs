//! Branches, merges, and history.

use std::process::Command;

use super::{ONE, TWO, order};
use crate::stage::Stage;

/// Runs git in the folder of the stage, without what the machine's user has set.
fn git(stage: &Stage, arguments: &[&str]) -> bool {
    let mut git = Command::new("git");
    git.current_dir(stage.path("")).args(["-c", "user.name=T", "-c", "user.email=t@example.org"]);
    git.env("GIT_CONFIG_GLOBAL", "/dev/null").env("GIT_CONFIG_NOSYSTEM", "1");
    git.args(arguments).output().unwrap().status.success()
}

fn commit(stage: &Stage, message: &str) {
    assert!(git(stage, &["add", "-A"]));
    assert!(git(stage, &["commit", "-q", "-m", message]));
}

/// A repository with version 1 on `main`.
fn repository() -> Stage {
    let stage = Stage::empty();
    assert!(git(&stage, &["init", "-q", "-b", "main"]));
    order(&stage, ONE);
    stage.run(&["schema", "lock", "order.proto"]).done();
    commit(&stage, "one");
    stage
}

/// Locks other fields on a branch of its own, which begins at version 1.
fn branch(stage: &Stage, name: &str, fields: &str) {
    assert!(git(stage, &["checkout", "-q", "-b", name, "main"]));
    order(stage, fields);
    stage.run(&["schema", "lock", "order.proto"]).done();
    commit(stage, name);
}

const OTHER: &str = "int64 id = 1; string note = 2; bytes blob = 4;";

#[test]
fn a_merge_of_two_branches_is_never_valid_by_accident() {
    let stage = repository();
    branch(&stage, "theirs", OTHER);
    let theirs = String::from_utf8(stage.read("strictframe.lock")).unwrap();
    branch(&stage, "ours", TWO);
    let ours = String::from_utf8(stage.read("strictframe.lock")).unwrap();
    // As git leaves it.
    assert!(!git(&stage, &["merge", "-q", "theirs"]));
    order(&stage, "int64 id = 1; string note = 2; double total = 3; bytes blob = 4;");
    let check = ["schema", "check", "order.proto"];
    let said = stage.run(&check).failed(1, "SF-0805", "a merge is not finished here (at line ");
    assert!(said.stderr.contains("keep whole entries"), "{}", said.stderr);
    let lock = ["schema", "lock", "order.proto"];
    stage.run(&lock).failed(1, "SF-0805", "a merge is not finished here");
    // Without its markers it has lines of both.
    let merged = String::from_utf8(stage.read("strictframe.lock")).unwrap();
    let is_marker =
        |line: &&str| ["<<<<<<<", "=======", ">>>>>>>"].iter().any(|m| line.starts_with(m));
    let lines: Vec<_> = merged.lines().filter(|line| !is_marker(line)).collect();
    stage.write("strictframe.lock", lines.join("\n") + "\n");
    stage.run(&check).failed(1, "SF-0805", "strictframe.lock: shop.Order version 2: ");
    // With whole entries of both sides it is a fork.
    let start = theirs.rfind("\n[[lineage.version]]").unwrap();
    stage.write("strictframe.lock", [&ours, &theirs[start..]].concat());
    let said = stage.run(&check).failed(
        1,
        "SF-0805",
        "shop.Order version 2: a fork: two branches each made a version 2 on version 1",
    );
    for side in [&ours, &theirs] {
        let fingerprint = side.rsplit("fingerprint = \"").next().unwrap();
        assert!(said.stderr.contains(&fingerprint[..16]), "{}", said.stderr);
    }
    assert!(said.stderr.contains("becomes the next version"), "{}", said.stderr);
    // As it says: one side is kept, and the merged schema is locked.
    stage.write("strictframe.lock", &ours);
    assert!(
        stage.run(&lock).done().text().contains("shop.Order version 3: changed since version 2")
    );
    commit(&stage, "merged");
    stage.run(&["schema", "check", "order.proto", "--against", "ours"]).done();
    let said = stage.run(&["schema", "check", "order.proto", "--against", "theirs"]);
    said.failed(
        1,
        "SF-0808",
        "history was rewritten: shop.Order version 2 of theirs is another one now",
    );
}

#[test]
fn a_union_of_both_sides_is_refused_as_well() {
    let stage = repository();
    stage.write(".gitattributes", "strictframe.lock merge=union\n");
    commit(&stage, "attributes");
    branch(&stage, "theirs", OTHER);
    branch(&stage, "ours", TWO);
    git(&stage, &["merge", "-q", "theirs"]);
    let text = String::from_utf8(stage.read("strictframe.lock")).unwrap();
    assert!(!text.contains("<<<<<<<"), "{text}");
    stage.run(&["schema", "list"]).failed(1, "SF-0805", "shop.Order version 2: ");
}

#[test]
fn a_check_against_a_commit_sees_history_that_was_rewritten() {
    let stage = repository();
    branch(&stage, "next", TWO);
    let whole = stage.read("strictframe.lock");
    let check = |reference| stage.run(&["schema", "check", "--against", reference]);
    let said = check("main").done();
    assert_eq!(said.text(), "strictframe.lock: whole, 2 versions\n  1 version of main: all kept\n");
    let json = stage.run(&["schema", "check", "--against", "next", "--json"]).done().json();
    assert_eq!((&json["versions"], &json["kept"]), (&2.into(), &2.into()));
    // A version that goes, and one that becomes another.
    assert!(git(&stage, &["checkout", "-q", "main", "--", "strictframe.lock"]));
    check("next").failed(1, "SF-0808", "shop.Order version 2 of next is gone");
    order(&stage, OTHER);
    stage.run(&["schema", "lock", "order.proto"]).done();
    check("next").failed(1, "SF-0808", "shop.Order version 2 of next is another one now");
    check("main").done();
    stage.write("strictframe.lock", whole);
    check("next").done();
    // From elsewhere the file is found beside itself, and a new one has no history.
    std::fs::create_dir(stage.path("sub")).unwrap();
    std::fs::copy(stage.path("strictframe.lock"), stage.path("sub/strictframe.lock")).unwrap();
    let mut command =
        stage.command(&["schema", "check", "--against", "main", "--lock", "../strictframe.lock"]);
    command.current_dir(stage.path("sub"));
    let output = command.output().unwrap();
    assert!(String::from_utf8(output.stdout).unwrap().contains("1 version of main: all kept"));
    let new = ["schema", "check", "--against", "main", "--lock", "sub/strictframe.lock"];
    let said = stage.run(&new).done();
    assert!(
        said.text().contains("main has no such file: nothing to compare with"),
        "{}",
        said.text()
    );
}

#[test]
fn a_commit_or_repository_that_is_not_there_is_an_error() {
    let stage = repository();
    let check =
        |reference: &str| stage.run(&["schema", "check", &format!("--against={reference}")]);
    check("nowhere").failed(3, "", "the repository has no commit nowhere");
    check("-x").failed(2, "", "-x is no name of a commit");
    check("").failed(2, "", "is no name of a commit");
    let outside = Stage::empty();
    order(&outside, ONE);
    outside.run(&["schema", "lock", "order.proto"]).done();
    let said = outside.run(&["schema", "check", "--against", "main"]);
    said.failed(3, "", "strictframe.lock is in no git repository");
    let mut command = stage.command(&["schema", "check", "--against", "main"]);
    command.env("PATH", "/nonexistent");
    let output = command.output().unwrap();
    assert_eq!(output.status.code(), Some(3));
    assert!(String::from_utf8(output.stderr).unwrap().contains("cannot run git"));
}

#[test]
fn a_lock_file_that_was_moved_keeps_its_history() {
    let stage = repository();
    branch(&stage, "moved", TWO);
    std::fs::create_dir(stage.path("schemas")).unwrap();
    assert!(git(&stage, &["mv", "strictframe.lock", "schemas/all.lock"]));
    commit(&stage, "moved");
    let check = ["schema", "check", "--against", "main", "--lock", "schemas/all.lock"];
    assert!(stage.run(&check).done().text().contains("1 version of main: all kept"));
    // What was rewritten on the way is seen all the same.
    std::fs::remove_file(stage.path("schemas/all.lock")).unwrap();
    order(&stage, OTHER);
    stage.run(&["schema", "lock", "order.proto", "--lock", "schemas/all.lock"]).done();
    commit(&stage, "rewritten");
    stage.run(&check).failed(1, "SF-0808", "shop.Order version 1 of main is another one now");
}

#[test]
fn a_shallow_clone_says_what_it_lacks_and_a_repository_below_is_its_own() {
    let stage = repository();
    branch(&stage, "next", TWO);
    std::fs::create_dir(stage.path("clones")).unwrap();
    let source = format!("file://{}", stage.path("").display());
    for (name, depth) in [("clones/shallow", "1"), ("clones/whole", "100")] {
        assert!(git(&stage, &["clone", "-q", "--depth", depth, "-b", "next", &source, name]));
    }
    let check = |folder: &str, reference: &str| {
        let lock = format!("{folder}/strictframe.lock");
        stage.run(&["schema", "check", "--against", reference, "--lock", &lock])
    };
    let said = check("clones/shallow", "HEAD~1");
    let said = said.failed(3, "", "the repository has no commit HEAD~1");
    assert!(said.stderr.contains("a shallow clone has the newest commit only"), "{}", said.stderr);
    check("clones/shallow", "HEAD").done();
    // The commit is one of the clone, and not of the repository around it.
    assert!(
        check("clones/whole", "HEAD~1").done().text().contains("1 version of HEAD~1: all kept")
    );
    check("clones/whole", "main").failed(3, "", "the repository has no commit main");
}

#[test]
fn a_branch_whose_commits_were_written_anew_is_held_to_what_was_published() {
    let stage = repository();
    branch(&stage, "published", TWO);
    // The same versions in one commit less are the same history.
    assert!(git(&stage, &["checkout", "-q", "-b", "squashed", "main"]));
    assert!(git(&stage, &["checkout", "-q", "published", "--", "."]));
    commit(&stage, "squashed");
    assert!(git(&stage, &["commit", "-q", "--amend", "-m", "reworded"]));
    let check = ["schema", "check", "order.proto", "--against", "published"];
    assert!(stage.run(&check).done().text().contains("2 versions of published: all kept"));
    // Another second version in the place of the one that was published is not.
    assert!(git(&stage, &["reset", "-q", "--hard", "main"]));
    order(&stage, OTHER);
    stage.run(&["schema", "lock", "order.proto"]).done();
    assert!(git(&stage, &["add", "-A"]));
    assert!(git(&stage, &["commit", "-q", "--amend", "-m", "one and two"]));
    stage.run(&check).failed(1, "SF-0808", "version 2 of published is another one now");
}
