//! Tests for the classes in `types`.
//!
//! before                                             after
//!   lib:builtins.isinstance(%x, item @types.NoneType)  obj.is(%x, none)
//!   lib:builtins.isinstance(@m.f, item @types.FunctionType)  true
//!
//! Which function a dynamic value holds is not told: such a test is a hole.

use batuta_core::*;

/// Writes out the tests of a body.
pub(crate) fn expand(program: &Program<Hir>, body: &mut Body<Hir>) {
    for id in body.nodes.ids().collect::<Vec<_>>() {
        let Node::Call { callee: Callee::Lib(name), args } = &body.nodes[id].kind else { continue };
        let [value, class] = &args[..] else { continue };
        let Node::Item(class) = &body.nodes[class.value].kind else { continue };
        let Some(class) = class.as_str().strip_prefix("types.").filter(|_| *name == "builtins.isinstance")
        else {
            continue;
        };
        let (value, origin) = (value.value, body.nodes[id].origin);
        body.nodes[id].kind = match class {
            "SimpleNamespace" => continue,
            "NoneType" => {
                let none = body.node(Node::Const(Const::None), Ty::unknown(), origin);
                Node::Op { op: ObjOp::Is.into(), attr: Attr::None, args: vec![value, none] }
            }
            "FunctionType" | "LambdaType" if is_function(program, body, value) => {
                Node::Const(Const::Bool(true))
            }
            _ => Node::Hole {
                why: format!("objects of `types.{class}` are not told from others").into(),
                source: "".into(),
            },
        };
    }
}

/// Whether a node is a function of the program.
fn is_function(program: &Program<Hir>, body: &Body<Hir>, node: NodeId) -> bool {
    let is_one = |path| program.fns.contains_key(&program.resolve(path));
    match &body.nodes[node].kind {
        Node::Closure(_) => true,
        Node::Item(path) => is_one(*path),
        Node::Use(Place { root: Root::Global(path), proj }, _) => proj.is_empty() && is_one(*path),
        _ => false,
    }
}
