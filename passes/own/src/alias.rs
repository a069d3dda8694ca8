//! Which locals can be borrows: a second name for a part of another local, valid as long as it lives.
//!
//! before (Typed)                      after (Mir)
//!   set place %row = %grid[%i]          let %row: &list<i64> = ref %grid[copy %i]
//!
//! Holds back when the local is assigned twice, may be unassigned, is captured, or when its source
//! changes while the name is in use (then the value is cloned, or its class is shared).

use crate::access::{Accesses, Event, Kind, Step, overlaps, steps};
use crate::live::Liveness;
use crate::types::{is_shared, place_tys};
use batuta_base::{FxHashMap, IndexMap, Name};
use batuta_core::*;
use std::sync::Arc;

/// A borrow that a local holds.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Borrow {
    Ref,
    Mut,
}

/// How a loop reads its source.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Reads {
    Ref,
    Mut,
    /// The body may change the source: by index, a fresh read each turn.
    Live,
    /// The source is dead afterwards and its items are kept: moved out.
    Into,
    /// A display of texts that the body only reads.
    Literal,
}

/// The borrow decisions of a body.
#[derive(Debug, Default)]
pub struct Aliases {
    pub locals: FxHashMap<LocalId, Borrow>,
    /// By source node of a loop or match.
    pub reads: FxHashMap<NodeId, Reads>,
}

struct Candidate {
    local: LocalId,
    root: LocalId,
    path: Vec<Step>,
    start: u32,
    end: u32,
    /// A part of a shared object, that is read there for as long as the object lives.
    is_kept: bool,
}

/// Decides for every local.
pub fn aliases(
    program: &Program<Typed>,
    classes: &IndexMap<Name, Arc<ClassDef>>,
    body: &Body<Typed>,
    live: &Liveness,
    all: &Accesses,
) -> Aliases {
    let mut out = Aliases::default();
    let mut events = all.events.clone();
    let candidates = candidates(program, classes, body, live, all);
    // What happens through an alias happens to its source.
    lift_events(&mut events, &candidates, all, body);
    for candidate in &candidates {
        if let Some(borrow) = valid(candidate, &events) {
            out.locals.insert(candidate.local, borrow);
        }
    }
    for local in crate::texts::literals(body, live, all) {
        out.locals.insert(local, Borrow::Ref);
    }
    let patterns = crate::texts::patterns(body);
    for (locals, source, range) in &all.patterns {
        let reads = match patterns.get(source) {
            Some(pat) if crate::texts::reads_texts(body, *source, pat) && !changes(&events, locals) => {
                Reads::Literal
            }
            _ => loop_reads(body, live, &events, locals, *source, *range),
        };
        out.reads.insert(*source, reads);
    }
    out
}

fn candidates(
    program: &Program<Typed>,
    classes: &IndexMap<Name, Arc<ClassDef>>,
    body: &Body<Typed>,
    live: &Liveness,
    all: &Accesses,
) -> Vec<Candidate> {
    let mut counts: FxHashMap<LocalId, u32> = FxHashMap::default();
    for (local, _, _) in &all.defs {
        *counts.entry(*local).or_default() += 1;
    }
    for param in &body.params {
        *counts.entry(param.local).or_default() += 1;
    }
    let mut out = Vec::new();
    for (local, value, start) in &all.defs {
        let ty = body.locals[*local].ty;
        let single = counts[local] == 1
            && !live.captured.contains(local)
            && !live.maybe_unbound.contains(local)
            && !live.by_loops.contains(local)
            && !leaves_try(body, *local);
        let Some(value) = value.filter(|_| single && !ty.is_copy()) else { continue };
        let Node::Use(place, _) = &body.nodes[value].kind else { continue };
        let Root::Local(root) = place.root else { continue };
        if root == *local || live.captured.contains(&root) {
            continue;
        }
        if place.proj.is_empty() && live.last_uses.contains(&value) {
            continue; // a move
        }
        // Text and ints computed per access, and parts of shared objects that may change, are values of their own.
        let tys = place_tys(program, body, place);
        let behind_shared = tys[..tys.len() - 1].iter().any(|ty| is_shared(program, *ty));
        let is_kept = behind_shared && stays(program, classes, &tys, place);
        let made_anew =
            tys.iter().rev().skip(1).any(|ty| matches!(ty.strip().kind(), TyKind::Str | TyKind::Lib(..)));
        if behind_shared && !is_kept || made_anew {
            continue;
        }
        let Some(end) = last_use(*local, *start, all) else { continue };
        out.push(Candidate { local: *local, root, path: steps(&place.proj), start: *start, end, is_kept });
    }
    out
}

/// Whether every object on the way keeps the part for life: fields without a cell.
fn stays(
    program: &Program<Typed>,
    classes: &IndexMap<Name, Arc<ClassDef>>,
    tys: &[Ty],
    place: &Place,
) -> bool {
    place.proj.iter().zip(tys).all(|(proj, owner)| {
        let (Proj::Field(name), Some(class)) = (proj, owner.strip().class_path()) else { return false };
        field_cell(program, classes, class, *name) == Some(FieldCell::Plain)
    })
}

/// What wraps a field of a class; `None` for what no class above declares.
pub(crate) fn field_cell(
    program: &Program<Typed>,
    classes: &IndexMap<Name, Arc<ClassDef>>,
    class: Name,
    name: Name,
) -> Option<FieldCell> {
    let mut owners = program.mro(class).into_iter().filter_map(|path| classes.get(&path));
    owners.find_map(|def| Some(def.fields.iter().find(|field| field.name == name)?.cell))
}

/// Whether a local gets its value inside a `try` and is read behind it: there it exists before it has one.
fn leaves_try(body: &Body<Typed>, local: LocalId) -> bool {
    body.nodes.iter().any(|(_, row)| {
        let Node::Try { body: tried, .. } = &row.kind else { return false };
        let (mut is_set, mut inside) = (false, 0);
        body.walk_stmts(*tried, &mut |stmt| {
            if let StmtKind::Set { target, .. } = &stmt.kind {
                target.for_each_local(&mut |set| is_set |= set == local);
            }
        });
        let reads = |node: NodeId| matches!(&body.nodes[node].kind, Node::Use(place, _) if place.root == Root::Local(local));
        body.walk_block(*tried, &mut |node| inside += usize::from(reads(node)));
        let mut all = 0;
        body.walk_block(body.root, &mut |node| all += usize::from(reads(node)));
        is_set && all > inside
    })
}

/// Position of the last event of a local; `None` when one comes before the assignment (carried around a loop).
fn last_use(local: LocalId, start: u32, all: &Accesses) -> Option<u32> {
    let mut end = start;
    for event in all.events.iter().filter(|event| event.root == local) {
        if event.at < start {
            return None;
        }
        end = end.max(event.at);
    }
    // A use inside a loop that the assignment is outside of lasts to the loop's end.
    for (from, to) in &all.loops {
        if start < *from && end > *from && end <= *to {
            end = *to;
        }
    }
    Some(end)
}

fn lift_events(events: &mut Vec<Event>, candidates: &[Candidate], all: &Accesses, body: &Body<Typed>) {
    let mut sources: FxHashMap<LocalId, (LocalId, Vec<Step>)> = FxHashMap::default();
    for candidate in candidates {
        sources.insert(candidate.local, (candidate.root, candidate.path.clone()));
    }
    let patterns = crate::texts::patterns(body);
    for (locals, source, _) in &all.patterns {
        let mut found = Vec::new();
        match patterns.get(source) {
            Some(pat) => places_of_parts(body, pat, *source, &mut found),
            None => found.extend(locals.iter().map(|local| (*local, *source))),
        }
        for (local, source) in found {
            if let Some((root, mut path)) = source_place(body, source) {
                path.push(Step::Item);
                sources.insert(local, (root, path));
            }
        }
    }
    let mut at = 0;
    while at < events.len() && events.len() < 200_000 {
        let event = events[at].clone();
        at += 1;
        // Assigning the alias itself changes nothing behind it.
        let rebinds = event.kind == Kind::Write && event.path.is_empty();
        if let (Some((root, path)), false) = (sources.get(&event.root), rebinds)
            && *root != event.root
        {
            let path = path.iter().chain(&event.path).copied().collect();
            let kind = match event.kind {
                Kind::Write => Kind::Mut,
                Kind::Keep => Kind::Read,
                other => other,
            };
            events.push(Event { root: *root, path, kind, ..event });
        }
    }
}

/// What each local of a pattern is an item of: the parts of `zip(a, b)` are items of `a` and `b`.
fn places_of_parts(body: &Body<Typed>, pat: &Pat, source: NodeId, out: &mut Vec<(LocalId, NodeId)>) {
    let row = &body.nodes[source];
    match (&row.kind, pat) {
        (Node::Op { op: Op::IterOp(_), args, .. }, _) if args.len() == 1 => {
            places_of_parts(body, pat, args[0], out);
        }
        (Node::Call { callee: Callee::Lib(name), args }, Pat::Tuple(parts))
            if is_named(name, "builtins.zip") && args.len() == parts.len() =>
        {
            parts.iter().zip(args).for_each(|(part, arg)| places_of_parts(body, part, arg.value, out));
        }
        (Node::Call { callee: Callee::Lib(name), args }, Pat::Tuple(parts))
            if is_named(name, "builtins.enumerate") && parts.len() == 2 && !args.is_empty() =>
        {
            places_of_parts(body, &parts[1], args[0].value, out);
        }
        _ => pat.for_each_local(&mut |local| out.push((local, source))),
    }
}

fn is_named(name: &Name, function: &str) -> bool {
    name.as_str().split('#').next() == Some(function)
}

/// The place that a loop's source reads, looking through iteration helpers.
pub fn source_place(body: &Body<Typed>, node: NodeId) -> Option<(LocalId, Vec<Step>)> {
    match &body.nodes[node].kind {
        Node::Use(place, _) => match place.root {
            Root::Local(local) => Some((local, steps(&place.proj))),
            _ => None,
        },
        Node::Op { op: Op::IterOp(_) | Op::OptOp(_) | Op::ClassOp(_), args, .. } => {
            source_place(body, *args.first()?)
        }
        Node::Call { callee: Callee::Lib(name), args } if is_view(name.as_str()) => {
            source_place(body, args.first()?.value)
        }
        _ => None,
    }
}

/// The places that an iterator of iterators reads while it goes on.
fn lazy_places(body: &Body<Typed>, node: NodeId, out: &mut Vec<(LocalId, Vec<Step>)>) {
    let is_iter = |node: NodeId| matches!(body.ty(node).kind(), TyKind::Iter(_));
    match &body.nodes[node].kind {
        Node::Use(Place { root: Root::Local(local), proj }, _) if !body.ty(node).is_copy() => {
            out.push((*local, steps(proj)));
        }
        Node::Op { op: Op::IterOp(_), args, .. } => args.iter().for_each(|arg| lazy_places(body, *arg, out)),
        Node::Call { callee: Callee::Lib(_), args } if is_iter(node) => {
            args.iter().for_each(|arg| lazy_places(body, arg.value, out));
        }
        Node::Seq { clauses, sink: Sink::Iter(_) } => {
            if let Some(Clause::For { iter, .. }) = clauses.first() {
                lazy_places(body, *iter, out);
            }
        }
        _ => {}
    }
}

/// Library calls whose items are parts of their argument.
pub fn is_view(name: &str) -> bool {
    let base = name.split('#').next().unwrap_or(name);
    match base.rsplit_once('.') {
        Some(("dict" | "defaultdict" | "Counter" | "OrderedDict", method)) => {
            matches!(method, "items" | "values" | "keys")
        }
        Some(("builtins", function)) => matches!(function, "enumerate" | "zip" | "reversed" | "iter"),
        Some((_, method)) => method == "__iter__",
        _ => false,
    }
}

fn valid(candidate: &Candidate, events: &[Event]) -> Option<Borrow> {
    let own = |event: &&Event| event.root == candidate.local;
    let changes = events.iter().filter(own).any(|event| event.kind.changes() && !is_rebind(event));
    let mine: Vec<u32> = events.iter().filter(own).map(|event| event.at).collect();
    let conflict = events.iter().any(|event| {
        event.root == candidate.root
            && event.at > candidate.start
            && event.at <= candidate.end
            && !mine.contains(&event.at)
            && overlaps(&event.path, &candidate.path)
            && (changes
                || event.kind.changes()
                || event.kind == Kind::Keep
                    && (event.path.is_empty() || event.path.len() < candidate.path.len()))
    });
    match conflict || candidate.is_kept && changes {
        true => None,
        false => Some(if changes { Borrow::Mut } else { Borrow::Ref }),
    }
}

fn is_rebind(event: &Event) -> bool {
    event.kind == Kind::Write && event.path.is_empty()
}

/// Whether what a pattern binds is changed in place.
fn changes(events: &[Event], locals: &[LocalId]) -> bool {
    let mut mine = events.iter().filter(|event| locals.contains(&event.root));
    mine.any(|event| event.kind.changes() && !is_rebind(event))
}

fn loop_reads(
    body: &Body<Typed>,
    live: &Liveness,
    events: &[Event],
    locals: &[LocalId],
    source: NodeId,
    range: (u32, u32),
) -> Reads {
    let of_pattern = |event: &Event| locals.contains(&event.root);
    // What a library object without parts gives is made anew.
    let is_made = is_made(body, source);
    let changes = !is_made && changes(events, locals);
    let keeps = events.iter().any(|event| {
        of_pattern(event)
            && event.kind == Kind::Keep
            && event.path.is_empty()
            && !body.locals[event.root].ty.is_copy()
    });
    let mine: Vec<u32> = events.iter().filter(|event| of_pattern(event)).map(|event| event.at).collect();
    let conflict = |root: LocalId, path: &[Step], changes: bool| {
        events.iter().any(|event| {
            event.root == root
                && event.at > range.0
                && event.at <= range.1
                && !mine.contains(&event.at)
                && overlaps(&event.path, path)
                && (changes || event.kind.changes())
        })
    };
    let Some((root, path)) = source_place(body, source) else {
        let mut places = Vec::new();
        lazy_places(body, source, &mut places);
        return match places.iter().any(|(root, path)| conflict(*root, path, false)) {
            true => Reads::Live,
            false => Reads::Into,
        };
    };
    if conflict(root, &path, changes) {
        return Reads::Live;
    }
    // Another name for a part of the source is still read.
    let is_lent =
        events.iter().any(|event| event.root == root && event.at > range.0 && !mine.contains(&event.at));
    let is_whole = !is_lent
        && matches!(innermost_use(body, source), Some((node, true)) if live.last_uses.contains(&node));
    match () {
        () if keeps
            && is_whole
            && !matches!(body.locals[root].ty.kind(), TyKind::Ref(_) | TyKind::RefMut(_)) =>
        {
            Reads::Into
        }
        () if changes => Reads::Mut,
        () => Reads::Ref,
    }
}

/// Whether a loop reads a library object without parts.
fn is_made(body: &Body<Typed>, node: NodeId) -> bool {
    match &body.nodes[node].kind {
        Node::Use(..) => {
            matches!(body.ty(node).strip().kind(), TyKind::Lib(_, parts) if parts.is_empty())
        }
        Node::Op { op: Op::IterOp(_), args, .. } => args.first().is_some_and(|arg| is_made(body, *arg)),
        Node::Call { callee: Callee::Lib(_), args } => {
            args.first().is_some_and(|arg| is_made(body, arg.value))
        }
        _ => false,
    }
}

/// The use at the bottom of a loop's source, and whether it is a whole local read directly.
fn innermost_use(body: &Body<Typed>, node: NodeId) -> Option<(NodeId, bool)> {
    match &body.nodes[node].kind {
        Node::Use(place, _) => Some((node, place.as_local().is_some())),
        Node::Op { op: Op::IterOp(_), args, .. } => innermost_use(body, *args.first()?),
        _ => None,
    }
}
