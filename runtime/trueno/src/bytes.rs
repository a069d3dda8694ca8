//! Elements as little-endian bytes, for files and for the wire.

use crate::dtype::{Complex64, Complex128, Element};

/// Elements with a fixed little-endian form.
pub trait Bytes: Element {
    /// Appends the bytes.
    fn put(self, out: &mut Vec<u8>);
    /// Reads one element from exactly `size_of::<Self>()` bytes; bool takes any nonzero byte as true.
    fn take(bytes: &[u8]) -> Self;
}

macro_rules! number_bytes {
    ($($t:ident)*) => {$(impl Bytes for $t {
        fn put(self, out: &mut Vec<u8>) { out.extend_from_slice(&self.to_le_bytes()); }
        fn take(bytes: &[u8]) -> Self {
            let mut raw = [0u8; size_of::<$t>()];
            raw.iter_mut().zip(bytes).for_each(|(to, from)| *to = *from);
            $t::from_le_bytes(raw)
        }
    })*};
}

number_bytes! { i8 i16 i32 i64 u8 u16 u32 u64 f32 f64 }

impl Bytes for bool {
    fn put(self, out: &mut Vec<u8>) {
        out.push(u8::from(self));
    }
    fn take(bytes: &[u8]) -> Self {
        bytes.first().is_some_and(|&b| b != 0)
    }
}

macro_rules! complex_bytes {
    ($($t:ident, $part:ident;)*) => {$(impl Bytes for $t {
        fn put(self, out: &mut Vec<u8>) {
            self.re.put(out);
            self.im.put(out);
        }
        fn take(bytes: &[u8]) -> Self {
            let (re, im) = bytes.split_at(bytes.len() / 2);
            $t::new($part::take(re), $part::take(im))
        }
    })*};
}

complex_bytes! { Complex64, f32; Complex128, f64; }
