//! Calls: arguments in the types of the parameters.

use super::*;

impl Parser {
    /// `callee(..)` behind the callee.
    pub(super) fn call(&mut self, callee: Expr) -> Parsed<Expr> {
        self.expect("(")?;
        let mut given = Vec::new();
        while !self.is(")") {
            given.push(self.assignment()?);
            if !self.eat(",") {
                break;
            }
        }
        self.expect(")")?;
        let pos = callee.pos.to(self.before());
        let callee = self.rvalue(callee);
        let Some(ty) = callee.ty.func().cloned() else {
            if let ExprKind::Hole(_) = callee.kind {
                return Ok(callee);
            }
            self.issue(codes::TYPE, pos, "what is called is no function");
            return Err(Stop);
        };
        Ok(self.call_of(callee, &ty, given, pos))
    }

    pub(super) fn call_of(&mut self, callee: Expr, ty: &Rc<FuncTy>, given: Vec<Expr>, pos: Pos) -> Expr {
        let count = ty.params.len();
        if given.len() < count || given.len() > count && !ty.variadic && !ty.open {
            self.issue(codes::TYPE, pos, format!("{count} arguments are needed, {} were given", given.len()));
            return Expr::new(ExprKind::Hole("a call".to_owned()), ty.ret.clone(), pos);
        }
        let (mut args, mut rest) = (Vec::new(), Vec::new());
        for (index, arg) in given.into_iter().enumerate() {
            match ty.params.get(index) {
                Some(param) => {
                    let arg = self.assigned(arg, param);
                    args.push(arg);
                }
                None => {
                    let arg = self.default_promoted(arg);
                    if ty.variadic { rest.push(arg) } else { args.push(arg) }
                }
            }
        }
        Expr::new(ExprKind::Call { callee: callee.boxed(), args, rest }, ty.ret.clone(), pos)
    }

    /// What an argument without a parameter becomes.
    fn default_promoted(&mut self, of: Expr) -> Expr {
        let of = self.rvalue(of);
        if of.ty == CTy::Float {
            return self.cast(of, &CTy::Double);
        }
        self.promote(of)
    }
}
