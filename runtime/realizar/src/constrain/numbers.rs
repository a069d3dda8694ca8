//! Numbers of a schema: any, or between bounds, which is decided digit by digit.

use serde_json::{Map, Value};

use super::Alternative;
use super::schema::{Compiler, bytes, joined, rule, text};
use crate::error::{Error, Result};

/// The largest number of 16 digits: more are never written.
const LARGEST: i64 = 9_999_999_999_999_999;

/// Bounds of a number; a bound that is not itself allowed is `open`.
#[derive(Clone, Copy)]
struct Bound {
    value: i64,
    open: bool,
}

impl Compiler<'_> {
    /// Rules for whole numbers and for all numbers, of up to 16 digits a part.
    pub(super) fn numbers(&mut self) -> (usize, usize) {
        let digit = vec![bytes(|b| b.is_ascii_digit())];
        let more = self.repeat(&digit, 0, 15);
        let some = self.repeat(&digit, 1, 16);
        let sign = self.add(vec![vec![], text("-")]);
        let whole = vec![bytes(|b| (b'1'..=b'9').contains(&b))];
        let integer =
            self.add(vec![joined([rule(sign), text("0")]), joined([rule(sign), whole, rule(more)])]);
        let fraction = self.add(vec![vec![], joined([text("."), rule(some)])]);
        let power_sign = self.add(vec![vec![], vec![bytes(|b| b == b'+' || b == b'-')]]);
        let two = self.repeat(&digit, 1, 2);
        let e = vec![bytes(|b| b == b'e' || b == b'E')];
        let power = self.add(vec![vec![], joined([e, rule(power_sign), rule(two)])]);
        (integer, self.add(vec![joined([rule(integer), rule(fraction), rule(power)])]))
    }

    /// A number with the restrictions of `map`. Bounds of fractions must be whole.
    pub(super) fn number_like(&mut self, map: &Map<String, Value>, is_integer: bool) -> Result<usize> {
        let keys = ["minimum", "exclusiveMinimum", "maximum", "exclusiveMaximum"];
        if !keys.iter().any(|key| map.contains_key(*key)) {
            let basics = self.basics();
            return Ok(if is_integer { basics.integer } else { basics.number });
        }
        let (mut low, mut high) =
            (Bound { value: -LARGEST, open: false }, Bound { value: LARGEST, open: false });
        for key in keys {
            let Some(value) = map.get(key) else { continue };
            let (is_low, open) = (key.ends_with("inimum"), key.starts_with('e'));
            let bound = bound(key, value, is_low, open, is_integer)?;
            let order = |b: Bound| (b.value, b.open);
            match is_low {
                true if order(bound) > order(low) => low = bound,
                false if (bound.value, !bound.open) < (high.value, !high.open) => high = bound,
                _ => {}
            }
        }
        let out = match is_integer {
            true => self.between(low.value + i64::from(low.open), high.value - i64::from(high.open)),
            false => self.fractions_between(low, high),
        };
        if out.is_empty() {
            return Err(Error::input("no number is between `minimum` and `maximum`"));
        }
        Ok(self.add(out))
    }

    /// Whole numbers from `low` to `high`.
    fn between(&mut self, low: i64, high: i64) -> Vec<Alternative> {
        let mut out = Vec::new();
        if low < 0 {
            let negative = self.digits_between((-high).max(1) as u64, low.unsigned_abs());
            out.extend(negative.into_iter().map(|digits| joined([text("-"), digits])));
        }
        if high >= 0 {
            out.extend(self.digits_between(low.max(0) as u64, high as u64));
        }
        out
    }

    /// Numbers between the bounds, with a fraction or without.
    fn fractions_between(&mut self, low: Bound, high: Bound) -> Vec<Alternative> {
        let mut out = Vec::new();
        let negated = |b: Bound| Bound { value: -b.value, ..b };
        if low.value < 0 {
            let least = if high.value >= 0 { Bound { value: 0, open: true } } else { negated(high) };
            let negative = self.positive_fractions(least, negated(low));
            out.extend(negative.into_iter().map(|digits| joined([text("-"), digits])));
        }
        if high.value >= 0 {
            let least = if low.value < 0 { Bound { value: 0, open: false } } else { low };
            out.extend(self.positive_fractions(least, high));
        }
        out
    }

    fn positive_fractions(&mut self, low: Bound, high: Bound) -> Vec<Alternative> {
        let mut out = Vec::new();
        let digit = vec![bytes(|b| b.is_ascii_digit())];
        let any = self.repeat(&digit, 1, 16);
        let any = self.add(vec![vec![], joined([text("."), rule(any)])]);
        let mut first = low.value;
        if low.open && low.value < high.value {
            // Zeros, a digit that is none, and anything.
            let zeros = self.repeat(&text("0"), 0, 8);
            let rest = self.repeat(&digit, 0, 8);
            let more =
                joined([text("."), rule(zeros), vec![bytes(|b| (b'1'..=b'9').contains(&b))], rule(rest)]);
            out.push(joined([text(&low.value.to_string()), more]));
            first += 1;
        }
        if first < high.value {
            let whole = self.digits_between(first as u64, high.value as u64 - 1);
            out.extend(whole.into_iter().map(|digits| joined([digits, rule(any)])));
        }
        if !high.open && (first <= high.value && !(low.open && low.value == high.value)) {
            let zeros = self.repeat(&text("0"), 1, 16);
            let zeros = self.add(vec![vec![], joined([text("."), rule(zeros)])]);
            out.push(joined([text(&high.value.to_string()), rule(zeros)]));
        }
        out
    }

    /// Whole numbers from `low` to `high`, by their count of digits.
    fn digits_between(&mut self, low: u64, high: u64) -> Vec<Alternative> {
        let mut out = Vec::new();
        let (mut start, mut power) = (0u64, 10u64);
        while low <= high && start <= high {
            let (first, last) = (low.max(start), high.min(power - 1));
            if first <= last {
                let (first, last) = (first.to_string(), last.to_string());
                out.push(rule(self.same_length(first.as_bytes(), last.as_bytes())));
            }
            (start, power) = (power, power.saturating_mul(10));
        }
        out
    }

    /// Numbers of as many digits as both bounds have.
    fn same_length(&mut self, low: &[u8], high: &[u8]) -> usize {
        let (Some((&a, low)), Some((&b, high))) = (low.split_first(), high.split_first()) else {
            return self.add(vec![vec![]]);
        };
        let digit = |d: u8| vec![bytes(move |byte| byte == d)];
        if a == b {
            let rest = self.same_length(low, high);
            return self.add(vec![joined([digit(a), rule(rest)])]);
        }
        let (mut first, mut last, mut out) = (a, b, Vec::new());
        if low.iter().any(|&d| d != b'0') {
            let rest = self.same_length(low, &vec![b'9'; low.len()]);
            out.push(joined([digit(a), rule(rest)]));
            first += 1;
        }
        if high.iter().any(|&d| d != b'9') {
            let rest = self.same_length(&vec![b'0'; high.len()], high);
            out.push(joined([digit(b), rule(rest)]));
            last -= 1;
        }
        if first <= last {
            let rest = self.some_digits(low.len());
            out.push(joined([vec![bytes(|d| (first..=last).contains(&d))], rule(rest)]));
        }
        self.add(out)
    }

    /// `count` digits.
    fn some_digits(&mut self, count: usize) -> usize {
        while self.digits.len() <= count {
            let next =
                self.digits.last().map(|&fewer| joined([vec![bytes(|b| b.is_ascii_digit())], rule(fewer)]));
            let id = self.add(vec![next.unwrap_or_default()]);
            self.digits.push(id);
        }
        self.digits[count]
    }
}

fn bound(key: &str, value: &Value, is_low: bool, open: bool, is_integer: bool) -> Result<Bound> {
    let number = value.as_f64().ok_or_else(|| Error::input(format!("`{key}` must be a number")))?;
    let inside = if is_low { number <= LARGEST as f64 } else { number >= -LARGEST as f64 };
    if !inside {
        return Err(Error::unsupported(format!("`{key}` beyond 16 digits")));
    }
    let clamped = number.clamp(-LARGEST as f64, LARGEST as f64);
    if let Some(exact) = value.as_i64().filter(|n| n.abs() <= LARGEST) {
        return Ok(Bound { value: exact, open });
    }
    if clamped.fract() == 0.0 {
        return Ok(Bound { value: clamped as i64, open: open && clamped == number });
    }
    match (is_integer, is_low) {
        (true, true) => Ok(Bound { value: clamped.ceil() as i64, open: false }),
        (true, false) => Ok(Bound { value: clamped.floor() as i64, open: false }),
        _ => Err(Error::unsupported(format!("`{key}` with a fraction"))),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::super::Constraint;

    fn fits(schema: &Value, text: &str) -> bool {
        let mut c = Constraint::from_schema(schema).expect("known keywords");
        let fits = c.accepts(text.as_bytes());
        c.advance(text.as_bytes());
        fits && c.is_complete()
    }

    #[test]
    fn integers_are_between_their_bounds() {
        for (low, high) in [(0, 0), (3, 17), (-12, 5), (-205, -98), (99, 1001), (-1, 120), (7, 9), (100, 999)]
        {
            let schema = json!({"type": "integer", "minimum": low, "maximum": high});
            let open = json!({"type": "integer", "exclusiveMinimum": low - 1, "exclusiveMaximum": high as f64 + 0.5});
            let near = (low - 2..low + 3).chain(high - 2..high + 3);
            for n in near.chain((-300..1200).step_by(23)) {
                let expected = (low..=high).contains(&n);
                assert_eq!(fits(&schema, &n.to_string()), expected, "{n} in {low}..={high}");
                assert_eq!(fits(&open, &n.to_string()), expected, "{n} in {low}..={high}, open");
            }
            assert!(!fits(&schema, "-0") && !fits(&schema, "03") && !fits(&schema, "5.0"));
        }
        let schema = json!({"type": "integer", "minimum": 1.2});
        assert!(fits(&schema, "2") && fits(&schema, "9999999999999999") && !fits(&schema, "1"));
    }

    #[test]
    fn fractions_are_between_their_bounds() {
        for (low, high) in [(0.0, 1.0), (-2.0, 3.0), (-7.0, -5.0), (9.0, 12.0), (4.0, 4.0), (-3.0, 0.0)] {
            let closed = json!({"type": "number", "minimum": low, "maximum": high});
            let open = json!({"type": "number", "exclusiveMinimum": low, "exclusiveMaximum": high});
            let near = |bound: f64| bound as i32 * 20 - 3..bound as i32 * 20 + 4;
            for n in near(low).chain(near(high)).chain((-800..1400).step_by(37)) {
                // Twentieths; those between wholes are written with one digit or two.
                let (value, text) = (f64::from(n) / 20.0, format!("{}", f64::from(n) / 20.0));
                let text = if text == "-0" { "0".into() } else { text };
                assert_eq!(fits(&closed, &text), low <= value && value <= high, "{text} in {low}..={high}");
                if low < high {
                    assert_eq!(
                        fits(&open, &text),
                        low < value && value < high,
                        "{text} in {low}..{high}, open"
                    );
                }
            }
        }
        let schema = json!({"type": "number", "minimum": 0, "maximum": 1});
        assert!(
            fits(&schema, "1.000")
                && fits(&schema, "0.0")
                && !fits(&schema, "1.001")
                && !fits(&schema, "0.5e3")
        );
    }

    #[test]
    fn bounds_that_cannot_be_kept_are_refused() {
        for schema in [
            json!({"type": "integer", "minimum": 5, "maximum": 4}),
            json!({"type": "number", "exclusiveMinimum": 4, "maximum": 4}),
            json!({"type": "number", "minimum": 0.5}),
            json!({"type": "integer", "minimum": 1e17}),
            json!({"type": "integer", "minimum": "1"}),
        ] {
            assert!(Constraint::from_schema(&schema).is_err(), "{schema}");
        }
    }
}
