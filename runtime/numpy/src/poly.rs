//! Polynomials: `np.polyfit`, `np.polyval`, `np.roots`, `np.poly1d`.

use std::any::Any;
use std::rc::Rc;

use batuta_rt::{Dict, Object, Value};

use crate::array::Array;
use crate::binary::{Op, apply};
use crate::dtype::F64;
use crate::error::{Py, R, not_done, value_error};
use crate::make::array_of;
use crate::table::{Args, Row, call, row};

pub const ROWS: &[Row] = &[
    row("polyfit", "x y deg rcond= full= w= cov=", polyfit),
    row("polyval", "p x", |args| polyval(args.need(0)?, args.need(1)?)),
    row("polyadd", "a1 a2", |args| summed(args, Op::Add)),
    row("polysub", "a1 a2", |args| summed(args, Op::Subtract)),
    row("polymul", "a1 a2", |args| {
        let (a, b) = (trimmed(&args.array(0)?)?, trimmed(&args.array(1)?)?);
        call("numpy.convolve", &[a.value(), b.value()], &Dict::new())
    }),
    row("polydiv", "u v", |args| {
        let (u, v) = (args.array(0)?.to_f64s()?, args.array(1)?.to_f64s()?);
        let (mut rest, m, n) = (u.clone(), u.len().max(1) - 1, v.len().max(1) - 1);
        let scale = 1.0 / v[0];
        let mut quotient = vec![0.0; (m + 1).saturating_sub(n).max(1)];
        for k in 0..(m + 1).saturating_sub(n) {
            let d = scale * rest[k];
            quotient[k] = d;
            (0..=n).for_each(|j| rest[k + j] -= d * v[j]);
        }
        while rest.len() > 1 && rest[0].abs() <= 1e-8 {
            rest.remove(0);
        }
        Ok(Value::tuple([Array::vector(quotient).value(), Array::vector(rest).value()]))
    }),
    row("polyder", "p m=", |args| {
        let mut p = args.array(0)?;
        for _ in 0..args.int(1, 1)? {
            p = derived(&p)?;
        }
        Ok(p.value())
    }),
    row("polyint", "p m= k=", |args| {
        let mut p = args.array(0)?.to_f64s()?;
        let constant = args.float(2, 0.0)?;
        for _ in 0..args.int(1, 1)? {
            let n = p.len();
            p = p.iter().enumerate().map(|(i, x)| x / (n - i) as f64).chain([constant]).collect();
        }
        Ok(Array::vector(p).value())
    }),
    row("roots", "p", |args| roots(&args.array(0)?)),
    row("poly", "seq_of_zeros", |args| {
        let zeros = args.array(0)?;
        if zeros.ndim() == 2 {
            return Err(not_done("np.poly of a matrix"));
        }
        let mut made = Array::vector(vec![1.0]).value();
        for zero in zeros.scalars() {
            let factor = crate::shape::concatenate(
                &[Array::vector(vec![1.0]), crate::unary::apply("negative", &zero.array())?.reshaped(&[1])],
                0,
            )?;
            made = call("numpy.convolve", &[made, factor.value()], &Dict::new())?;
        }
        Ok(made)
    }),
    row("poly1d", "c_or_r r= variable=", |args| {
        let p = match args.flag(1, false) {
            true => array_of(&call("numpy.poly", &[args.need(0)?.clone()], &Dict::new())?, None)?,
            false => args.array(0)?.raveled(),
        };
        Ok(Value::Object(Rc::new(Poly(trimmed(&p)?))))
    }),
    row("polynomial.polynomial.polyval", "x c", |args| {
        let c = crate::shape::flipped(&args.array(1)?, 0);
        polyval(&c.value(), args.need(0)?)
    }),
    row("polynomial.polynomial.polyfit", "x y deg", |args| {
        let made = polyfit(args)?;
        Ok(crate::shape::flipped(&array_of(&made, None)?, 0).copy().value())
    }),
    row("polynomial.polynomial.polyroots", "c", |args| {
        let c = crate::shape::flipped(&args.array(0)?, 0);
        let made = roots(&c)?;
        crate::sort::sorted(&array_of(&made, None)?, &(0_i64).into()).map(Array::value)
    }),
];

fn polyfit(args: &Args) -> R {
    if args.some(5).is_some() || args.flag(4, false) || args.flag(6, false) {
        return Err(not_done("`w`, `full` and `cov` of np.polyfit"));
    }
    let (x, y, degree) = (args.array(0)?, args.array(1)?, args.int(2, 0)?);
    if degree < 0 {
        return Err(value_error("expected deg >= 0"));
    }
    if x.size() == 0 {
        return Err(batuta_rt::Error::new(batuta_rt::TypeError, "expected non-empty vector for x"));
    }
    if x.size() != y.shape.first().copied().unwrap_or(0) {
        return Err(batuta_rt::Error::new(batuta_rt::TypeError, "expected x and y to have same length"));
    }
    let made = x.f64s(|x| y.f64s(|y| Ok(Array::from_tensor(y.polyfit(&x, degree as usize).py()?))))?;
    Ok(made.value())
}

fn polyval(p: &Value, x: &Value) -> R {
    if let Value::Object(object) = p
        && let Some(poly) = object.as_any().downcast_ref::<Poly>()
    {
        return polyval(&poly.0.clone().value(), x);
    }
    let x = array_of(x, None)?;
    let mut made = Array::zeros(x.kind(), &x.shape).value_or_scalar();
    for c in array_of(p, None)?.scalars() {
        made = apply(Op::Add, &apply(Op::Multiply, &made, &x.clone().value_or_scalar())?, &c.value())?;
    }
    Ok(made)
}

/// Without zeros in front.
fn trimmed(p: &Array) -> R<Array> {
    let flat = if p.ndim() == 0 { p.reshaped(&[1]) } else { p.clone() };
    let start = flat.truths().iter().position(|x| *x).unwrap_or(flat.size().saturating_sub(1));
    Ok(crate::shape::part(&flat, 0, start, flat.size()))
}

fn summed(args: &Args, op: Op) -> R {
    let (a, b) = (args.array(0)?.raveled(), args.array(1)?.raveled());
    let n = a.size().max(b.size());
    let wide = |p: &Array| {
        let made = Array::zeros(p.kind(), &[n]);
        crate::shape::part(&made, 0, n - p.size(), n).assign(p).map(|()| made.value())
    };
    apply(op, &wide(&a)?, &wide(&b)?)
}

fn derived(p: &Array) -> R<Array> {
    let n = p.size();
    if n <= 1 {
        return Ok(Array::zeros(p.kind(), &[0]));
    }
    let powers = Array::vector((1..n as i64).rev().collect::<Vec<i64>>());
    array_of(&apply(Op::Multiply, &crate::shape::part(p, 0, 0, n - 1).value(), &powers.value())?, None)
}

/// Eigenvalues of the companion matrix.
fn roots(p: &Array) -> R {
    let items = p.to_f64s()?;
    let first = items.iter().position(|x| *x != 0.0);
    let last = items.iter().rposition(|x| *x != 0.0);
    let (Some(first), Some(last)) = (first, last) else { return Ok(Array::zeros(F64, &[0]).value()) };
    let zeros = items.len() - 1 - last;
    let core = &items[first..=last];
    let n = core.len() - 1;
    let mut made = if n == 0 {
        Array::zeros(F64, &[0])
    } else {
        let mut companion = vec![0.0; n * n];
        (0..n).for_each(|j| companion[j] = -core[j + 1] / core[0]);
        (1..n).for_each(|i| companion[i * n + i - 1] = 1.0);
        array_of(
            &call("numpy.linalg.eigvals", &[Array::from_vec(companion, &[n, n]).value()], &Dict::new())?,
            None,
        )?
    };
    if zeros > 0 {
        made = crate::shape::concatenate(&[made, Array::zeros(F64, &[zeros])], 0)?;
    }
    Ok(made.value())
}

/// `np.poly1d`.
struct Poly(Array);

fn poly(value: Value) -> R {
    Ok(Value::Object(Rc::new(Poly(trimmed(&array_of(&value, None)?)?))))
}

impl Object for Poly {
    fn type_name(&self) -> &str {
        "numpy.poly1d"
    }
    fn as_any(&self) -> &dyn Any {
        self
    }
    fn is_of_library(&self) -> bool {
        true
    }
    fn get_attr(self: Rc<Self>, name: &str) -> Option<Value> {
        Some(match name {
            "coeffs" | "c" | "coef" | "coefficients" => self.0.clone().value(),
            "order" | "o" => (self.0.size() - 1).into(),
            "roots" | "r" => roots(&self.0).ok()?,
            _ => return None,
        })
    }
    fn call_method(self: Rc<Self>, name: &str, args: &[Value]) -> Option<R> {
        let own = || self.0.clone().value();
        Some(match name {
            "__call__" => polyval(&own(), args.first()?),
            "deriv" => call("numpy.polyder", &[&[own()], args].concat(), &Dict::new()).and_then(poly),
            "integ" => call("numpy.polyint", &[&[own()], args].concat(), &Dict::new()).and_then(poly),
            "__neg__" => crate::unary::apply("negative", &self.0).and_then(|p| poly(p.value())),
            "__len__" => Ok((self.0.size() - 1).into()),
            "__getitem__" => {
                let power = crate::make::index(args.first()?).ok()?;
                let n = self.0.size() as i64 - 1;
                Ok(if power < 0 || power > n {
                    crate::scalar::Scalar::F64(0.0).value()
                } else {
                    self.0.scalars()[(n - power) as usize].clone().value()
                })
            }
            _ => return None,
        })
    }
    fn operator(self: Rc<Self>, method: &str, other: &Value, reflected: bool) -> Option<R> {
        let coefficients = |value: &Value| match value {
            Value::Object(object) if let Some(poly) = object.as_any().downcast_ref::<Poly>() => {
                poly.0.clone().value()
            }
            other => other.clone(),
        };
        let own = self.0.clone().value();
        let (a, b) = if reflected { (coefficients(other), own) } else { (own, coefficients(other)) };
        let function = match method {
            "add" => "numpy.polyadd",
            "sub" => "numpy.polysub",
            "mul" => "numpy.polymul",
            "pow" => {
                let mut made = Array::vector(vec![1i64]).value();
                for _ in 0..crate::make::index(other).ok()? {
                    made = call("numpy.polymul", &[made, a.clone()], &Dict::new()).ok()?;
                }
                return Some(poly(made));
            }
            _ => return None,
        };
        let lift = |value: Value| {
            array_of(&value, None).map(|x| if x.ndim() == 0 { x.reshaped(&[1]).value() } else { x.value() })
        };
        Some(lift(a).and_then(|a| call(function, &[a, lift(b)?], &Dict::new())).and_then(poly))
    }
    fn repr(&self) -> String {
        format!("poly1d({})", crate::text::repr(&self.0).trim_start_matches("array(").trim_end_matches(')'))
    }
    fn str(&self) -> String {
        printed(&self.0)
    }
    fn is_callable(&self) -> bool {
        true
    }
    fn is_true(&self) -> bool {
        true
    }
}

/// The polynomial on two lines, powers above.
fn printed(p: &Array) -> String {
    let items = p.to_f64s().unwrap_or_default();
    let n = items.len().max(1) - 1;
    let number = |x: f64| {
        let text = batuta_rt::percent("%.4g", &[&x]);
        text.strip_suffix(".0000").map_or(text.clone(), str::to_owned)
    };
    let mut text = String::new();
    for (k, &x) in items.iter().enumerate() {
        let power = n - k;
        let digits = number(x.abs());
        let term = match power {
            0 if digits != "0" => digits,
            0 if k == 0 => "0".to_owned(),
            0 => String::new(),
            1 if digits == "0" => String::new(),
            1 if digits == "1" => "x".to_owned(),
            1 => format!("{digits} x"),
            _ if digits == "0" => String::new(),
            _ if digits == "1" => format!("x**{power}"),
            _ => format!("{digits} x**{power}"),
        };
        if k > 0 {
            if !term.is_empty() {
                text.push_str(if x < 0.0 { " - " } else { " + " });
                text.push_str(&term);
            }
        } else if x < 0.0 {
            text = format!("-{term}");
        } else {
            text = term;
        }
    }
    raised(&text)
}

fn raised(text: &str) -> String {
    let (mut above, mut below) = (String::new(), String::new());
    let mut rest = text;
    while let Some(at) = rest.find("**") {
        let digits: String = rest[at + 2..].chars().take_while(char::is_ascii_digit).collect();
        let head = &rest[..at];
        below.push_str(head);
        above.push_str(&" ".repeat(head.chars().count()));
        above.push_str(&digits);
        below.push_str(&" ".repeat(digits.len()));
        rest = &rest[at + 2 + digits.len()..];
    }
    below.push_str(rest);
    format!("{above}\n{below}")
}
