//! Facts of control flow: branches, loops, handlers, and what is proved on their roads.

use crate::collect::{Collect, Frame};
use crate::facts::{C, V};
use crate::narrow::{self, Filter, Path, Proved};
use crate::prep::path_of;
use crate::vars::Head;
use batuta_base::Name;
use batuta_core::*;
use std::rc::Rc;

/// Control flow.
impl Collect<'_> {
    pub(crate) fn learn(&mut self, facts: &[(Path, Filter)]) {
        if let Some(proved) = &mut self.proved {
            proved.learn(facts);
        }
    }

    pub(crate) fn meet(&mut self, other: Option<Proved>) {
        match (&mut self.proved, other) {
            (Some(proved), Some(other)) => proved.meet(&other),
            (here @ None, other) => *here = other,
            (Some(_), None) => {}
        }
    }

    pub(crate) fn control(&mut self, id: NodeId) {
        let body = self.body;
        let out = id.0;
        match &body.nodes[id].kind {
            Node::If { cond, then, els } => {
                self.test(*cond);
                let (yes, no) = narrow::proves(body, *cond);
                let before = self.proved.clone();
                self.learn(&yes);
                self.block(*then);
                self.value_of(*then, out);
                let after = std::mem::replace(&mut self.proved, before);
                self.learn(&no);
                if let Some(els) = els {
                    self.block(*els);
                    self.value_of(*els, out);
                }
                self.meet(after);
            }
            Node::Block { label, block } => {
                self.frames.push(Frame { label: *label, breaks: Vec::new() });
                self.block(*block);
                self.value_of(*block, out);
                let frame = self.frames.pop();
                frame.into_iter().flat_map(|frame| frame.breaks).for_each(|proved| self.meet(Some(proved)));
            }
            Node::Match { subject, arms } => self.matched(*subject, arms, out),
            Node::While { .. } | Node::For { .. } | Node::Loop { .. } => self.looped(id),
            Node::Try { body: block, handlers, els, finally } => {
                let mut caught = self.proved.clone();
                self.block(*block);
                // Inside the body anything may have been assigned when the error came.
                self.forget_assigned(&mut caught, *block);
                els.iter().for_each(|els| self.block(*els));
                let mut after = self.proved.take();
                for handler in handlers {
                    self.proved = caught.clone();
                    if let Some(local) = handler.bind {
                        let var = self.local(local);
                        self.say(C::Caught { classes: handler.classes.clone(), out: var });
                    }
                    self.block(handler.body);
                    self.meet(after);
                    after = self.proved.take();
                }
                let arrives = after.is_some();
                self.proved = if arrives { after } else { caught };
                if let Some(finally) = finally {
                    self.block(*finally);
                }
                if !arrives {
                    self.proved = None;
                }
            }
            Node::With { items, body: block, .. } => {
                for item in items {
                    self.node(item.context);
                    let entered = self.fresh();
                    self.say(C::Enter { of: item.context.0, out: entered });
                    if let Some(pat) = &item.target {
                        self.assign(pat, entered);
                    }
                }
                self.block(*block);
            }
            Node::Break { label, value } => {
                value.iter().for_each(|node| self.node(*node));
                let proved = self.proved.take();
                let frame = self.frames.iter_mut().rev().find(|f| label.is_none() || f.label == *label);
                if let (Some(frame), Some(proved)) = (frame, proved) {
                    frame.breaks.push(proved);
                }
            }
            Node::Continue { .. } => self.proved = None,
            Node::Return(value) => {
                let ret = self.functions.last().copied().unwrap_or_default().ret;
                match value {
                    Some(node) => {
                        self.node(*node);
                        self.say(match self.gives_text() {
                            true => C::Narrow(node.0, ret, Rc::new(Filter::keep(vec![Name::new("str")]))),
                            false => C::Flow(node.0, ret),
                        });
                    }
                    None => self.plain(ret, Head::None),
                }
                self.proved = None;
            }
            Node::Raise { error, cause } => {
                error.iter().chain(cause).for_each(|node| self.node(*node));
                self.proved = None;
            }
            Node::Yield(value) => {
                let open = self.functions.last().copied().unwrap_or_default();
                match value {
                    Some(node) => {
                        self.node(*node);
                        self.say(C::Flow(node.0, open.yielded));
                    }
                    None => self.plain(open.yielded, Head::None),
                }
                match open.sent {
                    Some(sent) => self.say(C::Flow(sent, out)),
                    None => self.plain(out, Head::None),
                }
            }
            Node::YieldFrom(node) => {
                let crate::collect::Open { yielded, sent, .. } =
                    self.functions.last().copied().unwrap_or_default();
                self.node(*node);
                match sent {
                    Some(sent) => self.say(C::Delegate { of: node.0, yielded, sent, out }),
                    None => {
                        self.say(C::Iterate { of: node.0, item: yielded });
                        self.plain(out, Head::None);
                    }
                }
            }
            Node::Await(node) => {
                self.node(*node);
                self.say(C::Await { of: node.0, out });
            }
            _ => {}
        }
    }

    /// `__repr__` and its like: a value that is no text is an error there.
    fn gives_text(&self) -> bool {
        let is_method =
            self.functions.len() == 1 && self.program.classes.contains_key(&self.body.path.parent());
        is_method && matches!(self.body.path.last(), "__repr__" | "__str__" | "__format__")
    }

    pub(crate) fn value_of(&mut self, block: BlockId, out: V) {
        if let Some(tail) = self.body.blocks[block].tail {
            self.say(C::Flow(tail.0, out));
        }
    }

    pub(crate) fn matched(&mut self, subject: NodeId, arms: &[Arm], out: V) {
        self.node(subject);
        let path = path_of(self.body, subject);
        let before = self.proved.clone();
        let mut after = before.clone();
        for arm in arms {
            self.proved = before.clone();
            self.matching = true;
            self.assign(&arm.pat, subject.0);
            self.matching = false;
            if let (Some(path), Some(keep)) = (&path, classes_of(&arm.pat)) {
                self.learn(&[(path.clone(), Filter { keep, drop: Vec::new() })]);
            }
            if let Some(guard) = arm.guard {
                self.test(guard);
                let (yes, _) = narrow::proves(self.body, guard);
                self.learn(&yes);
            }
            self.block(arm.body);
            self.value_of(arm.body, out);
            let catches_all = arm.guard.is_none() && matches!(arm.pat, Pat::Wild | Pat::Bind(_, None));
            if catches_all {
                after = None;
            }
            let end = self.proved.take();
            self.proved = after;
            self.meet(end);
            after = self.proved.take();
        }
        // Whatever an arm ended in, facts about the fields may be gone.
        self.proved = after;
    }

    /// Forgets facts about what a block assigns.
    pub(crate) fn forget_assigned(&self, proved: &mut Option<Proved>, block: BlockId) {
        let Some(proved) = proved else { return };
        let body = self.body;
        let (mut calls, mut changes_items) = (false, false);
        body.walk_block(block, &mut |node| {
            let kind = &body.nodes[node].kind;
            match kind {
                Node::Call { callee, .. } => {
                    calls |= !matches!(callee, Callee::Lib(_));
                    changes_items |= !narrow::keeps_items(callee);
                }
                Node::For { pat, .. } => pat.for_each_local(&mut |l| proved.forget_local(l)),
                Node::With { items, .. } => {
                    let pats = items.iter().filter_map(|item| item.target.as_ref());
                    pats.for_each(|pat| pat.for_each_local(&mut |l| proved.forget_local(l)));
                }
                _ => {}
            }
        });
        body.walk_stmts(block, &mut |stmt| match &stmt.kind {
            StmtKind::Set { target, .. } => forget_pat(proved, target),
            StmtKind::Update { place, .. } | StmtKind::Del(place) => forget_place(proved, place),
            _ => {}
        });
        if calls {
            proved.forget_fields();
        }
        if changes_items {
            proved.forget_items();
        }
    }

    pub(crate) fn looped(&mut self, id: NodeId) {
        let body = self.body;
        let (label, block, els) = match &body.nodes[id].kind {
            Node::While { label, body, els, .. } | Node::For { label, body, els, .. } => {
                (*label, *body, *els)
            }
            Node::Loop { label, body } => (*label, *body, None),
            _ => return,
        };
        if let Node::For { iter, .. } = &body.nodes[id].kind {
            self.node(*iter);
        }
        let mut head = self.proved.take();
        self.forget_assigned(&mut head, block);
        self.proved = head;
        self.frames.push(Frame { label, breaks: Vec::new() });
        let mut after = self.proved.clone();
        match &body.nodes[id].kind {
            Node::While { cond, .. } => {
                self.test(*cond);
                let (yes, no) = narrow::proves(body, *cond);
                after = self.proved.clone();
                if let Some(after) = &mut after {
                    after.learn(&no);
                }
                self.learn(&yes);
                if body.nodes[*cond].kind.is_true(body) {
                    after = None;
                }
            }
            Node::For { iter, pat, .. } => {
                let item = self.fresh();
                self.say(C::Iterate { of: iter.0, item });
                self.assign(pat, item);
            }
            _ => after = None,
        }
        self.block(block);
        let frame = self.frames.pop().expect("pushed above");
        self.proved = after;
        if let Some(els) = els {
            self.block(els);
        }
        frame.breaks.into_iter().for_each(|proved| self.meet(Some(proved)));
    }
}

/// The classes one of which a value has that the pattern matches.
fn classes_of(pat: &Pat) -> Option<Vec<Name>> {
    match pat {
        Pat::Class { class, .. } => {
            Some(vec![class.as_str().strip_prefix("builtins.").map_or(*class, Name::new)])
        }
        Pat::Bind(_, Some(part)) => classes_of(part),
        Pat::Or(parts) => {
            let all: Option<Vec<Vec<Name>>> = parts.iter().map(classes_of).collect();
            all.map(|all| all.concat())
        }
        _ => None,
    }
}

trait IsTrue {
    fn is_true(&self, body: &Body<Hir>) -> bool;
}

impl IsTrue for Node {
    /// `True`, `1`, or the truth of one.
    fn is_true(&self, body: &Body<Hir>) -> bool {
        match self {
            Node::Const(Const::Bool(value)) => *value,
            Node::Const(Const::Int(digits)) => &**digits != "0",
            Node::Op { op: Op::ObjOp(ObjOp::Truth), args, .. } => body.nodes[args[0]].kind.is_true(body),
            _ => false,
        }
    }
}

fn forget_pat(proved: &mut Proved, pat: &Pat) {
    pat.for_each_local(&mut |local| proved.forget_local(local));
    match pat {
        Pat::Place(place) => forget_place(proved, place),
        _ => pat.for_each_part(&mut |part| forget_pat(proved, part)),
    }
}

fn forget_place(proved: &mut Proved, place: &Place) {
    match (place.root, place.proj.last()) {
        (Root::Local(local), None) => proved.forget_local(local),
        (_, Some(Proj::Field(name))) => proved.forget_field(*name),
        (_, Some(Proj::Index(_))) => proved.forget_items(),
        _ => {}
    }
}
