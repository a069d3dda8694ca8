//! Methods that the source has without writing them.
//!
//! * A dataclass gets its `__init__` when a class below it has one of its own, which may call it.
//! * `auto()` of an enum's member is its number.
//! * A class attribute that classes of one hierarchy define anew is read through a property, so that
//!   `self.sound` finds the attribute of the object's own class.

use crate::env::Env;
use batuta_base::{FxHashMap, Name, Origin};
use batuta_core::*;
use std::sync::Arc;

/// The program with these methods written out; `None` when it needs none.
pub(crate) fn complete(program: &Program<Hir>) -> Option<Program<Hir>> {
    let env = Env::new(program);
    let mut made: Vec<Body<Hir>> = Vec::new();
    for (path, class) in &program.classes {
        let is_record_error = is_record_error(&env, *path);
        if needs_init(&env, *path) || is_record_error && !program.fns.contains_key(&path.join("__init__")) {
            let mut init = record_init(&env, *path);
            crate::defaults::set_replaced(&env, *path, &mut init);
            made.push(init);
        }
        if is_record_error && env.method(*path, "__repr__").is_none() {
            made.push(record_repr(&env, *path));
        }
        for attribute in &class.attributes {
            if !crate::slots::is_list(*attribute) && is_defined_anew(&env, *path, *attribute) {
                made.push(property(&env, *path, *attribute));
            }
        }
    }
    made.extend(crate::defaults::constructors(&env));
    let numbered = numbered(&env);
    if made.is_empty() && numbered.is_empty() {
        return None;
    }
    let mut out = program.clone();
    out.fns.extend(numbered.into_iter().map(|body| (body.path, Arc::new(body))));
    let records: Vec<Name> =
        program.classes.keys().copied().filter(|class| is_record_error(&env, *class)).collect();
    for class in records {
        let def = Arc::make_mut(out.classes.get_mut(&class).expect("it was just found"));
        def.kind = ClassKind::Exception;
        for field in &mut def.fields {
            (field.default, field.flags) = (None, FieldFlags::default());
        }
    }
    for class in out.classes.values_mut() {
        if class.fields.iter().any(|field| field.flags.passed) {
            Arc::make_mut(class).fields.retain(|field| !field.flags.passed);
        }
    }
    for body in made {
        let class = body.path.parent();
        let def = Arc::make_mut(out.classes.get_mut(&class).expect("it is a method of a class"));
        if !def.methods.contains(&body.path) {
            def.methods.push(body.path);
        }
        out.fns.insert(body.path, Arc::new(body));
    }
    Some(out)
}

fn needs_init(env: &Env<'_>, class: Name) -> bool {
    let is_record =
        |class: Name| env.class(class).is_some_and(|def| matches!(def.kind, ClassKind::Dataclass { .. }));
    let has_init = |class: &Name| env.program.fns.contains_key(&class.join("__init__"));
    if !is_record(class) || has_init(&class) {
        return false;
    }
    // A constructor above is not that of this record; one below may call it.
    let order = env.mro(class);
    let takes_more =
        |path: &Name| env.class(*path).is_some_and(|def| def.fields.iter().any(|field| field.flags.passed));
    let is_called = |path: &Name| is_record(*path) && env.program.subclasses(*path).iter().any(has_init);
    let starts_with_more = !crate::defaults::replaced(env, class).is_empty();
    starts_with_more || order.iter().any(|path| takes_more(path) || has_init(path) || is_called(path))
}

fn method(env: &Env<'_>, path: Name, kind: FnKind) -> (Body<Hir>, LocalId) {
    let lang = env.program.fns.values().next().map_or(Lang::Python, |body| body.lang);
    let mut body = Body::new(path, lang, kind);
    let this = body.local("self", Ty::unknown(), Origin::default());
    body.params.push(param(Name::new("self"), this, ParamKind::Normal, None));
    (body, this)
}

fn param(name: Name, local: LocalId, kind: ParamKind, default: Option<NodeId>) -> Param {
    Param { name, local, kind, default }
}

/// `def __init__(self, x, y=0): self.x = x; self.y = y`.
fn record_init(env: &Env<'_>, class: Name) -> Body<Hir> {
    let at = Origin::default();
    let (mut body, this) = method(env, class.join("__init__"), FnKind::Method);
    body.ret = Ty::unit();
    let (mut stmts, mut passed) = (Vec::new(), Vec::new());
    for field in env.all_record_fields(class) {
        if !field.flags.init {
            let Some(default) = field.default else { continue };
            let call = Node::Call { callee: Callee::Fn(default), args: Vec::new() };
            let value = body.node(call, Ty::unknown(), at);
            let target = Pat::Place(Place::local(this).with(Proj::Field(field.name)));
            stmts.push(Stmt::new(StmtKind::Set { target, value }, at));
            continue;
        }
        let local = body.local(field.name.as_str(), field.ty, at);
        let default = field.default.map(|path| {
            let call = Node::Call { callee: Callee::Fn(path), args: Vec::new() };
            body.node(call, Ty::unknown(), at)
        });
        let kind = if field.flags.kw_only { ParamKind::KeywordOnly } else { ParamKind::Normal };
        body.params.push(param(field.name, local, kind, default));
        if field.flags.passed {
            passed.push(Arg::positional(body.use_local(local, Mode::Read, at)));
            continue;
        }
        let value = body.use_local(local, Mode::Read, at);
        let target = Pat::Place(Place::local(this).with(Proj::Field(field.name)));
        stmts.push(Stmt::new(StmtKind::Set { target, value }, at));
    }
    if env.is_error(class) {
        let call = error_init(env, &mut body, class);
        stmts.insert(0, Stmt::new(StmtKind::Expr(call), at));
    }
    if env.method(class, "__post_init__").is_some() {
        let receiver = body.use_local(this, Mode::Read, at);
        let callee = Callee::Method(receiver, Name::new("__post_init__"));
        let call = body.node(Node::Call { callee, args: passed }, Ty::unknown(), at);
        stmts.push(Stmt::new(StmtKind::Expr(call), at));
    }
    body.blocks[body.root].stmts = stmts;
    body
}

/// A dataclass that is an exception.
fn is_record_error(env: &Env<'_>, class: Name) -> bool {
    env.class(class).is_some_and(|def| matches!(def.kind, ClassKind::Dataclass { .. })) && env.is_error(class)
}

/// An exception has the arguments that were given by position, whatever its constructor does with them: as many as
/// every call gives.
fn error_init(env: &Env<'_>, body: &mut Body<Hir>, class: Name) -> NodeId {
    let at = Origin::default();
    let params: Vec<Param> = body.params.iter().skip(1).cloned().collect();
    let mut counts: Vec<Option<usize>> = Vec::new();
    for other in env.program.fns.values() {
        for (_, row) in other.nodes.iter() {
            if let Node::Call { callee: Callee::Fn(path), args } = &row.kind
                && env.program.resolve(*path) == class
            {
                let is_plain = args.iter().all(|arg| arg.kind == ArgKind::Positional);
                counts.push(is_plain.then_some(args.len()));
            }
        }
    }
    counts.dedup();
    let count = match counts[..] {
        [] => Some(params.len()),
        [only] => only,
        _ => None,
    };
    let has_text = env.method(class, "__str__").is_some();
    let Some(count) = count.or_else(|| has_text.then_some(params.len())) else {
        let why = format!(
            "the text of `{}`, which is not always given the same arguments by position",
            class.last()
        );
        let hole = Node::Hole { why: why.as_str().into(), source: "".into() };
        return body.node(hole, Ty::unknown(), at);
    };
    let given =
        params.iter().take(count).map(|param| Arg::positional(body.use_local(param.local, Mode::Read, at)));
    let args = given.collect();
    body.node(Node::Call { callee: Callee::Super(Name::new("__init__")), args }, Ty::unknown(), at)
}

/// `Name(field=.., ..)`.
fn record_repr(env: &Env<'_>, class: Name) -> Body<Hir> {
    let at = Origin::default();
    let (mut body, this) = method(env, class.join("__repr__"), FnKind::Method);
    body.ret = Ty::str();
    let mut pieces = Vec::new();
    let shown = env.record_fields(class).into_iter().filter(|field| field.flags.repr);
    for (index, field) in shown.enumerate() {
        let start = if index == 0 { format!("{}(", class.last()) } else { ", ".to_owned() };
        pieces.push(Piece::Text(format!("{start}{}=", field.name).as_str().into()));
        let place = Place::local(this).with(Proj::Field(field.name));
        let value = body.node(Node::Use(place, Mode::Read), Ty::unknown(), at);
        pieces.push(Piece::Value { value, conv: Conv::Repr, spec: Vec::new(), late: false });
    }
    let end = if pieces.is_empty() { format!("{}()", class.last()) } else { ")".to_owned() };
    pieces.push(Piece::Text(end.as_str().into()));
    let text = body.node(Node::Format(pieces), Ty::unknown(), at);
    let give = body.node(Node::Return(Some(text)), Ty::never(), at);
    body.blocks[body.root].stmts.push(Stmt::new(StmtKind::Expr(give), at));
    body
}

/// Initialisers with the values that `auto()` gives.
fn numbered(env: &Env<'_>) -> Vec<Body<Hir>> {
    let mut out = Vec::new();
    for body in env.program.fns.values().filter(|body| body.kind == FnKind::Init) {
        let mut last: FxHashMap<Name, i64> = FxHashMap::default();
        let mut found = Vec::new();
        body.walk_stmts(body.root, &mut |stmt| {
            let StmtKind::Set { target: Pat::Place(place), value } = &stmt.kind else { return };
            let Root::Global(path) = place.root else { return };
            let class = path.parent();
            let Some(def) = env.class(class).filter(|_| env.is_enum(class)) else { return };
            let is_flag = matches!(def.kind, ClassKind::EnumOf(kind) if kind.as_str().ends_with("Flag"));
            let is_text = matches!(def.kind, ClassKind::EnumOf(kind) if kind == "StrEnum");
            let before = last.get(&class).copied().unwrap_or(0);
            match &body.nodes[*value].kind {
                Node::Const(Const::Int(digits)) => {
                    last.insert(class, digits.parse().unwrap_or(before));
                }
                Node::Call { callee: Callee::Lib(name), .. } if *name == "enum.auto" => {
                    let next = if is_flag { (before * 2).max(1) } else { before + 1 };
                    last.insert(class, next);
                    found.push((
                        *value,
                        match is_text {
                            true => Const::Str(path.last().to_lowercase().into()),
                            false => Const::Int(next.to_string().into()),
                        },
                    ));
                }
                _ => {}
            }
        });
        if !found.is_empty() {
            let mut body = (**body).clone();
            found.into_iter().for_each(|(node, value)| body.nodes[node].kind = Node::Const(value));
            out.push(body);
        }
    }
    out
}

/// Whether a class above or below has an attribute of the same name, and no object one of its own.
fn is_defined_anew(env: &Env<'_>, class: Name, attribute: Name) -> bool {
    let name = Name::new(attribute.last());
    if env.is_enum(class) {
        return false;
    }
    let mro = env.mro(class);
    let below = env.program.subclasses(class);
    let line = || mro.iter().skip(1).chain(below.iter().skip(1)).copied();
    let is_field = |class: Name| env.own_fields.get(&class).is_some_and(|fields| fields.contains(&name));
    let again = line().any(|other| env.program.globals.contains_key(&other.join(name.as_str())));
    // A property above that the attribute replaces is called like one.
    let replaces = line().any(|other| env.program.fns.contains_key(&other.join(name.as_str())));
    let family = || mro.iter().flat_map(|above| env.program.subclasses(*above)).chain(line());
    (again || replaces) && !family().any(is_field) && !env.program.fns.contains_key(&attribute)
}

/// `@property def sound(self): return Dog.sound`.
fn property(env: &Env<'_>, class: Name, attribute: Name) -> Body<Hir> {
    let at = Origin::default();
    let (mut body, _) = method(env, class.join(attribute.last()), FnKind::Property);
    let value = body.node(Node::Use(Place::global(attribute), Mode::Read), Ty::unknown(), at);
    let back = body.node(Node::Return(Some(value)), Ty::never(), at);
    body.blocks[body.root].stmts.push(Stmt::new(StmtKind::Expr(back), at));
    body
}
