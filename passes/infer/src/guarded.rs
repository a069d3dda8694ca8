//! `__eq__` that is unequal to everything of other classes: such operands never get into it.
//!
//! before                                          after
//!   cmp.eq(%vec, 3)                                 false
//!   cmp.eq(%vec, %maybe)                            opt.is_some(%maybe) and %vec.__eq__(opt.unwrap %maybe)
//!
//! So the other operand of the method is an object of the class, as Rust's `eq` has it. Looks for a test
//! of the operand's class that stands before everything else.

use crate::apply::Apply;
use batuta_base::{FxHashSet, Name};
use batuta_core::*;

/// Methods `__eq__` and `__ne__` that test the class of their operand first.
pub(crate) fn methods(program: &Program<Hir>) -> FxHashSet<Name> {
    let is_guarded = |body: &&std::sync::Arc<Body<Hir>>| {
        matches!(body.path.last(), "__eq__" | "__ne__")
            && program.classes.contains_key(&body.path.parent())
            && is_guarded(program, body)
    };
    program.fns.values().filter(is_guarded).map(|body| body.path).collect()
}

fn is_guarded(program: &Program<Hir>, body: &Body<Hir>) -> bool {
    let [_, other] = body.params.as_slice() else { return false };
    let rest = Const::Bool(body.path.last() == "__ne__");
    let is_doc = |stmt: &&Stmt| matches!(stmt.kind, StmtKind::Expr(node) if matches!(body.nodes[node].kind, Node::Const(_)));
    let mut stmts = body.blocks[body.root].stmts.iter().filter(|stmt| !is_doc(stmt));
    let Some(first) = stmts.next() else { return false };
    let StmtKind::Expr(first) = first.kind else { return false };
    match &body.nodes[first].kind {
        Node::Return(Some(value)) => match &body.nodes[*value].kind {
            Node::Op { op: Op::ObjOp(ObjOp::And), args, .. } => {
                tests(program, body, args[0], other.local) == Some(true)
            }
            _ => false,
        },
        Node::If { cond, then, els } => match tests(program, body, *cond, other.local) {
            Some(false) => gives(body, *then, &rest),
            Some(true) => match els {
                Some(els) => gives(body, *els, &rest),
                None => stmts.next().is_some_and(|next| is_return(body, next, &rest)),
            },
            None => false,
        },
        _ => false,
    }
}

/// Whether a condition holds exactly for objects of the class: for others alone, or cannot say.
fn tests(program: &Program<Hir>, body: &Body<Hir>, cond: NodeId, other: LocalId) -> Option<bool> {
    let is_other = |node: NodeId| matches!(&body.nodes[node].kind, Node::Use(place, _) if place.as_local() == Some(other));
    let is_class = |node: NodeId| match &body.nodes[node].kind {
        Node::Call { callee: Callee::Lib(name), .. } => *name == "builtins.type",
        Node::Use(place, _) => matches!(place.proj.last(), Some(Proj::Field(name)) if *name == "__class__"),
        _ => false,
    };
    match &body.nodes[cond].kind {
        Node::Op { op: Op::ObjOp(ObjOp::Truth), args, .. } => tests(program, body, args[0], other),
        Node::Op { op: Op::ObjOp(ObjOp::And), args, .. } => {
            (tests(program, body, args[0], other) == Some(true)).then_some(true)
        }
        Node::Op { op: Op::ObjOp(ObjOp::Or), args, .. } => {
            (tests(program, body, args[0], other) == Some(false)).then_some(false)
        }
        Node::Op { op: Op::ObjOp(ObjOp::Not), args, .. } => {
            tests(program, body, args[0], other).map(|holds| !holds)
        }
        Node::Op { op: Op::ObjOp(op), args, .. }
            if args.len() == 2 && args.iter().all(|arg| is_class(*arg)) =>
        {
            match op {
                ObjOp::Is | ObjOp::Eq => Some(true),
                ObjOp::IsNot | ObjOp::Ne => Some(false),
                _ => None,
            }
        }
        Node::Call { callee: Callee::Lib(name), args } if *name == "builtins.isinstance" => {
            let [object, class] = args.as_slice() else { return None };
            let names = crate::narrow::class_names(body, class.value);
            let own = body.path.parent();
            // Objects of any other class would have to get into it.
            let is_near = |name: &Name| program.is_subclass(own, *name) || program.is_subclass(*name, own);
            let fits = !names.is_empty() && names.iter().all(is_near);
            (is_other(object.value) && fits).then_some(true)
        }
        _ => None,
    }
}

fn gives(body: &Body<Hir>, block: BlockId, value: &Const) -> bool {
    matches!(body.blocks[block].stmts.as_slice(), [stmt] if is_return(body, stmt, value))
}

fn is_return(body: &Body<Hir>, stmt: &Stmt, value: &Const) -> bool {
    let StmtKind::Expr(node) = stmt.kind else { return false };
    match body.nodes[node].kind {
        Node::Return(Some(node)) => {
            body.as_const(node) == Some(value) || body.as_const(node) == Some(&Const::NotImplemented)
        }
        _ => false,
    }
}

impl Apply<'_, '_, '_> {
    /// `==` or `!=` of an object, whose class guards its method, and a value that may be something else.
    pub(crate) fn compare_guarded(&mut self, op: ObjOp, object: NodeId, other: NodeId) -> Option<NodeId> {
        let env = self.types.env();
        let class = self.ty(object).class_path()?;
        let name = if op == ObjOp::Ne && env.method(class, "__ne__").is_some() { "__ne__" } else { "__eq__" };
        // What it leaves to the other operand is that one's.
        if let Some((of, _)) = self.answering(other, name, object)
            && !env.is_related(of, class)
            && self.answering(object, name, other).is_none()
        {
            return None;
        }
        let method = env.method(class, name).filter(|method| env.guarded.contains(method))?;
        let is_ne = op == ObjOp::Ne;
        let constant = |me: &mut Self| {
            let origin = me.origin(object);
            me.mk(Node::Const(Const::Bool(is_ne)), Ty::bool(), origin)
        };
        match self.ty(other).kind() {
            TyKind::Never => None,
            TyKind::Class(of, _) if env.is_related(*of, method.parent()) => None,
            TyKind::Option(inner) => {
                let inner = *inner;
                Some(self.with_value(other, |me, read| {
                    let value = read(me);
                    let test = me.mk_op(OptOp::IsNone, Attr::None, vec![value], Ty::bool());
                    let value = read(me);
                    let value = me.unwrap(value, inner, "None");
                    let object = me.again(object);
                    let equal = me.ordered(op, object, value);
                    let constant = constant(me);
                    me.choose(test, constant, equal, Ty::bool())
                }))
            }
            TyKind::Union(_) => Some(self.by_member(other, Some(Ty::bool()), &mut |me, member| {
                let object = me.again(object);
                me.ordered(op, object, member)
            })),
            TyKind::Value => Some(self.with_value(other, |me, read| {
                let own = Ty::class(method.parent());
                let value = read(me);
                let test = me.mk_op(ValueOp::Is, Attr::Ty(own), vec![value], Ty::bool());
                let value = read(me);
                let value = me.mk_op(ValueOp::To, Attr::None, vec![value], own);
                let object = me.again(object);
                let equal = me.ordered(op, object, value);
                let constant = constant(me);
                me.choose(test, equal, constant, Ty::bool())
            })),
            _ => {
                let stmts: Vec<Stmt> = [object, other]
                    .into_iter()
                    .filter(|node| !self.is_simple(*node))
                    .map(|node| Stmt::new(StmtKind::Expr(node), self.origin(node)))
                    .collect();
                let constant = constant(self);
                Some(if stmts.is_empty() { constant } else { self.mk_block(stmts, constant) })
            }
        }
    }
}
