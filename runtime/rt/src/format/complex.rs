//! `format(z, spec)` of complex numbers: each part by the spec, the whole padded.

use super::spec::Spec;
use super::{Format, Operand};
use crate::class::ValueError;
use crate::error::Error;
use crate::number::Complex;
use crate::repr::str;

impl Format for Complex {
    fn operand(&self) -> Operand<'_> {
        Operand::Other("complex")
    }

    #[track_caller]
    fn format_into(&self, spec: &str, out: &mut String) -> Result<(), Error> {
        if spec.is_empty() {
            out.push_str(&str(self).to_string());
            return Ok(());
        }
        let spec = Spec::parse(spec, "complex")?;
        if let Some(kind) = spec.kind.filter(|kind| !"eEfFgGn".contains(*kind)) {
            let text = format!("Unknown format code '{kind}' for object of type 'complex'");
            return Err(Error::new(ValueError, text));
        }
        let refused = match (spec.fill, spec.align) {
            ('0', Some('=')) => Some("Zero padding is not allowed in complex format specifier"),
            (_, Some('=')) => Some("'=' alignment flag is not allowed in complex format specifier"),
            _ => None,
        };
        if let Some(text) = refused {
            return Err(Error::new(ValueError, text));
        }
        let text = match (spec.kind, spec.precision) {
            (None, None) if spec.sign.is_none() && spec.grouping.is_none() && !spec.alternate => {
                str(self).to_string()
            }
            (None, _) => {
                let bare = self.re == 0.0 && self.re.is_sign_positive();
                let text = format!("{}j", parts(self, &spec, bare)?);
                if bare { text } else { format!("({text})") }
            }
            (Some(_), _) => format!("{}j", parts(self, &spec, false)?),
        };
        spec.pad(&text, '>', out);
        Ok(())
    }
}

/// Both parts, or the imaginary one alone.
#[track_caller]
fn parts(z: &Complex, spec: &Spec, only_imaginary: bool) -> Result<String, Error> {
    // Without a kind and digits, those of `repr`.
    let kind = spec.kind.or(spec.precision.map(|_| 'g'));
    let part = |sign: Option<char>| {
        let sign = sign.map(String::from).unwrap_or_default();
        let grouping = spec.grouping.map(String::from).unwrap_or_default();
        let precision = spec.precision.map(|digits| format!(".{digits}")).unwrap_or_default();
        let zero = if spec.no_negative_zero { "z" } else { "" };
        let alternate = if spec.alternate { "#" } else { "" };
        let kind = kind.map(String::from).unwrap_or_default();
        format!("{sign}{zero}{alternate}{grouping}{precision}{kind}")
    };
    let digits = |x: f64, sign: Option<char>| -> Result<String, Error> {
        let mut text = String::new();
        x.format_into(&part(sign), &mut text)?;
        if kind.is_none() && text.ends_with(".0") {
            text.truncate(text.len() - if spec.alternate { 1 } else { 2 });
        }
        Ok(text)
    };
    if only_imaginary {
        return digits(z.im, spec.sign);
    }
    Ok(digits(z.re, spec.sign)? + &digits(z.im, Some('+'))?)
}
