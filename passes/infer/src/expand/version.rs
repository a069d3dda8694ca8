//! Questions about the version of Python are answered: what is translated is Python 3.11.
//!
//! before                                                  after
//!   obj.ge(@sys.version_info, tuple.new(3, 8))              true
//!   %sys.version_info.major                                 3
//!   item @sys.version_info                                  tuple.new(3, 11, 7, "final", 0)

use batuta_core::*;

/// The version that answers.
const VERSION: [i64; 3] = [3, 11, 7];

const PARTS: [&str; 5] = ["major", "minor", "micro", "releaselevel", "serial"];

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
            Node::Use(place, _) => part(body, &place),
            _ => None,
        };
        if let Some(answer) = answer {
            body.nodes[node].kind = Node::Const(answer);
        }
    }
    for node in body.nodes.ids().collect::<Vec<_>>() {
        if is_version(&body.nodes[node].kind) {
            let origin = body.nodes[node].origin;
            let int = |number: i64| Const::Int(number.to_string().into());
            let parts = VERSION.map(int).into_iter().chain([Const::Str("final".into()), int(0)]);
            let parts: Vec<Const> = parts.collect();
            let args =
                parts.into_iter().map(|part| body.node(Node::Const(part), Ty::unknown(), origin)).collect();
            body.nodes[node].kind = Node::Op { op: TupleOp::New.into(), attr: Attr::None, args };
        }
    }
}

/// `version_info.major`, `version_info[0]`.
fn part(body: &Body<Hir>, place: &Place) -> Option<Const> {
    let is_it = match place.root {
        Root::Global(name) => name == "sys.version_info",
        Root::Node(node) => is_version(&body.nodes[node].kind),
        Root::Local(_) => false,
    };
    let at = match place.proj[..] {
        [Proj::Field(name)] => PARTS.iter().position(|part| name == *part)?,
        [Proj::Index(index)] => match body.as_const(index)? {
            Const::Int(digits) => digits.parse().ok()?,
            _ => return None,
        },
        _ => return None,
    };
    match (is_it, at) {
        (true, 0..3) => Some(Const::Int(VERSION[at].to_string().into())),
        (true, 3) => Some(Const::Str("final".into())),
        (true, 4) => Some(Const::Int("0".into())),
        _ => None,
    }
}

fn compared(body: &Body<Hir>, op: ObjOp, args: &[NodeId]) -> Option<bool> {
    let [left, right] = args else { return None };
    let (op, other) = match (is_version(&body.nodes[*left].kind), is_version(&body.nodes[*right].kind)) {
        (true, false) => (op, right),
        (false, true) => (turned(op)?, left),
        _ => return None,
    };
    let Node::Op { op: Op::TupleOp(TupleOp::New), args, .. } = &body.nodes[*other].kind else { return None };
    let number = |node: &NodeId| match body.as_const(*node) {
        Some(Const::Int(digits)) => digits.parse::<i64>().ok(),
        _ => None,
    };
    let wanted: Vec<i64> = args.iter().map(number).collect::<Option<_>>()?;
    // The fourth part, `"final"`, is compared with no number.
    let own = if wanted.len() > VERSION.len() { return None } else { &VERSION[..] };
    let is_longer = wanted == own;
    Some(match op {
        // Two parts more are greater.
        ObjOp::Gt | ObjOp::Ge if is_longer => true,
        ObjOp::Lt | ObjOp::Le if is_longer => false,
        ObjOp::Ge => own >= &wanted[..],
        ObjOp::Gt => own > &wanted[..],
        ObjOp::Le => own <= &wanted[..],
        ObjOp::Lt => own < &wanted[..],
        _ => return None,
    })
}

/// The comparison with its sides exchanged.
fn turned(op: ObjOp) -> Option<ObjOp> {
    Some(match op {
        ObjOp::Ge => ObjOp::Le,
        ObjOp::Gt => ObjOp::Lt,
        ObjOp::Le => ObjOp::Ge,
        ObjOp::Lt => ObjOp::Gt,
        _ => return None,
    })
}
