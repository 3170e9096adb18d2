//! Clients of librdkafka: how they are set up, and what they are told beside their requests.

use core::time::Duration;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use rdkafka::client::{Client, ClientContext};
use rdkafka::config::ClientConfig;
use rdkafka::consumer::ConsumerContext;
use rdkafka::error::{KafkaError, RDKafkaErrorCode};
use rdkafka::metadata::Metadata;
use rdkafka::producer::{DeliveryResult, ProducerContext};
use secrecy::ExposeSecret;

use super::certificate;
use super::errors::{NOT_ALLOWED, TLS_REFUSED, is_decisive, of_code, transport_error};
use crate::config::{AddressFamily, KafkaConfig, Sasl, Security, Tls};
use crate::transport::{ErrorClass, TransportError};

/// What librdkafka must be told to get to the brokers of this configuration. It bears secrets: printed for debugging, it does not show them.
#[must_use]
pub fn client_config(config: &KafkaConfig) -> ClientConfig {
    let mut client = ClientConfig::new();
    let family = match config.broker_address_family {
        AddressFamily::Any => "any",
        AddressFamily::V4 => "v4",
        AddressFamily::V6 => "v6",
    };
    let timeout = config.operation_timeout.as_millis().to_string();
    client.set("bootstrap.servers", &config.brokers).set("broker.address.family", family);
    // A broker that comes back is found soon.
    client.set("reconnect.backoff.max.ms", "2000");
    client.set("socket.timeout.ms", timeout).set("client.id", "strictframe");
    match &config.security {
        Security::Plaintext => {
            client.set("security.protocol", "plaintext");
        }
        Security::SaslPlaintext(sasl) => {
            client.set("security.protocol", "sasl_plaintext");
            set_sasl(&mut client, sasl);
        }
        Security::SaslSsl(sasl, tls) => {
            client.set("security.protocol", "sasl_ssl");
            set_sasl(&mut client, sasl);
            set_tls(&mut client, tls);
        }
        Security::Ssl(tls) => {
            client.set("security.protocol", "ssl");
            set_tls(&mut client, tls);
        }
    }
    client
}

fn set_sasl(client: &mut ClientConfig, sasl: &Sasl) {
    client.set("sasl.mechanisms", sasl.mechanism.name()).set("sasl.username", &sasl.username);
    client.set("sasl.password", sasl.password.expose_secret());
}

fn set_tls(client: &mut ClientConfig, tls: &Tls) {
    let algorithm = if tls.checks_host_name { "https" } else { "none" };
    client.set("ssl.endpoint.identification.algorithm", algorithm);
    if let Some(ca) = &tls.ca {
        client.set("ssl.ca.location", ca.to_string_lossy());
    }
    if let Some(own) = &tls.client {
        client.set("ssl.certificate.location", own.certificate.to_string_lossy());
        client.set("ssl.key.location", own.key.to_string_lossy());
        if let Some(password) = &own.key_password {
            client.set("ssl.key.password", password.expose_secret());
        }
    }
}

/// What librdkafka says of a client's connections, which it does not say where a request fails for it.
#[derive(Clone, Debug, Default)]
pub(super) struct Complaints(Arc<Mutex<Heard>>);

#[derive(Debug, Default)]
struct Heard {
    decisive: Option<TransportError>,
    last: Option<String>,
}

impl Complaints {
    /// The error that no waiting will mend, if there was one.
    pub(super) fn decisive(&self) -> Option<TransportError> {
        self.heard().decisive.clone()
    }

    /// Why a message was not sent. Of rights for want of which librdkafka gave up it says no word with the message.
    pub(super) fn of(&self, error: &KafkaError) -> TransportError {
        let error = transport_error("sending", error);
        match self.decisive().filter(|known| known.name() == NOT_ALLOWED) {
            Some(known) if error.class() == ErrorClass::Fatal => {
                TransportError::fatal(NOT_ALLOWED, format!("{known}, and connect anew"))
            }
            _ => error,
        }
    }

    fn last(&self) -> Option<String> {
        self.heard().last.clone()
    }

    fn heard(&self) -> std::sync::MutexGuard<'_, Heard> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl ClientContext for Complaints {
    fn error(&self, error: KafkaError, reason: &str) {
        tracing::debug!(target: "strictframe", %error, reason, "a client of Kafka complains");
        let Some(code) = error.rdkafka_error_code() else { return };
        let mut heard = self.heard();
        if is_decisive(code) && heard.decisive.is_none() {
            heard.decisive = Some(of_code(code, format!("{reason}; {}", remedy(code))));
        }
        if code != RDKafkaErrorCode::AllBrokersDown {
            heard.last = Some(reason.to_owned());
        }
    }
}

impl ConsumerContext for Complaints {}

impl ProducerContext for Complaints {
    type DeliveryOpaque = ();

    /// A message that was not delivered fails the transaction it is of.
    fn delivery(&self, _: &DeliveryResult<'_>, (): ()) {}
}

const fn remedy(code: RDKafkaErrorCode) -> &'static str {
    match code {
        RDKafkaErrorCode::SSL => {
            "check ssl_ca_location, the name in brokers and the broker's certificate"
        }
        RDKafkaErrorCode::Authentication
        | RDKafkaErrorCode::SaslAuthenticationFailed
        | RDKafkaErrorCode::UnsupportedSASLMechanism => {
            "check sasl_username, sasl_password and sasl_mechanism"
        }
        RDKafkaErrorCode::ClusterAuthorizationFailed
        | RDKafkaErrorCode::GroupAuthorizationFailed
        | RDKafkaErrorCode::TopicAuthorizationFailed
        | RDKafkaErrorCode::TransactionalIdAuthorizationFailed => {
            "have this user allowed to, or use another one"
        }
        _ => "see what the broker logs",
    }
}

/// What brokers say of a topic that must be there.
pub(super) fn metadata<C: ClientContext>(
    client: &Client<C>,
    complaints: &Complaints,
    config: &KafkaConfig,
    topic: &str,
    poll: impl Fn(),
) -> Result<Metadata, TransportError> {
    check_topic(ask(client, complaints, config, Some(topic), poll)?, topic)
}

/// Asks for a topic, or for all, until a broker answers, an error comes that no waiting mends, or the time for it is over.
pub(super) fn ask<C: ClientContext>(
    client: &Client<C>,
    complaints: &Complaints,
    config: &KafkaConfig,
    topic: Option<&str>,
    poll: impl Fn(),
) -> Result<Metadata, TransportError> {
    let deadline = Instant::now() + config.metadata_timeout;
    loop {
        let rest = deadline.saturating_duration_since(Instant::now());
        let fetched = client.fetch_metadata(topic, rest.min(STEP));
        // Complaints are heard only when the client is polled.
        poll();
        match (fetched, complaints.decisive()) {
            (Ok(metadata), _) => return Ok(metadata),
            (Err(_), Some(error)) if error.name() == TLS_REFUSED => {
                let why = certificate::examine(&config.brokers, &config.security);
                return Err(why.map_or(error, |why| TransportError::permanent(TLS_REFUSED, why)));
            }
            (Err(_), Some(error)) => return Err(error),
            (Err(error), None) if rest.is_zero() => {
                let waited = config.metadata_timeout.as_secs_f32();
                let said = complaints.last().unwrap_or_else(|| error.to_string());
                return Err(TransportError::retryable(
                    "Unreachable",
                    format!(
                        "no broker of {} answered within {waited} s: {said}; check brokers and security_protocol",
                        config.brokers
                    ),
                ));
            }
            (Err(_), None) => {}
        }
    }
}

fn check_topic(metadata: Metadata, topic: &str) -> Result<Metadata, TransportError> {
    let doing = format!("asking for topic {topic}");
    let Some(found) = metadata.topics().iter().find(|found| found.name() == topic) else {
        return Err(TransportError::permanent("UnknownTopic", format!("{doing}: no answer")));
    };
    match found.error().map(RDKafkaErrorCode::from) {
        None if found.partitions().is_empty() => {
            Err(TransportError::retryable("Unavailable", format!("{doing}: no partition yet")))
        }
        None => Ok(metadata),
        Some(code) => Err(of_code(code, format!("{doing}: {code}"))),
    }
}

/// An error of Kafka as a transport's, with what was being done.
pub(super) fn failed(doing: &str) -> impl Fn(KafkaError) -> TransportError + '_ {
    move |error| transport_error(doing, &error)
}

/// How long one try may take.
pub(super) const STEP: Duration = Duration::from_millis(500);
