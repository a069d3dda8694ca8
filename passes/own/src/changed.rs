//! Which fields each function may change, by itself and through what it calls.
//!
//! A field that is read in an argument through a `RefCell` keeps its guard until the end of the statement:
//! where the callee changes that field, the argument gets a name before the call.
//!
//! before (Typed)                         after (Mir)
//!   call @S.push(%self, %self.stack[-2])   let %value = copy %self.stack[-2]
//!                                          call @S.push(ref %self, copy %value)

use crate::access::accesses;
use crate::body::{Own, Want};
use batuta_base::{FxHashMap, FxHashSet, Name};
use batuta_core::*;

/// Fields by function; function values may change any.
#[derive(Debug, Default)]
pub struct Changed {
    fields: FxHashMap<Name, FxHashSet<Name>>,
    open: FxHashSet<Name>,
}

impl Changed {
    pub fn of(program: &Program<Typed>) -> Self {
        let mut out = Self::default();
        let mut calls: FxHashMap<Name, Vec<Name>> = FxHashMap::default();
        for body in program.fns.values() {
            out.fields.insert(body.path, own_fields(program, body));
            let called = calls.entry(body.path).or_default();
            body.walk_block(body.root, &mut |node| match &body.nodes[node].kind {
                Node::Call { callee, .. } => called.extend(targets(program, callee)),
                // What gets a function as a value calls it.
                Node::Item(path) if is_function(body.ty(node)) => called.push(*path),
                _ => {}
            });
            if is_open(body) {
                out.open.insert(body.path);
            }
        }
        loop {
            let mut grown = false;
            for (path, called) in &calls {
                for callee in called {
                    let more = out.fields.get(callee).cloned().unwrap_or_default();
                    let mine = out.fields.entry(*path).or_default();
                    let before = mine.len();
                    mine.extend(more);
                    grown |= mine.len() > before;
                    grown |= out.open.contains(callee) && out.open.insert(*path);
                }
            }
            if !grown {
                return out;
            }
        }
    }

    /// Whether a call may change one of the fields.
    fn may(&self, program: &Program<Typed>, callee: &Callee, fields: &FxHashSet<Name>) -> bool {
        matches!(callee, Callee::Value(_) | Callee::Method(..))
            || targets(program, callee).iter().any(|path| self.touches(path, fields))
    }

    fn touches(&self, path: &Name, fields: &FxHashSet<Name>) -> bool {
        self.open.contains(path) || self.fields.get(path).is_some_and(|changed| !changed.is_disjoint(fields))
    }
}

fn is_function(ty: Ty) -> bool {
    matches!(ty.strip().kind(), TyKind::Func(..))
}

/// Runs code that comes from elsewhere: it calls or hands on functions, or goes on with iterators, that it
/// was given.
fn is_open(body: &Body<Typed>) -> bool {
    let mut made = FxHashSet::default();
    body.walk_stmts(body.root, &mut |stmt| {
        if let StmtKind::Set { target, .. } | StmtKind::Let { pat: target, .. } = &stmt.kind {
            target.for_each_local(&mut |local| {
                made.insert(local);
            });
        }
    });
    body.params.iter().for_each(|param| {
        made.remove(&param.local);
    });
    let mut is_open = false;
    body.walk_block(body.root, &mut |node| {
        is_open |= match &body.nodes[node].kind {
            Node::Call { callee: Callee::Value(_) | Callee::Method(..), .. } => true,
            Node::Use(place, _) => {
                let is_own = place.as_local().is_some_and(|local| made.contains(&local));
                !is_own && runs_code(body.ty(node))
            }
            _ => false,
        };
    });
    is_open
}

/// Functions and iterators: using one may run anything.
fn runs_code(ty: Ty) -> bool {
    let is_code = |ty: Ty| matches!(ty.strip().kind(), TyKind::Func(..) | TyKind::Iter(_));
    is_code(ty) || matches!(ty.strip().kind(), TyKind::Option(inner) if is_code(*inner))
}

fn own_fields(program: &Program<Typed>, body: &Body<Typed>) -> FxHashSet<Name> {
    let mut out = FxHashSet::default();
    let mut see = |place: &Place| {
        out.extend(fields_of(place));
        if let Root::Global(path) = place.root {
            out.insert(path);
        }
    };
    for (node, kind) in &accesses(program, body).kinds {
        if let (Node::Use(place, _), true) = (&body.nodes[*node].kind, kind.changes()) {
            see(place);
        }
    }
    body.walk_stmts(body.root, &mut |stmt| match &stmt.kind {
        StmtKind::Set { target, .. } => places_of(target, &mut see),
        StmtKind::Update { place, .. } | StmtKind::Del(place) => see(place),
        _ => {}
    });
    out
}

/// Fields and globals that a part of a body reads.
pub(crate) fn names_read(body: &Body<Typed>, part: Child) -> FxHashSet<Name> {
    let mut out = FxHashSet::default();
    body.walk(part, &mut |node| {
        if let Node::Use(place, _) = &body.nodes[node].kind {
            out.extend(fields_of(place));
            if let Root::Global(path) = place.root {
                out.insert(path);
            }
        }
    });
    out
}

/// Names of the fields on the way to a place.
pub(crate) fn fields_of(place: &Place) -> impl Iterator<Item = Name> {
    place.proj.iter().filter_map(|proj| match proj {
        Proj::Field(name) => Some(*name),
        _ => None,
    })
}

fn places_of(pat: &Pat, see: &mut dyn FnMut(&Place)) {
    if let Pat::Place(place) = pat {
        see(place);
    }
    pat.for_each_part(&mut |part| places_of(part, see));
}

/// The functions that a call may run.
pub(crate) fn targets(program: &Program<Typed>, callee: &Callee) -> Vec<Name> {
    match callee {
        Callee::Fn(path) => vec![*path],
        Callee::New(class) => {
            let makers = ["__new__", "__init__", "__post_init__"];
            makers.iter().filter_map(|name| program.find_method(*class, name)).collect()
        }
        Callee::Virtual(path) => {
            program.fns.keys().filter(|other| other.last() == path.last()).copied().collect()
        }
        _ => Vec::new(),
    }
}

impl Own<'_> {
    /// A loop over a list in a field's cell, whose body leaves the list alone: the guard is held while it runs.
    pub fn is_quiet_loop(&self, iter: NodeId, body: BlockId) -> bool {
        let source = self.iterated(iter);
        let Node::Use(place, _) = &self.src.nodes[source].kind else { return false };
        let Root::Local(root) = place.root else { return false };
        if !self.is_guarded_list(iter) || !self.in_field_cells(source) {
            return false;
        }
        let mut quiet = self.keeps_still(source, &[Child::Block(body)]);
        self.src.walk_block(body, &mut |node| {
            quiet &= match &self.src.nodes[node].kind {
                Node::Closure(_) => false,
                Node::Use(used, _) => used.as_local() != Some(root) || self.is_borrowed(root),
                _ => true,
            };
        });
        let mut see = |place: &Place| quiet &= place.as_local() != Some(root);
        self.src.walk_stmts(body, &mut |stmt| match &stmt.kind {
            StmtKind::Set { target, .. } => places_of(target, &mut see),
            StmtKind::Update { place, .. } | StmtKind::Del(place) => see(place),
            _ => {}
        });
        quiet
    }

    /// Whether nothing on the way to a place changes while the parts run, by whatever name.
    pub(crate) fn keeps_still(&self, source: NodeId, parts: &[Child]) -> bool {
        self.leave_still(self.names_below(source), parts)
    }

    /// Whether fields and globals of these names stay as they are while the parts run.
    pub(crate) fn leave_still(&self, fields: FxHashSet<Name>, parts: &[Child]) -> bool {
        let touches = |place: &Place| {
            fields_of(place).any(|name| fields.contains(&name))
                || matches!(place.root, Root::Global(path) if fields.contains(&path))
        };
        let mut still = true;
        for part in parts {
            self.src.walk(*part, &mut |node| {
                still &= match &self.src.nodes[node].kind {
                    Node::Call { callee, .. } => self.leaves(callee, &fields),
                    Node::Yield(_) | Node::YieldFrom(_) | Node::Await(_) => false,
                    Node::Item(_) => !is_function(self.src.ty(node)),
                    Node::Use(used, _) => {
                        let changes = self.all.kinds.get(&node).is_some_and(|kind| kind.changes());
                        !(runs_code(self.src.ty(node)) || changes && touches(used))
                    }
                    _ => true,
                };
            });
            if let Child::Block(block) = part {
                let mut see = |place: &Place| still &= !touches(place);
                self.src.walk_stmts(*block, &mut |stmt| match &stmt.kind {
                    StmtKind::Set { target, .. } => places_of(target, &mut see),
                    StmtKind::Update { place, .. } | StmtKind::Del(place) => see(place),
                    _ => {}
                });
            }
        }
        // Operators and texts of objects run methods that no call names.
        let is_named = |path: &Name| path.last().starts_with("__") && path.last() != "__init__";
        still && !self.program.fns.keys().any(|path| is_named(path) && self.changed.touches(path, &fields))
    }

    /// Fields and globals that an expression reads.
    fn names_below(&self, node: NodeId) -> FxHashSet<Name> {
        names_read(self.src, Child::Node(node))
    }

    /// Whether code of the program that a node calls may change one of the fields.
    pub(crate) fn may_change(&self, node: NodeId, fields: &FxHashSet<Name>) -> bool {
        self.any_below(node, &mut |own, node| match &own.src.nodes[node].kind {
            Node::Call { callee, .. } => !own.leaves(callee, fields),
            _ => false,
        })
    }

    /// A call that changes none of the fields.
    fn leaves(&self, callee: &Callee, fields: &FxHashSet<Name>) -> bool {
        matches!(callee, Callee::Lib(_)) || !self.changed.may(self.program, callee, fields)
    }

    /// A comprehension over a list in a cell whose parts change nothing on the way to the list.
    pub fn is_quiet_seq(&self, iter: NodeId, parts: &[NodeId]) -> bool {
        let source = self.iterated(iter);
        let Node::Use(place, _) = &self.src.nodes[source].kind else { return false };
        let can_call = fields_of(place).next().is_some();
        self.is_guarded_list(iter) && (can_call || !parts.iter().any(|part| self.calls_program(*part)))
    }

    /// An argument whose guard would be held while the callee changes what it guards: its value, named.
    pub fn unguarded(&mut self, callee: &Callee, arg: NodeId, param: Ty) -> Option<NodeId> {
        if matches!(param.kind(), TyKind::RefMut(_)) {
            return None;
        }
        let mut fields = FxHashSet::default();
        self.src.walk(Child::Node(arg), &mut |node| {
            if let Node::Use(place, _) = &self.src.nodes[node].kind
                && self.place_in_cell(place)
            {
                fields.extend(place.proj.iter().filter_map(|proj| match proj {
                    Proj::Field(name) => Some(*name),
                    _ => None,
                }));
            }
        });
        // What waits for a coroutine or a generator holds the guard while anything may run.
        let is_held = self.suspends && self.holds_guard(arg);
        if !is_held && (fields.is_empty() || !self.changed.may(self.program, callee, &fields)) {
            return None;
        }
        let value = self.node(arg, Want::Own);
        // A generator that takes its object along looks through no guard.
        if self.is_of_handles(value) {
            let kept = self.boxed(value);
            return Some(self.named(kept));
        }
        // A lazy value would look through the guard later.
        if let TyKind::Iter(item) = *self.out.ty(value).kind() {
            let origin = self.out.nodes[value].origin;
            let items = self.out.op(RsOp::Collect, vec![value], Ty::list(item), origin);
            let named = self.named(items);
            return Some(self.out.op(IterOp::Into, vec![named], Ty::iter(item), origin));
        }
        let value = self.coerce(value, param.strip_ref());
        let named = self.named(value);
        let origin = self.out.nodes[named].origin;
        Some(match param.kind() {
            TyKind::Ref(_) => {
                let ty = self.out.ty(named).reference();
                self.out.op(RsOp::Ref, vec![named], ty, origin)
            }
            _ => named,
        })
    }
}
