//! The result as JSON.

use serde_json::{Value as Json, json};
use strictframe::DictionaryId;

use super::Tuned;
use super::machine::Machine;
use super::measure::{Measured, ROUNDS};

/// One object: what it was measured on, the front, what was beaten, and what is recommended.
pub(super) fn object(tuned: &Tuned<'_>) -> Json {
    let machine = Machine::this();
    let samples = tuned.samples;
    let [trained, held_out] = [&samples.trained, &samples.held_out].map(
        |part| json!({ "records": part.records().len(), "record_bytes": part.record_bytes() }),
    );
    let beaten = tuned.measured.iter().filter(|measured| !tuned.is_on_front(measured));
    json!({
        "input": tuned.arguments.input.to_string_lossy(),
        "records": samples.records,
        "trained": trained,
        "held_out": held_out,
        "machine": { "processor": machine.processor, "version": machine.version },
        "rounds": ROUNDS,
        "front": tuned.front.iter().map(|measured| one(tuned, measured)).collect::<Vec<_>>(),
        "beaten": beaten.map(|measured| one(tuned, measured)).collect::<Vec<_>>(),
        "recommended": one(tuned, tuned.recommended),
        "reason": if tuned.arguments.budget_ns.is_some() { "budget" } else { "knee" },
    })
}

fn one(tuned: &Tuned<'_>, measured: &Measured) -> Json {
    let candidate = &measured.candidate;
    let dictionary = candidate.dictionary.as_ref().map(|dictionary| {
        json!({
            "id": DictionaryId(dictionary.id()),
            "len": dictionary.bytes().len(),
            "bytes_per_message": tuned.dictionary_share(measured),
            "pays_after": tuned.pays_after(measured),
        })
    });
    json!({
        "policy": candidate.policy_file(),
        "dictionary": dictionary,
        "batch": candidate.batch(),
        "frames": measured.frames,
        "frame_bytes": measured.frame_bytes,
        "bytes_per_message": measured.bytes,
        "encode_ns": measured.encode,
        "decode_ns": measured.decode,
        "encoder_memory": measured.encoder_memory,
        "decoder_memory": measured.decoder_memory,
    })
}
