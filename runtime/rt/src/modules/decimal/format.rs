//! `format(d, spec)`.

use super::{Decimal, Form};
use crate::class::ValueError;
use crate::error::Error;
use crate::format::{Format, Operand, Parts, Spec, write_parts};

impl Format for Decimal {
    fn operand(&self) -> Operand<'_> {
        Operand::Other("decimal.Decimal")
    }

    #[track_caller]
    fn format_into(&self, spec: &str, out: &mut String) -> Result<(), Error> {
        if spec.is_empty() {
            out.push_str(&self.to_string());
            return Ok(());
        }
        let bad = || Error::new(ValueError, "invalid format string");
        let spec = Spec::parse(spec, "decimal.Decimal").map_err(|_| bad())?;
        let kind = spec.kind.unwrap_or('G');
        let is_known = matches!(kind, 'e' | 'E' | 'f' | 'F' | 'g' | 'G' | 'n' | '%');
        if !is_known || spec.alternate || spec.grouping == Some('_') {
            return Err(bad());
        }
        self.write_formatted(kind, &spec, out);
        Ok(())
    }
}

impl Decimal {
    fn write_formatted(&self, kind: char, spec: &Spec, out: &mut String) {
        if self.form != Form::Finite {
            let text = self.copy_abs().to_string() + if kind == '%' { "%" } else { "" };
            let is_zero_padded = spec.align == Some('=') && spec.fill == '0';
            let padded = if is_zero_padded {
                Spec { fill: ' ', align: Some('>'), grouping: None, ..spec.clone() }
            } else {
                Spec { grouping: None, ..spec.clone() }
            };
            write_parts(&Parts { negative: self.negative, prefix: "", whole: "", tail: &text }, &padded, out);
            return;
        }
        let shown = self.rounded_for(kind, spec.precision);
        let digits = shown.coefficient.digits(10);
        let length = digits.len() as i64;
        let left = shown.exponent + length;
        let is_zero = shown.coefficient.is_zero();
        let point = match (kind, spec.precision) {
            ('e' | 'E', Some(precision)) if is_zero => 1 - precision as i64,
            ('e' | 'E', _) => 1,
            ('f' | 'F' | '%', _) => left,
            _ if shown.exponent <= 0 && left > -6 => left,
            _ => 1,
        };
        let (whole, mut tail) = if point < 0 {
            ("0".to_owned(), "0".repeat(-point as usize) + &digits)
        } else if point > length {
            (digits.clone() + &"0".repeat((point - length) as usize), String::new())
        } else {
            let (whole, part) = digits.split_at(point as usize);
            (if whole.is_empty() { "0" } else { whole }.to_owned(), part.to_owned())
        };
        if !tail.is_empty() {
            tail.insert(0, '.');
        }
        if left != point || matches!(kind, 'e' | 'E') {
            let letter = if kind.is_ascii_uppercase() { 'E' } else { 'e' };
            tail += &format!("{letter}{:+}", left - point);
        }
        if kind == '%' {
            tail.push('%');
        }
        let negative = self.negative && !(is_zero && spec.no_negative_zero);
        write_parts(&Parts { negative, prefix: "", whole: &whole, tail: &tail }, spec, out);
    }

    /// The number with the digits that a format shows.
    fn rounded_for(&self, kind: char, precision: Option<usize>) -> Decimal {
        let rounding = Decimal::current_rounding();
        let number =
            if kind == '%' { Decimal { exponent: self.exponent + 2, ..self.clone() } } else { self.clone() };
        let number = match (kind, precision.map(|precision| precision as i64)) {
            (_, None) => number,
            ('e' | 'E', Some(precision)) => number.round_to(precision + 1, rounding),
            ('f' | 'F' | '%', Some(precision)) => number.rescale(-precision, rounding),
            (_, Some(precision)) if number.digits() > precision.max(1) => {
                number.round_to(precision.max(1), rounding)
            }
            _ => number,
        };
        let is_fixed = matches!(kind, 'f' | 'F' | '%');
        if is_fixed && number.coefficient.is_zero() && number.exponent > 0 {
            return Decimal { exponent: 0, ..number };
        }
        number
    }
}
