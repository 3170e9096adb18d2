//! Compiles the messages, and refuses to build when they are not what `strictframe.lock` says.

use core::error::Error;
use core::fmt::Write as _;
use std::path::{Path, PathBuf};

use prost::Message as _;
use strictframe_core::{Kind, Parts};
use strictframe_schema::build::Build;
use strictframe_schema::lock::{Lock, Plan, Schema};
use strictframe_schema::protobuf::ProtobufSchema;

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-changed={SOURCES}");
    println!("cargo::rerun-if-changed={LOCK}");
    let set = protox::compile(sources()?, [SOURCES])?;
    let schema = ProtobufSchema::from_descriptor_set(&set.encode_to_vec())?;
    let lock = Lock::read(&std::fs::read(LOCK)?)?;
    let Plan::Unchanged { .. } = lock.plan(ENVELOPE, Schema::Protobuf(&schema))? else {
        return Err(format!("{ENVELOPE} is not what {LOCK} says; {REMEDY}").into());
    };
    let out = PathBuf::from(std::env::var_os("OUT_DIR").ok_or("OUT_DIR is not set")?);
    write_schema(&lock, &out)?;
    // Sorted maps: the same message is the same bytes each time.
    prost_build::Config::new().btree_map(["."]).compile_fds(set)?;
    Build::new().include(SOURCES).proto(DEAD_LETTER).message(DEAD_LETTER_NAME).generate()?;
    Ok(())
}

fn sources() -> Result<Vec<PathBuf>, Box<dyn Error>> {
    let entries = std::fs::read_dir(Path::new(SOURCES).join("dashstream/v1"))?;
    let mut paths =
        entries.map(|entry| entry.map(|entry| entry.path())).collect::<Result<Vec<_>, _>>()?;
    paths.sort();
    Ok(paths)
}

/// The key, every locked version, and the SCHEMA frame of the newest one.
fn write_schema(lock: &Lock, out: &Path) -> Result<(), Box<dyn Error>> {
    let versions = lock.versions(ENVELOPE, strictframe_core::identity::Encoding::PROTOBUF);
    let newest = versions.last().ok_or("the lock has no version")?;
    let key = newest.descriptor().key();
    let (mut body, mut frame) = (Vec::new(), Vec::new());
    let full = |_| "a SCHEMA frame that does not fit";
    newest.descriptor().write_body(&mut body).map_err(full)?;
    Parts::control(Kind::SCHEMA, &[&body]).write(&mut frame).map_err(full)?;
    std::fs::write(out.join("schema.frame"), frame)?;
    std::fs::write(out.join("schema.txt"), newest.descriptor().canonical())?;
    let mut code = String::new();
    writeln!(code, "const KEY: [u8; 16] = {:?};", key.to_bytes())?;
    writeln!(code, "const OLDEST_WRITER: u16 = {};", newest.oldest_writer())?;
    writeln!(code, "const VERSIONS: &[(u16, u16, [u8; 4])] = &[")?;
    for version in versions {
        let key = version.descriptor().key();
        writeln!(code, "({}, {}, {:?}),", key.version(), key.min_reader(), key.fork_check())?;
    }
    writeln!(code, "];")?;
    std::fs::write(out.join("schema.rs"), code)?;
    Ok(())
}

const SOURCES: &str = "proto";
const LOCK: &str = "strictframe.lock";
const DEAD_LETTER: &str = "proto/strictframe/dashflow/v1/dead_letter.proto";
const DEAD_LETTER_NAME: &str = "strictframe.dashflow.v1.DeadLetter";
const ENVELOPE: &str = "dashstream.v1.DashStreamMessage";
const REMEDY: &str = "lock it with: strictframe schema lock proto/dashstream/v1/envelope.proto -I proto --lock strictframe.lock";
