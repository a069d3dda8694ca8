//! `template % values`.

use super::number::float_text;
use super::operand::{Format, Operand};
use crate::big::Int;
use crate::class::{KeyError, OverflowError, TypeError, ValueError};
use crate::error::{Arg, Error};
use crate::repr::{ascii, repr, str};
use crate::unwind::OrRaise;

/// `template % (values, ..)`; raises as Python does.
#[track_caller]
pub fn percent(template: &str, values: &[&dyn Format]) -> String {
    Filler { values, named: None, next: 0 }.fill(template).or_raise()
}

/// `template % items` for a tuple of any length.
#[track_caller]
pub fn percent_each<T: Format>(template: &str, items: impl IntoIterator<Item = T>) -> String {
    let items: Vec<T> = items.into_iter().collect();
    let values: Vec<&dyn Format> = items.iter().map(|item| item as &dyn Format).collect();
    percent(template, &values)
}

/// `template % {name: value, ..}`; raises as Python does.
#[track_caller]
pub fn percent_named(template: &str, named: &[(&str, &dyn Format)]) -> String {
    Filler { values: &[], named: Some(named), next: 0 }.fill(template).or_raise()
}

/// `template % value` for a value that has items but is no tuple: it may stay unused.
#[track_caller]
pub(crate) fn percent_of_items(template: &str, value: &dyn Format) -> String {
    Filler { values: &[value], named: Some(&[]), next: 0 }.fill(template).or_raise()
}

struct Filler<'a> {
    values: &'a [&'a dyn Format],
    named: Option<&'a [(&'a str, &'a dyn Format)]>,
    next: usize,
}

/// One conversion: `%[(name)][flags][width][.precision]type`.
#[derive(Default)]
struct Conversion {
    left: bool,
    plus: bool,
    space: bool,
    alternate: bool,
    zero: bool,
    width: usize,
    precision: Option<usize>,
}

/// A number as text: its sign, prefix and digits.
struct Number {
    negative: bool,
    prefix: &'static str,
    digits: String,
}

impl<'a> Filler<'a> {
    #[track_caller]
    fn fill(&mut self, template: &str) -> Result<String, Error> {
        let mut out = String::with_capacity(template.len() + 16);
        let mut rest = template;
        while let Some(at) = rest.find('%') {
            out.push_str(&rest[..at]);
            rest = &rest[at + 1..];
            rest = self.conversion(template, rest, &mut out)?;
        }
        out.push_str(rest);
        if self.named.is_none() && self.next < self.values.len() {
            let words = "not all arguments converted during string formatting";
            return Err(Error::new(TypeError, words));
        }
        Ok(out)
    }

    #[track_caller]
    fn take(&mut self) -> Result<&'a dyn Format, Error> {
        let value = self.values.get(self.next).copied();
        self.next += 1;
        match value {
            Some(value) => Ok(value),
            None => Err(Error::new(TypeError, "not enough arguments for format string")),
        }
    }

    /// Fills one conversion and gives what follows it.
    #[track_caller]
    fn conversion<'t>(&mut self, template: &str, text: &'t str, out: &mut String) -> Result<&'t str, Error> {
        let incomplete = || Error::new(ValueError, "incomplete format");
        let mut rest = text;
        let mut named = None;
        if let Some(after) = rest.strip_prefix('(') {
            let (name, after) = split_name(after)?;
            named = Some(self.by_name(name)?);
            rest = after;
        }
        let mut conversion = Conversion::default();
        loop {
            match rest.chars().next().ok_or_else(incomplete)? {
                '-' => conversion.left = true,
                '+' => conversion.plus = true,
                ' ' => conversion.space = true,
                '#' => conversion.alternate = true,
                '0' => conversion.zero = true,
                _ => break,
            }
            rest = &rest[1..];
        }
        let (width, after) = self.number(rest)?;
        if let Some(width) = width {
            conversion.left |= width < 0;
            conversion.width = width.unsigned_abs() as usize;
        }
        rest = after;
        if let Some(after) = rest.strip_prefix('.') {
            let (precision, after) = self.number(after)?;
            conversion.precision = Some(precision.unwrap_or(0).max(0) as usize);
            rest = after;
        }
        rest = rest.trim_start_matches(['l', 'h', 'L']);
        let kind = rest.chars().next().ok_or_else(incomplete)?;
        let after = &rest[kind.len_utf8()..];
        if kind == '%' {
            out.push('%');
            return Ok(after);
        }
        if !matches!(kind, 's' | 'r' | 'a' | 'd' | 'i' | 'u' | 'o' | 'x' | 'X' | 'c')
            && !matches!(kind, 'e' | 'E' | 'f' | 'F' | 'g' | 'G')
        {
            let index = template[..template.len() - rest.len()].chars().count();
            let code = u32::from(kind);
            let shown = if matches!(kind, ' '..='~') { kind } else { '?' };
            let words = format!("unsupported format character '{shown}' ({code:#x}) at index {index}");
            return Err(Error::new(ValueError, words));
        }
        let value = match named {
            Some(value) => value,
            None => self.take()?,
        };
        conversion.write(value, kind, out)?;
        Ok(after)
    }

    /// A width or precision: digits, or `*` for the next value.
    #[track_caller]
    fn number<'t>(&mut self, text: &'t str) -> Result<(Option<i64>, &'t str), Error> {
        if let Some(rest) = text.strip_prefix('*') {
            return match self.take()?.operand() {
                Operand::Small(number) => Ok((Some(number), rest)),
                Operand::Bool(truth) => Ok((Some(i64::from(truth)), rest)),
                _ => Err(Error::new(TypeError, "* wants int")),
            };
        }
        let end = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
        Ok((text[..end].parse().ok(), &text[end..]))
    }

    #[track_caller]
    fn by_name(&self, name: &str) -> Result<&'a dyn Format, Error> {
        let Some(named) = self.named else {
            return Err(Error::new(TypeError, "format requires a mapping"));
        };
        match named.iter().find(|(key, _)| *key == name) {
            Some((_, value)) => Ok(*value),
            None => Err(Error::with_args(KeyError, [Arg::from(name)])),
        }
    }
}

/// The name up to the parenthesis that closes it, and what follows.
#[track_caller]
fn split_name(text: &str) -> Result<(&str, &str), Error> {
    let mut depth = 1;
    for (at, c) in text.char_indices() {
        depth += match c {
            '(' => 1,
            ')' => -1,
            _ => 0,
        };
        if depth == 0 {
            return Ok((&text[..at], &text[at + 1..]));
        }
    }
    Err(Error::new(ValueError, "incomplete format key"))
}

impl Conversion {
    #[track_caller]
    fn write(&self, value: &dyn Format, kind: char, out: &mut String) -> Result<(), Error> {
        match kind {
            's' => self.text(&str(value).to_string(), out),
            'r' => self.text(&repr(value).to_string(), out),
            'a' => self.text(&ascii(value), out),
            'c' => self.text(&character(value)?, out),
            'd' | 'i' | 'u' => self.number(integer(value, kind, true)?, out),
            'o' | 'x' | 'X' => self.number(self.based(value, kind)?, out),
            _ => self.number(self.float(value, kind)?, out),
        }
        Ok(())
    }

    fn text(&self, text: &str, out: &mut String) {
        let end =
            self.precision.and_then(|most| text.char_indices().nth(most)).map_or(text.len(), |(at, _)| at);
        self.pad(&text[..end], out);
    }

    fn pad(&self, text: &str, out: &mut String) {
        let missing = self.width.saturating_sub(text.chars().count());
        if !self.left {
            out.extend(std::iter::repeat_n(' ', missing));
        }
        out.push_str(text);
        if self.left {
            out.extend(std::iter::repeat_n(' ', missing));
        }
    }

    fn number(&self, number: Number, out: &mut String) {
        let sign = match number.negative {
            true => "-",
            false if self.plus => "+",
            false if self.space => " ",
            false => "",
        };
        let is_integer = number.digits.bytes().all(|b| b.is_ascii_alphanumeric());
        let least = if is_integer { self.precision.unwrap_or(0) } else { 0 };
        let mut digits = number.digits;
        if digits.len() < least && !digits.starts_with(['i', 'n']) {
            digits.insert_str(0, &"0".repeat(least - digits.len()));
        }
        let used = sign.len() + number.prefix.len() + digits.len();
        let zeros = if self.zero && !self.left { self.width.saturating_sub(used) } else { 0 };
        let text = [sign, number.prefix, &"0".repeat(zeros), &digits].concat();
        self.pad(&text, out);
    }

    #[track_caller]
    fn based(&self, value: &dyn Format, kind: char) -> Result<Number, Error> {
        let mut number = integer(value, kind, false)?;
        if self.alternate {
            number.prefix = match kind {
                'o' => "0o",
                'x' => "0x",
                _ => "0X",
            };
        }
        Ok(number)
    }

    #[track_caller]
    fn float(&self, value: &dyn Format, kind: char) -> Result<Number, Error> {
        let operand = value.operand();
        let x = match operand {
            Operand::Small(number) => number as f64,
            Operand::Bool(truth) => f64::from(u8::from(truth)),
            Operand::Big(number) => number.to_f64(),
            Operand::Float(x) => x,
            _ => {
                let words = format!("must be real number, not {}", operand.type_name());
                return Err(Error::new(TypeError, words));
            }
        };
        let precision = Some(self.precision.unwrap_or(6));
        let text = float_text(x, kind, precision, self.alternate);
        let digits = text.strip_prefix('-').unwrap_or(&text).to_owned();
        Ok(Number { negative: text.starts_with('-'), prefix: "", digits })
    }
}

#[track_caller]
fn integer(value: &dyn Format, kind: char, floats: bool) -> Result<Number, Error> {
    let operand = value.operand();
    let whole;
    let number = match operand {
        Operand::Small(number) => {
            whole = Int::from(number);
            &whole
        }
        Operand::Bool(truth) => {
            whole = Int::from(truth);
            &whole
        }
        Operand::Big(number) => number,
        Operand::Float(x) if floats => {
            whole = Int::from_f64(x);
            &whole
        }
        _ => {
            let wanted = if floats { "a real number" } else { "an integer" };
            let name = operand.type_name();
            let words = format!("%{kind} format: {wanted} is required, not {name}");
            return Err(Error::new(TypeError, words));
        }
    };
    let digits = match kind {
        'o' => number.digits(8),
        'x' => number.digits(16),
        'X' => number.digits(16).to_uppercase(),
        _ => number.abs().to_string(),
    };
    Ok(Number { negative: number.is_negative(), prefix: "", digits })
}

#[track_caller]
fn character(value: &dyn Format) -> Result<String, Error> {
    let code = match value.operand() {
        Operand::Text(text) if text.chars().count() == 1 => return Ok(text.to_owned()),
        Operand::Small(code) => code,
        Operand::Bool(truth) => i64::from(truth),
        _ => return Err(Error::new(TypeError, "%c requires int or char")),
    };
    match u32::try_from(code).ok().and_then(char::from_u32) {
        Some(c) => Ok(c.to_string()),
        None => Err(Error::new(OverflowError, "%c arg not in range(0x110000)")),
    }
}
