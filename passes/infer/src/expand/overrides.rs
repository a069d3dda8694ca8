//! Objects that have their own value beside a class attribute that changes.
//!
//! before                                   after
//!   class @m.Dog { attr @m.Dog.count }       class @m.Dog { attr @m.Dog.count; field own_count }
//!   set place @m.Dog.count = 5               property @m.Dog.count(%self) {
//!   set place %rex.count = 9                   if obj.is_not(%self.own_count, none) { return %self.own_count }
//!                                              return @m.Dog.count
//!                                            }
//!                                            setter @m.Dog.count(%self, %value) { set %self.own_count = %value }
//!
//! An attribute that is set once is no such case: each object starts with its value (`defaults`). Where some object
//! is given `None`, a second field tells whether it has its own.

use super::attributes;
use crate::env::Env;
use batuta_base::{FxHashMap, Name, Origin};
use batuta_core::*;
use std::sync::Arc;

/// The program with these attributes as properties; `None` when it has none.
pub(crate) fn expand(program: &Program<Hir>) -> Option<Program<Hir>> {
    let mut sets: FxHashMap<Name, usize> = FxHashMap::default();
    for body in program.fns.values() {
        attributes::each_target(body, &mut |place| {
            if let Some((path, _)) = attributes::attribute(program, body, place) {
                *sets.entry(path).or_default() += 1;
            }
        });
    }
    let env = Env::new(program);
    let found = |path: &&Name| {
        let name = Name::new(path.last());
        let class = path.parent();
        sets.get(*path).is_some_and(|count| *count > 1)
            && (!program.fns.contains_key(*path) || program.fns.contains_key(&attributes::now(**path)))
            && matches!(program.classes[&class].kind, ClassKind::Plain | ClassKind::Abstract)
            && program
                .subclasses(class)
                .iter()
                .chain(env.mro(class).iter())
                .any(|sub| env.own_fields.get(sub).is_some_and(|fields| fields.contains(&name)))
    };
    let attributes = program.classes.values().flat_map(|class| &class.attributes);
    // All classes of a line look it up in one way: that of the first class that has it.
    let top = |path: Name| {
        let order = env.mro(path.parent());
        let homes = order.iter().rev().map(|base| base.join(path.last()));
        homes.into_iter().find(|home| program.globals.contains_key(home)).unwrap_or(path)
    };
    let mut attributes: Vec<Name> = attributes.filter(found).map(|path| top(*path)).collect();
    if attributes.is_empty() {
        return None;
    }
    let mut out = program.clone();
    attributes.sort();
    attributes.dedup();
    attributes.sort_by_key(|path| env.mro(path.parent()).len());
    for path in attributes {
        let is_below = env.mro(path.parent()).iter().skip(1).any(|base| {
            let above = base.join(path.last());
            out.fns.contains_key(&above) && out.globals.contains_key(&above)
        });
        if !is_below {
            replace(&mut out, path);
        }
    }
    Some(out)
}

/// Whether the source has a field or attribute of this name.
fn is_named(program: &Program<Hir>, name: Name) -> bool {
    let mut nodes = program.fns.values().flat_map(|body| body.nodes.iter());
    let in_place = |place: &Place| place.proj.contains(&Proj::Field(name));
    nodes.any(|(_, row)| matches!(&row.kind, Node::Use(place, _) if in_place(place)))
        || program.classes.values().any(|class| class.fields.iter().any(|field| field.name == name))
        || program.fns.values().any(|body| {
            let mut found = false;
            body.walk_stmts(body.root, &mut |stmt| {
                if let StmtKind::Set { target: Pat::Place(place), .. } | StmtKind::Update { place, .. } =
                    &stmt.kind
                {
                    found |= in_place(place);
                }
            });
            found
        })
}

/// The fields of an object's own value, and of whether it has one: that it is not `None`, or a field beside it.
#[derive(Clone, Copy)]
struct Own {
    value: Name,
    told: Name,
}

/// Whether the source sets an attribute of this name to `None`.
fn is_emptied(program: &Program<Hir>, name: Name) -> bool {
    program.fns.values().any(|body| {
        let mut found = false;
        body.walk_stmts(body.root, &mut |stmt| {
            if let StmtKind::Set { target: Pat::Place(place), value } = &stmt.kind {
                found |= place.proj.last() == Some(&Proj::Field(name))
                    && matches!(body.nodes[*value].kind, Node::Const(Const::None));
            }
        });
        found
    })
}

fn replace(program: &mut Program<Hir>, path: Name) {
    let (class, name) = (path.parent(), Name::new(path.last()));
    for sub in program.subclasses(class) {
        let def = Arc::make_mut(program.classes.get_mut(&sub).expect("a subclass is a class"));
        def.fields.retain(|field| field.name != name);
    }
    let mut own = Name::new(&format!("own_{name}"));
    while is_named(program, own) {
        own = Name::new(&format!("{own}_"));
    }
    let told = if is_emptied(program, name) {
        let mut told = Name::new(&format!("has_{own}"));
        while is_named(program, told) {
            told = Name::new(&format!("{told}_"));
        }
        told
    } else {
        own
    };
    let own = Own { value: own, told };
    let (getter, setter) = (getter(program, path, own), setter(program, path, own));
    let def = Arc::make_mut(program.classes.get_mut(&class).expect("the attribute is that of a class"));
    for name in if own.value == own.told { vec![own.value] } else { vec![own.value, own.told] } {
        let mut field = crate::program::assigned_field(name, def.origin);
        field.ty = Ty::option(Ty::unknown());
        field.flags = FieldFlags { init: false, repr: false, compare: false, ..field.flags };
        def.fields.push(field);
    }
    for body in [getter, setter] {
        add(program, body);
    }
    // A class below that defines the attribute anew reads its own.
    for sub in program.subclasses(class).into_iter().filter(|sub| *sub != class) {
        let again = sub.join(name.as_str());
        let is_looked_up = program.fns.contains_key(&attributes::now(again));
        if program.globals.contains_key(&again) && (is_looked_up || !program.fns.contains_key(&again)) {
            let getter = self::getter(program, again, own);
            add(program, getter);
        }
    }
}

fn add(program: &mut Program<Hir>, body: Body<Hir>) {
    let class = body.path.parent();
    let def = Arc::make_mut(program.classes.get_mut(&class).expect("the attribute is that of a class"));
    if !def.methods.contains(&body.path) {
        def.methods.push(body.path);
    }
    program.fns.insert(body.path, Arc::new(body));
}

fn body(program: &Program<Hir>, path: Name, kind: FnKind) -> (Body<Hir>, LocalId) {
    let lang = program.fns.values().next().map_or(Lang::Python, |body| body.lang);
    let mut body = Body::new(path, lang, kind);
    let this = parameter(&mut body, "self");
    (body, this)
}

fn parameter(body: &mut Body<Hir>, name: &str) -> LocalId {
    let local = body.local(name, Ty::unknown(), Origin::default());
    body.params.push(Param { name: Name::new(name), local, kind: ParamKind::Normal, default: None });
    local
}

fn getter(program: &Program<Hir>, path: Name, own: Own) -> Body<Hir> {
    let at = Origin::default();
    let (mut body, this) = body(program, path, FnKind::Property);
    let field = Place::local(this).with(Proj::Field(own.value));
    let told = Place::local(this).with(Proj::Field(own.told));
    let read =
        |body: &mut Body<Hir>, place: Place| body.node(Node::Use(place, Mode::Read), Ty::unknown(), at);
    let back = |body: &mut Body<Hir>, value: NodeId| {
        let back = body.node(Node::Return(Some(value)), Ty::never(), at);
        Stmt::new(StmtKind::Expr(back), at)
    };
    let (value, none) = (read(&mut body, told), body.node(Node::Const(Const::None), Ty::unit(), at));
    let cond = body.op(ObjOp::IsNot, vec![value, none], Ty::unknown(), at);
    let value = read(&mut body, field);
    let stmt = back(&mut body, value);
    let then = body.block(BlockRow { stmts: vec![stmt], ..BlockRow::default() });
    let choose = body.node(Node::If { cond, then, els: None }, Ty::unit(), at);
    let value = match program.fns.contains_key(&attributes::now(path)) {
        true => attributes::read(&mut body, path, at),
        false => read(&mut body, Place::global(path)),
    };
    let stmt = back(&mut body, value);
    body.blocks[body.root].stmts = vec![Stmt::new(StmtKind::Expr(choose), at), stmt];
    body
}

fn setter(program: &Program<Hir>, path: Name, own: Own) -> Body<Hir> {
    let at = Origin::default();
    let (mut body, this) = body(program, Name::new(&format!("{path}$setter")), FnKind::PropertySetter);
    let value = parameter(&mut body, "value");
    let value = body.use_local(value, Mode::Read, at);
    let target = Pat::Place(Place::local(this).with(Proj::Field(own.value)));
    let mut stmts = vec![Stmt::new(StmtKind::Set { target, value }, at)];
    if own.told != own.value {
        let value = body.node(Node::Const(Const::Bool(true)), Ty::bool(), at);
        let target = Pat::Place(Place::local(this).with(Proj::Field(own.told)));
        stmts.push(Stmt::new(StmtKind::Set { target, value }, at));
    }
    body.blocks[body.root].stmts = stmts;
    body.ret = Ty::unit();
    body
}
