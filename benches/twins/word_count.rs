use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};

/// A multiply-and-rotate hasher: the keys are trusted.
#[derive(Default)]
struct Fast(u64);

impl Hasher for Fast {
    fn write(&mut self, bytes: &[u8]) {
        for chunk in bytes.chunks(8) {
            let mut word = [0; 8];
            word[..chunk.len()].copy_from_slice(chunk);
            self.0 = (self.0.rotate_left(5) ^ u64::from_le_bytes(word)).wrapping_mul(0x517c_c1b7_2722_0a95);
        }
    }

    fn finish(&self) -> u64 {
        self.0
    }
}

fn make_text(lines: usize) -> Vec<String> {
    let words = ["alpha", "beta", "gamma", "delta", "epsilon", "zeta", "eta", "theta", "iota", "kappa"];
    let mut seed: u64 = 42;
    let mut out = Vec::with_capacity(lines);
    for _ in 0..lines {
        let mut line = String::new();
        for at in 0..12 {
            seed = (seed * 1_103_515_245 + 12345) % 2_147_483_648;
            if at > 0 {
                line.push(' ');
            }
            line.push_str(words[(seed % 10) as usize]);
            line.push_str(&(seed / 7 % 500).to_string());
        }
        out.push(line);
    }
    out
}

type Counts = HashMap<String, u64, BuildHasherDefault<Fast>>;

fn count(lines: &[String]) -> Counts {
    let mut counts = Counts::default();
    for line in lines {
        for word in line.split_whitespace() {
            *counts.entry(word.to_lowercase()).or_insert(0) += 1;
        }
    }
    counts
}

fn main() {
    let lines = make_text(40_000);
    let mut total = 0;
    let mut counts = Counts::default();
    for _ in 0..5 {
        counts = count(&lines);
        total += counts.len();
    }
    let mut best: Vec<(&String, &u64)> = counts.iter().collect();
    best.sort_by(|a, b| b.1.cmp(a.1).then_with(|| a.0.cmp(b.0)));
    println!("{total}");
    for (word, n) in &best[..5] {
        println!("{word} {n}");
    }
}
