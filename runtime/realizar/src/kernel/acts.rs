//! Activations as the kernels want them.

/// Vectors that a matrix is multiplied with: f32, and int8 in runs of 32.
#[derive(Debug, Default)]
pub struct Acts {
    tokens: usize,
    columns: usize,
    values: Vec<f32>,
    codes: Vec<i8>,
    scales: Vec<f32>,
    sums: Vec<f32>,
}

impl Acts {
    /// Takes `values` (tokens x columns). Runs of 32 columns are quantised; a rest is not, since no
    /// quantised matrix can have it.
    ///
    /// # Panics
    /// If `values` is not a whole number of tokens.
    pub fn load(&mut self, values: &[f32], columns: usize) {
        assert!(columns > 0 && values.len().is_multiple_of(columns), "whole tokens");
        self.tokens = values.len() / columns;
        self.columns = columns;
        self.values.clear();
        self.values.extend_from_slice(values);
        if !columns.is_multiple_of(32) {
            return;
        }
        self.codes.resize(values.len(), 0);
        self.scales.resize(values.len() / 32, 0.0);
        self.sums.resize(values.len() / 16, 0.0);
        let runs = values.chunks_exact(32).zip(self.codes.chunks_exact_mut(32));
        let notes = self.scales.iter_mut().zip(self.sums.chunks_exact_mut(2));
        for ((x, q), (scale, sums)) in runs.zip(notes) {
            *scale = quantize_run(x, q);
            for (sum, q) in sums.iter_mut().zip(q.chunks_exact(16)) {
                *sum = *scale * q.iter().map(|&q| i32::from(q)).sum::<i32>() as f32;
            }
        }
    }

    /// Number of vectors.
    #[must_use]
    pub fn tokens(&self) -> usize {
        self.tokens
    }

    /// Length of a vector.
    #[must_use]
    pub fn columns(&self) -> usize {
        self.columns
    }

    /// The f32 values of a token.
    pub(crate) fn values(&self, token: usize) -> &[f32] {
        &self.values[token * self.columns..(token + 1) * self.columns]
    }

    /// Codes of a token, its scales per 32 and its scaled sums per 16.
    pub(crate) fn quantized(&self, token: usize) -> (&[i8], &[f32], &[f32]) {
        let n = self.columns;
        (
            &self.codes[token * n..(token + 1) * n],
            &self.scales[token * n / 32..(token + 1) * n / 32],
            &self.sums[token * n / 16..(token + 1) * n / 16],
        )
    }
}

/// Quantised activations of the `T` tokens of a tile.
pub(crate) struct View<'a, const T: usize> {
    pub(crate) codes: [&'a [i8]; T],
    /// Per 32 codes.
    pub(crate) scales: [&'a [f32]; T],
    /// Scaled sums per 16 codes.
    pub(crate) sums: [&'a [f32]; T],
}

impl<'a, const T: usize> View<'a, T> {
    pub(crate) fn new(acts: &'a Acts, token: usize) -> Self {
        let of = |t: usize| acts.quantized(token + t);
        Self {
            codes: std::array::from_fn(|t| of(t).0),
            scales: std::array::from_fn(|t| of(t).1),
            sums: std::array::from_fn(|t| of(t).2),
        }
    }
}

/// Quantises 32 values to -127..=127; returns the scale. A NaN makes the scale NaN, so that it is
/// not lost.
fn quantize_run(x: &[f32], q: &mut [i8]) -> f32 {
    let mut largest = [0f32; 8];
    let mut poison = [0f32; 8];
    for eight in x.chunks_exact(8) {
        for i in 0..8 {
            largest[i] = if eight[i].abs() > largest[i] { eight[i].abs() } else { largest[i] };
            poison[i] += eight[i] * 0.0;
        }
    }
    let largest = largest.iter().fold(0f32, |m, &v| m.max(v));
    let poison: f32 = poison.iter().sum();
    let scale = largest / 127.0;
    let inverse = if scale > 0.0 { 1.0 / scale } else { 0.0 };
    // Adding and subtracting 1.5 * 2^23 rounds to the nearest even integer.
    const ROUND: f32 = 12_582_912.0;
    for (q, &x) in q.iter_mut().zip(x) {
        *q = ((x * inverse + ROUND).to_bits() as i32 - ROUND.to_bits() as i32) as i8;
    }
    scale + poison
}
