//! Library rows on shared containers: the runtime's handles give values and change through `&self`.

use super::Printer;
use crate::tree::Expr;
use crate::types::is_changed_in_place;
use batuta_catalog::{ParamRow, Take};
use batuta_core::{NodeId, Ty, TyKind};

/// What `rt::List`, `rt::SharedDict` and `rt::SharedSet` do themselves; the rest runs inside a borrow.
const LIST: &[&str] = &[
    "at",
    "clear",
    "contains",
    "count",
    "del_at",
    "del_slice",
    "extend",
    "index",
    "insert",
    "is_empty",
    "iter",
    "len",
    "len_i64",
    "multiply",
    "pop",
    "pop_at",
    "push",
    "py_concat",
    "py_repeat",
    "py_slice",
    "py_sort_by_cmp",
    "remove",
    "reverse",
    "set_at",
    "set_slice",
    "sort",
    "sort_by_key",
    "swap_at",
    "to_vec",
];
const DICT: &[&str] = &[
    "at",
    "clear",
    "contains_key",
    "del",
    "get",
    "get_or",
    "insert",
    "is_empty",
    "items",
    "keys",
    "len",
    "len_i64",
    "pop",
    "pop_or",
    "popitem",
    "remove",
    "setdefault",
    "update",
    "values",
];
const SET: &[&str] =
    &["clear", "contains", "del", "insert", "is_empty", "len", "pop", "remove", "to_vec", "update"];

/// Names of a plain list's methods that a handle has by another name.
const RENAMED: &[(&str, &str)] = &[
    ("pop_last", "pop"),
    ("py_count", "count"),
    ("py_index", "index"),
    ("py_insert", "insert"),
    ("py_multiply", "multiply"),
    ("py_remove", "remove"),
    ("py_sort", "sort"),
    ("py_sort_by_key", "sort_by_key"),
];

/// A container behind a handle, as the plain container that it holds.
pub(crate) fn shared_container(ty: Ty) -> Option<Ty> {
    match ty.strip_ref().kind() {
        TyKind::Shared(inner) => match inner.kind() {
            TyKind::List(_) | TyKind::Dict(..) | TyKind::Set(_) => Some(*inner),
            TyKind::Lib(name, _) if is_changed_in_place(*name) => Some(*inner),
            _ => None,
        },
        _ => None,
    }
}

/// The spelling of a row whose receiver is a shared container.
pub(crate) fn shared_spelling(spelling: &str, receiver: Ty, take: Take) -> String {
    let Some(plain) = shared_container(receiver) else { return spelling.to_owned() };
    let Some(rest) = spelling.strip_prefix("{0}.") else { return spelling.to_owned() };
    let (name, after) = rest.split_at(rest.find('(').unwrap_or(rest.len()));
    let (own, name) = match plain.kind() {
        // The vector's own, which gives an option.
        TyKind::List(_) if name == "pop" => (&[][..], name),
        TyKind::List(_) => (LIST, RENAMED.iter().find(|(from, _)| *from == name).map_or(name, |(_, to)| *to)),
        TyKind::Dict(..) => (DICT, name),
        TyKind::Set(_) => (SET, name),
        _ => (&[][..], name),
    };
    if own.contains(&name) {
        // A handle gives values where a plain container lends.
        return format!("{{0}}.{name}{}", after.replace(".cloned()", "").replace(".copied()", ""));
    }
    let guard = if take == Take::Write { "borrow_mut" } else { "borrow" };
    format!("{{0}}.{guard}().{name}{after}")
}

/// The cell of a shared library object, where the type has one.
pub(crate) fn is_cell(ty: Ty) -> bool {
    matches!(ty.strip_ref().kind(), TyKind::Shared(inner)
        if matches!(inner.kind(), TyKind::Lib(name, _) if is_changed_in_place(*name)))
}

impl Printer<'_, '_> {
    /// A shared container where a function of the library takes a plain one.
    pub(crate) fn lent_plain(&self, node: NodeId, param: &ParamRow, expr: Expr) -> Expr {
        let takes_plain = matches!(
            param.ty.strip_ref().kind(),
            TyKind::List(_) | TyKind::Dict(..) | TyKind::Set(_) | TyKind::FrozenSet(_) | TyKind::Lib(..)
        );
        if shared_container(self.body.ty(node)).is_none() || !takes_plain {
            return expr;
        }
        match param.take {
            Take::Read => Expr::unary("&", expr.without_ref().method("borrow", vec![])),
            Take::Write => Expr::unary("&mut ", expr.without_ref().method("borrow_mut", vec![])),
            Take::Keep => expr,
        }
    }
}
