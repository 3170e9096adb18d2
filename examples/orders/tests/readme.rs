//! What the README shows of typed messages is what stands here, and so is compiled and run.
#![allow(clippy::unwrap_used, reason = "a panic in a test is a failed test")]

#[path = "support/material.rs"]
mod support;

use strictframe::{Decoder, Encoder, Registry, Schema};
use strictframe_example_orders::{Order, Refund, Shop};

#[test]
fn a_message_goes_in_and_comes_out() -> Result<(), Box<dyn core::error::Error>> {
    let order = support::order(2);
    // README
    let mut encoder = Encoder::builder(Order::SCHEMA).build()?;
    let mut frame = Vec::new();
    encoder.encode_message(&order, &mut frame)?;

    let mut decoder = Decoder::builder(Registry::new()).build();
    let order = decoder.decode_message::<Order>(&frame)?.message;
    match decoder.decode_any::<Shop>(&frame)?.message {
        Shop::Order(same) => assert_eq!(same, order),
        Shop::Refund(_) | Shop::Visit(_) => return Err("another type".into()),
    }

    // Another type, version or fork is refused, and the error says both keys, their names, and what to do.
    let error = decoder.decode_message::<Refund>(&frame).unwrap_err();
    assert_eq!((error.code(), error.name()), (501, "UnknownSchema"));
    // README
    Ok(())
}

#[test]
fn the_readme_shows_what_stands_here() {
    let readme = include_str!("../../../README.md");
    let here: String = include_str!("readme.rs")
        .lines()
        .skip_while(|line| line.trim() != "// README")
        .skip(1)
        .take_while(|line| line.trim() != "// README")
        .map(|line| format!("{}\n", line.strip_prefix("    ").unwrap_or(line)))
        .collect();
    let (_, build) = include_str!("../build.rs").split_once("\n\n").unwrap();
    assert!(here.lines().count() > 10 && build.lines().count() > 8);
    assert!(readme.contains(&here), "README.md does not show\n{here}");
    assert!(readme.contains(build), "README.md does not show\n{build}");
}
