//! `cached_property`: a field that is empty until it is asked for.
//!
//! before                              after
//!   @functools.cached_property          property @m.C.rows(%self) {
//!   property @m.C.rows(%self) { .. }      set %kept = %self.rows_cache
//!                                         if obj.is(%kept, None) {
//!                                           set %fresh = method %self.rows_uncached()
//!                                           set place %self.rows_cache = %fresh
//!                                           return %fresh
//!                                         }
//!                                         return %kept
//!                                       }
//!
//! Where the answer itself may be `None` the field is a list that gets the answer. The field starts empty where objects
//! of the class get their other fields: in the nearest `__init__`, among the fields of a dataclass, or in an `__init__`
//! that is made for it. Holds back for classes whose objects are made otherwise.

use super::cache::{Make, head};
use super::decorate::{free_path, move_away};
use batuta_base::{Name, Origin};
use batuta_core::*;
use std::sync::Arc;

/// Where objects of a class get their fields.
enum Start {
    /// The `__init__` of a class.
    Init(Name),
    /// The fields of a dataclass.
    Record(Name),
    /// Nowhere yet.
    Nowhere,
}

pub(super) fn expand(program: &mut Program<Hir>, body: &Body<Hir>) -> bool {
    let class = body.path.parent();
    if body.kind != FnKind::Property {
        return false;
    }
    let Some(start) = start(program, class) else { return false };
    let inner = free_path(program, body.path, "uncached");
    move_away(program, body.path, inner);
    Arc::make_mut(&mut program.fns[&inner]).kind = FnKind::Method;
    let field = Name::new(&format!("{}_cache", body.path.last()));
    let in_list = may_be_none(body);
    let make = head(body);
    let made = if in_list { listed(make, field, inner) } else { optional(make, field, inner) };
    program.fns.insert(body.path, Arc::new(made));
    match start {
        Start::Init(init) => start_in(program, init, field, in_list),
        Start::Record(record) => declare(program, record, field, in_list),
        Start::Nowhere => {
            let init = add_init(program, class, body.lang);
            start_in(program, init, field, in_list);
            for derived in program.subclasses(class) {
                let own = derived.join("__init__");
                if own != init && program.fns.contains_key(&own) {
                    start_in(program, own, field, in_list);
                }
            }
        }
    }
    true
}

fn start(program: &Program<Hir>, class: Name) -> Option<Start> {
    let mro = program.mro(class);
    for path in &mro {
        let init = path.join("__init__");
        if program.fns.contains_key(&init) {
            return Some(Start::Init(init));
        }
        if matches!(program.classes.get(path)?.kind, ClassKind::Dataclass { .. }) {
            return Some(Start::Record(*path));
        }
    }
    let is_plain = |path: &Name| {
        let def = &program.classes[path];
        let is_known = |base: &Name| {
            program.classes.contains_key(base)
                || matches!(base.last(), "object" | "ABC" | "Protocol" | "Generic")
        };
        matches!(def.kind, ClassKind::Plain | ClassKind::Abstract | ClassKind::Protocol)
            && def.bases.iter().all(is_known)
    };
    mro.iter().all(is_plain).then_some(Start::Nowhere)
}

/// Whether the answer may be `None`, as far as the statements say: a `return` of it, or an end without one.
fn may_be_none(body: &Body<Hir>) -> bool {
    let gives_none = |value: &Option<NodeId>| {
        value.is_none_or(|value| match &body.nodes[value].kind {
            Node::Const(Const::None) => true,
            Node::Call { callee: Callee::Method(_, name), .. } => *name == "get",
            Node::If { .. } => true,
            _ => false,
        })
    };
    let mut found = false;
    body.walk_block(body.root, &mut |node| {
        found |= matches!(&body.nodes[node].kind, Node::Return(value) if gives_none(value));
    });
    let end = body.blocks[body.root].stmts.last().map(|stmt| &stmt.kind);
    let ends = matches!(end, Some(StmtKind::Expr(node))
        if matches!(body.nodes[*node].kind, Node::Return(_) | Node::Raise { .. } | Node::With { .. } | Node::Try { .. }));
    found || !ends
}

fn computed(make: &mut Make, inner: Name) -> NodeId {
    let this = make.body.params[0].local;
    let of = make.read(this);
    let callee = Callee::Method(of, Name::new(inner.last()));
    make.node(Node::Call { callee, args: Vec::new() })
}

fn optional(mut make: Make, field: Name, inner: Name) -> Body<Hir> {
    let place = Place::local(make.body.params[0].local).with(Proj::Field(field));
    let kept = make.body.temp("kept", Ty::unknown(), Origin::default());
    let held = make.place(place.clone());
    let read = make.set(Place::local(kept), held);
    let (value, none) = (make.read(kept), make.node(Node::Const(Const::None)));
    let absent = make.body.op(ObjOp::Is, vec![value, none], Ty::unknown(), Origin::default());
    let fresh = make.body.temp("fresh", Ty::unknown(), Origin::default());
    let value = computed(&mut make, inner);
    let compute = make.set(Place::local(fresh), value);
    let value = make.read(fresh);
    let keep = make.set(place, value);
    let value = make.read(fresh);
    let back = make.effect(Node::Return(Some(value)));
    let check = make.when(absent, vec![compute, keep, back]);
    let value = make.read(kept);
    let back = make.effect(Node::Return(Some(value)));
    let root = make.body.root;
    make.body.blocks[root].stmts = vec![read, check, back];
    make.body
}

fn listed(mut make: Make, field: Name, inner: Name) -> Body<Hir> {
    let place = Place::local(make.body.params[0].local).with(Proj::Field(field));
    let kept = make.place(place.clone());
    let absent = make.body.op(ObjOp::Not, vec![kept], Ty::unknown(), Origin::default());
    let (kept, value) = (make.place(place.clone()), computed(&mut make, inner));
    let callee = Callee::Method(kept, Name::new("append"));
    let keep = make.effect(Node::Call { callee, args: vec![Arg::positional(value)] });
    let check = make.when(absent, vec![keep]);
    let first = make.node(Node::Const(Const::Int("0".into())));
    let value = make.place(place.with(Proj::Index(first)));
    let back = make.effect(Node::Return(Some(value)));
    let root = make.body.root;
    make.body.blocks[root].stmts = vec![check, back];
    make.body
}

/// What the field holds before anyone asks.
fn empty(body: &mut Body<Hir>, in_list: bool) -> NodeId {
    match in_list {
        true => body.op(ListOp::New, Vec::new(), Ty::unknown(), Origin::default()),
        false => body.node(Node::Const(Const::None), Ty::unknown(), Origin::default()),
    }
}

fn start_in(program: &mut Program<Hir>, init: Name, field: Name, in_list: bool) {
    let init = Arc::make_mut(&mut program.fns[&init]);
    let value = empty(init, in_list);
    let target = Pat::Place(Place::local(init.params[0].local).with(Proj::Field(field)));
    let root = init.root;
    init.blocks[root].stmts.insert(0, Stmt::new(StmtKind::Set { target, value }, Origin::default()));
}

fn add_init(program: &mut Program<Hir>, class: Name, lang: Lang) -> Name {
    let path = class.join("__init__");
    let mut body: Body<Hir> = Body::new(path, lang, FnKind::Method);
    let local = body.local("self", Ty::unknown(), Origin::default());
    body.params.push(Param { name: Name::new("self"), local, kind: ParamKind::Normal, default: None });
    program.fns.insert(path, Arc::new(body));
    Arc::make_mut(&mut program.classes[&class]).methods.push(path);
    path
}

/// A field of a dataclass that its constructor does not take and its methods do not see.
fn declare(program: &mut Program<Hir>, record: Name, field: Name, in_list: bool) {
    let default = record.join(&format!("{field}$default"));
    let lang = program.fns.values().next().map_or(Lang::Python, |body| body.lang);
    let mut body: Body<Hir> = Body::new(default, lang, FnKind::Function);
    let value = empty(&mut body, in_list);
    let value = body.node(Node::Return(Some(value)), Ty::unknown(), Origin::default());
    let root = body.root;
    body.blocks[root].stmts.push(Stmt::new(StmtKind::Expr(value), Origin::default()));
    program.fns.insert(default, Arc::new(body));
    let flags =
        FieldFlags { init: false, repr: false, compare: false, factory: true, ..FieldFlags::default() };
    let def = Arc::make_mut(&mut program.classes[&record]);
    def.fields.push(FieldDef {
        name: field,
        ty: Ty::unknown(),
        default: Some(default),
        cell: FieldCell::Plain,
        flags,
        above: Vec::new(),
        beside: None,
        origin: def.origin,
    });
}
