//! The expressions of `#if`.

use super::Pp;
use crate::codes;
use crate::headers;
use crate::lex::{Kind, LEVELS, Pos, Tok};
use crate::literal;
use batuta_base::Name;
use std::rc::Rc;

/// A number of 64 bits with its signedness.
#[derive(Clone, Copy)]
struct Num {
    value: i64,
    unsigned: bool,
}

struct Reader<'t> {
    toks: &'t [Tok],
    i: usize,
    error: Option<String>,
}

impl Pp<'_> {
    /// Whether the condition of an `#if` holds.
    pub(super) fn condition(&mut self, toks: &[Tok], at: Pos) -> bool {
        let replaced = self.defined_replaced(toks);
        let toks = self.expand_all(replaced);
        let mut reader = Reader { toks: &toks, i: 0, error: None };
        let value = reader.conditional();
        if reader.error.is_none() && reader.i < toks.len() {
            reader.error = Some(format!("`{}` was not expected in a condition", toks[reader.i].text));
        }
        if let Some(error) = reader.error {
            self.issue(codes::PREPROCESSOR, at, error);
        }
        value.value != 0
    }

    /// `defined X`, `__has_include(<x>)` and the like as numbers, before anything expands.
    fn defined_replaced(&mut self, toks: &[Tok]) -> Vec<Tok> {
        let mut out = Vec::new();
        let mut i = 0;
        while i < toks.len() {
            let tok = &toks[i];
            let open = toks.get(i + 1).is_some_and(|next| next.is("("));
            let name = toks.get(i + 1 + usize::from(open));
            let close = (i..toks.len()).find(|at| toks[*at].is(")")).unwrap_or(toks.len() - 1);
            match tok.text.as_str() {
                "defined" if tok.kind == Kind::Ident => {
                    let holds = name.is_some_and(|name| self.is_defined(name.text));
                    out.push(number(holds, tok));
                    i += if open { 4 } else { 2 };
                }
                "__has_include" if open => {
                    let name = self.included_name(&toks[i + 2..close]);
                    let holds = name.is_some_and(|(name, _)| headers::bundled(&name).is_some());
                    out.push(number(holds, tok));
                    i = close + 1;
                }
                "__has_attribute" | "__has_builtin" | "__has_feature" | "__has_extension"
                | "__has_c_attribute"
                    if open =>
                {
                    out.push(number(false, tok));
                    i = close + 1;
                }
                _ => {
                    out.push(tok.clone());
                    i += 1;
                }
            }
        }
        out
    }
}

fn number(holds: bool, like: &Tok) -> Tok {
    let text = Name::new(if holds { "1" } else { "0" });
    Tok { kind: Kind::Number, text, hide: Rc::from([]), ..like.clone() }
}

impl Reader<'_> {
    fn eat(&mut self, text: &str) -> bool {
        let found = self.toks.get(self.i).is_some_and(|tok| tok.is(text));
        self.i += usize::from(found);
        found
    }

    fn conditional(&mut self) -> Num {
        let cond = self.binary(0);
        if !self.eat("?") {
            return cond;
        }
        let is_sound = self.error.is_none();
        let then = self.conditional();
        // What is not chosen may divide by zero.
        if is_sound && cond.value == 0 {
            self.error = None;
        }
        if !self.eat(":") {
            self.error.get_or_insert_with(|| "`:` is missing in a condition".to_owned());
        }
        let is_sound = self.error.is_none();
        let els = self.conditional();
        if is_sound && cond.value != 0 {
            self.error = None;
        }
        let picked = if cond.value != 0 { then } else { els };
        Num { unsigned: then.unsigned || els.unsigned, ..picked }
    }

    fn binary(&mut self, level: usize) -> Num {
        if level == LEVELS.len() {
            return self.unary();
        }
        let mut left = self.binary(level + 1);
        while let Some(op) = LEVELS[level].iter().find(|op| self.eat(op)) {
            let errors = self.error.is_some();
            let right = self.binary(level + 1);
            // What a short circuit skips may divide by zero.
            let skipped = *op == "&&" && left.value == 0 || *op == "||" && left.value != 0;
            left = self.combined(op, left, right);
            if skipped && !errors {
                self.error = None;
            }
        }
        left
    }

    fn combined(&mut self, op: &str, a: Num, b: Num) -> Num {
        let unsigned = a.unsigned || b.unsigned;
        let (x, y) = (a.value, b.value);
        let truth = |holds: bool| Num { value: i64::from(holds), unsigned: false };
        let less = if unsigned { (x as u64) < y as u64 } else { x < y };
        let value = match op {
            "||" => return truth(x != 0 || y != 0),
            "&&" => return truth(x != 0 && y != 0),
            "==" => return truth(x == y),
            "!=" => return truth(x != y),
            "<" => return truth(less),
            ">=" => return truth(!less),
            ">" => return truth(!less && x != y),
            "<=" => return truth(less || x == y),
            "|" => x | y,
            "^" => x ^ y,
            "&" => x & y,
            "<<" => return Num { value: x.wrapping_shl(y as u32), unsigned: a.unsigned },
            ">>" if a.unsigned => {
                return Num { value: (x as u64).wrapping_shr(y as u32) as i64, unsigned: true };
            }
            ">>" => return Num { value: x.wrapping_shr(y as u32), unsigned: false },
            "+" => x.wrapping_add(y),
            "-" => x.wrapping_sub(y),
            "*" => x.wrapping_mul(y),
            _ if y == 0 => {
                self.error.get_or_insert_with(|| "division by zero in a condition".to_owned());
                0
            }
            "/" if unsigned => (x as u64 / y as u64) as i64,
            "/" => x.wrapping_div(y),
            "%" if unsigned => (x as u64 % y as u64) as i64,
            _ => x.wrapping_rem(y),
        };
        Num { value, unsigned }
    }

    fn unary(&mut self) -> Num {
        if self.eat("!") {
            return Num { value: i64::from(self.unary().value == 0), unsigned: false };
        }
        if self.eat("-") {
            let of = self.unary();
            return Num { value: of.value.wrapping_neg(), ..of };
        }
        if self.eat("~") {
            let of = self.unary();
            return Num { value: !of.value, ..of };
        }
        if self.eat("+") {
            return self.unary();
        }
        if self.eat("(") {
            let value = self.conditional();
            if !self.eat(")") {
                self.error.get_or_insert_with(|| "`)` is missing in a condition".to_owned());
            }
            return value;
        }
        self.primary()
    }

    fn primary(&mut self) -> Num {
        let zero = Num { value: 0, unsigned: false };
        let Some(tok) = self.toks.get(self.i) else {
            self.error.get_or_insert_with(|| "the condition ends too early".to_owned());
            return zero;
        };
        self.i += 1;
        match tok.kind {
            Kind::Number => match literal::integer(tok.text.as_str()) {
                Some(number) => Num { value: number.value as i64, unsigned: number.unsigned },
                None => {
                    self.error.get_or_insert_with(|| format!("`{}` is no whole number", tok.text));
                    zero
                }
            },
            Kind::Char => Num { value: literal::character(tok.text.as_str()).unwrap_or(0), unsigned: false },
            Kind::Ident => {
                // A call of what is no macro: skip its arguments.
                if self.eat("(") {
                    let mut depth = 1;
                    while depth > 0 && self.i < self.toks.len() {
                        depth += i32::from(self.toks[self.i].is("(")) - i32::from(self.toks[self.i].is(")"));
                        self.i += 1;
                    }
                }
                zero
            }
            _ => {
                self.error.get_or_insert_with(|| format!("`{}` was not expected in a condition", tok.text));
                zero
            }
        }
    }
}
