//! Threads as directories: every thread has its own, below the store's and nowhere else, on file systems that do not tell cases apart as well.

use core::fmt::Write as _;
use std::ffi::OsStr;
use std::path::{Component, Path, PathBuf};

use crate::identity::ThreadId;

/// The directory of a thread, below that of the store.
///
/// Lower-case letters, digits, `-` and `_` stand for themselves, every other byte for `%` and two hexadecimal digits, and the first directory begins with `t_`: no name
/// is special to any system. What is longer than a name may be goes on in a directory below, which begins with `c_`.
pub(super) fn folder_of(thread: &ThreadId) -> PathBuf {
    let mut name = String::new();
    for byte in thread.as_str().bytes() {
        match byte {
            b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' => name.push(char::from(byte)),
            // A string takes everything.
            _ => _ = write!(name, "%{byte:02x}"),
        }
    }
    let mut path = PathBuf::new();
    let mut rest = name.as_str();
    loop {
        let (part, behind) = rest.split_at_checked(LONGEST).unwrap_or((rest, ""));
        path.push(format!("{}{part}", if path.as_os_str().is_empty() { FIRST } else { NEXT }));
        rest = behind;
        if rest.is_empty() {
            return path;
        }
    }
}

/// The thread whose directory that is; nothing for one that is no thread's.
pub(super) fn thread_of(folder: &Path) -> Option<ThreadId> {
    let mut name = String::new();
    for (index, part) in folder.components().enumerate() {
        let Component::Normal(part) = part else { return None };
        name += part.to_str()?.strip_prefix(if index == 0 { FIRST } else { NEXT })?;
    }
    let mut bytes = Vec::new();
    let mut rest = name.as_bytes();
    while let Some((first, behind)) = rest.split_first() {
        rest = behind;
        if *first != b'%' {
            bytes.push(*first);
            continue;
        }
        let (digits, behind) = rest.split_at_checked(2)?;
        bytes.push(u8::from_str_radix(core::str::from_utf8(digits).ok()?, 16).ok()?);
        rest = behind;
    }
    let thread = ThreadId::new(&String::from_utf8(bytes).ok()?).ok()?;
    // One spelling for each: any other is somebody else's directory.
    (folder_of(&thread) == folder).then_some(thread)
}

/// Whether a directory may be that of a thread, or a part of one.
pub(super) fn is_part(name: &OsStr, is_first: bool) -> bool {
    let prefix = if is_first { FIRST } else { NEXT };
    name.to_str().is_some_and(|name| name.starts_with(prefix))
}

const FIRST: &str = "t_";
const NEXT: &str = "c_";
/// Names of 255 bytes are what file systems take.
const LONGEST: usize = 240;

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// 100,000 with `STRICTFRAME_BIG=1`.
    fn cases() -> u32 {
        let is_big = std::env::var_os("STRICTFRAME_BIG").is_some_and(|value| value == "1");
        if is_big { 100_000 } else { 2_000 }
    }

    fn thread(name: &str) -> ThreadId {
        ThreadId::new(name).unwrap()
    }

    #[test]
    fn plain_names_stay_readable_and_others_are_spelt_out() {
        for (name, folder) in [
            ("run-7", "t_run-7"),
            ("..", "t_%2e%2e"),
            ("a/b", "t_a%2fb"),
            ("Run", "t_%52un"),
            ("con", "t_con"),
            ("a\0", "t_a%00"),
        ] {
            assert_eq!(folder_of(&thread(name)), Path::new(folder));
            assert_eq!(thread_of(Path::new(folder)), Some(thread(name)));
        }
        for other in ["run-7", "t_Run", "t_%5", "t_%2E", "t_%61", "t_", "t_a/c_", "t_a/c_b", ".."] {
            assert_eq!(thread_of(Path::new(other)), None, "{other}");
        }
    }

    #[test]
    fn a_long_name_goes_on_below_and_is_no_other_threads() {
        let long = thread(&"Ä".repeat(128));
        let folder = folder_of(&long);
        assert_eq!((folder.components().count(), thread_of(&folder)), (4, Some(long)));
        let (whole, more) = (thread(&"a".repeat(240)), thread(&"a".repeat(241)));
        assert_eq!(folder_of(&more).parent(), Some(folder_of(&whole).as_path()));
        assert_eq!(thread_of(&folder_of(&more)), Some(more));
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(cases()))]
        #[test]
        fn every_name_has_a_directory_of_its_own_below(name in "\\PC{1,80}|[\\x00-\\x7f]{1,256}") {
            let Ok(thread) = ThreadId::new(&name) else { return Ok(()) };
            let folder = folder_of(&thread);
            prop_assert!(folder.components().all(|part| matches!(part, Component::Normal(_))));
            prop_assert!(folder.components().all(|part| part.as_os_str().len() <= 242));
            let text = folder.to_str().unwrap();
            prop_assert_eq!(text.to_lowercase(), text);
            prop_assert_eq!(thread_of(&folder), Some(thread));
        }
    }
}
