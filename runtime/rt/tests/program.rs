//! A program in the compiler's style prints what CPython prints for its source.

use std::process::Command;

#[test]
fn a_whole_program_prints_what_cpython_prints() {
    let mut path = std::env::current_exe().expect("a test knows its own path");
    path.pop();
    path.pop();
    let output =
        Command::new(path.join("examples").join("program")).output().expect("cargo test builds examples");
    assert_eq!(String::from_utf8_lossy(&output.stderr), "");
    let wanted = include_str!("cpython/program.out");
    assert_eq!(String::from_utf8_lossy(&output.stdout), wanted);
}
