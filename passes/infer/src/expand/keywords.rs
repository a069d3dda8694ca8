//! Containers that are made of keywords are made of a dict; keywords that say the default are left out.
//!
//! before                                     after
//!   lib:collections.Counter(a=2, b=3)          lib:collections.Counter(dict.new("a", 2, "b", 3))
//!   lib:builtins.zip(%a, %b, strict=false)     lib:builtins.zip(%a, %b)
//!   lib:builtins.sorted(%xs, key=none)         lib:builtins.sorted(%xs)
//!   lib:types.SimpleNamespace(a=2, **%d)       lib:types.SimpleNamespace(dict.new("a", 2, obj.splat_dict(%d)))

use batuta_core::*;

/// Writes out the keywords of the containers that a body makes.
pub(crate) fn expand(program: &Program<Hir>, body: &mut Body<Hir>) {
    for id in body.nodes.ids().collect::<Vec<_>>() {
        leave_out_default(program, body, id);
        let Node::Call { callee: Callee::Lib(name), args } = &body.nodes[id].kind else { continue };
        let spreads = match name.as_str() {
            "collections.Counter" | "collections.OrderedDict" if !args.is_empty() => false,
            "types.SimpleNamespace" => true,
            _ => continue,
        };
        let args = args.clone();
        let is_taken =
            |arg: &Arg| matches!(arg.kind, ArgKind::Named(_)) || spreads && arg.kind == ArgKind::StarStar;
        if !args.iter().all(is_taken) {
            continue;
        }
        let origin = body.nodes[id].origin;
        let mut items = Vec::new();
        for arg in &args {
            if let ArgKind::Named(name) = arg.kind {
                let key = Node::Const(Const::Str(name.as_str().into()));
                items.push(body.node(key, Ty::unknown(), origin));
                items.push(arg.value);
            } else {
                items.push(body.op(ObjOp::SplatDict, vec![arg.value], Ty::unknown(), origin));
            }
        }
        let dict = body.op(DictOp::New, items, Ty::unknown(), origin);
        if let Node::Call { args, .. } = &mut body.nodes[id].kind {
            *args = vec![Arg::positional(dict)];
        }
    }
}

/// `zip(a, b, strict=False)` is `zip(a, b)`, `sorted(xs, key=None)` is `sorted(xs)`.
fn leave_out_default(program: &Program<Hir>, body: &mut Body<Hir>, id: NodeId) {
    let Node::Call { callee, args } = &body.nodes[id].kind else { return };
    let (keyword, default) = match callee {
        Callee::Lib(name) if *name == "builtins.zip" => ("strict", Const::Bool(false)),
        Callee::Lib(name) if KEYED.contains(&name.as_str()) => ("key", Const::None),
        Callee::Method(_, name) if *name == "sort" => ("key", Const::None),
        _ => return,
    };
    let says_default = |arg: &Arg| {
        matches!(arg.kind, ArgKind::Named(name) if name == keyword)
            && body.as_const(arg.value) == Some(&default)
    };
    let is_own = |callee: &Callee| {
        matches!(callee, Callee::Method(..)) && program.fns.keys().any(|path| path.last() == "sort")
    };
    if !args.iter().any(says_default) || is_own(callee) {
        return;
    }
    let kept: Vec<Arg> = args.iter().filter(|arg| !says_default(arg)).cloned().collect();
    if let Node::Call { args, .. } = &mut body.nodes[id].kind {
        *args = kept;
    }
}

/// Functions that compare items by `key`, or as they are.
const KEYED: &[&str] = &[
    "builtins.sorted",
    "builtins.max",
    "builtins.min",
    "heapq.merge",
    "heapq.nlargest",
    "heapq.nsmallest",
    "itertools.groupby",
    "bisect.bisect",
    "bisect.bisect_left",
    "bisect.bisect_right",
    "bisect.insort",
    "bisect.insort_left",
    "bisect.insort_right",
];
