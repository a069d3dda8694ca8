fn inside(cr: f64, ci: f64, limit: u32) -> bool {
    let (mut zr, mut zi) = (0.0, 0.0);
    for _ in 0..limit {
        let (zr2, zi2) = (zr * zr, zi * zi);
        if zr2 + zi2 > 4.0 {
            return false;
        }
        zi = 2.0 * zr * zi + ci;
        zr = zr2 - zi2 + cr;
    }
    true
}

fn main() {
    let n = 600;
    let mut count = 0;
    for y in 0..n {
        let ci = 2.0 * f64::from(y) / f64::from(n) - 1.0;
        for x in 0..n {
            let cr = 2.0 * f64::from(x) / f64::from(n) - 1.5;
            count += u32::from(inside(cr, ci, 200));
        }
    }
    println!("{count}");
}
