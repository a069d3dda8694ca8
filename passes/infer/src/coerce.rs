//! Coercions: nodes that take a value of one type to another.

use crate::apply::Apply;
use batuta_base::Name;
use batuta_core::*;

impl Apply<'_, '_, '_> {
    /// The node's value as a wanted type.
    pub(crate) fn want(&mut self, node: NodeId, to: Ty) -> NodeId {
        let node = self.expr(node);
        self.coerce(node, to)
    }

    fn constructed(&mut self, class: &str, node: NodeId) -> NodeId {
        let origin = self.origin(node);
        self.lib_call(Name::new(class), &[ArgKind::Positional], vec![node], None, origin)
    }

    /// The option behind `opt.unwrap(option)` where a test proved the value.
    fn proved_option(&self, node: NodeId, to: Ty) -> Option<NodeId> {
        match &self.body.nodes[node].kind {
            Node::Op { op: Op::OptOp(OptOp::Unwrap), attr: Attr::Name(text), args } if *text == "None" => {
                // A variable is bound anew by its test (`if let`).
                let is_part = matches!(&self.body.nodes[args[0]].kind, Node::Use(place, _)
                    if place.as_local().is_none());
                (is_part && self.ty(args[0]) == to).then_some(args[0])
            }
            _ => None,
        }
    }

    pub(crate) fn coerce(&mut self, node: NodeId, to: Ty) -> NodeId {
        use TyKind::*;
        let from = self.ty(node);
        if *to.kind() == Value
            && (matches!(self.body.nodes[node].kind, Node::Item(_)) || self.type_operand(node).is_some())
        {
            return self.dynamic(node);
        }
        if from == to || matches!(from.kind(), Never) || matches!(to.kind(), Never) {
            return node;
        }
        if self.retype_empty(node, to) {
            return node;
        }
        match (from.kind(), to.kind()) {
            (Value, Func(params, ret)) if matches!(self.body.nodes[node].kind, Node::Item(_)) => {
                self.as_function(node, params, *ret, to)
            }
            (Unit, Option(_)) => self.none_of(node, to),
            (Option(a), Option(b)) => self.map_option(node, *a, *b, to),
            // What a test proved to be there goes on as the option that it is.
            (_, Option(_)) if let Some(option) = self.proved_option(node, to) => option,
            (_, Option(inner)) if !matches!(from.kind(), Value) => {
                let inner = self.coerce(node, *inner);
                self.mk_op(OptOp::Some, Attr::None, vec![inner], to)
            }
            (Option(inner), _) if !matches!(to.kind(), Value | Unit) => {
                let text = std::format!("TypeError: unexpected None, expected {to}");
                let node = self.unwrap(node, *inner, &text);
                self.coerce(node, to)
            }
            (Int(_), Float(_)) => match self.body.as_const(node) {
                Some(Const::Int(digits)) if digits.len() < 16 => {
                    let value = digits.parse().unwrap_or(0.0);
                    let origin = self.origin(node);
                    self.mk(Node::Const(Const::Float(value)), to, origin)
                }
                _ => self.mk_op(IntOp::ToFloat, Attr::None, vec![node], to),
            },
            (Class(class, _), Int(_) | Float(_) | Num) if self.types.env().is_int_enum(*class) => {
                let value = self.member_number(node);
                self.coerce(value, to)
            }
            (Class(class, _), Int(_)) if let Some(index) = self.types.env().method(*class, "__index__") => {
                let value = self.call_method_path(*class, index, node, Vec::new());
                self.coerce(value, to)
            }
            (Class(..), Tuple(_)) if self.is_named(from) => {
                let tuple = self.fields_of(node);
                self.coerce(tuple, to)
            }
            (Bool, Int(_)) => self.mk_op(BoolOp::ToInt, Attr::None, vec![node], to),
            (Bool, Float(_) | Num) => {
                let node = self.coerce(node, Ty::int());
                self.coerce(node, to)
            }
            (Int(_), Lib(name, _)) if crate::types::is_exact(*name) => {
                let class = if *name == "Decimal" { "decimal.Decimal" } else { "fractions.Fraction" };
                self.constructed(class, node)
            }
            (Bool, Complex) => {
                let node = self.coerce(node, Ty::int());
                self.constructed("builtins.complex", node)
            }
            (Int(_) | Float(_), Complex) => self.constructed("builtins.complex", node),
            (Int(_), Num) => self.mk_op(NumOp::FromInt, Attr::None, vec![node], to),
            (Float(_), Num) => self.mk_op(NumOp::FromFloat, Attr::None, vec![node], to),
            (Num, Float(_)) => self.mk_op(NumOp::ToFloat, Attr::None, vec![node], to),
            // A float where an int is expected is an error, never a cut.
            (Num, Int(_)) => self.mk_op(NumOp::ToInt, Attr::Name(Name::new("exact")), vec![node], to),
            (Class(a, _), Class(b, _)) if self.types.env().is_subclass(*a, *b) => {
                self.mk_op(ClassOp::Up, Attr::None, vec![node], to)
            }
            (Class(a, _), Class(b, _)) if self.types.env().is_subclass(*b, *a) => {
                self.mk_op(ClassOp::Down, Attr::None, vec![node], to)
            }
            (Class(a, _), Error) if self.types.env().is_error(*a) => {
                self.mk_op(ClassOp::Up, Attr::None, vec![node], to)
            }
            (Error, Class(b, _)) if self.types.env().is_error(*b) => {
                self.mk_op(ClassOp::Down, Attr::None, vec![node], to)
            }
            (TypeOf(_), TypeOf(_)) => {
                let class = self.again(node);
                self.body.nodes[class].ty = to;
                class
            }
            (Tuple(a), Tuple(b)) if a.len() == b.len() => self.tuple(node, b, to),
            (Tuple(_), Lib(name, items)) if *name == "tuple" => {
                let list = self.list_of_tuple(node, items[0]);
                let origin = self.origin(list);
                self.lib_call(Name::new("builtins.tuple"), &[ArgKind::Positional], vec![list], None, origin)
            }
            (Tuple(_), List(item)) => self.list_of_tuple(node, *item),
            (Range | Set(_) | FrozenSet(_) | Dict(..) | Bytes | Str, List(item)) => self.list_of(node, *item),
            (Lib(name, _), List(item))
                if matches!(name.last(), "tuple" | "deque" | "Counter" | "defaultdict" | "OrderedDict") =>
            {
                self.list_of(node, *item)
            }
            (Lib(a, _), Lib(b, _)) if *b == "file" && crate::contexts::is_text_stream(*a) => {
                let origin = self.origin(node);
                self.lib_call(Name::new("file.of"), &[ArgKind::Positional], vec![node], None, origin)
            }
            (Iter(_), Iter(item)) => self.map_iter(node, *item, to),
            (_, Union(items)) if items.contains(&from) => {
                self.mk_op(UnionOp::From, Attr::None, vec![node], to)
            }
            (Union(items), _) if items.contains(&to) => self.mk_op(UnionOp::Get, Attr::None, vec![node], to),
            (Union(items), Int(_) | Float(_)) if items.contains(&Ty::num()) => {
                let number = self.mk_op(UnionOp::Get, Attr::None, vec![node], Ty::num());
                self.coerce(number, to)
            }
            (Union(members), Union(_)) if self.hold_objects(members) => self.other_union(node, to),
            (_, Union(items)) if !matches!(from.kind(), Union(_) | Value | Option(_)) => {
                match items.iter().copied().find(|item| self.widens(from, *item)) {
                    Some(item) => {
                        let node = self.coerce(node, item);
                        self.coerce(node, to)
                    }
                    None => self.through_value(node, to),
                }
            }
            (_, Value) => self.dynamic(node),
            (Value, Iter(item)) => {
                let of = self.mk_op(ValueOp::Iter, Attr::None, vec![node], Ty::iter(Ty::value()));
                if *item == Ty::value() { of } else { self.map_iter(of, *item, to) }
            }
            (Value, Option(inner)) if matches!(inner.kind(), Union(_)) => {
                self.with_value(node, |me, read| {
                    let value = read(me);
                    let cond = me.mk_op(ValueOp::Is, Attr::Ty(Ty::unit()), vec![value], Ty::bool());
                    let none = me.mk_op(OptOp::None, Attr::None, Vec::new(), to);
                    let value = read(me);
                    let some = me.coerce(value, to.children()[0]);
                    let some = me.mk_op(OptOp::Some, Attr::None, vec![some], to);
                    me.choose(cond, none, some, to)
                })
            }
            (Value, TypeOf(_)) if self.type_of_one_class(node).is_some() => {
                let of = self.type_of_one_class(node).unwrap_or(node);
                let members = self.ty(of).children();
                self.class_in_union(of, &members, self.origin(node))
            }
            (Value, Func(params, ret)) => self.function_of_value(node, params, *ret, to),
            (Value, TypeOf(_)) => {
                let why = "a class that only the run knows, where one is expected".to_owned();
                self.hole(node, crate::apply::DYNAMIC, why)
            }
            (Value, _) => self.mk_op(ValueOp::To, Attr::None, vec![node], to),
            (Tuple(items), Iter(item)) if items.is_empty() => {
                let list = self.list_of_tuple(node, *item);
                self.iter_of(list)
            }
            (
                Class(..),
                List(_) | Dict(..) | Set(_) | FrozenSet(_) | Str | Int(_) | Float(_) | Tuple(_) | Lib(..),
            ) if let Some(inner) = self.inner_part(node, &[]) => self.coerce(inner, to),
            (_, Iter(_)) if !matches!(from.kind(), Iter(_)) => {
                let of = self.iter_of(node);
                self.coerce(of, to)
            }
            (_, Func(params, ret)) => self.as_function(node, params, *ret, to),
            _ => self.through_value(node, to),
        }
    }

    /// `list(x)` of another iterable.
    fn list_of(&mut self, node: NodeId, item: Ty) -> NodeId {
        let origin = self.origin(node);
        let items = self.iter_of(node);
        let items = self.coerce(items, Ty::iter(item));
        let name = Name::new("builtins.list");
        let list = self.lib_call(name, &[ArgKind::Positional], vec![items], None, origin);
        self.body.nodes[list].ty = Ty::list(item);
        list
    }

    /// An empty display is of any type of its kind.
    fn retype_empty(&mut self, node: NodeId, to: Ty) -> bool {
        let is_empty_tuple = match &self.body.nodes[node].kind {
            Node::Call { callee: Callee::Lib(name), args } => {
                *name == "tuple.empty" || *name == "builtins.tuple" && args.is_empty()
            }
            _ => false,
        };
        if is_empty_tuple {
            let new = |op| Node::Op { op, attr: Attr::None, args: Vec::new() };
            let written = match to.kind() {
                TyKind::List(_) => Some(("list", "[]")),
                TyKind::Dict(..) => Some(("dict", "{}")),
                TyKind::Set(_) => Some(("set", "set()")),
                _ => None,
            };
            if let Some((kind, written)) = written {
                let message = format!("this `()` is an empty {kind}: it prints as `{written}`");
                let origin = self.origin(node);
                let found = self.diags.report_with(crate::apply::EMPTY_TUPLE, origin, message);
                found.hints.push(format!("write `{written}`"));
            }
            self.body.nodes[node].kind = match to.kind() {
                TyKind::List(_) => new(ListOp::New.into()),
                TyKind::Dict(..) => new(DictOp::New.into()),
                TyKind::Set(_) => new(SetOp::New.into()),
                TyKind::Tuple(items) if items.is_empty() => new(TupleOp::New.into()),
                TyKind::Lib(name, _) if *name == "tuple" => {
                    Node::Call { callee: Callee::Lib(Name::new("builtins.tuple")), args: Vec::new() }
                }
                _ => return false,
            };
            self.body.nodes[node].ty = to;
            return true;
        }
        // An empty container of the library: `OrderedDict()`.
        if let (Node::Call { callee: Callee::Lib(_), args }, TyKind::Lib(from, _), TyKind::Lib(name, _)) =
            (&self.body.nodes[node].kind, self.ty(node).kind(), to.kind())
            && args.is_empty()
            && from == name
        {
            self.body.nodes[node].ty = to;
            return true;
        }
        let Node::Op { op, args, .. } = &self.body.nodes[node].kind else { return false };
        let fits = match op {
            Op::ListOp(ListOp::New) => matches!(to.kind(), TyKind::List(_)),
            Op::DictOp(DictOp::New) => matches!(to.kind(), TyKind::Dict(..)),
            Op::SetOp(SetOp::New) => matches!(to.kind(), TyKind::Set(_)),
            _ => false,
        };
        let fits = fits && args.is_empty();
        if fits {
            self.body.nodes[node].ty = to;
        }
        fits
    }

    /// Whether a value of one type becomes another without a check.
    fn widens(&self, from: Ty, to: Ty) -> bool {
        use TyKind::*;
        match (from.kind(), to.kind()) {
            (Bool, Int(_)) | (Int(_) | Bool, Float(_) | Num) => true,
            (Class(a, _), Class(b, _)) => self.types.env().is_subclass(*a, *b),
            (Option(_), _) | (_, Option(_)) => false,
            (List(_), List(_)) | (Set(_), Set(_)) | (Dict(..), Dict(..)) => false,
            (Tuple(a), Tuple(b)) => {
                a.len() == b.len() && a.iter().zip(b).all(|(a, b)| a == b || self.widens(*a, *b))
            }
            _ => false,
        }
    }

    /// An int or float that is only a number of either kind on its way to a dynamic value, also in branches.
    fn number_behind(&mut self, node: NodeId) -> Option<NodeId> {
        if *self.ty(node).kind() != TyKind::Num {
            return None;
        }
        match self.body.nodes[node].kind {
            Node::Op { op: Op::NumOp(NumOp::FromInt | NumOp::FromFloat), ref args, .. } => {
                let inner = args[0];
                Some(self.dynamic(inner))
            }
            Node::If { then, els: Some(els), .. } => {
                for block in [then, els] {
                    let tail = self.body.blocks[block].tail?;
                    if *self.ty(tail).kind() != TyKind::Never {
                        self.body.blocks[block].tail = Some(self.dynamic(tail));
                    }
                }
                self.body.nodes[node].ty = Ty::value();
                Some(node)
            }
            _ => None,
        }
    }

    /// `d.keys()` as a dynamic value: an object that can be walked again and again.
    fn view_to_value(&mut self, node: NodeId) -> Option<NodeId> {
        let node = self.kept_views.get(&node).copied().unwrap_or(node);
        let Node::Call { callee: Callee::Lib(name), .. } = &self.body.nodes[node].kind else { return None };
        let (owner, view) = name.as_str().split_once('.')?;
        let owner = match owner {
            "dict" | "defaultdict" | "Counter" => "dict",
            "OrderedDict" => owner,
            _ => return None,
        };
        if !matches!(view, "keys" | "values" | "items") || !matches!(self.ty(node).kind(), TyKind::Iter(_)) {
            return None;
        }
        let name = Name::new(&format!("{owner}.{view}$view"));
        let origin = self.origin(node);
        let items = self.list_of(node, Ty::value());
        let args = vec![Arg::positional(items)];
        Some(self.mk(Node::Call { callee: Callee::Lib(name), args }, Ty::value(), origin))
    }

    pub(crate) fn dynamic(&mut self, node: NodeId) -> NodeId {
        if let Some(of) = self.type_operand(node) {
            return self.type_to_value(of);
        }
        if matches!(self.ty(node).kind(), TyKind::Value | TyKind::Never) {
            let function = match self.body.nodes[node].kind {
                Node::Item(name) => self.library_to_value(node, name),
                _ => None,
            };
            return function.unwrap_or(node);
        }
        if let Some(node) = self.number_behind(node) {
            return node;
        }
        if let Some(view) = self.view_to_value(node) {
            return view;
        }
        let ty = self.ty(node);
        let holds_function = |part: &Ty| part.any(&mut |inner| matches!(inner.kind(), TyKind::Func(..)));
        if !matches!(ty.kind(), TyKind::Func(..) | TyKind::Class(..))
            && ty.children().iter().any(holds_function)
        {
            return self.hole(node, crate::apply::BAD_CALL, "functions in a dynamic container".to_owned());
        }
        let holds_class = |part: &Ty| part.any(&mut |inner| matches!(inner.kind(), TyKind::TypeOf(_)));
        if !matches!(ty.kind(), TyKind::TypeOf(_) | TyKind::Class(..))
            && ty.children().iter().any(holds_class)
        {
            return self.hole(node, crate::apply::DYNAMIC, "classes in a dynamic container".to_owned());
        }
        if let Some(held) = never_dynamic(ty) {
            let why = format!("a `{held}` as a dynamic value");
            return self.hole(node, crate::apply::BAD_CALL, why);
        }
        if let TyKind::Func(params, _) = ty.kind() {
            return self.function_to_value(node, params);
        }
        if let TyKind::TypeOf(class) = self.ty(node).kind()
            && (self.types.env().class(*class).is_some() || crate::env::is_builtin_error(*class))
        {
            if let Some(value) = self.class_to_value(node, *class) {
                return value;
            }
            return self.hole(
                node,
                crate::apply::DYNAMIC,
                format!("the class `{}` as a dynamic value", class.last()),
            );
        }
        if let TyKind::TypeOf(class) = *self.ty(node).kind() {
            let why = format!("the class `{}` as a dynamic value", class.last());
            return self.hole(node, crate::apply::DYNAMIC, why);
        }
        self.mk_op(ValueOp::From, Attr::None, vec![node], Ty::value())
    }

    pub(crate) fn through_value(&mut self, node: NodeId, to: Ty) -> NodeId {
        let value = self.dynamic(node);
        self.mk_op(ValueOp::To, Attr::None, vec![value], to)
    }

    /// `None` as an absent option.
    fn none_of(&mut self, node: NodeId, to: Ty) -> NodeId {
        let none = self.mk_op(OptOp::None, Attr::None, Vec::new(), to);
        self.body.nodes[none].origin = self.origin(node);
        if self.is_simple(node) {
            return none;
        }
        let stmt = Stmt::new(StmtKind::Expr(node), self.origin(node));
        self.mk_block(vec![stmt], none)
    }

    /// The `None` of a type that can be absent.
    pub(crate) fn none(&mut self, ty: Ty, near: NodeId) -> NodeId {
        let origin = self.origin(near);
        let node = self.mk(Node::Const(Const::None), Ty::unit(), origin);
        self.coerce(node, ty)
    }

    fn map_option(&mut self, node: NodeId, a: Ty, b: Ty, to: Ty) -> NodeId {
        self.with_value(node, |me, read| {
            let value = read(me);
            let cond = me.mk_op(OptOp::IsNone, Attr::None, vec![value], Ty::bool());
            let none = me.mk_op(OptOp::None, Attr::None, Vec::new(), to);
            let value = read(me);
            let inner = me.unwrap(value, a, "None");
            let inner = me.coerce(inner, b);
            let some = me.mk_op(OptOp::Some, Attr::None, vec![inner], to);
            me.choose(cond, none, some, to)
        })
    }

    /// An iterator whose items are coerced one by one.
    pub(crate) fn map_iter(&mut self, node: NodeId, item: Ty, to: Ty) -> NodeId {
        let origin = self.origin(node);
        let local = self.body.temp("item", self.item_type(self.ty(node)), origin);
        let read = self.read_local(local, origin);
        let value = self.coerce(read, item);
        let clause = Clause::For { pat: Pat::Place(Place::local(local)), iter: node };
        self.mk(Node::Seq { clauses: vec![clause], sink: Sink::Iter(value) }, to, origin)
    }

    /// A generator that is sent values, with its items as those of the one around it.
    pub(crate) fn giving(&mut self, node: NodeId, item: Ty) -> NodeId {
        let (origin, of) = (self.origin(node), self.ty(node));
        let from = of.yielded();
        if from == item {
            return node;
        }
        let local = self.body.temp("item", from, origin);
        let read = self.read_local(local, origin);
        let value = self.coerce(read, item);
        let param = Param { name: Name::new("item"), local, kind: ParamKind::Normal, default: None };
        let body = self.body.block(BlockRow { tail: Some(value), ..BlockRow::default() });
        let closure = Closure { ret: item, ..Closure::lambda(vec![param], body) };
        let closure = self.mk(Node::Closure(closure), Ty::func([from], item), origin);
        let name = Name::new("coroutine.mapped");
        self.lib_call(name, &[ArgKind::Positional; 2], vec![node, closure], None, origin)
    }

    /// `if cond { then } else { els }` as a value.
    pub(crate) fn choose(&mut self, cond: NodeId, then: NodeId, els: NodeId, ty: Ty) -> NodeId {
        let origin = self.origin(cond);
        let (then, els) = (self.tail_block(then), self.tail_block(els));
        self.mk(Node::If { cond, then, els: Some(els) }, ty, origin)
    }

    /// The value of an option; `text` is the error where it is absent.
    pub(crate) fn unwrap(&mut self, node: NodeId, ty: Ty, text: &str) -> NodeId {
        self.mk_op(OptOp::Unwrap, Attr::Name(Name::new(text)), vec![node], ty)
    }

    /// Reads an option's value where the source uses it as one.
    pub(crate) fn present(&mut self, node: NodeId, text: &str) -> NodeId {
        match self.ty(node).kind() {
            TyKind::Option(inner) => self.unwrap(node, *inner, text),
            _ => node,
        }
    }

    fn tuple(&mut self, node: NodeId, types: &[Ty], to: Ty) -> NodeId {
        if let Node::Op { op: Op::TupleOp(TupleOp::New), args, .. } = self.body.nodes[node].kind.clone() {
            let args = args.into_iter().zip(types).map(|(arg, ty)| self.coerce(arg, *ty)).collect();
            return self.mk_op(TupleOp::New, Attr::None, args, to);
        }
        let (local, stmt) = self.set_temp("pair", node);
        let origin = self.origin(node);
        let from = self.ty(node).children();
        let mut items = Vec::new();
        for (at, (ty, want)) in from.into_iter().zip(types).enumerate() {
            let place = Place::local(local).with(Proj::Field(Name::new(&at.to_string())));
            let item = self.mk(Node::Use(place, Mode::Read), ty, origin);
            items.push(self.coerce(item, *want));
        }
        let tail = self.mk_op(TupleOp::New, Attr::None, items, to);
        self.mk_block(vec![stmt], tail)
    }

    /// `iter.of(x)`; iterators stay as they are.
    /// All members of an enum class, in order.
    pub(crate) fn enum_members(&mut self, node: NodeId, class: Name) -> NodeId {
        let origin = self.origin(node);
        let args = vec![Arg::positional(node)];
        let callee = Callee::Lib(Name::new("enum.members"));
        self.mk(Node::Call { callee, args }, Ty::list(Ty::class(class)), origin)
    }

    pub(crate) fn iter_of(&mut self, node: NodeId) -> NodeId {
        let ty = self.ty(node);
        // A list that is tested to be one is read where it is.
        if let Node::Op { op: Op::ValueOp(ValueOp::To), args, .. } = &self.body.nodes[node].kind
            && matches!(ty.kind(), TyKind::List(item) | TyKind::Set(item) if *item.kind() == TyKind::Value)
        {
            let value = args[0];
            return self.iter_of(value);
        }
        match ty.kind() {
            TyKind::Iter(_) | TyKind::Never => node,
            TyKind::Unit
            | TyKind::Int(_)
            | TyKind::Float(_)
            | TyKind::Bool
            | TyKind::Num
            | TyKind::Complex => {
                let origin = self.origin(node);
                let name = match ty.kind() {
                    TyKind::Unit => "NoneType",
                    TyKind::Float(_) | TyKind::Num => "float",
                    TyKind::Bool => "bool",
                    TyKind::Complex => "complex",
                    _ => "int",
                };
                let words =
                    format!("this raises `TypeError: '{name}' object is not iterable` whenever it runs");
                self.diags.report_with(crate::apply::ALWAYS_RAISES, origin, words);
                // What is made of the items needs their type, which a value that never comes has not.
                let value = self.dynamic(node);
                self.mk_op(ValueOp::Iter, Attr::None, vec![value], Ty::iter(Ty::value()))
            }
            TyKind::Value => self.mk_op(ValueOp::Iter, Attr::None, vec![node], Ty::iter(Ty::value())),
            TyKind::Union(_) => {
                let value = self.dynamic(node);
                self.mk_op(ValueOp::Iter, Attr::None, vec![value], Ty::iter(Ty::value()))
            }
            TyKind::Option(inner) => {
                let node = self.unwrap(node, *inner, "TypeError: 'NoneType' object is not iterable");
                self.iter_of(node)
            }
            TyKind::TypeOf(class) if self.types.env().is_enum(*class) => {
                let members = self.enum_members(node, *class);
                self.iter_of(members)
            }
            TyKind::Lib(name, _)
                if !matches!(name.as_str(), "deque" | "tuple")
                    && !batuta_catalog::functions(name.join("__iter__").as_str()).is_empty() =>
            {
                let origin = self.origin(node);
                let items =
                    self.lib_call(name.join("__iter__"), &[ArgKind::Positional], vec![node], None, origin);
                let ty = self.ty(items);
                self.mk_op(IterOp::Of, Attr::None, vec![items], ty)
            }
            TyKind::Tuple(items) if items.is_empty() || items.iter().any(|item| *item != items[0]) => {
                let list = self.list_of_tuple(node, self.item_type(ty));
                self.iter_of(list)
            }
            TyKind::Class(..) if let Some(inner) = self.inner_part(node, &["__iter__", "__next__"]) => {
                self.iter_of(inner)
            }
            _ if self.is_named(ty) => {
                let tuple = self.fields_of(node);
                let item = self.item_type(self.ty(tuple));
                let list = self.list_of_tuple(tuple, item);
                self.iter_of(list)
            }
            _ => {
                let item = self.item_type(ty);
                let node = self.iterator_object(node);
                self.mk_op(IterOp::Of, Attr::None, vec![node], Ty::iter(item))
            }
        }
    }

    /// What a `for` or a clause reads; the items of a tuple of several types become what the pattern takes.
    pub(crate) fn iterable_for(&mut self, node: NodeId, pat: &Pat) -> NodeId {
        let node = self.expr(node);
        if let TyKind::Tuple(items) = self.ty(node).kind()
            && items.iter().any(|item| *item != items[0])
        {
            let item = match pat {
                Pat::Place(place) => self.place_type(place),
                _ => None,
            };
            let item = item.unwrap_or_else(|| self.item_type(self.ty(node)));
            let list = self.list_of_tuple(node, item);
            return self.iter_of(list);
        }
        let iter = self.iterable_value(node);
        let item = self.item_type(self.ty(iter));
        if !self.is_named(item) || !matches!(pat, Pat::Tuple(_) | Pat::List { .. }) {
            return iter;
        }
        let origin = self.origin(iter);
        let local = self.body.temp("item", item, origin);
        let read = self.read_local(local, origin);
        let fields = self.fields_of(read);
        let ty = Ty::iter(self.ty(fields));
        let clauses = vec![Clause::For { pat: Pat::Place(Place::local(local)), iter }];
        self.mk(Node::Seq { clauses, sink: Sink::Iter(fields) }, ty, origin)
    }

    /// A named tuple, which is iterated and taken apart as a tuple is.
    pub(crate) fn is_named(&self, ty: Ty) -> bool {
        let env = self.types.env();
        matches!(ty.kind(), TyKind::Class(class, _)
            if env.is_named_tuple(*class) && env.method(*class, "__iter__").is_none())
    }

    /// The fields of a named tuple as a tuple.
    pub(crate) fn fields_of(&mut self, value: NodeId) -> NodeId {
        let TyKind::Class(class, _) = *self.ty(value).kind() else { return value };
        let origin = self.origin(value);
        let fields = self.types.env().record_fields(class);
        self.with_value(value, |me, read| {
            let mut parts = Vec::new();
            for field in &fields {
                let object = read(me);
                let ty = me.field_type(class, field.name).unwrap_or_else(Ty::value);
                parts.push(me.field_of(object, field.name, ty, origin));
            }
            let ty = Ty::tuple(parts.iter().map(|part| me.ty(*part)).collect::<Vec<_>>());
            me.mk_op(TupleOp::New, Attr::None, parts, ty)
        })
    }

    /// What an `iter<T>` parameter reads.
    pub(crate) fn iterable(&mut self, node: NodeId) -> NodeId {
        let node = self.expr(node);
        self.iterable_value(node)
    }

    pub(crate) fn iterable_value(&mut self, node: NodeId) -> NodeId {
        if matches!(self.ty(node).kind(), TyKind::Iter(_)) {
            let ty = self.ty(node);
            return self.mk_op(IterOp::Of, Attr::None, vec![node], ty);
        }
        self.iter_of(node)
    }

    /// An object with `__iter__` is asked for its iterator.
    fn iterator_object(&mut self, node: NodeId) -> NodeId {
        let TyKind::Class(class, _) = *self.ty(node).kind() else { return node };
        let env = self.types.env();
        let node = match env.method(class, "__iter__") {
            Some(method) => self.call_method_path(class, method, node, Vec::new()),
            None => node,
        };
        let TyKind::Class(class, _) = *self.ty(node).kind() else { return node };
        match env.method(class, "__next__") {
            Some(next) => self.until_stop(class, next, node),
            None => {
                match env.method(class, "__getitem__").filter(|_| env.method(class, "__iter__").is_none()) {
                    Some(method) => self.by_index(class, method, node),
                    None => node,
                }
            }
        }
    }

    /// The items of an object with `__next__`: asked until it raises `StopIteration`.
    fn until_stop(&mut self, class: Name, next: Name, object: NodeId) -> NodeId {
        let (ty, origin) = (self.ty(object), self.origin(object));
        let item = self.result_of(next);
        let local = self.body.temp("items", ty, origin);
        let this = self.read_local(local, origin);
        let call = self.call_method_path(class, next, this, Vec::new());
        let body = self.body.block(BlockRow { tail: Some(call), ..BlockRow::default() });
        let param = Param { name: Name::new("items"), local, kind: ParamKind::Normal, default: None };
        let closure = Closure {
            name: None,
            params: vec![param],
            body,
            ret: item,
            is_generator: false,
            is_async: false,
            decorators: Vec::new(),
            doc: None,
        };
        let closure = self.mk(Node::Closure(closure), Ty::func([ty], item), origin);
        let args = vec![Arg::positional(object), Arg::positional(closure)];
        let callee = Callee::Lib(Name::new("iter.until_stop"));
        self.mk(Node::Call { callee, args }, Ty::iter(item), origin)
    }

    /// Type of the items of an iterable.
    pub(crate) fn item_type(&self, ty: Ty) -> Ty {
        let env = self.types.env();
        match ty.kind() {
            TyKind::List(a)
            | TyKind::Set(a)
            | TyKind::FrozenSet(a)
            | TyKind::Iter(a)
            | TyKind::Dict(a, _) => *a,
            TyKind::Str => Ty::str(),
            TyKind::Bytes | TyKind::Range => Ty::int(),
            TyKind::Option(inner) => self.item_type(*inner),
            TyKind::Tuple(items) => match items.split_first() {
                Some((first, rest)) if rest.iter().all(|item| item == first) => *first,
                Some((first, rest)) if rest.iter().chain([first]).all(|i| i.is_int() || i.is_float()) => {
                    Ty::num()
                }
                Some((first, rest))
                    if items
                        .iter()
                        .all(|item| matches!(item.kind(), TyKind::Class(..) | TyKind::TypeOf(_))) =>
                {
                    rest.iter()
                        .try_fold(*first, |all, item| self.joined(all, *item))
                        .unwrap_or_else(Ty::value)
                }
                _ => Ty::value(),
            },
            TyKind::TypeOf(class) => Ty::class(*class),
            TyKind::Class(class, _) => {
                if let Some(next) = env.method(*class, "__next__") {
                    self.result_of(next)
                } else if let Some(iter) = env.method(*class, "__iter__") {
                    self.item_type(self.result_of(iter))
                } else if let Some(item) = env.method(*class, "__getitem__") {
                    self.result_of(item)
                } else if self.is_named(ty) {
                    let types = self.item_types(ty, env.record_fields(*class).len());
                    self.item_type(Ty::tuple(types))
                } else {
                    Ty::value()
                }
            }
            TyKind::Lib(name, _) => {
                let rows = batuta_catalog::functions(name.join("__iter__").as_str());
                match rows.first() {
                    Some(row) => {
                        let mut map = Default::default();
                        crate::rows::bind_types(row.params[0].ty, ty, &mut map);
                        self.item_type(crate::rows::subst(row.result, &map))
                    }
                    None => Ty::value(),
                }
            }
            _ => Ty::value(),
        }
    }
}

/// Types of the library that no dynamic value holds.
const NEVER_DYNAMIC: &[&str] = &[
    "ArgumentParser",
    "DictReader",
    "DictWriter",
    "Random",
    "Struct",
    "TemporaryDirectory",
    "TextWrapper",
    "csv_reader",
    "csv_writer",
];

/// The part of a type that keeps its values from being dynamic.
fn never_dynamic(ty: Ty) -> Option<&'static str> {
    let mut found = None;
    ty.any(&mut |part| {
        if let TyKind::Lib(name, _) = part.kind() {
            // What waits, and what is waited for.
            let waits = name.as_str().starts_with("asyncio.") || *name == "queue.Queue";
            found = NEVER_DYNAMIC.iter().find(|known| name.last() == **known).copied();
            found = found.or_else(|| waits.then(|| name.as_str()));
        }
        found.is_some()
    });
    found
}
