//! Objects of the stack: they end with the variable that owns them.

use std::ops::Deref;

use super::memory::with;
use super::pointer::{Count, Ptr};
use super::value::Value;

/// A local object in checked memory.
pub struct Local<T> {
    at: Ptr<T>,
}

/// A local array whose length is known at run time.
pub struct LocalArray<T> {
    at: Ptr<T>,
}

/// A local object with its first value.
#[track_caller]
pub fn local<T: Value>(value: T) -> Local<T> {
    let at = Ptr::from_addr(enter(T::SIZE));
    at.store(value);
    Local { at }
}

/// A local array of some items, all zero.
#[track_caller]
pub fn local_array<T: Value>(count: impl Count) -> LocalArray<T> {
    let count = usize::try_from(count.count()).unwrap_or_else(|_| panic!("an array of a negative length"));
    LocalArray { at: Ptr::from_addr(enter(count * T::SIZE)) }
}

#[track_caller]
fn enter(size: usize) -> u64 {
    match with(|memory| memory.enter(size)) {
        Some(address) => address,
        None => panic!("the stack has no room for an object of {size} bytes"),
    }
}

impl<T> Local<T> {
    pub fn ptr(&self) -> Ptr<T> {
        self.at
    }
}
impl<T> Deref for Local<T> {
    type Target = Ptr<T>;
    #[inline(always)]
    fn deref(&self) -> &Ptr<T> {
        &self.at
    }
}
impl<T> Drop for Local<T> {
    fn drop(&mut self) {
        with(|memory| memory.leave(self.at.addr()));
    }
}

impl<T> LocalArray<T> {
    pub fn ptr(&self) -> Ptr<T> {
        self.at
    }
}
impl<T> Deref for LocalArray<T> {
    type Target = Ptr<T>;
    #[inline(always)]
    fn deref(&self) -> &Ptr<T> {
        &self.at
    }
}
impl<T> Drop for LocalArray<T> {
    fn drop(&mut self) {
        with(|memory| memory.leave(self.at.addr()));
    }
}
