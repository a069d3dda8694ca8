//! Any bytes as a safetensors file.
#![no_main]

use realizar::file::safetensors::SafeTensors;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    if let Ok(file) = SafeTensors::from_bytes(bytes) {
        for tensor in file.tensors().filter(|tensor| tensor.len() <= 1 << 16) {
            let _ = tensor.to_f32();
        }
    }
});
