//! A sum of objects begins with an object and adds with its class's `+`.
//!
//! before                               after
//!   lib:builtins.sum(%vs, @m.Vec(0))     lib:functools.reduce(closure(%a, %b) { tail obj.add(%a, %b) }, %vs, @m.Vec(0))
//!   lib:builtins.sum(%xs, 0)             lib:builtins.sum(%xs)

use batuta_base::Name;
use batuta_core::*;

/// Writes out the sums of a body that start with a new object.
pub(crate) fn expand(program: &Program<Hir>, body: &mut Body<Hir>) {
    for id in body.nodes.ids().collect::<Vec<_>>() {
        let Node::Call { callee: Callee::Lib(name), args } = &body.nodes[id].kind else { continue };
        let [items, start] = args.as_slice() else { continue };
        if *name != "builtins.sum" {
            continue;
        }
        let is_zero = matches!(body.as_const(start.value), Some(Const::Int(digits)) if &**digits == "0");
        if is_zero && items.kind == ArgKind::Positional {
            let args = vec![items.clone()];
            body.nodes[id].kind = Node::Call { callee: Callee::Lib(*name), args };
            continue;
        }
        if !is_object(program, body, start.value) {
            continue;
        }
        let (items, start) = (items.value, start.value);
        let add = addition(body, body.nodes[id].origin);
        let args = [add, items, start].map(Arg::positional).to_vec();
        let callee = Callee::Lib(Name::new("functools.reduce"));
        body.nodes[id].kind = Node::Call { callee, args };
    }
}

/// `C(..)`, `C.zero()` and `Counter()`.
fn is_object(program: &Program<Hir>, body: &Body<Hir>, node: NodeId) -> bool {
    let Node::Call { callee, .. } = &body.nodes[node].kind else { return false };
    let path = match callee {
        Callee::Fn(path) => path,
        Callee::Lib(name) => return *name == "collections.Counter",
        _ => return false,
    };
    let path = program.resolve(*path);
    program.classes.contains_key(&path) || program.classes.contains_key(&path.parent())
}

/// `lambda a, b: a + b`.
fn addition(body: &mut Body<Hir>, at: batuta_base::Origin) -> NodeId {
    let mut params = Vec::new();
    let mut operands = Vec::new();
    for name in ["sum", "item"] {
        let local = body.local(name, Ty::unknown(), at);
        params.push(Param { name: Name::new(name), local, kind: ParamKind::Normal, default: None });
        operands.push(body.use_local(local, Mode::Read, at));
    }
    let tail = body.op(ObjOp::Add, operands, Ty::unknown(), at);
    let block = body.block(BlockRow { tail: Some(tail), ..BlockRow::default() });
    let closure = Closure::lambda(params, block);
    body.node(Node::Closure(closure), Ty::unknown(), at)
}
