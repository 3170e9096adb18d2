#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| strictframe_fuzz::target::of_told_streams(bytes));
