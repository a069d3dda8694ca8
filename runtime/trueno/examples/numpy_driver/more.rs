//! Indexing, sorting, joining and products by NumPy's names.

use trueno::{AnyTensor, Array, Element, MatMul, Real, Result, match_any};

use crate::Answer;
use crate::ops::{Answers, number, one, unsupported};

macro_rules! all {
    ($any:expr, $op:expr, $t:ident => $body:expr) => {
        match_any!($any, $t, [Bool I8 I16 I32 I64 U8 U16 U32 U64 F32 F64 C64 C128] => $body, _ => Err(unsupported($op)))
    };
}

macro_rules! reals {
    ($any:expr, $op:expr, $t:ident => $body:expr) => {
        match_any!($any, $t, [I8 I16 I32 I64 U8 U16 U32 U64 F32 F64] => $body, _ => Err(unsupported($op)))
    };
}

/// The arrays in one common type `T`, which `first` has.
fn same<T: Element>(_first: &Array<T>, arrays: &[AnyTensor]) -> Result<Vec<Array<T>>>
where
    Array<T>: TryFrom<AnyTensor, Error = trueno::Error>,
{
    arrays.iter().map(|a| Array::<T>::try_from(a.clone())).collect()
}

fn refs<T: Element>(arrays: &[Array<T>]) -> Vec<&Array<T>> {
    arrays.iter().collect()
}

pub fn run(op: &str, arrays: &[AnyTensor], words: &[&str]) -> Option<Answers> {
    let axis = words.first().and_then(|w| w.parse::<isize>().ok()).unwrap_or(-1);
    Some(match (op, arrays) {
        ("mask", [a, AnyTensor::Bool(mask)]) => all!(a, op, t => t.mask(mask).and_then(one)),
        ("take", [a, AnyTensor::I64(i)]) => all!(a, op, t => t.take(i).and_then(one)),
        ("take_axis", [a, AnyTensor::I64(i)]) => {
            all!(a, op, t => t.take_axis(i, axis).and_then(one))
        }
        ("pick", [a, AnyTensor::I64(i)]) => all!(a, op, t => t.pick(&[i]).and_then(one)),
        ("pick", [a, AnyTensor::I64(i), AnyTensor::I64(j)]) => {
            all!(a, op, t => t.pick(&[i, j]).and_then(one))
        }
        ("put", [a, AnyTensor::I64(i), values]) => all!(a, op, t => put(t, i, values)),
        ("set_mask", [a, AnyTensor::Bool(mask), values]) => {
            all!(a, op, t => set_mask(t, mask, values))
        }
        ("take_along_axis", [a, AnyTensor::I64(i)]) => {
            all!(a, op, t => t.take_along_axis(i, axis).and_then(one))
        }
        ("nonzero", [a]) => {
            all!(a, op, t => Ok(t.nonzero().into_iter().map(|i| Answer::Array(i.into())).collect()))
        }
        ("where", [AnyTensor::Bool(c), a, b]) => {
            all!(a, op, t => same(t, std::slice::from_ref(b)).and_then(|b| c.select(t, &b[0])).and_then(one))
        }
        ("sort", [a]) => reals!(a, op, t => t.sort(axis).and_then(one)),
        ("argsort", [a]) => reals!(a, op, t => t.argsort(axis).and_then(one)),
        ("unique", [a]) => reals!(a, op, t => unique(t)),
        ("searchsorted", [a, v]) => {
            reals!(a, op, t => same(t, std::slice::from_ref(v)).and_then(|v| t.searchsorted(&v[0], words[0] == "right")).and_then(one))
        }
        ("digitize", [a, v]) => {
            reals!(a, op, t => same(t, std::slice::from_ref(v)).and_then(|v| t.digitize(&v[0], words[0] == "1")).and_then(one))
        }
        ("isin", [a, v]) => {
            reals!(a, op, t => same(t, std::slice::from_ref(v)).and_then(|v| one(t.isin(&v[0]))))
        }
        ("argmax", [a]) => reals!(a, op, t => t.argmax_axis(axis).and_then(one)),
        ("argmin", [a]) => reals!(a, op, t => t.argmin_axis(axis).and_then(one)),
        ("cumsum", [a]) => all!(a, op, t => t.cumsum(axis).and_then(one)),
        ("cumprod", [a]) => all!(a, op, t => t.cumprod(axis).and_then(one)),
        ("cummax", [a]) => reals!(a, op, t => t.cummax(axis).and_then(one)),
        ("diff", [a]) => {
            reals!(a, op, t => number(words, 1).and_then(|n| t.diff(n, axis)).and_then(one))
        }
        ("clip", [a]) => reals!(a, op, t => clip(t, words)),
        ("concatenate", [a, ..]) => {
            all!(a, op, t => same(t, arrays).and_then(|all| trueno::concatenate(&refs(&all), axis)).and_then(one))
        }
        ("stack", [a, ..]) => {
            all!(a, op, t => same(t, arrays).and_then(|all| trueno::stack(&refs(&all), axis)).and_then(one))
        }
        ("repeat", [a]) => {
            all!(a, op, t => number(words, 1).and_then(|n| t.repeat(n, axis)).and_then(one))
        }
        ("tile", [a]) => all!(a, op, t => t.tile(&crate::list::<usize>(words[0])).and_then(one)),
        ("roll", [a]) => {
            all!(a, op, t => number(words, 1).and_then(|n| t.roll(n, axis)).and_then(one))
        }
        ("flip", [a]) => all!(a, op, t => t.flip(axis).and_then(|t| one(t.to_owned()))),
        ("rot90", [a]) => all!(a, op, t => t.rot90(axis).and_then(one)),
        ("tril", [a]) => all!(a, op, t => t.tril(axis).and_then(one)),
        ("triu", [a]) => all!(a, op, t => t.triu(axis).and_then(one)),
        ("diagonal", [a]) => all!(a, op, t => t.diagonal(axis).and_then(|t| one(t.to_owned()))),
        ("arange", []) => arange(words),
        ("linspace", []) => linspace(words),
        ("dot" | "matmul" | "inner" | "outer" | "kron" | "tensordot" | "einsum", [a, _]) => {
            match_any!(a, t, [I8 I16 I32 I64 U8 U16 U32 U64 F32 F64 C64 C128] => product(op, t, arrays, words), _ => Err(unsupported(op)))
        }
        _ => return None,
    })
}

fn put<T: Element>(a: &Array<T>, i: &Array<i64>, values: &AnyTensor) -> Answers
where
    Array<T>: TryFrom<AnyTensor, Error = trueno::Error>,
    AnyTensor: From<Array<T>>,
{
    let mut out = a.clone();
    out.put(&[i], &Array::<T>::try_from(values.clone())?)?;
    one(out.to_owned())
}

fn set_mask<T: Element>(a: &Array<T>, mask: &Array<bool>, values: &AnyTensor) -> Answers
where
    Array<T>: TryFrom<AnyTensor, Error = trueno::Error>,
    AnyTensor: From<Array<T>>,
{
    let mut out = a.clone();
    out.set_mask_from(mask, &Array::<T>::try_from(values.clone())?)?;
    one(out.to_owned())
}

fn unique<T: Real>(t: &Array<T>) -> Answers
where
    AnyTensor: From<Array<T>>,
{
    let found = t.unique_all();
    let parts = [found.values.into(), found.index.into(), found.inverse.into(), found.counts.into()];
    Ok(parts.into_iter().map(Answer::Array).collect())
}

fn clip<T: Real>(t: &Array<T>, words: &[&str]) -> Answers
where
    AnyTensor: From<Array<T>>,
{
    one(t.clip(T::from_f64(number(words, 0)?), T::from_f64(number(words, 1)?)))
}

fn arange(words: &[&str]) -> Answers {
    if words[0] == "int64" {
        return one(trueno::arange::<i64>(number(words, 1)?, number(words, 2)?, number(words, 3)?)?);
    }
    one(trueno::arange::<f64>(number(words, 1)?, number(words, 2)?, number(words, 3)?)?)
}

fn linspace(words: &[&str]) -> Answers {
    one(trueno::linspace(number(words, 0)?, number(words, 1)?, number(words, 2)?, words[3] == "1")?)
}

fn product<T: MatMul>(op: &str, a: &Array<T>, arrays: &[AnyTensor], words: &[&str]) -> Answers
where
    Array<T>: TryFrom<AnyTensor, Error = trueno::Error>,
    AnyTensor: From<Array<T>>,
{
    let b = Array::<T>::try_from(arrays[1].clone())?;
    one(match op {
        "dot" => a.dot(&b)?,
        "matmul" => a.matmul(&b)?,
        "inner" => a.inner(&b)?,
        "outer" => a.outer(&b)?,
        "kron" => a.kron(&b)?,
        "einsum" => trueno::einsum(words[0], &[a, &b])?,
        _ => a.tensordot(&b, &[(-1, 0)])?,
    })
}
