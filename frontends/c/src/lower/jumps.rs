//! `goto` inside of one list of statements: forward it leaves a labelled block, backward it starts a loop again.

use super::flow::Flow;
use super::func::Lower;
use crate::tree::*;
use batuta_base::Name;
use batuta_core::{Node, Ty};

/// A run of statements, first and one behind the last, and the label whose jumps it serves.
#[derive(Clone, Copy, Debug)]
struct Span {
    from: usize,
    to: usize,
    name: Name,
    backward: bool,
}

impl Lower<'_> {
    /// The statements of a block.
    pub(super) fn list(&mut self, stmts: &[Stmt]) {
        let spans = spans(stmts);
        if spans.is_empty() {
            return stmts.iter().for_each(|stmt| self.stmt(stmt));
        }
        let mut declared = Vec::new();
        for span in &spans {
            for stmt in &stmts[span.from..span.to] {
                decls(stmt, &mut declared);
            }
        }
        self.hoist(&declared);
        self.spanned(stmts, 0, stmts.len(), &spans);
    }

    /// Statements `from..to` with the spans inside of them.
    fn spanned(&mut self, stmts: &[Stmt], from: usize, to: usize, spans: &[Span]) {
        let mut at = from;
        while at < to {
            let starts = spans.iter().position(|span| span.from == at && span.to <= to);
            let Some(found) = starts else {
                self.stmt(&stmts[at]);
                at += 1;
                continue;
            };
            let span = spans[found];
            let inner: Vec<Span> =
                spans.iter().enumerate().filter(|(i, _)| *i != found).map(|(_, s)| *s).collect();
            self.span(stmts, span, &inner);
            at = span.to;
        }
    }

    fn span(&mut self, stmts: &[Stmt], span: Span, inner: &[Span]) {
        let label = self.label(&format!("to_{}", span.name.as_str().to_lowercase()));
        let flow = if span.backward {
            Flow::Backward { to: span.name, label }
        } else {
            Flow::Forward { to: span.name, label }
        };
        self.flow.push(flow);
        self.stmts.push(Vec::new());
        self.spanned(stmts, span.from, span.to, inner);
        let mut made = self.stmts.pop().unwrap_or_default();
        self.flow.pop();
        if !span.backward {
            let block = self.new_block(made);
            return self.push_node(Node::Block { label: Some(label), block });
        }
        if !self.ends(&made) {
            let leave =
                self.body.node(Node::Break { label: Some(label), value: None }, Ty::never(), self.origin);
            made.push(batuta_core::Stmt::new(batuta_core::StmtKind::Expr(leave), self.origin));
        }
        let body = self.new_block(made);
        self.push_node(Node::Loop { label: Some(label), body });
    }
}

/// Labels that a statement begins with.
fn labels_of(stmt: &Stmt) -> Vec<Name> {
    let (mut out, mut stmt) = (Vec::new(), stmt);
    while let StmtKind::Label(name, inner) = &stmt.kind {
        out.push(*name);
        stmt = inner;
    }
    out
}

fn has_goto(stmt: &Stmt, name: Name) -> bool {
    stmt.any(&mut |inner| matches!(&inner.kind, StmtKind::Goto(to) if *to == name))
}

/// The runs that the labels of a list ask for, outermost first where two begin together.
fn spans(stmts: &[Stmt]) -> Vec<Span> {
    let mut out = Vec::new();
    for (at, stmt) in stmts.iter().enumerate() {
        for name in labels_of(stmt) {
            let jumps: Vec<usize> = (0..stmts.len()).filter(|i| has_goto(&stmts[*i], name)).collect();
            if let Some(first) = jumps.iter().find(|i| **i < at) {
                out.push(Span { from: *first, to: at, name, backward: false });
            }
            if let Some(last) = jumps.iter().rfind(|i| **i >= at) {
                out.push(Span { from: at, to: last + 1, name, backward: true });
            }
        }
    }
    out.sort_by_key(|span| (span.from, usize::MAX - span.to, span.backward));
    out
}

/// Variables that the statements of a list itself declare.
fn decls(stmt: &Stmt, out: &mut Vec<VarId>) {
    match &stmt.kind {
        StmtKind::Decl(id, _) => out.push(*id),
        StmtKind::Group(stmts) => stmts.iter().for_each(|stmt| decls(stmt, out)),
        StmtKind::Label(_, inner) => decls(inner, out),
        _ => {}
    }
}

/// Whether a function jumps in a way that blocks and loops cannot say.
pub(super) fn needs_machine(body: &Stmt) -> bool {
    let mut names = Vec::new();
    body.any(&mut |stmt| {
        if let StmtKind::Goto(name) = &stmt.kind {
            names.push(*name);
        }
        false
    });
    names.sort();
    names.dedup();
    let count = |stmt: &Stmt, name: Name| {
        let mut count = 0;
        stmt.any(&mut |inner| {
            count += usize::from(matches!(&inner.kind, StmtKind::Goto(to) if *to == name));
            false
        });
        count
    };
    let mut served = Vec::new();
    let mut crosses = false;
    let mut has_vla = false;
    let mut odd_switch = false;
    body.any(&mut |stmt| {
        has_vla |= matches!(stmt.kind, StmtKind::Vla(_));
        odd_switch |= matches!(stmt.kind, StmtKind::GotoPtr(_));
        if let StmtKind::Switch(_, inner) = &stmt.kind {
            odd_switch |= has_odd_cases(inner);
        }
        let list = match &stmt.kind {
            StmtKind::Block(stmts) => stmts.as_slice(),
            _ => return false,
        };
        for span in spans(list) {
            let here: usize = list.iter().map(|stmt| count(stmt, span.name)).sum();
            if here == count(body, span.name) {
                served.push(span.name);
            }
        }
        crosses |= are_crossed(&spans(list));
        false
    });
    odd_switch || crosses || names.iter().any(|name| !served.contains(name))
}

fn are_crossed(spans: &[Span]) -> bool {
    spans.iter().any(|a| {
        spans.iter().any(|b| a.from < b.from && b.from < a.to && a.to < b.to)
            || spans.iter().any(|b| {
                // A jump may not enter a run from outside at its middle.
                a.backward != b.backward && a.from == b.from && a.to == b.to && a.name == b.name
            })
    })
}

/// Whether labels of a switch stand deeper than in its own block, or its block has labels for `goto`.
fn has_odd_cases(body: &Stmt) -> bool {
    let list = match &body.kind {
        StmtKind::Block(stmts) => stmts.as_slice(),
        _ => std::slice::from_ref(body),
    };
    list.iter().any(|stmt| {
        let mut inner = stmt;
        loop {
            match &inner.kind {
                StmtKind::Case(_, _, next) | StmtKind::Default(next) => inner = next,
                // A label in front of others, or one that is jumped to.
                StmtKind::Label(..) => return true,
                _ => break,
            }
        }
        matches!(inner.kind, StmtKind::Vla(_)) || has_case(inner)
    })
}

/// Whether a label of the enclosing switch stands in a statement.
pub(super) fn has_case(stmt: &Stmt) -> bool {
    match &stmt.kind {
        StmtKind::Case(..) | StmtKind::Default(_) => true,
        StmtKind::Switch(..) => false,
        _ => {
            let mut found = false;
            stmt.for_each_stmt(&mut |inner| found = found || has_case(inner));
            found
        }
    }
}
