//! Variable arguments: an object of eight bytes for each, read by a cursor.

use super::memory::{self, with};
use super::pointer::Ptr;
use super::value::Value;

/// What a variadic function was given.
#[derive(Clone, Copy, Debug)]
pub struct Args(u64);

impl Args {
    pub(crate) fn at(address: u64) -> Self {
        Self(address)
    }
}

/// The object that holds the arguments until the call is over.
pub struct ArgList {
    address: u64,
    bytes: Vec<u8>,
}

/// `va_list`: the object of the arguments, and the offset of the next one.
#[derive(Clone, Copy, Debug)]
pub struct VaList {
    args: u64,
    next: u64,
}

impl Value for VaList {
    const SIZE: usize = 24;
    fn read(bytes: &[u8]) -> Self {
        Self { args: u64::read(&bytes[..8]), next: u64::read(&bytes[8..16]) }
    }
    fn write(self, bytes: &mut [u8]) {
        self.args.write(&mut bytes[..8]);
        self.next.write(&mut bytes[8..16]);
    }
}

impl ArgList {
    #[allow(clippy::new_without_default)]
    pub fn new() -> Self {
        Self { address: 0, bytes: Vec::new() }
    }

    /// Adds an argument: numbers fill eight bytes, with their sign.
    pub fn with<T: Arg>(mut self, value: T) -> Self {
        value.push(&mut self.bytes);
        self
    }

    /// Puts the arguments into checked memory.
    #[track_caller]
    pub fn list(&mut self) -> Args {
        if self.address == 0 {
            let bytes = std::mem::take(&mut self.bytes);
            let Some(address) = with(|memory| memory.enter(bytes.len())) else {
                panic!("no room for arguments")
            };
            with(|memory| {
                if let Some(to) = memory.bytes_mut(address, bytes.len()) {
                    to.copy_from_slice(&bytes);
                }
            });
            self.address = address;
        }
        Args(self.address)
    }
}

impl Drop for ArgList {
    fn drop(&mut self) {
        if self.address != 0 {
            with(|memory| memory.leave(self.address));
        }
    }
}

/// A value as an argument.
pub trait Arg {
    fn push(self, bytes: &mut Vec<u8>);
}

macro_rules! args {
    ($($ty:ty as $wide:ty;)*) => {$(
        impl Arg for $ty {
            fn push(self, bytes: &mut Vec<u8>) {
                bytes.extend((self as $wide).to_le_bytes());
            }
        }
    )*};
}
args! {
    bool as i64; i8 as i64; i16 as i64; i32 as i64; i64 as i64; u8 as u64; u16 as u64; u32 as u64; u64 as u64;
    f32 as f64; f64 as f64; i128 as i128; u128 as u128;
}

impl<T> Arg for Ptr<T> {
    fn push(self, bytes: &mut Vec<u8>) {
        bytes.extend(self.addr().to_le_bytes());
    }
}

/// A record by value.
pub struct Whole<T>(pub T);

impl<T: Value> Arg for Whole<T> {
    fn push(self, bytes: &mut Vec<u8>) {
        let start = bytes.len();
        bytes.resize(start + T::SIZE.next_multiple_of(8), 0);
        self.0.write(&mut bytes[start..start + T::SIZE]);
    }
}

/// `va_start`
#[track_caller]
pub fn va_start(list: Ptr<VaList>, rest: Args) {
    list.store(VaList { args: rest.0, next: 0 });
}

/// `va_copy`
#[track_caller]
pub fn va_copy(to: Ptr<VaList>, from: Ptr<VaList>) {
    to.store(from.load());
}

/// `va_arg`
#[track_caller]
pub fn va_arg<T: Value>(list: Ptr<VaList>) -> T {
    let mut at = list.load();
    let value = at.next::<T>();
    list.store(at);
    value
}

impl VaList {
    pub(crate) fn of(args: Args) -> Self {
        Self { args: args.0, next: 0 }
    }

    /// Goes to an argument by its number, which counts from one.
    pub(crate) fn seek(&mut self, number: usize) {
        self.next = 8 * (number as u64).saturating_sub(1);
    }

    /// The bytes of the next argument.
    #[track_caller]
    pub(crate) fn next_bytes(&mut self, to: &mut [u8]) {
        let address = self.args.wrapping_add(self.next);
        self.next += to.len().next_multiple_of(8) as u64;
        let done =
            memory::reading(|memory| memory.bytes(address, to.len()).map(|bytes| to.copy_from_slice(bytes)));
        if done.is_none() {
            panic!("more arguments are read than the call gave");
        }
    }

    /// The next argument.
    #[track_caller]
    pub(crate) fn next<T: Value>(&mut self) -> T {
        let address = self.args.wrapping_add(self.next);
        self.next += T::SIZE.next_multiple_of(8) as u64;
        match memory::reading(|memory| memory.bytes(address, T::SIZE).map(T::read)) {
            Some(value) => value,
            None => panic!("more arguments are read than the call gave"),
        }
    }
}

/// Arguments of a variadic call: `args![a, b]`.
#[macro_export]
macro_rules! c_args {
    ($($value:expr),* $(,)?) => { $crate::c::ArgList::new()$(.with($value))*.list() };
}
