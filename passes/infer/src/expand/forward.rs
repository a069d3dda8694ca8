//! The parameters of a wrapper: `*args, **kwargs` that are passed on are those of the function itself.

use batuta_base::{FxHashMap, FxHashSet, Name};
use batuta_core::*;

/// How a wrapper's packed parameters are written out.
#[derive(Default)]
pub(crate) struct Forward {
    pub(super) star: Option<LocalId>,
    pub(super) star_star: Option<LocalId>,
    /// How many arguments the wrapper passes before the packs.
    pub(super) leading: usize,
    /// Parameters that the wrapper passes by name: `function(*args, attempt=3, **kwargs)`.
    pub(super) named: Vec<Name>,
}

/// Whether the packed parameters of a wrapper can be written out; `None` where it looks at them in a
/// way that the parameters do not answer.
pub(crate) fn forward(
    program: &Program<Hir>,
    body: &Body<Hir>,
    deco: &Body<Hir>,
    closure: &Closure,
    func: LocalId,
) -> Option<Forward> {
    let mut out = Forward::default();
    for param in &closure.params {
        match param.kind {
            ParamKind::Star => out.star = Some(param.local),
            ParamKind::StarStar => out.star_star = Some(param.local),
            _ => out.leading += 1,
        }
    }
    if out.star.is_none() && out.star_star.is_none() {
        return Some(out);
    }
    let packs: Vec<LocalId> = out.star.into_iter().chain(out.star_star).collect();
    let given = given(deco, &packs, func)?;
    let is_forwarded = given.is_some();
    if let Some((leading, named)) = given {
        (out.leading, out.named) = (leading, named);
    }
    if out.leading > body.params.len() || !leaves_order(body, &out.named) {
        return None;
    }
    let passed = passed_on(deco, &packs, func);
    let mut looks = false;
    deco.walk_block(closure.body, &mut |node| {
        if let Node::Use(place, _) = &deco.nodes[node].kind
            && let Root::Local(local) = place.root
        {
            looks |= packs.contains(&local) && !passed.contains(&node);
        }
    });
    // A wrapper that does something else with what it gets may get anything.
    (!looks || is_forwarded && is_plain(program, body)).then_some(out)
}

/// What the wrapper passes beside its packs: how many arguments before them and the names; `Some(None)` where
/// it does not call the function with them, `None` where its calls differ.
fn given(deco: &Body<Hir>, packs: &[LocalId], func: LocalId) -> Option<Option<(usize, Vec<Name>)>> {
    let is_pack = |arg: &Arg| {
        matches!(arg.kind, ArgKind::Star | ArgKind::StarStar)
            && matches!(&deco.nodes[arg.value].kind, Node::Use(place, _)
                if place.as_local().is_some_and(|local| packs.contains(&local)))
    };
    let mut found: Option<(usize, Vec<Name>)> = None;
    for (_, row) in deco.nodes.iter() {
        let Node::Call { callee: Callee::Value(target), args } = &row.kind else { continue };
        let calls =
            matches!(&deco.nodes[*target].kind, Node::Use(place, _) if place.as_local() == Some(func));
        if !calls || !args.iter().any(is_pack) {
            continue;
        }
        let leading = args.iter().take_while(|arg| arg.kind == ArgKind::Positional).count();
        let named = args.iter().filter_map(|arg| match arg.kind {
            ArgKind::Named(name) => Some(name),
            _ => None,
        });
        let now = (leading, named.collect());
        if found.as_ref().is_some_and(|before| *before != now) {
            return None;
        }
        found = Some(now);
    }
    Some(found)
}

/// Whether no parameter stands behind one that is passed by name: positions stay what they are.
fn leaves_order(body: &Body<Hir>, named: &[Name]) -> bool {
    let mut plain = body.params.iter().filter(|param| param.kind == ParamKind::Normal);
    plain.find(|param| named.contains(&param.name)).is_none()
        || plain.all(|param| named.contains(&param.name))
}

/// Uses of the packs as `*args` and `**kwargs` of a call of the function.
fn passed_on(deco: &Body<Hir>, packs: &[LocalId], func: LocalId) -> FxHashSet<NodeId> {
    let mut out = FxHashSet::default();
    for (_, row) in deco.nodes.iter() {
        let Node::Call { callee: Callee::Value(target), args } = &row.kind else { continue };
        let calls =
            matches!(&deco.nodes[*target].kind, Node::Use(place, _) if place.as_local() == Some(func));
        for arg in args.iter().filter(|arg| matches!(arg.kind, ArgKind::Star | ArgKind::StarStar)) {
            let is_pack = matches!(&deco.nodes[arg.value].kind, Node::Use(place, _)
                if place.as_local().is_some_and(|local| packs.contains(&local)));
            if calls && is_pack {
                out.insert(arg.value);
            }
        }
    }
    out
}

/// A function without defaults that is never called with keywords or packs: its arguments are its parameters.
pub(super) fn is_plain(program: &Program<Hir>, body: &Body<Hir>) -> bool {
    let simple = body.params.iter().all(|param| {
        param.default.is_none() && matches!(param.kind, ParamKind::Normal | ParamKind::PositionalOnly)
    });
    let name = body.path.last();
    simple
        && program.fns.values().all(|other| {
            other.nodes.iter().all(|(_, row)| {
                let Node::Call { callee, args } = &row.kind else { return true };
                let calls = match callee {
                    Callee::Fn(path) => program.resolve(*path) == body.path,
                    Callee::Method(_, method) | Callee::Super(method) => method.as_str() == name,
                    Callee::Lib(lib) if *lib == "functools.partial" => {
                        args.first().is_some_and(|arg| is_item(program, other, arg.value, body.path))
                    }
                    _ => false,
                };
                !calls || args.iter().all(|arg| arg.kind == ArgKind::Positional)
            })
        })
}

/// Whether a node is the function at a path.
fn is_item(program: &Program<Hir>, body: &Body<Hir>, node: NodeId, path: Name) -> bool {
    match &body.nodes[node].kind {
        Node::Item(found) => program.resolve(*found) == path,
        Node::Use(Place { root: Root::Global(found), proj }, _) => {
            proj.is_empty() && program.resolve(*found) == path
        }
        _ => false,
    }
}

impl Forward {
    /// Replaces the packs of a wrapper by the parameters that the function has behind the leading ones.
    pub(crate) fn write(&self, out: &mut Body<Hir>, body: &Body<Hir>, inner: Name) {
        if self.star.is_none() && self.star_star.is_none() {
            return;
        }
        out.params.retain(|param| !matches!(param.kind, ParamKind::Star | ParamKind::StarStar));
        let rest = body.params[self.leading..].iter().filter(|param| !self.named.contains(&param.name));
        let rest: Vec<&Param> = rest.collect();
        let shift = match rest.iter().any(|param| param.default.is_some()) {
            true => Some(out.append(body, FxHashMap::default())),
            false => None,
        };
        let mut added: Vec<(LocalId, ParamKind, Name)> = Vec::new();
        for param in &rest {
            let row = body.locals[param.local].clone();
            let local = out.locals.push(row);
            let default = param.default.and_then(|node| shift.as_ref().map(|shift| shift.node(node)));
            out.params.push(Param { local, default, ..(*param).clone() });
            added.push((local, param.kind, param.name));
        }
        self.calls(out, inner, &added);
        self.reads(out, &added);
    }

    /// `f(*args, **kwargs)` passes each parameter.
    fn calls(&self, out: &mut Body<Hir>, inner: Name, added: &[(LocalId, ParamKind, Name)]) {
        for node in out.nodes.ids().collect::<Vec<_>>() {
            let Node::Call { callee: Callee::Fn(path), args } = out.nodes[node].kind.clone() else {
                continue;
            };
            if path != inner {
                continue;
            }
            let origin = out.nodes[node].origin;
            let mut made = Vec::new();
            for arg in args {
                let pack = match &out.nodes[arg.value].kind {
                    Node::Use(place, _) => place.as_local(),
                    _ => None,
                };
                let is_star = arg.kind == ArgKind::Star && pack.is_some() && pack == self.star;
                let is_map = arg.kind == ArgKind::StarStar && pack.is_some() && pack == self.star_star;
                if !is_star && !is_map {
                    made.push(arg);
                    continue;
                }
                for (local, kind, name) in added {
                    let value = |out: &mut Body<Hir>| out.use_local(*local, Mode::Read, origin);
                    let kind = match kind {
                        ParamKind::Normal | ParamKind::PositionalOnly if is_star => ArgKind::Positional,
                        ParamKind::Star if is_star => ArgKind::Star,
                        ParamKind::Normal if is_map && self.star.is_none() => ArgKind::Named(*name),
                        ParamKind::KeywordOnly if is_map => ArgKind::Named(*name),
                        ParamKind::StarStar if is_map => ArgKind::StarStar,
                        _ => continue,
                    };
                    let value = value(out);
                    made.push(Arg { kind, value });
                }
            }
            out.nodes[node].kind = Node::Call { callee: Callee::Fn(path), args: made };
        }
    }

    /// `args` as a value is the tuple of the parameters, `kwargs` is empty.
    fn reads(&self, out: &mut Body<Hir>, added: &[(LocalId, ParamKind, Name)]) {
        for node in out.nodes.ids().collect::<Vec<_>>() {
            let Node::Use(place, _) = out.nodes[node].kind.clone() else { continue };
            let Root::Local(local) = place.root else { continue };
            let origin = out.nodes[node].origin;
            let kind = if Some(local) == self.star {
                let args =
                    added.iter().map(|(local, ..)| out.use_local(*local, Mode::Read, origin)).collect();
                Node::Op { op: TupleOp::New.into(), attr: Attr::None, args }
            } else if Some(local) == self.star_star {
                Node::Op { op: DictOp::New.into(), attr: Attr::None, args: Vec::new() }
            } else {
                continue;
            };
            if place.proj.is_empty() {
                out.nodes[node].kind = kind;
            } else {
                let whole = out.node(kind, Ty::unknown(), origin);
                let proj = place.proj.clone();
                out.nodes[node].kind = Node::Use(Place { root: Root::Node(whole), proj }, Mode::Read);
            }
        }
    }
}
