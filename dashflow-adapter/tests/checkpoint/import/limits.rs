//! How much is read.

use strictframe_dashflow::checkpoint::MemoryStore;
use strictframe_dashflow::checkpoint::import::ImportOptions;

use super::writer::gzip;
use super::{refused, run, saved};

#[test]
fn a_gzip_bomb_is_refused_at_the_limit() {
    let old = tempfile::tempdir().unwrap();
    // A thousand times as much as it looks like.
    let bomb = gzip(&vec![0; 2 << 20]);
    assert!(bomb.len() < 3000, "{}", bomb.len());
    std::fs::write(old.path().join("a.bin.gz"), &bomb).unwrap();
    let mut options = ImportOptions::default();
    assert_eq!(options.limits.unpacked_bytes, 100 << 20);
    options.limits.unpacked_bytes = 1 << 20;
    let report = run(old.path(), &MemoryStore::new(), &options).unwrap();
    assert_eq!(refused(&report), [("a.bin.gz".to_owned(), "TooLong")]);
}

#[test]
fn what_is_as_long_as_a_limit_is_read_and_what_is_longer_is_not() {
    let old = tempfile::tempdir().unwrap();
    let one = saved("run-7", "a", 1, None);
    std::fs::write(old.path().join("a.bin"), one.headed()).unwrap();
    let mut options = ImportOptions::default();
    let file_bytes = one.headed().len() as u64;
    options.limits.file_bytes = file_bytes;
    let imported = |options: &ImportOptions| {
        run(old.path(), &MemoryStore::new(), options).unwrap().imported().count()
    };
    assert_eq!(imported(&options), 1);
    options.limits.file_bytes = file_bytes - 1;
    let report = run(old.path(), &MemoryStore::new(), &options).unwrap();
    assert_eq!(refused(&report), [("a.bin".to_owned(), "TooLong")]);

    std::fs::remove_file(old.path().join("a.bin")).unwrap();
    std::fs::write(old.path().join("a.bin.gz"), one.gzip()).unwrap();
    let mut options = ImportOptions::default();
    options.limits.unpacked_bytes = one.bare().len() as u64;
    assert_eq!(imported(&options), 1);
    options.limits.unpacked_bytes -= 1;
    assert_eq!(imported(&options), 0);
}

#[test]
fn a_directory_of_too_many_files_is_one_error_and_nothing_is_imported() {
    let old = tempfile::tempdir().unwrap();
    for id in ["a", "b", "c"] {
        saved("run-7", id, 1, None).write(old.path());
    }
    let mut options = ImportOptions::default();
    options.limits.files = 2;
    let error = run(old.path(), &MemoryStore::new(), &options).unwrap_err();
    assert_eq!(error.name(), "TooManyFiles", "{error}");
    options.limits.files = 3;
    assert_eq!(run(old.path(), &MemoryStore::new(), &options).unwrap().imported().count(), 3);
    let nowhere = run(&old.path().join("nowhere"), &MemoryStore::new(), &options).unwrap_err();
    assert_eq!(nowhere.name(), "Io", "{nowhere}");
}
