//! Versions of a schema, compared.

use strictframe_core::identity::Encoding;
use strictframe_schema::change::{changes, reach};
use strictframe_schema::protobuf::ProtobufSchema;
use strictframe_schema::{Descriptor, SchemaError};

use crate::answer::{Answer, ChangeAnswer, ReachAnswer};
use crate::vector::{ChangeGiven, OwnGiven};

/// The changes between the last two versions, and the numbers of all.
pub(super) fn changed(given: &ChangeGiven) -> Result<Answer, String> {
    let mut history: Vec<(Descriptor, u16)> = Vec::new();
    let mut found = Vec::new();
    let mut numbers = Vec::new();
    for (text, version) in given.versions.iter().zip(1..) {
        let of = |min_reader| {
            described(given.enc_id, &given.name, version, min_reader, text)
                .map_err(|error| error.to_string())
        };
        let new = of(1)?;
        let earlier: Vec<_> = history.iter().map(|(known, oldest)| (known, *oldest)).collect();
        let reach = reach(&earlier, &new).map_err(|error| error.to_string())?;
        found = match history.last() {
            Some((before, _)) => changes(before, &new).map_err(|error| error.to_string())?,
            None => Vec::new(),
        };
        numbers
            .push(ReachAnswer { min_reader: reach.min_reader, oldest_writer: reach.oldest_writer });
        history.push((of(reach.min_reader)?, reach.oldest_writer));
    }
    let mut changes: Vec<_> = found
        .iter()
        .map(|change| ChangeAnswer {
            path: change.path.clone(),
            change: change.kind.row().name.to_owned(),
        })
        .collect();
    changes.sort();
    changes.dedup();
    Ok(Answer::Changed { changes, reach: numbers })
}

/// The descriptor of a reader's own version.
pub(super) fn own(
    given: &OwnGiven,
    version: u16,
    min_reader: u16,
) -> Result<Descriptor, SchemaError> {
    described(given.enc_id, &given.name, version, min_reader, &given.descriptor)
}

fn described(
    enc_id: u8,
    name: &str,
    version: u16,
    min_reader: u16,
    text: &str,
) -> Result<Descriptor, SchemaError> {
    match Encoding(enc_id) {
        Encoding::PROTOBUF => {
            let schema = ProtobufSchema::parse(text.as_bytes())?;
            let found = Descriptor::protobuf(name, version, min_reader, &schema)?;
            // A vector gives the canonical text, and no other one.
            assert_eq!(found.canonical(), text.as_bytes(), "of {name}");
            Ok(found)
        }
        Encoding::JSON => Descriptor::json(name, version, min_reader, text.as_bytes()),
        _ => Descriptor::opaque(name, version, min_reader, text.as_bytes()),
    }
}
