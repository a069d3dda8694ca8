//! A method that is chosen by a computed name becomes a choice among the methods of the class.
//!
//! before                                                   after
//!   value (lib:builtins.getattr(%self, "do_" + %word))(%x)   set %name = "do_" + %word
//!                                                            if %name == "do_add" { method (%self).do_add(%x) }
//!                                                            else if .. else raise AttributeError
//!
//!   set %m = lib:builtins.getattr(%self,                     if isinstance(%node, Num) { method (%self).visit_Num(%node) }
//!       "visit_" + type(%node).__name__, %self.other)        else if .. else { method (%self).other(%node) }
//!   value (%m)(%node)
//!
//! Only where what `getattr` gives is only called or tested. A name that starts with a text that is known
//! leaves few methods; one made of a class's name is a test of the class.

use super::by_name_choice::Choice;
use batuta_base::Name;
use batuta_core::*;

/// Types of the library that a visitor's methods are named after.
pub(super) const BUILTIN: [&str; 9] =
    ["bool", "int", "float", "str", "list", "dict", "tuple", "set", "bytes"];

/// Writes out such calls.
pub(super) fn expand(program: &Program<Hir>, body: &mut Body<Hir>) {
    for id in body.nodes.ids().collect::<Vec<_>>() {
        if let Some(mut found) = look_up(body, id) {
            write_out(program, body, &mut found);
        }
    }
}

/// Whether a body asks for an attribute by a computed name.
pub(super) fn has_calls(body: &Body<Hir>) -> bool {
    body.nodes.iter().any(|(id, _)| look_up(body, id).is_some())
}

/// `getattr(object, "prefix" + ..)`.
pub(super) struct Found {
    pub id: NodeId,
    /// The local that holds the object.
    pub object: LocalId,
    /// What that local is given first, where the object has no local that keeps it.
    pub given: Option<NodeId>,
    pub name: NodeId,
    /// The local that holds the name, where it has one.
    pub named: Option<LocalId>,
    pub prefix: String,
    /// The local after whose class the method is named, and whether in lower case.
    pub class_of: Option<(LocalId, bool)>,
    pub default: Option<NodeId>,
}

fn look_up(body: &Body<Hir>, id: NodeId) -> Option<Found> {
    let Node::Call { callee: Callee::Lib(name), args } = &body.nodes[id].kind else { return None };
    let (object, name) = match &args[..] {
        [object, text] | [object, text, _] if *name == "builtins.getattr" => (object.value, text.value),
        _ => return None,
    };
    let given = object;
    let object = as_local(body, object).filter(|local| is_steady(body, *local));
    let given = if object.is_some() { None } else { Some(given) };
    let object = object.unwrap_or(LocalId(0));
    if body.as_const(name).is_some() {
        return None;
    }
    // A local that is assigned again may hold another name when the method is called.
    let named = as_local(body, name).filter(|local| is_steady(body, *local));
    let text = named.and_then(|local| sets(body, local).first().copied()).unwrap_or(name);
    let (prefix, rest) = parts(body, text).unwrap_or_default();
    let class_of = rest.and_then(|rest| class_name_of(body, rest));
    let class_of = class_of.filter(|(local, _)| sets(body, *local).is_empty());
    Some(Found {
        id,
        object,
        given,
        name,
        named,
        prefix,
        class_of,
        default: args.get(2).map(|arg| arg.value),
    })
}

pub(super) fn as_local(body: &Body<Hir>, node: NodeId) -> Option<LocalId> {
    match &body.nodes[node].kind {
        Node::Use(place, _) => place.as_local(),
        _ => None,
    }
}

/// A local that has one value: a parameter that is never assigned, or a variable that is assigned once.
fn is_steady(body: &Body<Hir>, local: LocalId) -> bool {
    let is_param = body.params.iter().any(|param| param.local == local);
    sets(body, local).len() <= usize::from(!is_param)
}

/// The values that are assigned to a local.
fn sets(body: &Body<Hir>, local: LocalId) -> Vec<NodeId> {
    let mut found = Vec::new();
    body.walk_stmts(body.root, &mut |stmt| match &stmt.kind {
        StmtKind::Set { target, value } => {
            let mut is_target = false;
            target.for_each_local(&mut |other| is_target |= other == local);
            if is_target {
                found.push(*value);
            }
        }
        StmtKind::Update { place, value, .. } if place.as_local() == Some(local) => found.push(*value),
        _ => {}
    });
    for (_, row) in body.nodes.iter() {
        if let Node::For { pat, iter, .. } = &row.kind {
            pat.for_each_local(&mut |other| found.extend((other == local).then_some(*iter)));
        }
    }
    found
}

/// The text that a computed name starts with, and what alone follows it.
fn parts(body: &Body<Hir>, name: NodeId) -> Option<(String, Option<NodeId>)> {
    let (text, rest) = match &body.nodes[name].kind {
        Node::Op { op: Op::ObjOp(ObjOp::Add), args, .. } => match body.as_const(*args.first()?)? {
            Const::Str(text) => (text.to_string(), args.get(1).copied()),
            _ => return None,
        },
        Node::Format(pieces) => match pieces.as_slice() {
            [Piece::Text(text), Piece::Value { value, spec, .. }] if spec.is_empty() => {
                (text.to_string(), Some(*value))
            }
            [Piece::Text(text), ..] => (text.to_string(), None),
            _ => return None,
        },
        _ => return None,
    };
    (!text.is_empty()).then_some((text, rest))
}

/// `type(x).__name__`, `x.__class__.__name__.lower()`.
fn class_name_of(body: &Body<Hir>, node: NodeId) -> Option<(LocalId, bool)> {
    if let Node::Call { callee: Callee::Method(inner, name), args } = &body.nodes[node].kind {
        let (local, is_lower) = class_name_of(body, *inner)?;
        return (*name == "lower" && args.is_empty() && !is_lower).then_some((local, true));
    }
    let Node::Use(place, _) = &body.nodes[node].kind else { return None };
    let is = |proj: &Proj, word: &str| matches!(proj, Proj::Field(name) if *name == word);
    match (place.root, place.proj.as_slice()) {
        (Root::Local(local), [class, name]) if is(class, "__class__") && is(name, "__name__") => {
            Some((local, false))
        }
        (Root::Node(inner), [name]) if is(name, "__name__") => match &body.nodes[inner].kind {
            Node::Call { callee: Callee::Lib(of), args } if *of == "builtins.type" && args.len() == 1 => {
                as_local(body, args[0].value).map(|local| (local, false))
            }
            Node::Use(place, _) => match (place.root, place.proj.as_slice()) {
                (Root::Local(local), [class]) if is(class, "__class__") => Some((local, false)),
                _ => None,
            },
            _ => None,
        },
        _ => None,
    }
}

/// What is done with the method that was found.
enum Use {
    Call(NodeId, Vec<Arg>),
    /// Asked whether there is one: the node, and what it is when there is one.
    Test(NodeId, bool),
}

fn write_out(program: &Program<Hir>, body: &mut Body<Hir>, found: &mut Found) {
    let may_be_method = || {
        let all: Vec<Name> = program.classes.keys().copied().collect();
        !found.prefix.is_empty() && !methods(program, &all, &found.prefix, &[]).is_empty()
    };
    let may_be_method = may_be_method();
    if !is_written_out(program, body, found)
        && may_be_method
        && !is_kept(program, body, found)
        && let Node::Call { callee, .. } = &mut body.nodes[found.id].kind
    {
        *callee = Callee::Lib(Name::new(KEPT));
    }
}

/// A method of a known object that is kept or handed on is a choice among the bound methods.
fn is_kept(program: &Program<Hir>, body: &mut Body<Hir>, found: &Found) -> bool {
    if found.class_of.is_some() || found.given.is_some() {
        return false;
    }
    let mut choice = Choice::new(program, body.path.parent(), found, body, &[]);
    if choice.is_empty() {
        return false;
    }
    choice.name_it(body, false);
    choice.keep(body);
    true
}

/// Stands for `getattr` where the method that it finds is kept, handed on or asked something else: a finding.
pub(crate) const KEPT: &str = "builtins.getattr of a method";

fn is_written_out(program: &Program<Hir>, body: &mut Body<Hir>, found: &mut Found) -> bool {
    let local = holder(body, found.id);
    if local.is_some() && found.given.is_some() {
        return false;
    }
    let value = |node: NodeId| match local {
        Some(local) => as_local(body, node) == Some(local),
        None => node == found.id,
    };
    let Some(uses) = uses(body, &value) else { return false };
    // How many arguments are passed; spread and named ones may be any.
    let count = |args: &[Arg]| args.iter().all(|arg| arg.kind == ArgKind::Positional).then_some(args.len());
    let counts: Vec<Option<usize>> = uses
        .iter()
        .filter_map(|found| match found {
            Use::Call(_, args) => Some(count(args)),
            Use::Test(..) => None,
        })
        .collect();
    if counts.is_empty() {
        return false;
    }
    if found.given.is_some() {
        found.object = body.temp("object", Ty::unknown(), body.nodes[found.id].origin);
    }
    let found = &*found;
    let mut choice = Choice::new(program, body.path.parent(), found, body, &counts);
    if choice.is_empty() || (counts.len() > 1 && !choice.default_is_plain(body)) {
        return false;
    }
    let needs_name = choice.by_name() || uses.iter().any(|found| matches!(found, Use::Test(..)));
    if needs_name {
        choice.name_it(body, local.is_some());
    }
    for found in uses {
        match found {
            Use::Call(node, args) => choice.call(body, node, args),
            Use::Test(node, yes) => choice.test(body, node, yes),
        }
    }
    if let Some(local) = local {
        settle_holder(body, found, local, choice.name_to_set());
    }
    true
}

/// The local that is given the method, if it is given nothing else.
fn holder(body: &Body<Hir>, id: NodeId) -> Option<LocalId> {
    let mut found = None;
    body.walk_stmts(body.root, &mut |stmt| {
        if let StmtKind::Set { target: Pat::Place(place), value } = &stmt.kind
            && *value == id
        {
            found = place.as_local();
        }
    });
    found.filter(|local| sets(body, *local).len() == 1)
}

/// All uses of the method; `None` when something else is done with it.
fn uses(body: &Body<Hir>, is_value: &dyn Fn(NodeId) -> bool) -> Option<Vec<Use>> {
    let mut found = Vec::new();
    let mut count = 0;
    for (id, row) in body.nodes.iter() {
        count += usize::from(is_value(id));
        match &row.kind {
            Node::Call { callee: Callee::Value(value), args } if is_value(*value) => {
                found.push(Use::Call(id, args.clone()));
            }
            Node::Call { callee: Callee::Lib(name), args }
                if *name == "builtins.callable" && args.len() == 1 && is_value(args[0].value) =>
            {
                found.push(Use::Test(id, true));
            }
            Node::Op { op: Op::ObjOp(op), args, .. } if args.iter().any(|arg| is_value(*arg)) => {
                let against_none =
                    args.len() == 2 && args.iter().any(|arg| crate::narrow::is_none(body, *arg));
                found.push(match op {
                    ObjOp::Is | ObjOp::Eq if against_none => Use::Test(id, false),
                    ObjOp::IsNot | ObjOp::Ne if against_none => Use::Test(id, true),
                    ObjOp::Truth => Use::Test(id, true),
                    ObjOp::Not => Use::Test(id, false),
                    _ => return None,
                });
            }
            _ => {}
        }
    }
    (found.len() == count).then_some(found)
}

/// The statement that gave the local its method gives it the name, or goes.
fn settle_holder(body: &mut Body<Hir>, found: &Found, holder: LocalId, name: Option<LocalId>) {
    let is_read =
        |body: &Body<Hir>, local: LocalId| body.nodes.iter().any(|(id, _)| as_local(body, id) == Some(local));
    // What `getattr` was given is not read any more.
    body.nodes[found.id].kind = Node::Const(Const::None);
    if name.is_none() {
        body.nodes[found.name].kind = Node::Const(Const::None);
    }
    let unread = found.named.filter(|local| !is_read(body, *local));
    for block in body.blocks.ids().collect::<Vec<_>>() {
        let mut carried = Vec::new();
        let mut out: Vec<Stmt> = Vec::new();
        for mut stmt in std::mem::take(&mut body.blocks[block].stmts) {
            let target = match &stmt.kind {
                StmtKind::Set { target: Pat::Place(place), .. } => place.as_local(),
                _ => None,
            };
            let is_holder = target == Some(holder);
            if let (true, Some(name)) = (is_holder, name) {
                stmt.kind = StmtKind::Set { target: Pat::Place(Place::local(name)), value: found.name };
            } else if is_holder || target.is_some() && target == unread {
                carried.append(&mut stmt.above);
                continue;
            }
            if !carried.is_empty() {
                carried.append(&mut stmt.above);
                stmt.above = std::mem::take(&mut carried);
            }
            out.push(stmt);
        }
        body.blocks[block].stmts = out;
    }
}

/// Methods of some classes whose names start so; without a prefix, those that take so many arguments.
pub(super) fn methods(
    program: &Program<Hir>,
    classes: &[Name],
    prefix: &str,
    counts: &[Option<usize>],
) -> Vec<Name> {
    let mut out: Vec<Name> = Vec::new();
    for path in classes.iter().filter_map(|class| program.classes.get(class)).flat_map(|def| &def.methods) {
        let Some(body) = program.fns.get(path) else { continue };
        let receivers = match body.kind {
            FnKind::Method | FnKind::ClassMethod => 1,
            FnKind::StaticMethod => 0,
            _ => continue,
        };
        let takes = body.params.iter().skip(receivers);
        let is_open_ended = takes.clone().any(|param| matches!(param.kind, ParamKind::Star));
        let is_needed = |param: &&Param| {
            param.default.is_none() && !matches!(param.kind, ParamKind::Star | ParamKind::StarStar)
        };
        let needed = takes.clone().filter(is_needed).count();
        let name = Name::new(path.last());
        let fits = !prefix.is_empty()
            || counts
                .iter()
                .flatten()
                .all(|count| needed <= *count && (is_open_ended || *count <= takes.clone().count()));
        // Without a prefix no special or private method is meant.
        let is_open = !prefix.is_empty() || !path.last().starts_with('_');
        if path.last().starts_with(prefix) && is_open && fits && !out.contains(&name) {
            out.push(name);
        }
    }
    out
}
