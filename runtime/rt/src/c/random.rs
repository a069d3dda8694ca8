//! `rand` as glibc computes it: an additive feedback generator of degree 31.

use std::cell::{Cell, RefCell};

use super::pointer::Ptr;

struct Generator {
    table: [i32; 31],
    front: usize,
    rear: usize,
    ready: bool,
}

thread_local! {
    static STATE: RefCell<Generator> =
        const { RefCell::new(Generator { table: [0; 31], front: 3, rear: 0, ready: false }) };
}

impl Generator {
    fn seed(&mut self, seed: u32) {
        let mut word = if seed == 0 { 1 } else { seed as i32 };
        self.table[0] = word;
        for slot in &mut self.table[1..] {
            let (high, low) = (word / 127_773, word % 127_773);
            word = 16_807i32.wrapping_mul(low).wrapping_sub(2836i32.wrapping_mul(high));
            if word < 0 {
                word = word.wrapping_add(i32::MAX);
            }
            *slot = word;
        }
        (self.front, self.rear, self.ready) = (3, 0, true);
        for _ in 0..310 {
            self.next();
        }
    }

    fn next(&mut self) -> i32 {
        if !self.ready {
            self.seed(1);
        }
        let sum = (self.table[self.front] as u32).wrapping_add(self.table[self.rear] as u32);
        self.table[self.front] = sum as i32;
        self.front = (self.front + 1) % 31;
        self.rear = (self.rear + 1) % 31;
        (sum >> 1) as i32
    }
}

/// `rand`
pub fn rand() -> i32 {
    STATE.with_borrow_mut(Generator::next)
}
/// `srand`
pub fn srand(seed: u32) {
    STATE.with_borrow_mut(|state| state.seed(seed));
}
/// `random`
pub fn random() -> i64 {
    i64::from(rand())
}
/// `srandom`
pub fn srandom(seed: u32) {
    srand(seed);
}

/// `rand_r`
#[track_caller]
pub fn rand_r(seed: Ptr<u32>) -> i32 {
    let mut next = seed.load();
    let mut step = || {
        next = next.wrapping_mul(1_103_515_245).wrapping_add(12_345);
        next / 65_536
    };
    let mut result = step() % 2048;
    result = (result << 10) ^ (step() % 1024);
    result = (result << 10) ^ (step() % 1024);
    seed.store(next);
    result as i32
}

thread_local! {
    static STATE_48: Cell<u64> = const { Cell::new(0) };
}

/// The next state of the linear congruential generator of 48 bits.
fn next_48() -> u64 {
    let next = STATE_48.get().wrapping_mul(0x5_deec_e66d).wrapping_add(0xb) & 0xffff_ffff_ffff;
    STATE_48.set(next);
    next
}
/// `srand48`
pub fn srand48(seed: i64) {
    STATE_48.set(((seed as u64 & 0xffff_ffff) << 16) | 0x330e);
}
/// `drand48`
pub fn drand48() -> f64 {
    next_48() as f64 / (1u64 << 48) as f64
}
/// `lrand48`
pub fn lrand48() -> i64 {
    (next_48() >> 17) as i64
}
/// `mrand48`
pub fn mrand48() -> i64 {
    i64::from((next_48() >> 16) as i32)
}
