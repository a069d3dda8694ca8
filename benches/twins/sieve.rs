fn primes(limit: usize) -> Vec<usize> {
    let mut sieve = vec![true; limit + 1];
    sieve[0] = false;
    sieve[1] = false;
    let mut i = 2;
    while i * i <= limit {
        if sieve[i] {
            for j in (i * i..=limit).step_by(i) {
                sieve[j] = false;
            }
        }
        i += 1;
    }
    sieve.iter().enumerate().filter(|(_, is_prime)| **is_prime).map(|(n, _)| n).collect()
}

fn main() {
    let mut total = 0;
    for _ in 0..5 {
        let found = primes(5_000_000);
        total += found.len() + found[found.len() - 1];
    }
    println!("{total}");
}
