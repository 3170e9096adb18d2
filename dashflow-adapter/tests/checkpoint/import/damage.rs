//! No damaged file is taken for a checkpoint.

use std::path::Path;

use proptest::prelude::*;
use strictframe_dashflow::checkpoint::import::ImportOptions;
use strictframe_dashflow::checkpoint::{CheckpointStore as _, MemoryStore};

use super::writer::{Saved, gzip, headed};
use super::{Plan, bare, refused, run, saved};
use crate::support::thread;

/// What becomes of those bytes under that name: the reason, or how many were imported.
fn of(
    folder: &Path,
    name: &str,
    bytes: &[u8],
    options: &ImportOptions,
) -> Result<usize, &'static str> {
    std::fs::write(folder.join(name), bytes).unwrap();
    let store = MemoryStore::new();
    let report = run(folder, &store, options).unwrap();
    assert_eq!(report.files.len(), 1);
    std::fs::remove_file(folder.join(name)).unwrap();
    match refused(&report).pop() {
        Some((_, why)) => {
            assert_eq!(store.threads().unwrap(), []);
            Err(why)
        }
        None => Ok(store.ids(&thread("run-7")).unwrap().len()),
    }
}

/// A checkpoint whose file has about a kibibyte.
fn kibibyte() -> Saved<Plan> {
    let mut saved = saved("run-7", "cp-1", 1, None);
    saved.state.draft = Some("a draft that goes on ".repeat(40));
    saved
}

#[test]
fn no_flipped_bit_and_no_cut_of_a_headed_file_is_imported() {
    let folder = tempfile::tempdir().unwrap();
    let whole = kibibyte().headed();
    assert!((1000..1200).contains(&whole.len()), "{}", whole.len());
    // Bare files are asked for too: that must not make a way around the header.
    assert_eq!(of(folder.path(), "cp-1.bin", &whole, &bare()), Ok(1));
    for bit in 0..whole.len() * 8 {
        let mut damaged = whole.clone();
        damaged[bit / 8] ^= 1 << (bit % 8);
        let expected = match bit / 8 {
            0..4 => "HeaderDamaged",
            4..8 => "Version",
            8..12 => "Checksum",
            12..20 => "Length",
            _ => "Checksum",
        };
        let found = of(folder.path(), "cp-1.bin", &damaged, &bare());
        assert_eq!(found, Err(expected), "bit {bit}");
    }
    for len in 0..whole.len() {
        let expected = if len < 20 { "Truncated" } else { "Length" };
        let found = of(folder.path(), "cp-1.bin", &whole[..len], &bare());
        assert_eq!(found, Err(expected), "{len} bytes");
    }
    let more = [&whole[..], b"\0"].concat();
    assert_eq!(of(folder.path(), "cp-1.bin", &more, &bare()), Err("Length"));
}

#[test]
fn a_header_is_known_for_one_with_two_bits_of_its_magic_damaged_whatever_else_is() {
    let folder = tempfile::tempdir().unwrap();
    let whole = kibibyte().headed();
    for (first, second) in (0..32).flat_map(|first| (0..first).map(move |second| (first, second))) {
        for extra in [4, 15, 30] {
            let mut damaged = whole.clone();
            for bit in [first, second] {
                damaged[bit / 8] ^= 1 << (bit % 8);
            }
            damaged[extra] ^= 0x40;
            let found = of(folder.path(), "cp-1.bin", &damaged, &bare());
            assert_eq!(found, Err("HeaderDamaged"), "bits {first} and {second}, byte {extra}");
        }
    }
    let mut other = whole;
    other[..4].copy_from_slice(b"\0\0\0\0");
    assert_eq!(of(folder.path(), "cp-1.bin", &other, &bare()), Err("HeaderDamaged"));
}

#[test]
fn a_gzip_file_that_was_damaged_gives_the_same_checkpoint_or_none() {
    let folder = tempfile::tempdir().unwrap();
    let whole = saved("run-7", "cp-1", 1, None).gzip();
    let frame = |bytes: &[u8]| {
        std::fs::write(folder.path().join("cp-1.bin.gz"), bytes).unwrap();
        let store = MemoryStore::new();
        let report = run(folder.path(), &store, &ImportOptions::default()).unwrap();
        let id = report.imported().next()?.id;
        Some((id, store.get(&thread("run-7"), id).unwrap().unwrap()))
    };
    let good = frame(&whole);
    assert!(good.is_some());
    let mut taken = 0;
    for bit in 0..whole.len() * 8 {
        let mut damaged = whole.clone();
        damaged[bit / 8] ^= 1 << (bit % 8);
        let found = frame(&damaged);
        assert!(found.is_none() || found == good, "bit {bit}");
        taken += usize::from(found.is_some());
    }
    // Time, system and the like stand under no checksum and say nothing.
    assert!(taken < 10 * 8, "{taken}");
    for len in 0..whole.len() {
        assert_eq!(frame(&whole[..len]), None, "{len} bytes");
    }
    assert_eq!(frame(&[&whole[..], b"\0"].concat()), None);
    assert_eq!(frame(&[&whole[..], &whole[..]].concat()), None);
}

#[test]
fn a_bare_file_is_taken_when_that_is_asked_for_and_it_is_a_checkpoint_to_its_last_byte() {
    let folder = tempfile::tempdir().unwrap();
    let whole = kibibyte().bare();
    let name = "cp-1.bin";
    assert_eq!(of(folder.path(), name, &whole, &ImportOptions::default()), Err("Bare"));
    assert_eq!(of(folder.path(), name, &whole, &bare()), Ok(1));
    for len in 0..whole.len() {
        let expected = if len < 20 { "Truncated" } else { "Payload" };
        assert_eq!(of(folder.path(), name, &whole[..len], &bare()), Err(expected), "{len} bytes");
    }
    assert_eq!(of(folder.path(), name, &[&whole[..], b"\0"].concat(), &bare()), Err("LeftOver"));
    assert_eq!(of(folder.path(), "cp-2.bin", &whole, &bare()), Err("Misplaced"));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]
    #[test]
    fn whatever_stands_in_files_ends_in_a_checkpoint_or_a_reason(
        noise in prop::collection::vec(any::<u8>(), 0..200),
        bends in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6),
    ) {
        let folder = tempfile::tempdir().unwrap();
        let one = saved("run-7", "a", 1, None);
        let forms = [one.bare(), one.versioned(1), one.gzip(), gzip(&one.versioned(1)), gzip(&noise), noise];
        for (form, name) in forms.iter().zip(["a.bin", "a.v.bin", "a.bin.gz", "a.v.bin.gz", "b.v.bin.gz", "b.bin"]) {
            let mut bent = form.clone();
            for (at, byte) in &bends {
                if !bent.is_empty() {
                    let at = at.index(bent.len());
                    bent[at] = *byte;
                }
            }
            std::fs::write(folder.path().join(name), bent).unwrap();
        }
        let report = run(folder.path(), &MemoryStore::new(), &bare()).unwrap();
        prop_assert_eq!(report.files.len(), forms.len());
        for imported in report.imported() {
            prop_assert_eq!(imported.old_id.as_str(), "a");
        }
    }
}

#[test]
fn a_state_of_another_type_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let Saved { id, thread_id, node, timestamp, parent_id, metadata, .. } = kibibyte();
    let state = ("another", 7_u8);
    let other = Saved { id, thread_id, state, node, timestamp, parent_id, metadata };
    let found = of(folder.path(), "cp-1.bin", &other.headed(), &ImportOptions::default());
    assert_eq!(found, Err("Payload"));
}

#[test]
fn a_whole_file_that_says_what_none_can_say_is_refused_by_name() {
    let folder = tempfile::tempdir().unwrap();
    let refused = |change: &dyn Fn(&mut Saved<Plan>)| {
        let mut saved = kibibyte();
        change(&mut saved);
        of(folder.path(), "cp-1.bin", &saved.headed(), &ImportOptions::default()).unwrap_err()
    };
    assert_eq!(refused(&|saved| saved.timestamp.1 = 1_000_000_000), "Time");
    assert_eq!(refused(&|saved| saved.timestamp.0 = 1 << 34), "Time");
    assert_eq!(refused(&|saved| saved.thread_id.clear()), "Thread");
    assert_eq!(refused(&|saved| saved.thread_id = "x".repeat(257)), "Thread");
    assert_eq!(refused(&|saved| saved.id = "../cp-2".to_owned()), "Misplaced");
    assert_eq!(
        refused(&|saved| _ = saved.metadata.insert("dashflow.checkpoint_id".into(), "mine".into())),
        "Metadata"
    );
    // Larger than what may stand beside a state.
    assert_eq!(refused(&|saved| _ = saved.metadata.insert("x".into(), "y".repeat(70_000))), "Save");
    // A key twice, as no map has it.
    let mut twice = kibibyte().bare();
    let pair = twice.split_off(twice.len() - 32);
    assert_eq!(pair[..8], 3_u64.to_le_bytes());
    let count = twice.len() - 8;
    twice[count] = 2;
    let twice = [&twice[..], &pair, &pair].concat();
    let found = of(folder.path(), "cp-1.bin", &headed(&twice), &ImportOptions::default());
    assert_eq!(found, Err("Metadata"));
    let bomb = gzip(&[0; 1000]);
    let found = of(folder.path(), "cp-1.bin.gz", &bomb, &ImportOptions::default());
    assert_eq!(found, Err("Misplaced"));
}
