//! Fields of records in checked memory.

use std::marker::PhantomData;

use super::memory::{fault, reading, with};
use super::pointer::Ptr;
use super::value::Value;

/// A field of type `T` in a record `S`.
pub struct Field<S, T> {
    pub(crate) offset: u32,
    of: PhantomData<fn() -> (S, T)>,
}

/// A bit-field whose unit is a `T`.
pub struct Bits<S, T> {
    offset: u32,
    first: u32,
    width: u32,
    of: PhantomData<fn() -> (S, T)>,
}

impl<S, T> Clone for Field<S, T> {
    fn clone(&self) -> Self {
        *self
    }
}
impl<S, T> Copy for Field<S, T> {}
impl<S, T> Clone for Bits<S, T> {
    fn clone(&self) -> Self {
        *self
    }
}
impl<S, T> Copy for Bits<S, T> {}

impl<S, T> Field<S, T> {
    pub const fn new(offset: u32) -> Self {
        Self { offset, of: PhantomData }
    }
}
impl<S, T> Bits<S, T> {
    pub const fn new(offset: u32, first: u32, width: u32) -> Self {
        Self { offset, first, width, of: PhantomData }
    }
}

/// What a record has under a name.
pub trait Member<S>: Copy {
    type Out;
    #[track_caller]
    fn get(self, of: Ptr<S>) -> Self::Out;
    #[track_caller]
    fn set(self, of: Ptr<S>, value: Self::Out);
}

impl<S: Value, T: Value> Member<S> for Field<S, T> {
    type Out = T;
    #[inline(always)]
    #[track_caller]
    fn get(self, of: Ptr<S>) -> T {
        let address = of.addr().wrapping_add(u64::from(self.offset));
        match reading(|memory| memory.bytes(address, T::SIZE).map(T::read)) {
            Some(value) => value,
            None => fault(of.addr(), S::SIZE),
        }
    }
    #[inline(always)]
    #[track_caller]
    fn set(self, of: Ptr<S>, value: T) {
        let address = of.addr().wrapping_add(u64::from(self.offset));
        if with(|memory| memory.bytes_mut(address, T::SIZE).map(|bytes| value.write(bytes))).is_none() {
            fault(of.addr(), S::SIZE);
        }
    }
}

/// Numbers that bit-fields are made of.
pub trait Unit: Value {
    fn to_bits(self) -> u64;
    fn from_bits(bits: u64, width: u32) -> Self;
}

macro_rules! units {
    ($($ty:ty, $unsigned:ty, $bits:literal, $signed:literal;)*) => {$(
        impl Unit for $ty {
            fn to_bits(self) -> u64 {
                u64::from(self as $unsigned)
            }
            fn from_bits(bits: u64, width: u32) -> Self {
                let up = 64 - width;
                if $signed { ((bits << up) as i64 >> up) as $ty } else { (bits << up >> up) as $ty }
            }
        }
    )*};
}
units! {
    i8, u8, 8, true;
    u8, u8, 8, false;
    i16, u16, 16, true;
    u16, u16, 16, false;
    i32, u32, 32, true;
    u32, u32, 32, false;
    i64, u64, 64, true;
    u64, u64, 64, false;
}

impl Unit for bool {
    fn to_bits(self) -> u64 {
        u64::from(self)
    }
    fn from_bits(bits: u64, _width: u32) -> Self {
        bits & 1 != 0
    }
}

impl<S, T: Unit> Bits<S, T> {
    /// Bytes of the record that hold the bits: a unit may reach over the record's end.
    fn span(self) -> (u64, usize, u32) {
        let start = self.first / 8;
        let last = (self.first + self.width - 1) / 8;
        (u64::from(self.offset + start), (last - start + 1) as usize, self.first % 8)
    }
}

impl<S: Value, T: Unit> Member<S> for Bits<S, T> {
    type Out = T;
    #[track_caller]
    fn get(self, of: Ptr<S>) -> T {
        let (offset, count, first) = self.span();
        let address = of.addr().wrapping_add(offset);
        let read = reading(|memory| {
            let bytes = memory.bytes(address, count)?;
            Some(bytes.iter().rev().fold(0u128, |all, byte| all << 8 | u128::from(*byte)))
        });
        match read {
            Some(all) => T::from_bits((all >> first) as u64, self.width),
            None => fault(of.addr(), S::SIZE),
        }
    }
    #[track_caller]
    fn set(self, of: Ptr<S>, value: T) {
        let (offset, count, first) = self.span();
        let address = of.addr().wrapping_add(offset);
        let mask = (u128::MAX >> (128 - self.width)) << first;
        let done = with(|memory| {
            let bytes = memory.bytes_mut(address, count)?;
            let old = bytes.iter().rev().fold(0u128, |all, byte| all << 8 | u128::from(*byte));
            let new = old & !mask | (u128::from(value.to_bits()) << first) & mask;
            for (index, byte) in bytes.iter_mut().enumerate() {
                *byte = (new >> (8 * index)) as u8;
            }
            Some(())
        });
        if done.is_none() {
            fault(of.addr(), S::SIZE);
        }
    }
}

/// The layout of a struct: `record!(Point, 8, { X: x: i32 = 0, Y: y: i32 = 4 })`.
#[macro_export]
macro_rules! c_record {
    ($name:ident, $size:literal, { $($token:ident: $field:ident: $ty:ty = $offset:literal),* $(,)? }) => {
        #[allow(dead_code)]
        impl $name {
            $(pub const $token: $crate::c::Field<$name, $ty> = $crate::c::Field::new($offset);)*
        }
        impl $crate::c::Value for $name {
            const SIZE: usize = $size;
            #[inline]
            fn read(bytes: &[u8]) -> Self {
                let _ = bytes;
                Self { $($field: <$ty as $crate::c::Value>::read(
                    &bytes[$offset..$offset + <$ty as $crate::c::Value>::SIZE],
                ),)* }
            }
            #[inline]
            fn write(self, bytes: &mut [u8]) {
                let _ = &bytes;
                $($crate::c::Value::write(
                    self.$field,
                    &mut bytes[$offset..$offset + <$ty as $crate::c::Value>::SIZE],
                );)*
            }
        }
        impl $crate::c::Erase for $name {
            type Erased = Self;
            fn erase(self) -> Self {
                self
            }
            fn restore(erased: Self) -> Self {
                erased
            }
        }
    };
}

/// A union or a struct with bit-fields: its bytes, and where each member is.
#[macro_export]
macro_rules! c_bytes_record {
    ($name:ident, $size:literal, { $($token:ident: $ty:ty = $offset:literal $(, $first:literal, $width:literal)?);* $(;)? }) => {
        #[allow(dead_code)]
        impl $name {
            $(pub const $token: $crate::c_member!($name, $ty $(, $first, $width)?) =
                $crate::c_member_at!($offset $(, $first, $width)?);)*
        }
        impl $crate::c::Value for $name {
            const SIZE: usize = $size;
            #[inline]
            fn read(bytes: &[u8]) -> Self {
                let mut own = [0; $size];
                own.copy_from_slice(bytes);
                Self(own)
            }
            #[inline]
            fn write(self, bytes: &mut [u8]) {
                bytes.copy_from_slice(&self.0);
            }
        }
        impl $crate::c::Erase for $name {
            type Erased = Self;
            fn erase(self) -> Self {
                self
            }
            fn restore(erased: Self) -> Self {
                erased
            }
        }
    };
}

#[doc(hidden)]
#[macro_export]
macro_rules! c_member {
    ($name:ident, $ty:ty) => { $crate::c::Field<$name, $ty> };
    ($name:ident, $ty:ty, $first:literal, $width:literal) => { $crate::c::Bits<$name, $ty> };
}

#[doc(hidden)]
#[macro_export]
macro_rules! c_member_at {
    ($offset:literal) => {
        $crate::c::Field::new($offset)
    };
    ($offset:literal, $first:literal, $width:literal) => {
        $crate::c::Bits::new($offset, $first, $width)
    };
}
