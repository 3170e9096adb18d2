//! What the core answers to a vector, as JSON.

use core::fmt::{self, Write};

use strictframe_core::identity::{self, Encoding};
use strictframe_core::judgement::{self, Lineage};
use strictframe_core::pure::PureCodecs;
use strictframe_core::{
    Codec, Content, Decompress, Deframer, Error, ErrorKind, Event, Frame, Outcome, Refused,
    SchemaKey, SchemaPolicy,
};

use crate::memory::{Full, Memory};
use crate::tell::{Hex, not_answered, records, refused, relayed, skipped};
use crate::vector::{Identity, Registry, Vector};

/// Writes the answer, or why there is none.
pub(crate) fn answer(vector: &Vector, memory: Memory<'_>, out: &mut impl Write) -> fmt::Result {
    let (held, room) = memory.split();
    let input = held.get(vector.input);
    match vector.operation.as_str() {
        "relay" => match Frame::parse(input, &vector.limits) {
            Ok(frame) => relayed(&frame, input, out),
            Err(error) => refused(&error, out),
        },
        "decode" => decode(vector, held, input, room, out),
        "deframe" => deframe(vector, input, out),
        "judge" => match (&vector.registry, &vector.key) {
            (Some(registry), Some(key)) => match judge(registry, key) {
                Ok(outcome) => write!(out, "{{\"outcome\":\"{outcome:?}\"}}"),
                Err(kind) => refused(&kind.at(4), out),
            },
            _ => not_answered("nothing to judge, or nothing to judge with", out),
        },
        "identity" => match &vector.identity {
            Some(identity) => identified(identity, held, out),
            None => not_answered("nothing to identify", out),
        },
        "stream" => skipped("a strict read of a stream holds its schemas with an allocator", out),
        "recover" => skipped("a recovery holds what it has found with an allocator", out),
        "canonical" | "change" | "payload" => skipped("schemas are read with an allocator", out),
        _ => skipped("an operation that is not known here", out),
    }
}

fn decode(
    vector: &Vector,
    held: Full<'_>,
    input: &[u8],
    room: &mut [u8],
    out: &mut impl Write,
) -> fmt::Result {
    let dictionaries = vector.dictionaries.iter().map(|dictionary| {
        let bytes = held.get(*dictionary);
        (identity::dictionary_id(bytes), bytes)
    });
    let dictionaries: heapless::Vec<_, 4> = dictionaries.collect();
    let mut codecs = Codecs { vector, pure: PureCodecs::new(&dictionaries), lacks_zstd: false };
    let most = room.len();
    let judged = |key: &SchemaKey| match &vector.registry {
        Some(registry) => judge(registry, key).map(Some),
        None => Ok(None),
    };
    let frame = match Frame::parse(input, &vector.limits) {
        Ok(frame) => frame,
        Err(error) => return refused(&error, out),
    };
    if let Content::Data { compressed: Some(compressed), .. } = frame.content()
        && compressed.raw_len as usize > most
    {
        return skipped("a payload of more bytes than there is room for", out);
    }
    match frame.decode(judged, &mut codecs, room) {
        _ if codecs.lacks_zstd => skipped("Zstandard is decoded with an allocator", out),
        Ok(decoded) => records(&decoded, out),
        Err(error) => refused(&error, out),
    }
}

/// The codecs that a vector has; it is said when one was needed that is not here.
struct Codecs<'d> {
    vector: &'d Vector,
    pure: PureCodecs<'d>,
    lacks_zstd: bool,
}

impl Decompress for Codecs<'_> {
    fn has_codec(&self, codec: Codec) -> bool {
        (codec == Codec::LZ4 && self.vector.has_lz4)
            || (codec == Codec::ZSTD && self.vector.has_zstd)
    }

    fn has_dictionary(&self, id: [u8; 4]) -> bool {
        self.pure.has_dictionary(id)
    }

    fn decompress(
        &mut self,
        codec: Codec,
        dictionary: Option<[u8; 4]>,
        stored: &[u8],
        output: &mut [u8],
    ) -> Result<(), Refused> {
        self.lacks_zstd = codec == Codec::ZSTD;
        self.pure.decompress(codec, dictionary, stored, output)
    }
}

fn deframe(vector: &Vector, input: &[u8], out: &mut impl Write) -> fmt::Result {
    // Looked at first: a refusal is the whole answer.
    if let Err(error) = each_frame(vector, input, |_, _| Ok(())) {
        return refused(&error, out);
    }
    out.write_str("{\"frames\":[")?;
    let (mut separator, mut told) = ("", Ok(()));
    let _ = each_frame(vector, input, |start, kind| {
        told = told.and_then(|()| {
            write!(out, "{separator}{{\"offset\":\"{start}\",\"kind\":\"{kind}\"}}")
        });
        separator = ",";
        Ok(())
    });
    told?;
    out.write_str("]}")
}

fn each_frame(
    vector: &Vector,
    mut input: &[u8],
    mut take: impl FnMut(u64, u8) -> Result<(), Error>,
) -> Result<(), Error> {
    let mut deframer = Deframer::new(vector.limits);
    loop {
        let step = deframer.step(input, true)?;
        input = input.get(step.consumed..).unwrap_or_default();
        match step.event {
            Event::Frame { frame, start, .. } => take(start, frame.kind().0)?,
            _ => return Ok(()),
        }
    }
}

fn judge(registry: &Registry, key: &SchemaKey) -> Result<Outcome, ErrorKind> {
    let policy = match registry.allow_forward {
        true => SchemaPolicy::AllowForward,
        false => SchemaPolicy::ExactOrBackward,
    };
    let known = registry.lineages.iter().find(|known| known.lineage == key.lineage());
    // A registry that cannot be built knows nothing.
    let lineage = known.and_then(|known| {
        Lineage::new(known.reader, known.oldest_writer, known.versions.as_slice()).ok()
    });
    judgement::judge(lineage.as_ref(), key, policy)
}

fn identified(given: &Identity, held: Full<'_>, out: &mut impl Write) -> fmt::Result {
    if let Some(dictionary) = given.dictionary {
        let id = identity::dictionary_id(held.get(dictionary));
        return write!(out, "{{\"dict_id\":{}}}", Hex(&id));
    }
    let name = core::str::from_utf8(held.get(given.name)).unwrap_or_default();
    let Some(lineage) = identity::lineage(Encoding(given.enc_id), name) else {
        return not_answered("a forbidden name", out);
    };
    let descriptor = held.get(given.descriptor);
    match identity::fingerprint(lineage, given.version, given.min_reader, descriptor) {
        Some(fingerprint) => write!(
            out,
            "{{\"lineage\":{},\"fingerprint\":{},\"fork_check\":{}}}",
            Hex(&lineage),
            Hex(&fingerprint),
            Hex(&identity::fork_check(&fingerprint))
        ),
        None => not_answered("a descriptor that is too long", out),
    }
}
