//! Complex arithmetic in NumPy's own formulas, so that the last digits agree.

use num_complex::Complex;
use num_traits::Float;

/// Smith's division, as NumPy does it.
pub(crate) fn divide<F: Float>(a: Complex<F>, b: Complex<F>) -> Complex<F> {
    let (size_re, size_im) = (b.re.abs(), b.im.abs());
    if size_re >= size_im {
        if size_re == F::zero() && size_im == F::zero() {
            return Complex::new(a.re / size_re, a.im / size_re);
        }
        let ratio = b.im / b.re;
        let scale = F::one() / (b.re + b.im * ratio);
        Complex::new((a.re + a.im * ratio) * scale, (a.im - a.re * ratio) * scale)
    } else {
        let ratio = b.re / b.im;
        let scale = F::one() / (b.im + b.re * ratio);
        Complex::new((a.re * ratio + a.im) * scale, (a.im * ratio - a.re) * scale)
    }
}

/// Product with one fused step in each part, as NumPy's vector loops compute it.
#[inline(always)]
pub(crate) fn multiply<F: Float>(a: Complex<F>, b: Complex<F>) -> Complex<F> {
    Complex::new(a.re.mul_add(b.re, -(a.im * b.im)), a.re.mul_add(b.im, a.im * b.re))
}
