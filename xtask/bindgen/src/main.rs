//! `strictframe-bindgen MODULE FOLDER`: runs wasm-bindgen over a compiled module, and writes what comes out into a folder.
//!
//! Only numbers cross the boundary of the module, so that the code which wasm-bindgen writes beside it is not needed; the types it writes are what
//! `cargo xtask wasm` compares with the hand-written ones.

use std::process::ExitCode;

use wasm_bindgen_cli_support::Bindgen;

fn main() -> ExitCode {
    let mut arguments = std::env::args_os().skip(1);
    let (Some(module), Some(folder), None) = (arguments.next(), arguments.next(), arguments.next())
    else {
        eprintln!("usage: strictframe-bindgen MODULE FOLDER");
        return ExitCode::from(2);
    };
    let mut bindgen = Bindgen::new();
    bindgen
        .input_path(module)
        .typescript(true)
        .remove_name_section(true)
        .remove_producers_section(true);
    let made = bindgen.bundler(true).and_then(|bindgen| bindgen.generate(folder));
    match made {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error:?}");
            ExitCode::FAILURE
        }
    }
}
