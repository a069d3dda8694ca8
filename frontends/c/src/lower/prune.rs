//! What the program does not use of a system's headers is left out, and so are their comments.

use batuta_base::{FxHashSet, Name};
use batuta_core::{Body, Callee, Image, Item, Mir, Node, Program, Root, Ty, TyKind};
use std::sync::Arc;

/// The names that bodies and types mention.
#[derive(Default)]
struct Reach {
    seen: FxHashSet<Name>,
    next: Vec<Name>,
}

impl Reach {
    fn note(&mut self, name: Name) {
        if self.seen.insert(name) {
            self.next.push(name);
        }
    }

    fn ty(&mut self, ty: Ty) {
        ty.any(&mut |part| {
            if let TyKind::Class(path, _) = part.kind() {
                self.note(*path);
            }
            false
        });
    }

    fn body(&mut self, body: &Body<Mir>) {
        self.ty(body.ret);
        body.locals.iter().for_each(|(_, row)| self.ty(row.ty));
        for (_, row) in body.nodes.iter() {
            self.ty(row.ty);
            match &row.kind {
                Node::Item(path) | Node::Call { callee: Callee::Fn(path), .. } => self.note(*path),
                Node::Use(place, _) => {
                    if let Root::Global(path) = place.root {
                        self.note(path);
                    }
                }
                _ => {}
            }
        }
    }
}

/// Takes away what nothing outside of these modules reaches.
pub(crate) fn prune(program: &mut Program<Mir>, image: &mut Image, system: &FxHashSet<Name>) {
    if system.is_empty() {
        return;
    }
    // A function of a header belongs to each unit that reads it.
    let texts = image.texts.clone();
    let is_own = |path: Name| !system.contains(texts.get(&path).unwrap_or(&path.parent()));
    let mut reach = Reach::default();
    let own = program.fns.iter().filter(|(path, _)| is_own(**path));
    own.for_each(|(_, body)| reach.body(body));
    let own = image.records.keys().chain(image.objects.keys()).filter(|path| is_own(**path));
    own.for_each(|path| reach.note(*path));
    image.objects.values().for_each(|def| reach.ty(def.ty));
    image.targets.iter().for_each(|(path, _)| reach.note(*path));
    while let Some(path) = reach.next.pop() {
        if let Some(body) = program.fns.get(&path).filter(|_| !is_own(path)).cloned() {
            reach.body(&body);
        }
        if let Some(def) = image.records.get(&path) {
            def.fields.iter().for_each(|field| reach.ty(field.ty));
        }
    }
    let stays = |path: &Name| is_own(*path) || reach.seen.contains(path) || image.objects.contains_key(path);
    program.fns.retain(|path, _| stays(path));
    image.records.retain(|path, _| stays(path));
    image.constants.retain(|path, _| stays(path));
    for module in system {
        let Some(row) = program.modules.get_mut(module).map(Arc::make_mut) else { continue };
        row.end_comments.clear();
        row.items.retain(|row| match row.item {
            Item::Fn(path) | Item::Class(path) | Item::Global(path) => stays(&path),
            Item::Import(_) => true,
        });
        row.items.iter_mut().for_each(|row| row.above.clear());
    }
    let used: FxHashSet<Name> = program
        .fns
        .keys()
        .chain(image.records.keys())
        .chain(image.constants.keys())
        .chain(image.objects.keys())
        .map(|path| path.parent())
        .collect();
    program.modules.retain(|path, _| !system.contains(path) || used.contains(path));
    image.files.retain(|path, _| !system.contains(path) || used.contains(path));
    for def in image.records.values_mut().filter(|def| system.contains(&def.place.module)) {
        def.above.clear();
        def.fields.iter_mut().for_each(|field| field.beside = None);
    }
}
