//! Classes with several constructors: each is a function that makes the object and goes on from there.
//!
//! ```text
//! class Shape {                              class @m.Shape { w, h, sides }
//!     w: f64  h: f64  sides: i64 = 4           static new(%w, %h) {
//!     new(w, h) { self.w = w  self.h = h }       set %self = call @m.Shape(w=%w, h=%h, sides=4)
//!     new square(s) { self.w = s  .. }           return %self
//! }                                            }
//! ```
//! A constructor begins with assignments that give every field without a default its value.

use super::scan::walk;
use super::{Cx, Lowerer};
use batuta_base::Name;
use batuta_core::*;
use batuta_syntax::Syntax;

/// The constructors of a class.
pub(super) fn constructors(class: Syntax<'_>) -> Vec<Syntax<'_>> {
    let members = class.field("body").map(Syntax::named).unwrap_or_default();
    members.into_iter().filter(|part| part.is("constructor")).collect()
}

/// The name of a constructor: that of `new(..)` is `new`.
fn name_of(constructor: Syntax<'_>) -> &str {
    constructor.field("name").map_or("new", Syntax::text)
}

impl<'t> Lowerer<'t> {
    /// Notes a class whose constructors have names of their own.
    pub(super) fn collect_factory(&mut self, class: Syntax<'t>, path: Name) {
        let found = constructors(class);
        if found.len() < 2 && found.iter().all(|one| one.field("name").is_none()) {
            return;
        }
        self.classes.factories.insert(path);
        self.giving.extend(found.into_iter().map(|one| path.join(name_of(one))));
    }

    /// `new square(side) { .. }`.
    pub(super) fn factory(&mut self, class: Name, node: Syntax<'t>) {
        let above = self.trivia.above(node.start());
        let path = class.join(name_of(node));
        let mut inside = Vec::new();
        self.changed_inside(node, &mut inside);
        self.enter(Cx::new(path, FnKind::StaticMethod, node.start(), node.end()));
        self.cx.changed_inside.extend(inside);
        self.cx.body.above = above;
        self.cx.body.ret = Ty::class(class);
        let params = self.params(node, node.field("body"));
        self.cx.body.params = params.rows.clone();
        self.start_params(params);
        if let Some(body) = node.field("body") {
            self.made(class, body);
            let root = self.cx.body.root;
            self.cx.body.blocks[root].end_comments = self.block_end(body);
        }
        let body = self.leave();
        self.out.fns.push(body);
        self.method_of_class(class, path);
    }

    /// The object, what its constructor does with it, and the answer.
    fn made(&mut self, class: Name, body: Syntax<'t>) {
        self.cx.scopes.push(Default::default());
        let stmts = body.named();
        let first: Vec<Syntax<'t>> =
            stmts.iter().copied().take_while(|stmt| assigned(*stmt).is_some()).collect();
        let mut args: Vec<Arg> = Vec::new();
        let fields = self.structs.get(&class).map(|facts| facts.fields.clone()).unwrap_or_default();
        for stmt in &first {
            let Some((name, value)) = assigned(*stmt) else { continue };
            let _ = self.trivia.above(stmt.end());
            let name = Name::new(name.text());
            args.retain(|arg| arg.kind != ArgKind::Named(name));
            let value = self.owned(value);
            args.push(Arg { kind: ArgKind::Named(name), value });
        }
        let defaults = self.default_fields(class);
        for field in defaults {
            let (Some(name), Some(default)) = (field.field("name"), field.field("default")) else { continue };
            let name = Name::new(name.text());
            if !args.iter().any(|arg| arg.kind == ArgKind::Named(name)) {
                let value = self.owned(default);
                args.push(Arg { kind: ArgKind::Named(name), value });
            }
        }
        for name in self.nilable_fields(class) {
            if !args.iter().any(|arg| arg.kind == ArgKind::Named(name)) {
                let value = self.nil(body);
                args.push(Arg { kind: ArgKind::Named(name), value });
            }
        }
        let is_given = |field: &Name| args.iter().any(|arg| arg.kind == ArgKind::Named(*field));
        if let Some(missing) = fields.iter().find(|field| !is_given(field)) {
            let why = format!(
                "a constructor beside others that does not begin with the value of `{missing}` has no translation from Ruchy yet"
            );
            let hole = self.unsupported(body, why);
            self.cx.scopes.pop();
            return self.push_expr(hole, body);
        }
        let made = self.node(Node::Call { callee: Callee::Fn(class), args }, body);
        let rest = &stmts[first.len()..];
        if rest.is_empty() {
            let answer = self.node(Node::Return(Some(made)), body);
            self.push_expr(answer, body);
        } else {
            let origin = self.origin(body);
            let this = self.cx.body.local("this", Ty::class(class), origin);
            self.bind("self", this, true, true);
            self.push_set(Place::local(this), made, body);
            rest.iter().for_each(|stmt| self.stmt(*stmt));
            let this = self.use_local(this, body);
            let answer = self.node(Node::Return(Some(this)), body);
            self.push_expr(answer, body);
        }
        self.cx.scopes.pop();
    }

    /// Fields whose type says that they may be nil.
    fn nilable_fields(&self, class: Name) -> Vec<Name> {
        let body = self.classes.nodes.get(&class).and_then(|node| node.field("body"));
        let fields = body.map(Syntax::named).unwrap_or_default().into_iter().filter(|part| part.is("field"));
        let may_be_nil = |field: &Syntax<'t>| field.field("type").is_some_and(|ty| ty.text().ends_with('?'));
        fields
            .filter(may_be_nil)
            .filter_map(|field| field.field("name"))
            .map(|name| Name::new(name.text()))
            .collect()
    }
}

/// The field and the value of `self.field = value`, where the value does not look at the object.
fn assigned(stmt: Syntax<'_>) -> Option<(Syntax<'_>, Syntax<'_>)> {
    let assignment =
        stmt.first().filter(|inner| stmt.is("expression_statement") && inner.is("assignment"))?;
    let (left, right) = (assignment.field("left")?, assignment.field("right")?);
    left.field("value").filter(|of| left.is("field_expression") && of.text() == "self")?;
    let mut is_closed = true;
    walk(right, &mut |part| is_closed &= part.text() != "self");
    is_closed.then(|| left.field("name").map(|name| (name, right)))?
}
