#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    strictframe_fuzz::properties::boundary::answers_as_the_crates_do(bytes);
});
