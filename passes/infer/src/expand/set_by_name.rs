//! `setattr` of a computed name is a choice among the names that can be meant. So is `getattr` of the receiver of a
//! method, where a loop over texts gives the name and each is a field or a property, or each is a method.
//!
//! before                                                  after
//!   for %f in ("mail", "phone") {                           for %f in ("mail", "phone") {
//!     lib:builtins.setattr(%self, %f,                         if obj.eq(%f, "mail") { set %self.mail = %other.mail }
//!         lib:builtins.getattr(%other, %f))                   else { set %self.phone = %other.phone }
//!   }                                                       }
//!
//! The names are those of the loop that gives them, or the fields of the class where the receiver of a method is
//! meant; any other name is a hole. Holds back where neither is known.

use batuta_base::{FxHashMap, FxHashSet, Name, Origin};
use batuta_core::*;
use std::sync::Arc;

pub(super) fn expand(program: &mut Program<Hir>) {
    let is_set = |node: &Node| {
        matches!(node, Node::Call { callee: Callee::Lib(name), .. }
            if matches!(name.as_str(), "builtins.setattr" | "builtins.getattr" | "builtins.hasattr"))
    };
    let has_calls = |body: &Body<Hir>| body.nodes.iter().any(|(_, row)| is_set(&row.kind));
    if !program.fns.values().any(|body| has_calls(body)) {
        return;
    }
    let tables = tables(program);
    for path in program.fns.keys().copied().collect::<Vec<_>>() {
        if !has_calls(&program.fns[&path]) {
            continue;
        }
        let mut body = (*program.fns[&path]).clone();
        let mut set: Vec<Name> = Vec::new();
        for block in body.blocks.ids().collect::<Vec<_>>() {
            for at in 0..body.blocks[block].stmts.len() {
                let Some(found) = look_up(program, &tables, &body, &body.blocks[block].stmts[at]) else {
                    continue;
                };
                if body.has_receiver() && found.object.as_local() == Some(body.params[0].local) {
                    set.extend(&found.names);
                }
                let node = write(&mut body, &found);
                body.blocks[block].stmts[at].kind = StmtKind::Expr(node);
            }
        }
        program.fns.insert(path, Arc::new(body));
        give_fields(program, path.parent(), set);
    }
    for path in program.fns.keys().copied().collect::<Vec<_>>() {
        if !has_calls(&program.fns[&path]) {
            continue;
        }
        let mut body = (*program.fns[&path]).clone();
        for node in body.nodes.ids().collect::<Vec<_>>() {
            if let Some((object, name, names)) = read_by_name(program, &tables, &body, node) {
                let read = read_choice(&mut body, object, name, &names, node);
                body.nodes[node].kind = read;
            }
            if let Some((asked, names)) = asked_by_name(program, &body, node) {
                let at = body.nodes[node].origin;
                let text = |name: Name| Node::Const(Const::Str(name.as_str().into()));
                let texts = names.into_iter().map(|name| body.node(text(name), Ty::str(), at)).collect();
                let all = body.op(TupleOp::New, texts, Ty::unknown(), at);
                body.nodes[node].kind =
                    Node::Op { op: ObjOp::In.into(), attr: Attr::None, args: vec![asked, all] };
            }
        }
        program.fns.insert(path, Arc::new(body));
    }
}

/// What is set by name is a field of the class.
fn give_fields(program: &mut Program<Hir>, class: Name, names: Vec<Name>) {
    for name in names {
        let is_known = fields_of(program, class).is_none_or(|known| known.contains(&name))
            || program.find_method(class, name.as_str()).is_some();
        if !is_known {
            let def = Arc::make_mut(&mut program.classes[&class]);
            let origin = def.origin;
            def.fields.push(crate::program::assigned_field(name, origin));
        }
    }
}

/// `hasattr(self, name)` of a computed name, and the members of the class: all objects have all of them.
fn asked_by_name(program: &Program<Hir>, body: &Body<Hir>, node: NodeId) -> Option<(NodeId, Vec<Name>)> {
    let Node::Call { callee: Callee::Lib(callee), args } = &body.nodes[node].kind else { return None };
    let [object, name] = &args[..] else { return None };
    if *callee != "builtins.hasattr" || body.as_const(name.value).is_some() {
        return None;
    }
    let Node::Use(object, _) = &body.nodes[object.value].kind else { return None };
    let mut names = own_fields(program, body, object)?;
    let class = body.path.parent();
    let is_whole = program.subclasses(class).len() == 1
        && program.mro(class).iter().all(|path| match program.classes.get(path) {
            Some(def) => def.fields.iter().all(|field| is_always_there(program, def, field)),
            None => matches!(path.as_str(), "object" | "ABC" | "Generic"),
        });
    if !is_whole {
        return None;
    }
    for def in program.mro(class).iter().filter_map(|path| program.classes.get(path)) {
        let methods = def.methods.iter().map(|path| Name::new(path.last()));
        let is_open = methods.clone().any(|name| matches!(name.as_str(), "__getattr__" | "__getattribute__"));
        if is_open {
            return None;
        }
        names.extend(methods.filter(|name| !name.as_str().contains('$')));
    }
    names.dedup();
    Some((name.value, names))
}

/// Whether `__init__` gives every object the field.
pub(super) fn is_always_there(program: &Program<Hir>, def: &ClassDef, field: &FieldDef) -> bool {
    if matches!(def.kind, ClassKind::Dataclass { .. } | ClassKind::NamedTuple) && field.flags.init {
        return true;
    }
    let Some(init) = program.fns.get(&def.path.join("__init__")) else { return false };
    let this = init.params.first().map(|param| param.local);
    init.blocks[init.root].stmts.iter().any(|stmt| {
        let StmtKind::Set { target, .. } = &stmt.kind else { return false };
        let mut sets = false;
        target.each_place(&mut |place| {
            sets |= matches!((place.root, &place.proj[..]), (Root::Local(local), [Proj::Field(name)])
                if Some(local) == this && *name == field.name);
        });
        sets
    })
}

/// `getattr(self, name)` where a loop gives the name of a field or property.
fn read_by_name(
    program: &Program<Hir>,
    tables: &FxHashMap<Name, Vec<Name>>,
    body: &Body<Hir>,
    node: NodeId,
) -> Option<(LocalId, LocalId, Vec<Name>)> {
    let Node::Call { callee: Callee::Lib(callee), args } = &body.nodes[node].kind else { return None };
    let [object, name] = &args[..] else { return None };
    if *callee != "builtins.getattr" {
        return None;
    }
    let Node::Use(object, _) = &body.nodes[object.value].kind else { return None };
    let Node::Use(name, _) = &body.nodes[name.value].kind else { return None };
    let name = name.as_local()?;
    let names = listed(tables, body, name).filter(|names| !names.is_empty())?;
    let fields = own_fields(program, body, object)?;
    let class = body.path.parent();
    let is_property = |name: &Name| {
        program.mro(class).iter().any(|path| {
            program.fns.get(&path.join(name.as_str())).is_some_and(|method| method.kind == FnKind::Property)
        })
    };
    let is_method = |name: &Name| {
        program.mro(class).iter().any(|path| {
            program.fns.get(&path.join(name.as_str())).is_some_and(|method| method.kind == FnKind::Method)
        })
    };
    let is_data = |name: &Name| fields.contains(name) || is_property(name);
    (names.iter().all(is_data) || names.iter().all(is_method)).then_some((object.as_local()?, name, names))
}

fn read_choice(body: &mut Body<Hir>, object: LocalId, name: LocalId, names: &[Name], node: NodeId) -> Node {
    let at = body.nodes[node].origin;
    let mut rest: Option<NodeId> = None;
    for field in names.iter().rev() {
        let mut place = Place::local(object);
        place.proj.push(Proj::Field(*field));
        let read = body.node(Node::Use(place, Mode::Read), Ty::unknown(), at);
        rest = Some(match rest {
            None => read,
            Some(els) => {
                let asked = body.use_local(name, Mode::Read, at);
                let text = body.node(Node::Const(Const::Str(field.as_str().into())), Ty::str(), at);
                let cond = body.op(ObjOp::Eq, vec![asked, text], Ty::unknown(), at);
                let then = body.block(BlockRow { tail: Some(read), ..BlockRow::default() });
                let els = Some(body.block(BlockRow { tail: Some(els), ..BlockRow::default() }));
                body.node(Node::If { cond, then, els }, Ty::unknown(), at)
            }
        });
    }
    body.nodes[rest.expect("there is a name")].kind.clone()
}

/// `setattr(object, name, value)` of a computed name.
struct Found {
    object: Place,
    /// The variable that holds it.
    name: Place,
    value: NodeId,
    names: Vec<Name>,
    /// Whether the name is one of them.
    is_closed: bool,
    origin: Origin,
}

fn look_up(
    program: &Program<Hir>,
    tables: &FxHashMap<Name, Vec<Name>>,
    body: &Body<Hir>,
    stmt: &Stmt,
) -> Option<Found> {
    let StmtKind::Expr(node) = stmt.kind else { return None };
    let Node::Call { callee: Callee::Lib(callee), args } = &body.nodes[node].kind else { return None };
    let [object, name, value] = &args[..] else { return None };
    if *callee != "builtins.setattr" || args.iter().any(|arg| arg.kind != ArgKind::Positional) {
        return None;
    }
    let Node::Use(object, _) = &body.nodes[object.value].kind else { return None };
    let Node::Use(name, _) = &body.nodes[name.value].kind else { return None };
    let listed = name.as_local().and_then(|name| listed(tables, body, name));
    if !name.proj.is_empty() {
        return None;
    }
    let is_closed = listed.is_some();
    let names = match listed {
        Some(names) => names,
        None => {
            let class = class_of(program, body, object)?;
            let mut names = fields_of(program, class)?;
            if body.has_receiver() && object.as_local() == Some(body.params[0].local) {
                super::names_given::extend(program, class, &mut names);
                names.extend(asked_of(program, class, &names));
            }
            names.retain(|name| !is_getter_only(program, class, *name));
            names
        }
    };
    let found = Found {
        object: object.clone(),
        name: name.clone(),
        value: value.value,
        names,
        is_closed,
        origin: stmt.origin,
    };
    (!found.names.is_empty()).then_some(found)
}

/// Whether a class has a property of the name without a setter.
fn is_getter_only(program: &Program<Hir>, class: Name, name: Name) -> bool {
    program.fns.get(&class.join(name.as_str())).is_some_and(|method| method.kind == FnKind::Property)
        && !program.fns.contains_key(&class.join(&format!("{name}$setter")))
}

/// The names that a loop over texts gives a local, or assignments of texts, where nothing else does.
fn listed(tables: &FxHashMap<Name, Vec<Name>>, body: &Body<Hir>, local: LocalId) -> Option<Vec<Name>> {
    let mut found = None;
    let mut others = body.params.iter().filter(|param| param.local == local).count();
    let mut see = |pat: &Pat, iter: NodeId| {
        if !matches!(pat, Pat::Place(place) if place.as_local() == Some(local)) {
            pat.for_each_local(&mut |other| others += usize::from(other == local));
            return;
        }
        others += usize::from(found.is_some());
        found = match &body.nodes[iter].kind {
            Node::Use(Place { root: Root::Global(path), proj }, _) if proj.is_empty() => {
                tables.get(path).cloned()
            }
            _ => texts(body, iter),
        };
        others += usize::from(found.is_none());
    };
    for (_, row) in body.nodes.iter() {
        match &row.kind {
            Node::For { pat, iter, .. } => see(pat, *iter),
            Node::Seq { clauses, .. } => {
                for clause in clauses {
                    if let Clause::For { pat, iter } = clause {
                        see(pat, *iter);
                    }
                }
            }
            _ => {}
        }
    }
    let mut assigned: Vec<Name> = Vec::new();
    for (_, block) in body.blocks.iter() {
        for stmt in &block.stmts {
            match &stmt.kind {
                StmtKind::Set { target: Pat::Place(place), value } if place.as_local() == Some(local) => {
                    match chosen(body, *value) {
                        Some(names) => assigned.extend(names),
                        None => others += 1,
                    }
                }
                StmtKind::Set { target, .. } => {
                    target.for_each_local(&mut |other| others += usize::from(other == local));
                }
                StmtKind::Update { place, .. } => others += usize::from(place.as_local() == Some(local)),
                _ => {}
            }
        }
    }
    if !assigned.is_empty() {
        others += usize::from(found.is_some());
        let mut seen = FxHashSet::default();
        assigned.retain(|name| seen.insert(*name));
        found = Some(assigned);
    }
    found.filter(|_| others == 0)
}

/// The names in `"left" if key < node.key else "right"`.
fn chosen(body: &Body<Hir>, node: NodeId) -> Option<Vec<Name>> {
    match &body.nodes[node].kind {
        Node::Const(Const::Str(text)) => {
            let is_name = text.chars().all(|c| c.is_alphanumeric() || c == '_') && !text.is_empty();
            is_name.then(|| vec![Name::new(text)])
        }
        Node::If { then, els: Some(els), .. } => {
            let tail = |block: BlockId| {
                let row = &body.blocks[block];
                row.tail.filter(|_| row.stmts.is_empty()).and_then(|tail| chosen(body, tail))
            };
            Some([tail(*then)?, tail(*els)?].concat())
        }
        _ => None,
    }
}

/// The texts of a tuple or list that is written out.
fn texts(body: &Body<Hir>, node: NodeId) -> Option<Vec<Name>> {
    let Node::Op { op: Op::TupleOp(TupleOp::New) | Op::ListOp(ListOp::New), args, .. } =
        &body.nodes[node].kind
    else {
        return None;
    };
    let mut out = Vec::new();
    for arg in args {
        let Some(Const::Str(text)) = body.as_const(*arg) else { return None };
        let is_name = text.chars().all(|c| c.is_alphanumeric() || c == '_') && !text.is_empty();
        let name = Name::new(text);
        if !is_name || out.contains(&name) {
            return None;
        }
        out.push(name);
    }
    Some(out)
}

/// Variables of modules that hold such a tuple for good.
fn tables(program: &Program<Hir>) -> FxHashMap<Name, Vec<Name>> {
    let mut found: FxHashMap<Name, Option<Vec<Name>>> = FxHashMap::default();
    for body in program.fns.values() {
        for (_, block) in body.blocks.iter() {
            for stmt in &block.stmts {
                let StmtKind::Set { target: Pat::Place(place), value } = &stmt.kind else { continue };
                let (Root::Global(path), true) = (place.root, place.proj.is_empty()) else { continue };
                let is_tuple = matches!(&body.nodes[*value].kind, Node::Op { op: Op::TupleOp(_), .. });
                let names = texts(body, *value).filter(|_| is_tuple);
                found.entry(path).and_modify(|known| *known = None).or_insert(names);
            }
        }
    }
    let fixed = |path: &Name| program.globals.get(path).is_some_and(|global| !global.is_rebound);
    found
        .into_iter()
        .filter(|(path, _)| fixed(path))
        .filter_map(|(path, names)| Some((path, names?)))
        .collect()
}

/// What the methods of a class ask of their receiver and no class gives it: `setattr` does.
fn asked_of(program: &Program<Hir>, class: Name, known: &[Name]) -> Vec<Name> {
    let mut found: Vec<Name> = Vec::new();
    let classes = program.subclasses(class);
    let has = |name: Name| {
        classes.iter().flat_map(|class| program.mro(*class)).any(|path| {
            program.fns.contains_key(&path.join(name.as_str()))
                || program
                    .classes
                    .get(&path)
                    .is_some_and(|def| def.fields.iter().any(|field| field.name == name))
        })
    };
    for body in
        program.fns.values().filter(|body| body.has_receiver() && classes.contains(&body.path.parent()))
    {
        let this = body.params[0].local;
        for (_, row) in body.nodes.iter() {
            if let Node::Use(place, _) = &row.kind
                && let (Root::Local(local), Some(Proj::Field(name))) = (place.root, place.proj.first())
                && local == this
                && !name.as_str().starts_with("__")
                && !known.contains(name)
                && !found.contains(name)
                && !has(*name)
            {
                found.push(*name);
            }
        }
    }
    found
}

/// The fields of the class of a method, where its receiver is meant.
fn own_fields(program: &Program<Hir>, body: &Body<Hir>, object: &Place) -> Option<Vec<Name>> {
    let receiver = body.params.first().filter(|_| body.has_receiver())?.local;
    (object.as_local() == Some(receiver)).then(|| fields_of(program, body.path.parent()))?
}

/// The class of a method's receiver, or of an object that is made once.
pub(super) fn class_of(program: &Program<Hir>, body: &Body<Hir>, object: &Place) -> Option<Name> {
    let receiver = body.params.first().filter(|_| body.has_receiver()).map(|param| param.local);
    match object.as_local() {
        Some(local) if Some(local) == receiver => Some(body.path.parent()),
        _ => made_once(program, body, object),
    }
}

fn fields_of(program: &Program<Hir>, class: Name) -> Option<Vec<Name>> {
    program.classes.get(&class)?;
    let mut names: Vec<Name> = Vec::new();
    for path in program.mro(class) {
        let Some(def) = program.classes.get(&path) else { continue };
        let fields = def.fields.iter().map(|field| field.name);
        let attributes = def.attributes.iter().map(|path| Name::new(path.last()));
        let setters = def.methods.iter().filter_map(|path| path.last().strip_suffix("$setter"));
        for name in fields.chain(attributes).chain(setters.map(Name::new)) {
            if !names.contains(&name) && !crate::slots::is_list(name) {
                names.push(name);
            }
        }
    }
    Some(names)
}

/// The class of what a variable holds that is set once, to a new object.
fn made_once(program: &Program<Hir>, body: &Body<Hir>, object: &Place) -> Option<Name> {
    if !object.proj.is_empty() || body.params.iter().any(|param| object.as_local() == Some(param.local)) {
        return None;
    }
    let fixed = |path: &Name| program.globals.get(path).is_some_and(|global| !global.is_rebound);
    let bodies: Vec<&Body<Hir>> = match object.root {
        Root::Local(_) => vec![body],
        Root::Global(path) if fixed(&path) => program.fns.values().map(|body| &**body).collect(),
        _ => return None,
    };
    let (mut class, mut count) = (None, 0);
    for body in bodies {
        body.walk_stmts(body.root, &mut |stmt| {
            let StmtKind::Set { target, value } = &stmt.kind else { return };
            let mut is_set = false;
            target.each_place(&mut |place| is_set |= place == object);
            if is_set {
                count += 1;
                class = match &body.nodes[*value].kind {
                    Node::Call { callee: Callee::Fn(path), .. } => Some(program.resolve(*path)),
                    Node::Call { callee: Callee::Lib(name), args } if name.as_str().starts_with("copy.") => {
                        copied(body, args)
                    }
                    _ => None,
                };
            }
        });
        for (_, row) in body.nodes.iter() {
            if let Node::For { pat, .. } = &row.kind {
                pat.each_place(&mut |place| count += usize::from(place == object) * 2);
            }
        }
    }
    class.filter(|_| count == 1)
}

/// The class of the receiver of a method, where that is what is copied.
fn copied(body: &Body<Hir>, args: &[Arg]) -> Option<Name> {
    let [Arg { value, .. }] = args else { return None };
    let Node::Use(place, _) = &body.nodes[*value].kind else { return None };
    let is_own = body.has_receiver() && place.as_local() == Some(body.params[0].local);
    is_own.then(|| body.path.parent())
}

fn write(body: &mut Body<Hir>, found: &Found) -> NodeId {
    let at = found.origin;
    let mut stmts = Vec::new();
    let taken = taken_from(body, found);
    let value = match (&taken, &body.nodes[found.value].kind) {
        (Some(_), _) => None,
        (None, Node::Use(place, _)) if place.as_local().is_some() => place.as_local(),
        _ => {
            let local = body.temp("value", Ty::unknown(), at);
            let target = Pat::Place(Place::local(local));
            stmts.push(Stmt::new(StmtKind::Set { target, value: found.value }, at));
            Some(local)
        }
    };
    let mut rest = match found.is_closed {
        true => None,
        false => {
            let why = "`setattr` of a name that the class does not have".into();
            let hole = body.node(Node::Hole { why, source: "".into() }, Ty::unknown(), at);
            Some(single(body, StmtKind::Expr(hole), at))
        }
    };
    for name in found.names.iter().rev() {
        let value = match (&taken, value) {
            (Some(from), _) => {
                let mut place = from.clone();
                place.proj.push(Proj::Field(*name));
                body.node(Node::Use(place, Mode::Read), Ty::unknown(), at)
            }
            (None, Some(local)) => body.use_local(local, Mode::Read, at),
            (None, None) => found.value,
        };
        let mut target = found.object.clone();
        target.proj.push(Proj::Field(*name));
        let then = single(body, StmtKind::Set { target: Pat::Place(target), value }, at);
        // The last of a closed list needs no test.
        rest = Some(match rest {
            None => then,
            Some(els) => {
                let asked = body.node(Node::Use(found.name.clone(), Mode::Read), Ty::unknown(), at);
                let text = body.node(Node::Const(Const::Str(name.as_str().into())), Ty::str(), at);
                let cond = body.op(ObjOp::Eq, vec![asked, text], Ty::unknown(), at);
                let choice = body.node(Node::If { cond, then, els: Some(els) }, Ty::unknown(), at);
                single(body, StmtKind::Expr(choice), at)
            }
        });
    }
    let block = rest.expect("there is a name");
    let mut all = std::mem::take(&mut body.blocks[block].stmts);
    stmts.append(&mut all);
    body.blocks[block].stmts = stmts;
    body.node(Node::Block { label: None, block }, Ty::unknown(), at)
}

/// The object whose attribute of the same name is the value: `getattr(other, name)`.
fn taken_from(body: &Body<Hir>, found: &Found) -> Option<Place> {
    let Node::Call { callee: Callee::Lib(callee), args } = &body.nodes[found.value].kind else { return None };
    let [object, name] = &args[..] else { return None };
    let (Node::Use(object, _), Node::Use(name, _)) =
        (&body.nodes[object.value].kind, &body.nodes[name.value].kind)
    else {
        return None;
    };
    (*callee == "builtins.getattr" && *name == found.name && found.is_closed).then(|| object.clone())
}

fn single(body: &mut Body<Hir>, kind: StmtKind, origin: Origin) -> BlockId {
    body.block(BlockRow { stmts: vec![Stmt::new(kind, origin)], ..BlockRow::default() })
}
