//! Sizes, offsets and machine classes of C's types.

use super::Unit;
use batuta_base::Name;
use batuta_core::{FloatWidth, RecordField, Ty, TyKind, Width};
use cranelift::codegen::ir::types::{self, Type};

/// Name, offset and Rust's type of each field.
pub(super) type Fields = &'static [(&'static str, u64, &'static str)];

/// Size and fields of a record of the runtime.
fn library_record(name: Name) -> Option<(u64, Fields)> {
    let records = super::host::RECORDS.iter().find(|(known, ..)| name == **known);
    let list = (name == "c.VaList").then_some((24, [].as_slice()));
    records.map(|(_, size, fields)| (*size, *fields)).or(list)
}

/// The type that a field of the runtime has in Rust.
fn field_type(text: &str) -> Ty {
    let int = |width| Ty::new(TyKind::Int(width));
    match text {
        "i8" => int(Width::I8),
        "u8" => int(Width::U8),
        "u16" => int(Width::U16),
        "i32" => int(Width::I32),
        "u32" => int(Width::U32),
        "u64" => int(Width::U64),
        _ => match text.strip_prefix("[i8; ").and_then(|rest| rest.strip_suffix(']')?.parse().ok()) {
            Some(len) => Ty::new(TyKind::Array(int(Width::I8), len)),
            // Pointers are words too.
            None => Ty::i64(),
        },
    }
}

/// A field of a record: its offset, and its bits where it is some.
pub(super) struct Member {
    pub(super) offset: u64,
    pub(super) bits: Option<(u32, u32)>,
    pub(super) ty: Ty,
}

/// Whether values of a type are bytes in the frame, known by their address.
pub(super) fn is_bytes(ty: Ty) -> bool {
    match ty.kind() {
        TyKind::Class(..) | TyKind::Array(..) => true,
        TyKind::Lib(name, _) => library_record(*name).is_some(),
        _ => false,
    }
}

/// What a pointer points to, what an owner owns, what an array holds.
pub(super) fn inner(ty: Ty) -> Ty {
    ty.children().first().copied().unwrap_or(Ty::unit())
}

/// Parameters and result of a function type, or of a pointer to one.
pub(super) fn signature(ty: Ty) -> (Vec<Ty>, Ty) {
    match ty.kind() {
        TyKind::Func(params, ret) => (params.clone(), *ret),
        TyKind::Lib(name, items) if *name == "c.Ptr" => signature(items[0]),
        _ => (Vec::new(), Ty::unit()),
    }
}

/// A signature as function pointers tell them apart.
pub(super) fn erased(params: &[Ty], ret: Ty) -> String {
    let text = |ty: Ty| match ty.kind() {
        TyKind::Lib(name, _) if *name == "c.Ptr" => "p".to_owned(),
        TyKind::Unit => "unit".to_owned(),
        TyKind::Int(width) => width.text().to_owned(),
        _ => ty.to_string(),
    };
    let params: Vec<String> = params.iter().map(|ty| text(*ty)).collect();
    format!("({}){}", params.join(","), text(ret))
}

/// Whether a number has 128 bits.
pub(super) fn is_wide(ty: Ty) -> bool {
    matches!(ty.kind(), TyKind::Int(Width::I128 | Width::U128))
}

pub(super) fn is_signed(ty: Ty) -> bool {
    matches!(ty.kind(), TyKind::Int(Width::I8 | Width::I16 | Width::I32 | Width::I64 | Width::I128))
}

impl Unit<'_> {
    /// The machine class of a value; none of nothing, and of what has no code here.
    pub(super) fn class(&self, ty: Ty) -> Option<Type> {
        Some(match ty.kind() {
            TyKind::Bool | TyKind::Int(Width::I8 | Width::U8) => types::I8,
            TyKind::Int(Width::I16 | Width::U16) => types::I16,
            TyKind::Int(Width::I32 | Width::U32) => types::I32,
            TyKind::Int(Width::I64 | Width::U64 | Width::Usize) => types::I64,
            TyKind::Int(Width::I128 | Width::U128) => types::I128,
            TyKind::Float(FloatWidth::F32) => types::F32,
            TyKind::Float(FloatWidth::F64) => types::F64,
            TyKind::Class(..) | TyKind::Array(..) | TyKind::Lib(..) => types::I64,
            _ => return None,
        })
    }

    /// Whether values of a type have code here.
    pub(super) fn knows(&self, ty: Ty) -> bool {
        match ty.kind() {
            TyKind::Unit | TyKind::Never => true,
            TyKind::Array(item, _) => self.knows(*item),
            TyKind::Class(path, _) => self
                .image
                .records
                .get(path)
                .is_some_and(|def| def.fields.iter().all(|row| self.knows(row.ty))),
            TyKind::Lib(name, _) => {
                matches!(name.as_str(), "c.Ptr" | "c.Local" | "c.LocalArray" | "c.Args") || is_bytes(ty)
            }
            _ => self.class(ty).is_some(),
        }
    }

    /// Number of bytes.
    pub(super) fn size(&self, ty: Ty) -> u64 {
        match ty.kind() {
            // `void`: pointers to it count bytes.
            TyKind::Unit | TyKind::Func(..) => 1,
            TyKind::Array(item, count) => self.size(*item) * count,
            TyKind::Class(path, _) => self.image.records.get(path).map_or(0, |def| def.size),
            TyKind::Lib(name, _) => library_record(*name).map_or(8, |(size, _)| size),
            TyKind::Int(Width::I128 | Width::U128) => 16,
            _ => self.class(ty).map_or(0, |class| u64::from(class.bytes())),
        }
    }

    /// A field by its name.
    pub(super) fn member(&self, record: Ty, name: Name) -> Option<Member> {
        match record.kind() {
            TyKind::Class(path, _) => {
                let found = |row: &&RecordField| row.name == name;
                let row = self.image.records.get(path)?.fields.iter().find(found)?;
                Some(Member { offset: row.offset, bits: row.bits, ty: row.ty })
            }
            TyKind::Lib(path, _) => {
                let (_, fields) = library_record(*path)?;
                let (_, offset, ty) = fields.iter().find(|(known, ..)| name == *known)?;
                Some(Member { offset: *offset, bits: None, ty: field_type(ty) })
            }
            _ => None,
        }
    }
}
