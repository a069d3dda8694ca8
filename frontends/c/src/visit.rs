//! Walking trees.

use crate::tree::*;

impl Expr {
    /// Calls `f` for each direct operand.
    pub fn for_each_child<'a>(&'a self, f: &mut dyn FnMut(&'a Expr)) {
        use ExprKind::*;
        match &self.kind {
            Int(..) | Float(_) | LabelAddr(_) | Str(_) | Local(_) | Global(_) | Func(_) | Hole(_)
            | StmtExpr(_) | Compound(..) => {}
            Deref(a)
            | Member(a, ..)
            | Neg(a)
            | BitNot(a)
            | Not(a)
            | Cast(a)
            | Addr(a)
            | Decay(a)
            | VaStart(a)
            | VaArg(a)
            | VaEnd(a) => f(a),
            Step { of, .. } => f(of),
            Binary(_, a, b)
            | Compare(_, a, b)
            | And(a, b)
            | Or(a, b)
            | PtrAdd(a, b)
            | PtrDiff(a, b)
            | Assign(a, b)
            | Update(_, _, a, b)
            | Elvis(a, b)
            | Comma(a, b)
            | VaCopy(a, b) => {
                f(a);
                f(b);
            }
            Cond(a, b, c) => {
                f(a);
                f(b);
                f(c);
            }
            Call { callee, args, rest } => {
                f(callee);
                args.iter().chain(rest).for_each(f);
            }
        }
    }
}

impl Init {
    /// Calls `f` for each expression.
    pub fn for_each_expr<'a>(&'a self, f: &mut dyn FnMut(&'a Expr)) {
        match self {
            Init::Expr(value) => f(value),
            Init::Array(items) => items.values().for_each(|init| init.for_each_expr(f)),
            Init::Record(fields) => fields.values().for_each(|init| init.for_each_expr(f)),
            Init::Text(_) => {}
        }
    }
}

impl Stmt {
    /// Calls `f` for each statement directly inside this one.
    pub fn for_each_stmt<'a>(&'a self, f: &mut dyn FnMut(&'a Stmt)) {
        use StmtKind::*;
        match &self.kind {
            Block(stmts) | Group(stmts) => stmts.iter().for_each(f),
            If(_, then, els) => {
                f(then);
                els.iter().for_each(|els| f(els));
            }
            While(_, body)
            | Do(body, _)
            | Switch(_, body)
            | Case(_, _, body)
            | Default(body)
            | Label(_, body) => f(body),
            For(init, _, _, body) => {
                init.iter().for_each(|init| f(init));
                f(body);
            }
            _ => {}
        }
    }

    /// Calls `f` for each expression directly in this statement.
    pub fn for_each_expr<'a>(&'a self, f: &mut dyn FnMut(&'a Expr)) {
        use StmtKind::*;
        match &self.kind {
            Expr(value)
            | GotoPtr(value)
            | If(value, ..)
            | While(value, _)
            | Do(_, value)
            | Switch(value, _) => f(value),
            Return(value) => value.iter().for_each(f),
            Decl(_, init) => init.iter().for_each(|init| init.for_each_expr(f)),
            For(_, cond, step, _) => cond.iter().chain(step).for_each(f),
            _ => {}
        }
    }

    /// Whether a statement in this one, itself included, fulfils the test; bodies of statement expressions count.
    pub fn any(&self, test: &mut dyn FnMut(&Stmt) -> bool) -> bool {
        if test(self) {
            return true;
        }
        let mut found = false;
        self.for_each_stmt(&mut |inner| found = found || inner.any(test));
        self.for_each_expr(&mut |expr| found = found || expr.any_stmt(test));
        found
    }
}

impl Expr {
    fn any_stmt(&self, test: &mut dyn FnMut(&Stmt) -> bool) -> bool {
        let mut found = match &self.kind {
            ExprKind::StmtExpr(body) => body.any(test),
            _ => false,
        };
        if let ExprKind::Compound(_, init) = &self.kind {
            init.for_each_expr(&mut |expr| found = found || expr.any_stmt(test));
        }
        self.for_each_child(&mut |child| found = found || child.any_stmt(test));
        found
    }
}
