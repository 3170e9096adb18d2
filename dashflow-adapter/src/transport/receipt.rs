//! What became of a frame, when it is known.

use core::future::Future;
use core::pin::Pin;
use core::task::{Context, Poll};

use tokio::sync::oneshot;

use super::error::TransportError;

/// What became of something that was handed to a sink: a future that needs no executor of its own. Dropped, it changes nothing.
#[derive(Debug)]
#[must_use = "whether it arrived stands in the receipt alone"]
pub struct Receipt<T> {
    state: State<T>,
}

#[derive(Debug)]
enum State<T> {
    Known(Option<Result<T, TransportError>>),
    Waiting(oneshot::Receiver<Result<T, TransportError>>),
}

/// The other end of a receipt; dropped, it says that the sink was closed.
pub(crate) type Outcome<T> = oneshot::Sender<Result<T, TransportError>>;

impl<T> Receipt<T> {
    /// A receipt whose outcome is known now.
    pub const fn known(outcome: Result<T, TransportError>) -> Self {
        Self { state: State::Known(Some(outcome)) }
    }

    /// A receipt, and the place to say its outcome.
    pub(crate) fn pending() -> (Outcome<T>, Self) {
        let (sender, receiver) = oneshot::channel();
        (sender, Self { state: State::Waiting(receiver) })
    }
}

impl<T: Unpin> Receipt<T> {
    /// Holds up this thread until it is known; in asynchronous code, which has its threads for others too, await it instead.
    ///
    /// # Errors
    /// As when it is awaited.
    pub fn wait(self) -> Result<T, TransportError> {
        pollster::block_on(self)
    }
}

impl<T: Unpin> Future for Receipt<T> {
    type Output = Result<T, TransportError>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        match &mut self.state {
            State::Known(outcome) => {
                Poll::Ready(outcome.take().unwrap_or_else(|| Err(TransportError::closed())))
            }
            State::Waiting(receiver) => Pin::new(receiver)
                .poll(context)
                .map(|outcome| outcome.unwrap_or_else(|_| Err(TransportError::closed()))),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_wait_ends_also_on_a_thread_that_runs_asynchronous_code() {
        let (outcome, receipt) = Receipt::pending();
        let other = std::thread::spawn(move || outcome.send(Ok(7)));
        assert_eq!(receipt.wait(), Ok(7));
        assert_eq!(other.join().unwrap(), Ok(()));
        let (outcome, receipt) = Receipt::<()>::pending();
        drop(outcome);
        assert_eq!(receipt.wait().unwrap_err().name(), TransportError::closed().name());
        assert_eq!(Receipt::known(Ok(8)).wait(), Ok(8));
    }
}
