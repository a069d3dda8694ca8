struct Tree {
    left: Option<Box<Tree>>,
    right: Option<Box<Tree>>,
}

fn make(depth: u32) -> Box<Tree> {
    Box::new(match depth {
        0 => Tree { left: None, right: None },
        _ => Tree { left: Some(make(depth - 1)), right: Some(make(depth - 1)) },
    })
}

fn check(tree: &Tree) -> u32 {
    match (&tree.left, &tree.right) {
        (Some(left), Some(right)) => 1 + check(left) + check(right),
        _ => 1,
    }
}

fn main() {
    let max_depth = 16;
    println!("stretch tree of depth {}\t check: {}", max_depth + 1, check(&make(max_depth + 1)));
    let long_lived = make(max_depth);
    for depth in (4..=max_depth).step_by(4) {
        let iterations = 2_u32.pow(max_depth - depth + 4);
        let total: u32 = (0..iterations).map(|_| check(&make(depth))).sum();
        println!("{iterations}\t trees of depth {depth}\t check: {total}");
    }
    println!("long lived tree of depth {max_depth}\t check: {}", check(&long_lived));
}
