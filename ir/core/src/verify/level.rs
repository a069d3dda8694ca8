//! V04 to V07, V10, V20 to V22, V30, V32: loops and labels, and what a level may hold.

use super::Found;
use crate::{
    Arg, ArgKind, Body, Callee, Child, IterOp, Level, LocalId, Mode, Node, NodeId, ObjOp, Op, Pat, Place,
    Proj, Stmt, StmtKind, Ty, TyKind, Width,
};
use batuta_base::{Name, Origin};

pub(super) fn check<L: Level>(body: &Body<L>, found: &mut Found) {
    let mut walk =
        Walk { body, found, frames: Vec::new(), is_mir: L::NAME == "mir", is_hir: L::NAME == "hir" };
    let mut seen: Vec<LocalId> = Vec::new();
    for param in &body.params {
        if seen.contains(&param.local) {
            walk.found.report("V06", body.origin, format!("two parameters are {:?}", param.local));
        }
        seen.push(param.local);
        param.default.iter().for_each(|node| walk.node(*node));
    }
    for (id, row) in body.locals.iter() {
        walk.ty(row.ty, row.origin, || format!("local {} ({id:?})", row.name));
    }
    walk.ty(body.ret, body.origin, || "the result".to_owned());
    walk.child(Child::Block(body.root));
}

/// What `break` and `continue` can aim at.
#[derive(Clone, Copy)]
enum Frame {
    Loop(Option<Name>),
    Block(Name),
    /// A closure: nothing outside it can be reached.
    Wall,
}

struct Walk<'a, L> {
    body: &'a Body<L>,
    found: &'a mut Found,
    frames: Vec<Frame>,
    is_mir: bool,
    is_hir: bool,
}

impl<L: Level> Walk<'_, L> {
    fn child(&mut self, child: Child) {
        match child {
            Child::Node(id) => self.node(id),
            Child::Block(id) => {
                let row = &self.body.blocks[id];
                for stmt in &row.stmts {
                    self.stmt(stmt);
                    stmt.for_each_child(&mut |child| self.child(child));
                }
                row.tail.iter().for_each(|node| self.node(*node));
            }
        }
    }

    fn stmt(&mut self, stmt: &Stmt) {
        match &stmt.kind {
            StmtKind::Let { pat, .. } => {
                if !self.is_mir {
                    self.found.report("V10", stmt.origin, "`let` before Mir");
                }
                self.pat(pat, stmt.origin);
            }
            StmtKind::Set { target, .. } => self.pat(target, stmt.origin),
            StmtKind::Update { place, op, .. } => {
                self.op(*op, stmt.origin);
                self.place(place, stmt.origin);
            }
            StmtKind::Del(place) => self.place(place, stmt.origin),
            StmtKind::Expr(_) => {}
        }
    }

    fn node(&mut self, id: NodeId) {
        let body = self.body;
        let row = &body.nodes[id];
        self.ty(row.ty, row.origin, || format!("{id:?}"));
        let depth = self.frames.len();
        match &row.kind {
            Node::Use(place, mode) => {
                self.mode(*mode, row.origin, id);
                self.place(place, row.origin);
            }
            Node::Op { op, .. } => self.op(*op, row.origin),
            Node::Call { callee, args } => self.call(callee, args, row.origin, id),
            Node::Match { arms, .. } => arms.iter().for_each(|arm| self.pat(&arm.pat, arm.origin)),
            Node::Break { label, .. } => self.jump("break", *label, row.origin),
            Node::Continue { label } => self.jump("continue", *label, row.origin),
            Node::Loop { label, .. } => self.frames.push(Frame::Loop(*label)),
            Node::Block { label: Some(label), .. } => self.frames.push(Frame::Block(*label)),
            Node::Closure(_) => self.frames.push(Frame::Wall),
            _ => {}
        }
        match &row.kind {
            Node::While { label, cond, body, els } => {
                self.node(*cond);
                self.in_loop(*label, Child::Block(*body));
                els.iter().for_each(|block| self.child(Child::Block(*block)));
            }
            Node::For { label, pat, iter, body, els } => {
                self.pat(pat, row.origin);
                self.node(*iter);
                pat.for_each_child(&mut |child| self.child(child));
                self.in_loop(*label, Child::Block(*body));
                els.iter().for_each(|block| self.child(Child::Block(*block)));
            }
            kind => kind.for_each_child(&mut |child| self.child(child)),
        }
        self.frames.truncate(depth);
    }

    fn in_loop(&mut self, label: Option<Name>, body: Child) {
        self.frames.push(Frame::Loop(label));
        self.child(body);
        self.frames.pop();
    }

    fn jump(&mut self, word: &str, label: Option<Name>, origin: Origin) {
        let reach = || self.frames.iter().rev().take_while(|frame| !matches!(frame, Frame::Wall));
        match label {
            None if !reach().any(|frame| matches!(frame, Frame::Loop(_))) => {
                self.found.report("V04", origin, format!("`{word}` outside every loop"));
            }
            Some(label) => {
                let fits = |frame: &Frame| match frame {
                    Frame::Loop(name) => *name == Some(label),
                    Frame::Block(name) => word == "break" && *name == label,
                    Frame::Wall => false,
                };
                if !reach().any(fits) {
                    self.found.report(
                        "V05",
                        origin,
                        format!("`{word}` to `{label}`, which does not enclose it"),
                    );
                }
            }
            None => {}
        }
    }

    fn op(&mut self, op: Op, origin: Origin) {
        let kept = [ObjOp::Splat, ObjOp::SplatDict, ObjOp::SliceObj];
        let fits = match op {
            Op::ObjOp(op) => self.is_hir || kept.contains(&op),
            Op::RsOp(_) => self.is_mir,
            Op::IterOp(IterOp::Of | IterOp::Next) => !self.is_hir,
            Op::IterOp(_) => self.is_mir,
            _ => true,
        };
        if !fits {
            self.found.report("V07", origin, format!("{} does not belong to {}", op.name(), L::NAME));
        }
    }

    fn mode(&mut self, mode: Mode, origin: Origin, id: NodeId) {
        match (mode, self.is_mir) {
            (Mode::Read, true) => self.found.report("V30", origin, format!("{id:?} reads without a mode")),
            (Mode::Read, false) | (_, true) => {}
            (_, false) => self.found.report("V10", origin, format!("{id:?} has a mode before Mir")),
        }
    }

    fn call(&mut self, callee: &Callee, args: &[Arg], origin: Origin, id: NodeId) {
        if self.is_hir {
            if matches!(callee, Callee::Virtual(_) | Callee::New(_)) {
                self.found.report("V07", origin, format!("{id:?}: dispatch is not known at hir"));
            }
            return;
        }
        if let Callee::Method(_, name) | Callee::Super(name) = callee {
            self.found.report("V21", origin, format!("{id:?}: the call of `{name}` is not resolved"));
        }
        if args.iter().any(|arg| arg.kind != ArgKind::Positional) {
            self.found.report("V22", origin, format!("{id:?} has an argument that is not positional"));
        }
    }

    fn place(&mut self, place: &Place, origin: Origin) {
        let is_rust = |proj: &Proj| matches!(proj, Proj::Nth(_) | Proj::Deref | Proj::Payload(_));
        if !self.is_mir && place.proj.iter().any(is_rust) {
            self.found.report("V10", origin, "a place with a projection of Mir");
        }
    }

    fn pat(&mut self, pat: &Pat, origin: Origin) {
        match pat {
            Pat::Some(_) | Pat::None | Pat::Ref(_) if !self.is_mir => {
                self.found.report("V10", origin, "a pattern of Mir");
            }
            Pat::Place(place) => self.place(place, origin),
            Pat::Or(parts) => {
                let bound = |part: &Pat| {
                    let mut locals = Vec::new();
                    part.for_each_local(&mut |local| locals.push(local));
                    locals.sort();
                    locals
                };
                if parts.windows(2).any(|pair| bound(&pair[0]) != bound(&pair[1])) {
                    self.found.report("V06", origin, "the alternatives of a pattern bind different locals");
                }
            }
            _ => {}
        }
        pat.for_each_part(&mut |part| self.pat(part, origin));
    }

    fn ty(&mut self, ty: Ty, origin: Origin, what: impl Fn() -> String) {
        if self.is_hir {
            // Annotations may hold anything that a source language can write.
            if ty.any(&mut is_rust_type) {
                self.found.report("V10", origin, format!("{} has the Rust type {ty}", what()));
            }
            return;
        }
        if ty.any(&mut |ty| matches!(ty.kind(), TyKind::Unknown | TyKind::Var(_))) {
            self.found.report("V20", origin, format!("{} has the type {ty}", what()));
        }
        if self.is_mir {
            if ty.any(&mut |ty| matches!(ty.kind(), TyKind::Int(Width::Any))) {
                self.found.report("V32", origin, format!("{} is an int without width: {ty}", what()));
            }
        } else if ty.any(&mut is_rust_type) {
            self.found.report("V10", origin, format!("{} has the Rust type {ty}", what()));
        }
    }
}

/// References, shared objects, boxes, arrays, machine ints.
fn is_rust_type(ty: Ty) -> bool {
    use TyKind::*;
    match ty.kind() {
        Ref(_) | RefMut(_) | Shared(_) | Boxed(_) | Array(..) => true,
        Int(width) => *width != Width::Any,
        _ => false,
    }
}
