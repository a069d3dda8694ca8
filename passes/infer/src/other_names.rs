//! Other names for functions: a name that is bound once, to a function, is that function.
//!
//! before                                     after
//!   set place @m.icount = item @itertools.count
//!   value (@m.icount)(1)                       lib:itertools.count(1)
//!   set place %push = %xs.append
//!   value (%push)(1)                           method (%xs).append(1)
//!   set place @m.pack = Struct("<h").pack       set place @m.pack = Struct("<h")
//!   value (@m.pack)(1)                         method (@m.pack).pack(1)
//!   map("{}-{}".format, xs, ys)                map(closure (%a, %b) "{}-{}".format(%a, %b), xs, ys)
//!
//! Holds back for names that are bound twice or (bound methods) used in any other way than by calls, and
//! when the object behind a bound method has a second binding.

use batuta_base::{FxHashMap, FxHashSet, Name};
use batuta_core::*;

/// What the names of a program stand for.
pub(crate) struct OtherNames {
    library: FxHashMap<Name, Name>,
    methods: FxHashMap<Name, Bound>,
}

/// A method of an object that is there when the name is bound.
#[derive(Clone)]
struct Bound {
    object: Object,
    method: Name,
}

#[derive(Clone)]
enum Object {
    /// A literal or a name: what stands in for it reads it again.
    Read(Node),
    /// Anything else: the name holds the object instead of its method.
    Held,
}

impl OtherNames {
    pub(crate) fn of(program: &Program<Hir>) -> Self {
        Self { library: library_names(program), methods: global_methods(program) }
    }
}

/// Globals of the program that stand for one library function.
fn library_names(program: &Program<Hir>) -> FxHashMap<Name, Name> {
    let mut found: FxHashMap<Name, Option<Name>> = FxHashMap::default();
    for body in program.fns.values() {
        for stmt in body.blocks.iter().flat_map(|(_, row)| &row.stmts) {
            each_target(&stmt.kind, &mut |place, value| {
                let (Root::Global(path), true) = (place.root, place.proj.is_empty()) else { return };
                let item = value.and_then(|value| match body.nodes[value].kind {
                    Node::Item(name) if !batuta_catalog::functions(name.as_str()).is_empty() => Some(name),
                    _ => None,
                });
                let is_first = body.kind == FnKind::Init && !found.contains_key(&path);
                found.insert(path, item.filter(|_| is_first));
            });
        }
    }
    let is_class_attribute = |path: &Name| program.classes.contains_key(&path.parent());
    found
        .into_iter()
        .filter_map(|(path, item)| item.filter(|_| !is_class_attribute(&path)).map(|item| (path, item)))
        .collect()
}

/// Globals that are bound once, by the top level of their module, to a method, and are only called.
fn global_methods(program: &Program<Hir>) -> FxHashMap<Name, Bound> {
    let bindings = global_bindings(program);
    let mut found: FxHashMap<Name, Bound> = FxHashMap::default();
    let mut kept: FxHashSet<Name> = FxHashSet::default();
    for body in program.fns.values() {
        for stmt in body.blocks.iter().flat_map(|(_, row)| &row.stmts) {
            each_target(&stmt.kind, &mut |place, value| {
                let (Root::Global(path), true) = (place.root, place.proj.is_empty()) else { return };
                if let Some(bound) = value.and_then(|value| bound_method(body, value))
                    && !program.classes.contains_key(&path.parent())
                {
                    found.insert(path, bound);
                }
            });
        }
        let called = called(body);
        for (id, row) in body.nodes.iter() {
            if let Node::Use(Place { root: Root::Global(path), proj }, _) = &row.kind
                && !(proj.is_empty() && called.contains(&id))
            {
                kept.insert(*path);
            }
        }
    }
    let once = |path: &Name| bindings.get(path) == Some(&1);
    found.retain(|path, bound| {
        let is_steady = match &bound.object {
            Object::Read(Node::Use(Place { root: Root::Global(owner), .. }, _)) => once(owner),
            Object::Read(Node::Use(..)) => false,
            _ => true,
        };
        once(path) && is_steady && !kept.contains(path)
    });
    found
}

/// `object.method` as a value, where it is a method of the library.
fn bound_method(body: &Body<Hir>, value: NodeId) -> Option<Bound> {
    let Node::Use(place, _) = &body.nodes[value].kind else { return None };
    let [Proj::Field(method)] = place.proj[..] else { return None };
    if batuta_catalog::owners(method.as_str()).is_empty() {
        return None;
    }
    let named = |root: Root| Object::Read(Node::Use(Place { root, proj: Vec::new() }, Mode::Read));
    let object = match place.root {
        Root::Node(object) => match &body.nodes[object].kind {
            node @ Node::Const(_) => Object::Read(node.clone()),
            Node::Use(Place { root, proj }, _) if proj.is_empty() => named(*root),
            Node::Call { callee: Callee::Lib(name), .. } if makes_object(*name) => Object::Held,
            _ => return None,
        },
        root => named(root),
    };
    Some(Bound { object, method })
}

/// Library calls whose result has methods that are worth a name.
fn makes_object(name: Name) -> bool {
    matches!(name.as_str(), "struct.Struct" | "re.compile" | "random.Random")
}

/// Calls what the names of a body stand for.
pub(crate) fn resolve(mut body: Body<Hir>, names: &OtherNames) -> Body<Hir> {
    let methods = local_methods(&body);
    for node in body.nodes.ids().collect::<Vec<_>>() {
        let made = match body.nodes[node].kind.clone() {
            Node::Use(Place { root: Root::Global(path), proj }, _) if proj.is_empty() => {
                names.library.get(&path).map(|name| Node::Item(*name))
            }
            Node::Call { callee: Callee::Value(value), args } => {
                called_name(&mut body, value, names, &methods).map(|callee| Node::Call { callee, args })
            }
            Node::Call { callee: Callee::Lib(name), args } if name == "builtins.map" && args.len() > 1 => {
                mapped_method(&mut body, args, names, &methods)
                    .map(|args| Node::Call { callee: Callee::Lib(name), args })
            }
            _ => None,
        };
        if let Some(made) = made {
            body.nodes[node].kind = made;
        }
    }
    for block in body.blocks.ids().collect::<Vec<_>>() {
        let mut stmts = std::mem::take(&mut body.blocks[block].stmts);
        stmts.retain_mut(|stmt| {
            let StmtKind::Set { target: Pat::Place(place), value } = &mut stmt.kind else { return true };
            let bound = match place.root {
                _ if !place.proj.is_empty() => None,
                Root::Local(local) => methods.get(&local),
                Root::Global(path) if names.library.contains_key(&path) => return false,
                Root::Global(path) => names.methods.get(&path),
                Root::Node(_) => None,
            };
            match bound {
                Some(Bound { object: Object::Held, .. }) => {
                    if let Node::Use(Place { root: Root::Node(object), .. }, _) = body.nodes[*value].kind {
                        *value = object;
                    }
                    true
                }
                bound => bound.is_none(),
            }
        });
        body.blocks[block].stmts = stmts;
    }
    body
}

/// What a call of a name calls.
fn called_name(
    body: &mut Body<Hir>,
    value: NodeId,
    names: &OtherNames,
    methods: &FxHashMap<LocalId, Bound>,
) -> Option<Callee> {
    let row = body.nodes[value].clone();
    let place = match row.kind {
        Node::Item(name) => {
            return names.library.values().any(|known| *known == name).then_some(Callee::Lib(name));
        }
        Node::Use(place, _) if place.proj.is_empty() => place,
        _ => return None,
    };
    let bound = match place.root {
        Root::Local(local) => methods.get(&local)?,
        Root::Global(path) => match names.library.get(&path) {
            Some(name) => return Some(Callee::Lib(*name)),
            None => names.methods.get(&path)?,
        },
        Root::Node(_) => return None,
    };
    let kind = match &bound.object {
        Object::Read(node) => node.clone(),
        Object::Held => Node::Use(place, Mode::Read),
    };
    let object = body.node(kind, row.ty, row.origin);
    Some(Callee::Method(object, bound.method))
}

/// `map(text.format, xs, ys)`: a method that takes any number of arguments gets one from each source, and
/// so does a name that stands for a method.
fn mapped_method(
    body: &mut Body<Hir>,
    mut args: Vec<Arg>,
    names: &OtherNames,
    methods: &FxHashMap<LocalId, Bound>,
) -> Option<Vec<Arg>> {
    let function = args[0].value;
    let callee = match bound_method(body, function) {
        Some(Bound { object: Object::Read(object), method }) if takes_any(method) => {
            Callee::Method(body.node(object, Ty::unknown(), body.nodes[function].origin), method)
        }
        Some(_) => return None,
        None => match called_name(body, function, names, methods)? {
            callee @ Callee::Method(..) => callee,
            _ => return None,
        },
    };
    let at = body.nodes[function].origin;
    let mut params = Vec::new();
    let mut given = Vec::new();
    for index in 1..args.len() {
        let name = Name::new(&format!("part_{index}"));
        let local = body.local(name.as_str(), Ty::unknown(), at);
        params.push(Param { name, local, kind: ParamKind::Normal, default: None });
        given.push(Arg::positional(body.use_local(local, Mode::Read, at)));
    }
    let call = body.node(Node::Call { callee, args: given }, Ty::unknown(), at);
    let block = body.block(BlockRow { tail: Some(call), ..BlockRow::default() });
    args[0].value = body.node(Node::Closure(Closure::lambda(params, block)), Ty::unknown(), at);
    Some(args)
}

/// Whether a method of the library takes any number of arguments.
fn takes_any(method: Name) -> bool {
    batuta_catalog::owners(method.as_str()).iter().any(|owner| {
        let rows = batuta_catalog::functions(&format!("{owner}.{method}"));
        rows.iter().any(crate::libcalls::takes_any)
    })
}

/// Locals that are bound once to a method of an object that stays, and are only called.
fn local_methods(body: &Body<Hir>) -> FxHashMap<LocalId, Bound> {
    let bindings = local_bindings(body);
    let mut found: FxHashMap<LocalId, Bound> = FxHashMap::default();
    for stmt in body.blocks.iter().flat_map(|(_, row)| &row.stmts) {
        each_target(&stmt.kind, &mut |place, value| {
            let bound = value.and_then(|value| bound_method(body, value));
            if let (Some(local), Some(bound)) = (place.as_local(), bound) {
                found.insert(local, bound);
            }
        });
    }
    let called = called(body);
    for (id, row) in body.nodes.iter() {
        if let Node::Use(place, _) = &row.kind
            && let Root::Local(local) = place.root
            && !(place.proj.is_empty() && called.contains(&id))
        {
            found.remove(&local);
        }
    }
    let once = |local: LocalId| bindings.get(&local) == Some(&1);
    found.retain(|local, bound| {
        let is_steady = match &bound.object {
            Object::Read(Node::Use(place, _)) => place.as_local().is_some_and(once),
            _ => true,
        };
        once(*local) && is_steady
    });
    found
}

/// How often a body binds each local; what binds more than once for all it says counts twice.
pub(crate) fn local_bindings(body: &Body<Hir>) -> FxHashMap<LocalId, usize> {
    let mut bindings: FxHashMap<LocalId, usize> = FxHashMap::default();
    for param in &body.params {
        *bindings.entry(param.local).or_default() += 1;
    }
    for (_, row) in body.nodes.iter() {
        let mut bind = |local| *bindings.entry(local).or_default() += 2;
        match &row.kind {
            Node::For { pat, .. } => pat.for_each_local(&mut bind),
            Node::Match { arms, .. } => arms.iter().for_each(|arm| arm.pat.for_each_local(&mut bind)),
            Node::With { items, .. } => {
                items.iter().filter_map(|i| i.target.as_ref()).for_each(|pat| pat.for_each_local(&mut bind));
            }
            Node::Try { handlers, .. } => handlers.iter().filter_map(|h| h.bind).for_each(bind),
            Node::Closure(closure) => closure.params.iter().for_each(|param| bind(param.local)),
            _ => {}
        }
    }
    for stmt in body.blocks.iter().flat_map(|(_, row)| &row.stmts) {
        each_target(&stmt.kind, &mut |place, _| {
            if let Some(local) = place.as_local() {
                *bindings.entry(local).or_default() += 1;
            }
        });
    }
    bindings
}

/// How often a program binds each global; what a function binds counts twice.
pub(crate) fn global_bindings(program: &Program<Hir>) -> FxHashMap<Name, usize> {
    let mut bindings: FxHashMap<Name, usize> = FxHashMap::default();
    for body in program.fns.values() {
        for stmt in body.blocks.iter().flat_map(|(_, row)| &row.stmts) {
            each_target(&stmt.kind, &mut |place, _| {
                if let (Root::Global(path), true) = (place.root, place.proj.is_empty()) {
                    *bindings.entry(path).or_default() += if body.kind == FnKind::Init { 1 } else { 2 };
                }
            });
        }
    }
    bindings
}

/// The values that a body calls, or `map` for it.
fn called(body: &Body<Hir>) -> FxHashSet<NodeId> {
    let callee = |(_, row): (NodeId, &NodeRow)| match &row.kind {
        Node::Call { callee: Callee::Value(value), .. } => Some(*value),
        Node::Call { callee: Callee::Lib(name), args } if *name == "builtins.map" && args.len() > 1 => {
            Some(args[0].value)
        }
        _ => None,
    };
    body.nodes.iter().filter_map(callee).collect()
}

/// Every place that a statement binds, with the value where it is one of its own.
pub(crate) fn each_target(kind: &StmtKind, f: &mut dyn FnMut(&Place, Option<NodeId>)) {
    match kind {
        StmtKind::Set { target: Pat::Place(place), value } => f(place, Some(*value)),
        StmtKind::Set { target: pat, .. } | StmtKind::Let { pat, .. } => each_place(pat, f),
        StmtKind::Update { place, .. } | StmtKind::Del(place) => f(place, None),
        StmtKind::Expr(_) => {}
    }
}

fn each_place(pat: &Pat, f: &mut dyn FnMut(&Place, Option<NodeId>)) {
    match pat {
        Pat::Place(place) => f(place, None),
        Pat::Bind(local, _) => f(&Place::local(*local), None),
        _ => {}
    }
    pat.for_each_part(&mut |part| each_place(part, f));
}
