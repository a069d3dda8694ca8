//! `np.random`: the new generator and the old one, with NumPy's streams.

use std::any::Any;
use std::cell::RefCell;
use std::rc::Rc;

use batuta_rt::{Dict, Object, Value};
use trueno::random::{BitGenerator, Generator, RandomState, default_rng};

use crate::array::{Array, broadcast_shapes};
use crate::dtype::{F64, I64, Kind};
use crate::error::{Py, R, not_done, type_error, value_error};
use crate::make::{array_of, index, shape_of};
use crate::table::{Args, Body, Row, axis, row};

macro_rules! legacy {
    ($($name:literal $params:literal;)*) => {
        pub const ROWS: &[Row] = &[$(
            row(concat!("random.", $name), $params, |args| LEGACY.with(|source| draw(source, $name, args))),
        )*
            row("random.default_rng", "seed=", |args| new_generator(args.at(0))),
            row("random.PCG64", "seed=", |args| new_generator(args.at(0))),
            row("random.MT19937", "seed=", |_| Err(not_done("np.random.MT19937"))),
            row("random.Generator", "bit_generator", |args| Ok(args.need(0)?.clone())),
            row("random.SeedSequence", "entropy=", |args| Ok(args.need(0)?.clone())),
            row("random.RandomState", "seed=", |args| {
                Ok(Value::Object(Rc::new(RandomObject(RefCell::new(Source::Old(old(args.some(0))?))))))
            }),
            row("random.seed", "seed=", |args| {
                let fresh = old(args.some(0))?;
                LEGACY.with(|source| *source.borrow_mut() = Source::Old(fresh));
                Ok(Value::None)
            }),
            row("random.get_state", "legacy=", |_| LEGACY.with(|source| state(source))),
            row("random.set_state", "state", |args| LEGACY.with(|source| set_state(source, args.need(0)?))),
        ];
        /// Parameters of the methods of generators.
        const METHODS: &[(&str, &str)] = &[$(($name, $params),)*];
    };
}

legacy! {
    "rand" "*d";
    "randn" "*d";
    "random" "size= dtype= out=";
    "random_sample" "size=";
    "ranf" "size=";
    "sample" "size=";
    "randint" "low high= size= dtype=";
    "random_integers" "low high= size=";
    "integers" "low high= size= dtype= endpoint=";
    "uniform" "low= high= size=";
    "normal" "loc= scale= size=";
    "standard_normal" "size= dtype= out=";
    "lognormal" "mean= sigma= size=";
    "exponential" "scale= size=";
    "standard_exponential" "size=";
    "gamma" "shape scale= size=";
    "standard_gamma" "shape size=";
    "chisquare" "df size=";
    "beta" "a b size=";
    "poisson" "lam= size=";
    "binomial" "n p size=";
    "geometric" "p size=";
    "laplace" "loc= scale= size=";
    "rayleigh" "scale= size=";
    "weibull" "a size=";
    "pareto" "a size=";
    "logistic" "loc= scale= size=";
    "gumbel" "loc= scale= size=";
    "triangular" "left mode right size=";
    "dirichlet" "alpha size=";
    "multinomial" "n pvals size=";
    "multivariate_normal" "mean cov size= check_valid= tol= method=";
    "choice" "a size= replace= p= axis= shuffle=";
    "shuffle" "x axis=";
    "permutation" "x axis=";
    "permuted" "x axis= out=";
    "bytes" "length";
    "spawn" "n_children";
}

/// One of the two generators.
#[derive(Clone)]
enum Source {
    New(Generator),
    Old(RandomState),
}

thread_local! {
    static LEGACY: RefCell<Source> = RefCell::new(Source::Old(RandomState::new(entropy() as u32)));
}

/// A seed that differs from run to run.
fn entropy() -> u64 {
    let time = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    time.map_or(1, |time| time.as_nanos() as u64)
}

fn new_generator(seed: Option<&Value>) -> R {
    if let Some(Value::Object(object)) = seed
        && object.as_any().is::<RandomObject>()
    {
        return Ok(seed.cloned().unwrap_or_default());
    }
    let seed = match seed.filter(|seed| !seed.is_none()) {
        None => u128::from(entropy()),
        Some(Value::List(_) | Value::Tuple(_)) => return Err(not_done("a seed of several numbers")),
        Some(seed) => {
            let number = batuta_rt::py::to_int(seed)?;
            if number.is_negative() {
                return Err(value_error("expected non-negative integer"));
            }
            number.to_string().parse::<u128>().map_err(|_| not_done("a seed of more than 128 bits"))?
        }
    };
    Ok(Value::Object(Rc::new(RandomObject(RefCell::new(Source::New(default_rng(seed)))))))
}

fn old(seed: Option<&Value>) -> R<RandomState> {
    let Some(seed) = seed else { return Ok(RandomState::new(entropy() as u32)) };
    let number = match seed {
        Value::List(_) | Value::Tuple(_) => return Err(not_done("a seed of several numbers")),
        one => index(one)?,
    };
    let seed = u32::try_from(number).map_err(|_| value_error("Seed must be between 0 and 2**32 - 1"))?;
    Ok(RandomState::new(seed))
}

struct State(Source);

impl Object for State {
    fn type_name(&self) -> &str {
        "tuple"
    }
    fn as_any(&self) -> &dyn Any {
        self
    }
}

fn state(source: &RefCell<Source>) -> R {
    Ok(Value::Object(Rc::new(State(source.borrow().clone()))))
}

fn set_state(source: &RefCell<Source>, value: &Value) -> R {
    let Value::Object(object) = value else { return Err(type_error("state must be a dict or a tuple.")) };
    let State(saved) =
        object.as_any().downcast_ref::<State>().ok_or_else(|| not_done("this state of a generator"))?;
    *source.borrow_mut() = saved.clone();
    Ok(Value::None)
}

/// A generator as an object.
struct RandomObject(RefCell<Source>);

impl Object for RandomObject {
    fn type_name(&self) -> &str {
        match *self.0.borrow() {
            Source::New(_) => "numpy.random._generator.Generator",
            Source::Old(_) => "numpy.random.mtrand.RandomState",
        }
    }
    fn as_any(&self) -> &dyn Any {
        self
    }
    fn is_of_library(&self) -> bool {
        true
    }
    fn has(&self, name: &str) -> Option<bool> {
        METHODS.iter().any(|(own, _)| *own == name).then_some(true)
    }
    fn call_method(self: Rc<Self>, name: &str, args: &[Value]) -> Option<R> {
        self.call_named(name, args, &Dict::new())
    }
    fn call_named(self: Rc<Self>, name: &str, args: &[Value], named: &Dict<String, Value>) -> Option<R> {
        match name {
            "get_state" => return Some(state(&self.0)),
            "set_state" => return Some(set_state(&self.0, args.first()?)),
            "seed" => {
                let fresh = old(args.first());
                return Some(fresh.map(|fresh| {
                    *self.0.borrow_mut() = Source::Old(fresh);
                    Value::None
                }));
            }
            _ => {}
        }
        let (name, params) = METHODS.iter().find(|(own, _)| *own == name)?;
        // The new generator has other names for some.
        let is_new = matches!(*self.0.borrow(), Source::New(_));
        let only_old = matches!(
            *name,
            "rand" | "randn" | "randint" | "random_sample" | "ranf" | "sample" | "random_integers"
        );
        let only_new = matches!(*name, "integers" | "permuted" | "spawn");
        if is_new && only_old || !is_new && only_new {
            return None;
        }
        let row = Row { name, params, body: Body::Plain(|_| Ok(Value::None)) };
        Some(crate::table::bound(&row, args, named).and_then(|args| draw(&self.0, name, &args)))
    }
    fn repr(&self) -> String {
        match *self.0.borrow() {
            Source::New(_) => "Generator(PCG64) at 0x7F0000000000".to_owned(),
            Source::Old(_) => "RandomState(MT19937) at 0x7F0000000000".to_owned(),
        }
    }
}

macro_rules! both {
    ($source:expr, $rng:ident => $e:expr) => {
        match &mut *$source.borrow_mut() {
            Source::New($rng) => $e,
            Source::Old($rng) => $e,
        }
    };
}

/// A draw as Python's number, or an array.
fn plain(array: Array, sized: bool) -> Value {
    if sized || array.ndim() > 0 { array.value() } else { array.first().item() }
}

/// One draw.
enum Drawn {
    Float(f64),
    Int(i64),
}

fn one(source: &RefCell<Source>, name: &str, x: &[f64]) -> R<Drawn> {
    let empty: &[usize] = &[];
    let uniform = || both!(source, rng => rng.next_f64());
    let float =
        |array: trueno::Result<trueno::Array<f64>>| array.and_then(|x| x.item()).py().map(Drawn::Float);
    let int = |array: trueno::Result<trueno::Array<i64>>| array.and_then(|x| x.item()).py().map(Drawn::Int);
    let exponential =
        || -> R<f64> { both!(source, rng => rng.exponential(1.0, empty)).and_then(|x| x.item()).py() };
    let negative = |at: usize, text: &str| if x[at] < 0.0 { Err(value_error(text)) } else { Ok(()) };
    match name {
        "uniform" => float(both!(source, rng => rng.uniform(x[0], x[1], empty))),
        "normal" => float(both!(source, rng => rng.normal(x[0], x[1], empty))),
        "exponential" => float(both!(source, rng => rng.exponential(x[0], empty))),
        "gamma" => float(both!(source, rng => rng.gamma(x[0], x[1], empty))),
        "beta" => float(both!(source, rng => rng.beta(x[0], x[1], empty))),
        "poisson" => int(both!(source, rng => rng.poisson(x[0], empty))),
        "binomial" => int(both!(source, rng => rng.binomial(x[0] as i64, x[1], empty))),
        "lognormal" => float(both!(source, rng => rng.normal(x[0], x[1], empty)).map(|t| t.map(f64::exp))),
        "chisquare" => {
            float(both!(source, rng => rng.gamma(x[0] / 2.0, 1.0, empty)).map(|t| t.map(|x| 2.0 * x)))
        }
        "geometric" | "laplace" => match &mut *source.borrow_mut() {
            Source::New(rng) if name == "geometric" => int(rng.geometric(x[0], empty)),
            Source::New(rng) => float(rng.laplace(x[0], x[1], empty)),
            Source::Old(rng) if name == "laplace" => {
                // As the old generator draws it.
                let mut u = rng.next_f64();
                while u <= 0.0 {
                    u = rng.next_f64();
                }
                Ok(Drawn::Float(if u >= 0.5 {
                    x[0] - x[1] * (2.0 - u - u).ln()
                } else {
                    x[0] + x[1] * (u + u).ln()
                }))
            }
            Source::Old(_) => Err(not_done("np.random.geometric of the old generator")),
        },
        "rayleigh" => {
            negative(0, "scale < 0")?;
            let is_new = matches!(*source.borrow(), Source::New(_));
            let made =
                if is_new { (2.0 * exponential()?).sqrt() } else { (-2.0 * (-uniform()).ln_1p()).sqrt() };
            Ok(Drawn::Float(x[0] * made))
        }
        "weibull" => {
            negative(0, "a < 0")?;
            Ok(Drawn::Float(if x[0] == 0.0 { 0.0 } else { exponential()?.powf(1.0 / x[0]) }))
        }
        "pareto" => Ok(Drawn::Float((exponential()? / x[0]).exp_m1())),
        "logistic" => {
            let mut u = uniform();
            while u <= 0.0 {
                u = uniform();
            }
            Ok(Drawn::Float(x[0] + x[1] * (u / (1.0 - u)).ln()))
        }
        "gumbel" => {
            let mut u = 1.0 - uniform();
            while u >= 1.0 {
                u = 1.0 - uniform();
            }
            Ok(Drawn::Float(x[0] - x[1] * (-u.ln()).ln()))
        }
        "triangular" => {
            let (left, mode, right) = (x[0], x[1], x[2]);
            let base = right - left;
            let (low, ratio) = (mode - left, (mode - left) / base);
            let u = uniform();
            Ok(Drawn::Float(if u <= ratio {
                left + (u * low * base).sqrt()
            } else {
                right - ((1.0 - u) * (right - mode) * base).sqrt()
            }))
        }
        other => Err(not_done(format!("np.random.{other}"))),
    }
}

/// Draws with parameters that broadcast.
fn many(
    source: &RefCell<Source>,
    name: &str,
    given: &[Option<&Value>],
    defaults: &[f64],
    size: Option<&Value>,
) -> R {
    let mut params = Vec::new();
    for (value, default) in given.iter().zip(defaults) {
        params.push(match value.filter(|value| !value.is_none()) {
            Some(value) => array_of(value, None)?,
            None => Array::from_vec(vec![*default], &[]),
        });
    }
    let shapes: Vec<&[usize]> = params.iter().map(|array| &array.shape[..]).collect();
    let own = broadcast_shapes(&shapes)?;
    let (shape, sized) = match size.filter(|size| !size.is_none()) {
        Some(size) => (shape_of(size)?, true),
        None => (own.clone(), !own.is_empty()),
    };
    let n: usize = shape.iter().product();
    let columns: Vec<Vec<f64>> = if own.is_empty() {
        params.iter().map(|array| array.to_f64s()).collect::<R<_>>()?
    } else {
        params
            .iter()
            .map(|array| {
                array
                    .broadcast_to(&shape)
                    .ok_or_else(|| {
                        value_error("Output size is not compatible with broadcast dimensions of inputs")
                    })?
                    .to_f64s()
            })
            .collect::<R<_>>()?
    };
    let is_int = matches!(name, "poisson" | "binomial" | "geometric");
    let (mut floats, mut ints) = (Vec::new(), Vec::new());
    let mut row: Vec<f64> = columns.iter().map(|column| column.first().copied().unwrap_or(0.0)).collect();
    for i in 0..n {
        if !own.is_empty() {
            row = columns.iter().map(|column| column[i]).collect();
        }
        match one(source, name, &row)? {
            Drawn::Float(x) => floats.push(x),
            Drawn::Int(x) => ints.push(x),
        }
    }
    let made = if is_int { Array::from_vec(ints, &shape) } else { Array::from_vec(floats, &shape) };
    Ok(plain(made, sized))
}

fn size_of(size: Option<&Value>) -> R<(Vec<usize>, bool)> {
    match size.filter(|size| !size.is_none()) {
        Some(size) => Ok((shape_of(size)?, true)),
        None => Ok((Vec::new(), false)),
    }
}

/// A method of a generator.
fn draw(source: &RefCell<Source>, name: &'static str, args: &Args) -> R {
    let given = |count: usize| (0..count).map(|at| args.at(at)).collect::<Vec<_>>();
    match name {
        "rand" | "randn" => {
            let dims = crate::make::items(args.need(0)?)?;
            let shape = dims.iter().map(|n| Ok(index(n)?.max(0) as usize)).collect::<R<Vec<usize>>>()?;
            let made = if name == "rand" { uniform(source, &shape)? } else { normal(source, &shape)? };
            Ok(plain(made, !dims.is_empty()))
        }
        "random" | "random_sample" | "ranf" | "sample" => {
            let (shape, sized) = size_of(args.at(0))?;
            if args.kind(1)?.is_some_and(|kind| kind != F64) {
                let Source::New(rng) = &mut *source.borrow_mut() else {
                    return Err(not_done("single precision"));
                };
                return Ok(plain(Array::from_tensor(rng.random_f32(&shape).py()?), sized));
            }
            Ok(plain(uniform(source, &shape)?, sized))
        }
        "standard_normal" => {
            let (shape, sized) = size_of(args.at(0))?;
            Ok(plain(normal(source, &shape)?, sized))
        }
        "standard_exponential" => {
            let (shape, sized) = size_of(args.at(0))?;
            Ok(plain(Array::from_tensor(both!(source, rng => rng.exponential(1.0, &shape)).py()?), sized))
        }
        "randint" | "integers" | "random_integers" => integers(source, name, args),
        "uniform" => many(source, name, &given(2), &[0.0, 1.0], args.at(2)),
        "normal" | "laplace" | "logistic" | "gumbel" | "lognormal" => {
            many(source, name, &given(2), &[0.0, 1.0], args.at(2))
        }
        "exponential" | "poisson" | "rayleigh" => many(source, name, &given(1), &[1.0], args.at(1)),
        "gamma" => many(source, name, &given(2), &[1.0, 1.0], args.at(2)),
        "standard_gamma" => many(source, "gamma", &[args.at(0), None], &[1.0, 1.0], args.at(1)),
        "chisquare" | "geometric" | "weibull" | "pareto" => many(source, name, &given(1), &[1.0], args.at(1)),
        "beta" | "binomial" => many(source, name, &given(2), &[1.0, 1.0], args.at(2)),
        "triangular" => many(source, name, &given(3), &[0.0, 0.5, 1.0], args.at(3)),
        "dirichlet" => dirichlet(source, args),
        "multinomial" => multinomial(source, args),
        "choice" => choice(source, args),
        "permutation" => permutation(source, args),
        "shuffle" => shuffle(source, args),
        "permuted" => {
            if args.some(1).is_some() {
                return Err(not_done("an axis of permuted"));
            }
            permutation(source, args)
        }
        other => Err(not_done(format!("np.random.{other}"))),
    }
}

fn uniform(source: &RefCell<Source>, shape: &[usize]) -> R<Array> {
    Ok(Array::from_tensor(match &mut *source.borrow_mut() {
        Source::New(rng) => rng.random(shape).py()?,
        Source::Old(rng) => rng.rand(shape).py()?,
    }))
}

fn normal(source: &RefCell<Source>, shape: &[usize]) -> R<Array> {
    Ok(Array::from_tensor(match &mut *source.borrow_mut() {
        Source::New(rng) => rng.standard_normal(shape).py()?,
        Source::Old(rng) => rng.randn(shape).py()?,
    }))
}

fn integers(source: &RefCell<Source>, name: &str, args: &Args) -> R {
    let kind = args.kind(3)?.unwrap_or(I64);
    if kind != I64 && name != "random_integers" && kind.size() < 8 && kind.letter() != "b" {
        // Narrow types draw from other parts of the stream.
        return narrow(source, name, args, kind);
    }
    let endpoint = args.flag(4, false) || name == "random_integers";
    let (low, high) = match args.some(1) {
        Some(high) => (args.need(0)?.clone(), high.clone()),
        None if name == "random_integers" => (1_i64.into(), args.need(0)?.clone()),
        None => (0_i64.into(), args.need(0)?.clone()),
    };
    let (low, high) = (array_of(&low, None)?, array_of(&high, None)?);
    let whole = |array: &Array| array.cast(I64)?.to_i64s();
    let draw = |low: i64, high: i64, shape: &[usize]| -> R<Array> {
        let high = if endpoint { high + 1 } else { high };
        Ok(Array::from_tensor(match &mut *source.borrow_mut() {
            Source::New(rng) => rng.integers(low, high, shape).py()?,
            Source::Old(rng) => rng.randint(low, high, shape).py()?,
        }))
    };
    let own = broadcast_shapes(&[&low.shape, &high.shape])?;
    let (shape, sized) = match args.some(2) {
        Some(size) => (shape_of(size)?, true),
        None => (own.clone(), !own.is_empty()),
    };
    if own.is_empty() {
        let made = draw(whole(&low)?[0], whole(&high)?[0], &shape)?.cast(kind)?;
        let is_new = matches!(*source.borrow(), Source::New(_));
        return Ok(if sized {
            made.value()
        } else if is_new {
            made.first().value()
        } else {
            made.first().item()
        });
    }
    let wide = |array: &Array| {
        array.broadcast_to(&shape).ok_or_else(|| value_error("shapes do not fit")).and_then(|x| whole(&x))
    };
    let mut made = Vec::new();
    for (low, high) in wide(&low)?.into_iter().zip(wide(&high)?) {
        made.push(draw(low, high, &[])?.first().i64());
    }
    Ok(Array::from_vec(made, &shape).cast(kind)?.value())
}

/// Integers of 8, 16 and 32 bits: several come from one word of the stream.
fn narrow(source: &RefCell<Source>, name: &str, args: &Args, kind: Kind) -> R {
    let endpoint = args.flag(4, false);
    let (low, high) = match args.some(1) {
        Some(high) => (args.int(0, 0)?, index(high)?),
        None => (0, args.int(0, 0)?),
    };
    let high = if endpoint { high } else { high - 1 };
    if low > high {
        return Err(value_error(if low == 0 { "high <= 0" } else { "low >= high" }));
    }
    let (shape, sized) = size_of(args.at(2))?;
    let range = (high - low) as u64;
    let bits = kind.size() as u32 * 8;
    let n: usize = shape.iter().product();
    let is_new = matches!(*source.borrow(), Source::New(_));
    let (mut buffer, mut left) = (0u32, 0u32);
    let mut next = |source: &RefCell<Source>| -> u64 {
        if bits == 32 {
            return u64::from(both!(source, rng => rng.next_u32()));
        }
        if left == 0 {
            buffer = both!(source, rng => rng.next_u32());
            left = 32 / bits;
        } else {
            buffer >>= bits;
        }
        left -= 1;
        u64::from(buffer) & ((1 << bits) - 1)
    };
    let full = (1u64 << bits) - 1;
    let mut made = Vec::with_capacity(n);
    for _ in 0..n {
        let x = if range == 0 {
            0
        } else if range == full {
            next(source)
        } else if is_new {
            let span = range + 1;
            let mut product = next(source) * span;
            if (product & full) < span {
                let threshold = (full - range) % span;
                while (product & full) < threshold {
                    product = next(source) * span;
                }
            }
            product >> bits
        } else {
            let mask = u64::MAX >> range.leading_zeros();
            loop {
                let word = next(source) & mask;
                if word <= range {
                    break word;
                }
            }
        };
        made.push(low + x as i64);
    }
    let _ = name;
    let made = Array::from_vec(made, &shape).cast(kind)?;
    Ok(if sized { made.value() } else { made.first().value() })
}

fn dirichlet(source: &RefCell<Source>, args: &Args) -> R {
    let alpha = args.array(0)?.to_f64s()?;
    let (shape, _) = size_of(args.at(1))?;
    if matches!(*source.borrow(), Source::New(_)) && alpha.iter().copied().fold(0.0, f64::max) < 0.1 {
        return Err(not_done("dirichlet of small parameters"));
    }
    let mut made = Vec::new();
    for _ in 0..shape.iter().product::<usize>() {
        let mut row = Vec::new();
        for &a in &alpha {
            let Drawn::Float(x) = one(source, "gamma", &[a, 1.0])? else { continue };
            row.push(x);
        }
        let scale = 1.0 / row.iter().sum::<f64>();
        made.extend(row.into_iter().map(|x| x * scale));
    }
    Ok(Array::from_vec(made, &[shape, vec![alpha.len()]].concat()).value())
}

fn multinomial(source: &RefCell<Source>, args: &Args) -> R {
    let n = args.int(0, 0)?;
    let p = args.array(1)?.to_f64s()?;
    let (shape, _) = size_of(args.at(2))?;
    if p.iter().take(p.len().saturating_sub(1)).sum::<f64>() > 1.0 + 1e-12 {
        return Err(value_error("sum(pvals[:-1]) > 1.0"));
    }
    let mut made = Vec::new();
    for _ in 0..shape.iter().product::<usize>() {
        let (mut left, mut rest) = (n, 1.0);
        let mut row = vec![0i64; p.len()];
        for j in 0..p.len().saturating_sub(1) {
            let Drawn::Int(x) = one(source, "binomial", &[left as f64, (p[j] / rest).min(1.0)])? else {
                continue;
            };
            row[j] = x;
            left -= x;
            if left <= 0 {
                break;
            }
            rest -= p[j];
        }
        if left > 0
            && let Some(last) = row.last_mut()
        {
            *last = left;
        }
        made.extend(row);
    }
    Ok(Array::from_vec(made, &[shape, vec![p.len()]].concat()).value())
}

fn choice(source: &RefCell<Source>, args: &Args) -> R {
    let is_number = matches!(args.need(0)?, Value::Int(_)) || crate::scalar::held(args.need(0)?).is_some();
    let from = args.array(0)?;
    let at = axis(args.int(4, 0)?, from.ndim().max(1))?;
    let n = if is_number { args.int(0, 0)?.max(0) as usize } else { *from.shape.get(at).unwrap_or(&0) };
    if n == 0 {
        return Err(value_error(if is_number {
            "a must be a positive integer unless no samples are taken"
        } else {
            "a cannot be empty unless no samples are taken"
        }));
    }
    let (shape, sized) = size_of(args.at(1))?;
    let count: usize = shape.iter().product();
    let replace = args.flag(2, true);
    if !args.flag(5, true) && !replace {
        return Err(not_done("choice without shuffling"));
    }
    let p = args.some(3).map(|p| array_of(p, None)?.to_f64s()).transpose()?;
    if p.as_ref().is_some_and(|p| p.len() != n) {
        return Err(value_error("a and p must have same size"));
    }
    let picks = match (p, replace) {
        (Some(p), true) => both!(source, rng => rng.choice_weighted(&p, &shape)).py()?,
        (None, true) => both!(source, rng => rng.choice(n, &shape)).py()?,
        (Some(p), false) => both!(source, rng => rng.choice_weighted_unique(&p, count)).py()?,
        (None, false) => both!(source, rng => rng.choice_unique(n, count)).py()?,
    };
    let picks = Array::from_tensor(picks).copy().reshaped(&shape);
    if is_number {
        return Ok(plain(picks, sized));
    }
    if from.ndim() == 1 || at == 0 {
        return crate::index::get(
            &from,
            &Value::None,
            &if sized { picks.value() } else { picks.first().value() },
        );
    }
    Ok(crate::shape::take(&from, &picks.to_i64s()?, at).value())
}

fn order(source: &RefCell<Source>, n: usize) -> Vec<i64> {
    both!(source, rng => rng.permutation(n)).to_vec()
}

fn permutation(source: &RefCell<Source>, args: &Args) -> R {
    let is_number = matches!(args.need(0)?, Value::Int(_)) || crate::scalar::held(args.need(0)?).is_some();
    if is_number {
        return Ok(Array::vector(order(source, args.int(0, 0)?.max(0) as usize)).value());
    }
    let array = args.array(0)?;
    let at = axis(args.int(1, 0)?, array.ndim().max(1))?;
    let order = order(source, array.shape[at]);
    Ok(crate::shape::take(&array, &order, at).value())
}

fn shuffle(source: &RefCell<Source>, args: &Args) -> R {
    match args.need(0)? {
        Value::List(list) => {
            let items = list.to_vec();
            let mixed: Vec<Value> =
                order(source, items.len()).iter().map(|&i| items[i as usize].clone()).collect();
            *list.borrow_mut() = mixed;
        }
        other => {
            let array = array_of(other, None)?;
            let at = axis(args.int(1, 0)?, array.ndim().max(1))?;
            let order = order(source, array.shape[at]);
            array.assign(&crate::shape::take(&array, &order, at))?;
        }
    }
    Ok(Value::None)
}
