//! A topic or a directory, behind the one interface that both have.

use strictframe_dashflow::transport::file::FileSource;
use strictframe_dashflow::transport::kafka::KafkaSource;
use strictframe_dashflow::transport::{Definition, Position, Received, Source, TransportError};

/// Where frames come from.
pub(crate) enum EitherSource {
    File(FileSource),
    Kafka(Box<KafkaSource>),
}

impl Source for EitherSource {
    async fn receive(&mut self) -> Result<Received, TransportError> {
        match self {
            Self::File(source) => source.receive().await,
            Self::Kafka(source) => source.receive().await,
        }
    }

    fn pause(&mut self, partition: u32) -> Result<(), TransportError> {
        match self {
            Self::File(source) => source.pause(partition),
            Self::Kafka(source) => source.pause(partition),
        }
    }

    fn resume(&mut self, partition: u32) -> Result<(), TransportError> {
        match self {
            Self::File(source) => source.resume(partition),
            Self::Kafka(source) => source.resume(partition),
        }
    }

    async fn seek(&mut self, position: Position) -> Result<(), TransportError> {
        match self {
            Self::File(source) => source.seek(position).await,
            Self::Kafka(source) => source.seek(position).await,
        }
    }

    async fn commit(&mut self, next: Position) -> Result<(), TransportError> {
        match self {
            Self::File(source) => source.commit(next).await,
            Self::Kafka(source) => source.commit(next).await,
        }
    }

    async fn definitions(&mut self) -> Result<Vec<Definition>, TransportError> {
        match self {
            Self::File(source) => source.definitions().await,
            Self::Kafka(source) => source.definitions().await,
        }
    }
}
