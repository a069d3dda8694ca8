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
    // A function of a header belongs to each unit that reads it.
    let texts = image.texts.clone();
    let is_own = |path: Name| !system.contains(texts.get(&path).unwrap_or(&path.parent()));
    let mut reach = Reach::default();
    let own = program.fns.iter().filter(|(path, _)| is_own(**path));
    own.for_each(|(_, body)| reach.body(body));
    // A struct that is only declared is there for what points to it.
    let is_whole =
        |path: &Name| image.records.get(path).is_none_or(|def| !def.fields.is_empty() || def.size > 0);
    let own = image.records.keys().chain(image.objects.keys());
    own.filter(|path| is_own(**path) && is_whole(path)).for_each(|path| reach.note(*path));
    image.objects.values().for_each(|def| reach.ty(def.ty));
    let image_records: FxHashSet<Name> = image.records.keys().copied().collect();
    image.targets.iter().for_each(|(path, _)| reach.note(*path));
    while let Some(path) = reach.next.pop() {
        if let Some(body) = program.fns.get(&path).filter(|_| !is_own(path)).cloned() {
            reach.body(&body);
        }
        if let Some(def) = image.records.get(&path) {
            def.fields.iter().for_each(|field| reach.ty(field.ty));
        }
    }
    let is_kept: FxHashSet<Name> = image.records.keys().copied().filter(is_whole).collect();
    let is_part = |path: &Name| !image_records.contains(path) || is_kept.contains(path);
    let stays = |path: &Name| {
        is_own(*path) && is_part(path) || reach.seen.contains(path) || image.objects.contains_key(path)
    };
    program.fns.retain(|path, _| stays(path));
    image.records.retain(|path, _| stays(path));
    image.constants.retain(|path, _| stays(path));
    for (path, module) in &mut program.modules {
        let row = Arc::make_mut(module);
        let mut waiting = Vec::new();
        row.items.retain_mut(|row| {
            let stays = match row.item {
                Item::Fn(path) | Item::Class(path) | Item::Global(path) => stays(&path),
                Item::Import(_) => true,
            };
            // The comments of what is left out stay.
            let above = std::mem::take(&mut row.above);
            waiting.extend(above);
            if stays {
                row.above = std::mem::take(&mut waiting);
            }
            stays
        });
        row.end_comments.splice(0..0, waiting);
        if system.contains(path) {
            row.end_comments.clear();
            row.items.iter_mut().for_each(|row| row.above.clear());
        }
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
        for field in &mut def.fields {
            field.beside = None;
            field.above.clear();
        }
    }
}
