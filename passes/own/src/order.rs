//! Operands in an order and form that Rust accepts: what would conflict gets a name first.
//!
//! before                                      after
//!   f(ref %xs, g(mut %xs))                      let %value = g(mut %xs)
//!                                               f(ref %xs, move %value)
//!
//! Operands that are evaluated before a named one, and whose value could be another one later, are
//! named too: the source's order is kept.

use crate::access::{Event, overlaps, told_apart};
use crate::body::{Own, Want};
use crate::types::place_tys;
use batuta_catalog as catalog;
use batuta_core::*;

/// What takes the operands.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Around {
    /// An operation or a function of the library: it reads what it is lent, and no more.
    Library,
    /// The same, spelled as a method of the first operand.
    LibraryMethod,
    /// A function of the program: it sees that two arguments are one object.
    Function,
    /// The same, called on the first operand.
    Method,
    /// `format!` and its like: they look at all operands by reference, at numbers too.
    Format,
}

impl Around {
    /// Rust takes the receiver of a method late.
    fn is_late(self) -> bool {
        matches!(self, Around::LibraryMethod | Around::Method)
    }

    fn is_program(self) -> bool {
        matches!(self, Around::Function | Around::Method)
    }
}

/// What an operand still borrows when the operation runs.
struct Hold {
    /// Through `&mut`.
    mutable: bool,
    /// Rust takes the receiver of a method late: reads of the same object in the arguments are fine.
    late: bool,
    /// Inside the guard of a cell or of a thread-local.
    guarded: bool,
    /// A value that is copied where it stands; only the place is borrowed.
    copied: bool,
}

impl Own<'_> {
    /// Lowers operands in their order.
    pub fn operands(
        &mut self,
        nodes: &[NodeId],
        around: Around,
        mut lower: impl FnMut(&mut Self, usize, NodeId) -> NodeId,
    ) -> Vec<NodeId> {
        let mut out: Vec<NodeId> = Vec::with_capacity(nodes.len());
        for (index, node) in nodes.iter().enumerate() {
            let mark = self.before.len();
            let lowered = lower(self, index, *node);
            if self.before.len() > mark {
                let late = self.before.split_off(mark);
                self.name_all(nodes, &mut out, Some((*node, around)));
                self.before.extend(late);
            }
            // A guard lives until the statement ends, also where what it guards is cloned.
            let is_looked_at = around == Around::Format
                && (self.copied(lowered).is_some() || self.names_class(lowered))
                || self.looks_into(lowered, around == Around::Format);
            if is_looked_at || self.hold(*node, lowered, false).is_some() || self.holds_guard(*node) {
                self.keep_alive(*node, &nodes[index + 1..]);
            }
            out.push(lowered);
        }
        self.settle_conflicts(nodes, &mut out, around);
        out
    }

    /// Whether the operand is a part of what a library function looks at: `x.strip()` where text is lent.
    fn looks_into(&self, lowered: NodeId, is_lent: bool) -> bool {
        match &self.out.nodes[lowered].kind {
            Node::Op { op: Op::RsOp(RsOp::Ref), args, .. } => self.looks_into(args[0], true),
            Node::Call { callee: Callee::Lib(name), .. } if is_lent => {
                batuta_catalog::functions(name.as_str()).iter().any(|row| row.rust_ref.is_some())
            }
            _ => false,
        }
    }

    /// `type(x).__name__`, a text that is borrowed from the value.
    fn names_class(&self, lowered: NodeId) -> bool {
        matches!(&self.out.nodes[lowered].kind, Node::Call { callee: Callee::Lib(name), .. }
            if matches!(name.as_str(), "type.name" | "class.name" | "error.class_name"))
    }

    /// What an operand borrows is not moved away by those after it.
    fn keep_alive(&mut self, held: NodeId, later: &[NodeId]) {
        let roots: Vec<LocalId> = self.span_events(held).map(|event| event.root).collect();
        let mut kept = Vec::new();
        for node in later {
            self.src.walk(Child::Node(*node), &mut |node| {
                if let Node::Use(place, _) = &self.src.nodes[node].kind
                    && matches!(place.root, Root::Local(root) if roots.contains(&root))
                {
                    kept.push(node);
                }
            });
        }
        for node in kept {
            self.live.last_uses.remove(&node);
        }
    }

    fn settle_conflicts(&mut self, nodes: &[NodeId], out: &mut [NodeId], around: Around) {
        let looked_at = |own: &Self, at: usize| match around {
            // The guard of a variable of the module is around the whole operation.
            _ if own.is_read_in_global(nodes[at], out[at]) => {
                Some(Hold { mutable: false, late: false, guarded: true, copied: false })
            }
            Around::Format => {
                // What is copied out of a cell is read in its guard.
                let copied = own.copied(out[at]).or_else(|| own.read_value(nodes[at], out[at]));
                let copied = copied.map(|hold| Hold { guarded: own.holds_guard(nodes[at]), ..hold });
                copied.or_else(|| own.open_guard(nodes[at]))
            }
            // A receiver is what the method works on, never a copy.
            _ if around.is_late() && at == 0 => None,
            _ => own.cloned_guard(nodes[at], out[at], &nodes[at + 1..]),
        };
        let holds: Vec<Option<Hold>> = (0..nodes.len())
            .map(|at| {
                let hold = self.hold(nodes[at], out[at], around.is_late() && at == 0);
                hold.or_else(|| looked_at(self, at))
            })
            .collect();
        // The guard of what changes a cell lives until all is written. What stands before it may be the part of an
        // f-string, which shows the cell as it was: that stays an error.
        let opens = |own: &Self, at: usize| {
            let looks = |nodes: &[NodeId]| nodes.iter().any(|node| own.holds_guard(*node));
            matches!(around, Around::Format)
                && own.changes_cell(nodes[at])
                && looks(&nodes[at + 1..])
                && !looks(&nodes[..at])
        };
        let conflicts = |own: &Self, at: usize| {
            opens(own, at)
                || holds.iter().enumerate().any(|(other, hold)| {
                    let Some(hold) = hold.as_ref().filter(|_| other != at) else { return false };
                    hold.guarded && (other < at || !hold.copied) && own.enters_cell(nodes[at], hold.mutable)
                        || hold.guarded && hold.copied && other < at && own.changes_cell(nodes[at])
                        || other < at
                            && own.conflicts(
                                nodes[other],
                                hold,
                                nodes[at],
                                holds[at].is_some() || own.advances(nodes[at]),
                            )
                })
        };
        let may_conflict = |own: &Self, at: usize| holds[at].is_some() || !own.is_plain(out[at]);
        let last = (0..nodes.len()).rev().find(|at| may_conflict(self, *at) && conflicts(self, *at));
        let Some(last) = last else {
            return;
        };
        for at in 0..=last {
            let must = conflicts(self, at);
            let hold = holds[at].as_ref().filter(|hold| !hold.copied);
            let is_over = hold.is_some_and(|hold| {
                let is_mutable = self.src.ty(nodes[at]).strip_ref().is_mutable();
                nodes[at + 1..=last].iter().any(|later| {
                    !hold.mutable && self.replaces(nodes[at], *later)
                        || !is_mutable && self.changes(nodes[at], hold, *later)
                })
            });
            // What runs code of the program runs before what is computed early behind it.
            let is_first = at < last && self.calls_program(nodes[at]);
            if hold.is_some() && !must && !is_over && !is_first {
                continue;
            }
            let item = match self.out.ty(out[at]).kind() {
                TyKind::Iter(item) => Some(*item),
                _ => None,
            };
            // A generator that takes its object along holds nothing.
            if item.is_some() && self.is_of_handles(out[at]) {
                let kept = self.boxed(out[at]);
                self.leave_for(&out[..at], kept);
                out[at] = self.name_early(kept);
                continue;
            }
            let origin = self.out.nodes[out[at]].origin;
            if let (Node::Op { op: Op::ObjOp(ObjOp::Splat), args, .. }, Some(item)) =
                (&self.out.nodes[out[at]].kind, item)
            {
                let items = self.out.op(RsOp::Collect, vec![args[0]], Ty::list(item), origin);
                self.leave_for(&out[..at], items);
                let named = self.named(items);
                let items = self.out.op(IterOp::Into, vec![named], Ty::iter(item), origin);
                out[at] = self.out.op(ObjOp::Splat, vec![items], Ty::iter(item), origin);
                continue;
            }
            let value = match (hold, item) {
                (Some(_), Some(item)) => self.out.op(RsOp::Collect, vec![out[at]], Ty::list(item), origin),
                (Some(_), None) => self.owned_again(nodes[at], out[at], around),
                (None, _) => out[at],
            };
            self.leave_for(&out[..at], value);
            // A number that is another one later.
            let is_changed = holds[at].as_ref().filter(|hold| hold.copied).is_some_and(|hold| {
                nodes[at + 1..=last].iter().any(|later| self.conflicts(nodes[at], hold, *later, false))
            });
            let named = match is_changed {
                true if self.out.ty(value).is_copy() || self.does_something(nodes[at]) => self.named(value),
                true => {
                    let own = self.owned_again(nodes[at], value, around);
                    self.named(own)
                }
                false => self.name_early(value),
            };
            if let (Some(_), Some(item)) = (hold, item) {
                out[at] = self.out.op(IterOp::Into, vec![named], Ty::iter(item), origin);
                continue;
            }
            let wants_ref = matches!(self.out.ty(out[at]).kind(), TyKind::Ref(_));
            let is_ref = matches!(self.out.ty(named).kind(), TyKind::Ref(_));
            out[at] = match wants_ref && !is_ref {
                true => {
                    let (ty, origin) = (self.out.ty(named).reference(), self.out.nodes[named].origin);
                    self.out.op(RsOp::Ref, vec![named], ty, origin)
                }
                false => named,
            };
        }
    }

    /// `d[k] = v` takes the key before the value: the value moves what both of them read.
    pub fn key_first(&mut self, target: &Place, value: NodeId) {
        let mut moved = Vec::new();
        for proj in &target.proj {
            let Proj::Index(key) = proj else { continue };
            self.out.walk(Child::Node(*key), &mut |node| {
                if let Node::Use(Place { root: Root::Local(root), .. }, Mode::Move) =
                    &self.out.nodes[node].kind
                {
                    moved.push((node, *root));
                }
            });
        }
        for (node, root) in moved {
            if !self.reads_local(value, root) {
                continue;
            }
            if let Node::Use(_, mode) = &mut self.out.nodes[node].kind {
                *mode = Mode::Clone;
            }
            if let Node::Use(place, mode @ Mode::Clone) = &mut self.out.nodes[value].kind
                && place.as_local() == Some(root)
            {
                *mode = Mode::Move;
            }
        }
    }

    /// Whether what is written uses a local.
    fn reads_local(&self, node: NodeId, local: LocalId) -> bool {
        let mut found = false;
        self.out.walk(Child::Node(node), &mut |node| {
            found |= matches!(&self.out.nodes[node].kind, Node::Use(place, _) if place.root == Root::Local(local));
        });
        found
    }

    /// A value that is computed first moves nothing away that operands before it still read.
    fn leave_for(&mut self, earlier: &[NodeId], value: NodeId) {
        let mut read = Vec::new();
        for node in earlier {
            self.out.walk(Child::Node(*node), &mut |node| {
                if let Node::Use(Place { root: Root::Local(root), .. }, _) = &self.out.nodes[node].kind {
                    read.push(*root);
                }
            });
        }
        let mut moved = Vec::new();
        self.out.walk(Child::Node(value), &mut |node| {
            if let Node::Use(Place { root: Root::Local(root), .. }, Mode::Move) = &self.out.nodes[node].kind
                && read.contains(root)
            {
                moved.push(node);
            }
        });
        for node in moved {
            if let Node::Use(_, mode) = &mut self.out.nodes[node].kind {
                *mode = Mode::Clone;
            }
        }
    }

    /// What a spelling writes several times is computed once.
    pub fn name_repeated(&mut self, row: &catalog::Row, nodes: &[NodeId], out: &mut [NodeId]) {
        for at in 0..out.len() {
            if row.repeats(at) && !self.is_plain(out[at]) && !self.is_of_constants(out[at]) {
                self.name_all(&nodes[..at], &mut out[..at], None);
                out[at] = self.name_early(out[at]);
            }
        }
    }

    /// A tuple that is written out, of constants: its parts are.
    fn is_of_constants(&self, node: NodeId) -> bool {
        match &self.out.nodes[node].kind {
            Node::Const(_) => true,
            Node::Op {
                op: Op::TupleOp(TupleOp::New) | Op::RsOp(RsOp::Ref | RsOp::ToOwned), args, ..
            } => args.iter().all(|arg| self.is_of_constants(*arg)),
            _ => false,
        }
    }

    /// Names operands that are computed before `later`.
    fn name_all(&mut self, nodes: &[NodeId], out: &mut [NodeId], later: Option<(NodeId, Around)>) {
        for at in 0..out.len() {
            let changes = |own: &Self, hold: &Hold| {
                later.is_some_and(|(later, _)| own.conflicts(nodes[at], hold, later, false))
            };
            let Some(hold) = self.hold(nodes[at], out[at], false) else {
                let is_clone = matches!(self.out.nodes[out[at]].kind, Node::Use(_, Mode::Clone));
                let shown = is_clone || later.is_some_and(|(_, around)| around == Around::Format);
                let read =
                    self.copied(out[at]).or_else(|| self.read_value(nodes[at], out[at]).filter(|_| shown));
                let is_changed = read.is_some_and(|hold| changes(self, &hold));
                out[at] = match is_changed {
                    true if is_clone || self.out.ty(out[at]).is_copy() => self.named(out[at]),
                    true => {
                        let own = self.owned_again(nodes[at], out[at], Around::Format);
                        self.named(own)
                    }
                    false => self.name_early(out[at]),
                };
                continue;
            };
            // A text or number that is lent, and is another one later.
            let is_object = self.src.ty(nodes[at]).strip_ref().strip_shared().is_mutable();
            let is_due = changes(self, &hold) || self.calls_program(nodes[at]);
            if let (Some((_, around)), false, false, true) = (later, hold.mutable, is_object, is_due)
                && matches!(self.out.ty(out[at]).kind(), TyKind::Ref(_))
            {
                let (ty, origin) = (self.out.ty(out[at]), self.out.nodes[out[at]].origin);
                let own = self.owned_again(nodes[at], out[at], around);
                let named = self.named(own);
                let is_ref = matches!(self.out.ty(named).kind(), TyKind::Ref(_));
                out[at] = if is_ref { named } else { self.out.op(RsOp::Ref, vec![named], ty, origin) };
            }
        }
    }

    /// A value that is computed now; one that is the same later stays where it is.
    pub fn name_early(&mut self, node: NodeId) -> NodeId {
        let ty = self.out.ty(node);
        if self.is_plain(node) || matches!(ty.kind(), TyKind::Never) {
            node
        } else if matches!(ty.kind(), TyKind::Unit) {
            // `None` has no name: what gives it is a statement.
            let origin = self.out.nodes[node].origin;
            self.before.push(Stmt::new(StmtKind::Expr(node), origin));
            self.out.node(Node::Const(Const::None), ty, origin)
        } else if let Node::Op { op: Op::ObjOp(ObjOp::SplatDict), args, .. } = &self.out.nodes[node].kind {
            // `**d` stays what it is; the dict is computed first.
            let (inner, origin) = (args[0], self.out.nodes[node].origin);
            let inner = self.name_early(inner);
            self.out.op(ObjOp::SplatDict, vec![inner], ty, origin)
        } else if let Node::Block { label: None, block } = self.out.nodes[node].kind
            && let Some(tail) = self.out.blocks[block].tail
            && self.is_closure(tail)
        {
            // What a closure takes along is computed first; the closure itself may stay.
            self.before.extend(std::mem::take(&mut self.out.blocks[block].stmts));
            tail
        } else {
            self.named(node)
        }
    }

    fn is_closure(&self, node: NodeId) -> bool {
        match &self.out.nodes[node].kind {
            Node::Op { op: Op::RsOp(RsOp::Share), args, .. } => self.is_closure(args[0]),
            kind => matches!(kind, Node::Closure(_)),
        }
    }

    fn is_plain(&self, node: NodeId) -> bool {
        match &self.out.nodes[node].kind {
            Node::Const(_) | Node::Item(_) | Node::Closure(_) => true,
            Node::Use(place, _) => place.as_local().is_some(),
            Node::Op { op: Op::RsOp(RsOp::ToOwned | RsOp::Ref), args, .. } => {
                args.iter().all(|arg| self.is_plain(*arg))
            }
            Node::Op { args, .. } => args.is_empty(),
            _ => false,
        }
    }

    /// The operand as a value of its own: a copy of what the library reads, a second handle of an object
    /// that a function of the program may know by two names.
    fn owned_again(&mut self, node: NodeId, lowered: NodeId, around: Around) -> NodeId {
        let ty = self.src.ty(node).strip_ref();
        let origin = self.src.nodes[node].origin;
        // What it does was written once; it is not done again.
        if self.does_something(node) && matches!(self.out.ty(lowered).kind(), TyKind::Ref(_)) {
            return self.out.op(RsOp::Clone, vec![lowered], ty, origin);
        }
        let is_object = ty.is_mutable() && !matches!(ty.kind(), TyKind::Shared(_) | TyKind::Iter(_));
        if around.is_program() && is_object && !self.is_frozen(node) && !self.has_values() {
            self.demote(node);
        }
        let lowered = self.node(node, Want::Ref);
        match self.out.ty(lowered).kind() {
            TyKind::Ref(_) => self.out.op(RsOp::Clone, vec![lowered], ty, origin),
            _ => lowered,
        }
    }

    fn hold(&self, node: NodeId, lowered: NodeId, late: bool) -> Option<Hold> {
        // An object that is lent is lent as one of its class, too.
        let ty = match &self.out.nodes[lowered].kind {
            Node::Op { op: Op::ClassOp(_), args, .. } => self.out.ty(args[0]),
            _ => self.out.ty(lowered),
        };
        let holds =
            ty.any(&mut |part| matches!(part.kind(), TyKind::Ref(_) | TyKind::RefMut(_) | TyKind::Iter(_)));
        let is_value = !holds
            || self.is_temporary(lowered)
            || matches!(self.out.nodes[lowered].kind, Node::Const(_) | Node::Closure(_) | Node::Item(_));
        if is_value {
            return None;
        }
        let mutable = matches!(ty.kind(), TyKind::RefMut(_));
        let is_path = match &self.src.nodes[node].kind {
            Node::Use(place, _) => {
                let tys = place_tys(self.program, self.src, place);
                place.proj.iter().all(|proj| matches!(proj, Proj::Field(_)))
                    && told_apart(self.families, self.program, place, &tys) == place.proj.len()
            }
            _ => false,
        };
        // `x.as_mut().expect(..)` is borrowed early.
        let is_inside = matches!(&self.out.nodes[lowered].kind, Node::Use(place, _)
            if place.proj.iter().any(|proj| matches!(proj, Proj::Payload(_))));
        let is_path = is_path && !is_inside;
        Some(Hold { mutable, late: late && is_path, guarded: self.holds_guard(node), copied: false })
    }

    /// `&value` of a value that was just made and borrows nothing.
    fn is_temporary(&self, lowered: NodeId) -> bool {
        let Node::Op { op: Op::RsOp(RsOp::Ref | RsOp::Mut), args, .. } = &self.out.nodes[lowered].kind else {
            return false;
        };
        let inner = &self.out.nodes[args[0]];
        // What was computed early has a name of its own, which nobody else changes.
        if let Node::Use(place, _) = &inner.kind
            && let Some(local) = place.as_local()
            && local.0 as usize >= self.src.locals.len()
            && !matches!(inner.ty.kind(), TyKind::Ref(_) | TyKind::RefMut(_) | TyKind::Iter(_))
        {
            return true;
        }
        let makes =
            matches!(inner.kind, Node::Op { .. } | Node::Call { .. } | Node::Format(_) | Node::Seq { .. });
        let borrows = inner.ty.any(&mut |part| {
            matches!(part.kind(), TyKind::Ref(_) | TyKind::RefMut(_) | TyKind::Iter(_) | TyKind::Func(..))
        });
        makes
            && !borrows
            && !matches!(inner.kind, Node::Op { op: Op::OptOp(_) | Op::UnionOp(_) | Op::ClassOp(_), .. })
    }

    /// A number that is read where it stands.
    fn copied(&self, lowered: NodeId) -> Option<Hold> {
        matches!(self.out.nodes[lowered].kind, Node::Use(_, Mode::Copy)).then_some(Hold {
            mutable: false,
            late: false,
            guarded: false,
            copied: true,
        })
    }

    /// A text or number that is looked at where it stands.
    fn read_value(&self, node: NodeId, lowered: NodeId) -> Option<Hold> {
        let is_read = matches!(self.src.nodes[node].kind, Node::Use(..))
            && matches!(self.out.nodes[lowered].kind, Node::Use(..))
            && !self.src.ty(node).strip_ref().strip_shared().is_mutable();
        is_read.then_some(Hold { mutable: false, late: false, guarded: false, copied: true })
    }

    /// A number that is read in the cell of a variable of the module.
    fn is_read_in_global(&self, node: NodeId, lowered: NodeId) -> bool {
        self.copied(lowered).is_some()
            && !self.calls_program(node)
            && self.any_below(node, &mut |own, node| match &own.src.nodes[node].kind {
                Node::Use(place, _) => matches!(place.root, Root::Global(_)) && own.place_in_cell(place),
                _ => false,
            })
    }

    /// A value that is made from what a cell holds: in a format the guard lives until the whole is written.
    fn open_guard(&self, node: NodeId) -> Option<Hold> {
        let makes = match &self.src.nodes[node].kind {
            Node::Call { callee, .. } => matches!(callee, Callee::Lib(_)),
            kind => !matches!(kind, Node::Use(..)),
        };
        (makes && self.holds_guard(node)).then_some(Hold {
            mutable: false,
            late: false,
            guarded: true,
            copied: true,
        })
    }

    /// What is cloned out of a cell, or made of what it holds: the guard lives until the statement ends, and
    /// some later operand changes what the cell holds, or the object that it is in.
    fn cloned_guard(&self, node: NodeId, lowered: NodeId, later: &[NodeId]) -> Option<Hold> {
        let hold = Hold { mutable: false, late: false, guarded: true, copied: true };
        let mut is_made = !matches!(self.src.nodes[node].kind, Node::Use(..));
        self.out.walk(Child::Node(lowered), &mut |node| {
            is_made |= matches!(self.out.nodes[node].kind, Node::Use(_, Mode::Clone));
        });
        let changes = |later: &NodeId| {
            !self.keeps_still(node, &[Child::Node(*later)]) || self.conflicts(node, &hold, *later, false)
        };
        (is_made && self.holds_guard(node) && later.iter().any(changes)).then_some(hold)
    }

    /// Whether an operand on the right conflicts with what one on its left holds.
    fn conflicts(&self, held: NodeId, hold: &Hold, right: NodeId, right_holds: bool) -> bool {
        let mine: Vec<&Event> = self.span_events(held).collect();
        let strict = hold.mutable && (!hold.late || right_holds);
        self.span_events(right).any(|event| {
            (strict || event.kind.changes())
                && mine.iter().any(|other| other.root == event.root && overlaps(&other.path, &event.path))
        })
    }

    /// Whether an operand that is evaluated later may change the value that one before it read.
    fn changes(&self, held: NodeId, hold: &Hold, later: NodeId) -> bool {
        if self.conflicts(held, hold, later, false) {
            return true;
        }
        if !hold.guarded {
            return false;
        }
        // It may hold the same container, and so may what makes the items of an iterator.
        let is_open = |own: &Self, node: NodeId| {
            is_dynamic_call(&own.src.nodes[node].kind)
                || node != later
                    && matches!(own.src.nodes[node].kind, Node::Use(..))
                    && matches!(own.src.ty(node).kind(), TyKind::Iter(_))
        };
        if self.any_below(later, &mut |own, node| is_open(own, node)) {
            return true;
        }
        let mut fields = Vec::new();
        self.src.walk(Child::Node(held), &mut |node| {
            if let Node::Use(place, _) = &self.src.nodes[node].kind {
                fields.extend(place.proj.iter().filter_map(|proj| match proj {
                    Proj::Field(name) => Some(*name),
                    _ => None,
                }));
            }
        });
        fields.iter().any(|field| crate::writes::may_write(self.program, self.src, later, *field))
    }

    /// Whether an operand that is evaluated later may change an object that one before it shows.
    pub fn may_change_shown(&self, shown: NodeId, later: NodeId) -> bool {
        let hold = Hold { mutable: false, late: false, guarded: false, copied: false };
        let is_shared =
            matches!(self.src.ty(shown).strip_ref().kind(), TyKind::Shared(_)) || self.holds_guard(shown);
        let calls = |own: &Self, node: NodeId| {
            matches!(
                own.src.nodes[node].kind,
                Node::Call { callee: Callee::Fn(_) | Callee::Virtual(_) | Callee::Value(_), .. }
            ) || is_dynamic_call(&own.src.nodes[node].kind)
                || own.all.kinds.get(&node).is_some_and(|kind| kind.changes())
        };
        self.conflicts(shown, &hold, later, false)
            || is_shared && self.any_below(later, &mut |own, node| calls(own, node))
    }

    /// Whether an operand that is evaluated later may give the place that one before it read another object.
    fn replaces(&self, held: NodeId, later: NodeId) -> bool {
        let Node::Use(place, _) = &self.src.nodes[held].kind else { return false };
        let global = match place.root {
            Root::Global(path) => Some(path),
            _ => None,
        };
        let mut names = crate::changed::fields_of(place).chain(global);
        names.any(|name| crate::writes::may_rebind(self.program, self.src, later, name))
    }

    /// The operand reads through a thread-local or a `RefCell`.
    pub fn holds_guard(&self, node: NodeId) -> bool {
        self.any_below(node, &mut |own, node| match &own.src.nodes[node].kind {
            Node::Use(place, _) => own.place_in_cell(place) || own.is_cell(place),
            _ => false,
        })
    }

    /// Whether the place holds a container of the library in a cell, which each look at it opens.
    fn is_cell(&self, place: &Place) -> bool {
        matches!(self.place_ty(place).strip_ref().kind(), TyKind::Shared(inner) if matches!(inner.kind(), TyKind::Lib(..)))
    }

    /// Whether the operand changes a container in a cell without code of the program: `od.popitem()`, `xs.pop()`.
    fn changes_cell(&self, node: NodeId) -> bool {
        let in_cell = |own: &Self, node: NodeId| matches!(&own.src.nodes[node].kind, Node::Use(place, _) if own.is_cell(place) || own.place_in_cell(place));
        self.any_below(node, &mut |own, node| match &own.src.nodes[node].kind {
            Node::Call { callee: Callee::Lib(name), args } => {
                let tys: Vec<Ty> = args.iter().map(|arg| own.src.ty(arg.value)).collect();
                let Some(row) = catalog::select(name.as_str(), &tys) else { return false };
                args.iter().enumerate().any(|(at, arg)| {
                    let changed = row.param(at, args.len());
                    changed.is_some_and(|param| param.take == catalog::Take::Write) && in_cell(own, arg.value)
                })
            }
            Node::Op { op: Op::ListOp(_) | Op::DictOp(_) | Op::SetOp(_), args, .. } => {
                args.first().is_some_and(|of| in_cell(own, *of))
                    && own.span_events(node).any(|event| event.kind.changes())
            }
            _ => false,
        })
    }

    /// Evaluating the operand may open a guard again: it calls the program, or it reads a cell while
    /// another operand changes one.
    fn enters_cell(&self, node: NodeId, changes: bool) -> bool {
        self.calls_program(node) || changes && self.holds_guard(node)
    }

    /// `next(iter(d))`: the iterator is there until the statement ends.
    fn advances(&self, node: NodeId) -> bool {
        self.any_below(node, &mut |own, node| {
            matches!(&own.src.nodes[node].kind, Node::Call { callee: Callee::Lib(name), .. }
                if name.as_str().starts_with("builtins.next"))
        })
    }

    /// Whether the operand calls the program's own code, or what may be that.
    pub fn calls_program(&self, top: NodeId) -> bool {
        self.any_below(top, &mut |own, node| match &own.src.nodes[node].kind {
            Node::Call { callee, .. } if !matches!(callee, Callee::Lib(_)) => true,
            // An iterator with a name runs what makes its items when they are asked for.
            Node::Use(..) if node != top && matches!(own.src.ty(node).kind(), TyKind::Iter(_)) => true,
            kind => is_dynamic_call(kind),
        })
    }

    pub(crate) fn any_below(&self, node: NodeId, test: &mut dyn FnMut(&Self, NodeId) -> bool) -> bool {
        let mut found = false;
        self.src.walk(Child::Node(node), &mut |node| found = found || test(self, node));
        found
    }

    /// Whether an index of a place must be computed before the place is borrowed. `depth`: steps before it.
    pub fn index_conflicts(&self, place: &Place, depth: usize, index: NodeId, changes: bool) -> bool {
        if self.place_in_cell(&Place { root: place.root, proj: place.proj[..=depth].to_vec() })
            && self.enters_cell(index, changes)
        {
            return true;
        }
        let Root::Local(root) = place.root else { return false };
        // Of two indices in a row the first is taken before the second is computed, and the other way round.
        let others = place.proj.iter().enumerate().filter(|(at, _)| *at != depth);
        let nested = others.into_iter().any(|(_, proj)| !matches!(proj, Proj::Field(_)));
        self.span_events(index).any(|event| event.root == root && (event.kind.changes() || changes && nested))
    }

    /// Whether some index of a place that is written gets a name before the place is borrowed.
    pub fn has_early_index(&self, place: &Place) -> bool {
        place.proj.iter().enumerate().any(|(depth, proj)| match proj {
            Proj::Index(index) | Proj::Nth(index) => {
                let simple = matches!(self.src.nodes[*index].kind, Node::Const(_) | Node::Use(..));
                !simple && self.index_conflicts(place, depth, *index, true)
            }
            _ => false,
        })
    }

    /// Runs a lowering whose statements must not run outside of it: they stand in a block around its value.
    pub fn enclosed(&mut self, lower: impl FnOnce(&mut Self) -> NodeId) -> NodeId {
        let outer = std::mem::take(&mut self.before);
        let value = lower(self);
        let stmts = std::mem::replace(&mut self.before, outer);
        if stmts.is_empty() {
            return value;
        }
        let (ty, origin) = (self.out.ty(value), self.out.nodes[value].origin);
        let block = self.out.block(BlockRow { stmts, tail: Some(value), end_comments: Vec::new() });
        self.out.node(Node::Block { label: None, block }, ty, origin)
    }

    pub fn span_events(&self, node: NodeId) -> impl Iterator<Item = &Event> {
        let (start, end) = self.all.spans.get(&node).copied().unwrap_or((0, 0));
        self.all.events.iter().filter(move |event| event.at > start && event.at <= end)
    }
}

/// A call that only the run resolves.
fn is_dynamic_call(kind: &Node) -> bool {
    match kind {
        Node::Op { op: Op::ValueOp(ValueOp::Method | ValueOp::Call), .. } => true,
        Node::Call { callee: Callee::Lib(name), .. } => name.as_str().starts_with("value.call"),
        _ => false,
    }
}
