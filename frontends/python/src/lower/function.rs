//! Functions: items with a body of their own, nested functions and lambdas as closures, decorators.

use super::control::head_end;
use super::params::param_list;
use super::resolve::{Static, Target, dotted};
use super::{Binding, Cx, Lowerer};
use batuta_base::{Code, Name};
use batuta_core::*;
use batuta_syntax::Syntax;
use std::sync::Arc;

/// A decorator that is no dotted name.
pub const BAD_DECORATOR: Code = Code::warning("B0509", "this decorator has no translation yet");

/// What decorators say about a function's kind.
pub(crate) struct Role<'t> {
    pub kind: FnKind,
    /// Decorators that are kept.
    pub kept: Vec<Syntax<'t>>,
    /// `@overload`: a signature for type checkers only.
    pub is_overload: bool,
    /// `@x.deleter`.
    pub is_deleter: bool,
}

/// A decorated definition's decorators and the definition itself.
pub(crate) fn definition(node: Syntax<'_>) -> (Vec<Syntax<'_>>, Syntax<'_>) {
    match node.field("definition") {
        Some(inner) if node.is("decorated_definition") => {
            (node.named().into_iter().filter(|part| part.is("decorator")).collect(), inner)
        }
        _ => (Vec::new(), node),
    }
}

impl<'t> Lowerer<'t> {
    /// A function with a body of its own: module level, methods. Origins count from the start of
    /// `whole`, which holds the decorators.
    pub fn item_function(
        &mut self,
        whole: Syntax<'t>,
        node: Syntax<'t>,
        path: Name,
        role: &Role<'t>,
        above: Vec<Comment>,
    ) {
        let params = param_list(node.field("parameters"));
        let hoisted = self.hoist_defaults(&params, path);
        self.enter(Cx::new(path, role.kind, whole.start(), whole.end()));
        let defaults = self.defaults_of(&params, &hoisted);
        self.cx.body.decorators = self.decorators(&role.kept);
        if let Some(hint) = node.field("return_type") {
            self.cx.body.ret = self.hint(hint);
        }
        // What Python takes for a truth or a number, whatever it is of NumPy.
        if self.lib_modules.contains(&Name::new("numpy")) && role.kind == FnKind::Method {
            self.cx.body.ret = match path.last() {
                "__eq__" | "__ne__" | "__lt__" | "__le__" | "__gt__" | "__ge__" | "__bool__"
                | "__contains__" => Ty::bool(),
                "__len__" | "__hash__" | "__int__" | "__index__" => Ty::int(),
                "__float__" => Ty::float(),
                _ => self.cx.body.ret,
            };
        }
        self.cx.body.is_async = node.has_token("async");
        self.cx.body.above = above;
        let suite = node.field("body");
        self.cx.body.doc = suite
            .filter(|_| !node.is("lambda"))
            .and_then(|suite| self.docstring(suite))
            .map(|doc| clean(&doc));
        let is_lambda = node.is("lambda");
        let statements = match suite {
            Some(value) if is_lambda => vec![value],
            _ => suite.map(Syntax::named).unwrap_or_default(),
        };
        let (scope, locals) = self.function_scope(&params, &statements);
        self.cx.body.params = Self::params(&params, &locals, defaults);
        let ((), scope) = self.in_scope(scope, |this| {
            if let Some(value) = suite.filter(|_| is_lambda) {
                let result = this.expr(value);
                this.push_node(Node::Return(Some(result)), value);
            } else if let Some(suite) = suite {
                this.suite(suite);
                let root = this.cx.body.root;
                this.cx.body.blocks[root].end_comments = this.block_end(suite);
            }
        });
        self.cx.body.is_generator = scope.is_generator;
        let body = self.leave();
        self.out.fns.push(body);
    }

    /// The docstring of a suite, as written.
    pub fn docstring(&mut self, suite: Syntax<'t>) -> Option<Arc<str>> {
        let first = suite.named().into_iter().next().filter(|first| first.is("expression_statement"))?;
        match first.named()[..] {
            [text] => self.literal_text(text).map(Arc::from),
            _ => None,
        }
    }

    /// A nested `def`: a closure that is assigned to its name.
    pub fn local_function(&mut self, node: Syntax<'t>, decorators: &[Syntax<'t>]) {
        let Some(name) = node.field("name") else { return };
        let mut inside = self.trivia.above(node.start());
        let params = param_list(node.field("parameters"));
        let suite = node.field("body");
        inside.append(&mut self.trivia.above(suite.map_or(node.start(), |suite| head_end(node, suite))));
        let beside = self.head_comment(node, suite);
        let is_path = |dec: &Syntax<'t>| self.decorator_path(*dec).is_some();
        let (kept, computed): (Vec<_>, Vec<_>) = decorators.iter().copied().partition(is_path);
        // Computed decorators are called by hand; a mixture keeps its order only this way.
        let (kept, computed) =
            if computed.is_empty() { (kept, computed) } else { (Vec::new(), decorators.to_vec()) };
        let computed: Vec<_> = computed.iter().map(|dec| (dec.first(), *dec)).collect();
        let functions: Vec<_> = computed
            .into_iter()
            .map(|(inner, dec)| (inner.map(|inner| self.callee_of_decorator(inner)), dec))
            .collect();
        let closure = self.closure(node, Some(Name::new(name.text())), &params, &kept);
        let mut value = self.node(Node::Closure(closure), node);
        for (callee, dec) in functions.into_iter().rev() {
            if let Some(callee) = callee {
                value = self.node(Node::Call { callee, args: vec![Arg::positional(value)] }, dec);
            }
        }
        let place = self.target_place(name);
        self.push_set(place, value, node);
        if let Some(row) = self.cx.stmts.last_mut() {
            row.above = inside;
            row.beside = beside;
        }
    }

    fn callee_of_decorator(&mut self, node: Syntax<'t>) -> Callee {
        if node.is("call") { Callee::Value(self.expr(node)) } else { self.callee(node) }
    }

    fn closure(
        &mut self,
        node: Syntax<'t>,
        name: Option<Name>,
        params: &[super::params::ParamSyntax<'t>],
        kept: &[Syntax<'t>],
    ) -> Closure {
        let decorators = self.decorators(kept);
        let defaults = self.defaults_here(params);
        let ret = node.field("return_type").map_or(self.unknown, |hint| self.hint(hint));
        let home = self.cx.home;
        if let Some(name) = name {
            self.cx.home = home.join(name.as_str());
        }
        let suite = node.field("body");
        let doc = match (name, suite) {
            (Some(_), Some(suite)) => self.docstring(suite).map(|doc| clean(&doc)),
            _ => None,
        };
        let statements = match suite {
            Some(suite) if name.is_some() => suite.named(),
            Some(value) => vec![value],
            None => Vec::new(),
        };
        let (scope, locals) = self.function_scope(params, &statements);
        let (body, scope) = self.in_scope(scope, |this| match suite {
            Some(suite) if name.is_some() => this.block(suite),
            Some(value) => this.scoped(|this| Some(this.expr(value))),
            None => this.scoped(|_| None),
        });
        self.cx.home = home;
        Closure {
            name,
            params: Self::params(params, &locals, defaults),
            body,
            ret,
            is_generator: scope.is_generator,
            is_async: node.has_token("async"),
            decorators,
            doc,
        }
    }

    pub fn lambda(&mut self, node: Syntax<'t>) -> NodeId {
        let params = param_list(node.field("parameters"));
        let closure = self.closure(node, None, &params, &[]);
        self.node(Node::Closure(closure), node)
    }

    /// `@decorator def` inside a function.
    pub fn decorated(&mut self, node: Syntax<'t>) {
        let (decorators, inner) = definition(node);
        self.local_function(inner, &decorators);
    }

    /// What the decorators of a method or function make of it.
    pub fn role(&self, decorators: &[Syntax<'t>], kind: FnKind) -> Role<'t> {
        let mut role = Role { kind, kept: Vec::new(), is_overload: false, is_deleter: false };
        for decorator in decorators {
            let path = self.decorator_path(*decorator);
            match path.map_or("", Name::as_str) {
                "builtins.staticmethod" => role.kind = FnKind::StaticMethod,
                "builtins.classmethod" => role.kind = FnKind::ClassMethod,
                "abc.abstractstaticmethod" | "abc.abstractclassmethod" => {
                    let is_static = path.is_some_and(|path| path == "abc.abstractstaticmethod");
                    role.kind = if is_static { FnKind::StaticMethod } else { FnKind::ClassMethod };
                    role.kept.push(*decorator);
                }
                "builtins.property" | "abc.abstractproperty" | "functools.cached_property" => {
                    role.kind = FnKind::Property;
                    if path.is_some_and(|path| path != "builtins.property") {
                        role.kept.push(*decorator);
                    }
                }
                "typing.overload" => role.is_overload = true,
                "typing.override" | "typing.final" | "typing.no_type_check" => {}
                path if path.ends_with(".setter") => role.kind = FnKind::PropertySetter,
                path if path.ends_with(".deleter") => role.is_deleter = true,
                path if path.ends_with(".getter") => role.kind = FnKind::Property,
                _ => role.kept.push(*decorator),
            }
        }
        role
    }

    /// The dotted name of a decorator, with or without arguments.
    pub fn decorator_path(&self, node: Syntax<'t>) -> Option<Name> {
        let inner = node.first()?;
        let function = if inner.is("call") { inner.field("function")? } else { inner };
        let names = dotted(function)?;
        let (path, rest) = match self.static_path(function) {
            Some(Static { target: Target::Lib(path) | Target::Project(path), rest }) => (path, rest),
            None => match self.look_up(names[0].text()) {
                Binding::Global(path) => (path, names[1..].iter().map(|name| name.text()).collect()),
                _ => return None,
            },
        };
        Some(rest.iter().fold(path, |path, name| path.join(name)))
    }

    /// Decorators as data; the arguments become nodes of the current body.
    pub fn decorators(&mut self, nodes: &[Syntax<'t>]) -> Vec<Decorator> {
        let mut out = Vec::new();
        for node in nodes {
            let origin = self.origin(*node);
            let Some(path) = self.decorator_path(*node) else {
                let found = self.report(BAD_DECORATOR, *node, BAD_DECORATOR.title);
                found.hint("call the decorator by hand: `f = decorator(f)`");
                continue;
            };
            let call = node.first().filter(|inner| inner.is("call"));
            let args = call.map_or_else(Vec::new, |call| self.args(call));
            out.push(Decorator { path, is_called: call.is_some(), args, origin });
        }
        out
    }
}

/// A docstring without the indentation of its lines, as `inspect.cleandoc` gives it.
pub(crate) fn clean(doc: &str) -> Arc<str> {
    let lines: Vec<&str> = doc.lines().collect();
    let indent = |line: &&str| line.len() - line.trim_start().len();
    let margin = lines.iter().skip(1).filter(|line| !line.trim().is_empty()).map(indent).min().unwrap_or(0);
    let mut out: Vec<&str> = Vec::new();
    for (index, line) in lines.iter().enumerate() {
        out.push(if index == 0 { line.trim() } else { line.get(margin..).unwrap_or("").trim_end() });
    }
    while out.last().is_some_and(|line| line.is_empty()) {
        out.pop();
    }
    let start = out.iter().position(|line| !line.is_empty()).unwrap_or(0);
    Arc::from(out[start..].join("\n"))
}
