//! Matrix times vectors, straight from quantised weights.
//!
//! A matrix is packed once: eight rows side by side, so that one SIMD register holds four columns of
//! eight rows and a dot product never needs a horizontal sum. Activations are quantised to int8 in
//! runs of 32 with an f32 scale; products are summed in integers per run and scaled once.
//!
//! | kind | from | bytes for 8 rows x 32 columns |
//! |---|---|---|
//! | `Nibble` | Q4_0 Q4_1 Q4_K | 16 scales, 16 offsets (f16), 128 codes |
//! | `Signed` | Q8_0 Q8_K IQ2_XXS IQ3_XXS IQ3_S IQ4_NL IQ4_XS MXFP4 | 16 scales, 256 codes |
//! | `Signed16` | IQ2_XS IQ2_S | twice scales, 256 codes |
//! | `Unsigned` | Q5_0 Q5_1 Q5_K | 16 scales, 16 offsets, 256 codes up to 31 |
//! | `Unsigned16` | Q2_K Q3_K Q6_K | twice scales and offsets, 256 codes up to 63 |
//! | `F32` `F16` `BF16` | themselves | 8 numbers per column |
//! | `Stored8` | Q8_0 | rows of blocks as the file has them: 272 |
//!
//! Each packed group of eight rows starts with eight f32 factors (powers of two) that keep f16 scales of
//! K-types in range. A GPU path would take the same packed bytes.

mod acts;
mod pack;
pub(crate) mod scalar;

pub use acts::Acts;
#[cfg(any(target_arch = "x86_64", target_arch = "aarch64", target_feature = "simd128"))]
pub(crate) use acts::View;
pub use pack::{Layout, pack_rows};

use std::sync::OnceLock;

use crate::quant::Type;
use crate::sys::pool::Pool;

/// Rows that are packed side by side.
pub const LANES: usize = 8;
/// Bytes of the factors in front of a group of rows.
pub(crate) const HEAD: usize = 4 * LANES;
/// Tokens that a kernel works on at once.
pub(crate) const TILE: usize = 4;

/// How a packed matrix stores its numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Kind {
    F32,
    F16,
    BF16,
    Nibble,
    Signed,
    Signed16,
    Unsigned,
    Unsigned16,
    Stored8,
}

impl Kind {
    /// The kind that weights of a type are packed to.
    #[must_use]
    pub fn of(ty: Type) -> Self {
        match ty {
            Type::F32 => Self::F32,
            Type::F16 => Self::F16,
            Type::BF16 => Self::BF16,
            Type::Q4_0 | Type::Q4_1 | Type::Q4_K => Self::Nibble,
            Type::Q5_0 | Type::Q5_1 | Type::Q5_K => Self::Unsigned,
            Type::Q2_K | Type::Q3_K | Type::Q6_K => Self::Unsigned16,
            Type::Q8_0 | Type::Q8_1 | Type::Q8_K | Type::IQ4_NL | Type::IQ4_XS | Type::MXFP4 => Self::Signed,
            Type::IQ2_XXS | Type::IQ3_XXS | Type::IQ3_S => Self::Signed,
            Type::IQ2_XS | Type::IQ2_S => Self::Signed16,
        }
    }

    /// How a matrix is used that stays where it is in the file, if the kernels here can do that without
    /// losing time. Prompts would: it is for a matrix that few tokens meet, such as a decoder's last.
    #[must_use]
    pub fn stored(ty: Type) -> Option<Self> {
        (ty == Type::Q8_0 && crate::sys::reads_stored(simd())).then_some(Self::Stored8)
    }

    /// Columns of a packed block; the matrix has a whole number of them.
    pub(crate) fn columns(self) -> usize {
        match self {
            Self::F32 | Self::F16 | Self::BF16 => 1,
            _ => 32,
        }
    }

    /// Bytes of a packed block of eight rows.
    pub(crate) fn bytes(self) -> usize {
        match self {
            Self::F32 => 32,
            Self::F16 | Self::BF16 => 16,
            Self::Nibble => 160,
            Self::Signed | Self::Stored8 => 272,
            Self::Signed16 | Self::Unsigned => 288,
            Self::Unsigned16 => 320,
        }
    }

    /// Bytes of the factors in front of a group.
    pub(crate) fn head(self) -> usize {
        if self == Self::Stored8 { 0 } else { HEAD }
    }
}

/// A matrix: `layout` says what `bytes` hold.
#[derive(Debug, Clone, Copy)]
pub struct Matrix<'a> {
    /// Shape and kind.
    pub layout: Layout,
    /// Groups of eight rows, each [`Layout::group_bytes`] long; as many as [`Layout::bytes`] says.
    pub bytes: &'a [u8],
}

/// Which instructions the kernels use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Simd {
    Scalar,
    /// With FMA and F16C.
    Avx2,
    /// At 256 bits.
    Avx512Vnni,
    Neon,
    /// NEON with the dot products of ARMv8.2.
    NeonDot,
    /// WebAssembly's 128 bits.
    Simd128,
}

impl Simd {
    /// The name that `REALIZAR_SIMD` takes.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Scalar => "scalar",
            Self::Avx2 => "avx2",
            Self::Avx512Vnni => "vnni",
            Self::Neon => "neon",
            Self::NeonDot => "dotprod",
            Self::Simd128 => "simd128",
        }
    }
}

/// The best that this machine has; `REALIZAR_SIMD=scalar|avx2|neon|...` asks for a lower one of it.
#[must_use]
pub fn simd() -> Simd {
    static FOUND: OnceLock<Simd> = OnceLock::new();
    *FOUND.get_or_init(|| {
        let wish = std::env::var("REALIZAR_SIMD").unwrap_or_default();
        let levels = crate::sys::levels();
        let asked = levels.iter().find(|level| level.name() == wish);
        *asked.or(levels.last()).unwrap_or(&Simd::Scalar)
    })
}

/// `out[token][row] = sum over columns of matrix[row][column] * acts[token][column]`.
///
/// # Panics
/// If the columns differ or `out` is not tokens x rows: shapes are checked when a model is loaded.
pub fn matmul(pool: &Pool, matrix: Matrix<'_>, acts: &Acts, out: &mut [f32], scratch: &mut Vec<f32>) {
    matmul_with(simd(), pool, matrix, acts, out, scratch);
}

/// [`matmul`] with given instructions, for comparing them.
pub fn matmul_with(
    simd: Simd,
    pool: &Pool,
    matrix: Matrix<'_>,
    acts: &Acts,
    out: &mut [f32],
    scratch: &mut Vec<f32>,
) {
    let Layout { rows, columns, .. } = matrix.layout;
    let tokens = acts.tokens();
    assert_eq!(columns, acts.columns(), "columns of matrix and activations");
    assert_eq!(out.len(), tokens * rows, "output of tokens x rows");
    assert_eq!(Some(matrix.bytes.len()), matrix.layout.bytes(), "bytes of the matrix");
    let groups = rows.div_ceil(LANES);
    if groups == 0 || tokens == 0 {
        return;
    }
    // Results of one group lie together, so that threads write to separate slices.
    let stride = LANES * tokens;
    let per_task = groups.div_ceil(4 * pool.threads()).max(min_groups(matrix.layout, tokens));
    if tokens == 1 && rows == groups * LANES {
        pool.for_chunks(out, per_task * stride, |task, out| {
            compute(simd, matrix, acts, task * per_task, out);
        });
        return;
    }
    scratch.resize(groups * stride, 0.0);
    pool.for_chunks(scratch, per_task * stride, |task, out| {
        compute(simd, matrix, acts, task * per_task, out);
    });
    for (group, results) in scratch.chunks_exact(stride).enumerate() {
        let first = group * LANES;
        let count = LANES.min(rows - first);
        for (token, eight) in results.chunks_exact(LANES).enumerate() {
            let at = token * rows + first;
            out[at..at + count].copy_from_slice(&eight[..count]);
        }
    }
}

/// A task should take some ten microseconds, or handing it over costs more than it gives.
fn min_groups(layout: Layout, tokens: usize) -> usize {
    let work = layout.columns * LANES * tokens;
    (200_000 / work.max(1)).max(1)
}

fn compute(simd: Simd, matrix: Matrix<'_>, acts: &Acts, first: usize, out: &mut [f32]) {
    let group_bytes = matrix.layout.group_bytes();
    let tokens = acts.tokens();
    for (i, out) in out.chunks_exact_mut(LANES * tokens).enumerate() {
        // The last group of a stored matrix has the rows that are left.
        let start = (first + i) * group_bytes;
        let group = &matrix.bytes[start..matrix.bytes.len().min(start + group_bytes)];
        let mut token = 0;
        while token < tokens {
            let n = if tokens - token >= TILE { TILE } else { 1 };
            let out = &mut out[token * LANES..(token + n) * LANES];
            match simd {
                Simd::Scalar => scalar::group(matrix.layout, group, acts, token, out),
                _ => crate::sys::group(simd, matrix.layout, group, acts, token, out),
            }
            token += n;
        }
    }
}

#[cfg(test)]
mod tests;
