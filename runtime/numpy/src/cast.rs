//! Arrays as other element types.

use std::rc::Rc;

use batuta_rt::Value;
use trueno::{Cast, Complex64, Complex128, DType, Element};

use crate::array::{Array, Data, Item};
use crate::dtype::Kind;
use crate::error::{R, value_error};
use crate::scalar::Scalar;
use crate::{every, numeric};

/// Elements that become any number.
pub trait Any:
    Element
    + Item
    + Cast<bool>
    + Cast<i8>
    + Cast<i16>
    + Cast<i32>
    + Cast<i64>
    + Cast<u8>
    + Cast<u16>
    + Cast<u32>
    + Cast<u64>
    + Cast<f32>
    + Cast<f64>
    + Cast<Complex64>
    + Cast<Complex128>
{
}

impl<T> Any for T where
    T: Element
        + Item
        + Cast<bool>
        + Cast<i8>
        + Cast<i16>
        + Cast<i32>
        + Cast<i64>
        + Cast<u8>
        + Cast<u16>
        + Cast<u32>
        + Cast<u64>
        + Cast<f32>
        + Cast<f64>
        + Cast<Complex64>
        + Cast<Complex128>
{
}

fn numbers<T: Any>(items: &[T], dtype: DType, shape: &[usize]) -> Array {
    macro_rules! to {
        ($t:ty) => {
            Array::from_vec(items.iter().map(|x| Cast::<$t>::cast(*x)).collect::<Vec<$t>>(), shape)
        };
    }
    match dtype {
        DType::Bool => to!(bool),
        DType::I8 => to!(i8),
        DType::I16 => to!(i16),
        DType::I32 => to!(i32),
        DType::I64 => to!(i64),
        DType::U8 => to!(u8),
        DType::U16 => to!(u16),
        DType::U32 => to!(u32),
        DType::U64 => to!(u64),
        DType::F32 => to!(f32),
        DType::F64 => to!(f64),
        DType::C64 => to!(Complex64),
        DType::C128 => to!(Complex128),
    }
}

impl Array {
    /// An array of zeros.
    pub fn zeros(kind: Kind, shape: &[usize]) -> Array {
        let n = shape.iter().product();
        match kind {
            Kind::Num(dtype) => match dtype {
                DType::Bool => Array::from_vec(vec![false; n], shape),
                DType::I8 => Array::from_vec(vec![0i8; n], shape),
                DType::I16 => Array::from_vec(vec![0i16; n], shape),
                DType::I32 => Array::from_vec(vec![0i32; n], shape),
                DType::I64 => Array::from_vec(vec![0i64; n], shape),
                DType::U8 => Array::from_vec(vec![0u8; n], shape),
                DType::U16 => Array::from_vec(vec![0u16; n], shape),
                DType::U32 => Array::from_vec(vec![0u32; n], shape),
                DType::U64 => Array::from_vec(vec![0u64; n], shape),
                DType::F32 => Array::from_vec(vec![0f32; n], shape),
                DType::F64 => Array::from_vec(vec![0f64; n], shape),
                DType::C64 => Array::from_vec(vec![Complex64::default(); n], shape),
                DType::C128 => Array::from_vec(vec![Complex128::default(); n], shape),
            },
            Kind::Str(width) => {
                let mut out = Array::from_vec(vec![Rc::<str>::from(""); n], shape);
                if let Data::Str(_, own) = &mut out.data {
                    *own = width.max(1);
                }
                out
            }
            Kind::Object => Array::from_vec(vec![Value::from(0_i64); n], shape),
        }
    }

    /// The elements as another type; the same array where it has it already.
    pub fn cast(&self, kind: Kind) -> R<Array> {
        if self.kind() == kind {
            return Ok(self.clone());
        }
        if !self.is_contiguous() && self.ndim() > 1 {
            // In memory order, which is faster and what NumPy keeps.
            let copy = self.copy_keeping();
            let mut order: Vec<usize> = (0..copy.ndim()).collect();
            order.sort_by_key(|&axis| std::cmp::Reverse(copy.strides[axis].abs()));
            let lined = copy.permuted(&order);
            if lined.is_contiguous() {
                let mut back = vec![0; order.len()];
                order.iter().enumerate().for_each(|(at, axis)| back[*axis] = at);
                return Ok(lined.cast_plain(kind)?.permuted(&back));
            }
        }
        self.cast_plain(kind)
    }

    fn cast_plain(&self, kind: Kind) -> R<Array> {
        match kind {
            Kind::Num(dtype) => match &self.data {
                Data::Str(items, _) => self.parsed(&self.gather(&items.borrow()), dtype),
                Data::Object(items) => {
                    let items = self.gather(&items.borrow());
                    let made: R<Vec<Scalar>> =
                        items.iter().map(|item| crate::make::scalar_as(item, dtype)).collect();
                    Ok(Array::of_scalars(&made?, kind, &self.shape))
                }
                data => Ok(numeric!(data, b => {
                    let buf = b.borrow();
                    if self.is_contiguous() {
                        numbers(&buf[self.offset..self.offset + self.size()], dtype, &self.shape)
                    } else {
                        numbers(&self.gather(&buf), dtype, &self.shape)
                    }
                }, _ => self.clone())),
            },
            Kind::Str(width) => {
                let texts: Vec<Rc<str>> = self.scalars().iter().map(|x| Rc::from(x.text())).collect();
                let texts = match width {
                    0 => texts,
                    _ => texts.iter().map(|text| crate::array::cut(text, width)).collect(),
                };
                let mut out = Array::from_vec(texts, &self.shape);
                if let (Data::Str(_, own), true) = (&mut out.data, width > 0) {
                    *own = width;
                }
                Ok(out)
            }
            Kind::Object => {
                let items: Vec<Value> = self.scalars().iter().map(Scalar::item).collect();
                Ok(Array::from_vec(items, &self.shape))
            }
        }
    }

    /// Texts read as numbers.
    fn parsed(&self, texts: &[Rc<str>], dtype: DType) -> R<Array> {
        match dtype.kind() {
            trueno::Kind::Integer => {
                let items: R<Vec<i64>> = texts
                    .iter()
                    .map(|text| {
                        batuta_rt::int_from_str(text, 10).map_err(|_| {
                            let text = batuta_rt::repr(&**text).to_string();
                            value_error(format!("invalid literal for int() with base 10: np.str_({text})"))
                        })
                    })
                    .collect();
                Array::from_vec(items?, &self.shape).cast(Kind::Num(dtype))
            }
            trueno::Kind::Float => {
                let items: R<Vec<f64>> = texts
                    .iter()
                    .map(|text| {
                        batuta_rt::float_from_str(text).map_err(|_| {
                            let text = batuta_rt::repr(&**text).to_string();
                            value_error(format!("could not convert string to float: {text}"))
                        })
                    })
                    .collect();
                Array::from_vec(items?, &self.shape).cast(Kind::Num(dtype))
            }
            trueno::Kind::Bool => {
                Ok(Array::from_vec(texts.iter().map(|text| !text.is_empty()).collect(), &self.shape))
            }
            trueno::Kind::Complex => Err(crate::error::not_done("texts as complex numbers")),
        }
    }

    /// An array of scalars that all have the element type `kind` or become it.
    pub fn of_scalars(items: &[Scalar], kind: Kind, shape: &[usize]) -> Array {
        let empty = Array::zeros(kind, &[0]);
        let made = every!(&empty.data, b => typed(b, items));
        match made {
            Some(data) => Array {
                data,
                offset: 0,
                shape: shape.to_vec(),
                strides: crate::array::c_strides(shape),
                base: None,
            },
            None => {
                let whole = Array::zeros(kind, shape);
                for (at, item) in items.iter().enumerate() {
                    let place = whole.framed(at, Vec::new(), Vec::new());
                    // What does not fit stays zero: callers cast before.
                    let _ = place.assign(&item.array());
                }
                whole
            }
        }
    }
}

fn typed<T: Item>(_like: &crate::array::Buf<T>, items: &[Scalar]) -> Option<Data> {
    let items: Option<Vec<T>> = items.iter().map(T::of).collect();
    Some(T::data(Rc::new(std::cell::RefCell::new(items?))))
}
