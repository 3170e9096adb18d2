//! The keys of sealed checkpoints, which come from files and from nowhere else.

use std::fs::File;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use strictframe_dashflow::checkpoint::{CheckpointStore, SealKey, Sealed};

use crate::failure::{self, Failure};
use crate::source::not_read;
use crate::terminal::{shown, typed};

/// The keys of sealed checkpoints, as an option.
#[derive(clap::Args)]
pub(super) struct KeyArgument {
    /// A file with the key of sealed checkpoints: 32 random bytes, or 64 hexadecimal digits; for nobody but you. May be given several times, for checkpoints that were sealed with an older key
    #[arg(long = "key-file", value_name = "FILE")]
    files: Vec<PathBuf>,
}

impl KeyArgument {
    /// A store, sealed where there is a key: with the first one, and opened with all of them.
    pub(super) fn over(
        &self,
        store: impl CheckpointStore + 'static,
    ) -> Result<Box<dyn CheckpointStore>, Failure> {
        let mut keys = self.files.iter().map(|path| read(path));
        let Some(key) = keys.next() else { return Ok(Box::new(store)) };
        let mut sealed = Sealed::new(store, key?);
        for old in keys {
            sealed = sealed.with_old_key(old?);
        }
        Ok(Box::new(sealed))
    }
}

fn read(path: &Path) -> Result<SealKey, Failure> {
    let file = File::open(path).map_err(|error| not_read(path, &error))?;
    let found = file.metadata().map_err(|error| not_read(path, &error))?;
    if found.is_dir() {
        return Err(not_read(path, &std::io::ErrorKind::IsADirectory.into()));
    }
    #[cfg(unix)]
    if found.is_file() && std::os::unix::fs::MetadataExt::mode(&found) & EVERYBODY != 0 {
        return Err(failure::named(
            "KeyFile",
            format!("everybody on this machine may read or change the key in {}", shown(path)),
            format!("`chmod 600 {}`, and take another key if somebody has read it", typed(path)),
        ));
    }
    let mut bytes = Vec::new();
    let most = LONGEST as u64 + 1;
    file.take(most).read_to_end(&mut bytes).map_err(|error| not_read(path, &error))?;
    key(&bytes).map(SealKey::new).ok_or_else(|| {
        let found = match bytes.len() {
            len if len > LONGEST => format!("more than {LONGEST} bytes"),
            len => format!("{len} bytes that are neither"),
        };
        failure::named(
            "KeyFile",
            format!(
                "{} holds no key: {found}, where 32 bytes or 64 hexadecimal digits are wanted",
                shown(path)
            ),
            "make one: `(umask 077; openssl rand -hex 32 > key)`",
        )
    })
}

/// The key that a file holds: as it is, or in hexadecimal digits, which may end a line.
fn key(bytes: &[u8]) -> Option<[u8; 32]> {
    if let Ok(key) = bytes.try_into() {
        return Some(key);
    }
    let digits = bytes.strip_suffix(b"\n").unwrap_or(bytes);
    let digits = digits.strip_suffix(b"\r").unwrap_or(digits);
    let (pairs, []) = digits.as_chunks::<2>() else { return None };
    let digit = |byte: u8| char::from(byte).to_digit(16);
    let byte = |[high, low]: &[u8; 2]| u8::try_from(digit(*high)? << 4 | digit(*low)?).ok();
    let key: Vec<u8> = pairs.iter().map(byte).collect::<Option<_>>()?;
    key.try_into().ok()
}

/// 64 digits and the end of a line.
const LONGEST: usize = 66;
/// What those may do who are neither the owner nor in the group.
#[cfg(unix)]
const EVERYBODY: u32 = 0o007;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_32_bytes_or_64_digits_and_nothing_else() {
        let digits = "00ff".repeat(16);
        let expected = [0x00, 0xff].repeat(16);
        for text in [&digits, &format!("{digits}\n"), &format!("{}\r\n", digits.to_uppercase())] {
            assert_eq!(key(text.as_bytes()).map(Vec::from), Some(expected.clone()), "{text:?}");
        }
        assert_eq!(key(&[10; 32]), Some([10; 32]));
        for wrong in [0, 31, 33, 63, 65, 66] {
            assert_eq!(key(&vec![b'a'; wrong]), None, "{wrong}");
        }
        assert_eq!(key(format!("{}g", &digits[1..]).as_bytes()), None);
        assert_eq!(key(format!("{digits}\n\n").as_bytes()), None);
        assert_eq!(key(format!("0x{}", &digits[2..]).as_bytes()), None);
    }
}
