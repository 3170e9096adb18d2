//! Messages and notices as lines.

use core::fmt::Display;
use std::io::Write as _;

use jiff::Timestamp;
use serde::Serialize;
use serde_json::{Value, json};
use strictframe_dashflow::transport::{Position, TransportError};
use strictframe_dashflow::{MessageJson, MessageKind, v1};

use super::notice::Notice;
use crate::failure::{self, Failure};
use crate::kafka::failures;
use crate::output::Stdout;
use crate::terminal::{Paint, tame};

/// Writes lines.
pub(super) struct Show {
    out: Stdout,
    messages: MessageJson,
    text: String,
    is_json: bool,
}

impl Show {
    pub(super) fn new(is_json: bool) -> Result<Self, Failure> {
        let messages = MessageJson::new().map_err(|error| failures::setup(error.into()))?;
        Ok(Self { out: Stdout::lock(), messages, text: String::new(), is_json })
    }

    pub(super) fn flush(&mut self) -> Result<(), Failure> {
        self.out.flush()
    }

    pub(super) fn message(
        &mut self,
        position: Position,
        message: &v1::DashStreamMessage,
        header: &v1::Header,
        kind: MessageKind,
    ) -> Result<(), Failure> {
        self.text.clear();
        // What was read under the descriptor has a form in JSON, unless that is longer than any text may be.
        let written = self.messages.write(message, &mut self.text);
        written.map_err(|error| {
            let what = format!("the message at {position} has no form in JSON: {error}");
            failure::input_output(what, "read it through the library")
        })?;
        if self.is_json {
            return self.out.line(&self.text);
        }
        let paint = self.out.paint;
        let time = Timestamp::from_microsecond(header.timestamp_us)
            .map_or_else(|_| header.timestamp_us.to_string(), |time| time.to_string());
        let thread = tame(&header.thread_id, NAME);
        let place = paint.quiet(format!("{:<8}", position.to_string()));
        let kind = colored(paint, kind);
        let said = tame(&without_header(&self.text), SAID);
        let number = header.sequence;
        self.out.line(format_args!("{place}  {time}  {thread} #{number}  {kind}  {said}"))
    }

    /// An error that may pass, beside the messages.
    pub(super) fn trouble(&mut self, error: &TransportError) -> Result<(), Failure> {
        self.out.flush()?;
        let message = tame(&error.to_string(), failures::LINE);
        if self.is_json {
            let help = "it is tried again";
            let code = error.name();
            beside(&json!({ "notice": "error", "code": code, "message": message, "help": help }));
        } else {
            failure::warn(format_args!("[{}] {message}; it is tried again", error.name()));
        }
        Ok(())
    }

    pub(super) fn notice(&mut self, notice: &Notice) -> Result<(), Failure> {
        if self.is_json {
            beside(notice);
            return Ok(());
        }
        let paint = self.out.paint;
        let Notice { code, message, help, .. } = notice;
        let place = paint.quiet(format!("{:<8}", notice.position().to_string()));
        let code = format!("[{code}]");
        let code = if notice.is_bad() { paint.bad(code) } else { paint.doubtful(code) };
        let help = paint.quiet(format!("help: {help}"));
        self.out.line(format_args!("{place}  {code} {message}  {help}"))
    }
}

/// One line of JSON on standard error.
fn beside(value: &impl Serialize) {
    let mut line = serde_json::to_vec(value).unwrap_or_default();
    line.push(b'\n');
    // Where there is no standard error, the exit code has to do.
    let _ = std::io::stderr().write_all(&line);
}

/// What the message says behind its header; all of it where it is too deep to be taken apart.
fn without_header(json: &str) -> String {
    let Ok(mut message) = serde_json::from_str::<Value>(json) else { return json.to_owned() };
    let inner = message.as_object_mut().and_then(|envelope| envelope.values_mut().next());
    let Some(inner) = inner else { return json.to_owned() };
    if let Some(inner) = inner.as_object_mut() {
        inner.remove("header");
    }
    inner.to_string()
}

fn colored(paint: Paint, kind: MessageKind) -> impl Display {
    match kind {
        MessageKind::ERROR => paint.bad(kind),
        MessageKind::CHECKPOINT | MessageKind::EXECUTION_TRACE => paint.good(kind),
        MessageKind::TOOL_EXECUTION => paint.doubtful(kind),
        MessageKind::TOKEN_CHUNK => paint.quiet(kind),
        MessageKind::STATE_DIFF | MessageKind::METRICS => paint.mark(kind),
        _ => paint.strong(kind),
    }
}

/// The longest thread id, and the most of a message, that are shown, in characters.
const NAME: usize = 64;
const SAID: usize = 160;
