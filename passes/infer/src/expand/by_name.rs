//! A method that is chosen by a computed name becomes a choice among the methods of the class.
//!
//! before                                                        after
//!   value (lib:builtins.getattr(%self, "do_" + %word))(%x)        set %name = "do_" + %word
//!                                                                 if %name == "do_add" { method (%self).do_add(%x) }
//!                                                                 else if .. else raise AttributeError
//!
//! Only where the name starts with a text that is known, so that few methods can be meant.

use batuta_base::{Name, Origin};
use batuta_core::*;

/// Writes out such calls in a method.
pub(super) fn expand(program: &Program<Hir>, body: &mut Body<Hir>) {
    let class = body.path.parent();
    if !body.has_receiver() || !program.classes.contains_key(&class) {
        return;
    }
    for id in body.nodes.ids().collect::<Vec<_>>() {
        let Some(found) = look_up(body, id) else { continue };
        let args = match &body.nodes[id].kind {
            Node::Call { args, .. } if args.iter().all(|arg| arg.kind == ArgKind::Positional) => args.clone(),
            _ => continue,
        };
        let methods = methods(program, class, &found.prefix, args.len());
        if !methods.is_empty() {
            choose(body, id, &found, &methods, args);
        }
    }
}

/// Whether a body calls what `getattr` gives.
pub(super) fn has_calls(body: &Body<Hir>) -> bool {
    body.nodes.iter().any(|(id, _)| look_up(body, id).is_some())
}

struct Found {
    name: NodeId,
    prefix: String,
    default: Option<NodeId>,
}

fn look_up(body: &Body<Hir>, id: NodeId) -> Option<Found> {
    let Node::Call { callee: Callee::Value(function), .. } = &body.nodes[id].kind else { return None };
    let Node::Call { callee: Callee::Lib(name), args } = &body.nodes[*function].kind else { return None };
    let (object, name) = match &args[..] {
        [object, text] | [object, text, _] if *name == "builtins.getattr" => (object.value, text.value),
        _ => return None,
    };
    let receiver = body.params.first()?.local;
    let is_self =
        matches!(&body.nodes[object].kind, Node::Use(place, _) if place.as_local() == Some(receiver));
    let prefix = prefix(body, name).filter(|_| is_self)?;
    Some(Found { name, prefix, default: args.get(2).map(|arg| arg.value) })
}

/// The text that a computed name starts with.
fn prefix(body: &Body<Hir>, name: NodeId) -> Option<String> {
    let text = match &body.nodes[name].kind {
        Node::Op { op: Op::ObjOp(ObjOp::Add), args, .. } => match body.as_const(*args.first()?)? {
            Const::Str(text) => text.to_string(),
            _ => return None,
        },
        Node::Format(pieces) => match pieces.first()? {
            Piece::Text(text) => text.to_string(),
            Piece::Value { .. } => return None,
        },
        _ => return None,
    };
    Some(text).filter(|text| !text.is_empty())
}

/// Methods of a class whose names start so and that take so many arguments.
fn methods(program: &Program<Hir>, class: Name, prefix: &str, count: usize) -> Vec<Name> {
    let of = |classes: Vec<Name>| {
        let mut out: Vec<Name> = Vec::new();
        for path in
            classes.into_iter().filter_map(|class| program.classes.get(&class)).flat_map(|def| &def.methods)
        {
            let Some(body) = program.fns.get(path).filter(|body| body.kind == FnKind::Method) else {
                continue;
            };
            let takes = body.params.iter().skip(1);
            let needed = takes.clone().filter(|param| param.default.is_none()).count();
            let name = Name::new(path.last());
            if path.last().starts_with(prefix)
                && needed <= count
                && count <= takes.count()
                && !out.contains(&name)
            {
                out.push(name);
            }
        }
        out
    };
    let own = of(program.mro(class));
    if own.is_empty() { of(program.subclasses(class)) } else { own }
}

fn choose(body: &mut Body<Hir>, id: NodeId, found: &Found, methods: &[Name], args: Vec<Arg>) {
    let origin = body.nodes[id].origin;
    let name = body.temp("name", Ty::unknown(), origin);
    let set = |local, value| {
        let target = Pat::Place(Place::local(local));
        Stmt::new(StmtKind::Set { target, value }, origin)
    };
    let mut stmts = vec![set(name, found.name)];
    let mut locals = Vec::new();
    for arg in &args {
        let local = body.temp("arg", Ty::unknown(), origin);
        stmts.push(set(local, arg.value));
        locals.push(local);
    }
    let receiver = body.params[0].local;
    let call = |body: &mut Body<Hir>, callee: &dyn Fn(NodeId) -> Callee| {
        let object = body.use_local(receiver, Mode::Read, origin);
        let args = locals
            .iter()
            .map(|local| Arg::positional(body.use_local(*local, Mode::Read, origin)))
            .collect::<Vec<_>>();
        body.node(Node::Call { callee: callee(object), args }, Ty::unknown(), origin)
    };
    let mut rest = match found.default {
        Some(default) => {
            let callee = match &body.nodes[default].kind {
                Node::Use(place, _) if place.root == Root::Local(receiver) => match place.proj[..] {
                    [Proj::Field(name)] => Some(name),
                    _ => None,
                },
                _ => None,
            };
            call(body, &|object| match callee {
                Some(name) => Callee::Method(object, name),
                None => Callee::Value(default),
            })
        }
        None => missing(body, name, origin),
    };
    for method in methods.iter().rev() {
        let read = body.use_local(name, Mode::Read, origin);
        let text = body.node(Node::Const(Const::Str(method.as_str().into())), Ty::unknown(), origin);
        let is_it = body.op(ObjOp::Eq, vec![read, text], Ty::unknown(), origin);
        let cond = body.op(ObjOp::Truth, vec![is_it], Ty::unknown(), origin);
        let then = call(body, &|object| Callee::Method(object, *method));
        let then = body.block(BlockRow { tail: Some(then), ..BlockRow::default() });
        let els = body.block(BlockRow { tail: Some(rest), ..BlockRow::default() });
        rest = body.node(Node::If { cond, then, els: Some(els) }, Ty::unknown(), origin);
    }
    let block = body.block(BlockRow { stmts, tail: Some(rest), ..BlockRow::default() });
    body.nodes[id].kind = Node::Block { label: None, block };
}

/// `raise AttributeError("'C' object has no attribute ..")`.
fn missing(body: &mut Body<Hir>, name: LocalId, origin: Origin) -> NodeId {
    let class = body.path.parent().last().to_owned();
    let value = body.use_local(name, Mode::Read, origin);
    let pieces = vec![
        Piece::Text(format!("'{class}' object has no attribute '").into()),
        Piece::Value { value, conv: Conv::Str, spec: Vec::new() },
        Piece::Text("'".into()),
    ];
    let text = body.node(Node::Format(pieces), Ty::unknown(), origin);
    let attr = Attr::Name(Name::new("AttributeError"));
    let error = Node::Op { op: ExcOp::New.into(), attr, args: vec![text] };
    let error = body.node(error, Ty::unknown(), origin);
    body.node(Node::Raise { error: Some(error), cause: None }, Ty::never(), origin)
}
