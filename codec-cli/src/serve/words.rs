//! The text messages between server and client, as spec/BINDINGS.md says them.

use core::fmt::Display;
use std::sync::Arc;

use serde::{Deserialize, Serialize, Serializer};
use strictframe::ErrorKind;

use super::cursor::{Cursor, Decimal, as_text};
use crate::codes;
use crate::failure::numbered;

/// What a client may say.
#[derive(Debug, Deserialize, PartialEq)]
#[serde(tag = "type", rename_all = "snake_case", deny_unknown_fields)]
pub(super) enum Asked {
    /// Send from there; once for each connection.
    Start { from: From },
    /// Say that you are there.
    Ping {},
}

/// Where to begin.
#[derive(Debug, Deserialize, PartialEq)]
#[serde(untagged)]
pub(super) enum From {
    /// At the beginning, or behind what there is.
    Named(Named),
    /// At these cursors; what has none at its beginning.
    At(Vec<Cursor>),
}

#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq)]
#[serde(rename_all = "snake_case")]
pub(super) enum Named {
    Earliest,
    Latest,
}

/// What the server says.
#[derive(Clone, Debug, Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub(super) enum Told {
    /// First of all.
    Hello(Hello),
    /// All up to here was sent, or said to be missed.
    Cursor(Cursor),
    /// Everything there was when this was sent was sent.
    CaughtUp {},
    /// Something in a log is no frame, or one that has no place there.
    Refused(Box<Refused>),
    /// Bytes of a file were passed over.
    Lost(Lost),
    /// Frames were not sent because the client did not take them in time.
    Missed(Missed),
    /// Something about a log that is no damage.
    Notice(Notice),
    /// What the client said was not taken.
    Error(Trouble),
    /// The answer to a ping.
    Pong {},
}

#[derive(Clone, Debug, Serialize)]
pub(super) struct Hello {
    /// Of these texts.
    pub(super) version: u32,
    pub(super) source: Origin,
    /// The longest text that is taken, in bytes.
    pub(super) longest_text: usize,
    /// What is held for a client that is slow.
    pub(super) queue_frames: usize,
    pub(super) queue_bytes: usize,
}

/// What is served.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Origin {
    pub(super) kind: &'static str,
    pub(super) name: String,
}

#[derive(Clone, Debug, Serialize)]
pub(super) struct Refused {
    #[serde(serialize_with = "as_text")]
    pub(super) log: Arc<str>,
    /// Where what was refused begins, counted as in cursors.
    pub(super) offset: Decimal,
    /// The byte of the error, from there.
    pub(super) byte: Decimal,
    pub(super) code: String,
    pub(super) name: &'static str,
    /// The clauses of the specification.
    pub(super) clauses: &'static [&'static str],
    pub(super) message: String,
    pub(super) help: String,
    /// The first bytes from `offset` on, in hexadecimal.
    pub(super) bytes: String,
}

#[derive(Clone, Debug, Serialize)]
pub(super) struct Lost {
    #[serde(serialize_with = "as_text")]
    pub(super) log: Arc<str>,
    pub(super) from: Decimal,
    /// Nothing when nobody knows.
    pub(super) to: Option<Decimal>,
    /// The data frames that were there; nothing when nobody knows.
    pub(super) frames: Option<Decimal>,
    pub(super) message: String,
}

#[derive(Clone, Debug, Serialize)]
pub(super) struct Missed {
    pub(super) frames: Decimal,
    pub(super) bytes: Decimal,
    /// A client that starts at these gets them.
    pub(super) from: Vec<Cursor>,
    /// Where it went on.
    pub(super) to: Vec<Cursor>,
}

#[derive(Clone, Debug, Serialize)]
pub(super) struct Notice {
    #[serde(serialize_with = "as_text_or_null")]
    pub(super) log: Option<Arc<str>>,
    pub(super) name: &'static str,
    pub(super) message: String,
    pub(super) help: String,
}

/// Something that was not taken: also the body of a refused request.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Trouble {
    pub(super) name: &'static str,
    pub(super) message: String,
    pub(super) help: &'static str,
}

impl Told {
    /// As it goes over the wire.
    pub(super) fn to_text(&self) -> String {
        // Strings, numbers and lists of them: there is nothing that JSON cannot say.
        serde_json::to_string(self).unwrap_or_default()
    }
}

impl Refused {
    /// Of something that begins at `offset`, where `byte` counts from there.
    pub(super) fn new(
        log: &Arc<str>,
        kind: ErrorKind,
        (offset, byte): (u64, u64),
        message: impl Display,
        bytes: &[u8],
    ) -> Self {
        let code = numbered(kind.code());
        let help = format!("`strictframe explain {code}` says more");
        let clauses = codes::find(kind.name()).map_or(&[][..], |code| code.clauses);
        let shown = bytes.get(..SHOWN).unwrap_or(bytes);
        Self {
            log: Arc::clone(log),
            offset: Decimal(offset),
            byte: Decimal(byte),
            code,
            name: kind.name(),
            clauses,
            message: message.to_string(),
            help,
            bytes: shown.iter().map(|byte| format!("{byte:02x}")).collect(),
        }
    }
}

impl Notice {
    fn new(log: &Arc<str>, name: &'static str, message: String, help: &str) -> Self {
        Self { log: Some(Arc::clone(log)), name, message, help: help.to_owned() }
    }

    pub(super) fn appeared(log: &Arc<str>) -> Self {
        Self::new(
            log,
            "Appeared",
            "a new file is there".to_owned(),
            "it is sent from its beginning",
        )
    }

    pub(super) fn other_stream(log: &Arc<str>) -> Self {
        let message = "the file holds another stream than the one that was sent before".to_owned();
        let help = "it is sent from its beginning; what the other one still had is not here";
        Self::new(log, "OtherStream", message, help)
    }

    pub(super) fn shortened(log: &Arc<str>, sent: u64, len: u64) -> Self {
        let message = format!("the file has {len} bytes, and was sent up to byte {sent}");
        let help =
            "frames were taken away from its end: what was sent of them is in no file any more";
        Self::new(log, "Shortened", message, help)
    }

    pub(super) fn replaced(log: &Arc<str>, rest: u64) -> Self {
        let message = match rest {
            0 => "another file has this name now; the one before was sent to its end".to_owned(),
            rest => format!(
                "another file has this name now; the last {rest} bytes of the one before are no whole frame"
            ),
        };
        Self::new(log, "Replaced", message, "the new one is sent from its beginning")
    }

    pub(super) fn removed(log: &Arc<str>) -> Self {
        let message = "no file has this name any more; the one that had is still read".to_owned();
        Self::new(
            log,
            "Removed",
            message,
            "a file that appears under the name is sent from its beginning",
        )
    }

    pub(super) fn no_file(log: &Arc<str>) -> Self {
        let message = "no file has the name of this cursor".to_owned();
        Self::new(
            log,
            "NoFile",
            message,
            "what it still had behind the cursor is not here; if it comes, it is sent from there",
        )
    }

    pub(super) fn unfinished(log: &Arc<str>, have: u64, at: u64) -> Self {
        let message =
            format!("the file ends inside a frame: {have} bytes of it are there (at byte {at})");
        Self::new(
            log,
            "Unfinished",
            message,
            "its writer goes on, or has stopped there; `strictframe verify` says more",
        )
    }

    pub(super) fn unreadable(log: &Arc<str>, error: &dyn Display) -> Self {
        let message = format!("it cannot be read now: {error}");
        Self::new(log, "Unreadable", message, "it is tried again and again")
    }

    pub(super) fn left_out(log: &Arc<str>, message: &str) -> Self {
        Self::new(
            log,
            "LeftOut",
            message.to_owned(),
            "give the file another name, or put a file in its place",
        )
    }
}

impl Trouble {
    pub(super) fn new(name: &'static str, message: impl Display, help: &'static str) -> Self {
        Self { name, message: message.to_string(), help }
    }
}

fn as_text_or_null<S: Serializer>(
    name: &Option<Arc<str>>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    name.as_deref().serialize(serializer)
}

/// So many bytes are shown of what was refused.
const SHOWN: usize = 64;

/// Why a connection is closed, in the numbers of RFC 6455 and of spec/BINDINGS.md.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) struct Closing {
    pub(super) code: u16,
    pub(super) reason: &'static str,
    /// Whether nothing more can be read from the client, since it is not known where its next message begins.
    pub(super) ends_reading: bool,
}

impl Closing {
    pub(super) const GOING_AWAY: Self = Self::new(1001, "the server ends", false);
    pub(super) const PROTOCOL: Self = Self::new(1002, "not by the protocol", true);
    pub(super) const BINARY: Self = Self::new(1003, "clients send text alone", false);
    pub(super) const NOT_TEXT: Self = Self::new(1007, "a text that is not UTF-8", true);
    pub(super) const NOT_UNDERSTOOD: Self =
        Self::new(1008, "too many texts that were not understood", false);
    pub(super) const TOO_LONG: Self = Self::new(1009, "the text is too long", true);
    pub(super) const FAILED: Self = Self::new(1011, "the source cannot be read", false);
    pub(super) const IDLE: Self = Self::new(4408, "nothing was heard in time", false);

    const fn new(code: u16, reason: &'static str, ends_reading: bool) -> Self {
        Self { code, reason, ends_reading }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(text: &str) -> Result<Asked, String> {
        serde_json::from_str(text).map_err(|error| error.to_string())
    }

    #[test]
    fn what_a_client_may_say_is_understood() {
        assert_eq!(asked(r#"{"type": "ping"}"#), Ok(Asked::Ping {}));
        assert_eq!(
            asked(r#"{"type": "start", "from": "latest"}"#),
            Ok(Asked::Start { from: From::Named(Named::Latest) })
        );
        assert_eq!(
            asked(r#"{"type": "start", "from": [{"log": "3", "offset": "7"}]}"#),
            Ok(Asked::Start {
                from: From::At(vec![Cursor { log: "3".into(), stream: None, offset: Decimal(7) }])
            })
        );
    }

    #[test]
    fn what_is_of_another_shape_is_refused() {
        for text in [
            "",
            "x",
            "[]",
            "3",
            "null",
            "{}",
            r#"{"type": "begin"}"#,
            r#"{"type": "start"}"#,
            r#"{"type": "start", "from": "now"}"#,
            r#"{"type": "start", "from": 3}"#,
            r#"{"type": "start", "from": "latest", "more": 1}"#,
            r#"{"type": "ping", "more": 1}"#,
            r#"{"type": "ping"} {"type": "ping"}"#,
            r#"{"type": "start", "from": [{"log": "a", "offset": 7}]}"#,
        ] {
            assert!(asked(text).is_err(), "{text}");
        }
    }

    #[test]
    fn numbers_that_javascript_cannot_hold_are_strings() {
        let cursor = Cursor { log: "a".into(), stream: None, offset: Decimal(u64::MAX) };
        assert_eq!(
            Told::Cursor(cursor).to_text(),
            r#"{"type":"cursor","log":"a","offset":"18446744073709551615"}"#
        );
        assert_eq!(Told::Pong {}.to_text(), r#"{"type":"pong"}"#);
        assert_eq!(Told::CaughtUp {}.to_text(), r#"{"type":"caught_up"}"#);
    }

    /// The part of the document that is about WebSockets.
    fn binding() -> &'static str {
        let text = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/../spec/BINDINGS.md"));
        text.split("## WebSocket").nth(1).unwrap().split("\n## ").next().unwrap()
    }

    /// The members of a JSON object.
    fn members(value: &serde_json::Value) -> Vec<&str> {
        value.as_object().unwrap().keys().map(String::as_str).collect()
    }

    #[test]
    fn every_text_of_the_server_stands_in_the_binding_with_its_members() {
        let log: Arc<str> = "a".into();
        let cursor = Cursor { log: Arc::clone(&log), stream: None, offset: Decimal(1) };
        let refused = Refused::new(&log, ErrorKind::HeaderCrc, (0, 24), "no", &[0; 100]);
        assert_eq!(refused.bytes.len(), 128);
        let told = [
            Told::Hello(Hello {
                version: 1,
                source: Origin { kind: "file", name: "a".to_owned() },
                longest_text: 1,
                queue_frames: 1,
                queue_bytes: 1,
            }),
            Told::Cursor(cursor.clone()),
            Told::CaughtUp {},
            Told::Refused(Box::new(refused)),
            Told::Lost(Lost {
                log: Arc::clone(&log),
                from: Decimal(0),
                to: None,
                frames: None,
                message: String::new(),
            }),
            Told::Missed(Missed {
                frames: Decimal(1),
                bytes: Decimal(1),
                from: vec![cursor.clone()],
                to: vec![cursor],
            }),
            Told::Notice(Notice::appeared(&log)),
            Told::Error(Trouble::new("NotUnderstood", "", "")),
            Told::Pong {},
        ];
        let texts = binding().split("### Texts of the server").nth(1).unwrap();
        let rows: Vec<_> =
            texts.lines().filter(|line| line.starts_with("| `")).skip(1).take(9).collect();
        assert_eq!(rows.len(), told.len());
        for told in &told {
            let value: serde_json::Value = serde_json::from_str(&told.to_text()).unwrap();
            let kind = value["type"].as_str().unwrap();
            let row = rows.iter().find(|row| row.starts_with(&format!("| `{kind}` |")));
            let row = row.unwrap_or_else(|| panic!("{kind} is not described"));
            if kind != "cursor" {
                for member in members(&value).into_iter().filter(|member| *member != "type") {
                    assert!(row.contains(&format!("`{member}`")), "{kind}: {member}");
                }
            }
        }
    }

    #[test]
    fn every_code_of_closing_and_every_notice_stands_in_the_binding() {
        let closings = [
            Closing::GOING_AWAY,
            Closing::PROTOCOL,
            Closing::BINARY,
            Closing::NOT_TEXT,
            Closing::NOT_UNDERSTOOD,
            Closing::TOO_LONG,
            Closing::FAILED,
            Closing::IDLE,
        ];
        let table = binding().split("### Closing").nth(1).unwrap();
        let rows = table.lines().filter(|line| line.starts_with("| 1") || line.starts_with("| 4"));
        let codes: Vec<u16> = rows.map(|row| row.get(2..6).unwrap().parse().unwrap()).collect();
        assert_eq!(codes, closings.map(|closing| closing.code));
        // RFC 6455 gives the reason 123 bytes.
        assert!(closings.iter().all(|closing| closing.reason.len() <= 123));
        let log: Arc<str> = "a".into();
        for notice in [
            Notice::appeared(&log),
            Notice::other_stream(&log),
            Notice::shortened(&log, 2, 1),
            Notice::replaced(&log, 0),
            Notice::removed(&log),
            Notice::no_file(&log),
            Notice::unfinished(&log, 1, 1),
            Notice::unreadable(&log, &"why"),
            Notice::left_out(&log, "why"),
        ] {
            assert!(binding().contains(&format!("`{}`", notice.name)), "{}", notice.name);
        }
    }
}
