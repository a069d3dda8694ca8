//! Pointers.

use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::marker::PhantomData;

use super::memory::{self, fault, reading, with};
use super::record::{Field, Member};
use super::value::Value;

/// A pointer to a `T` in checked memory.
pub struct Ptr<T> {
    address: u64,
    to: PhantomData<fn() -> T>,
}

impl<T> Clone for Ptr<T> {
    #[inline(always)]
    fn clone(&self) -> Self {
        *self
    }
}
impl<T> Copy for Ptr<T> {}
impl<T> PartialEq for Ptr<T> {
    #[inline(always)]
    fn eq(&self, other: &Self) -> bool {
        self.address == other.address
    }
}
impl<T> Eq for Ptr<T> {}
impl<T> PartialOrd for Ptr<T> {
    #[inline(always)]
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}
impl<T> Ord for Ptr<T> {
    #[inline(always)]
    fn cmp(&self, other: &Self) -> Ordering {
        self.address.cmp(&other.address)
    }
}
impl<T> Hash for Ptr<T> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.address.hash(state);
    }
}
impl<T> fmt::Debug for Ptr<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:#x}", self.address)
    }
}
impl<T> Default for Ptr<T> {
    fn default() -> Self {
        Self::NULL
    }
}

/// A whole number that counts objects.
pub trait Count: Copy {
    fn count(self) -> i64;
}

macro_rules! counts {
    ($($ty:ty)*) => {$(
        impl Count for $ty {
            #[inline(always)]
            fn count(self) -> i64 {
                self as i64
            }
        }
    )*};
}
counts! { i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 usize }

impl Count for bool {
    #[inline(always)]
    fn count(self) -> i64 {
        i64::from(self)
    }
}

impl<T> Ptr<T> {
    /// The null pointer.
    pub const NULL: Self = Self::from_addr(0);

    #[inline(always)]
    pub const fn from_addr(address: u64) -> Self {
        Self { address, to: PhantomData }
    }
    /// Pointer to an object of static storage.
    pub const fn global(number: u32) -> Self {
        Self::from_addr(memory::static_address(number))
    }
    /// Pointer to a function.
    pub const fn function(number: u32) -> Self {
        Self::from_addr(memory::FUNCTIONS << 32 | (number as u64 + 1) << 4)
    }
    /// The pointer as a number.
    #[inline(always)]
    pub const fn addr(self) -> u64 {
        self.address
    }
    #[inline(always)]
    pub const fn is_null(self) -> bool {
        self.address == 0
    }
    /// The same pointer to another type.
    #[inline(always)]
    pub const fn cast<U>(self) -> Ptr<U> {
        Ptr::from_addr(self.address)
    }
}

impl<T: Value> Ptr<T> {
    /// The object's value.
    #[inline(always)]
    #[track_caller]
    pub fn load(self) -> T {
        match reading(|memory| memory.bytes(self.address, T::SIZE).map(T::read)) {
            Some(value) => value,
            None => fault(self.address, T::SIZE),
        }
    }

    /// Writes the object.
    #[inline(always)]
    #[track_caller]
    pub fn store(self, value: T) {
        let done = with(|memory| memory.bytes_mut(self.address, T::SIZE).map(|bytes| value.write(bytes)));
        if done.is_none() {
            fault(self.address, T::SIZE);
        }
    }

    /// The pointer moved by a number of objects.
    #[inline(always)]
    pub fn offset(self, count: impl Count) -> Self {
        Self::from_addr(self.address.wrapping_add(count.count().wrapping_mul(T::SIZE as i64) as u64))
    }

    /// Number of objects from another pointer to this one.
    #[inline(always)]
    pub fn diff(self, from: Self) -> i64 {
        (self.address.wrapping_sub(from.address) as i64).checked_div(T::SIZE as i64).unwrap_or(0)
    }

    /// The value of a field.
    #[inline(always)]
    #[track_caller]
    pub fn get<M: Member<T>>(self, member: M) -> M::Out {
        member.get(self)
    }
    /// Writes a field.
    #[inline(always)]
    #[track_caller]
    pub fn set<M: Member<T>>(self, member: M, value: M::Out) {
        member.set(self, value);
    }
    /// Pointer to a field.
    #[inline(always)]
    pub fn at<U>(self, field: Field<T, U>) -> Ptr<U> {
        Ptr::from_addr(self.address.wrapping_add(u64::from(field.offset)))
    }
}

impl<T: Value, const N: usize> Ptr<[T; N]> {
    /// Pointer to the first item.
    #[inline(always)]
    pub const fn first(self) -> Ptr<T> {
        Ptr::from_addr(self.address)
    }
    /// Pointer to an item.
    #[inline(always)]
    pub fn item(self, index: impl Count) -> Ptr<T> {
        self.first().offset(index)
    }
}

/// Makes an object of static storage with its first value.
pub fn define<T: Value>(at: Ptr<T>, value: T) {
    memory::size_static(at.addr(), T::SIZE);
    at.store(value);
}

/// Room behind an object of static storage, for the member of open length at its end.
pub fn extend(at: Ptr<()>, more: u64) {
    memory::extend_static(at.addr(), more as usize);
}
