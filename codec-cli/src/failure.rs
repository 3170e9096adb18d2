//! Why a command stopped: whose matter it is, what to say, and what to do next.

use core::fmt::Display;
use std::io::Write as _;

use serde::Serialize;
use strictframe::Error;

use crate::Ending;
use crate::terminal::Paint;

/// The exit code of a wrong command line.
pub(crate) const USAGE: u8 = 2;

/// Why a command stopped.
pub(crate) enum Failure {
    /// A frame or stream was refused.
    Frame { error: Error, help: String },
    /// A record, schema or dictionary was refused, or a stream that cannot be unpacked.
    Data(Box<Refusal>),
    /// The command line is wrong.
    Usage(Trouble),
    /// Reading or writing failed.
    InputOutput(Trouble),
}

/// A refusal that is not about a frame.
#[derive(Clone, Debug, Default, Serialize)]
pub(crate) struct Refusal {
    /// `SF-` and four digits, when the registry has a number for it.
    pub(crate) code: Option<String>,
    pub(crate) name: Option<&'static str>,
    /// The input concerned.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) input: Option<String>,
    /// The line of that input, counted from 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) line: Option<u64>,
    /// The column of that line in bytes, counted from 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) column: Option<u64>,
    /// The place in the record, as a JSON pointer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) pointer: Option<String>,
    /// The record of a stream, counted from 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) record: Option<u64>,
    /// The byte it is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) offset: Option<u64>,
    /// What there is, in bytes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) len: Option<u64>,
    /// What is accepted, in bytes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) limit: Option<u64>,
    pub(crate) message: String,
    pub(crate) help: String,
    /// Whether it is an argument that was refused, and not data.
    #[serde(skip)]
    pub(crate) is_usage: bool,
}

/// A failure without a number.
#[derive(Debug, Serialize)]
pub(crate) struct Trouble {
    /// A name that stays, where there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<&'static str>,
    message: String,
    /// Everything that is wrong, where several things are.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    problems: Vec<String>,
    help: String,
}

impl Trouble {
    fn new(message: impl Display, help: impl Display) -> Self {
        let (message, help) = (message.to_string(), help.to_string());
        Self { name: None, message, problems: Vec::new(), help }
    }
}

/// As it stands in JSON, under `error`.
#[derive(Serialize)]
#[serde(untagged)]
enum Object<'a> {
    Frame {
        #[serde(flatten)]
        error: &'a Error,
        help: &'a str,
    },
    Data(&'a Refusal),
    Trouble {
        kind: &'static str,
        #[serde(flatten)]
        trouble: &'a Trouble,
    },
}

/// A failure of the command line.
pub(crate) fn usage(message: impl Display, help: impl Display) -> Failure {
    Failure::Usage(Trouble::new(message, help))
}

/// A failure to read or write.
pub(crate) fn input_output(message: impl Display, help: impl Display) -> Failure {
    Failure::InputOutput(Trouble::new(message, help))
}

/// A failure of settings, with everything that is wrong with them.
#[cfg(feature = "dashflow")]
pub(crate) fn usage_of_many(
    message: impl Display,
    problems: Vec<String>,
    help: impl Display,
) -> Failure {
    Failure::Usage(Trouble { problems, ..Trouble::new(message, help) })
}

/// A failure to read or write that has a name.
pub(crate) fn named(name: &'static str, message: impl Display, help: impl Display) -> Failure {
    Failure::InputOutput(Trouble { name: Some(name), ..Trouble::new(message, help) })
}

/// The number of the registry as it is printed.
pub(crate) fn numbered(code: u16) -> String {
    format!("SF-{code:04}")
}

impl Failure {
    pub(crate) const fn exit_code(&self) -> u8 {
        match self {
            Self::Data(refusal) if refusal.is_usage => USAGE,
            Self::Frame { .. } | Self::Data(_) => 1,
            Self::Usage(_) => USAGE,
            Self::InputOutput(_) => 3,
        }
    }

    /// How a command ends that has reported it by itself.
    pub(crate) const fn ending(&self) -> Ending {
        match self {
            Self::Frame { .. } | Self::Data(_) => Ending::Refused,
            Self::Usage(_) | Self::InputOutput(_) => Ending::InputOutput,
        }
    }

    /// What stands under `error` in JSON.
    pub(crate) fn object(&self) -> impl Serialize + '_ {
        match self {
            Self::Frame { error, help } => Object::Frame { error, help },
            Self::Data(refusal) => Object::Data(refusal),
            Self::Usage(trouble) => Object::Trouble { kind: "usage", trouble },
            Self::InputOutput(trouble) => Object::Trouble { kind: "input/output", trouble },
        }
    }

    /// Tells it: in words on standard error, or as an object on standard output.
    pub(crate) fn report(&self, json: bool) {
        if json {
            #[derive(Serialize)]
            struct Document<T> {
                error: T,
            }
            let mut text =
                serde_json::to_vec(&Document { error: self.object() }).unwrap_or_default();
            text.push(b'\n');
            if std::io::stdout().write_all(&text).is_ok() {
                return;
            }
        }
        // Where there is no standard error, the exit code has to do.
        let _ = write!(std::io::stderr(), "{}", self.worded());
    }

    /// The two lines of it, and one for each problem between them.
    fn worded(&self) -> String {
        let paint = Paint::for_stderr();
        // SPEC [ERR-2]: the number and the offset; the name stands in JSON and in `explain`.
        let (code, message, help) = match self {
            Self::Frame { error, help } => {
                (Some(numbered(error.kind().code())), error.to_string(), help)
            }
            Self::Data(refusal) => (refusal.code.clone(), refusal.message.clone(), &refusal.help),
            Self::Usage(trouble) | Self::InputOutput(trouble) => {
                let mut message = trouble.message.clone();
                trouble.problems.iter().for_each(|problem| message += &format!("\n  - {problem}"));
                (trouble.name.map(str::to_owned), message, &trouble.help)
            }
        };
        let code = code.map(|code| format!("[{code}]")).unwrap_or_default();
        let head = paint.bad(format!("error{code}"));
        format!("{head}: {message}\n  {}: {help}\n", paint.mark("help"))
    }
}

/// A line on standard error about something that is no failure.
pub(crate) fn warn(message: impl Display) {
    let paint = Paint::for_stderr();
    let _ = writeln!(std::io::stderr(), "{}: {message}", paint.doubtful("warning"));
}
