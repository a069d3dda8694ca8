//! Arrays of static storage that are only indexed: a cell of Rust's own, no checked memory.

use std::cell::Cell;
use std::thread::LocalKey;

use super::pointer::Count;

/// An array of static storage, one or more indexes deep: `BOARD.item((row, column))`. An index outside of the
/// array stops the program.
pub trait Cells<I> {
    type Item: Copy;

    /// The item.
    #[track_caller]
    fn item(&'static self, index: I) -> Self::Item;
    /// Writes the item.
    #[track_caller]
    fn set_item(&'static self, index: I, value: Self::Item);
    /// Changes the item.
    #[track_caller]
    fn change(&'static self, index: I, change: impl FnOnce(&mut Self::Item));
}

/// An array or a struct of static storage as a whole.
pub trait WholeCells {
    type Value: Copy;

    /// A copy of it.
    fn value(&'static self) -> Self::Value;
    fn set_value(&'static self, value: Self::Value);
    /// Changes it.
    fn with_mut(&'static self, change: impl FnOnce(&mut Self::Value));
    /// All items become one value, those of arrays in the array too.
    fn fill<T>(&'static self, item: T)
    where
        Cell<Self::Value>: Fill<T>;
}

/// An array too large for the storage of a thread, all of its items alike.
pub fn array<T: Copy, const N: usize>(item: T) -> &'static Cell<[T; N]> {
    match Box::<[T; N]>::try_from(vec![item; N].into_boxed_slice()) {
        Ok(items) => Cell::from_mut(Box::leak(items)),
        Err(_) => unreachable!("the vector has as many items as the array"),
    }
}

/// An index, and the length of the array that has no such item.
#[doc(hidden)]
pub struct Outside(i64, usize);

impl Outside {
    #[cold]
    #[inline(never)]
    #[track_caller]
    fn stop(self) -> ! {
        panic!("out of bounds: index {} of an array of {}", self.0, self.1)
    }
}

/// The cell at an index of one part or several.
#[doc(hidden)]
pub trait Find<I> {
    type Item: Copy;
    fn find(&self, index: I) -> Result<&Cell<Self::Item>, Outside>;
}

#[inline(always)]
fn at<T, const N: usize>(cells: &Cell<[T; N]>, index: impl Count) -> Result<&Cell<T>, Outside> {
    let index = index.count();
    cells.as_array_of_cells().get(index as usize).ok_or(Outside(index, N))
}

impl<T: Copy, A: Count, const L: usize> Find<A> for Cell<[T; L]> {
    type Item = T;
    #[inline(always)]
    fn find(&self, index: A) -> Result<&Cell<T>, Outside> {
        at(self, index)
    }
}

impl<T: Copy, A: Count, B: Count, const L: usize, const M: usize> Find<(A, B)> for Cell<[[T; M]; L]> {
    type Item = T;
    #[inline(always)]
    fn find(&self, (a, b): (A, B)) -> Result<&Cell<T>, Outside> {
        at(at(self, a)?, b)
    }
}

impl<T: Copy, A: Count, B: Count, C: Count, const L: usize, const M: usize, const N: usize> Find<(A, B, C)>
    for Cell<[[[T; N]; M]; L]>
{
    type Item = T;
    #[inline(always)]
    fn find(&self, (a, b, c): (A, B, C)) -> Result<&Cell<T>, Outside> {
        at(at(at(self, a)?, b)?, c)
    }
}

/// An array whose items can become alike.
#[doc(hidden)]
pub trait Fill<T> {
    fn fill_with(&self, item: T);
}

impl<T: Copy, const L: usize> Fill<T> for Cell<[T; L]> {
    fn fill_with(&self, item: T) {
        self.as_array_of_cells().iter().for_each(|cell| cell.set(item));
    }
}

impl<T: Copy, const L: usize, const M: usize> Fill<T> for Cell<[[T; M]; L]> {
    fn fill_with(&self, item: T) {
        self.as_array_of_cells().iter().for_each(|row| row.fill_with(item));
    }
}

impl<T: Copy, const L: usize, const M: usize, const N: usize> Fill<T> for Cell<[[[T; N]; M]; L]> {
    fn fill_with(&self, item: T) {
        self.as_array_of_cells().iter().for_each(|row| row.fill_with(item));
    }
}

macro_rules! cells {
    ($($key:ty)*) => {$(
        impl<A: Copy + 'static> WholeCells for LocalKey<$key> {
            type Value = A;

            #[inline(always)]
            fn value(&'static self) -> A {
                self.with(|cells| cells.get())
            }
            #[inline(always)]
            fn set_value(&'static self, value: A) {
                self.with(|cells| cells.set(value));
            }
            #[inline(always)]
            fn with_mut(&'static self, change: impl FnOnce(&mut A)) {
                let mut value = self.value();
                change(&mut value);
                self.set_value(value);
            }
            fn fill<T>(&'static self, item: T)
            where
                Cell<A>: Fill<T>,
            {
                self.with(|cells| cells.fill_with(item));
            }
        }

        impl<A: 'static, I> Cells<I> for LocalKey<$key>
        where
            Cell<A>: Find<I>,
        {
            type Item = <Cell<A> as Find<I>>::Item;

            #[inline(always)]
            fn item(&'static self, index: I) -> Self::Item {
                match self.with(|cells| cells.find(index).map(Cell::get)) {
                    Ok(value) => value,
                    Err(outside) => outside.stop(),
                }
            }
            #[inline(always)]
            fn set_item(&'static self, index: I, value: Self::Item) {
                if let Err(outside) = self.with(|cells| cells.find(index).map(|cell| cell.set(value))) {
                    outside.stop();
                }
            }
            #[inline(always)]
            fn change(&'static self, index: I, change: impl FnOnce(&mut Self::Item)) {
                let changed = self.with(|cells| {
                    cells.find(index).map(|cell| {
                        let mut value = cell.get();
                        change(&mut value);
                        cell.set(value);
                    })
                });
                if let Err(outside) = changed {
                    outside.stop();
                }
            }
        }
    )*};
}
cells! { Cell<A> &'static Cell<A> }

#[cfg(test)]
mod tests {
    use super::{Cells, WholeCells, array};
    use std::cell::Cell;

    thread_local! {
        static ROW: Cell<[i32; 3]> = const { Cell::new([1, 2, 3]) };
        static GRID: Cell<[[u8; 4]; 2]> = const { Cell::new([[0; 4]; 2]) };
        static LARGE: &'static Cell<[[f64; 100]; 1000]> = array([0.5; 100]);
        static CUBE: Cell<[[[i64; 2]; 2]; 2]> = const { Cell::new([[[0; 2]; 2]; 2]) };
    }

    #[test]
    fn items_are_read_written_and_changed() {
        ROW.set_item(1_i8, 5);
        ROW.change(2_u64, |item| *item += ROW.item(0));
        assert_eq!((ROW.item(0), ROW.item(1), ROW.item(2)), (1, 5, 4));
        GRID.set_item((1, 3_u8), 7);
        assert_eq!((GRID.item((1, 3)), GRID.item((0, 3))), (7, 0));
        LARGE.change((999, 99), |item| *item *= 4.0);
        assert_eq!((LARGE.item((999, 99)), LARGE.item((999, 98))), (2.0, 0.5));
        CUBE.set_item((1, 0, 1), -1);
        assert_eq!((CUBE.item((1, 0, 1)), CUBE.item((1, 1, 1))), (-1, 0));
    }

    #[test]
    fn a_whole_array_is_filled_and_copied() {
        ROW.fill(-1);
        GRID.fill(9);
        LARGE.fill(0.25);
        CUBE.fill(3);
        assert_eq!((ROW.value(), GRID.item((1, 3)), LARGE.item((999, 99))), ([-1; 3], 9, 0.25));
        CUBE.set_value([[[4; 2]; 2]; 2]);
        assert_eq!(CUBE.value(), [[[4; 2]; 2]; 2]);
    }

    #[test]
    #[should_panic(expected = "out of bounds: index -1 of an array of 4")]
    fn an_index_below_the_first_stops() {
        GRID.item((1, -1));
    }

    #[test]
    #[should_panic(expected = "out of bounds: index 3 of an array of 3")]
    fn an_index_behind_the_last_stops() {
        ROW.set_item(3, 1);
    }
}
