//! The format spec: `[[fill]align][sign][z][#][0][width][grouping][.precision][type]`.

use crate::class::ValueError;
use crate::error::Error;
use crate::repr::repr;

/// A format spec taken apart.
#[derive(Clone, Debug)]
pub(crate) struct Spec {
    pub(crate) fill: char,
    /// `<`, `>`, `^` or `=`; none where the type decides.
    pub(crate) align: Option<char>,
    /// `+`, `-` or a space.
    pub(crate) sign: Option<char>,
    pub(crate) no_negative_zero: bool,
    pub(crate) alternate: bool,
    pub(crate) width: usize,
    pub(crate) grouping: Option<char>,
    pub(crate) precision: Option<usize>,
    pub(crate) kind: Option<char>,
}

fn is_align(c: char) -> bool {
    matches!(c, '<' | '>' | '=' | '^')
}

/// A reader of a spec's characters.
struct Reader<'a> {
    rest: &'a str,
}

impl Reader<'_> {
    fn eat(&mut self, wanted: impl Fn(char) -> bool) -> Option<char> {
        let c = self.rest.chars().next().filter(|&c| wanted(c))?;
        self.rest = &self.rest[c.len_utf8()..];
        Some(c)
    }

    #[track_caller]
    fn number(&mut self) -> Result<Option<usize>, Error> {
        let end = self.rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(self.rest.len());
        if end == 0 {
            return Ok(None);
        }
        let (digits, rest) = self.rest.split_at(end);
        self.rest = rest;
        match digits.parse::<i64>() {
            Ok(number) => Ok(Some(number as usize)),
            Err(_) => Err(Error::new(ValueError, "Too many decimal digits in format string")),
        }
    }

    /// `[fill]align`.
    fn fill_and_align(&mut self) -> (Option<char>, Option<char>) {
        let mut chars = self.rest.chars();
        let (first, second) = (chars.next(), chars.next());
        if let (Some(fill), Some(align)) = (first, second.filter(|&c| is_align(c))) {
            self.rest = chars.as_str();
            return (Some(fill), Some(align));
        }
        (None, self.eat(is_align))
    }
}

impl Spec {
    /// Takes `text` apart, for a value of the type called `type_name`.
    #[track_caller]
    pub(crate) fn parse(text: &str, type_name: &str) -> Result<Spec, Error> {
        let mut reader = Reader { rest: text };
        let (mut fill, mut align) = reader.fill_and_align();
        let sign = reader.eat(|c| matches!(c, '+' | '-' | ' '));
        let no_negative_zero = reader.eat(|c| c == 'z').is_some();
        let alternate = reader.eat(|c| c == '#').is_some();
        if fill.is_none() && reader.eat(|c| c == '0').is_some() {
            fill = Some('0');
            if align.is_none() && type_name != "str" {
                align = Some('=');
            }
        }
        let width = reader.number()?.unwrap_or(0);
        let grouping = reader.eat(|c| matches!(c, ',' | '_'));
        if let (Some(first), Some(second)) = (grouping, reader.eat(|c| matches!(c, ',' | '_'))) {
            let words = if first == second {
                format!("Cannot specify '{first}' with '{second}'.")
            } else {
                "Cannot specify both ',' and '_'.".to_owned()
            };
            return Err(Error::new(ValueError, words));
        }
        let mut precision = None;
        if reader.eat(|c| c == '.').is_some() {
            precision = reader.number()?;
            if precision.is_none() {
                return Err(Error::new(ValueError, "Format specifier missing precision"));
            }
        }
        let kind = reader.eat(|_| true);
        if !reader.rest.is_empty() {
            let shown = repr(text);
            let words = format!("Invalid format specifier {shown} for object of type '{type_name}'");
            return Err(Error::new(ValueError, words));
        }
        let fill = fill.unwrap_or(' ');
        let spec = Spec { fill, align, sign, no_negative_zero, alternate, width, grouping, precision, kind };
        spec.check_grouping()?;
        Ok(spec)
    }

    #[track_caller]
    fn check_grouping(&self) -> Result<(), Error> {
        let (Some(separator), Some(kind)) = (self.grouping, self.kind) else {
            return Ok(());
        };
        let fits = matches!(kind, 'd' | 'e' | 'f' | 'g' | 'E' | 'G' | '%' | 'F')
            || (separator == '_' && matches!(kind, 'b' | 'o' | 'x' | 'X'));
        if fits {
            return Ok(());
        }
        Err(Error::new(ValueError, format!("Cannot specify '{separator}' with '{kind}'.")))
    }

    /// Appends `text` padded to the width.
    pub(crate) fn pad(&self, text: &str, usual: char, out: &mut String) {
        let length = if text.is_ascii() { text.len() } else { text.chars().count() };
        let missing = self.width.saturating_sub(length);
        let before = match self.align.unwrap_or(usual) {
            '<' => 0,
            '^' => missing / 2,
            _ => missing,
        };
        out.extend(std::iter::repeat_n(self.fill, before));
        out.push_str(text);
        out.extend(std::iter::repeat_n(self.fill, missing - before));
    }
}
