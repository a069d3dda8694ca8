//! A valid model in which eight bytes here and there were replaced: gets behind the first checks.
#![no_main]

#[path = "../../tests/common/mod.rs"]
mod common;
#[path = "../../tests/common/exercise.rs"]
mod exercise;

libfuzzer_sys::fuzz_target!(|patches: &[u8]| {
    let mut bytes = common::small_model();
    for patch in patches.chunks_exact(10) {
        let at = usize::from(u16::from_le_bytes([patch[0], patch[1]])) % (bytes.len() - 8);
        bytes[at..at + 8].copy_from_slice(&patch[2..]);
    }
    let _ = exercise::exercise(&bytes, true);
});
