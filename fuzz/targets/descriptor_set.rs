#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| strictframe_fuzz::properties::schema::descriptor_set_is_judged(bytes));
