/// How many bytes of `text` are characters that `test` takes.
fn run(text: &str, test: impl Fn(char) -> bool) -> usize {
    text.find(|c| !test(c)).unwrap_or(text.len())
}

fn tokenize(mut rest: &str) -> Vec<(&'static str, String)> {
    let mut tokens = Vec::new();
    while let Some(c) = rest.chars().next() {
        let (kind, length) = match c {
            ' ' | '\n' => {
                rest = &rest[1..];
                continue;
            }
            _ if c.is_ascii_digit() => ("number", run(rest, |c| c.is_ascii_digit())),
            _ if c.is_alphabetic() || c == '_' => ("name", run(rest, |c| c.is_alphanumeric() || c == '_')),
            _ => ("sign", c.len_utf8()),
        };
        let (token, after) = rest.split_at(length);
        tokens.push((kind, token.to_owned()));
        rest = after;
    }
    tokens
}

fn common(a: &[u8], b: &[u8]) -> u32 {
    let mut rows = vec![vec![0; b.len() + 1]; a.len() + 1];
    for (i, x) in a.iter().enumerate() {
        let [above, row] = &mut rows[i..i + 2] else { unreachable!() };
        for (j, y) in b.iter().enumerate() {
            row[j + 1] = if x == y { above[j] + 1 } else { above[j + 1].max(row[j]) };
        }
    }
    rows[a.len()][b.len()]
}

fn main() {
    let tokens = tokenize(&"total_1 = (alpha + beta42) * 17 - gamma(delta, 3)\n".repeat(20000));
    let mut kinds: Vec<(&str, usize)> = Vec::new();
    for (kind, text) in &tokens {
        let length = text.chars().count();
        match kinds.iter_mut().find(|(known, _)| known == kind) {
            Some((_, sum)) => *sum += length,
            None => kinds.push((kind, length)),
        }
    }
    let shown: Vec<String> = kinds.iter().map(|(kind, sum)| format!("'{kind}': {sum}")).collect();
    println!("{} {{{}}}", tokens.len(), shown.join(", "));
    println!("{}", common("ACGTTGCAACTTGA".repeat(100).as_bytes(), "TGCATGCCGATTC".repeat(100).as_bytes()));
}
