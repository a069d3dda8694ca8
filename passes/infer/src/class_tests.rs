//! `isinstance`: folded where the type decides it, else a test of the object.

use crate::apply::Apply;
use batuta_base::Name;
use batuta_core::*;

impl Apply<'_, '_, '_> {
    /// `isinstance(x, C)`: folded where the type decides it, else a test of the object.
    pub(crate) fn isinstance(&mut self, value: NodeId, classes: NodeId) -> NodeId {
        let names = crate::narrow::class_names(&self.body, classes);
        let value = self.asked(value);
        let origin = self.origin(value);
        if names.is_empty() {
            let classes = self.expr(classes);
            return self.is_one_of(value, classes);
        }
        self.with_value(value, |me, read| {
            let mut tests = Vec::new();
            for name in &names {
                let value = read(me);
                tests.push(me.is_a(value, *name));
            }
            tests
                .into_iter()
                .reduce(|a, b| me.any_of(a, b))
                .unwrap_or_else(|| me.mk(Node::Const(Const::Bool(false)), Ty::bool(), origin))
        })
    }

    pub(crate) fn any_of(&mut self, a: NodeId, b: NodeId) -> NodeId {
        let known = |me: &Self, node: NodeId| match me.body.as_const(node) {
            Some(Const::Bool(value)) => Some(*value),
            _ => None,
        };
        match (known(self, a), known(self, b)) {
            (Some(true), _) | (_, Some(false)) => a,
            (_, Some(true)) | (Some(false), _) => b,
            _ => self.mk_op(BoolOp::Or, Attr::None, vec![a, b], Ty::bool()),
        }
    }

    pub(crate) fn is_a(&mut self, value: NodeId, name: Name) -> NodeId {
        let name = self.types.env().program.resolve(name);
        let ty = self.ty(value);
        let origin = self.origin(value);
        let constant = |me: &mut Self, yes: bool| me.mk(Node::Const(Const::Bool(yes)), Ty::bool(), origin);
        match ty.kind() {
            TyKind::Option(_) if name == "none" => {
                self.mk_op(OptOp::IsNone, Attr::None, vec![value], Ty::bool())
            }
            TyKind::Option(inner) => {
                let some = self.mk_op(OptOp::IsSome, Attr::None, vec![value], Ty::bool());
                let again = self.again(value);
                let inner = self.unwrap(again, *inner, "None");
                let test = self.is_a(inner, name);
                match self.body.as_const(test) {
                    Some(Const::Bool(true)) => some,
                    Some(Const::Bool(false)) => test,
                    _ => self.mk_op(BoolOp::And, Attr::None, vec![some, test], Ty::bool()),
                }
            }
            TyKind::Union(items) => {
                let matching: Vec<Ty> =
                    items.iter().copied().filter(|ty| self.type_is(*ty, name) == Some(true)).collect();
                if matching.len() == items.len() {
                    return constant(self, true);
                }
                let mut tests = Vec::new();
                for ty in matching {
                    let value = self.again(value);
                    tests.push(self.mk_op(UnionOp::Is, Attr::Ty(ty), vec![value], Ty::bool()));
                }
                let below = |ty: &&Ty| {
                    matches!(ty.kind(), TyKind::Class(class, _)
                    if *class != name && self.types.env().class(name).is_some() && self.types.env().is_subclass(name, *class))
                };
                if let Some(base) = items.iter().find(below).copied() {
                    let value = self.again(value);
                    let is_base = self.mk_op(UnionOp::Is, Attr::Ty(base), vec![value], Ty::bool());
                    let value = self.again(value);
                    let object = self.mk_op(UnionOp::Get, Attr::None, vec![value], base);
                    let test = self.is_a(object, name);
                    tests.push(self.mk_op(BoolOp::And, Attr::None, vec![is_base, test], Ty::bool()));
                }
                if items.contains(&Ty::num()) && matches!(name.as_str(), "int" | "float") {
                    let value = self.again(value);
                    tests.push(self.is_number(value, name));
                }
                match tests.into_iter().reduce(|a, b| self.any_of(a, b)) {
                    Some(test) => test,
                    None => constant(self, false),
                }
            }
            TyKind::Num if name == "int" => self.mk_op(NumOp::IsInt, Attr::None, vec![value], Ty::bool()),
            TyKind::Num if name == "float" => {
                let is_int = self.mk_op(NumOp::IsInt, Attr::None, vec![value], Ty::bool());
                self.not(is_int)
            }
            TyKind::Class(class, _) if self.types.env().class(name).is_some() => {
                if self.types.env().is_instance(*class, name) {
                    constant(self, true)
                } else if self.types.env().is_subclass(name, *class) {
                    self.mk_op(ClassOp::IsInstance, Attr::Name(name), vec![value], Ty::bool())
                } else {
                    self.is_below(value, *class, name)
                }
            }
            TyKind::Error => self.mk_op(ExcOp::IsA, Attr::Name(name), vec![value], Ty::bool()),
            TyKind::Value if let Some(kind) = abstract_kind(name) => {
                let kind = self.text(kind, origin);
                let row = Name::new("value.is_kind");
                self.lib_call(row, &[ArgKind::Positional; 2], vec![value, kind], None, origin)
            }
            TyKind::Num if matches!(name.as_str(), "numbers.Integral" | "numbers.Rational") => {
                self.mk_op(NumOp::IsInt, Attr::None, vec![value], Ty::bool())
            }
            TyKind::Value => {
                let attr = match self.named_type(name) {
                    Some(ty) => Attr::Ty(ty),
                    None => Attr::Name(name),
                };
                self.mk_op(ValueOp::Is, attr, vec![value], Ty::bool())
            }
            TyKind::Class(class, _) if self.type_is(ty, name).is_none() => {
                self.is_of_kind_below(value, *class, name)
            }
            _ => {
                let yes = self.type_is(ty, name).unwrap_or(false);
                constant(self, yes)
            }
        }
    }

    /// Whether a class that is named is of a kind of `collections.abc`.
    pub(crate) fn is_of_abstract(&self, class: NodeId, kind: NodeId) -> Option<bool> {
        let (Node::Item(class), Node::Item(kind)) =
            (&self.body.nodes[class].kind, &self.body.nodes[kind].kind)
        else {
            return None;
        };
        let env = self.types.env();
        use crate::vars::Head;
        let head = |class: &str| {
            Some(match class.trim_start_matches("builtins.") {
                "dict" => Head::Dict,
                "list" => Head::List,
                "set" => Head::Set,
                "frozenset" => Head::FrozenSet,
                "str" => Head::Str,
                "bytes" => Head::Bytes,
                "tuple" => Head::Tuple(1),
                "int" => Head::Int,
                "float" => Head::Float,
                "bool" => Head::Bool,
                _ => return None,
            })
        };
        if let Some(own) = head(class.as_str()) {
            return match head(kind.as_str()) {
                Some(of) => Some(own == of || own == Head::Bool && of == Head::Int),
                None if kind.as_str().starts_with("collections.abc.") => env.head_is(own, *kind),
                None => None,
            };
        }
        let is_known = kind.as_str().starts_with("collections.abc.") && env.class(*class).is_some();
        if is_known { env.own_kind(*class, *kind) } else { None }
    }

    /// Whether an object is of one of the classes below its own that `collections.abc` takes for a kind.
    fn is_of_kind_below(&mut self, value: NodeId, class: Name, kind: Name) -> NodeId {
        let origin = self.origin(value);
        let env = self.types.env();
        let is = |class: Name| env.head_is(crate::vars::Head::Class(class), kind);
        let all = env.program.subclasses(class);
        // The nearest known answer for each class; those between are asked by the classes below them.
        let known: Vec<Name> = all.iter().copied().filter(|sub| is(*sub) == Some(true)).collect();
        let is_open = all.iter().any(|sub| is(*sub).is_none() && env.own_kind(*sub, kind) != Some(false));
        if is_open {
            return self.hole(
                value,
                crate::apply::UNKNOWN_ATTRIBUTE,
                format!("whether this is `{kind}` depends on its class"),
            );
        }
        let is_top = |sub: &Name| !known.iter().any(|up| up != sub && env.is_subclass(*sub, *up));
        let tops: Vec<Name> = known.iter().copied().filter(is_top).collect();
        let mut tests = Vec::new();
        for sub in tops {
            let value = self.again(value);
            tests.push(self.mk_op(ClassOp::IsInstance, Attr::Name(sub), vec![value], Ty::bool()));
        }
        let tests = tests.into_iter().reduce(|a, b| self.any_of(a, b));
        tests.unwrap_or_else(|| self.mk(Node::Const(Const::Bool(false)), Ty::bool(), origin))
    }

    /// Whether an object is of one of the classes below its own that are instances of another: those with
    /// a mixin, those that have the members of a protocol.
    fn is_below(&mut self, value: NodeId, class: Name, name: Name) -> NodeId {
        let env = self.types.env();
        let is = |sub: &Name| env.is_instance(*sub, name);
        let below: Vec<Name> = env.program.subclasses(class).into_iter().filter(is).collect();
        let mut tests: Vec<NodeId> = Vec::new();
        for sub in &below {
            let is_covered = below.iter().any(|up| up != sub && env.is_subclass(*sub, *up));
            if !is_covered {
                let value = self.again(value);
                tests.push(self.mk_op(ClassOp::IsInstance, Attr::Name(*sub), vec![value], Ty::bool()));
            }
        }
        let origin = self.origin(value);
        let tests = tests.into_iter().reduce(|a, b| self.any_of(a, b));
        tests.unwrap_or_else(|| self.mk(Node::Const(Const::Bool(false)), Ty::bool(), origin))
    }

    /// A union's number member holds an int (a float).
    fn is_number(&mut self, union: NodeId, name: Name) -> NodeId {
        let is_number = self.mk_op(UnionOp::Is, Attr::Ty(Ty::num()), vec![union], Ty::bool());
        let again = self.again(union);
        let number = self.mk_op(UnionOp::Get, Attr::None, vec![again], Ty::num());
        let test = self.is_a(number, name);
        self.mk_op(BoolOp::And, Attr::None, vec![is_number, test], Ty::bool())
    }

    pub(crate) fn type_is(&self, ty: Ty, name: Name) -> Option<bool> {
        let head = crate::libcalls::head_of(ty)?;
        self.types.env().head_is(head, name)
    }
}

/// The name of an abstract class of `collections.abc` or `numbers`.
fn abstract_kind(name: Name) -> Option<&'static str> {
    let text = name.as_str();
    text.strip_prefix("collections.abc.").or_else(|| text.strip_prefix("numbers."))
}
