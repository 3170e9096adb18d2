//! How a connection is protected: what cannot be combined has no value here.

use std::path::PathBuf;

use secrecy::SecretString;

use super::read::Reading;

/// How a connection is protected.
#[derive(Clone, Debug)]
#[allow(clippy::exhaustive_enums, reason = "Kafka has these four")]
pub enum Security {
    /// Not at all. Only when it is asked for by name.
    Plaintext,
    /// A login, and everything in the clear. Only when it is asked for by name.
    SaslPlaintext(Sasl),
    /// A login over TLS.
    SaslSsl(Sasl, Tls),
    /// TLS.
    Ssl(Tls),
}

/// A login.
#[derive(Clone, Debug)]
#[allow(clippy::exhaustive_structs, reason = "a mechanism, a name and a password are all there is")]
pub struct Sasl {
    /// How the password is proven.
    pub mechanism: Mechanism,
    /// Who logs in.
    pub username: String,
    /// The password; it does not print.
    pub password: SecretString,
}

/// How a password is proven.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Mechanism {
    /// It is sent as it is.
    Plain,
    /// SCRAM with SHA-256.
    ScramSha256,
    /// SCRAM with SHA-512.
    ScramSha512,
}

/// Who is trusted, and how the client shows who it is.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Tls {
    /// The authorities in PEM; those of the system unless said.
    pub ca: Option<PathBuf>,
    /// The client's own certificate.
    pub client: Option<ClientCertificate>,
    /// Whether a certificate must be for the host that was asked for.
    pub checks_host_name: bool,
}

impl Default for Tls {
    fn default() -> Self {
        Self { ca: None, client: None, checks_host_name: true }
    }
}

/// A client's certificate and key, in PEM.
#[derive(Clone, Debug)]
#[allow(clippy::exhaustive_structs, reason = "a certificate and its key are all there is")]
pub struct ClientCertificate {
    /// The certificate.
    pub certificate: PathBuf,
    /// Its key.
    pub key: PathBuf,
    /// What the key is encrypted with, if it is; it does not print.
    pub key_password: Option<SecretString>,
}

impl Mechanism {
    /// The name that Kafka has for it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Plain => "PLAIN",
            Self::ScramSha256 => "SCRAM-SHA-256",
            Self::ScramSha512 => "SCRAM-SHA-512",
        }
    }
}

/// The protocol, before what it needs.
#[derive(Clone, Copy)]
struct Protocol {
    name: &'static str,
    has_sasl: bool,
    has_tls: bool,
}

impl Protocol {
    const fn new(name: &'static str, has_sasl: bool, has_tls: bool) -> (&'static str, Self) {
        (name, Self { name, has_sasl, has_tls })
    }
}

pub(super) fn read(reading: &mut Reading<'_>) -> Security {
    let protocol = reading.one_of(
        "security_protocol",
        Protocol::new("ssl", false, true),
        [
            Protocol::new("sasl_ssl", true, true),
            Protocol::new("plaintext", false, false),
            Protocol::new("sasl_plaintext", true, false),
        ],
    );
    if !protocol.has_sasl {
        let remedy = "take it out, or say sasl_ssl for security_protocol";
        refuse_all(reading, &SASL, protocol.name, remedy);
    }
    if !protocol.has_tls {
        let remedy = "take it out, or say ssl or sasl_ssl for security_protocol";
        refuse_all(reading, &TLS, protocol.name, remedy);
    }
    match (protocol.has_sasl, protocol.has_tls) {
        (false, false) => Security::Plaintext,
        (true, false) => Security::SaslPlaintext(sasl(reading, protocol)),
        (true, true) => Security::SaslSsl(sasl(reading, protocol), tls(reading)),
        (false, true) => Security::Ssl(tls(reading)),
    }
}

/// Values that would do nothing under this protocol are not left alone: somebody meant something by them.
fn refuse_all(reading: &mut Reading<'_>, names: &[&str], protocol: &str, remedy: &str) {
    for name in names {
        if let Some(given) = reading.given(name) {
            reading.add(given.problem(format!("{protocol} does not use it"), remedy));
        }
    }
}

fn sasl(reading: &mut Reading<'_>, protocol: Protocol) -> Sasl {
    for name in SASL {
        if reading.given(name).is_none() {
            reading.missing(name, &format!("{} needs it", protocol.name));
        }
    }
    let mechanism = match reading.given("sasl_mechanism") {
        Some(given) if ["GSSAPI", "OAUTHBEARER"].contains(&given.value()) => {
            let remedy = "use SCRAM-SHA-512, SCRAM-SHA-256 or PLAIN";
            reading.add(given.problem("this mechanism is not built in", remedy));
            Mechanism::ScramSha512
        }
        _ => reading.one_of(
            "sasl_mechanism",
            (Mechanism::ScramSha512.name(), Mechanism::ScramSha512),
            [Mechanism::ScramSha256, Mechanism::Plain].map(|value| (value.name(), value)),
        ),
    };
    let password = reading.given("sasl_password").map(|given| given.secret().clone());
    Sasl {
        mechanism,
        username: reading.text("sasl_username").unwrap_or_default(),
        password: password.unwrap_or_default(),
    }
}

fn tls(reading: &mut Reading<'_>) -> Tls {
    let ca = reading.pem("ssl_ca_location");
    let pair = ["ssl_certificate_location", "ssl_key_location"];
    let (certificate, key) = (reading.pem(pair[0]), reading.pem(pair[1]));
    for (name, other) in [(pair[0], pair[1]), (pair[1], pair[0])] {
        if reading.given(name).is_none() && reading.given(other).is_some() {
            reading.missing(name, &format!("{other} needs it"));
        }
    }
    let key_password = reading.given("ssl_key_password");
    if let Some(given) = key_password
        && reading.given("ssl_key_location").is_none()
    {
        let remedy = "say ssl_key_location, or take it out";
        reading.add(given.problem("there is no key to open with it", remedy));
    }
    let key_password = key_password.map(|given| given.secret().clone());
    let client = certificate.zip(key);
    let client =
        client.map(|(certificate, key)| ClientCertificate { certificate, key, key_password });
    let checks_host_name =
        reading.one_of("ssl_endpoint_identification_algorithm", ("https", true), [("none", false)]);
    Tls { ca, client, checks_host_name }
}

const SASL: [&str; 3] = ["sasl_mechanism", "sasl_username", "sasl_password"];
const TLS: [&str; 5] = [
    "ssl_ca_location",
    "ssl_certificate_location",
    "ssl_key_location",
    "ssl_key_password",
    "ssl_endpoint_identification_algorithm",
];
