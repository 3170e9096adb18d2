//! A record under its descriptor.

use strictframe_schema::payload::{Layout, Scratch};
use strictframe_schema::protobuf::ProtobufSchema;

use crate::answer::{Answer, ErrorAnswer, PayloadAnswer};
use crate::vector::PayloadGiven;

/// The answer to a record.
///
/// # Errors
/// A sentence when the vector's descriptor is none.
pub(super) fn payload(given: &PayloadGiven, input: &[u8]) -> Result<Answer, String> {
    let schema = ProtobufSchema::parse(given.descriptor.as_bytes());
    let layout = schema.and_then(|schema| Layout::of_schema(&schema, &given.name));
    let layout = layout.map_err(|error| error.to_string())?;
    let checked = layout.check(input, &mut Scratch::default());
    let judged = match given.exact {
        true => checked.and_then(|checked| checked.exact().map(|()| checked)),
        false => checked,
    };
    Ok(match judged {
        Ok(checked) => Answer::Payload {
            payload: PayloadAnswer {
                unknown_fields: checked.unknown_fields(),
                first_unknown: checked.first_unknown(),
            },
        },
        Err(error) => {
            let (code, name) = (error.kind().code(), error.kind().name().to_owned());
            let plain = ErrorAnswer {
                code: format!("{code:04}"),
                name,
                ..ErrorAnswer::new(crate::code::Code::PayloadSyntax, error.offset())
            };
            Answer::Refused { error: plain, frames: None }
        }
    })
}
