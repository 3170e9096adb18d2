//! The lines as they are printed.

use strictframe_core::dump::{Verdict, dump, write_text};
use strictframe_core::identity::Encoding;
use strictframe_core::{Codec, Kind, Limits};

use crate::frames;

fn text(input: &[u8]) -> String {
    let mut text = String::new();
    write_text(input, &Limits::DEFAULT, &mut text).unwrap();
    text
}

#[test]
fn x() {
    let mut bad = frames::message_with(&frames::extension_block(), br#"{"a":"b"}"#);
    println!("{}", text(&bad));
    *bad.last_mut().unwrap() ^= 1;
    println!("{}", text(&bad));
    for f in frames::all() {
        println!("{}", text(&f));
        println!("{}", text(&f[..f.len().min(45)]));
    }
    println!(
        "{}",
        text(&frames::schema(Encoding::JSON, "a.B", "{\"ünicode\":\"long".repeat(20).as_bytes()))
    );
    println!("{}", text(b"{\"a\""));
    println!("{}", text(b"\x9e\xc1\x31 sd"));
    println!("{}", text(&frames::first_sync()));
}
