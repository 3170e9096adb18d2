//! One decoder of Zstandard, behind the same calls whichever it is: `cargo xtask decoders` compares them.

use wasm_bindgen::prelude::wasm_bindgen;

#[cfg(feature = "libzstd")]
#[path = "libzstd.rs"]
mod decoder;
#[cfg(feature = "ruzstd")]
#[path = "ruzstd.rs"]
mod decoder;
#[cfg(feature = "zrip")]
#[path = "zrip.rs"]
mod decoder;

/// Decodes frames of Zstandard, plain or with one dictionary.
#[wasm_bindgen]
pub struct Decoder {
    input: Vec<u8>,
    output: Vec<u8>,
    plain: decoder::Context,
    prepared: Option<decoder::Context>,
}

#[wasm_bindgen]
impl Decoder {
    /// With room for so many bytes of input and of output.
    #[wasm_bindgen(constructor)]
    pub fn new(input: u32, output: u32) -> Self {
        let room = |len: u32| vec![0; usize::try_from(len).unwrap_or_default()];
        let plain = decoder::Context::new();
        Self { input: room(input), output: room(output), plain, prepared: None }
    }

    /// Where the input lies.
    pub fn input(&self) -> u32 {
        u32::try_from(self.input.as_ptr().addr()).unwrap_or_default()
    }

    /// Where the output lies.
    pub fn output(&self) -> u32 {
        u32::try_from(self.output.as_ptr().addr()).unwrap_or_default()
    }

    /// Decodes with the dictionary that the first `len` bytes of input are; 0 where it cannot be used.
    pub fn prepare(&mut self, len: u32) -> u32 {
        let len = usize::try_from(len).unwrap_or_default();
        self.prepared = self.input.get(..len).and_then(decoder::Context::with);
        u32::from(self.prepared.is_some())
    }

    /// Decodes the first `len` bytes of input to exactly `raw_len` bytes of output; 0 where that is not what they are.
    pub fn decode(&mut self, len: u32, raw_len: u32, has_dictionary: bool) -> u32 {
        let [len, raw_len] = [len, raw_len].map(|len| usize::try_from(len).unwrap_or_default());
        let context = match has_dictionary {
            true => self.prepared.as_mut(),
            false => Some(&mut self.plain),
        };
        let decoded = match (context, self.input.get(..len), self.output.get_mut(..raw_len)) {
            (Some(context), Some(input), Some(output)) => context.decode(input, output),
            _ => None,
        };
        u32::from(decoded == Some(raw_len))
    }
}
