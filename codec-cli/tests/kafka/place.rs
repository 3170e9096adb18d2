//! The broker that runs, topics on it, and the command with what leads there in its environment.

use core::sync::atomic::{AtomicU32, Ordering};
use std::path::Path;
use std::process::Command;

use strictframe_broker::{Home, Listener, Single, User};

use crate::stage::{Said, Stage};

pub(crate) fn single() -> Single {
    let target = Path::new(env!("CARGO_TARGET_TMPDIR")).parent().unwrap();
    Home::new(&target.join("kafka")).unwrap().single().unwrap()
}

/// A name that no other topic has.
pub(crate) fn new_name() -> String {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    format!("c-{:08x}-{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed))
}

/// A topic of its own on the broker.
pub(crate) fn topic(partitions: u32, settings: &[(&str, &str)]) -> String {
    let name = new_name();
    single().make_topic(&name, partitions, settings).unwrap();
    name
}

/// `strictframe kafka` for the listener without TLS and SASL.
pub(crate) fn run(stage: &Stage, arguments: &[&str]) -> Said {
    run_with(stage, arguments, "", &[])
}

/// The same, with a standard input and more variables.
pub(crate) fn run_with(
    stage: &Stage,
    arguments: &[&str],
    input: &str,
    variables: &[(&str, &str)],
) -> Said {
    let mut command = command(stage, &["kafka"]);
    command.args(arguments);
    command.envs(variables.iter().copied());
    stage.write("input", input);
    command.stdin(std::fs::File::open(stage.path("input")).unwrap());
    command.output().unwrap().into()
}

/// `strictframe` with these arguments, and the listener without TLS and SASL in its environment.
pub(crate) fn command(stage: &Stage, arguments: &[&str]) -> Command {
    let mut command = stage.command(arguments);
    for (name, _) in std::env::vars_os() {
        let text = name.to_string_lossy();
        if text.starts_with("KAFKA_") || text.starts_with("DASHSTREAM_") {
            command.env_remove(&name);
        }
    }
    command.env("KAFKA_BROKERS", single().address(Listener::Plaintext).unwrap());
    command.env("KAFKA_SECURITY_PROTOCOL", "plaintext");
    command.env("KAFKA_METADATA_TIMEOUT_SECS", "20");
    command
}

/// What leads to the listener with TLS and SASL, with that password for alice.
pub(crate) fn sasl(password: &str) -> Vec<(&'static str, String)> {
    let single = single();
    vec![
        ("KAFKA_BROKERS", single.address(Listener::SaslSsl).unwrap()),
        ("KAFKA_SECURITY_PROTOCOL", "sasl_ssl".to_owned()),
        ("KAFKA_SASL_MECHANISM", "SCRAM-SHA-512".to_owned()),
        ("KAFKA_SASL_USERNAME", User::Alice.name().to_owned()),
        ("KAFKA_SASL_PASSWORD", password.to_owned()),
        ("KAFKA_SSL_CA_LOCATION", single.certificates().ca().display().to_string()),
    ]
}
