//! What waits to be written to one client: so many messages and so many bytes, and no more.

use std::sync::Arc;

use axum::extract::ws::Message;
use bytes::Bytes;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc};

use super::words::Told;

/// The end that is filled.
pub(super) struct Filling {
    messages: mpsc::Sender<Queued>,
    room: Arc<Semaphore>,
}

/// The end that is emptied.
pub(super) struct Emptying {
    messages: mpsc::Receiver<Queued>,
    room: Arc<Semaphore>,
}

/// A message, and the room it takes until this is dropped.
pub(super) struct Queued {
    pub(super) message: Message,
    _room: OwnedSemaphorePermit,
}

/// Nobody empties the queue any more.
#[derive(Debug)]
pub(super) struct Gone;

/// A queue of so many messages at most.
pub(super) fn queue() -> (Filling, Emptying) {
    let (sender, receiver) = mpsc::channel(MOST_FRAMES);
    let room = Arc::new(Semaphore::new(MOST_BYTES));
    (Filling { messages: sender, room: Arc::clone(&room) }, Emptying { messages: receiver, room })
}

impl Filling {
    /// Puts a frame in as soon as there is room.
    pub(super) async fn put(&self, frame: Bytes) -> Result<(), Gone> {
        let len = frame.len();
        self.put_message(Message::Binary(frame), len).await
    }

    /// Puts a text in as soon as there is room.
    pub(super) async fn tell(&self, told: &Told) -> Result<(), Gone> {
        let text = told.to_text();
        let len = text.len();
        self.put_message(Message::Text(text.into()), len).await
    }

    /// Puts a frame in if there is room now, and says whether there was.
    pub(super) fn offer(&self, frame: &Bytes) -> Result<bool, Gone> {
        let room = Arc::clone(&self.room);
        let Ok(room) = room.try_acquire_many_owned(share(frame.len())) else {
            return if self.messages.is_closed() { Err(Gone) } else { Ok(false) };
        };
        let queued = Queued { message: Message::Binary(frame.clone()), _room: room };
        match self.messages.try_send(queued) {
            Ok(()) => Ok(true),
            Err(mpsc::error::TrySendError::Full(_)) => Ok(false),
            Err(mpsc::error::TrySendError::Closed(_)) => Err(Gone),
        }
    }

    /// Whether at least half of it is free.
    pub(super) fn is_half_free(&self) -> bool {
        self.room.available_permits() >= MOST_BYTES / 2
            && self.messages.capacity() >= MOST_FRAMES / 2
    }

    /// Waits until everything that was put in has been written.
    pub(super) async fn emptied(&self) {
        let _ = self.room.acquire_many(share(MOST_BYTES)).await;
    }

    async fn put_message(&self, message: Message, len: usize) -> Result<(), Gone> {
        let room = Arc::clone(&self.room).acquire_many_owned(share(len)).await;
        let queued = Queued { message, _room: room.map_err(|_| Gone)? };
        self.messages.send(queued).await.map_err(|_| Gone)
    }
}

impl Emptying {
    /// The next message; nothing when nobody will put in one any more.
    pub(super) async fn take(&mut self) -> Option<Queued> {
        self.messages.recv().await
    }
}

impl Drop for Emptying {
    fn drop(&mut self) {
        // Whoever waits for room need not wait any longer.
        self.room.close();
    }
}

/// The room that so many bytes take: all there is, for what is longer than that.
fn share(len: usize) -> u32 {
    u32::try_from(len.clamp(1, MOST_BYTES)).unwrap_or(u32::MAX)
}

/// So many messages wait at most.
pub(super) const MOST_FRAMES: usize = 1024;
/// So many bytes wait at most, or one frame that is longer.
pub(super) const MOST_BYTES: usize = 4 << 20;

#[cfg(test)]
mod tests {
    use super::*;

    fn run<T>(work: impl Future<Output = T>) -> T {
        tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(work)
    }

    #[test]
    fn no_more_messages_and_bytes_wait_than_there_is_room_for() {
        run(async {
            let (filling, mut emptying) = queue();
            let small = Bytes::from_static(b"x");
            for _ in 0..MOST_FRAMES {
                assert!(filling.offer(&small).unwrap());
            }
            assert!(!filling.offer(&small).unwrap() && !filling.is_half_free());
            for _ in 0..MOST_FRAMES {
                emptying.take().await.unwrap();
            }
            let half = Bytes::from(vec![0; MOST_BYTES / 2]);
            assert!(filling.offer(&half).unwrap() && filling.is_half_free());
            assert!(filling.offer(&half).unwrap());
            assert!(!filling.offer(&small).unwrap());
            drop(emptying.take().await.unwrap());
            assert!(filling.offer(&small).unwrap());
        });
    }

    #[test]
    fn a_frame_that_is_longer_than_the_queue_waits_alone() {
        run(async {
            let (filling, mut emptying) = queue();
            let long = Bytes::from(vec![0; 2 * MOST_BYTES]);
            assert!(filling.offer(&long).unwrap());
            assert!(!filling.offer(&Bytes::from_static(b"x")).unwrap());
            drop(emptying.take().await.unwrap());
            assert!(filling.is_half_free());
        });
    }

    #[test]
    fn who_waits_for_room_is_told_when_nobody_empties_any_more() {
        run(async {
            let (filling, emptying) = queue();
            let long = Bytes::from(vec![0; MOST_BYTES]);
            filling.put(long.clone()).await.unwrap();
            let waiting = filling.put(long.clone());
            let gone = async { drop(emptying) };
            let (waited, ()) = tokio::join!(waiting, gone);
            assert!(waited.is_err() && filling.offer(&long).is_err());
        });
    }
}
