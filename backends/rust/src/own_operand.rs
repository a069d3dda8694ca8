//! `==` and `<` of two objects by a method whose operand may be something else, too.
//!
//! ```text
//! fn equals(&self, other: &IntOrFrac) -> bool     impl PartialEq for Frac {
//!                                                     fn eq(&self, other: &Self) -> bool {
//!                                                         self.equals(&IntOrFrac::Frac(other.clone()))
//! ```

use crate::env::{Env, Uses, variant_in};
use crate::types::Position;
use batuta_base::Name;
use batuta_core::*;

/// The call of a comparing method of `self` for `other: &Self`, where the method takes one.
pub fn call(env: &Env<'_>, body: &Body<Mir>, class: Name, module: Name, uses: &mut Uses) -> Option<String> {
    let [this, other] = body.params.as_slice() else { return None };
    let is_borrowed = matches!(body.locals[this.local].ty.kind(), TyKind::Ref(_));
    let gives_bool = *body.ret.kind() == TyKind::Bool;
    if body.kind != FnKind::Method || !gives_bool || !is_borrowed {
        return None;
    }
    let operand = operand(env, body.locals[other.local].ty, class, module, uses)?;
    let raise = if body.fallible { ".or_raise()" } else { "" };
    if body.fallible {
        uses.prelude = true;
    }
    let this = receiver(body, uses);
    Some(format!("{this}.{}({operand}){raise}", env.member_name(body)))
}

/// The receiver of a method that a trait calls on `&self`: one that needs its handle gets that of a copy.
pub fn receiver(body: &Body<Mir>, uses: &mut Uses) -> &'static str {
    if !takes_handle(body) {
        return "self";
    }
    uses.paths.insert("std::rc::Rc".to_owned());
    "Rc::new(self.clone())"
}

/// Whether a method is called on the handle of its object.
pub fn takes_handle(body: &Body<Mir>) -> bool {
    let this = body.params.first().map(|param| body.locals[param.local].ty);
    this.is_some_and(
        |ty| matches!(ty.kind(), TyKind::Ref(inner) if matches!(inner.kind(), TyKind::Shared(_))),
    )
}

/// Whether a comparison of two objects of a shared class makes a handle of a copy.
pub fn copies(env: &Env<'_>, class: Name) -> bool {
    let method = |name: &str| env.program.find_method(class, name).and_then(|path| env.function(path));
    let is_shared = env.class(class).is_some_and(|def| def.is_shared);
    let special = ["__str__", "__repr__", "__eq__", "__lt__"];
    if is_shared && special.iter().any(|name| method(name).is_some_and(|body| takes_handle(body))) {
        return true;
    }
    is_shared
        && ["__eq__", "__lt__"].iter().any(|name| {
            let method = env.program.find_method(class, name).and_then(|path| env.function(path));
            method.is_some_and(|body| match body.params.as_slice() {
                [_, other] => {
                    let ty = body.locals[other.local].ty.strip_ref();
                    matches!(ty.kind(), TyKind::Union(_) | TyKind::Value | TyKind::Shared(_))
                }
                _ => false,
            })
        })
}

fn operand(env: &Env<'_>, ty: Ty, class: Name, module: Name, uses: &mut Uses) -> Option<String> {
    let is_own = |ty: &Ty| matches!(ty.kind(), TyKind::Class(path, _) if *path == class);
    let is_shared = |ty: &Ty| matches!(ty.kind(), TyKind::Shared(inner) if is_own(inner));
    let handle = |uses: &mut Uses, is_shared: bool| {
        if is_shared {
            uses.paths.insert("std::rc::Rc".to_owned());
        }
        if is_shared { "Rc::new(other.clone())" } else { "other.clone()" }
    };
    match ty.kind() {
        TyKind::Ref(inner) if is_own(inner) => Some("other".to_owned()),
        TyKind::Ref(inner) => operand(env, *inner, class, module, uses).map(|made| format!("&{made}")),
        _ if is_own(&ty) || is_shared(&ty) => Some(handle(uses, is_shared(&ty)).to_owned()),
        TyKind::Union(members) => {
            let member = members.iter().find(|member| is_own(member) || is_shared(member))?;
            let name = env.ty(ty, Position::Stored, module, uses);
            let value = handle(uses, is_shared(member));
            Some(format!("{name}::{}({value})", variant_in(members, *member)))
        }
        TyKind::Value => {
            uses.rt = true;
            let is_shared = env.class(class).is_some_and(|def| def.is_shared);
            Some(format!("rt::Value::from({})", handle(uses, is_shared)))
        }
        _ => None,
    }
}
