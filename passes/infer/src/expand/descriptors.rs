//! A class attribute that is a descriptor is a property of the class: its methods are written out for the attribute.
//!
//! before                                            after
//!   class @m.Item() { attr @m.Item.price }            class @m.Item() { attr @m.Item.price_rule }
//!   set @m.Item.price = call @m.Positive()            set @m.Item.price_rule = call @m.Positive()
//!   method @m.Positive.__get__(%self, %obj, %cls) {   property @m.Item.price(%obj) {
//!     return %obj.__dict__[%self.name]                  return %obj._price
//!   }                                                 }
//!   method @m.Positive.__set__(%self, %obj, %n) {     setter @m.Item.price$setter(%obj, %n) {
//!     %self.check(%n)                                   @m.Item.price_rule.check(%n)
//!     %obj.__dict__[%self.name] = %n                    set %obj._price = %n
//!   }                                                 }
//!
//! What holds the descriptor's own fields goes where nothing asks for it. `descriptor_body.rs` writes the methods.
//! Where that does not work out (a descriptor without `__set__` whose attribute the program sets), the class
//! attribute is a hole.

use super::descriptor_body::{Attribute, Method, Starts, written};
use crate::program::assigned_field;
use batuta_base::{Name, Origin};
use batuta_core::*;
use std::sync::Arc;

/// Writes out the attributes of all classes whose value is a descriptor.
pub(super) fn expand(program: &mut Program<Hir>) {
    let is_asked = |path: &Name| matches!(path.last(), "__get__" | "__set__");
    if !program.fns.keys().any(is_asked) {
        return;
    }
    let found = attributes(program);
    let mut is_whole = true;
    for attribute in &found {
        match methods(program, attribute) {
            Some((methods, starts)) => {
                install(program, attribute, methods);
                start(program, attribute, starts);
            }
            None => {
                is_whole = false;
                stop(program, attribute);
            }
        }
    }
    if is_whole && !found.is_empty() && !calls_by_name(program) {
        drop_methods(program, &found);
    }
    drop_classes(program, found.iter().map(|attribute| attribute.class).collect());
}

/// Whether the program calls `__get__` or `__set__` itself.
fn calls_by_name(program: &Program<Hir>) -> bool {
    let is_call = |row: &NodeRow| match &row.kind {
        Node::Call { callee: Callee::Method(_, name) | Callee::Super(name), .. } => {
            matches!(name.as_str(), "__get__" | "__set__")
        }
        _ => false,
    };
    program.fns.values().any(|body| body.nodes.iter().any(|(_, row)| is_call(row)))
}

/// The descriptors' own methods, which their attributes have now.
fn drop_methods(program: &mut Program<Hir>, found: &[Attribute]) {
    for path in found.iter().flat_map(|attribute| [attribute.get, attribute.set]).flatten() {
        program.fns.shift_remove(&path);
        if let Some(def) = program.classes.get_mut(&path.parent()) {
            Arc::make_mut(def).methods.retain(|method| *method != path);
        }
    }
}

/// The attributes whose value is a call of a class with `__get__` or `__set__`.
fn attributes(program: &Program<Hir>) -> Vec<Attribute> {
    let mut out = Vec::new();
    for (path, body) in program.fns.iter().filter(|(path, _)| path.last() == "<init>") {
        body.walk_stmts(body.root, &mut |stmt| {
            let StmtKind::Set { target: Pat::Place(place), value } = &stmt.kind else { return };
            let (Root::Global(attribute), true) = (place.root, place.proj.is_empty()) else { return };
            let Node::Call { callee: Callee::Fn(class), args } = &body.nodes[*value].kind else { return };
            let class = program.resolve(*class);
            let owner = attribute.parent();
            let has = |name| program.find_method(class, name);
            let is_attribute =
                program.classes.get(&owner).is_some_and(|def| def.attributes.contains(&attribute));
            if !is_attribute || !program.classes.contains_key(&class) {
                return;
            }
            let (get, set) = (has("__get__"), has("__set__"));
            if get.is_none() && set.is_none() {
                return;
            }
            out.push(Attribute {
                owner,
                name: Name::new(attribute.last()),
                path: attribute,
                rule: owner.join(&format!("{}_rule", attribute.last())),
                class,
                init: *path,
                get,
                set,
                set_name: has("__set_name__"),
                args: args.clone(),
            });
        });
    }
    out
}

/// Getter and setter of an attribute; none where they cannot be written.
fn methods(program: &Program<Hir>, attribute: &Attribute) -> Option<(Vec<Body<Hir>>, Starts)> {
    let mut out = Vec::new();
    let has_constructor = program.fns.contains_key(&attribute.owner.join("__init__"));
    let mut starts = has_constructor.then(Starts::default);
    let fields = attribute.known_fields(program);
    match attribute.get {
        Some(get) => out.extend(written(program, attribute, get, Method::Get, &fields, &mut starts)?),
        None => out.push(attribute.plain_getter(program)),
    }
    match attribute.set {
        Some(set) => out.extend(written(program, attribute, set, Method::Set, &fields, &mut starts)?),
        None if is_set(program, attribute) => return None,
        None => {}
    }
    Some((out, starts.unwrap_or_default()))
}

/// The constructor of the class sets what its fields hold before the descriptor does.
fn start(program: &mut Program<Hir>, attribute: &Attribute, starts: Starts) {
    let init = attribute.owner.join("__init__");
    for (name, value) in starts {
        let Some(body) = program.fns.get_mut(&init).map(Arc::make_mut) else { return };
        let Some(this) = body.params.first().map(|param| param.local) else { return };
        let at = Origin::default();
        let value = body.node(Node::Const(value), Ty::unknown(), at);
        let target = Pat::Place(Place::local(this).with(Proj::Field(name)));
        let root = body.root;
        body.blocks[root].stmts.insert(0, Stmt::new(StmtKind::Set { target, value }, at));
        let def = Arc::make_mut(&mut program.classes[&attribute.owner]);
        if !def.fields.iter().any(|known| known.name == name) {
            def.fields.push(assigned_field(name, def.origin));
        }
    }
}

/// Whether the program sets the attribute of an object.
fn is_set(program: &Program<Hir>, attribute: &Attribute) -> bool {
    let is_field = |class: &Name| {
        let fields = program.classes.get(class).map(|def| &def.fields);
        fields.is_some_and(|fields| fields.iter().any(|field| field.name == attribute.name))
    };
    program.subclasses(attribute.owner).iter().any(is_field)
}

fn install(program: &mut Program<Hir>, attribute: &Attribute, methods: Vec<Body<Hir>>) {
    let is_asked = methods.iter().any(|body| mentions(body, attribute.rule) > 0);
    let uses: usize = program.fns.values().map(|body| mentions(body, attribute.path)).sum();
    let is_plain = |arg: &Arg| {
        matches!(program.fns[&attribute.init].nodes[arg.value].kind, Node::Const(_) | Node::Item(_))
    };
    if is_asked || uses > 1 || !attribute.args.iter().all(is_plain) {
        keep_rule(program, attribute);
    } else {
        drop_rule(program, attribute);
    }
    let stored: Vec<Name> = methods.iter().flat_map(|body| stores(body, attribute)).collect();
    let def = Arc::make_mut(&mut program.classes[&attribute.owner]);
    def.fields.retain(|field| field.name != attribute.name);
    for name in stored {
        if !def.fields.iter().any(|known| known.name == name) {
            def.fields.push(assigned_field(name, def.origin));
        }
    }
    for body in methods {
        def.methods.push(body.path);
        program.fns.insert(body.path, Arc::new(body));
    }
}

/// How often what runs reads or sets a global.
fn mentions(body: &Body<Hir>, path: Name) -> usize {
    let mut count = 0;
    let mut see = |place: &Place| count += usize::from(place.root == Root::Global(path));
    body.walk_block(body.root, &mut |node| {
        if let Node::Use(place, _) = &body.nodes[node].kind {
            see(place);
        }
    });
    body.walk_stmts(body.root, &mut |stmt| match &stmt.kind {
        StmtKind::Let { pat, .. } | StmtKind::Set { target: pat, .. } => pat.each_place(&mut see),
        StmtKind::Update { place, .. } | StmtKind::Del(place) => see(place),
        StmtKind::Expr(_) => {}
    });
    count
}

/// The rule goes on under a name of its own.
fn keep_rule(program: &mut Program<Hir>, attribute: &Attribute) {
    let (path, rule) = (attribute.path, attribute.rule);
    let origin = program.globals.shift_remove(&path).map_or(Origin::default(), |old| old.origin);
    let (ty, storage) = (Ty::unknown(), Storage::Undecided);
    let global = GlobalDef { path: rule, ty, is_rebound: false, storage, origin };
    program.globals.insert(rule, Arc::new(global));
    for body in program.fns.values_mut() {
        let mut is_named = false;
        body.each_place(&mut |place| is_named |= place.root == Root::Global(path));
        if is_named {
            Arc::make_mut(body).each_place_mut(&|place| {
                if place.root == Root::Global(path) {
                    place.root = Root::Global(rule);
                }
            });
        }
    }
    let owner = Arc::make_mut(&mut program.classes[&attribute.owner]);
    owner.attributes.iter_mut().filter(|known| **known == path).for_each(|known| *known = rule);
    name_rule(program, attribute);
}

/// The fields of the object that a method sets.
fn stores(body: &Body<Hir>, attribute: &Attribute) -> Vec<Name> {
    let Some(object) = body.params.first().map(|param| param.local) else { return Vec::new() };
    let mut out = Vec::new();
    body.walk_stmts(body.root, &mut |stmt| {
        if let StmtKind::Set { target, .. } = &stmt.kind {
            target.each_place(&mut |place| {
                if let (Root::Local(local), [Proj::Field(name)]) = (place.root, &place.proj[..])
                    && local == object
                    && *name != attribute.name
                {
                    out.push(*name);
                }
            });
        }
    });
    out
}

/// `rule.__set_name__(owner, name)` behind the statement that makes the rule.
fn name_rule(program: &mut Program<Hir>, attribute: &Attribute) {
    if attribute.set_name.is_none() {
        return;
    }
    let body = Arc::make_mut(&mut program.fns[&attribute.init]);
    let is_made = |stmt: &Stmt| {
        matches!(&stmt.kind, StmtKind::Set { target: Pat::Place(place), .. }
            if place.root == Root::Global(attribute.rule) && place.proj.is_empty())
    };
    let blocks: Vec<BlockId> = body.blocks.ids().collect();
    for block in blocks {
        let Some(at) = body.blocks[block].stmts.iter().position(is_made) else { continue };
        let origin = body.blocks[block].stmts[at].origin;
        let rule = Node::Use(Place::global(attribute.rule), Mode::Read);
        let rule = body.node(rule, Ty::unknown(), origin);
        let owner = body.node(Node::Item(attribute.owner), Ty::unknown(), origin);
        let name = Node::Const(Const::Str(attribute.name.as_str().into()));
        let name = body.node(name, Ty::unknown(), origin);
        let args = vec![Arg::positional(owner), Arg::positional(name)];
        let callee = Callee::Method(rule, Name::new("__set_name__"));
        let call = body.node(Node::Call { callee, args }, Ty::unknown(), origin);
        body.blocks[block].stmts.insert(at + 1, Stmt::new(StmtKind::Expr(call), origin));
        return;
    }
}

/// The attribute is a hole where the class is made.
fn stop(program: &mut Program<Hir>, attribute: &Attribute) {
    let body = Arc::make_mut(&mut program.fns[&attribute.init]);
    let why = format!("the descriptor `{}` of `{}`", attribute.class.last(), attribute.path.last());
    let is_made =
        |target: &Pat| matches!(target, Pat::Place(place) if *place == Place::global(attribute.path));
    let mut values = Vec::new();
    body.walk_stmts(body.root, &mut |stmt| {
        if let StmtKind::Set { target, value } = &stmt.kind
            && is_made(target)
        {
            values.push(*value);
        }
    });
    for value in values {
        body.nodes[value].kind = Node::Hole { why: why.clone().into(), source: "".into() };
    }
}

/// An attribute that is gone: its value is made for what it does alone.
fn take_value(body: &mut Body<Hir>, attribute: Name) {
    for (_, block) in body.blocks.iter_mut() {
        for stmt in &mut block.stmts {
            if let StmtKind::Set { target: Pat::Place(place), value } = &stmt.kind
                && *place == Place::global(attribute)
            {
                stmt.kind = StmtKind::Expr(*value);
            }
        }
    }
}

/// Takes the statement out that makes a rule which nothing asks for; its arguments do nothing.
fn drop_rule(program: &mut Program<Hir>, attribute: &Attribute) {
    drop_attribute(program, attribute.init, attribute.path);
}

/// Takes an attribute out of its class, with the statement of the start that sets it.
pub(super) fn drop_attribute(program: &mut Program<Hir>, init: Name, path: Name) {
    let body = Arc::make_mut(&mut program.fns[&init]);
    let is_made = |stmt: &Stmt| matches!(&stmt.kind, StmtKind::Set { target: Pat::Place(place), .. } if *place == Place::global(path));
    let blocks: Vec<BlockId> = body.blocks.ids().collect();
    blocks.iter().for_each(|block| body.blocks[*block].stmts.retain(|stmt| !is_made(stmt)));
    let owner = Arc::make_mut(&mut program.classes[&path.parent()]);
    owner.attributes.retain(|known| *known != path);
    program.globals.shift_remove(&path);
}

/// Takes out descriptor classes that nothing names any more.
fn drop_classes(program: &mut Program<Hir>, mut classes: Vec<Name>) {
    while let Some(class) = classes.pop() {
        let Some(def) = program.classes.get(&class).cloned() else { continue };
        let is_own = |path: &Name| def.methods.contains(path);
        let names = |row: &NodeRow| match &row.kind {
            Node::Call { callee: Callee::Fn(path), .. } => {
                program.resolve(*path) == class || program.resolve(path.parent()) == class
            }
            Node::Call { callee: Callee::Lib(name), .. } if *name == "python.definition" => false,
            Node::Item(path) => program.resolve(*path) == class,
            Node::Use(Place { root: Root::Global(path), .. }, _) => {
                program.resolve(*path) == class || def.attributes.contains(&program.resolve(*path))
            }
            _ => false,
        };
        // The statement that says where the class stands names it, too.
        let is_definition = |body: &Body<Hir>, node: NodeId| {
            body.nodes.iter().any(|(_, row)| {
                matches!(&row.kind, Node::Call { callee: Callee::Lib(name), args }
                if *name == "python.definition" && args.iter().any(|arg| arg.value == node))
            })
        };
        let is_named = program.fns.iter().filter(|(path, _)| !is_own(path)).any(|(_, body)| {
            let mut found = false;
            body.walk_block(body.root, &mut |node| {
                found |= names(&body.nodes[node]) && !is_definition(body, node);
            });
            found
        });
        if is_named || program.classes.values().any(|other| other.bases.contains(&class)) {
            continue;
        }
        program.classes.shift_remove(&class);
        def.methods.iter().for_each(|method| {
            program.fns.shift_remove(method);
        });
        for attribute in &def.attributes {
            program.globals.shift_remove(attribute);
            program.fns.values_mut().filter(|body| body.kind == FnKind::Init).for_each(|body| {
                take_value(Arc::make_mut(body), *attribute);
            });
        }
        for body in program.fns.values_mut() {
            let is_it = |row: &NodeRow| matches!(row.kind, Node::Item(path) if path == class);
            if body.nodes.iter().any(|(_, row)| is_it(row)) {
                let body = Arc::make_mut(body);
                let nodes = body.nodes.clone();
                let is_of_class = |stmt: &Stmt| {
                    matches!(&stmt.kind, StmtKind::Expr(node) if matches!(&nodes[*node].kind,
                        Node::Call { callee: Callee::Lib(name), args } if *name == "python.definition"
                            && args.iter().any(|arg| is_it(&nodes[arg.value]))))
                };
                let blocks: Vec<BlockId> = body.blocks.ids().collect();
                blocks.iter().for_each(|block| body.blocks[*block].stmts.retain(|stmt| !is_of_class(stmt)));
            }
        }
        for module in program.modules.values_mut() {
            if module.items.iter().any(|row| row.item == Item::Class(class)) {
                Arc::make_mut(module).items.retain(|row| row.item != Item::Class(class));
            }
        }
        classes.extend(def.bases.iter().map(|base| program.resolve(*base)));
    }
}
