//! What a sink has made known, and so what it may be given.

use std::collections::BTreeSet;
use std::sync::{PoisonError, RwLock};

use super::definition::DefinitionId;
use super::error::TransportError;
use crate::framing::OutFrame;

/// The definitions that were announced through a sink.
#[derive(Debug, Default)]
pub(super) struct Announced(RwLock<BTreeSet<DefinitionId>>);

impl Announced {
    pub(super) fn add(&self, id: DefinitionId) {
        self.0.write().unwrap_or_else(PoisonError::into_inner).insert(id);
    }

    pub(super) fn contains(&self, id: DefinitionId) -> bool {
        self.0.read().unwrap_or_else(PoisonError::into_inner).contains(&id)
    }

    /// Refuses a frame that readers were not told how to read, or that is too long.
    pub(super) fn check(&self, frame: &OutFrame, longest: usize) -> Result<(), TransportError> {
        if frame.bytes().len() > longest {
            return Err(TransportError::too_large(frame.bytes().len(), longest));
        }
        let dictionary = frame.dictionary().map(DefinitionId::Dictionary);
        for id in [Some(DefinitionId::Schema(frame.key())), dictionary].into_iter().flatten() {
            if !self.contains(id) {
                let message = format!(
                    "{id} was not announced: announce it before the first frame that needs it"
                );
                return Err(TransportError::permanent("Unannounced", message));
            }
        }
        Ok(())
    }
}
