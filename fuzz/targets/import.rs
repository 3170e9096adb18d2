#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    strictframe_fuzz::properties::files::old_checkpoint_is_imported_or_refused(bytes);
});
