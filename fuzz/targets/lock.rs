#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    strictframe_fuzz::properties::files::lock_is_judged(bytes);
});
