//! `self.__dict__["name"]` is the attribute, past what the class does with names.
//!
//! before                                            after
//!   set place %self.__dict__["log"] = list.new()      set place %self.log = obj.stored(list.new())
//!
//! Only for the receiver of a method and names that are written there.

use crate::program::assigned_field;
use batuta_base::Name;
use batuta_core::*;
use std::sync::Arc;

const DICT: &str = "__dict__";

pub(super) fn expand(program: &mut Program<Hir>) {
    let methods: Vec<Name> = program.classes.values().flat_map(|def| def.methods.clone()).collect();
    for path in methods {
        let Some(body) = program.fns.get(&path).filter(|body| body.has_receiver()) else { continue };
        let this = body.params[0].local;
        let name_of = |body: &Body<Hir>, place: &Place| {
            let (Root::Local(root), [Proj::Field(dict), Proj::Index(at), ..]) = (place.root, &place.proj[..])
            else {
                return None;
            };
            let Some(Const::Str(text)) = body.as_const(*at) else { return None };
            let is_name = !text.is_empty() && text.chars().all(|c| c.is_alphanumeric() || c == '_');
            (root == this && *dict == DICT && is_name).then(|| Name::new(text))
        };
        let mut names = Vec::new();
        body.each_place(&mut |place| names.extend(name_of(body, place)));
        if names.is_empty() {
            continue;
        }
        let mut made = (**body).clone();
        let mut stored = Vec::new();
        for block in made.blocks.ids().collect::<Vec<_>>() {
            for at in 0..made.blocks[block].stmts.len() {
                if let StmtKind::Set { target: Pat::Place(place), value } = &made.blocks[block].stmts[at].kind
                    && place.proj.len() == 2
                    && name_of(&made, place).is_some()
                {
                    stored.push((block, at, *value));
                }
            }
        }
        for (block, at, value) in stored {
            let origin = made.blocks[block].stmts[at].origin;
            let past = made.op(ObjOp::Stored, vec![value], Ty::unknown(), origin);
            if let StmtKind::Set { value, .. } = &mut made.blocks[block].stmts[at].kind {
                *value = past;
            }
        }
        let source = made.clone();
        made.each_place_mut(&|place| {
            if let Some(name) = name_of(&source, place) {
                let rest = place.proj[2..].to_vec();
                place.proj = vec![Proj::Field(name)];
                place.proj.extend(rest);
            }
        });
        program.fns.insert(path, Arc::new(made));
        let has = |program: &Program<Hir>, name: Name| {
            program.mro(path.parent()).iter().any(|class| {
                program
                    .classes
                    .get(class)
                    .is_some_and(|def| def.fields.iter().any(|field| field.name == name))
            })
        };
        for name in names {
            if !has(program, name) {
                let def = Arc::make_mut(&mut program.classes[&path.parent()]);
                let origin = def.origin;
                def.fields.push(assigned_field(name, origin));
            }
        }
    }
}
