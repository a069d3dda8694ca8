//! A walk over folders whose loop changes which folders come next.
//!
//! before                                                after
//!   for (%at, %dirs, %files) in lib:os.walk(%top) {       set %walk = lib:os.walk_live(%top)
//!     method (%dirs).remove("x")                          for (%at, %dirs, %files) in %walk {
//!   }                                                       method (%dirs).remove("x")
//!                                                           method (%walk).descend(%dirs)
//!                                                         }
//!
//! Before each `continue` too. Holds back where the walk goes from below, and where nothing but the library
//! reads the folders.

use batuta_base::Name;
use batuta_core::*;

/// Writes out the walks of a body.
pub(super) fn expand(body: &mut Body<Hir>) {
    for block in body.blocks.ids().collect::<Vec<_>>() {
        let mut at = 0;
        while at < body.blocks[block].stmts.len() {
            if let StmtKind::Expr(node) = body.blocks[block].stmts[at].kind
                && let Some(walk) = Walk::of(body, node)
            {
                let start = walk.write(body, node);
                let stmts = &mut body.blocks[block].stmts;
                let above = std::mem::take(&mut stmts[at].above);
                let blank_before = std::mem::take(&mut stmts[at].blank_before);
                stmts.insert(at, Stmt { above, blank_before, ..start });
                at += 1;
            }
            at += 1;
        }
    }
}

/// One loop over `os.walk`.
struct Walk {
    call: NodeId,
    top: NodeId,
    inner: BlockId,
    dirs: Place,
}

impl Walk {
    fn of(body: &Body<Hir>, node: NodeId) -> Option<Walk> {
        let Node::For { pat: Pat::Tuple(parts), iter, body: inner, .. } = &body.nodes[node].kind else {
            return None;
        };
        let Node::Call { callee: Callee::Lib(name), args } = &body.nodes[*iter].kind else { return None };
        let [top] = &args[..] else { return None };
        let [_, Pat::Place(dirs), _] = &parts[..] else { return None };
        let walk = Walk { call: *iter, top: top.value, inner: *inner, dirs: dirs.clone() };
        (*name == "os.walk" && top.kind == ArgKind::Positional && walk.changes(body)).then_some(walk)
    }

    /// Whether the loop may change its folders: it writes into them, calls a method of them or hands them on.
    fn changes(&self, body: &Body<Hir>) -> bool {
        let is_dirs =
            |node: &NodeId| matches!(&body.nodes[*node].kind, Node::Use(place, _) if *place == self.dirs);
        let mut found = false;
        body.walk_block(self.inner, &mut |node| {
            found |= match &body.nodes[node].kind {
                Node::Call { callee: Callee::Method(of, _), .. } if is_dirs(of) => true,
                Node::Call { callee: Callee::Lib(name), args } => {
                    changes_argument(*name) && args.iter().any(|arg| is_dirs(&arg.value))
                }
                Node::Call { args, .. } => args.iter().any(|arg| is_dirs(&arg.value)),
                _ => false,
            };
        });
        body.walk_stmts(self.inner, &mut |stmt| {
            found |= match &stmt.kind {
                StmtKind::Set { target, value } => writes(target, self.dirs.root) || is_dirs(value),
                StmtKind::Update { place, .. } => place.root == self.dirs.root,
                StmtKind::Del(place) => place.root == self.dirs.root && !place.proj.is_empty(),
                _ => false,
            };
        });
        found
    }

    fn write(&self, body: &mut Body<Hir>, node: NodeId) -> Stmt {
        let origin = body.nodes[node].origin;
        let walk = body.temp("walk", Ty::unknown(), origin);
        let args = vec![Arg::positional(self.top)];
        let made = Node::Call { callee: Callee::Lib(Name::new("os.walk_live")), args };
        let made = body.node(made, Ty::unknown(), origin);
        body.nodes[self.call].kind = Node::Use(Place::local(walk), Mode::Read);
        // A loop that gives the name another list leaves the walk the first one.
        let mut dirs = self.dirs.clone();
        let mut is_rebound = false;
        body.walk_stmts(self.inner, &mut |stmt| {
            is_rebound |= matches!(&stmt.kind, StmtKind::Set { target, .. } if rebinds(target, &self.dirs));
        });
        if is_rebound {
            dirs = Place::local(body.temp("folders", Ty::unknown(), origin));
            if let Node::For { pat: Pat::Tuple(parts), .. } = &mut body.nodes[node].kind {
                parts[1] = Pat::Place(dirs.clone());
            }
        }
        self.descend(body, walk, &dirs);
        if is_rebound {
            let value = body.node(Node::Use(dirs, Mode::Read), Ty::unknown(), origin);
            let target = Pat::Place(self.dirs.clone());
            body.blocks[self.inner].stmts.insert(0, Stmt::new(StmtKind::Set { target, value }, origin));
        }
        Stmt::new(StmtKind::Set { target: Pat::Place(Place::local(walk)), value: made }, origin)
    }

    /// The walk is told its folders at each end of the loop's body.
    fn descend(&self, body: &mut Body<Hir>, walk: LocalId, dirs: &Place) {
        let ends = continues(body, self.inner);
        for block in body.blocks.ids().collect::<Vec<_>>() {
            let mut at = 0;
            while at < body.blocks[block].stmts.len() {
                if matches!(body.blocks[block].stmts[at].kind, StmtKind::Expr(node) if ends.contains(&node)) {
                    let tell = tell(body, walk, dirs);
                    body.blocks[block].stmts.insert(at, tell);
                    at += 1;
                }
                at += 1;
            }
            if body.blocks[block].tail.is_some_and(|tail| ends.contains(&tail)) {
                let tell = tell(body, walk, dirs);
                body.blocks[block].stmts.push(tell);
            }
        }
        if !ends_in_jump(body, self.inner) {
            let tell = tell(body, walk, dirs);
            body.blocks[self.inner].stmts.push(tell);
        }
    }
}

/// Whether a function of the library changes what it is given.
fn changes_argument(name: Name) -> bool {
    let changes = |param: &batuta_catalog::ParamRow| param.take == batuta_catalog::Take::Write;
    let rows = batuta_catalog::functions(name.as_str());
    rows.is_empty() || rows.iter().any(|row| row.params.iter().any(changes))
}

fn tell(body: &mut Body<Hir>, walk: LocalId, dirs: &Place) -> Stmt {
    let origin = body.locals[walk].origin;
    let walk = body.use_local(walk, Mode::Read, origin);
    let dirs = body.node(Node::Use(dirs.clone(), Mode::Read), Ty::unknown(), origin);
    let callee = Callee::Method(walk, Name::new("descend"));
    let call = Node::Call { callee, args: vec![Arg::positional(dirs)] };
    let call = body.node(call, Ty::unknown(), origin);
    Stmt::new(StmtKind::Expr(call), origin)
}

/// The `continue`s of a loop's body, without those of loops inside.
fn continues(body: &Body<Hir>, inner: BlockId) -> Vec<NodeId> {
    let (mut all, mut inside) = (Vec::new(), Vec::new());
    body.walk_block(inner, &mut |node| match &body.nodes[node].kind {
        Node::Continue { label: None } => all.push(node),
        Node::For { body: below, .. } | Node::While { body: below, .. } | Node::Loop { body: below, .. } => {
            body.walk_block(*below, &mut |node| inside.push(node));
        }
        _ => {}
    });
    all.retain(|node| !inside.contains(node));
    all
}

pub(super) fn ends_in_jump(body: &Body<Hir>, block: BlockId) -> bool {
    let last = match (body.blocks[block].tail, body.blocks[block].stmts.last()) {
        (Some(tail), _) => Some(tail),
        (None, Some(Stmt { kind: StmtKind::Expr(node), .. })) => Some(*node),
        _ => None,
    };
    let is_jump = |node: NodeId| {
        matches!(
            body.nodes[node].kind,
            Node::Continue { .. } | Node::Break { .. } | Node::Return(_) | Node::Raise { .. }
        )
    };
    last.is_some_and(is_jump)
}

/// Whether a target is a part of what a root holds.
fn writes(target: &Pat, root: Root) -> bool {
    match target {
        Pat::Place(place) => place.root == root,
        Pat::Tuple(parts) => parts.iter().any(|part| writes(part, root)),
        _ => false,
    }
}

fn rebinds(target: &Pat, of: &Place) -> bool {
    match target {
        Pat::Place(place) => place == of,
        Pat::Tuple(parts) => parts.iter().any(|part| rebinds(part, of)),
        _ => false,
    }
}
