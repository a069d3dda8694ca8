//! Attributes of a function: globals of its module.
//!
//! before                                  after
//!   set place @m.count..calls = 0           set place @m.count$calls = 0
//!   update @m.count..calls obj.add 1        update @m.count$calls obj.add 1
//!   lib:builtins.hasattr(@m.count, "x")     obj.is_not(@m.count$x, none)
//!   lib:builtins.getattr(@m.count, "x", 1)  if obj.is_not(@m.count$x, none) { tail @m.count$x } else { tail 1 }
//!
//! One that is asked for with `hasattr` or `getattr` starts as `None`. Holds back for functions that are values,
//! since the attributes of a value are looked up when the program runs; for decorated ones; and for attributes
//! that the module does not give a value where they are not asked for. A function may be a value where nothing else
//! is asked for an attribute of that name.

use batuta_base::{FxHashMap, FxHashSet, Name};
use batuta_core::*;
use std::sync::Arc;

pub(super) fn expand(program: &mut Program<Hir>) {
    let mut found = Found::default();
    for body in program.fns.values() {
        found.assigned(program, body);
    }
    if found.assigned.is_empty() {
        return;
    }
    for body in program.fns.values() {
        found.uses(program, body);
        found.others(body);
    }
    let asked = found.asked.clone();
    let set_to_none = found.set_to_none.clone();
    let mut names: Vec<(Name, Name)> = found.assigned.iter().copied().collect();
    let is_whole = |function: Name| {
        let mut own = found.assigned.iter().filter(|(of, _)| *of == function);
        (!found.values.contains(&function) || found.is_named_only(function))
            && own.all(|key| found.started.contains(key) || asked.contains(key) && !set_to_none.contains(key))
    };
    names.retain(|(function, _)| is_whole(*function));
    names.sort();
    let globals: FxHashMap<(Name, Name), Name> =
        names.into_iter().map(|(of, name)| ((of, name), Name::new(&format!("{of}${name}")))).collect();
    if globals.is_empty() {
        return;
    }
    for path in program.fns.keys().copied().collect::<Vec<_>>() {
        let mut body = (*program.fns[&path]).clone();
        if rewrite(&mut body, &globals) {
            program.fns.insert(path, Arc::new(body));
        }
    }
    let mut rows: Vec<((Name, Name), Name)> = globals.into_iter().collect();
    rows.sort();
    for (key, path) in rows {
        super::decorate::add_global(program, key.0, path);
        if asked.contains(&key) {
            super::attributes::start_without(program, path);
        }
    }
}

/// What the program does with functions that have attributes, each named by its function and its own name.
#[derive(Default)]
struct Found {
    assigned: FxHashSet<(Name, Name)>,
    /// That a statement of the module itself assigns.
    started: FxHashSet<(Name, Name)>,
    set_to_none: FxHashSet<(Name, Name)>,
    asked: FxHashSet<(Name, Name)>,
    /// Functions that are used as values.
    values: FxHashSet<Name>,
    /// Names of attributes that something else may have.
    elsewhere: FxHashSet<Name>,
    /// Whether something asks by a name that is computed.
    asks_any: bool,
}

impl Found {
    fn assigned(&mut self, program: &Program<Hir>, body: &Body<Hir>) {
        body.walk_stmts(body.root, &mut |stmt| {
            let (place, value) = match &stmt.kind {
                StmtKind::Set { target: Pat::Place(place), value } => (place, Some(*value)),
                StmtKind::Update { place, .. } => (place, None),
                _ => return,
            };
            let Some((function, name)) = attribute(body, place).filter(|_| place.proj.len() == 1) else {
                return;
            };
            let is_plain = |body: &Arc<Body<Hir>>| {
                body.kind == FnKind::Function && body.decorators.is_empty() && !body.is_async
            };
            if !program.fns.get(&function).is_some_and(is_plain) || name.as_str().starts_with("__") {
                return;
            }
            self.assigned.insert((function, name));
            if value.is_some_and(|value| matches!(body.nodes[value].kind, Node::Const(Const::None))) {
                self.set_to_none.insert((function, name));
            }
        });
        if body.path.last() != "<init>" {
            return;
        }
        for stmt in &body.blocks[body.root].stmts {
            if let StmtKind::Set { target: Pat::Place(place), .. } = &stmt.kind
                && place.proj.len() == 1
            {
                self.started.extend(attribute(body, place));
            }
        }
    }

    /// Whether nothing but the function itself is asked for its attributes.
    fn is_named_only(&self, function: Name) -> bool {
        let mut own = self.assigned.iter().filter(|(of, _)| *of == function);
        !self.asks_any && own.all(|(_, name)| !self.elsewhere.contains(name))
    }

    /// Attributes of what is no function of the program, nor the object of a method.
    fn others(&mut self, body: &Body<Hir>) {
        let this = body.params.first().filter(|_| body.kind == FnKind::Method).map(|param| param.local);
        let mut elsewhere = FxHashSet::default();
        let mut see = |place: &Place| {
            let is_known = attribute(body, place).is_some_and(|key| self.assigned.contains(&key));
            let skip = usize::from(is_known || this.is_some_and(|this| place.root == Root::Local(this)));
            elsewhere.extend(place.proj.iter().skip(skip).filter_map(|proj| match proj {
                Proj::Field(name) => Some(*name),
                _ => None,
            }));
        };
        body.each_place(&mut see);
        for (_, row) in body.nodes.iter() {
            match &row.kind {
                Node::Call { callee: Callee::Method(_, name), .. } => drop(elsewhere.insert(*name)),
                Node::Call { callee: Callee::Lib(name), args } if asks_by_name(*name) => {
                    match args.get(1).and_then(|arg| body.as_const(arg.value)) {
                        Some(Const::Str(text))
                            if asked(body, &row.kind)
                                .is_none_or(|(key, ..)| !self.assigned.contains(&key)) =>
                        {
                            elsewhere.insert(Name::new(text));
                        }
                        Some(Const::Str(_)) => {}
                        _ => self.asks_any = true,
                    }
                }
                _ => {}
            }
        }
        self.elsewhere.extend(elsewhere);
    }

    fn uses(&mut self, program: &Program<Hir>, body: &Body<Hir>) {
        // Nodes that are the function of an attribute, or that `hasattr` is asked about.
        let mut quiet: FxHashSet<NodeId> = FxHashSet::default();
        let mut see = |place: &Place| {
            if let (Root::Node(node), Some(key)) = (place.root, attribute(body, place))
                && self.assigned.contains(&key)
            {
                quiet.insert(node);
            }
        };
        body.each_place(&mut see);
        for (_, row) in body.nodes.iter() {
            if let Some((key, node, _)) = asked(body, &row.kind) {
                self.asked.insert(key);
                quiet.insert(node);
            }
        }
        for (id, row) in body.nodes.iter() {
            match &row.kind {
                Node::Item(name) if !quiet.contains(&id) => {
                    self.values.insert(*name);
                }
                Node::Use(place, _) => {
                    if let Root::Global(path) = place.root
                        && program.fns.contains_key(&path)
                        && !quiet.contains(&id)
                        && attribute(body, place).is_none_or(|key| !self.assigned.contains(&key))
                    {
                        self.values.insert(path);
                    }
                }
                _ => {}
            }
        }
    }
}

fn asks_by_name(name: Name) -> bool {
    matches!(
        name.as_str(),
        "builtins.getattr" | "builtins.hasattr" | "builtins.setattr" | "builtins.vars" | "builtins.dir"
    )
}

/// The function and the attribute that a place begins with.
fn attribute(body: &Body<Hir>, place: &Place) -> Option<(Name, Name)> {
    let Some(Proj::Field(name)) = place.proj.first() else { return None };
    let function = match place.root {
        Root::Global(path) => path,
        Root::Node(node) => function_of(body, node)?,
        Root::Local(_) => return None,
    };
    Some((function, *name))
}

fn function_of(body: &Body<Hir>, node: NodeId) -> Option<Name> {
    match &body.nodes[node].kind {
        Node::Item(path) => Some(*path),
        Node::Use(Place { root: Root::Global(path), proj }, _) if proj.is_empty() => Some(*path),
        _ => None,
    }
}

/// `hasattr(f, "x")` and `getattr(f, "x", 1)`: the attribute, the node of the function, and the default.
fn asked(body: &Body<Hir>, node: &Node) -> Option<((Name, Name), NodeId, Option<NodeId>)> {
    let Node::Call { callee: Callee::Lib(name), args } = node else { return None };
    let (of, attribute, default) = match (name.as_str(), args.as_slice()) {
        ("builtins.hasattr", [of, attribute]) => (of, attribute, None),
        ("builtins.getattr", [of, attribute, default]) => (of, attribute, Some(default.value)),
        _ => return None,
    };
    let Some(Const::Str(text)) = body.as_const(attribute.value) else { return None };
    Some(((function_of(body, of.value)?, Name::new(text)), of.value, default))
}

fn rewrite(body: &mut Body<Hir>, globals: &FxHashMap<(Name, Name), Name>) -> bool {
    let mut changed = false;
    for id in body.nodes.ids().collect::<Vec<_>>() {
        if let Node::Use(place, mode) = body.nodes[id].kind.clone()
            && let Some(place) = as_global(body, &place, globals)
        {
            body.nodes[id].kind = Node::Use(place, mode);
            changed = true;
            continue;
        }
        let Some((key, _, default)) = asked(body, &body.nodes[id].kind) else { continue };
        let Some(path) = globals.get(&key) else { continue };
        let origin = body.nodes[id].origin;
        let value = body.node(Node::Use(Place::global(*path), Mode::Read), Ty::unknown(), origin);
        let none = body.node(Node::Const(Const::None), Ty::unit(), origin);
        let is_set = Node::Op { op: ObjOp::IsNot.into(), attr: Attr::None, args: vec![value, none] };
        body.nodes[id].kind = match default {
            None => is_set,
            Some(default) => {
                let is_set = body.node(is_set, Ty::unknown(), origin);
                let cond = body.op(ObjOp::Truth, vec![is_set], Ty::unknown(), origin);
                let value = body.node(Node::Use(Place::global(*path), Mode::Read), Ty::unknown(), origin);
                let then = body.block(BlockRow { tail: Some(value), ..BlockRow::default() });
                let els = body.block(BlockRow { tail: Some(default), ..BlockRow::default() });
                Node::If { cond, then, els: Some(els) }
            }
        };
        changed = true;
    }
    for block in body.blocks.ids().collect::<Vec<_>>() {
        for at in 0..body.blocks[block].stmts.len() {
            let mut kind = body.blocks[block].stmts[at].kind.clone();
            let place = match &mut kind {
                StmtKind::Set { target: Pat::Place(place), .. }
                | StmtKind::Update { place, .. }
                | StmtKind::Del(place) => place,
                _ => continue,
            };
            if let Some(found) = as_global(body, place, globals) {
                *place = found;
                body.blocks[block].stmts[at].kind = kind;
                changed = true;
            }
        }
    }
    changed
}

fn as_global(body: &Body<Hir>, place: &Place, globals: &FxHashMap<(Name, Name), Name>) -> Option<Place> {
    let path = globals.get(&attribute(body, place)?)?;
    Some(Place { root: Root::Global(*path), proj: place.proj[1..].to_vec() })
}
