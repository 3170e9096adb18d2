//! Work that waits, off the threads that must not.

use super::error::TransportError;

/// Does it on a thread that may wait.
pub(crate) async fn blocking<T: Send + 'static, E: From<TransportError> + Send + 'static>(
    work: impl FnOnce() -> Result<T, E> + Send + 'static,
) -> Result<T, E> {
    let ended = |error| TransportError::fatal("Closed", format!("a thread ended: {error}"));
    tokio::task::spawn_blocking(work).await.map_err(ended)?
}
