#![no_main]
//! Filter text: any input is a filter or an error.

use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let _ = text.parse::<trueno_db::Filter>();
});
