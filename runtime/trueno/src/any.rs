//! A tensor whose element type is known at run time only: what a file holds.

use crate::dtype::{Cast, Complex64, Complex128, DType, Element};
use crate::tensor::{Array, Tensor};

macro_rules! any_tensor {
    ($($variant:ident, $t:ty;)*) => {
        /// A tensor of one of the thirteen element types.
        #[derive(Debug, Clone, PartialEq)]
        #[allow(missing_docs)] // the variants are the types
        pub enum AnyTensor {
            $($variant(Array<$t>),)*
        }

        impl AnyTensor {
            /// The element type.
            pub fn dtype(&self) -> DType {
                match self { $(AnyTensor::$variant(_) => DType::$variant,)* }
            }

            /// Lengths of the axes.
            pub fn shape(&self) -> &[usize] {
                match self { $(AnyTensor::$variant(t) => t.shape(),)* }
            }

            /// The elements as `U`, as `astype`.
            pub fn cast<U: Element>(&self) -> Array<U>
            where
                $($t: Cast<U>,)*
            {
                match self { $(AnyTensor::$variant(t) => t.cast(),)* }
            }

            /// As `astype`, but an array that has the type already keeps its very layout.
            pub fn astype_keeping(&self, dtype: DType) -> AnyTensor {
                if self.dtype() == dtype { self.clone() } else { self.astype(dtype) }
            }

            /// The elements as the type that `dtype` names.
            pub fn astype(&self, dtype: DType) -> AnyTensor {
                match dtype { $(DType::$variant => AnyTensor::$variant(self.cast()),)* }
            }
        }

        $(
            impl From<Tensor<'static, $t>> for AnyTensor {
                fn from(tensor: Tensor<'static, $t>) -> AnyTensor { AnyTensor::$variant(tensor) }
            }
            impl TryFrom<AnyTensor> for Tensor<'static, $t> {
                type Error = crate::Error;
                fn try_from(any: AnyTensor) -> crate::Result<Self> {
                    match any {
                        AnyTensor::$variant(tensor) => Ok(tensor),
                        other => Err(crate::Error::DType { op: "tensor", left: other.dtype(), right: Some(DType::$variant) }),
                    }
                }
            }
        )*
    };
}

any_tensor! {
    Bool, bool; I8, i8; I16, i16; I32, i32; I64, i64; U8, u8; U16, u16; U32, u32; U64, u64;
    F32, f32; F64, f64; C64, Complex64; C128, Complex128;
}

/// Runs `$body` with `$t` bound to the typed tensor inside; the arms name the variants taken, and
/// the last one the answer for the others.
#[macro_export]
macro_rules! match_any {
    ($any:expr, $t:ident, [$($variant:ident)*] => $body:expr, _ => $other:expr) => {
        match $any {
            $($crate::AnyTensor::$variant($t) => $body,)*
            #[allow(unreachable_patterns)]
            _ => $other,
        }
    };
}
