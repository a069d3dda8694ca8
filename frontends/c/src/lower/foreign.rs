//! Functions of other libraries (`--link`): which of them can be called, and with what.

use super::func::Lower;
use crate::tree::*;
use crate::types::*;
use batuta_base::Name;
use batuta_core::{Callee, Foreign, ForeignDef, NodeId, Ty, TyKind};

/// What crosses over; an error says what cannot.
pub(crate) fn definition(
    func: &FuncTy,
    records: &Records,
    ty: impl Fn(&CTy) -> Ty,
) -> Result<ForeignDef, String> {
    if func.variadic {
        return Err("it takes any number of arguments".to_owned());
    }
    if func.open {
        return Err("its parameters are not declared".to_owned());
    }
    let mut params = Vec::new();
    for (at, param) in func.params.iter().enumerate() {
        let of = crossing(param, records, &ty);
        params.push(of.map_err(|why| format!("its parameter {} {why}", at + 1))?);
    }
    let ret = match &func.ret {
        CTy::Void => Foreign::Nothing,
        CTy::Ptr(to, _) if matches!(**to, CTy::Int(IntKind::Char)) => Foreign::Text,
        CTy::Ptr(..) => Foreign::Pointer { changes: false },
        other => crossing(other, records, &ty).map_err(|why| format!("its result {why}"))?,
    };
    Ok(ForeignDef { params, ret })
}

fn crossing(of: &CTy, records: &Records, ty: &impl Fn(&CTy) -> Ty) -> Result<Foreign, String> {
    match of {
        CTy::Bool | CTy::Float | CTy::Double => Ok(Foreign::Number(ty(of))),
        CTy::Int(kind) if kind.size() <= 8 => Ok(Foreign::Number(ty(of))),
        CTy::Ptr(to, is_const) => match &**to {
            CTy::Func(_) => Err("is a function".to_owned()),
            CTy::Ptr(inner, _) if is_unknown(inner, records) || is_flat(inner, records) => Ok(Foreign::Slot),
            CTy::Record(_) if !is_unknown(to, records) && !is_flat(to, records) => Ok(Foreign::Handle),
            to if is_unknown(to, records) || is_flat(to, records) => {
                Ok(Foreign::Pointer { changes: !is_const.0 })
            }
            _ => Err("points to pointers".to_owned()),
        },
        _ => Err("is no number or pointer".to_owned()),
    }
}

/// Whether nothing is known of what a pointer points to: the library's own.
fn is_unknown(of: &CTy, records: &Records) -> bool {
    match of {
        CTy::Void => true,
        CTy::Record(id) => records.get(*id).fields.is_none(),
        _ => false,
    }
}

/// Whether no pointers are in a value.
fn is_flat(of: &CTy, records: &Records) -> bool {
    match of {
        CTy::Bool | CTy::Int(_) | CTy::Float | CTy::Double => true,
        CTy::Array(item, _) => is_flat(item, records),
        CTy::Record(id) => records.get(*id).fields.iter().flatten().all(|field| is_flat(&field.ty, records)),
        _ => false,
    }
}

impl Lower<'_> {
    pub(super) fn foreign_call(&mut self, name: Name, def: ForeignDef, args: &[Expr], ty: Ty) -> NodeId {
        let all: Vec<&Expr> = args.iter().collect();
        let given = self.arguments(&all);
        let bytes = super::link::pointer(Ty::unit());
        let given = given
            .into_iter()
            .zip(&def.params)
            .map(|(value, param)| match param {
                Foreign::Number(ty) => self.convert(value, *ty),
                _ => self.convert(value, bytes),
            })
            .collect();
        let ret = match def.ret {
            Foreign::Nothing => Ty::unit(),
            Foreign::Number(ty) => ty,
            _ => bytes,
        };
        self.foreign.push((name, def));
        let node = self.call_node(Callee::Lib(Name::new(&format!("ffi.{name}"))), given, ret);
        if matches!(ret.kind(), TyKind::Unit) { node } else { self.convert(node, ty) }
    }
}
