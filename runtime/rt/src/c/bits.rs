//! `__builtin_popcount` and its like.

macro_rules! counts {
    ($($popcount:ident $clz:ident $ctz:ident $parity:ident $ty:ty;)*) => {$(
        /// Number of set bits.
        pub fn $popcount(n: $ty) -> i32 {
            n.count_ones() as i32
        }
        /// Number of zero bits above the highest set one.
        #[track_caller]
        pub fn $clz(n: $ty) -> i32 {
            assert!(n != 0, "clz of zero");
            n.leading_zeros() as i32
        }
        /// Number of zero bits below the lowest set one.
        #[track_caller]
        pub fn $ctz(n: $ty) -> i32 {
            assert!(n != 0, "ctz of zero");
            n.trailing_zeros() as i32
        }
        /// Whether the number of set bits is odd.
        pub fn $parity(n: $ty) -> i32 {
            (n.count_ones() & 1) as i32
        }
    )*};
}
counts! {
    popcount clz ctz parity u32;
    popcountl clzl ctzl parityl u64;
    popcountll clzll ctzll parityll u64;
}

/// One-based position of the lowest set bit.
pub fn ffs(n: i32) -> i32 {
    if n == 0 { 0 } else { n.trailing_zeros() as i32 + 1 }
}
/// One-based position of the lowest set bit.
pub fn ffsl(n: i64) -> i32 {
    if n == 0 { 0 } else { n.trailing_zeros() as i32 + 1 }
}
/// One-based position of the lowest set bit.
pub fn ffsll(n: i64) -> i32 {
    ffsl(n)
}
/// Number of bits below the sign that equal it.
pub fn clrsb(n: i32) -> i32 {
    (if n < 0 { (!n).leading_zeros() } else { n.leading_zeros() }) as i32 - 1
}
/// `__builtin_clrsbl`
pub fn clrsbl(n: i64) -> i32 {
    (n ^ (n >> 63)).leading_zeros() as i32 - 1
}
/// `__builtin_clrsbll`
pub fn clrsbll(n: i64) -> i32 {
    clrsbl(n)
}
/// Bytes in the other order.
pub fn bswap16(n: u16) -> u16 {
    n.swap_bytes()
}
/// Bytes in the other order.
pub fn bswap32(n: u32) -> u32 {
    n.swap_bytes()
}
/// Bytes in the other order.
pub fn bswap64(n: u64) -> u64 {
    n.swap_bytes()
}
