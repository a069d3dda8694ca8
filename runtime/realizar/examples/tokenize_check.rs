//! Compares token ids with a vocabulary's `.inp` and `.out` files:
//! `cargo run --example tokenize_check -- FILE.gguf...`; fails when one differs.

use std::path::Path;
use std::process::ExitCode;

use realizar::file::gguf::Gguf;
use realizar::tokenize::Tokenizer;

fn check(path: &str) -> Result<(usize, usize), Box<dyn std::error::Error>> {
    let file = Gguf::open(Path::new(path))?;
    let tokenizer = Tokenizer::from_gguf(&file)?;
    let inputs = std::fs::read_to_string(format!("{path}.inp"))?;
    let outputs = std::fs::read_to_string(format!("{path}.out"))?;
    let (mut wrong, mut total) = (0, 0);
    for (text, line) in inputs.split("\n__ggml_vocab_test__\n").zip(outputs.lines()) {
        let expected: Vec<u32> = line.split_whitespace().map(str::parse).collect::<Result<_, _>>()?;
        let found = tokenizer.encode(text, false, false);
        total += 1;
        if found != expected {
            wrong += 1;
            println!("  {text:?}\n    expected {expected:?}\n    found    {found:?}");
        }
    }
    Ok((wrong, total))
}

fn main() -> ExitCode {
    let mut failed = false;
    for path in std::env::args().skip(1) {
        match check(&path) {
            Ok((wrong, total)) => {
                println!("{path}: {} of {total} equal", total - wrong);
                failed |= wrong > 0 || total == 0;
            }
            Err(e) => {
                println!("{path}: {e}");
                failed = true;
            }
        }
    }
    if failed { ExitCode::FAILURE } else { ExitCode::SUCCESS }
}
