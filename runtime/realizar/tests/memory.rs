//! A file that lies about its sizes does not make anybody reserve memory for them. Alone in its file, since it
//! looks at the whole process.
#![cfg(target_os = "linux")]

mod common;
#[path = "common/exercise.rs"]
mod exercise;

use common::small_model;
use exercise::exercise;

/// Bytes of address space that this process has had at most, touched or not.
fn peak() -> usize {
    let status = std::fs::read_to_string("/proc/self/status").expect("procfs");
    let line = status.lines().find_map(|line| line.strip_prefix("VmPeak:")).expect("a peak");
    line.trim().trim_end_matches(" kB").parse::<usize>().expect("a number") << 10
}

#[test]
fn lies_about_sizes_reserve_nothing() {
    let valid = small_model();
    assert_eq!(exercise(&valid, true).expect("valid"), 16);
    let before = peak();
    let lies = [0x7fff_ffff, 1 << 40, u64::MAX];
    // The header, where all sizes are; data would only be other numbers.
    for at in 0..2200 {
        for lie in lies {
            for width in [4, 8] {
                let mut bytes = valid.clone();
                bytes[at..at + width].copy_from_slice(&lie.to_le_bytes()[..width]);
                // An error, or a value that does not matter.
                let _ = exercise(&bytes, true);
            }
        }
    }
    let grown = peak() - before;
    assert!(grown < 4 << 20, "{grown} bytes more than for the honest file");
}
