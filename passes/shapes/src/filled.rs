//! Containers that are filled before anything else sees them: `out = []`, loops that append, `return out`.
//!
//! Such a container does not change afterwards, so a second owner may have a copy of it. A local is filled
//! when each of its values is a container made on the spot, and every change of it comes before every use that
//! hands it on. In a loop that has both, it is made anew in each turn.

use batuta_base::{FxHashMap, FxHashSet};
use batuta_catalog::{self as catalog, Take};
use batuta_core::*;

/// Locals of a body whose changes all belong to their making.
pub fn filled(body: &Body<Typed>) -> FxHashSet<LocalId> {
    let mut walk = Walk { body, now: 0, locals: FxHashMap::default(), loops: Vec::new() };
    for param in &body.params {
        walk.row(param.local).is_known = false;
    }
    walk.block(body.root, Use::Escape);
    let loops = std::mem::take(&mut walk.loops);
    let filled = walk.locals.into_iter().filter(|(_, row)| row.is_filled(&loops));
    filled.map(|(local, _)| local).collect()
}

/// What a context does with a container.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Use {
    /// Looks at it during one operation.
    Look,
    /// May keep it.
    Escape,
}

/// A loop: the positions that it spans, and its body.
struct Turn {
    from: u32,
    to: u32,
    body: Option<BlockId>,
}

struct Row {
    /// Every value of it is a container made on the spot.
    is_known: bool,
    /// Where it is made: position and block.
    made: Vec<(u32, BlockId)>,
    changes: Vec<u32>,
    escapes: Vec<u32>,
}

impl Row {
    fn is_filled(&self, loops: &[Turn]) -> bool {
        let in_order = |change: u32, escape: u32| {
            let around = loops.iter().filter(|turn| {
                let holds = |at: u32| turn.from < at && at <= turn.to;
                holds(change) && holds(escape)
            });
            let innermost = around.min_by_key(|turn| turn.to - turn.from);
            change < escape
                && innermost.is_none_or(|turn| {
                    self.made.iter().any(|(at, block)| Some(*block) == turn.body && *at < change)
                })
        };
        self.is_known
            && !self.made.is_empty()
            && self.changes.iter().all(|change| self.escapes.iter().all(|escape| in_order(*change, *escape)))
    }
}

struct Walk<'a> {
    body: &'a Body<Typed>,
    now: u32,
    locals: FxHashMap<LocalId, Row>,
    loops: Vec<Turn>,
}

impl Walk<'_> {
    fn row(&mut self, local: LocalId) -> &mut Row {
        let start = || Row { is_known: true, made: Vec::new(), changes: Vec::new(), escapes: Vec::new() };
        self.locals.entry(local).or_insert_with(start)
    }

    fn tick(&mut self) -> u32 {
        self.now += 1;
        self.now
    }

    fn block(&mut self, block: BlockId, tail: Use) {
        for stmt in &self.body.blocks[block].stmts {
            self.stmt(stmt, block);
        }
        if let Some(node) = self.body.blocks[block].tail {
            self.node(node, tail);
        }
    }

    fn stmt(&mut self, stmt: &Stmt, block: BlockId) {
        match &stmt.kind {
            StmtKind::Let { pat, value } => {
                value.iter().for_each(|value| self.node(*value, Use::Escape));
                self.target(pat, *value, block);
            }
            StmtKind::Set { target, value } => {
                self.node(*value, Use::Escape);
                self.target(target, Some(*value), block);
            }
            StmtKind::Update { place, value, .. } => {
                self.node(*value, Use::Escape);
                self.written(place, true);
            }
            StmtKind::Expr(node) => self.node(*node, Use::Look),
            StmtKind::Del(place) => self.written(place, false),
        }
    }

    fn target(&mut self, pat: &Pat, value: Option<NodeId>, block: BlockId) {
        let whole = match pat {
            Pat::Bind(local, None) => Some(*local),
            Pat::Place(place) => place.as_local(),
            _ => None,
        };
        if let Some(local) = whole {
            let at = self.tick();
            let is_made = value.is_some_and(|value| self.makes(value));
            let row = self.row(local);
            row.is_known &= is_made;
            row.made.push((at, block));
            return;
        }
        match pat {
            Pat::Place(place) => self.written(place, true),
            Pat::Bind(local, _) | Pat::Map { rest: Some(local), .. } => self.row(*local).is_known = false,
            _ => pat.for_each_child(&mut |child| {
                if let Child::Node(node) = child {
                    self.node(node, Use::Escape);
                }
            }),
        }
        if !matches!(pat, Pat::Place(_)) {
            pat.for_each_part(&mut |part| self.target(part, None, block));
        }
    }

    /// A container made on the spot.
    fn makes(&self, value: NodeId) -> bool {
        match &self.body.nodes[value].kind {
            Node::Op { op, .. } => matches!(
                op,
                Op::ListOp(ListOp::New | ListOp::Repeat | ListOp::Concat | ListOp::Slice)
                    | Op::DictOp(DictOp::New)
                    | Op::SetOp(SetOp::New)
            ),
            Node::Seq { sink, .. } => !matches!(sink, Sink::Iter(_)),
            _ => false,
        }
    }

    /// A place is assigned, updated or removed: `xs[i]` changes `xs`, `xs[i][j]` only what it holds.
    fn written(&mut self, place: &Place, counts: bool) {
        self.place_children(place);
        let at = self.tick();
        if let Root::Local(local) = place.root
            && (place.proj.len() == 1 || place.proj.is_empty() && counts)
        {
            self.row(local).changes.push(at);
        }
    }

    fn place_children(&mut self, place: &Place) {
        place.for_each_child(&mut |child| {
            if let Child::Node(node) = child {
                self.node(node, Use::Look);
            }
        });
    }

    fn node(&mut self, id: NodeId, how: Use) {
        match &self.body.nodes[id].kind {
            Node::Use(place, _) => {
                self.place_children(place);
                let at = self.tick();
                if let (Some(local), Use::Escape) = (place.as_local(), how) {
                    self.row(local).escapes.push(at);
                }
            }
            Node::Op { op, args, .. } => {
                let how = match op {
                    // An iterator looks for as long as it lives.
                    Op::IterOp(_) => how,
                    op if looks(*op) => Use::Look,
                    _ => Use::Escape,
                };
                args.iter().for_each(|arg| self.node(*arg, how));
            }
            Node::Call { callee: Callee::Lib(name), args } => self.call_lib(name.as_str(), args),
            Node::Format(pieces) => {
                Piece::values(pieces).into_iter().for_each(|value| self.node(value, Use::Look));
            }
            Node::If { cond, then, els } => {
                self.node(*cond, Use::Look);
                self.block(*then, how);
                els.iter().for_each(|block| self.block(*block, how));
            }
            Node::For { pat, iter, body, els, .. } => {
                self.node(*iter, Use::Look);
                let from = self.tick();
                self.target(pat, None, *body);
                self.block(*body, Use::Escape);
                self.turn(from, Some(*body));
                els.iter().for_each(|block| self.block(*block, how));
            }
            Node::While { cond, body, els, .. } => {
                let from = self.tick();
                self.node(*cond, Use::Look);
                self.block(*body, Use::Escape);
                self.turn(from, Some(*body));
                els.iter().for_each(|block| self.block(*block, how));
            }
            Node::Loop { body, .. } => {
                let from = self.tick();
                self.block(*body, Use::Escape);
                self.turn(from, Some(*body));
            }
            Node::Seq { clauses, sink } => {
                let from = self.tick();
                for clause in clauses {
                    match clause {
                        Clause::For { iter, .. } => self.node(*iter, Use::Look),
                        Clause::If(cond) => self.node(*cond, Use::Look),
                    }
                }
                sink.nodes().for_each(|node| self.node(node, Use::Escape));
                self.turn(from, None);
            }
            // What a closure names may change whenever it is called.
            Node::Closure(closure) => {
                let mut named = Vec::new();
                self.body.walk_block(closure.body, &mut |node| {
                    if let Node::Use(Place { root: Root::Local(local), .. }, _) = &self.body.nodes[node].kind
                    {
                        named.push(*local);
                    }
                });
                named.into_iter().for_each(|local| self.row(local).is_known = false);
                self.block(closure.body, Use::Escape);
            }
            other => {
                let mut children = Vec::new();
                other.for_each_child(&mut |child| children.push(child));
                for child in children {
                    match child {
                        Child::Node(node) => self.node(node, Use::Escape),
                        Child::Block(block) => self.block(block, Use::Escape),
                    }
                }
            }
        }
    }

    fn turn(&mut self, from: u32, body: Option<BlockId>) {
        let to = self.tick();
        self.loops.push(Turn { from, to, body });
    }

    fn call_lib(&mut self, name: &str, args: &[Arg]) {
        let tys: Vec<Ty> = args.iter().map(|arg| self.body.ty(arg.value)).collect();
        let row = catalog::select(name, &tys);
        let is_lazy = row.is_none_or(|row| matches!(row.result.kind(), TyKind::Iter(_)));
        let mut changed = Vec::new();
        for (index, arg) in args.iter().enumerate() {
            let param = row.and_then(|row| row.param(index, args.len()));
            let take = param.map(|param| (param.take, param.ty.strip_ref().kind()));
            let whole = match &self.body.nodes[arg.value].kind {
                Node::Use(place, _) => place.as_local(),
                _ => None,
            };
            match (take, whole) {
                (Some((Take::Write, _)), Some(local)) => changed.push(local),
                (Some((Take::Read, TyKind::Var(_))), _) => self.node(arg.value, Use::Escape),
                (Some((Take::Read, _)), _) => self.node(arg.value, Use::Look),
                (Some((_, TyKind::Iter(_))), _) if !is_lazy => self.node(arg.value, Use::Look),
                _ => self.node(arg.value, Use::Escape),
            }
        }
        let at = self.tick();
        changed.into_iter().for_each(|local| self.row(local).changes.push(at));
    }
}

/// Operations that only look at a container.
fn looks(op: Op) -> bool {
    match op {
        Op::ListOp(op) => op != ListOp::New,
        Op::DictOp(op) => op != DictOp::New,
        Op::SetOp(op) => op != SetOp::New,
        Op::CmpOp(_) | Op::StrOp(_) | Op::IntOp(_) | Op::FloatOp(_) => true,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::filled;
    use batuta_core::Typed;
    use batuta_core::text::parse_body;

    fn names(text: &str) -> Vec<&'static str> {
        let body = parse_body::<Typed>(text).unwrap_or_else(|error| panic!("{error}\n{text}"));
        let mut names: Vec<_> =
            filled(&body).into_iter().map(|local| body.locals[local].name.as_str()).collect();
        names.sort_unstable();
        names
    }

    #[test]
    fn made_then_handed_out() {
        let text = "fn @f(%xs: list<int>) -> list<list<int>> {\n  var %out: list<list<int>>\n  var %row: list<int>\n  var %i: int\n  set place %out = list.new(): list<list<int>>\n  for place %i in iter.of(%xs) {\n    set place %row = list.new(): list<int>\n    lib:list.append(%row, %i)\n    lib:list.append(%out, %row)\n  }\n  return %out\n}\n";
        assert_eq!(names(text), ["out", "row"]);
    }

    #[test]
    fn handed_out_while_it_changes() {
        let text = "fn @f(%xs: list<int>) -> list<list<int>> {\n  var %out: list<list<int>>\n  var %row: list<int>\n  var %i: int\n  set place %out = list.new(): list<list<int>>\n  set place %row = list.new(): list<int>\n  for place %i in iter.of(%xs) {\n    lib:list.append(%row, %i)\n    lib:list.append(%out, %row)\n  }\n  return %out\n}\n";
        assert_eq!(names(text), ["out"]);
    }
}
