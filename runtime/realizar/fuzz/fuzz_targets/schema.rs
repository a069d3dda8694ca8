//! A JSON schema, a zero byte, and output that it is to accept or refuse.
#![no_main]

use realizar::constrain::Constraint;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let mut parts = bytes.splitn(2, |byte| *byte == 0);
    let (Some(schema), Some(output)) = (parts.next(), parts.next()) else { return };
    let Ok(schema) = serde_json::from_slice(schema) else { return };
    if let Ok(mut constraint) = Constraint::from_schema(&schema) {
        for byte in output.chunks(1) {
            if !constraint.accepts(byte) {
                break;
            }
            constraint.advance(byte);
        }
        let _ = (constraint.is_complete(), constraint.is_finished());
    }
});
