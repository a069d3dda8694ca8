//! Comparisons, identity and membership at Typed.

use crate::apply::{Apply, BAD_CALL};
use crate::expand::BUILT;
use crate::operate::{shown, sign};
use crate::ops::{dunder_word, mirror};
use crate::vars::Head;
use batuta_base::Name;
use batuta_core::*;

impl Apply<'_, '_, '_> {
    /// A comparison of elaborated operands.
    pub(crate) fn compare(&mut self, op: ObjOp, a: NodeId, b: NodeId) -> NodeId {
        match op {
            ObjOp::Is | ObjOp::IsNot => self.identity(op, a, b),
            ObjOp::In => self.contains(a, b),
            ObjOp::NotIn => {
                let inside = self.contains(a, b);
                self.not(inside)
            }
            _ => {
                let (a, b) = (self.flag_number(a, b), self.flag_number(b, a));
                self.ordered(op, a, b)
            }
        }
    }

    /// An `IntFlag` beside a number is its int.
    fn flag_number(&mut self, flag: NodeId, other: NodeId) -> NodeId {
        let is_number =
            matches!(self.ty(other).kind(), TyKind::Int(_) | TyKind::Float(_) | TyKind::Num | TyKind::Bool);
        match self.ty(flag).kind() {
            TyKind::Class(class, _) if is_number && self.types.env().is_int_flag(*class) => {
                self.special(flag, "__int__", Vec::new()).unwrap_or_else(|flag| flag)
            }
            _ => flag,
        }
    }

    pub(crate) fn identity(&mut self, op: ObjOp, a: NodeId, b: NodeId) -> NodeId {
        let is_none = |me: &Self, node: NodeId| *me.ty(node).kind() == TyKind::Unit;
        let (node, other) = if is_none(self, b) { (a, b) } else { (b, a) };
        if is_none(self, other) {
            let test = match self.ty(node).kind() {
                TyKind::Option(_) => self.mk_op(OptOp::IsNone, Attr::None, vec![node], Ty::bool()),
                TyKind::Value | TyKind::Union(_) => {
                    let value = self.dynamic(node);
                    self.mk_op(ValueOp::Is, Attr::Ty(Ty::unit()), vec![value], Ty::bool())
                }
                TyKind::Unit => self.always(true, node),
                _ => self.always(false, node),
            };
            return if op != ObjOp::IsNot {
                test
            } else if let Node::Op { op: op @ Op::OptOp(OptOp::IsNone), .. } = &mut self.body.nodes[test].kind
            {
                *op = OptOp::IsSome.into();
                test
            } else {
                self.not(test)
            };
        }
        if let Some((x, y)) = self.types_by_name(a, b) {
            if let (Some(Const::Str(x)), Some(Const::Str(y))) = (self.body.as_const(x), self.body.as_const(y))
            {
                let same = (x == y) == (op == ObjOp::Is);
                let of = self.type_operand(a).or(self.type_operand(b)).unwrap_or(a);
                return self.always(same, of);
            }
            let op = if op == ObjOp::Is { CmpOp::Eq } else { CmpOp::Ne };
            return self.mk_op(op, Attr::None, vec![x, y], Ty::bool());
        }
        if let Some(test) = self.class_of_optional(a, b).or_else(|| self.class_of_optional(b, a)) {
            return if op == ObjOp::Is { test } else { self.not(test) };
        }
        // Handles of files are equal where they are one file, whatever kind it is known to be.
        let is_stream = |node: NodeId| matches!(self.ty(node).kind(), TyKind::Lib(name, _) if crate::contexts::is_text_stream(*name));
        if self.ty(a) != self.ty(b) && is_stream(a) && is_stream(b) {
            let [a, b] = [a, b].map(|node| self.coerce(node, Ty::lib("file", [])));
            let op = if op == ObjOp::Is { CmpOp::Eq } else { CmpOp::Ne };
            return self.mk_op(op, Attr::None, vec![a, b], Ty::bool());
        }
        let [a, b] = [a, b].map(|node| self.class_operand(node));
        let are_classes = [a, b].into_iter().all(|node| matches!(self.ty(node).kind(), TyKind::TypeOf(_)));
        let (a, b) = if are_classes { (a, b) } else { self.same_type(a, b) };
        let op = if op == ObjOp::Is { CmpOp::Is } else { CmpOp::IsNot };
        self.mk_op(op, Attr::None, vec![a, b], Ty::bool())
    }

    /// `type(x) is kind` where `x` may be `None`, which is of no class of the program.
    fn class_of_optional(&mut self, of: NodeId, kind: NodeId) -> Option<NodeId> {
        let object = self.type_operand(of)?;
        let TyKind::Option(inner) = self.ty(object).kind() else { return None };
        let (inner, origin) = (*inner, self.origin(of));
        let class = inner.class_path()?;
        let is_plain = !self.types.env().is_error(class) && !self.types.env().is_enum(class);
        if !is_plain || !matches!(self.ty(kind).kind(), TyKind::TypeOf(_)) {
            return None;
        }
        let test = self.with_value(object, |me, read| {
            let asked = read(me);
            let some = me.mk_op(OptOp::IsSome, Attr::None, vec![asked], Ty::bool());
            let object = read(me);
            let object = me.unwrap(object, inner, "None");
            let callee = Callee::Lib(Name::new("builtins.type"));
            let call = Node::Call { callee, args: vec![Arg::positional(object)] };
            let own = me.mk(call, Ty::new(TyKind::TypeOf(class)), origin);
            let same = me.identity(ObjOp::Is, own, kind);
            me.mk_op(BoolOp::And, Attr::None, vec![some, same], Ty::bool())
        });
        Some(test)
    }

    /// `type(x)` as an operand of a comparison.
    fn class_operand(&mut self, node: NodeId) -> NodeId {
        match (self.type_of_one_class(node), self.type_operand(node)) {
            (Some(_), _) => self.coerce(node, Ty::new(TyKind::TypeOf(Name::new("object")))),
            (None, Some(_)) => self.dynamic(node),
            // A type of the language is a value as any other.
            (None, None)
                if matches!(self.body.nodes[node].kind, Node::Item(_))
                    && *self.ty(node).kind() == TyKind::Value =>
            {
                self.dynamic(node)
            }
            (None, None) => node,
        }
    }

    /// The names of two types, one of them that of a value: `type(x) is int`.
    fn types_by_name(&mut self, a: NodeId, b: NodeId) -> Option<(NodeId, NodeId)> {
        let name_of = |me: &mut Self, side: NodeId| match (me.type_operand(side), me.known_type(side)) {
            (Some(of), _) => Some(me.type_name(of)),
            (None, Some(name)) => Some(me.text(name.last(), me.origin(side))),
            (None, None) => None,
        };
        if self.type_operand(a).is_none() && self.type_operand(b).is_none() {
            return None;
        }
        Some((name_of(self, a)?, name_of(self, b)?))
    }

    /// The type of the language or the class that a name stands for.
    fn known_type(&self, node: NodeId) -> Option<Name> {
        let Node::Item(name) = self.body.nodes[node].kind else { return None };
        let is_class = self.types.env().class(name).is_some() && !self.types.env().is_error(name);
        let is_builtin = matches!(
            name.as_str().strip_prefix("builtins."),
            Some(
                "int"
                    | "float"
                    | "bool"
                    | "str"
                    | "bytes"
                    | "bytearray"
                    | "complex"
                    | "range"
                    | "list"
                    | "tuple"
                    | "dict"
                    | "set"
                    | "frozenset"
            )
        );
        (is_class || is_builtin).then_some(name)
    }

    /// Classes of errors as values: `kind is ValueError`, where `kind` may be absent.
    fn error_classes(&mut self, a: NodeId, b: NodeId) -> Option<(NodeId, NodeId)> {
        let (x, y) = (self.ty(a), self.ty(b));
        let is_class =
            |me: &Self, ty: Ty| matches!(ty.kind(), TyKind::TypeOf(class) if me.names_error(*class));
        let inside = |ty: Ty| match ty.kind() {
            TyKind::Option(inner) => *inner,
            _ => ty,
        };
        if !is_class(self, inside(x)) || !is_class(self, inside(y)) {
            return None;
        }
        Some(match (x.kind(), y.kind()) {
            (TyKind::Option(_), TyKind::TypeOf(_)) => (a, self.mk_op(OptOp::Some, Attr::None, vec![b], x)),
            (TyKind::TypeOf(_), TyKind::Option(_)) => (self.mk_op(OptOp::Some, Attr::None, vec![a], y), b),
            _ => (a, b),
        })
    }

    /// Displays of tuples that hold functions, as the fields of two records: each part is brought to one type.
    fn tuples_with_functions(&mut self, a: NodeId, b: NodeId) -> Option<(NodeId, NodeId)> {
        let parts = |node: NodeId| match &self.body.nodes[node].kind {
            Node::Op { op: Op::TupleOp(TupleOp::New), args, .. } => Some(args.clone()),
            _ => None,
        };
        let (left, right) = (parts(a)?, parts(b)?);
        let holds = |node: &NodeId| matches!(self.ty(*node).kind(), TyKind::Func(..));
        if left.len() != right.len() || !left.iter().chain(&right).any(holds) {
            return None;
        }
        let pairs: Vec<_> = left.into_iter().zip(right).map(|(a, b)| self.same_type(a, b)).collect();
        let tuple = |me: &mut Self, parts: Vec<NodeId>| {
            let ty = Ty::tuple(parts.iter().map(|part| me.ty(*part)).collect::<Vec<_>>());
            me.mk_op(TupleOp::New, Attr::None, parts, ty)
        };
        let (left, right) = pairs.into_iter().unzip();
        Some((tuple(self, left), tuple(self, right)))
    }

    /// Brings two operands to one type for a comparison.
    pub(crate) fn same_type(&mut self, a: NodeId, b: NodeId) -> (NodeId, NodeId) {
        use TyKind::*;
        // Functions say as values whether they are one.
        if matches!((self.ty(a).kind(), self.ty(b).kind()), (Func(..), Func(..))) {
            return (self.dynamic(a), self.dynamic(b));
        }
        if let Some(both) = self.tuples_with_functions(a, b) {
            return both;
        }
        if let Some(both) = self.error_classes(a, b) {
            return both;
        }
        let (x, y) = (self.ty(a), self.ty(b));
        if x == y {
            return (a, b);
        }
        let to = match (x.kind(), y.kind()) {
            (Unit, Option(_)) => y,
            (Option(_), Unit) => x,
            (Option(p), Option(q)) if p == q => x,
            (Option(p), Option(q)) => Ty::option(self.joined(*p, *q).unwrap_or_else(Ty::value)),
            (Option(p), _) => Ty::option(self.joined(*p, y).unwrap_or_else(Ty::value)),
            (_, Option(q)) => Ty::option(self.joined(x, *q).unwrap_or_else(Ty::value)),
            _ => self.joined(x, y).unwrap_or_else(Ty::value),
        };
        (self.coerce(a, to), self.coerce(b, to))
    }

    pub(crate) fn joined(&self, x: Ty, y: Ty) -> Option<Ty> {
        use TyKind::*;
        if x == y {
            return Some(x);
        }
        let is_number = |ty: Ty| matches!(ty.kind(), Int(_) | Bool | Float(_) | Num);
        match (x.kind(), y.kind()) {
            _ if is_number(x) && is_number(y) => Some(if x.is_float() || y.is_float() {
                Ty::float()
            } else if *x.kind() == Num || *y.kind() == Num {
                Ty::num()
            } else {
                Ty::int()
            }),
            (Complex, _) if is_number(y) => Some(x),
            (_, Complex) if is_number(x) => Some(y),
            (Class(p, _), Class(q, _)) => self.types.env().common_base(&[*p, *q]).map(Ty::class),
            (TypeOf(p), TypeOf(q)) => {
                let heads = [Head::TypeOf(*p), Head::TypeOf(*q)];
                crate::types::class_of_all(self.types.env(), &heads).map(|class| Ty::new(TypeOf(class)))
            }
            (Tuple(p), Tuple(q)) if p.len() == q.len() => {
                let items: std::option::Option<Vec<Ty>> =
                    p.iter().zip(q).map(|(p, q)| self.joined(*p, *q)).collect();
                items.map(Ty::tuple)
            }
            (Tuple(items), Lib(name, args)) if *name == "tuple" => {
                self.joins_all(items, args[0]).then_some(y)
            }
            (Lib(name, args), Tuple(items)) if *name == "tuple" => {
                self.joins_all(items, args[0]).then_some(x)
            }
            (Union(items), _) if items.contains(&y) => Some(x),
            (_, Union(items)) if items.contains(&x) => Some(y),
            _ => None,
        }
    }

    fn joins_all(&self, items: &[Ty], item: Ty) -> bool {
        items.iter().all(|ty| self.joined(*ty, item) == Some(item))
    }

    /// Whether nothing happens when the value is made: a plain read, a display, an iterator that nobody reads.
    fn is_lazy(&self, node: NodeId) -> bool {
        self.is_simple(node)
            || match &self.body.nodes[node].kind {
                Node::Op { op: Op::ListOp(ListOp::New), args, .. } => {
                    args.iter().all(|arg| self.is_lazy(*arg))
                }
                Node::Call { callee: Callee::Lib(_), args } => {
                    matches!(self.ty(node).kind(), TyKind::Iter(_))
                        && args.iter().all(|arg| self.is_simple(arg.value))
                }
                _ => false,
            }
    }

    /// An iterator equals nothing but itself (views of keys are compared as sets).
    fn never_equal(&self, a: Ty, b: Ty) -> bool {
        use TyKind::*;
        let is_other = |ty: Ty| matches!(ty.kind(), List(_) | Dict(..) | Str | Int(_) | Float(_) | Tuple(_));
        matches!(a.kind(), Iter(_)) && is_other(b) || matches!(b.kind(), Iter(_)) && is_other(a)
    }

    pub(crate) fn ordered(&mut self, op: ObjOp, a: NodeId, b: NodeId) -> NodeId {
        let equality = matches!(op, ObjOp::Eq | ObjOp::Ne);
        let are_types = |me: &Self, x, y| {
            me.type_operand(x).is_some() && (me.type_operand(y).is_some() || me.known_type(y).is_some())
        };
        let is_class = |me: &Self, x| matches!(me.ty(x).kind(), TyKind::TypeOf(_));
        let are_types =
            |me: &Self, x, y| are_types(me, x, y) || me.type_operand(x).is_some() && is_class(me, y);
        if equality && (are_types(self, a, b) || are_types(self, b, a)) {
            return self.identity(if op == ObjOp::Eq { ObjOp::Is } else { ObjOp::IsNot }, a, b);
        }
        let [a, b] = [a, b].map(|node| self.class_operand(node));
        let are_classes = [a, b].into_iter().all(|node| matches!(self.ty(node).kind(), TyKind::TypeOf(_)));
        if equality && are_classes {
            return self.identity(if op == ObjOp::Eq { ObjOp::Is } else { ObjOp::IsNot }, a, b);
        }
        let (mut a, mut b) = (a, b);
        if self.ty(a) != self.ty(b) {
            (a, b) = (self.member_number(a), self.member_number(b));
        }
        if let Some((a, b)) = self.inner_operands(op, a, b) {
            return self.ordered(op, a, b);
        }
        // A named tuple and a tuple are compared by their items.
        let is_tuple = |ty: Ty| match ty.kind() {
            TyKind::Tuple(_) => true,
            TyKind::Lib(name, _) => *name == "tuple",
            _ => false,
        };
        if self.is_named(self.ty(a)) && is_tuple(self.ty(b)) {
            a = self.fields_of(a);
        } else if is_tuple(self.ty(a)) && self.is_named(self.ty(b)) {
            b = self.fields_of(b);
        }
        if !equality {
            let text = format!(
                "TypeError: '{}' not supported between instances of {} and {}",
                sign(op),
                shown(self.ty(a)),
                shown(self.ty(b))
            );
            (a, b) = (self.present(a, &text), self.present(b, &text));
        }
        if let Some(node) = self.some_declined(op, a, b).or_else(|| self.compare_method(op, a, b)) {
            return node;
        }
        if let Some(node) = self.ordered_members(op, a, b) {
            return node;
        }
        if !equality && let Some(node) = self.never_ordered(op, a, b) {
            return node;
        }
        if equality && self.never_equal(self.ty(a), self.ty(b)) && self.is_lazy(a) && self.is_lazy(b) {
            let origin = self.origin(a);
            return self.mk(Node::Const(Const::Bool(op == ObjOp::Ne)), Ty::bool(), origin);
        }
        let (a, b) =
            if self.compares_exactly(a, b) { (self.as_int(a), self.as_int(b)) } else { self.same_type(a, b) };
        if *self.ty(a).kind() == TyKind::Value {
            let word = dunder_word(op);
            if self.types.env().has_arrays {
                let word = Name::new(&format!("compare.{word}"));
                return self.mk_op(ValueOp::Binary, Attr::Name(word), vec![a, b], Ty::value());
            }
            return self
                .mk_op(ValueOp::Binary, Attr::Name(Name::new(word)), vec![a, b], Ty::value())
                .truthy(self);
        }
        let op = match op {
            ObjOp::Eq => CmpOp::Eq,
            ObjOp::Ne => CmpOp::Ne,
            ObjOp::Lt => CmpOp::Lt,
            ObjOp::Le => CmpOp::Le,
            ObjOp::Gt => CmpOp::Gt,
            _ => CmpOp::Ge,
        };
        self.mk_op(op, Attr::None, vec![a, b], Ty::bool())
    }

    /// Exact numbers of the library compare with ints and floats as they are.
    fn compares_exactly(&self, a: NodeId, b: NodeId) -> bool {
        let is_exact =
            |ty: Ty| matches!(ty.kind(), TyKind::Lib(name, _) if *name == "Decimal" || *name == "Fraction");
        let is_number = |ty: Ty| matches!(ty.kind(), TyKind::Int(_) | TyKind::Bool | TyKind::Float(_));
        let (x, y) = (self.ty(a), self.ty(b));
        is_exact(x) && is_number(y) || is_number(x) && is_exact(y)
    }

    fn as_int(&mut self, node: NodeId) -> NodeId {
        if *self.ty(node).kind() == TyKind::Bool { self.coerce(node, Ty::int()) } else { node }
    }

    /// A comparison that a class defines.
    pub(crate) fn compare_method(&mut self, op: ObjOp, a: NodeId, b: NodeId) -> Option<NodeId> {
        let name = format!("__{}__", dunder_word(op));
        let back = format!("__{}__", dunder_word(mirror(op)));
        let class = |me: &Self, node: NodeId| match me.ty(node).kind() {
            TyKind::Class(class, _) => Some(*class),
            _ => None,
        };
        let (x, y) = (class(self, a), class(self, b));
        let env = self.types.env();
        for (object, name, other) in [(a, &name, b), (b, &back, a)] {
            if let Some((class, method)) = self.answering(object, &format!("{name}{BUILT}"), other) {
                return Some(self.call_method_path(class, method, object, vec![other]));
            }
        }
        if matches!(op, ObjOp::Eq | ObjOp::Ne) {
            let found =
                if x.is_some() { self.compare_guarded(op, a, b) } else { self.compare_guarded(op, b, a) };
            if found.is_some() {
                return found;
            }
        }
        if let Some((class, method)) = self.answering(a, &name, b) {
            let call = self.call_method_path(class, method, a, vec![b]);
            return Some(self.answered(op, call));
        }
        if op == ObjOp::Ne
            && let Some((class, method)) = self.answering(a, "__eq__", b)
        {
            let call = self.call_method_path(class, method, a, vec![b]);
            let equal = self.answered(op, call);
            return Some(self.not(equal));
        }
        let is_left = x.is_some_and(|class| env.method(class, &name).is_some());
        if let Some((class, method)) = self.answering(b, &back, a)
            && (op != ObjOp::Eq || x.is_none() || is_left)
        {
            let call = self.call_method_path(class, method, b, vec![a]);
            return Some(self.answered(op, call));
        }
        if op == ObjOp::Ne
            && let Some((class, method)) = self.answering(b, "__eq__", a)
        {
            let call = self.call_method_path(class, method, b, vec![a]);
            let equal = self.answered(op, call);
            return Some(self.not(equal));
        }
        if self.both_decline(op, a, b) {
            let origin = self.origin(a);
            let apart = self.mk(Node::Const(Const::Bool(op == ObjOp::Ne)), Ty::bool(), origin);
            let stmts: Vec<Stmt> = [a, b]
                .into_iter()
                .filter(|node| !self.is_simple(*node))
                .map(|node| Stmt::new(StmtKind::Expr(node), origin))
                .collect();
            return Some(if stmts.is_empty() { apart } else { self.mk_block(stmts, apart) });
        }
        let is_order = !matches!(op, ObjOp::Eq | ObjOp::Ne);
        match (x, y) {
            (Some(x), Some(y)) if is_order && !self.has_order(x) && !self.has_order(y) => {
                Some(self.unordered(op, (a, x), (b, y)))
            }
            _ => None,
        }
    }

    /// The answer of a comparison as a `bool`; one that is something else would be lost.
    fn answered(&mut self, op: ObjOp, call: NodeId) -> NodeId {
        let ty = self.ty(call);
        let is_kept = matches!(
            ty.kind(),
            TyKind::List(_)
                | TyKind::Dict(..)
                | TyKind::Set(_)
                | TyKind::Tuple(_)
                | TyKind::Class(..)
                | TyKind::Lib(..)
        );
        match is_kept {
            true => self.hole(call, BAD_CALL, format!("`{}` that gives a `{ty}`", sign(op))),
            false => self.truth(call),
        }
    }

    /// `<` of an object and something that the methods of its class decline, whichever class below it is there.
    fn never_ordered(&mut self, op: ObjOp, a: NodeId, b: NodeId) -> Option<NodeId> {
        use TyKind::*;
        let (x, y) = (self.ty(a), self.ty(b));
        let is_plain = |ty: Ty| {
            matches!(
                ty.kind(),
                Bool | Int(_) | Float(_) | Str | Bytes | List(_) | Dict(..) | Set(_) | Tuple(_)
            )
        };
        let (class, object, is_left) = match (x.kind(), y.kind()) {
            (Class(class, _), _) if is_plain(y) => (*class, a, true),
            (_, Class(class, _)) if is_plain(x) => (*class, b, false),
            _ => return None,
        };
        let env = self.types.env();
        let head = crate::libcalls::head_of(if is_left { y } else { x })?;
        let asked = if is_left { op } else { crate::ops::mirror(op) };
        let name = format!("__{}__", dunder_word(asked));
        let is_own = |path: &Name| {
            env.class(*path).is_some() || matches!(path.as_str(), "object" | "ABC" | "Generic" | "Protocol")
        };
        let below = env.program.subclasses(class);
        let declines = below.iter().all(|path| {
            env.answering(Head::Class(*path), &name, head).is_none()
                && env.program.mro(*path).iter().all(is_own)
        });
        if !declines || self.has_order(class) || env.is_enum(class) || env.is_error(class) {
            return None;
        }
        let origin = self.origin(a);
        if below.len() == 1 {
            let text =
                format!("'{}' not supported between instances of {} and {}", sign(op), shown(x), shown(y));
            return Some(self.refuse("TypeError", &text, vec![a, b], origin));
        }
        let other = if is_left { b } else { a };
        if !self.is_simple(other) {
            return None;
        }
        let named = self.name_of_class(object, class);
        let plain = shown(if is_left { y } else { x });
        let value = Piece::Value { value: named, conv: Conv::Str, spec: Vec::new(), late: true };
        let start = format!("'{}' not supported between instances of ", sign(op));
        let pieces = match is_left {
            true => vec![
                Piece::Text(format!("{start}'").into()),
                value,
                Piece::Text(format!("' and {plain}").into()),
            ],
            false => {
                vec![Piece::Text(format!("{start}{plain} and '").into()), value, Piece::Text("'".into())]
            }
        };
        let text = self.mk(Node::Format(pieces), Ty::str(), origin);
        let attr = Attr::Name(Name::new("TypeError"));
        let error = self.mk_op(ExcOp::New, attr, vec![text], Ty::error());
        Some(self.mk(Node::Raise { error: Some(error), cause: None }, Ty::never(), origin))
    }

    /// Whether objects of a class have an order without methods of their own.
    fn has_order(&self, class: Name) -> bool {
        let env = self.types.env();
        let is_ordered = |path: &Name| match env.class(*path).map(|def| def.kind.clone()) {
            Some(ClassKind::Plain | ClassKind::Abstract | ClassKind::Protocol) => false,
            Some(ClassKind::Dataclass { order, .. }) => order,
            _ => true,
        };
        env.inner(class).is_some() || is_ordered(&class) || env.program.mro(class).iter().any(is_ordered)
    }

    /// `a < b` of objects without an order: `__lt__` alone answers neither `>=` nor `<=`.
    fn unordered(&mut self, op: ObjOp, (a, x): (NodeId, Name), (b, y): (NodeId, Name)) -> NodeId {
        let env = self.types.env();
        if [x, y].iter().any(|class| env.program.subclasses(*class).len() > 1) {
            let why = format!("`{}` of a class whose subclasses may define it", sign(op));
            return self.hole(a, BAD_CALL, why);
        }
        let text =
            format!("'{}' not supported between instances of '{}' and '{}'", sign(op), x.last(), y.last());
        let origin = self.origin(a);
        self.refuse("TypeError", &text, vec![a, b], origin)
    }

    pub(crate) fn contains(&mut self, item: NodeId, container: NodeId) -> NodeId {
        use TyKind::*;
        let ty = self.ty(container);
        if let Some(inner) = self.inner_part(container, &["__contains__"]) {
            return self.contains(item, inner);
        }
        let op: Op = match ty.kind() {
            Never => return container,
            Option(inner) => {
                let container =
                    self.unwrap(container, *inner, "TypeError: argument of type 'NoneType' is not iterable");
                return self.contains(item, container);
            }
            Str => {
                let item = self.coerce(item, Ty::str());
                return self.mk_op(StrOp::Contains, Attr::None, vec![container, item], Ty::bool());
            }
            Bytes => {
                let is_part = matches!(self.ty(item).kind(), Bytes);
                let item = if is_part { item } else { self.coerce(item, Ty::int()) };
                return self.mk_op(BytesOp::Contains, Attr::None, vec![container, item], Ty::bool());
            }
            Range => {
                let item = self.coerce(item, Ty::int());
                return self.mk_op(RangeOp::Contains, Attr::None, vec![container, item], Ty::bool());
            }
            List(_) => ListOp::Contains.into(),
            Dict(..) => DictOp::Contains.into(),
            Set(_) | FrozenSet(_) => SetOp::Contains.into(),
            Tuple(_) => {
                let item_type = self.item_type(ty);
                let list = self.list_of_tuple(container, item_type);
                return self.contains(item, list);
            }
            Iter(_) => {
                let inner = self.item_type(ty);
                let name = Name::new("builtins.list");
                let origin = self.origin(container);
                let list = self.lib_call(name, &[ArgKind::Positional], vec![container], None, origin);
                self.body.nodes[list].ty = Ty::list(inner);
                return self.contains(item, list);
            }
            Value | Union(_) => {
                let (container, item) = (self.dynamic(container), self.dynamic(item));
                let word = Name::new("contains");
                return self
                    .mk_op(ValueOp::Binary, Attr::Name(word), vec![container, item], Ty::value())
                    .truthy(self);
            }
            Class(class, _)
                if self.types.env().is_named_tuple(*class)
                    && self.types.env().method(*class, "__contains__").is_none() =>
            {
                let fields = self.fields_of(container);
                return self.contains(item, fields);
            }
            _ => {
                let found = self.special(container, "__contains__", vec![item]);
                return match found {
                    Ok(call) => self.truth(call),
                    Err(container) => {
                        let is_iterable = match self.ty(container).kind() {
                            Class(class, _) => ["__iter__", "__getitem__"]
                                .iter()
                                .any(|name| self.types.env().method(*class, name).is_some()),
                            _ => false,
                        };
                        let iter = self.iter_of(container);
                        if is_iterable
                            || matches!(self.ty(iter).kind(), Iter(inner) if !matches!(inner.kind(), Value))
                        {
                            return self.contains(item, iter);
                        }
                        self.hole(container, BAD_CALL, std::format!("`in` on `{ty}`"))
                    }
                };
            }
        };
        let inner = self.item_type(ty);
        if *inner.kind() == TyKind::Unit && *self.ty(item).kind() != TyKind::Unit && self.is_simple(item) {
            // Nothing ever gets into it.
            return self.always(false, container);
        }
        let (container, inner) = self.widened(container, inner, self.ty(item));
        if let TyKind::Option(held) = *self.ty(item).kind()
            && !matches!(inner.kind(), TyKind::Option(_) | TyKind::Value | TyKind::Unit | TyKind::Union(_))
            && self.joined(held, inner) == Some(inner)
        {
            return self.contains_present(item, held, container, op, inner);
        }
        match self.lookup(item, inner) {
            Some(item) => self.mk_op(op, Attr::None, vec![container, item], Ty::bool()),
            None if (self.ty(item).kind(), inner.kind()) == (&TyKind::Value, &TyKind::Str) => {
                self.contains_text(item, container, op)
            }
            None => {
                let (container, item) = (self.dynamic(container), self.dynamic(item));
                self.mk_op(
                    ValueOp::Binary,
                    Attr::Name(Name::new("contains")),
                    vec![container, item],
                    Ty::value(),
                )
                .truthy(self)
            }
        }
    }

    /// `x in texts` where only the run knows whether `x` is one; what cannot be a key raises.
    fn contains_text(&mut self, item: NodeId, container: NodeId, op: Op) -> NodeId {
        let origin = self.origin(item);
        self.with_value(item, |me, read| {
            let asked = read(me);
            let test = me.mk_op(ValueOp::Is, Attr::Ty(Ty::str()), vec![asked], Ty::bool());
            let text = read(me);
            let text = me.coerce(text, Ty::str());
            let found = me.mk_op(op, Attr::None, vec![container, text], Ty::bool());
            let no = me.mk(Node::Const(Const::Bool(false)), Ty::bool(), origin);
            if matches!(op, Op::ListOp(_)) {
                return me.mk_op(BoolOp::And, Attr::None, vec![test, found], Ty::bool());
            }
            let key = read(me);
            let name = Name::new("builtins.hash");
            let hash = me.lib_call(name, &[ArgKind::Positional], vec![key], None, origin);
            let no = me.mk_block(vec![Stmt::new(StmtKind::Expr(hash), origin)], no);
            me.choose(test, found, no, Ty::bool())
        })
    }

    /// `x in xs` where `x` may be `None` and no item is.
    fn contains_present(&mut self, item: NodeId, held: Ty, container: NodeId, op: Op, inner: Ty) -> NodeId {
        self.with_value(item, |me, read| {
            let asked = read(me);
            let test = me.mk_op(OptOp::IsSome, Attr::None, vec![asked], Ty::bool());
            let value = read(me);
            let value = me.unwrap(value, held, "None");
            let value = me.coerce(value, inner);
            let found = me.mk_op(op, Attr::None, vec![container, value], Ty::bool());
            me.mk_op(BoolOp::And, Attr::None, vec![test, found], Ty::bool())
        })
    }

    /// A list display of objects that an object of a class above is looked for in.
    fn widened(&mut self, container: NodeId, inner: Ty, item: Ty) -> (NodeId, Ty) {
        let are_objects = [inner, item].iter().all(|ty| matches!(ty.kind(), TyKind::Class(..)));
        let Some(wide) = self.joined(inner, item).filter(|wide| are_objects && *wide != inner) else {
            return (container, inner);
        };
        match self.body.nodes[container].kind.clone() {
            Node::Op { op: op @ Op::ListOp(ListOp::New), args, attr: Attr::None } => {
                let args = args.into_iter().map(|arg| self.coerce(arg, wide)).collect();
                (self.mk_op(op, Attr::None, args, Ty::list(wide)), wide)
            }
            _ => (container, inner),
        }
    }

    /// An item as a container's item type, where no check is needed.
    pub(crate) fn lookup(&mut self, item: NodeId, want: Ty) -> Option<NodeId> {
        let is_record = self.is_named(self.ty(item)) && matches!(want.kind(), TyKind::Tuple(_));
        let item = if is_record { self.fields_of(item) } else { item };
        let ty = self.ty(item);
        let joined = ty == want
            || matches!((ty.kind(), want.kind()), (TyKind::TypeOf(_), TyKind::TypeOf(_)))
            || self.joined(ty, want) == Some(want)
            || matches!(ty.kind(), TyKind::Never)
            || matches!(want.kind(), TyKind::Value | TyKind::Unit)
            || matches!(want.kind(), TyKind::Option(inner) if *inner == ty || *ty.kind() == TyKind::Unit);
        if joined && *want.kind() != TyKind::Unit {
            return Some(self.coerce(item, want));
        }
        joined.then_some(item)
    }
}

trait Truthy {
    fn truthy(self, apply: &mut Apply<'_, '_, '_>) -> NodeId;
}

impl Truthy for NodeId {
    /// The dynamic result of a comparison as a bool.
    fn truthy(self, apply: &mut Apply<'_, '_, '_>) -> NodeId {
        apply.mk_op(ValueOp::Unary, Attr::Name(Name::new("truth")), vec![self], Ty::bool())
    }
}
