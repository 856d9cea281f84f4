#![no_main]
libfuzzer_sys::fuzz_target!(|data: &[u8]| edgeseal_fuzz::rsa_public_operation::run(data));
