//! Initialisers: designators, brace elision, strings, lengths that they decide.

use super::*;
use std::collections::BTreeMap;

impl Parser {
    /// The initialiser of an object; an array without length gets one.
    pub(super) fn initializer(&mut self, ty: &mut CTy) -> Parsed<Init> {
        let init = self.init_value(ty)?;
        if let CTy::Array(item, len @ None) = ty {
            let _ = &item;
            *len = Some(match &init {
                Init::Text(text) => text.len() as u64 + 1,
                Init::Array(items) => items.keys().next_back().map_or(0, |last| last + 1),
                _ => 0,
            });
        }
        Ok(init)
    }

    fn init_value(&mut self, ty: &CTy) -> Parsed<Init> {
        if let CTy::Array(item, _) = ty {
            if let Some(init) = self.text_init(item)? {
                return Ok(init);
            }
            if !self.is("{") {
                let value = self.assignment()?;
                return Ok(Init::Expr(value));
            }
        }
        if !self.is("{") {
            let value = self.assignment()?;
            return Ok(Init::Expr(self.assigned(value, ty)));
        }
        self.expect("{")?;
        let init = match ty {
            CTy::Array(..) | CTy::Record(_) => self.braced(ty)?,
            _ => {
                if self.eat("}") {
                    return Ok(Init::Expr(self.zero(ty)));
                }
                let init = self.init_value(ty)?;
                self.eat(",");
                init
            }
        };
        self.expect("}")?;
        Ok(init)
    }

    /// A string for an array of characters, perhaps in braces.
    fn text_init(&mut self, item: &CTy) -> Parsed<Option<Init>> {
        let CTy::Int(kind) = item else { return Ok(None) };
        let braced = self.is("{") && self.peek_at(1).kind == Kind::Str;
        let at = if braced { self.peek_at(1) } else { self.peek() };
        if at.kind != Kind::Str || kind.size() > 4 {
            return Ok(None);
        }
        // `{ "a"[0] }` and the like are values.
        let start = self.i;
        if braced {
            self.next();
        }
        let (unit, of) = unit_of(self.peek());
        let pos = self.pos();
        let text = self.strings()?;
        let ends = if braced {
            self.eat(",");
            self.eat("}")
        } else {
            self.is(",") || self.is(";") || self.is("}") || self.is(")")
        };
        if !ends || unit != kind.size() {
            self.i = start;
            return Ok(None);
        }
        if unit > 1 {
            let items = text.chunks_exact(unit as usize).enumerate().map(|(index, bytes)| {
                let value = bytes.iter().rev().fold(0, |all, byte| all << 8 | i128::from(*byte));
                (index as u64, Init::Expr(Expr::int(kind.wrap(value), of.clone(), pos)))
            });
            let mut items: BTreeMap<u64, Init> = items.collect();
            items.insert(text.len() as u64 / unit, Init::Expr(Expr::int(0, of, pos)));
            return Ok(Some(Init::Array(items)));
        }
        Ok(Some(Init::Text(text)))
    }

    /// What stands in the braces of an array or record.
    fn braced(&mut self, ty: &CTy) -> Parsed<Init> {
        let mut out = empty(ty);
        let mut at = 0u64;
        while !self.is("}") {
            let is_old = self.peek().kind == Kind::Ident && self.peek_at(1).is(":");
            let last = if self.is("[") || self.is(".") || is_old {
                let path = self.designated(ty, &mut out)?;
                for depth in (1..path.len()).rev() {
                    self.continued(ty, &mut out, &path[..depth], path[depth] + 1)?;
                }
                path[0]
            } else {
                self.element(ty, &mut out, at)?;
                at
            };
            at = last + 1;
            if !self.eat(",") {
                break;
            }
        }
        Ok(out)
    }

    /// Type of the element at a position; `None` past the end.
    fn element_ty(&self, ty: &CTy, at: u64) -> Option<CTy> {
        match ty {
            CTy::Array(item, len) => len.is_none_or(|len| at < len).then(|| (**item).clone()),
            CTy::Record(id) => {
                let record = self.tree.records.get(*id);
                if record.is_union && at > 0 {
                    return None;
                }
                record.fields.as_ref()?.get(at as usize).map(|field| field.ty.clone())
            }
            _ => None,
        }
    }

    fn element(&mut self, ty: &CTy, out: &mut Init, at: u64) -> Parsed<()> {
        let Some(of) = self.element_ty(ty, at) else {
            // More values than there is room for: evaluated by nobody.
            self.init_value(&INT)?;
            return Ok(());
        };
        let init = self.elided(&of)?;
        put(out, at, init);
        Ok(())
    }

    /// A value for an aggregate inside of another one: its own braces may be missing.
    fn elided(&mut self, ty: &CTy) -> Parsed<Init> {
        if self.is("{") || !matches!(ty, CTy::Array(..) | CTy::Record(_)) {
            return self.init_value(ty);
        }
        if let CTy::Array(item, _) = ty
            && let Some(init) = self.text_init(item)?
        {
            return Ok(init);
        }
        if let CTy::Record(_) = ty {
            // A whole struct may stand here.
            let start = self.i;
            let issues = self.issues.len();
            let value = self.assignment()?;
            if value.ty == *ty {
                return Ok(Init::Expr(value));
            }
            self.i = start;
            self.issues.truncate(issues);
        }
        let mut out = empty(ty);
        let mut at = 0;
        while self.element_ty(ty, at).is_some() {
            self.element(ty, &mut out, at)?;
            at += 1;
            let goes_on = self.element_ty(ty, at).is_some() && self.is(",");
            if !goes_on || self.peek_at(1).is("}") || self.peek_at(1).is("[") || self.peek_at(1).is(".") {
                break;
            }
            self.next();
        }
        Ok(out)
    }

    /// `[1].x = value`: the way to the last element that it sets.
    fn designated(&mut self, ty: &CTy, out: &mut Init) -> Parsed<Vec<u64>> {
        let (first, last, path) = self.designator(ty)?;
        let mut of = ty.clone();
        for at in &path {
            let Some(inner) = self.element_ty_any(&of, *at) else {
                return Err(self.syntax("the designator names nothing"));
            };
            of = inner;
        }
        let mut rest = Vec::new();
        let init = if self.is("[") || self.is(".") {
            // The rest of the designator is inside of the element.
            let mut inner = take_at(out, &path).unwrap_or_else(|| empty(&of));
            rest = self.designated(&of, &mut inner)?;
            inner
        } else {
            self.eat("=");
            self.init_value(&of)?
        };
        let to = |at: u64| [&[at], &path[1..]].concat();
        for at in first..=last {
            put_at(out, ty, &to(at), init.clone(), self);
        }
        Ok([to(last), rest].concat())
    }

    /// Values without designators behind one that named a part of an aggregate: they go on in it.
    fn continued(&mut self, ty: &CTy, out: &mut Init, path: &[u64], from: u64) -> Parsed<()> {
        let of = path.iter().try_fold(ty.clone(), |of, at| self.element_ty_any(&of, *at));
        let (Some(of), Some(mut inner)) = (of, take_at(out, path)) else { return Ok(()) };
        let mut at = from;
        while self.element_ty(&of, at).is_some() && self.is(",") {
            let next = self.peek_at(1);
            let is_old = next.kind == Kind::Ident && self.peek_at(2).is(":");
            if next.is("}") || next.is("[") || next.is(".") || is_old {
                break;
            }
            self.next();
            self.element(&of, &mut inner, at)?;
            at += 1;
        }
        put_at(out, ty, path, inner, self);
        Ok(())
    }

    fn element_ty_any(&self, ty: &CTy, at: u64) -> Option<CTy> {
        match ty {
            CTy::Record(id) => {
                self.tree.records.get(*id).fields.as_ref()?.get(at as usize).map(|field| field.ty.clone())
            }
            other => self.element_ty(other, at),
        }
    }

    /// One step of a designator: first and last position, and the way to it through anonymous members.
    fn designator(&mut self, ty: &CTy) -> Parsed<(u64, u64, Vec<u64>)> {
        if self.eat("[") {
            let first = self.constant()? as u64;
            let last = if self.eat("...") { self.constant()? as u64 } else { first };
            self.expect("]")?;
            return Ok((first, last, vec![first]));
        }
        // `name: value` is how GNU C once wrote `.name = value`.
        let is_old = !self.eat(".");
        let (name, _) = self.ident()?;
        if is_old {
            self.expect(":")?;
        }
        let CTy::Record(id) = ty else { return Err(self.syntax("`.` designates fields of structs")) };
        let Some(path) = self.tree.records.find(*id, name) else {
            return Err(self.syntax(format!("no field is called `{name}`")));
        };
        let path: Vec<u64> = path.into_iter().map(|index| index as u64).collect();
        Ok((path[0], path[0], path))
    }

    /// Zero of a scalar type.
    pub(super) fn zero(&mut self, ty: &CTy) -> Expr {
        let pos = self.pos();
        let zero = Expr::int(0, INT, pos);
        self.cast(zero, ty)
    }
}

/// Size and type of the characters of a string literal.
pub(super) fn unit_of(tok: &Tok) -> (u64, CTy) {
    match tok.text.as_str() {
        text if text.starts_with('L') => (4, INT),
        text if text.starts_with('U') => (4, UINT),
        text if text.starts_with("u\"") => (2, CTy::Int(IntKind::UShort)),
        _ => (1, CHAR),
    }
}

fn empty(ty: &CTy) -> Init {
    if ty.is_array() { Init::Array(BTreeMap::new()) } else { Init::Record(BTreeMap::new()) }
}

fn put(out: &mut Init, at: u64, init: Init) {
    match out {
        Init::Array(items) => {
            items.insert(at, init);
        }
        Init::Record(fields) => {
            fields.insert(at as usize, init);
        }
        _ => *out = init,
    }
}

fn take_at(out: &mut Init, path: &[u64]) -> Option<Init> {
    let [at, rest @ ..] = path else { return None };
    let inner = match out {
        Init::Array(items) => items.get_mut(at)?,
        Init::Record(fields) => fields.get_mut(&(*at as usize))?,
        _ => return None,
    };
    if rest.is_empty() { Some(inner.clone()) } else { take_at(inner, rest) }
}

fn put_at(out: &mut Init, ty: &CTy, path: &[u64], init: Init, parser: &Parser) {
    let [at, rest @ ..] = path else { return };
    if rest.is_empty() {
        // A union holds one member at a time.
        if let (CTy::Record(id), Init::Record(fields)) = (ty, &mut *out)
            && parser.tree.records.get(*id).is_union
        {
            fields.clear();
        }
        return put(out, *at, init);
    }
    let Some(of) = parser.element_ty_any(ty, *at) else { return };
    let inner = match out {
        Init::Array(items) => items.entry(*at).or_insert_with(|| empty(&of)),
        Init::Record(fields) => fields.entry(*at as usize).or_insert_with(|| empty(&of)),
        _ => return,
    };
    put_at(inner, &of, rest, init, parser);
}
