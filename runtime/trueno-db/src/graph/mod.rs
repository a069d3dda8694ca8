//! The HNSW graph (Malkov & Yashunin, "Efficient and robust approximate nearest neighbor search
//! using Hierarchical Navigable Small World graphs", 2018) over the slot store.

pub(crate) mod build;
pub(crate) mod pool;
pub(crate) mod repair;
pub(crate) mod search;

use crate::config::Metric;
use crate::quant::Codec;
use crate::sys::kernels::{CodeKernel, Kernels, prefetch};
use crate::sys::slots::View;

/// Where walks begin: a slot and its layer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Entry {
    pub(crate) slot: u32,
    pub(crate) level: usize,
}

/// Distances from one query. A slot that holds nothing is infinitely far.
pub(crate) trait Distance: Copy {
    fn to(&self, slot: u32) -> f32;
    fn fetch(&self, slot: u32);
}

/// Distances by f32 vectors.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Exact<'a> {
    pub(crate) view: View<'a>,
    pub(crate) query: &'a [f32],
    pub(crate) metric: Metric,
    pub(crate) kernels: &'static Kernels,
}

impl Distance for Exact<'_> {
    #[inline(always)]
    fn to(&self, slot: u32) -> f32 {
        let Some(vector) = self.view.vector(slot) else {
            return f32::INFINITY;
        };
        let distance = match self.metric {
            Metric::L2 => self.kernels.l2(self.query, vector),
            Metric::InnerProduct => -self.kernels.dot(self.query, vector),
            _ => crate::quant::distance(self.kernels, self.metric, self.query, vector),
        };
        if distance.is_nan() { f32::INFINITY } else { distance }
    }

    #[inline(always)]
    fn fetch(&self, slot: u32) {
        if let Some(vector) = self.view.vector(slot) {
            prefetch(vector);
        }
    }
}

/// Distances by codes, in units of the code.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Coded<'a> {
    pub(crate) view: View<'a>,
    pub(crate) query: &'a [u8],
    pub(crate) kernel: CodeKernel,
    pub(crate) sign: f32,
    pub(crate) kernels: &'static Kernels,
}

impl<'a> Coded<'a> {
    pub(crate) fn new(view: View<'a>, query: &'a [u8], codec: &Codec, kernels: &'static Kernels) -> Self {
        let (kernel, sign) = codec.kernel();
        Coded { view, query, kernel, sign, kernels }
    }
}

impl Distance for Coded<'_> {
    #[inline(always)]
    fn to(&self, slot: u32) -> f32 {
        let Some(code) = self.view.code(slot) else {
            return f32::INFINITY;
        };
        let distance = self.sign * self.kernels.code(self.kernel, self.query, code);
        if distance.is_nan() { f32::INFINITY } else { distance }
    }

    #[inline(always)]
    fn fetch(&self, slot: u32) {
        if let Some(code) = self.view.code(slot) {
            prefetch(code);
        }
    }
}
