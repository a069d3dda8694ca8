//! Names and dotted paths to what they stand for.

use super::{Binding, Lowerer, ScopeKind};
use crate::names;
use crate::types::{self, Hint};
use batuta_base::{Code, Name};
use batuta_core::*;
use batuta_syntax::Syntax;
use std::sync::Arc;

/// A name that nothing binds. The program still runs: it raises `NameError` where the name is read.
pub const UNKNOWN_NAME: Code = Code::warning("B0201", "this name is not defined");
/// A nested class reads a local of the function around it.
pub const CAPTURED: Code = Code::warning("B0502", "a nested class reads a local variable of its function");

/// What a dotted path stands for before its last fields are read.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Target {
    /// A library item or module.
    Lib(Name),
    /// An item or module of the project.
    Project(Name),
}

/// A statically known target and the attributes that are read off its value.
pub(crate) struct Static<'t> {
    pub target: Target,
    pub rest: Vec<&'t str>,
}

/// The identifiers of `a.b.c`.
pub(crate) fn dotted(node: Syntax<'_>) -> Option<Vec<Syntax<'_>>> {
    let mut names = Vec::new();
    let mut at = node;
    while at.is("attribute") {
        names.push(at.field("attribute")?);
        at = at.field("object")?;
    }
    if at.is("dotted_name") {
        names.extend(at.named().into_iter().rev());
    } else if at.is("identifier") {
        names.push(at);
    } else {
        return None;
    }
    names.reverse();
    Some(names)
}

impl<'t> Lowerer<'t> {
    /// What a name stands for where the walk stands: Python's scopes, innermost first. A class
    /// scope is invisible to the functions inside it.
    pub fn look_up(&self, name: &str) -> Binding {
        let key = Name::new(name);
        let mut is_crossed = false;
        for (level, cx) in std::iter::once(&self.cx).chain(self.outer.iter().rev()).enumerate() {
            for scope in cx.scopes.iter().rev() {
                if scope.kind == ScopeKind::Class && is_crossed {
                    continue;
                }
                match scope.names.get(&key) {
                    Some(Binding::Local(_)) if level > 0 => return Binding::Captured,
                    Some(found) => return *found,
                    None => is_crossed |= scope.kind == ScopeKind::Function,
                }
            }
        }
        self.module_name(key)
    }

    /// What a name stands for at module level.
    pub fn module_name(&self, name: Name) -> Binding {
        if let Some(found) = self.names.get(&name) {
            return *found;
        }
        let is_constant = matches!(name.as_str(), "NotImplemented" | "Ellipsis" | "__debug__");
        if is_constant || names::is_builtin(name.as_str()) {
            return Binding::Builtin(name);
        }
        let modules = || self.stars.iter().filter(|found| matches!(found, Binding::ProjectModule(_)));
        for found in self.stars.iter().rev() {
            if let Binding::Lib(module) = found {
                let path = module.join(name.as_str());
                let is_known = !batuta_catalog::functions(path.as_str()).is_empty()
                    || batuta_catalog::constant(path.as_str()).is_some();
                if is_known || modules().count() == 0 {
                    return Binding::Lib(path);
                }
            }
        }
        match modules().collect::<Vec<_>>()[..] {
            [] => Binding::Unknown,
            [Binding::ProjectModule(module)] => Binding::Imported(module.join(name.as_str())),
            // Which of them has the name is found in the whole program.
            _ => Binding::Imported(self.module.join(name.as_str())),
        }
    }

    /// The static target of an identifier or attribute chain; `None` for variables.
    pub fn static_path(&self, node: Syntax<'t>) -> Option<Static<'t>> {
        if !matches!(node.kind(), "identifier" | "attribute" | "dotted_name") {
            return None;
        }
        let parts: Vec<&'t str> = dotted(node)?.into_iter().map(Syntax::text).collect();
        let (first, rest) = parts.split_first()?;
        let (target, taken) = match self.look_up(first) {
            Binding::Lib(path) => self.library_path(path, rest),
            Binding::Builtin(name) if names::is_builtin_type(name.as_str()) && !rest.is_empty() => {
                (Target::Lib(name.join(rest[0])), 1)
            }
            Binding::Builtin(name) => (Target::Lib(Name::new("builtins").join(name.as_str())), 0),
            Binding::ProjectModule(path) => self.module_path(path, rest),
            Binding::Imported(path) | Binding::Fn(path) => (Target::Project(path), 0),
            Binding::Class(path) => self.class_path(path, rest),
            _ => return None,
        };
        Some(Static { target, rest: rest[taken..].to_vec() })
    }

    /// `np.random.rand`: modules as far as they go, one item, and what is read off a class.
    fn library_path(&self, path: Name, rest: &[&str]) -> (Target, usize) {
        let mut path = path;
        let mut taken = 0;
        while let Some(next) = rest.get(taken) {
            let is_module = self.is_library_module(path);
            if !is_module && !names::is_library_class(path.as_str()) {
                break;
            }
            path = path.join(next);
            taken += 1;
            if !is_module {
                break;
            }
        }
        let method = || self.in_python(path.parent()).map(|class| class.join(path.last()));
        match self.in_python(path).or_else(method) {
            Some(own) => (Target::Project(own), taken),
            None => (Target::Lib(path), taken),
        }
    }

    /// Whether a library path is a module, as far as the file and the tables can tell.
    pub fn is_library_module(&self, path: Name) -> bool {
        self.lib_modules.contains(&path) || names::is_library_submodule(path.as_str())
    }

    fn module_path(&self, path: Name, rest: &[&str]) -> (Target, usize) {
        let mut path = path;
        for (index, next) in rest.iter().enumerate() {
            path = path.join(next);
            if !self.is_project_module(path.as_str()) {
                return if path.parent() == self.module {
                    self.own_path(path, rest, index + 1)
                } else {
                    (Target::Project(path), index + 1)
                };
            }
        }
        (Target::Project(path), rest.len())
    }

    /// A path into this file that was reached through its own module's name.
    fn own_path(&self, path: Name, rest: &[&str], taken: usize) -> (Target, usize) {
        match self.names.get(&Name::new(path.last())) {
            Some(Binding::Class(path)) => {
                let (target, more) = self.class_path(*path, &rest[taken..]);
                (target, taken + more)
            }
            _ => (Target::Project(path), taken),
        }
    }

    /// `Outer.Inner.NAME`: nested classes, then one class attribute or method.
    fn class_path(&self, path: Name, rest: &[&str]) -> (Target, usize) {
        let mut path = path;
        for (index, next) in rest.iter().enumerate() {
            if next.starts_with("__") && *next != "__init__" && *next != "__new__" {
                return (Target::Project(path), index);
            }
            path = path.join(next);
            if !self.classes.contains_key(&path) {
                return (Target::Project(path), index + 1);
            }
        }
        (Target::Project(path), rest.len())
    }

    /// The canonical name of a library item, when the node is exactly that.
    pub fn library_name(&self, node: Syntax<'t>) -> Option<Name> {
        match self.static_path(node)? {
            Static { target: Target::Lib(path), rest } if rest.is_empty() => Some(path),
            _ => None,
        }
    }

    /// The project path, library name or plain builtin name of a class.
    pub fn class_name(&self, node: Syntax<'t>) -> Option<Name> {
        let found = self.static_path(node)?;
        let path = match found.target {
            Target::Lib(path) => Name::new(path.as_str().strip_prefix("builtins.").unwrap_or(path.as_str())),
            Target::Project(path) => path,
        };
        Some(found.rest.iter().fold(path, |path, next| path.join(next)))
    }

    /// Reports a name that nothing binds; the node raises `NameError` when it is reached.
    pub fn unknown_name(&mut self, node: Syntax<'t>) -> NodeId {
        let name = node.text();
        let scopes = self.cx.scopes.iter().flat_map(|scope| scope.names.keys().copied());
        let mut known: Vec<Name> = scopes.chain(self.names.keys().copied()).collect();
        known.sort_unstable();
        let closest = names::closest(name, known.into_iter());
        let found = self.report(UNKNOWN_NAME, node, format!("name `{name}` is not defined"));
        if let Some(closest) = closest {
            found.hint(format!("did you mean `{closest}`?"));
        }
        let text = self.constant(Const::Str(Arc::from(format!("name '{name}' is not defined"))), node);
        let error = self.exception("NameError", vec![text], node);
        self.node(Node::Raise { error: Some(error), cause: None }, node)
    }

    /// An object of a builtin exception class.
    pub fn exception(&mut self, class: &str, args: Vec<NodeId>, at: Syntax<'_>) -> NodeId {
        let attr = Attr::Name(Name::new(class));
        self.node(Node::Op { op: ExcOp::New.into(), attr, args }, at)
    }

    /// The type that a hint stands for.
    pub fn hint(&self, node: Syntax<'t>) -> Ty {
        self.hint_text(node.text())
    }

    pub fn hint_text(&self, text: &str) -> Ty {
        let ty = types::parse(text, &|name| self.hint_name(name));
        // `x: float` of a program with NumPy is given `np.float64` as well.
        if self.lib_modules.contains(&Name::new("numpy")) { types::without_numbers(ty) } else { ty }
    }

    fn hint_name(&self, name: &str) -> Hint {
        let mut parts = name.split('.');
        let first = parts.next().unwrap_or(name);
        let rest: Vec<&str> = parts.collect();
        let found = match self.look_up(first) {
            Binding::Lib(path) => self.library_path(path, &rest).0,
            Binding::Builtin(_) => Target::Lib(Name::new("builtins").join(first)),
            Binding::ProjectModule(path) => self.module_path(path, &rest).0,
            Binding::Imported(path) => Target::Project(path),
            Binding::Class(path) => self.class_path(path, &rest).0,
            Binding::Global(path) => match self.aliases.get(&path) {
                Some(ty) => return Hint::Ty(*ty),
                None => return Hint::Unknown,
            },
            _ => return Hint::Unknown,
        };
        match found {
            Target::Lib(path) => Hint::Lib(path),
            Target::Project(path) => {
                Hint::Ty(self.aliases.get(&path).copied().unwrap_or_else(|| Ty::class(path)))
            }
        }
    }
}
