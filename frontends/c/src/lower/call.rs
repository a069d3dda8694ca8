//! Calls: own functions, the library, function pointers, variable arguments.

use super::func::Lower;
use super::link::{Target, pointee, pointer};
use crate::tree::*;
use batuta_base::Name;
use batuta_core::{Arg, Callee, Mode, Node, NodeId, PtrOp, Ty, TyKind};

/// Library functions that do not come back.
const NEVER: &[&str] = &[
    "exit",
    "Exit",
    "quick_exit",
    "abort",
    "assert_fail",
    "longjmp",
    "siglongjmp",
    "err",
    "errx",
    "verr",
    "verrx",
];

/// Library functions that only compute.
pub(super) const QUIET: &[&str] = &[
    "abs",
    "acos",
    "asin",
    "atan",
    "atan2",
    "cbrt",
    "ceil",
    "cos",
    "cosh",
    "exp",
    "fabs",
    "floor",
    "fmax",
    "fmin",
    "fmod",
    "hypot",
    "isalnum",
    "isalpha",
    "isdigit",
    "islower",
    "isprint",
    "ispunct",
    "isspace",
    "isupper",
    "isxdigit",
    "labs",
    "ldexp",
    "log",
    "log10",
    "log2",
    "lround",
    "memchr",
    "memcmp",
    "pow",
    "round",
    "sin",
    "sinh",
    "sqrt",
    "stderr",
    "stdin",
    "stdout",
    "strchr",
    "strcmp",
    "strcspn",
    "strerror",
    "strlen",
    "strncmp",
    "strrchr",
    "strspn",
    "strstr",
    "tan",
    "tanh",
    "tolower",
    "toupper",
    "trunc",
    "popcount",
    "clz",
    "ctz",
    "errno_location",
];

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
                if args.len() < own || args.len() > own && !is_variadic && !row.ty.open {
                    return self.hole(of.pos, "a call with another number of arguments");
                }
                let all: Vec<&Expr> = args.iter().chain(rest).collect();
                let values = self.arguments(&all);
                let mut given: Vec<NodeId> = values
                    .iter()
                    .zip(&params)
                    .take(own)
                    .map(|(value, param)| self.convert(*value, *param))
                    .collect();
                if is_variadic {
                    given.push(self.rest_args(values[own..].to_vec()));
                }
                let node = self.call_node(Callee::Fn(path), given, ret);
                self.convert(node, ty)
            }
            Target::Library(name) => self.library_call(&name, args, rest, ty, of, row.ty.variadic),
            Target::Foreign(name, def) => self.foreign_call(name, def, args, ty),
            Target::Missing(why) => self.missing(row.name, why, of.pos),
        }
    }

    /// Values of arguments. What they do and read from memory happens from right to left, as gcc has it: C leaves
    /// the order open.
    pub(super) fn arguments(&mut self, args: &[&Expr]) -> Vec<NodeId> {
        let Some(first) = args.iter().position(|arg| self.is_busy(arg)) else {
            return args.iter().map(|arg| self.value(arg)).collect();
        };
        let reads_before = args[..first].iter().any(|arg| self.reads_memory(arg));
        let mut out: Vec<NodeId> = Vec::new();
        for (at, arg) in args.iter().enumerate().rev() {
            let value = self.value(arg);
            let ty = self.body.ty(value);
            // What runs last may stay where it is.
            let is_last = at < first || at == first && !reads_before;
            let is_idle = !self.is_busy(arg) && !self.reads_memory(arg);
            let stays = is_last || is_idle || matches!(ty.kind(), TyKind::Never | TyKind::Unit);
            out.push(if stays {
                value
            } else {
                let held = self.new_temp("argument", ty, value);
                self.body.use_local(held, Mode::Copy, self.origin)
            });
        }
        out.reverse();
        out
    }

    /// Whether a value depends on what a call may change.
    fn reads_memory(&self, of: &Expr) -> bool {
        match &of.kind {
            ExprKind::Local(id) => self.wants_memory(*id) && !of.ty.is_array(),
            ExprKind::Global(_) | ExprKind::Deref(_) => !of.ty.is_array(),
            // A function reads what it likes.
            ExprKind::Call { .. } => true,
            ExprKind::Addr(inner) | ExprKind::Decay(inner) => {
                let mut found = false;
                inner.for_each_child(&mut |child| found = found || self.reads_memory(child));
                found
            }
            _ => {
                let mut found = false;
                of.for_each_child(&mut |child| found = found || self.reads_memory(child));
                found
            }
        }
    }

    /// Two operands: what the left one does comes before what the right one does.
    pub(super) fn operands(&mut self, a: &Expr, b: &Expr) -> (NodeId, NodeId) {
        let left = self.value(a);
        self.stmts.push(Vec::new());
        let right = self.value(b);
        let made = self.stmts.pop().unwrap_or_default();
        let moves = !made.is_empty() && (self.is_busy(a) || self.reads_memory(a));
        let is_value = !matches!(self.body.ty(left).kind(), TyKind::Never | TyKind::Unit);
        let left = if moves && is_value { self.held_node(left, "left") } else { left };
        self.stmts.last_mut().expect("a block is open").extend(made);
        (left, right)
    }

    /// Whether evaluating an argument does something that another one may see.
    pub(super) fn is_busy(&self, of: &Expr) -> bool {
        match &of.kind {
            ExprKind::Assign(..)
            | ExprKind::Update(..)
            | ExprKind::Step { .. }
            | ExprKind::StmtExpr(_)
            | ExprKind::VaArg(_) => true,
            ExprKind::Call { callee, args, rest } => {
                let is_quiet = match &callee.kind {
                    ExprKind::Func(id) => match &self.linked.funcs[self.index][*id as usize] {
                        Target::Library(name) => QUIET.contains(&name.as_str()),
                        Target::Own(path) => self.linked.quiet.contains(path),
                        Target::Foreign(..) | Target::Missing(_) => false,
                    },
                    _ => false,
                };
                !is_quiet || args.iter().chain(rest).any(|arg| self.is_busy(arg))
            }
            _ => {
                let mut found = false;
                of.for_each_child(&mut |child| found = found || self.is_busy(child));
                found
            }
        }
    }

    /// Whether a call changes nothing outside of the function that it calls.
    pub(super) fn is_quiet(&self, callee: &Callee) -> bool {
        match callee {
            Callee::Fn(path) => self.linked.quiet.contains(path),
            Callee::Lib(path) => QUIET.contains(&path.last()),
            _ => false,
        }
    }

    pub(super) fn call_node(&mut self, callee: Callee, args: Vec<NodeId>, ty: Ty) -> NodeId {
        let args = args.into_iter().map(Arg::positional).collect();
        self.body.node(Node::Call { callee, args }, ty, self.origin)
    }

    /// The arguments behind the parameters, in an object of their own.
    fn rest_args(&mut self, values: Vec<NodeId>) -> NodeId {
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
        if let ("setjmp" | "sigsetjmp", [buffer, ..]) = (name, args) {
            return self.set_jump(buffer, of.pos);
        }
        let all: Vec<&Expr> = args.iter().chain(rest).collect();
        let mut given = self.arguments(&all);
        if is_variadic {
            let rest = given.split_off(args.len());
            given.push(self.rest_args(rest));
        }
        let ty = if NEVER.contains(&name) { Ty::never() } else { ty };
        self.call_node(Callee::Lib(Name::new(&format!("c.{name}"))), given, ty)
    }

    fn pointer_call(&mut self, callee: &Expr, args: &[Expr], rest: &[Expr], of: &Expr) -> NodeId {
        let ty = self.ty(&of.ty);
        let Some(func) = callee.ty.func().cloned() else { return self.hole(of.pos, "this call") };
        let mut target = self.value(callee);
        let all: Vec<&Expr> = args.iter().chain(rest).collect();
        let mut given = self.arguments(&all);
        if func.variadic {
            let rest = given.split_off(args.len());
            given.push(self.rest_args(rest));
        }
        if func.open && func.params.len() != given.len() {
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
                let Some(rest) = self.rest else {
                    return self.hole(of.pos, "`va_start` outside of a variadic function");
                };
                let list = self.list_pointer(list);
                let rest = self.body.use_local(rest, Mode::Copy, self.origin);
                ("va_start", vec![list, rest])
            }
            ExprKind::VaArg(list) => ("va_arg", vec![self.list_pointer(list)]),
            ExprKind::VaCopy(to, from) => {
                let to = self.list_pointer(to);
                ("va_copy", vec![to, self.list_pointer(from)])
            }
            // Nothing is left to do but what the argument does.
            ExprKind::VaEnd(list) => {
                if !super::is_pure(list) {
                    self.effect_now(list);
                }
                return self.zero(Ty::unit());
            }
            _ => return self.zero(ty),
        };
        self.call_node(Callee::Lib(Name::new(&format!("c.{name}"))), args, ty)
    }

    fn list_pointer(&mut self, list: &Expr) -> NodeId {
        let at = self.value(list);
        self.convert(at, pointer(Ty::lib("c.VaList", [])))
    }
}
