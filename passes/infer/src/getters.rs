//! Calls that make small functions become closures, so that their types follow from what they read.
//!
//! before                                         after
//!   operator.attrgetter("name", "total")           |item| (item.name, item.total)
//!   operator.itemgetter(1)                         |item| item[1]
//!   operator.methodcaller("strip", "x")            |item| item.strip("x")
//!   operator.add(a, b)                             a + b
//!   operator.add (as a value)                      |x, y| x + y
//!   builtins.sorted(xs, key=cmp_to_key(order))     functools.sorted_by_cmp(xs, key=order)
//!
//! An index that is no constant gets a name before: `{ key = column; |item| item[key] }`.
//! Holds back when a name or argument of a method is no constant: it would be evaluated at another time.

use batuta_base::{Id, Name, Origin};
use batuta_core::*;

/// The body with such calls written out.
pub(crate) fn write_out(mut body: Body<Hir>) -> Body<Hir> {
    for at in 0..body.nodes.len() {
        write_node(&mut body, NodeId::new(at));
    }
    body
}

/// Writes out a node that is such a call or function.
pub(crate) fn write_node(body: &mut Body<Hir>, id: NodeId) {
    if let Node::Item(name) = &body.nodes[id].kind
        && let Some((op, count)) = operator(name.as_str())
    {
        body.nodes[id].kind = function(body, op, count, id);
        return;
    }
    let Node::Call { callee, args } = &body.nodes[id].kind else { return };
    let (callee, args) = (callee.clone(), args.clone());
    let new = match &callee {
        Callee::Lib(name) => match name.as_str() {
            "operator.attrgetter" => getter(body, &args, id, attribute),
            "operator.itemgetter" => getter(body, &args, id, item),
            name if operator(name).is_some_and(|(_, count)| is_given(&args, count)) => {
                let op = operator(name).expect("tested above").0;
                let args = args.iter().map(|arg| arg.value).collect();
                Some(Node::Op { op: op.into(), attr: Attr::None, args })
            }
            "operator.methodcaller" => caller(body, &args, id),
            "builtins.sorted" => by_order(body, args, Callee::Lib(Name::new("functools.sorted_by_cmp"))),
            _ => None,
        },
        Callee::Method(list, name) if *name == "sort" => {
            by_order(body, args, Callee::Method(*list, Name::new("sort_by_cmp")))
        }
        _ => None,
    };
    if let Some(kind) = new {
        body.nodes[id].kind = kind;
    }
}

/// The operator that a function of `operator` is, and its number of operands.
fn operator(name: &str) -> Option<(ObjOp, usize)> {
    use ObjOp::*;
    Some(match name.strip_prefix("operator.")? {
        "add" => (Add, 2),
        "sub" => (Sub, 2),
        "mul" => (Mul, 2),
        "truediv" => (TrueDiv, 2),
        "floordiv" => (FloorDiv, 2),
        "mod" => (Mod, 2),
        "pow" => (Pow, 2),
        "lshift" => (Shl, 2),
        "rshift" => (Shr, 2),
        "and_" => (BitAnd, 2),
        "or_" => (BitOr, 2),
        "xor" => (BitXor, 2),
        "eq" => (Eq, 2),
        "ne" => (Ne, 2),
        "lt" => (Lt, 2),
        "le" => (Le, 2),
        "gt" => (Gt, 2),
        "ge" => (Ge, 2),
        "neg" => (Neg, 1),
        "pos" => (Pos, 1),
        "invert" | "inv" => (Invert, 1),
        "not_" => (Not, 1),
        "truth" => (Truth, 1),
        _ => return None,
    })
}

fn is_given(args: &[Arg], count: usize) -> bool {
    args.len() == count && args.iter().all(|arg| arg.kind == ArgKind::Positional)
}

/// `|x, y| x + y`.
fn function(body: &mut Body<Hir>, op: ObjOp, count: usize, id: NodeId) -> Node {
    let origin = body.nodes[id].origin;
    let locals: Vec<LocalId> =
        ["x", "y"].iter().take(count).map(|name| body.temp(name, Ty::unknown(), origin)).collect();
    let args = locals.iter().map(|local| body.use_local(*local, Mode::Read, origin)).collect();
    let result = body.op(op, args, Ty::unknown(), origin);
    closure_of(body, &locals, result)
}

/// `key=cmp_to_key(order)` is the order itself.
fn by_order(body: &Body<Hir>, mut args: Vec<Arg>, callee: Callee) -> Option<Node> {
    let key = args.iter_mut().find(|arg| arg.kind == ArgKind::Named(Name::new("key")))?;
    match &body.nodes[key.value].kind {
        Node::Call { callee: Callee::Lib(name), args: order }
            if *name == "functools.cmp_to_key" && order.len() == 1 =>
        {
            key.value = order[0].value;
            Some(Node::Call { callee, args })
        }
        _ => None,
    }
}

fn getter(
    body: &mut Body<Hir>,
    args: &[Arg],
    call: NodeId,
    part: fn(&mut Body<Hir>, LocalId, NodeId, Origin) -> Option<NodeId>,
) -> Option<Node> {
    let origin = body.nodes[call].origin;
    let local = body.temp("item", Ty::unknown(), origin);
    let (mut parts, mut before) = (Vec::new(), Vec::new());
    for arg in args {
        if arg.kind != ArgKind::Positional {
            return None;
        }
        let mut value = arg.value;
        if !is_constant(body, value) {
            let key = body.temp("key", Ty::unknown(), origin);
            let target = Pat::Place(Place::local(key));
            before.push(Stmt::new(StmtKind::Set { target, value }, origin));
            value = body.use_local(key, Mode::Read, origin);
        }
        parts.push(part(body, local, value, origin)?);
    }
    let result = match parts.as_slice() {
        [] => return None,
        [one] => *one,
        _ => body.op(TupleOp::New, parts, Ty::unknown(), origin),
    };
    let made = closure(body, local, result);
    if before.is_empty() {
        return Some(made);
    }
    let made = body.node(made, Ty::unknown(), origin);
    let block = body.block(BlockRow { stmts: before, tail: Some(made), end_comments: Vec::new() });
    Some(Node::Block { block, label: None })
}

fn attribute(body: &mut Body<Hir>, local: LocalId, name: NodeId, origin: Origin) -> Option<NodeId> {
    let Const::Str(path) = body.as_const(name)?.clone() else { return None };
    let mut place = Place::local(local);
    for name in path.split('.') {
        place = place.with(Proj::Field(Name::new(name)));
    }
    Some(body.node(Node::Use(place, Mode::Read), Ty::unknown(), origin))
}

fn item(body: &mut Body<Hir>, local: LocalId, index: NodeId, origin: Origin) -> Option<NodeId> {
    let place = Place::local(local).with(Proj::Index(index));
    Some(body.node(Node::Use(place, Mode::Read), Ty::unknown(), origin))
}

fn caller(body: &mut Body<Hir>, args: &[Arg], call: NodeId) -> Option<Node> {
    let origin = body.nodes[call].origin;
    let (name, rest) = args.split_first()?;
    let Const::Str(name) = body.as_const(name.value)?.clone() else { return None };
    if !rest.iter().all(|arg| is_constant(body, arg.value)) {
        return None;
    }
    let local = body.temp("item", Ty::unknown(), origin);
    let receiver = body.use_local(local, Mode::Read, origin);
    let callee = Callee::Method(receiver, Name::new(&name));
    let result = body.node(Node::Call { callee, args: rest.to_vec() }, Ty::unknown(), origin);
    Some(closure(body, local, result))
}

fn is_constant(body: &Body<Hir>, node: NodeId) -> bool {
    match &body.nodes[node].kind {
        Node::Const(_) => true,
        Node::Op { op: Op::ObjOp(ObjOp::Neg), args, .. } => is_constant(body, args[0]),
        _ => false,
    }
}

fn closure(body: &mut Body<Hir>, local: LocalId, result: NodeId) -> Node {
    closure_of(body, &[local], result)
}

fn closure_of(body: &mut Body<Hir>, locals: &[LocalId], result: NodeId) -> Node {
    let params = locals
        .iter()
        .map(|local| Param {
            name: body.locals[*local].name,
            local: *local,
            kind: ParamKind::Normal,
            default: None,
        })
        .collect();
    let block = body.block(BlockRow { stmts: Vec::new(), tail: Some(result), end_comments: Vec::new() });
    Node::Closure(Closure::lambda(params, block))
}
