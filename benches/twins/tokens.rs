use std::fmt;

#[derive(Clone, Copy)]
enum Kind {
    Name,
    Sign,
    Number,
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Kind::Name => "'name'",
            Kind::Sign => "'sign'",
            Kind::Number => "'number'",
        })
    }
}

/// How many bytes of `text` are characters that `test` takes.
fn run(text: &str, test: impl Fn(char) -> bool) -> usize {
    text.find(|c| !test(c)).unwrap_or(text.len())
}

fn tokenize(mut rest: &str) -> Vec<(Kind, String)> {
    let mut tokens = Vec::new();
    while let Some(c) = rest.chars().next() {
        let (kind, length) = match c {
            ' ' | '\n' => {
                rest = &rest[1..];
                continue;
            }
            _ if c.is_ascii_digit() => (Kind::Number, run(rest, |c| c.is_ascii_digit())),
            _ if c.is_alphabetic() || c == '_' => (Kind::Name, run(rest, |c| c.is_alphanumeric() || c == '_')),
            _ => (Kind::Sign, c.len_utf8()),
        };
        let (token, after) = rest.split_at(length);
        tokens.push((kind, token.to_owned()));
        rest = after;
    }
    tokens
}

fn common(a: &[u8], b: &[u8]) -> usize {
    let mut above = vec![0; b.len() + 1];
    let mut row = above.clone();
    for x in a {
        for (j, y) in b.iter().enumerate() {
            row[j + 1] = if x == y { above[j] + 1 } else { above[j + 1].max(row[j]) };
        }
        std::mem::swap(&mut above, &mut row);
    }
    above[b.len()]
}

fn main() {
    let tokens = tokenize(&"total_1 = (alpha + beta42) * 17 - gamma(delta, 3)\n".repeat(20000));
    let mut kinds = [0; 3];
    for (kind, text) in &tokens {
        kinds[*kind as usize] += text.chars().count();
    }
    let shown = [Kind::Name, Kind::Sign, Kind::Number].map(|kind| format!("{kind}: {}", kinds[kind as usize]));
    println!("{} {{{}}}", tokens.len(), shown.join(", "));
    println!("{}", common("ACGTTGCAACTTGA".repeat(100).as_bytes(), "TGCATGCCGATTC".repeat(100).as_bytes()));
}
