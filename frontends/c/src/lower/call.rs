//! Calls: own functions, the library, function pointers, variable arguments.

use super::func::Lower;
use super::link::{Target, pointee, pointer};
use crate::tree::*;
use batuta_base::Name;
use batuta_core::{Arg, Callee, Mode, Node, NodeId, PtrOp, Ty, TyKind};

/// Library functions that do not come back.
const NEVER: &[&str] = &["exit", "Exit", "quick_exit", "abort", "assert_fail", "longjmp"];

impl Lower<'_> {
    pub(super) fn call(&mut self, callee: &Expr, args: &[Expr], rest: &[Expr], of: &Expr) -> NodeId {
        let ty = self.ty(&of.ty);
        let ExprKind::Func(id) = &callee.kind else { return self.pointer_call(callee, args, rest, of) };
        let row = &self.unit.tree.funcs[*id as usize];
        let target = self.linked.funcs[self.index][*id as usize].clone();
        match target {
            Target::Own(path) => {
                let (params, ret) = self.linked.signatures[&path].clone();
                let is_variadic = params.last().is_some_and(|ty| *ty == Ty::lib("c.Args", []));
                let own = params.len() - usize::from(is_variadic);
                if args.len() < own || args.len() > own && !is_variadic {
                    return self.hole(of.pos, "a call with another number of arguments");
                }
                let mut given = Vec::new();
                for (arg, param) in args.iter().take(own).zip(&params) {
                    let value = self.value(arg);
                    given.push(self.convert(value, *param));
                }
                if is_variadic {
                    let all: Vec<&Expr> = args.iter().skip(own).chain(rest).collect();
                    given.push(self.rest_args(&all));
                }
                let node = self.call_node(Callee::Fn(path), given, ret);
                self.convert(node, ty)
            }
            Target::Library(name) => self.library_call(&name, args, rest, ty, of, row.ty.variadic),
            Target::Missing => self.missing(row.name, of.pos),
        }
    }

    fn call_node(&mut self, callee: Callee, args: Vec<NodeId>, ty: Ty) -> NodeId {
        let args = args.into_iter().map(Arg::positional).collect();
        self.body.node(Node::Call { callee, args }, ty, self.origin)
    }

    /// The arguments behind the parameters, in an object of their own.
    fn rest_args(&mut self, rest: &[&Expr]) -> NodeId {
        let values: Vec<NodeId> = rest.iter().map(|arg| self.value(arg)).collect();
        self.body.op(PtrOp::Args, values, Ty::lib("c.Args", []), self.origin)
    }

    fn library_call(
        &mut self,
        name: &str,
        args: &[Expr],
        rest: &[Expr],
        ty: Ty,
        of: &Expr,
        is_variadic: bool,
    ) -> NodeId {
        if matches!(name, "setjmp" | "longjmp" | "signal" | "raise") {
            return self.hole(of.pos, &format!("`{name}`"));
        }
        let mut given: Vec<NodeId> = args.iter().map(|arg| self.value(arg)).collect();
        if is_variadic {
            let all: Vec<&Expr> = rest.iter().collect();
            given.push(self.rest_args(&all));
        }
        let ty = if NEVER.contains(&name) { Ty::never() } else { ty };
        self.call_node(Callee::Lib(Name::new(&format!("c.{name}"))), given, ty)
    }

    fn pointer_call(&mut self, callee: &Expr, args: &[Expr], rest: &[Expr], of: &Expr) -> NodeId {
        let ty = self.ty(&of.ty);
        let Some(func) = callee.ty.func().cloned() else { return self.hole(of.pos, "this call") };
        let mut target = self.value(callee);
        let mut given: Vec<NodeId> = args.iter().map(|arg| self.value(arg)).collect();
        if func.variadic {
            let all: Vec<&Expr> = rest.iter().collect();
            given.push(self.rest_args(&all));
        }
        if func.open {
            // Nothing is known of the parameters: the arguments say.
            let params: Vec<Ty> = given.iter().map(|arg| self.body.ty(*arg)).collect();
            target = self.convert(target, pointer(Ty::func(params, ty)));
        }
        if given.len() > 8 {
            return self.hole(of.pos, "a call of a pointer with more than eight arguments");
        }
        let ret = match pointee(self.body.ty(target)).kind() {
            TyKind::Func(_, ret) => *ret,
            _ => ty,
        };
        self.call_node(Callee::Value(target), given, ret)
    }

    pub(super) fn varargs(&mut self, of: &Expr, ty: Ty) -> NodeId {
        let (name, args) = match &of.kind {
            ExprKind::VaStart(list) => {
                let Some(rest) = self.rest else { return self.hole(of.pos, "`va_start` outside of a variadic function") };
                let list = self.list_pointer(list);
                let rest = self.body.use_local(rest, Mode::Copy, self.origin);
                ("va_start", vec![list, rest])
            }
            ExprKind::VaArg(list) => ("va_arg", vec![self.list_pointer(list)]),
            ExprKind::VaCopy(to, from) => {
                let to = self.list_pointer(to);
                ("va_copy", vec![to, self.list_pointer(from)])
            }
            // Nothing is left to do.
            ExprKind::VaEnd(_) => return self.zero(Ty::unit()),
            _ => return self.zero(ty),
        };
        self.call_node(Callee::Lib(Name::new(&format!("c.{name}"))), args, ty)
    }

    fn list_pointer(&mut self, list: &Expr) -> NodeId {
        let at = self.value(list);
        self.convert(at, pointer(Ty::lib("c.VaList", [])))
    }
}
