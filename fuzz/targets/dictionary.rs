#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    strictframe_fuzz::properties::codec::dictionaries_serve_their_own(bytes);
});
