//! Arrays as instances: attributes, methods, operators.

use std::any::Any;
use std::cell::{Cell, RefCell};
use std::rc::Rc;

use batuta_rt::{Dict, Error, Memo, Object, StopIteration, Value};
use trueno::DType;

use crate::array::{Array, Data};
use crate::dtype::{Kind, of_value};
use crate::error::{R, type_error, value_error};
use crate::make::{index, shape_of};
use crate::{index, table};

/// An array as an instance.
pub struct ArrayObject(RefCell<Array>);

impl ArrayObject {
    /// The array as the dynamic value of a program.
    pub fn value(array: Array) -> Value {
        Value::Object(Rc::new(ArrayObject(RefCell::new(array))))
    }
}

/// The array inside a value; it shares the buffer.
pub fn array_in(value: &Value) -> Option<Array> {
    let Value::Object(object) = value else { return None };
    let array = object.as_any().downcast_ref::<ArrayObject>()?;
    Some(array.0.borrow().clone())
}

/// What `f` finds in the array inside a value.
pub fn look<T>(value: &Value, f: impl FnOnce(&Array) -> T) -> Option<T> {
    let Value::Object(object) = value else { return None };
    let array = object.as_any().downcast_ref::<ArrayObject>()?;
    Some(f(&array.0.borrow()))
}

/// Whether a value is an array.
pub fn is_array(value: &Value) -> bool {
    matches!(value, Value::Object(object) if object.as_any().is::<ArrayObject>())
}

/// `a.name` of an array or a scalar.
pub fn attribute(array: &Array, name: &str) -> Option<Value> {
    let size = array.kind().size();
    Some(match name {
        "shape" => Value::tuple(array.shape.iter().map(|&n| Value::from(n))),
        "ndim" => array.ndim().into(),
        "size" => array.size().into(),
        "dtype" => array.kind().value(),
        "itemsize" => size.into(),
        "nbytes" => (array.size() * size).into(),
        "strides" => Value::tuple(array.strides.iter().map(|&step| Value::from(step as i64 * size as i64))),
        "T" if array.ndim() == 0 => array.clone().value_or_scalar(),
        "T" => array.transposed().value(),
        "mT" => {
            let mut order: Vec<usize> = (0..array.ndim()).collect();
            let n = order.len();
            order.swap(n - 1, n - 2);
            array.permuted(&order).value()
        }
        "real" => real(array).value_or_scalar(),
        "imag" => imag(array).value_or_scalar(),
        "flat" => Value::Object(Rc::new(FlatObject { array: array.clone(), at: Cell::new(0) })),
        "flags" => Value::Object(Rc::new(Flags(array.clone()))),
        "base" => array.base.clone().unwrap_or(Value::None),
        "__array_priority__" => 0.0.into(),
        _ => return None,
    })
}

/// What arrays have in NumPy, known here or not.
const MEMBERS: &str = "T all any argmax argmin argpartition argsort astype base byteswap choose clip compress conj \
    conjugate copy ctypes cumprod cumsum data device diagonal dot dtype dump dumps fill flags flat flatten getfield imag \
    item itemsize mT max mean min nbytes ndim nonzero partition prod put ravel real repeat reshape resize round \
    searchsorted setfield setflags shape size sort squeeze std strides sum swapaxes take to_device tobytes tofile tolist \
    trace transpose var view";

/// Whether arrays have an attribute or method.
pub fn is_member(name: &str) -> bool {
    name.starts_with("__") || MEMBERS.split_whitespace().any(|member| member == name)
}

/// Real parts; of real numbers they themselves.
pub fn real(array: &Array) -> Array {
    match &array.data {
        Data::C128(buf) => Array::from_vec(
            array.gather(&buf.borrow()).iter().map(|z| z.re).collect::<Vec<f64>>(),
            &array.shape,
        ),
        Data::C64(buf) => Array::from_vec(
            array.gather(&buf.borrow()).iter().map(|z| z.re).collect::<Vec<f32>>(),
            &array.shape,
        ),
        _ => array.clone(),
    }
}

/// Imaginary parts; of real numbers zeros.
pub fn imag(array: &Array) -> Array {
    match &array.data {
        Data::C128(buf) => Array::from_vec(
            array.gather(&buf.borrow()).iter().map(|z| z.im).collect::<Vec<f64>>(),
            &array.shape,
        ),
        Data::C64(buf) => Array::from_vec(
            array.gather(&buf.borrow()).iter().map(|z| z.im).collect::<Vec<f32>>(),
            &array.shape,
        ),
        _ => Array::zeros(array.kind(), &array.shape),
    }
}

/// Methods that are the function of the same name.
const FUNCTIONS: &[&str] = &[
    "all",
    "any",
    "argmax",
    "argmin",
    "argpartition",
    "argsort",
    "choose",
    "clip",
    "conj",
    "conjugate",
    "cumprod",
    "cumsum",
    "diagonal",
    "dot",
    "max",
    "mean",
    "min",
    "nonzero",
    "prod",
    "put",
    "ravel",
    "repeat",
    "round",
    "searchsorted",
    "squeeze",
    "std",
    "sum",
    "swapaxes",
    "take",
    "trace",
    "var",
];

/// `a.name(args)` of an array; none when it has no such method.
pub fn method(
    array: &Array,
    own: &Value,
    name: &str,
    args: &[Value],
    named: &Dict<String, Value>,
) -> Option<R> {
    if FUNCTIONS.contains(&name) {
        let all = [std::slice::from_ref(own), args].concat();
        let made = table::call(&format!("numpy.{name}"), &all, named);
        return Some(made.map(|made| with_base(own, array, made, name)));
    }
    if let Some(op) = name.strip_prefix("__i").and_then(|rest| rest.strip_suffix("__"))
        && name != "__iter__"
        && name != "__int__"
        && name != "__invert__"
        && name != "__index__"
    {
        return crate::binary::in_place(own, array, op, args.first()?);
    }
    Some(match name {
        "__len__" if array.ndim() == 0 => Err(type_error("len() of unsized object")),
        "__len__" => Ok(array.len().into()),
        "__getitem__" => index::get(array, own, args.first()?),
        "__setitem__" => index::set(array, args.first()?, args.get(1)?).map(|()| Value::None),
        "__delitem__" => Err(index::delete()),
        "__iter__" if array.ndim() == 0 => Err(type_error("iteration over a 0-d array")),
        "__iter__" => {
            Ok(Value::Object(Rc::new(ArrayIter { array: array.clone(), own: own.clone(), at: Cell::new(0) })))
        }
        "__contains__" => contains(array, args.first()?),
        "__neg__" | "__pos__" | "__abs__" | "__invert__" => {
            let function = match name {
                "__neg__" => "negative",
                "__pos__" => "positive",
                "__abs__" => "absolute",
                _ => "invert",
            };
            crate::unary::apply(function, array).map(Array::value_or_scalar)
        }
        "__float__" | "__int__" | "__index__" | "__complex__" => number(array, name),
        "__round__" => {
            let all = [std::slice::from_ref(own), args].concat();
            table::call("numpy.round", &all, named)
        }
        "__format__" => match args.first() {
            Some(Value::Str(spec)) if !spec.is_empty() && array.ndim() > 0 => {
                Err(type_error("unsupported format string passed to numpy.ndarray.__format__"))
            }
            Some(spec) if array.ndim() == 0 => {
                batuta_rt::try_format(&array.first().value(), &batuta_rt::str(spec).to_string())
                    .map(Value::from)
            }
            _ => Ok(crate::text::str(array).into()),
        },
        "tolist" => Ok(to_list(array)),
        "item" => item(array, args),
        "copy" => Ok(copied(array, args, named)),
        "__copy__" => Ok(array.copy().value()),
        "flatten" => flatten(array, args, named),
        "astype" => astype(array, args, named),
        "reshape" => crate::shape::reshape_method(array, own, args, named),
        "transpose" => {
            crate::shape::transpose_method(array, args).map(|made| with_base(own, array, made, "T"))
        }
        "fill" => index::set(array, &Value::ellipsis(), args.first()?).map(|()| Value::None),
        "view" => view(array, own, args, named),
        "tobytes" => crate::text::to_bytes(array),
        "sort" => {
            let axis =
                args.first().cloned().or_else(|| named.get("axis").cloned()).unwrap_or((-1_i64).into());
            crate::sort::sorted(array, &axis).and_then(|made| array.assign(&made)).map(|()| Value::None)
        }
        "partition" => {
            let all = [std::slice::from_ref(own), args].concat();
            let made = table::call("numpy.partition", &all, named);
            made.and_then(|made| array.assign(&crate::make::array_of(&made, None)?)).map(|()| Value::None)
        }
        "setflags" => Ok(Value::None),
        "compress" => crate::make::array_of(args.first()?, None)
            .and_then(|mask| crate::sort::compress(&mask, array, args.get(1).or_else(|| named.get("axis")))),
        _ => return None,
    })
}

/// A view that a function gave remembers whose buffer it sees.
fn with_base(own: &Value, array: &Array, made: Value, name: &str) -> Value {
    if !matches!(name, "ravel" | "squeeze" | "swapaxes" | "diagonal" | "T" | "reshape") {
        return made;
    }
    if let Value::Object(object) = &made
        && let Some(view) = object.as_any().downcast_ref::<ArrayObject>()
    {
        let mut view = view.0.borrow_mut();
        if view.base.is_none() && same_buffer(&view, array) {
            view.base = array.base.clone().or_else(|| Some(own.clone()));
        }
    }
    made
}

/// Whether two arrays see one buffer.
pub fn same_buffer(a: &Array, b: &Array) -> bool {
    macro_rules! same {
        ($($variant:ident)*) => {
            match (&a.data, &b.data) {
                $((Data::$variant(a), Data::$variant(b)) => Rc::ptr_eq(a, b),)*
                (Data::Str(a, _), Data::Str(b, _)) => Rc::ptr_eq(a, b),
                _ => false,
            }
        };
    }
    same!(Bool I8 I16 I32 I64 U8 U16 U32 U64 F32 F64 C64 C128 Object)
}

fn number(array: &Array, name: &str) -> R {
    if array.size() != 1 {
        return Err(type_error(if name == "__index__" {
            "only integer scalar arrays can be converted to a scalar index"
        } else {
            "only 0-dimensional arrays can be converted to Python scalars"
        }));
    }
    if array.ndim() > 0 {
        return Err(type_error("only 0-dimensional arrays can be converted to Python scalars"));
    }
    let scalar = array.first();
    match name {
        "__float__" => batuta_rt::py::to_float(&scalar.value()).map(Value::from),
        _ => batuta_rt::py::to_int(&scalar.value()).map(Value::Int),
    }
}

fn contains(array: &Array, item: &Value) -> R {
    let equal = crate::binary::apply(crate::binary::Op::Equal, &array.clone().value(), item)?;
    Ok(crate::make::array_of(&equal, None)?.truths().contains(&true).into())
}

/// `a.tolist()`.
pub fn to_list(array: &Array) -> Value {
    if array.ndim() == 0 {
        return array.first().item();
    }
    if array.ndim() == 1 {
        let items: Vec<Value> = array.scalars().iter().map(|x| x.item()).collect();
        return items.into();
    }
    let rows: Vec<Value> = (0..array.len()).map(|at| to_list(&array.row(at))).collect();
    rows.into()
}

fn item(array: &Array, args: &[Value]) -> R {
    match args {
        [] if array.size() == 1 => Ok(array.first().item()),
        [] => Err(value_error("can only convert an array of size 1 to a Python scalar")),
        [at] if !matches!(at, Value::Tuple(_)) => {
            let flat = array.raveled();
            let made = index::get(&flat, &Value::None, at)?;
            Ok(crate::make::scalar_of(&made).item())
        }
        many => {
            let key = match many {
                [key] => key.clone(),
                many => Value::tuple(many.iter().cloned()),
            };
            Ok(crate::make::scalar_of(&index::get(array, &Value::None, &key)?).item())
        }
    }
}

fn order_of(args: &[Value], named: &Dict<String, Value>) -> String {
    let given = args.first().or_else(|| named.get("order"));
    given.map_or("C".to_owned(), |order| batuta_rt::str(order).to_string())
}

/// A copy whose memory order is Fortran's.
pub fn fortran(array: &Array) -> Array {
    array.transposed().copy().transposed()
}

fn copied(array: &Array, args: &[Value], named: &Dict<String, Value>) -> Value {
    let made = match &*order_of(args, named) {
        "F" => fortran(array),
        "K" | "A" => array.copy_keeping(),
        _ => array.copy(),
    };
    Array { base: None, ..made }.value()
}

fn flatten(array: &Array, args: &[Value], named: &Dict<String, Value>) -> R {
    let array = if order_of(args, named) == "F" { array.transposed() } else { array.clone() };
    let copy = array.copy();
    let n = copy.size();
    Ok(copy.reshaped(&[n]).value())
}

fn astype(array: &Array, args: &[Value], named: &Dict<String, Value>) -> R {
    let Some(dtype) = args.first().or_else(|| named.get("dtype")) else {
        return Err(type_error("astype() missing required argument 'dtype' (pos 0)"));
    };
    let kind = of_value(dtype)?;
    let copies = named.get("copy").is_none_or(Value::is_true);
    if array.kind() == kind && !copies {
        return Ok(array.clone().value());
    }
    let made = if array.kind() == kind { array.copy_keeping() } else { array.cast(kind)? };
    Ok(Array { base: None, ..made }.value_or_scalar_like(array))
}

impl Array {
    /// As a value: a scalar method gives a scalar only where it came from one.
    fn value_or_scalar_like(self, _from: &Array) -> Value {
        self.value()
    }
}

fn view(array: &Array, own: &Value, args: &[Value], named: &Dict<String, Value>) -> R {
    let dtype = args.first().or_else(|| named.get("dtype"));
    let made = match dtype {
        Some(dtype) if of_value(dtype)? != array.kind() => crate::text::reinterpret(array, of_value(dtype)?)?,
        _ => array.clone(),
    };
    let base = array.base.clone().or_else(|| Some(own.clone()));
    Ok(Array { base, ..made }.value())
}

impl Object for ArrayObject {
    fn type_name(&self) -> &str {
        "numpy.ndarray"
    }
    fn as_any(&self) -> &dyn Any {
        self
    }
    fn is_of_library(&self) -> bool {
        true
    }
    fn get_attr(self: Rc<Self>, name: &str) -> Option<Value> {
        let array = self.0.borrow().clone();
        let made = attribute(&array, name)?;
        if matches!(name, "T" | "mT") {
            return Some(with_base(&Value::Object(self), &array, made, "T"));
        }
        Some(made)
    }
    fn has(&self, name: &str) -> Option<bool> {
        Some(is_member(name))
    }
    #[track_caller]
    fn set_attr(&self, name: &str, value: Value) -> bool {
        let done = match name {
            "shape" => self.set_shape(&value),
            "real" | "imag"
                if number_type(&self.0.borrow()).is_some_and(|own| own.kind() < trueno::Kind::Complex)
                    && name == "real" =>
            {
                index::set(&self.0.borrow(), &Value::ellipsis(), &value)
            }
            "flat" => index::set(&self.0.borrow(), &Value::ellipsis(), &value),
            _ => return false,
        };
        match done {
            Ok(()) => true,
            Err(error) => batuta_rt::raise(error),
        }
    }
    fn call_method(self: Rc<Self>, name: &str, args: &[Value]) -> Option<R> {
        match name {
            // Without a copy of the view's form.
            "__getitem__" => {
                let array = self.0.borrow();
                if let Some(place) = index::place(&array, args.first()?) {
                    return Some(place.map(|place| array.at(place).value()));
                }
            }
            "__setitem__" => {
                let array = self.0.borrow();
                return Some(index::set(&array, args.first()?, args.get(1)?).map(|()| Value::None));
            }
            "resize" => return Some(self.resize(args)),
            _ => {}
        }
        let array = self.0.borrow().clone();
        method(&array, &Value::Object(self), name, args, &Dict::new())
    }
    fn call_named(self: Rc<Self>, name: &str, args: &[Value], named: &Dict<String, Value>) -> Option<R> {
        if name == "resize" {
            return Some(self.resize(args));
        }
        let array = self.0.borrow().clone();
        method(&array, &Value::Object(self), name, args, named)
    }
    fn operator(self: Rc<Self>, method: &str, other: &Value, reflected: bool) -> Option<R> {
        crate::binary::operator(method, &Value::Object(self), other, reflected)
    }
    fn number(&self) -> Option<Value> {
        let array = self.0.borrow();
        (array.ndim() == 0 && matches!(array.kind(), Kind::Num(_))).then(|| array.first().item())
    }
    fn repr(&self) -> String {
        crate::text::repr(&self.0.borrow())
    }
    fn str(&self) -> String {
        crate::text::str(&self.0.borrow())
    }
    #[track_caller]
    fn equals(&self, other: &Value) -> Option<bool> {
        let own = self.0.borrow().clone().value();
        match crate::binary::apply(crate::binary::Op::Equal, &own, other) {
            Ok(answer) => Some(answer.is_true()),
            Err(error) => batuta_rt::raise(error),
        }
    }
    #[track_caller]
    fn hash(&self) -> Option<u64> {
        batuta_rt::raise(type_error("unhashable type: 'numpy.ndarray'"))
    }
    #[track_caller]
    fn is_true(&self) -> bool {
        let array = self.0.borrow();
        match array.size() {
            1 => array.first().truth(),
            0 => batuta_rt::raise(value_error(
                "The truth value of an empty array is ambiguous. Use `array.size > 0` to check that an array is not empty.",
            )),
            _ => batuta_rt::raise(value_error(
                "The truth value of an array with more than one element is ambiguous. Use a.any() or a.all()",
            )),
        }
    }
    fn deep_copy(self: Rc<Self>, memo: &mut Memo) -> Option<Value> {
        let place = Rc::as_ptr(&self).addr();
        Some(memo.once(place, || Array { base: None, ..self.0.borrow().copy() }.value()))
    }
    fn is_instance(&self, name: &str) -> bool {
        matches!(name, "ndarray" | "numpy.ndarray")
    }
}

impl ArrayObject {
    /// `a.resize(shape)` in place: repeats nothing, fills with zeros.
    fn resize(&self, args: &[Value]) -> R {
        let shape = match args {
            [one] => shape_of(one)?,
            many => many.iter().map(|n| Ok(index(n)?.max(0) as usize)).collect::<R<Vec<usize>>>()?,
        };
        let old = self.0.borrow().contiguous();
        let fresh = Array::zeros(old.kind(), &shape);
        let n = old.size().min(fresh.size());
        fresh.framed(0, vec![n], vec![1]).assign(&old.framed(old.offset, vec![n], vec![1]))?;
        *self.0.borrow_mut() = fresh;
        Ok(Value::None)
    }

    /// `a.shape = (2, 3)`.
    pub fn set_shape(&self, value: &Value) -> R<()> {
        let mut array = self.0.borrow_mut();
        let shape = crate::shape::resolve_shape(array.size(), &crate::make::indices(value)?)?;
        let Some(strides) = array.strides_for(&shape) else {
            return Err(Error::new(
                batuta_rt::AttributeError,
                "Incompatible shape for in-place modification. Use `.reshape()` to make a copy with the desired shape.",
            ));
        };
        array.shape = shape;
        array.strides = strides;
        Ok(())
    }
}

/// What `iter(a)` gives.
struct ArrayIter {
    array: Array,
    own: Value,
    at: Cell<usize>,
}

impl Object for ArrayIter {
    fn type_name(&self) -> &str {
        "iterator"
    }
    fn as_any(&self) -> &dyn Any {
        self
    }
    fn call_method(self: Rc<Self>, name: &str, _args: &[Value]) -> Option<R> {
        match name {
            "__iter__" => Some(Ok(Value::Object(self))),
            "__next__" => {
                let at = self.at.get();
                if at >= self.array.len() {
                    return Some(Err(Error::bare(StopIteration)));
                }
                self.at.set(at + 1);
                let mut row = self.array.row(at);
                if row.ndim() == 0 {
                    return Some(Ok(row.first().value()));
                }
                row.base = self.array.base.clone().or_else(|| Some(self.own.clone()));
                Some(Ok(row.value()))
            }
            _ => None,
        }
    }
}

/// `a.flat`.
struct FlatObject {
    array: Array,
    at: Cell<usize>,
}

impl Object for FlatObject {
    fn type_name(&self) -> &str {
        "numpy.flatiter"
    }
    fn as_any(&self) -> &dyn Any {
        self
    }
    fn is_of_library(&self) -> bool {
        true
    }
    fn call_method(self: Rc<Self>, name: &str, args: &[Value]) -> Option<R> {
        let places = || self.array.places();
        Some(match name {
            "__len__" => Ok(self.array.size().into()),
            "__iter__" => {
                Ok(Value::Object(Rc::new(FlatObject { array: self.array.clone(), at: Cell::new(0) })))
            }
            "__next__" => {
                let at = self.at.get();
                self.at.set(at + 1);
                match places().get(at) {
                    Some(place) => Ok(self.array.at(*place).value()),
                    None => Err(Error::bare(StopIteration)),
                }
            }
            "__getitem__" => index::get(&self.array.copy().raveled(), &Value::None, args.first()?),
            "__setitem__" => {
                let places: Vec<i64> = places().iter().map(|&place| place as i64).collect();
                let chosen = index::get(&Array::vector(places), &Value::None, args.first()?);
                chosen
                    .and_then(|chosen| {
                        let chosen = crate::make::array_of(&chosen, None)?;
                        let places: Vec<usize> =
                            chosen.to_i64s()?.iter().map(|&place| place as usize).collect();
                        let source = crate::make::array_of(&args[1], None)?;
                        let shape = if chosen.ndim() == 0 { Vec::new() } else { vec![places.len()] };
                        // Fewer values are used again from the start.
                        if source.ndim() > 0 && source.size() > 0 && source.size() != places.len() {
                            let flat = source.raveled();
                            let order: Vec<usize> =
                                (0..places.len()).map(|i| flat.offset + i % flat.size()).collect();
                            return self.array.put(&places, &shape, &flat.taken(&order, &shape));
                        }
                        self.array.put(
                            &places,
                            &shape,
                            &source.raveled().reshaped(if source.ndim() == 0 { &[] } else { &shape }),
                        )
                    })
                    .map(|()| Value::None)
            }
            "copy" => Ok(self.array.copy().raveled().value()),
            _ => return None,
        })
    }
}

/// `a.flags`.
struct Flags(Array);

impl Object for Flags {
    fn type_name(&self) -> &str {
        "numpy._core.multiarray.flagsobj"
    }
    fn as_any(&self) -> &dyn Any {
        self
    }
    fn is_of_library(&self) -> bool {
        true
    }
    fn get_attr(self: Rc<Self>, name: &str) -> Option<Value> {
        Some(Value::Bool(match name {
            "c_contiguous" | "contiguous" => self.0.is_contiguous(),
            "f_contiguous" => self.0.is_fortran(),
            "owndata" => self.0.base.is_none(),
            "writeable" | "aligned" => true,
            _ => return None,
        }))
    }
    fn call_method(self: Rc<Self>, name: &str, args: &[Value]) -> Option<R> {
        match (name, args.first()) {
            ("__getitem__", Some(Value::Str(key))) => {
                let key = key.to_lowercase();
                self.get_attr(&key).map(Ok)
            }
            _ => None,
        }
    }
}

/// An element type of trueno, for `match`.
pub fn number_type(array: &Array) -> Option<DType> {
    match array.kind() {
        Kind::Num(dtype) => Some(dtype),
        _ => None,
    }
}
