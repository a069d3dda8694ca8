//! NumPy's text of arrays, its options, and files of arrays.

use std::any::Any;
use std::cell::RefCell;
use std::rc::Rc;

use batuta_rt::{Dict, Object, Value};
use trueno::{AnyTensor, DType, FloatMode, PrintOptions, print_options, set_print_options};

use crate::array::{Array, Data};
use crate::dtype::Kind;
use crate::error::{Py, R, not_done, value_error};
use crate::make::array_of;
use crate::numeric;
use crate::table::{Args, Row, row};

pub const ROWS: &[Row] = &[
    row(
        "set_printoptions",
        "precision= threshold= edgeitems= linewidth= suppress= nanstr= infstr= formatter= sign= floatmode= legacy=",
        |args| {
            set_print_options(options(args, 0, print_options())?);
            Ok(Value::None)
        },
    ),
    row("get_printoptions", "", |_| {
        let options = print_options();
        let made = batuta_rt::SharedDict::default();
        let put = |name: &str, value: Value| {
            made.insert(Value::from(name), value);
        };
        put("edgeitems", options.edgeitems.into());
        put("threshold", options.threshold.into());
        put("precision", options.precision.into());
        put("suppress", options.suppress.into());
        put("linewidth", options.linewidth.into());
        put("sign", options.sign.to_string().into());
        Ok(Value::Dict(made))
    }),
    row(
        "printoptions",
        "precision= threshold= edgeitems= linewidth= suppress= nanstr= infstr= formatter= sign= floatmode= legacy=",
        |args| {
            let wanted = options(args, 0, print_options())?;
            Ok(Value::Object(Rc::new(Options { wanted, before: RefCell::new(None) })))
        },
    ),
    row(
        "array2string",
        "a max_line_width= precision= suppress_small= separator= prefix= suffix= formatter= threshold= edgeitems= sign= floatmode=",
        |args| {
            let mut options = print_options();
            options.linewidth = args.int(1, options.linewidth as i64)? as usize;
            options.precision = args.int(2, options.precision as i64)? as usize;
            options.suppress = args.flag(3, options.suppress);
            options.threshold = args.int(8, options.threshold as i64)? as usize;
            options.edgeitems = args.int(9, options.edgeitems as i64)? as usize;
            options.sign = args.text(10).and_then(|sign| sign.chars().next()).unwrap_or(options.sign);
            if let Some(mode) = args.text(11) {
                options.floatmode = float_mode(&mode)?;
            }
            let separator = args.text(4).unwrap_or(" ".to_owned());
            let (prefix, suffix) = (args.text(5).unwrap_or_default(), args.text(6).unwrap_or_default());
            let array = args.array(0)?;
            if let Some(formatter) = args.some(7) {
                return formatted(&array, formatter, &options, &separator, &prefix, &suffix).map(Value::from);
            }
            Ok(to_text(&array, &options, &separator, &prefix, &suffix).into())
        },
    ),
    row("array_str", "a max_line_width= precision= suppress_small=", |args| {
        let mut options = print_options();
        options.linewidth = args.int(1, options.linewidth as i64)? as usize;
        options.precision = args.int(2, options.precision as i64)? as usize;
        options.suppress = args.flag(3, options.suppress);
        Ok(to_text(&args.array(0)?, &options, " ", "", "").into())
    }),
    row("array_repr", "arr max_line_width= precision= suppress_small=", |args| {
        Ok(repr(&args.array(0)?).into())
    }),
    row(
        "format_float_positional",
        "x precision= unique= fractional= trim= sign= pad_left= pad_right= min_digits=",
        |args| {
            let x = args.float(0, 0.0)?;
            let trim = args.text(4).unwrap_or("k".to_owned());
            let mut text = match args.some(1) {
                Some(precision) => {
                    let p = crate::make::index(precision)? as usize;
                    let shortest = format!("{x}");
                    let digits = shortest.split_once('.').map_or(0, |(_, fraction)| fraction.len());
                    if args.flag(2, true) && digits <= p { shortest } else { format!("{x:.p$}") }
                }
                None => format!("{x}"),
            };
            if !text.contains('.') {
                text.push('.');
            }
            Ok(match &*trim {
                "-" => text.trim_end_matches('0').trim_end_matches('.').to_owned(),
                "0" if text.ends_with('.') => text + "0",
                _ => text,
            }
            .into())
        },
    ),
    row("format_float_scientific", "x precision= unique= trim= sign= pad_left= exp_digits=", |args| {
        let x = args.float(0, 0.0)?;
        let text = match args.some(1) {
            Some(precision) => format!("{x:.*e}", crate::make::index(precision)? as usize),
            None => format!("{x:e}"),
        };
        let (mantissa, exponent) = text.split_once('e').unwrap_or((&text, "0"));
        let (sign, digits) = exponent.strip_prefix('-').map_or(('+', exponent), |digits| ('-', digits));
        let point = if mantissa.contains('.') { "" } else { "." };
        Ok(format!("{mantissa}{point}e{sign}{digits:0>2}").into())
    }),
    row("base_repr", "number base= padding=", |args| {
        let (mut n, base) = (args.int(0, 0)?, args.int(1, 2)?);
        let negative = n < 0;
        n = n.abs();
        let mut digits = Vec::new();
        while n > 0 || digits.is_empty() {
            digits.push(char::from_digit((n % base) as u32, base as u32).unwrap_or('0').to_ascii_uppercase());
            n /= base;
        }
        let text: String = digits.into_iter().rev().collect();
        Ok(format!("{}{text}", if negative { "-" } else { "" }).into())
    }),
    row("binary_repr", "num width=", |args| {
        let n = args.int(0, 0)?;
        let width = args.int(1, 0)? as usize;
        let text = if n < 0 && width > 0 {
            format!("{:b}", (1i64 << width) + n)
        } else if n < 0 {
            format!("-{:b}", -n)
        } else {
            format!("{n:b}")
        };
        Ok(format!("{text:0>width$}").into())
    }),
    row("save", "file arr allow_pickle=", |args| {
        let path = named(args.need(0)?, ".npy")?;
        let bytes = trueno::npy::write_any(&any(&args.array(1)?)?);
        std::fs::write(&path, bytes).map_err(|why| batuta_rt::from_io(&why, Some(&path)))?;
        Ok(Value::None)
    }),
    row("load", "file mmap_mode= allow_pickle=", |args| {
        let path = batuta_rt::str(args.need(0)?).to_string();
        let bytes = std::fs::read(&path).map_err(|why| batuta_rt::from_io(&why, Some(&path)))?;
        if bytes.starts_with(b"PK") {
            let members = trueno::npz::read(&bytes).py()?;
            let made = batuta_rt::SharedDict::default();
            for (name, array) in members {
                made.insert(Value::from(name), of_any(array).value());
            }
            return Ok(Value::Object(Rc::new(Archive(made))));
        }
        Ok(of_any(trueno::npy::read(&bytes).py()?).value())
    }),
    row("loadtxt", "fname dtype= comments= delimiter= converters= skiprows= usecols= unpack=", loadtxt),
    row("genfromtxt", "fname dtype= comments= delimiter= skip_header=", |args| {
        let mut slots: Vec<Value> =
            vec![args.need(0)?.clone(), args.at(1).cloned().unwrap_or_default(), Value::from("#")];
        slots.push(args.at(3).cloned().unwrap_or_default());
        slots.push(Value::None);
        slots.push(args.at(4).cloned().unwrap_or((0_i64).into()));
        crate::table::call("numpy.loadtxt", &slots, &Dict::new())
    }),
    row("savetxt", "fname X fmt= delimiter= newline= header= footer= comments=", savetxt),
];

fn float_mode(mode: &str) -> R<FloatMode> {
    Ok(match mode {
        "fixed" => FloatMode::Fixed,
        "unique" => FloatMode::Unique,
        "maxprec" => FloatMode::MaxPrec,
        "maxprec_equal" => FloatMode::MaxPrecEqual,
        _ => {
            return Err(value_error(
                "floatmode option must be one of \"fixed\", \"unique\", \"maxprec\", \"maxprec_equal\"",
            ));
        }
    })
}

fn options(args: &Args, at: usize, old: PrintOptions) -> R<PrintOptions> {
    let mut made = old;
    if args.some(at + 7).is_some_and(Value::is_true) {
        return Err(not_done("`formatter` of np.set_printoptions"));
    }
    made.precision = args.int(at, old.precision as i64)? as usize;
    made.threshold = match args.some(at + 1) {
        Some(Value::Float(x)) if x.is_infinite() => usize::MAX,
        _ => args.int(at + 1, old.threshold.min(i64::MAX as usize) as i64)? as usize,
    };
    made.edgeitems = args.int(at + 2, old.edgeitems as i64)? as usize;
    made.linewidth = match args.some(at + 3) {
        Some(Value::Float(x)) if x.is_infinite() => 1 << 40,
        _ => args.int(at + 3, old.linewidth as i64)? as usize,
    };
    made.suppress = args.flag(at + 4, old.suppress);
    made.sign = args.text(at + 8).and_then(|sign| sign.chars().next()).unwrap_or(old.sign);
    if let Some(mode) = args.text(at + 9) {
        made.floatmode = float_mode(&mode)?;
    }
    Ok(made)
}

/// `with np.printoptions(..)`.
struct Options {
    wanted: PrintOptions,
    before: RefCell<Option<PrintOptions>>,
}

impl Object for Options {
    fn type_name(&self) -> &str {
        "contextlib._GeneratorContextManager"
    }
    fn as_any(&self) -> &dyn Any {
        self
    }
    fn is_of_library(&self) -> bool {
        true
    }
    fn call_method(self: Rc<Self>, name: &str, _args: &[Value]) -> Option<R> {
        match name {
            "__enter__" => {
                *self.before.borrow_mut() = Some(print_options());
                set_print_options(self.wanted);
                Some(Ok(Value::None))
            }
            "__exit__" => {
                if let Some(before) = self.before.borrow_mut().take() {
                    set_print_options(before);
                }
                Some(Ok(Value::None))
            }
            _ => None,
        }
    }
}

/// What `np.load` gives of an archive.
struct Archive(batuta_rt::SharedDict<Value, Value>);

impl Object for Archive {
    fn type_name(&self) -> &str {
        "numpy.lib.npyio.NpzFile"
    }
    fn as_any(&self) -> &dyn Any {
        self
    }
    fn is_of_library(&self) -> bool {
        true
    }
    fn get_attr(self: Rc<Self>, name: &str) -> Option<Value> {
        (name == "files").then(|| self.0.iter().map(|(key, _)| key).collect::<Vec<Value>>().into())
    }
    fn call_method(self: Rc<Self>, name: &str, args: &[Value]) -> Option<R> {
        let dict = Value::Dict(self.0.clone());
        match name {
            "__enter__" => Some(Ok(Value::Object(self))),
            "__exit__" | "close" => Some(Ok(Value::None)),
            "__getitem__" => Some(batuta_rt::catch(|| batuta_rt::py::get_item(&dict, &args[0]))),
            "keys" | "items" | "values" => {
                Some(batuta_rt::catch(|| batuta_rt::py::call_method(&dict, name, args)))
            }
            "__iter__" => Some(Ok(dict)),
            "__contains__" => Some(Ok(self.0.contains_key(args.first()?).into())),
            "__len__" => Some(Ok(self.0.len_i64_value())),
            _ => None,
        }
    }
}

trait Length {
    fn len_i64_value(&self) -> Value;
}

impl Length for batuta_rt::SharedDict<Value, Value> {
    fn len_i64_value(&self) -> Value {
        Value::from(self.iter().count())
    }
}

/// `str(a)`.
pub fn str(array: &Array) -> String {
    if array.ndim() == 0 {
        return array.first().text();
    }
    to_text(array, &print_options(), " ", "", "")
}

/// `np.array2string` with these options.
pub fn to_text(array: &Array, options: &PrintOptions, separator: &str, prefix: &str, suffix: &str) -> String {
    numeric!(&array.data, b => {
        let buf = b.borrow();
        match array.tensor(&buf) {
            Ok(tensor) => tensor.to_text(options, separator, prefix, suffix),
            Err(_) => String::new(),
        }
    }, _ => {
        let summarise = array.size() > options.threshold;
        let items = array.scalars();
        let words: Vec<String> = match &array.data {
            Data::Str(..) => {
                items.iter().map(|x| batuta_rt::repr(&x.text()).to_string()).collect()
            }
            _ => items
                .iter()
                .map(|x| match x.item() {
                    list @ Value::List(_) => format!("list({})", batuta_rt::repr(&list)),
                    other => batuta_rt::repr(&other).to_string(),
                })
                .collect(),
        };
        layout(array, &words, options, separator, prefix, suffix, summarise)
    })
}

/// Words in brackets and lines.
fn layout(
    array: &Array,
    words: &[String],
    options: &PrintOptions,
    separator: &str,
    prefix: &str,
    suffix: &str,
    summarise: bool,
) -> String {
    if array.size() == 0 {
        return "[]".to_owned();
    }
    if array.ndim() == 0 {
        return words[0].clone();
    }
    let place = Place { shape: &array.shape, words, separator, edge: options.edgeitems, summarise };
    let indent = " ".repeat(prefix.len() + 1);
    place.lines(0, 0, &indent, options.linewidth as isize - suffix.len() as isize)
}

struct Place<'a> {
    shape: &'a [usize],
    words: &'a [String],
    separator: &'a str,
    edge: usize,
    summarise: bool,
}

impl Place<'_> {
    fn lines(&self, axis: usize, flat: usize, indent: &str, width: isize) -> String {
        let left = self.shape.len() - axis;
        if left == 0 {
            return self.words[flat].clone();
        }
        let n = self.shape[axis];
        let step: usize = self.shape[axis + 1..].iter().product();
        let shown: Vec<Option<usize>> = if self.summarise && 2 * self.edge < n {
            (0..self.edge).map(Some).chain([None]).chain((n - self.edge..n).map(Some)).collect()
        } else {
            (0..n).map(Some).collect()
        };
        let body = if left == 1 {
            let width = width - self.separator.trim_end().len().max(1) as isize;
            let (mut done, mut line) = (String::new(), indent.to_owned());
            for (k, item) in shown.iter().enumerate() {
                let word = item.map_or("...".to_owned(), |i| self.words[flat + i].clone());
                if (line.chars().count() + word.chars().count()) as isize > width && line.len() > indent.len()
                {
                    done.push_str(line.trim_end());
                    done.push('\n');
                    line = indent.to_owned();
                }
                line.push_str(&word);
                if k + 1 < shown.len() {
                    line.push_str(self.separator);
                }
            }
            done + &line
        } else {
            let deeper = format!("{indent} ");
            let breaks = format!("{}{}", self.separator.trim_end(), "\n".repeat(left - 1));
            let parts: Vec<String> = shown
                .iter()
                .map(|item| match item {
                    None => format!("{indent}..."),
                    Some(i) => {
                        format!("{indent}{}", self.lines(axis + 1, flat + i * step, &deeper, width - 1))
                    }
                })
                .collect();
            parts.join(&breaks)
        };
        format!("[{}]", body.get(indent.len()..).unwrap_or(""))
    }
}

/// `np.array2string` with `formatter={'float_kind': f}`.
fn formatted(
    array: &Array,
    formatter: &Value,
    options: &PrintOptions,
    separator: &str,
    prefix: &str,
    suffix: &str,
) -> R<String> {
    let keys: &[&str] = match array.kind().letter() {
        "f" => &["float", "float_kind", "all"],
        "i" | "u" => &["int", "int_kind", "all"],
        "b" => &["bool", "all"],
        "c" => &["complexfloat", "complex_kind", "all"],
        _ => &["str_kind", "numpystr", "object", "all"],
    };
    let known = |key: &&&str| batuta_rt::py::contains(formatter, &Value::from(**key));
    let Some(key) = keys.iter().find(known) else {
        return Ok(to_text(array, options, separator, prefix, suffix));
    };
    let function = batuta_rt::py::get_item(formatter, &Value::from(*key));
    let words: R<Vec<String>> = array
        .scalars()
        .into_iter()
        .map(|x| {
            batuta_rt::catch(|| batuta_rt::str(&batuta_rt::py::call(&function, &[x.value()])).to_string())
        })
        .collect();
    Ok(layout(array, &words?, options, separator, prefix, suffix, array.size() > options.threshold))
}

/// `repr(a)`.
pub fn repr(array: &Array) -> String {
    numeric!(&array.data, b => {
        let buf = b.borrow();
        match array.tensor(&buf) {
            Ok(tensor) => tensor.repr(),
            Err(_) => String::new(),
        }
    }, _ => {
        let options = print_options();
        let text = to_text(array, &options, ", ", "array(", ")");
        let dtype = if array.kind() == Kind::Object { "object".to_owned() } else { array.kind().quoted() };
        let (head, tail) = (format!("array({text},"), format!("dtype={dtype})"));
        let last_line = head.chars().count() - head.rfind('\n').map_or(0, |at| head[..=at].chars().count());
        let wide = last_line + tail.len() + 1 > options.linewidth;
        let space = if wide { format!("\n{}", " ".repeat(6)) } else { " ".to_owned() };
        format!("{head}{space}{tail}")
    })
}

/// Any tensor of trueno.
fn any(array: &Array) -> R<AnyTensor> {
    numeric!(&array.data, b => {
        let buf = b.borrow();
        Ok(AnyTensor::from(array.tensor(&buf)?.to_owned()))
    }, _ => Err(not_done("files of texts or objects")))
}

fn of_any(array: AnyTensor) -> Array {
    match array {
        AnyTensor::Bool(t) => Array::from_tensor(t),
        AnyTensor::I8(t) => Array::from_tensor(t),
        AnyTensor::I16(t) => Array::from_tensor(t),
        AnyTensor::I32(t) => Array::from_tensor(t),
        AnyTensor::I64(t) => Array::from_tensor(t),
        AnyTensor::U8(t) => Array::from_tensor(t),
        AnyTensor::U16(t) => Array::from_tensor(t),
        AnyTensor::U32(t) => Array::from_tensor(t),
        AnyTensor::U64(t) => Array::from_tensor(t),
        AnyTensor::F32(t) => Array::from_tensor(t),
        AnyTensor::F64(t) => Array::from_tensor(t),
        AnyTensor::C64(t) => Array::from_tensor(t),
        AnyTensor::C128(t) => Array::from_tensor(t),
    }
}

fn named(value: &Value, ending: &str) -> R<String> {
    let path = batuta_rt::str(value).to_string();
    Ok(if path.ends_with(ending) { path } else { format!("{path}{ending}") })
}

/// The bytes of all elements in C order.
fn bytes(array: &Array) -> R<Vec<u8>> {
    let whole = trueno::npy::write_any(&any(&array.copy())?);
    let size = array.size() * array.kind().size();
    Ok(whole[whole.len() - size..].to_vec())
}

/// `a.tobytes()`.
pub fn to_bytes(array: &Array) -> R {
    Ok(bytes(array)?.into())
}

/// The same bytes as another type.
pub fn reinterpret(array: &Array, kind: Kind) -> R<Array> {
    let raw = bytes(array)?;
    let Kind::Num(dtype) = kind else { return Err(not_done("texts of bytes")) };
    let size = dtype.size();
    if raw.len() % size != 0 {
        return Err(value_error("buffer size must be a multiple of element size"));
    }
    macro_rules! read {
        ($t:ty, $n:literal) => {{
            let items = raw.chunks_exact($n).filter_map(|part| part.try_into().ok()).map(<$t>::from_le_bytes);
            Array::vector(items.collect::<Vec<$t>>())
        }};
    }
    let flat = match dtype {
        DType::Bool => Array::vector(raw.iter().map(|x| *x != 0).collect::<Vec<bool>>()),
        DType::I8 => read!(i8, 1),
        DType::U8 => read!(u8, 1),
        DType::I16 => read!(i16, 2),
        DType::U16 => read!(u16, 2),
        DType::I32 => read!(i32, 4),
        DType::U32 => read!(u32, 4),
        DType::I64 => read!(i64, 8),
        DType::U64 => read!(u64, 8),
        DType::F32 => read!(f32, 4),
        DType::F64 => read!(f64, 8),
        _ => return Err(not_done("complex numbers of bytes")),
    };
    let mut shape = array.shape.clone();
    match shape.last_mut() {
        Some(last) => *last = *last * array.kind().size() / size,
        None => return Ok(flat.reshaped(&[])),
    }
    Ok(flat.reshaped(&shape))
}

/// Lines of a file, of a text stream or of a list.
fn lines(source: &Value) -> R<Vec<String>> {
    if let Value::Str(path) = source {
        let text = std::fs::read_to_string(&**path).map_err(|why| batuta_rt::from_io(&why, Some(path)))?;
        return Ok(text.lines().map(str::to_owned).collect());
    }
    let items: Vec<Value> = batuta_rt::catch(|| batuta_rt::py::iter(source).collect())?;
    Ok(items.iter().map(|line| batuta_rt::str(line).to_string().trim_end_matches('\n').to_owned()).collect())
}

fn loadtxt(args: &Args) -> R {
    let comment = args.text(2).unwrap_or("#".to_owned());
    let delimiter = args.text(3);
    let skip = args.int(5, 0)? as usize;
    let columns = args.some(6).map(crate::make::indices).transpose()?;
    let kind = args.kind(1)?.unwrap_or(crate::dtype::F64);
    let mut rows: Vec<Vec<Value>> = Vec::new();
    for line in lines(args.need(0)?)?.iter().skip(skip) {
        let line = line.split(&*comment).next().unwrap_or_default().trim();
        if line.is_empty() {
            continue;
        }
        let parts: Vec<&str> = match &delimiter {
            Some(delimiter) => line.split(&**delimiter).map(str::trim).collect(),
            None => line.split_whitespace().collect(),
        };
        let chosen: Vec<Value> = match &columns {
            Some(columns) => columns
                .iter()
                .map(|&at| {
                    parts[if at < 0 { (at + parts.len() as i64) as usize } else { at as usize }].into()
                })
                .collect(),
            None => parts.into_iter().map(Value::from).collect(),
        };
        rows.push(chosen);
    }
    let shape = [rows.len(), rows.first().map_or(0, Vec::len)];
    let flat: Vec<Value> = rows.concat();
    let made = array_of(&flat.into(), None)?.cast(kind)?.reshaped(&shape);
    let shape: Vec<usize> = made.shape.iter().copied().filter(|n| *n != 1).collect();
    let made = made.reshaped(&shape);
    Ok(if args.flag(7, false) { made.transposed() } else { made }.value())
}

fn savetxt(args: &Args) -> R {
    let array = args.array(1)?;
    let fmt = args.text(2).unwrap_or("%.18e".to_owned());
    let delimiter = args.text(3).unwrap_or(" ".to_owned());
    let newline = args.text(4).unwrap_or("\n".to_owned());
    let comments = args.text(7).unwrap_or("# ".to_owned());
    let mut out = String::new();
    if let Some(header) = args.text(5).filter(|header| !header.is_empty()) {
        out.push_str(&format!("{comments}{}{newline}", header.replace('\n', &format!("\n{comments}"))));
    }
    let rows = if array.ndim() == 1 { array.reshaped(&[array.len(), 1]) } else { array };
    let formats: Vec<String> = match args.some(2) {
        Some(Value::List(list)) => list.to_vec().iter().map(|f| batuta_rt::str(f).to_string()).collect(),
        _ => vec![fmt],
    };
    for i in 0..rows.len() {
        let items: Vec<Value> = rows.row(i).scalars().iter().map(|x| x.item()).collect();
        let words: Vec<String> = if formats.len() == 1 && formats[0].matches('%').count() == 1 {
            items.iter().map(|x| batuta_rt::percent(&formats[0], &[x])).collect()
        } else if formats.len() == items.len() {
            items.iter().zip(&formats).map(|(x, f)| batuta_rt::percent(f, &[x])).collect()
        } else {
            return Err(not_done("this format of np.savetxt"));
        };
        out.push_str(&words.join(&delimiter));
        out.push_str(&newline);
    }
    if let Some(footer) = args.text(6).filter(|footer| !footer.is_empty()) {
        out.push_str(&format!("{comments}{footer}{newline}"));
    }
    match args.need(0)? {
        Value::Str(path) => {
            std::fs::write(&**path, out).map_err(|why| batuta_rt::from_io(&why, Some(path)))?;
        }
        stream => {
            batuta_rt::catch(|| batuta_rt::py::call_method(stream, "write", &[out.into()]))?;
        }
    }
    Ok(Value::None)
}
