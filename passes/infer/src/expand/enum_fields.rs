//! What an enum's constructor computes is a property of the member.
//!
//! before                                              after
//!   method @m.Grade.__init__(%self, %code, %rate) {     method @m.Grade.__init__(%self, %code, %rate) {
//!     set %self.code = %code                              set %self.code = %code
//!     set %self.factor = lib:builtins.float(%rate)      }
//!   }                                                   property @m.Grade.factor(%self) {
//!                                                         return lib:builtins.float(%self.value[1])
//!                                                       }
//!
//! Holds back for constructors with anything but such assignments. A value that is made once and has
//! an identity (a list, an object), or that code makes which does something, is no property: a hole.

use batuta_base::{FxHashMap, Name};
use batuta_core::*;
use std::sync::Arc;

pub(super) fn expand(program: &mut Program<Hir>) {
    let is_enum = |def: &ClassDef| matches!(def.kind, ClassKind::Enum | ClassKind::EnumOf(_));
    let enums: Vec<Name> = program.classes.values().filter(|def| is_enum(def)).map(|def| def.path).collect();
    for class in enums {
        let Some(init) = program.fns.get(&class.join("__init__")).cloned() else { continue };
        let Some(fields) = assigned(&init) else { continue };
        let direct: FxHashMap<LocalId, Name> =
            fields.iter().filter_map(|field| Some((parameter(&init, field.value)?, field.name))).collect();
        let computed: Vec<&Assigned> =
            fields.iter().filter(|field| parameter(&init, field.value).is_none()).collect();
        if computed.is_empty() {
            continue;
        }
        let made_once: Vec<Name> = computed
            .iter()
            .filter(|field| is_made_once(program, &init, field.value))
            .map(|field| field.name)
            .collect();
        let def = Arc::make_mut(program.classes.get_mut(&class).expect("it was just found"));
        let mut kept = (*init).clone();
        let names: Vec<Name> = computed.iter().map(|field| field.name).collect();
        kept.blocks[init.root]
            .stmts
            .retain(|stmt| target(&init, stmt).is_none_or(|name| !names.contains(&name)));
        def.fields.retain(|field| !names.contains(&field.name));
        for field in computed {
            let mut body = property(&init, class.join(field.name.as_str()), field, &direct);
            if made_once.contains(&field.name) {
                let why = format!("the attributes of `{}` depend on what was called", class.last());
                body.nodes[field.value].kind = Node::Hole { why: why.into(), source: "".into() };
            }
            def.methods.push(body.path);
            program.fns.insert(body.path, Arc::new(body));
        }
        program.fns.insert(init.path, Arc::new(kept));
    }
}

struct Assigned {
    name: Name,
    value: NodeId,
    /// The statement's place in the constructor.
    at: usize,
}

/// The assignments `self.name = value` that a constructor is made of.
fn assigned(init: &Body<Hir>) -> Option<Vec<Assigned>> {
    let mut out: Vec<Assigned> = Vec::new();
    for (at, stmt) in init.blocks[init.root].stmts.iter().enumerate() {
        let name = target(init, stmt)?;
        let StmtKind::Set { value, .. } = stmt.kind else { return None };
        if out.iter().any(|known| known.name == name) {
            return None;
        }
        out.push(Assigned { name, value, at });
    }
    init.blocks[init.root].tail.is_none().then_some(out)
}

/// The attribute of the receiver that a statement assigns.
fn target(init: &Body<Hir>, stmt: &Stmt) -> Option<Name> {
    let this = init.params.first()?.local;
    match &stmt.kind {
        StmtKind::Set { target: Pat::Place(place), .. } if place.root == Root::Local(this) => {
            match place.proj.as_slice() {
                [Proj::Field(name)] if !name.as_str().starts_with("_value") => Some(*name),
                _ => None,
            }
        }
        _ => None,
    }
}

/// The parameter that a value is.
fn parameter(init: &Body<Hir>, value: NodeId) -> Option<LocalId> {
    let Node::Use(place, _) = &init.nodes[value].kind else { return None };
    let local = place.as_local()?;
    init.params.iter().skip(1).any(|param| param.local == local).then_some(local)
}

/// Whether a value is made when the member is, and may be another when it is made again.
fn is_made_once(program: &Program<Hir>, init: &Body<Hir>, value: NodeId) -> bool {
    let mut found = false;
    init.walk(Child::Node(value), &mut |node| found |= does_something(program, init, node, &mut Vec::new()));
    found
}

/// Whether a node makes something with an identity, or runs code of the program that sets or prints.
fn does_something(program: &Program<Hir>, body: &Body<Hir>, node: NodeId, seen: &mut Vec<Name>) -> bool {
    match &body.nodes[node].kind {
        Node::Seq { .. } => seen.is_empty(),
        Node::Op { op, .. } => seen.is_empty() && matches!(op.name(), "list.new" | "dict.new" | "set.new"),
        Node::Call { callee: Callee::Fn(path), .. } => {
            if program.classes.contains_key(path) {
                return true;
            }
            let Some(called) = program.fns.get(path).filter(|_| !seen.contains(path)) else { return false };
            seen.push(*path);
            let is_set = |path: &Name| program.globals.get(path).is_some_and(|global| global.is_rebound);
            let mut reads_set = false;
            called.each_place(&mut |place| {
                reads_set |= matches!(&place.root, Root::Global(path) if is_set(path));
            });
            reads_set || called.nodes.ids().any(|node| does_something(program, called, node, seen))
        }
        Node::Call { callee: Callee::Lib(name), .. } => {
            ["random.", "time.", "builtins.print", "builtins.input", "builtins.next", "builtins.open"]
                .iter()
                .any(|start| name.as_str().starts_with(start))
        }
        _ => false,
    }
}

fn property(init: &Body<Hir>, path: Name, field: &Assigned, direct: &FxHashMap<LocalId, Name>) -> Body<Hir> {
    let mut body = init.clone();
    body.path = path;
    body.kind = FnKind::Property;
    body.doc = None;
    body.ret = Ty::unknown();
    let this = body.params[0].local;
    let count = body.params.len() - 1;
    for id in body.nodes.ids().collect::<Vec<_>>() {
        let Node::Use(place, mode) = body.nodes[id].kind.clone() else { continue };
        let Root::Local(local) = place.root else { continue };
        let Some(at) = body.params.iter().skip(1).position(|param| param.local == local) else { continue };
        let origin = body.nodes[id].origin;
        let mut proj = match direct.get(&local) {
            Some(name) => vec![Proj::Field(*name)],
            None if count == 1 => vec![Proj::Field(Name::new("value"))],
            None => {
                let index = Node::Const(Const::Int(at.to_string().into()));
                let index = body.node(index, Ty::unknown(), origin);
                vec![Proj::Field(Name::new("value")), Proj::Index(index)]
            }
        };
        proj.extend(place.proj);
        body.nodes[id].kind = Node::Use(Place { root: Root::Local(this), proj }, mode);
    }
    body.params.truncate(1);
    let stmt = init.blocks[init.root].stmts[field.at].clone();
    let give = body.node(Node::Return(Some(field.value)), Ty::never(), stmt.origin);
    let root = body.root;
    let kind = StmtKind::Expr(give);
    body.blocks[root] = BlockRow { stmts: vec![Stmt { kind, ..stmt }], ..BlockRow::default() };
    body
}
