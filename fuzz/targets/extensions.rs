#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    strictframe_fuzz::properties::parts::extensions_have_one_encoding(bytes);
});
