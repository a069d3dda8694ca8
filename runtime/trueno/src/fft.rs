//! Discrete Fourier transforms (rustfft) with NumPy's conventions: the inverse divides by the length.

use rustfft::{FftDirection, FftNum, FftPlanner};

use crate::dtype::{Complex64, Complex128, Element};
use crate::error::{Error, Result};
use crate::tensor::{Array, Tensor};
use num_complex::Complex;

/// Complex numbers that can be transformed.
pub trait Spectral: Element {
    /// Transforms a line in place.
    fn transform(line: &mut [Self], direction: FftDirection);
}

fn transform<F: FftNum>(line: &mut [Complex<F>], direction: FftDirection) {
    if line.is_empty() {
        return;
    }
    let plan = FftPlanner::<F>::new().plan_fft(line.len(), direction);
    plan.process(line);
    if direction == FftDirection::Inverse
        && let Some(n) = F::from_usize(line.len())
    {
        line.iter_mut().for_each(|x| *x = Complex::new(x.re / n, x.im / n));
    }
}

impl Spectral for Complex64 {
    fn transform(line: &mut [Self], direction: FftDirection) {
        transform(line, direction);
    }
}

impl Spectral for Complex128 {
    fn transform(line: &mut [Self], direction: FftDirection) {
        transform(line, direction);
    }
}

impl<T: Spectral> Tensor<'_, T> {
    /// Transform along `axis`. Errors: no such axis, nothing along it.
    pub fn fft(&self, axis: isize) -> Result<Array<T>> {
        self.spectrum(axis, FftDirection::Forward)
    }

    /// Inverse transform along `axis`. Errors: no such axis, nothing along it.
    pub fn ifft(&self, axis: isize) -> Result<Array<T>> {
        self.spectrum(axis, FftDirection::Inverse)
    }

    /// Transform along the last two axes.
    pub fn fft2(&self) -> Result<Array<T>> {
        self.fft(-1)?.fft(-2)
    }

    /// Inverse transform along the last two axes.
    pub fn ifft2(&self) -> Result<Array<T>> {
        self.ifft(-1)?.ifft(-2)
    }

    fn spectrum(&self, axis: isize, direction: FftDirection) -> Result<Array<T>> {
        let n = self.axis_length(axis)?;
        points(n)?;
        self.lanes_map(axis, n, |lane| {
            let mut line = lane.to_vec();
            T::transform(&mut line, direction);
            Ok(line)
        })
    }
}

fn points(n: usize) -> Result<()> {
    if n == 0 {
        return Err(Error::value("Invalid number of FFT data points (0) specified."));
    }
    Ok(())
}

impl Tensor<'_, f64> {
    /// Transform of real numbers along `axis`: the first half of the spectrum. Errors: no such axis,
    /// nothing along it.
    pub fn rfft(&self, axis: isize) -> Result<Array<Complex128>> {
        let n = self.axis_length(axis)?;
        points(n)?;
        self.lanes_map(axis, n / 2 + 1, |lane| {
            let mut line: Vec<Complex128> = lane.iter().map(|x| Complex::new(x, 0.0)).collect();
            Complex128::transform(&mut line, FftDirection::Forward);
            line.truncate(n / 2 + 1);
            Ok(line)
        })
    }
}

impl Tensor<'_, Complex128> {
    /// The `n` real numbers along `axis` whose `rfft` this is. Errors: no such axis, `n` is 0.
    pub fn irfft(&self, n: usize, axis: isize) -> Result<Array<f64>> {
        points(n)?;
        self.axis_length(axis)?;
        self.lanes_map(axis, n, |lane| {
            let half = lane.to_vec();
            let at = |i: usize| half.get(i).copied().unwrap_or_default();
            let mut line: Vec<Complex128> =
                (0..n).map(|i| if i <= n / 2 { at(i) } else { at(n - i).conj() }).collect();
            line[0].im = 0.0;
            if n.is_multiple_of(2) {
                line[n / 2].im = 0.0;
            }
            Complex128::transform(&mut line, FftDirection::Inverse);
            Ok(line.into_iter().map(|x| x.re).collect())
        })
    }
}

/// Frequencies of the results of a transform of length `n` with sample spacing `d`. Errors: `n` is 0.
pub fn fftfreq(n: usize, d: f64) -> Result<Array<f64>> {
    points(n)?;
    let scale = 1.0 / (n as f64 * d);
    let middle = n.div_ceil(2);
    let index = |i: usize| {
        if i < middle { i as f64 } else { i as f64 - n as f64 }
    };
    Ok(Tensor::from_items((0..n).map(|i| index(i) * scale)))
}

impl<T: Element> Tensor<'_, T> {
    /// The zero frequency moved to the middle of `axis`.
    pub fn fftshift(&self, axis: isize) -> Result<Array<T>> {
        self.roll((self.axis_length(axis)? / 2) as isize, axis)
    }

    /// Undoes `fftshift`.
    pub fn ifftshift(&self, axis: isize) -> Result<Array<T>> {
        self.roll(-((self.axis_length(axis)? / 2) as isize), axis)
    }
}
