//! Goes on with a stream file in place (SPEC APP-1 to APP-3).

use std::ffi::OsString;
use std::fs::{File, OpenOptions, TryLockError};
use std::io::{self, BufReader, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use strictframe_core::control::{Control, Sync};
use strictframe_core::stream::{Directory, Profile};
use strictframe_core::{Chain, Content, ErrorKind, Frame, Header, Kind, Limits};

use crate::dictionary::Dictionary;
use crate::error::StreamError;
use crate::publish::Publish;
use crate::reader::StreamReader;
use crate::writer::{StreamOptions, StreamWriter};

/// A stream opened for appending.
#[derive(Debug)]
#[non_exhaustive]
pub struct Appended {
    /// Writes behind what was there.
    pub writer: StreamWriter<File>,
    /// What was cut off, when the file ended inside a frame.
    pub torn: Option<TornTail>,
}

/// The beginning of a frame that was never written whole.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct TornTail {
    /// Where it began.
    pub offset: u64,
    /// Its length in bytes.
    pub len: u64,
    /// The file beside the stream that holds it now.
    pub saved: PathBuf,
}

/// Opens a stream file and goes on behind its last frame; a missing or empty file is begun.
///
/// The file is locked against other appenders for as long as the writer lives. From its last SYNC on it is verified; END is taken off;
/// a torn tail is saved as `NAME.torn-OFFSET` (`NAME.torn-OFFSET-2` and so on when that holds another) and cut. Killed at any moment, the file is one that the next call opens again with every frame that was flushed.
///
/// The writer knows the schemas that the file has, the first 16 MiB of them, so that [`StreamWriter::add_schema`] is for new ones; one that the file has may be added all the same.
/// Dictionaries are made known by the encoders that use them.
///
/// # Errors
/// [`StreamError::Refused`] when the file does not verify, a whole frame with a wrong checksum included; it is left as it is, and [`crate::recover()`] is the remedy.
/// [`StreamError::Io`] when it cannot be read, written or locked.
pub fn open_append(path: &Path, options: StreamOptions) -> Result<Appended, StreamError> {
    let mut file =
        OpenOptions::new().read(true).write(true).create(true).truncate(false).open(path)?;
    file.try_lock().map_err(|error| match error {
        TryLockError::WouldBlock => {
            io::Error::new(io::ErrorKind::WouldBlock, "another process is appending to the file")
        }
        TryLockError::Error(error) => error,
    })?;
    let limits = options.limits;
    let Some(found) = last_sync(&mut file, limits)? else {
        return restart(file, path, options);
    };
    // SPEC [APP-1]: verified from the last SYNC to the end, as a strict reader does.
    file.seek(SeekFrom::Start(found.chain.offset()))?;
    let Known { directory, dictionaries, mut schemas } = found.known;
    let mut reader = StreamReader::resumed(&file, limits, found.chain, directory, dictionaries);
    let mut end = None;
    let mut chain = found.chain;
    let stopped = loop {
        match reader.next_frame() {
            Ok(Some(frame)) => {
                let (kind, start) = (frame.frame.kind(), frame.start);
                if kind == Kind::END {
                    end = Some(start);
                } else {
                    if kind == Kind::SCHEMA {
                        schemas.push((start, frame.bytes.into()));
                    }
                    chain.add(kind, frame.bytes.len(), frame.frame.trailer());
                }
            }
            Ok(None) => break None,
            Err(StreamError::Refused(error)) => break Some(error),
            Err(error) => return Err(error),
        }
    };
    let directory = reader.into_directory();
    let torn = match stopped.map(|error| (error.kind(), error)) {
        None | Some((ErrorKind::Unterminated, _)) => None,
        // SPEC [APP-2]: the beginning of a frame, and no more of it.
        Some((ErrorKind::Truncated { .. }, error)) => Some(save(&mut file, path, error.frame())?),
        // SPEC [APP-3]: left as it is.
        Some((_, error)) => return Err(error.into()),
    };
    if torn.is_some() || end.is_some() {
        file.set_len(chain.offset())?;
        file.sync_all()?;
    }
    file.seek(SeekFrom::Start(chain.offset()))?;
    let mut writer = StreamWriter::resume(file, limits, chain, directory);
    for (start, frame) in schemas {
        writer.add_frame(&frame, Some(start))?;
    }
    Ok(Appended { writer, torn })
}

struct LastSync {
    chain: Chain,
    known: Known,
}

/// What a strict reader has been told when it comes to a SYNC.
#[derive(Clone)]
struct Known {
    directory: Directory,
    dictionaries: Vec<Dictionary>,
    /// SCHEMA frames and where they start.
    schemas: Vec<(u64, Arc<[u8]>)>,
}

/// Finds the last SYNC by the headers, frame by frame, and takes in every SCHEMA and DICT before it.
///
/// It stops at whatever does not belong there, which the strict reader will come to as well and name.
/// Nothing when the file ends inside its first SYNC.
fn last_sync(file: &mut File, limits: Limits) -> Result<Option<LastSync>, StreamError> {
    let len = file.seek(SeekFrom::End(0))?;
    file.seek(SeekFrom::Start(0))?;
    let mut source = BufReader::with_capacity(1 << 16, &*file);
    let directory = Directory::new(limits);
    let mut known = Known { directory, dictionaries: Vec::new(), schemas: Vec::new() };
    let mut kept = 0;
    let mut is_new = true;
    let mut last: Option<LastSync> = None;
    let mut offset = 0_u64;
    let mut bytes = Vec::new();
    while let Some(header) = read_header(&mut source, &limits)? {
        let frame_len = header.frame_len() as u64;
        if offset + frame_len > len || (last.is_none() && header.kind() != Kind::SYNC) {
            break;
        }
        let body_and_trailer = frame_len - Header::LEN as u64;
        if header.kind().is_data() {
            source.seek_relative(body_and_trailer as i64)?;
        } else {
            bytes.clear();
            bytes.extend_from_slice(&header.to_bytes());
            (&mut source).take(body_and_trailer).read_to_end(&mut bytes)?;
            let Ok(frame) = Frame::parse(&bytes, &limits) else { break };
            match (frame.content(), header.kind()) {
                (Content::Control(Control::Sync(sync)), Kind::SYNC) => {
                    let chain = Chain::resumed(sync);
                    match &mut last {
                        Some(last) if !belongs(sync, &last.chain, offset) => break,
                        Some(last) if !is_new => last.chain = chain,
                        // SPEC [STR-1]: the first one says what every first one says.
                        None if Chain::new(sync.stream_id).check(sync).is_err() => break,
                        _ => last = Some(LastSync { chain, known: known.clone() }),
                    }
                    is_new = false;
                }
                (Content::Control(Control::Schema(schema)), _) => {
                    let is_known = known.directory.has_schema(&schema.key());
                    if known.directory.add_schema(schema).is_err() {
                        break;
                    }
                    is_new |= !is_known;
                    // SPEC [STR-15]: what is held of a file has a bound.
                    if !is_known && kept + bytes.len() <= MOST_KEPT {
                        kept += bytes.len();
                        known.schemas.push((offset, bytes.as_slice().into()));
                    }
                }
                (Content::Control(Control::Dictionary(bytes)), _) => {
                    let dictionary = Dictionary::unchecked(bytes);
                    let is_known = known.directory.has_dictionary(dictionary.id());
                    if known.directory.add_dictionary(bytes).is_err() {
                        break;
                    }
                    if !is_known {
                        known.dictionaries.push(dictionary);
                        is_new = true;
                    }
                }
                // END: what follows does not belong there.
                _ => break,
            }
        }
        offset += frame_len;
    }
    match last {
        Some(last) => Ok(Some(last)),
        None => first_frame_is_torn(file, limits).map(|()| None),
    }
}

/// Whether a SYNC is of the stream of `last`, and where it says.
fn belongs(sync: &Sync, last: &Chain, offset: u64) -> bool {
    sync.stream_id == last.stream_id() && sync.own_offset == offset
}

fn read_header(source: &mut impl Read, limits: &Limits) -> io::Result<Option<Header>> {
    let mut bytes = Vec::with_capacity(Header::LEN);
    source.by_ref().take(Header::LEN as u64).read_to_end(&mut bytes)?;
    Ok(Header::parse(&bytes, limits).ok())
}

/// Refuses a file without a SYNC at its start, unless it ends inside what can only be its first SYNC.
fn first_frame_is_torn(file: &mut File, limits: Limits) -> Result<(), StreamError> {
    file.seek(SeekFrom::Start(0))?;
    let first = StreamReader::new(&*file, limits, Profile::SelfContained).next_frame().map(|_| ());
    match first {
        Err(StreamError::Refused(error)) if matches!(error.kind(), ErrorKind::Truncated { .. }) => {
            file.seek(SeekFrom::Start(0))?;
            match read_header(file, &limits)? {
                Some(header) if header.kind() != Kind::SYNC => Err(error.into()),
                _ => Ok(()),
            }
        }
        Err(error) => Err(error),
        Ok(()) => Err(ErrorKind::NotAStream.at(0).into()),
    }
}

fn restart(mut file: File, path: &Path, options: StreamOptions) -> Result<Appended, StreamError> {
    // SPEC [APP-2]: started again, and what was there is kept beside it.
    let torn = if file.metadata()?.len() > 0 { Some(save(&mut file, path, 0)?) } else { None };
    file.set_len(0)?;
    file.seek(SeekFrom::Start(0))?;
    Ok(Appended { writer: StreamWriter::create(file, options)?, torn })
}

/// Copies what lies behind `offset` into a file of its own, durably, before it is cut.
fn save(file: &mut File, path: &Path, offset: u64) -> Result<TornTail, StreamError> {
    file.seek(SeekFrom::Start(offset))?;
    let mut tail = Vec::new();
    file.read_to_end(&mut tail)?;
    for number in 1_u32.. {
        let mut name = OsString::from(path);
        name.push(format!(".torn-{offset}"));
        if number > 1 {
            name.push(format!("-{number}"));
        }
        let saved = PathBuf::from(name);
        match std::fs::read(&saved) {
            // Saved before the last attempt was killed, it is not saved again.
            Ok(found) if found == tail => {}
            // Another tail that began here must not be lost.
            Ok(_) => continue,
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                let mut copy = Publish::create(&saved)?;
                copy.write_all(&tail)?;
                copy.commit()?;
            }
            Err(error) => return Err(error.into()),
        }
        return Ok(TornTail { offset, len: tail.len() as u64, saved });
    }
    Err(io::Error::from(io::ErrorKind::AlreadyExists).into())
}

/// The most bytes of SCHEMA frames that are held for the writer.
const MOST_KEPT: usize = 16 << 20;
