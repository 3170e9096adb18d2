//! The judgement of frames one after another, each schema key once (SPEC section 4).

use std::collections::BTreeMap;

use strictframe_core::control::Schema;
use strictframe_core::{ErrorKind, Outcome, SchemaKey, SchemaPolicy};

use crate::registry::Registry;

/// What frames are judged by, and what became of the last one.
#[derive(Debug)]
pub(crate) struct Judge {
    registry: Registry,
    policy: SchemaPolicy,
    /// What became of each schema that a stream brought. Their number has passed the stream's limit.
    carried: BTreeMap<SchemaKey, Result<Outcome, ErrorKind>>,
    /// Frames mostly have the key of the frame before. Judgement is a pure function, so that costs one comparison.
    last: Option<(u128, Outcome)>,
}

impl Judge {
    pub(crate) const fn new(registry: Registry, policy: SchemaPolicy) -> Self {
        Self { registry, policy, carried: BTreeMap::new(), last: None }
    }

    pub(crate) const fn registry(&self) -> &Registry {
        &self.registry
    }

    pub(crate) const fn policy(&self) -> SchemaPolicy {
        self.policy
    }

    /// Judges a schema that the stream brings, once.
    pub(crate) fn take_in(&mut self, schema: &Schema<'_>) {
        let Self { registry, policy, carried, last } = self;
        // SPEC [JDG-5]: by what the descriptor says, and not by what its writer says of it.
        carried.entry(schema.key()).or_insert_with(|| registry.judge_carried(schema, *policy));
        // What was said of its key without it no longer counts.
        *last = None;
    }

    /// The judgement of a frame's key.
    #[inline]
    pub(crate) fn outcome(&mut self, key: &SchemaKey) -> Result<Outcome, ErrorKind> {
        let bytes = u128::from_ne_bytes(key.to_bytes());
        match self.last {
            Some((last, outcome)) if last == bytes => Ok(outcome),
            _ => self.outcome_of_another(key),
        }
    }

    #[inline(never)]
    fn outcome_of_another(&mut self, key: &SchemaKey) -> Result<Outcome, ErrorKind> {
        let outcome = match self.carried.get(key) {
            Some(outcome) => *outcome,
            None => self.registry.judge(key, self.policy),
        }?;
        self.last = Some((u128::from_ne_bytes(key.to_bytes()), outcome));
        Ok(outcome)
    }
}
