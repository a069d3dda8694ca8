//! `__new__` of a class derived from a builtin type that does more than make the value, or stands beside
//! a constructor.
//!
//! before                                      after
//!   staticmethod @m.F.__new__(%cls, %v, %u) {
//!     return super __new__(%cls, %v)
//!   }
//!   method @m.F.__init__(%self, %v, %u) {       method @m.F.__init__(%self, %v, %u) {
//!     set place %self.unit = %u                   set place %self.value = lib:builtins.float(%v)
//!   }                                             set place %self.unit = %u
//!                                               }
//!
//! Where it does more than that, the constructor is a hole.

use super::derived::Derived;
use batuta_base::{Name, Origin};
use batuta_core::*;
use std::sync::Arc;

pub(super) fn expand(program: &mut Program<Hir>, found: &Derived) {
    for class in program.subclasses(found.class) {
        let (old, init) = (class.join("__new__"), class.join("__init__"));
        let Some(new) = program.fns.get(&old).cloned() else { continue };
        let mut body = match program.fns.get(&init) {
            Some(body) => (**body).clone(),
            None => without_body(&new, init),
        };
        let Some(this) = body.params.first().map(|param| param.local) else { continue };
        let at = Origin::default();
        let stmt = match passed(&new, &body).filter(|_| class == found.class) {
            Some(args) => {
                let args =
                    args.into_iter().map(|local| Arg::positional(body.use_local(local, Mode::Read, at)));
                let make =
                    Node::Call { callee: Callee::Lib(Name::new(found.kind.make)), args: args.collect() };
                let value = body.node(make, Ty::unknown(), at);
                let target = Pat::Place(Place::local(this).with(Proj::Field(found.field)));
                StmtKind::Set { target, value }
            }
            None => {
                let why = format!("`__new__` of `{}` does more than make its value", class.last());
                StmtKind::Expr(body.node(Node::Hole { why: why.into(), source: "".into() }, Ty::never(), at))
            }
        };
        let root = body.root;
        body.blocks[root].stmts.insert(0, Stmt::new(stmt, at));
        let def = Arc::make_mut(program.classes.get_mut(&class).expect("it is a class of the program"));
        def.methods.retain(|method| *method != old && *method != init);
        def.methods.insert(0, init);
        program.fns.shift_remove(&old);
        program.fns.insert(init, Arc::new(body));
    }
}

/// What no other step has written out: a class with such a `__new__` makes no objects.
pub(super) fn refuse_others(program: &mut Program<Hir>) {
    for class in program.classes.keys().copied().collect::<Vec<_>>() {
        let (old, init) = (class.join("__new__"), class.join("__init__"));
        let Some(new) = program.fns.get(&old).cloned() else { continue };
        let mut body = match program.fns.get(&init) {
            Some(body) => (**body).clone(),
            None => without_body(&new, init),
        };
        let why = format!("`__new__` of `{}` has no translation yet", class.last());
        let hole =
            body.node(Node::Hole { why: why.into(), source: "".into() }, Ty::never(), Origin::default());
        let root = body.root;
        body.blocks[root].stmts.insert(0, Stmt::new(StmtKind::Expr(hole), Origin::default()));
        let def = Arc::make_mut(program.classes.get_mut(&class).expect("it is a class of the program"));
        def.methods.retain(|method| *method != old && *method != init);
        def.methods.insert(0, init);
        program.fns.shift_remove(&old);
        program.fns.insert(init, Arc::new(body));
    }
}

/// The constructor that takes the same, and does nothing.
fn without_body(new: &Body<Hir>, path: Name) -> Body<Hir> {
    let mut body = new.clone();
    let root = body.root;
    body.blocks[root] = BlockRow::default();
    if let Some(first) = body.params.first_mut() {
        first.name = Name::new("self");
        body.locals[first.local].name = Name::new("self");
    }
    body.kind = FnKind::Method;
    body.path = path;
    body
}

/// The constructor's parameters that `return super().__new__(cls, ..)` hands on.
fn passed(new: &Body<Hir>, init: &Body<Hir>) -> Option<Vec<LocalId>> {
    let [stmt] = &new.blocks[new.root].stmts[..] else { return None };
    let StmtKind::Expr(node) = stmt.kind else { return None };
    let Node::Return(Some(value)) = new.nodes[node].kind else { return None };
    let Node::Call { callee, args } = &new.nodes[value].kind else { return None };
    match callee {
        Callee::Super(name) if *name == "__new__" => {}
        Callee::Lib(name) if name.last() == "__new__" => {}
        _ => return None,
    }
    let same = |arg: &Arg| {
        let Node::Use(place, _) = &new.nodes[arg.value].kind else { return None };
        let local = place.as_local().filter(|_| arg.kind == ArgKind::Positional)?;
        let at = new.params.iter().position(|param| param.local == local)?;
        let (param, other) = (&new.params[at], init.params.get(at)?);
        let is_same = param.kind == ParamKind::Normal && other.kind == ParamKind::Normal;
        (is_same && at > 0 && param.default.is_none()).then_some(other.local)
    };
    args.iter().skip(1).map(same).collect()
}
