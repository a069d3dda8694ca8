//! The array: a shared buffer of one of the element types, seen through offset, shape and strides.
//!
//! Views share the buffer, so that a write through one is seen by all. Strides count elements.

use std::cell::RefCell;
use std::rc::Rc;

use batuta_rt::Value;
use trueno::{Complex64, Complex128, DType, Element, Tensor};

use crate::dtype::Kind;
use crate::error::{Py, R, not_done, value_error};
use crate::scalar::Scalar;

/// A buffer that views share. Its length never changes: `sys` relies on it.
pub type Buf<T> = Rc<RefCell<Vec<T>>>;

/// The elements of an array.
#[derive(Clone)]
pub enum Data {
    Bool(Buf<bool>),
    I8(Buf<i8>),
    I16(Buf<i16>),
    I32(Buf<i32>),
    I64(Buf<i64>),
    U8(Buf<u8>),
    U16(Buf<u16>),
    U32(Buf<u32>),
    U64(Buf<u64>),
    F32(Buf<f32>),
    F64(Buf<f64>),
    C64(Buf<Complex64>),
    C128(Buf<Complex128>),
    /// Texts of at most so many letters.
    Str(Buf<Rc<str>>, usize),
    Object(Buf<Value>),
}

/// Runs an expression with the buffer of any element type.
#[macro_export]
macro_rules! every {
    ($data:expr, $b:ident => $e:expr) => {
        match $data {
            $crate::array::Data::Bool($b) => $e,
            $crate::array::Data::I8($b) => $e,
            $crate::array::Data::I16($b) => $e,
            $crate::array::Data::I32($b) => $e,
            $crate::array::Data::I64($b) => $e,
            $crate::array::Data::U8($b) => $e,
            $crate::array::Data::U16($b) => $e,
            $crate::array::Data::U32($b) => $e,
            $crate::array::Data::U64($b) => $e,
            $crate::array::Data::F32($b) => $e,
            $crate::array::Data::F64($b) => $e,
            $crate::array::Data::C64($b) => $e,
            $crate::array::Data::C128($b) => $e,
            $crate::array::Data::Str($b, _) => $e,
            $crate::array::Data::Object($b) => $e,
        }
    };
}

/// Runs an expression with the buffer of a numeric element type.
#[macro_export]
macro_rules! numeric {
    ($data:expr, $b:ident => $e:expr, _ => $other:expr) => {
        match $data {
            $crate::array::Data::Bool($b) => $e,
            $crate::array::Data::I8($b) => $e,
            $crate::array::Data::I16($b) => $e,
            $crate::array::Data::I32($b) => $e,
            $crate::array::Data::I64($b) => $e,
            $crate::array::Data::U8($b) => $e,
            $crate::array::Data::U16($b) => $e,
            $crate::array::Data::U32($b) => $e,
            $crate::array::Data::U64($b) => $e,
            $crate::array::Data::F32($b) => $e,
            $crate::array::Data::F64($b) => $e,
            $crate::array::Data::C64($b) => $e,
            $crate::array::Data::C128($b) => $e,
            _ => $other,
        }
    };
}

/// An element type of a buffer.
pub trait Item: Clone + 'static {
    /// The buffer as elements of an array.
    fn data(buf: Buf<Self>) -> Data;
    /// One element.
    fn scalar(&self) -> Scalar;
    /// What a scalar of the same type holds.
    fn of(scalar: &Scalar) -> Option<Self>;
}

macro_rules! items {
    ($($variant:ident, $t:ty;)*) => {$(
        impl Item for $t {
            fn data(buf: Buf<Self>) -> Data { Data::$variant(buf) }
            fn scalar(&self) -> Scalar { Scalar::$variant(self.clone()) }
            fn of(scalar: &Scalar) -> Option<Self> {
                match scalar { Scalar::$variant(x) => Some(x.clone()), _ => None }
            }
        }
    )*};
}

items! {
    Bool, bool; I8, i8; I16, i16; I32, i32; I64, i64; U8, u8; U16, u16; U32, u32; U64, u64;
    F32, f32; F64, f64; C64, Complex64; C128, Complex128; Object, Value;
}

impl Item for Rc<str> {
    fn data(buf: Buf<Self>) -> Data {
        let width = buf.borrow().iter().map(|text| text.chars().count()).max().unwrap_or(0);
        Data::Str(buf, width.max(1))
    }
    fn scalar(&self) -> Scalar {
        Scalar::Str(self.clone())
    }
    fn of(scalar: &Scalar) -> Option<Self> {
        match scalar {
            Scalar::Str(text) => Some(text.clone()),
            _ => None,
        }
    }
}

/// A view of a buffer; cloning shares the buffer.
#[derive(Clone)]
pub struct Array {
    pub data: Data,
    pub offset: usize,
    pub shape: Vec<usize>,
    pub strides: Vec<isize>,
    /// The array that owns the buffer, where this is a view of it.
    pub base: Option<Value>,
}

/// Strides of C order.
pub fn c_strides(shape: &[usize]) -> Vec<isize> {
    let mut strides = vec![1isize; shape.len()];
    for axis in (1..shape.len()).rev() {
        strides[axis - 1] = strides[axis] * shape[axis].max(1) as isize;
    }
    strides
}

/// Calls `f` with the start, length and step of each run along the last axis, in C order.
pub fn for_each_run(
    shape: &[usize],
    strides: &[isize],
    start: usize,
    f: &mut impl FnMut(usize, usize, isize),
) {
    match (shape, strides) {
        ([], _) => f(start, 1, 1),
        ([n], [step]) if *n > 0 => f(start, *n, *step),
        ([n, inner @ ..], [step, steps @ ..]) => {
            for i in 0..*n {
                for_each_run(inner, steps, (start as isize + i as isize * step) as usize, f);
            }
        }
        _ => {}
    }
}

impl Array {
    /// An array that takes over elements in C order.
    pub fn from_vec<T: Item>(items: Vec<T>, shape: &[usize]) -> Array {
        debug_assert_eq!(items.len(), shape.iter().product::<usize>());
        Array {
            data: T::data(Rc::new(RefCell::new(items))),
            offset: 0,
            shape: shape.to_vec(),
            strides: c_strides(shape),
            base: None,
        }
    }

    /// A vector.
    pub fn vector<T: Item>(items: Vec<T>) -> Array {
        let n = items.len();
        Array::from_vec(items, &[n])
    }

    /// What trueno made, in its memory order.
    pub fn from_tensor<T: Item + Element>(tensor: trueno::Array<T>) -> Array {
        let (items, offset, shape, strides) = tensor.into_parts();
        Array { data: T::data(Rc::new(RefCell::new(items))), offset, shape, strides, base: None }
    }

    /// Number of axes.
    pub fn ndim(&self) -> usize {
        self.shape.len()
    }

    /// Number of elements.
    pub fn size(&self) -> usize {
        self.shape.iter().product()
    }

    /// Length of the first axis.
    pub fn len(&self) -> usize {
        self.shape.first().copied().unwrap_or(0)
    }

    /// The element type.
    pub fn kind(&self) -> Kind {
        match &self.data {
            Data::Bool(_) => Kind::Num(DType::Bool),
            Data::I8(_) => Kind::Num(DType::I8),
            Data::I16(_) => Kind::Num(DType::I16),
            Data::I32(_) => Kind::Num(DType::I32),
            Data::I64(_) => Kind::Num(DType::I64),
            Data::U8(_) => Kind::Num(DType::U8),
            Data::U16(_) => Kind::Num(DType::U16),
            Data::U32(_) => Kind::Num(DType::U32),
            Data::U64(_) => Kind::Num(DType::U64),
            Data::F32(_) => Kind::Num(DType::F32),
            Data::F64(_) => Kind::Num(DType::F64),
            Data::C64(_) => Kind::Num(DType::C64),
            Data::C128(_) => Kind::Num(DType::C128),
            Data::Str(_, width) => Kind::Str(*width),
            Data::Object(_) => Kind::Object,
        }
    }

    /// The numeric element type; an error for texts and objects.
    pub fn dtype(&self, op: &str) -> R<DType> {
        match self.kind() {
            Kind::Num(dtype) => Ok(dtype),
            other => Err(not_done(format!("`{op}` of arrays of {other}"))),
        }
    }

    /// Whether the elements lie one after the other in C order.
    pub fn is_contiguous(&self) -> bool {
        let mut step = 1isize;
        for (n, stride) in self.shape.iter().zip(&self.strides).rev() {
            if *n != 1 && *stride != step && !self.shape.contains(&0) {
                return false;
            }
            step *= (*n).max(1) as isize;
        }
        true
    }

    /// Whether they lie so in Fortran's order.
    pub fn is_fortran(&self) -> bool {
        self.transposed().is_contiguous()
    }

    /// The axes the other way round.
    pub fn transposed(&self) -> Array {
        let order: Vec<usize> = (0..self.ndim()).rev().collect();
        self.permuted(&order)
    }

    /// The axes in another order.
    pub fn permuted(&self, order: &[usize]) -> Array {
        let mut out = self.clone();
        out.shape = order.iter().map(|&axis| self.shape[axis]).collect();
        out.strides = order.iter().map(|&axis| self.strides[axis]).collect();
        out
    }

    /// Axis `from` moved to the end.
    pub fn axis_last(&self, axis: usize) -> Array {
        let mut order: Vec<usize> = (0..self.ndim()).filter(|at| *at != axis).collect();
        order.push(axis);
        self.permuted(&order)
    }

    /// The last axis moved to `axis`.
    pub fn last_to(&self, axis: usize) -> Array {
        let mut order: Vec<usize> = (0..self.ndim() - 1).collect();
        order.insert(axis, self.ndim() - 1);
        self.permuted(&order)
    }

    /// The same view of another buffer position and form.
    pub fn framed(&self, offset: usize, shape: Vec<usize>, strides: Vec<isize>) -> Array {
        Array { data: self.data.clone(), offset, shape, strides, base: self.base.clone() }
    }

    /// Elements of a buffer of this array, in C order.
    pub fn gather<T: Clone>(&self, buf: &[T]) -> Vec<T> {
        if self.is_contiguous() {
            return buf[self.offset..self.offset + self.size()].to_vec();
        }
        let mut out = Vec::with_capacity(self.size());
        for_each_run(&self.shape, &self.strides, self.offset, &mut |start, n, step| {
            if step == 1 {
                out.extend_from_slice(&buf[start..start + n]);
            } else {
                out.extend((0..n as isize).map(|i| buf[(start as isize + i * step) as usize].clone()));
            }
        });
        out
    }

    /// A copy in C order.
    pub fn copy(&self) -> Array {
        every!(&self.data, b => self.wrap_like(self.gather(&b.borrow()), &self.shape))
    }

    /// A copy in the memory order of this array, as NumPy's order 'K'.
    pub fn copy_keeping(&self) -> Array {
        if self.is_contiguous() || self.ndim() < 2 {
            return self.copy();
        }
        let mut order: Vec<usize> = (0..self.ndim()).collect();
        order.sort_by_key(|&axis| std::cmp::Reverse(self.strides[axis].abs()));
        let mut back = vec![0; order.len()];
        order.iter().enumerate().for_each(|(at, axis)| back[*axis] = at);
        self.permuted(&order).copy().permuted(&back)
    }

    /// An array of the same element type (texts keep their width).
    pub fn wrap_like<T: Item>(&self, items: Vec<T>, shape: &[usize]) -> Array {
        let mut out = Array::from_vec(items, shape);
        if let (Data::Str(_, own), Data::Str(_, width)) = (&self.data, &mut out.data) {
            *width = *own;
        }
        out
    }

    /// In C order, without a copy where it lies so.
    pub fn contiguous(&self) -> Array {
        if self.is_contiguous() { self.clone() } else { self.copy() }
    }

    /// As one axis: a view where the elements lie in C order.
    pub fn raveled(&self) -> Array {
        let whole = self.contiguous();
        let n = whole.size();
        whole.framed(whole.offset, vec![n], vec![1])
    }

    /// Another shape of the same elements: a view where that can be.
    pub fn reshaped(&self, shape: &[usize]) -> Array {
        if let Some(strides) = self.strides_for(shape) {
            return self.framed(self.offset, shape.to_vec(), strides);
        }
        let mut copy = self.copy();
        copy.shape = shape.to_vec();
        copy.strides = c_strides(shape);
        copy
    }

    /// The strides that see the elements in another shape without a copy.
    pub fn strides_for(&self, shape: &[usize]) -> Option<Vec<isize>> {
        if self.is_contiguous() {
            return Some(c_strides(shape));
        }
        // Groups of old and new axes with the same number of elements.
        let old: Vec<(usize, isize)> =
            self.shape.iter().copied().zip(self.strides.iter().copied()).filter(|(n, _)| *n != 1).collect();
        let mut strides = vec![0isize; shape.len()];
        let (mut i, mut j) = (0, 0);
        while i < old.len() && j < shape.len() {
            let (mut from, mut to) = (old[i].0, shape[j]);
            let (i0, j0) = (i, j);
            while from != to {
                if from < to {
                    i += 1;
                    from *= old.get(i)?.0;
                } else {
                    j += 1;
                    to *= *shape.get(j)?;
                }
            }
            if (i0..i).any(|k| old[k].1 != old[k + 1].1 * old[k + 1].0 as isize) {
                return None;
            }
            let mut step = old[i].1;
            for k in (j0..=j).rev() {
                strides[k] = step;
                step *= shape[k] as isize;
            }
            i += 1;
            j += 1;
        }
        Some(strides)
    }

    /// This array as `shape`, where axes of length 1 repeat.
    pub fn broadcast_to(&self, shape: &[usize]) -> Option<Array> {
        let more = shape.len().checked_sub(self.ndim())?;
        let mut strides = vec![0isize; shape.len()];
        for (axis, (&n, &stride)) in self.shape.iter().zip(&self.strides).enumerate() {
            let want = shape[more + axis];
            if n == want {
                strides[more + axis] = stride;
            } else if n != 1 {
                return None;
            }
        }
        Some(self.framed(self.offset, shape.to_vec(), strides))
    }

    /// The element at a place of the buffer.
    pub fn at(&self, place: usize) -> Scalar {
        every!(&self.data, b => b.borrow()[place].scalar())
    }

    /// The first element.
    pub fn first(&self) -> Scalar {
        self.at(self.offset)
    }

    /// Places in the buffer of all elements, in C order.
    pub fn places(&self) -> Vec<usize> {
        let mut out = Vec::with_capacity(self.size());
        for_each_run(&self.shape, &self.strides, self.offset, &mut |start, n, step| {
            out.extend((0..n as isize).map(|i| (start as isize + i * step) as usize));
        });
        out
    }

    /// The elements in C order.
    pub fn scalars(&self) -> Vec<Scalar> {
        every!(&self.data, b => self.gather(&b.borrow()).iter().map(Item::scalar).collect())
    }

    /// A row along the first axis.
    pub fn row(&self, at: usize) -> Array {
        let offset = (self.offset as isize + at as isize * self.strides[0]) as usize;
        self.framed(offset, self.shape[1..].to_vec(), self.strides[1..].to_vec())
    }

    /// A typed view for trueno.
    pub fn tensor<'b, T: Element>(&self, buf: &'b [T]) -> R<Tensor<'b, T>> {
        Tensor::strided(buf, self.offset, &self.shape, &self.strides).py()
    }

    /// Runs `f` on a typed view of the elements cast to `T`.
    pub fn with<T: Item + Element, X>(&self, dtype: DType, f: impl FnOnce(Tensor<'_, T>) -> R<X>) -> R<X> {
        let own = self.cast(Kind::Num(dtype))?;
        let data: &dyn std::any::Any = every!(&own.data, b => b);
        let buf = data.downcast_ref::<Buf<T>>().ok_or_else(|| value_error("another element type"))?;
        let buf = buf.borrow();
        f(own.tensor(&buf)?)
    }

    /// As `with` for f64.
    pub fn f64s<X>(&self, f: impl FnOnce(Tensor<'_, f64>) -> R<X>) -> R<X> {
        self.with::<f64, X>(DType::F64, f)
    }

    /// The elements as f64, in C order.
    pub fn to_f64s(&self) -> R<Vec<f64>> {
        self.f64s(|t| Ok(t.to_vec()))
    }

    /// The elements as i64, in C order.
    pub fn to_i64s(&self) -> R<Vec<i64>> {
        self.with::<i64, _>(DType::I64, |t| Ok(t.to_vec()))
    }

    /// The elements' truth, in C order.
    pub fn truths(&self) -> Vec<bool> {
        self.scalars().iter().map(Scalar::truth).collect()
    }

    /// As the dynamic value of a program.
    pub fn value(self) -> Value {
        crate::object::ArrayObject::value(self)
    }

    /// As a value: a scalar where it has no axis.
    pub fn value_or_scalar(self) -> Value {
        if self.ndim() == 0 { self.first().value() } else { self.value() }
    }

    /// Writes elements, cast and broadcast, into the places that this view reaches.
    pub fn assign(&self, source: &Array) -> R<()> {
        let source = source.cast(self.kind())?;
        let mut source = source;
        // Leading axes of length 1 do not count.
        while source.ndim() > self.ndim() && source.shape[0] == 1 {
            source = source.row(0);
        }
        let Some(wide) = source.broadcast_to(&self.shape) else {
            let (from, to) = (tight(&source.shape), tight(&self.shape));
            let text = format!("could not broadcast input array from shape {from} into shape {to}");
            return Err(value_error(text));
        };
        macro_rules! write {
            ($($variant:ident)*) => {
                match (&self.data, &wide.data) {
                    $((Data::$variant(to), Data::$variant(from)) => self.scatter(to, &wide, from),)*
                    (Data::Str(to, width), Data::Str(from, _)) => {
                        let cut: Vec<Rc<str>> =
                            wide.gather(&from.borrow()).iter().map(|text| cut(text, *width)).collect();
                        let cut = Array::from_vec(cut, &self.shape);
                        if let Data::Str(from, _) = &cut.data {
                            self.scatter(to, &cut, from);
                        }
                    }
                    _ => return Err(value_error("arrays of other types")),
                }
            };
        }
        write!(Bool I8 I16 I32 I64 U8 U16 U32 U64 F32 F64 C64 C128 Object);
        Ok(())
    }

    fn scatter<T: Clone>(&self, to: &Buf<T>, wide: &Array, from: &Buf<T>) {
        if wide.strides.iter().all(|&step| step == 0) && self.size() > 0 {
            let item = from.borrow()[wide.offset].clone();
            let mut to = to.borrow_mut();
            for_each_run(&self.shape, &self.strides, self.offset, &mut |start, n, step| {
                (0..n as isize).for_each(|i| to[(start as isize + i * step) as usize] = item.clone());
            });
            return;
        }
        let items = wide.gather(&from.borrow());
        let (mut to, mut at) = (to.borrow_mut(), 0);
        for_each_run(&self.shape, &self.strides, self.offset, &mut |start, n, step| {
            if step == 1 {
                to[start..start + n].clone_from_slice(&items[at..at + n]);
            } else {
                for i in 0..n {
                    to[(start as isize + i as isize * step) as usize] = items[at + i].clone();
                }
            }
            at += n;
        });
    }
}

/// A text of at most `width` letters.
pub fn cut(text: &Rc<str>, width: usize) -> Rc<str> {
    if text.chars().count() <= width {
        text.clone()
    } else {
        text.chars().take(width).collect::<String>().into()
    }
}

/// `(2,3)`, as broadcasting errors print shapes.
pub fn tight(shape: &[usize]) -> String {
    trueno::shape_text(shape).replace(", ", ",")
}

/// The shape that shapes broadcast to.
pub fn broadcast_shapes(shapes: &[&[usize]]) -> R<Vec<usize>> {
    let ndim = shapes.iter().map(|shape| shape.len()).max().unwrap_or(0);
    let mut out = vec![1; ndim];
    for shape in shapes {
        let more = ndim - shape.len();
        for (axis, &n) in shape.iter().enumerate() {
            let own = &mut out[more + axis];
            if *own == 1 {
                *own = n;
            } else if n != 1 && n != *own {
                let all: Vec<String> = shapes.iter().map(|shape| tight(shape)).collect();
                let text = format!("operands could not be broadcast together with shapes {} ", all.join(" "));
                return Err(value_error(text));
            }
        }
    }
    Ok(out)
}
