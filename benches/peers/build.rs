//! The views of buffa over the event of the benches, compiled without protoc.

use std::error::Error;
use std::path::PathBuf;

fn main() -> Result<(), Box<dyn Error>> {
    let out = PathBuf::from(std::env::var("OUT_DIR")?);
    let mut compiler = protox::Compiler::new(["../proto"])?;
    compiler.include_imports(true).open_file("../proto/event.proto")?;
    let set = out.join("event.binpb");
    std::fs::write(&set, compiler.encode_file_descriptor_set())?;
    println!("cargo::rerun-if-changed=../proto/event.proto");
    buffa_build::Config::new()
        .descriptor_set(set)
        .files(&["event.proto"])
        .out_dir(out)
        .include_file("views.rs")
        .compile()
}
