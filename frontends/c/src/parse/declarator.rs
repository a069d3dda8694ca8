//! Declarators: what stands around a name and makes pointers, arrays and functions of a type.

use super::*;

/// A declarator that was read.
pub(super) struct Declared {
    pub(super) name: Option<Name>,
    pub(super) ty: CTy,
    pub(super) pos: Pos,
    /// Parameters, where the declarator itself is a function's.
    pub(super) params: Option<Vec<VarId>>,
    /// Names of the parameters.
    pub(super) scope: Option<Scope>,
    /// What the types of the parameters ask for when the function starts: lengths of arrays.
    pub(super) asked: Vec<Stmt>,
    /// The object itself is const: `T *const p`.
    pub(super) is_const: bool,
}

impl Parser {
    /// `*name[3]` and the like around a base type; the name may be missing.
    pub(super) fn declarator(&mut self, base: CTy, base_is_const: bool) -> Parsed<Declared> {
        self.enter()?;
        let mut ty = base;
        let mut to_const = base_is_const;
        let mut is_const = false;
        loop {
            if self.eat("*") {
                ty = CTy::Ptr(Rc::new(ty), ToConst(to_const));
                to_const = false;
                is_const = false;
            } else if self.is("const") {
                self.next();
                to_const = true;
                is_const = true;
            } else if self.is("volatile") || self.is("_Atomic") {
                self.next();
            } else if self.is("__attribute__") {
                self.attributes(&mut None)?;
            } else {
                break;
            }
        }
        let mut out = if self.is("(") && self.is_nested() {
            self.nested(ty)?
        } else {
            let pos = self.pos();
            let has_name = self.peek().kind == Kind::Ident && !is_keyword(self.peek().text.as_str());
            let name = if has_name { Some(self.next().text) } else { None };
            let mut out = Declared {
                name,
                ty: CTy::Void,
                pos,
                params: None,
                scope: None,
                asked: Vec::new(),
                is_const: false,
            };
            out.ty = self.suffix(ty, Some(&mut out))?;
            out
        };
        out.is_const |= is_const && out.ty.is_ptr();
        self.leave();
        Ok(out)
    }

    /// Whether a parenthesis holds a declarator and no parameters.
    fn is_nested(&self) -> bool {
        let next = self.peek_at(1);
        let is_type = self.is_type(next) && !next.is("__attribute__");
        !next.is(")") && !is_type
    }

    /// `(*name)(int)`: what follows the parenthesis binds to the base type first.
    fn nested(&mut self, base: CTy) -> Parsed<Declared> {
        let start = self.i;
        self.skip_parens()?;
        let mut outer = Declared {
            name: None,
            ty: CTy::Void,
            pos: self.pos(),
            params: None,
            scope: None,
            asked: Vec::new(),
            is_const: false,
        };
        let ty = self.suffix(base, Some(&mut outer))?;
        let end = self.i;
        self.i = start;
        self.expect("(")?;
        let mut out = self.declarator(ty, false)?;
        // `(name)(int x)`: the parentheses say nothing.
        if out.params.is_none() && matches!(out.ty, CTy::Func(_)) {
            (out.params, out.scope) = (outer.params, outer.scope);
        }
        self.expect(")")?;
        self.i = end;
        Ok(out)
    }

    /// Arrays and parameters behind a name.
    fn suffix(&mut self, base: CTy, own: Option<&mut Declared>) -> Parsed<CTy> {
        if self.eat("[") {
            return self.array_suffix(base);
        }
        if !self.eat("(") {
            return Ok(base);
        }
        self.push_scope();
        let first = self.pending.len();
        let found = self.parameters();
        let scope = self.scopes.pop().unwrap_or_default();
        // A prototype computes nothing.
        let asked = self.pending.split_off(first);
        let (ids, params, variadic, open) = found?;
        let params = params.into_iter().map(|ty| of_any_length(&ty)).collect();
        let ret = self.suffix(base, None)?;
        if let Some(own) = own {
            own.params = Some(ids);
            own.scope = Some(scope);
            own.asked = asked;
        }
        Ok(CTy::Func(Rc::new(FuncTy { ret, params, variadic, open })))
    }

    fn array_suffix(&mut self, base: CTy) -> Parsed<CTy> {
        while self.is("static") || self.is("const") || self.is("volatile") {
            self.next();
        }
        if self.eat("]") {
            let item = self.suffix(base, None)?;
            return Ok(CTy::Array(Rc::new(item), None));
        }
        if self.is("*") && self.peek_at(1).is("]") {
            self.next();
            self.next();
            let item = self.suffix(base, None)?;
            return Ok(CTy::Array(Rc::new(item), None));
        }
        let pos = self.pos();
        let len = self.assignment()?;
        self.expect("]")?;
        if let Some(len) = len.as_int() {
            let item = self.suffix(base, None)?;
            // What has an item of variable length has one itself.
            if len < 0 {
                self.issue(codes::TYPE, pos, "the length of an array is negative");
            }
            if matches!(item, CTy::Vla(..)) {
                let len = Expr::int(len, LONG, pos);
                return Ok(self.vla(item, len));
            }
            return Ok(CTy::Array(Rc::new(item), Some(len.max(0) as u64)));
        }
        let len = self.cast(len, &LONG);
        let held = self.held_length(len);
        let item = self.suffix(base, None)?;
        Ok(CTy::Vla(Rc::new(item), held))
    }

    fn vla(&mut self, item: CTy, len: Expr) -> CTy {
        let held = self.held_length(len);
        CTy::Vla(Rc::new(item), held)
    }

    /// A variable for the length of an array, set before the declaration.
    fn held_length(&mut self, len: Expr) -> VarId {
        let pos = len.pos;
        let held = self.temp("length", LONG, pos);
        self.pending.push(Stmt { kind: StmtKind::Decl(held, Some(Init::Expr(len))), pos });
        held
    }

    /// Variables and types of parameters, `...`, and whether nothing is known of them.
    #[allow(clippy::type_complexity)]
    fn parameters(&mut self) -> Parsed<(Vec<VarId>, Vec<CTy>, bool, bool)> {
        let (mut ids, mut types) = (Vec::new(), Vec::new());
        if self.eat(")") {
            return Ok((ids, types, false, true));
        }
        if self.is("void") && self.peek_at(1).is(")") {
            self.next();
            self.next();
            return Ok((ids, types, false, false));
        }
        // Names without types: an old definition.
        if !self.at_type() {
            while !self.eat(")") {
                let (name, pos) = self.ident()?;
                let id = self.new_var(name, INT, pos, false);
                self.bind(name, Entity::Local(id));
                ids.push(id);
                self.eat(",");
            }
            return Ok((ids, types, false, true));
        }
        loop {
            if self.eat("...") {
                self.expect(")")?;
                return Ok((ids, types, true, false));
            }
            let specs = self.specs()?;
            let declared = self.declarator(specs.ty, specs.is_const)?;
            self.after_declarator(&mut None)?;
            let ty = adjusted(declared.ty, specs.is_const);
            let name = declared.name.unwrap_or(Name::new("_unused"));
            let id = self.new_var(name, ty.clone(), declared.pos, false);
            self.vars[id as usize].is_const = ty.is_const(specs.is_const, declared.is_const);
            if declared.name.is_some() {
                self.bind(name, Entity::Local(id));
            }
            ids.push(id);
            types.push(ty);
            if !self.eat(",") {
                break;
            }
        }
        self.expect(")")?;
        Ok((ids, types, false, false))
    }

    /// A type without a name: `int (*)[3]`.
    pub(super) fn type_name(&mut self) -> Parsed<CTy> {
        let specs = self.specs()?;
        Ok(self.declarator(specs.ty, specs.is_const)?.ty)
    }
}

/// A type of a parameter as callers see it: the lengths of its arrays are the function's own.
fn of_any_length(ty: &CTy) -> CTy {
    match ty {
        CTy::Vla(item, _) => of_any_length(item),
        CTy::Array(item, len) => CTy::Array(Rc::new(of_any_length(item)), *len),
        CTy::Ptr(inner, is_const) => CTy::Ptr(Rc::new(of_any_length(inner)), *is_const),
        other => other.clone(),
    }
}

/// The type of a parameter: arrays, of const items or not, and functions are pointers.
pub(super) fn adjusted(ty: CTy, is_const: bool) -> CTy {
    match ty {
        CTy::Array(item, _) | CTy::Vla(item, _) => CTy::Ptr(item, ToConst(is_const)),
        CTy::Func(_) => ty.ptr(),
        other => other,
    }
}
