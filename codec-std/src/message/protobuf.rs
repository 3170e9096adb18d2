//! Protobuf payloads, by `prost`.

use super::{PayloadRefused, ReadPayload};

/// Appends the payload of a message of protobuf. What it says is held to the descriptor afterwards.
///
/// # Errors
/// None: room is made as it is needed.
pub fn write_protobuf<T: prost::Message>(
    message: &T,
    out: &mut Vec<u8>,
) -> Result<(), PayloadRefused> {
    out.reserve(message.encoded_len());
    message.encode_raw(out);
    Ok(())
}

/// The message of a payload that was held to its descriptor.
///
/// # Errors
/// [`PayloadRefused::Type`] when the type is not the one of that descriptor.
pub fn read_protobuf<T: prost::Message + Default>(payload: &[u8]) -> ReadPayload<T> {
    let message = T::decode(payload);
    // The payload holds to the descriptor, so that it is the type which does not.
    message
        .map(|message| (message, 0))
        .map_err(|_| PayloadRefused::of_type("fields as in its descriptor"))
}
