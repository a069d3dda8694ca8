//! Types of C and their layout as the System V ABI for x86-64 has it.

use batuta_base::Name;
use std::rc::Rc;

/// Whether a pointer's declaration says that its object is const. Only `_Generic` asks: types that differ in it alone
/// are equal here.
#[derive(Clone, Copy, Debug)]
pub struct ToConst(pub bool);

impl PartialEq for ToConst {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl Eq for ToConst {}

/// A type without qualifiers.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum CTy {
    Void,
    Bool,
    Int(IntKind),
    Float,
    Double,
    LongDouble,
    Ptr(Rc<CTy>, ToConst),
    /// `None`: the length is not known (yet), or a flexible member.
    Array(Rc<CTy>, Option<u64>),
    /// An array whose length a variable of the function holds.
    Vla(Rc<CTy>, u32),
    Func(Rc<FuncTy>),
    Record(RecordId),
    /// What `va_list` is an array of one of.
    VaList,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum IntKind {
    Char,
    SChar,
    UChar,
    Short,
    UShort,
    Int,
    UInt,
    Long,
    ULong,
    LLong,
    ULLong,
    I128,
    U128,
}

/// Index into the unit's table of structs and unions.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, PartialOrd, Ord)]
pub struct RecordId(pub u32);

#[derive(Clone, PartialEq, Eq, Debug)]
pub struct FuncTy {
    pub ret: CTy,
    pub params: Vec<CTy>,
    pub variadic: bool,
    /// Declared as `f()`: nothing is known of the parameters.
    pub open: bool,
}

/// A struct or union.
#[derive(Clone, Debug)]
pub struct Record {
    pub tag: Option<Name>,
    /// The typedef that names it where no tag does.
    pub alias: Option<Name>,
    pub is_union: bool,
    /// `None`: only declared.
    pub fields: Option<Vec<Field>>,
    pub size: u64,
    pub align: u64,
    pub pos: crate::lex::Pos,
}

#[derive(Clone, Debug)]
pub struct Field {
    /// `None`: an anonymous struct or union whose members are found through it.
    pub name: Option<Name>,
    pub ty: CTy,
    pub offset: u64,
    /// First bit inside the unit at `offset`, and number of bits.
    pub bits: Option<(u32, u32)>,
    pub is_const: bool,
    /// Where its declarator stands.
    pub pos: crate::lex::Pos,
}

/// A field before its record is laid out.
#[derive(Clone, Debug)]
pub struct FieldRow {
    pub field: Field,
    /// Number of bits of a bit-field.
    pub width: Option<u32>,
    /// Alignment that the declaration asks for.
    pub align: Option<u64>,
    pub packed: bool,
}

impl IntKind {
    pub fn size(self) -> u64 {
        use IntKind::*;
        match self {
            Char | SChar | UChar => 1,
            Short | UShort => 2,
            Int | UInt => 4,
            Long | ULong | LLong | ULLong => 8,
            I128 | U128 => 16,
        }
    }
    pub fn signed(self) -> bool {
        use IntKind::*;
        matches!(self, Char | SChar | Short | Int | Long | LLong | I128)
    }
    pub fn rank(self) -> u8 {
        use IntKind::*;
        match self {
            Char | SChar | UChar => 1,
            Short | UShort => 2,
            Int | UInt => 3,
            Long | ULong => 4,
            LLong | ULLong => 5,
            I128 | U128 => 6,
        }
    }
    pub fn to_unsigned(self) -> Self {
        use IntKind::*;
        match self {
            Char | SChar => UChar,
            Short => UShort,
            Int => UInt,
            Long => ULong,
            LLong => ULLong,
            I128 => U128,
            other => other,
        }
    }
    /// The value as this type holds it.
    pub fn wrap(self, value: i128) -> i128 {
        let bits = self.size() * 8;
        if bits == 128 {
            return value;
        }
        let low = value & ((1i128 << bits) - 1);
        if self.signed() && low >> (bits - 1) & 1 == 1 { low - (1i128 << bits) } else { low }
    }
}

pub const INT: CTy = CTy::Int(IntKind::Int);
pub const UINT: CTy = CTy::Int(IntKind::UInt);
pub const LONG: CTy = CTy::Int(IntKind::Long);
pub const ULONG: CTy = CTy::Int(IntKind::ULong);
pub const CHAR: CTy = CTy::Int(IntKind::Char);

impl CTy {
    /// Whether an object of this type is const, where `const` stands before the type or in its declarator.
    pub fn is_const(&self, before: bool, declared: bool) -> bool {
        match self {
            CTy::Array(item, _) | CTy::Vla(item, _) => item.is_const(before, declared),
            CTy::Ptr(..) => declared,
            _ => before || declared,
        }
    }
    pub fn ptr(self) -> CTy {
        CTy::Ptr(Rc::new(self), ToConst(false))
    }
    pub fn array(self, len: u64) -> CTy {
        CTy::Array(Rc::new(self), Some(len))
    }
    pub fn is_void(&self) -> bool {
        matches!(self, CTy::Void)
    }
    pub fn is_integer(&self) -> bool {
        matches!(self, CTy::Int(_) | CTy::Bool)
    }
    pub fn is_float(&self) -> bool {
        matches!(self, CTy::Float | CTy::Double | CTy::LongDouble)
    }
    pub fn is_arith(&self) -> bool {
        self.is_integer() || self.is_float()
    }
    pub fn is_ptr(&self) -> bool {
        matches!(self, CTy::Ptr(..))
    }
    pub fn is_scalar(&self) -> bool {
        self.is_arith() || self.is_ptr()
    }
    pub fn is_array(&self) -> bool {
        matches!(self, CTy::Array(..) | CTy::Vla(..))
    }
    /// What a pointer points to or an array holds.
    pub fn pointee(&self) -> Option<&CTy> {
        match self {
            CTy::Ptr(inner, _) | CTy::Array(inner, _) | CTy::Vla(inner, _) => Some(inner),
            _ => None,
        }
    }
    pub fn func(&self) -> Option<&Rc<FuncTy>> {
        match self {
            CTy::Func(ty) => Some(ty),
            CTy::Ptr(inner, _) => match &**inner {
                CTy::Func(ty) => Some(ty),
                _ => None,
            },
            _ => None,
        }
    }
    /// Whether an unsigned integer, so that arithmetic wraps.
    pub fn is_unsigned(&self) -> bool {
        matches!(self, CTy::Bool) || matches!(self, CTy::Int(kind) if !kind.signed())
    }
    /// What an integer becomes in arithmetic.
    pub fn promoted(&self) -> CTy {
        match self {
            CTy::Bool => INT,
            CTy::Int(kind) if kind.rank() < IntKind::Int.rank() => INT,
            other => other.clone(),
        }
    }
}

/// The common type of two operands.
pub fn usual(a: &CTy, b: &CTy) -> CTy {
    for float in [CTy::LongDouble, CTy::Double, CTy::Float] {
        if *a == float || *b == float {
            return float;
        }
    }
    let (CTy::Int(a), CTy::Int(b)) = (a.promoted(), b.promoted()) else { return INT };
    let kind = match (a.signed() == b.signed(), a.rank() >= b.rank()) {
        (true, true) => a,
        (true, false) => b,
        _ => {
            let (unsigned, signed) = if a.signed() { (b, a) } else { (a, b) };
            if unsigned.rank() >= signed.rank() {
                unsigned
            } else if signed.size() > unsigned.size() {
                signed
            } else {
                signed.to_unsigned()
            }
        }
    };
    CTy::Int(kind)
}

/// Sizes and members of the unit's records.
#[derive(Default)]
pub struct Records {
    pub rows: Vec<Record>,
}

impl Records {
    pub fn get(&self, id: RecordId) -> &Record {
        &self.rows[id.0 as usize]
    }

    /// Size in bytes; `None` where it is not known at compile time.
    pub fn size(&self, ty: &CTy) -> Option<u64> {
        Some(match ty {
            CTy::Void | CTy::Bool | CTy::Func(_) => 1,
            CTy::Int(kind) => kind.size(),
            CTy::Float => 4,
            CTy::Double | CTy::LongDouble | CTy::Ptr(..) => 8,
            CTy::Array(inner, len) => self.size(inner)? * (*len)?,
            CTy::Vla(..) => return None,
            CTy::Record(id) => {
                self.get(*id).fields.as_ref()?;
                self.get(*id).size
            }
            CTy::VaList => 24,
        })
    }

    pub fn align(&self, ty: &CTy) -> u64 {
        match ty {
            CTy::Array(inner, _) | CTy::Vla(inner, _) => self.align(inner),
            CTy::Record(id) => self.get(*id).align,
            CTy::VaList => 8,
            other => self.size(other).unwrap_or(1),
        }
    }

    /// Lays the fields of a record out: offsets, size, alignment. No type is aligned to more than the limit.
    pub fn lay_out(
        &mut self,
        id: RecordId,
        mut fields: Vec<FieldRow>,
        limit: Option<u64>,
        align: Option<u64>,
    ) {
        let is_union = self.get(id).is_union;
        let (mut bit, mut most, mut size) = (0u64, 1u64, 0u64);
        for FieldRow { field, width, align, packed } in &mut fields {
            let own = self.size(&field.ty).unwrap_or(0);
            let most_align = if *packed { 1 } else { limit.unwrap_or(u64::MAX) };
            let own_align = self.align(&field.ty).min(most_align);
            let own_align = align.map_or(own_align, |align| align.max(own_align));
            if is_union {
                bit = 0;
            }
            match *width {
                Some(0) => {
                    bit = bit.next_multiple_of(own * 8);
                    continue;
                }
                Some(width) => {
                    // A bit-field does not cross the border of a unit of its type.
                    if limit.is_none()
                        && !*packed
                        && bit / (own * 8) != (bit + u64::from(width) - 1) / (own * 8)
                    {
                        bit = bit.next_multiple_of(own * 8);
                    }
                    let unit = bit / (own * 8) * own;
                    field.offset = unit;
                    field.bits = Some(((bit - unit * 8) as u32, width));
                    bit += u64::from(width);
                    if field.name.is_some() {
                        most = most.max(own_align);
                    }
                }
                None => {
                    bit = bit.next_multiple_of(own_align * 8);
                    field.offset = bit / 8;
                    bit += own * 8;
                    most = most.max(own_align);
                }
            }
            size = size.max(bit.div_ceil(8));
        }
        // A zero-width field only moves the next one.
        fields.retain(|row| row.width.is_none() || row.field.name.is_some());
        let most = align.map_or(most, |align| most.max(align));
        let row = &mut self.rows[id.0 as usize];
        row.size = size.next_multiple_of(most);
        row.align = most;
        row.fields = Some(fields.into_iter().map(|row| row.field).collect());
    }

    /// The way to a member: indices of fields, through anonymous ones.
    pub fn find(&self, id: RecordId, name: Name) -> Option<Vec<usize>> {
        let fields = self.get(id).fields.as_ref()?;
        if let Some(index) = fields.iter().position(|field| field.name == Some(name)) {
            return Some(vec![index]);
        }
        fields.iter().enumerate().filter(|(_, field)| field.name.is_none()).find_map(|(index, field)| {
            let CTy::Record(inner) = field.ty else { return None };
            let mut path = self.find(inner, name)?;
            path.insert(0, index);
            Some(path)
        })
    }

    /// Whether values of the type are bytes in Rust: a union, bit-fields or packed fields are somewhere in it.
    pub fn is_bytes(&self, ty: &CTy) -> bool {
        match ty {
            CTy::Record(id) => {
                let record = self.get(*id);
                record.is_union
                    || record.fields.iter().flatten().any(|field| {
                        field.bits.is_some()
                            || field.name.is_none()
                            || matches!(field.ty, CTy::Array(_, None))
                            || self.is_bytes(&field.ty)
                    })
            }
            CTy::Array(inner, _) => self.is_bytes(inner),
            CTy::VaList => true,
            _ => false,
        }
    }
}
