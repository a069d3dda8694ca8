//! Counting loops: `for (int i = a; i < b; i++)` becomes `for i in a..b` where nothing else moves `i` or `b`.

use super::func::{Home, Lower};
use crate::tree::*;
use batuta_core::{self as core, Node, NodeId, Pat};

/// A loop over a range of whole numbers.
pub(super) struct Range {
    var: VarId,
    from: NodeId,
    to: NodeId,
    inclusive: bool,
}

impl Lower<'_> {
    /// The range that a loop counts through, if it is such a loop.
    pub(super) fn counted(
        &mut self,
        init: Option<&Stmt>,
        cond: Option<&Expr>,
        step: Option<&Expr>,
        body: &Stmt,
    ) -> Option<Range> {
        let StmtKind::Group(decls) = &init?.kind else { return None };
        let [Stmt { kind: StmtKind::Decl(var, Some(Init::Expr(from))), .. }] = decls.as_slice() else {
            return None;
        };
        let of = self.var(*var);
        let (ExprKind::Compare(op, left, to), ExprKind::Step { of: stepped, down: false, .. }) =
            (&cond?.kind, &step?.kind)
        else {
            return None;
        };
        let is_var = |of: &Expr| matches!(&of.kind, ExprKind::Local(id) if id == var);
        let inclusive = match op {
            CmpOp::Lt => false,
            CmpOp::Le => true,
            _ => return None,
        };
        // Nothing is converted between the counter and its end.
        let holds = is_var(left)
            && is_var(stepped)
            && of.ty.is_integer()
            && of.ty == to.ty
            && of.ty == of.ty.promoted()
            && !self.wants_memory(*var)
            && self.machine.is_none()
            && self.is_fixed(to, body)
            && !assigns(body, *var);
        if !holds || self.hoisted.contains(var) {
            return None;
        }
        let (from, to) = (self.value(from), self.value(to));
        Some(Range { var: *var, from, to, inclusive })
    }

    /// Whether a body leaves the value of an expression as it is.
    fn is_fixed(&self, of: &Expr, body: &Stmt) -> bool {
        match &of.kind {
            ExprKind::Int(..) => true,
            ExprKind::Local(id) => !self.wants_memory(*id) && !assigns(body, *id),
            ExprKind::Binary(_, a, b) => self.is_fixed(a, body) && self.is_fixed(b, body),
            ExprKind::Cast(inner) => self.is_fixed(inner, body),
            _ => false,
        }
    }

    pub(super) fn range_loop(&mut self, range: Range, body: &Stmt) {
        let origin = self.origin;
        let var = self.var(range.var);
        let ty = self.ty(&var.ty);
        let local = self.body.local(var.name.as_str(), ty, origin);
        self.homes.insert(range.var, Home::Native(local));
        let op = core::Node::Op {
            op: core::RangeOp::New.into(),
            attr: core::Attr::Int(i64::from(range.inclusive)),
            args: {
                let one = self.int(1, ty);
                vec![range.from, range.to, one]
            },
        };
        let iter = self.body.node(op, core::Ty::new(core::TyKind::Range), origin);
        let (block, label) = self.loop_body(body);
        self.origin = origin;
        self.push_node(Node::For { label, pat: Pat::Bind(local, None), iter, body: block, els: None });
    }
}

/// Whether a statement assigns a variable.
fn assigns(stmt: &Stmt, var: VarId) -> bool {
    let mut found = false;
    stmt.for_each_expr(&mut |expr| found = found || assigned_in(expr, var));
    stmt.for_each_stmt(&mut |inner| found = found || assigns(inner, var));
    found
}

fn assigned_in(of: &Expr, var: VarId) -> bool {
    let is_var = |of: &Expr| matches!(&of.kind, ExprKind::Local(id) if *id == var);
    let mut found = match &of.kind {
        ExprKind::Assign(left, _) | ExprKind::Update(_, _, left, _) => is_var(left),
        ExprKind::Step { of, .. } => is_var(of),
        ExprKind::StmtExpr(body) => assigns(body, var),
        ExprKind::Compound(_, init) => {
            let mut inner = false;
            init.for_each_expr(&mut |expr| inner = inner || assigned_in(expr, var));
            inner
        }
        _ => false,
    };
    of.for_each_child(&mut |child| found = found || assigned_in(child, var));
    found
}
