//! Payloads held to the envelope's descriptor, before they are framed and after they were unframed.

use std::sync::{Arc, OnceLock};

use strictframe::{Schema as _, SchemaError};
use strictframe_schema::payload::{Layout, PayloadError, Scratch};

use crate::messages::v1::DashStreamMessage;

/// Holds payloads to the descriptor. Once its memory has grown it allocates nothing.
#[derive(Debug)]
pub(crate) struct PayloadCheck {
    layout: Arc<Layout>,
    scratch: Scratch,
}

impl PayloadCheck {
    /// The layout is compiled once in a process.
    pub(crate) fn new() -> Result<Self, SchemaError> {
        static LAYOUT: OnceLock<Result<Arc<Layout>, SchemaError>> = OnceLock::new();
        let compile = || Layout::new(&DashStreamMessage::SCHEMA.descriptor()?).map(Arc::new);
        let layout = LAYOUT.get_or_init(compile).clone()?;
        Ok(Self { layout, scratch: Scratch::default() })
    }

    /// Refuses what protobuf lets readers guess, and in a payload of this very version also fields that the version does not have.
    pub(crate) fn check(&mut self, payload: &[u8], is_exact: bool) -> Result<(), PayloadError> {
        let checked = self.layout.check(payload, &mut self.scratch)?;
        if is_exact { checked.exact() } else { Ok(()) }
    }
}
