//! `==` of the objects of a family: methods, fields or identity, by the class of each.

use crate::classes;
use crate::env::{Env, Uses};
use crate::families::{choose, subject, variant_pattern};
use crate::family::Family;
use crate::layout;
use crate::tree::Expr;
use batuta_base::Name;
use batuta_core::{ClassKind, TyKind};
use std::fmt::Write;

/// `__eq__` of the left object, else of the right one, else identity. A method that is unequal to whatever is of
/// another class takes objects of its class alone.
pub(crate) fn own(env: &Env<'_>, family: &Family, module: Name, uses: &mut Uses) -> String {
    let paths = family.defs.get("__eq__").map_or(&[][..], |paths| paths);
    let lent = |path: &Name| {
        let other = env.function(*path).and_then(|body| Some(body.locals[body.params.get(1)?.local].ty));
        other.is_none_or(|ty| matches!(ty.kind(), TyKind::Ref(inner) if inner.class_path().is_some()))
    };
    if !paths.iter().all(lent) {
        return of_others(env, family, paths, module, uses);
    }
    let all = family.concrete.len();
    let mut tests: Vec<(Vec<Name>, Vec<Name>)> = Vec::new();
    for path in family.defs.get("__eq__").into_iter().flatten() {
        let found = |class: &Name| env.program.find_method(*class, "__eq__") == Some(*path);
        let answering: Vec<Name> = family.concrete.iter().copied().filter(found).collect();
        let operand = env.function(*path).and_then(|body| {
            body.locals[body.params.get(1)?.local].ty.strip_ref().strip_shared().class_path()
        });
        let taken = operand.map_or_else(Vec::new, |class| family.concrete_below(env.program, class));
        let taken = if taken.is_empty() { family.concrete.clone() } else { taken };
        if !answering.is_empty() {
            tests.push((answering, taken));
        }
    }
    if tests.iter().map(|(answering, _)| answering.len()).sum::<usize>() == all
        && tests.iter().all(|(_, taken)| taken.len() == all)
    {
        return "self.equals(other)".to_owned();
    }
    let is_of = |object: &str, classes: &[Name]| {
        let pats: Vec<String> =
            classes.iter().map(|class| variant_pattern(env, family, *class, None)).collect();
        let subject = subject(env, family, Expr::atom(object));
        Expr::Macro("matches".to_owned(), vec![subject, Expr::Atom(pats.join(" | "))])
    };
    let mut out = String::new();
    for (left, right) in [("self", "other"), ("other", "self")] {
        // Both are of those classes, or neither: the left one has answered.
        for (answering, taken) in tests.iter().filter(|(a, taken)| left == "self" || a != taken) {
            let test = match (answering.len() == all, taken.len() == all) {
                (_, true) => is_of(left, answering),
                (true, false) => is_of(right, taken),
                (false, false) => is_of(left, answering).binary("&&", is_of(right, taken)),
            };
            let test = layout::render(&test, 8, 8, 0);
            let _ = write!(out, "if {test} {{\n            {left}.equals({right})\n        }} else ");
        }
    }
    let rest = match family.concrete.iter().any(|class| record_of(env, *class).is_some()) {
        true => layout::render(&field_equality(env, family), 12, 12, 0),
        false => "std::ptr::eq(self, other)".to_owned(),
    };
    out + &format!("{{\n            {rest}\n        }}")
}

/// `==` of two objects by a method that takes something else, too, or only that.
fn of_others(env: &Env<'_>, family: &Family, paths: &[Name], module: Name, uses: &mut Uses) -> String {
    let one = match paths {
        [path] => env.function(*path),
        _ => None,
    };
    if let Some(call) = one.and_then(|body| crate::own_operand::call(env, body, family.root, module, uses)) {
        return call;
    }
    uses.rt = true;
    let words = format!("not yet implemented: `==` of two `{}`", family.root.last());
    format!("std::ptr::eq(self, other)\n            || rt::raise_new(rt::NotTranslated, \"{words}\")")
}

/// The dataclass whose fields decide whether two objects of a class are equal.
fn record_of(env: &Env<'_>, class: Name) -> Option<Name> {
    let is_record = |path: &Name| {
        env.class(*path).is_some_and(|def| matches!(def.kind, ClassKind::Dataclass { eq: true, .. }))
    };
    env.program.mro(class).into_iter().find(is_record)
}

/// Equality of records of which some field does not count: of one class, by the fields that do.
pub(crate) fn by_fields(env: &Env<'_>, family: &Family, name: &str) -> String {
    let text = layout::render(&field_equality(env, family), 8, 8, 0);
    format!(
        "\nimpl PartialEq for {name} {{\n    fn eq(&self, other: &Self) -> bool {{\n        {text}\n    }}\n}}\n"
    )
}

/// `self` and `other` are of one class and equal in the fields that count; other objects equal only themselves.
fn field_equality(env: &Env<'_>, family: &Family) -> Expr {
    let equal = |class: Name| {
        let Some(record) = record_of(env, class) else {
            return Expr::call("std::ptr::eq", vec![Expr::atom("self"), Expr::atom("other")]);
        };
        let fields = env.all_fields(record);
        let parts = fields.into_iter().filter(|field| field.flags.compare).map(|field| {
            let of = |object: &str| classes::field_of(env, Expr::atom(object), class, field);
            of("self").binary("==", of("other"))
        });
        parts.reduce(|a, b| a.binary("&&", b)).unwrap_or(Expr::atom("true"))
    };
    let kind = |object: &str| {
        let subject = subject(env, family, Expr::atom(object));
        let subject = if family.has_base { Expr::unary("&", subject) } else { subject };
        Expr::call("std::mem::discriminant", vec![subject])
    };
    let groups = family.concrete.iter().map(|class| (vec![*class], equal(*class))).collect();
    let by_class = choose(env, family, subject(env, family, Expr::atom("self")), groups);
    kind("self").binary("==", kind("other")).binary("&&", by_class)
}

/// `<` of two objects of a family that says it: a method that takes more than those cannot have what is only lent.
pub fn order(env: &Env<'_>, family: &Family, name: &str, paths: &[Name]) -> String {
    let takes_own = |path: &Name| {
        let other = env.function(*path).and_then(|body| Some(body.locals[body.params.get(1)?.local].ty));
        other.is_some_and(|ty| matches!(ty.strip().kind(), TyKind::Class(..)))
    };
    let (other, less) = match paths.iter().all(takes_own) {
        true => ("other", "self.less(other)".to_owned()),
        false => {
            let words = format!("not yet implemented: the order of `{}` here", family.root.last());
            ("_", format!("rt::raise_new(rt::NotTranslated, \"{words}\")"))
        }
    };
    format!(
        "\nimpl rt::PyOrd for {name} {{\n    fn py_lt(&self, {other}: &Self) -> bool {{\n        {less}\n    }}\n}}\n"
    )
}
