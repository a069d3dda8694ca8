//! Text that stays a literal: names for constants, and displays that a loop only reads.
//!
//! before (Typed)                                after (Mir)
//!   set place %unit = if %big { "MB" } else { "B" }     let %unit: &str = if copy %big { "MB" } else { "B" }
//!   for place %word in iter.of(list.new("a", "b"))      for %word: &str in iter.into(list.new("a", "b"))
//!
//! Holds back when the text is changed in place, is captured, or may be without value.

use crate::access::{Accesses, Event, Kind};
use crate::body::{Own, Want};
use crate::iter::Form;
use crate::live::Liveness;
use batuta_base::{FxHashMap, FxHashSet, Origin};
use batuta_core::*;

/// Whether every value of a node is a text of the source.
pub fn gives_text(body: &Body<Typed>, node: NodeId) -> bool {
    let tail = |block: BlockId| body.blocks[block].tail.is_some_and(|tail| gives_text(body, tail));
    match &body.nodes[node].kind {
        Node::Const(Const::Str(_)) => true,
        Node::If { then, els: Some(els), .. } => tail(*then) && tail(*els),
        Node::Match { arms, .. } => arms.iter().all(|arm| tail(arm.body)),
        _ => false,
    }
}

/// Locals that only ever hold texts of the source.
pub fn literals(body: &Body<Typed>, live: &Liveness, all: &Accesses) -> FxHashSet<LocalId> {
    let mut out: FxHashMap<LocalId, (usize, bool)> = FxHashMap::default();
    for (local, value, _) in &all.defs {
        let (count, is_text) = out.entry(*local).or_insert((0, true));
        *count += 1;
        *is_text &= value.is_some_and(|value| gives_text(body, value));
    }
    // What a function of the program changes is a text of its own.
    let is_changed = |event: &&Event| {
        event.kind.changes() && !event.path.is_empty() || matches!(event.kind, Kind::Mut | Kind::LendMut)
    };
    for event in all.events.iter().filter(is_changed) {
        out.remove(&event.root);
    }
    let tried = has_try(body);
    let is_param = |local: &LocalId| body.params.iter().any(|param| param.local == *local);
    out.into_iter()
        .filter(|(local, (count, is_text))| {
            *is_text
                && (*count == 1 || !tried)
                && *body.locals[*local].ty.kind() == TyKind::Str
                && !is_param(local)
                && !live.captured.contains(local)
                && !live.maybe_unbound.contains(local)
                && !live.by_loops.contains(local)
        })
        .map(|(local, _)| local)
        .collect()
}

fn has_try(body: &Body<Typed>) -> bool {
    body.nodes.iter().any(|(_, row)| matches!(row.kind, Node::Try { .. }))
}

/// The pattern of each loop and clause, by its source.
pub fn patterns(body: &Body<Typed>) -> FxHashMap<NodeId, &Pat> {
    let mut out = FxHashMap::default();
    for (_, row) in body.nodes.iter() {
        match &row.kind {
            Node::For { pat, iter, .. } => {
                out.insert(*iter, pat);
            }
            Node::Seq { clauses, .. } => {
                for clause in clauses {
                    if let Clause::For { pat, iter } = clause {
                        out.insert(*iter, pat);
                    }
                }
            }
            _ => {}
        }
    }
    out
}

/// Whether a loop reads a display of texts, or of tuples that hold texts and other constants.
pub fn reads_texts(body: &Body<Typed>, source: NodeId, pat: &Pat) -> bool {
    match &body.nodes[source].kind {
        Node::Op { op: Op::IterOp(IterOp::Of), args, .. } => reads_texts(body, args[0], pat),
        Node::Call { callee: Callee::Lib(name), args } if name.as_str().starts_with("builtins.enumerate") => {
            matches!(pat, Pat::Tuple(parts) if parts.len() == 2 && reads_texts(body, args[0].value, &parts[1]))
        }
        _ => match (display(body, source), pat) {
            (Some(Display::Texts), pat) => is_leaf(pat),
            (Some(Display::Tuples(columns)), Pat::Tuple(parts)) => {
                parts.len() == columns.len()
                    && columns.iter().zip(parts).all(|(is_text, part)| !is_text || is_leaf(part))
            }
            _ => false,
        },
    }
}

fn is_leaf(pat: &Pat) -> bool {
    match pat {
        Pat::Bind(_, None) | Pat::Wild => true,
        Pat::Place(place) => place.as_local().is_some(),
        _ => false,
    }
}

enum Display {
    Texts,
    /// Which columns are texts.
    Tuples(Vec<bool>),
}

fn display(body: &Body<Typed>, node: NodeId) -> Option<Display> {
    let Node::Op { op: Op::ListOp(ListOp::New) | Op::TupleOp(TupleOp::New), args, .. } =
        &body.nodes[node].kind
    else {
        return None;
    };
    let is_text = |node: NodeId| matches!(body.nodes[node].kind, Node::Const(Const::Str(_)));
    if matches!(body.ty(node).kind(), TyKind::Shared(_)) || args.is_empty() {
        return None;
    }
    if args.iter().all(|arg| is_text(*arg)) {
        return Some(Display::Texts);
    }
    let rows: Vec<&[NodeId]> = args.iter().filter_map(|arg| tuple(body, *arg)).collect();
    let width = rows.first()?.len();
    let fits = rows.len() == args.len()
        && rows.iter().all(|row| row.len() == width && row.iter().all(|cell| is_constant(body, *cell)));
    let columns: Vec<bool> = (0..width).map(|at| fits && rows.iter().all(|row| is_text(row[at]))).collect();
    columns.contains(&true).then_some(Display::Tuples(columns))
}

fn tuple(body: &Body<Typed>, node: NodeId) -> Option<&[NodeId]> {
    match &body.nodes[node].kind {
        Node::Op { op: Op::TupleOp(TupleOp::New), args, .. } => Some(args),
        _ => None,
    }
}

fn is_constant(body: &Body<Typed>, node: NodeId) -> bool {
    match &body.nodes[node].kind {
        Node::Const(_) => true,
        Node::Op { op, args, .. } => {
            !matches!(op, Op::ObjOp(_)) && args.iter().all(|arg| is_constant(body, *arg))
        }
        _ => false,
    }
}

impl Own<'_> {
    /// A display whose texts are read as they stand.
    pub fn literal_items(&mut self, source: NodeId, origin: Origin) -> Option<(NodeId, Form)> {
        let found = display(self.src, source)?;
        let Node::Op { args, .. } = &self.src.nodes[source].kind else { return None };
        let columns = match found {
            Display::Texts => {
                let items = args.iter().map(|arg| self.node(*arg, Want::Ref)).collect();
                let item = Ty::str().reference();
                let list = self.out.op(ListOp::New, items, Ty::list(item), origin);
                return Some((self.iter_op(IterOp::Into, list, item, origin), Form::Ref));
            }
            Display::Tuples(columns) => columns,
        };
        let kids = self.src.ty(args[0]).strip_ref().children();
        let part = |(is_text, ty): (&bool, &Ty)| if *is_text { ty.reference() } else { *ty };
        let item = Ty::tuple(columns.iter().zip(&kids).map(part));
        let mut items = Vec::new();
        for arg in args {
            let cells = tuple(self.src, *arg).unwrap_or_default().iter().enumerate();
            let cells = cells.map(|(at, cell)| match columns[at] {
                true => self.node(*cell, Want::Ref),
                false => self.element(*cell, kids[at]),
            });
            let cells = cells.collect();
            items.push(self.out.op(TupleOp::New, cells, item, origin));
        }
        let list = self.out.op(ListOp::New, items, Ty::list(item), origin);
        let form = |is_text: &bool| if *is_text { Form::Ref } else { Form::Owned };
        let forms = Form::Tuple(columns.iter().map(form).collect());
        Some((self.iter_op(IterOp::Into, list, item, origin), forms))
    }
}
