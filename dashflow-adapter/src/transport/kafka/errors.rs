//! Kafka's errors by what can be done about them.

use rdkafka::error::{KafkaError, RDKafkaErrorCode as Code};

use crate::transport::{ErrorClass, TransportError};

/// The class of an error of Kafka, and one of few names for it.
///
/// | name | class | what happened |
/// |---|---|---|
/// | `QueueFull` | retryable | more waits in this process than may |
/// | `TimedOut` | retryable | no answer in time; the message may have arrived |
/// | `Unreachable` | retryable | no broker answers |
/// | `Unavailable` | retryable | a broker answers that it cannot now: another leads, too few replicas are in sync, it starts, a group divides its partitions |
/// | `FrameTooLarge` | permanent | longer than the topic takes |
/// | `UnknownTopic` | permanent | there is no such topic or partition |
/// | `NotAllowed` | permanent | this user may not; fatal when he may write to no topic at all, for which librdkafka gives up |
/// | `LoginRefused` | permanent | wrong user, password or mechanism |
/// | `TlsRefused` | permanent | the certificate is not one to trust |
/// | `Invalid` | permanent | the broker or librdkafka refuses the request as such |
/// | `Fenced` | fatal | another producer has taken over, or librdkafka gave up |
/// | `Closed` | fatal | the sink was closed before the message was delivered |
/// | `Kafka` | retryable | anything else |
const fn row(code: Code) -> (ErrorClass, &'static str) {
    use ErrorClass::{Fatal, Permanent, Retryable};
    match code {
        Code::QueueFull => (Retryable, "QueueFull"),
        Code::MessageTimedOut
        | Code::OperationTimedOut
        | Code::RequestTimedOut
        | Code::TimedOutQueue => (Retryable, "TimedOut"),
        Code::AllBrokersDown
        | Code::BrokerDestroy
        | Code::BrokerTransportFailure
        | Code::NetworkException
        | Code::Resolve => (Retryable, "Unreachable"),
        Code::BrokerNotAvailable
        | Code::CoordinatorLoadInProgress
        | Code::CoordinatorNotAvailable
        | Code::FencedLeaderEpoch
        | Code::IllegalGeneration
        | Code::ISRInsufficient
        | Code::KafkaStorageError
        | Code::LeaderNotAvailable
        | Code::NotCoordinator
        | Code::NotEnoughReplicas
        | Code::NotEnoughReplicasAfterAppend
        | Code::NotLeaderForPartition
        | Code::RebalanceInProgress
        | Code::ReplicaNotAvailable
        | Code::UnknownLeaderEpoch
        | Code::UnknownMemberId
        | Code::WaitingForCoordinator => (Retryable, UNAVAILABLE),
        Code::InvalidMessageSize | Code::MessageBatchTooLarge | Code::MessageSizeTooLarge => {
            (Permanent, "FrameTooLarge")
        }
        Code::InvalidTopic
        | Code::UnknownPartition
        | Code::UnknownTopic
        | Code::UnknownTopicOrPartition => (Permanent, "UnknownTopic"),
        Code::ClusterAuthorizationFailed
        | Code::GroupAuthorizationFailed
        | Code::TopicAuthorizationFailed
        | Code::TransactionalIdAuthorizationFailed => (Permanent, NOT_ALLOWED),
        Code::Authentication
        | Code::IllegalSASLState
        | Code::SaslAuthenticationFailed
        | Code::UnsupportedSASLMechanism => (Permanent, "LoginRefused"),
        Code::SSL => (Permanent, TLS_REFUSED),
        Code::InvalidArgument
        | Code::InvalidConfig
        | Code::InvalidRecord
        | Code::InvalidTimestamp
        | Code::PolicyViolation
        | Code::UnsupportedFeature
        | Code::UnsupportedVersion => (Permanent, "Invalid"),
        Code::Fatal
        | Code::Fenced
        | Code::FencedInstanceId
        | Code::InvalidProducerEpoch
        | Code::OutOfOrderSequenceNumber
        | Code::ProducerFenced
        | Code::TransactionCoordinatorFenced => (Fatal, "Fenced"),
        Code::DestroyBroker | Code::PurgeInflight | Code::PurgeQueue => (Fatal, "Closed"),
        _ => (Retryable, "Kafka"),
    }
}

/// An error of Kafka as a transport gives it; `doing` says what was being done.
#[must_use]
pub fn transport_error(doing: &str, error: &KafkaError) -> TransportError {
    match (error.rdkafka_error_code(), error) {
        (Some(code), _) => of_code(code, format!("{doing}: {code}")),
        // Not the value, which may be a secret.
        (None, KafkaError::ClientConfig(_, description, key, _)) => {
            TransportError::permanent("Invalid", format!("{doing}: {key}: {description}"))
        }
        (None, KafkaError::ClientCreation(description)) => {
            TransportError::permanent("Invalid", format!("{doing}: {description}"))
        }
        (None, error) => TransportError::retryable("Kafka", format!("{doing}: {error}")),
    }
}

pub(super) fn of_code(code: Code, message: String) -> TransportError {
    let (class, name) = row(code);
    match class {
        ErrorClass::Fatal => TransportError::fatal(name, message),
        ErrorClass::Permanent => TransportError::permanent(name, message),
        ErrorClass::Retryable => TransportError::retryable(name, message),
    }
}

pub(super) const NOT_ALLOWED: &str = "NotAllowed";
pub(super) const TLS_REFUSED: &str = "TlsRefused";
pub(super) const UNAVAILABLE: &str = "Unavailable";

/// Whether a client that was told so will be told so again, whatever it waits for.
pub(super) const fn is_decisive(code: Code) -> bool {
    matches!(row(code), (ErrorClass::Permanent | ErrorClass::Fatal, _))
}
