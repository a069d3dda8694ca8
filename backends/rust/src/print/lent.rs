//! Lists that are copied to be looked at: what is copied is a reference already.

use super::Printer;
use crate::tree::Expr;
use batuta_core::{BlockId, Body, IterOp, ListOp, Mir, Mode, Node, NodeId, ObjOp, Op, Pat, StmtKind, TyKind};

impl Printer<'_, '_> {
    /// `[*args]` of a slice that is only lent: the slice itself.
    pub(crate) fn lent_slice(&mut self, list: NodeId) -> Option<Expr> {
        let Node::Op { op: Op::ListOp(ListOp::New), args, .. } = &self.body.nodes[list].kind else {
            return None;
        };
        let [part] = args[..] else { return None };
        let Node::Op { op: Op::ObjOp(ObjOp::Splat), args, .. } = &self.body.nodes[part].kind else {
            return None;
        };
        let Node::Op { op: Op::IterOp(IterOp::Cloned | IterOp::Copied), args, .. } =
            &self.body.nodes[args[0]].kind
        else {
            return None;
        };
        let Node::Use(place, Mode::Copy) = &self.body.nodes[args[0]].kind else { return None };
        let local = place.as_local()?;
        let is_slice = matches!(self.body.locals[local].ty.kind(), TyKind::Ref(inner) if matches!(inner.kind(), TyKind::List(_)));
        is_slice.then(|| self.expr(args[0]))
    }

    /// Whether a block may change what is behind a reference.
    pub(crate) fn changes_places(&self, block: BlockId) -> bool {
        let mut found = false;
        self.body.walk_block(block, &mut |node| {
            found |= matches!(self.body.nodes[node].kind, Node::Use(_, Mode::Mut | Mode::Take));
        });
        self.body.walk_stmts(block, &mut |stmt| {
            found |= match &stmt.kind {
                StmtKind::Set { target: Pat::Place(place), .. } => !place.proj.is_empty(),
                StmtKind::Update { place, .. } => !place.proj.is_empty(),
                StmtKind::Del(_) => true,
                _ => false,
            };
        });
        found
    }
}

/// `&rows.at(0).to_vec()` where the function looks at the list: what is copied is a reference already.
pub(super) fn lend_lists(callee: &Body<Mir>, parts: &mut [Expr]) {
    if parts.iter().any(|part| matches!(part, Expr::Unary("&mut ", _))) {
        return;
    }
    let changes_receiver = callee.has_receiver()
        && callee
            .params
            .first()
            .is_some_and(|param| matches!(callee.locals[param.local].ty.kind(), TyKind::RefMut(_)));
    let receiver = parts.first().map(|part| format!("{part:?}")).unwrap_or_default();
    for (part, param) in parts.iter_mut().zip(&callee.params) {
        let is_slice = matches!(callee.locals[param.local].ty.kind(), TyKind::Ref(inner) if matches!(inner.kind(), TyKind::List(_)));
        let Expr::Unary("&", copy) = part else { continue };
        if let (true, Expr::Method(list, name, none)) = (is_slice, &**copy)
            && name == "to_vec"
            && none.is_empty()
            && let Expr::Method(owner, at, _) = &**list
            && at == "at"
            && let Expr::Atom(owner) | Expr::Lazy(owner) = &**owner
            && !(changes_receiver && crate::plain::mentions(&receiver, owner))
        {
            *part = (**list).clone();
        }
    }
}

/// `for v in row.to_vec()` copies an item at a time where nothing changes the row meanwhile.
pub(super) fn lent_copy(iter: Expr) -> Expr {
    match iter {
        Expr::Method(row, name, none)
            if name == "to_vec"
                && none.is_empty()
                && matches!(&*row, Expr::Atom(text) if !text.contains("::")) =>
        {
            row.method("iter", vec![]).method("cloned", vec![])
        }
        iter => iter,
    }
}

/// `|x| f(x)` is `f`.
pub(super) fn called_by_itself(expr: Expr) -> Expr {
    let Expr::Closure(closure) = &expr else { return expr };
    match &*closure.body {
        Expr::Call(function, args) => match (&**function, &args[..]) {
            (Expr::Atom(path), [Expr::Atom(arg)]) if *arg == closure.params => Expr::Atom(path.clone()),
            _ => expr,
        },
        _ => expr,
    }
}
