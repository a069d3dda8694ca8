fn distance(a: &str, b: &str) -> usize {
    let mut previous: Vec<usize> = (0..=b.chars().count()).collect();
    let mut current = previous.clone();
    for (i, ca) in a.chars().enumerate() {
        current[0] = i + 1;
        for (j, cb) in b.chars().enumerate() {
            let cost = usize::from(ca != cb);
            current[j + 1] = (previous[j + 1] + 1).min(current[j] + 1).min(previous[j] + cost);
        }
        std::mem::swap(&mut previous, &mut current);
    }
    previous[previous.len() - 1]
}

fn main() {
    let mut words = Vec::new();
    let mut seed: u64 = 7;
    for _ in 0..120 {
        let mut word = String::new();
        for _ in 0..30 {
            seed = (seed * 1_103_515_245 + 12345) % 2_147_483_648;
            word.push(char::from(b'a' + (seed / 65536 % 8) as u8));
        }
        words.push(word);
    }
    let mut total = 0;
    for a in &words {
        for b in &words {
            total += distance(a, b);
        }
    }
    println!("{total}");
}
