//! What exception classes of the program remember: their arguments are a field.
//!
//! before (Typed)                               after (Typed)
//!   method @m.E.__init__(%self, %id) {           method @m.E.__init__(%self, %id) {
//!     lib:error.__init__(%self, "bad id")          set %self.args = lib:error.new_args("bad id")
//!     set %self.id = %id                           set %self.id = %id
//!   }                                            }
//!
//! Without that call, here or above, the arguments are those of the constructor. A class with methods and no
//! constructor gets one that takes them as they are. Classes without both stay plain: `E("text")`.

use batuta_base::{FxHashSet, Name, Origin};
use batuta_core::*;
use std::sync::Arc;

const INIT: &str = "__init__";

/// Gives the exception classes that carry data their arguments.
pub fn keep_arguments(program: &Program<Typed>) -> Program<Typed> {
    let mut out = program.clone();
    let errors = out.classes.values().filter(|def| def.kind == ClassKind::Exception);
    let errors: Vec<Name> = errors.map(|def| def.path).collect();
    let mut bare = FxHashSet::default();
    for class in &errors {
        match out.find_method(*class, INIT) {
            Some(init) if init.parent() == *class => {
                keep_in_init(&mut out, *class, init, !sets_arguments(program, init))
            }
            // It inherits the constructor that takes the arguments as they are.
            Some(init) if bare.contains(&init.parent()) => drop(bare.insert(*class)),
            Some(_) => {}
            None if has_methods(&out, *class) => {
                bare.insert(*class);
                add_init(&mut out, *class);
            }
            None => {}
        }
    }
    if !bare.is_empty() {
        for body in out.fns.values_mut() {
            pack_arguments(Arc::make_mut(body), &bare);
        }
    }
    out
}

fn has_methods(program: &Program<Typed>, class: Name) -> bool {
    program.mro(class).iter().any(|path| !program.classes[path].methods.is_empty())
}

fn args_ty() -> Ty {
    Ty::lib("exc_args", [])
}

fn add_field(program: &mut Program<Typed>, class: Name) {
    let field = FieldDef {
        name: Name::new("args"),
        ty: args_ty(),
        default: None,
        cell: FieldCell::default(),
        flags: FieldFlags::default(),
        above: Vec::new(),
        beside: None,
        origin: Origin::default(),
    };
    let def = Arc::make_mut(program.classes.get_mut(&class).expect("the class is there"));
    if def.fields.iter().all(|known| known.name != field.name) {
        // First, because it is evaluated before the arguments move into their fields.
        def.fields.insert(0, field);
    }
}

fn new_args(body: &mut Body<Typed>, args: Vec<NodeId>) -> NodeId {
    let args = args.into_iter().map(Arg::positional).collect();
    let callee = Callee::Lib(Name::new("error.new_args"));
    body.node(Node::Call { callee, args }, args_ty(), Origin::default())
}

fn set_args(receiver: LocalId, value: NodeId) -> StmtKind {
    let target = Pat::Place(Place::local(receiver).with(Proj::Field(Name::new("args"))));
    StmtKind::Set { target, value }
}

/// `super().__init__(..)` of a builtin class sets the arguments; without it they are the parameters.
fn keep_in_init(program: &mut Program<Typed>, class: Name, init: Name, keeps: bool) {
    let Some(body) = program.fns.get(&init) else { return };
    let mut body = (**body).clone();
    let Some(receiver) = body.params.first().map(|param| param.local) else { return };
    for block in body.blocks.ids().collect::<Vec<_>>() {
        for at in 0..body.blocks[block].stmts.len() {
            let StmtKind::Expr(node) = body.blocks[block].stmts[at].kind else { continue };
            match &body.nodes[node].kind {
                Node::Call { callee: Callee::Lib(name), args } if *name == "error.__init__" => {
                    let args: Vec<NodeId> = args.iter().skip(1).map(|arg| arg.value).collect();
                    let is_early = reads_only_params(&body, receiver, &args);
                    let spread = args.first().copied().filter(|arg| is_spread(&body, *arg));
                    let value = spread.unwrap_or_else(|| new_args(&mut body, args));
                    body.blocks[block].stmts[at].kind = set_args(receiver, value);
                    // The arguments are the first field.
                    if is_early && is_plain_start(&body, receiver, &body.blocks[block].stmts[..at]) {
                        let stmt = body.blocks[block].stmts.remove(at);
                        body.blocks[block].stmts.insert(0, stmt);
                    }
                }
                _ => {}
            }
        }
    }
    if keeps {
        let params: Vec<LocalId> = body.params.iter().skip(1).map(|param| param.local).collect();
        let args =
            params.into_iter().map(|local| body.use_local(local, Mode::Read, Origin::default())).collect();
        let value = new_args(&mut body, args);
        let stmt = Stmt::new(set_args(receiver, value), Origin::default());
        body.blocks[body.root].stmts.insert(0, stmt);
    }
    program.fns.insert(init, Arc::new(body));
    add_field(program, class);
}

/// `super().__init__(*args)`.
fn is_spread(body: &Body<Typed>, node: NodeId) -> bool {
    matches!(&body.nodes[node].kind, Node::Call { callee: Callee::Lib(name), .. } if *name == "error.spread")
}

/// Whether arguments are parameters and constants.
fn reads_only_params(body: &Body<Typed>, receiver: LocalId, args: &[NodeId]) -> bool {
    args.iter().all(|arg| match &body.nodes[*arg].kind {
        Node::Const(_) => true,
        Node::Use(place, _) => place
            .as_local()
            .is_some_and(|local| local != receiver && body.params.iter().any(|param| param.local == local)),
        _ => false,
    })
}

/// Statements that set fields of the receiver to parameters and constants.
fn is_plain_start(body: &Body<Typed>, receiver: LocalId, stmts: &[Stmt]) -> bool {
    stmts.iter().all(|stmt| match &stmt.kind {
        StmtKind::Set { target: Pat::Place(place), value } => {
            place.root == Root::Local(receiver)
                && place.proj.len() == 1
                && reads_only_params(body, receiver, std::slice::from_ref(value))
        }
        _ => false,
    })
}

/// Whether a constructor ends up in `BaseException.__init__`.
fn sets_arguments(program: &Program<Typed>, init: Name) -> bool {
    let Some(body) = program.fns.get(&init) else { return false };
    body.nodes.iter().any(|(_, row)| match &row.kind {
        Node::Call { callee: Callee::Lib(name), .. } => *name == "error.__init__",
        Node::Call { callee: Callee::Fn(path), .. } => {
            path.last().starts_with(INIT) && *path != init && sets_arguments(program, *path)
        }
        _ => false,
    })
}

/// A constructor that takes the arguments as they are.
fn add_init(program: &mut Program<Typed>, class: Name) {
    let lang = program.fns.values().next().map_or(Lang::Python, |body| body.lang);
    let at = Origin::default();
    let mut body = Body::new(class.join(INIT), lang, FnKind::Method);
    body.ret = Ty::unit();
    let receiver = body.local("self", Ty::class(class), at);
    let args = body.local("args", args_ty(), at);
    for (name, local) in [("self", receiver), ("args", args)] {
        body.params.push(Param { name: Name::new(name), local, kind: ParamKind::Normal, default: None });
    }
    let value = body.use_local(args, Mode::Read, at);
    body.blocks[body.root].stmts.push(Stmt::new(set_args(receiver, value), at));
    let def = Arc::make_mut(program.classes.get_mut(&class).expect("the class is there"));
    def.methods.insert(0, body.path);
    program.fns.insert(body.path, Arc::new(body));
    add_field(program, class);
}

/// Arguments of constructors that take them as they are: `E(a, b)` and `raise E`.
fn pack_arguments(body: &mut Body<Typed>, bare: &FxHashSet<Name>) {
    for id in body.nodes.ids().collect::<Vec<_>>() {
        let kind = body.nodes[id].kind.clone();
        match kind {
            Node::Call { callee: Callee::New(class), args } if bare.contains(&class) => {
                let args = args.into_iter().map(|arg| arg.value).collect();
                let packed = new_args(body, args);
                body.nodes[id].kind =
                    Node::Call { callee: Callee::New(class), args: vec![Arg::positional(packed)] };
            }
            Node::Raise { error: Some(error), .. } => {
                let Node::Item(class) = body.nodes[error].kind else { continue };
                if bare.contains(&class) {
                    let packed = new_args(body, Vec::new());
                    let args = vec![Arg::positional(packed)];
                    body.nodes[error].kind = Node::Call { callee: Callee::New(class), args };
                    body.nodes[error].ty = Ty::class(class);
                }
            }
            _ => {}
        }
    }
}
