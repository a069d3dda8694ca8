//! `copy.copy` and `copy.deepcopy`, by the type of what is copied.
//!
//! before                       after
//!   copy.copy(%xs)               lib:list.copy(%xs)
//!   copy.deepcopy(%rows)         seq list(for %row in %rows => lib:list.copy(%row))
//!
//! What cannot change is its own copy. A deep copy of nested containers is `lib:copy.deepcopy`, which keeps
//! what is one object one object, also among the objects of the program.

use crate::apply::{Apply, UNKNOWN_LIBRARY};
use batuta_base::{Name, Origin};
use batuta_core::*;

/// A handle of the library whose copy is another object.
fn is_array(name: Name) -> bool {
    matches!(name.as_str(), "int_array" | "float_array")
}

/// Whether a copy of the type is another object.
fn changes(ty: Ty) -> bool {
    ty.is_mutable() || ty.any(&mut |part| matches!(part.kind(), TyKind::Lib(name, _) if is_array(*name)))
}

fn has_copy(class: Name) -> bool {
    !batuta_catalog::functions(class.join("copy").as_str()).is_empty()
}

impl Apply<'_, '_, '_> {
    /// `d.update(a=1)`: the names are a dict.
    pub(crate) fn named_updates(
        &mut self,
        kinds: &[ArgKind],
        args: &[NodeId],
        origin: Origin,
    ) -> Option<NodeId> {
        if !kinds.iter().any(|kind| matches!(kind, ArgKind::Named(_) | ArgKind::StarStar)) {
            return None;
        }
        let ty = self.ty(args[0]);
        let value = ty.children().get(1).copied()?;
        let key = ty.children().first().copied().unwrap_or_else(Ty::str);
        let mut items = Vec::new();
        for (kind, arg) in kinds.iter().zip(args).skip(1) {
            match kind {
                ArgKind::Named(name) => {
                    let name = self.text(name.as_str(), origin);
                    items.push(self.coerce(name, key));
                    items.push(self.coerce(*arg, value));
                }
                _ => {
                    let arg = self.coerce(*arg, ty);
                    items.push(self.mk_op(ObjOp::SplatDict, Attr::None, vec![arg], ty));
                }
            }
        }
        let names = self.mk(Node::Op { op: DictOp::New.into(), attr: Attr::None, args: items }, ty, origin);
        let kinds = [ArgKind::Positional; 2];
        Some(self.lib_call(Name::new("dict.update"), &kinds, vec![args[0], names], None, origin))
    }

    pub(crate) fn has_names(&self, kinds: &[ArgKind]) -> bool {
        kinds.iter().any(|kind| matches!(kind, ArgKind::Named(_) | ArgKind::StarStar))
    }

    /// `template.format(a, word=b, **more)` of a template that is computed: the names are one dict.
    pub(crate) fn format_with(
        &mut self,
        kinds: &[ArgKind],
        args: Vec<NodeId>,
        id: NodeId,
        origin: Origin,
    ) -> NodeId {
        let (mut plain, mut items, mut maps) = (Vec::new(), Vec::new(), Vec::new());
        let all = Ty::dict(Ty::str(), Ty::value());
        for (kind, arg) in kinds.iter().zip(args) {
            match kind {
                ArgKind::Named(name) => {
                    items.push(self.text(name.as_str(), origin));
                    items.push(self.dynamic(arg));
                }
                ArgKind::StarStar => maps.push(arg),
                _ => plain.push((*kind, arg)),
            }
        }
        let map = match (&items[..], &maps[..]) {
            ([], [map]) if matches!(self.ty(*map).kind(), TyKind::Dict(key, _) if *key.kind() == TyKind::Str) => {
                *map
            }
            _ => {
                for map in maps {
                    let map = self.coerce(map, all);
                    items.push(self.mk_op(ObjOp::SplatDict, Attr::None, vec![map], all));
                }
                self.mk(Node::Op { op: DictOp::New.into(), attr: Attr::None, args: items }, all, origin)
            }
        };
        // The names stand in front of what is taken by its place.
        plain.insert(1, (ArgKind::Positional, map));
        let (kinds, args): (Vec<ArgKind>, Vec<NodeId>) = plain.into_iter().unzip();
        self.lib_call(Name::new("str.format_with"), &kinds, args, Some(id), origin)
    }

    /// `it` and `n` of `[it] * n`, where `it` is one iterator that all places advance.
    pub(crate) fn repeated_iterator(&self, node: NodeId) -> Option<(NodeId, NodeId)> {
        let parts = |node: NodeId, wanted: ListOp| match &self.body.nodes[node].kind {
            Node::Op { op: Op::ListOp(op), args, .. } if *op == wanted => Some(args.clone()),
            _ => None,
        };
        let [list, count] = parts(node, ListOp::Repeat)?[..] else { return None };
        let [iter] = parts(list, ListOp::New)?[..] else { return None };
        matches!(self.ty(iter).kind(), TyKind::Iter(_)).then_some((iter, count))
    }

    /// Whether `zip(it, it)` takes turns at one iterator.
    pub(crate) fn is_one_iterator(&self, first: NodeId, rest: &[NodeId]) -> bool {
        let place = |node: NodeId| match &self.body.nodes[node].kind {
            Node::Use(place, _) if matches!(self.ty(node).kind(), TyKind::Iter(_)) => Some(place),
            _ => None,
        };
        let Some(iter) = place(first).filter(|place| place.proj.is_empty()) else { return false };
        matches!(rest.len(), 1 | 2) && rest.iter().all(|node| place(*node) == Some(iter))
    }

    /// A copy of an elaborated value; `deep` copies what it holds, too.
    pub(crate) fn copy_of(&mut self, value: NodeId, deep: bool, origin: Origin) -> NodeId {
        let ty = self.ty(value);
        if !changes(ty) {
            return value;
        }
        let parts = ty.children();
        let is_flat = !deep || !parts.iter().any(|part| changes(*part));
        match ty.kind() {
            TyKind::Lib(name, _) if is_array(*name) || is_flat && has_copy(*name) => {
                self.lib_copy(&format!("{name}.copy"), value, ty, origin)
            }
            TyKind::List(_) if is_flat => self.lib_copy("list.copy", value, ty, origin),
            TyKind::Dict(..) if is_flat => self.lib_copy("dict.copy", value, ty, origin),
            TyKind::Set(_) => self.lib_copy("set.copy", value, ty, origin),
            TyKind::Value if !deep => self.lib_copy("copy.copy_value", value, ty, origin),
            _ if deep && !self.holds_objects(ty) => self.lib_copy("copy.deepcopy", value, ty, origin),
            TyKind::List(item) => {
                let (clause, read) = self.each_of(value, *item, origin);
                let item = self.copy_of(read, deep, origin);
                self.mk(Node::Seq { clauses: vec![clause], sink: Sink::List(item) }, ty, origin)
            }
            TyKind::Dict(key, item) => self.copy_dict(value, *key, *item, origin),
            TyKind::Tuple(items) => self.with_value(value, |me, read| {
                let mut copies = Vec::new();
                for (at, item) in items.iter().enumerate() {
                    let whole = read(me);
                    let part = me.mk_op(TupleOp::Field, Attr::Int(at as i64), vec![whole], *item);
                    copies.push(me.copy_of(part, deep, origin));
                }
                me.mk_op(TupleOp::New, Attr::None, copies, ty)
            }),
            TyKind::Option(inner) => self.with_value(value, |me, read| {
                let whole = read(me);
                let cond = me.mk_op(OptOp::IsNone, Attr::None, vec![whole], Ty::bool());
                let none = me.mk_op(OptOp::None, Attr::None, Vec::new(), ty);
                let whole = read(me);
                let held = me.unwrap(whole, *inner, "None");
                let held = me.copy_of(held, deep, origin);
                let some = me.mk_op(OptOp::Some, Attr::None, vec![held], ty);
                me.choose(cond, none, some, ty)
            }),
            TyKind::Class(class, _) if !deep && !self.types.env().is_error(*class) => {
                self.copy_object(value, *class, origin)
            }
            _ => self.hole(value, UNKNOWN_LIBRARY, format!("a copy of a value of type `{ty}`")),
        }
    }

    /// `copy.copy` of an object: one of its class with the same attributes, made in `shapes`.
    fn copy_object(&mut self, value: NodeId, class: Name, origin: Origin) -> NodeId {
        let env = self.types.env();
        // A member is one of a kind.
        if env.is_enum(class) {
            return value;
        }
        if let Some(method) = env.method(class, "__copy__") {
            return self.call_method_path(class, method, value, Vec::new());
        }
        let is_made = |of: Name| {
            env.program.fns.values().flat_map(|body| body.nodes.iter()).any(|(_, row)| match &row.kind {
                Node::Call { callee: Callee::Fn(path), .. } | Node::Item(path) => {
                    env.program.resolve(*path) == of
                }
                _ => false,
            })
        };
        let below = self.classes_below(class, is_made);
        let mut make =
            |me: &mut Self, object: NodeId, of: Name| me.lib_copy("copy.copy", object, Ty::class(of), origin);
        match is_made(class) || below.is_empty() {
            true => self.by_class(value, class, &below, Some(Ty::class(class)), &mut make),
            false => self.by_one_of(value, class, &below, Some(Ty::class(class)), &mut make),
        }
    }

    /// Whether the type has parts that cannot be copied with all that they hold.
    fn holds_objects(&self, ty: Ty) -> bool {
        !self.copies_deeply(ty, &mut Vec::new())
    }

    fn copies_deeply(&self, ty: Ty, seen: &mut Vec<Name>) -> bool {
        let mut copies = true;
        ty.any(&mut |part| {
            copies &= match part.kind() {
                TyKind::Func(..) | TyKind::TypeOf(_) | TyKind::Iter(_) | TyKind::Error => false,
                TyKind::Lib(name, _) => matches!(
                    name.last(),
                    "tuple"
                        | "deque"
                        | "Counter"
                        | "defaultdict"
                        | "OrderedDict"
                        | "Decimal"
                        | "Fraction"
                        | "date"
                        | "datetime"
                        | "time"
                        | "timedelta"
                        | "timezone"
                        | "Path"
                        | "Pattern"
                        | "int_array"
                        | "float_array"
                ),
                TyKind::Class(class, _) => self.object_copies_deeply(*class, seen),
                _ => true,
            };
            false
        });
        copies
    }

    /// Objects of the class and of those below it: what their fields hold is copied, functions are their own copy.
    fn object_copies_deeply(&self, class: Name, seen: &mut Vec<Name>) -> bool {
        let env = self.types.env();
        if seen.contains(&class) || env.is_enum(class) {
            return true;
        }
        if env.is_error(class) || env.method(class, "__deepcopy__").is_some() {
            return false;
        }
        seen.push(class);
        let mut family = env.program.subclasses(class);
        family.extend(env.mro(class).iter().copied());
        family.into_iter().all(|path| {
            let known = env.own_fields.get(&path).cloned().unwrap_or_default();
            known.into_iter().all(|name| {
                let ty = self.field_type(path, name).unwrap_or_else(Ty::value);
                matches!(ty.strip().kind(), TyKind::Func(..)) || self.copies_deeply(ty, seen)
            })
        })
    }

    fn lib_copy(&mut self, name: &str, value: NodeId, ty: Ty, origin: Origin) -> NodeId {
        let callee = Callee::Lib(Name::new(name));
        self.mk(Node::Call { callee, args: vec![Arg::positional(value)] }, ty, origin)
    }

    /// `for item in value`, and a read of the item.
    fn each_of(&mut self, value: NodeId, item: Ty, origin: Origin) -> (Clause, NodeId) {
        let local = self.body.temp("item", item, origin);
        let iter = self.iter_of(value);
        let read = self.read_local(local, origin);
        (Clause::For { pat: Pat::Place(Place::local(local)), iter }, read)
    }

    fn copy_dict(&mut self, value: NodeId, key: Ty, item: Ty, origin: Origin) -> NodeId {
        let ty = self.ty(value);
        let (keys, items) = (self.body.temp("key", key, origin), self.body.temp("item", item, origin));
        let pairs = Ty::iter(Ty::tuple([key, item]));
        let iter = self.lib_copy("dict.items", value, pairs, origin);
        let places = [keys, items].map(|local| Pat::Place(Place::local(local)));
        let key = self.read_local(keys, origin);
        let read = self.read_local(items, origin);
        let item = self.copy_of(read, true, origin);
        let clauses = vec![Clause::For { pat: Pat::Tuple(places.to_vec()), iter }];
        self.mk(Node::Seq { clauses, sink: Sink::Dict(key, item) }, ty, origin)
    }
}
