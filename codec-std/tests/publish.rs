//! A published file stands under its name whole, or not at all.
#![allow(clippy::unwrap_used, reason = "a panic in a test is a failed test")]

use std::fs;
use std::io::{self, BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Command, Stdio};

use strictframe::Publish;

const OUTPUT: &str = "STRICTFRAME_TEST_OUTPUT";

/// Longer than what is gathered before it is written.
fn content() -> Vec<u8> {
    (0..=255).cycle().take(1_000_000).collect()
}

fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).unwrap();
    entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
}

#[test]
fn a_committed_file_stands_whole_under_its_name() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("out.sframe");
    for earlier in [None, Some(b"what stood there before")] {
        if let Some(earlier) = earlier {
            fs::write(&path, earlier).unwrap();
        }
        let mut file = Publish::create(&path).unwrap();
        file.write_all(&content()).unwrap();
        file.flush().unwrap();
        // Not before it is committed.
        assert_eq!(fs::read(&path).ok(), earlier.map(|earlier| earlier.to_vec()));
        file.commit().unwrap();
        assert!(fs::read(&path).unwrap() == content());
        assert_eq!(names(folder.path()), ["out.sframe"]);
        fs::remove_file(&path).unwrap();
    }
}

#[test]
fn a_dropped_file_leaves_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("out.sframe");
    for earlier in [None, Some(b"what stood there before")] {
        if let Some(earlier) = earlier {
            fs::write(&path, earlier).unwrap();
        }
        let mut file = Publish::create(&path).unwrap();
        file.write_all(&content()).unwrap();
        drop(file);
        assert_eq!(fs::read(&path).ok(), earlier.map(|earlier| earlier.to_vec()));
        assert_eq!(names(folder.path()).len(), usize::from(earlier.is_some()));
    }
}

#[test]
fn a_killed_writer_leaves_the_name_as_it_was() {
    if let Some(path) = std::env::var_os(OUTPUT) {
        // This is the process that is killed below.
        let mut file = Publish::create(path.as_ref()).unwrap();
        loop {
            file.write_all(&content()).unwrap();
            file.flush().unwrap();
            writeln!(io::stdout(), "\nwritten").unwrap();
        }
    }
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("out.sframe");
    for earlier in [None, Some(b"what stood there before")] {
        if let Some(earlier) = earlier {
            fs::write(&path, earlier).unwrap();
        }
        let mut writer = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "a_killed_writer_leaves_the_name_as_it_was", "--nocapture"])
            .env(OUTPUT, &path)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let said = BufReader::new(writer.stdout.take().unwrap()).lines();
        let written = said.map(Result::unwrap).filter(|line| line == "written").take(3);
        assert_eq!(written.count(), 3);
        writer.kill().unwrap();
        assert!(!writer.wait().unwrap().success());
        assert_eq!(fs::read(&path).ok(), earlier.map(|earlier| earlier.to_vec()));
    }
    // What it had written stays hidden beside it, and is in nobody's way.
    assert!(names(folder.path()).iter().all(|name| name == "out.sframe" || name.starts_with('.')));
    let mut file = Publish::create(&path).unwrap();
    file.write_all(b"whole").unwrap();
    file.commit().unwrap();
    assert_eq!(fs::read(&path).unwrap(), b"whole");
}

#[test]
fn what_is_no_regular_file_is_refused_and_stays() {
    let folder = tempfile::tempdir().unwrap();
    let directory = folder.path().join("out.sframe");
    fs::create_dir(&directory).unwrap();
    for path in [directory.as_path(), Path::new("/dev/null"), Path::new("/")] {
        let before = fs::metadata(path).unwrap().file_type();
        let error = Publish::create(path).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::InvalidInput, "{path:?}");
        assert_eq!(error.to_string(), "the output exists and is not a regular file");
        assert_eq!(fs::metadata(path).unwrap().file_type(), before);
    }
    assert_eq!(names(folder.path()), ["out.sframe"]);
}

#[test]
fn a_folder_that_is_not_there_is_an_error_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("nowhere").join("out.sframe");
    assert_eq!(Publish::create(&path).unwrap_err().kind(), io::ErrorKind::NotFound);
    let file = folder.path().join("file");
    fs::write(&file, b"").unwrap();
    let below_a_file = Publish::create(&file.join("out.sframe")).unwrap_err();
    assert_eq!(below_a_file.kind(), io::ErrorKind::NotADirectory);
}

#[test]
fn a_name_without_a_folder_is_published_in_the_current_one() {
    let path = format!("published-by-{}.tmp", std::process::id());
    let mut file = Publish::create(path.as_ref()).unwrap();
    file.write_all(b"whole").unwrap();
    file.commit().unwrap();
    let read = fs::read(&path);
    fs::remove_file(&path).unwrap();
    assert_eq!(read.unwrap(), b"whole");
}

#[test]
#[cfg(unix)]
fn behind_a_link_the_file_that_is_meant_is_written_and_keeps_its_mode() {
    use std::os::unix::fs::{PermissionsExt, symlink};
    let folder = tempfile::tempdir().unwrap();
    let (meant, link) = (folder.path().join("meant"), folder.path().join("link"));
    std::fs::write(&meant, b"old").unwrap();
    std::fs::set_permissions(&meant, std::fs::Permissions::from_mode(0o600)).unwrap();
    symlink(&meant, &link).unwrap();
    let mut file = Publish::create(&link).unwrap();
    file.write_all(b"new").unwrap();
    file.commit().unwrap();
    assert!(link.is_symlink());
    assert_eq!(std::fs::read(&meant).unwrap(), b"new");
    assert_eq!(std::fs::metadata(&meant).unwrap().permissions().mode() & 0o777, 0o600);
    let nothing = folder.path().join("nothing");
    symlink(folder.path().join("missing"), &nothing).unwrap();
    assert!(Publish::create(&nothing).is_err());
}
