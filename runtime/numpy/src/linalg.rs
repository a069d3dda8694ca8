//! Products of arrays and `np.linalg`.

use batuta_rt::{Dict, Error, Value};
use trueno::{Complex128, DType, MatMul, Norm, Tensor};

use crate::array::Array;
use crate::binary::{Op, Product, apply, product};
use crate::dtype::{F64, Kind};
use crate::error::{LinAlgError, Py, R, not_done, value_error};
use crate::make::{array_of, indices};
use crate::table::{Args, Row, axes, axis, call, row};

pub const ROWS: &[Row] = &[
    row("dot", "a b out=", |args| {
        let made = dot(&args.array(0)?, &args.array(1)?)?;
        args.result(2, made)
    }),
    row("matmul", "x1 x2 out=", |args| {
        let made = array_of(&matmul(args.need(0)?, args.need(1)?)?, None)?;
        args.result(2, made)
    }),
    row("vdot", "a b", |args| {
        let a = crate::unary::apply("conjugate", &args.array(0)?.raveled())?;
        Ok(dot(&a, &args.array(1)?.raveled())?.value_or_scalar())
    }),
    row("vecdot", "x1 x2 axis=", |args| {
        let a = crate::unary::apply("conjugate", &args.array(0)?)?;
        let products = apply(Op::Multiply, &a.value_or_scalar(), args.need(1)?)?;
        call("numpy.sum", &[products, (-1_i64).into()], &Dict::new())
    }),
    row("inner", "a b", |args| {
        let (a, b) = (args.array(0)?, args.array(1)?);
        if a.ndim() == 0 || b.ndim() == 0 {
            return apply(Op::Multiply, &a.value_or_scalar(), &b.value_or_scalar());
        }
        let order: Vec<usize> = match b.ndim() {
            1 => vec![0],
            n => (0..n - 2).chain([n - 1, n - 2]).collect(),
        };
        Ok(dot(&a, &b.permuted(&order))?.value_or_scalar())
    }),
    row("outer", "a b out=", |args| {
        let (a, b) = (args.array(0)?.raveled(), args.array(1)?.raveled());
        let column = a.reshaped(&[a.size(), 1]);
        let made = apply(Op::Multiply, &column.value(), &b.value())?;
        args.result(2, array_of(&made, None)?)
    }),
    row("tensordot", "a b axes=", tensordot),
    row("kron", "a b", |args| {
        struct Kron;
        impl Product for Kron {
            fn of<T: MatMul>(
                &self,
                a: &Tensor<'_, T>,
                b: &Tensor<'_, T>,
            ) -> trueno::Result<trueno::Array<T>> {
                a.kron(b)
            }
        }
        Ok(product(&args.array(0)?, &args.array(1)?, Kron)?.value_or_scalar())
    }),
    row("einsum", "subscripts *operands out= optimize=", crate::einsum::einsum),
    row("cross", "a b axisa= axisb= axisc= axis=", cross),
    row("linalg.cross", "x1 x2 axis=", cross),
    row("linalg.norm", "x ord= axis= keepdims=", norm),
    row("linalg.vector_norm", "x axis= keepdims= ord=", |args| {
        let array = args.array(0)?;
        let flat = if args.some(1).is_none() { array.raveled() } else { array };
        let mut named = Dict::new();
        named.insert("axis".to_owned(), args.some(1).cloned().unwrap_or((0_i64).into()));
        if let Some(order) = args.some(3) {
            named.insert("ord".to_owned(), order.clone());
        }
        call("numpy.linalg.norm", &[flat.value()], &named)
    }),
    row("linalg.matrix_norm", "x keepdims= ord=", |args| {
        let order = args.some(2).cloned().unwrap_or("fro".into());
        call("numpy.linalg.norm", &[args.need(0)?.clone(), order], &Dict::new())
    }),
    row("linalg.inv", "a", |args| {
        stacked(&args.array(0)?, "inv", |a| match complex(a) {
            true => crate::complex_linalg::inverse(a),
            false => floats(a, |t| Ok(Array::from_tensor(t.inv().py()?))),
        })
    }),
    row("linalg.det", "a", |args| {
        stacked(&args.array(0)?, "det", |a| match complex(a) {
            true => crate::complex_linalg::determinant(a),
            false => floats(a, |t| Ok(Array::from_vec(vec![t.det().py()?], &[]))),
        })
    }),
    row("linalg.slogdet", "a", |args| {
        let array = square(&args.array(0)?, "slogdet")?;
        let (sign, log) = array.f64s(|t| t.slogdet().py())?;
        Ok(record(
            "SlogdetResult",
            &[
                ("sign", crate::scalar::Scalar::F64(sign).value()),
                ("logabsdet", crate::scalar::Scalar::F64(log).value()),
            ],
        ))
    }),
    row("linalg.solve", "a b", solve),
    row("linalg.lstsq", "a b rcond=", lstsq),
    row("linalg.pinv", "a rcond= hermitian= rtol=", |args| {
        let limit = args.float(1, args.float(3, 1e-15)?)?;
        Ok(args.array(0)?.f64s(|t| Ok(Array::from_tensor(t.pinv(limit).py()?)))?.value())
    }),
    row("linalg.matrix_rank", "A tol= hermitian= rtol=", |args| {
        let array = args.array(0)?;
        if array.ndim() < 2 {
            return Ok(crate::scalar::Scalar::I64(i64::from(array.truths().contains(&true))).value());
        }
        if let Some(limit) = args.some(1) {
            let limit = batuta_rt::py::to_float(limit)?;
            let svd = array.f64s(|t| t.svd().py())?;
            let rank = svd.s.to_vec().into_iter().filter(|x| *x > limit).count();
            return Ok(crate::scalar::Scalar::I64(rank as i64).value());
        }
        let rank = array.f64s(|t| t.matrix_rank().py())?;
        Ok(crate::scalar::Scalar::I64(rank as i64).value())
    }),
    row("linalg.cond", "x p=", cond),
    row("linalg.cholesky", "a upper=", |args| {
        let upper = args.flag(1, false);
        stacked(&args.array(0)?, "cholesky", |a| {
            let made = floats(a, |t| Ok(Array::from_tensor(t.cholesky().py()?)))?;
            Ok(if upper { made.transposed().copy() } else { made })
        })
    }),
    row("linalg.qr", "a mode=", qr),
    row("linalg.svd", "a full_matrices= compute_uv= hermitian=", svd),
    row("linalg.svdvals", "x", |args| {
        Ok(args.array(0)?.f64s(|t| Ok(Array::from_tensor(t.svd().py()?.s)))?.value())
    }),
    row("linalg.eigh", "a UPLO=", |args| {
        let array = square(&args.array(0)?, "eigh")?;
        let (values, vectors) = array.f64s(|t| t.eigh().py())?;
        let (values, vectors) = (Array::from_tensor(values), Array::from_tensor(vectors));
        Ok(record("EighResult", &[("eigenvalues", values.value()), ("eigenvectors", vectors.value())]))
    }),
    row("linalg.eigvalsh", "a UPLO=", |args| {
        let array = square(&args.array(0)?, "eigvalsh")?;
        Ok(Array::from_tensor(array.f64s(|t| t.eigh().py())?.0).value())
    }),
    row("linalg.eig", "a", |args| {
        let (values, vectors) = eig(&args.array(0)?)?;
        Ok(record("EigResult", &[("eigenvalues", values.value()), ("eigenvectors", vectors.value())]))
    }),
    row("linalg.eigvals", "a", |args| Ok(eig(&args.array(0)?)?.0.value())),
    row("linalg.matrix_power", "a n", |args| {
        let array = square(&args.array(0)?, "matrix_power")?;
        let n = args.int(1, 1)?;
        let array = match n < 0 {
            true => array_of(&call("numpy.linalg.inv", &[array.value()], &Dict::new())?, None)?,
            false => array,
        };
        let mut left = n.unsigned_abs();
        if left == 0 {
            let n = array.len() as i64;
            return Ok(array_of(&call("numpy.eye", &[n.into()], &Dict::new())?, None)?
                .cast(array.kind())?
                .value());
        }
        // The order of NumPy's products.
        if left == 3 {
            return Ok(dot(&dot(&array, &array)?, &array)?.value());
        }
        let (mut power, mut result): (Option<Array>, Option<Array>) = (None, None);
        while left > 0 {
            let next = match &power {
                None => array.clone(),
                Some(power) => dot(power, power)?,
            };
            if left & 1 == 1 {
                result = Some(match &result {
                    None => next.clone(),
                    Some(result) => dot(result, &next)?,
                });
            }
            power = Some(next);
            left >>= 1;
        }
        Ok(result.unwrap_or(array).value())
    }),
    row("linalg.multi_dot", "arrays", |args| {
        let arrays = crate::shape::list(args.need(0)?)?;
        let mut made =
            arrays.first().cloned().ok_or_else(|| value_error("Expecting at least two arrays."))?;
        for next in &arrays[1..] {
            made = dot(&made, next)?;
        }
        Ok(made.value_or_scalar())
    }),
    row("linalg.trace", "x offset=", |args| {
        call("numpy.trace", &[args.need(0)?.clone(), args.int(1, 0)?.into()], &Dict::new())
    }),
    row("linalg.diagonal", "x offset=", |args| {
        let array = args.array(0)?;
        let n = array.ndim();
        Ok(crate::build::diagonal(&array, args.int(1, 0)?, n - 2, n - 1).value())
    }),
    row("linalg.outer", "x1 x2", |args| {
        call("numpy.outer", &[args.need(0)?.clone(), args.need(1)?.clone()], &Dict::new())
    }),
    row("linalg.matmul", "x1 x2", |args| matmul(args.need(0)?, args.need(1)?)),
];

/// A named tuple of results.
pub fn record(name: &'static str, fields: &[(&'static str, Value)]) -> Value {
    Value::Object(std::rc::Rc::new(crate::record::Record { name, fields: fields.to_vec() }))
}

fn complex(array: &Array) -> bool {
    array.kind().letter() == "c"
}

/// Runs `f` in single precision for f32, else in double.
fn floats(array: &Array, f: impl Fn(Tensor<'_, f64>) -> R<Array>) -> R<Array> {
    let made = array.f64s(f)?;
    if array.kind() == Kind::Num(DType::F32) { made.cast(array.kind()) } else { Ok(made) }
}

/// A square matrix, or the error that it is none.
fn square(array: &Array, _name: &str) -> R<Array> {
    let n = array.ndim();
    if n < 2 {
        let text = format!("{n}-dimensional array given. Array must be at least two-dimensional");
        return Err(Error::new(LinAlgError, text));
    }
    if array.shape[n - 1] != array.shape[n - 2] {
        return Err(Error::new(LinAlgError, "Last 2 dimensions of the array must be square"));
    }
    Ok(array.clone())
}

/// A function of every matrix of a stack.
fn stacked(array: &Array, name: &str, f: impl Fn(&Array) -> R<Array>) -> R {
    let array = square(array, name)?;
    fn go(array: &Array, f: &dyn Fn(&Array) -> R<Array>) -> R<Array> {
        if array.ndim() == 2 {
            return f(array);
        }
        let parts: Vec<Array> = (0..array.len()).map(|i| go(&array.row(i), f)).collect::<R<_>>()?;
        crate::shape::stack(&parts, 0)
    }
    Ok(go(&array, &f)?.value_or_scalar())
}

struct Dot;

impl Product for Dot {
    fn of<T: MatMul>(&self, a: &Tensor<'_, T>, b: &Tensor<'_, T>) -> trueno::Result<trueno::Array<T>> {
        a.dot(b)
    }
}

struct MatrixProduct;

impl Product for MatrixProduct {
    fn of<T: MatMul>(&self, a: &Tensor<'_, T>, b: &Tensor<'_, T>) -> trueno::Result<trueno::Array<T>> {
        a.matmul(b)
    }
}

/// The product of two matrices.
pub fn dot_arrays(a: &Array, b: &Array) -> R<Array> {
    product(a, b, MatrixProduct)
}

/// `np.dot`.
pub fn dot(a: &Array, b: &Array) -> R<Array> {
    if a.ndim() == 0 || b.ndim() == 0 {
        return array_of(
            &apply(Op::Multiply, &a.clone().value_or_scalar(), &b.clone().value_or_scalar())?,
            None,
        );
    }
    let at = b.ndim().saturating_sub(2);
    let (k, m) = (a.shape[a.ndim() - 1], b.shape[at]);
    if k != m {
        return Err(value_error(format!(
            "shapes {} and {} not aligned: {k} (dim {}) != {m} (dim {at})",
            crate::array::tight(&a.shape),
            crate::array::tight(&b.shape),
            a.ndim() - 1
        )));
    }
    product(a, b, Dot)
}

/// `a @ b`.
pub fn matmul(a: &Value, b: &Value) -> R {
    let (a, b) = (array_of(a, None)?, array_of(b, None)?);
    for (at, array) in [&a, &b].into_iter().enumerate() {
        if array.ndim() == 0 {
            return Err(value_error(format!(
                "matmul: Input operand {at} does not have enough dimensions (has 0, gufunc core with signature (n?,k),(k,m?)->(n?,m?) requires 1)"
            )));
        }
    }
    let at = b.ndim().saturating_sub(2);
    let (k, m) = (a.shape[a.ndim() - 1], b.shape[at]);
    if k != m {
        return Err(value_error(format!(
            "matmul: Input operand 1 has a mismatch in its core dimension 0, with gufunc signature (n?,k),(k,m?)->(n?,m?) (size {m} is different from {k})"
        )));
    }
    Ok(product(&a, &b, MatrixProduct)?.value_or_scalar())
}

fn tensordot(args: &Args) -> R {
    let (a, b) = (args.array(0)?, args.array(1)?);
    let (mut left, mut right) = match args.some(2) {
        None => ((a.ndim() - 2..a.ndim()).collect::<Vec<_>>(), vec![0, 1]),
        Some(Value::Int(_)) => {
            let n = args.int(2, 2)? as usize;
            ((a.ndim() - n..a.ndim()).collect(), (0..n).collect())
        }
        Some(pair) => {
            let pair = crate::make::items(pair)?;
            let side = |value: &Value, ndim: usize| -> R<Vec<usize>> {
                indices(value)?.into_iter().map(|at| axis(at, ndim)).collect()
            };
            (side(&pair[0], a.ndim())?, side(&pair[1], b.ndim())?)
        }
    };
    let same = left.len() == right.len() && left.iter().zip(&right).all(|(&i, &j)| a.shape[i] == b.shape[j]);
    if !same {
        return Err(value_error("shape-mismatch for sum"));
    }
    let free =
        |array: &Array, gone: &[usize]| (0..array.ndim()).filter(|at| !gone.contains(at)).collect::<Vec<_>>();
    let (rows, columns) = (free(&a, &left), free(&b, &right));
    let size = |array: &Array, axes: &[usize]| axes.iter().map(|&at| array.shape[at]).product::<usize>();
    let shape: Vec<usize> =
        rows.iter().map(|&at| a.shape[at]).chain(columns.iter().map(|&at| b.shape[at])).collect();
    let inner = size(&a, &left);
    let mut order = rows.clone();
    order.append(&mut left);
    let x = a.permuted(&order).reshaped(&[size(&a, &rows), inner]);
    right.extend(&columns);
    let y = b.permuted(&right).reshaped(&[inner, size(&b, &columns)]);
    Ok(dot_arrays(&x, &y)?.reshaped(&shape).value_or_scalar())
}

fn cross(args: &Args) -> R {
    let (a, b) = (args.array(0)?, args.array(1)?);
    let at = |array: &Array| array.shape.last().copied().unwrap_or(0);
    if args.some(2).is_some() || args.name == "cross" && args.some(5).is_some() {
        return Err(not_done("an axis of np.cross"));
    }
    if at(&a) != 3 || at(&b) != 3 {
        if at(&a) == 2 && at(&b) == 2 {
            return Err(not_done("np.cross of vectors of two"));
        }
        return Err(value_error("incompatible dimensions for cross product\n(dimension must be 2 or 3)"));
    }
    let part = |array: &Array, i: usize| {
        let n = array.ndim();
        let offset = (array.offset as isize + i as isize * array.strides[n - 1]) as usize;
        array.framed(offset, array.shape[..n - 1].to_vec(), array.strides[..n - 1].to_vec()).value_or_scalar()
    };
    let term = |i: usize, j: usize| -> R<Array> {
        let first = apply(Op::Multiply, &part(&a, i), &part(&b, j))?;
        let second = apply(Op::Multiply, &part(&a, j), &part(&b, i))?;
        array_of(&apply(Op::Subtract, &first, &second)?, None)
    };
    Ok(crate::shape::stack(&[term(1, 2)?, term(2, 0)?, term(0, 1)?], -1)?.value())
}

fn norm(args: &Args) -> R {
    let array = args.array(0)?;
    let array = if matches!(array.kind().letter(), "f" | "c") { array } else { array.cast(F64)? };
    let keep = args.flag(3, false);
    let order = match args.some(1) {
        None => None,
        Some(Value::Str(word)) => Some(match &**word {
            "fro" => Norm::Frobenius,
            "nuc" => Norm::Nuclear,
            _ => return Err(value_error("Invalid norm order for matrices.")),
        }),
        Some(number) => Some(match batuta_rt::py::to_float(number)? {
            f64::INFINITY => Norm::Infinity,
            f64::NEG_INFINITY => Norm::NegativeInfinity,
            p => Norm::P(p),
        }),
    };
    let given = axes(args.at(2), array.ndim())?;
    let size = crate::unary::apply("absolute", &array)?;
    let mut named = Dict::new();
    if keep {
        named.insert("keepdims".to_owned(), Value::Bool(true));
    }
    let axis_value = args.at(2).cloned().unwrap_or(Value::None);
    let is_vector = given.as_ref().map_or(array.ndim() == 1, |axes| axes.len() == 1);
    match (order, is_vector) {
        (None, _) | (Some(Norm::Frobenius), false) => {
            if given.is_none() {
                // One dot product of all elements with themselves, as NumPy does it.
                let flat = if array.is_fortran() && !array.is_contiguous() {
                    array.transposed().raveled()
                } else {
                    array.raveled()
                };
                let squared = match complex(&array) {
                    true => {
                        let (re, im) = (crate::object::real(&flat), crate::object::imag(&flat));
                        array_of(
                            &apply(
                                Op::Add,
                                &dot(&re, &re)?.value_or_scalar(),
                                &dot(&im, &im)?.value_or_scalar(),
                            )?,
                            None,
                        )?
                    }
                    false => dot(&flat, &flat)?,
                };
                let root = crate::unary::apply("sqrt", &squared)?;
                return Ok(if keep {
                    root.reshaped(&vec![1; array.ndim()]).value()
                } else {
                    root.value_or_scalar()
                });
            }
            let squares = crate::unary::apply("square", &size)?;
            let total = call("numpy.sum", &[squares.value(), axis_value], &named)?;
            Ok(crate::unary::apply("sqrt", &array_of(&total, None)?)?.value_or_scalar())
        }
        (Some(order), true) => {
            let at = if given.is_none() { Value::from(0_i64) } else { axis_value };
            match order {
                Norm::Infinity => call("numpy.max", &[size.value(), at], &named),
                Norm::NegativeInfinity => call("numpy.min", &[size.value(), at], &named),
                Norm::P(0.0) => {
                    let counts = call("numpy.not_equal", &[size.value(), 0.0.into()], &Dict::new())?;
                    call("numpy.sum", &[array_of(&counts, None)?.cast(F64)?.value(), at], &named)
                }
                Norm::P(1.0) => call("numpy.sum", &[size.value(), at], &named),
                Norm::P(2.0) => {
                    let squares = crate::unary::apply("square", &size)?;
                    let total = call("numpy.sum", &[squares.value(), at], &named)?;
                    Ok(crate::unary::apply("sqrt", &array_of(&total, None)?)?.value_or_scalar())
                }
                Norm::P(p) => {
                    let powers = apply(Op::Power, &size.value(), &p.into())?;
                    let total = call("numpy.sum", &[powers, at], &named)?;
                    apply(Op::Power, &total, &(1.0 / p).into())
                }
                _ => Err(value_error("Norm order not supported for vectors.")),
            }
        }
        (Some(order), false) => {
            if array.ndim() != 2 {
                return Err(if given.is_some() {
                    not_done("norms of stacks of matrices")
                } else {
                    value_error("Improper number of dimensions to norm.")
                });
            }
            let of_sums = |at: i64, largest: bool| -> R {
                let sums = call("numpy.sum", &[size.clone().value(), at.into()], &Dict::new())?;
                call(if largest { "numpy.max" } else { "numpy.min" }, &[sums], &Dict::new())
            };
            let made = match order {
                Norm::Infinity => of_sums(1, true)?,
                Norm::NegativeInfinity => of_sums(1, false)?,
                Norm::P(1.0) => of_sums(0, true)?,
                Norm::P(-1.0) => of_sums(0, false)?,
                other => crate::scalar::Scalar::F64(array.f64s(|t| t.norm(other).py())?).value(),
            };
            Ok(if keep { array_of(&made, None)?.reshaped(&[1, 1]).value() } else { made })
        }
    }
}

fn solve(args: &Args) -> R {
    let (a, b) = (square(&args.array(0)?, "solve")?, args.array(1)?);
    if complex(&a) || complex(&b) {
        return Ok(crate::complex_linalg::solve(&a, &b)?.value());
    }
    if a.ndim() > 2 {
        let is_vector = b.ndim() == 1;
        let parts: Vec<Value> = (0..a.len())
            .map(|i| {
                let right = if is_vector { b.clone() } else { b.row(i) };
                call("numpy.linalg.solve", &[a.row(i).value(), right.value()], &Dict::new())
            })
            .collect::<R<_>>()?;
        return Ok(crate::shape::stack(&crate::shape::list(&parts.into())?, 0)?.value());
    }
    if b.ndim() == 0 || b.shape[0] != a.shape[0] {
        let (n, m) = (a.shape[0], b.shape.first().copied().unwrap_or(0));
        let signature = if b.ndim() == 1 { "(m,m),(m)->(m)" } else { "(m,m),(m,n)->(m,n)" };
        return Err(value_error(format!(
            "solve: Input operand 1 has a mismatch in its core dimension 0, with gufunc signature {signature} (size {m} is different from {n})"
        )));
    }
    let made = a.f64s(|a| b.f64s(|b| Ok(Array::from_tensor(a.solve(&b).py()?))))?;
    let kind = a.kind().promote(b.kind())?;
    Ok(if kind == Kind::Num(DType::F32) { made.cast(kind)? } else { made }.value())
}

fn lstsq(args: &Args) -> R {
    let (a, b) = (args.array(0)?, args.array(1)?);
    let rcond = match args.at(2) {
        Some(Value::None) | None => None,
        Some(given) => Some(batuta_rt::py::to_float(given)?).filter(|x| *x >= 0.0),
    };
    if b.ndim() == 0 || b.shape[0] != a.shape[0] {
        return Err(Error::new(LinAlgError, "Incompatible dimensions"));
    }
    let made = a.f64s(|a| b.f64s(|b| a.lstsq(&b, rcond).py()))?;
    Ok(Value::tuple([
        Array::from_tensor(made.x).value(),
        Array::from_tensor(made.residuals).value(),
        crate::scalar::Scalar::I32(made.rank as i32).value(),
        Array::from_tensor(made.s).value(),
    ]))
}

fn cond(args: &Args) -> R {
    let array = args.array(0)?;
    match args.some(1) {
        None => Ok(crate::scalar::Scalar::F64(array.f64s(|t| t.cond().py())?).value()),
        Some(order) => {
            let inverse = call("numpy.linalg.inv", &[array.clone().value()], &Dict::new())?;
            let one = call("numpy.linalg.norm", &[array.value(), order.clone()], &Dict::new())?;
            let other = call("numpy.linalg.norm", &[inverse, order.clone()], &Dict::new())?;
            apply(Op::Multiply, &one, &other)
        }
    }
}

fn qr(args: &Args) -> R {
    let array = args.array(0)?;
    let mode = args.text(1).unwrap_or("reduced".to_owned());
    let (q, r) = array.f64s(|t| t.qr().py())?;
    let (q, r) = (Array::from_tensor(q), Array::from_tensor(r));
    match &*mode {
        "r" => Ok(r.value()),
        "reduced" => Ok(record("QRResult", &[("Q", q.value()), ("R", r.value())])),
        "complete" if array.shape[0] <= array.shape[1] => {
            Ok(record("QRResult", &[("Q", q.value()), ("R", r.value())]))
        }
        other => Err(not_done(format!("the mode '{other}' of qr"))),
    }
}

fn svd(args: &Args) -> R {
    let array = args.array(0)?;
    let made = array.f64s(|t| t.svd().py())?;
    let (mut u, s, mut vt) =
        (Array::from_tensor(made.u), Array::from_tensor(made.s), Array::from_tensor(made.vt));
    if !args.flag(2, true) {
        return Ok(s.value());
    }
    if args.flag(1, true) {
        u = completed(&u)?;
        vt = completed(&vt.transposed().copy())?.transposed().copy();
    }
    Ok(record("SVDResult", &[("U", u.value()), ("S", s.value()), ("Vh", vt.value())]))
}

/// Orthonormal columns completed to a square matrix.
fn completed(u: &Array) -> R<Array> {
    let (n, k) = (u.shape[0], u.shape[1]);
    if n == k {
        return Ok(u.clone());
    }
    let items = u.to_f64s()?;
    let mut columns: Vec<Vec<f64>> = (0..k).map(|j| (0..n).map(|i| items[i * k + j]).collect()).collect();
    for e in 0..n {
        if columns.len() == n {
            break;
        }
        let mut fresh: Vec<f64> = (0..n).map(|i| f64::from(u8::from(i == e))).collect();
        for _ in 0..2 {
            for column in &columns {
                let along: f64 = column.iter().zip(&fresh).map(|(a, b)| a * b).sum();
                fresh.iter_mut().zip(column).for_each(|(x, c)| *x -= along * c);
            }
        }
        let length = fresh.iter().map(|x| x * x).sum::<f64>().sqrt();
        if length > 1e-8 {
            columns.push(fresh.into_iter().map(|x| x / length).collect());
        }
    }
    Ok(Array::from_vec(
        (0..n).flat_map(|i| columns.iter().map(move |column| column[i])).collect::<Vec<f64>>(),
        &[n, n],
    ))
}

/// Eigenvalues and vectors; real where all values are.
fn eig(array: &Array) -> R<(Array, Array)> {
    let array = square(array, "eig")?;
    if complex(&array) {
        return Err(not_done("eigenvalues of complex matrices"));
    }
    let (values, vectors) = array.f64s(|t| t.eig().py())?;
    let (values, vectors) =
        (Array::from_tensor::<Complex128>(values), Array::from_tensor::<Complex128>(vectors));
    let is_real = crate::object::imag(&values).to_f64s()?.iter().all(|x| *x == 0.0);
    if is_real {
        return Ok((crate::object::real(&values), crate::object::real(&vectors)));
    }
    Ok((values, vectors))
}
