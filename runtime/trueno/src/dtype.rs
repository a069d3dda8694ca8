//! Element types: what can be stored, what can be computed with, and how NumPy 2 combines them.

use std::fmt;

pub use num_complex::{Complex32 as Complex64, Complex64 as Complex128};

/// Name of an element type, as NumPy spells it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum DType {
    /// `bool`
    Bool,
    /// `int8`
    I8,
    /// `int16`
    I16,
    /// `int32`
    I32,
    /// `int64`
    I64,
    /// `uint8`
    U8,
    /// `uint16`
    U16,
    /// `uint32`
    U32,
    /// `uint64`
    U64,
    /// `float32`
    F32,
    /// `float64`
    F64,
    /// `complex64`: two f32
    C64,
    /// `complex128`: two f64
    C128,
}

/// Kind of an element type: `bool < integer < float < complex`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// Truth values.
    Bool,
    /// Integers of either sign.
    Integer,
    /// Binary floats.
    Float,
    /// Pairs of floats.
    Complex,
}

impl DType {
    /// Every element type, narrow to wide.
    pub const ALL: [DType; 13] = [
        DType::Bool,
        DType::I8,
        DType::I16,
        DType::I32,
        DType::I64,
        DType::U8,
        DType::U16,
        DType::U32,
        DType::U64,
        DType::F32,
        DType::F64,
        DType::C64,
        DType::C128,
    ];

    /// NumPy's name: `float64`.
    pub fn name(self) -> &'static str {
        match self {
            DType::Bool => "bool",
            DType::I8 => "int8",
            DType::I16 => "int16",
            DType::I32 => "int32",
            DType::I64 => "int64",
            DType::U8 => "uint8",
            DType::U16 => "uint16",
            DType::U32 => "uint32",
            DType::U64 => "uint64",
            DType::F32 => "float32",
            DType::F64 => "float64",
            DType::C64 => "complex64",
            DType::C128 => "complex128",
        }
    }

    /// The type with this NumPy name.
    pub fn from_name(name: &str) -> Option<DType> {
        DType::ALL.into_iter().find(|dtype| dtype.name() == name)
    }

    /// Bytes of one element.
    pub fn size(self) -> usize {
        match self {
            DType::Bool | DType::I8 | DType::U8 => 1,
            DType::I16 | DType::U16 => 2,
            DType::I32 | DType::U32 | DType::F32 => 4,
            DType::I64 | DType::U64 | DType::F64 | DType::C64 => 8,
            DType::C128 => 16,
        }
    }

    /// Whether it is bool, integer, float or complex.
    pub fn kind(self) -> Kind {
        match self {
            DType::Bool => Kind::Bool,
            DType::F32 | DType::F64 => Kind::Float,
            DType::C64 | DType::C128 => Kind::Complex,
            _ => Kind::Integer,
        }
    }

    /// Whether it is a signed integer.
    pub fn is_signed_integer(self) -> bool {
        matches!(self, DType::I8 | DType::I16 | DType::I32 | DType::I64)
    }

    /// NumPy 2's `result_type` of two arrays: the narrowest type that holds both.
    pub fn promote(self, other: DType) -> DType {
        let (low, high) = if self.kind() <= other.kind() { (self, other) } else { (other, self) };
        if low.kind() == high.kind() {
            return same_kind(low, high);
        }
        match (low.kind(), high.kind()) {
            (Kind::Bool, _) => high,
            (Kind::Integer, Kind::Float) if low.size() <= 2 => high,
            (Kind::Integer, Kind::Float) => DType::F64,
            (Kind::Integer, _) if low.size() <= 2 => high,
            (Kind::Integer, _) => DType::C128,
            _ if low == DType::F64 => DType::C128,
            _ => high,
        }
    }

    /// NumPy 2's type of array (+) Python number: the array's, unless the number is of a higher kind.
    pub fn promote_weak(self, number: Kind) -> DType {
        match (self.kind(), number) {
            (mine, other) if other <= mine => self,
            (_, Kind::Integer) => DType::I64,
            (_, Kind::Float) => DType::F64,
            (Kind::Float, _) if self == DType::F32 => DType::C64,
            _ => DType::C128,
        }
    }

    /// Type of true division `/` and of `mean`: floats stay, the others become `float64`.
    pub fn true_divide(self) -> DType {
        if self.kind() <= Kind::Integer { DType::F64 } else { self }
    }

    /// Type of the float functions (`exp`, `sqrt`): the narrowest float that NumPy has a loop for
    /// (8-bit integers would be `float16`, which this crate does not have, and give `float32`).
    pub fn to_float(self) -> DType {
        match self {
            DType::Bool | DType::I8 | DType::U8 | DType::I16 | DType::U16 => DType::F32,
            _ => self.true_divide(),
        }
    }

    /// Type in which `sum`, `prod` and `cumsum` add up: integers widen to 64 bits.
    pub fn sum_type(self) -> DType {
        match self {
            DType::Bool | DType::I8 | DType::I16 | DType::I32 => DType::I64,
            DType::U8 | DType::U16 | DType::U32 => DType::U64,
            other => other,
        }
    }
}

fn same_kind(a: DType, b: DType) -> DType {
    if a.kind() != Kind::Integer || a.is_signed_integer() == b.is_signed_integer() {
        return if a.size() >= b.size() { a } else { b };
    }
    let (signed, unsigned) = if a.is_signed_integer() { (a, b) } else { (b, a) };
    match unsigned.size().max(signed.size() / 2) {
        _ if signed.size() > unsigned.size() => signed,
        1 => DType::I16,
        2 => DType::I32,
        4 => DType::I64,
        _ => DType::F64,
    }
}

impl fmt::Display for DType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

/// What an array can hold.
pub trait Element: Copy + Default + PartialEq + fmt::Debug + Send + Sync + 'static {
    /// Name of the type.
    const DTYPE: DType;
    /// What it is added up in: integers widen to 64 bits, floats stay.
    type Sum: Number;
    /// The value in its summation type.
    fn widen(self) -> Self::Sum;
    /// `true` unless zero: Python's `bool(x)`.
    fn truth(self) -> bool;
}

/// Elements with arithmetic. Integers wrap, as NumPy's do.
pub trait Number: Element {
    /// The number zero.
    const ZERO: Self;
    /// The number one.
    const ONE: Self;
    /// Sum; wraps.
    fn plus(self, other: Self) -> Self;
    /// Difference; wraps.
    fn minus(self, other: Self) -> Self;
    /// Product; wraps.
    fn times(self, other: Self) -> Self;
    /// Product without fused steps, where complex numbers would have one.
    #[inline(always)]
    fn times_plain(self, other: Self) -> Self {
        self.times(other)
    }
    /// `-self`; wraps.
    fn negative(self) -> Self;
    /// The number nearest to `value`.
    fn from_f64(value: f64) -> Self;
    /// The number as `f64`; a complex number gives its real part.
    fn to_f64(self) -> f64;
    /// Sum of a whole run of `len` elements `step` apart, in NumPy's order. `data[start]` is the first.
    fn run_sum(data: &[Self], start: usize, step: isize, len: usize) -> Self;
    /// What NumPy's `add.reduce` starts with: `-0.0` for floats, zero for the others.
    const SUM_START: Self;
}

/// Numbers with an order.
pub trait Real: Number + PartialOrd {
    /// Smallest value (`-inf` for floats).
    const LOWEST: Self;
    /// Largest value (`inf` for floats).
    const HIGHEST: Self;
    /// Whether it is NaN; never for integers.
    fn is_nan(self) -> bool;
    /// Absolute value; wraps.
    fn magnitude(self) -> Self;
    /// `-1`, `0`, `1` or NaN.
    fn sign(self) -> Self;
    /// Python's `//`: rounded down; integers give 0 for a divisor of 0.
    fn floor_divide(self, other: Self) -> Self;
    /// Python's `%`: sign of the divisor; integers give 0 for a divisor of 0.
    fn modulo(self, other: Self) -> Self;
    /// C's `fmod`/`%`: sign of the dividend.
    fn fmod(self, other: Self) -> Self;
    /// `self ** other`; integers wrap.
    fn power(self, other: Self) -> Self;
    /// The larger; NaN wins.
    #[inline(always)]
    fn maximum(self, other: Self) -> Self {
        if self >= other || self.is_nan() { self } else { other }
    }
    /// The smaller; NaN wins.
    #[inline(always)]
    fn minimum(self, other: Self) -> Self {
        if self <= other || self.is_nan() { self } else { other }
    }
    /// Total order that NumPy sorts by: NaN last.
    #[inline(always)]
    fn order(&self, other: &Self) -> std::cmp::Ordering {
        self.partial_cmp(other).unwrap_or_else(|| self.is_nan().cmp(&other.is_nan()))
    }
}

/// Elements with bit operations: integers and bool.
pub trait Bits: Element {
    /// `&`
    fn and(self, other: Self) -> Self;
    /// `|`
    fn or(self, other: Self) -> Self;
    /// `^`
    fn xor(self, other: Self) -> Self;
    /// `~`
    fn invert(self) -> Self;
}

/// Integers.
pub trait Integer: Real + Bits + Eq + Ord {
    /// The low bits of `value`.
    fn from_i128(value: i128) -> Self;
    /// The exact value.
    fn to_i128(self) -> i128;
    /// `self << n`, 0 when `n` is not below the width.
    fn shift_left(self, n: Self) -> Self;
    /// `self >> n`; 0 or -1 when `n` is not below the width.
    fn shift_right(self, n: Self) -> Self;
}

/// Conversion as `astype` does it: wraps, truncates, and drops imaginary parts.
pub trait Cast<U>: Element {
    /// The value as `U`.
    fn cast(self) -> U;
}
