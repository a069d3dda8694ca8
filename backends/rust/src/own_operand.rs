//! `==` and `<` of two objects by a method whose operand may be something else, too.
//!
//! ```text
//! fn equals(&self, other: &IntOrFrac) -> bool     impl PartialEq for Frac {
//!                                                     fn eq(&self, other: &Self) -> bool {
//!                                                         self.equals(&IntOrFrac::Frac(other.clone()))
//! ```

use crate::env::{Env, Uses, variant};
use crate::types::Position;
use batuta_base::Name;
use batuta_core::*;

/// The call of a comparing method of `self` for `other: &Self`, where the method takes one.
pub fn call(env: &Env<'_>, body: &Body<Mir>, class: Name, module: Name, uses: &mut Uses) -> Option<String> {
    let [this, other] = body.params.as_slice() else { return None };
    let is_plain =
        |ty: Ty| matches!(ty.kind(), TyKind::Ref(inner) if matches!(inner.kind(), TyKind::Class(..)));
    let gives_bool = *body.ret.kind() == TyKind::Bool;
    if body.kind != FnKind::Method || !gives_bool || !is_plain(body.locals[this.local].ty) {
        return None;
    }
    let operand = operand(env, body.locals[other.local].ty, class, module, uses)?;
    let raise = if body.fallible { ".or_raise()" } else { "" };
    if body.fallible {
        uses.prelude = true;
    }
    Some(format!("self.{}({operand}){raise}", env.member_name(body)))
}

fn operand(env: &Env<'_>, ty: Ty, class: Name, module: Name, uses: &mut Uses) -> Option<String> {
    let is_own = |ty: &Ty| matches!(ty.kind(), TyKind::Class(path, _) if *path == class);
    match ty.kind() {
        TyKind::Ref(inner) if is_own(inner) => Some("other".to_owned()),
        TyKind::Ref(inner) => operand(env, *inner, class, module, uses).map(|made| format!("&{made}")),
        TyKind::Class(..) if is_own(&ty) => Some("other.clone()".to_owned()),
        TyKind::Union(members) => {
            let member = members.iter().find(|member| is_own(member))?;
            let name = env.ty(ty, Position::Stored, module, uses);
            Some(format!("{name}::{}(other.clone())", variant(*member)))
        }
        TyKind::Value => {
            uses.rt = true;
            Some("rt::Value::from(other.clone())".to_owned())
        }
        _ => None,
    }
}
