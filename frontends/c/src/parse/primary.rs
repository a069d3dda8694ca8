//! Names, literals, parentheses, compound literals, `_Generic`.

use super::*;
use crate::literal;
use std::ops::Range;

impl Parser {
    pub(super) fn primary(&mut self) -> Parsed<Expr> {
        let tok = self.peek().clone();
        match tok.kind {
            Kind::Number => self.number(),
            Kind::Char => self.char_constant(),
            Kind::Str => {
                let (unit, item) = init::unit_of(&tok);
                let text = self.strings()?;
                let ty = item.array(text.len() as u64 / unit + 1);
                // The terminator has a byte already.
                let mut bytes = text.to_vec();
                bytes.resize(text.len() + unit as usize - 1, 0);
                Ok(Expr::new(ExprKind::Str(Rc::from(bytes)), ty, tok.pos))
            }
            Kind::Punct if tok.is("(") => self.parenthesised(),
            Kind::Ident => self.name(),
            _ => {
                let found = tok.text;
                Err(self.syntax(format!("expected an expression, found `{found}`")))
            }
        }
    }

    fn number(&mut self) -> Parsed<Expr> {
        let tok = self.next();
        let text = tok.text.as_str();
        let is_hex = text.starts_with("0x") || text.starts_with("0X");
        let is_float =
            text.contains('.') || !is_hex && text.contains(['e', 'E']) || is_hex && text.contains(['p', 'P']);
        if is_float {
            let Some((value, suffix)) = literal::float(text) else {
                return Err(self.syntax(format!("`{text}` is no number")));
            };
            let ty = match suffix {
                Some('f') => CTy::Float,
                Some(_) => CTy::LongDouble,
                None => CTy::Double,
            };
            return Ok(Expr::new(ExprKind::Float(value), ty, tok.pos));
        }
        let Some(found) = literal::integer(text) else {
            return Err(self.syntax(format!("`{text}` is no number")));
        };
        use IntKind::*;
        let kinds: &[IntKind] = match (found.longs, found.unsigned, found.decimal) {
            (0, false, true) => &[Int, Long],
            (0, false, false) => &[Int, UInt, Long, ULong],
            (0, true, _) => &[UInt, ULong],
            (1, false, true) => &[Long],
            (1, false, false) => &[Long, ULong],
            (1, true, _) => &[ULong],
            (_, false, true) => &[LLong],
            (_, false, false) => &[LLong, ULLong],
            (_, true, _) => &[ULLong],
        };
        let value = found.value as i128;
        let kind = kinds.iter().find(|kind| kind.wrap(value) == value).copied().unwrap_or(ULLong);
        let constant = tok.named.filter(|name| self.name_constant(*name, value, CTy::Int(kind), tok.pos));
        Ok(Expr::new(ExprKind::Int(value, constant), CTy::Int(kind), tok.pos))
    }

    /// A macro of a number becomes a named constant of the unit, where its name can be one.
    fn name_constant(&mut self, name: Name, value: i128, ty: CTy, pos: Pos) -> bool {
        let is_plain = name.as_str().starts_with(|c: char| c.is_ascii_uppercase())
            && name.as_str().chars().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_');
        if !is_plain || self.find(name).is_some() {
            return false;
        }
        if let Some(known) = self.tree.constants.iter().find(|row| row.name == name) {
            return known.value == value && known.ty == ty;
        }
        let pos = self.defined.get(&name).copied().unwrap_or(pos);
        self.tree.constants.push(Constant { name, value, ty, pos });
        true
    }

    fn char_constant(&mut self) -> Parsed<Expr> {
        let tok = self.next();
        match literal::character(tok.text.as_str()) {
            Some(value) => {
                let spelled = (32..127).contains(&value).then_some(tok.text);
                let ty = match tok.text.as_str().chars().next() {
                    Some('u') if !tok.text.as_str().starts_with("u8") => CTy::Int(IntKind::UShort),
                    Some('U') => UINT,
                    _ => INT,
                };
                Ok(Expr::new(ExprKind::Int(i128::from(value), spelled), ty, tok.pos))
            }
            None => Err(self.syntax("an empty character constant")),
        }
    }

    /// Adjacent string literals as one; wide ones as little-endian words.
    pub(super) fn strings(&mut self) -> Parsed<Rc<[u8]>> {
        let mut parts = Vec::new();
        while self.peek().kind == Kind::Str {
            parts.push(self.next());
        }
        let unit = parts.iter().map(|part| init::unit_of(part).0).max().unwrap_or(1);
        let mut out = Vec::new();
        for part in parts {
            let text = part.text.as_str();
            let wide = || literal::wide_string(text).unwrap_or_default();
            match unit {
                1 => out.extend(literal::string(text).unwrap_or_default()),
                2 => out.extend(wide().into_iter().flat_map(literal::utf16).flat_map(u16::to_le_bytes)),
                _ => out.extend(wide().into_iter().flat_map(u32::to_le_bytes)),
            }
        }
        Ok(Rc::from(out))
    }

    fn parenthesised(&mut self) -> Parsed<Expr> {
        let pos = self.next().pos;
        if self.is("{") {
            let body = self.statement_expression()?;
            self.expect(")")?;
            let ty = stmt::block_type(&body);
            return Ok(Expr::new(ExprKind::StmtExpr(Box::new(body)), ty, pos));
        }
        if self.at_type() {
            let mut ty = self.type_name()?;
            self.expect(")")?;
            return self.compound_literal(&mut ty, pos);
        }
        let mut out = self.expression()?;
        self.expect(")")?;
        out.pos = pos.to(self.before());
        Ok(out)
    }

    /// `(type){ .. }` behind the type.
    fn compound_literal(&mut self, ty: &mut CTy, pos: Pos) -> Parsed<Expr> {
        let init = self.initializer(ty)?;
        if self.in_function {
            let id = self.temp("literal", ty.clone(), pos);
            return Ok(Expr::new(ExprKind::Compound(id, Box::new(init)), ty.clone(), pos));
        }
        self.temps += 1;
        let name = Name::new(&format!("literal{}", self.temps));
        self.tree.globals.push(Global {
            name,
            ty: ty.clone(),
            init: Some(init),
            is_static: true,
            is_extern: false,
            is_const: false,
            owner: None,
            pos,
        });
        let id = self.tree.globals.len() as GlobalId - 1;
        Ok(Expr::new(ExprKind::Global(id), ty.clone(), pos))
    }

    fn name(&mut self) -> Parsed<Expr> {
        let tok = self.peek().clone();
        let pos = tok.pos;
        if tok.is("_Generic") {
            return self.generic();
        }
        if let Some(made) = self.builtin()? {
            return Ok(made);
        }
        let (name, _) = self.ident()?;
        match self.find(name).cloned() {
            Some(Entity::Local(id)) => {
                let ty = self.vars[id as usize].ty.clone();
                Ok(Expr::new(ExprKind::Local(id), ty, pos))
            }
            Some(Entity::Global(id)) => {
                let ty = self.tree.globals[id as usize].ty.clone();
                Ok(Expr::new(ExprKind::Global(id), ty, pos))
            }
            Some(Entity::Func(id)) => {
                let ty = CTy::Func(self.tree.funcs[id as usize].ty.clone());
                Ok(Expr::new(ExprKind::Func(id), ty, pos))
            }
            Some(Entity::Constant(value, ty)) => {
                let is_own = self.constants.contains(&name)
                    && self.tree.constants.iter().any(|row| row.name == name && row.value == value);
                let named = is_own.then_some(name);
                Ok(Expr::new(ExprKind::Int(value, named), ty, pos))
            }
            Some(Entity::Typedef(_)) => Err(self.syntax(format!("`{name}` is a type"))),
            None if matches!(name.as_str(), "__func__" | "__FUNCTION__" | "__PRETTY_FUNCTION__") => {
                let text: Rc<[u8]> = Rc::from(self.function.as_str().as_bytes());
                let ty = CHAR.array(text.len() as u64 + 1);
                Ok(Expr::new(ExprKind::Str(text), ty, pos))
            }
            None if self.is("(") => {
                // Declared by its call: gives an int, takes anything.
                let ty = FuncTy { ret: INT, params: Vec::new(), variadic: false, open: true };
                let id = self.declare_func(name, Rc::new(ty), false, pos);
                let ty = CTy::Func(self.tree.funcs[id as usize].ty.clone());
                Ok(Expr::new(ExprKind::Func(id), ty, pos))
            }
            None => {
                self.issue(codes::UNDECLARED, pos, format!("`{name}` is not declared"));
                Err(Stop)
            }
        }
    }

    fn generic(&mut self) -> Parsed<Expr> {
        let pos = self.next().pos;
        self.expect("(")?;
        let control = self.assignment()?;
        let control = self.rvalue(control);
        let (mut fitting, mut default) = (Vec::new(), None);
        while self.eat(",") {
            let is_default = self.eat("default");
            let ty = if is_default { None } else { Some(self.type_name()?) };
            self.expect(":")?;
            let start = self.i;
            let value = self.assignment()?;
            match ty {
                Some(ty) if ty == control.ty => fitting.push((ty, start..self.i, value)),
                None => default = Some(value),
                _ => {}
            }
        }
        self.expect(")")?;
        // What fits may differ in `const` still.
        let words = |at: &Range<usize>| self.toks[at.clone()].iter().map(|tok| tok.text);
        let differs = fitting.iter().any(|(_, at, _)| !words(at).eq(words(&fitting[0].1)));
        match self.points_to_const(&control) {
            Some(is_const) => fitting.retain(|(ty, ..)| matches!(ty, CTy::Ptr(_, to) if to.0 == is_const)),
            None if differs => return Ok(self.hole(pos, "`_Generic` that tells `const` in this operand")),
            None => {}
        }
        match fitting.into_iter().map(|(.., value)| value).next().or(default) {
            Some(value) => Ok(value),
            None => Err(self.syntax("no case of `_Generic` fits the type")),
        }
    }
}

impl Parser {
    /// Whether the object behind a pointer is const, where the expression tells: what is no pointer tells nothing.
    fn points_to_const(&self, of: &Expr) -> Option<bool> {
        let CTy::Ptr(_, to) = of.ty else { return None };
        match &of.kind {
            ExprKind::Decay(inner) | ExprKind::Addr(inner) => self.is_const_place(inner),
            ExprKind::PtrAdd(inner, _) => self.points_to_const(inner),
            ExprKind::Cond(_, a, b) => Some(self.points_to_const(a)? || self.points_to_const(b)?),
            _ => Some(to.0),
        }
    }

    /// Whether an object may not be written to; `None` where that is not known.
    fn is_const_place(&self, of: &Expr) -> Option<bool> {
        match &of.kind {
            ExprKind::Str(_) => Some(false),
            ExprKind::Local(id) => Some(self.vars[*id as usize].is_const),
            ExprKind::Global(id) => Some(self.tree.globals[*id as usize].is_const),
            ExprKind::Member(inner, record, at) => {
                let field = self.tree.records.get(*record).fields.as_ref()?.get(*at)?;
                Some(field.is_const || self.is_const_place(inner)?)
            }
            ExprKind::Deref(pointer) => self.points_to_const(pointer),
            ExprKind::Compound(..) => Some(false),
            _ => None,
        }
    }
}
