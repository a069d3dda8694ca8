fn place(row: usize, n: usize, cols: &mut [bool], diag1: &mut [bool], diag2: &mut [bool]) -> u64 {
    if row == n {
        return 1;
    }
    let mut count = 0;
    for col in 0..n {
        let (a, b) = (row + col, row + n - 1 - col);
        if !cols[col] && !diag1[a] && !diag2[b] {
            (cols[col], diag1[a], diag2[b]) = (true, true, true);
            count += place(row + 1, n, cols, diag1, diag2);
            (cols[col], diag1[a], diag2[b]) = (false, false, false);
        }
    }
    count
}

fn main() {
    let n = 11;
    println!("{}", place(0, n, &mut vec![false; n], &mut vec![false; 2 * n], &mut vec![false; 2 * n]));
}
