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
use batuta_base::{FxHashMap, Name, Origin};
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
        let own = passed(&new, &body).filter(|_| class == found.class);
        let is_last = program.subclasses(class).len() == 1;
        let stmts = match own {
            Some(args) => {
                let args =
                    args.into_iter().map(|local| Arg::positional(body.use_local(local, Mode::Read, at)));
                let args = args.collect();
                vec![Stmt::new(make(&mut body, found, this, args), at)]
            }
            None => match computed(&new, &mut body, found, is_last.then_some(class)) {
                Some(stmts) => stmts,
                None => {
                    let why = format!("`__new__` of `{}` does more than make its value", class.last());
                    let hole = Node::Hole { why: why.into(), source: "".into() };
                    vec![Stmt::new(StmtKind::Expr(body.node(hole, Ty::never(), at)), at)]
                }
            },
        };
        let root = body.root;
        body.blocks[root].stmts.splice(0..0, stmts);
        let def = Arc::make_mut(program.classes.get_mut(&class).expect("it is a class of the program"));
        def.methods.retain(|method| *method != old && *method != init);
        def.methods.insert(0, init);
        program.fns.shift_remove(&old);
        program.fns.insert(init, Arc::new(body));
    }
}

/// `self.value = int(..)`.
fn make(body: &mut Body<Hir>, found: &Derived, this: LocalId, args: Vec<Arg>) -> StmtKind {
    let make = Node::Call { callee: Callee::Lib(Name::new(found.kind.make)), args };
    let value = body.node(make, Ty::unknown(), Origin::default());
    StmtKind::Set { target: Pat::Place(Place::local(this).with(Proj::Field(found.field))), value }
}

/// The statements of a `__new__` that computes its value, for the beginning of the constructor: `only` is the class,
/// where none is derived from it. `None` where it returns early, keeps the class, or changes what the constructor gets.
fn computed(new: &Body<Hir>, body: &mut Body<Hir>, found: &Derived, only: Option<Name>) -> Option<Vec<Stmt>> {
    let class_local = new.params.first()?.local;
    let this = body.params.first()?.local;
    let plain = creation(new)?;
    let Node::Call { args, .. } = &new.nodes[plain.creation].kind else { return None };
    let names_class = fits_constructor(new, body, args)?;
    if names_class && only.is_none() {
        return None;
    }
    let at = Origin::default();
    let mut same: FxHashMap<LocalId, LocalId> =
        new.params.iter().zip(&body.params).skip(1).map(|(one, other)| (one.local, other.local)).collect();
    same.extend(plain.object.map(|object| (object, this)));
    let class_value = body.local("cls", Ty::unknown(), at);
    same.insert(class_local, class_value);
    let shift = body.append(new, same);
    let copied = shift.block(new.root);
    let mut stmts = std::mem::take(&mut body.blocks[copied].stmts);
    stmts.pop();
    let args = args[1..].iter().map(|arg| Arg { kind: arg.kind, value: shift.node(arg.value) }).collect();
    let made = Stmt::new(make(body, found, this, args), at);
    let place = stmts.iter().position(
        |stmt| matches!(stmt.kind, StmtKind::Set { value, .. } if value == shift.node(plain.creation)),
    );
    match place {
        Some(at) => stmts[at] = made,
        None => stmts.push(made),
    }
    if let Some(class) = only.filter(|_| names_class) {
        let value = body.node(Node::Item(class), Ty::unknown(), at);
        let target = Pat::Place(Place::local(class_value));
        stmts.insert(0, Stmt::new(StmtKind::Set { target, value }, at));
    }
    Some(stmts)
}

/// Whether what a `__new__` does before its value can stand in a constructor, and if so whether it names the class.
fn fits_constructor(new: &Body<Hir>, init: &Body<Hir>, args: &[Arg]) -> Option<bool> {
    let class_local = new.params.first()?.local;
    let reads_class = |node: NodeId| matches!(&new.nodes[node].kind, Node::Use(place, _) if place.as_local() == Some(class_local));
    let names_class = new.nodes.iter().any(|(id, row)| {
        let is_used = matches!(&row.kind, Node::Use(place, _) if place.root == Root::Local(class_local));
        is_used && args.first().is_some_and(|arg| id != arg.value)
    });
    let returns = new.nodes.iter().filter(|(_, row)| matches!(row.kind, Node::Return(_))).count();
    let same_params = new.params.len() == init.params.len()
        && new.params.iter().zip(&init.params).skip(1).all(|(one, other)| one.kind == other.kind);
    let is_param = |local: LocalId| new.params.iter().any(|param| param.local == local);
    let mut sets_param = false;
    new.walk_stmts(new.root, &mut |stmt| match &stmt.kind {
        StmtKind::Set { target, .. } => target.for_each_local(&mut |local| sets_param |= is_param(local)),
        StmtKind::Update { place, .. } => sets_param |= place.as_local().is_some_and(is_param),
        _ => {}
    });
    let is_plain = new.decorators.iter().all(|mark| mark.path == "staticmethod")
        && args.first().is_some_and(|arg| reads_class(arg.value));
    let keeps_params = !sets_param || init.blocks[init.root].stmts.is_empty();
    (is_plain && returns == 1 && same_params && keeps_params).then_some(names_class)
}

/// What no other step has written out: a class with such a `__new__` makes no objects, but where it only does
/// something before or after it makes a plain one.
pub(super) fn refuse_others(program: &mut Program<Hir>) {
    let has_new = |class: &Name| program.fns.contains_key(&class.join("__new__"));
    let makers: Vec<Name> = program.classes.keys().copied().filter(has_new).collect();
    for class in makers.iter().copied() {
        let old = class.join("__new__");
        let Some(new) = program.fns.get(&old).cloned() else { continue };
        if begin_with(program, class, &new, &makers).is_some() {
            continue;
        }
        // No class below makes objects either, whether or not its constructor calls this one.
        let family = program.subclasses(class);
        for below in family.iter().copied() {
            let init = below.join("__init__");
            let found = program.find_method(below, "__init__");
            if below != class && found.is_some_and(|found| found != init && family.contains(&found.parent()))
            {
                continue;
            }
            let mut body = match program.fns.get(&init) {
                Some(body) => (**body).clone(),
                None => without_body(&new, init),
            };
            let why = format!("`__new__` of `{}` has no translation yet", class.last());
            let hole = Node::Hole { why: why.into(), source: "".into() };
            let hole = body.node(hole, Ty::never(), Origin::default());
            let root = body.root;
            body.blocks[root].stmts.insert(0, Stmt::new(StmtKind::Expr(hole), Origin::default()));
            let def = Arc::make_mut(program.classes.get_mut(&below).expect("it is a class of the program"));
            def.methods.retain(|method| *method != init);
            def.methods.insert(0, init);
            program.fns.insert(init, Arc::new(body));
        }
        let def = Arc::make_mut(program.classes.get_mut(&class).expect("it is a class of the program"));
        def.methods.retain(|method| *method != old);
        program.fns.shift_remove(&old);
    }
}

/// What `__new__` does around `super().__new__(cls)` becomes the beginning of the constructors: of the class's
/// own, and of those below that do not call it.
fn begin_with(program: &mut Program<Hir>, class: Name, new: &Body<Hir>, makers: &[Name]) -> Option<()> {
    let made = around_object(new)?;
    let family = program.subclasses(class);
    let (old, init) = (class.join("__new__"), class.join("__init__"));
    let mut inits = Vec::new();
    for below in &family {
        let order = program.mro(*below);
        let at = order.iter().position(|found| *found == class)?;
        let is_other = |found: &Name| !family.contains(found);
        let has_init = |found: &Name| program.fns.contains_key(&found.join("__init__"));
        // What stands before the class may never come to it, and another `__new__` would be between the two.
        if order[..at].iter().any(|found| is_other(found) && has_init(found))
            || order.iter().any(|found| *found != class && makers.contains(found))
        {
            return None;
        }
        inits.push(order[at + 1..].iter().copied().find(has_init));
    }
    let mut starts: Vec<Name> = Vec::new();
    for below in family.iter().filter(|below| **below != class) {
        let Some(body) = program.fns.get(&below.join("__init__")) else { continue };
        let calls = body.nodes.iter().filter(|(_, row)| calls_init(&row.kind)).count();
        match (calls, body.blocks[body.root].stmts.first().is_some_and(|stmt| begins_with_base(body, stmt))) {
            (0, _) => starts.push(below.join("__init__")),
            (1, true) => {}
            _ => return None,
        }
    }
    if !program.fns.contains_key(&init) {
        // The constructor that the class and all below it have now is called by the one that is made.
        let made = match inits[0] {
            None if inits.iter().all(Option::is_none) => without_body(new, init),
            Some(path) if inits.iter().all(|found| *found == Some(path)) => {
                handing_on(program.fns.get(&path)?, init)?
            }
            _ => return None,
        };
        program.fns.insert(init, Arc::new(made));
    }
    starts.push(init);
    for path in starts {
        let body = Arc::make_mut(program.fns.get_mut(&path)?);
        let this = body.params.first()?.local;
        let same = made.object.map(|object| (object, this)).into_iter().collect();
        let shift = body.append(new, same);
        let copied = shift.block(new.root);
        let mut stmts = std::mem::take(&mut body.blocks[copied].stmts);
        stmts.retain(|stmt| match &stmt.kind {
            StmtKind::Expr(node) => !matches!(body.nodes[*node].kind, Node::Return(_)),
            StmtKind::Set { value, .. } => *value != shift.node(made.creation),
            _ => true,
        });
        let root = body.root;
        body.blocks[root].stmts.splice(0..0, stmts);
    }
    let def = Arc::make_mut(program.classes.get_mut(&class)?);
    def.methods.retain(|method| *method != old && *method != init);
    def.methods.insert(0, init);
    program.fns.shift_remove(&old);
    Some(())
}

/// Calls the constructor of some class on an object that is there.
fn calls_init(node: &Node) -> bool {
    match node {
        Node::Call { callee: Callee::Super(name) | Callee::Method(_, name), .. } => name.last() == "__init__",
        Node::Call { callee: Callee::Fn(path), .. } | Node::Item(path) => path.last() == "__init__",
        _ => false,
    }
}

/// `super().__init__(..)` with arguments that are the same before and after `__new__`.
fn begins_with_base(body: &Body<Hir>, stmt: &Stmt) -> bool {
    let StmtKind::Expr(node) = stmt.kind else { return false };
    let Node::Call { callee: Callee::Super(name), args } = &body.nodes[node].kind else { return false };
    let is_param = |place: &Place| body.params.iter().any(|param| place.as_local() == Some(param.local));
    let is_settled = |arg: &Arg| match &body.nodes[arg.value].kind {
        Node::Const(_) => true,
        Node::Use(place, _) => is_param(place),
        _ => false,
    };
    *name == "__init__" && args.iter().all(is_settled)
}

/// `def __init__(self, ..): super().__init__(..)` with the parameters of the one that is called.
fn handing_on(base: &Body<Hir>, path: Name) -> Option<Body<Hir>> {
    let is_settled = |param: &Param| {
        let is_constant = param.default.is_none_or(|node| matches!(base.nodes[node].kind, Node::Const(_)));
        is_constant && matches!(param.kind, ParamKind::Normal | ParamKind::PositionalOnly)
    };
    if !base.decorators.is_empty() || !base.params.iter().all(is_settled) {
        return None;
    }
    let mut body = without_body(base, path);
    let at = Origin::default();
    let locals: Vec<LocalId> = body.params.iter().skip(1).map(|param| param.local).collect();
    let args =
        locals.into_iter().map(|local| Arg::positional(body.use_local(local, Mode::Read, at))).collect();
    let call = Node::Call { callee: Callee::Super(Name::new("__init__")), args };
    let call = body.node(call, Ty::unknown(), at);
    let root = body.root;
    body.blocks[root].stmts.push(Stmt::new(StmtKind::Expr(call), at));
    Some(body)
}

/// How a `__new__` makes its plain object.
struct Plain {
    /// The local that holds it, if one does.
    object: Option<LocalId>,
    creation: NodeId,
}

/// `[obj =] super().__new__(cls, ..)` and what is returned at the end.
fn creation(new: &Body<Hir>) -> Option<Plain> {
    let is_creation = |node: NodeId| {
        let Node::Call { callee, .. } = &new.nodes[node].kind else { return false };
        match callee {
            Callee::Super(name) | Callee::Lib(name) => name.last() == "__new__",
            _ => false,
        }
    };
    let (last, before) = new.blocks[new.root].stmts.split_last()?;
    let StmtKind::Expr(last) = last.kind else { return None };
    let Node::Return(Some(value)) = new.nodes[last].kind else { return None };
    if is_creation(value) {
        return Some(Plain { object: None, creation: value });
    }
    let Node::Use(place, _) = &new.nodes[value].kind else { return None };
    let object = place.as_local()?;
    let creation = before.iter().find_map(|stmt| match &stmt.kind {
        StmtKind::Set { target: Pat::Place(place), value } if place.as_local() == Some(object) => {
            Some(*value)
        }
        _ => None,
    });
    let mut count = 0;
    new.walk_stmts(new.root, &mut |stmt| {
        if let StmtKind::Set { target, .. } = &stmt.kind {
            target.for_each_local(&mut |local| count += usize::from(local == object));
        }
    });
    let creation = creation.filter(|node| is_creation(*node) && count == 1)?;
    Some(Plain { object: Some(object), creation })
}

/// `[obj =] super().__new__(cls)` and statements that need neither the class nor the arguments.
fn around_object(new: &Body<Hir>) -> Option<Plain> {
    let class = new.params.first()?.local;
    let plain = creation(new)?;
    let is_base = |node: NodeId| {
        let Node::Call { callee, args } = &new.nodes[node].kind else { return false };
        args.len() == 1 && !matches!(callee, Callee::Lib(name) if *name != "object.__new__")
    };
    if !is_base(plain.creation) {
        return None;
    }
    let StmtKind::Expr(last) = new.blocks[new.root].stmts.last()?.kind else { return None };
    // Nothing else returns, and what is given to the constructor is not looked at.
    let Node::Call { args, .. } = &new.nodes[plain.creation].kind else { return None };
    let is_free = |(id, row): (NodeId, &NodeRow)| match &row.kind {
        Node::Return(_) => id == last,
        Node::Use(place, _) => match place.root {
            Root::Local(local) => {
                let is_param = new.params.iter().any(|param| param.local == local);
                !is_param || local == class && id == args[0].value
            }
            _ => true,
        },
        _ => true,
    };
    new.nodes.iter().all(is_free).then_some(plain)
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
