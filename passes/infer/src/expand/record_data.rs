//! Records as plain data: each class says how, so that objects of any class below are asked themselves.
//!
//! before                                   after
//!   lib:dataclasses.asdict(%p)               method (%p).as_dict()
//!                                            method @m.P.as_dict(%self) {
//!                                              return dict.new("x", .., "next", method (%self.next).as_dict())
//!                                            }
//!   lib:dataclasses.fields(@m.P)             list.new(call @m.Field("x"), call @m.Field("next"))
//!   lib:dataclasses.fields(%cls)             method (%cls).record_fields(), by the class that it is
//!
//! What the annotation of a field does not say is `lib:dataclasses.plain`, decided by its type. Methods that
//! nothing calls are taken out in the end (`drop_unused`).

use batuta_base::{Name, Origin};
use batuta_core::*;
use std::sync::Arc;

/// The methods by the function that they stand for.
const WORDS: [(&str, &str); 3] = [
    ("dataclasses.asdict", "as_dict"),
    ("dataclasses.astuple", "as_tuple"),
    ("dataclasses.fields", "record_fields"),
];

/// What the name of a method ends in that a class value has instead.
pub(crate) const OF_CLASS: &str = "$class";

/// Gives the program's records such methods where it asks for them.
pub(super) fn expand(program: &mut Program<Hir>) {
    for (function, word) in WORDS {
        let calls = calls(program, function);
        let Some((first, _)) = calls.first() else { continue };
        let word = free_word(program, "record", word);
        let field = (function == "dataclasses.fields").then(|| field_class(program, first.parent()));
        for (path, id) in calls {
            rewrite(program, path, id, word, field);
        }
        let records: Vec<Name> =
            program.classes.values().filter(|def| is_record(def)).map(|def| def.path).collect();
        for class in records {
            let body = match field {
                Some(field) => fields_method(program, class, word, field),
                None => data_method(program, class, word, function),
            };
            let of_class = field.map(|_| of_class(&body));
            let def = program.classes.get_mut(&class).expect("the class was just found");
            for body in [Some(body), of_class].into_iter().flatten() {
                Arc::make_mut(def).methods.push(body.path);
                program.fns.insert(body.path, Arc::new(body));
            }
        }
    }
}

fn is_record(def: &ClassDef) -> bool {
    matches!(def.kind, ClassKind::Dataclass { .. })
}

fn calls(program: &Program<Hir>, function: &str) -> Vec<(Name, NodeId)> {
    let mut out = Vec::new();
    for (path, body) in &program.fns {
        let found = body.nodes.iter().filter(|(_, row)| {
            matches!(&row.kind, Node::Call { callee: Callee::Lib(name), args }
                if *name == function && matches!(args[..], [Arg { kind: ArgKind::Positional, .. }]))
        });
        out.extend(found.map(|(id, _)| (*path, id)));
    }
    out
}

/// A name that no class has for something else: `word`, else with `prefix` before it.
pub(super) fn free_word(program: &Program<Hir>, prefix: &str, word: &str) -> Name {
    let is_taken = |word: &str| {
        program.classes.values().any(|def| {
            def.fields.iter().any(|field| field.name == word)
                || def.methods.iter().chain(&def.attributes).any(|path| path.last() == word)
        })
    };
    let mut name = word.to_owned();
    while is_taken(&name) {
        name = format!("{prefix}_{name}");
    }
    Name::new(&name)
}

fn rewrite(program: &mut Program<Hir>, path: Name, id: NodeId, word: Name, field: Option<Name>) {
    let body = &program.fns[&path];
    let Node::Call { args, .. } = &body.nodes[id].kind else { return };
    let object = args[0].value;
    let class = match &body.nodes[object].kind {
        Node::Item(name) => program.resolve(*name),
        Node::Use(Place { root: Root::Global(name), proj }, _) if proj.is_empty() => program.resolve(*name),
        _ => Name::new(""),
    };
    let names = program.classes.contains_key(&class).then(|| declared(program, class));
    let body = Arc::make_mut(&mut program.fns[&path]);
    let origin = body.nodes[id].origin;
    body.nodes[id].kind = match (field, names) {
        (Some(field), Some(names)) => field_list(body, field, &names, origin),
        _ => Node::Call { callee: Callee::Method(object, word), args: Vec::new() },
    };
}

/// `[Field("x"), Field("y")]`.
fn field_list(body: &mut Body<Hir>, class: Name, names: &[(Name, Ty)], origin: Origin) -> Node {
    let args = names
        .iter()
        .map(|(name, _)| {
            let text = body.node(Node::Const(Const::Str(name.as_str().into())), Ty::unknown(), origin);
            let call = Node::Call { callee: Callee::Fn(class), args: vec![Arg::positional(text)] };
            body.node(call, Ty::unknown(), origin)
        })
        .collect();
    Node::Op { op: ListOp::New.into(), attr: Attr::None, args }
}

/// The class of what `fields` gives.
fn field_class(program: &mut Program<Hir>, home: Name) -> Name {
    let module = program.modules.keys().copied().find(|module| {
        home == *module
            || home.as_str().strip_prefix(module.as_str()).is_some_and(|rest| rest.starts_with('.'))
    });
    let module = module.unwrap_or(home);
    let words = ["Field", "DataclassField"];
    let path = words.into_iter().map(|word| module.join(word)).find(|path| {
        !program.classes.contains_key(path)
            && !program.globals.contains_key(path)
            && !program.fns.contains_key(path)
    });
    let path = path.unwrap_or(module.join("FieldOfDataclass"));
    let mut name = crate::program::assigned_field(Name::new("name"), Origin::default());
    name.ty = Ty::str();
    let def = ClassDef {
        path,
        bases: Vec::new(),
        kind: ClassKind::NamedTuple,
        is_shared: false,
        fields: vec![name],
        methods: Vec::new(),
        attributes: Vec::new(),
        type_params: Vec::new(),
        doc: Some("A field of a record.".into()),
        origin: Origin::default(),
    };
    program.classes.insert(path, Arc::new(def));
    if let Some(module) = program.modules.get_mut(&module) {
        let row = ItemRow { item: Item::Class(path), above: Vec::new(), base: 0 };
        Arc::make_mut(module).items.insert(0, row);
    }
    path
}

/// The fields that classes declare; what only methods assign is none.
pub(super) fn declared(program: &Program<Hir>, class: Name) -> Vec<(Name, Ty)> {
    let is_declared = |field: &&FieldDef| {
        let flags = field.flags;
        !flags.passed
            && (flags.init || flags.repr || flags.compare || flags.kw_only || field.default.is_some())
    };
    program.all_fields(class).into_iter().filter(is_declared).map(|field| (field.name, field.ty)).collect()
}

pub(super) fn method(program: &Program<Hir>, class: Name, word: Name) -> (Body<Hir>, LocalId) {
    let lang = program.fns.values().next().map_or(Lang::Python, |body| body.lang);
    let mut body = Body::new(class.join(word.as_str()), lang, FnKind::Method);
    let this = body.local("self", Ty::unknown(), Origin::default());
    body.params.push(Param { name: Name::new("self"), local: this, kind: ParamKind::Normal, default: None });
    (body, this)
}

pub(super) fn give(body: &mut Body<Hir>, value: Node) {
    let at = Origin::default();
    let value = body.node(value, Ty::unknown(), at);
    let back = body.node(Node::Return(Some(value)), Ty::never(), at);
    let root = body.root;
    body.blocks[root].stmts.push(Stmt::new(StmtKind::Expr(back), at));
}

fn fields_method(program: &Program<Hir>, class: Name, word: Name, field: Name) -> Body<Hir> {
    let (mut body, _) = method(program, class, word);
    let list = field_list(&mut body, field, &declared(program, class), Origin::default());
    give(&mut body, list);
    body
}

/// The same for the class as a value: `fields(cls)`.
fn of_class(method: &Body<Hir>) -> Body<Hir> {
    let mut body = method.clone();
    body.path = Name::new(&format!("{}{OF_CLASS}", method.path));
    body.kind = FnKind::StaticMethod;
    body.params.clear();
    body
}

fn data_method(program: &Program<Hir>, class: Name, word: Name, function: &str) -> Body<Hir> {
    let (mut body, this) = method(program, class, word);
    let is_dict = function == "dataclasses.asdict";
    let at = Origin::default();
    let mut args = Vec::new();
    for (name, ty) in declared(program, class) {
        if is_dict {
            args.push(body.node(Node::Const(Const::Str(name.as_str().into())), Ty::unknown(), at));
        }
        let place = Place::local(this).with(Proj::Field(name));
        args.push(plain(program, &mut body, &place, ty, word));
    }
    if is_dict {
        body.ret = Ty::dict(Ty::str(), Ty::value());
        give(&mut body, Node::Op { op: DictOp::New.into(), attr: Attr::None, args });
    } else {
        let list = body.node(Node::Op { op: ListOp::New.into(), attr: Attr::None, args }, Ty::unknown(), at);
        let tuple = Node::Call {
            callee: Callee::Lib(Name::new("builtins.tuple")),
            args: vec![Arg::positional(list)],
        };
        body.ret = Ty::new(TyKind::Lib(Name::new("tuple"), vec![Ty::value()]));
        give(&mut body, tuple);
    }
    body
}

fn holds_record(program: &Program<Hir>, ty: Ty) -> bool {
    ty.any(&mut |ty| match ty.kind() {
        TyKind::Class(class, _) => {
            program.classes.get(&program.resolve(*class)).is_some_and(|def| is_record(def))
        }
        _ => false,
    })
}

/// A value of a declared type as plain data.
fn plain(program: &Program<Hir>, body: &mut Body<Hir>, place: &Place, ty: Ty, word: Name) -> NodeId {
    let at = Origin::default();
    let read = |body: &mut Body<Hir>| body.node(Node::Use(place.clone(), Mode::Read), Ty::unknown(), at);
    let kind = match ty.kind() {
        TyKind::Class(..) if holds_record(program, ty) => {
            let object = read(body);
            Node::Call { callee: Callee::Method(object, word), args: Vec::new() }
        }
        TyKind::Option(inner) if holds_record(program, *inner) => {
            let (value, none) = (read(body), body.node(Node::Const(Const::None), Ty::unit(), at));
            let cond = body.op(ObjOp::Is, vec![value, none], Ty::unknown(), at);
            let none = body.node(Node::Const(Const::None), Ty::unit(), at);
            let then = body.block(BlockRow { tail: Some(none), ..BlockRow::default() });
            let rest = plain(program, body, place, *inner, word);
            let els = body.block(BlockRow { tail: Some(rest), ..BlockRow::default() });
            Node::If { cond, then, els: Some(els) }
        }
        TyKind::List(item) if holds_record(program, *item) => {
            let local = body.temp("item", Ty::unknown(), at);
            let iter = read(body);
            let inner = plain(program, body, &Place::local(local), *item, word);
            let clauses = vec![Clause::For { pat: Pat::Place(Place::local(local)), iter }];
            Node::Seq { clauses, sink: Sink::List(inner) }
        }
        TyKind::Dict(_, item) if holds_record(program, *item) => {
            let (key, local) = (body.temp("key", Ty::unknown(), at), body.temp("item", Ty::unknown(), at));
            let of = read(body);
            let iter = Node::Call { callee: Callee::Method(of, Name::new("items")), args: Vec::new() };
            let iter = body.node(iter, Ty::unknown(), at);
            let inner = plain(program, body, &Place::local(local), *item, word);
            let pat = Pat::Tuple(vec![Pat::Place(Place::local(key)), Pat::Place(Place::local(local))]);
            let key = body.use_local(key, Mode::Read, at);
            Node::Seq { clauses: vec![Clause::For { pat, iter }], sink: Sink::Dict(key, inner) }
        }
        _ => {
            let value = read(body);
            let callee = Callee::Lib(Name::new("dataclasses.plain"));
            Node::Call { callee, args: vec![Arg::positional(value)] }
        }
    };
    body.node(kind, Ty::unknown(), at)
}

/// Takes out the methods that nothing calls.
pub(crate) fn drop_unused(program: &mut Program<Typed>) {
    let is_word = |name: &str| {
        let name = name.trim_end_matches(OF_CLASS);
        let own = name.trim_start_matches("record_");
        own == "attributes"
            || WORDS.iter().any(|(_, word)| name.trim_start_matches("record_") == *word || name == *word)
    };
    let is_made = |program: &Program<Typed>, path: &Name| {
        is_word(path.last()) && program.fns.get(path).is_some_and(|body| body.origin == Origin::default())
    };
    loop {
        let mut called: Vec<Name> = Vec::new();
        for body in program.fns.values() {
            body.walk_block(body.root, &mut |node| match &body.nodes[node].kind {
                Node::Call { callee: Callee::Fn(path) | Callee::Virtual(path), .. }
                    if is_word(path.last()) =>
                {
                    called.push(*path);
                }
                Node::Op { op: Op::ValueOp(ValueOp::Method), attr: Attr::Name(name), .. } => {
                    called.push(*name);
                }
                _ => {}
            });
        }
        let is_called = |path: &Name| {
            called.iter().any(|call| {
                let (class, of) = (path.parent(), call.parent());
                call.last() == path.last()
                    && (call.as_str() == call.last()
                        || program.is_subclass(class, of)
                        || program.is_subclass(of, class))
            })
        };
        let unused: Vec<Name> =
            program.fns.keys().copied().filter(|path| is_made(program, path) && !is_called(path)).collect();
        if unused.is_empty() {
            return;
        }
        for path in unused {
            program.fns.shift_remove(&path);
            if let Some(def) = program.classes.get_mut(&path.parent()) {
                Arc::make_mut(def).methods.retain(|method| *method != path);
            }
        }
    }
}
