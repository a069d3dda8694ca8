//! Questions about the version of Python are answered: what is translated is Python 3.11.
//!
//! before                                                  after
//!   obj.ge(@sys.version_info, tuple.new(3, 8))              true
//!   %sys.version_info.major                                 3
//!   item @sys.version_info                                  tuple.new(3, 11, 7)

use batuta_core::*;

/// The version that answers.
const VERSION: [i64; 3] = [3, 11, 7];

fn is_version(node: &Node) -> bool {
    match node {
        Node::Item(name) => *name == "sys.version_info",
        Node::Use(Place { root: Root::Global(name), proj }, _) => {
            *name == "sys.version_info" && proj.is_empty()
        }
        _ => false,
    }
}

/// Whether a body asks for the version.
pub(super) fn is_asked(body: &Body<Hir>) -> bool {
    body.nodes.iter().any(|(_, row)| match &row.kind {
        Node::Item(name) => *name == "sys.version_info",
        Node::Use(Place { root: Root::Global(name), .. }, _) => *name == "sys.version_info",
        _ => false,
    })
}

/// Writes the answers.
pub(super) fn expand(body: &mut Body<Hir>) {
    for node in body.nodes.ids().collect::<Vec<_>>() {
        let answer = match body.nodes[node].kind.clone() {
            Node::Op { op: Op::ObjOp(op), args, .. } => compared(body, op, &args).map(Const::Bool),
            Node::Use(place, _) => part(body, &place).map(|number| Const::Int(number.to_string().into())),
            _ => None,
        };
        if let Some(answer) = answer {
            body.nodes[node].kind = Node::Const(answer);
        }
    }
    for node in body.nodes.ids().collect::<Vec<_>>() {
        if is_version(&body.nodes[node].kind) {
            let origin = body.nodes[node].origin;
            let int = |number: &i64| Node::Const(Const::Int(number.to_string().into()));
            let args = VERSION.iter().map(|number| body.node(int(number), Ty::unknown(), origin)).collect();
            body.nodes[node].kind = Node::Op { op: TupleOp::New.into(), attr: Attr::None, args };
        }
    }
}

/// `version_info.major`, `version_info[0]`.
fn part(body: &Body<Hir>, place: &Place) -> Option<i64> {
    let is_it = match place.root {
        Root::Global(name) => name == "sys.version_info",
        Root::Node(node) => is_version(&body.nodes[node].kind),
        Root::Local(_) => false,
    };
    let at = match place.proj[..] {
        [Proj::Field(name)] => ["major", "minor", "micro"].iter().position(|part| name == *part)?,
        [Proj::Index(index)] => match body.as_const(index)? {
            Const::Int(digits) => digits.parse().ok()?,
            _ => return None,
        },
        _ => return None,
    };
    VERSION.get(at).copied().filter(|_| is_it)
}

fn compared(body: &Body<Hir>, op: ObjOp, args: &[NodeId]) -> Option<bool> {
    let [version, other] = args else { return None };
    if !is_version(&body.nodes[*version].kind) {
        return None;
    }
    let Node::Op { op: Op::TupleOp(TupleOp::New), args, .. } = &body.nodes[*other].kind else { return None };
    let number = |node: &NodeId| match body.as_const(*node) {
        Some(Const::Int(digits)) => digits.parse::<i64>().ok(),
        _ => None,
    };
    let wanted: Vec<i64> = args.iter().map(number).collect::<Option<_>>()?;
    let own = &VERSION[..];
    Some(match op {
        ObjOp::Ge => own >= &wanted[..],
        ObjOp::Gt => own > &wanted[..],
        ObjOp::Le => own <= &wanted[..],
        ObjOp::Lt => own < &wanted[..],
        _ => return None,
    })
}
