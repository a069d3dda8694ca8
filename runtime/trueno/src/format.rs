//! NumPy's text of arrays: `str(a)` is `Display`, `repr(a)` is [`Tensor::repr`].
//!
//! Digits are the shortest that read back as the same number, cut to the wanted precision by correct
//! rounding, and aligned over the whole array, as `numpy.array2string` does it.

use std::cell::Cell;
use std::fmt;

use num_complex::Complex;

use crate::dtype::{Complex64, Complex128, DType, Element};
use crate::error::shape_text;
use crate::tensor::Tensor;

/// How many digits a float shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FloatMode {
    /// Exactly `precision` digits.
    Fixed,
    /// As many as needed to tell the number apart.
    Unique,
    /// At most `precision` digits.
    MaxPrec,
    /// At most `precision` digits, the same number for all elements.
    MaxPrecEqual,
}

/// What `numpy.set_printoptions` sets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PrintOptions {
    /// Digits after the point.
    pub precision: usize,
    /// Arrays with more elements are summarised.
    pub threshold: usize,
    /// Items at each end of a summarised axis.
    pub edgeitems: usize,
    /// Characters of a line.
    pub linewidth: usize,
    /// No exponents for small numbers.
    pub suppress: bool,
    /// How many digits a float shows.
    pub floatmode: FloatMode,
    /// `-`, `+` or a space in front of positive numbers.
    pub sign: char,
}

impl Default for PrintOptions {
    fn default() -> Self {
        PrintOptions {
            precision: 8,
            threshold: 1000,
            edgeitems: 3,
            linewidth: 75,
            suppress: false,
            floatmode: FloatMode::MaxPrec,
            sign: '-',
        }
    }
}

thread_local! {
    static OPTIONS: Cell<Option<PrintOptions>> = const { Cell::new(None) };
}

/// The options that `Display` and `repr` of this thread use.
pub fn print_options() -> PrintOptions {
    OPTIONS.get().unwrap_or_default()
}

/// Sets the options that `Display` and `repr` of this thread use.
pub fn set_print_options(options: PrintOptions) {
    OPTIONS.set(Some(options));
}

/// Element types that print as NumPy prints them.
pub trait Show: Element {
    /// A function that gives every element of an array the same width. `data` is what will be shown,
    /// `rank0` whether the array has no axis.
    fn formatter(data: &[Self], rank0: bool, options: &PrintOptions) -> Box<dyn Fn(Self) -> String>;
    /// The text of a single number, as Python's `str`.
    fn scalar_text(self) -> String;
}

impl Show for bool {
    fn formatter(_: &[Self], rank0: bool, _: &PrintOptions) -> Box<dyn Fn(Self) -> String> {
        Box::new(move |x| match (x, rank0) {
            (true, true) => "True".into(),
            (true, false) => " True".into(),
            (false, _) => "False".into(),
        })
    }
    fn scalar_text(self) -> String {
        if self { "True".into() } else { "False".into() }
    }
}

macro_rules! show_integer {
    ($($t:ident)*) => {$(impl Show for $t {
        fn formatter(data: &[Self], _: bool, options: &PrintOptions) -> Box<dyn Fn(Self) -> String> {
            let sign = options.sign;
            let text = move |x: Self| {
                let digits = x.to_string();
                if sign != '-' && !digits.starts_with('-') { format!("{sign}{digits}") } else { digits }
            };
            let ends = [data.iter().min(), data.iter().max()];
            let width = ends.into_iter().flatten().map(|&x| text(x).len()).max().unwrap_or(0);
            Box::new(move |x| format!("{:>width$}", text(x)))
        }
        fn scalar_text(self) -> String { self.to_string() }
    })*};
}

show_integer! { i8 i16 i32 i64 u8 u16 u32 u64 }

/// A float's digits, whichever its width.
#[derive(Clone, Copy)]
struct Real {
    value: f64,
    single: bool,
}

impl Real {
    fn shortest(self) -> String {
        if self.single { format!("{}", self.value as f32) } else { format!("{}", self.value) }
    }

    fn shortest_scientific(self) -> String {
        if self.single { format!("{:e}", self.value as f32) } else { format!("{:e}", self.value) }
    }

    /// Integer part and digits after the point; `exact` keeps trailing zeros, at least `min` digits.
    fn positional(self, precision: Option<usize>, exact: bool, min: usize) -> (String, String) {
        let short = self.shortest();
        let digits = short.split_once('.').map_or(0, |(_, fraction)| fraction.len());
        let text = match precision {
            Some(p) if exact || digits > p => format!("{:.p$}", self.value),
            _ if digits < min => format!("{:.min$}", self.value),
            _ => short,
        };
        let (whole, fraction) = text.split_once('.').unwrap_or((&text, ""));
        let fraction = trim_zeros(fraction, exact, min);
        (whole.into(), fraction.into())
    }

    /// Digit before the point, digits after it, exponent with sign and at least two digits.
    fn scientific(self, precision: Option<usize>, exact: bool, min: usize) -> (String, String, String) {
        let short = self.shortest_scientific();
        let (mantissa, _) = short.split_once('e').unwrap_or((&short, "0"));
        let digits = mantissa.split_once('.').map_or(0, |(_, fraction)| fraction.len());
        let text = match precision {
            Some(p) if exact || digits > p => format!("{:.p$e}", self.value),
            _ if digits < min => format!("{:.min$e}", self.value),
            _ => short,
        };
        let (mantissa, exponent) = text.split_once('e').unwrap_or((&text, "0"));
        let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        let fraction = trim_zeros(fraction, exact, min);
        let (sign, size) = exponent.strip_prefix('-').map_or(('+', exponent), |size| ('-', size));
        (whole.into(), fraction.into(), format!("{sign}{size:0>2}"))
    }
}

/// Digits without the zeros at their end, but at least `min` of them.
fn trim_zeros(fraction: &str, exact: bool, min: usize) -> &str {
    let trimmed = fraction.trim_end_matches('0').len().max(min.min(fraction.len()));
    if exact { fraction } else { &fraction[..trimmed] }
}

/// NumPy's `FloatingFormat`.
struct FloatFormat {
    exponents: bool,
    exponent_digits: usize,
    precision: Option<usize>,
    min_digits: usize,
    exact: bool,
    pad_left: usize,
    pad_right: usize,
    sign: char,
}

impl FloatFormat {
    fn new(data: &[Real], options: &PrintOptions, sign: char) -> FloatFormat {
        let finite: Vec<Real> = data.iter().copied().filter(|x| x.value.is_finite()).collect();
        let exact = options.floatmode == FloatMode::Fixed;
        let precision = (options.floatmode != FloatMode::Unique).then_some(options.precision);
        let mut format = FloatFormat {
            exponents: needs_exponents(&finite, options.suppress),
            exponent_digits: 0,
            precision,
            min_digits: 0,
            exact,
            pad_left: 0,
            pad_right: 0,
            sign,
        };
        if format.exponents {
            format.fit_scientific(&finite);
        } else if !finite.is_empty() {
            format.fit_positional(&finite, options.floatmode);
        }
        if sign == ' ' && !finite.is_empty() && !finite.iter().any(|x| x.value.is_sign_negative()) {
            format.pad_left += 1;
        }
        if finite.len() != data.len() {
            let negative = sign != '-' || data.iter().any(|x| x.value == f64::NEG_INFINITY);
            let taken = format.pad_right as isize + 1;
            let width = (3 - taken).max(3 + isize::from(negative) - taken);
            format.pad_left = (format.pad_left as isize).max(width) as usize;
        }
        format
    }

    fn signed(&self, whole: String) -> String {
        if self.sign == '+' && !whole.starts_with('-') { format!("+{whole}") } else { whole }
    }

    fn fit_scientific(&mut self, finite: &[Real]) {
        let mut fraction_digits = 0;
        for x in finite {
            let (whole, fraction, exponent) = x.scientific(self.precision, self.exact, 0);
            self.exponent_digits = self.exponent_digits.max(exponent.len() - 1);
            self.pad_left = self.pad_left.max(self.signed(whole).len());
            fraction_digits = fraction_digits.max(fraction.len());
        }
        self.precision = Some(fraction_digits);
        self.min_digits = fraction_digits;
        self.pad_right = self.exponent_digits + 2 + fraction_digits;
    }

    fn fit_positional(&mut self, finite: &[Real], mode: FloatMode) {
        for x in finite {
            let (whole, fraction) = x.positional(self.precision, self.exact, 0);
            self.pad_left = self.pad_left.max(self.signed(whole).len());
            self.pad_right = self.pad_right.max(fraction.len());
        }
        if matches!(mode, FloatMode::Fixed | FloatMode::MaxPrecEqual) {
            self.precision = Some(self.pad_right);
            self.min_digits = self.pad_right;
        }
    }

    fn text(&self, x: Real) -> String {
        let left = self.pad_left;
        if !x.value.is_finite() {
            let name = match x.value {
                v if v.is_nan() && self.sign == '+' => "+nan",
                v if v.is_nan() => "nan",
                v if v < 0.0 => "-inf",
                _ if self.sign == '+' => "+inf",
                _ => "inf",
            };
            return format!("{name:>width$}", width = left + self.pad_right + 1);
        }
        let min = self.min_digits;
        if self.exponents {
            let (whole, fraction, exponent) = x.scientific(self.precision, self.exact, min);
            let (sign, digits) = exponent.split_at(1);
            let width = self.exponent_digits;
            return format!("{:>left$}.{fraction}e{sign}{digits:0>width$}", self.signed(whole));
        }
        let (whole, fraction) = x.positional(self.precision, self.exact, min);
        format!("{:>left$}.{fraction:<right$}", self.signed(whole), right = self.pad_right)
    }
}

fn needs_exponents(finite: &[Real], suppress: bool) -> bool {
    let sizes = finite.iter().map(|x| x.value.abs()).filter(|&x| x != 0.0);
    let (low, high) = sizes.fold((f64::INFINITY, 0.0f64), |(low, high), x| (low.min(x), high.max(x)));
    if high == 0.0 {
        return false;
    }
    let single = finite.iter().any(|x| x.single);
    // NumPy divides in the array's own type and compares there.
    let ratio = if single { f64::from(high as f32 / low as f32) } else { high / low };
    let small = if single { f64::from(low as f32) < 0.0001 } else { low < 0.0001 };
    let cutoff = if single { 1.0e6 } else { 1.0e8 };
    high >= cutoff || (!suppress && (small || ratio > 1000.0))
}

macro_rules! show_float {
    ($($t:ident, $single:literal;)*) => {$(
        impl Show for $t {
            fn formatter(data: &[Self], _: bool, options: &PrintOptions) -> Box<dyn Fn(Self) -> String> {
                let wide = |x: Self| Real { value: f64::from(x), single: $single };
                let reals: Vec<Real> = data.iter().map(|&x| wide(x)).collect();
                let format = FloatFormat::new(&reals, options, options.sign);
                Box::new(move |x| format.text(wide(x)))
            }
            fn scalar_text(self) -> String {
                float_text(Real { value: f64::from(self), single: $single })
            }
        }
    )*};
}

show_float! { f32, true; f64, false; }

/// Python's `repr` of a float; f32 with its own shortest digits.
fn float_text(x: Real) -> String {
    let size = x.value.abs();
    if x.value.is_nan() {
        return "nan".into();
    }
    if size.is_infinite() {
        return if x.value < 0.0 { "-inf".into() } else { "inf".into() };
    }
    let high = if x.single { 1.0e6 } else { 1.0e16 };
    if size != 0.0 && !(1.0e-4..high).contains(&size) {
        let (whole, fraction, exponent) = x.scientific(None, false, 0);
        let point = if fraction.is_empty() { "" } else { "." };
        return format!("{whole}{point}{fraction}e{exponent}");
    }
    let text = x.shortest();
    if text.contains('.') { text } else { format!("{text}.0") }
}

macro_rules! show_complex {
    ($($t:ident, $single:literal;)*) => {$(
        impl Show for $t {
            fn formatter(data: &[Self], _: bool, options: &PrintOptions) -> Box<dyn Fn(Self) -> String> {
                let wide = |value| Real { value: f64::from(value), single: $single };
                let re: Vec<Real> = data.iter().map(|x| wide(x.re)).collect();
                let im: Vec<Real> = data.iter().map(|x| wide(x.im)).collect();
                let re = FloatFormat::new(&re, options, options.sign);
                let im = FloatFormat::new(&im, options, '+');
                Box::new(move |x: Complex<_>| {
                    let imaginary = im.text(wide(x.im));
                    let digits = imaginary.trim_end();
                    let blank = " ".repeat(imaginary.len() - digits.len());
                    format!("{}{digits}j{blank}", re.text(wide(x.re)))
                })
            }
            fn scalar_text(self) -> String {
                let part = |value| {
                    let text = float_text(Real { value: f64::from(value), single: $single });
                    text.strip_suffix(".0").map_or(text.clone(), str::to_owned)
                };
                let im = part(self.im);
                if self.re == 0.0 && !self.re.is_sign_negative() {
                    return format!("{im}j");
                }
                let plus = if im.starts_with('-') { "" } else { "+" };
                format!("({}{plus}{im}j)", part(self.re))
            }
        }
    )*};
}

show_complex! { Complex64, true; Complex128, false; }

/// The part of `array2string` that lays out brackets, lines and the summary.
struct Layout<'a, T> {
    tensor: &'a Tensor<'a, T>,
    format: Box<dyn Fn(T) -> String>,
    separator: &'a str,
    edge: usize,
    summarise: bool,
}

impl<T: Show> Layout<'_, T> {
    /// Positions shown along an axis of `n`; `None` stands for the dots.
    fn shown(&self, n: usize) -> Vec<Option<usize>> {
        if self.summarise && 2 * self.edge < n {
            let head = (0..self.edge).map(Some);
            return head.chain([None]).chain((n - self.edge..n).map(Some)).collect();
        }
        (0..n).map(Some).collect()
    }

    fn lines(&self, index: &mut Vec<usize>, indent: &str, width: isize) -> String {
        let axis = index.len();
        let left = self.tensor.ndim() - axis;
        if left == 0 {
            let index: Vec<isize> = index.iter().map(|&i| i as isize).collect();
            return self.tensor.get(&index).map(&self.format).unwrap_or_default();
        }
        let shown = self.shown(self.tensor.shape()[axis]);
        let deeper = format!("{indent} ");
        let body = if left == 1 {
            self.row(index, &shown, indent, width - self.separator.trim_end().len().max(1) as isize)
        } else {
            let break_lines = format!("{}{}", self.separator.trim_end(), "\n".repeat(left - 1));
            let parts: Vec<String> = shown
                .iter()
                .map(|item| match item {
                    None => format!("{indent}..."),
                    Some(i) => {
                        index.push(*i);
                        let nested = self.lines(index, &deeper, width - 1);
                        index.pop();
                        format!("{indent}{nested}")
                    }
                })
                .collect();
            parts.join(&break_lines)
        };
        format!("[{}]", body.get(indent.len()..).unwrap_or(""))
    }

    fn row(&self, index: &mut Vec<usize>, shown: &[Option<usize>], indent: &str, width: isize) -> String {
        let (mut done, mut line) = (String::new(), indent.to_owned());
        for (k, item) in shown.iter().enumerate() {
            let word = match item {
                None => "...".to_owned(),
                Some(i) => {
                    index.push(*i);
                    let word = self.lines(index, "", 0);
                    index.pop();
                    word
                }
            };
            if (line.len() + word.len()) as isize > width && line.len() > indent.len() {
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
    }
}

impl<T: Show> Tensor<'_, T> {
    /// `numpy.array2string` with these options; `prefix` and `suffix` are what stands around it.
    pub fn to_text(&self, options: &PrintOptions, separator: &str, prefix: &str, suffix: &str) -> String {
        if self.is_empty() {
            return "[]".into();
        }
        let summarise = self.size() > options.threshold;
        let data = if summarise { self.corners(options.edgeitems) } else { self.to_vec() };
        let format = T::formatter(&data, self.ndim() == 0, options);
        let view = self.view();
        let layout = Layout { tensor: &view, format, separator, edge: options.edgeitems, summarise };
        let indent = " ".repeat(prefix.len() + 1);
        let width = options.linewidth as isize - suffix.len() as isize;
        layout.lines(&mut Vec::new(), &indent, width)
    }

    /// The elements that a summary shows.
    fn corners(&self, edge: usize) -> Vec<T> {
        let mut out = Vec::new();
        let mut index = vec![0usize; self.ndim()];
        self.corner_items(edge, 0, &mut index, &mut out);
        out
    }

    fn corner_items(&self, edge: usize, axis: usize, index: &mut Vec<usize>, out: &mut Vec<T>) {
        if axis == self.ndim() {
            let index: Vec<isize> = index.iter().map(|&i| i as isize).collect();
            out.extend(self.get(&index));
            return;
        }
        let n = self.shape()[axis];
        for i in (0..n).filter(|&i| n <= 2 * edge || i < edge || i >= n - edge) {
            index[axis] = i;
            self.corner_items(edge, axis + 1, index, out);
        }
    }

    /// Python's `repr(a)`: `array([1., 2.])`.
    pub fn repr(&self) -> String {
        let options = print_options();
        let text = self.to_text(&options, ", ", "array(", ")");
        let mut extras = Vec::new();
        let summarised = self.size() > options.threshold;
        if (self.is_empty() && self.shape() != [0]) || summarised {
            extras.push(format!("shape={}", shape_text(self.shape())));
        }
        let implied = matches!(T::DTYPE, DType::Bool | DType::I64 | DType::F64 | DType::C128);
        if !implied || self.is_empty() {
            extras.push(format!("dtype={}", T::DTYPE));
        }
        if extras.is_empty() {
            return format!("array({text})");
        }
        let (head, tail) = (format!("array({text},"), extras.join(", ") + ")");
        let last_line = head.len() - head.rfind('\n').map_or(0, |at| at + 1);
        let wide = last_line + tail.len() + 1 > options.linewidth;
        let space = if wide { format!("\n{}", " ".repeat(6)) } else { " ".into() };
        format!("{head}{space}{tail}")
    }
}

impl<T: Show> fmt::Display for Tensor<'_, T> {
    /// Python's `str(a)`: `[1. 2.]`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.ndim(), self.item()) {
            (0, Ok(item)) => f.write_str(&item.scalar_text()),
            _ => f.write_str(&self.to_text(&print_options(), " ", "", "")),
        }
    }
}
