//! Writes what a fuzz target starts from into a folder, a file for each: `seeds TARGET FOLDER`.

use core::error::Error;
use std::path::Path;

use strictframe_fuzz::target::Target;

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [name, folder] = arguments.as_slice() else {
        return Err("usage: seeds TARGET FOLDER".into());
    };
    let target = Target::named(name).ok_or("there is no such target")?;
    std::fs::create_dir_all(folder)?;
    let vectors = Path::new(env!("CARGO_MANIFEST_DIR")).join("../spec/vectors");
    for (number, seed) in target.seeds(&vectors)?.into_iter().enumerate() {
        std::fs::write(Path::new(folder).join(format!("{number:04}")), seed)?;
    }
    Ok(())
}
