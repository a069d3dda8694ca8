//! Sizes, offsets and machine classes of C's types.

use super::Unit;
use batuta_base::Name;
use batuta_core::{FloatWidth, RecordField, Ty, TyKind, Width};
use cranelift::codegen::ir::types::{self, Type};

/// Name, offset and type of each field.
type Fields = &'static [(&'static str, u64, Scalar)];

/// The runtime's records: name, size, fields.
const LIBRARY: &[(&str, u64, Fields)] = &[
    (
        "c.Tm",
        56,
        &[
            ("tm_sec", 0, Scalar::Int),
            ("tm_min", 4, Scalar::Int),
            ("tm_hour", 8, Scalar::Int),
            ("tm_mday", 12, Scalar::Int),
            ("tm_mon", 16, Scalar::Int),
            ("tm_year", 20, Scalar::Int),
            ("tm_wday", 24, Scalar::Int),
            ("tm_yday", 28, Scalar::Int),
            ("tm_isdst", 32, Scalar::Int),
            ("tm_gmtoff", 40, Scalar::Long),
            ("tm_zone", 48, Scalar::Long),
        ],
    ),
    ("c.Timespec", 16, &[("tv_sec", 0, Scalar::Long), ("tv_nsec", 8, Scalar::Long)]),
    (
        "c.LongOption",
        32,
        &[
            ("name", 0, Scalar::Long),
            ("has_arg", 8, Scalar::Int),
            ("flag", 16, Scalar::Long),
            ("val", 24, Scalar::Int),
        ],
    ),
    ("c.Div", 8, &[("quot", 0, Scalar::Int), ("rem", 4, Scalar::Int)]),
    ("c.LDiv", 16, &[("quot", 0, Scalar::Long), ("rem", 8, Scalar::Long)]),
    ("c.VaList", 24, &[]),
];

/// What a field of the runtime's records is.
#[derive(Clone, Copy)]
enum Scalar {
    Int,
    Long,
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
        TyKind::Lib(name, _) => LIBRARY.iter().any(|(known, ..)| *name == *known),
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
            TyKind::Lib(name, _) => {
                LIBRARY.iter().find(|(known, ..)| *name == *known).map_or(8, |(_, size, _)| *size)
            }
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
                let (.., fields) = LIBRARY.iter().find(|(known, ..)| *path == *known)?;
                let (_, offset, scalar) = fields.iter().find(|(known, ..)| name == *known)?;
                let ty = match scalar {
                    Scalar::Int => Ty::new(TyKind::Int(Width::I32)),
                    Scalar::Long => Ty::i64(),
                };
                Some(Member { offset: *offset, bits: None, ty })
            }
            _ => None,
        }
    }
}
