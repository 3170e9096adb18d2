//! `many FOLDER COUNT [SEED]`: writes so many compressed frames as vectors, whose answers are those of the core with this machine's libzstd.

use core::error::Error;
use std::path::Path;

use strictframe_fuzz::vectors::{folder, many};

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let (folder, count, seed) = match &arguments[..] {
        [folder, count] => (folder, count.parse()?, 0),
        [folder, count, seed] => (folder, count.parse()?, seed.parse()?),
        _ => return Err("usage: many FOLDER COUNT [SEED]".into()),
    };
    folder::renew(Path::new(folder), &many(count, seed)?, true)?;
    Ok(())
}
