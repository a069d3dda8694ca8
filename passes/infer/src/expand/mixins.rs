//! What the abstract classes of `collections.abc` give the classes below them, as far as the program asks for it.
//!
//! before                                        after
//!   class @m.Deck(collections.abc.Sequence) {     class @m.Deck(collections.abc.Sequence) {
//!     fn @m.Deck.__getitem__                        fn @m.Deck.__getitem__
//!     fn @m.Deck.__len__                            fn @m.Deck.__len__
//!   }                                               fn @m.Deck.index
//!   method (%deck).index(%card)                   }
//!
//! The methods are in `mixins.bir`. A class derived from `UserDict` that stores or reads items its own way is a
//! mapping, too: its other methods go through those.

use batuta_base::{FxHashSet, Name};
use batuta_core::*;
use std::sync::Arc;

const TEXT: &str = include_str!("mixins.bir");

/// A method of an abstract class.
struct Mixin {
    class: &'static str,
    name: &'static str,
    text: &'static str,
}

/// Gives classes the methods that they inherit from abstract classes.
pub(super) fn expand(program: &mut Program<Hir>) {
    let mut wanted: Vec<(Name, Vec<&'static str>)> = Vec::new();
    for def in program.classes.values() {
        let sources: Vec<&str> = def.bases.iter().flat_map(|base| sources(program, def, *base)).collect();
        if !sources.is_empty() {
            wanted.push((def.path, sources));
        }
    }
    if wanted.is_empty() {
        return;
    }
    let mixins = mixins();
    loop {
        let asked = Asked::of(program);
        let mut is_done = true;
        for (class, sources) in &wanted {
            for mixin in mixins.iter().filter(|mixin| sources.contains(&mixin.class)) {
                is_done &= !give(program, *class, mixin, &asked);
            }
        }
        if is_done {
            break;
        }
    }
    named_arguments(program, &wanted);
}

/// The methods that classes of the program have from abstract classes, and those for slices.
pub(crate) fn mixin_methods(program: &Program<Hir>) -> Vec<Name> {
    let mut out = Vec::new();
    for def in program.classes.values() {
        let has_mixins = def.bases.iter().any(|base| !sources(program, def, *base).is_empty());
        let is_made = |path: &&Name| {
            let body = program.fns.get(*path);
            let is_known = path.last() == super::SLICES || has_mixins && is_mixin(path.last());
            is_known && body.is_some_and(|body| body.origin == Default::default())
        };
        out.extend(def.methods.iter().filter(is_made).copied());
    }
    out
}

fn is_mixin(name: &str) -> bool {
    mixins().iter().any(|mixin| mixin.name.split('$').next() == Some(name))
}

/// Takes such methods out.
pub(crate) fn drop_mixins(program: &mut Program<Hir>, methods: &[Name]) {
    for path in methods {
        program.fns.shift_remove(path);
        if let Some(def) = program.classes.get_mut(&path.parent()) {
            Arc::make_mut(def).methods.retain(|method| method != path);
        }
    }
}

fn mixins() -> Vec<Mixin> {
    let parse = |text: &'static str| {
        let (_, path) = text.split_once("@mix.")?;
        let (path, _) = path.split_once('(')?;
        let (class, name) = path.split_once('.')?;
        Some(Mixin { class, name, text })
    };
    TEXT.split("\n\n").filter_map(parse).collect()
}

/// The abstract classes that a base stands for, the nearest first.
fn sources(program: &Program<Hir>, def: &ClassDef, base: Name) -> Vec<&'static str> {
    let is_abstract = base.as_str().starts_with("collections.abc.") || base.as_str().starts_with("typing.");
    match base.last() {
        "Sequence" if is_abstract => vec!["Sequence"],
        "MutableSequence" if is_abstract => vec!["MutableSequence", "Sequence"],
        "Mapping" if is_abstract => vec!["Mapping"],
        "MutableMapping" if is_abstract => vec!["MutableMapping", "Mapping"],
        "Set" | "AbstractSet" if is_abstract => vec!["Set"],
        "MutableSet" if is_abstract => vec!["MutableSet", "Set"],
        "AbstractContextManager" if base.as_str().starts_with("contextlib.") => vec!["ContextManager"],
        "ContextManager" if base.as_str().starts_with("typing.") => vec!["ContextManager"],
        "UserDict" if base == "collections.UserDict" => {
            let own = ["__setitem__", "__getitem__", "__delitem__", "__contains__"];
            let has_own = |class: &Name| own.iter().any(|name| program.fns.contains_key(&class.join(name)));
            match program.subclasses(def.path).iter().any(has_own) {
                true => vec!["MutableMapping", "Mapping"],
                false => Vec::new(),
            }
        }
        _ => Vec::new(),
    }
}

/// What a program asks its objects for.
struct Asked {
    names: FxHashSet<Name>,
    ops: Vec<ObjOp>,
    has_default_pop: bool,
}

impl Asked {
    fn of(program: &Program<Hir>) -> Self {
        let mut asked = Asked { names: FxHashSet::default(), ops: Vec::new(), has_default_pop: false };
        for body in program.fns.values() {
            for (_, row) in body.nodes.iter() {
                match &row.kind {
                    Node::Call { callee: Callee::Method(_, name) | Callee::Super(name), args } => {
                        asked.names.insert(*name);
                        asked.has_default_pop |= *name == "pop" && args.len() == 2;
                    }
                    Node::Call { callee: Callee::Lib(name), .. } if *name == "builtins.reversed" => {
                        asked.names.insert(Name::new("__reversed__"));
                    }
                    Node::Op { op: Op::ObjOp(op), .. } => asked.ops.push(*op),
                    _ => {}
                }
            }
            body.walk_stmts(body.root, &mut |stmt| {
                if let StmtKind::Update { op: Op::ObjOp(op), .. } = stmt.kind {
                    asked.names.insert(Name::new(&format!("__i{}__", crate::ops::dunder_word(op))));
                }
            });
        }
        asked
    }

    fn has(&self, name: &str) -> bool {
        let op = |known: &[ObjOp]| known.iter().any(|op| self.ops.contains(op));
        match name {
            "__iter__" | "__enter__" => true,
            "__contains__" => op(&[ObjOp::In, ObjOp::NotIn]),
            "__eq__" => op(&[ObjOp::Eq, ObjOp::Ne]),
            "__le__" => op(&[ObjOp::Le]),
            "__lt__" => op(&[ObjOp::Lt]),
            "__ge__" => op(&[ObjOp::Ge]),
            "__and__" => op(&[ObjOp::BitAnd]),
            "__or__" => op(&[ObjOp::BitOr]),
            "__xor__" => op(&[ObjOp::BitXor]),
            "__sub__" => op(&[ObjOp::Sub]),
            "pop" => self.names.contains(&Name::new("pop")),
            _ => self.names.contains(&Name::new(name)),
        }
    }
}

/// Gives a class a method that it lacks and that is asked for; answers whether it did.
fn give(program: &mut Program<Hir>, class: Name, mixin: &Mixin, asked: &Asked) -> bool {
    let (name, variant) = mixin.name.split_once('$').unwrap_or((mixin.name, ""));
    let is_mapping_pop = mixin.class == "MutableMapping" && name == "pop";
    if is_mapping_pop && (variant == "default") != asked.has_default_pop {
        return false;
    }
    let inner = program.classes.get(&class).and_then(|def| super::inner_field(def));
    // What the dict of a `UserDict` answers as well without looking at items.
    let is_same = match name {
        "__contains__" | "__iter__" | "keys" => true,
        "__eq__" => program.find_method(class, "__getitem__").is_none(),
        _ => false,
    };
    if inner.is_some() && is_same || program.find_method(class, name).is_some() || !asked.has(name) {
        return false;
    }
    let own = format!("@{class}");
    let text =
        mixin.text.replace(&format!("@mix.{}.{}(", mixin.class, mixin.name), &format!("{own}.{name}("));
    let Some(text) = made_sets(program, class, &text) else { return false };
    let Ok(mut body) = text::parse_body::<Hir>(&text) else { return false };
    body.lang = program.fns.values().next().map_or(Lang::Python, |body| body.lang);
    let path = body.path;
    program.fns.insert(path, Arc::new(body));
    let def = Arc::make_mut(program.classes.get_mut(&class).expect("it is a class of the program"));
    def.methods.push(path);
    true
}

/// Makes sets with `_from_iterable` where a class has it, else of the receiver's class; holds back where
/// that is not known.
fn made_sets(program: &Program<Hir>, class: Name, text: &str) -> Option<String> {
    let call = "call @mix.Set(";
    if !text.contains(call) {
        return Some(text.to_owned());
    }
    let has_own = |class: &Name| program.fns.contains_key(&class.join("_from_iterable"));
    let made = if program.find_method(class, "_from_iterable").is_some() {
        "method (%self)._from_iterable(".to_owned()
    } else if program.subclasses(class).iter().any(has_own) {
        return None;
    } else if program.subclasses(class).len() > 1 {
        "value (lib:builtins.type(%self))(".to_owned()
    } else {
        format!("call @{class}(")
    };
    Some(text.replace(call, &made))
}

/// `d.update(a=1)` is `d.update({"a": 1})` where every receiver of that name takes one dict; what stands before
/// the names comes first.
fn named_arguments(program: &mut Program<Hir>, wanted: &[(Name, Vec<&'static str>)]) {
    let gives_update = wanted.iter().any(|(_, sources)| sources.contains(&"MutableMapping"));
    let update = Name::new("update");
    let is_own = |def: &Arc<ClassDef>| {
        let path = def.path.join("update");
        def.methods.contains(&path) && program.fns[&path].origin != Default::default()
    };
    if !gives_update || program.classes.values().any(is_own) {
        return;
    }
    for body in program.fns.values_mut() {
        for id in body.nodes.ids().collect::<Vec<_>>() {
            let Node::Call { callee: Callee::Method(receiver, name), args } = body.nodes[id].kind.clone()
            else {
                continue;
            };
            let is_named = |arg: &Arg| matches!(arg.kind, ArgKind::Named(_) | ArgKind::StarStar);
            let (named, items): (Vec<Arg>, Vec<Arg>) = args.into_iter().partition(is_named);
            if name != update || named.is_empty() || items.len() > 1 {
                continue;
            }
            let body = Arc::make_mut(body);
            let origin = body.nodes[id].origin;
            let make = Node::Call { callee: Callee::Lib(Name::new("builtins.dict")), args: named };
            let dict = body.node(make, Ty::unknown(), origin);
            let callee = Callee::Method(receiver, name);
            let call = Node::Call { callee, args: vec![Arg::positional(dict)] };
            if items.is_empty() {
                body.nodes[id].kind = call;
                continue;
            }
            let parts = [("mapping", receiver), ("items", items[0].value), ("named", dict)];
            let mut stmts = Vec::new();
            let locals = parts.map(|(name, value)| {
                let local = body.temp(name, Ty::unknown(), origin);
                let set = StmtKind::Set { target: Pat::Place(Place::local(local)), value };
                stmts.push(Stmt::new(set, origin));
                local
            });
            let [mapping, items, named] = locals;
            let mut updated = |from: LocalId| {
                let [of, from] = [mapping, from].map(|local| {
                    body.node(Node::Use(Place::local(local), Mode::Read), Ty::unknown(), origin)
                });
                let callee = Callee::Method(of, name);
                body.node(Node::Call { callee, args: vec![Arg::positional(from)] }, Ty::unknown(), origin)
            };
            let first = updated(items);
            let then = updated(named);
            stmts.push(Stmt::new(StmtKind::Expr(first), origin));
            let block = body.block(BlockRow { stmts, tail: Some(then), end_comments: Vec::new() });
            body.nodes[id].kind = Node::Block { label: None, block };
        }
    }
}
