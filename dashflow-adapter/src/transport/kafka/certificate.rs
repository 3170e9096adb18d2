//! Why a broker's certificate is not trusted: librdkafka says only that it is not.

use core::time::Duration;
use std::net::{TcpStream, ToSocketAddrs as _};

use openssl::ssl::{HandshakeError, SslConnector, SslMethod};
use openssl::x509::X509VerifyResult;

use crate::config::Security;

/// Shakes hands with the brokers, one after the other, until one shows a certificate that is not trusted, and says why.
///
/// Nothing is sent but the handshake. Nothing when every certificate is trusted, or no broker answers.
pub(super) fn examine(brokers: &str, security: &Security) -> Option<String> {
    let (Security::Ssl(tls) | Security::SaslSsl(_, tls)) = security else { return None };
    let mut builder = SslConnector::builder(SslMethod::tls_client()).ok()?;
    if let Some(ca) = &tls.ca {
        builder.set_ca_file(ca).ok()?;
    }
    let connector = builder.build();
    brokers.split(',').find_map(|broker| {
        let (host, _) = broker.rsplit_once(':')?;
        let stream = connect(broker)?;
        let mut config = connector.configure().ok()?;
        config.set_verify_hostname(tls.checks_host_name);
        let Err(HandshakeError::Failure(failed)) = config.connect(host, stream) else {
            return None;
        };
        let verified = failed.ssl().verify_result();
        (verified != X509VerifyResult::OK)
            .then(|| format!("the certificate of {broker}: {verified}; {}", remedy(verified)))
    })
}

fn connect(broker: &str) -> Option<TcpStream> {
    let address = broker.to_socket_addrs().ok()?.next()?;
    let stream = TcpStream::connect_timeout(&address, PATIENCE).ok()?;
    stream.set_read_timeout(Some(PATIENCE)).ok()?;
    stream.set_write_timeout(Some(PATIENCE)).ok()?;
    Some(stream)
}

fn remedy(verified: X509VerifyResult) -> &'static str {
    match verified.as_raw() {
        NOT_YET_VALID | EXPIRED => "renew it, and check the clocks of both machines",
        HOST_NAME | IP_ADDRESS => {
            "name the broker in KAFKA_BROKERS as its certificate does, or have it certified for this name"
        }
        _ => "set KAFKA_SSL_CA_LOCATION to the authority that signed it",
    }
}

const PATIENCE: Duration = Duration::from_secs(2);
// As OpenSSL numbers them (x509_vfy.h).
const NOT_YET_VALID: i32 = 9;
const EXPIRED: i32 = 10;
const HOST_NAME: i32 = 62;
const IP_ADDRESS: i32 = 64;
