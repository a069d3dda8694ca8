//! What `object.name` means: fields, methods as values, properties, names of classes.

use crate::apply::{Apply, UNKNOWN_ATTRIBUTE};
use crate::bind::Formal;
use crate::function_values::Described;
use batuta_base::{Name, Origin};
use batuta_core::*;

impl Apply<'_, '_, '_> {
    /// `object.name` for an elaborated object.
    pub(crate) fn attr(&mut self, object: NodeId, name: Name, origin: Origin) -> NodeId {
        let ty = self.ty(object);
        if name == "__name__"
            && let Some(of) = self.type_operand(object)
        {
            return self.type_name(of);
        }
        match ty.kind() {
            TyKind::Never => object,
            TyKind::Option(inner) => {
                let text = format!("AttributeError: 'NoneType' object has no attribute '{name}'");
                let object = self.unwrap(object, *inner, &text);
                self.attr(object, name, origin)
            }
            TyKind::Union(members) if self.all_have(members, name) => {
                self.by_member(object, None, &mut |me, member| me.attr(member, name, origin))
            }
            TyKind::Value | TyKind::Union(_) => {
                let object = self.dynamic(object);
                self.mk_op(ValueOp::Attr, Attr::Name(name), vec![object], Ty::value())
            }
            TyKind::Class(class, _) => self.object_attr(object, *class, name, origin),
            TyKind::Tuple(items)
                if let Some(at) = self.types.env().tuple_part(name).filter(|at| *at < items.len()) =>
            {
                self.place_read(object, Proj::Field(Name::new(&at.to_string())), items[at])
            }
            TyKind::TypeOf(class) => {
                if matches!(name.as_str(), "__name__" | "__qualname__") {
                    return self.class_name(object, *class, origin);
                }
                self.attr_of_class(object, *class, name, origin)
            }
            TyKind::Error if name == "__class__" => {
                let callee = Callee::Lib(Name::new("error.class"));
                let ty = Ty::new(TyKind::TypeOf(Name::new("BaseException")));
                self.mk(Node::Call { callee, args: vec![Arg::positional(object)] }, ty, origin)
            }
            TyKind::Error if !self.types.env().errors_with(name).is_empty() => {
                let owners = self.types.env().errors_with(name);
                self.by_one_of(object, Name::new("error"), &owners, None, &mut |me, object, owner| {
                    me.object_attr(object, owner, name, origin)
                })
            }
            TyKind::Unit => {
                self.diags.report_with(
                    UNKNOWN_ATTRIBUTE,
                    origin,
                    format!("`None` has no attribute `{name}`"),
                );
                let text = format!("'NoneType' object has no attribute '{name}'");
                self.refuse("AttributeError", &text, vec![object], origin)
            }
            TyKind::Lib(owner, _) if crate::namespace::is_namespace(*owner) => {
                self.namespace_attr(object, name, origin)
            }
            _ if name == "__name__" => match self.body.nodes[object].kind {
                Node::Item(item) => self.text(item.last(), origin),
                Node::Closure(ref closure) => {
                    let own = closure.name.map_or("<lambda>", |name| name.as_str()).to_owned();
                    let name = self.described.get(&object).map_or(own, |known| known.name.clone());
                    self.text(name.rsplit('.').next().unwrap_or_default(), origin)
                }
                // A method of an object that is there.
                Node::Block { label: None, block } if let Some(known) = self.described.get(&object) => {
                    let name = known.name.rsplit('.').next().unwrap_or_default().to_owned();
                    let stmts = self.body.blocks[block].stmts.clone();
                    let text = self.text(&name, origin);
                    self.mk_block(stmts, text)
                }
                _ => {
                    self.hole(object, UNKNOWN_ATTRIBUTE, "the name of a function that is a value here".into())
                }
            },
            _ => {
                let node = self.body.nodes[object].kind.clone();
                if let (Node::Item(item), None) = (node, self.type_word(ty)) {
                    let path = item.join(name.as_str());
                    let node = self.mk(Node::Item(path), Ty::value(), origin);
                    return self.item(node, path);
                }
                match self.type_word(ty) {
                    Some(word) => {
                        let lib = word.join(name.as_str());
                        if let Some(row) = crate::libcalls::bound_method(lib) {
                            if crate::libcalls::takes_any(row) {
                                let why =
                                    format!("`{name}`, which takes any number of arguments, as a value");
                                return self.hole(object, crate::apply::BAD_CALL, why);
                            }
                            return self.method_value(row, object, origin);
                        }
                        if let Some(row) = open_attribute(word, name, "__getattr__") {
                            let text = self.text(name.as_str(), origin);
                            return self.lib_call(
                                row,
                                &[ArgKind::Positional; 2],
                                vec![object, text],
                                None,
                                origin,
                            );
                        }
                        self.lib_call(lib, &[ArgKind::Positional], vec![object], None, origin)
                    }
                    None => self.hole(object, UNKNOWN_ATTRIBUTE, format!("`{ty}` has no attribute `{name}`")),
                }
            }
        }
    }

    /// `d.get` as a value: a closure around its call.
    pub(crate) fn method_value(
        &mut self,
        row: &batuta_catalog::Row,
        object: NodeId,
        origin: Origin,
    ) -> NodeId {
        let mut map = crate::rows::TypeMap::default();
        crate::rows::bind_types(row.params[0].ty, self.ty(object), &mut map);
        let params: Vec<Ty> =
            crate::libcalls::value_params(row).map(|ty| crate::rows::subst(ty, &map)).collect();
        let ret = crate::rows::subst(row.result, &map);
        let ty = Ty::func(params.clone(), ret);
        let name = row.name;
        self.holding(object, |me, object| {
            let closure = me.eta(&params, ret, ty, origin, |me, args| {
                let all: Vec<NodeId> = std::iter::once(object).chain(args).collect();
                me.lib_call(name, &vec![ArgKind::Positional; all.len()], all, None, origin)
            });
            let formal = Formal { name: None, kind: ParamKind::PositionalOnly, has_default: false };
            let (formals, defaults) = (vec![formal; params.len()], vec![None; params.len()]);
            let name = name.last().to_owned();
            me.described.insert(closure, Described { name, is_bound: false, formals, defaults });
            closure
        })
    }

    /// The class that a class method is called on.
    pub(crate) fn is_own_class(&self, object: NodeId) -> bool {
        let body = &self.unit.body;
        let Node::Use(place, _) = &self.body.nodes[object].kind else { return false };
        body.kind == FnKind::ClassMethod
            && place.as_local().is_some()
            && place.as_local() == body.params.first().map(|param| param.local)
    }

    /// `type(x).__name__`: constant where `x` can have no other class.
    pub(crate) fn class_name(&mut self, object: NodeId, class: Name, origin: Origin) -> NodeId {
        let is_error = self.types.env().is_error(class) || crate::env::is_builtin_error(class);
        if is_error && !matches!(self.body.nodes[object].kind, Node::Item(_)) {
            let (name, of) = match &self.body.nodes[object].kind {
                Node::Call { callee: Callee::Lib(name), args }
                    if matches!(name.as_str(), "error.class" | "builtins.type") =>
                {
                    ("error.class_name", args[0].value)
                }
                _ => ("class.name", object),
            };
            let args = vec![Arg::positional(of)];
            return self.mk(Node::Call { callee: Callee::Lib(Name::new(name)), args }, Ty::str(), origin);
        }
        let env = self.types.env();
        let is_last = env.class(class).is_some() && env.program.subclasses(class).len() == 1;
        let exact = is_last || self.is_own_class(object);
        if exact || matches!(self.body.nodes[object].kind, Node::Item(_)) {
            return self.text(class.last(), origin);
        }
        if !matches!(self.body.nodes[object].kind, Node::Call { .. }) {
            let args = vec![Arg::positional(object)];
            return self.mk(
                Node::Call { callee: Callee::Lib(Name::new("class.name")), args },
                Ty::str(),
                origin,
            );
        }
        self.name_by_type(object, origin)
    }

    /// The name of an object's class.
    pub(crate) fn name_of_class(&mut self, object: NodeId, class: Name) -> NodeId {
        let origin = self.origin(object);
        if self.types.env().program.subclasses(class).len() == 1 && self.is_simple(object) {
            return self.text(class.last(), origin);
        }
        self.name_by_type(object, origin)
    }

    pub(crate) fn name_by_type(&mut self, object: NodeId, origin: Origin) -> NodeId {
        let args = vec![Arg::positional(object)];
        self.mk(Node::Call { callee: Callee::Lib(Name::new("type.name")), args }, Ty::str(), origin)
    }

    pub(crate) fn type_word(&self, ty: Ty) -> Option<Name> {
        Some(Name::new(match ty.kind() {
            TyKind::Bool | TyKind::Int(_) => "int",
            TyKind::Float(_) => "float",
            TyKind::Num => "num",
            TyKind::Complex => "complex",
            TyKind::Str => "str",
            TyKind::Bytes => "bytes",
            TyKind::Range => "range",
            TyKind::Slice => "slice",
            TyKind::Error => "error",
            TyKind::List(_) => "list",
            TyKind::Set(_) => "set",
            TyKind::FrozenSet(_) => "frozenset",
            TyKind::Dict(..) => "dict",
            TyKind::Iter(_) => "iter",
            TyKind::Tuple(_) => "tuple",
            TyKind::Lib(name, _) => return Some(*name),
            _ => return None,
        }))
    }

    /// Type of a field, where the class has it.
    pub(crate) fn field_type(&self, class: Name, name: Name) -> Option<Ty> {
        let owner = self.types.env().field_owner(class, name)?;
        let var = self.types.solver.fields.get(&(owner, name))?;
        Some(self.types.get(*var).unwrap_or_else(Ty::unit))
    }

    pub(crate) fn object_attr(&mut self, object: NodeId, class: Name, name: Name, origin: Origin) -> NodeId {
        let env = self.types.env();
        if env.is_enum(class) && matches!(name.as_str(), "name" | "value" | "_value_" | "_name_") {
            let name = Name::new(name.as_str().trim_matches('_'));
            let var = self.types.solver.fields.get(&(class, Name::new("value")));
            let value = var.and_then(|var| self.types.get(*var)).unwrap_or_else(Ty::value);
            let ty = if name == "name" { Ty::str() } else { value };
            return self.field_of(object, name, ty, origin);
        }
        if name == "_fields" && env.is_named_tuple(class) {
            return self.field_names(class, origin);
        }
        if name == "__class__" {
            let args = vec![Arg::positional(object)];
            let call = Node::Call { callee: Callee::Lib(Name::new("builtins.type")), args };
            return self.mk(call, Ty::new(TyKind::TypeOf(class)), origin);
        }
        let method = env.method(class, name.as_str()).filter(|_| !env.is_field_first(class, name));
        if let Some(method) = method {
            if env.program.fns[&method].kind == FnKind::Property {
                return self.call_method_path(class, method, object, Vec::new());
            }
            return self.bound_method(object, class, method, origin);
        }
        if let Some(ty) = self.field_type(class, name) {
            return self.read_field(object, class, name, ty);
        }
        if let Some(path) = env.attribute(class, name.as_str()) {
            let node = self.mk(Node::Use(Place::global(path), Mode::Read), Ty::value(), origin);
            return self.global(node, path);
        }
        let is_known =
            || !batuta_catalog::functions(Name::new("error").join(name.as_str()).as_str()).is_empty();
        if env.is_error(class) && is_known() {
            let error = self.coerce(object, Ty::error());
            return self.lib_call(
                Name::new("error").join(name.as_str()),
                &[ArgKind::Positional],
                vec![error],
                None,
                origin,
            );
        }
        if let Some(inner) = self.inner_part(object, &["__getattr__"]) {
            return self.attr(inner, name, origin);
        }
        if env.asks_for(class, name)
            && let Some(method) = env.method(class, "__getattr__")
        {
            let has = |sub: Name| env.has_member(sub, name) && !env.is_enum(sub);
            let owners = self.classes_below(class, has);
            return self.by_class(object, class, &owners, None, &mut |me, object, of| {
                if of != class {
                    return me.object_attr(object, of, name, origin);
                }
                me.ask_for(object, class, method, name, origin)
            });
        }
        match self.subclass_with_field(class, name) {
            Some(sub) => {
                let object = self.mk_op(ClassOp::Down, Attr::None, vec![object], Ty::class(sub));
                self.object_attr(object, sub, name, origin)
            }
            None => match self.owners_below(class, name) {
                owners if owners.is_empty() => {
                    let why = format!("no class here gives `{}` an attribute `{name}`", class.last());
                    self.hole(object, UNKNOWN_ATTRIBUTE, why)
                }
                owners => self.by_owner(object, class, &owners, name, None, &mut |me, object, owner| {
                    me.object_attr(object, owner, name, origin)
                }),
            },
        }
    }

    /// `object.__getattr__("name")`.
    pub(crate) fn ask_for(
        &mut self,
        object: NodeId,
        class: Name,
        method: Name,
        name: Name,
        origin: Origin,
    ) -> NodeId {
        let text = self.text(name.as_str(), origin);
        self.call_method_path(class, method, object, vec![text])
    }

    /// The class below that has a member which the class itself lacks.
    pub(crate) fn subclass_with_field(&self, class: Name, name: Name) -> Option<Name> {
        let env = self.types.env();
        let mut below = env.program.subclasses(class);
        below.retain(|sub| {
            *sub != class
                && (env.field_owner(*sub, name).is_some() || env.method(*sub, name.as_str()).is_some())
        });
        env.common_base(&below).filter(|base| *base != class)
    }

    /// `object.name` as a place.
    pub(crate) fn field_of(&mut self, object: NodeId, name: Name, ty: Ty, origin: Origin) -> NodeId {
        let mut place = Place::node(object).with(Proj::Field(name));
        crate::prep::join(&self.body, &mut place);
        self.mk(Node::Use(place, Mode::Read), ty, origin)
    }
}

/// The row that reads or writes an attribute which a library type does not know: `record.user = name`.
pub(crate) fn open_attribute(owner: Name, name: Name, method: &str) -> Option<Name> {
    let has = |row: Name| !batuta_catalog::functions(row.as_str()).is_empty();
    let row = owner.join(method);
    let is_known = method == "__getattr__" && has(owner.join(name.as_str()));
    (has(row) && !is_known).then_some(row)
}
