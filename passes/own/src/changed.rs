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
            for (_, row) in body.nodes.iter() {
                match &row.kind {
                    Node::Call { callee: Callee::Value(_), .. } => {
                        out.open.insert(body.path);
                    }
                    Node::Call { callee, .. } => called.extend(targets(program, callee)),
                    _ => {}
                }
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
        matches!(callee, Callee::Value(_))
            || targets(program, callee).iter().any(|path| {
                self.open.contains(path)
                    || self.fields.get(path).is_some_and(|changed| !changed.is_disjoint(fields))
            })
    }
}

fn own_fields(program: &Program<Typed>, body: &Body<Typed>) -> FxHashSet<Name> {
    let mut out = FxHashSet::default();
    let mut see = |place: &Place| {
        out.extend(place.proj.iter().filter_map(|proj| match proj {
            Proj::Field(name) => Some(*name),
            _ => None,
        }));
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
fn targets(program: &Program<Typed>, callee: &Callee) -> Vec<Name> {
    match callee {
        Callee::Fn(path) => vec![*path],
        Callee::New(class) => vec![class.join("__init__")],
        Callee::Virtual(path) => {
            program.fns.keys().filter(|other| other.last() == path.last()).copied().collect()
        }
        _ => Vec::new(),
    }
}

impl Own<'_> {
    /// A loop over a list in a field's cell, whose body calls nothing of the program and leaves the list alone:
    /// the guard is held while it runs.
    pub fn is_quiet_loop(&self, iter: NodeId, body: BlockId) -> bool {
        let source = self.iterated(iter);
        let Node::Use(place, _) = &self.src.nodes[source].kind else { return false };
        let Root::Local(root) = place.root else { return false };
        if !self.is_guarded_list(iter) || !self.in_field_cells(source) {
            return false;
        }
        let fields: FxHashSet<Name> = fields_of(place).collect();
        let mut quiet = true;
        self.src.walk_block(body, &mut |node| {
            quiet &= match &self.src.nodes[node].kind {
                Node::Call { callee, .. } => self.leaves(callee, &fields),
                Node::Yield(_) | Node::YieldFrom(_) | Node::Await(_) | Node::Closure(_) => false,
                Node::Item(_) => !matches!(self.src.ty(node).strip_ref().kind(), TyKind::Func(..)),
                Node::Use(used, _) => {
                    let changes = self.all.kinds.get(&node).is_some_and(|kind| kind.changes());
                    let hands_on = used.as_local() == Some(root) && !self.is_borrowed(root);
                    !hands_on && !(changes && fields_of(used).any(|name| fields.contains(&name)))
                }
                _ => true,
            };
        });
        let mut see = |place: &Place| {
            quiet &= place.as_local() != Some(root) && !fields_of(place).any(|name| fields.contains(&name));
        };
        self.src.walk_stmts(body, &mut |stmt| match &stmt.kind {
            StmtKind::Set { target, .. } => places_of(target, &mut see),
            StmtKind::Update { place, .. } | StmtKind::Del(place) => see(place),
            _ => {}
        });
        // Operators and texts of objects run methods that no call names.
        let is_named = |path: &Name| path.last().starts_with("__") && path.last() != "__init__";
        quiet
            && !self.program.fns.keys().filter(|path| is_named(path)).any(|path| {
                self.changed.fields.get(path).is_some_and(|changed| !changed.is_disjoint(&fields))
            })
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
        let fields: FxHashSet<Name> = fields_of(place).collect();
        let mut quiet = self.is_guarded_list(iter);
        for part in parts {
            self.src.walk(Child::Node(*part), &mut |node| {
                if let Node::Call { callee, .. } = &self.src.nodes[node].kind {
                    let is_lib = matches!(callee, Callee::Lib(_));
                    quiet &= is_lib || !fields.is_empty() && self.leaves(callee, &fields);
                }
            });
        }
        quiet
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
