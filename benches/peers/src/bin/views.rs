//! What views of buffa, which borrow from the payload, would gain over prost's messages: events of 380 B, in turns in one process.
//!
//! A typed decoder holds each payload to its descriptor first, whichever of both reads it then.
#![allow(clippy::print_stdout, reason = "its output is what it is for")]

use core::hint::black_box;

use buffa::MessageView as _;
use prost::Message as _;
use strictframe::Schema as _;
use strictframe_benches::Fault;
use strictframe_benches::corpus::Corpus;
use strictframe_benches::event::Event;
use strictframe_benches::operation::{Operation, in_turns};
use strictframe_benches::race::{Effort, Spread};
use strictframe_schema::payload::{Layout, Scratch};

#[allow(warnings, reason = "as buffa makes it")]
mod made {
    include!(concat!(env!("OUT_DIR"), "/views.rs"));
}
use made::bench::__buffa::view::EventView;

fn main() -> Result<(), Fault> {
    let effort = match std::env::args().nth(1).as_deref() {
        None => Effort::FULL,
        Some("--quick") => Effort::QUICK,
        Some(other) => return Err(format!("{other} means nothing here").into()),
    };
    let corpus = Corpus::agent_runs()?;
    let records = corpus.near(380, 1000);
    let payloads: Vec<&[u8]> = records.iter().map(|record| record.protobuf.as_ref()).collect();
    for payload in &payloads {
        let (event, view) = (Event::decode(*payload)?, EventView::decode_view(payload)?);
        if event.node_id != view.node_id || event.attributes.len() != view.attributes.len() {
            return Err("both do not read the same".into());
        }
    }
    let (layout, mut scratch) = (Layout::new(&Event::SCHEMA.descriptor()?)?, Scratch::default());
    let count = payloads.len();
    let mut operations = [
        Operation::new("prost", count, || {
            payloads.iter().try_for_each(|payload| {
                black_box(Event::decode(black_box(*payload))?);
                Ok(())
            })
        }),
        Operation::new("view", count, || {
            payloads.iter().try_for_each(|payload| {
                black_box(EventView::decode_view(black_box(payload))?);
                Ok(())
            })
        }),
        Operation::new("check", count, || {
            payloads.iter().try_for_each(|payload| {
                black_box(layout.check(black_box(payload), &mut scratch)?);
                Ok(())
            })
        }),
    ];
    let times = in_turns(&mut operations, effort)?;
    let (prost, view, check) = (times.of("prost")?, times.of("view")?, times.of("check")?);
    let sum = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| a + b).collect::<Vec<_>>();
    println!("{}, {count} events", corpus.label());
    let tell = |what: &str, Spread { low, median, high }: Spread| {
        println!("{median:.2} ({low:.2} to {high:.2}) {what}");
    };
    tell("prost's time over that of a view", Spread::of_ratios(prost, view));
    let both = (sum(check, prost), sum(check, view));
    tell("the same with the check of the payload before both", Spread::of_ratios(&both.0, &both.1));
    tell("the check's time over that of prost", Spread::of_ratios(check, prost));
    Ok(())
}
