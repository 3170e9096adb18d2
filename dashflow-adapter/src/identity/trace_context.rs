//! W3C trace context: 25 bytes in a frame, the text of `traceparent` in a header.

use core::fmt;

/// A trace, the span in it, and its flags. Neither id is zero.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub struct TraceContext {
    trace_id: [u8; 16],
    parent_id: [u8; 8],
    flags: u8,
}

impl TraceContext {
    /// The length of its bytes in a frame.
    pub const LEN: usize = 25;

    /// The context of that trace and span.
    ///
    /// # Errors
    /// [`TraceContextError::Zero`] when an id is zero, which stands for no trace or span.
    pub fn new(
        trace_id: [u8; 16],
        parent_id: [u8; 8],
        flags: u8,
    ) -> Result<Self, TraceContextError> {
        if trace_id == [0; 16] || parent_id == [0; 8] {
            return Err(TraceContextError::Zero);
        }
        Ok(Self { trace_id, parent_id, flags })
    }

    /// The context that a `traceparent` header names.
    ///
    /// # Errors
    /// [`TraceContextError`] for a text that is none of version 00.
    pub fn parse(traceparent: &str) -> Result<Self, TraceContextError> {
        let mut parts = traceparent.split('-');
        let mut part = || parts.next().ok_or(TraceContextError::Form);
        let (version, trace_id, parent_id, flags) = (part()?, part()?, part()?, part()?);
        if version != "00" || parts.next().is_some() {
            return Err(TraceContextError::Form);
        }
        let [flags] = bytes(flags)?;
        Self::new(bytes(trace_id)?, bytes(parent_id)?, flags)
    }

    /// The context that these bytes of a frame hold: trace id, parent id, flags.
    ///
    /// # Errors
    /// [`TraceContextError::Form`] for another length, [`TraceContextError::Zero`].
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, TraceContextError> {
        let (trace_id, rest) = bytes.split_first_chunk().ok_or(TraceContextError::Form)?;
        let (parent_id, rest) = rest.split_first_chunk().ok_or(TraceContextError::Form)?;
        let [flags] = rest else { return Err(TraceContextError::Form) };
        Self::new(*trace_id, *parent_id, *flags)
    }

    /// The bytes as they stand in a frame.
    #[must_use]
    pub fn to_bytes(&self) -> [u8; Self::LEN] {
        let mut bytes = [self.flags; Self::LEN];
        let ids = self.trace_id.iter().chain(&self.parent_id);
        bytes.iter_mut().zip(ids).for_each(|(place, byte)| *place = *byte);
        bytes
    }

    /// The trace.
    #[must_use]
    pub const fn trace_id(&self) -> [u8; 16] {
        self.trace_id
    }

    /// The span.
    #[must_use]
    pub const fn parent_id(&self) -> [u8; 8] {
        self.parent_id
    }

    /// The flags; bit 0 says that the trace is sampled.
    #[must_use]
    pub const fn flags(&self) -> u8 {
        self.flags
    }
}

impl fmt::Display for TraceContext {
    /// The text of a `traceparent` header.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let trace_id = u128::from_be_bytes(self.trace_id);
        let parent_id = u64::from_be_bytes(self.parent_id);
        write!(f, "00-{trace_id:032x}-{parent_id:016x}-{:02x}", self.flags)
    }
}

/// Why something is no trace context.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum TraceContextError {
    /// Not of the form of version 00.
    Form,
    /// The trace id or the parent id is zero.
    Zero,
}

impl fmt::Display for TraceContextError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Form => {
                "not a traceparent of version 00: 00-TRACE_ID-PARENT_ID-FLAGS in lower-case hex"
            }
            Self::Zero => "a trace context whose trace id or parent id is zero",
        })
    }
}

impl core::error::Error for TraceContextError {}

fn bytes<const N: usize>(text: &str) -> Result<[u8; N], TraceContextError> {
    let digit = |byte: u8| match byte {
        b'0'..=b'9' => Ok(byte - b'0'),
        b'a'..=b'f' => Ok(byte - b'a' + 10),
        _ => Err(TraceContextError::Form),
    };
    let (pairs, rest) = text.as_bytes().as_chunks::<2>();
    if pairs.len() != N || !rest.is_empty() {
        return Err(TraceContextError::Form);
    }
    let mut bytes = [0; N];
    for (place, [high, low]) in bytes.iter_mut().zip(pairs) {
        *place = (digit(*high)? << 4) | digit(*low)?;
    }
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

    #[test]
    fn a_traceparent_survives_the_frame_and_the_header() {
        let context = TraceContext::parse(TEXT).unwrap();
        assert_eq!(context.to_string(), TEXT);
        assert_eq!(TraceContext::from_bytes(&context.to_bytes()), Ok(context));
        assert_eq!(
            (context.trace_id()[0], context.parent_id()[7], context.flags()),
            (0x0a, 0x31, 1)
        );
    }

    #[test]
    fn what_is_no_traceparent_is_refused() {
        for (text, error) in [
            ("", TraceContextError::Form),
            ("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331", TraceContextError::Form),
            ("01-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", TraceContextError::Form),
            ("00-0AF7651916CD43DD8448EB211C80319C-b7ad6b7169203331-01", TraceContextError::Form),
            ("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-x", TraceContextError::Form),
            ("00-0af7651916cd43dd8448eb211c80319-b7ad6b7169203331-01", TraceContextError::Form),
            ("00-00000000000000000000000000000000-b7ad6b7169203331-01", TraceContextError::Zero),
            ("00-0af7651916cd43dd8448eb211c80319c-0000000000000000-01", TraceContextError::Zero),
        ] {
            assert_eq!(TraceContext::parse(text), Err(error), "{text}");
        }
        assert_eq!(TraceContext::from_bytes(&[1; 24]), Err(TraceContextError::Form));
        assert_eq!(TraceContext::from_bytes(&[1; 26]), Err(TraceContextError::Form));
    }
}
