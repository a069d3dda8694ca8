//! Python's `array`: numbers of one kind side by side.

use std::cell::{Ref, RefCell, RefMut};
use std::fmt;
use std::rc::Rc;

use crate::class::{IndexError, OverflowError, ValueError};
use crate::list::{PyList, PyVec, position};
use crate::repr::Repr;
use crate::unwind::raise_new;

/// `array.array`: a type code, and numbers in its range. A handle, whose clones are the same array.
#[derive(Clone, Debug)]
pub struct Array<T> {
    code: char,
    items: Rc<RefCell<Vec<T>>>,
}

/// An array of whole numbers.
pub type IntArray = Array<i64>;

/// An array of floats.
pub type FloatArray = Array<f64>;

/// What an array holds.
pub trait Element: Copy + PartialEq + Repr {
    /// The number as the type code keeps it; raises `OverflowError`.
    fn kept(self, code: char) -> Self;

    /// Its bytes in memory.
    fn bytes(self, code: char) -> Vec<u8>;

    /// The number that stands in the bytes.
    fn read(bytes: &[u8], code: char) -> Self;
}

fn size(code: char) -> usize {
    match code {
        'b' | 'B' => 1,
        'h' | 'H' => 2,
        'i' | 'I' | 'f' => 4,
        _ => 8,
    }
}

/// The range of a type code, and what is said beyond it.
fn range(code: char) -> (i64, i64, &'static str) {
    match code {
        'b' => (-0x80, 0x7f, "signed char"),
        'B' => (0, 0xff, "unsigned byte integer"),
        'h' => (-0x8000, 0x7fff, "signed short integer"),
        'H' => (0, 0xffff, "unsigned short"),
        'i' => (-0x8000_0000, 0x7fff_ffff, "signed integer"),
        'I' => (0, 0xffff_ffff, "unsigned int"),
        'L' | 'Q' => (0, i64::MAX, "unsigned int"),
        _ => (i64::MIN, i64::MAX, ""),
    }
}

impl Element for i64 {
    #[track_caller]
    fn kept(self, code: char) -> i64 {
        let (least, most, what) = range(code);
        if (least..=most).contains(&self) {
            return self;
        }
        // A short is read as an `int` first.
        let what = if code == 'H' && i32::try_from(self).is_err() { "signed integer" } else { what };
        let text = match (code, self > most) {
            ('I' | 'L', false) => "can't convert negative value to unsigned int".to_owned(),
            ('Q', false) => "can't convert negative int to unsigned".to_owned(),
            (_, true) => format!("{what} is greater than maximum"),
            (_, false) => format!("{what} is less than minimum"),
        };
        raise_new(OverflowError, text)
    }

    fn bytes(self, code: char) -> Vec<u8> {
        self.to_le_bytes()[..size(code)].to_vec()
    }

    fn read(bytes: &[u8], code: char) -> i64 {
        let is_negative =
            matches!(code, 'b' | 'h' | 'i' | 'l' | 'q') && bytes.last().is_some_and(|byte| byte & 0x80 != 0);
        let mut all = [if is_negative { 0xff } else { 0 }; 8];
        all[..bytes.len()].copy_from_slice(bytes);
        i64::from_le_bytes(all)
    }
}

impl Element for f64 {
    fn kept(self, code: char) -> f64 {
        if code == 'f' { f64::from(self as f32) } else { self }
    }

    fn bytes(self, code: char) -> Vec<u8> {
        if code == 'f' { (self as f32).to_le_bytes().to_vec() } else { self.to_le_bytes().to_vec() }
    }

    fn read(bytes: &[u8], code: char) -> f64 {
        match code {
            'f' => bytes.try_into().map_or(0.0, |bytes| f64::from(f32::from_le_bytes(bytes))),
            _ => bytes.try_into().map_or(0.0, f64::from_le_bytes),
        }
    }
}

impl<T: Element> Array<T> {
    /// `array.array(code, items)`.
    #[track_caller]
    pub fn new(code: &str, items: impl IntoIterator<Item = T>) -> Array<T> {
        let code = code.chars().next().unwrap_or('i');
        Array::of(code, items.into_iter().map(|item| item.kept(code)).collect())
    }

    /// `array.array(code, bytes)`; raises `ValueError`.
    #[track_caller]
    pub fn of_bytes(code: &str, bytes: &[u8]) -> Array<T> {
        let array = Array::new(code, []);
        array.frombytes(bytes);
        array
    }

    fn of(code: char, items: Vec<T>) -> Array<T> {
        Array { code, items: Rc::new(RefCell::new(items)) }
    }

    fn like(&self, items: Vec<T>) -> Array<T> {
        Array::of(self.code, items)
    }

    fn read(&self) -> Ref<'_, Vec<T>> {
        self.items.borrow()
    }

    fn write(&self) -> RefMut<'_, Vec<T>> {
        self.items.borrow_mut()
    }

    /// What is the same for all handles of one array.
    pub(crate) fn identity(&self) -> i64 {
        Rc::as_ptr(&self.items).addr() as i64
    }

    /// The number of items.
    pub fn count(&self) -> i64 {
        self.read().len() as i64
    }

    /// The items, those that are added meanwhile, too.
    pub fn each(&self) -> impl Iterator<Item = T> + use<T> {
        let own = self.clone();
        (0..).map_while(move |at: usize| own.read().get(at).copied())
    }

    /// `item in a`.
    pub fn holds(&self, item: T) -> bool {
        self.read().contains(&item)
    }

    /// `a.typecode`.
    pub fn typecode(&self) -> String {
        self.code.to_string()
    }

    /// `a.itemsize`.
    pub fn itemsize(&self) -> i64 {
        size(self.code) as i64
    }

    /// `a[index]`; raises `IndexError`.
    #[inline]
    #[track_caller]
    pub fn at(&self, index: i64) -> T {
        let items = self.read();
        match position(items.len(), index) {
            Some(at) => items[at],
            None => raise_new(IndexError, "array index out of range"),
        }
    }

    /// `a[index] = item`; raises `IndexError` and `OverflowError`.
    #[inline]
    #[track_caller]
    pub fn set_at(&self, index: i64, item: T) {
        let item = item.kept(self.code);
        let mut items = self.write();
        match position(items.len(), index) {
            Some(at) => items[at] = item,
            None => raise_new(IndexError, "array assignment index out of range"),
        }
    }

    /// `del a[index]`; raises `IndexError`.
    #[track_caller]
    pub fn del_at(&self, index: i64) {
        let mut items = self.write();
        match position(items.len(), index) {
            Some(at) => drop(items.remove(at)),
            None => raise_new(IndexError, "array assignment index out of range"),
        }
    }

    /// `a[start:stop:step]`.
    #[track_caller]
    pub fn slice(&self, start: Option<i64>, stop: Option<i64>, step: Option<i64>) -> Array<T> {
        self.like(self.read().py_slice(start, stop, step.unwrap_or(1)))
    }

    /// `a.append(item)`; raises `OverflowError`.
    #[track_caller]
    pub fn append(&self, item: T) {
        let item = item.kept(self.code);
        self.write().push(item);
    }

    /// `a.extend(items)`; raises `OverflowError`.
    #[track_caller]
    pub fn extend(&self, items: impl IntoIterator<Item = T>) {
        for item in items {
            self.append(item);
        }
    }

    /// `a.insert(index, item)`; raises `OverflowError`.
    #[track_caller]
    pub fn insert_at(&self, index: i64, item: T) {
        let item = item.kept(self.code);
        self.write().py_insert(index, item);
    }

    /// `a.pop(index)`; raises `IndexError`.
    #[track_caller]
    pub fn pop_at(&self, index: i64) -> T {
        let mut items = self.write();
        match position(items.len(), index) {
            Some(at) => items.remove(at),
            None if items.is_empty() => raise_new(IndexError, "pop from empty array"),
            None => raise_new(IndexError, "pop index out of range"),
        }
    }

    /// `a.remove(item)`; raises `ValueError`.
    #[track_caller]
    pub fn remove_item(&self, item: T) {
        let mut items = self.write();
        match items.iter().position(|own| *own == item) {
            Some(at) => drop(items.remove(at)),
            None => raise_new(ValueError, "array.remove(x): x not in array"),
        }
    }

    /// `a.index(item)`; raises `ValueError`.
    #[track_caller]
    pub fn index_of(&self, item: T) -> i64 {
        let found = self.read().iter().position(|own| *own == item);
        match found {
            Some(at) => at as i64,
            None => raise_new(ValueError, "array.index(x): x not in array"),
        }
    }

    /// `a.count(item)`.
    pub fn count_of(&self, item: T) -> i64 {
        self.read().iter().filter(|own| **own == item).count() as i64
    }

    /// `a.reverse()`.
    pub fn reverse(&self) {
        self.write().reverse();
    }

    /// `a.tolist()`.
    pub fn tolist(&self) -> Vec<T> {
        self.read().clone()
    }

    /// `a.tobytes()`.
    pub fn tobytes(&self) -> Vec<u8> {
        self.read().iter().flat_map(|item| item.bytes(self.code)).collect()
    }

    /// `a.frombytes(bytes)`; raises `ValueError`.
    #[track_caller]
    pub fn frombytes(&self, bytes: &[u8]) {
        let size = size(self.code);
        if !bytes.len().is_multiple_of(size) {
            raise_new(ValueError, "bytes length not a multiple of item size");
        }
        self.write().extend(bytes.chunks(size).map(|part| T::read(part, self.code)));
    }

    /// `a.byteswap()`.
    pub fn byteswap(&self) {
        let code = self.code;
        for item in self.write().iter_mut() {
            let mut bytes = item.bytes(code);
            bytes.reverse();
            *item = T::read(&bytes, code);
        }
    }

    /// `a + b`.
    pub fn plus(&self, other: &Array<T>) -> Array<T> {
        self.like([&self.read()[..], &other.read()[..]].concat())
    }

    /// `a *= count`.
    pub fn multiply(&self, count: i64) {
        let times = self.read().repeat(count.max(0) as usize);
        *self.write() = times;
    }

    /// `a * count`.
    pub fn times(&self, count: i64) -> Array<T> {
        self.like(self.read().repeat(count.max(0) as usize))
    }
}

impl<T: PartialEq> PartialEq for Array<T> {
    fn eq(&self, other: &Array<T>) -> bool {
        self.items == other.items
    }
}

impl<T: PartialOrd> PartialOrd for Array<T> {
    fn partial_cmp(&self, other: &Array<T>) -> Option<std::cmp::Ordering> {
        self.items.partial_cmp(&other.items)
    }
}

impl<T: Repr> Repr for Array<T> {
    fn fmt_repr(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "array('{}'", self.code)?;
        if !self.items.borrow().is_empty() {
            f.write_str(", ")?;
            self.items.borrow().fmt_repr(f)?;
        }
        f.write_str(")")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arrays_are_cpythons() {
        // From CPython 3.11.
        let a = Array::new("h", [1, 2, 3]);
        a.append(-4);
        assert_eq!(crate::repr(&a).to_string(), "array('h', [1, 2, 3, -4])");
        assert_eq!(a.tobytes(), [1, 0, 2, 0, 3, 0, 0xfc, 0xff]);
        assert_eq!(Array::<i64>::of_bytes("h", &a.tobytes()), a);
        let error = crate::catch(|| a.append(40_000)).map_err(|e| e.traceback_line());
        assert_eq!(error, Err("OverflowError: signed short integer is greater than maximum".to_owned()));
        assert_eq!(Array::new("f", [1.1]).at(0), 1.100_000_023_841_858);
    }
}
