//! Classes derived from builtin types: what they do not say is done by the value that an object holds.
//!
//! before                                   after
//!   method (%stack).append(1)                method (%stack.items).append(1)
//!   %env["x"]                                %env.data["x"]

use crate::apply::Apply;
use crate::env::Env;
use crate::facts::ArgFact;
use crate::solve::{JobId, Solver};
use crate::vars::{Atom, Head, Var};
use batuta_base::{Name, Origin};
use batuta_core::*;
use std::sync::Arc;

/// What holds functions or classes has no text here: the one that was made for it goes.
pub(crate) fn drop_texts(program: &mut Program<Typed>) {
    let is_silent = |def: &ClassDef| {
        let inner = crate::expand::inner_field(def);
        let field = inner.and_then(|inner| def.fields.iter().find(|field| field.name == inner));
        field.is_some_and(|field| {
            field.ty.any(&mut |part| matches!(part.kind(), TyKind::Func(..) | TyKind::TypeOf(_)))
        })
    };
    let classes: Vec<Name> =
        program.classes.iter().filter(|(_, def)| is_silent(def)).map(|(path, _)| *path).collect();
    for class in classes {
        let path = class.join("__repr__");
        let is_made = program.fns.get(&path).is_some_and(|body| body.origin == Default::default());
        if is_made {
            program.fns.shift_remove(&path);
            let def = Arc::make_mut(program.classes.get_mut(&class).expect("it was just found"));
            def.methods.retain(|method| *method != path);
        }
    }
}

impl Env<'_> {
    /// The field that holds the value of the builtin type that a class is derived from.
    pub(crate) fn inner(&self, class: Name) -> Option<Name> {
        if self.is_text_enum(class) {
            return Some(Name::new("value"));
        }
        self.mro(class).iter().find_map(|path| crate::expand::inner_field(self.class(*path)?))
    }

    /// [`Env::inner`] of a class that has none of these methods itself.
    pub(crate) fn inner_without(&self, class: Name, methods: &[&str]) -> Option<Name> {
        let field = self.inner(class)?;
        methods.iter().all(|name| self.method(class, name).is_none()).then_some(field)
    }

    /// The builtin types that a class is derived from, by name.
    pub(crate) fn derives(&self, class: Name, base: &str) -> bool {
        let short = |name: &Name| {
            name.as_str() == base || name.last() == base && name.as_str().starts_with("collections.")
        };
        let is_dict =
            |name: &Name| base == "dict" && matches!(name.last(), "OrderedDict" | "defaultdict" | "Counter");
        self.mro(class)
            .iter()
            .filter_map(|path| self.class(*path))
            .any(|def| def.bases.iter().any(|name| short(name) || is_dict(name)))
    }

    /// The field of an argument that a library function takes as the builtin value.
    fn inner_argument(&self, function: Name, at: usize, class: Name) -> Option<Name> {
        let field = self.inner(class)?;
        let rows = batuta_catalog::functions(self.lib_name(function).as_str());
        let params: Vec<Ty> = rows
            .iter()
            .filter_map(|row| row.params.get(at).or_else(|| row.params.last().filter(|last| last.variadic)))
            .map(|param| param.ty)
            .collect();
        let is_open = |ty: Ty| match ty.kind() {
            TyKind::Var(_) | TyKind::Func(..) => true,
            TyKind::Option(inner) => matches!(inner.kind(), TyKind::Var(_)),
            _ => false,
        };
        let is_value = |ty: Ty| matches!(ty.strip_ref().kind(), TyKind::Value);
        let takes_value = !params.iter().all(|ty| is_value(*ty)) && !params.iter().any(|ty| is_open(*ty));
        let is_special = matches!(
            function.as_str(),
            "builtins.iter" | "builtins.sum" | "builtins.dict" | "json.dumps" | "json.dump"
        );
        let dunder = crate::builtin_calls::dunder_of(function.as_str());
        let own: &[&str] = if at > 0 || dunder.is_none() { &["__iter__"] } else { &[] };
        let answers = own.iter().copied().chain(dunder).any(|name| self.method(class, name).is_some());
        let is_read = function == "builtins.dict" && self.reads_itself(class);
        ((takes_value || is_special) && !answers && !is_read).then_some(field)
    }
}

impl Env<'_> {
    /// Whether objects are a `UserDict` that reads its items its own way.
    fn reads_itself(&self, class: Name) -> bool {
        let is_user = |def: &ClassDef| def.bases.iter().any(|base| *base == "collections.UserDict");
        self.method(class, "__getitem__").is_some()
            && self.mro(class).iter().filter_map(|path| self.class(*path)).any(is_user)
    }

    /// Whether objects are mappings: they give their keys, and an item for each.
    pub(crate) fn is_mapping(&self, class: Name) -> bool {
        let has = |name: &str| self.method(class, name).is_some();
        let is_mapping = |def: &ClassDef| def.bases.iter().any(|base| base.last().ends_with("Mapping"));
        self.reads_itself(class)
            || has("__getitem__")
                && has("__iter__")
                && (has("keys")
                    || self.mro(class).iter().filter_map(|path| self.class(*path)).any(is_mapping))
    }
}

impl Solver<'_> {
    /// Whether a variable holds mappings of the program alone.
    pub(crate) fn is_mapping(&self, var: Var) -> bool {
        let atoms = self.vars.atoms(var);
        let is = |atom: &Atom| matches!(atom.head, Head::Class(class) if self.env.is_mapping(class));
        !atoms.is_empty() && atoms.iter().all(is)
    }

    /// What an object holds, where its class has none of these methods.
    pub(crate) fn inner_of(&mut self, atom: &Atom, methods: &[&str]) -> Option<Var> {
        let Head::Class(class) = atom.head else { return None };
        let field = self.env.inner_without(class, methods)?;
        Some(self.field(class, field))
    }

    /// Operands of an operator that neither class has a method for, as what they hold.
    pub(crate) fn inner_pair(&mut self, op: ObjOp, x: &Atom, y: &Atom) -> Option<(Var, Var)> {
        let is_derived =
            |me: &Self, atom: &Atom| matches!(atom.head, Head::Class(class) if me.env.inner(class).is_some());
        if !is_derived(self, x) && !is_derived(self, y) {
            return None;
        }
        let [left, right] = operand_methods(op);
        let has = |me: &Self, atom: &Atom, names: &[String]| match atom.head {
            Head::Class(class) => names.iter().any(|name| me.env.method(class, name).is_some()),
            _ => false,
        };
        if has(self, x, &left) || has(self, y, &right) {
            return None;
        }
        let a = self.inner_of(x, &[]).unwrap_or_else(|| self.single(x));
        let b = self.inner_of(y, &[]).unwrap_or_else(|| self.single(y));
        Some((a, b))
    }

    /// Arguments of a library function: objects that it takes as what they hold.
    pub(crate) fn inner_arguments(&mut self, job: JobId, name: Name, args: &[ArgFact]) -> Vec<ArgFact> {
        let mut out = args.to_vec();
        for (at, arg) in out.iter_mut().enumerate().filter(|(_, arg)| arg.kind == ArgKind::Positional) {
            let atoms = self.vars.atoms(arg.var).to_vec();
            let fields: Option<Vec<Var>> = atoms
                .iter()
                .map(|atom| match atom.head {
                    Head::Class(class) => {
                        let field = self.env.inner_argument(name, at, class)?;
                        Some(self.field(class, field))
                    }
                    _ => None,
                })
                .collect();
            let Some(fields) = fields.filter(|fields| !fields.is_empty()) else { continue };
            self.watch(job, arg.var);
            arg.var = match fields[..] {
                [only] => only,
                _ => {
                    let all = self.vars.fresh();
                    fields.iter().for_each(|field| self.flow(*field, all));
                    all
                }
            };
        }
        out
    }
}

impl Apply<'_, '_, '_> {
    /// What an object holds, where its class has none of these methods.
    pub(crate) fn inner_part(&mut self, object: NodeId, methods: &[&str]) -> Option<NodeId> {
        let TyKind::Class(class, _) = *self.ty(object).kind() else { return None };
        let field = self.types.env().inner_without(class, methods)?;
        if self.types.env().is_text_enum(class) {
            let origin = self.origin(object);
            return Some(self.attr(object, field, origin));
        }
        let ty = self.field_type(class, field)?;
        Some(self.read_field(object, class, field, ty))
    }

    /// `dict(mapping)` of an object of the program: `{key: mapping[key] for key in mapping}`.
    pub(crate) fn dict_of_mapping(&mut self, id: NodeId, mapping: NodeId, origin: Origin) -> NodeId {
        self.with_value(mapping, |me, read| {
            let of = read(me);
            let iter = me.iter_of(of);
            let item = me.item_type(me.ty(iter));
            let local = me.body.temp("key", item, origin);
            let (of, key) = (read(me), me.read_local(local, origin));
            let value = me.index_node(of, key, None).unwrap_or(of);
            let ty = me.solved(id).unwrap_or_else(|| Ty::dict(item, me.ty(value)));
            let key = me.read_local(local, origin);
            let (key, value) = match ty.kind() {
                TyKind::Dict(k, v) => (me.coerce(key, *k), me.coerce(value, *v)),
                _ => (key, value),
            };
            let clause = Clause::For { pat: Pat::Place(Place::local(local)), iter };
            me.mk(Node::Seq { clauses: vec![clause], sink: Sink::Dict(key, value) }, ty, origin)
        })
    }

    /// Arguments of a library function: objects that it takes as what they hold.
    pub(crate) fn inner_parts(&mut self, name: Name, args: Vec<NodeId>) -> Vec<NodeId> {
        let part = |me: &mut Self, (at, arg): (usize, NodeId)| match *me.ty(arg).kind() {
            TyKind::Class(class, _) if me.types.env().inner_argument(name, at, class).is_some() => {
                me.inner_part(arg, &[]).unwrap_or(arg)
            }
            _ => arg,
        };
        args.into_iter().enumerate().map(|arg| part(self, arg)).collect()
    }

    /// Operands of an operator that neither class has a method for, as what they hold.
    pub(crate) fn inner_operands(&mut self, op: ObjOp, a: NodeId, b: NodeId) -> Option<(NodeId, NodeId)> {
        let [left, right] = operand_methods(op);
        let (left, right): (Vec<&str>, Vec<&str>) =
            (left.iter().map(String::as_str).collect(), right.iter().map(String::as_str).collect());
        let env = self.types.env();
        let has = |me: &Self, node: NodeId, names: &[&str]| match *me.ty(node).kind() {
            TyKind::Class(class, _) => names.iter().any(|name| env.method(class, name).is_some()),
            _ => false,
        };
        if has(self, a, &left) || has(self, b, &right) {
            return None;
        }
        let (x, y) = (self.inner_part(a, &[]), self.inner_part(b, &[]));
        (x.is_some() || y.is_some()).then(|| (x.unwrap_or(a), y.unwrap_or(b)))
    }
}

/// Methods of the left and of the right operand that answer for an operator.
pub(crate) fn operand_methods(op: ObjOp) -> [Vec<String>; 2] {
    use crate::ops::{dunder_word, mirror};
    let word = dunder_word(op);
    match op {
        ObjOp::Eq | ObjOp::Ne => {
            let names = vec!["__eq__".to_owned(), format!("__{word}__")];
            [names.clone(), names]
        }
        ObjOp::Lt | ObjOp::Le | ObjOp::Gt | ObjOp::Ge => {
            [vec![format!("__{word}__")], vec![format!("__{}__", dunder_word(mirror(op)))]]
        }
        _ => [vec![format!("__{word}__"), format!("__i{word}__")], vec![format!("__r{word}__")]],
    }
}
