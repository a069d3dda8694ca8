//! Class attributes that objects replace by their own: each object starts with the class's value.
//!
//! before                             after
//!   class Tracker:                     class Tracker:
//!       count = 0                          count = 0
//!       def bump(self):                    def __init__(self):
//!           self.count += 1                    self.count = Tracker.count
//!                                          def bump(self): ..
//!
//! Every `__init__` sets all of them, so what a base class's `__init__` would set is left out where a
//! constructor takes it in (`shapes`): these statements have no place in the source.

use crate::env::Env;
use batuta_base::{Name, Origin};
use batuta_core::*;

/// Constructors that set the objects' own attributes first.
pub(crate) fn constructors(env: &Env<'_>) -> Vec<Body<Hir>> {
    let mut out = Vec::new();
    for (path, class) in &env.program.classes {
        let has_own = env.program.fns.contains_key(&path.join("__init__"));
        // An error without a constructor keeps its arguments as they are.
        let has_any = || env.method(*path, "__init__").is_some();
        let is_made_here = match class.kind {
            ClassKind::Plain | ClassKind::Abstract => true,
            ClassKind::Exception => has_any(),
            // One without a constructor in the source gets it elsewhere.
            ClassKind::Dataclass { .. } => has_own,
            _ => false,
        };
        if !is_made_here || env.is_error(*path) && !has_any() {
            continue;
        }
        let attributes = replaced(env, *path);
        if attributes.is_empty() {
            continue;
        }
        let own = path.join("__init__");
        let body = match (env.program.fns.get(&own), env.method(*path, "__init__")) {
            (Some(body), _) => Some((**body).clone()),
            (None, Some(base))
                if attributes
                    .iter()
                    .any(|found| found.parent() == *path || stands_before(env, found.parent())) =>
            {
                env.program.fns.get(&base).map(|body| forwarding(body, own))
            }
            (None, Some(_)) => None,
            (None, None) if stands_before(env, *path) => None,
            (None, None) => Some(empty(env, own)),
        };
        if let Some(mut body) = body {
            set_first(&mut body, &attributes);
            out.push(body);
        }
    }
    out
}

/// Puts what the objects of a dataclass begin with before what its constructor does.
pub(crate) fn set_replaced(env: &Env<'_>, class: Name, body: &mut Body<Hir>) {
    let attributes = replaced(env, class);
    if !attributes.is_empty() {
        set_first(body, &attributes);
    }
}

/// A mixin without constructor: in some class below it, a base behind it has one, which must be found.
fn stands_before(env: &Env<'_>, class: Name) -> bool {
    let own = env.mro(class);
    let has_init = |path: &Name| env.program.fns.contains_key(&path.join("__init__"));
    !own.iter().any(has_init)
        && env.program.subclasses(class).into_iter().any(|sub| {
            let order = env.mro(sub);
            let mut behind = order.iter().skip_while(|path| **path != class).skip(1);
            behind.any(|path| !own.contains(path) && has_init(path))
        })
}

/// Class attributes that a class finds and that some object below the first class with the attribute has as a field.
pub(crate) fn replaced(env: &Env<'_>, class: Name) -> Vec<Name> {
    let mro = env.mro(class);
    let fields = env.record_fields(class);
    let is_given = |name: &str| fields.iter().any(|field| field.name == name);
    let is_field = |name: Name| {
        let has = |path: &&Name| {
            env.class(**path).is_some_and(|def| def.attributes.iter().any(|own| own.last() == name.as_str()))
        };
        let top = mro.iter().rev().find(has).copied().unwrap_or(class);
        let line = mro.iter().copied().chain(env.program.subclasses(top));
        line.into_iter().any(|class| env.own_fields.get(&class).is_some_and(|fields| fields.contains(&name)))
    };
    let mut out: Vec<Name> = Vec::new();
    for attribute in mro.iter().filter_map(|class| env.class(*class)).flat_map(|def| &def.attributes) {
        let name = attribute.last();
        let is_known = out.iter().any(|known| known.last() == name) || is_given(name);
        if !is_known && is_field(Name::new(name)) {
            out.push(*attribute);
        }
    }
    out
}

fn set_first(body: &mut Body<Hir>, attributes: &[Name]) {
    let at = Origin::default();
    let Some(this) = body.params.first().map(|param| param.local) else { return };
    let mut stmts = Vec::new();
    for attribute in attributes {
        let value = body.node(Node::Use(Place::global(*attribute), Mode::Read), Ty::unknown(), at);
        let target = Pat::Place(Place::local(this).with(Proj::Field(Name::new(attribute.last()))));
        stmts.push(Stmt::new(StmtKind::Set { target, value }, at));
    }
    let root = body.root;
    stmts.append(&mut body.blocks[root].stmts);
    body.blocks[root].stmts = stmts;
}

fn empty(env: &Env<'_>, path: Name) -> Body<Hir> {
    let lang = env.program.fns.values().next().map_or(Lang::Python, |body| body.lang);
    let mut body = Body::new(path, lang, FnKind::Method);
    let local = body.local("self", Ty::unknown(), Origin::default());
    body.params.push(Param { name: Name::new("self"), local, kind: ParamKind::Normal, default: None });
    body
}

/// `def __init__(self, a, b=0): super().__init__(a, b)`.
fn forwarding(base: &Body<Hir>, path: Name) -> Body<Hir> {
    let at = Origin::default();
    let mut body = base.clone();
    body.path = path;
    body.doc = None;
    body.above.clear();
    let mut args = Vec::new();
    for param in body.params.clone().into_iter().skip(1) {
        let value = body.use_local(param.local, Mode::Read, at);
        args.push(Arg { kind: param.handed_on(), value });
    }
    let callee = Callee::Super(Name::new("__init__"));
    let call = body.node(Node::Call { callee, args }, Ty::unknown(), at);
    let root = body.root;
    body.blocks[root].stmts = vec![Stmt::new(StmtKind::Expr(call), at)];
    body.blocks[root].tail = None;
    body.blocks[root].end_comments.clear();
    body
}
