//! `__new__` that decides which object a call gives is a class method that the calls go to.
//!
//! before                                              after
//!   staticmethod @m.One.__new__(%cls) {                 classmethod @m.One.instance(%cls) {
//!     if obj.is(%cls.made, none) {                        if obj.is(%cls.made, none) {
//!       set %cls.made = super __new__(%cls)                 set %cls.made = call @m.One()
//!     }                                                   }
//!     return %cls.made                                    return %cls.made
//!   }                                                   }
//!   method @m.One.__init__(%self, %n) { .. }            method @m.One.prepare(%self, %n) { .. }
//!   call @m.One(1)                                      { set %one = call @m.One.instance()
//!                                                         method (%one).prepare(1); %one }
//!
//! Holds back for classes with subclasses, and where `__new__` looks at its other arguments.

use super::record_data::free_word;
use batuta_base::Name;
use batuta_core::*;
use std::sync::Arc;

pub(super) fn expand(program: &mut Program<Hir>) {
    let classes: Vec<Name> = program.classes.keys().copied().collect();
    for class in classes {
        // A constructor that is inherited gets the arguments, which are dropped here.
        let inherits = !program.fns.contains_key(&class.join("__init__"))
            && program.find_method(class, "__init__").is_some();
        if is_plain(program, class) && !inherits && program.fns.contains_key(&class.join("__new__")) {
            rewrite(program, class);
        }
    }
}

fn is_plain(program: &Program<Hir>, class: Name) -> bool {
    let def = &program.classes[&class];
    matches!(def.kind, ClassKind::Plain)
        && super::inner_field(def).is_none()
        && def.bases.iter().all(|base| program.classes.contains_key(base))
        && program.subclasses(class).len() == 1
}

fn rewrite(program: &mut Program<Hir>, class: Name) {
    let old = class.join("__new__");
    let mut body = (*program.fns[&old]).clone();
    let used = |local: LocalId| {
        body.nodes
            .iter()
            .any(|(_, row)| matches!(&row.kind, Node::Use(place, _) if place.root == Root::Local(local)))
    };
    let Some((_, rest)) = body.params.split_first() else { return };
    if rest.iter().any(|param| used(param.local)) {
        return stop(program, class);
    }
    body.params.truncate(1);
    let made: Vec<NodeId> =
        body.nodes.iter().filter(|(_, row)| is_made(&row.kind)).map(|(id, _)| id).collect();
    for id in &made {
        body.nodes[*id].kind = Node::Call { callee: Callee::Fn(class), args: Vec::new() };
    }
    body.kind = FnKind::ClassMethod;
    body.path = class.join(free_word(program, "the", "instance").as_str());
    let instance = body.path;
    let init = class.join("__init__");
    let prepare =
        program.fns.contains_key(&init).then(|| class.join(free_word(program, "the", "prepare").as_str()));
    program.fns.shift_remove(&old);
    program.fns.insert(instance, Arc::new(body));
    if let Some(prepare) = prepare {
        let mut body = (*program.fns[&init]).clone();
        body.path = prepare;
        program.fns.shift_remove(&init);
        program.fns.insert(prepare, Arc::new(body));
    }
    let def = Arc::make_mut(program.classes.get_mut(&class).expect("it is a class of the program"));
    for method in &mut def.methods {
        match prepare {
            _ if *method == old => *method = instance,
            Some(prepare) if *method == init => *method = prepare,
            _ => {}
        }
    }
    for path in program.fns.keys().copied().collect::<Vec<_>>() {
        let calls: Vec<NodeId> = program.fns[&path]
            .nodes
            .iter()
            .filter(|(id, row)| match &row.kind {
                Node::Call { callee: Callee::Fn(called), .. } => {
                    program.resolve(*called) == class && !(path == instance && made.contains(id))
                }
                _ => false,
            })
            .map(|(id, _)| id)
            .collect();
        for id in calls {
            let body = Arc::make_mut(&mut program.fns[&path]);
            go_to(body, id, instance, prepare);
        }
    }
}

/// Calls of a class whose `__new__` looks at its arguments are holes.
fn stop(program: &mut Program<Hir>, class: Name) {
    let old = class.join("__new__");
    program.fns.shift_remove(&old);
    let def = Arc::make_mut(program.classes.get_mut(&class).expect("it is a class of the program"));
    def.methods.retain(|method| *method != old);
    let paths: Vec<Name> = program.fns.keys().copied().collect();
    for path in paths {
        let is_call = |row: &NodeRow| matches!(&row.kind, Node::Call { callee: Callee::Fn(called), .. } if program.resolve(*called) == class);
        let calls: Vec<NodeId> =
            program.fns[&path].nodes.iter().filter(|(_, row)| is_call(row)).map(|(id, _)| id).collect();
        for id in calls {
            let why = format!("`__new__` of `{}` looks at its arguments", class.last());
            let body = Arc::make_mut(&mut program.fns[&path]);
            body.nodes[id].kind = Node::Hole { why: why.into(), source: "".into() };
        }
    }
}

/// `super().__new__(cls)`, `object.__new__(cls)`.
fn is_made(node: &Node) -> bool {
    match node {
        Node::Call { callee: Callee::Super(name), .. } => *name == "__new__",
        Node::Call { callee: Callee::Lib(name), .. } => name.as_str().ends_with("object.__new__"),
        _ => false,
    }
}

/// A call of the class asks for the object, and prepares it.
fn go_to(body: &mut Body<Hir>, id: NodeId, instance: Name, prepare: Option<Name>) {
    let Node::Call { args, .. } = body.nodes[id].kind.clone() else { return };
    let at = body.nodes[id].origin;
    let call = Node::Call { callee: Callee::Fn(instance), args: Vec::new() };
    let Some(prepare) = prepare else {
        let is_plain = |arg: &Arg| matches!(body.nodes[arg.value].kind, Node::Const(_) | Node::Item(_));
        let effects: Vec<NodeId> = args.iter().filter(|arg| !is_plain(arg)).map(|arg| arg.value).collect();
        if effects.is_empty() {
            body.nodes[id].kind = call;
            return;
        }
        let stmts = effects.into_iter().map(|value| Stmt::new(StmtKind::Expr(value), at)).collect();
        let tail = Some(body.node(call, Ty::unknown(), at));
        let block = body.block(BlockRow { stmts, tail, end_comments: Vec::new() });
        body.nodes[id].kind = Node::Block { label: None, block };
        return;
    };
    let made = body.node(call, Ty::unknown(), at);
    let local = body.temp("object", Ty::unknown(), at);
    let set = StmtKind::Set { target: Pat::Place(Place::local(local)), value: made };
    let object = body.use_local(local, Mode::Read, at);
    let callee = Callee::Method(object, Name::new(prepare.last()));
    let call = body.node(Node::Call { callee, args }, Ty::unknown(), at);
    let tail = body.use_local(local, Mode::Read, at);
    let stmts = vec![Stmt::new(set, at), Stmt::new(StmtKind::Expr(call), at)];
    let block = body.block(BlockRow { stmts, tail: Some(tail), end_comments: Vec::new() });
    body.nodes[id].kind = Node::Block { label: None, block };
}
