//! Literals and items: objects that are made once, while the code is made.

use super::func::Emit;
use crate::desc::Kind;
use crate::host;
use crate::item::{Text, text_word};
use crate::memory::{keep, object, record, words};
use batuta_base::Name;
use batuta_core::{Attr, Const, TyKind};
use batuta_flow::Reg;
use batuta_rt as rt;
use cranelift::codegen::ir::Value;
use cranelift::prelude::InstBuilder;

impl Emit<'_, '_, '_> {
    /// A text that never changes.
    pub(super) fn text(&mut self, text: &str) -> Value {
        let word = text_word(text);
        object::<Text>(&word).is_shared.set(true);
        self.iconst(word as i64)
    }

    pub(super) fn constant(&mut self, value: &Const, dst: Reg) -> Value {
        let desc = self.desc(dst);
        match (value, &desc.kind) {
            (Const::None, Kind::Value) => self.iconst(keep(rt::Value::None) as i64),
            (Const::None, _) => self.iconst(0),
            (Const::Bool(truth), _) => self.iconst(i64::from(*truth)),
            (Const::Int(text), Kind::Float) => match text.parse::<f64>() {
                Ok(value) => self.b.ins().f64const(value),
                Err(_) => self.gap("this number"),
            },
            (Const::Int(text), Kind::Big) => match text.parse::<rt::Int>() {
                Ok(value) => self.iconst(keep(value) as i64),
                Err(_) => self.gap("this number"),
            },
            (Const::Int(text), _) => match text.parse::<i64>() {
                Ok(value) => self.iconst(value),
                Err(_) => self.gap("a number beyond 64 bits"),
            },
            (Const::Float(value), _) => self.b.ins().f64const(*value),
            (Const::Str(text), _) => self.text(text),
            (Const::Imag(value), _) => self.iconst(keep(rt::Complex::new(0.0, *value)) as i64),
            (Const::Bytes(bytes), _) => self.iconst(keep(rt::Bytes::from(&bytes[..])) as i64),
            _ => self.gap("this kind of literal"),
        }
    }

    /// A function, class or library value.
    pub(super) fn item(&mut self, name: Name, dst: Reg) -> Value {
        if self.unit.program.fns.contains_key(&name) {
            let thunk = self.unit.thunk(name);
            let slot = words(1) as u64;
            self.unit.fills.push((slot, thunk));
            return self.iconst(slot as i64);
        }
        if matches!(self.desc(dst).ty.strip().kind(), TyKind::TypeOf(_)) {
            let class = self.unit.program.resolve(name);
            return self.iconst(host::classes::value(class) as i64);
        }
        let is_library = batuta_catalog::constant(name.as_str())
            .is_some_and(|row| crate::host::adapt::alike(row.ty, self.desc(dst).ty));
        if is_library && let Some(word) = host::library::constant(name.as_str(), self.desc(dst)) {
            let value = self.iconst(word as i64);
            return self.of_class(value, super::class_of(self.desc(dst)));
        }
        match (name.as_str(), &self.desc(dst).kind) {
            ("sys.argv", _) => self.row("sys.argv", &[], Some(dst), &Attr::None),
            (_, Kind::Func(params, ret)) if host::find(name.as_str()).is_some() => {
                let site = self.unit.site(name.as_str(), params.clone(), ret, &Attr::None, Vec::new());
                let function = record(&[host::call_row as *const u8 as u64, site as u64]);
                self.iconst(function as i64)
            }
            _ => self.gap(format!("`{name}` as a value")),
        }
    }
}
