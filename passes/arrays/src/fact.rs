//! What is known of a dynamic value.

use batuta_core::{Const, Ty, TyKind};

/// An element type. Ordered by what a mix of two is.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(crate) enum Elem {
    Bool,
    Int,
    Float,
}

/// Whose number it is: they print and divide differently.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Side {
    Python,
    Numpy,
    /// One or the other, as the run decides.
    Either,
}

/// What a value is. `Nothing` has not been seen yet, `Unknown` can be anything.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Fact {
    Nothing,
    /// Elements and number of axes, one at least.
    Array(Elem, u8),
    Number(Elem, Side),
    /// A tuple of so many ints of Python: the shape of an array.
    Shape(u8),
    /// What makes random numbers.
    Generator,
    Unknown,
}

/// Most axes that a static type has.
pub(crate) const AXES: u8 = 4;

impl Elem {
    pub(crate) fn word(self) -> &'static str {
        match self {
            Elem::Bool => "bool",
            Elem::Int => "int",
            Elem::Float => "float",
        }
    }

    pub(crate) fn ty(self) -> Ty {
        match self {
            Elem::Bool => Ty::bool(),
            Elem::Int => Ty::int(),
            Elem::Float => Ty::float(),
        }
    }

    /// The element type that a static type of Python's numbers is.
    pub(crate) fn of(ty: Ty) -> Option<Elem> {
        match ty.kind() {
            TyKind::Bool => Some(Elem::Bool),
            TyKind::Int(_) => Some(Elem::Int),
            TyKind::Float(_) => Some(Elem::Float),
            _ => None,
        }
    }

    /// What `dtype=name` means.
    pub(crate) fn named(name: &str) -> Option<Elem> {
        Some(match name {
            "float" | "float64" | "double" | "f8" | "d" => Elem::Float,
            "int" | "int64" | "int_" | "intp" | "long" | "longlong" | "i8" | "l" => Elem::Int,
            "bool" | "bool_" | "?" => Elem::Bool,
            _ => return None,
        })
    }
}

impl Side {
    fn join(self, other: Side) -> Side {
        if self == other { self } else { Side::Either }
    }
}

impl Fact {
    /// What holds of both.
    pub(crate) fn join(self, other: Fact) -> Fact {
        match (self, other) {
            (Fact::Nothing, one) | (one, Fact::Nothing) => one,
            (Fact::Number(a, x), Fact::Number(b, y)) if a == b => Fact::Number(a, x.join(y)),
            (a, b) if a == b => a,
            _ => Fact::Unknown,
        }
    }

    /// An array, unless it has more axes than types are made for.
    pub(crate) fn array(elem: Elem, rank: u8) -> Fact {
        if (1..=AXES).contains(&rank) { Fact::Array(elem, rank) } else { Fact::Unknown }
    }

    /// An array, or a number of NumPy where no axis is left.
    pub(crate) fn reduced(elem: Elem, rank: u8) -> Fact {
        if rank == 0 { Fact::Number(elem, Side::Numpy) } else { Fact::array(elem, rank) }
    }

    /// The static type of a value of which this is known.
    pub(crate) fn ty(self) -> Option<Ty> {
        Some(match self {
            Fact::Array(elem, rank) => array_ty(elem, rank),
            Fact::Number(elem, _) => elem.ty(),
            Fact::Shape(count) => Ty::tuple((0..count).map(|_| Ty::int())),
            Fact::Nothing | Fact::Generator | Fact::Unknown => return None,
        })
    }

    pub(crate) fn is_known(self) -> bool {
        self.ty().is_some()
    }
}

/// `numpy.float2`.
pub(crate) fn array_ty(elem: Elem, rank: u8) -> Ty {
    Ty::lib(&format!("numpy.{}{rank}", elem.word()), [])
}

/// The number that a literal is.
pub(crate) fn literal(value: &Const) -> Option<i64> {
    match value {
        Const::Int(digits) => digits.parse().ok(),
        _ => None,
    }
}
