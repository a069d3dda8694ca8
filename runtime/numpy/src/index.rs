//! `a[...]`: views by integers and slices, copies by arrays of positions and masks, and writes to both.

use batuta_rt::{FromValue, Slice, Value};

use crate::array::{Array, Data, broadcast_shapes, tight};
use crate::error::{R, index_error, type_error, value_error};
use crate::every;
use crate::make::{array_of, is_bool, is_integer};
use crate::scalar::{Scalar, held};

/// One entry between the brackets.
enum Entry {
    At(i64),
    Slice(Slice),
    NewAxis,
    Ellipsis,
    /// Positions along an axis.
    Many(Array),
    /// A mask over several axes: positions along each.
    Mask(Array),
}

/// What brackets reach.
pub enum Picked {
    /// A view of the same buffer.
    View(Array),
    /// Places in the buffer, and the shape that they make.
    Places(Vec<usize>, Vec<usize>),
}

fn entry(value: &Value) -> R<Entry> {
    Ok(match value {
        Value::None => Entry::NewAxis,
        Value::Int(number) => match number.to_i64() {
            Some(at) => Entry::At(at),
            None => return Err(index_error("cannot fit 'int' into an index-sized integer")),
        },
        Value::Bool(x) => Entry::Mask(Scalar::Bool(*x).array()),
        Value::List(_) | Value::Tuple(_) | Value::Range(_) => {
            let array = array_of(value, None)?;
            let array = if array.size() == 0 { array.cast(crate::dtype::I64)? } else { array };
            many(array)?
        }
        Value::Object(object) => {
            if let Some(scalar) = held(value) {
                return match scalar {
                    Scalar::Bool(_) => Ok(Entry::Mask(scalar.array())),
                    Scalar::F32(_) | Scalar::F64(_) | Scalar::Str(_) | Scalar::Object(_) => Err(wrong()),
                    integer => Ok(Entry::At(integer.i64())),
                };
            }
            if let Some(array) = crate::object::array_in(value) {
                return many(array);
            }
            if value.is_same(&Value::ellipsis()) {
                return Ok(Entry::Ellipsis);
            }
            if let Some(number) = object.number() {
                return entry(&number);
            }
            match Slice::from_value(value) {
                Ok(slice) => Entry::Slice(slice),
                Err(_) => return Err(wrong()),
            }
        }
        _ => return Err(wrong()),
    })
}

fn many(array: Array) -> R<Entry> {
    if is_bool(&array) {
        return Ok(Entry::Mask(array));
    }
    if !is_integer(&array) {
        return Err(index_error("arrays used as indices must be of integer (or boolean) type"));
    }
    if array.ndim() == 0 { Ok(Entry::At(array.first().i64())) } else { Ok(Entry::Many(array)) }
}

fn wrong() -> batuta_rt::Error {
    index_error(
        "only integers, slices (`:`), ellipsis (`...`), numpy.newaxis (`None`) and integer or boolean arrays are valid indices",
    )
}

fn resolve(at: i64, axis: usize, n: usize) -> R<usize> {
    let place = if at < 0 { at + n as i64 } else { at };
    if place < 0 || place >= n as i64 {
        return Err(index_error(format!("index {at} is out of bounds for axis {axis} with size {n}")));
    }
    Ok(place as usize)
}

/// The place of an element by integers alone; none where the key is another.
pub fn place(array: &Array, key: &Value) -> Option<R<usize>> {
    let number = |value: &Value| match value {
        Value::Int(number) => number.to_i64(),
        other => match held(other)? {
            Scalar::I64(x) => Some(*x),
            _ => None,
        },
    };
    let one = |at: i64, axis: usize| {
        resolve(at, axis, array.shape[axis]).map(|at| at as isize * array.strides[axis])
    };
    match key {
        Value::Tuple(items) if items.len() == array.ndim() => {
            let mut place = array.offset as isize;
            for (axis, item) in items.iter().enumerate() {
                match one(number(item)?, axis) {
                    Ok(step) => place += step,
                    Err(error) => return Some(Err(error)),
                }
            }
            Some(Ok(place as usize))
        }
        Value::Tuple(_) => None,
        item if array.ndim() == 1 => {
            Some(one(number(item)?, 0).map(|step| (array.offset as isize + step) as usize))
        }
        _ => None,
    }
}

/// What a key reaches.
pub fn pick(array: &Array, key: &Value) -> R<Picked> {
    let mut entries: Vec<Entry> = match key {
        Value::Tuple(items) => items.iter().map(entry).collect::<R<Vec<Entry>>>()?,
        Value::Str(_) => return Err(wrong()),
        one => vec![entry(one)?],
    };
    let taken = |entries: &[Entry]| -> usize {
        let taken = |entry: &Entry| match entry {
            Entry::NewAxis | Entry::Ellipsis => 0,
            Entry::Mask(mask) => mask.ndim(),
            _ => 1,
        };
        entries.iter().map(taken).sum()
    };
    let used = taken(&entries);
    if used > array.ndim() {
        return Err(index_error(format!(
            "too many indices for array: array is {}-dimensional, but {used} were indexed",
            array.ndim()
        )));
    }
    if entries.iter().filter(|entry| matches!(entry, Entry::Ellipsis)).count() > 1 {
        return Err(index_error("an index can only have a single ellipsis ('...')"));
    }
    let rest = array.ndim() - used;
    match entries.iter().position(|entry| matches!(entry, Entry::Ellipsis)) {
        Some(at) => {
            let whole = (0..rest).map(|_| Entry::Slice(Slice::default()));
            entries.splice(at..=at, whole);
        }
        None => entries.extend((0..rest).map(|_| Entry::Slice(Slice::default()))),
    }
    let is_fancy = entries.iter().any(|entry| matches!(entry, Entry::Many(_) | Entry::Mask(_)));
    let (mut offset, mut shape, mut strides) = (array.offset as isize, Vec::new(), Vec::new());
    // Positions along axes of the view that is left, for fancy indexing.
    let mut along: Vec<(usize, Array, usize)> = Vec::new();
    let mut lone_masks: Vec<Array> = Vec::new();
    let mut axis = 0;
    for entry in entries {
        match entry {
            Entry::NewAxis => {
                shape.push(1);
                strides.push(0);
            }
            Entry::Slice(slice) => {
                let n = array.shape[axis];
                if slice.step == Some(0) {
                    return Err(value_error("slice step cannot be zero"));
                }
                let (start, stop, step) = slice.indices(n as i64);
                let count = match step > 0 {
                    true if stop > start => (stop - start - 1) / step + 1,
                    false if start > stop => (start - stop - 1) / -step + 1,
                    _ => 0,
                };
                if count > 0 {
                    offset += start as isize * array.strides[axis];
                }
                shape.push(count as usize);
                strides.push(array.strides[axis] * step as isize);
                axis += 1;
            }
            Entry::At(at) if !is_fancy => {
                offset += resolve(at, axis, array.shape[axis])? as isize * array.strides[axis];
                axis += 1;
            }
            Entry::At(at) => {
                along.push((shape.len(), Scalar::I64(at).array(), axis));
                shape.push(array.shape[axis]);
                strides.push(array.strides[axis]);
                axis += 1;
            }
            Entry::Many(positions) => {
                along.push((shape.len(), positions, axis));
                shape.push(array.shape[axis]);
                strides.push(array.strides[axis]);
                axis += 1;
            }
            Entry::Mask(mask) if mask.ndim() == 0 => {
                lone_masks.push(mask);
                along.push((
                    shape.len(),
                    Array::vector(vec![0i64; usize::from(lone_masks[lone_masks.len() - 1].first().truth())]),
                    axis,
                ));
                shape.push(1);
                strides.push(0);
            }
            Entry::Mask(mask) => {
                for (inner, &n) in mask.shape.iter().enumerate() {
                    let have = array.shape[axis + inner];
                    if n != have {
                        return Err(index_error(format!(
                            "boolean index did not match indexed array along axis {}; size of axis is {have} but size \
                             of corresponding boolean axis is {n}",
                            axis + inner
                        )));
                    }
                }
                for positions in nonzero(&mask) {
                    along.push((shape.len(), Array::vector(positions), axis));
                    shape.push(array.shape[axis]);
                    strides.push(array.strides[axis]);
                    axis += 1;
                }
            }
            Entry::Ellipsis => {}
        }
    }
    let view = array.framed(offset as usize, shape, strides);
    if along.is_empty() {
        return Ok(Picked::View(view));
    }
    fancy(&view, &along)
}

fn fancy(view: &Array, along: &[(usize, Array, usize)]) -> R<Picked> {
    let shapes: Vec<&[usize]> = along.iter().map(|(_, positions, _)| &positions.shape[..]).collect();
    let Ok(common) = broadcast_shapes(&shapes) else {
        let all: Vec<String> = shapes.iter().map(|shape| tight(shape)).collect();
        return Err(index_error(format!(
            "shape mismatch: indexing arrays could not be broadcast together with shapes {} ",
            all.join(" ")
        )));
    };
    let count: usize = common.iter().product();
    let mut steps = vec![0isize; count];
    for (at, positions, axis) in along {
        let wide =
            positions.broadcast_to(&common).ok_or_else(|| value_error("positions do not broadcast"))?;
        let n = view.shape[*at];
        for (step, position) in steps.iter_mut().zip(wide.to_i64s()?) {
            *step += resolve(position, *axis, n)? as isize * view.strides[*at];
        }
    }
    let axes: Vec<usize> = along.iter().map(|(at, ..)| *at).collect();
    let is_together = axes.windows(2).all(|pair| pair[1] == pair[0] + 1);
    let free: Vec<usize> = (0..view.ndim()).filter(|axis| !axes.contains(axis)).collect();
    let before = if is_together { free.iter().filter(|axis| **axis < axes[0]).count() } else { 0 };
    let part = |axes: &[usize]| {
        let shape: Vec<usize> = axes.iter().map(|&axis| view.shape[axis]).collect();
        let strides: Vec<isize> = axes.iter().map(|&axis| view.strides[axis]).collect();
        let places = Array { offset: 0, shape: shape.clone(), strides, ..view.clone() };
        (shape, relative(&places))
    };
    let ((head, heads), (tail, tails)) = (part(&free[..before]), part(&free[before..]));
    let mut places = Vec::with_capacity(heads.len() * count * tails.len());
    for h in &heads {
        for step in &steps {
            let start = view.offset as isize + h + step;
            places.extend(tails.iter().map(|t| (start + t) as usize));
        }
    }
    Ok(Picked::Places(places, [head, common, tail].concat()))
}

/// Distances of all elements from the first, in C order.
fn relative(array: &Array) -> Vec<isize> {
    let mut out = vec![0isize];
    for (&n, &stride) in array.shape.iter().zip(&array.strides) {
        out = out.iter().flat_map(|base| (0..n as isize).map(move |i| base + i * stride)).collect();
    }
    out
}

/// Positions of what is true, along each axis.
pub fn nonzero(array: &Array) -> Vec<Vec<i64>> {
    let mut out: Vec<Vec<i64>> = vec![Vec::new(); array.ndim()];
    for (flat, _) in array.truths().into_iter().enumerate().filter(|(_, truth)| *truth) {
        let mut rest = flat;
        for axis in (0..array.ndim()).rev() {
            out[axis].push((rest % array.shape[axis]) as i64);
            rest /= array.shape[axis];
        }
    }
    out
}

impl Array {
    /// The elements at places of the buffer.
    #[allow(clippy::clone_on_copy, reason = "objects are no numbers")]
    pub fn taken(&self, places: &[usize], shape: &[usize]) -> Array {
        every!(&self.data, b => {
            let buf = b.borrow();
            self.wrap_like(places.iter().map(|&place| buf[place].clone()).collect(), shape)
        })
    }

    /// Writes elements to places of the buffer.
    pub fn put(&self, places: &[usize], shape: &[usize], source: &Array) -> R<()> {
        let source = source.cast(self.kind())?;
        let mut source = source;
        while source.ndim() > shape.len() && source.shape[0] == 1 {
            source = source.row(0);
        }
        let Some(wide) = source.broadcast_to(shape) else {
            return Err(value_error(format!(
                "shape mismatch: value array of shape {} could not be broadcast to indexing result of shape {}",
                tight(&source.shape),
                tight(shape)
            )));
        };
        macro_rules! write {
            ($($variant:ident)*) => {
                match (&self.data, &wide.data) {
                    $((Data::$variant(to), Data::$variant(from)) => {
                        let items = wide.gather(&from.borrow());
                        let mut to = to.borrow_mut();
                        for (place, item) in places.iter().zip(items) {
                            to[*place] = item;
                        }
                    })*
                    (Data::Str(to, width), Data::Str(from, _)) => {
                        let items = wide.gather(&from.borrow());
                        let mut to = to.borrow_mut();
                        for (place, item) in places.iter().zip(items) {
                            to[*place] = crate::array::cut(&item, *width);
                        }
                    }
                    _ => return Err(value_error("arrays of other types")),
                }
            };
        }
        write!(Bool I8 I16 I32 I64 U8 U16 U32 U64 F32 F64 C64 C128 Object);
        Ok(())
    }
}

/// `a[key]`.
pub fn get(array: &Array, own: &Value, key: &Value) -> R {
    if let Some(place) = place(array, key) {
        return Ok(array.at(place?).value());
    }
    match pick(array, key)? {
        Picked::View(view) if view.ndim() == 0 && !has_ellipsis(key) => Ok(view.first().value()),
        Picked::View(mut view) => {
            view.base = array.base.clone().or_else(|| Some(own.clone()));
            Ok(view.value())
        }
        Picked::Places(places, shape) => {
            let made = array.taken(&places, &shape);
            Ok(made.value_or_scalar())
        }
    }
}

fn has_ellipsis(key: &Value) -> bool {
    let is = |value: &Value| matches!(value, Value::Object(_)) && value.is_same(&Value::ellipsis());
    match key {
        Value::Tuple(items) => items.iter().any(is) || items.is_empty(),
        one => is(one),
    }
}

/// `a[key] = value`.
pub fn set(array: &Array, key: &Value, value: &Value) -> R<()> {
    if let Some(place) = place(array, key) {
        let place = place?;
        match (&array.data, value) {
            (Data::F64(buf), Value::Float(x)) => buf.borrow_mut()[place] = *x,
            (Data::F64(buf), Value::Object(_)) if let Some(Scalar::F64(x)) = held(value) => {
                buf.borrow_mut()[place] = *x
            }
            (Data::I64(buf), Value::Int(x)) if let Some(x) = x.to_i64() => buf.borrow_mut()[place] = x,
            (Data::I64(buf), Value::Object(_)) if let Some(Scalar::I64(x)) = held(value) => {
                buf.borrow_mut()[place] = *x
            }
            (Data::Bool(buf), Value::Bool(x)) => buf.borrow_mut()[place] = *x,
            (Data::Object(buf), other) => buf.borrow_mut()[place] = other.clone(),
            _ => return single(array, place, value),
        }
        return Ok(());
    }
    let kind = array.kind();
    let source = match value {
        Value::Int(_) | Value::Float(_) => {
            let crate::dtype::Kind::Num(dtype) = kind else {
                return write(array, key, &array_of(value, None)?);
            };
            crate::make::scalar_as(value, dtype)?.array()
        }
        other => array_of(other, None)?,
    };
    write(array, key, &source)
}

fn write(array: &Array, key: &Value, source: &Array) -> R<()> {
    match pick(array, key)? {
        Picked::View(view) => view.assign(source),
        Picked::Places(places, shape) => {
            if let Value::Object(_) = key
                && let Some(mask) = crate::object::array_in(key)
                && is_bool(&mask)
                && mask.ndim() == array.ndim()
                && source.ndim() == 1
                && source.size() != places.len()
                && source.size() != 1
            {
                return Err(value_error(format!(
                    "NumPy boolean array indexing assignment cannot assign {} input values to the {} output values where the mask is true",
                    source.size(),
                    places.len()
                )));
            }
            array.put(&places, &shape, source)
        }
    }
}

fn single(array: &Array, place: usize, value: &Value) -> R<()> {
    let source = match array.kind() {
        crate::dtype::Kind::Num(dtype) => match value {
            Value::List(_) | Value::Tuple(_) => {
                return Err(value_error("setting an array element with a sequence."));
            }
            Value::Object(_) if let Some(other) = crate::object::array_in(value) => {
                if other.size() != 1 {
                    return Err(value_error("setting an array element with a sequence."));
                }
                other.reshaped(&[])
            }
            Value::Dict(_) | Value::Set(_) | Value::Function(_) => {
                let text = format!(
                    "float() argument must be a string or a real number, not '{}'",
                    value.type_name()
                );
                return Err(type_error(text));
            }
            other => match crate::make::scalar_of(other) {
                // Python reads the text, so that its error shows one of Python.
                Scalar::Str(text) if dtype.kind() == trueno::Kind::Integer => {
                    let number = Value::from(batuta_rt::int_from_str(&text, 10)?);
                    crate::make::scalar_as(&number, dtype)?.array()
                }
                Scalar::Str(text) => Scalar::Str(text).array().cast(array.kind())?,
                _ => crate::make::scalar_as(other, dtype)?.array(),
            },
        },
        _ => array_of(value, None)?,
    };
    array.framed(place, Vec::new(), Vec::new()).assign(&source)
}

/// `del a[i]`.
pub fn delete() -> batuta_rt::Error {
    value_error("cannot delete array elements")
}
