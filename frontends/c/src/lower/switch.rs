//! `switch`: a `match` where no arm falls into the next one, else nested blocks that are left at the right place.

use super::flow::Flow;
use super::func::Lower;
use crate::tree::*;
use crate::types::CTy;
use batuta_base::Name;
use batuta_core::{self as core, Arm, Node, NodeId, Pat, Ty};

/// Ranges of more values than this are compared instead of listed.
const LISTED: i128 = 24;

/// The statements from one group of labels to the next.
struct Section<'s> {
    labels: Vec<Test>,
    stmts: Vec<&'s Stmt>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Test {
    Values(i128, i128),
    Default,
}

impl Lower<'_> {
    pub(super) fn switch_stmt(&mut self, of: &Expr, body: &Stmt) {
        let sections = sections(body);
        let value = self.subject(of, &sections);
        let mut declared = Vec::new();
        for section in &sections {
            section.stmts.iter().for_each(|stmt| own_decls(stmt, &mut declared));
        }
        // What one arm declares others may use, and what stands before the first label all of them.
        let mut before = Vec::new();
        if let StmtKind::Block(stmts) = &body.kind {
            let is_label = |stmt: &&Stmt| !matches!(stmt.kind, StmtKind::Case(..) | StmtKind::Default(_));
            stmts.iter().take_while(is_label).for_each(|stmt| own_decls(stmt, &mut before));
        }
        self.hoist(&before);
        if sections.len() > 1 {
            self.hoist(&declared);
        }
        let falls = sections.iter().rev().skip(1).any(|section| falls_through(section));
        let label = self.label("switch");
        self.flow.push(Flow::Switch { label, used: false });
        let origin = self.origin;
        let node = if falls { self.nested(value, &sections) } else { self.matched(value, &sections) };
        self.origin = origin;
        match self.close_flow() {
            Some(label) => {
                let node = self.body.node(node, Ty::unit(), origin);
                let stmt = core::Stmt::new(core::StmtKind::Expr(node), origin);
                let block = self.new_block(vec![stmt]);
                self.push_node(Node::Block { label: Some(label), block });
            }
            None => self.push_node(node),
        }
    }

    /// What a switch compares; a `char` with labels of ASCII as its byte.
    fn subject(&mut self, of: &Expr, sections: &[Section<'_>]) -> NodeId {
        if let ExprKind::Cast(inner) = &of.kind
            && matches!(inner.ty, CTy::Int(kind) if kind.size() == 1)
            && sections.iter().flat_map(|section| &section.labels).all(is_ascii)
        {
            let value = self.value(inner);
            return self.number_as(value, Ty::new(core::TyKind::Int(core::Width::U8)));
        }
        self.value(of)
    }

    fn section_block(&mut self, section: &Section<'_>) -> core::BlockId {
        self.block(|this| {
            let mut stmts = section.stmts.as_slice();
            // The last `break` only ends the arm.
            if let [rest @ .., last] = stmts
                && matches!(last.kind, StmtKind::Break)
            {
                stmts = rest;
            }
            for stmt in stmts {
                match (&stmt.kind, stmts) {
                    (StmtKind::Block(inner), [_]) => {
                        let inner = match inner.as_slice() {
                            [rest @ .., last] if matches!(last.kind, StmtKind::Break) => rest,
                            all => all,
                        };
                        this.list(inner);
                    }
                    _ => this.stmt(stmt),
                }
            }
        })
    }

    fn matched(&mut self, value: NodeId, sections: &[Section<'_>]) -> Node {
        let value = if sections.iter().any(|section| section.labels.iter().any(is_large)) {
            self.held_node(value, "value")
        } else {
            value
        };
        let mut arms = Vec::new();
        let mut default = None;
        for section in sections {
            let origin = section.stmts.first().map_or(self.origin, |_| self.origin);
            let body = self.section_block(section);
            if section.labels.contains(&Test::Default) {
                default = Some(body);
                continue;
            }
            let (pat, guard) = self.pattern(value, &section.labels);
            arms.push(Arm { pat, guard, body, origin, above: Vec::new() });
        }
        let body = default.unwrap_or_else(|| self.new_block(Vec::new()));
        arms.push(Arm { pat: Pat::Wild, guard: None, body, origin: self.origin, above: Vec::new() });
        Node::Match { subject: value, arms }
    }

    /// The pattern of labels; large ranges are guards.
    pub(super) fn pattern(&mut self, value: NodeId, labels: &[Test]) -> (Pat, Option<NodeId>) {
        if labels.iter().any(is_large) {
            let tests: Vec<NodeId> = labels.iter().map(|label| self.in_range(value, *label)).collect();
            let guard = tests
                .into_iter()
                .reduce(|a, b| self.body.op(core::BoolOp::Or, vec![a, b], Ty::bool(), self.origin));
            return (Pat::Wild, guard);
        }
        let mut parts = Vec::new();
        for label in labels {
            if let Test::Values(first, last) = label {
                parts.extend(
                    (*first..=*last).map(|value| Pat::Const(core::Const::Int(value.to_string().into()))),
                );
            }
        }
        let pat = if parts.len() == 1 { parts.remove(0) } else { Pat::Or(parts) };
        (pat, None)
    }

    fn in_range(&mut self, value: NodeId, label: Test) -> NodeId {
        let Test::Values(first, last) = label else { return self.bool(true) };
        let ty = self.body.ty(value);
        let compare = |this: &mut Self, op: core::CmpOp, bound: i128| {
            let value = this.copied(value);
            let bound = this.int(bound, ty);
            this.body.op(op, vec![value, bound], Ty::bool(), this.origin)
        };
        if first == last {
            return compare(self, core::CmpOp::Eq, first);
        }
        let low = compare(self, core::CmpOp::Ge, first);
        let high = compare(self, core::CmpOp::Le, last);
        self.body.op(core::BoolOp::And, vec![low, high], Ty::bool(), self.origin)
    }

    /// `'b: { 'a: { match v { 1 => break 'a, _ => break 'b } } first } second`.
    fn nested(&mut self, value: NodeId, sections: &[Section<'_>]) -> Node {
        let value = self.held_node(value, "value");
        let labels: Vec<Name> = sections.iter().map(|_| self.label("case")).collect();
        let origin = self.origin;
        let mut arms = Vec::new();
        let mut default = None;
        for (section, label) in sections.iter().zip(&labels) {
            if section.labels.contains(&Test::Default) {
                default = Some(*label);
                continue;
            }
            let value = self.copied(value);
            let (pat, guard) = self.pattern(value, &section.labels);
            let body = self.leave(*label);
            arms.push(Arm { pat, guard, body, origin, above: Vec::new() });
        }
        let rest = match default {
            Some(label) => self.leave(label),
            None => self.block(|this| this.break_stmt()),
        };
        arms.push(Arm { pat: Pat::Wild, guard: None, body: rest, origin, above: Vec::new() });
        let mut stmts = vec![self.stmt_of(Node::Match { subject: value, arms })];
        for (section, label) in sections.iter().zip(&labels) {
            let block = self.new_block(std::mem::take(&mut stmts));
            stmts.push(self.stmt_of(Node::Block { label: Some(*label), block }));
            self.stmts.push(stmts);
            for stmt in &section.stmts {
                self.stmt(stmt);
            }
            stmts = self.stmts.pop().unwrap_or_default();
        }
        let block = self.new_block(stmts);
        Node::Block { label: None, block }
    }

    fn stmt_of(&mut self, node: Node) -> core::Stmt {
        let node = self.body.node(node, Ty::unit(), self.origin);
        core::Stmt::new(core::StmtKind::Expr(node), self.origin)
    }

    fn leave(&mut self, label: Name) -> core::BlockId {
        let node = self.body.node(Node::Break { label: Some(label), value: None }, Ty::never(), self.origin);
        let stmt = core::Stmt::new(core::StmtKind::Expr(node), self.origin);
        self.new_block(vec![stmt])
    }
}

fn is_ascii(label: &Test) -> bool {
    matches!(label, Test::Default | Test::Values(0..=127, 0..=127))
}

fn is_large(label: &Test) -> bool {
    matches!(label, Test::Values(first, last) if last - first >= LISTED)
}

/// The parts of a switch's body; what stands before the first label is never reached.
fn sections(body: &Stmt) -> Vec<Section<'_>> {
    let mut flat = Vec::new();
    match &body.kind {
        StmtKind::Block(stmts) => stmts.iter().for_each(|stmt| ungrouped(stmt, &mut flat)),
        _ => flat.push(body),
    }
    let mut out: Vec<Section<'_>> = Vec::new();
    for stmt in flat {
        let (mut labels, mut inner) = (Vec::new(), stmt);
        loop {
            match &inner.kind {
                StmtKind::Case(first, last, next) => {
                    if first <= last {
                        labels.push(Test::Values(*first, *last));
                    }
                    inner = next;
                }
                StmtKind::Default(next) => {
                    labels.push(Test::Default);
                    inner = next;
                }
                _ => break,
            }
        }
        if !labels.is_empty() {
            out.push(Section { labels, stmts: Vec::new() });
        }
        if let Some(section) = out.last_mut() {
            section.stmts.push(inner);
        }
    }
    // `case 1: ;` directly before another label is the same arm.
    let mut merged: Vec<Section<'_>> = Vec::new();
    for section in out {
        match merged.last_mut() {
            Some(last) if last.stmts.iter().all(|stmt| matches!(stmt.kind, StmtKind::Empty)) => {
                last.labels.extend(section.labels);
                last.stmts = section.stmts;
            }
            _ => merged.push(section),
        }
    }
    merged
}

fn ungrouped<'s>(stmt: &'s Stmt, out: &mut Vec<&'s Stmt>) {
    match &stmt.kind {
        StmtKind::Group(stmts) => stmts.iter().for_each(|stmt| ungrouped(stmt, out)),
        _ => out.push(stmt),
    }
}

/// Variables that statements of a switch's own block declare.
fn own_decls(stmt: &Stmt, out: &mut Vec<VarId>) {
    match &stmt.kind {
        StmtKind::Decl(id, _) => out.push(*id),
        StmtKind::Group(stmts) => stmts.iter().for_each(|stmt| own_decls(stmt, out)),
        StmtKind::Label(_, inner) => own_decls(inner, out),
        _ => {}
    }
}

/// Whether control may run from an arm into the next one.
fn falls_through(section: &Section<'_>) -> bool {
    section.stmts.last().is_none_or(|last| !leaves(last))
}

/// Whether a statement never passes control to the one behind it.
pub(super) fn leaves(stmt: &Stmt) -> bool {
    match &stmt.kind {
        StmtKind::Break
        | StmtKind::Continue
        | StmtKind::Return(_)
        | StmtKind::Goto(_)
        | StmtKind::GotoPtr(_) => true,
        StmtKind::Block(stmts) | StmtKind::Group(stmts) => stmts.last().is_some_and(leaves),
        StmtKind::If(_, then, Some(els)) => leaves(then) && leaves(els),
        StmtKind::Label(_, inner) => leaves(inner),
        StmtKind::While(cond, body) => {
            cond.as_int().is_some_and(|value| value != 0) && !super::stmt::has_break(body)
        }
        StmtKind::For(_, None, _, body) => !super::stmt::has_break(body),
        _ => false,
    }
}
