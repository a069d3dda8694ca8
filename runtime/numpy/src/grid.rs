//! `np.r_`, `np.c_`, `np.s_`, `np.mgrid`, `np.ogrid`: what brackets make.

use std::any::Any;
use std::rc::Rc;

use batuta_rt::{FromValue, Object, Slice, Value};

use crate::array::Array;
use crate::error::{R, not_done};
use crate::make::array_of;

/// One of the objects.
pub struct GridObject(pub String);

impl Object for GridObject {
    fn type_name(&self) -> &str {
        "numpy.lib._index_tricks_impl.nd_grid"
    }
    fn as_any(&self) -> &dyn Any {
        self
    }
    fn is_of_library(&self) -> bool {
        true
    }
    fn call_method(self: Rc<Self>, name: &str, args: &[Value]) -> Option<R> {
        let key = args.first().filter(|_| name == "__getitem__")?;
        let items: Vec<Value> = match key {
            Value::Tuple(items) => items.to_vec(),
            one => vec![one.clone()],
        };
        Some(match &*self.0 {
            "s_" | "index_exp" => Ok(key.clone()),
            "r_" => joined(&items, false),
            "c_" => joined(&items, true),
            _ => grid(&items, self.0 == "mgrid", matches!(key, Value::Tuple(_))),
        })
    }
}

/// The numbers of `start:stop:step`.
fn range(slice: Slice) -> R<Array> {
    let (start, step) = (slice.start.unwrap_or(0), slice.step.unwrap_or(1));
    let stop = slice.stop.ok_or_else(|| not_done("an open slice in np.r_"))?;
    let n = if step > 0 {
        (stop - start + step - 1).div_euclid(step)
    } else {
        (start - stop - step - 1).div_euclid(-step)
    };
    Ok(Array::vector((0..n.max(0)).map(|i| start + i * step).collect::<Vec<i64>>()))
}

fn joined(items: &[Value], columns: bool) -> R {
    let mut parts = Vec::new();
    for item in items {
        let array = match Slice::from_value(item) {
            Ok(slice) => range(slice)?,
            Err(_) if matches!(item, Value::Str(_)) => return Err(not_done("texts in np.r_")),
            Err(_) => array_of(item, None)?,
        };
        let array = match (array.ndim(), columns) {
            (0, false) => array.reshaped(&[1]),
            (0, true) => array.reshaped(&[1, 1]),
            (1, true) => array.raveled().reshaped(&[array.size(), 1]),
            _ => array,
        };
        parts.push(array);
    }
    Ok(crate::shape::concatenate(&parts, if columns { -1 } else { 0 })?.value())
}

fn grid(items: &[Value], dense: bool, is_tuple: bool) -> R {
    let lines: Vec<Array> = items.iter().map(|item| range(Slice::from_value(item)?)).collect::<R<_>>()?;
    let shape: Vec<usize> = lines.iter().map(Array::size).collect();
    let grids: Vec<Array> = lines
        .iter()
        .enumerate()
        .map(|(axis, line)| {
            let mut own = vec![1; shape.len()];
            own[axis] = shape[axis];
            let line = line.reshaped(&own);
            if dense { line.broadcast_to(&shape).map_or(line.clone(), |wide| wide.copy()) } else { line }
        })
        .collect();
    if !is_tuple {
        return Ok(grids[0].clone().value());
    }
    if dense {
        return Ok(crate::shape::stack(&grids, 0)?.value());
    }
    Ok(Value::tuple(grids.into_iter().map(Array::value)))
}
