//! Errors of transports and configurations as the command tells them.

use std::path::Path;

use strictframe_dashflow::config::ConfigError;
use strictframe_dashflow::producer::StartError;
use strictframe_dashflow::transport::TransportError;
use strictframe_dashflow::{Refused, SetupError, consumer::RefusalClass};

use crate::failure::{self, Failure};
use crate::terminal::{shown, tame};

/// Everything that is wrong with a configuration.
pub(super) fn config(error: &ConfigError) -> Failure {
    let problems: Vec<String> =
        error.problems.iter().map(|problem| tame(&problem.to_string(), LINE)).collect();
    let count = problems.len();
    let noun = if count == 1 { "value is" } else { "values are" };
    let message = format!("{count} {noun} wrong in the configuration");
    let help = "correct the variables KAFKA_* or the file of --config; `strictframe kafka check` tries them";
    failure::usage_of_many(message, problems, help)
}

/// What a transport refuses or cannot do.
pub(super) fn transport(error: &TransportError) -> Failure {
    let help = match error.name() {
        "TlsRefused" => "correct ssl_ca_location, brokers, or the broker's certificate",
        "LoginRefused" => "correct sasl_username, sasl_password and sasl_mechanism",
        "Unreachable" => "correct brokers and security_protocol, or start the broker",
        "NotAllowed" => "give this user the right to it, or log in as another",
        "UnknownTopic" => "correct the name, or make the topic",
        "UnknownPartition" => "correct the partition; `strictframe kafka check` counts them",
        "PositionGone" | "PositionAhead" => "choose a position that is there",
        "Locked" => "wait until the other program has ended, or name another directory",
        "Damaged" | "FileRefused" => "`strictframe inspect` shows what is wrong with the file",
        "TimedOut" | "Unavailable" => "try it again later",
        _ => "see the message",
    };
    failure::named(error.name(), tame(&error.to_string(), LINE), help)
}

/// What a producer does not begin with.
pub(super) fn start(error: &StartError) -> Failure {
    match error {
        StartError::Config(error) => config(error),
        StartError::Transport(error) => transport(error),
        error => failure::input_output(error, "see the message"),
    }
}

/// What cannot be set up; never with the lock that the command was built with.
pub(crate) fn setup(error: SetupError) -> Failure {
    failure::input_output(error, "report it")
}

/// A directory that is to be read and is not there.
pub(super) fn no_directory(path: &Path) -> Failure {
    failure::input_output(
        format!("cannot read {}: there is no such directory", shown(path)),
        "name a directory that `strictframe kafka produce --dir` or a file sink has written",
    )
}

/// What to do about a value that was refused.
pub(super) fn refusal_help(refused: &Refused) -> String {
    match refused.class() {
        RefusalClass::Foreign => {
            "bring it out with `strictframe kafka dlq show` or kcat; `strictframe kafka convert` reads today's framing".to_owned()
        }
        RefusalClass::Damaged => {
            "send it again from its source; a disk or a program in between has changed it".to_owned()
        }
        RefusalClass::Oversized => "nothing is known to be wrong with it: read it through the library, with larger limits".to_owned(),
        RefusalClass::Unknown => {
            "announce its schema or dictionary beside the data, or take a newer strictframe".to_owned()
        }
        _ => format!("mend its writer; `strictframe explain {}` says more", refused.code()),
    }
}

/// The longest message, in characters.
pub(super) const LINE: usize = 2000;
