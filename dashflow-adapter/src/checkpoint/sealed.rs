//! Checkpoints that nobody reads without a key.

use core::fmt;

use chacha20poly1305::aead::{Aead as _, Payload};
use chacha20poly1305::{KeyInit as _, XChaCha20Poly1305, XNonce};
use secrecy::{ExposeSecret as _, SecretBox};
use sha2::{Digest as _, Sha256};
use strictframe::{
    CodecChoice, CompressionPolicy, Decoder, Encoder, Limits, Registry, Schema as _,
};

use super::error::CheckpointError;
use super::id::CheckpointId;
use super::store::CheckpointStore;
use crate::generated::strictframe::dashflow::v1::SealedCheckpoint;
use crate::identity::ThreadId;

/// A key of 32 random bytes. It does not print, and is overwritten when it goes.
pub struct SealKey {
    key: SecretBox<[u8; 32]>,
    id: [u8; 8],
}

impl SealKey {
    /// The key with these bytes, which should come from a random source or a key store, and from no password.
    #[must_use]
    pub fn new(key: [u8; 32]) -> Self {
        let hash = Sha256::digest(key);
        let id = hash.first_chunk().copied().unwrap_or_default();
        Self { key: SecretBox::new(Box::new(key)), id }
    }

    /// What checkpoints say of the key they need: the first 8 bytes of its SHA-256.
    #[must_use]
    pub const fn id(&self) -> [u8; 8] {
        self.id
    }

    fn cipher(&self) -> XChaCha20Poly1305 {
        XChaCha20Poly1305::new(self.key.expose_secret().into())
    }
}

impl fmt::Debug for SealKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SealKey({:016x})", u64::from_be_bytes(self.id))
    }
}

/// Seals what another store keeps: XChaCha20-Poly1305 over the whole checkpoint, with its thread and id authenticated, in a frame of its own lineage
/// (`strictframe.dashflow.v1.SealedCheckpoint`), so that what is encrypted is never taken for a state.
///
/// Threads, ids, times of files and lengths stay visible; nodes and metadata do not.
#[derive(Debug)]
pub struct Sealed<T> {
    store: T,
    key: SealKey,
    old_keys: Vec<SealKey>,
}

impl<T: CheckpointStore> Sealed<T> {
    /// Seals with that key, and opens what was sealed with it.
    pub const fn new(store: T, key: SealKey) -> Self {
        Self { store, key, old_keys: Vec::new() }
    }

    /// The same, which also opens what was sealed with that one.
    #[must_use]
    pub fn with_old_key(mut self, key: SealKey) -> Self {
        self.old_keys.push(key);
        self
    }

    fn seal(&self, name: Name<'_>, bytes: &[u8]) -> Result<Vec<u8>, CheckpointError> {
        let mut nonce = [0; 24];
        getrandom::fill(&mut nonce).map_err(|error| {
            CheckpointError::other("NoRandom", format!("the system gives no random bytes: {error}"))
        })?;
        let (aad, msg) = (&name.bytes()[..], bytes);
        let sealed = self.key.cipher().encrypt(&XNonce::from(nonce), Payload { msg, aad });
        let sealed =
            sealed.map_err(|_| CheckpointError::other("Seal", "it is too long to seal"))?;
        let message =
            SealedCheckpoint { key_id: self.key.id.to_vec(), nonce: nonce.to_vec(), sealed };
        let mut frame = Vec::new();
        // What is encrypted has no pattern that would make it shorter.
        let mut policy = CompressionPolicy::default();
        policy.codec = CodecChoice::None;
        let encoder = Encoder::builder(SealedCheckpoint::SCHEMA).policy(policy);
        encoder.limits(Limits::MAXIMUM).build()?.encode_message(&message, &mut frame)?;
        Ok(frame)
    }

    fn open(&self, name: Name<'_>, frame: &[u8]) -> Result<Vec<u8>, CheckpointError> {
        let mut decoder = Decoder::builder(Registry::new()).limits(Limits::MAXIMUM).build();
        let decoded = decoder.decode_message::<SealedCheckpoint>(frame);
        let decoded =
            decoded.map_err(|error| CheckpointError::of_message(name.thread, name.id, error))?;
        let SealedCheckpoint { key_id, nonce, sealed } = decoded.message;
        let mut keys = core::iter::once(&self.key).chain(&self.old_keys);
        let Some(key) = keys.find(|key| key.id == *key_id) else {
            let mut wanted = String::new();
            key_id.iter().for_each(|byte| wanted += &format!("{byte:02x}"));
            let message = format!(
                "checkpoint {} of thread {} is sealed with the key {wanted}, which was not given: give it as an old key",
                name.id, name.thread
            );
            return Err(CheckpointError::other("WrongKey", message));
        };
        let nonce: Result<[u8; 24], _> = nonce.try_into();
        let (aad, msg) = (&name.bytes()[..], &sealed[..]);
        let opened = nonce.ok().and_then(|nonce| {
            key.cipher().decrypt(&XNonce::from(nonce), Payload { msg, aad }).ok()
        });
        opened.ok_or_else(|| {
            let message = format!(
                "checkpoint {} of thread {} is whole and its seal is broken: somebody has changed or moved it",
                name.id, name.thread
            );
            CheckpointError::other("SealBroken", message)
        })
    }
}

/// What is authenticated beside a checkpoint, so that none stands in the place of another.
#[derive(Clone, Copy)]
struct Name<'a> {
    thread: &'a ThreadId,
    id: CheckpointId,
}

impl Name<'_> {
    fn bytes(&self) -> Vec<u8> {
        [&self.id.to_bytes()[..], self.thread.as_str().as_bytes()].concat()
    }
}

impl<T: CheckpointStore> CheckpointStore for Sealed<T> {
    fn open(&self) -> Result<(), CheckpointError> {
        self.store.open()
    }

    fn put(
        &self,
        thread: &ThreadId,
        id: CheckpointId,
        bytes: &[u8],
    ) -> Result<(), CheckpointError> {
        self.store.put(thread, id, &self.seal(Name { thread, id }, bytes)?)
    }

    fn get(&self, thread: &ThreadId, id: CheckpointId) -> Result<Option<Vec<u8>>, CheckpointError> {
        let found = self.store.get(thread, id)?;
        found.map(|frame| self.open(Name { thread, id }, &frame)).transpose()
    }

    fn ids(&self, thread: &ThreadId) -> Result<Vec<CheckpointId>, CheckpointError> {
        self.store.ids(thread)
    }

    fn threads(&self) -> Result<Vec<ThreadId>, CheckpointError> {
        self.store.threads()
    }

    fn remove(&self, thread: &ThreadId, ids: &[CheckpointId]) -> Result<(), CheckpointError> {
        self.store.remove(thread, ids)
    }
}
