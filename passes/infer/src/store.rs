//! Writes at Typed: places, updates, deletions.

use crate::apply::{Apply, UNKNOWN_ATTRIBUTE};
use batuta_base::{Name, Origin};
use batuta_core::*;

/// The row that assigns an attribute of a library type.
fn setter_row(lib: Name, attribute: Name) -> String {
    format!("{lib}.{attribute}.__set__")
}

impl Apply<'_, '_, '_> {
    pub(crate) fn set_kind(&mut self, mut place: Place, value: NodeId, want: Ty) -> StmtKind {
        crate::prep::join(&self.body, &mut place);
        let value = self.coerce(value, want);
        StmtKind::Set { target: Pat::Place(place), value }
    }

    /// `place = value` for a place of the source and an elaborated value.
    pub(crate) fn assign_place(&mut self, place: Place, value: NodeId) -> StmtKind {
        match (place.root, place.proj.first().copied()) {
            (Root::Local(local), _) => {
                let want = self.body.locals[local].ty;
                self.set_kind(place, value, want)
            }
            (Root::Global(path), _) => self.assign_global(path, value),
            (Root::Node(node), Some(Proj::Field(name))) => {
                let object = self.expr(node);
                let named = self.value_first(&[object], value);
                let kind = self.assign_field(object, name, value);
                self.after_value(named, value, kind)
            }
            (Root::Node(node), Some(Proj::Index(index))) => {
                let object = self.expr(node);
                let index = self.expr(index);
                let named = self.value_first(&[object, index], value);
                let kind = self.assign_index(object, index, value);
                self.after_value(named, value, kind)
            }
            _ => self.set_kind(place, value, Ty::value()),
        }
    }

    /// `object.__setattr__(x, "name", value)`: neither a frozen class nor its `__setattr__` is asked.
    pub(crate) fn store_place(&mut self, place: Place, value: NodeId) -> StmtKind {
        let (Root::Node(node), Some(Proj::Field(name))) = (place.root, place.proj.first().copied()) else {
            return self.assign_place(place, value);
        };
        let object = self.expr(node);
        let class = self.ty(object).class_path();
        match class.and_then(|class| self.stored_type(class, name)) {
            Some(want) => self.set_kind(Place::node(object).with(Proj::Field(name)), value, want),
            None => self.assign_field(object, name, value),
        }
    }

    /// Whether the value, which Python evaluates before the parts of the place, must do so under a name
    /// where the assignment is a call.
    fn value_first(&self, parts: &[NodeId], value: NodeId) -> bool {
        let acts = |node: NodeId| {
            let mut found = false;
            self.body.walk(Child::Node(node), &mut |node| {
                found |= matches!(self.body.nodes[node].kind, Node::Call { .. } | Node::Try { .. });
            });
            found
        };
        let is_fixed = |node: NodeId| match &self.body.nodes[node].kind {
            Node::Const(_) | Node::Item(_) => true,
            Node::Use(place, _) => matches!(place.root, Root::Local(_)) && place.proj.is_empty(),
            _ => false,
        };
        let parts_act = parts.iter().any(|part| acts(*part));
        acts(value) && !parts.iter().all(|part| is_fixed(*part)) || parts_act && !is_fixed(value)
    }

    /// The assignment behind the value, which gets a name where `named` asks for one.
    fn after_value(&mut self, named: bool, value: NodeId, kind: StmtKind) -> StmtKind {
        let StmtKind::Expr(call) = kind else { return kind };
        let (row, ty) = (self.body.nodes[value].clone(), self.ty(value));
        if !named || *ty.kind() == TyKind::Never {
            return StmtKind::Expr(call);
        }
        let origin = row.origin;
        let moved = self.mk(row.kind, ty, origin);
        let (local, stmt) = self.set_temp("value", moved);
        self.body.nodes[value].kind = Node::Use(Place::local(local), Mode::Read);
        StmtKind::Expr(self.mk_block(vec![stmt], call))
    }

    fn assign_global(&mut self, path: Name, value: NodeId) -> StmtKind {
        let path = self.types.env().program.resolve(path);
        let class = path.parent();
        let is_member = self.types.env().class(class).is_some() && self.types.env().is_enum(class);
        if is_member && !self.defines(path, value) {
            let origin = self.origin(value);
            let text = format!("cannot reassign member '{}'", path.last());
            return StmtKind::Expr(self.refuse("AttributeError", &text, vec![value], origin));
        }
        let want = if is_member {
            self.ty(value)
        } else {
            let var = self.types.solver.globals.get(&path).copied();
            var.and_then(|var| self.types.get(var)).unwrap_or_else(|| self.ty(value))
        };
        self.set_kind(Place::global(path), value, want)
    }

    /// Whether the first statement that sets a global sets this value: later ones do not define a member.
    fn defines(&self, path: Name, value: NodeId) -> bool {
        let body = &self.unit.body;
        let first = body.blocks[body.root].stmts.iter().find_map(|stmt| match &stmt.kind {
            StmtKind::Set { target: Pat::Place(place), value } if place.root == Root::Global(path) => {
                Some(*value)
            }
            _ => None,
        });
        body.kind == FnKind::Init && first.is_none_or(|first| self.origin(first) == self.origin(value))
    }

    fn assign_field(&mut self, object: NodeId, name: Name, value: NodeId) -> StmtKind {
        let env = self.types.env();
        match self.ty(object).kind() {
            TyKind::Option(inner) => {
                let text = format!("AttributeError: 'NoneType' object has no attribute '{name}'");
                let object = self.unwrap(object, *inner, &text);
                self.assign_field(object, name, value)
            }
            TyKind::Class(class, _) => {
                if let Some(method) = env.assigner(*class, name) {
                    let origin = self.origin(object);
                    let text = self.text(name.as_str(), origin);
                    return StmtKind::Expr(self.call_method_path(*class, method, object, vec![text, value]));
                }
                if let Some(setter) = env.setter(*class, name.as_str()) {
                    return StmtKind::Expr(self.call_method_path(*class, setter, object, vec![value]));
                }
                if let Some(sub) = self.subclass_with_setter(*class, name) {
                    let object = self.mk_op(ClassOp::Down, Attr::None, vec![object], Ty::class(sub));
                    return self.assign_field(object, name, value);
                }
                if let Some((error, text)) = self.cannot_assign(*class, name) {
                    let origin = self.origin(object);
                    return StmtKind::Expr(self.refuse(error, &text, vec![value, object], origin));
                }
                match self.stored_type(*class, name) {
                    Some(want) => self.set_kind(Place::node(object).with(Proj::Field(name)), value, want),
                    None => self.assign_below(object, *class, name, value),
                }
            }
            TyKind::TypeOf(class) => self.assign_class_attribute(object, *class, name, value),
            TyKind::Lib(owner, _)
                if !batuta_catalog::functions(owner.join(&format!("{name}=")).as_str()).is_empty() =>
            {
                let origin = self.origin(object);
                let row = owner.join(&format!("{name}="));
                let kinds = [ArgKind::Positional; 2];
                StmtKind::Expr(self.lib_call(row, &kinds, vec![object, value], None, origin))
            }
            TyKind::Lib(owner, _) if crate::namespace::is_namespace(*owner) => {
                let (origin, value) = (self.origin(object), self.coerce(value, self.namespace_type(name)));
                let text = self.text(name.as_str(), origin);
                let kinds = [ArgKind::Positional; 3];
                let row = owner.join("set");
                StmtKind::Expr(self.lib_call(row, &kinds, vec![object, text, value], None, origin))
            }
            TyKind::Lib(owner, _)
                if let Some(row) = crate::attribute_reads::open_attribute(*owner, name, "__setattr__") =>
            {
                let origin = self.origin(object);
                let (text, value) = (self.text(name.as_str(), origin), self.dynamic(value));
                let kinds = [ArgKind::Positional; 3];
                StmtKind::Expr(self.lib_call(row, &kinds, vec![object, text, value], None, origin))
            }
            TyKind::Value | TyKind::Union(_) if self.body.lang == Lang::Ruchy => {
                let origin = self.origin(object);
                let key = self.text(name.as_str(), origin);
                self.ruchy_assign(object, key, value)
            }
            TyKind::Value | TyKind::Union(_) => {
                let (object, value) = (self.dynamic(object), self.dynamic(value));
                StmtKind::Expr(self.mk_op(
                    ValueOp::Method,
                    Attr::Name(Name::new(&format!("{name}="))),
                    vec![object, value],
                    Ty::value(),
                ))
            }
            TyKind::Lib(lib, _) if !batuta_catalog::functions(&setter_row(*lib, name)).is_empty() => {
                let row = Name::new(&setter_row(*lib, name));
                let origin = self.origin(value);
                let kinds = [ArgKind::Positional, ArgKind::Positional];
                StmtKind::Expr(self.lib_call(row, &kinds, vec![object, value], None, origin))
            }
            _ => {
                let ty = self.ty(object);
                let why = format!("`{ty}` has no attribute `{name}` to assign");
                StmtKind::Expr(self.hole(object, UNKNOWN_ATTRIBUTE, why))
            }
        }
    }

    /// `object.name = value` where only classes below that of the object have the attribute.
    fn assign_below(&mut self, object: NodeId, class: Name, name: Name, value: NodeId) -> StmtKind {
        if let Some(sub) = self.subclass_with_field(class, name) {
            let object = self.mk_op(ClassOp::Down, Attr::None, vec![object], Ty::class(sub));
            return self.assign_field(object, name, value);
        }
        let env = self.types.env();
        if env.is_enum(class) && matches!(name.as_str(), "value" | "name") {
            let text = format!("<enum 'Enum'> cannot set attribute '{name}'");
            let origin = self.origin(object);
            return StmtKind::Expr(self.refuse("AttributeError", &text, vec![value], origin));
        }
        let mut owners = self.owners_below(class, name);
        owners.retain(|owner| env.field_owner(*owner, name).is_some());
        if owners.len() < 2 {
            let why = format!("`{}` has no attribute `{name}` to assign", class.last());
            return StmtKind::Expr(self.hole(object, UNKNOWN_ATTRIBUTE, why));
        }
        let origin = self.origin(object);
        let (values, stmts) = self.simple_args(vec![value]);
        let chosen = self.by_one_of(object, class, &owners, Some(Ty::unit()), &mut |me, object, owner| {
            let value = me.again(values[0]);
            let object = match me.ty(object).class_path() {
                Some(class) if class != owner => {
                    me.mk_op(ClassOp::Down, Attr::None, vec![object], Ty::class(owner))
                }
                _ => object,
            };
            let kind = me.assign_field(object, name, value);
            let unit = me.mk(Node::Const(Const::None), Ty::unit(), origin);
            me.mk_block(vec![Stmt::new(kind, origin)], unit)
        });
        self.behind(stmts, chosen, origin)
    }

    /// A choice behind what its value needs first.
    fn behind(&mut self, mut stmts: Vec<Stmt>, chosen: NodeId, origin: Origin) -> StmtKind {
        if stmts.is_empty() {
            return StmtKind::Expr(chosen);
        }
        stmts.push(Stmt::new(StmtKind::Expr(chosen), origin));
        let unit = self.mk(Node::Const(Const::None), Ty::unit(), origin);
        StmtKind::Expr(self.mk_block(stmts, unit))
    }

    /// `cls.name = value`: each class that the value may be has an attribute of its own.
    fn assign_class_attribute(&mut self, object: NodeId, class: Name, name: Name, value: NodeId) -> StmtKind {
        let env = self.types.env();
        let origin = self.origin(object);
        let classes = self.class_candidates(object, class);
        let path = |class: Name| env.attribute(class, name.as_str()).unwrap_or(class.join(name.as_str()));
        if let Some(class) = classes.iter().find(|class| path(**class).parent() != **class) {
            let why = format!("`{name}` may be set on `{}`, which has it from a base", class.last());
            return StmtKind::Expr(self.hole(object, UNKNOWN_ATTRIBUTE, why));
        }
        if let [only] = classes[..] {
            return self.assign_global(path(only), value);
        }
        let (values, stmts) = self.simple_args(vec![value]);
        let chosen = self.by_class_value(object, class, Some(Ty::unit()), &mut |me, class| {
            let value = me.again(values[0]);
            let kind = me.assign_global(path(class), value);
            let unit = me.mk(Node::Const(Const::None), Ty::unit(), origin);
            me.mk_block(vec![Stmt::new(kind, origin)], unit)
        });
        self.behind(stmts, chosen, origin)
    }

    /// The one class below that has a setter for what is read only here.
    fn subclass_with_setter(&self, class: Name, name: Name) -> Option<Name> {
        let env = self.types.env();
        let mut below = env.program.subclasses(class);
        below.retain(|sub| *sub != class && env.setter(*sub, name.as_str()).is_some());
        let top = *below.iter().min_by_key(|sub| env.mro(**sub).len())?;
        below.iter().all(|sub| env.is_subclass(*sub, top)).then_some(top)
    }

    /// CPython's error where the attribute is there to be read only.
    fn cannot_assign(&self, class: Name, name: Name) -> Option<(&'static str, String)> {
        let env = self.types.env();
        let is_frozen = |path: &Name| {
            env.class(*path).is_some_and(|def| matches!(def.kind, ClassKind::Dataclass { frozen: true, .. }))
        };
        // What a cached property keeps is no field of the class.
        let is_kept = self.body.path.last() == name.as_str().strip_suffix("_cache").unwrap_or_default();
        if env.mro(class).iter().any(is_frozen) && !is_kept {
            return Some(("FrozenInstanceError", format!("cannot assign to field '{name}'")));
        }
        if env.is_named_tuple(class) {
            return Some(("AttributeError", "can't set attribute".to_owned()));
        }
        if env.is_shut_out(class, name) {
            let text = match env.attribute(class, name.as_str()) {
                Some(_) => format!("'{}' object attribute '{name}' is read-only", class.last()),
                None => format!("'{}' object has no attribute '{name}'", class.last()),
            };
            return Some(("AttributeError", text));
        }
        let getter = &env.program.fns[&env.method(class, name.as_str())?];
        let is_cached = getter.decorators.iter().any(|found| found.path == "functools.cached_property");
        (getter.kind == FnKind::Property && !is_cached).then(|| {
            let text = format!("property '{name}' of '{}' object has no setter", class.last());
            ("AttributeError", text)
        })
    }

    fn assign_index(&mut self, object: NodeId, index: NodeId, value: NodeId) -> StmtKind {
        let ty = self.ty(object);
        let is_slice = *self.ty(index).kind() == TyKind::Slice;
        match ty.kind() {
            TyKind::Option(inner) => {
                let text = "TypeError: 'NoneType' object does not support item assignment";
                let object = self.unwrap(object, *inner, text);
                self.assign_index(object, index, value)
            }
            TyKind::List(item) if is_slice => {
                let index = self.slice_object(index);
                let iter = self.iter_of(value);
                let iter = self.coerce(iter, Ty::iter(*item));
                let place = Place::node(object).with(Proj::Index(index));
                let want = self.ty(iter);
                self.set_kind(place, iter, want)
            }
            TyKind::List(item) => {
                let index = self.coerce(index, Ty::int());
                self.set_kind(Place::node(object).with(Proj::Index(index)), value, *item)
            }
            TyKind::Bytes => {
                let index = self.coerce(index, Ty::int());
                self.set_kind(Place::node(object).with(Proj::Index(index)), value, Ty::int())
            }
            TyKind::Dict(key, item) => {
                let index = self.coerce(index, *key);
                self.set_kind(Place::node(object).with(Proj::Index(index)), value, *item)
            }
            TyKind::Value | TyKind::Union(_) if self.body.lang == Lang::Ruchy => {
                self.ruchy_assign(object, index, value)
            }
            TyKind::Value | TyKind::Union(_) => {
                let args = vec![self.dynamic(object), self.dynamic(index), self.dynamic(value)];
                let name = Name::new("__setitem__");
                StmtKind::Expr(self.mk_op(ValueOp::Method, Attr::Name(name), args, Ty::value()))
            }
            TyKind::Lib(name, _)
                if is_slice && !batuta_catalog::functions(name.join("__setslice__").as_str()).is_empty() =>
            {
                let row = name.join("__setslice__");
                let origin = self.origin(value);
                let mut args = vec![object];
                args.extend(self.bounds(index));
                args.push(value);
                StmtKind::Expr(self.lib_call(row, &[ArgKind::Positional; 5], args, None, origin))
            }
            TyKind::Lib(name, _) => {
                let rows = batuta_catalog::functions(name.join("__setitem__").as_str());
                let Some(row) = rows.first() else {
                    let why = format!("`{ty}` does not support item assignment");
                    return StmtKind::Expr(self.hole(object, UNKNOWN_ATTRIBUTE, why));
                };
                let mut map = Default::default();
                crate::rows::bind_types(row.params[0].ty, ty, &mut map);
                let index = self.coerce(index, crate::rows::subst(row.params[1].ty, &map));
                let want = crate::rows::subst(row.params[2].ty, &map);
                self.set_kind(Place::node(object).with(Proj::Index(index)), value, want)
            }
            _ => match self.special(object, "__setitem__", vec![index, value]) {
                Ok(call) => StmtKind::Expr(call),
                Err(object) => {
                    if let Some(inner) = self.inner_part(object, &[]) {
                        return self.assign_index(inner, index, value);
                    }
                    let why = format!("`{ty}` does not support item assignment");
                    StmtKind::Expr(self.hole(object, UNKNOWN_ATTRIBUTE, why))
                }
            },
        }
    }

    /// Start, stop and step of an elaborated slice.
    fn bounds(&mut self, index: NodeId) -> Vec<NodeId> {
        match &self.body.nodes[index].kind {
            Node::Op { op: Op::ObjOp(ObjOp::SliceObj), args, .. } => args.clone(),
            _ => self.slice_parts(index),
        }
    }

    /// A slice as an operation on its bounds.
    fn slice_object(&mut self, index: NodeId) -> NodeId {
        if matches!(self.body.nodes[index].kind, Node::Op { op: Op::ObjOp(ObjOp::SliceObj), .. }) {
            return index;
        }
        let parts = self.slice_parts(index);
        self.mk_op(ObjOp::SliceObj, Attr::None, parts, Ty::new(TyKind::Slice))
    }

    /// A place that is read and written: its parts get names where they are not simple.
    pub(crate) fn place_for_update(&mut self, place: Place, origin: Origin) -> (Place, NodeId, Vec<Stmt>) {
        let mut stmts = Vec::new();
        match (place.root, place.proj.first().copied()) {
            (Root::Local(local), _) => {
                let read = self.read_local(local, origin);
                (place, read, stmts)
            }
            (Root::Global(path), _) => {
                let id = self.mk(Node::Use(Place::global(path), Mode::Read), Ty::value(), origin);
                let read = self.global(id, path);
                let path = match &self.body.nodes[read].kind {
                    Node::Use(place, _) => place.clone(),
                    _ => place,
                };
                (path, read, stmts)
            }
            (Root::Node(node), Some(proj)) => {
                let object = self.expr(node);
                let object = match self.body.lang == Lang::Ruchy && self.is_ruchy_dynamic(object, "") {
                    true => self.ruchy_place(object, &mut stmts),
                    false => self.named(object, "object", &mut stmts),
                };
                let again = self.again(object);
                let (proj, read) = match proj {
                    Proj::Field(name) => (Proj::Field(name), self.attr(again, name, origin)),
                    Proj::Index(index) => {
                        let constant = self.constant(index);
                        let index = self.expr(index);
                        let index = match self.ty(object).kind() {
                            TyKind::List(_) if *self.ty(index).kind() != TyKind::Slice => {
                                self.coerce(index, Ty::int())
                            }
                            TyKind::Dict(key, _) => self.coerce(index, *key),
                            TyKind::Lib(name, args) if is_mapping(*name) => self.coerce(index, args[0]),
                            _ => index,
                        };
                        let index = self.named(index, "index", &mut stmts);
                        let second = self.again(index);
                        let read = self.index_node(again, second, constant);
                        let read = read.unwrap_or_else(|| {
                            self.hole(again, UNKNOWN_ATTRIBUTE, "no items to update by index".into())
                        });
                        (Proj::Index(index), read)
                    }
                    other => (other, again),
                };
                // An attribute of a class is one global, whatever names the class here.
                if let (TyKind::TypeOf(_), Node::Use(global, _)) =
                    (self.ty(object).kind(), &self.body.nodes[read].kind)
                    && matches!(global.root, Root::Global(_))
                {
                    return (global.clone(), read, stmts);
                }
                (Place::node(object).with(proj), read, stmts)
            }
            (Root::Node(node), None) => {
                let read = self.expr(node);
                (place, read, stmts)
            }
        }
    }

    pub(crate) fn named(&mut self, node: NodeId, hint: &str, stmts: &mut Vec<Stmt>) -> NodeId {
        if self.is_simple(node) {
            return node;
        }
        // A chain of plain reads is evaluated twice without harm when nothing in it can change between.
        let origin = self.origin(node);
        let (local, stmt) = self.set_temp(hint, node);
        stmts.push(stmt);
        self.read_local(local, origin)
    }

    /// `place = value` after `place_for_update`: its parts are elaborated.
    pub(crate) fn assign_place_again(&mut self, place: Place, value: NodeId, ty: Ty) -> StmtKind {
        match (place.root, place.proj.first().copied()) {
            (Root::Node(object), Some(Proj::Field(name))) => self.assign_field(object, name, value),
            (Root::Node(object), Some(Proj::Index(index))) => self.assign_index(object, index, value),
            (Root::Global(path), None) => self.assign_global(path, value),
            _ => self.set_kind(place, value, ty),
        }
    }

    /// `xs += ys` changes a list, set or dict in place.
    pub(crate) fn in_place(&mut self, read: NodeId, op: ObjOp, value: NodeId) -> Option<NodeId> {
        let name = match (self.ty(read).kind(), op) {
            (TyKind::List(_), ObjOp::Add) => "list.extend",
            (TyKind::List(_), ObjOp::Mul) => "list.multiply",
            (TyKind::Set(_), ObjOp::BitOr) => "set.update",
            (TyKind::Set(_), ObjOp::BitAnd) => "set.intersection_update",
            (TyKind::Set(_), ObjOp::Sub) => "set.difference_update",
            (TyKind::Set(_), ObjOp::BitXor) => "set.symmetric_difference_update",
            (TyKind::Dict(..), ObjOp::BitOr) => "dict.update",
            (TyKind::Lib(name, _), ObjOp::Add) => match name.as_str() {
                "deque" => "deque.extend",
                "bytearray" => "bytearray.extend",
                "int_array" => "int_array.extend",
                "float_array" => "float_array.extend",
                _ => return None,
            },
            (TyKind::Lib(name, _), ObjOp::Mul) => match name.as_str() {
                "int_array" => "int_array.multiply",
                "float_array" => "float_array.multiply",
                _ => return None,
            },
            (TyKind::Class(..), _) => {
                let [names, _] = crate::inner::operand_methods(op);
                let names: Vec<&str> = names.iter().map(String::as_str).collect();
                let inner = self.inner_part(read, &names)?;
                return self.in_place(inner, op, value);
            }
            _ => return None,
        };
        let origin = self.origin(value);
        let kinds = [ArgKind::Positional; 2];
        Some(self.lib_call(Name::new(name), &kinds, vec![read, value], None, origin))
    }

    pub(crate) fn delete(&mut self, place: Place) -> StmtKind {
        match (place.root, place.proj.first().copied()) {
            (Root::Node(node), Some(Proj::Index(index))) => {
                let object = self.expr(node);
                let index = self.expr(index);
                self.delete_index(object, index)
            }
            (Root::Node(node), Some(proj)) => {
                let object = self.expr(node);
                let mut place = Place::node(object).with(proj);
                crate::prep::join(&self.body, &mut place);
                StmtKind::Del(place)
            }
            _ => StmtKind::Del(place),
        }
    }

    fn delete_index(&mut self, object: NodeId, index: NodeId) -> StmtKind {
        let ty = self.ty(object);
        if let (TyKind::Lib(name, _), TyKind::Slice) = (ty.kind(), self.ty(index).kind()) {
            let row = name.join("__delslice__");
            let origin = self.origin(index);
            let mut args = vec![object];
            args.extend(self.bounds(index));
            return StmtKind::Expr(self.lib_call(row, &[ArgKind::Positional; 4], args, None, origin));
        }
        let index = match ty.kind() {
            TyKind::Option(inner) => {
                let text = "TypeError: 'NoneType' object doesn't support item deletion";
                let object = self.unwrap(object, *inner, text);
                return self.delete_index(object, index);
            }
            TyKind::Dict(key, _) => self.coerce(index, *key),
            TyKind::Lib(name, args) if is_mapping(*name) => self.coerce(index, args[0]),
            TyKind::List(_) if *self.ty(index).kind() != TyKind::Slice => self.coerce(index, Ty::int()),
            TyKind::List(_) => self.slice_object(index),
            TyKind::Value | TyKind::Union(_) => {
                let args = vec![self.dynamic(object), self.dynamic(index)];
                let name = Name::new("__delitem__");
                return StmtKind::Expr(self.mk_op(ValueOp::Method, Attr::Name(name), args, Ty::value()));
            }
            TyKind::Class(class, _) => {
                if let Some(method) = self.types.env().method(*class, "__delitem__") {
                    return StmtKind::Expr(self.call_method_path(*class, method, object, vec![index]));
                }
                if let Some(inner) = self.inner_part(object, &[]) {
                    return self.delete_index(inner, index);
                }
                index
            }
            _ => index,
        };
        let mut place = Place::node(object).with(Proj::Index(index));
        crate::prep::join(&self.body, &mut place);
        StmtKind::Del(place)
    }
}

/// Mappings of the library: their first type argument is the type of their keys.
fn is_mapping(name: Name) -> bool {
    matches!(name.as_str(), "defaultdict" | "Counter" | "OrderedDict")
}
