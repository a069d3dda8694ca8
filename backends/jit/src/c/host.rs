//! What code of C programs calls: checked memory, the C library, errors.

#![allow(unsafe_code)]

use super::Site;
use batuta_rt::c::{self, Args, Bits, Member, Ptr, VaList, Value as _, embed};
use std::any::Any;
use std::rc::Rc;
use std::slice;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};

/// A function of the library: its arguments are words.
pub type Native = extern "C" fn(*const u64) -> u64;

/// A value that is one word in a call of the library.
trait Word {
    fn of(word: u64) -> Self;
    fn word(self) -> u64;
}

macro_rules! words {
    ($($ty:ty)*) => {$(
        impl Word for $ty {
            fn of(word: u64) -> Self {
                word as $ty
            }
            fn word(self) -> u64 {
                self as u64
            }
        }
    )*};
}
words! { i8 i16 i32 i64 u8 u16 u32 u64 }

impl Word for bool {
    fn of(word: u64) -> Self {
        word & 1 != 0
    }
    fn word(self) -> u64 {
        u64::from(self)
    }
}
impl Word for () {
    fn of(_word: u64) {}
    fn word(self) -> u64 {
        0
    }
}
impl Word for f64 {
    fn of(word: u64) -> Self {
        f64::from_bits(word)
    }
    fn word(self) -> u64 {
        self.to_bits()
    }
}
impl Word for f32 {
    fn of(word: u64) -> Self {
        f32::from_bits(word as u32)
    }
    fn word(self) -> u64 {
        u64::from(self.to_bits())
    }
}
impl<T> Word for Ptr<T> {
    fn of(word: u64) -> Self {
        Ptr::from_addr(word)
    }
    fn word(self) -> u64 {
        self.addr()
    }
}
impl Word for Args {
    fn of(word: u64) -> Self {
        embed::args_at(word)
    }
    fn word(self) -> u64 {
        0
    }
}
impl Word for VaList {
    fn of(word: u64) -> Self {
        // SAFETY: the word of a value of this type is the address of its 24 bytes in the caller's frame.
        VaList::read(unsafe { slice::from_raw_parts(word as *const u8, VaList::SIZE) })
    }
    fn word(self) -> u64 {
        0
    }
}

fn at<A: Word>(words: *const u64, index: usize) -> A {
    // SAFETY: compiled code passes a word for each parameter.
    A::of(unsafe { *words.add(index) })
}

macro_rules! calls {
    ($($call:ident $($ty:ident $index:literal)*;)*) => {$(
        fn $call<$($ty: Word,)* R: Word>(function: fn($($ty),*) -> R, words: *const u64) -> u64 {
            let _ = words;
            function($(at::<$ty>(words, $index)),*).word()
        }
    )*};
}
calls! {
    call0;
    call1 A 0;
    call2 A 0 B 1;
    call3 A 0 B 1 C 2;
    call4 A 0 B 1 C 2 D 3;
    call5 A 0 B 1 C 2 D 3 E 4;
}

include!(concat!(env!("OUT_DIR"), "/natives.rs"));

/// Functions whose heads say no words: those that do not come back, and that of the runtime alone.
static OTHERS: &[(&str, Native)] = &[
    ("extend", n_extend),
    ("exit", n_exit),
    ("Exit", n_exit_at_once),
    ("quick_exit", n_quick_exit),
    ("err", n_err),
    ("errx", n_errx),
    ("verr", n_verr),
    ("verrx", n_verrx),
    ("abort", n_abort),
    ("assert_fail", n_assert_fail),
    ("bad_goto", n_bad_goto),
];

extern "C" fn n_extend(words: *const u64) -> u64 {
    c::extend(at(words, 0), at(words, 1));
    0
}
extern "C" fn n_exit(words: *const u64) -> u64 {
    c::exit(at(words, 0))
}
extern "C" fn n_exit_at_once(words: *const u64) -> u64 {
    c::Exit(at(words, 0))
}
extern "C" fn n_err(words: *const u64) -> u64 {
    c::err(at(words, 0), at(words, 1), at(words, 2))
}
extern "C" fn n_errx(words: *const u64) -> u64 {
    c::errx(at(words, 0), at(words, 1), at(words, 2))
}
extern "C" fn n_verr(words: *const u64) -> u64 {
    c::verr(at(words, 0), at(words, 1), at(words, 2))
}
extern "C" fn n_verrx(words: *const u64) -> u64 {
    c::verrx(at(words, 0), at(words, 1), at(words, 2))
}
extern "C" fn n_quick_exit(words: *const u64) -> u64 {
    c::quick_exit(at(words, 0))
}
extern "C" fn n_abort(_words: *const u64) -> u64 {
    c::abort()
}
extern "C" fn n_bad_goto(_words: *const u64) -> u64 {
    c::bad_goto()
}
extern "C" fn n_assert_fail(words: *const u64) -> u64 {
    c::assert_fail(at(words, 0), at(words, 1), at(words, 2), at(words, 3))
}

/// The code of a function of the library.
pub fn native(name: &str) -> Option<Native> {
    let found = NATIVES.binary_search_by(|(known, _)| (*known).cmp(name)).map(|at| NATIVES[at].1);
    found.ok().or_else(|| OTHERS.iter().find(|(known, _)| *known == name).map(|(_, code)| *code))
}

/// Where the program stands: an index of [`SITES`]. Code sets it before whatever can stop the program.
pub static SITE: AtomicU32 = AtomicU32::new(0);
static SITES: OnceLock<Vec<Site>> = OnceLock::new();

/// Tells which places the numbers of sites are.
pub fn set_sites(sites: Vec<Site>) {
    let _ = SITES.set(sites);
}

/// The place where the program stands.
pub fn locate() -> Option<(String, u32)> {
    SITES.get()?.get(SITE.load(Ordering::Relaxed) as usize).cloned()
}

/// What stops a program, in the words of the checks of emitted programs.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Stop {
    Add,
    Sub,
    Mul,
    Div,
    Rem,
    Neg,
    Shl,
    Shr,
    Zero,
    Index,
}

/// Stops the program.
pub extern "C" fn stop(why: u64) {
    const ALL: [&str; 10] = [
        "signed overflow in an addition",
        "signed overflow in a subtraction",
        "signed overflow in a multiplication",
        "signed overflow in a division",
        "signed overflow in a remainder",
        "signed overflow in a negation",
        "shift by a count that is not below the width",
        "shift by a count that is not below the width",
        "division by zero",
        "an index is outside of its array",
    ];
    panic!("{}", ALL[why as usize])
}

/// Stops the program where a part of it has no translation, as emitted programs do.
pub extern "C" fn stop_at_hole(text: *const u8, len: u64) {
    // SAFETY: compiled code passes constant bytes, which were text.
    let text = String::from_utf8_lossy(unsafe { slice::from_raw_parts(text, len as usize) });
    panic!("not yet implemented: {text}")
}

pub extern "C" fn stop_access(address: u64, count: u64) {
    embed::stop_access(address, count)
}

pub extern "C" fn stop_call(address: u64, is_function: u64) {
    embed::stop_call(address, is_function != 0)
}

pub extern "C" fn enter(size: u64) -> u64 {
    embed::enter(size)
}

pub extern "C" fn enter_array(count: i64, size: u64) -> u64 {
    let count = u64::try_from(count).unwrap_or_else(|_| panic!("an array of a negative length"));
    embed::enter(count.saturating_mul(size))
}

pub extern "C" fn enter_unknown(size: u64) -> u64 {
    embed::enter_unknown(size)
}

pub extern "C" fn check_known(address: u64, size: u64) {
    embed::check_known(address, size);
}

pub extern "C" fn mark_known(address: u64, size: u64) {
    embed::mark_known(address, size);
}

pub extern "C" fn leave(address: u64) {
    embed::leave(address);
}

pub extern "C" fn define(address: u64, size: u64) {
    embed::define(address, size);
}

/// Copies an object out of checked memory.
pub extern "C" fn read(address: u64, to: *mut u8, size: u64) {
    // SAFETY: compiled code passes a place of its own with this many bytes.
    embed::read(address, unsafe { slice::from_raw_parts_mut(to, size as usize) });
}

/// Copies an object into checked memory.
pub extern "C" fn write(address: u64, from: *const u8, size: u64) {
    // SAFETY: as in `read`.
    embed::write(address, unsafe { slice::from_raw_parts(from, size as usize) });
}

/// An object of the stack with these bytes: the arguments of a variadic call.
pub extern "C" fn arguments(from: *const u8, size: u64) -> u64 {
    let address = embed::enter(size);
    if size > 0 {
        write(address, from, size);
    }
    address
}

/// The next argument of a variadic call.
pub extern "C" fn next_argument(list: u64) -> u64 {
    c::va_arg(Ptr::from_addr(list))
}

/// The same for a struct, into a place.
pub extern "C" fn next_struct(list: u64, to: *mut u8, size: u64) {
    // SAFETY: as in `read`.
    embed::next_argument(list, unsafe { slice::from_raw_parts_mut(to, size as usize) });
}

/// Copies bytes between places of compiled code.
pub extern "C" fn copy(to: *mut u8, from: *const u8, size: u64) {
    // SAFETY: both are places of compiled code with this many bytes; they may be the same.
    unsafe { std::ptr::copy(from, to, size as usize) };
}

pub extern "C" fn clear(to: *mut u8, size: u64) {
    // SAFETY: a place of compiled code with this many bytes.
    unsafe { std::ptr::write_bytes(to, 0, size as usize) };
}

/// A bit-field, with the sign of its type in all of the word.
pub extern "C" fn get_bits(address: u64, first: u64, width: u64, is_signed: u64) -> u64 {
    let (of, first, width) = (Ptr::<()>::from_addr(address), first as u32, width as u32);
    match is_signed {
        0 => Bits::<(), u64>::new(0, first, width).get(of),
        _ => Bits::<(), i64>::new(0, first, width).get(of) as u64,
    }
}

pub extern "C" fn set_bits(address: u64, first: u64, width: u64, value: u64) {
    Bits::<(), u64>::new(0, first as u32, width as u32).set(Ptr::from_addr(address), value);
}

/// Arithmetic of 128 bits: both operands lie at an address, the result goes behind them.
pub extern "C" fn wide(at: *mut u128, op: u64, is_signed: u64) {
    // SAFETY: compiled code passes a place of its own with room for three numbers.
    let (a, b) = unsafe { (at.read_unaligned(), at.add(1).read_unaligned()) };
    let made = match is_signed {
        0 => unsigned(a, b, op),
        _ => signed(a as i128, b as i128, op) as u128,
    };
    // SAFETY: as above.
    unsafe { at.add(2).write_unaligned(made) };
}

fn unsigned(a: u128, b: u128, op: u64) -> u128 {
    match op {
        0 => a.wrapping_add(b),
        1 => a.wrapping_sub(b),
        2 => a.wrapping_mul(b),
        3 => a.checked_div(b).unwrap_or_else(|| panic!("division by zero")),
        _ => a.checked_rem(b).unwrap_or_else(|| panic!("division by zero")),
    }
}

fn signed(a: i128, b: i128, op: u64) -> i128 {
    let (made, what) = match op {
        0 => (a.checked_add(b), "an addition"),
        1 => (a.checked_sub(b), "a subtraction"),
        2 => (a.checked_mul(b), "a multiplication"),
        _ if b == 0 => panic!("division by zero"),
        3 => (a.checked_div(b), "a division"),
        _ => (a.checked_rem(b), "a remainder"),
    };
    made.unwrap_or_else(|| panic!("signed overflow in {what}"))
}

pub extern "C" fn wide_to_f64(at: *const u128, is_signed: u64) -> u64 {
    // SAFETY: as in `wide`.
    let value = unsafe { at.read_unaligned() };
    (if is_signed == 0 { value as f64 } else { value as i128 as f64 }).to_bits()
}

pub extern "C" fn wide_to_f32(at: *const u128, is_signed: u64) -> u64 {
    // SAFETY: as in `wide`.
    let value = unsafe { at.read_unaligned() };
    u64::from((if is_signed == 0 { value as f32 } else { value as i128 as f32 }).to_bits())
}

pub extern "C" fn f64_to_wide(bits: u64, at: *mut u128, is_signed: u64) {
    let value = f64::from_bits(bits);
    let made = if is_signed == 0 { value as u128 } else { value as i128 as u128 };
    // SAFETY: as in `wide`.
    unsafe { at.write_unaligned(made) };
}

/// Memory for an object of static storage that no pointer reaches.
pub fn storage(size: u64) -> u64 {
    let words = size.div_ceil(16).max(1) as usize;
    Box::leak(vec![0u128; words].into_boxed_slice()).as_mut_ptr() as u64
}

/// The address of constant bytes.
pub fn constant(bytes: &[u8]) -> u64 {
    let address = storage(bytes.len() as u64);
    copy(address as *mut u8, bytes.as_ptr(), bytes.len() as u64);
    address
}

/// Two words of a table.
pub fn set_row(table: u64, row: usize, words: [u64; 2]) {
    // SAFETY: the table came from `storage` with room for all rows.
    unsafe { *(table as *mut [u64; 2]).add(row) = words };
}

/// Runs a function without parameters and result.
pub fn call_plain(code: *const u8) {
    // SAFETY: the finished code of such a function.
    let code: extern "C" fn() = unsafe { std::mem::transmute(code) };
    code();
}

/// Runs `main`, which gets the command line where it wants it.
pub fn call_main(code: *const u8) -> i32 {
    // SAFETY: the finished code of a function with these parameters and this result.
    let code: extern "C" fn(i32, u64, u64) -> i32 = unsafe { std::mem::transmute(code) };
    code(c::argc(), c::argv().addr(), c::envp().addr())
}

/// Makes compiled code known to functions of the library that call back; false where none calls such a one.
pub fn register(number: u32, code: *const u8, signature: &str) -> bool {
    type P = Ptr<()>;
    macro_rules! entry {
        ($($name:ident: $ty:ty as $raw:ty = $to:expr),* => $ret:ty as $raw_ret:ty, $from:expr) => {{
            // SAFETY: the finished code of a function with this signature.
            let code: extern "C" fn($($raw),*) -> $raw_ret = unsafe { std::mem::transmute(code) };
            #[allow(clippy::unused_unit, reason = "some have no result")]
            let made: Rc<dyn Fn($($ty),*) -> $ret> = Rc::new(move |$($name: $ty),*| $from(code($($to),*)));
            Rc::new(made) as Rc<dyn Any>
        }};
    }
    let same = |value: i32| value;
    let entry = match signature {
        "(p,p)i32" => entry!(a: P as u64 = a.addr(), b: P as u64 = b.addr() => i32 as i32, same),
        "(p,p,p)i32" => {
            entry!(a: P as u64 = a.addr(), b: P as u64 = b.addr(), d: P as u64 = d.addr() => i32 as i32, same)
        }
        "(p)i32" => entry!(a: P as u64 = a.addr() => i32 as i32, same),
        "()unit" => entry!( => () as (), |()| ()),
        "(p)unit" => entry!(a: P as u64 = a.addr() => () as (), |()| ()),
        "(i32)unit" => entry!(a: i32 as i32 = a => () as (), |()| ()),
        _ => return false,
    };
    embed::register(number, entry);
    true
}
