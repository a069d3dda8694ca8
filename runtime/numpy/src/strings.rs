//! `np.char` and `np.strings`: methods of texts for every element.

use std::rc::Rc;

use batuta_rt::Value;

use crate::array::{Array, broadcast_shapes};
use crate::error::{R, value_error};
use crate::make::array_of;
use crate::table::{Args, Row, row};

macro_rules! methods {
    ($($name:literal $params:literal;)*) => {
        pub const ROWS: &[Row] = &[$(
            row(concat!("char.", $name), $params, |args| each(args, $name)),
            row(concat!("strings.", $name), $params, |args| each(args, $name)),
        )*];
    };
}

methods! {
    "upper" "a";
    "lower" "a";
    "capitalize" "a";
    "title" "a";
    "swapcase" "a";
    "strip" "a chars=";
    "lstrip" "a chars=";
    "rstrip" "a chars=";
    "replace" "a old new count=";
    "startswith" "a prefix start= end=";
    "endswith" "a suffix start= end=";
    "find" "a sub start= end=";
    "count" "a sub start= end=";
    "isdigit" "a";
    "isalpha" "a";
    "isupper" "a";
    "islower" "a";
    "isnumeric" "a";
    "center" "a width fillchar=";
    "ljust" "a width fillchar=";
    "rjust" "a width fillchar=";
    "zfill" "a width";
    "split" "a sep= maxsplit=";
    "join" "a seq";
    "add" "a b";
    "multiply" "a i";
    "str_len" "a";
    "equal" "a b";
    "not_equal" "a b";
    "mod" "a values";
}

fn each(args: &Args, name: &'static str) -> R {
    let first = args.array(0)?;
    let mut arrays = vec![first];
    for at in 1..4 {
        if let Some(value) = args.some(at) {
            arrays.push(array_of(value, None)?);
        }
    }
    let shapes: Vec<&[usize]> = arrays.iter().map(|array| &array.shape[..]).collect();
    let shape = broadcast_shapes(&shapes)?;
    let columns: Vec<Vec<Value>> = arrays
        .iter()
        .map(|array| {
            let wide = array.broadcast_to(&shape).ok_or_else(|| value_error("shapes do not fit"))?;
            Ok(wide.scalars().iter().map(|x| x.item()).collect())
        })
        .collect::<R<_>>()?;
    let n: usize = shape.iter().product();
    let mut made = Vec::with_capacity(n);
    for i in 0..n {
        let own = &columns[0][i];
        let rest: Vec<Value> = columns[1..].iter().map(|column| column[i].clone()).collect();
        made.push(batuta_rt::catch(|| match name {
            "add" => batuta_rt::py::add(own, &rest[0]),
            "multiply" => batuta_rt::py::mul(own, &rest[0]),
            "mod" => batuta_rt::py::rem(own, &rest[0]),
            "equal" => Value::Bool(*own == rest[0]),
            "not_equal" => Value::Bool(*own != rest[0]),
            "str_len" => batuta_rt::py::len(own).into(),
            _ => batuta_rt::py::call_method(own, name, &rest),
        })?);
    }
    if name == "split" {
        return Ok(Array::from_vec(made, &shape).value());
    }
    let all_text: Option<Vec<Rc<str>>> =
        made.iter().map(|item| if let Value::Str(text) = item { Some(text.clone()) } else { None }).collect();
    let array = match all_text {
        Some(texts) if !texts.is_empty() => Array::from_vec(texts, &shape),
        _ => array_of(&made.into(), None)?.reshaped(&shape),
    };
    Ok(array.value_or_scalar())
}
