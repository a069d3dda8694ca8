//! The order in which NumPy's buffered iterator walks a reduction, so that float sums agree bit by
//! bit for every layout. Follows `npyiter_find_buffering_setup` of NumPy 2.3 and later.

use crate::dims::{self, Strides, Walk};
use crate::dtype::Element;
use crate::tensor::Tensor;

/// Elements in NumPy's ufunc buffer.
const BUFFER: usize = 8192;

/// Axes of a reduction, fastest first, with the split that NumPy chooses.
pub(crate) struct ReducePlan {
    /// Length of each merged axis.
    shape: Vec<usize>,
    /// Stride of the result along it: 0 where it is reduced.
    out: Vec<isize>,
    /// Stride of the input along it.
    input: Vec<isize>,
    /// First input offset.
    start: usize,
    /// Axes below this one form a single inner run.
    inner_axes: usize,
    /// Longest inner run; longer ones are cut.
    chunk: usize,
    /// Strides of the result array over the kept axes.
    pub(crate) out_strides: Strides,
}

impl ReducePlan {
    /// Plan for reducing `axes` (sorted); `cast` when NumPy converts the elements on the way.
    pub(crate) fn new<T: Element>(tensor: &Tensor<'_, T>, axes: &[usize], cast: bool) -> ReducePlan {
        let strides = tensor.flat_strides();
        let order = dims::axis_order(tensor.ndim(), &[&strides]);
        let mut full: Strides = Strides::from_elem(0, tensor.ndim());
        let mut step = 1isize;
        for &axis in order.iter().rev() {
            if !axes.contains(&axis) {
                full[axis] = if tensor.shape[axis] == 1 { 0 } else { step };
                step *= tensor.shape[axis].max(1) as isize;
            }
        }
        let kept = (0..tensor.ndim()).filter(|axis| !axes.contains(axis));
        let out_strides: Strides = kept.map(|axis| full[axis]).collect();
        let walk = Walk::new(&tensor.shape, &order, [&full, &strides], [0, tensor.offset]);
        let [out, input] = walk.strides;
        let mut plan = ReducePlan {
            shape: walk.shape.iter().rev().copied().collect(),
            out: out.into_iter().rev().collect(),
            input: input.into_iter().rev().collect(),
            start: tensor.offset,
            inner_axes: 1,
            chunk: usize::MAX,
            out_strides,
        };
        plan.choose_split(cast);
        plan
    }

    /// NumPy's choice of core and buffer: the cheapest number of inner loops, where an operand that
    /// needs a buffer limits their length.
    fn choose_split(&mut self, cast: bool) {
        let mut cost = if cast { 2.0 } else { 1.0 };
        let mut single = [1usize, 1];
        let (mut size, mut reduce_at) = (self.shape[0], 0);
        let (mut best_axis, mut best_cost, mut best_size, mut best_core) = (0, cost, size, 1);
        for axis in 1..self.shape.len() {
            if reduce_at != 0 || (size >= BUFFER && cost > 1.0) {
                break;
            }
            for (i, strides) in [&self.out, &self.input].into_iter().enumerate() {
                if single[i] == axis {
                    if strides[axis - 1] * self.shape[axis - 1] as isize == strides[axis] {
                        single[i] += 1;
                        continue;
                    }
                    if i == 0 || !cast {
                        cost += 1.0;
                    }
                }
                if i == 0 && (strides[axis] == 0 || strides[axis - 1] == 0) {
                    reduce_at = axis;
                }
            }
            let core = size;
            size *= self.shape[axis];
            if size == 0 {
                break;
            }
            let buffer = if size > BUFFER && cost > 1.0 { BUFFER } else { size };
            if cost * best_size as f64 <= best_cost * buffer as f64 {
                (best_axis, best_cost, best_size, best_core) = (axis, cost, size, core);
            }
        }
        if reduce_at != 0 && best_axis == reduce_at {
            self.inner_axes = best_axis;
            return;
        }
        self.inner_axes = best_axis + 1;
        let buffered = cast || single[1] <= best_axis || single[0] <= best_axis;
        if buffered && BUFFER < best_size {
            self.chunk = best_core * (BUFFER / best_core);
        }
    }

    /// Accumulates into `out`: `run` folds a run of elements into one place, `element` one element.
    pub(crate) fn execute<T: Element, A: Copy>(
        &self,
        data: &[T],
        out: &mut [A],
        run: impl Fn(A, &[T], usize, isize, usize) -> A,
        rows: impl Fn(&mut [A], &[T], usize, isize),
    ) {
        if self.shape.contains(&0) {
            return;
        }
        let inner = self.inner_axes;
        let length: usize = self.shape[..inner].iter().product();
        let reduces = self.out[0] == 0;
        let mut scratch: Vec<T> = Vec::new();
        let mut outer = Odometer::new(&self.shape[inner..], &self.out[inner..], &self.input[inner..]);
        loop {
            let (out_at, in_at) = outer.offsets(self.start);
            if reduces && inner == 1 {
                let step = self.input[0];
                for from in (0..length).step_by(self.chunk.min(length)) {
                    let n = self.chunk.min(length - from);
                    let at = (in_at as isize + from as isize * step) as usize;
                    out[out_at] = run(out[out_at], data, at, step, n);
                }
            } else if reduces {
                self.gather(data, in_at, length, &mut scratch);
                for part in scratch.chunks(self.chunk.min(length)) {
                    out[out_at] = run(out[out_at], part, 0, 1, part.len());
                }
            } else {
                self.add_rows(data, out, out_at, in_at, &rows);
            }
            if !outer.advance() {
                return;
            }
        }
    }

    /// The elements of one inner run that spans several axes, in iteration order.
    fn gather<T: Element>(&self, data: &[T], start: usize, length: usize, scratch: &mut Vec<T>) {
        scratch.clear();
        scratch.reserve(length);
        let inner = self.inner_axes;
        let mut rest = Odometer::new(&self.shape[1..inner], &self.out[1..inner], &self.input[1..inner]);
        loop {
            let (_, at) = rest.offsets(start);
            let step = self.input[0];
            scratch.extend((0..self.shape[0]).map(|i| data[(at as isize + i as isize * step) as usize]));
            if !rest.advance() {
                return;
            }
        }
    }

    fn add_rows<T: Element, A: Copy>(
        &self,
        data: &[T],
        out: &mut [A],
        out_at: usize,
        in_at: usize,
        rows: &impl Fn(&mut [A], &[T], usize, isize),
    ) {
        let inner = self.inner_axes;
        let mut rest = Odometer::new(&self.shape[1..inner], &self.out[1..inner], &self.input[1..inner]);
        loop {
            let (to, from) = rest.offsets(in_at);
            // The result's fastest kept axis is contiguous: it was laid out in this very order.
            let to = out_at + to;
            rows(&mut out[to..to + self.shape[0]], data, from, self.input[0]);
            if !rest.advance() {
                return;
            }
        }
    }
}

/// Counts through some axes, fastest first, keeping two offsets.
struct Odometer<'p> {
    shape: &'p [usize],
    out: &'p [isize],
    input: &'p [isize],
    index: Vec<usize>,
    at: (isize, isize),
}

impl<'p> Odometer<'p> {
    fn new(shape: &'p [usize], out: &'p [isize], input: &'p [isize]) -> Self {
        Odometer { shape, out, input, index: vec![0; shape.len()], at: (0, 0) }
    }

    fn offsets(&self, start: usize) -> (usize, usize) {
        (self.at.0 as usize, (start as isize + self.at.1) as usize)
    }

    fn advance(&mut self) -> bool {
        for axis in 0..self.shape.len() {
            self.index[axis] += 1;
            self.at.0 += self.out[axis];
            self.at.1 += self.input[axis];
            if self.index[axis] < self.shape[axis] {
                return true;
            }
            self.at.0 -= self.out[axis] * self.shape[axis] as isize;
            self.at.1 -= self.input[axis] * self.shape[axis] as isize;
            self.index[axis] = 0;
        }
        false
    }
}
