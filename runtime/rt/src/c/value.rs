//! Values that have bytes.

use super::pointer::Ptr;

/// A value that can be written into an object and read from it.
pub trait Value: Copy + 'static {
    /// Number of bytes.
    const SIZE: usize;
    /// Reads the value from bytes of its size.
    fn read(bytes: &[u8]) -> Self;
    /// Writes the value into bytes of its size.
    fn write(self, bytes: &mut [u8]);
}

macro_rules! numbers {
    ($($ty:ty)*) => {$(
        impl Value for $ty {
            const SIZE: usize = size_of::<$ty>();
            #[inline(always)]
            fn read(bytes: &[u8]) -> Self {
                let mut own = [0; size_of::<$ty>()];
                own.copy_from_slice(bytes);
                <$ty>::from_le_bytes(own)
            }
            #[inline(always)]
            fn write(self, bytes: &mut [u8]) {
                bytes.copy_from_slice(&self.to_le_bytes());
            }
        }
    )*};
}

numbers! { i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 }

impl Value for bool {
    const SIZE: usize = 1;
    #[inline(always)]
    fn read(bytes: &[u8]) -> Self {
        bytes[0] != 0
    }
    #[inline(always)]
    fn write(self, bytes: &mut [u8]) {
        bytes[0] = u8::from(self);
    }
}

/// `void`: pointers to it count bytes.
impl Value for () {
    const SIZE: usize = 1;
    fn read(_bytes: &[u8]) -> Self {}
    fn write(self, _bytes: &mut [u8]) {}
}

impl<T: 'static> Value for Ptr<T> {
    const SIZE: usize = 8;
    #[inline(always)]
    fn read(bytes: &[u8]) -> Self {
        Self::from_addr(u64::read(bytes))
    }
    #[inline(always)]
    fn write(self, bytes: &mut [u8]) {
        self.addr().write(bytes);
    }
}

impl<T: Value, const N: usize> Value for [T; N] {
    const SIZE: usize = T::SIZE * N;
    fn read(bytes: &[u8]) -> Self {
        std::array::from_fn(|index| T::read(&bytes[index * T::SIZE..(index + 1) * T::SIZE]))
    }
    fn write(self, bytes: &mut [u8]) {
        for (index, item) in self.into_iter().enumerate() {
            item.write(&mut bytes[index * T::SIZE..(index + 1) * T::SIZE]);
        }
    }
}

/// The value whose bytes are all zero.
pub fn zero<T: Value>() -> T {
    const ZEROS: [u8; 1024] = [0; 1024];
    if T::SIZE <= ZEROS.len() { T::read(&ZEROS[..T::SIZE]) } else { T::read(&vec![0; T::SIZE]) }
}
