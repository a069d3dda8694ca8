//! `np.testing`.

use batuta_rt::{Error, Value};

use crate::error::R;
use crate::table::{Args, Row, call, row};

pub const ROWS: &[Row] = &[
    row("testing.assert_allclose", "actual desired rtol= atol= equal_nan= err_msg= verbose=", |args| {
        let mut named = batuta_rt::Dict::new();
        named.insert("rtol".to_owned(), args.some(2).cloned().unwrap_or(1e-7.into()));
        named.insert("atol".to_owned(), args.some(3).cloned().unwrap_or(0.0.into()));
        named.insert("equal_nan".to_owned(), Value::Bool(true));
        let close = call("numpy.allclose", &[args.need(0)?.clone(), args.need(1)?.clone()], &named)?;
        passed(close.is_true(), "Not equal to tolerance")
    }),
    row("testing.assert_array_equal", "actual desired err_msg= verbose=", equal),
    row("testing.assert_equal", "actual desired err_msg= verbose=", equal),
    row("testing.assert_array_almost_equal", "actual desired decimal= err_msg=", almost),
    row("testing.assert_almost_equal", "actual desired decimal= err_msg=", almost),
];

fn passed(holds: bool, text: &str) -> R {
    if holds { Ok(Value::None) } else { Err(Error::new(batuta_rt::AssertionError, format!("\n{text}"))) }
}

fn equal(args: &Args) -> R {
    let same =
        call("numpy.array_equal", &[args.need(0)?.clone(), args.need(1)?.clone()], &batuta_rt::Dict::new())?;
    passed(same.is_true(), "Arrays are not equal")
}

fn almost(args: &Args) -> R {
    let places = args.int(2, 6)?;
    let mut named = batuta_rt::Dict::new();
    named.insert("rtol".to_owned(), 0.0.into());
    named.insert("atol".to_owned(), (1.5 * 10f64.powi(-places as i32)).into());
    let close = call("numpy.allclose", &[args.need(0)?.clone(), args.need(1)?.clone()], &named)?;
    passed(close.is_true(), "Arrays are not almost equal")
}
