//! Prints the Rust of a program in text form: `cargo run -p batuta-rust --example show < program.bir`.

use batuta_core::{Mir, Program, text::parse_program};
use batuta_rust::{EmitOptions, emit};

fn main() {
    let text = std::io::read_to_string(std::io::stdin()).expect("a readable program");
    let program: Program<Mir> = match parse_program(&text) {
        Ok(program) => program,
        Err(error) => return eprintln!("{error}"),
    };
    let project = emit(&program, &EmitOptions::default());
    for (path, text) in project.files.iter().filter(|(path, _)| path.ends_with(".rs")) {
        println!("// {path}\n{text}");
    }
    for problem in project.problems {
        eprintln!("problem: {problem}");
    }
}
