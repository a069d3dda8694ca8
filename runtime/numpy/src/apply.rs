//! Functions that call functions of the program: `np.vectorize`, `np.apply_along_axis`.

use std::any::Any;
use std::rc::Rc;

use batuta_rt::{Dict, Object, Value};

use crate::array::{Array, broadcast_shapes};
use crate::dtype::Kind;
use crate::error::{R, not_done, value_error};
use crate::make::array_of;
use crate::table::{Row, axis, row};

pub const ROWS: &[Row] = &[
    row("vectorize", "pyfunc otypes= doc= excluded= cache= signature=", |args| {
        if args.some(5).is_some() || args.some(3).is_some() {
            return Err(not_done("`signature` and `excluded` of np.vectorize"));
        }
        let kind = match args.some(1) {
            Some(Value::Str(codes)) => {
                Some(crate::dtype::of_value(&codes.chars().take(1).collect::<String>().into())?)
            }
            Some(types) => Some(crate::dtype::of_value(&crate::make::items(types)?[0])?),
            None => None,
        };
        Ok(Value::Object(Rc::new(Vectorized { function: args.need(0)?.clone(), kind })))
    }),
    row("frompyfunc", "func nin nout", |args| {
        Ok(Value::Object(Rc::new(Vectorized { function: args.need(0)?.clone(), kind: Some(Kind::Object) })))
    }),
    row("apply_along_axis", "func1d axis arr *args", |args| {
        let array = args.array(2)?;
        let at = axis(args.int(1, 0)?, array.ndim())?;
        let lanes = array.axis_last(at);
        let outer = &lanes.shape[..lanes.ndim() - 1];
        let frames = lanes.framed(lanes.offset, outer.to_vec(), lanes.strides[..lanes.ndim() - 1].to_vec());
        let more = args.at(3).map_or(Ok(Vec::new()), crate::make::items)?;
        let (n, step) = (lanes.shape[lanes.ndim() - 1], lanes.strides[lanes.ndim() - 1]);
        let mut made = Vec::new();
        for start in frames.places() {
            let lane = array.framed(start, vec![n], vec![step]).copy().value();
            let all = [&[lane], &more[..]].concat();
            let result = batuta_rt::catch(|| batuta_rt::py::call(args.at(0).unwrap_or(&Value::None), &all))?;
            made.push(array_of(&result, None)?);
        }
        let first = made
            .first()
            .ok_or_else(|| value_error("Cannot apply_along_axis when any iteration dimensions are 0"))?;
        let inner = first.shape.clone();
        let stacked = crate::shape::stack(&made, 0)?;
        let whole = stacked.reshaped(&[outer, &inner[..]].concat());
        match inner.len() {
            0 => Ok(whole.value_or_scalar()),
            1 => Ok(whole.last_to(at).copy().value()),
            _ => Err(not_done("np.apply_along_axis with a function that gives a matrix")),
        }
    }),
    row("apply_over_axes", "func a axes", |args| {
        let mut made = args.need(1)?.clone();
        for at in crate::make::indices(args.need(2)?)? {
            let mut named = Dict::new();
            named.insert("keepdims".to_owned(), Value::Bool(true));
            let all = [made.clone(), at.into()];
            made = batuta_rt::catch(|| {
                batuta_rt::py::call_with(args.at(0).unwrap_or(&Value::None), &all, &named)
            })?;
        }
        Ok(made)
    }),
    row("nditer", "op *rest", |args| {
        if matches!(args.at(1), Some(Value::Tuple(items)) if !items.is_empty()) {
            return Err(not_done("flags of np.nditer"));
        }
        let items: Vec<Value> = args.array(0)?.scalars().into_iter().map(|x| x.array().value()).collect();
        Ok(items.into())
    }),
    row("errstate", "all= divide= over= under= invalid= call=", |_| Ok(Value::Object(Rc::new(Quiet)))),
    row("seterr", "all= divide= over= under= invalid=", |_| Ok(Value::None)),
    row("geterr", "", |_| Ok(Value::None)),
    row("broadcast", "*arrays", |args| {
        let arrays = crate::shape::list(args.need(0)?)?;
        let shapes: Vec<&[usize]> = arrays.iter().map(|array| &array.shape[..]).collect();
        let shape = broadcast_shapes(&shapes)?;
        Ok(crate::linalg::record(
            "broadcast",
            &[("shape", Value::tuple(shape.iter().map(|&n| Value::from(n))))],
        ))
    }),
];

/// What `np.errstate` gives: warnings are not shown here.
struct Quiet;

impl Object for Quiet {
    fn type_name(&self) -> &str {
        "numpy.errstate"
    }
    fn as_any(&self) -> &dyn Any {
        self
    }
    fn is_of_library(&self) -> bool {
        true
    }
    fn call_method(self: Rc<Self>, name: &str, _args: &[Value]) -> Option<R> {
        match name {
            "__enter__" => Some(Ok(Value::None)),
            "__exit__" => Some(Ok(Value::None)),
            _ => None,
        }
    }
}

/// A function that is called for each element.
struct Vectorized {
    function: Value,
    kind: Option<Kind>,
}

impl Object for Vectorized {
    fn type_name(&self) -> &str {
        "numpy.vectorize"
    }
    fn as_any(&self) -> &dyn Any {
        self
    }
    fn is_of_library(&self) -> bool {
        true
    }
    fn call_method(self: Rc<Self>, name: &str, args: &[Value]) -> Option<R> {
        (name == "__call__").then(|| self.apply(args))
    }
    fn is_callable(&self) -> bool {
        true
    }
    fn is_true(&self) -> bool {
        true
    }
}

impl Vectorized {
    fn apply(&self, args: &[Value]) -> R {
        let arrays: Vec<Array> = args.iter().map(|x| array_of(x, None)).collect::<R<_>>()?;
        let shapes: Vec<&[usize]> = arrays.iter().map(|array| &array.shape[..]).collect();
        let shape = broadcast_shapes(&shapes)?;
        let columns: Vec<Vec<crate::scalar::Scalar>> = arrays
            .iter()
            .filter_map(|array| array.broadcast_to(&shape))
            .map(|array| array.scalars())
            .collect();
        let n: usize = shape.iter().product();
        if n == 0 {
            return match self.kind {
                Some(kind) => Ok(Array::zeros(kind, &shape).value()),
                None => Err(value_error("cannot call `vectorize` on size 0 inputs unless `otypes` is set")),
            };
        }
        let mut made = Vec::with_capacity(n);
        for i in 0..n {
            let given: Vec<Value> = columns.iter().map(|column| column[i].item()).collect();
            made.push(batuta_rt::catch(|| batuta_rt::py::call(&self.function, &given))?);
        }
        if let Some(Value::Tuple(first)) = made.first() {
            let parts = first.len();
            let split: Vec<Value> = (0..parts)
                .map(|at| {
                    let column: Vec<Value> = made
                        .iter()
                        .map(
                            |row| if let Value::Tuple(items) = row { items[at].clone() } else { row.clone() },
                        )
                        .collect();
                    Ok(array_of(&column.into(), self.kind)?.reshaped(&shape).value_or_scalar())
                })
                .collect::<R<_>>()?;
            return Ok(Value::tuple(split));
        }
        // The first result says which type all have.
        let kind = match self.kind {
            Some(kind) => kind,
            None => match array_of(&made[0], None)?.kind() {
                Kind::Str(_) => array_of(&made.clone().into(), None)?.kind(),
                kind => kind,
            },
        };
        let made = if kind == Kind::Object {
            Array::vector(made)
        } else {
            array_of(&made.into(), None)?.cast(kind)?
        };
        let made = made.reshaped(&shape);
        if shape.is_empty() && self.kind.is_none() {
            return Ok(made.value());
        }
        Ok(made.value_or_scalar())
    }
}
