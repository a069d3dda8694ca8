//! Encoders of one's own: `json.dumps(x, cls=Encoder)` asks a function for what JSON does not have.
//!
//! before                                    after
//!   class @m.Encoder(json.JSONEncoder)        class @m.Encoder()
//!   super default(%o)                         raise exc.new{"TypeError"}(..)
//!   lib:json.dumps(%x, cls= @m.Encoder)       lib:json.dumps(%x, default= closure (%o) {
//!                                               tail method (call @m.Encoder()).default(%o) })
//!
//! Holds back for encoders that have a constructor or replace other methods: they stay classes of the library.

use batuta_base::{Name, Origin};
use batuta_core::*;
use std::sync::Arc;

const BASE: &str = "json.JSONEncoder";

pub(super) fn expand(program: &mut Program<Hir>) {
    let has_base = |def: &ClassDef| def.bases.iter().any(|base| *base == BASE);
    let replaced = ["__init__", "encode", "iterencode"];
    let is_plain = |def: &ClassDef| def.methods.iter().all(|path| !replaced.contains(&path.last()));
    let classes: Vec<Name> = program
        .classes
        .values()
        .filter(|def| {
            has_base(def) && is_plain(def) && def.methods.iter().any(|path| path.last() == "default")
        })
        .map(|def| def.path)
        .collect();
    if classes.is_empty() {
        return;
    }
    for class in &classes {
        Arc::make_mut(&mut program.classes[class]).bases.retain(|base| *base != BASE);
        refuse_above(Arc::make_mut(&mut program.fns[&class.join("default")]));
    }
    for path in program.fns.keys().copied().collect::<Vec<_>>() {
        let body = &program.fns[&path];
        let found: Vec<(NodeId, usize, Name)> = body
            .nodes
            .iter()
            .filter_map(|(id, row)| asked(program, body, &row.kind).map(|(at, class)| (id, at, class)))
            .collect();
        if found.is_empty() {
            continue;
        }
        let body = Arc::make_mut(&mut program.fns[&path]);
        for (id, at, class) in found.into_iter().filter(|(.., class)| classes.contains(class)) {
            let function = function(body, class, body.nodes[id].origin);
            if let Node::Call { args, .. } = &mut body.nodes[id].kind {
                args[at] = Arg { kind: ArgKind::Named(Name::new("default")), value: function };
            }
        }
    }
}

/// The place of `cls=Encoder` among the arguments, and the class.
fn asked(program: &Program<Hir>, body: &Body<Hir>, node: &Node) -> Option<(usize, Name)> {
    let Node::Call { callee: Callee::Lib(name), args } = node else { return None };
    if !matches!(name.as_str(), "json.dumps" | "json.dump") {
        return None;
    }
    let at = args.iter().position(|arg| arg.kind == ArgKind::Named(Name::new("cls")))?;
    let class = match &body.nodes[args[at].value].kind {
        Node::Item(path) => *path,
        Node::Use(Place { root: Root::Global(path), proj }, _) if proj.is_empty() => *path,
        _ => return None,
    };
    Some((at, program.resolve(class)))
}

/// `lambda o: Encoder().default(o)`.
fn function(body: &mut Body<Hir>, class: Name, at: Origin) -> NodeId {
    let local = body.temp("o", Ty::unknown(), at);
    let encoder = body.node(Node::Call { callee: Callee::Fn(class), args: Vec::new() }, Ty::unknown(), at);
    let value = body.use_local(local, Mode::Read, at);
    let callee = Callee::Method(encoder, Name::new("default"));
    let call = body.node(Node::Call { callee, args: vec![Arg::positional(value)] }, Ty::unknown(), at);
    let block = body.block(BlockRow { tail: Some(call), ..BlockRow::default() });
    let param = Param { name: Name::new("o"), local, kind: ParamKind::Normal, default: None };
    body.node(Node::Closure(Closure::lambda(vec![param], block)), Ty::unknown(), at)
}

/// What the library's own encoder says of everything.
fn refuse_above(body: &mut Body<Hir>) {
    for id in body.nodes.ids().collect::<Vec<_>>() {
        let value = match &body.nodes[id].kind {
            Node::Call { callee: Callee::Super(name), args } if *name == "default" && args.len() == 1 => {
                args[0].value
            }
            Node::Call { callee: Callee::Lib(name), args }
                if *name == "json.JSONEncoder.default" && args.len() == 2 =>
            {
                args[1].value
            }
            _ => continue,
        };
        let at = body.nodes[id].origin;
        let callee = Callee::Lib(Name::new("builtins.type"));
        let class = body.node(Node::Call { callee, args: vec![Arg::positional(value)] }, Ty::unknown(), at);
        let place = Place::node(class).with(Proj::Field(Name::new("__name__")));
        let name = body.node(Node::Use(place, Mode::Read), Ty::unknown(), at);
        let text = |body: &mut Body<Hir>, text: &str| {
            body.node(Node::Const(Const::Str(text.into())), Ty::unknown(), at)
        };
        let start = text(body, "Object of type ");
        let end = text(body, " is not JSON serializable");
        let text = body.op(ObjOp::Add, vec![start, name], Ty::unknown(), at);
        let text = body.op(ObjOp::Add, vec![text, end], Ty::unknown(), at);
        let new =
            Node::Op { op: ExcOp::New.into(), attr: Attr::Name(Name::new("TypeError")), args: vec![text] };
        let error = body.node(new, Ty::unknown(), at);
        body.nodes[id].kind = Node::Raise { error: Some(error), cause: None };
    }
}
