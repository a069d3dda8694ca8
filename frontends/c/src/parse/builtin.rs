//! `__builtin_*`: what headers are made of, and what GNU C offers beside functions.

use super::*;

impl Parser {
    /// A builtin that is no plain function; `None` where the name is none.
    pub(super) fn builtin(&mut self) -> Parsed<Option<Expr>> {
        let tok = self.peek().clone();
        let Some(name) = tok.text.as_str().strip_prefix("__builtin_") else { return Ok(None) };
        let pos = tok.pos;
        let made = match name {
            "va_start" | "va_arg" | "va_end" | "va_copy" => self.varargs(name, pos)?,
            "offsetof" => self.offset_of(pos)?,
            "types_compatible_p" => {
                self.open_builtin()?;
                let a = self.type_name()?;
                self.expect(",")?;
                let b = self.type_name()?;
                self.expect(")")?;
                Expr::int(i128::from(a == b), INT, pos)
            }
            "constant_p" => {
                let args = self.builtin_args()?;
                Expr::int(i128::from(args.first().is_some_and(|arg| arg.as_int().is_some())), INT, pos)
            }
            "expect" => {
                let mut args = self.builtin_args()?;
                if args.is_empty() {
                    return Err(self.syntax("an argument is missing"));
                }
                let value = args.remove(0);
                let mut out = self.cast(value, &LONG);
                // What the guess does is done.
                for guess in args.into_iter().filter(|arg| arg.as_int().is_none()) {
                    let guess = self.explicit_cast(guess, CTy::Void, pos);
                    out = Expr::new(ExprKind::Comma(guess.boxed(), out.boxed()), LONG, pos);
                }
                out
            }
            "choose_expr" => {
                let mut args = self.builtin_args()?;
                if args.len() != 3 {
                    return Err(self.syntax("`__builtin_choose_expr` takes three arguments"));
                }
                let holds = args[0].as_int().is_some_and(|value| value != 0);
                args.swap_remove(if holds { 1 } else { 2 })
            }
            name if typed_overflow(name).is_some() => {
                self.overflow(typed_overflow(name).unwrap_or(name), pos)?
            }
            "object_size" => {
                let args = self.builtin_args()?;
                let kind = args.get(1).and_then(Expr::as_int).unwrap_or(0);
                Expr::int(if kind < 2 { i128::from(u64::MAX) } else { 0 }, ULONG, pos)
            }
            "assume_aligned" | "expect_with_probability" => {
                let mut args = self.builtin_args()?;
                if args.is_empty() {
                    return Err(self.syntax("an argument is missing"));
                }
                let value = args.remove(0);
                let value = self.rvalue(value);
                if name == "assume_aligned" {
                    self.cast(value, &CTy::Void.ptr())
                } else {
                    self.cast(value, &LONG)
                }
            }
            "prefetch" | "assume" => {
                // Advice; what its arguments do is done.
                let mut out = Expr::int(0, INT, pos);
                for arg in self.builtin_args()? {
                    let arg = self.rvalue(arg);
                    let ty = arg.ty.clone();
                    out = Expr::new(ExprKind::Comma(out.boxed(), arg.boxed()), ty, pos);
                }
                self.explicit_cast(out, CTy::Void, pos)
            }
            "unreachable" | "trap" => {
                self.builtin_args()?;
                self.library_call("abort", Vec::new(), pos)
            }
            "huge_val" | "inf" | "huge_valf" | "inff" | "huge_vall" | "infl" => {
                self.builtin_args()?;
                Expr::new(ExprKind::Float(f64::INFINITY), float_of(name), pos)
            }
            "nan" | "nanf" | "nanl" => {
                self.builtin_args()?;
                Expr::new(ExprKind::Float(f64::NAN.abs()), float_of(name), pos)
            }
            "classify_type" => {
                let args = self.builtin_args()?;
                let class = args.into_iter().next().map_or(0, |arg| class_of(&self.rvalue(arg).ty));
                Expr::int(class, INT, pos)
            }
            _ => {
                let name = name.to_owned();
                return self.plain_builtin(&name, pos).map(Some);
            }
        };
        Ok(Some(made))
    }

    fn open_builtin(&mut self) -> Parsed<()> {
        self.next();
        self.expect("(")
    }

    fn builtin_args(&mut self) -> Parsed<Vec<Expr>> {
        self.open_builtin()?;
        let mut args = Vec::new();
        while !self.is(")") {
            args.push(self.assignment()?);
            if !self.eat(",") {
                break;
            }
        }
        self.expect(")")?;
        Ok(args)
    }

    fn varargs(&mut self, name: &str, pos: Pos) -> Parsed<Expr> {
        self.open_builtin()?;
        let list = self.assignment()?;
        let list = self.rvalue(list).boxed();
        let mut second = None;
        let mut ty = CTy::Void;
        if self.eat(",") {
            if name == "va_arg" {
                ty = self.type_name()?;
            } else {
                let value = self.assignment()?;
                second = Some(self.rvalue(value).boxed());
            }
        }
        self.expect(")")?;
        let kind = match (name, second) {
            ("va_start", _) => ExprKind::VaStart(list),
            ("va_arg", _) => ExprKind::VaArg(list),
            ("va_copy", Some(from)) => ExprKind::VaCopy(list, from),
            _ => ExprKind::VaEnd(list),
        };
        Ok(Expr::new(kind, ty, pos))
    }

    fn offset_of(&mut self, pos: Pos) -> Parsed<Expr> {
        self.open_builtin()?;
        let mut ty = self.type_name()?;
        self.expect(",")?;
        let mut offset = Expr::int(0, ULONG, pos);
        let mut needs_name = true;
        while needs_name || self.is(".") || self.is("[") {
            if self.eat("[") {
                let index = self.expression()?;
                self.expect("]")?;
                let Some(item) = ty.pointee().cloned() else {
                    return Err(self.syntax("`[` of what is no array"));
                };
                let size = self.size_of(&item, pos);
                let index = self.cast(index, &ULONG);
                let bytes = self.binary("*", index, size);
                offset = self.binary("+", offset, bytes);
                ty = item;
                continue;
            }
            if !needs_name {
                self.next();
            }
            needs_name = false;
            let (name, _) = self.ident()?;
            let CTy::Record(id) = ty else { return Err(self.syntax("a struct was expected")) };
            let Some(path) = self.tree.records.find(id, name) else {
                return Err(self.syntax(format!("no member is called `{name}`")));
            };
            let mut id = id;
            for index in path {
                let Some(field) =
                    self.tree.records.get(id).fields.as_ref().map(|fields| fields[index].clone())
                else {
                    return Err(self.syntax("the struct has no fields yet"));
                };
                let more = Expr::int(i128::from(field.offset), ULONG, pos);
                offset = self.binary("+", offset, more);
                if let CTy::Record(inner) = field.ty {
                    id = inner;
                }
                ty = field.ty;
            }
        }
        self.expect(")")?;
        Ok(offset)
    }

    /// `__builtin_add_overflow(a, b, &to)`: exact in 128 bits, stored narrowed, compared.
    fn overflow(&mut self, name: &str, pos: Pos) -> Parsed<Expr> {
        let mut args = self.builtin_args()?;
        if args.len() != 3 {
            return Err(self.syntax("three arguments are needed"));
        }
        let to = args.remove(2);
        let to = self.rvalue(to);
        let (b, a) = (args.remove(1), args.remove(0));
        let is_unsigned = |of: &Expr| matches!(of.ty, CTy::Int(kind) if kind.size() == 8 && !kind.signed());
        let kind = if is_unsigned(&a) && is_unsigned(&b) { IntKind::U128 } else { IntKind::I128 };
        let wide = CTy::Int(kind);
        let (a, b) = (self.cast(a, &wide), self.cast(b, &wide));
        let op = match name {
            "add_overflow" => "+",
            "sub_overflow" => "-",
            _ => "*",
        };
        let exact = self.binary(op, a, b);
        let held = self.temp("exact", wide.clone(), pos);
        let held = || Expr::new(ExprKind::Local(held), CTy::Int(kind), pos);
        let first = self.assign(held(), exact);
        let place = self.deref(to, pos);
        let narrow = place.ty.clone();
        let value = self.cast(held(), &narrow);
        let store = self.assign(place, value);
        let narrowed = self.cast(held(), &narrow);
        let back = self.cast(narrowed, &wide);
        let differs = self.binary("!=", back, held());
        let inner = Expr::new(ExprKind::Comma(store.boxed(), differs.boxed()), INT, pos);
        Ok(Expr::new(ExprKind::Comma(first.boxed(), inner.boxed()), INT, pos))
    }

    /// A call of a library function, whether or not its header was read.
    fn library_call(&mut self, name: &str, args: Vec<Expr>, pos: Pos) -> Expr {
        let Some(ty) = library::signature(name).or_else(|| counted(name)) else {
            return self.hole(pos, format!("`__builtin_{name}`"));
        };
        let id = self.declare_func(Name::new(name), ty.clone(), false, pos);
        self.tree.funcs[id as usize].is_library = true;
        let callee = Expr::new(ExprKind::Func(id), CTy::Func(ty.clone()).ptr(), pos);
        self.call_of(callee, &ty, args, pos)
    }

    fn plain_builtin(&mut self, name: &str, pos: Pos) -> Parsed<Expr> {
        let mut args = self.builtin_args()?;
        let order = match name {
            "isless" => Some("<"),
            "islessequal" => Some("<="),
            "isgreater" => Some(">"),
            "isgreaterequal" => Some(">="),
            _ => None,
        };
        if let (Some(order), 2) = (order, args.len()) {
            let (b, a) = (args.pop(), args.pop());
            if let (Some(a), Some(b)) = (a, b) {
                return Ok(self.binary(order, a, b));
            }
        }
        let known = match name {
            "isunordered" | "islessgreater" => format!("__{name}"),
            "isinff" | "isinfl" | "isnanf" | "isnanl" => format!("__{}", &name[..5]),
            "isnan" | "isinf" | "isfinite" | "signbit" => format!("__{name}"),
            "isinf_sign" => "__isinf".to_owned(),
            other => other.to_owned(),
        };
        Ok(self.library_call(&known, args, pos))
    }
}

fn float_of(name: &str) -> CTy {
    if name.ends_with("ff") || name == "huge_valf" { CTy::Float } else { CTy::Double }
}

/// Types of the builtins that count bits.
fn counted(name: &str) -> Option<Rc<FuncTy>> {
    let (base, kind) = match name {
        name if name.ends_with("ll") => (&name[..name.len() - 2], IntKind::ULLong),
        name if name.ends_with('l') => (&name[..name.len() - 1], IntKind::ULong),
        name => (name, IntKind::UInt),
    };
    let ty = |ret: CTy, param: CTy| {
        Some(Rc::new(FuncTy { ret, params: vec![param], variadic: false, open: false }))
    };
    match base {
        "popcount" | "clz" | "ctz" | "parity" => ty(INT, CTy::Int(kind)),
        "ffs" | "clrsb" => {
            let signed = match kind {
                IntKind::UInt => INT,
                _ => LONG,
            };
            ty(INT, signed)
        }
        "bswap16" => ty(CTy::Int(IntKind::UShort), CTy::Int(IntKind::UShort)),
        "bswap32" => ty(UINT, UINT),
        "bswap64" => ty(ULONG, ULONG),
        _ => None,
    }
}

/// What `__builtin_classify_type` gives.
fn class_of(ty: &CTy) -> i128 {
    match ty {
        CTy::Void => 0,
        CTy::Ptr(..) => 5,
        CTy::Float | CTy::Double | CTy::LongDouble => 8,
        CTy::Record(_) => 12,
        _ => 1,
    }
}

/// `smull_overflow`, `uadd_overflow` and their like as those that take any types.
fn typed_overflow(name: &str) -> Option<&'static str> {
    let name = name.strip_suffix("_overflow")?;
    let plain = ["add", "sub", "mul"].into_iter().zip(["add_overflow", "sub_overflow", "mul_overflow"]);
    let is_same = |of: &str| {
        let typed = name.strip_prefix(['s', 'u']).map(|rest| rest.trim_end_matches('l'));
        name == of || typed == Some(of) || typed == Some(of.trim_end_matches('l'))
    };
    plain.into_iter().find(|(of, _)| is_same(of)).map(|(_, whole)| whole)
}
