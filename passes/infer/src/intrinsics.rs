//! Library functions whose meaning is no row: class tests, `range`, special methods, exceptions.

use crate::apply::Apply;
use crate::env::is_builtin_error;
use batuta_base::{Name, Origin};
use batuta_core::*;
use std::sync::Arc;

impl Apply<'_, '_, '_> {
    /// A library function or class applied to elaborated positional arguments.
    pub(crate) fn call_item(&mut self, name: Name, args: Vec<NodeId>, origin: Origin) -> NodeId {
        let kinds = vec![ArgKind::Positional; args.len()];
        let id = self.mk(Node::Const(Const::None), Ty::unit(), origin);
        if self.types.env().class(name).is_some() {
            return self.construct(id, name, &kinds, args, origin);
        }
        self.lib_nodes(id, name, &kinds, args, origin)
    }

    /// `()` or `[]`.
    fn is_empty_display(&self, node: NodeId) -> bool {
        match &self.body.nodes[node].kind {
            Node::Op { op: Op::TupleOp(TupleOp::New) | Op::ListOp(ListOp::New), args, .. } => args.is_empty(),
            Node::Call { callee: Callee::Lib(name), .. } => *name == "tuple.empty",
            _ => false,
        }
    }

    pub(crate) fn error_new(&mut self, name: Name, args: Vec<NodeId>, origin: Origin) -> NodeId {
        let class = name.as_str().strip_prefix("builtins.").map_or(name, Name::new);
        if matches!(class.as_str(), "ExceptionGroup" | "BaseExceptionGroup") {
            let at = self.mk(Node::Const(Const::None), Ty::unit(), origin);
            return self.hole(at, crate::apply::BAD_CALL, "a group of exceptions".to_owned());
        }
        let node = self.mk_op(ExcOp::New, Attr::Name(class), args, Ty::error());
        self.body.nodes[node].origin = origin;
        node
    }

    pub(crate) fn call_lib(&mut self, id: NodeId, name: Name, args: Vec<Arg>, origin: Origin) -> NodeId {
        if name == "builtins.isinstance" && args.len() == 2 {
            return self.isinstance(args[0].value, args[1].value);
        }
        let (kinds, nodes) = self.args(args);
        if let ("builtins.callable", [value]) = (name.as_str(), &nodes[..])
            && matches!(self.ty(*value).kind(), TyKind::Class(..))
        {
            return self.with_value(*value, |me, read| {
                let value = read(me);
                me.is_a(value, Name::new("collections.abc.Callable"))
            });
        }
        if let ("dataclasses.is_dataclass", [value]) = (name.as_str(), &nodes[..])
            && let Some(known) = self.is_dataclass(self.ty(*value)).filter(|_| self.is_simple(*value))
        {
            return self.mk(Node::Const(Const::Bool(known)), Ty::bool(), origin);
        }
        if let ("builtins.callable", [value]) = (name.as_str(), &nodes[..])
            && let Some(known) = is_callable(self.ty(*value)).filter(|_| self.is_simple(*value))
        {
            return self.mk(Node::Const(Const::Bool(known)), Ty::bool(), origin);
        }
        self.lib_nodes(id, name, &kinds, nodes, origin)
    }

    /// Whether values of a type are records of `dataclasses`, or the classes of such; none where that differs.
    fn is_dataclass(&self, ty: Ty) -> Option<bool> {
        let (TyKind::Class(class, _) | TyKind::TypeOf(class)) = ty.kind() else {
            return (!matches!(ty.kind(), TyKind::Value | TyKind::Union(_) | TyKind::Option(_)))
                .then_some(false);
        };
        let env = self.types.env();
        let is = |class: Name| {
            let marked = |path: &Name| {
                env.class(*path).is_some_and(|def| matches!(def.kind, ClassKind::Dataclass { .. }))
            };
            env.mro(class).iter().any(marked)
        };
        let own = is(*class);
        env.program.subclasses(*class).into_iter().all(|sub| is(sub) == own).then_some(own)
    }

    /// A library call with elaborated arguments; special functions first.
    pub(crate) fn lib_nodes(
        &mut self,
        id: NodeId,
        name: Name,
        kinds: &[ArgKind],
        args: Vec<NodeId>,
        origin: Origin,
    ) -> NodeId {
        let args = self.inner_parts(name, args);
        match (name.as_str(), args.as_slice()) {
            ("builtins.bool", []) => self.mk(Node::Const(Const::Bool(false)), Ty::bool(), origin),
            ("builtins.bool", [value]) => self.truth(*value),
            ("builtins.next", [of, ..]) if *self.ty(*of).kind() == TyKind::Unit => {
                self.refuse("TypeError", "'NoneType' object is not an iterator", args, origin)
            }
            _ if let Some(tested) = self.with_item_truths(id, name, &args, origin) => tested,
            ("builtins.getattr", [_, _, _]) if let Some(found) = self.late_or(&args, origin) => found,
            ("builtins.print", _) if self.can_print(kinds, &args) => self.print_call(kinds, &args, origin),
            ("builtins.sorted", [entries, ..]) => match self.entry_key(*entries, kinds, origin) {
                Some(key) => {
                    let mut kinds = kinds.to_vec();
                    let mut args = args;
                    kinds.insert(1, ArgKind::Named(Name::new("key")));
                    args.insert(1, key);
                    self.lib_call(name, &kinds, args, Some(id), origin)
                }
                None => self.lib_special(id, name, kinds, args, origin),
            },
            ("builtins.zip$*", [items]) if let Some((iter, count)) = self.repeated_iterator(*items) => {
                let name = Name::new("builtins.zip_turns");
                self.lib_call(name, &[ArgKind::Positional; 2], vec![iter, count], Some(id), origin)
            }
            ("builtins.zip", [first, rest @ ..]) if self.is_one_iterator(*first, rest) => {
                let name =
                    Name::new(if rest.len() == 1 { "builtins.zip_pairs" } else { "builtins.zip_triples" });
                self.lib_call(name, &[ArgKind::Positional], vec![*first], Some(id), origin)
            }
            ("builtins.str" | "builtins.repr", [value])
                if matches!(self.ty(*value).kind(), TyKind::Iter(_)) =>
            {
                self.text_of_iterator(*value)
            }
            ("builtins.int" | "builtins.float" | "builtins.str", [value])
                if let Some(branches) = self.union_branches(*value) =>
            {
                self.in_branches(*value, branches, &mut |me, member| {
                    me.lib_nodes(id, name, kinds, vec![member], origin)
                })
            }
            ("operator.index", [value])
                if matches!(self.ty(*value).kind(), TyKind::Float(_) | TyKind::Str | TyKind::List(_)) =>
            {
                let text = format!(
                    "{} object cannot be interpreted as an integer",
                    crate::operate::shown(self.ty(*value))
                );
                self.refuse("TypeError", &text, args.clone(), origin)
            }
            ("operator.concat", [value, _])
                if matches!(self.ty(*value).kind(), TyKind::Float(_) | TyKind::Int(_) | TyKind::Bool) =>
            {
                let text = format!("{} object can't be concatenated", crate::operate::shown(self.ty(*value)));
                self.refuse("TypeError", &text, args.clone(), origin)
            }
            ("builtins.sum", [items]) if self.is_member(self.item_type(self.ty(*items))) => {
                let numbers = self.member_numbers(*items, origin);
                self.lib_call(name, kinds, vec![numbers], Some(id), origin)
            }
            ("builtins.sum", [items]) if self.gives_objects(*items) => self.sum_of_objects(*items, origin),
            ("builtins.sum", [items])
                if self.solved(id) == Some(Ty::num()) && self.item_type(self.ty(*items)).is_float() =>
            {
                self.lib_call(Name::new("builtins.sum_of_floats"), kinds, args, Some(id), origin)
            }
            ("builtins.sum", [items, start]) if matches!(self.ty(*start).kind(), TyKind::Class(..)) => {
                self.sum_from(*items, *start, origin)
            }
            ("builtins.len", [value]) if self.is_named(self.ty(*value)) && self.is_simple(*value) => {
                let class = self.ty(*value).class_path().expect("a named tuple is a class");
                let count = self.types.env().record_fields(class).len().to_string();
                self.mk(Node::Const(Const::Int(count.into())), Ty::int(), origin)
            }
            ("builtins.view_set", [value]) => match self.ty(*value).kind() {
                TyKind::Iter(_) => self.lib_call(Name::new("builtins.set"), kinds, args, Some(id), origin),
                _ => *value,
            },
            ("builtins.view_list", [value, behind @ ..]) => match self.ty(*value).kind() {
                TyKind::Iter(_) => self.kept_view(id, *value, !behind.is_empty(), origin),
                _ => *value,
            },
            ("builtins.hasattr", [value, member]) => match self.has_member(*value, *member, origin) {
                Some(answer) => answer,
                None => self.lib_call(name, kinds, args, Some(id), origin),
            },
            ("builtins.list", []) => self.empty(id, ListOp::New.into(), origin),
            ("builtins.dict", []) if kinds.is_empty() => self.empty(id, DictOp::New.into(), origin),
            ("builtins.set", []) => self.empty(id, SetOp::New.into(), origin),
            ("builtins.range", [bounds])
                if kinds == [ArgKind::Star]
                    && let TyKind::Tuple(items) = self.ty(*bounds).kind().clone() =>
            {
                self.with_value(*bounds, |me, read| {
                    let mut parts = Vec::new();
                    for (at, item) in items.iter().enumerate() {
                        let tuple = read(me);
                        parts.push(me.place_read(tuple, Proj::Field(Name::new(&at.to_string())), *item));
                    }
                    me.range(parts, origin)
                })
            }
            ("builtins.range", _) => self.range(args, origin),
            ("builtins.issubclass", [class, base]) if let Some(is) = self.is_of_abstract(*class, *base) => {
                self.mk(Node::Const(Const::Bool(is)), Ty::bool(), origin)
            }
            ("builtins.issubclass", [class, base]) if self.is_class_value(*class) => {
                self.error_subclass(*class, *base, origin)
            }
            // Nothing to walk over: an iterator that owns it.
            ("builtins.iter", [value]) if self.is_empty_display(*value) => {
                let item = match self.solved(id).map(|ty| ty.kind().clone()) {
                    Some(TyKind::Iter(item)) => item,
                    _ => Ty::value(),
                };
                let list = self.mk_op(ListOp::New, Attr::None, Vec::new(), Ty::list(item));
                self.iter_of(list)
            }
            ("builtins.iter", [value]) if matches!(self.ty(*value).kind(), TyKind::Tuple(_)) => {
                self.iter_of(*value)
            }
            ("builtins.iter", [value]) => match self.special(*value, "__iter__", Vec::new()) {
                Ok(node) => node,
                Err(node) => self.iter_of(node),
            },
            ("builtins.type", [value]) => {
                let (ty, name) = match self.ty(*value).kind() {
                    TyKind::Class(class, _) if self.types.env().is_error(*class) => {
                        (Ty::new(TyKind::TypeOf(*class)), Name::new("error.class"))
                    }
                    TyKind::Class(class, _) => (Ty::new(TyKind::TypeOf(*class)), name),
                    TyKind::Error => {
                        (Ty::new(TyKind::TypeOf(Name::new("BaseException"))), Name::new("error.class"))
                    }
                    _ => (Ty::value(), name),
                };
                let args = vec![Arg::positional(*value)];
                self.mk(Node::Call { callee: Callee::Lib(name), args }, ty, origin)
            }
            ("builtins.dict", _) if kinds.iter().any(|kind| *kind != ArgKind::Positional) => {
                self.dict_of(id, kinds, args, origin)
            }
            ("builtins.dict", [value]) if matches!(self.ty(*value).kind(), TyKind::Class(class, _) if self.types.env().is_mapping(*class)) => {
                self.dict_of_mapping(id, *value, origin)
            }
            ("builtins.dict", [value]) if matches!(self.ty(*value).kind(), TyKind::Lib(..)) => {
                let ty = self.solved(id).unwrap_or_else(Ty::value);
                let args = vec![Arg::positional(*value)];
                self.mk(Node::Call { callee: Callee::Lib(name), args }, ty, origin)
            }
            ("builtins.dict", [value]) if *self.ty(*value).kind() == TyKind::Value => {
                let made = self.lib_call(Name::new("builtins.dict_of_value"), kinds, args, None, origin);
                self.coerce(made, self.solved(id).unwrap_or_else(Ty::value))
            }
            // Whether it holds counts or keys, only the run knows.
            ("collections.Counter", [value]) if *self.ty(*value).kind() == TyKind::Value => {
                let name = Name::new("collections.counter_of_value");
                let made = self.lib_call(name, kinds, args, None, origin);
                self.coerce(made, self.solved(id).unwrap_or_else(Ty::value))
            }
            ("Counter.update" | "Counter.subtract", [_, value])
                if *self.ty(*value).kind() == TyKind::Value =>
            {
                let name = Name::new(&format!("{}_value", name.as_str()));
                self.lib_call(name, kinds, args, Some(id), origin)
            }
            // Which kind of pair each item is, only the run knows.
            ("builtins.dict", [value])
                if matches!(self.ty(*value).kind(), TyKind::List(_) | TyKind::Iter(_))
                    && self.item_type(self.ty(*value)) == Ty::value() =>
            {
                let name = Name::new("builtins.dict_of_values");
                let made = self.lib_call(name, kinds, args.clone(), None, origin);
                self.coerce(made, self.solved(id).unwrap_or_else(Ty::value))
            }
            ("struct.pack", [_, _]) if kinds[1] == ArgKind::Star => {
                let name = Name::new("struct.pack_all");
                self.lib_call(name, &[ArgKind::Positional; 2], args, Some(id), origin)
            }
            ("copy.copy", [value]) => self.copy_of(*value, false, origin),
            ("copy.deepcopy", [value]) => self.copy_of(*value, true, origin),
            (_, [value, rest @ ..])
                if crate::ruchy_values::dynamic_method(name)
                    .is_some_and(|method| self.is_ruchy_dynamic(*value, method)) =>
            {
                let method = crate::ruchy_values::dynamic_method(name).unwrap_or_default();
                let made = self.ruchy_method(*value, method, rest.to_vec());
                match self.solved(id) {
                    Some(want) if *self.ty(made).kind() != TyKind::Unit => self.coerce(made, want),
                    _ => made,
                }
            }
            ("ruchy.as_int", [value]) if matches!(self.ty(*value).kind(), TyKind::Class(class, _) if self.types.env().is_enum(*class)) => {
                self.attr(*value, Name::new("value"), origin)
            }
            ("ruchy.len", [value]) if let TyKind::Tuple(items) = self.ty(*value).strip().kind() => {
                let count = Const::Int(items.len().to_string().into());
                self.mk(Node::Const(count), Ty::int(), origin)
            }
            // What is no dict is walked over as it is.
            ("ruchy.walked", [value]) if !matches!(self.ty(*value).strip().kind(), TyKind::Dict(..)) => {
                *value
            }
            ("ruchy.push" | "ruchy.clear", [of, rest @ ..]) if *self.ty(*of).kind() == TyKind::Str => {
                self.text_change(*of, rest.first().copied(), origin)
            }
            ("ruchy.is_nil", [value]) if *self.ty(*value).kind() == TyKind::Unit => self.always(true, *value),
            ("ruchy.bool", [value]) if *self.ty(*value).kind() == TyKind::Unit => self.always(false, *value),
            ("ruchy.is_nil", [value])
                if matches!(self.ty(*value).kind(), TyKind::Value | TyKind::Union(_)) =>
            {
                self.is_dynamic_nil(*value)
            }
            ("ruchy.coalesce", [value, _])
                if matches!(self.ty(*value).kind(), TyKind::Value | TyKind::Union(_)) =>
            {
                self.coalesce_dynamic(*value, args[1])
            }
            // A text is its own text.
            ("ruchy.text_of", [value]) if *self.ty(*value).kind() == TyKind::Str => *value,
            // What a dynamic value adds to a text, its type says at run time.
            ("ruchy.text_of", [value]) if is_open(self.ty(*value)) => {
                let empty = self.mk(Node::Const(Const::Str("".into())), Ty::str(), origin);
                let (empty, value) = (self.dynamic(empty), self.dynamic(*value));
                let add = Attr::Name(Name::new("add"));
                let sum = self.mk_op(ValueOp::Binary, add, vec![empty, value], Ty::value());
                self.coerce(sum, Ty::str())
            }
            ("ruchy.type_of", [value])
                if crate::ruchy::type_word(self.types.env(), self.ty(*value)).is_some() =>
            {
                let word = crate::ruchy::type_word(self.types.env(), self.ty(*value)).unwrap_or_default();
                self.mk(Node::Const(Const::Str(word.into())), Ty::str(), origin)
            }
            // What never changes is its own copy.
            ("ruchy.copy", [value]) if !self.ty(*value).is_mutable() => *value,
            // An object with an identity is copied by its handle.
            ("ruchy.copy", [value])
                if self.ty(*value).class_path().is_some_and(|class| self.types.env().is_entity(class)) =>
            {
                *value
            }
            ("dataclasses.plain", [value]) => self.plain(*value, origin),
            ("dataclasses.is_dataclass", [value])
                if matches!(self.ty(*value).kind(), TyKind::Class(..) | TyKind::TypeOf(_)) =>
            {
                let class = match self.ty(*value).kind() {
                    TyKind::Class(class, _) | TyKind::TypeOf(class) => *class,
                    _ => Name::new(""),
                };
                let is_record = self.types.env().is_record(class) && !self.types.env().is_named_tuple(class);
                self.mk(Node::Const(Const::Bool(is_record)), Ty::bool(), origin)
            }
            ("dataclasses.is_dataclass", [value]) if *self.ty(*value).kind() == TyKind::Value => {
                let env = self.types.env();
                let is_record = |def: &&Arc<ClassDef>| matches!(def.kind, ClassKind::Dataclass { .. });
                let records: Vec<Name> =
                    env.program.classes.values().filter(is_record).map(|def| def.path).collect();
                let is_top =
                    |class: &&Name| !records.iter().any(|up| up != *class && env.is_subclass(**class, *up));
                let tops: Vec<Name> = records.iter().filter(is_top).copied().collect();
                self.with_value(*value, |me, read| {
                    let mut tests = Vec::new();
                    for class in tops {
                        let object = read(me);
                        tests.push(me.is_a(object, class));
                    }
                    let none =
                        tests.is_empty().then(|| me.mk(Node::Const(Const::Bool(false)), Ty::bool(), origin));
                    tests.into_iter().reduce(|a, b| me.any_of(a, b)).or(none).expect("one of both is there")
                })
            }
            ("dataclasses.asdict" | "dataclasses.astuple", [value]) => match self.ty(*value).kind() {
                TyKind::Class(class, _) if name.last() == "asdict" => {
                    self.as_dict(*class, *value, true, origin)
                }
                TyKind::Class(class, _) => self.as_tuple(*class, *value, origin),
                _ => self.lib_call(name, kinds, args, Some(id), origin),
            },
            ("dataclasses.replace", [value, ..]) => match self.ty(*value).kind() {
                TyKind::Class(class, _) => self.replaced(*class, *value, kinds, args.clone(), origin),
                TyKind::Value | TyKind::Union(_) => {
                    let (changes, value) = (args[1..].to_vec(), self.dynamic(*value));
                    self.method_of_records(value, Name::new("replace"), &kinds[1..], changes, origin)
                }
                _ => self.lib_call(name, kinds, args, Some(id), origin),
            },
            ("enum.auto", _) => {
                self.mk(Node::Call { callee: Callee::Lib(name), args: Vec::new() }, Ty::int(), origin)
            }
            _ if is_builtin_error(name) => self.error_new(name, args, origin),
            _ => self.lib_special(id, name, kinds, args, origin),
        }
    }

    fn gives_objects(&self, items: NodeId) -> bool {
        matches!(self.item_type(self.ty(items)).kind(), TyKind::Class(..))
    }

    /// `sum(objects)` adds them; 0 plus the first is the first, as its `__radd__` has it. None at all are refused.
    fn sum_of_objects(&mut self, items: NodeId, origin: Origin) -> NodeId {
        let item = self.item_type(self.ty(items));
        let zero = self.mk(Node::Const(Const::Int("0".into())), Ty::int(), origin);
        let first = self.body.temp("first", item, origin);
        let first = self.read_local(first, origin);
        let probe = self.binary(ObjOp::Add, zero, first, false);
        if matches!(self.ty(probe).kind(), TyKind::Never) {
            let text =
                format!("unsupported operand type(s) for +: 'int' and {}", crate::operate::shown(item));
            return self.refuse("TypeError", &text, vec![items], origin);
        }
        // Objects that are numbers, too, are added as numbers: the left operand is one.
        let is_number = self.ty(probe).is_int() || self.ty(probe).is_float();
        if is_number && self.ty(probe) != item {
            let zero = self.mk(Node::Const(Const::Int("0".into())), Ty::int(), origin);
            let zero = self.coerce(zero, self.ty(probe));
            return self.sum_from(items, zero, origin);
        }
        // The sum starts from 0: without it only where `0 + first` gives `first` back.
        if !self.gives_back_itself(item) && self.ty(probe) == item {
            return self.sum_from_zero(items, item, origin);
        }
        if !self.gives_back_itself(item) {
            let why =
                "the sum of these objects begins with `0 + first`, which makes another object".to_owned();
            let at = self.mk(Node::Const(Const::None), Ty::unit(), origin);
            return self.hole(at, crate::apply::BAD_CALL, why);
        }
        let add = self.addition(item, item, origin);
        let name = Name::new("functools.reduce");
        let sum = self.lib_call(name, &[ArgKind::Positional; 2], vec![add, items], None, origin);
        self.body.nodes[sum].ty = item;
        sum
    }

    /// `sum(objects)` as `reduce(add, objects[1:], 0 + objects[0])`. The sum of none is a number, which the type
    /// has no place for: it stops there.
    fn sum_from_zero(&mut self, items: NodeId, item: Ty, origin: Origin) -> NodeId {
        let list = match self.ty(items).kind() {
            TyKind::List(_) => self.coerce(items, Ty::list(item)),
            _ => self.lib_call(Name::new("builtins.list"), &[ArgKind::Positional], vec![items], None, origin),
        };
        self.with_value(list, |me, read| {
            let int = |me: &mut Self, digits: &str| {
                me.mk(Node::Const(Const::Int(digits.into())), Ty::int(), origin)
            };
            let (of, at, zero) = (read(me), int(me, "0"), int(me, "0"));
            let first = me.place_read(of, Proj::Index(at), item);
            let start = me.binary(ObjOp::Add, zero, first, false);
            let bound = Ty::option(Ty::int());
            let one = int(me, "1");
            let one = me.coerce(one, bound);
            let none = |me: &mut Self| me.mk_op(OptOp::None, Attr::None, Vec::new(), bound);
            let (of, stop, step) = (read(me), none(me), none(me));
            let rest = me.mk_op(ListOp::Slice, Attr::None, vec![of, one, stop, step], Ty::list(item));
            let add = me.addition(item, item, origin);
            let name = Name::new("functools.reduce");
            let sum = me.lib_call(name, &[ArgKind::Positional; 3], vec![add, rest, start], None, origin);
            me.body.nodes[sum].ty = item;
            let of = read(me);
            let is_some = me.truth(of);
            let why = "the sum of no objects is the number 0".into();
            let stop = me.mk(Node::Hole { why, source: "".into() }, Ty::never(), origin);
            me.choose(is_some, sum, stop, item)
        })
    }

    /// The list of what a view holds; it does not see later changes.
    fn kept_view(&mut self, id: NodeId, view: NodeId, is_behind: bool, origin: Origin) -> NodeId {
        if is_behind {
            let hint = "ask the dict again where it is read".to_owned();
            self.diags.report(crate::apply::VIEW_BEHIND, origin).hints.push(hint);
        }
        if self.solved(id) == Some(Ty::value()) {
            return self.dynamic(view);
        }
        let list =
            self.lib_call(Name::new("builtins.list"), &[ArgKind::Positional], vec![view], Some(id), origin);
        self.kept_views.insert(list, view);
        list
    }

    /// Whether `__radd__` of a class returns its receiver somewhere: what `sum` is written for.
    fn gives_back_itself(&self, item: Ty) -> bool {
        let Some(class) = item.class_path() else { return true };
        let env = self.types.env();
        let Some(method) = env.method(class, "__radd__") else { return true };
        let Some(body) = env.program.fns.get(&method) else { return false };
        let Some(this) = body.params.first() else { return false };
        body.nodes.iter().any(|(_, row)| match row.kind {
            Node::Return(Some(value)) => {
                matches!(&body.nodes[value].kind, Node::Use(place, _) if place.as_local() == Some(this.local))
            }
            _ => false,
        })
    }

    /// `sum(objects, start)`.
    fn sum_from(&mut self, items: NodeId, start: NodeId, origin: Origin) -> NodeId {
        let (total, item) = (self.ty(start), self.item_type(self.ty(items)));
        let add = self.addition(total, item, origin);
        let name = Name::new("functools.reduce");
        let sum = self.lib_call(name, &[ArgKind::Positional; 3], vec![add, items, start], None, origin);
        self.body.nodes[sum].ty = total;
        sum
    }

    /// `|total, item| total + item`.
    fn addition(&mut self, total: Ty, item: Ty, origin: Origin) -> NodeId {
        let mut params = Vec::new();
        let mut operands = Vec::new();
        for (name, ty) in [("total", total), ("item", item)] {
            let local = self.body.temp(name, ty, origin);
            params.push(Param { name: Name::new(name), local, kind: ParamKind::Normal, default: None });
            operands.push(self.read_local(local, origin));
        }
        let sum = self.binary(ObjOp::Add, operands[0], operands[1], false);
        let sum = self.coerce(sum, total);
        let body = self.body.block(BlockRow { tail: Some(sum), ..BlockRow::default() });
        let closure = Closure { ret: total, ..Closure::lambda(params, body) };
        self.mk(Node::Closure(closure), Ty::func([total, item], total), origin)
    }

    /// `sorted(d.items())` of values without order: keys are unique, so they alone decide.
    fn entry_key(&mut self, entries: NodeId, kinds: &[ArgKind], origin: Origin) -> Option<NodeId> {
        let is_entries = matches!(&self.body.nodes[entries].kind,
            Node::Call { callee: Callee::Lib(name), .. } if name.last().starts_with("items"));
        let has_key = kinds.iter().any(|kind| *kind == ArgKind::Named(Name::new("key")));
        let TyKind::Iter(pair) = self.ty(entries).kind() else { return None };
        let TyKind::Tuple(parts) = pair.kind() else { return None };
        let has_order = |ty: &Ty| {
            !ty.any(&mut |part| {
                matches!(
                    part.kind(),
                    TyKind::Class(..) | TyKind::Dict(..) | TyKind::Func(..) | TyKind::Option(_)
                )
            })
        };
        if !is_entries || has_key || parts.len() != 2 || has_order(&parts[1]) {
            return None;
        }
        let (pair, key) = (*pair, parts[0]);
        let ty = Ty::func([pair], key);
        Some(self.eta(&[pair], key, ty, origin, |me, args| {
            me.place_read(args[0], Proj::Field(Name::new("0")), key)
        }))
    }

    /// `len(x)` of an object is `x.__len__()`.
    pub(crate) fn lib_special(
        &mut self,
        id: NodeId,
        name: Name,
        kinds: &[ArgKind],
        mut args: Vec<NodeId>,
        origin: Origin,
    ) -> NodeId {
        if let (Some(dunder), Some(first)) =
            (crate::builtin_calls::dunder_of(name.as_str()), args.first().copied())
        {
            let first = match self.ty(first).kind() {
                TyKind::Option(inner) if matches!(inner.kind(), TyKind::Class(..) | TyKind::Lib(..)) => self
                    .present(
                        first,
                        &format!("TypeError: object of type 'NoneType' has no {}()", name.last()),
                    ),
                _ => first,
            };
            args[0] = first;
            let is_stream =
                |name: &Name| !batuta_catalog::functions(name.join("__next__").as_str()).is_empty();
            let is_read_on = match self.ty(first).kind() {
                TyKind::Class(..) => args.len() == 2,
                TyKind::Lib(name, _) => is_stream(name),
                _ => false,
            };
            if dunder == "__next__" && is_read_on {
                args[0] = self.iter_of(first);
            } else if matches!(self.ty(first).kind(), TyKind::Class(..) | TyKind::Lib(..)) {
                let rest = args[1..].to_vec();
                if let Ok(node) = self.special(first, dunder, rest) {
                    return node;
                }
            }
        }
        self.lib_call(name, kinds, args, Some(id), origin)
    }

    pub(crate) fn range(&mut self, args: Vec<NodeId>, origin: Origin) -> NodeId {
        let mut args: Vec<NodeId> = args.into_iter().map(|arg| self.coerce(arg, Ty::int())).collect();
        let number =
            |me: &mut Self, text: &str| me.mk(Node::Const(Const::Int(text.into())), Ty::int(), origin);
        if args.len() == 1 {
            let zero = number(self, "0");
            args.insert(0, zero);
        }
        if args.len() == 2 {
            let one = number(self, "1");
            args.push(one);
        }
        let op = Node::Op { op: RangeOp::New.into(), attr: Attr::None, args };
        self.mk(op, Ty::new(TyKind::Range), origin)
    }

    /// `dict(a=1, **d)`.
    pub(crate) fn dict_of(
        &mut self,
        id: NodeId,
        kinds: &[ArgKind],
        args: Vec<NodeId>,
        origin: Origin,
    ) -> NodeId {
        let ty = self.solved(id).unwrap_or_else(Ty::value);
        let value = ty.children().get(1).copied().unwrap_or_else(Ty::value);
        let key = ty.children().first().copied().unwrap_or_else(Ty::str);
        let mut out = Vec::new();
        for (kind, arg) in kinds.iter().zip(args) {
            match kind {
                ArgKind::Named(name) => {
                    let name = self.text(name.as_str(), origin);
                    out.push(self.coerce(name, key));
                    out.push(self.coerce(arg, value));
                }
                _ => {
                    let is_pairs =
                        matches!(self.ty(arg).kind(), TyKind::List(_) | TyKind::Iter(_) | TyKind::Tuple(_));
                    let arg = match is_pairs && *kind == ArgKind::Positional {
                        true => {
                            let name = Name::new("builtins.dict");
                            self.lib_call(name, &[ArgKind::Positional], vec![arg], None, origin)
                        }
                        false => arg,
                    };
                    let arg = self.coerce(arg, ty);
                    out.push(self.mk_op(ObjOp::SplatDict, Attr::None, vec![arg], ty));
                }
            }
        }
        self.mk(Node::Op { op: DictOp::New.into(), attr: Attr::None, args: out }, ty, origin)
    }

    /// `list()`: a display without items.
    fn empty(&mut self, call: NodeId, op: Op, origin: Origin) -> NodeId {
        let (ty, _) = self.display_type(call, op);
        self.mk(Node::Op { op, attr: Attr::None, args: Vec::new() }, ty, origin)
    }

    /// The operand of an elaborated `type(x)` whose class is only known at run time.
    pub(crate) fn type_operand(&self, node: NodeId) -> Option<NodeId> {
        let Node::Call { callee: Callee::Lib(name), args } = &self.body.nodes[node].kind else { return None };
        let of = args.first()?.value;
        let is_builtin = !matches!(self.ty(of).kind(), TyKind::Class(..) | TyKind::Error);
        (*name == "builtins.type" && is_builtin).then_some(of)
    }

    /// `type(x).__name__` of a value that is no object of the program.
    pub(crate) fn type_name(&mut self, value: NodeId) -> NodeId {
        let origin = self.origin(value);
        let ty = self.ty(value);
        let known = match ty.kind() {
            TyKind::Union(_) => {
                return self.by_member(value, Some(Ty::str()), &mut |me, member| me.type_name(member));
            }
            TyKind::Class(class, _) => return self.name_of_class(value, *class),
            TyKind::Value | TyKind::Option(_) | TyKind::Num => None,
            // One type for two classes.
            TyKind::Lib(name, _) if *name == "Path" => None,
            TyKind::Unit => Some("NoneType"),
            // `list_iterator`, `generator`, `map`: one type for all of them.
            TyKind::Iter(_) => {
                let text = "the class of an iterator".to_owned();
                return self.hole(value, crate::apply::UNKNOWN_ATTRIBUTE, text);
            }
            TyKind::Func(..) => Some("function"),
            _ => self.type_word(ty).map(|word| if *ty.kind() == TyKind::Bool { "bool" } else { word.last() }),
        };
        match known {
            Some(word) if self.is_simple(value) => self.text(word, origin),
            _ => {
                let value = self.dynamic(value);
                self.lib_call(Name::new("type.name"), &[ArgKind::Positional], vec![value], None, origin)
            }
        }
    }

    pub(crate) fn named_type(&self, name: Name) -> Option<Ty> {
        let value = Ty::value;
        Some(match name.as_str() {
            "none" => Ty::unit(),
            "int" => Ty::int(),
            "float" => Ty::float(),
            "bool" => Ty::bool(),
            "str" => Ty::str(),
            "bytes" => Ty::bytes(),
            "list" => Ty::list(value()),
            "dict" => Ty::dict(value(), value()),
            "set" => Ty::set(value()),
            _ if self.types.env().class(name).is_some() => Ty::class(name),
            _ => return None,
        })
    }
}

impl Apply<'_, '_, '_> {
    fn is_class_value(&self, node: NodeId) -> bool {
        match self.ty(node).kind() {
            TyKind::Option(inner) => matches!(inner.kind(), TyKind::TypeOf(_)),
            kind => matches!(kind, TyKind::TypeOf(_)),
        }
    }
}

/// What `callable` says of all values of a type, where it says one thing.
fn is_callable(ty: Ty) -> Option<bool> {
    match ty.kind() {
        TyKind::Func(..) | TyKind::TypeOf(_) => Some(true),
        TyKind::Unit
        | TyKind::Bool
        | TyKind::Int(_)
        | TyKind::Float(_)
        | TyKind::Num
        | TyKind::Str
        | TyKind::Bytes
        | TyKind::List(_)
        | TyKind::Dict(..)
        | TyKind::Set(_)
        | TyKind::Tuple(_) => Some(false),
        _ => None,
    }
}

/// Whether a value is of one of several types, or of any.
fn is_open(ty: Ty) -> bool {
    match ty.kind() {
        TyKind::Option(inner) => matches!(inner.kind(), TyKind::Union(_)),
        kind => matches!(kind, TyKind::Value | TyKind::Union(_)),
    }
}
