//! Types that know their schemas, out of `proto/` and `strictframe.lock`; and the SCHEMA frames that tell readers of them.

use core::error::Error;
use std::path::{Path, PathBuf};

use strictframe_core::identity::Encoding;
use strictframe_core::{Kind, Parts};
use strictframe_schema::build::Build;
use strictframe_schema::lock::Lock;

fn main() -> Result<(), Box<dyn Error>> {
    let mut prost = prost_build::Config::new();
    // Sorted maps: the same message is the same bytes each time.
    prost.btree_map(["."]);
    let build = Build::new().include("proto").prost(prost);
    let build = build.message(ENVELOPE).message(DEAD_LETTER).json("strictframe.dashflow.JsonState");
    FILES.into_iter().fold(build, Build::proto).generate()?;
    let lock = Lock::read(&std::fs::read("strictframe.lock")?)?;
    let out = PathBuf::from(std::env::var_os("OUT_DIR").ok_or("OUT_DIR is not set")?);
    write_frame(&lock, ENVELOPE, &out.join("envelope.frame"))?;
    write_frame(&lock, DEAD_LETTER, &out.join("dead_letter.frame"))
}

/// The SCHEMA frame of the newest version.
fn write_frame(lock: &Lock, name: &str, path: &Path) -> Result<(), Box<dyn Error>> {
    let newest = lock.versions(name, Encoding::PROTOBUF).last().ok_or("the lock has no version")?;
    let (mut body, mut frame) = (Vec::new(), Vec::new());
    let full = |_| "a SCHEMA frame that does not fit";
    newest.descriptor().write_body(&mut body).map_err(full)?;
    Parts::control(Kind::SCHEMA, &[&body]).write(&mut frame).map_err(full)?;
    Ok(std::fs::write(path, frame)?)
}

const DEAD_LETTER: &str = "strictframe.dashflow.v1.DeadLetter";
const ENVELOPE: &str = "dashstream.v1.DashStreamMessage";
/// Each with what it imports.
const FILES: [&str; 3] = [
    "proto/dashstream/v1/unused.proto",
    "proto/strictframe/dashflow/v1/checkpoint.proto",
    "proto/strictframe/dashflow/v1/dead_letter.proto",
];
