//! Parameters: kinds, hints, defaults, and the scope that a function opens.

use super::{Binding, Lowerer, Scope, ScopeKind};
use crate::scan::{Bound, BoundBy, Scan};
use batuta_base::{Code, FxHashSet, Name};
use batuta_core::*;
use batuta_syntax::Syntax;

/// `nonlocal` names nothing.
pub const NO_NONLOCAL: Code = Code::error("B0202", "no enclosing function binds this `nonlocal` name");

/// A parameter as written.
#[derive(Clone, Copy)]
pub(crate) struct ParamSyntax<'t> {
    pub name: Syntax<'t>,
    pub hint: Option<Syntax<'t>>,
    pub default: Option<Syntax<'t>>,
    pub kind: ParamKind,
}

/// The parameters of a `parameters` or `lambda_parameters` node.
pub(crate) fn param_list(node: Option<Syntax<'_>>) -> Vec<ParamSyntax<'_>> {
    let mut params: Vec<ParamSyntax<'_>> = Vec::new();
    let mut kind = ParamKind::Normal;
    for part in node.map(Syntax::named).unwrap_or_default() {
        match part.kind() {
            "positional_separator" => {
                params.iter_mut().for_each(|param| param.kind = ParamKind::PositionalOnly)
            }
            "keyword_separator" => kind = ParamKind::KeywordOnly,
            _ => {
                let Some(param) = one(part, kind) else { continue };
                if param.kind == ParamKind::Star {
                    kind = ParamKind::KeywordOnly;
                }
                params.push(param);
            }
        }
    }
    params
}

fn one(node: Syntax<'_>, kind: ParamKind) -> Option<ParamSyntax<'_>> {
    let (inner, hint) = match node.kind() {
        "typed_parameter" => (node.first()?, node.field("type")),
        "typed_default_parameter" | "default_parameter" => (node.field("name")?, node.field("type")),
        _ => (node, None),
    };
    let (name, kind) = match inner.kind() {
        "list_splat_pattern" => (inner.first()?, ParamKind::Star),
        "dictionary_splat_pattern" => (inner.first()?, ParamKind::StarStar),
        _ => (inner, kind),
    };
    Some(ParamSyntax { name, hint, default: node.field("value"), kind })
}

impl<'t> Lowerer<'t> {
    /// The scope of a function: its parameters and the names that its body binds.
    pub fn function_scope(
        &mut self,
        params: &[ParamSyntax<'t>],
        body: &[Syntax<'t>],
    ) -> (Scope, Vec<LocalId>) {
        let mut scope = Scope::new(ScopeKind::Function);
        let mut locals = Vec::new();
        for param in params {
            let local = self.new_local(param.name.text(), param.name);
            if let Some(hint) = param.hint {
                self.cx.body.locals[local].ty = self.hint(hint);
            }
            scope.names.insert(Name::new(param.name.text()), Binding::Local(local));
            locals.push(local);
        }
        let bound = Scan::of(body);
        for found in &bound {
            self.declared(found, &mut scope);
        }
        let mut variables = FxHashSet::default();
        variables.extend(bound.iter().filter(|found| is_variable(found.by)).map(|found| found.name));
        for found in &bound {
            let name = Name::new(found.name);
            if scope.names.contains_key(&name) {
                continue;
            }
            let all: Vec<_> = bound.iter().filter(|other| other.name == found.name).collect();
            // The library's name may come from an import in the same body.
            let (is_made_class, inside) = self.in_scope(scope, |this| this.is_made_class(&all));
            scope = inside;
            let binding = match found.by {
                _ if is_made_class => Binding::Class(self.cx.home.join(found.name)),
                BoundBy::Class if !variables.contains(found.name) => {
                    Binding::Class(self.cx.home.join(found.name))
                }
                BoundBy::Import if !variables.contains(found.name) => {
                    self.import_binding(found.node, found.name)
                }
                _ => Binding::Local(self.new_local(found.name, found.node)),
            };
            if let Binding::Class(path) = binding {
                self.classes.entry(path).or_default();
            }
            scope.names.insert(name, binding);
        }
        let is_param = |name: &str| params.iter().any(|param| param.name.text() == name);
        let is_other = |found: &&Bound<'t>| found.by != BoundBy::Handler && !found.is_in_handler;
        let handlers = bound.iter().filter(|found| found.by == BoundBy::Handler);
        let taken = handlers.filter(|handler| {
            let is_bound = bound.iter().filter(is_other).any(|other| other.name == handler.name);
            is_bound || is_param(handler.name)
        });
        scope.taken = taken.map(|handler| Name::new(handler.name)).collect();
        (scope, locals)
    }

    /// `global` and `nonlocal`.
    fn declared(&mut self, found: &Bound<'t>, scope: &mut Scope) {
        let name = Name::new(found.name);
        match found.by {
            BoundBy::Global => {
                let path = self.module.join(found.name);
                let binding = match self.module_name(name) {
                    binding @ (Binding::Fn(_) | Binding::Class(_)) => binding,
                    _ => Binding::Global(path),
                };
                scope.names.insert(name, binding);
            }
            BoundBy::Nonlocal => match self.look_up(found.name) {
                binding @ (Binding::Local(_) | Binding::Captured) => {
                    scope.names.insert(name, binding);
                }
                _ => {
                    self.report(
                        NO_NONLOCAL,
                        found.node,
                        format!("no enclosing function binds `{}`", found.name),
                    );
                }
            },
            _ => {}
        }
    }

    /// Parameters of a nested function: defaults are evaluated where it is defined.
    pub fn defaults_here(&mut self, params: &[ParamSyntax<'t>]) -> Vec<Option<NodeId>> {
        params.iter().map(|param| param.default.map(|default| self.expr(default))).collect()
    }

    /// Defaults that must be evaluated once get a global: `module.f$x`. Gives the path for each
    /// parameter that has one; the assignments go to the current block.
    pub fn hoist_defaults(&mut self, params: &[ParamSyntax<'t>], owner: Name) -> Vec<Option<Name>> {
        let mut paths = Vec::new();
        for param in params {
            let Some(default) = param.default.filter(|default| !self.is_fixed(*default)) else {
                paths.push(None);
                continue;
            };
            let path = Name::new(&format!("{owner}${}", param.name.text()));
            let value = self.expr(default);
            self.list_global(path, default);
            if let (Some(hint), Some(global)) =
                (param.hint, self.globals.get(&path).map(|global| global.path))
            {
                let ty = self.hint(hint);
                self.globals[&global].ty = ty;
            }
            self.push_set(Place::global(path), value, default);
            paths.push(Some(path));
        }
        paths
    }

    /// Parameters of a function with a body of its own.
    pub fn defaults_of(
        &mut self,
        params: &[ParamSyntax<'t>],
        hoisted: &[Option<Name>],
    ) -> Vec<Option<NodeId>> {
        let mut defaults = Vec::new();
        for (param, path) in params.iter().zip(hoisted) {
            defaults.push(match (param.default, path) {
                (Some(default), Some(path)) => Some(self.use_place(Place::global(*path), default)),
                (Some(default), None) => Some(self.expr(default)),
                (None, _) => None,
            });
        }
        defaults
    }

    /// Evaluating it at each call gives the same value as evaluating it once.
    fn is_fixed(&self, node: Syntax<'t>) -> bool {
        match node.kind() {
            "integer" | "float" | "true" | "false" | "none" | "ellipsis" | "lambda" => true,
            "string" | "concatenated_string" => {
                !super::literal::string_parts(node).iter().any(|part| part.child("interpolation").is_some())
            }
            "tuple" | "parenthesized_expression" | "unary_operator" | "binary_operator" => {
                node.named().into_iter().all(|part| self.is_fixed(part))
            }
            "call" => {
                let is_float = node
                    .field("function")
                    .and_then(|function| self.library_name(function))
                    .is_some_and(|name| name == "builtins.float");
                is_float && super::call::infinite(node).is_some()
            }
            "identifier" | "attribute" => match self.static_path(node) {
                Some(found) => found.rest.is_empty(),
                None => match self.look_up(node.text()) {
                    // An attribute of a class may be assigned from anywhere.
                    Binding::Global(path) => {
                        let is_fixed = |global: &GlobalDef| !global.is_rebound;
                        !self.classes.contains_key(&path.parent())
                            && self.globals.get(&path).is_some_and(is_fixed)
                    }
                    _ => false,
                },
            },
            _ => false,
        }
    }

    /// The parameters, given their locals and defaults.
    pub fn params(
        params: &[ParamSyntax<'t>],
        locals: &[LocalId],
        defaults: Vec<Option<NodeId>>,
    ) -> Vec<Param> {
        let rows = params.iter().zip(locals).zip(defaults);
        rows.map(|((param, local), default)| Param {
            name: Name::new(param.name.text()),
            local: *local,
            kind: param.kind,
            default,
        })
        .collect()
    }
}

fn is_variable(by: BoundBy) -> bool {
    matches!(by, BoundBy::Variable | BoundBy::Handler | BoundBy::Function)
}
