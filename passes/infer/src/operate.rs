//! Operators, truth and comparisons at Typed.

use crate::apply::{Apply, BAD_CALL};
use crate::ops::dunder_word;
use batuta_base::Name;
use batuta_core::*;

impl Apply<'_, '_, '_> {
    pub(crate) fn op(&mut self, id: NodeId, op: Op, args: Vec<NodeId>, attr: Attr) -> NodeId {
        match op {
            Op::ObjOp(op) => self.obj(id, op, args),
            Op::ListOp(ListOp::New) => self.display(id, op, args),
            Op::SetOp(SetOp::New) => self.display(id, op, args),
            Op::DictOp(DictOp::New) => self.dict(id, args),
            Op::TupleOp(TupleOp::New) => self.tuple_new(id, args),
            Op::ExcOp(ExcOp::Assert) => {
                let mut out = vec![self.cond(args[0])];
                out.extend(args[1..].iter().map(|arg| self.expr(*arg)));
                self.set(id, Node::Op { op, attr, args: out }, Ty::unit())
            }
            _ => {
                let args: Vec<NodeId> = args.into_iter().map(|arg| self.expr(arg)).collect();
                let ty = match op {
                    Op::IoOp(_) => Ty::unit(),
                    Op::ExcOp(ExcOp::New) => Ty::error(),
                    _ => self.solved(id).unwrap_or_else(Ty::value),
                };
                self.set(id, Node::Op { op, attr, args }, ty)
            }
        }
    }

    pub(crate) fn splat(&mut self, arg: NodeId, item: Ty) -> NodeId {
        match self.body.nodes[arg].kind.clone() {
            Node::Op { op: op @ Op::ObjOp(ObjOp::Splat), args, attr } => {
                let inner = self.iterable(args[0]);
                let inner = self.coerce(inner, Ty::iter(item));
                self.set(arg, Node::Op { op, attr, args: vec![inner] }, Ty::iter(item))
            }
            _ => self.want(arg, item),
        }
    }

    pub(crate) fn display(&mut self, id: NodeId, op: Op, args: Vec<NodeId>) -> NodeId {
        let (ty, want) = self.display_type(id, op);
        let item = ty.children()[0];
        let args = args.into_iter().map(|arg| self.splat(arg, item)).collect();
        let node = self.set(id, Node::Op { op, attr: Attr::None, args }, ty);
        self.coerce(node, want)
    }

    /// The container type that a display makes, and the type that its context has for it.
    pub(crate) fn display_type(&self, id: NodeId, op: Op) -> (Ty, Ty) {
        let solved = self.solved(id).unwrap_or_else(Ty::value);
        let fits = match op {
            Op::DictOp(_) => matches!(solved.kind(), TyKind::Dict(..)),
            Op::SetOp(_) => matches!(solved.kind(), TyKind::Set(_)),
            _ => matches!(solved.kind(), TyKind::List(_)),
        };
        if fits {
            return (solved, solved);
        }
        let own = match op {
            Op::DictOp(_) => Ty::dict(Ty::value(), Ty::value()),
            Op::SetOp(_) => Ty::set(Ty::value()),
            _ => Ty::list(Ty::value()),
        };
        (own, if matches!(solved.kind(), TyKind::Value) { solved } else { own })
    }

    pub(crate) fn dict(&mut self, id: NodeId, args: Vec<NodeId>) -> NodeId {
        let (ty, want) = self.display_type(id, DictOp::New.into());
        let items = ty.children();
        let (key, value) = (items[0], items[1]);
        let mut out = Vec::new();
        let mut is_key = true;
        for arg in args {
            if let Node::Op { op: op @ Op::ObjOp(ObjOp::SplatDict), args, attr } =
                self.body.nodes[arg].kind.clone()
            {
                let inner = self.expr(args[0]);
                let inner = self.entries_as(inner, key, value);
                out.push(self.set(arg, Node::Op { op, attr, args: vec![inner] }, Ty::dict(key, value)));
                continue;
            }
            out.push(self.want(arg, if is_key { key } else { value }));
            is_key = !is_key;
        }
        let node = self.set(id, Node::Op { op: DictOp::New.into(), attr: Attr::None, args: out }, ty);
        self.coerce(node, want)
    }

    /// A dict with keys and values of other types, each entry as it is: a list in it stays the same object.
    fn entries_as(&mut self, dict: NodeId, key: Ty, value: Ty) -> NodeId {
        let to = Ty::dict(key, value);
        let (from, origin) = (self.ty(dict), self.origin(dict));
        let TyKind::Dict(from_key, from_value) = from.kind() else { return self.coerce(dict, to) };
        if from == to {
            return dict;
        }
        let (key_local, value_local) =
            (self.body.temp("key", *from_key, origin), self.body.temp("value", *from_value, origin));
        let entries =
            self.lib_call(Name::new("dict.items"), &[ArgKind::Positional], vec![dict], None, origin);
        let places = [key_local, value_local].map(|local| Pat::Place(Place::local(local)));
        let clause = Clause::For { pat: Pat::Tuple(places.to_vec()), iter: entries };
        let read = self.read_local(key_local, origin);
        let key = self.coerce(read, key);
        let read = self.read_local(value_local, origin);
        let value = self.coerce(read, value);
        self.mk(Node::Seq { clauses: vec![clause], sink: Sink::Dict(key, value) }, to, origin)
    }

    pub(crate) fn tuple_new(&mut self, id: NodeId, args: Vec<NodeId>) -> NodeId {
        if args.is_empty() {
            // `()` of Rust is `None`.
            let callee = Callee::Lib(Name::new("tuple.empty"));
            return self.set(id, Node::Call { callee, args: Vec::new() }, Ty::lib("tuple", [Ty::value()]));
        }
        let is_splat = |node: &NodeId| {
            matches!(&self.body.nodes[*node].kind, Node::Op { op: Op::ObjOp(ObjOp::Splat), .. })
        };
        if args.iter().any(is_splat) {
            let ty = self.solved(id).unwrap_or_else(Ty::value);
            let item = ty.children().first().copied().unwrap_or_else(Ty::value);
            let args: Vec<NodeId> = args.into_iter().map(|arg| self.splat(arg, item)).collect();
            let list = self.mk_op(ListOp::New, Attr::None, args, Ty::list(item));
            let origin = self.origin(id);
            return self.lib_call(
                Name::new("builtins.tuple"),
                &[ArgKind::Positional],
                vec![list],
                None,
                origin,
            );
        }
        let types = match self.solved(id).map(|ty| ty.kind()) {
            Some(TyKind::Tuple(types)) if types.len() == args.len() => types.clone(),
            _ => {
                let args: Vec<NodeId> = args.into_iter().map(|arg| self.expr(arg)).collect();
                let ty = Ty::tuple(args.iter().map(|arg| self.ty(*arg)).collect::<Vec<_>>());
                return self.set(id, Node::Op { op: TupleOp::New.into(), attr: Attr::None, args }, ty);
            }
        };
        let args = args.into_iter().zip(&types).map(|(arg, ty)| self.want(arg, *ty)).collect();
        self.set(id, Node::Op { op: TupleOp::New.into(), attr: Attr::None, args }, Ty::tuple(types))
    }

    pub(crate) fn obj(&mut self, id: NodeId, op: ObjOp, args: Vec<NodeId>) -> NodeId {
        use ObjOp::*;
        match op {
            And | Or => self.choice(id, op, &args),
            Not | Truth => self.cond(id),
            Is | IsNot | Eq | Ne | Lt | Le | Gt | Ge | In | NotIn => {
                let (a, b) = (self.expr(args[0]), self.expr(args[1]));
                self.compare(op, a, b)
            }
            Neg | Pos | Invert => {
                let value = self.expr(args[0]);
                self.unary(op, value)
            }
            Slice => {
                let object = self.expr(args[0]);
                self.slice(object, args[1..].to_vec(), Some(id))
            }
            SliceObj => {
                let want = Ty::option(Ty::int());
                let args = args.into_iter().map(|arg| self.want(arg, want)).collect();
                self.set(id, Node::Op { op: op.into(), attr: Attr::None, args }, Ty::new(TyKind::Slice))
            }
            Stored => self.expr(args[0]),
            Splat | SplatDict => {
                let inner = self.expr(args[0]);
                let ty = self.ty(inner);
                self.set(id, Node::Op { op: op.into(), attr: Attr::None, args: vec![inner] }, ty)
            }
            _ => {
                let (a, b) = (self.expr(args[0]), self.expr(args[1]));
                let want = self.solved(id);
                match self.binary_of_members(op, a, b, false, want) {
                    Some(node) => node,
                    None => self.binary(op, a, b, false),
                }
            }
        }
    }

    /// `a and b`, `a or b` as values.
    pub(crate) fn choice(&mut self, id: NodeId, op: ObjOp, args: &[NodeId]) -> NodeId {
        let ty = self.solved(id).unwrap_or_else(Ty::value);
        if *ty.kind() == TyKind::Bool {
            let (a, b) = (self.cond(args[0]), self.cond(args[1]));
            let op = if op == ObjOp::And { BoolOp::And } else { BoolOp::Or };
            return self.set(id, Node::Op { op: op.into(), attr: Attr::None, args: vec![a, b] }, ty);
        }
        let first = self.expr(args[0]);
        let second = self.want(args[1], ty);
        self.with_value(first, |me, read| {
            let tested = read(me);
            let cond = me.truth(tested);
            // What the types decide is not written.
            if let Some(Const::Bool(truth)) = me.body.as_const(cond)
                && *truth == (op == ObjOp::And)
            {
                return second;
            }
            let is_kept = me.body.as_const(cond).is_some();
            let kept = read(me);
            // What is true is not None.
            let kept = match me.ty(kept).kind() {
                TyKind::Option(inner) if op == ObjOp::Or && !matches!(ty.kind(), TyKind::Option(_)) => {
                    me.unwrap(kept, *inner, "None")
                }
                _ => kept,
            };
            let kept = me.coerce(kept, ty);
            if is_kept {
                kept
            } else if op == ObjOp::And {
                me.choose(cond, second, kept, ty)
            } else {
                me.choose(cond, kept, second, ty)
            }
        })
    }

    /// A source node as a condition.
    pub(crate) fn cond(&mut self, id: NodeId) -> NodeId {
        match self.body.nodes[id].kind.clone() {
            Node::Op { op: Op::ObjOp(ObjOp::Truth), args, .. } => self.cond(args[0]),
            // `while 1:`
            Node::Const(Const::Int(digits)) if self.body.lang != Lang::Ruchy => {
                let value = digits.bytes().any(|digit| digit.is_ascii_digit() && digit != b'0');
                self.set(id, Node::Const(Const::Bool(value)), Ty::bool())
            }
            Node::Op { op: Op::ObjOp(ObjOp::Not), args, .. } => {
                let inner = self.cond(args[0]);
                match self.body.as_const(inner) {
                    Some(Const::Bool(value)) => {
                        let opposite = Const::Bool(!value);
                        self.set(id, Node::Const(opposite), Ty::bool())
                    }
                    _ => self.not(inner),
                }
            }
            Node::Op { op: Op::ObjOp(op @ (ObjOp::And | ObjOp::Or)), args, .. } => {
                let a = self.cond(args[0]);
                // What the types decide is not written.
                match self.body.as_const(a) {
                    Some(Const::Bool(value)) if *value == (op == ObjOp::And) => return self.cond(args[1]),
                    Some(Const::Bool(_)) => return a,
                    _ => {}
                }
                let b = self.cond(args[1]);
                match self.body.as_const(b) {
                    Some(Const::Bool(value)) if *value == (op == ObjOp::And) => return a,
                    Some(Const::Bool(_)) if self.has_no_effect(a) => return b,
                    _ => {}
                }
                let op = if op == ObjOp::And { BoolOp::And } else { BoolOp::Or };
                self.set(id, Node::Op { op: op.into(), attr: Attr::None, args: vec![a, b] }, Ty::bool())
            }
            _ => {
                let value = self.expr(id);
                self.truth(value)
            }
        }
    }

    /// A comparison of values that are there.
    fn has_no_effect(&self, node: NodeId) -> bool {
        match &self.body.nodes[node].kind {
            Node::Op { op: Op::CmpOp(_), args, .. } => args.iter().all(|arg| self.is_simple(*arg)),
            _ => self.is_simple(node),
        }
    }

    pub(crate) fn unary(&mut self, op: ObjOp, node: NodeId) -> NodeId {
        let ty = self.ty(node);
        let word = dunder_word(op);
        match (op, ty.kind()) {
            (_, TyKind::Never) => node,
            (_, TyKind::Option(inner)) => {
                let text = format!("TypeError: bad operand type for unary {}: 'NoneType'", sign(op));
                let node = self.unwrap(node, *inner, &text);
                self.unary(op, node)
            }
            (_, TyKind::Bool) => {
                let node = self.coerce(node, Ty::int());
                self.unary(op, node)
            }
            (_, TyKind::Class(class, _)) if self.types.env().is_int_enum(*class) => {
                let node = self.coerce(node, Ty::int());
                self.unary(op, node)
            }
            (_, TyKind::Class(..)) if let Some(inner) = self.inner_part(node, &[&format!("__{word}__")]) => {
                self.unary(op, inner)
            }
            (ObjOp::Pos, TyKind::Int(_) | TyKind::Float(_) | TyKind::Num) => node,
            (ObjOp::Neg, TyKind::Int(_)) => match self.body.as_const(node) {
                Some(Const::Int(digits)) if !digits.starts_with('-') => {
                    let value = Const::Int(format!("-{digits}").into());
                    let origin = self.origin(node);
                    self.mk(Node::Const(value), ty, origin)
                }
                _ => self.mk_op(IntOp::Neg, Attr::None, vec![node], ty),
            },
            (ObjOp::Neg, TyKind::Float(_)) => self.mk_op(FloatOp::Neg, Attr::None, vec![node], ty),
            (ObjOp::Neg, TyKind::Num) => self.mk_op(NumOp::Neg, Attr::None, vec![node], ty),
            (ObjOp::Invert, TyKind::Int(_)) => self.mk_op(IntOp::Invert, Attr::None, vec![node], ty),
            (_, TyKind::Union(members))
                if members.iter().any(|ty| matches!(ty.kind(), TyKind::Class(..))) =>
            {
                self.by_member(node, None, &mut |me, member| me.unary(op, member))
            }
            (_, TyKind::Value | TyKind::Union(_)) => {
                let value = self.dynamic(node);
                self.mk_op(ValueOp::Unary, Attr::Name(Name::new(word)), vec![value], Ty::value())
            }
            _ => self
                .special(node, &format!("__{word}__"), Vec::new())
                .unwrap_or_else(|node| self.hole(node, BAD_CALL, format!("`{}` on `{ty}`", sign(op)))),
        }
    }

    /// Calls a special method of a class or library type; gives the object back when there is none.
    pub(crate) fn special(
        &mut self,
        object: NodeId,
        name: &str,
        args: Vec<NodeId>,
    ) -> Result<NodeId, NodeId> {
        match self.ty(object).kind() {
            TyKind::Class(class, _) => match self.types.env().method(*class, name) {
                Some(method) => Ok(self.call_method_path(*class, method, object, args)),
                None => self.special_below(object, *class, name, args, None),
            },
            TyKind::Option(_) => {
                let object = self.present(object, "TypeError: unsupported operand type: 'NoneType'");
                self.special(object, name, args)
            }
            _ => {
                let Some(word) = self.type_word(self.ty(object)) else { return Err(object) };
                let lib = word.join(name);
                if batuta_catalog::functions(lib.as_str()).is_empty() {
                    return Err(object);
                }
                let origin = self.origin(object);
                let mut all = vec![object];
                all.extend(args);
                Ok(self.lib_call(lib, &vec![ArgKind::Positional; all.len()], all, None, origin))
            }
        }
    }

    /// `a op b` for elaborated operands.
    /// A named tuple that is joined or repeated as a tuple.
    fn plain_operand(&mut self, op: ObjOp, node: NodeId) -> NodeId {
        let ty = self.ty(node);
        match ty.kind() {
            TyKind::Class(class, _) if self.is_named(ty) => {
                let method = self.types.env().method(*class, &format!("__{}__", dunder_word(op)));
                if method.is_none() { self.fields_of(node) } else { node }
            }
            _ => node,
        }
    }

    /// Whether every value of one type is one of another: `None` and texts among texts that may be absent.
    fn holds_all_of(&self, wide: Ty, narrow: Ty) -> bool {
        match wide.kind() {
            TyKind::Option(inner) => {
                narrow == Ty::unit() || *inner == narrow || self.holds_all_of(*inner, narrow)
            }
            _ => self.joined(wide, narrow) == Some(wide),
        }
    }

    /// A set with the same items of a wider type.
    fn set_of(&mut self, node: NodeId, item: Ty) -> NodeId {
        if let Node::Op { op: op @ Op::SetOp(SetOp::New), args, attr } = self.body.nodes[node].kind.clone() {
            let args = args.into_iter().map(|arg| self.coerce(arg, item)).collect();
            return self.set(node, Node::Op { op, attr, args }, Ty::set(item));
        }
        let origin = self.origin(node);
        let items = self.iter_of(node);
        let items = self.coerce(items, Ty::iter(item));
        let set = self.lib_call(Name::new("builtins.set"), &[ArgKind::Positional], vec![items], None, origin);
        self.body.nodes[set].ty = Ty::set(item);
        set
    }

    pub(crate) fn binary(&mut self, op: ObjOp, a: NodeId, b: NodeId, in_place: bool) -> NodeId {
        use TyKind::*;
        let (a, b) = (self.member_number(a), self.member_number(b));
        if let Some((a, b)) = self.inner_operands(op, a, b) {
            return self.binary(op, a, b, in_place);
        }
        let (x, y) = (self.ty(a), self.ty(b));
        if matches!(x.kind(), Never) {
            return a;
        }
        if matches!(y.kind(), Never) {
            return b;
        }
        if matches!(x.kind(), Option(_)) || matches!(y.kind(), Option(_)) {
            let text = std::format!(
                "TypeError: unsupported operand type(s) for {}: {} and {}",
                sign(op),
                shown(x),
                shown(y)
            );
            let (a, b) = (self.present(a, &text), self.present(b, &text));
            return self.binary(op, a, b, in_place);
        }
        if matches!(op, ObjOp::BitOr | ObjOp::BitAnd | ObjOp::BitXor | ObjOp::Sub) {
            let (left, right) = (self.view_as_set(a), self.view_as_set(b));
            if (left, right) != (a, b) {
                return self.binary(op, left, right, in_place);
            }
        }
        if let ObjOp::Add | ObjOp::Mul = op {
            let (left, right) = (self.plain_operand(op, a), self.plain_operand(op, b));
            if (left, right) != (a, b) {
                return self.binary(op, left, right, false);
            }
        }
        let is_number = |ty: Ty| matches!(ty.kind(), Int(_) | Bool | Float(_) | Num);
        match (x.kind(), y.kind()) {
            _ if is_number(x) && is_number(y) => self.arithmetic(op, a, b),
            (Class(class, _), Value) if self.types.env().takes_any(*class, op, in_place) => {
                self.operator_method(op, a, b, in_place)
            }
            (Bytes, _) if op == ObjOp::Mod => {
                let (origin, b) = (self.origin(a), self.dynamic(b));
                let name = Name::new("bytes.__mod__");
                self.lib_call(name, &[ArgKind::Positional; 2], vec![a, b], None, origin)
            }
            (Value | Union(_), _) | (_, Value | Union(_)) => {
                let (a, b) = (self.dynamic(a), self.dynamic(b));
                let word = dunder_word(op);
                self.mk_op(ValueOp::Binary, Attr::Name(Name::new(word)), vec![a, b], Ty::value())
            }
            (Str, Str) if op == ObjOp::Add => self.mk_op(StrOp::Concat, Attr::None, vec![a, b], x),
            (Str, Int(_) | Float(_) | Bool) if op == ObjOp::Add && self.body.lang == Lang::Ruchy => {
                let b = self.text_of(b);
                self.mk_op(StrOp::Concat, Attr::None, vec![a, b], x)
            }
            (Int(_) | Float(_) | Bool, Str) if op == ObjOp::Add && self.body.lang == Lang::Ruchy => {
                let a = self.text_of(a);
                self.mk_op(StrOp::Concat, Attr::None, vec![a, b], y)
            }
            (Bytes, Bytes) if op == ObjOp::Add => self.mk_op(BytesOp::Concat, Attr::None, vec![a, b], x),
            (Str | Bytes | List(_), Int(_) | Bool) if op == ObjOp::Mul => self.repeat(a, b),
            (Int(_) | Bool, Str | Bytes | List(_)) if op == ObjOp::Mul => self.repeat(b, a),
            (Str, _) if op == ObjOp::Mod => {
                let origin = self.origin(a);
                let b = self.percent_values(a, b);
                // `*args` is a tuple, though it is kept as a list.
                let is_rest = |local| {
                    self.body.params.iter().any(|param| param.local == local && param.kind == ParamKind::Star)
                };
                let rest = matches!(self.ty(b).kind(), List(_))
                    && matches!(&self.body.nodes[b].kind, Node::Use(place, _) if place.as_local().is_some_and(is_rest));
                let name = Name::new(if rest { "str.__mod__$rest" } else { "str.__mod__" });
                self.lib_call(name, &[ArgKind::Positional; 2], vec![a, b], None, origin)
            }
            (List(_), List(_)) if op == ObjOp::Add => {
                let b = self.coerce(b, x);
                self.mk_op(ListOp::Concat, Attr::None, vec![a, b], x)
            }
            (Tuple(_), Tuple(_)) if op == ObjOp::Add => self.chain(a, b),
            (Tuple(_), Int(_)) if op == ObjOp::Mul => {
                let item = self.item_type(x);
                let fields = self.list_of_tuple(a, item);
                let list = self.repeat(fields, b);
                let origin = self.origin(list);
                self.lib_call(Name::new("builtins.tuple"), &[ArgKind::Positional], vec![list], None, origin)
            }
            (Set(p) | FrozenSet(p), Set(q) | FrozenSet(q)) if p != q && self.holds_all_of(*p, *q) => {
                let b = self.set_of(b, *p);
                self.binary(op, a, b, in_place)
            }
            (Set(p) | FrozenSet(p), Set(q) | FrozenSet(q)) if p != q => {
                let (a, b) = (self.dynamic(a), self.dynamic(b));
                let word = dunder_word(op);
                self.mk_op(ValueOp::Binary, Attr::Name(Name::new(word)), vec![a, b], Ty::value())
            }
            (Set(_) | FrozenSet(_), Set(_) | FrozenSet(_)) => {
                let op = match op {
                    ObjOp::BitOr => SetOp::Or,
                    ObjOp::BitAnd => SetOp::And,
                    ObjOp::Sub => SetOp::Sub,
                    ObjOp::BitXor => SetOp::Xor,
                    _ => return self.no_operator(op, a, b),
                };
                self.mk_op(op, Attr::None, vec![a, b], x)
            }
            _ => self.operator_method(op, a, b, in_place),
        }
    }

    /// The keys of a dict as a set, which is what operators make of them.
    fn view_as_set(&mut self, node: NodeId) -> NodeId {
        let origin = self.origin(node);
        let is_keys = |name: Name| matches!(name.as_str(), "keys" | "items");
        let item = match (self.ty(node).kind(), &self.body.nodes[node].kind) {
            (TyKind::Iter(item), _) => *item,
            (TyKind::Value, Node::Op { op: Op::ValueOp(ValueOp::Method), attr: Attr::Name(name), .. })
                if is_keys(*name) =>
            {
                Ty::value()
            }
            _ => return node,
        };
        let items = self.iter_of(node);
        let name = Name::new("builtins.set");
        let set = self.lib_call(name, &[ArgKind::Positional], vec![items], None, origin);
        self.body.nodes[set].ty = Ty::set(item);
        set
    }

    pub(crate) fn list_of_tuple(&mut self, tuple: NodeId, item: Ty) -> NodeId {
        let items = self.ty(tuple).children();
        if let Node::Op { op: Op::TupleOp(TupleOp::New), args, .. } = self.body.nodes[tuple].kind.clone() {
            let args = args.into_iter().map(|arg| self.coerce(arg, item)).collect();
            return self.mk_op(ListOp::New, Attr::None, args, Ty::list(item));
        }
        self.with_value(tuple, |me, read| {
            let mut fields = Vec::new();
            for (at, ty) in items.iter().enumerate() {
                let tuple = read(me);
                let field = me.place_read(tuple, Proj::Field(Name::new(&at.to_string())), *ty);
                fields.push(me.coerce(field, item));
            }
            me.mk_op(ListOp::New, Attr::None, fields, Ty::list(item))
        })
    }

    pub(crate) fn repeat(&mut self, text: NodeId, count: NodeId) -> NodeId {
        let ty = self.ty(text);
        let op: Op = match ty.kind() {
            TyKind::Str => StrOp::Repeat.into(),
            TyKind::Bytes => BytesOp::Repeat.into(),
            _ => ListOp::Repeat.into(),
        };
        let count = self.coerce(count, Ty::int());
        self.mk_op(op, Attr::None, vec![text, count], ty)
    }

    pub(crate) fn operator_method(&mut self, op: ObjOp, a: NodeId, b: NodeId, in_place: bool) -> NodeId {
        let word = dunder_word(op);
        let has = |me: &Self, node: NodeId, name: &str| match me.ty(node).kind() {
            TyKind::Class(class, _) => me.types.env().method(*class, name).is_some(),
            _ => me
                .type_word(me.ty(node))
                .is_some_and(|word| !batuta_catalog::functions(word.join(name).as_str()).is_empty()),
        };
        let candidates = [
            (format!("__i{word}__"), a, b, in_place),
            (format!("__{word}__"), a, b, true),
            (format!("__r{word}__"), b, a, true),
        ];
        for (name, object, arg, tried) in candidates {
            let declines = match self.ty(object).kind() {
                TyKind::Class(..) => self.answering(object, &name, arg).is_none(),
                // What the library does not know is asked itself.
                _ => {
                    matches!(self.ty(arg).kind(), TyKind::Class(..))
                        && has(self, arg, &format!("__r{word}__"))
                }
            };
            if tried && !declines && has(self, object, &name) {
                return match self.special(object, &name, vec![arg]) {
                    Ok(node) | Err(node) => node,
                };
            }
        }
        let (x, y) = (self.ty(a), self.ty(b));
        let is_object = |ty: Ty| matches!(ty.kind(), TyKind::Class(..));
        let is_sequence = matches!(x.kind(), TyKind::Str | TyKind::List(_) | TyKind::Tuple(_));
        if (is_object(x) || is_object(y)) && self.has_one_class(x) && self.has_one_class(y) && !is_sequence {
            let sign = match (op, in_place) {
                (ObjOp::Pow, true) => "**=".to_owned(),
                (_, true) => format!("{}=", sign(op)),
                _ => sign(op).to_owned(),
            };
            // The sequence behind the object is asked, too.
            let text = match matches!(y.kind(), TyKind::Str | TyKind::List(_) | TyKind::Tuple(_)) {
                true if op == ObjOp::Mul => {
                    format!("can't multiply sequence by non-int of type {}", shown(x))
                }
                _ => format!("unsupported operand type(s) for {sign}: {} and {}", shown(x), shown(y)),
            };
            let origin = self.origin(a);
            return self.refuse("TypeError", &text, vec![a, b], origin);
        }
        self.no_operator(op, a, b)
    }

    /// Whether all values of a type have the class that `shown` names, one of them of the program.
    fn has_one_class(&self, ty: Ty) -> bool {
        use TyKind::*;
        match ty.kind() {
            Class(class, _) => self.types.env().program.subclasses(*class).len() == 1,
            Str | Int(_) | Float(_) | Bool | List(_) | Dict(..) | Set(_) | Tuple(_) => true,
            _ => false,
        }
    }

    pub(crate) fn no_operator(&mut self, op: ObjOp, a: NodeId, b: NodeId) -> NodeId {
        let (x, y) = (self.ty(a), self.ty(b));
        // Python raises here too: a dynamic operation says what it says.
        let known = |ty: Ty| !matches!(ty.kind(), TyKind::Lib(..) | TyKind::Complex | TyKind::Unit);
        if known(x) && known(y) {
            let (a, b) = (self.dynamic(a), self.dynamic(b));
            return self.mk_op(
                ValueOp::Binary,
                Attr::Name(Name::new(dunder_word(op))),
                vec![a, b],
                Ty::value(),
            );
        }
        self.hole(a, BAD_CALL, format!("`{}` on `{x}` and `{y}`", sign(op)))
    }

    /// The text that a number or bool is in a sum of texts.
    fn text_of(&mut self, value: NodeId) -> NodeId {
        let origin = self.origin(value);
        self.lib_call(Name::new("ruchy.text_of"), &[ArgKind::Positional], vec![value], None, origin)
    }

    pub(crate) fn arithmetic(&mut self, op: ObjOp, a: NodeId, b: NodeId) -> NodeId {
        use ObjOp::*;
        let (x, y) = (self.ty(a), self.ty(b));
        let both_bool = *x.kind() == TyKind::Bool && *y.kind() == TyKind::Bool;
        if both_bool && matches!(op, BitAnd | BitOr | BitXor) {
            let op = match op {
                BitAnd => BoolOp::BitAnd,
                BitOr => BoolOp::BitOr,
                _ => BoolOp::BitXor,
            };
            return self.mk_op(op, Attr::None, vec![a, b], Ty::bool());
        }
        let negative_power = op == Pow && self.constant(b).is_some_and(|value| value < 0);
        if x.is_float() || y.is_float() || negative_power {
            let (a, b) = (self.coerce(a, Ty::float()), self.coerce(b, Ty::float()));
            let op = match op {
                Add => FloatOp::Add,
                Sub => FloatOp::Sub,
                Mul => FloatOp::Mul,
                TrueDiv => FloatOp::Div,
                FloorDiv => FloatOp::FloorDiv,
                Mod => FloatOp::FloorMod,
                Pow => FloatOp::Pow,
                Div => FloatOp::Div,
                Rem => {
                    let origin = self.origin(a);
                    let name = Name::new("ruchy.rem");
                    return self.lib_call(name, &[ArgKind::Positional; 2], vec![a, b], None, origin);
                }
                _ => return self.no_operator(op, a, b),
            };
            return self.mk_op(op, Attr::None, vec![a, b], Ty::float());
        }
        let is_num = *x.kind() == TyKind::Num || *y.kind() == TyKind::Num;
        if is_num && self.body.lang == Lang::Ruchy {
            return self.ruchy_numbers(op, a, b).unwrap_or_else(|| self.no_operator(op, a, b));
        }
        if is_num {
            let (a, b) = (self.coerce(a, Ty::num()), self.coerce(b, Ty::num()));
            let op = match op {
                Add => NumOp::Add,
                Sub => NumOp::Sub,
                Mul => NumOp::Mul,
                TrueDiv => return self.mk_op(NumOp::TrueDiv, Attr::None, vec![a, b], Ty::float()),
                FloorDiv => NumOp::FloorDiv,
                Mod => NumOp::FloorMod,
                Pow => NumOp::Pow,
                _ => return self.no_operator(op, a, b),
            };
            return self.mk_op(op, Attr::None, vec![a, b], Ty::num());
        }
        let (a, b) = (self.coerce(a, Ty::int()), self.coerce(b, Ty::int()));
        let op = match op {
            Add => IntOp::Add,
            Sub => IntOp::Sub,
            Mul => IntOp::Mul,
            TrueDiv => return self.mk_op(IntOp::TrueDiv, Attr::None, vec![a, b], Ty::float()),
            FloorDiv => IntOp::FloorDiv,
            Mod => IntOp::FloorMod,
            Div => IntOp::Div,
            Rem => IntOp::Rem,
            Pow => IntOp::Pow,
            Shl => IntOp::Shl,
            Shr => IntOp::Shr,
            BitAnd => IntOp::And,
            BitOr => IntOp::Or,
            BitXor => IntOp::Xor,
            _ => return self.no_operator(op, a, b),
        };
        self.mk_op(op, Attr::None, vec![a, b], Ty::int())
    }
}

/// The operator as the source writes it.
pub(crate) fn sign(op: ObjOp) -> &'static str {
    use ObjOp::*;
    match op {
        Add => "+",
        Sub | Neg => "-",
        Mul => "*",
        TrueDiv | Div => "/",
        FloorDiv => "//",
        Mod | Rem => "%",
        Pow => "** or pow()",
        MatMul => "@",
        Shl => "<<",
        Shr => ">>",
        BitAnd => "&",
        BitOr => "|",
        BitXor => "^",
        Pos => "+",
        Invert => "~",
        Lt => "<",
        Le => "<=",
        Gt => ">",
        Ge => ">=",
        Eq => "==",
        Ne => "!=",
        _ => "?",
    }
}

/// Python's name of a type, as its errors quote it; an option stands for the None that failed.
pub(crate) fn shown(ty: Ty) -> String {
    let word = match ty.kind() {
        TyKind::Option(_) | TyKind::Unit => "NoneType",
        TyKind::Class(path, _) => path.last(),
        TyKind::List(_) => "list",
        TyKind::Dict(..) => "dict",
        TyKind::Set(_) => "set",
        TyKind::Tuple(_) => "tuple",
        TyKind::Str => "str",
        TyKind::Int(_) => "int",
        TyKind::Float(_) => "float",
        TyKind::Bool => "bool",
        _ => "object",
    };
    format!("'{word}'")
}
