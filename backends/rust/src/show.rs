//! How the source language shows objects: the trait of the runtime, its methods, and the functions that display.

use crate::env::{Env, Uses};
use crate::print::Printer;
use crate::tree::Expr;
use batuta_base::Name;
use batuta_core::{
    Callee, ClassKind, Const, Conv, FieldDef, IntOp, Lang, Node, Op, Piece, Proj, Stmt, StmtKind, Ty, TyKind,
};

/// Names in the runtime.
pub struct Texts {
    pub show: &'static str,
    pub fmt_repr: &'static str,
    pub fmt_str: &'static str,
    pub repr: &'static str,
    pub str: &'static str,
}

const PYTHON: Texts =
    Texts { show: "rt::Repr", fmt_repr: "fmt_repr", fmt_str: "fmt_str", repr: "repr", str: "str" };
const RUCHY: Texts = Texts {
    show: "rt::ruchy::Show",
    fmt_repr: "fmt_nested",
    fmt_str: "fmt_text",
    repr: "ruchy::nested",
    str: "ruchy::text",
};

/// The names for a language.
pub fn texts(lang: Lang) -> &'static Texts {
    if lang == Lang::Ruchy { &RUCHY } else { &PYTHON }
}

impl Env<'_> {
    /// How the program's objects are shown.
    pub fn texts(&self) -> &'static Texts {
        texts(self.program.lang())
    }

    /// Whether a class without `__init__` has a function that makes its objects: where some call makes one.
    pub fn has_constructor(&self, class: Name) -> bool {
        let makes =
            |node: &Node| matches!(node, Node::Call { callee: Callee::New(made), .. } if *made == class);
        !self.is_ruchy()
            || self.program.fns.values().any(|body| body.nodes.iter().any(|(_, row)| makes(&row.kind)))
    }

    /// Whether some body reads a field of this name.
    pub fn reads_field(&self, name: &str) -> bool {
        let mut found = false;
        for body in self.program.fns.values() {
            body.each_place(&mut |place| {
                found |= place.proj.iter().any(|proj| matches!(proj, Proj::Field(field) if *field == name));
            });
        }
        found
    }

    /// Whether text is made of objects of a class, alone or inside of others. Always in Python, where anything may.
    pub fn is_shown(&self, class: Name) -> bool {
        if !self.is_ruchy() {
            return true;
        }
        self.is_among(&self.shown_types(false).0, class)
    }

    /// Whether `{:?}` of Ruchy is asked of objects of a class, alone or inside of others.
    pub fn is_debugged(&self, class: Name) -> bool {
        self.is_ruchy() && self.is_among(&self.shown_types(true).0, class)
    }

    fn is_among(&self, seen: &[Name], class: Name) -> bool {
        seen.iter()
            .any(|path| self.program.is_subclass(*path, class) || self.program.is_subclass(class, *path))
    }

    /// Whether Rust's own `Debug` of a type has the text that the source asks for.
    pub fn debugs_as_rust(&self, ty: Ty) -> bool {
        match ty.strip_ref().kind() {
            TyKind::Int(_) | TyKind::Float(_) | TyKind::Bool | TyKind::Str => true,
            TyKind::List(_) | TyKind::Option(_) | TyKind::Tuple(_) => {
                ty.strip_ref().children().into_iter().all(|part| self.debugs_as_rust(part))
            }
            TyKind::Lib(name, args) if matches!(name.as_str(), "Option" | "Result") => {
                args.iter().all(|part| self.debugs_as_rust(*part))
            }
            _ => false,
        }
    }

    /// Whether text is made of values of a union.
    pub fn is_union_shown(&self, union: Ty) -> bool {
        self.shown_types(false).1.contains(&union)
    }

    /// Classes and unions of which text is made, alone or inside of others: any text, or that of `{:?}`.
    fn shown_types(&self, is_debug: bool) -> (Vec<Name>, Vec<Ty>) {
        // Dynamic values show their objects.
        let mut open: Vec<Ty> = match is_debug {
            true => Vec::new(),
            false => self.dynamic.classes.iter().map(|class| Ty::class(*class)).collect(),
        };
        for body in self.program.fns.values() {
            for (_, row) in body.nodes.iter() {
                match &row.kind {
                    Node::Format(pieces) if is_debug => {
                        open.extend(pieces.iter().filter_map(|piece| match piece {
                            Piece::Value { value, conv: Conv::Repr, .. } => Some(body.ty(*value)),
                            _ => None,
                        }));
                    }
                    Node::Format(pieces) => {
                        open.extend(Piece::values(pieces).iter().map(|value| body.ty(*value)))
                    }
                    Node::Call { callee: Callee::Lib(name), args } if !is_debug && makes_text(*name) => {
                        open.extend(args.iter().map(|arg| body.ty(arg.value)));
                    }
                    _ => {}
                }
            }
        }
        let mut seen: Vec<Name> = Vec::new();
        let mut unions: Vec<Ty> = Vec::new();
        while let Some(ty) = open.pop() {
            open.extend(ty.children());
            if matches!(ty.kind(), TyKind::Union(_)) {
                unions.push(ty);
            }
            let Some(path) = ty.class_path().filter(|path| !seen.contains(path)) else { continue };
            seen.push(path);
            let family = self.program.classes.keys().filter(|other| self.program.is_subclass(**other, path));
            for member in family.copied().collect::<Vec<_>>() {
                seen.push(member);
                open.extend(self.program.all_fields(member).iter().map(|field| field.ty));
            }
        }
        (seen, unions)
    }

    /// Whether rustc may see that an operation of the program always stops it, which it refuses by itself: a division by
    /// a name that is zero, a sum of numbers near the ends.
    pub fn has_sure_fault(&self) -> bool {
        let is_far = |digits: &str| digits.parse::<i64>().is_ok_and(|value| value.unsigned_abs() > 1 << 40);
        self.is_ruchy()
            && self.program.fns.values().any(|body| {
                let zero = |stmt: &Stmt| match &stmt.kind {
                    StmtKind::Let { value: Some(value), .. } | StmtKind::Set { value, .. } => {
                        matches!(body.as_const(*value), Some(Const::Int(digits)) if &**digits == "0")
                    }
                    _ => false,
                };
                let mut has_zero = false;
                body.walk_stmts(body.root, &mut |stmt| has_zero |= zero(stmt));
                body.nodes.iter().any(|(_, row)| match &row.kind {
                    Node::Const(Const::Int(digits)) => is_far(digits),
                    Node::Op { op: Op::IntOp(IntOp::Div | IntOp::Rem), args, .. } => {
                        match body.as_const(args[1]) {
                            Some(Const::Int(digits)) => &**digits == "0",
                            Some(_) => false,
                            None => has_zero,
                        }
                    }
                    _ => false,
                })
            })
    }

    pub fn is_ruchy(&self) -> bool {
        self.program.lang() == Lang::Ruchy
    }
}

impl Printer<'_, '_> {
    /// `rt::str` or `rt::repr` in the body's language.
    pub(crate) fn text_function(&mut self, is_repr: bool) -> String {
        let texts = texts(self.body.lang);
        self.rt(if is_repr { texts.repr } else { texts.str })
    }
}

/// Whether objects of a class are shown by their fields alone.
pub fn is_nameless(env: &Env<'_>, class: Name) -> bool {
    env.class(class).is_some_and(|def| matches!(def.kind, ClassKind::Dataclass { repr: false, .. }))
}

/// `P {x: 1, y: 2}` sorted by name, `Circle(2.0)`, `Point`: the arguments of a `write!`.
pub fn record(name: &str, fields: &[&FieldDef], value: impl Fn(&FieldDef) -> Expr) -> Vec<Expr> {
    let mut fields = fields.to_vec();
    let is_tuple = fields.first().is_some_and(|field| is_position(field.name));
    if !is_tuple {
        fields.sort_by_key(|field| field.name);
    }
    let part = |field: &&FieldDef| if is_tuple { "{}".to_owned() } else { format!("{}: {{}}", field.name) };
    let parts: Vec<String> = fields.iter().map(part).collect();
    let text = match (fields.is_empty(), is_tuple) {
        (true, _) => name.to_owned(),
        (_, true) => format!("{name}({})", parts.join(", ")),
        _ if name.is_empty() => format!("{{{{{}}}}}", parts.join(", ")),
        _ => format!("{name} {{{{{}}}}}", parts.join(", ")),
    };
    let mut args = vec![Expr::atom("f"), Expr::Atom(format!("\"{text}\""))];
    args.extend(fields.iter().map(|field| {
        let text = if field.flags.nil { "rt::ruchy::nested_or_nil" } else { "rt::ruchy::nested" };
        Expr::call(text, vec![Expr::unary("&", value(field))])
    }));
    args
}

/// What `{:?}` of Ruchy shows of an object.
pub fn fields_debug(env: &Env<'_>, class: Name, uses: &mut Uses) -> Expr {
    if is_nameless(env, class) {
        return crate::classes::fields_write(env, class, uses);
    }
    let fields = env.all_fields(class);
    let shown: Vec<&FieldDef> = fields.iter().filter(|field| field.flags.repr).copied().collect();
    debug(class.last(), &shown, |field| crate::classes::field_value(env, class, field))
}

/// `f.debug_struct("P").field("x", ..).finish()`.
fn debug(name: &str, fields: &[&FieldDef], value: impl Fn(&FieldDef) -> Expr) -> Expr {
    let shown = |field: &FieldDef| {
        let inner = Expr::call("rt::ruchy::debug", vec![Expr::unary("&", value(field))]);
        Expr::unary("&", inner)
    };
    let text = |text: &str| Expr::Atom(crate::literal::string(text));
    let Some(first) = fields.first() else { return Expr::atom("f").method("write_str", vec![text(name)]) };
    let is_tuple = is_position(first.name);
    let start = if is_tuple { "debug_tuple" } else { "debug_struct" };
    let all = fields.iter().fold(Expr::atom("f").method(start, vec![text(name)]), |built, field| {
        let args = match is_tuple {
            true => vec![shown(field)],
            false => vec![text(field.name.as_str()), shown(field)],
        };
        built.method("field", args)
    });
    all.method("finish", Vec::new())
}

/// Functions of the library that show their arguments.
fn makes_text(name: Name) -> bool {
    let plain = name.as_str().split('#').next().unwrap_or_default();
    let names = ["assert_eq", "assert_ne", "dbg", "tell", "to_string", "shown", "or_nil", "join"];
    plain.strip_prefix("ruchy.").is_some_and(|name| names.contains(&name))
}

/// A field that has a position, no name.
fn is_position(name: Name) -> bool {
    name.as_str()
        .strip_prefix('_')
        .is_some_and(|rest| !rest.is_empty() && rest.bytes().all(|b| b.is_ascii_digit()))
}
