//! For a compiler that runs a program in its own process: checked memory by address, and the frame around code.
//!
//! Errors stop the process as those of emitted programs do; where they stand says the function that [`run`] gets.

use std::any::Any;
use std::rc::Rc;

use super::list::{Args, VaList};
use super::memory::{self, fault, reading, with};
use super::pointer::Ptr;
use super::{function, start};

pub use super::memory::{Layout, layout};
pub use super::start::{Locate, report_errors, run};

/// A new object of the stack: its address.
#[track_caller]
pub fn enter(size: u64) -> u64 {
    match usize::try_from(size).ok().and_then(|size| with(|memory| memory.enter(size))) {
        Some(address) => address,
        None => panic!("the stack has no room for an object of {size} bytes"),
    }
}

/// Objects know from now on which of their bytes were written.
#[cfg(feature = "uninit")]
pub fn track() {
    memory::track();
}

/// A new object of the stack whose bytes are not known.
#[cfg(feature = "uninit")]
#[track_caller]
pub fn enter_unknown(size: u64) -> u64 {
    match usize::try_from(size).ok().and_then(memory::enter_unknown) {
        Some(address) => address,
        None => panic!("the stack has no room for an object of {size} bytes"),
    }
}

/// Stops the program where some of the bytes were not written.
#[cfg(feature = "uninit")]
#[track_caller]
pub fn check_known(address: u64, count: u64) {
    if !memory::is_known(address, count as usize) {
        panic!("use of an uninitialised value");
    }
}

/// Notes that bytes were written.
#[cfg(feature = "uninit")]
pub fn mark_known(address: u64, count: u64) {
    with(|memory| _ = memory.bytes_mut(address, count as usize));
}

/// The object of the stack is gone.
pub fn leave(address: u64) {
    with(|memory| memory.leave(address));
}

/// Copies bytes out of an object.
#[track_caller]
pub fn read(address: u64, to: &mut [u8]) {
    let done = reading(|memory| memory.bytes(address, to.len()).map(|bytes| to.copy_from_slice(bytes)));
    if done.is_none() {
        fault(address, to.len());
    }
}

/// Copies bytes into an object.
#[track_caller]
pub fn write(address: u64, from: &[u8]) {
    let done = with(|memory| memory.bytes_mut(address, from.len()).map(|bytes| bytes.copy_from_slice(from)));
    if done.is_none() {
        fault(address, from.len());
    }
}

/// Stops the program for an access that is not possible.
#[track_caller]
pub fn stop_access(address: u64, count: u64) -> ! {
    fault(address, count as usize)
}

/// Stops the program for a call that leads nowhere: the pointer, whether there is a function of another type.
#[track_caller]
pub fn stop_call(address: u64, is_function: bool) -> ! {
    match (address, is_function) {
        (0, _) => panic!("call of a null pointer"),
        (_, true) => panic!("call of a function through a pointer of another type"),
        _ => panic!("call of a pointer that leads to no function"),
    }
}

/// Gives an object of static storage its size.
pub fn define(address: u64, size: u64) {
    memory::size_static(address, size as usize);
}

/// A new object that is never freed.
pub fn permanent(bytes: &[u8]) -> u64 {
    memory::permanent(bytes)
}

/// Address of an object of static storage.
pub fn static_address(number: u32) -> u64 {
    memory::static_address(number)
}

/// Arguments of a variadic call by the address of their object.
pub fn args_at(address: u64) -> Args {
    Args::at(address)
}

/// The next argument of a `va_list` at an address: as many bytes as it has.
#[track_caller]
pub fn next_argument(list: u64, to: &mut [u8]) {
    let list = Ptr::<VaList>::from_addr(list);
    let mut at = list.load();
    at.next_bytes(to);
    list.store(at);
}

/// Gives a function its number, as an entry of the table of function pointers: an `Rc<dyn Fn(..)>` with all
/// pointers as `Ptr<()>`.
pub fn register(number: u32, entry: Rc<dyn Any>) {
    function::register_entry(number, entry);
}

/// What `argv` gives, the program's name first.
pub fn set_args(args: Vec<String>) {
    start::set_args(args);
}
