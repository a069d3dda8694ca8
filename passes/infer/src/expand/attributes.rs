//! Class attributes that come to be after the class: `C.limit = 5`, `cls.count += 1` in a subclass.
//!
//! before                                   after
//!   class @m.Dog(m.Animal) { .. }            class @m.Dog(m.Animal) { attr @m.Dog.count .. }
//!   update @m.Dog.count obj.add 1            set place @m.Dog.count = obj.add(call @m.Dog.count$now(), 1)
//!                                            staticmethod @m.Dog.count$now() {
//!                                              if obj.is_not(@m.Dog.count, none) { return @m.Dog.count }
//!                                              return @m.Animal.count
//!                                            }
//!
//! A class whose base has the attribute finds that one until it is given its own. One that no class
//! defines is a global of the class.

use batuta_base::{FxHashMap, FxHashSet, Name, Origin};
use batuta_core::*;
use std::sync::Arc;

/// Gives classes the attributes that the program assigns to them.
pub(crate) fn expand(program: &mut Program<Hir>) {
    let mut late = super::class_values::attributes_by_value(program);
    late.retain(|path| !program.globals.contains_key(path));
    for body in program.fns.values() {
        each_target(body, &mut |place| {
            let found = attribute(program, body, place).map(|(path, _)| path);
            late.extend(found.filter(|path| !program.globals.contains_key(path)));
        });
    }
    // Bases first: a class finds what its base is given.
    late.sort_by_key(|path| (program.mro(path.parent()).len(), *path));
    late.dedup();
    let mut own: FxHashMap<Name, Name> = FxHashMap::default();
    for path in late {
        let above = program.mro(path.parent()).into_iter().skip(1).map(|base| base.join(path.last()));
        if let Some(base) = above.into_iter().find(|base| program.globals.contains_key(base)) {
            own.insert(path, base);
        }
        define(program, path);
    }
    if own.is_empty() {
        return;
    }
    let paths: FxHashSet<Name> = own.keys().copied().collect();
    for path in program.fns.keys().copied().collect::<Vec<_>>() {
        let mut body = (*program.fns[&path]).clone();
        if rewrite(program, &mut body, &own) {
            program.fns.insert(path, Arc::new(body));
        }
    }
    let mut rows: Vec<(Name, Name)> = own.into_iter().collect();
    rows.sort();
    for (path, base) in rows {
        find_above(program, path, base, paths.contains(&base));
    }
}

/// The class attribute that a place begins with, and what follows.
pub(super) fn attribute(program: &Program<Hir>, body: &Body<Hir>, place: &Place) -> Option<(Name, usize)> {
    let class_of = |name: Name| {
        let class = program.resolve(name);
        let def = program.classes.get(&class)?;
        (!matches!(def.kind, ClassKind::Enum | ClassKind::EnumOf(_))).then_some(class)
    };
    match place.root {
        Root::Global(path) => match (class_of(path), place.proj.first()) {
            (Some(class), Some(Proj::Field(name))) => Some((class.join(name.as_str()), 1)),
            _ => class_of(path.parent()).map(|class| (class.join(path.last()), 0)),
        },
        Root::Node(node) => match (&body.nodes[node].kind, place.proj.first()) {
            (Node::Item(item), Some(Proj::Field(name))) => {
                class_of(*item).map(|class| (class.join(name.as_str()), 1))
            }
            (Node::Use(Place { root: Root::Global(item), proj }, _), Some(Proj::Field(name)))
                if proj.is_empty() =>
            {
                class_of(*item).map(|class| (class.join(name.as_str()), 1))
            }
            _ => None,
        },
        Root::Local(_) => None,
    }
}

/// The places that a body assigns: whole attributes only.
pub(super) fn each_target(body: &Body<Hir>, f: &mut dyn FnMut(&Place)) {
    body.walk_stmts(body.root, &mut |stmt| match &stmt.kind {
        StmtKind::Set { target, .. } => each_place(target, f),
        StmtKind::Update { place, .. } if place.proj.len() <= 1 => f(place),
        _ => {}
    });
}

/// Names and attributes that a pattern assigns.
pub(super) fn each_place(pat: &Pat, f: &mut dyn FnMut(&Place)) {
    if let Pat::Place(place) = pat
        && place.proj.len() <= 1
    {
        f(place);
    }
    pat.for_each_part(&mut |part| each_place(part, f));
}

fn define(program: &mut Program<Hir>, path: Name) {
    let global = GlobalDef {
        path,
        ty: Ty::unknown(),
        is_rebound: true,
        storage: Storage::Undecided,
        origin: Origin::default(),
    };
    program.globals.insert(path, Arc::new(global));
    let def = program.classes.get_mut(&path.parent()).expect("the attribute is that of a class");
    Arc::make_mut(def).attributes.push(path);
}

pub(super) fn now(path: Name) -> Name {
    Name::new(&format!("{path}$now"))
}

/// Reads of these attributes look for them; writes keep the place. Answers whether there were any.
fn rewrite(program: &Program<Hir>, body: &mut Body<Hir>, own: &FxHashMap<Name, Name>) -> bool {
    let found = |body: &Body<Hir>, place: &Place| {
        attribute(program, body, place).filter(|(path, _)| own.contains_key(path))
    };
    let mut changed = false;
    for id in body.nodes.ids().collect::<Vec<_>>() {
        let Node::Use(place, mode) = body.nodes[id].kind.clone() else { continue };
        let Some((path, skip)) = found(body, &place) else { continue };
        let call = read(body, path, body.nodes[id].origin);
        let rest = place.proj[skip..].to_vec();
        body.nodes[id].kind = match rest.is_empty() {
            true => body.nodes[call].kind.clone(),
            false => Node::Use(Place { root: Root::Node(call), proj: rest }, mode),
        };
        changed = true;
    }
    for block in body.blocks.ids().collect::<Vec<_>>() {
        for at in 0..body.blocks[block].stmts.len() {
            let stmt = body.blocks[block].stmts[at].clone();
            let kind = match stmt.kind {
                StmtKind::Set { target: Pat::Place(place), value } => {
                    let Some((path, skip)) = found(body, &place) else { continue };
                    if place.proj.len() > skip {
                        continue;
                    }
                    // `None` stands for a class that has no value of its own yet.
                    if matches!(body.nodes[value].kind, Node::Const(Const::None))
                        && !starts_empty(program, own[&path])
                    {
                        let why = format!("`{}` set to None below the class that has it", path.last());
                        body.nodes[value].kind = Node::Hole { why: why.into(), source: "".into() };
                    }
                    StmtKind::Set { target: Pat::Place(Place::global(path)), value }
                }
                StmtKind::Update { place, op, value } => {
                    let Some((path, skip)) = found(body, &place) else { continue };
                    if place.proj.len() > skip {
                        continue;
                    }
                    let old = read(body, path, stmt.origin);
                    let value = body.op(op, vec![old, value], Ty::unknown(), stmt.origin);
                    StmtKind::Set { target: Pat::Place(Place::global(path)), value }
                }
                _ => continue,
            };
            body.blocks[block].stmts[at].kind = kind;
            changed = true;
        }
    }
    changed
}

pub(super) fn read(body: &mut Body<Hir>, path: Name, at: Origin) -> NodeId {
    let call = Node::Call { callee: Callee::Fn(now(path)), args: Vec::new() };
    body.node(call, Ty::unknown(), at)
}

/// Whether a class gives its attribute `None`.
fn starts_empty(program: &Program<Hir>, path: Name) -> bool {
    program.fns.values().any(|body| {
        let mut found = false;
        body.walk_stmts(body.root, &mut |stmt| {
            if let StmtKind::Set { target: Pat::Place(place), value } = &stmt.kind {
                found |= *place == Place::global(path)
                    && matches!(body.nodes[*value].kind, Node::Const(Const::None));
            }
        });
        found
    })
}

/// `C.x$now()` and the property `x`: the class's own value, or that of the base.
fn find_above(program: &mut Program<Hir>, path: Name, base: Name, is_late: bool) {
    let lang = program.fns.values().next().map_or(Lang::Python, |body| body.lang);
    let at = Origin::default();
    let back = |body: &mut Body<Hir>, value: NodeId| {
        let back = body.node(Node::Return(Some(value)), Ty::never(), at);
        Stmt::new(StmtKind::Expr(back), at)
    };
    let mut body = Body::new(now(path), lang, FnKind::StaticMethod);
    let use_of = |body: &mut Body<Hir>, path: Name| {
        body.node(Node::Use(Place::global(path), Mode::Read), Ty::unknown(), at)
    };
    let (own, none) = (use_of(&mut body, path), body.node(Node::Const(Const::None), Ty::unit(), at));
    let test = body.op(ObjOp::IsNot, vec![own, none], Ty::unknown(), at);
    let own = use_of(&mut body, path);
    let stmt = back(&mut body, own);
    let then = body.block(BlockRow { stmts: vec![stmt], ..BlockRow::default() });
    let choose = body.node(Node::If { cond: test, then, els: None }, Ty::unit(), at);
    let above = if is_late { read(&mut body, base, at) } else { use_of(&mut body, base) };
    let stmt = back(&mut body, above);
    body.blocks[body.root].stmts = vec![Stmt::new(StmtKind::Expr(choose), at), stmt];
    let mut property = Body::new(path, lang, FnKind::Property);
    let this = property.local("self", Ty::unknown(), at);
    property.params.push(Param {
        name: Name::new("self"),
        local: this,
        kind: ParamKind::Normal,
        default: None,
    });
    let call = read(&mut property, path, at);
    let stmt = back(&mut property, call);
    property.blocks[property.root].stmts = vec![stmt];
    let def =
        Arc::make_mut(program.classes.get_mut(&path.parent()).expect("the attribute is that of a class"));
    for body in [body, property] {
        def.methods.push(body.path);
        program.fns.insert(body.path, Arc::new(body));
    }
    start_without(program, path);
}

/// The module begins with `C.x = None`.
pub(super) fn start_without(program: &mut Program<Hir>, path: Name) {
    let module = program.modules.keys().copied().filter(|module| {
        path.as_str().strip_prefix(module.as_str()).is_some_and(|rest| rest.starts_with('.'))
    });
    let Some(module) = module.max_by_key(|module| module.as_str().len()) else { return };
    let Some(init) = program.fns.get_mut(&module.join("<init>")) else { return };
    let init = Arc::make_mut(init);
    let at = Origin::default();
    let value = init.node(Node::Const(Const::None), Ty::unit(), at);
    let target = Pat::Place(Place::global(path));
    let root = init.root;
    init.blocks[root].stmts.insert(0, Stmt::new(StmtKind::Set { target, value }, at));
}
