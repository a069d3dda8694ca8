//! A class that is `list` or `dict` under another name is that type.
//!
//! before                              after
//!   class @m.Bag(list) {}               set place %self.things = lib:builtins.list()
//!   set place %self.things = call @m.Bag()
//!
//! So each object keeps the item types of its own. Holds back where the name is anything but called or
//! in an annotation, where the program asks for the type of an object, and where an object gets attributes.

use batuta_base::{FxHashMap, Name};
use batuta_core::*;
use std::sync::Arc;

/// The builtin type that such a class stands for.
#[derive(Clone, Copy, PartialEq)]
enum Stands {
    List,
    Dict,
}

impl Stands {
    fn of(def: &ClassDef) -> Option<Self> {
        let is_bare = def.kind == ClassKind::Plain
            && def.fields.is_empty()
            && def.methods.is_empty()
            && def.attributes.is_empty();
        match &def.bases[..] {
            [base] if is_bare && *base == "list" => Some(Stands::List),
            [base] if is_bare && *base == "dict" => Some(Stands::Dict),
            _ => None,
        }
    }

    fn ty(self, args: &[Ty]) -> Ty {
        match (self, args) {
            (Stands::List, [item]) => Ty::list(*item),
            (Stands::List, _) => Ty::list(Ty::unknown()),
            (Stands::Dict, [key, value]) => Ty::dict(*key, *value),
            (Stands::Dict, _) => Ty::dict(Ty::unknown(), Ty::unknown()),
        }
    }

    fn make(self) -> Name {
        Name::new(if self == Stands::List { "builtins.list" } else { "builtins.dict" })
    }
}

/// Puts the builtin types in the place of such classes.
pub(super) fn expand(program: &mut Program<Hir>) {
    let mut found: FxHashMap<Name, Stands> = FxHashMap::default();
    found.extend(program.classes.values().filter_map(|def| Some((def.path, Stands::of(def)?))));
    if found.is_empty() || program.fns.values().any(|body| tells_types(program, body)) {
        return;
    }
    hold_back(program, &mut found);
    if found.is_empty() {
        return;
    }
    let start = program.clone();
    for body in program.fns.values_mut() {
        write(&start, &found, Arc::make_mut(body));
    }
    for def in program.classes.values_mut() {
        Arc::make_mut(def).fields.iter_mut().for_each(|field| field.ty = plain(&start, &found, field.ty));
    }
    for global in program.globals.values_mut() {
        let ty = plain(&start, &found, global.ty);
        Arc::make_mut(global).ty = ty;
    }
    program.classes.retain(|path, _| !found.contains_key(path));
    for module in program.modules.values_mut() {
        drop_items(Arc::make_mut(module), &found);
    }
}

/// Comments above such a class stand above what comes next.
fn drop_items(module: &mut Module, found: &FxHashMap<Name, Stands>) {
    let mut kept = Vec::new();
    for mut row in std::mem::take(&mut module.items) {
        row.above.splice(0..0, std::mem::take(&mut kept));
        if matches!(row.item, Item::Class(path) if found.contains_key(&path)) {
            kept = row.above;
        } else {
            module.items.push(row);
        }
    }
    module.end_comments.splice(0..0, kept);
    module.aliases.retain(|_, target| !found.contains_key(target));
}

/// Whether a body asks for the type of an object that is not its receiver, or sets attributes by name or of anything
/// that no class has.
fn tells_types(program: &Program<Hir>, body: &Body<Hir>) -> bool {
    let receiver = body.has_receiver().then(|| body.params[0].local);
    let is_receiver = |place: &Place| matches!(place.root, Root::Local(local) if Some(local) == receiver);
    let is_known = |name: Name| {
        program.classes.values().any(|def| {
            let others = def.attributes.iter().chain(&def.methods);
            def.fields.iter().any(|field| field.name == name)
                || others.into_iter().any(|path| path.last() == name.as_str())
        })
    };
    let mut found = false;
    body.each_place(&mut |place| {
        let asks = place.proj.iter().any(|proj| matches!(proj, Proj::Field(name) if *name == "__class__"));
        found |= asks && !is_receiver(place);
    });
    body.walk_stmts(body.root, &mut |stmt| {
        if let StmtKind::Set { target, .. } = &stmt.kind {
            target.each_place(&mut |place| {
                found |= matches!(place.proj.last(), Some(Proj::Field(name)) if !is_known(*name));
            });
        }
    });
    found
        || body.nodes.iter().any(|(_, row)| match &row.kind {
            Node::Call { callee: Callee::Lib(name), args } if *name == "builtins.type" => {
                let of = args.first().map(|arg| &body.nodes[arg.value].kind);
                !matches!(of, Some(Node::Use(place, _)) if place.proj.is_empty() && is_receiver(place))
            }
            Node::Call { callee: Callee::Lib(name), .. } => *name == "builtins.setattr",
            Node::Item(name) => matches!(name.as_str(), "type" | "builtins.type" | "builtins.setattr"),
            _ => false,
        })
}

/// Keeps the classes whose name is nothing but called.
fn hold_back(program: &Program<Hir>, found: &mut FxHashMap<Name, Stands>) {
    let mut drop = |path: Name| {
        found.remove(&program.resolve(path));
    };
    for def in program.classes.values() {
        def.bases.iter().for_each(|base| drop(*base));
    }
    for body in program.fns.values() {
        body.decorators.iter().for_each(|decorator| drop(decorator.path));
        body.each_place(&mut |place| {
            if let Root::Global(path) = place.root {
                drop(path);
            }
        });
        for (_, row) in body.nodes.iter() {
            match &row.kind {
                Node::Item(path) => drop(*path),
                Node::Match { arms, .. } => arms.iter().for_each(|arm| classes(&arm.pat, &mut drop)),
                Node::Try { handlers, .. } => {
                    handlers.iter().flat_map(|handler| &handler.classes).for_each(|path| drop(*path));
                }
                _ => {}
            }
        }
    }
    // By way of an object that may be a module or a class.
    for body in program.fns.values() {
        for (_, row) in body.nodes.iter() {
            if let Node::Call { callee: Callee::Method(_, name), .. } = &row.kind {
                found.retain(|path, _| path.last() != name.as_str());
            }
        }
        body.each_place(&mut |place| {
            for proj in &place.proj {
                if let Proj::Field(name) = proj {
                    found.retain(|path, _| path.last() != name.as_str());
                }
            }
        });
    }
}

/// Every class that a pattern tests for.
fn classes(pat: &Pat, f: &mut dyn FnMut(Name)) {
    if let Pat::Class { class, .. } = pat {
        f(*class);
    }
    pat.for_each_part(&mut |part| classes(part, f));
}

fn write(program: &Program<Hir>, found: &FxHashMap<Name, Stands>, body: &mut Body<Hir>) {
    for (_, row) in body.nodes.iter_mut() {
        row.ty = plain(program, found, row.ty);
        if let Node::Call { callee, .. } = &mut row.kind
            && let Callee::Fn(path) = callee
            && let Some(stands) = found.get(&program.resolve(*path))
        {
            *callee = Callee::Lib(stands.make());
        }
    }
    for (_, local) in body.locals.iter_mut() {
        local.ty = plain(program, found, local.ty);
    }
    body.ret = plain(program, found, body.ret);
}

/// The type with the builtin types in it.
fn plain(program: &Program<Hir>, found: &FxHashMap<Name, Stands>, ty: Ty) -> Ty {
    if let TyKind::Class(path, args) = ty.kind()
        && let Some(stands) = found.get(&program.resolve(*path))
    {
        return stands.ty(args);
    }
    ty.map_children(|child| plain(program, found, child))
}
