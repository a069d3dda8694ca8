//! Type annotations.

use crate::lower::{Binding, Lowerer};
use batuta_core::{Ty, TyKind};
use batuta_syntax::Syntax;

impl<'t> Lowerer<'t> {
    /// The type that an annotation names; `?` for type parameters and what is not known.
    pub(crate) fn hint(&self, node: Syntax<'t>) -> Ty {
        let all = |nodes: Vec<Syntax<'t>>| nodes.into_iter().map(|part| self.hint(part)).collect::<Vec<_>>();
        match node.kind() {
            "identifier" => self.named(node.text(), &[]),
            "scoped_identifier" => self.scoped_type(node),
            "generic_type" => {
                let args = node.field("arguments").map(|args| all(types_of(args))).unwrap_or_default();
                match node.field("name") {
                    Some(name) if name.is("identifier") => self.named(name.text(), &args),
                    Some(name) => {
                        name.field("name").map_or(Ty::unknown(), |last| self.named(last.text(), &args))
                    }
                    None => Ty::unknown(),
                }
            }
            "reference_type" => node.field("type").map_or(Ty::unknown(), |inner| self.hint(inner)),
            "tuple_type" => match &all(types_of(node))[..] {
                [] => Ty::unit(),
                items => Ty::tuple(items.to_vec()),
            },
            "list_type" => Ty::list(node.first().map_or(Ty::unknown(), |item| self.hint(item))),
            "bounded_type" => match node.child("bounds").and_then(|bounds| bounds.child("function_type")) {
                Some(function) => self.hint(function),
                // A value of a trait whose objects are used as such.
                None => match node.child("bounds").and_then(Syntax::first) {
                    Some(name) => self.traits.get(name.text()).map_or(Ty::unknown(), |path| Ty::class(*path)),
                    None => Ty::unknown(),
                },
            },
            "function_type" => {
                let ret = node.field("return_type");
                let params =
                    types_of(node).into_iter().filter(|part| Some(part.start()) != ret.map(Syntax::start));
                let params: Vec<Ty> = params.map(|part| self.hint(part)).collect();
                Ty::func(params, ret.map_or(Ty::unit(), |ret| self.hint(ret)))
            }
            _ => Ty::unknown(),
        }
    }

    fn scoped_type(&self, node: Syntax<'t>) -> Ty {
        match self.resolve_path(node) {
            Binding::Struct(path) | Binding::Enum(path) => Ty::class(path),
            _ => node.field("name").map_or(Ty::unknown(), |last| self.named(last.text(), &[])),
        }
    }

    fn named(&self, name: &str, args: &[Ty]) -> Ty {
        let arg = |at: usize| args.get(at).copied().unwrap_or(Ty::unknown());
        match self.look_up(name) {
            Binding::Struct(path) | Binding::Enum(path) => return Ty::class(path),
            _ => {}
        }
        // An alias that names itself names nothing.
        let depth = self.alias_depth.get();
        if let Some(of) = self.aliases.get(name).filter(|_| depth < 16) {
            self.alias_depth.set(depth + 1);
            let ty = self.hint(*of);
            self.alias_depth.set(depth);
            return ty;
        }
        match name {
            "i8" | "i16" | "i32" | "i64" | "i128" | "isize" | "u8" | "u16" | "u32" | "u64" | "u128"
            | "usize" | "int" | "integer" | "Int" => Ty::int(),
            "f32" | "f64" | "float" | "Float" => Ty::float(),
            "bool" | "Bool" | "boolean" => Ty::bool(),
            "String" | "str" | "string" | "char" => Ty::str(),
            "nil" => Ty::unit(),
            "Vec" | "List" | "VecDeque" | "Array" => Ty::list(arg(0)),
            "HashMap" | "BTreeMap" | "Map" => Ty::dict(arg(0), arg(1)),
            "HashSet" | "BTreeSet" | "Set" => Ty::set(arg(0)),
            "Option" => option(arg(0)),
            "Result" => result(arg(0), arg(1)),
            "Box" | "Rc" | "Arc" => arg(0),
            "Self" => self.this.map_or(Ty::unknown(), Ty::class),
            _ => Ty::unknown(),
        }
    }
}

/// `Option<T>` of Ruchy: `Some` is seen, unlike that of a value that may be nil.
pub(crate) fn option(item: Ty) -> Ty {
    Ty::lib("Option", [item])
}

/// `Result<T, E>`.
pub(crate) fn result(value: Ty, error: Ty) -> Ty {
    Ty::lib("Result", [value, error])
}

fn types_of(node: Syntax<'_>) -> Vec<Syntax<'_>> {
    let is_type =
        |part: &Syntax<'_>| !matches!(part.kind(), "lifetime" | "mutable" | "type_binding" | "integer");
    node.named().into_iter().filter(is_type).collect()
}

/// Whether two types are one once what is not known is left out.
pub(crate) fn is_unit(ty: Ty) -> bool {
    *ty.kind() == TyKind::Unit
}
