//! Element-wise functions of one, two and three arrays, with NumPy's broadcasting and memory order.

use crate::dims::{self, Dims, Strides, Walk};
use crate::dtype::Element;
use crate::error::Result;
use crate::sys::{self, Kernel};
use crate::tensor::{Array, Tensor};

/// Runs longer than this are worth the call into another instruction set.
const SHORT: usize = 16;

struct MapSlice<'a, T, R, F> {
    input: &'a [T],
    out: &'a mut Vec<R>,
    f: &'a F,
}

impl<T: Copy, R: Copy + Default, F: Fn(T) -> R> Kernel for MapSlice<'_, T, R, F> {
    type Output = ();
    #[inline(always)]
    fn run(self) {
        // A plain loop: inside of iterator adapters a long function would be compiled apart from this
        // one, without its instruction set. The buffer stays in the first cache.
        const ROOM: usize = 256;
        for part in self.input.chunks(ROOM) {
            let mut room = [R::default(); ROOM];
            let filled = &mut room[..part.len()];
            for (to, &x) in filled.iter_mut().zip(part) {
                *to = (self.f)(x);
            }
            self.out.extend_from_slice(filled);
        }
    }
}

struct ZipSlices<'a, A, B, R, F> {
    a: &'a [A],
    b: &'a [B],
    out: &'a mut Vec<R>,
    f: &'a F,
}

impl<A: Copy, B: Copy, R, F: Fn(A, B) -> R> Kernel for ZipSlices<'_, A, B, R, F> {
    type Output = ();
    #[inline(always)]
    fn run(self) {
        self.out.extend(self.a.iter().zip(self.b).map(|(&x, &y)| (self.f)(x, y)));
    }
}

#[inline]
fn run_kernel<K: Kernel>(length: usize, kernel: K) -> K::Output {
    if length < SHORT { kernel.run() } else { sys::dispatch(kernel) }
}

#[inline(always)]
fn at(start: usize, step: isize, i: usize) -> usize {
    (start as isize + i as isize * step) as usize
}

/// One run of a binary function, whatever the steps.
#[inline]
fn zip_run<A: Copy, B: Copy, R: Copy + Default>(
    (a, ia, sa): (&[A], usize, isize),
    (b, ib, sb): (&[B], usize, isize),
    n: usize,
    out: &mut Vec<R>,
    f: &impl Fn(A, B) -> R,
) {
    match (sa, sb) {
        (1, 1) => run_kernel(n, ZipSlices { a: &a[ia..ia + n], b: &b[ib..ib + n], out, f }),
        (1, 0) => {
            let y = b[ib];
            run_kernel(n, MapSlice { input: &a[ia..ia + n], out, f: &|x| f(x, y) });
        }
        (0, 1) => {
            let x = a[ia];
            run_kernel(n, MapSlice { input: &b[ib..ib + n], out, f: &|y| f(x, y) });
        }
        _ => out.extend((0..n).map(|i| f(a[at(ia, sa, i)], b[at(ib, sb, i)]))),
    }
}

impl<T: Element> Tensor<'_, T> {
    /// `f` of every element. The result keeps the memory order, as NumPy's order 'K' does.
    pub fn map<R: Element>(&self, f: impl Fn(T) -> R + Sync) -> Array<R> {
        let strides = self.flat_strides();
        let order = dims::axis_order(self.ndim(), &[&strides]);
        let walk = Walk::new(&self.shape, &order, [&strides], [self.offset]);
        let (n, [step], data) = (walk.run(), walk.steps(), self.buffer());
        let mut out = Vec::with_capacity(self.size());
        walk.for_each_run(|[start]| {
            if step == 1 {
                run_kernel(n, MapSlice { input: &data[start..start + n], out: &mut out, f: &f });
            } else {
                out.extend((0..n).map(|i| f(data[at(start, step, i)])));
            }
        });
        Tensor::owned_with_strides(out, &self.shape, dims::strides_in_order(&self.shape, &order))
    }

    /// Strides with 0 along axes of length 1, as NumPy's iterator sees them.
    pub(crate) fn flat_strides(&self) -> Strides {
        dims::broadcast_strides(&self.shape, &self.strides, &self.shape)
    }

    /// `f` of the pairs of two arrays that broadcast. `op` is the name that an error gives.
    pub fn zip_with<U: Element, R: Element>(
        &self,
        op: &'static str,
        other: &Tensor<'_, U>,
        f: impl Fn(T, U) -> R + Sync,
    ) -> Result<Array<R>> {
        let shape = dims::broadcast_shapes(op, &self.shape, &other.shape)?;
        let mut out = crate::tensor::reserve(&shape)?;
        let sa = dims::broadcast_strides(&self.shape, &self.strides, &shape);
        let sb = dims::broadcast_strides(&other.shape, &other.strides, &shape);
        let order = dims::axis_order(shape.len(), &[&sa, &sb]);
        let walk = Walk::new(&shape, &order, [&sa, &sb], [self.offset, other.offset]);
        let (n, [step_a, step_b]) = (walk.run(), walk.steps());
        let (a, b) = (self.buffer(), other.buffer());
        walk.for_each_run(|[ia, ib]| zip_run((a, ia, step_a), (b, ib, step_b), n, &mut out, &f));
        let strides = dims::strides_in_order(&shape, &order);
        Ok(Tensor::owned_with_strides(out, &shape, strides))
    }

    /// `f` of the triples of three arrays that broadcast. `op` is the name that an error gives.
    pub fn zip3_with<U: Element, V: Element, R: Element>(
        &self,
        op: &'static str,
        second: &Tensor<'_, U>,
        third: &Tensor<'_, V>,
        f: impl Fn(T, U, V) -> R + Sync,
    ) -> Result<Array<R>> {
        let shape = dims::broadcast_shapes(op, &self.shape, &second.shape)?;
        let shape: Dims = dims::broadcast_shapes(op, &shape, &third.shape)?;
        let mut out = crate::tensor::reserve(&shape)?;
        let sa = dims::broadcast_strides(&self.shape, &self.strides, &shape);
        let sb = dims::broadcast_strides(&second.shape, &second.strides, &shape);
        let sc = dims::broadcast_strides(&third.shape, &third.strides, &shape);
        let order = dims::axis_order(shape.len(), &[&sa, &sb, &sc]);
        let start = [self.offset, second.offset, third.offset];
        let walk = Walk::new(&shape, &order, [&sa, &sb, &sc], start);
        let (n, [pa, pb, pc]) = (walk.run(), walk.steps());
        let (a, b, c) = (self.buffer(), second.buffer(), third.buffer());
        walk.for_each_run(|[ia, ib, ic]| match (pa, pb, pc) {
            (1, 1, 1) => {
                let pairs = a[ia..ia + n].iter().zip(&b[ib..ib + n]).zip(&c[ic..ic + n]);
                out.extend(pairs.map(|((&x, &y), &z)| f(x, y, z)));
            }
            (1, 1, 0) => {
                let (pairs, z) = (a[ia..ia + n].iter().zip(&b[ib..ib + n]), c[ic]);
                out.extend(pairs.map(|(&x, &y)| f(x, y, z)));
            }
            (1, 0, 1) => {
                let (pairs, y) = (a[ia..ia + n].iter().zip(&c[ic..ic + n]), b[ib]);
                out.extend(pairs.map(|(&x, &z)| f(x, y, z)));
            }
            _ => out.extend((0..n).map(|i| f(a[at(ia, pa, i)], b[at(ib, pb, i)], c[at(ic, pc, i)]))),
        });
        let strides = dims::strides_in_order(&shape, &order);
        Ok(Tensor::owned_with_strides(out, &shape, strides))
    }
}
