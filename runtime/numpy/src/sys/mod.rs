//! Single elements of a shared buffer, without asking whether it is borrowed.
//!
//! The proof of all blocks here:
//! * `data` points to `len` elements as long as the view is there: `buf` keeps the vector alive, and nothing in this crate
//!   pushes to, shrinks or replaces the vector of a [`Buf`], so that it never moves its elements.
//! * Every place that `place` gives lies below `len`: `new` has checked the lowest and the highest one.
//! * Nobody holds a reference to an element meanwhile: a borrow of a buffer of numbers lives inside of one function of this
//!   crate that calls nothing of a program, and neither the buffer nor the view goes to another thread.
//! * Elements are `Copy`: a write drops nothing.

use std::ptr::NonNull;

use crate::array::Buf;

/// A view with `N` axes of a buffer.
pub(crate) struct View<T, const N: usize> {
    buf: Buf<T>,
    data: NonNull<T>,
    offset: isize,
    shape: [usize; N],
    strides: [isize; N],
}

impl<T, const N: usize> Clone for View<T, N> {
    fn clone(&self) -> Self {
        Self { buf: self.buf.clone(), ..*self }
    }
}

impl<T: Copy, const N: usize> View<T, N> {
    /// A view all of whose elements lie in the buffer.
    pub(crate) fn new(buf: Buf<T>, offset: usize, shape: [usize; N], strides: [isize; N]) -> Option<Self> {
        let (mut lowest, mut highest) = (isize::try_from(offset).ok()?, isize::try_from(offset).ok()?);
        for (n, step) in shape.iter().zip(strides) {
            let far = isize::try_from(n.saturating_sub(1)).ok()?.checked_mul(step)?;
            lowest = lowest.checked_add(far.min(0))?;
            highest = highest.checked_add(far.max(0))?;
        }
        let len = buf.borrow().len();
        let fits = lowest >= 0 && (highest as usize) < len;
        if !fits && !shape.contains(&0) {
            return None;
        }
        let data = NonNull::new(buf.borrow_mut().as_mut_ptr())?;
        Some(Self { buf, data, offset: offset as isize, shape, strides })
    }

    pub(crate) fn shape(&self) -> [usize; N] {
        self.shape
    }

    /// The place of an element, or the axis along which there is none.
    #[inline(always)]
    fn place(&self, along: [i64; N]) -> Result<isize, usize> {
        let mut place = self.offset;
        for axis in 0..N {
            let (at, n) = (along[axis], self.shape[axis]);
            let from_start = if at < 0 { at.wrapping_add(n as i64) } else { at };
            if from_start as u64 >= n as u64 {
                return Err(axis);
            }
            place = place.wrapping_add((from_start as isize).wrapping_mul(self.strides[axis]));
        }
        Ok(place)
    }

    /// The element at a place, negative indices from the end; the axis along which it lies outside.
    #[inline(always)]
    pub(crate) fn get(&self, along: [i64; N]) -> Result<T, usize> {
        let place = self.place(along)?;
        // SAFETY: the place lies in the buffer, which nobody borrows: see above.
        Ok(unsafe { *self.data.as_ptr().offset(place) })
    }

    /// Writes the element at a place.
    #[inline(always)]
    pub(crate) fn set(&self, along: [i64; N], item: T) -> Result<(), usize> {
        let place = self.place(along)?;
        // SAFETY: the place lies in the buffer, which nobody borrows: see above.
        unsafe { *self.data.as_ptr().offset(place) = item };
        Ok(())
    }
}

impl<T: Copy> View<T, 2> {
    /// The part at a place along the first axis.
    #[inline(always)]
    pub(crate) fn row(&self, at: i64) -> Option<View<T, 1>> {
        let n = self.shape[0] as i64;
        let from_start = if at < 0 { at.wrapping_add(n) } else { at };
        if from_start as u64 >= n as u64 {
            return None;
        }
        // Its elements are some of this view's.
        let offset = self.offset + from_start as isize * self.strides[0];
        let (shape, strides) = ([self.shape[1]], [self.strides[1]]);
        Some(View { buf: self.buf.clone(), data: self.data, offset, shape, strides })
    }
}

#[cfg(test)]
mod tests {
    use super::View;
    use std::cell::RefCell;
    use std::rc::Rc;

    /// Each element is the one that the vector has there, and a write is seen in it.
    #[test]
    fn like_the_vector() {
        let buf = Rc::new(RefCell::new((0..24_i64).collect::<Vec<i64>>()));
        for (offset, shape, strides) in [(0, [4, 6], [6, 1]), (23, [4, 6], [-6, -1]), (1, [3, 4], [1, 6])] {
            let view = View::new(buf.clone(), offset, shape, strides).expect("it fits");
            for i in -(shape[0] as i64)..shape[0] as i64 {
                for j in -(shape[1] as i64)..shape[1] as i64 {
                    let wrap = |at: i64, n: usize| (if at < 0 { at + n as i64 } else { at }) as isize;
                    let place =
                        offset as isize + wrap(i, shape[0]) * strides[0] + wrap(j, shape[1]) * strides[1];
                    assert_eq!(view.get([i, j]), Ok(buf.borrow()[place as usize]));
                    assert_eq!(view.set([i, j], i * 100 + j), Ok(()));
                    assert_eq!(buf.borrow()[place as usize], i * 100 + j);
                }
            }
            assert_eq!(view.get([shape[0] as i64, 0]), Err(0));
            assert_eq!(view.get([0, -(shape[1] as i64) - 1]), Err(1));
        }
    }

    /// What reaches out of the buffer is no view.
    #[test]
    fn outside() {
        let buf = Rc::new(RefCell::new(vec![0.0; 6]));
        assert!(View::new(buf.clone(), 0, [2, 4], [3, 1]).is_none());
        assert!(View::new(buf.clone(), 1, [2, 3], [3, 1]).is_none());
        assert!(View::new(buf.clone(), 0, [2], [-1]).is_none());
        assert!(View::new(buf.clone(), 6, [0], [1]).is_some_and(|view| view.get([0]) == Err(0)));
    }
}
