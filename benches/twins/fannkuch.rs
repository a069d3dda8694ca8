fn fannkuch(n: usize) -> (i64, i64) {
    let mut p: Vec<usize> = (0..n).collect();
    let mut q = vec![0; n];
    let mut s: Vec<usize> = (0..n).collect();
    let (mut sign, mut max_flips, mut checksum) = (1_i64, 0, 0);
    loop {
        let mut q0 = p[0];
        if q0 != 0 {
            q[1..].copy_from_slice(&p[1..]);
            let mut flips = 1;
            loop {
                let qq = q[q0];
                if qq == 0 {
                    max_flips = max_flips.max(flips);
                    checksum += sign * flips;
                    break;
                }
                q[q0] = q0;
                if q0 >= 3 {
                    let (mut i, mut j) = (1, q0 - 1);
                    while i < j {
                        q.swap(i, j);
                        i += 1;
                        j -= 1;
                    }
                }
                q0 = qq;
                flips += 1;
            }
        }
        if sign == 1 {
            p.swap(0, 1);
            sign = -1;
        } else {
            p.swap(1, 2);
            sign = 1;
            for i in 2..n {
                if s[i] != 0 {
                    s[i] -= 1;
                    break;
                }
                if i == n - 1 {
                    return (checksum, max_flips);
                }
                s[i] = i;
                p[..=i + 1].rotate_left(1);
            }
        }
    }
}

fn main() {
    let (checksum, flips) = fannkuch(10);
    println!("{checksum}");
    println!("Pfannkuchen(10) = {flips}");
}
