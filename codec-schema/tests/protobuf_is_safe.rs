//! What is called safe is safe: random messages are written under one protobuf schema and read under another, on the wire and as JSON.
//!
//! prost-reflect writes and reads; what a strict reader refuses beside it (two arms of a oneof, a number without a name in a closed enum, a required field
//! that is missing) is looked for in what it read, and on the wire the strict reader itself is asked. Among the fields are groups, extensions, and strings
//! that need not be UTF-8 and often are not.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a panic in a test is a failed test")]

mod compare;
mod compiled;
mod features;
mod mutate;
mod slot;
mod value;
mod world;

use std::collections::BTreeMap;

use fastrand::Rng;
use prost::Message as _;
use prost_reflect::{DeserializeOptions, DynamicMessage, MessageDescriptor};
use strictframe_schema::change::{Change, Directions, Verdict, changes};

use self::compiled::Compiled;

/// Changes of `STRICTFRAME_BIG=1` and of every day, each with so many messages each way.
const PAIRS: [usize; 2] = [10_000, 400];
const MESSAGES: usize = 12;

/// How a message goes from one side to the other.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
enum Form {
    Json,
    Wire,
}

#[test]
fn no_message_crosses_a_safe_change_and_is_refused_or_read_otherwise() {
    // SPEC [CLS-1]: both directions, the wire and JSON.
    let pairs = PAIRS[usize::from(std::env::var_os("STRICTFRAME_BIG").is_none())];
    let mut random = Rng::with_seed(20_260_102);
    let mut crossed: BTreeMap<(Form, bool), usize> = BTreeMap::new();
    let (mut tried, mut safe_kinds) = (0, BTreeMap::<_, usize>::new());
    let mut shapes = BTreeMap::<_, usize>::new();
    while tried < pairs {
        let before = world::World::random(&mut random);
        let mut after = before.clone();
        for _ in 0..random.usize(1..4) {
            mutate::mutate(&mut random, &mut after);
        }
        let (Some(old), Some(new)) = (before.compile(), after.compile()) else { continue };
        tried += 1;
        let found = changes(&old.descriptor(1), &new.descriptor(2)).unwrap();
        if worst(&found, Form::Wire).new_reads_old == Verdict::Safe {
            for shape in after.shapes() {
                *shapes.entry(shape).or_default() += 1;
            }
        }
        for form in [Form::Wire, Form::Json] {
            let verdicts = worst(&found, form);
            for (forward, verdict, writer, reader) in [
                (true, verdicts.old_reads_new, &new, &old),
                (false, verdicts.new_reads_old, &old, &new),
            ] {
                if verdict != Verdict::Safe {
                    continue;
                }
                for change in &found {
                    *safe_kinds.entry(change.kind).or_default() += 1;
                }
                *crossed.entry((form, forward)).or_default() += 1;
                for _ in 0..MESSAGES {
                    let told = |error| {
                        let found: Vec<_> = found.iter().map(ToString::to_string).collect();
                        panic!(
                            "{error} ({form:?}, {})\nbefore\n{before}\nafter\n{after}\n{found:#?}",
                            if forward { "old reads new" } else { "new reads old" }
                        )
                    };
                    cross(&mut random, form, writer, reader).unwrap_or_else(told);
                }
            }
        }
    }
    println!(
        "{tried} pairs; crossed (form, old reads new) {crossed:?}; {shapes:?}; changes in them {safe_kinds:?}"
    );
    // Enough was called safe for the test to mean something, and by enough kinds of change.
    for form in [Form::Wire, Form::Json] {
        for forward in [true, false] {
            let count = crossed.get(&(form, forward)).copied().unwrap_or_default();
            assert!(count > pairs / 10, "{form:?} {forward}: {count} of {pairs}");
        }
    }
    assert!(safe_kinds.len() > 25, "only {safe_kinds:?}");
    let is_common = |shape: &&str| shapes.get(shape).is_some_and(|count| *count > pairs / 20);
    assert!(["extension", "group", "unverified"].iter().all(is_common), "{shapes:?}");
}

/// The same property that looks at changes which are called breaking must fail: a test that cannot fail is none.
#[test]
fn messages_that_cross_breaking_changes_are_refused_or_read_otherwise() {
    let mut random = Rng::with_seed(7);
    let (mut failed, mut tried) = (0, 0);
    while tried < 200 {
        let before = world::World::random(&mut random);
        let mut after = before.clone();
        mutate::mutate(&mut random, &mut after);
        let (Some(old), Some(new)) = (before.compile(), after.compile()) else { continue };
        let found = changes(&old.descriptor(1), &new.descriptor(2)).unwrap();
        if worst(&found, Form::Wire).old_reads_new != Verdict::Breaking {
            continue;
        }
        tried += 1;
        let mut crossing = || cross(&mut random, Form::Wire, &new, &old).is_err();
        failed += usize::from((0..MESSAGES).any(|_| crossing()));
    }
    assert!(failed > 60, "{failed} of {tried} were seen to break");
}

fn worst(found: &[Change], form: Form) -> Directions {
    let of = |change: &Change| match form {
        Form::Json => change.json(),
        Form::Wire => change.wire(),
    };
    found.iter().map(of).fold(Directions::SAFE, Directions::worst)
}

/// Writes a random message under one schema and reads it under the other.
fn cross(random: &mut Rng, form: Form, writer: &Compiled, reader: &Compiled) -> Result<(), String> {
    let written = value::message(random, &writer.root(form), 3);
    let read = match form {
        Form::Wire => {
            reader.check(&written.encode_to_vec())?;
            decoded(&written, reader.root(form))?
        }
        Form::Json => from_json(&written, reader.root(form))?,
    };
    compare::same(&written, &read).map_err(|error| {
        let [written, read] = [&written, &read].map(|it| serde_json::to_string(it).unwrap());
        format!("{error}\nwritten {written}\nread    {read}")
    })
}

fn decoded(written: &DynamicMessage, root: MessageDescriptor) -> Result<DynamicMessage, String> {
    DynamicMessage::decode(root, written.encode_to_vec().as_slice())
        .map_err(|error| error.to_string())
}

fn from_json(written: &DynamicMessage, root: MessageDescriptor) -> Result<DynamicMessage, String> {
    let text = serde_json::to_string(written).unwrap();
    let mut reader = serde_json::Deserializer::from_str(&text);
    // What a reader does not know it reports, and does not refuse.
    let options = DeserializeOptions::new().deny_unknown_fields(false);
    DynamicMessage::deserialize_with_options(root, &mut reader, &options)
        .map_err(|error| format!("{error} in {text}"))
}
