//! Payloads held to the envelope's descriptor, before they are framed and after they were unframed.

use std::sync::{Arc, OnceLock};

use strictframe::{Schema as _, SchemaError};
use strictframe_schema::payload::{JsonError, Layout, PayloadError, Scratch};

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

    /// Appends a payload as JSON.
    pub(crate) fn write_json(
        &mut self,
        payload: &[u8],
        out: &mut String,
    ) -> Result<(), PayloadError> {
        self.layout.to_json(payload, &mut self.scratch, out).map(drop)
    }

    /// Appends the payload that a JSON text says.
    pub(crate) fn read_json(&mut self, json: &[u8], out: &mut Vec<u8>) -> Result<(), JsonError> {
        self.layout.from_json(json, &mut self.scratch, out)
    }
}
