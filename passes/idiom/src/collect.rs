//! A loop that only fills a container, or only adds up, is a comprehension.
//!
//! before                                                  after
//!   let mut %out: list<i64> = list.new()                    let %out: list<i64> = seq list(for %x: i64 in .. => int.mul(copy %x, 2))
//!   for %x: i64 in iter.copied(copy %xs) {
//!     lib:list.append(mut %out, int.mul(copy %x, 2))
//!   }
//!
//! The same for sets, dicts and sums of ints; the printer writes `collect()` and `sum()`. Holds back when the body
//! has comments, or statements that do more than compute an item in a loop of its own; where the values look at
//! the container or change something; for sources that change or are used up elsewhere, and for calls of the
//! program's own code in programs with handlers: they could see what was filled before an error.

use crate::same::{each_node_place, int};
use batuta_core::*;
use std::sync::Arc;

/// Runs over a program.
pub(crate) fn collect(program: &mut Program<Mir>) {
    let handles = |body: &Body<Mir>| {
        body.nodes.iter().any(|(_, row)| matches!(row.kind, Node::Try { .. } | Node::With { .. }))
    };
    let may_call = !program.fns.values().any(|body| handles(body));
    program.fns.values_mut().for_each(|body| loops(Arc::make_mut(body), may_call));
}

fn loops(body: &mut Body<Mir>, may_call: bool) {
    // Inner loops first: a row that is a comprehension is a value of the outer one.
    for block in crate::same::blocks(body).into_iter().rev() {
        let mut index = 0;
        while index + 1 < body.blocks[block].stmts.len() {
            if let Some(fill) = fill(body, block, index, may_call) {
                rewrite(body, block, index, fill);
            }
            index += 1;
        }
    }
}

/// A container that starts empty, and what the loop below it puts in.
struct Fill {
    out: LocalId,
    clauses: Vec<Clause>,
    sink: Sink,
}

fn fill(body: &Body<Mir>, block: BlockId, index: usize, may_call: bool) -> Option<Fill> {
    let [first, second, ..] = &body.blocks[block].stmts[index..] else { return None };
    let (StmtKind::Let { pat: Pat::Bind(out, None), value: Some(start) }, StmtKind::Expr(node)) =
        (&first.kind, &second.kind)
    else {
        return None;
    };
    let Node::For { label: None, pat, iter, body: inside, els: None } = &body.nodes[*node].kind else {
        return None;
    };
    let is_plain = second.above.is_empty() && second.beside.is_none() && first.beside.is_none();
    let looks_in = names(body, *iter, *out);
    if !is_plain || looks_in || !stays(body, *iter, may_call) || !binds_plainly(body, pat) {
        return None;
    }
    if let Some(sink) = computed(body, *inside, *out, *start, pat, may_call) {
        let clauses = vec![Clause::For { pat: pat.clone(), iter: *iter }];
        return Some(Fill { out: *out, clauses, sink });
    }
    let mut conds = Vec::new();
    let (named, stmt) = innermost(body, *inside, &mut conds)?;
    let sink = with_value(body, named, sink(body, stmt, *out, *start)?)?;
    // An assignment computes the value before the key, a tuple in a chain after it.
    if let Sink::Dict(key, value) = sink
        && (acts(body, value) && !is_whole(body, key) || acts(body, key) && !is_whole(body, value))
    {
        return None;
    }
    let item = *body.ty(*iter).children().first()?;
    let is_copied = |item: Ty| match item.kind() {
        TyKind::Tuple(parts) => {
            parts.iter().all(|part| part.is_copy() || matches!(part.kind(), TyKind::Ref(_)))
        }
        _ => item.is_copy(),
    };
    let can_filter = conds.is_empty() || is_copied(item) || matches!(pat, Pat::Bind(..));
    let mut inner: Vec<NodeId> = conds.clone();
    inner.extend(sink.nodes());
    // `n += 1` counts; a chain can say so where its items have a name.
    let counts = matches!(sink, Sink::Iter(value) if matches!(body.nodes[value].kind, Node::Const(_)));
    if counts && !matches!((&sink, pat), (Sink::Iter(value), Pat::Bind(..)) if int(body, *value) == Some(1)) {
        return None;
    }
    if !can_filter || !inner.iter().all(|node| fits(body, *node, *out, pat, may_call)) {
        return None;
    }
    let mut clauses = vec![Clause::For { pat: pat.clone(), iter: *iter }];
    clauses.extend(conds.into_iter().map(Clause::If));
    Some(Fill { out: *out, clauses, sink })
}

/// A turn that computes its item in locals of its own, and puts it into a list at its end.
fn computed(
    body: &Body<Mir>,
    block: BlockId,
    out: LocalId,
    start: NodeId,
    pat: &Pat,
    may_call: bool,
) -> Option<Sink> {
    let row = &body.blocks[block];
    let (last, before) = row.stmts.split_last()?;
    let has_loop = |stmt: &Stmt| matches!(stmt.kind, StmtKind::Expr(node) if matches!(body.nodes[node].kind, Node::For { .. }));
    let is_plain =
        row.tail.is_none() && row.end_comments.is_empty() && last.above.is_empty() && last.beside.is_none();
    if !is_plain || !before.iter().any(has_loop) {
        return None;
    }
    let Sink::List(item) = sink(body, &last.kind, out, start)? else { return None };
    let mut own = Vec::new();
    pat.for_each_local(&mut |local| own.push(local));
    let fine = before.iter().all(|stmt| computes(body, stmt, &mut own, out, may_call));
    (fine && fits_with(body, item, out, &own, may_call)).then_some(Sink::List(item))
}

/// A statement that changes nothing but locals of its own turn, and stays in it.
fn computes(body: &Body<Mir>, stmt: &Stmt, own: &mut Vec<LocalId>, out: LocalId, may_call: bool) -> bool {
    match &stmt.kind {
        StmtKind::Let { pat: pat @ Pat::Bind(local, None), value: Some(value) } => {
            let fine = body.locals[*local].ty.is_copy() && fits_with(body, *value, out, own, may_call);
            pat.for_each_local(&mut |local| own.push(local));
            fine
        }
        StmtKind::Set { target: Pat::Place(place), value } | StmtKind::Update { place, value, .. } => {
            place.as_local().is_some_and(|local| own.contains(&local))
                && fits_with(body, *value, out, own, may_call)
        }
        StmtKind::Expr(node) => match &body.nodes[*node].kind {
            Node::For { label: None, pat, iter, body: inside, els: None } => {
                pat.for_each_local(&mut |local| own.push(local));
                fits_with(body, *iter, out, own, may_call) && all_compute(body, *inside, own, out, may_call)
            }
            Node::If { cond, then, els } => {
                fits_with(body, *cond, out, own, may_call)
                    && all_compute(body, *then, own, out, may_call)
                    && els.is_none_or(|els| all_compute(body, els, own, out, may_call))
            }
            _ => false,
        },
        _ => false,
    }
}

fn all_compute(
    body: &Body<Mir>,
    block: BlockId,
    own: &mut Vec<LocalId>,
    out: LocalId,
    may_call: bool,
) -> bool {
    let row = &body.blocks[block];
    row.tail.is_none() && row.stmts.iter().all(|stmt| computes(body, stmt, own, out, may_call))
}

/// A local of one turn and its value.
type Named = (LocalId, NodeId);

/// The only statement of a block, below the conditions around it, and the local that is declared before it.
fn innermost<'a>(
    body: &'a Body<Mir>,
    block: BlockId,
    conds: &mut Vec<NodeId>,
) -> Option<(Option<Named>, &'a StmtKind)> {
    let row = &body.blocks[block];
    let has_comment = |stmt: &Stmt| !stmt.above.is_empty() || stmt.beside.is_some();
    if row.tail.is_some() || !row.end_comments.is_empty() || row.stmts.iter().any(has_comment) {
        return None;
    }
    let stmt = match &row.stmts[..] {
        [stmt] => stmt,
        [Stmt { kind: StmtKind::Let { pat: Pat::Bind(local, None), value: Some(value) }, .. }, stmt] => {
            return Some((Some((*local, *value)), &stmt.kind));
        }
        _ => return None,
    };
    if let StmtKind::Expr(node) = stmt.kind
        && let Node::If { cond, then, els: None } = body.nodes[node].kind
    {
        conds.push(cond);
        return innermost(body, then, conds);
    }
    Some((None, &stmt.kind))
}

/// `let row = value; out.push(row)` puts in the value.
fn with_value(body: &Body<Mir>, named: Option<Named>, sink: Sink) -> Option<Sink> {
    let Some((local, value)) = named else { return Some(sink) };
    let is_whole = |node: NodeId| {
        let is_it = matches!(&body.nodes[node].kind, Node::Use(place, Mode::Move | Mode::Copy) if place.as_local() == Some(local));
        is_it && crate::same::uses(body, local) == 1 && body.ty(value) == body.ty(node)
    };
    match sink {
        Sink::List(node) if is_whole(node) => Some(Sink::List(value)),
        Sink::Set(node) if is_whole(node) => Some(Sink::Set(value)),
        Sink::Iter(node) if is_whole(node) => Some(Sink::Iter(value)),
        Sink::Dict(key, node) if is_whole(node) && crate::same::is_quiet(body, key) => {
            Some(Sink::Dict(key, value))
        }
        _ => None,
    }
}

/// What one turn puts into the container.
fn sink(body: &Body<Mir>, stmt: &StmtKind, out: LocalId, start: NodeId) -> Option<Sink> {
    let is_out = |node: NodeId| matches!(&body.nodes[node].kind, Node::Use(place, Mode::Mut) if place.as_local() == Some(out));
    let starts = |op: Op| matches!(&body.nodes[start].kind, Node::Op { op: made, args, .. } if *made == op && args.is_empty());
    let kind = body.locals[out].ty.kind();
    match stmt {
        StmtKind::Expr(node) => {
            let Node::Call { callee: Callee::Lib(name), args } = &body.nodes[*node].kind else { return None };
            let [list, item] = &args[..] else { return None };
            let item = item.value;
            let is_item = is_out(list.value) && !matches!(body.ty(item).kind(), TyKind::Ref(_));
            match (name.as_str().split('#').next()?, kind) {
                ("list.append", TyKind::List(want)) if is_item && starts(ListOp::New.into()) => {
                    (*body.ty(item) == **want).then_some(Sink::List(item))
                }
                ("set.add", TyKind::Set(want)) if is_item && starts(SetOp::New.into()) => {
                    (*body.ty(item) == **want).then_some(Sink::Set(item))
                }
                _ => None,
            }
        }
        StmtKind::Set { target: Pat::Place(place), value } => {
            let [Proj::Index(key)] = place.proj[..] else { return None };
            let TyKind::Dict(want_key, want) = kind else { return None };
            let fits = place.root == Root::Local(out)
                && starts(DictOp::New.into())
                && *body.ty(key) == **want_key
                && *body.ty(*value) == **want;
            fits.then_some(Sink::Dict(key, *value))
        }
        StmtKind::Update { place, op: Op::IntOp(IntOp::Add), value } => {
            let fits = place.as_local() == Some(out)
                && int(body, start) == Some(0)
                && body.locals[out].ty == Ty::i64()
                && body.ty(*value) == Ty::i64();
            fits.then_some(Sink::Iter(*value))
        }
        _ => None,
    }
}

/// Whether an expression reads a local.
fn names(body: &Body<Mir>, node: NodeId, local: LocalId) -> bool {
    let mut found = false;
    each_node_place(body, node, &mut |place| found |= place.root == Root::Local(local));
    found
}

/// Whether an expression runs code of the program, reads or writes the world, or changes something.
fn acts(body: &Body<Mir>, node: NodeId) -> bool {
    let mut acts = false;
    body.walk(Child::Node(node), &mut |node| {
        acts |= match &body.nodes[node].kind {
            Node::Use(_, mode) => matches!(mode, Mode::Mut | Mode::Take),
            Node::Call { callee: Callee::Lib(name), args } => {
                let tys: Vec<Ty> = args.iter().map(|arg| body.ty(arg.value)).collect();
                batuta_catalog::select(name.as_str(), &tys).is_none_or(|row| row.io)
            }
            Node::Call { .. } => true,
            Node::Op { op, .. } => matches!(op.info().effect, Effect::Io | Effect::Any),
            _ => false,
        };
    });
    acts
}

/// Constants, locals and fields of tuples, and what is made of them without an error.
fn is_whole(body: &Body<Mir>, node: NodeId) -> bool {
    let mut whole = true;
    body.walk(Child::Node(node), &mut |node| {
        whole &= match &body.nodes[node].kind {
            Node::Const(_) | Node::Format(_) => true,
            Node::Use(place, mode) => {
                let is_part =
                    |proj: &Proj| matches!(proj, Proj::Field(name) if name.as_str().parse::<u32>().is_ok());
                matches!(place.root, Root::Local(_))
                    && place.proj.iter().all(|proj| is_part(proj) || *proj == Proj::Deref)
                    && *mode != Mode::Mut
            }
            Node::Op { op: Op::RsOp(op), .. } => {
                matches!(op, RsOp::Ref | RsOp::Clone | RsOp::ToOwned | RsOp::As)
            }
            Node::Op { op: Op::IntOp(IntOp::Add | IntOp::Sub | IntOp::Mul | IntOp::Neg), .. } => true,
            Node::Op { op, .. } => op.info().effect == Effect::Pure,
            _ => false,
        };
    });
    whole
}

/// A source that is read once, from its start, while nothing changes it.
fn stays(body: &Body<Mir>, iter: NodeId, may_call: bool) -> bool {
    let mut stays = true;
    body.walk(Child::Node(iter), &mut |node| {
        let row = &body.nodes[node];
        stays &= match &row.kind {
            Node::Op { op: Op::IterOp(IterOp::Live | IterOp::Mut) | Op::RsOp(RsOp::Try), .. } => false,
            Node::Use(_, mode) => !matches!(row.ty.strip_ref().kind(), TyKind::Iter(_)) && *mode != Mode::Mut,
            Node::Call { callee: Callee::Lib(name), .. } => !leaves_function(*name),
            Node::Call { .. } => may_call,
            Node::Const(_) | Node::Op { .. } | Node::Format(_) | Node::Item(_) => true,
            _ => false,
        };
    });
    stays
}

/// `e?` of Ruchy may end the function around it, which no closure can.
fn leaves_function(name: batuta_base::Name) -> bool {
    name.as_str().starts_with("ruchy.try")
}

fn binds_plainly(body: &Body<Mir>, pat: &Pat) -> bool {
    let mut plain = true;
    check(body, pat, &mut plain);
    fn check(body: &Body<Mir>, pat: &Pat, plain: &mut bool) {
        *plain &= match pat {
            Pat::Bind(local, None) => !body.locals[*local].mutable && body.locals[*local].ty.cell().is_none(),
            Pat::Tuple(_) | Pat::Ref(_) | Pat::Wild => true,
            _ => false,
        };
        pat.for_each_part(&mut |part| check(body, part, plain));
    }
    plain
}

/// A value that a closure can compute: it reads, and changes nothing but the loop's own variables.
fn fits(body: &Body<Mir>, node: NodeId, out: LocalId, pat: &Pat, may_call: bool) -> bool {
    let mut own = Vec::new();
    pat.for_each_local(&mut |local| own.push(local));
    fits_with(body, node, out, &own, may_call)
}

fn fits_with(body: &Body<Mir>, node: NodeId, out: LocalId, own: &[LocalId], may_call: bool) -> bool {
    let mut fits = true;
    body.walk(Child::Node(node), &mut |node| {
        fits &= match &body.nodes[node].kind {
            Node::Use(place, mode) => {
                let is_own = matches!(place.root, Root::Local(local) if own.contains(&local));
                is_own && *mode != Mode::Mut || !matches!(mode, Mode::Mut | Mode::Take | Mode::Move)
            }
            Node::Op { op: Op::RsOp(RsOp::Try), .. } => false,
            Node::Const(_) | Node::Op { .. } | Node::Format(_) | Node::Item(_) => true,
            Node::Call { callee: Callee::Lib(name), .. } => !leaves_function(*name),
            Node::Call { .. } => may_call,
            Node::Seq { .. } => true,
            Node::If { then, els, .. } => {
                let is_value = |block: &BlockId| {
                    body.blocks[*block].stmts.is_empty() && body.blocks[*block].tail.is_some()
                };
                is_value(then) && els.as_ref().is_some_and(is_value)
            }
            _ => false,
        };
    });
    each_node_place(body, node, &mut |place| fits &= place.root != Root::Local(out));
    fits
}

fn rewrite(body: &mut Body<Mir>, block: BlockId, index: usize, fill: Fill) {
    let origin = body.blocks[block].stmts[index].origin;
    let ty = body.locals[fill.out].ty;
    let sink = whole_turn(body, block, index, fill.sink);
    let value = match sink {
        Sink::Iter(item) => {
            if int(body, item) == Some(1)
                && let [Clause::For { pat: Pat::Bind(local, None), .. }, ..] = fill.clauses[..]
            {
                let count = counted(body, local, fill.clauses, ty, origin);
                return finish(body, block, index, fill.out, count);
            }
            let items = Ty::iter(body.ty(item));
            let seq = body.node(Node::Seq { clauses: fill.clauses, sink: Sink::Iter(item) }, items, origin);
            let callee = Callee::Lib(batuta_base::Name::new("builtins.sum"));
            body.node(Node::Call { callee, args: vec![Arg::positional(seq)] }, ty, origin)
        }
        sink => body.node(Node::Seq { clauses: fill.clauses, sink }, ty, origin),
    };
    finish(body, block, index, fill.out, value);
}

/// `seq.count() as i64`: how often the clauses, whose first loop binds `local`, give something.
pub(crate) fn counted(
    body: &mut Body<Mir>,
    local: LocalId,
    clauses: Vec<Clause>,
    ty: Ty,
    origin: batuta_base::Origin,
) -> NodeId {
    let item = body.locals[local].ty;
    let mode = if item.is_copy() || matches!(item.kind(), TyKind::Ref(_)) { Mode::Copy } else { Mode::Move };
    let each = body.use_local(local, mode, origin);
    let seq = body.node(Node::Seq { clauses, sink: Sink::Iter(each) }, Ty::iter(item), origin);
    let attr = Attr::Name(batuta_base::Name::new("count"));
    let kind = Node::Op { op: RsOp::Method.into(), attr, args: vec![seq] };
    let count = body.node(kind, Ty::usize(), origin);
    let kind = Node::Op { op: RsOp::As.into(), attr: Attr::None, args: vec![count] };
    body.node(kind, ty, origin)
}

/// What a turn computes before its item becomes part of it.
fn whole_turn(body: &mut Body<Mir>, block: BlockId, index: usize, sink: Sink) -> Sink {
    let (Sink::List(item), StmtKind::Expr(node)) = (&sink, &body.blocks[block].stmts[index + 1].kind) else {
        return sink;
    };
    let (item, Node::For { body: inside, .. }) = (*item, &body.nodes[*node].kind) else { return sink };
    let inside = *inside;
    let has_loop = |stmt: &Stmt| matches!(stmt.kind, StmtKind::Expr(node) if matches!(body.nodes[node].kind, Node::For { .. }));
    if !body.blocks[inside].stmts.iter().any(has_loop) {
        return sink;
    }
    body.blocks[inside].stmts.pop();
    body.blocks[inside].tail = Some(item);
    let (ty, origin) = (body.ty(item), body.nodes[item].origin);
    Sink::List(body.node(Node::Block { label: None, block: inside }, ty, origin))
}

/// The declaration takes the value, the loop goes.
fn finish(body: &mut Body<Mir>, block: BlockId, index: usize, out: LocalId, value: NodeId) {
    let stmts = &mut body.blocks[block].stmts;
    stmts.remove(index + 1);
    stmts[index].kind = StmtKind::Let { pat: Pat::Bind(out, None), value: Some(value) };
    body.locals[out].mutable = changes(body, out);
}

/// Whether a local is still changed after it has its value.
fn changes(body: &Body<Mir>, local: LocalId) -> bool {
    let root = Root::Local(local);
    let mut found = false;
    body.walk_block(body.root, &mut |node| {
        found |=
            matches!(&body.nodes[node].kind, Node::Use(place, Mode::Mut | Mode::Take) if place.root == root);
    });
    body.walk_stmts(body.root, &mut |stmt| {
        found |= match &stmt.kind {
            StmtKind::Set { target, .. } => writes(target, root),
            StmtKind::Update { place, .. } | StmtKind::Del(place) => place.root == root,
            _ => false,
        };
    });
    found
}

fn writes(pat: &Pat, root: Root) -> bool {
    let mut found = matches!(pat, Pat::Place(place) if place.root == root);
    pat.for_each_part(&mut |part| found |= writes(part, root));
    found
}

#[cfg(test)]
mod tests {
    use super::loops;
    use crate::tests::{check, holds_back};

    #[test]
    fn loops_that_fill() {
        check(
            |body| loops(body, true),
            "fn @f(%xs: &list<i64>) -> list<i64> {\n  let mut %out: list<i64> = list.new(): list<i64>\n  for %x: i64 in iter.copied(copy %xs) {\n    if cmp.gt(copy %x, 0) {\n      lib:list.append(mut %out, int.mul(copy %x, 2))\n    }\n  }\n  return move %out\n}\n",
            "fn @f(%xs: &list<i64>) -> list<i64> {\n  let %out: list<i64> = seq list(for %x: i64 in iter.copied(copy %xs) if cmp.gt(copy %x, 0) => int.mul(copy %x, 2))\n  return move %out\n}\n",
        );
    }

    #[test]
    fn holds_back_from_values_that_look_at_the_container() {
        holds_back(
            |body| loops(body, true),
            "fn @f(%xs: &list<i64>) -> list<i64> {\n  let mut %out: list<i64> = list.new(): list<i64>\n  for %x: i64 in iter.copied(copy %xs) {\n    lib:list.append(mut %out, list.len(ref %out))\n  }\n  return move %out\n}\n",
        );
    }
}
