//! NumPy's functions by name: `np::sum(args![&a, axis = 0])`, `np::linalg::norm(&a)`, `np::zeros((3, 4))`.
//!
//! Each calls the row of its name in `table`; one argument needs no `args!`. The emitted programs have `use batuta_numpy::np;`.
#![allow(non_snake_case, clippy::module_inception, reason = "the names are NumPy's")]

use batuta_rt::{Args, Value};

pub use crate::typed::{Array, Element, Place, Row, floor_quotient, floor_remainder, quotient, scalar};
pub use crate::{call, call_with, get, reorder};

macro_rules! functions {
    ($prefix:literal: $($name:ident),* $(,)?) => {
        $(
            #[doc = concat!("`numpy.", $prefix, stringify!($name), "`.")]
            #[track_caller]
            pub fn $name(args: impl Into<batuta_rt::Args>) -> batuta_rt::Value {
                crate::np::named(concat!($prefix, stringify!($name)), args.into())
            }
        )*
    };
}

/// Calls a function. What is a keyword of Rust has a line behind it.
#[track_caller]
pub(crate) fn named(name: &str, args: Args) -> Value {
    let name = match name {
        "where_" | "mod_" | "char.mod_" | "strings.mod_" => name.trim_end_matches('_'),
        name => name,
    };
    crate::call_with(name, &args.positional, &args.named)
}

functions! { "":
    False_, True_, abs, absolute, acos, acosh, add, all, allclose, amax, amin, angle, any, append,
    apply_along_axis, apply_over_axes, arange, arccos, arccosh, arcsin, arcsinh, arctan, arctan2, arctanh,
    argmax, argmin, argpartition, argsort, argwhere, around, array, array2string, array_equal, array_equiv,
    array_repr, array_split, array_str, asanyarray, asarray, asarray_chkfinite, ascontiguousarray,
    asfortranarray, asin, asinh, atan, atan2, atanh, atleast_1d, atleast_2d, atleast_3d, average, bartlett,
    base_repr, binary_repr, bincount, bitwise_and, bitwise_count, bitwise_invert, bitwise_left_shift,
    bitwise_not, bitwise_or, bitwise_right_shift, bitwise_xor, blackman, block, bool, bool_, broadcast,
    broadcast_arrays, broadcast_shapes, broadcast_to, byte, c_, can_cast, cbrt, cdouble, ceil, character,
    choose, clip, column_stack, complex128, complex64, complexfloating, compress, concat, concatenate, conj,
    conjugate, convolve, copy, copysign, copyto, corrcoef, correlate, cos, cosh, count_nonzero, cov, cross,
    csingle, cumprod, cumsum, cumulative_prod, cumulative_sum, deg2rad, degrees, delete, diag, diag_indices,
    diag_indices_from, diagflat, diagonal, diff, digitize, divide, divmod, dot, double, dsplit, dstack, dtype,
    ediff1d, einsum, empty, empty_like, equal, errstate, euler_gamma, exceptions, exp, exp2, expand_dims,
    expm1, extract, eye, fabs, fill_diagonal, finfo, fix, flatnonzero, flexible, flip, fliplr, flipud,
    float32, float64, float_power, floating, floor, floor_divide, fmax, fmin, fmod, format_float_positional,
    format_float_scientific, frexp, frombuffer, fromfunction, fromiter, frompyfunc, fromstring, full,
    full_like, gcd, generic, genfromtxt, geomspace, get_printoptions, geterr, gradient, greater,
    greater_equal, hamming, hanning, heaviside, histogram, histogram2d, histogram_bin_edges, hsplit, hstack,
    hypot, i0, identity, iinfo, imag, in1d, index_exp, indices, inexact, inner, insert, int16, int32, int64,
    int8, int_, intc, integer, interp, intersect1d, intp, invert, isclose, iscomplex, iscomplexobj, isfinite,
    isin, isinf, isnan, isneginf, isposinf, isreal, isrealobj, isscalar, issubdtype, iterable, ix_, kron, lcm,
    ldexp, left_shift, less, less_equal, lexsort, linspace, load, loadtxt, log, log10, log1p, log2, logaddexp,
    logaddexp2, logical_and, logical_not, logical_or, logical_xor, logspace, long, longlong, matmul,
    matrix_transpose, max, maximum, may_share_memory, mean, median, meshgrid, mgrid, min, minimum, mod_, modf,
    moveaxis, msort, multiply, nan_to_num, nanargmax, nanargmin, nancumsum, nanmax, nanmean, nanmedian,
    nanmin, nanpercentile, nanprod, nanquantile, nanstd, nansum, nanvar, ndarray, ndenumerate, ndim, ndindex,
    nditer, negative, nextafter, nonzero, not_equal, number, object_, ogrid, ones, ones_like, outer, pad,
    partition, percentile, permute_dims, piecewise, place, poly, poly1d, polyadd, polyder, polydiv, polyfit,
    polyint, polymul, polysub, polyval, positive, pow, power, printoptions, prod, promote_types, ptp, put,
    put_along_axis, putmask, quantile, r_, rad2deg, radians, ravel, ravel_multi_index, real, reciprocal,
    remainder, repeat, require, reshape, resize, result_type, right_shift, rint, roll, rollaxis, roots, rot90,
    round, round_, row_stack, s_, save, savetxt, searchsorted, select, set_printoptions, setdiff1d, seterr,
    setxor1d, shape, shares_memory, short, sign, signbit, signedinteger, sin, sinc, single, sinh, size, sort,
    sort_complex, spacing, split, sqrt, square, squeeze, stack, std, str_, subtract, sum, swapaxes, take,
    take_along_axis, tan, tanh, tensordot, tile, trace, transpose, trapezoid, trapz, tri, tril, tril_indices,
    tril_indices_from, trim_zeros, triu, triu_indices, triu_indices_from, true_divide, trunc, ubyte, uint,
    uint16, uint32, uint64, uint8, uintp, ulong, ulonglong, union1d, unique, unique_counts, unique_values,
    unravel_index, unsignedinteger, unstack, unwrap, ushort, vander, var, vdot, vecdot, vectorize, vsplit,
    vstack, where_, zeros, zeros_like,
}

/// `numpy.char`.
pub mod char {
    functions! { "char.":
        add, capitalize, center, count, endswith, equal, find, isalpha, isdigit, islower, isnumeric, isupper,
        join, ljust, lower, lstrip, mod_, multiply, not_equal, replace, rjust, rstrip, split, startswith,
        str_len, strip, swapcase, title, upper, zfill,
    }
}

/// `numpy.fft`.
pub mod fft {
    functions! { "fft.":
        fft, fft2, fftfreq, fftn, fftshift, ifft, ifft2, ifftn, ifftshift, irfft, irfft2, rfft, rfft2,
        rfftfreq,
    }
}

/// `numpy.lib`.
pub mod lib {

    /// `numpy.lib.stride_tricks`.
    pub mod stride_tricks {
        functions! { "lib.stride_tricks.":
            as_strided, sliding_window_view,
        }
    }
}

/// `numpy.linalg`.
pub mod linalg {
    functions! { "linalg.":
        cholesky, cond, cross, det, diagonal, eig, eigh, eigvals, eigvalsh, inv, lstsq, matmul, matrix_norm,
        matrix_power, matrix_rank, multi_dot, norm, outer, pinv, qr, slogdet, solve, svd, svdvals, trace,
        vector_norm,
    }
}

/// `numpy.polynomial`.
pub mod polynomial {

    /// `numpy.polynomial.polynomial`.
    pub mod polynomial {
        functions! { "polynomial.polynomial.":
            polyfit, polyroots, polyval,
        }
    }
}

/// `numpy.random`.
pub mod random {
    functions! { "random.":
        Generator, MT19937, PCG64, RandomState, SeedSequence, beta, binomial, bytes, chisquare, choice,
        default_rng, dirichlet, exponential, gamma, geometric, get_state, gumbel, integers, laplace, logistic,
        lognormal, multinomial, multivariate_normal, normal, pareto, permutation, permuted, poisson, rand,
        randint, randn, random, random_integers, random_sample, ranf, rayleigh, sample, seed, set_state,
        shuffle, spawn, standard_exponential, standard_gamma, standard_normal, triangular, uniform, weibull,
    }
}

/// `numpy.strings`.
pub mod strings {
    functions! { "strings.":
        add, capitalize, center, count, endswith, equal, find, isalpha, isdigit, islower, isnumeric, isupper,
        join, ljust, lower, lstrip, mod_, multiply, not_equal, replace, rjust, rstrip, split, startswith,
        str_len, strip, swapcase, title, upper, zfill,
    }
}

/// `numpy.testing`.
pub mod testing {
    functions! { "testing.":
        assert_allclose, assert_almost_equal, assert_array_almost_equal, assert_array_equal, assert_equal,
    }
}

#[cfg(test)]
mod tests {
    /// Every name of the library can be called.
    #[test]
    fn all_names() {
        let text: String = include_str!("np.rs").split_whitespace().collect();
        for name in crate::names().into_iter().chain(crate::VALUES.iter().copied()) {
            let last = name.rsplit('.').next().unwrap_or(name);
            let is_there = [format!("{last},"), format!("{last}_,"), format!("pubmod{last}{{")]
                .iter()
                .any(|word| text.contains(word.as_str()));
            assert!(is_there || last.starts_with("__"), "{name}");
        }
    }
}
