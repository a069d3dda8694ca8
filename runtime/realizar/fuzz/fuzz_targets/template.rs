//! Any text as a chat template.
#![no_main]

use realizar::{Message, Template};

libfuzzer_sys::fuzz_target!(|source: &str| {
    let template = Template::new(source, "<s>", "</s>");
    let _ = template.render(&[Message::new("user", "hello")], true);
});
