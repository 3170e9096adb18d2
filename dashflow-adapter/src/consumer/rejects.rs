//! Puts values that were not taken where they are safe.

use core::fmt;
use core::task::Poll;
use core::time::Duration;
use std::time::Instant;

use strictframe::Limits;

use crate::courier::{Courier, Fate};
use crate::dead_letter::dead_letter::{Form, Side, Way};
use crate::dead_letter::{DeadLetter, DeadLetterWriter};
use crate::framing::{OutFrame, Refused, peek};
use crate::identity::{ThreadId, now};
use crate::producer::RetryConfig;
use crate::transport::{Delivered, Sink, TransportError};

/// Writes dead letters into a sink, and waits until they are there.
pub(super) struct Rejects {
    courier: Courier<Box<dyn Sink>, ()>,
    retry: RetryConfig,
    writer: DeadLetterWriter,
    topic: String,
    consumer: String,
}

impl Rejects {
    pub(super) fn new(
        sink: Box<dyn Sink>,
        topic: String,
        consumer: String,
    ) -> Result<Self, TransportError> {
        let (retry, writer) = (RetryConfig::default(), DeadLetterWriter::new()?);
        let mut courier = Courier::new(sink, retry);
        courier.define(DeadLetter::definition());
        Ok(Self { courier, retry, writer, topic, consumer })
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
                .filter(|thread| thread.len() <= ThreadId::MAX_LEN)
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

    /// Sends a frame, and once more after an error that may pass, for as long as a producer does.
    async fn send(&mut self, frame: OutFrame) -> Result<(), TransportError> {
        let deadline = Instant::now() + Duration::from_millis(self.retry.deadline_ms);
        // Whoever waited for the one before has stopped waiting.
        self.courier.give_up();
        self.courier.send((), frame, Some(deadline));
        let mut ticks = tokio::time::interval(TICK);
        core::future::poll_fn(|context| {
            while ticks.poll_tick(context).is_ready() {}
            match self.courier.go_on(Instant::now(), context).pop() {
                None => Poll::Pending,
                Some(Fate::Delivered(..)) => Poll::Ready(Ok(())),
                Some(Fate::Failed(failed)) => Poll::Ready(Err(failed.error)),
            }
        })
        .await
    }
}

impl fmt::Debug for Rejects {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Rejects").field("topic", &self.topic).finish_non_exhaustive()
    }
}

/// How often a pause is looked at.
const TICK: Duration = Duration::from_millis(20);
