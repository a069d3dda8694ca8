//! Comparisons, identity and questions of emptiness.

use super::Printer;
use crate::capture::free_name;
use crate::tree::Expr;
use crate::types::Position;
use batuta_core::*;

impl Printer<'_, '_> {
    pub(crate) fn compare(&mut self, op: CmpOp, left: NodeId, right: NodeId) -> Expr {
        let sign = match op {
            CmpOp::Eq => "==",
            CmpOp::Ne => "!=",
            CmpOp::Lt => "<",
            CmpOp::Le => "<=",
            CmpOp::Gt => ">",
            CmpOp::Ge => ">=",
            CmpOp::Is | CmpOp::IsNot => {
                let sign = if op == CmpOp::Is { "==" } else { "!=" };
                return match self.compare_classes(sign, left, right) {
                    Some(expr) => expr,
                    None => self.identity(op, left, right),
                };
            }
        };
        if let Some(expr) = self.compare_length(sign, left, right) {
            return expr;
        }
        if let Some(expr) = self.compare_classes(sign, left, right) {
            return expr;
        }
        if let Some(expr) = self.compare_empty(op, left, right) {
            return expr;
        }
        let (left_ty, right_ty) = (self.shown_ty(left), self.shown_ty(right));
        if left_ty.is_char() || right_ty.is_char() {
            let (a, b) = (self.character(left), self.character(right));
            return a.binary(sign, b);
        }
        if let Some(expr) = self.compare_records(op, left, right) {
            return expr;
        }
        let (a, b) = (self.expr(left), self.expr(right));
        // Both sides lose the reference that was taken for the comparison alone.
        let lent = |me: &Self, node: NodeId, ty: Ty| if me.lends_upwards(node) { ty.reference() } else { ty };
        let (a, a_ref) = strip(a, lent(self, left, left_ty));
        let (b, b_ref) = strip(b, lent(self, right, right_ty));
        let (a_ref, b_ref) = (a_ref || self.is_lent(left), b_ref || self.is_lent(right));
        // One of two tuples has several owners.
        let is_shared = |ty: Ty| matches!(ty.strip_ref().kind(), TyKind::Shared(_));
        if let TyKind::Tuple(_) | TyKind::Lib(..) = left_ty.strip().kind()
            && is_shared(left_ty) != is_shared(right_ty)
        {
            let in_cell = matches!(left_ty.strip().kind(), TyKind::Lib(name, _)
                if crate::types::is_changed_in_place(*name));
            let content = |side: Expr, is_ref: bool, ty: Ty| match is_shared(ty) {
                true if in_cell => Expr::unary("*", side.method("borrow", vec![])),
                is_shared => {
                    let count = usize::from(is_ref) + usize::from(is_shared);
                    (0..count).fold(side, |side, _| Expr::unary("*", side))
                }
            };
            return content(a, a_ref, left_ty).binary(sign, content(b, b_ref, right_ty));
        }
        let is_text = *left_ty.strip_ref().kind() == TyKind::Str;
        // A name is compared as it is.
        if is_text && is_literal(&b) && matches!(&a, Expr::Method(_, name, _) if name == "to_owned") {
            return super::calls::plain_text(a).binary(sign, b);
        }
        if is_text
            && (is_copied_char(&a) || is_copied_char(&b))
            && [&a, &b].into_iter().all(|side| is_copied_char(side) || is_literal(side))
        {
            return super::calls::plain_text(a).binary(sign, super::calls::plain_text(b));
        }
        let is_mut = |ty: Ty| matches!(ty.kind(), TyKind::RefMut(_));
        match (a_ref, b_ref) {
            // Comparing needs no exclusive access.
            (true, true) if is_mut(left_ty) || is_mut(right_ty) => {
                Expr::unary("*", a).binary(sign, Expr::unary("*", b))
            }
            (true, false) if !is_text => Expr::unary("*", a).binary(sign, b),
            (false, true) if !is_text => a.binary(sign, Expr::unary("*", b)),
            _ if is_text && sign != "==" && sign != "!=" => {
                let (a, b) = (self.whole_text(left, a), self.whole_text(right, b));
                let (a_is_part, b_is_part) = (self.is_part_text(left), self.is_part_text(right));
                if (a_ref, a_is_part) == (b_ref, b_is_part) || !a_ref && !b_ref {
                    return a.binary(sign, b);
                }
                // Only `&str` is ordered against `&str`.
                let plain = |text: Expr, is_str| if is_str { text } else { text.method("as_str", vec![]) };
                plain(a, a_ref && !a_is_part).binary(sign, plain(b, b_ref && !b_is_part))
            }
            // A loop's variable may be a `&String`, which no `String` is compared with.
            (true, false) if self.is_loop_text(left) => Expr::unary("*", a).binary(sign, b),
            (false, true) if self.is_loop_text(right) => a.binary(sign, Expr::unary("*", b)),
            _ => a.binary(sign, b),
        }
    }

    /// A side of a comparison of characters.
    fn character(&mut self, node: NodeId) -> Expr {
        match self.text_const(node) {
            Some(Const::Str(text)) if text.chars().count() == 1 => {
                Expr::Atom(crate::literal::character(text.chars().next().unwrap_or_default()))
            }
            _ => self.expr(node),
        }
    }

    /// `<` of records that leave out some of their fields: Rust's own operators would not.
    fn compare_records(&mut self, op: CmpOp, left: NodeId, right: NodeId) -> Option<Expr> {
        let class = self.body.ty(left).class_path()?;
        let def = self.env.class(class)?;
        let is_record = matches!(def.kind, ClassKind::Dataclass { order: true, .. } | ClassKind::NamedTuple);
        let is_partial = is_record && !crate::classes::has_derived_order(self.env, class);
        if !is_partial || self.body.ty(right).class_path() != Some(class) {
            return None;
        }
        let (first, second, is_negated) = match op {
            CmpOp::Lt => (left, right, false),
            CmpOp::Gt => (right, left, false),
            CmpOp::Le => (right, left, true),
            CmpOp::Ge => (left, right, true),
            _ => return None,
        };
        let args = vec![self.by_ref(first), self.by_ref(second)];
        let less = Expr::call(self.rt("PyOrd::py_lt"), args);
        Some(if is_negated { Expr::unary("!", less) } else { less })
    }

    /// The type of what is printed: a `&mut` parameter that is only read is one still.
    pub(crate) fn shown_ty(&self, node: NodeId) -> Ty {
        let ty = self.body.ty(node);
        let Node::Use(place, _) = &self.body.nodes[node].kind else { return ty };
        let Some(local) = place.as_local() else { return ty };
        let of = self.body.locals[local].ty;
        if matches!((of.kind(), ty.kind()), (TyKind::RefMut(_), TyKind::Ref(_))) { of } else { ty }
    }

    /// The variable of a `filter` over owned values, which its closure sees by reference.
    fn is_lent(&self, node: NodeId) -> bool {
        let Node::Use(place, _) = &self.body.nodes[node].kind else { return false };
        let is_text = *self.body.ty(node).strip_ref().kind() == TyKind::Str;
        !is_text && self.lent.is_some() && place.as_local() == self.lent
    }

    /// A borrowed text that may be `&String`, which no `String` is compared with: neither a parameter nor
    /// a literal nor what a library function gives.
    pub(crate) fn is_loop_text(&self, node: NodeId) -> bool {
        match &self.body.nodes[node].kind {
            Node::Use(place, _) => {
                let is_param = |local| self.body.params.iter().any(|param| param.local == local);
                !place.as_local().is_some_and(is_param)
            }
            Node::Op { op: Op::OptOp(OptOp::Unwrap) | Op::UnionOp(UnionOp::Get), .. } => true,
            _ => false,
        }
    }

    /// The item that a library function hands to a test is a reference to a text of any kind: `&item[..]`.
    fn whole_text(&self, node: NodeId, text: Expr) -> Expr {
        let Node::Use(place, _) = &self.body.nodes[node].kind else { return text };
        let Some(local) = place.as_local() else { return text };
        if *self.body.ty(node).kind() == TyKind::Str || !self.is_tested_item(local) {
            return text;
        }
        let all = Expr::Range(None, None, false);
        Expr::unary("&", Expr::Index(Box::new(text), Box::new(all)))
    }

    /// The parameter of a closure that says which items are kept.
    fn is_tested_item(&self, local: LocalId) -> bool {
        self.body.nodes.iter().any(|(_, row)| {
            let Node::Call { callee: Callee::Lib(name), args } = &row.kind else { return false };
            keeps_items(name.as_str())
                && args.iter().any(|arg| {
                    matches!(&self.body.nodes[arg.value].kind,
                        Node::Closure(closure) if closure.params.iter().any(|param| param.local == local))
                })
        })
    }

    /// A text that a container or an object holds, which is `&String` where it is borrowed.
    fn is_part_text(&self, node: NodeId) -> bool {
        let is_part = matches!(&self.body.nodes[node].kind,
            Node::Use(place, _) if place.proj.iter().any(|proj| !matches!(proj, Proj::Deref)));
        is_part || self.is_item_text(node)
    }

    /// A borrowed text that a loop takes from a container, where it is a `&String`.
    pub(crate) fn is_item_text(&self, node: NodeId) -> bool {
        let Node::Use(place, _) = &self.body.nodes[node].kind else { return false };
        let Some(local) = place.as_local() else { return false };
        let binds = |pat: &Pat| {
            let mut found = false;
            pat.for_each_local(&mut |bound| found |= bound == local);
            found
        };
        let mut source = None;
        self.body.walk_block(self.body.root, &mut |node| match &self.body.nodes[node].kind {
            Node::For { pat, iter, .. } if binds(pat) => source = Some(*iter),
            Node::Seq { clauses, .. } => clauses.iter().for_each(|clause| match clause {
                Clause::For { pat, iter } if binds(pat) => source = Some(*iter),
                _ => {}
            }),
            _ => {}
        });
        // Characters and parts of a text are `&str`.
        let is_of_text = |node: NodeId| {
            let mut found = false;
            self.body.walk(Child::Node(node), &mut |node| {
                found |= match &self.body.nodes[node].kind {
                    Node::Op { op: Op::IterOp(IterOp::Chars), .. } => true,
                    Node::Call { callee: Callee::Lib(name), .. } => {
                        name.as_str().split('#').next() == Some("str.split")
                            && matches!(self.body.ty(node).kind(), TyKind::Iter(_))
                    }
                    _ => false,
                };
            });
            found
        };
        source.is_some_and(|iter| !is_of_text(iter))
    }

    /// `type(a) is Dog`: classes of the program are told apart by name.
    fn compare_classes(&mut self, sign: &'static str, left: NodeId, right: NodeId) -> Option<Expr> {
        if !matches!(self.body.ty(left).kind(), TyKind::TypeOf(_)) {
            return None;
        }
        let (left, right) = (self.class_text(left)?, self.class_text(right)?);
        Some(left.binary(sign, right))
    }

    /// `xs.len() > 3`: lengths are compared with constants as they are; with 0 it is a question of emptiness.
    fn compare_length(&mut self, sign: &'static str, left: NodeId, right: NodeId) -> Option<Expr> {
        let constant = self.int_const(right).filter(|n| *n >= 0)?;
        let Node::Op { op, args, .. } = &self.body.nodes[left].kind else { return None };
        if !matches!(op, Op::ListOp(ListOp::Len) | Op::DictOp(DictOp::Len) | Op::SetOp(SetOp::Len)) {
            return None;
        }
        let of = self.expr(args[0]);
        let empty = of.clone().method("is_empty", vec![]);
        Some(match (sign, constant) {
            ("==", 0) | ("<=", 0) | ("<", 1) => empty,
            ("!=", 0) | (">", 0) | (">=", 1) => Expr::unary("!", empty),
            _ => of.method("len", vec![]).binary(sign, Expr::Atom(constant.to_string())),
        })
    }

    /// `xs == []` is a question of emptiness.
    fn compare_empty(&mut self, op: CmpOp, left: NodeId, right: NodeId) -> Option<Expr> {
        let other = match (self.is_empty_list(left), self.is_empty_list(right)) {
            (false, true) => left,
            (true, false) => right,
            _ => return None,
        };
        let empty = self.expr(other).without_ref().receiver().method("is_empty", vec![]);
        match op {
            CmpOp::Eq => Some(empty),
            CmpOp::Ne => Some(Expr::unary("!", empty)),
            _ => None,
        }
    }

    /// A display of no items, borrowed or not.
    pub(crate) fn is_empty_list(&self, node: NodeId) -> bool {
        match &self.body.nodes[node].kind {
            Node::Op { op: Op::ListOp(ListOp::New), args, .. } => args.is_empty(),
            Node::Op { op: Op::RsOp(RsOp::Ref | RsOp::Share), args, .. } => self.is_empty_list(args[0]),
            _ => false,
        }
    }

    /// Whether a value of a union is an object that has a handle: `matches!(&a, Shape::Disc(same) if Rc::ptr_eq(same, &b))`.
    fn is_member(&mut self, of: NodeId, object: NodeId) -> Option<Expr> {
        let union = self.body.ty(of).strip_ref();
        let Node::Op { op: Op::UnionOp(UnionOp::From), args, .. } = &self.body.nodes[object].kind else {
            return None;
        };
        let TyKind::Union(members) = union.kind() else { return None };
        let member = self.body.ty(args[0]).strip_ref();
        if !matches!(member.kind(), TyKind::Shared(inner) if inner.class_path().is_some()) {
            return None;
        }
        let name = self.ty(union, Position::Stored);
        let variant = crate::env::variant_in(members, member);
        // What is only looked at needs no copy.
        let object = match self.expr(args[0]).without_ref() {
            Expr::Method(of, name, none) if name == "clone" && none.is_empty() => *of,
            object => object,
        };
        let value = self.by_ref(of);
        let bound = free_name("same", &[&object]);
        self.uses.paths.insert("std::rc::Rc".to_owned());
        let test = Expr::call("Rc::ptr_eq", vec![Expr::atom(bound.as_str()), Expr::unary("&", object)]);
        let test = crate::layout::render(&test, 0, 0, 0);
        let pat = format!("{name}::{variant}({bound}) if {test}");
        Some(Expr::Macro("matches".to_owned(), vec![value, Expr::Atom(pat)]))
    }

    pub(crate) fn identity(&mut self, op: CmpOp, left: NodeId, right: NodeId) -> Expr {
        let ty = self.body.ty(left).strip_ref();
        if let Some(same) = self.is_member(left, right).or_else(|| self.is_member(right, left)) {
            return if op == CmpOp::Is { same } else { Expr::unary("!", same) };
        }
        let (a, b) = (self.by_ref(left), self.by_ref(right));
        let is_error = ty.strip_shared().class_path().is_some_and(|class| self.env.is_exception(class));
        let same = match ty.kind() {
            _ if is_error => a.method("ptr_eq", vec![b]),
            TyKind::Shared(inner) if matches!(inner.kind(), TyKind::Class(..) | TyKind::Lib(..)) => {
                self.uses.paths.insert("std::rc::Rc".to_owned());
                Expr::call("Rc::ptr_eq", vec![a, b])
            }
            TyKind::Class(class, _) if self.env.is_enum(*class) => {
                let sign = if op == CmpOp::Is { "==" } else { "!=" };
                return Expr::unary("*", a).binary(sign, Expr::unary("*", b));
            }
            TyKind::Option(inner) if matches!(inner.kind(), TyKind::Shared(_)) => {
                self.same_optional(left, right)
            }
            TyKind::Shared(_) | TyKind::Error => a.method("ptr_eq", vec![b]),
            TyKind::Value => a.without_ref().method("is_same", vec![b]),
            // A name of another type can hold the object too: `node is self.tail`.
            TyKind::Option(inner) if inner.class_path().is_some() && *inner != inner.strip() => {
                self.uses.rt = true;
                Expr::call("rt::same", vec![a, b])
            }
            TyKind::Class(..) | TyKind::List(_) | TyKind::Dict(..) | TyKind::Set(_) => {
                Expr::call("std::ptr::eq", vec![a, b])
            }
            _ => {
                let sign = if op == CmpOp::Is { "==" } else { "!=" };
                if ty.is_copy() {
                    let (a, b) = (self.operand(left), self.operand(right));
                    return a.binary(sign, b);
                }
                return self.compare(if op == CmpOp::Is { CmpOp::Eq } else { CmpOp::Ne }, left, right);
            }
        };
        if op == CmpOp::Is { same } else { Expr::unary("!", same) }
    }

    /// `a is b` of optional handles: both absent, or one object.
    fn same_optional(&mut self, left: NodeId, right: NodeId) -> Expr {
        let present = |this: &Self, node: NodeId| match &this.body.nodes[node].kind {
            Node::Op { op: Op::OptOp(OptOp::Some), args, .. } => Some(args[0]),
            _ => None,
        };
        let (option, object) = match (present(self, left), present(self, right)) {
            (_, Some(object)) => (left, object),
            (Some(object), None) => (right, object),
            (None, None) => {
                let (a, b) = (self.by_ref(left), self.by_ref(right));
                let (a, b) = (super::ops::explicit(a), super::ops::explicit(b));
                let id = self.rt("id");
                return Expr::call(id.clone(), vec![a]).binary("==", Expr::call(id, vec![b]));
            }
        };
        let option = self.expr(option).without_ref();
        let is_class = self.body.ty(object).class_path().is_some();
        let object = self.by_ref(object);
        // A handle that was made for the comparison alone is not needed.
        let object = match object {
            Expr::Unary("&", inner) => match *inner {
                Expr::Method(of, name, args) if name == "clone" && args.is_empty() => Expr::unary("&", *of),
                inner => Expr::unary("&", inner),
            },
            object => object,
        };
        let name = free_name("object", &[&object]);
        let same = match is_class {
            true => {
                self.uses.paths.insert("std::rc::Rc".to_owned());
                Expr::call("Rc::ptr_eq", vec![Expr::atom(name.as_str()), object])
            }
            false => Expr::atom(name.as_str()).method("ptr_eq", vec![object]),
        };
        option.method("as_ref", vec![]).method("is_some_and", vec![Expr::closure(name, same)])
    }
}

/// An operand of a comparison without the reference in front; whether it still is a reference.
pub(super) fn strip(expr: Expr, ty: Ty) -> (Expr, bool) {
    let is_reference = matches!(ty.kind(), TyKind::Ref(_) | TyKind::RefMut(_));
    match expr {
        Expr::Unary("&" | "&mut ", inner) if inner.is_guard() => (Expr::unary("*", *inner), false),
        Expr::Unary("&" | "&mut ", inner) => (*inner, false),
        expr => (expr, is_reference),
    }
}

/// `text.char_at(i).to_owned()`.
fn is_copied_char(text: &Expr) -> bool {
    let Expr::Method(inner, name, args) = text else { return false };
    name == "to_owned" && args.is_empty() && matches!(&**inner, Expr::Method(_, name, _) if name == "char_at")
}

fn is_literal(text: &Expr) -> bool {
    matches!(text, Expr::Atom(text) if text.starts_with('"'))
}

/// `takewhile` and its kind.
fn keeps_items(function: &str) -> bool {
    let name = function.split('#').next().unwrap_or(function);
    matches!(
        name,
        "builtins.filter" | "itertools.takewhile" | "itertools.dropwhile" | "itertools.filterfalse"
    )
}
