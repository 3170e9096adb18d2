//! Every fuzz target over what it starts from, bent a little; and what fuzzing found before.
#![allow(clippy::unwrap_used, reason = "a panic in a test is a failed test")]

use std::path::{Path, PathBuf};

use strictframe_fuzz::forge::payload::Random;
use strictframe_fuzz::target;

fn here() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).to_owned()
}

#[test]
fn every_target_holds_for_its_seeds_and_near_them() {
    let mut random = Random::new(8);
    for target in target::ALL {
        let seeds = target.seeds(&here().join("../spec/vectors")).unwrap();
        assert!(!seeds.is_empty(), "{} starts from nothing", target.name);
        for seed in &seeds {
            (target.run)(seed);
            for _ in 0..3.min(seed.len()) {
                let mut bent = seed.clone();
                let at = random.below(bent.len() as u64) as usize;
                bent[at] = random.below(256) as u8;
                (target.run)(&bent);
            }
        }
    }
}

#[test]
fn every_target_holds_for_what_was_kept_of_fuzzing() {
    let mut fruitful = 0;
    for target in target::ALL {
        let kept = target.kept(&here().join("corpus")).unwrap();
        kept.iter().for_each(|input| (target.run)(input));
        fruitful += u32::from(!kept.is_empty());
    }
    assert!(fruitful > 20, "only {fruitful}");
    let mut folders = std::fs::read_dir(here().join("corpus")).unwrap();
    assert!(folders.all(|folder| {
        let name = folder.unwrap().file_name();
        name.to_str().and_then(target::Target::named).is_some()
    }));
}

#[test]
fn every_target_is_a_program_and_nothing_else_is() {
    let manifest = std::fs::read_to_string(here().join("targets/Cargo.toml")).unwrap();
    let named =
        |line: &str| Some(line.strip_prefix("path = \"")?.strip_suffix(".rs\"")?.to_owned());
    let programs: Vec<_> = manifest.lines().filter_map(named).collect();
    assert_eq!(programs, target::ALL.map(|target| target.name.to_owned()));
    for target in target::ALL {
        let source = here().join(format!("targets/{}.rs", target.name));
        let source = std::fs::read_to_string(source).unwrap();
        assert!(source.contains("fuzz_target!"), "{}", target.name);
    }
}
