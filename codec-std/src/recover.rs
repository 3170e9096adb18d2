//! Brings what is intact out of a damaged stream file, into a new one, and accounts for the rest (SPEC section 10).

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom, Write};

use serde::Serialize;
use strictframe_core::control::Control;
use strictframe_core::recovery::{Event, Gap, ReadAt, Recovery, RecoveryError};
use strictframe_core::stream::{Directory, Profile};
use strictframe_core::{Content, Error, Frame, Limits, SchemaKey};

use crate::codecs::Codecs;
use crate::dictionary::Dictionary;
use crate::error::{EncodeError, StreamError};
use crate::writer::{StreamOptions, StreamWriter};

/// How a stream is recovered.
#[derive(Clone, Copy, Debug, Default)]
#[non_exhaustive]
pub struct RecoveryOptions {
    /// The damaged stream's id, when the caller knows it.
    pub stream_id: Option<[u8; 16]>,
    /// The largest frames, and how many schemas and dictionaries.
    pub limits: Limits,
    /// Whether frames whose schema the stream does not carry are taken over; the new stream is then of the bare profile too.
    pub profile: Profile,
}

/// What a recovery brought out, and what it did not. Positions are those in the damaged file.
#[derive(Clone, Debug, Default, Serialize)]
#[non_exhaustive]
pub struct RecoveryReport {
    /// The damaged stream's id, in hexadecimal.
    pub stream_id: String,
    /// Where the id came from: `caller`, `first-sync` or `learnt`.
    pub id_source: &'static str,
    /// Data frames in the new stream.
    pub frames_recovered: u64,
    /// Records in them.
    pub records_recovered: u64,
    /// Data frames of the stream that were not found; null when no anchor behind a gap tells.
    pub frames_lost: Option<u64>,
    /// Data frames that were found and cannot be decoded: their schema or dictionary is lost, for instance.
    pub frames_refused: u64,
    /// Recovered data frames behind the last anchor, which nothing confirms.
    pub frames_unconfirmed: u64,
    /// Bytes in gaps.
    pub bytes_lost: u64,
    /// The gaps.
    pub gaps: Vec<GapReport>,
    /// Segments whose frames do not add up although no byte is missing, or in which bytes came or went: a frame in them may not be one of the stream.
    pub edited: Vec<Span>,
    /// Frames of kinds that this version does not assign.
    pub unassigned: Vec<u64>,
    /// The refused frames.
    pub refused: Vec<Refusal>,
    /// Entries of the four lists that were left out because a list was full.
    pub omitted: u64,
    /// Whether an END was reached.
    pub terminated: bool,
    /// Bytes behind END.
    pub trailing: u64,
    /// Whether the rest was given up because the work allowed by SPEC REC-8 was spent.
    pub budget_spent: bool,
}

/// One gap.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize)]
#[non_exhaustive]
pub struct GapReport {
    /// Its first byte.
    pub from: u64,
    /// The first byte behind it.
    pub to: u64,
    /// How far positions are ahead of stream offsets behind it.
    pub shift: i64,
    /// Data frames lost in it; null when unknown.
    pub frames_lost: Option<u64>,
}

/// A stretch of the damaged file.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Span {
    /// Its first byte.
    pub from: u64,
    /// The first byte behind it.
    pub to: u64,
}

/// A frame that was found and not taken over.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Refusal {
    /// Where it starts.
    pub at: u64,
    /// Why.
    pub error: Error,
}

/// Recovers `input` into a new stream, which is written to `output` whole, END included; `progress` is told how far it is, of how much.
///
/// It goes over the input twice: for the schemas and dictionaries, then for the frames. Every data frame that is taken over was decoded first, so that the new stream verifies. The new stream has an id of its own.
///
/// Memory does not grow with the input: beside what [`Recovery`] holds, it is one payload and one SCHEMA frame, the dictionaries (as many as the limits allow, twice), where each schema lies
/// (some hundred bytes for each that the limits allow), and 100 000 entries of each list of the report.
///
/// # Errors
/// [`StreamError::Refused`] with `NoStreamId` when nothing tells which stream it is; [`StreamError::Io`] when reading or writing fails.
pub fn recover<W: Write>(
    input: &File,
    output: W,
    options: RecoveryOptions,
    mut progress: impl FnMut(u64, u64),
) -> Result<RecoveryReport, StreamError> {
    let RecoveryOptions { stream_id, limits, profile } = options;
    let len = input.metadata()?.len();
    let source = || FileSource { file: input, len };
    let mut finds = Finds::new(source(), limits, profile);
    let mut recovery = Recovery::open(source(), limits, stream_id).map_err(stream_error)?;
    while let Some(event) = recovery.next().map_err(stream_error)? {
        if let Event::Frame { frame, bytes, start } = event {
            finds.take_in(&frame, start, bytes.len());
            progress(start, len * 2);
        }
    }
    let mut report = RecoveryReport {
        stream_id: hex(&recovery.stream_id()),
        id_source: recovery.id_source().name(),
        ..RecoveryReport::default()
    };
    // The same id again, so that a learnt one is not learnt twice.
    let stream_id = Some(recovery.stream_id());
    let mut recovery = Recovery::open(source(), limits, stream_id).map_err(stream_error)?;
    let options = StreamOptions { limits, ..StreamOptions::default() };
    let mut writer = StreamWriter::create(output, options)?.in_profile(profile);
    let mut payload = Vec::new();
    while let Some(event) = recovery.next().map_err(stream_error)? {
        match event {
            Event::Frame { frame, bytes, start } => {
                progress(len + start, len * 2);
                if frame.kind().is_data() {
                    match finds.decode(&frame, &mut payload) {
                        Ok(records) => {
                            finds.write(&frame, bytes, &mut writer)?;
                            report.frames_recovered += 1;
                            report.records_recovered += records;
                        }
                        Err(error) => {
                            report.frames_refused += 1;
                            let error = error.moved(start);
                            report.omitted +=
                                put(&mut report.refused, Refusal { at: start, error });
                        }
                    }
                }
            }
            Event::Gap(gap) => report.omitted += put(&mut report.gaps, gap_report(gap)),
            Event::Edited { from, to } => {
                report.omitted += put(&mut report.edited, Span { from, to });
            }
            Event::Unassigned { start, .. } => {
                report.omitted += put(&mut report.unassigned, start);
            }
            _ => {}
        }
    }
    writer.finish()?;
    let sums = recovery.report();
    report.frames_lost = (!sums.is_loss_unknown).then_some(sums.frames_lost);
    report.frames_unconfirmed = sums.unconfirmed;
    report.bytes_lost = sums.bytes_lost;
    report.terminated = sums.terminated;
    report.trailing = sums.trailing;
    report.budget_spent = sums.budget_spent;
    Ok(report)
}

/// The schemas and dictionaries of the damaged stream, wherever they stood.
struct Finds<'a> {
    source: FileSource<'a>,
    profile: Profile,
    directory: Directory,
    schemas: BTreeMap<SchemaKey, Place>,
    codecs: Codecs,
}

/// Where a SCHEMA frame lies.
struct Place {
    start: u64,
    len: usize,
}

impl<'a> Finds<'a> {
    fn new(source: FileSource<'a>, limits: Limits, profile: Profile) -> Self {
        let directory = Directory::new(limits);
        Self { source, profile, directory, schemas: BTreeMap::new(), codecs: Codecs::default() }
    }

    // SPEC [REC-7]: any copy serves any frame. A second one under the same name and the one too many are left out, and so the frames that need them are refused.
    fn take_in(&mut self, frame: &Frame<'_>, start: u64, len: usize) {
        match frame.content() {
            Content::Control(Control::Schema(schema))
                if self.directory.add_schema(schema).is_ok() =>
            {
                self.schemas.entry(schema.key()).or_insert(Place { start, len });
            }
            Content::Control(Control::Dictionary(bytes))
                if self.directory.add_dictionary(bytes).is_ok() =>
            {
                // The directory has refused a clash.
                let _ = self.codecs.add(Dictionary::unchecked(bytes));
            }
            _ => {}
        }
    }

    /// Decodes a data frame, and gives the number of its records.
    fn decode(&mut self, frame: &Frame<'_>, payload: &mut Vec<u8>) -> Result<u64, Error> {
        frame.check_data()?;
        self.directory.check(&frame.key(), self.profile)?;
        let decoded = frame.decode(|_| Ok(None), &mut self.codecs, payload)?;
        Ok(decoded.records.len() as u64)
    }

    /// Takes a data frame over, behind what it needs.
    fn write<W: Write>(
        &mut self,
        frame: &Frame<'_>,
        bytes: &[u8],
        writer: &mut StreamWriter<W>,
    ) -> Result<(), StreamError> {
        if let Content::Data { compressed: Some(compressed), .. } = frame.content()
            && let Some(id) = compressed.dictionary
            && !writer.has_dictionary(id)
            && let Some(dictionary) = self.codecs.dictionary(id)
        {
            writer.add_dictionary(dictionary)?;
        }
        let key = frame.key();
        let Some(place) = self.schemas.get(&key) else {
            return writer.write_frame(bytes);
        };
        let written = match writer.has_schema(&key) {
            true => writer.write_frame(bytes),
            false => Err(EncodeError::SchemaUndeclared.into()),
        };
        match written {
            // Its SCHEMA is due: read again, since all of them together are as long as the input.
            Err(StreamError::Encode(EncodeError::SchemaUndeclared)) => {
                let mut schema = vec![0; place.len];
                self.source.read_at(place.start, &mut schema)?;
                writer.write_frame(&schema)?;
                writer.write_frame(bytes)?;
                writer.let_go_of_schema(&key);
                Ok(())
            }
            written => written,
        }
    }
}

/// A file read at any place.
struct FileSource<'a> {
    file: &'a File,
    len: u64,
}

impl ReadAt for FileSource<'_> {
    type Error = io::Error;

    fn len(&self) -> u64 {
        self.len
    }

    fn read_at(&mut self, offset: u64, buffer: &mut [u8]) -> io::Result<()> {
        self.file.seek(SeekFrom::Start(offset))?;
        self.file.read_exact(buffer)
    }
}

fn stream_error(error: RecoveryError<io::Error>) -> StreamError {
    match error {
        RecoveryError::Refused(error) => error.into(),
        RecoveryError::Source(error) => error.into(),
        other => io::Error::new(io::ErrorKind::OutOfMemory, other.to_string()).into(),
    }
}

fn gap_report(gap: Gap) -> GapReport {
    let Gap { from, to, shift, frames_lost, .. } = gap;
    GapReport { from, to, shift, frames_lost }
}

/// Adds to a list that must not grow with the damage; gives 1 when it is full.
fn put<T>(list: &mut Vec<T>, entry: T) -> u64 {
    if list.len() < MOST_ENTRIES {
        list.push(entry);
        0
    } else {
        1
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// A report lists at most so many gaps, edited segments, unassigned and refused frames each.
const MOST_ENTRIES: usize = 100_000;
