//! The operations that the differential script knows, by NumPy's names.

use trueno::{
    AnyTensor, Array, Axes, DType, Error, FloatMath, Index, PrintOptions, Result, Slice, match_any,
};

use crate::Answer;

pub type Answers = Result<Vec<Answer>>;

pub fn one(array: impl Into<AnyTensor>) -> Answers {
    Ok(vec![Answer::Array(array.into())])
}

pub fn text(text: String) -> Answers {
    Ok(vec![Answer::Text(text)])
}

pub fn unsupported(op: &str) -> Error {
    Error::value(format!("the driver has no {op} for these types"))
}

/// Axes from `-` (all), `0,2`, with `k` in front for keepdims.
fn axes(word: &str) -> Axes {
    let (keep, word) = word.strip_prefix('k').map_or((false, word), |rest| (true, rest));
    let axes = if word == "-" { Axes::all() } else { Axes::from(crate::list::<isize>(word).as_slice()) };
    if keep { axes.keep() } else { axes }
}

pub fn number<T: std::str::FromStr>(words: &[&str], at: usize) -> Result<T> {
    words.get(at).and_then(|w| w.parse().ok()).ok_or_else(|| Error::value("bad argument"))
}

pub fn run(op: &str, arrays: &[AnyTensor], words: &[&str]) -> Answers {
    if let Some(rest) = op.strip_prefix("random.") {
        return crate::random::run(rest, arrays, words);
    }
    if let Some(answer) = crate::science::run(op, arrays, words) {
        return answer;
    }
    if let Some(answer) = crate::more::run(op, arrays, words) {
        return answer;
    }
    match arrays {
        [] => Err(unsupported(op)),
        [a] => unary(op, a, words),
        [a, b] => {
            let wide = a.dtype().promote(b.dtype());
            binary(op, &a.astype_keeping(wide), &b.astype_keeping(wide), words)
        }
        _ => Err(unsupported(op)),
    }
}

fn unary(op: &str, a: &AnyTensor, words: &[&str]) -> Answers {
    if let Some(answer) = reduction(op, a, words) {
        return answer;
    }
    if let Some(answer) = float_function(op, a, words) {
        return answer;
    }
    match op {
        "str" | "repr" => print(op, a, words),
        "slice" => {
            let entries: Vec<Index> = words.iter().map(|w| entry(w)).collect();
            match_any!(a, t, [Bool I8 I16 I32 I64 U8 U16 U32 U64 F32 F64 C64 C128] => one(t.slice(&entries)?.to_owned()), _ => Err(unsupported(op)))
        }
        "reshape" => {
            let shape: Vec<isize> = crate::list(words[0]);
            match_any!(a, t, [Bool I8 I16 I32 I64 U8 U16 U32 U64 F32 F64 C64 C128] => one(t.reshape(&shape)?.to_owned()), _ => Err(unsupported(op)))
        }
        "astype" => match DType::from_name(words[0]) {
            Some(dtype) => one(a.astype(dtype)),
            None => Err(unsupported(op)),
        },
        "negative" => {
            match_any!(a, t, [I8 I16 I32 I64 U8 U16 U32 U64 F32 F64 C64 C128] => one(-t), _ => Err(unsupported(op)))
        }
        "absolute" => {
            match_any!(a, t, [I8 I16 I32 I64 U8 U16 U32 U64 F32 F64] => one(t.abs()), _ => Err(unsupported(op)))
        }
        "sign" => {
            match_any!(a, t, [I8 I16 I32 I64 U8 U16 U32 U64 F32 F64] => one(t.sign()), _ => Err(unsupported(op)))
        }
        "square" => {
            match_any!(a, t, [I8 I16 I32 I64 U8 U16 U32 U64 F32 F64] => one(t.square()), _ => Err(unsupported(op)))
        }
        "invert" => {
            match_any!(a, t, [Bool I8 I16 I32 I64 U8 U16 U32 U64] => one(!t), _ => Err(unsupported(op)))
        }
        "logical_not" => {
            match_any!(a, t, [Bool I8 I16 I32 I64 U8 U16 U32 U64 F32 F64 C64 C128] => one(t.logical_not()), _ => Err(unsupported(op)))
        }
        _ => Err(unsupported(op)),
    }
}

/// `3`, `1:5:2`, `::-1`, `new`, `...`
fn entry(word: &str) -> Index {
    match word {
        "new" => Index::NewAxis,
        "..." => Index::Ellipsis,
        _ if word.contains(':') => {
            let parts: Vec<Option<isize>> = word.split(':').map(|p| p.parse().ok()).collect();
            let step = parts.get(2).copied().flatten().unwrap_or(1);
            Index::Slice(Slice { start: parts[0], stop: parts[1], step })
        }
        _ => Index::At(word.parse().unwrap_or(0)),
    }
}

fn print(op: &str, a: &AnyTensor, words: &[&str]) -> Answers {
    let mut options = PrintOptions::default();
    if let [precision, suppress, width, threshold, edge] = words {
        options.precision = precision.parse().unwrap_or(8);
        options.suppress = *suppress == "1";
        options.linewidth = width.parse().unwrap_or(75);
        options.threshold = threshold.parse().unwrap_or(1000);
        options.edgeitems = edge.parse().unwrap_or(3);
    }
    trueno::set_print_options(options);
    match_any!(a, t, [Bool I8 I16 I32 I64 U8 U16 U32 U64 F32 F64 C64 C128] =>
        text(if op == "str" { t.to_string() } else { t.repr() }), _ => Err(unsupported(op)))
}

fn reduction(op: &str, a: &AnyTensor, words: &[&str]) -> Option<Answers> {
    let over = axes(words.first().copied().unwrap_or("-"));
    macro_rules! reduce {
        ([$($variant:ident)*] $t:ident => $body:expr) => {
            Some(match_any!(a, $t, [$($variant)*] => $body.and_then(one), _ => Err(unsupported(op))))
        };
    }
    match op {
        "sum" => {
            reduce!([Bool I8 I16 I32 I64 U8 U16 U32 U64 F32 F64 C64 C128] t => t.sum_over(over))
        }
        "prod" => {
            reduce!([Bool I8 I16 I32 I64 U8 U16 U32 U64 F32 F64 C64 C128] t => t.prod_over(over))
        }
        "all" => {
            reduce!([Bool I8 I16 I32 I64 U8 U16 U32 U64 F32 F64 C64 C128] t => t.all_over(over))
        }
        "any" => {
            reduce!([Bool I8 I16 I32 I64 U8 U16 U32 U64 F32 F64 C64 C128] t => t.any_over(over))
        }
        "count_nonzero" => {
            reduce!([Bool I8 I16 I32 I64 U8 U16 U32 U64 F32 F64 C64 C128] t => t.count_nonzero_over(over))
        }
        "max" => reduce!([I8 I16 I32 I64 U8 U16 U32 U64 F32 F64] t => t.max_over(over)),
        "min" => reduce!([I8 I16 I32 I64 U8 U16 U32 U64 F32 F64] t => t.min_over(over)),
        "ptp" => reduce!([I8 I16 I32 I64 U8 U16 U32 U64 F32 F64] t => t.ptp_over(over)),
        "mean" => {
            reduce!([Bool I8 I16 I32 I64 U8 U16 U32 U64 F32 F64 C64 C128] t => t.mean_over(over))
        }
        "var" => {
            reduce!([Bool I8 I16 I32 I64 U8 U16 U32 U64 F32 F64] t => number(words, 1).and_then(|ddof| t.var_over(over, ddof)))
        }
        "std" => {
            reduce!([Bool I8 I16 I32 I64 U8 U16 U32 U64 F32 F64] t => number(words, 1).and_then(|ddof| t.std_over(over, ddof)))
        }
        _ => None,
    }
}

fn float_function(op: &str, a: &AnyTensor, words: &[&str]) -> Option<Answers> {
    match a {
        AnyTensor::F32(t) => typed_float(op, t, words),
        AnyTensor::F64(t) => typed_float(op, t, words),
        _ => None,
    }
}

fn typed_float<T: FloatMath>(op: &str, t: &Array<T>, words: &[&str]) -> Option<Answers>
where
    AnyTensor: From<Array<T>>,
{
    let out = match op {
        "exp" => t.exp(),
        "log" => t.log(),
        "sin" => t.sin(),
        "cos" => t.cos(),
        "tan" => t.tan(),
        "tanh" => t.tanh(),
        "sqrt" => t.sqrt(),
        "floor" => t.floor(),
        "ceil" => t.ceil(),
        "trunc" => t.trunc(),
        "rint" => t.rint(),
        "exp2" => t.exp2(),
        "expm1" => t.expm1(),
        "log2" => t.log2(),
        "log10" => t.log10(),
        "log1p" => t.log1p(),
        "cbrt" => t.cbrt(),
        "arcsin" => t.arcsin(),
        "arccos" => t.arccos(),
        "arctan" => t.arctan(),
        "sinh" => t.sinh(),
        "cosh" => t.cosh(),
        "arcsinh" => t.arcsinh(),
        "arccosh" => t.arccosh(),
        "arctanh" => t.arctanh(),
        "reciprocal" => t.reciprocal(),
        "degrees" => t.degrees(),
        "radians" => t.radians(),
        "round" => t.round(words.first()?.parse().ok()?),
        "pow" => t.pow(T::from_f64(words.first()?.parse().ok()?)),
        "isnan" => return Some(one(t.isnan())),
        "isinf" => return Some(one(t.isinf())),
        "isfinite" => return Some(one(t.isfinite())),
        "signbit" => return Some(one(t.signbit())),
        "nan_to_num" => t.nan_to_num(T::ZERO),
        _ => return None,
    };
    Some(one(out))
}

fn binary(op: &str, a: &AnyTensor, b: &AnyTensor, _words: &[&str]) -> Answers {
    macro_rules! both {
        ([$($variant:ident)*] $x:ident $y:ident => $body:expr) => {
            match (a, b) {
                $((AnyTensor::$variant($x), AnyTensor::$variant($y)) => $body.and_then(one),)*
                _ => Err(unsupported(op)),
            }
        };
    }
    macro_rules! numbers { ($x:ident $y:ident => $body:expr) => { both!([I8 I16 I32 I64 U8 U16 U32 U64 F32 F64 C64 C128] $x $y => $body) }; }
    macro_rules! reals { ($x:ident $y:ident => $body:expr) => { both!([I8 I16 I32 I64 U8 U16 U32 U64 F32 F64] $x $y => $body) }; }
    macro_rules! integers { ($x:ident $y:ident => $body:expr) => { both!([I8 I16 I32 I64 U8 U16 U32 U64] $x $y => $body) }; }
    macro_rules! floats { ($x:ident $y:ident => $body:expr) => { both!([F32 F64] $x $y => $body) }; }
    macro_rules! every { ($x:ident $y:ident => $body:expr) => { both!([Bool I8 I16 I32 I64 U8 U16 U32 U64 F32 F64 C64 C128] $x $y => $body) }; }
    match op {
        "add" => numbers!(x y => x.try_add(y)),
        "subtract" => numbers!(x y => x.try_sub(y)),
        "multiply" => numbers!(x y => x.try_mul(y)),
        "divide" => both!([F32 F64 C64 C128] x y => x.try_div(y)),
        "remainder" => reals!(x y => x.try_rem(y)),
        "floor_divide" => reals!(x y => x.floor_divide(y)),
        "fmod" => reals!(x y => x.fmod(y)),
        "power" => reals!(x y => x.power(y)),
        "maximum" => reals!(x y => x.maximum(y)),
        "minimum" => reals!(x y => x.minimum(y)),
        "fmax" => reals!(x y => x.fmax(y)),
        "fmin" => reals!(x y => x.fmin(y)),
        "less" => reals!(x y => x.less(y)),
        "less_equal" => reals!(x y => x.less_equal(y)),
        "greater" => reals!(x y => x.greater(y)),
        "greater_equal" => reals!(x y => x.greater_equal(y)),
        "equal" => every!(x y => x.equal(y)),
        "not_equal" => every!(x y => x.not_equal(y)),
        "logical_and" => every!(x y => x.logical_and(y)),
        "logical_or" => every!(x y => x.logical_or(y)),
        "logical_xor" => every!(x y => x.logical_xor(y)),
        "bitwise_and" => integers!(x y => x.try_and(y)),
        "bitwise_or" => integers!(x y => x.try_or(y)),
        "bitwise_xor" => integers!(x y => x.try_xor(y)),
        "left_shift" => integers!(x y => x.try_shl(y)),
        "right_shift" => integers!(x y => x.try_shr(y)),
        "gcd" => integers!(x y => x.gcd(y)),
        "lcm" => integers!(x y => x.lcm(y)),
        "arctan2" => floats!(x y => x.arctan2(y)),
        "hypot" => floats!(x y => x.hypot(y)),
        "copysign" => floats!(x y => x.copysign(y)),
        "logaddexp" => floats!(x y => x.logaddexp(y)),
        _ => Err(unsupported(op)),
    }
}
