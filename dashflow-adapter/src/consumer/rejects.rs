//! Puts values that were not taken where they are safe.

use core::fmt;
use core::time::Duration;
use std::sync::Arc;
use std::time::SystemTime;

use strictframe::{EncodeError, Limits};

use crate::dead_letter::dead_letter::{Form, Side, Way};
use crate::dead_letter::{DeadLetter, DeadLetterWriter};
use crate::framing::{OutFrame, Refused, peek};
use crate::transport::{Delivered, ErrorClass, Sink, TransportError};

/// Writes dead letters into a sink, and waits until they are there.
pub(super) struct Rejects {
    sink: Arc<dyn Sink>,
    writer: DeadLetterWriter,
    topic: String,
    consumer: String,
    is_announced: bool,
}

impl Rejects {
    pub(super) fn new(
        sink: Arc<dyn Sink>,
        topic: String,
        consumer: String,
    ) -> Result<Self, EncodeError> {
        let writer = DeadLetterWriter::new()?;
        Ok(Self { sink, writer, topic, consumer, is_announced: false })
    }

    /// Whether the value is safe with the dead letters now.
    pub(super) async fn put(&mut self, value: &Delivered, refused: &Refused) -> bool {
        let letter = self.letter(value, refused);
        let put = match self.writer.frame(&letter) {
            Ok(frame) => self.send(frame).await,
            Err(error) => Err(TransportError::permanent("FrameTooLarge", error.to_string())),
        };
        let Err(error) = &put else { return true };
        let (topic, position, name) = (&self.topic, value.position, error.name());
        tracing::error!(
            target: "strictframe", %topic, %position, name, %error,
            "a value that was refused is not with the dead letters, so its partition waits"
        );
        false
    }

    fn letter(&self, value: &Delivered, refused: &Refused) -> DeadLetter {
        let head = peek(&value.value, &Limits::MAXIMUM).ok();
        let is_whole = head.is_some();
        let key = value.key.as_deref().unwrap_or_default();
        let thread = head.and_then(|head| head.thread).or_else(|| core::str::from_utf8(key).ok());
        let mut letter = DeadLetter {
            topic: self.topic.clone(),
            partition: Some(value.position.partition),
            offset: Some(value.position.offset),
            key: key.to_vec(),
            error_code: refused.code().to_string(),
            error_name: refused.name().to_owned(),
            error: format!("{}: {refused}", self.consumer),
            // A frame of a dead letter bears its thread, of which there is a longest.
            thread_id: thread
                .filter(|thread| thread.len() <= LONGEST)
                .unwrap_or_default()
                .to_owned(),
            message_id: head.and_then(|head| head.message_id).unwrap_or_default().to_vec(),
            epoch: head.and_then(|head| head.epoch).unwrap_or_default(),
            sequence: head.and_then(|head| head.sequence).unwrap_or_default(),
            count: head.and_then(|head| head.count).unwrap_or_default(),
            time_ns: now(),
            attempts: 1,
            original: value.value.to_vec(),
            ..DeadLetter::default()
        };
        letter.set_side(Side::Consumer);
        letter.set_way(Way::Refused);
        letter.set_form(if is_whole { Form::Frame } else { Form::Bytes });
        letter
    }

    /// Sends a frame, and once more after an error that may pass, for some seconds.
    async fn send(&mut self, frame: OutFrame) -> Result<(), TransportError> {
        let mut pause = FIRST_PAUSE;
        loop {
            match self.once(frame.clone()).await {
                Err(error) if error.class() == ErrorClass::Retryable && pause <= LAST_PAUSE => {
                    tokio::time::sleep(pause).await;
                    pause *= 2;
                }
                sent => return sent,
            }
        }
    }

    async fn once(&mut self, frame: OutFrame) -> Result<(), TransportError> {
        if !self.is_announced {
            self.sink.announce(DeadLetter::definition()?).await?;
            self.is_announced = true;
        }
        self.sink.send(frame).await.map(|_| ())
    }
}

impl fmt::Debug for Rejects {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Rejects").field("topic", &self.topic).finish_non_exhaustive()
    }
}

/// Nanoseconds since 1970.
fn now() -> i64 {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
    since.map_or(0, |since| i64::try_from(since.as_nanos()).unwrap_or(i64::MAX))
}

/// The longest thread that a frame can bear, in bytes.
const LONGEST: usize = 256;
/// Six tries, some six seconds.
const FIRST_PAUSE: Duration = Duration::from_millis(100);
const LAST_PAUSE: Duration = Duration::from_millis(3_200);
