//! Pointers to functions: a table of the functions whose address is taken. The types of pointers in a signature
//! say nothing at run time, so a function may be called through a pointer that names other ones.

use std::any::Any;
use std::cell::RefCell;
use std::rc::Rc;

use super::list::Args;
use super::memory::FUNCTIONS;
use super::pointer::Ptr;

/// A type as calls through pointers see it.
pub trait Erase: Copy + 'static {
    type Erased: Copy + 'static;
    fn erase(self) -> Self::Erased;
    fn restore(erased: Self::Erased) -> Self;
}

macro_rules! same {
    ($($ty:ty)*) => {$(
        impl Erase for $ty {
            type Erased = Self;
            #[inline(always)]
            fn erase(self) -> Self {
                self
            }
            #[inline(always)]
            fn restore(erased: Self) -> Self {
                erased
            }
        }
    )*};
}
same! { () bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 Args }

impl<T: 'static> Erase for Ptr<T> {
    type Erased = Ptr<()>;
    #[inline(always)]
    fn erase(self) -> Ptr<()> {
        self.cast()
    }
    #[inline(always)]
    fn restore(erased: Ptr<()>) -> Self {
        erased.cast()
    }
}

thread_local! {
    static TABLE: RefCell<Vec<Option<Rc<dyn Any>>>> = const { RefCell::new(Vec::new()) };
}

/// A function that can stand in the table.
pub trait Target {
    fn into_entry(self) -> Rc<dyn Any>;
}

/// A function pointer that is called with a tuple of arguments.
pub trait Function<A> {
    type Out;
    #[track_caller]
    fn call(self, args: A) -> Self::Out;
}

/// Gives a function its number.
pub fn register(number: u32, target: impl Target) {
    register_entry(number, target.into_entry());
}

/// Gives an entry of the table its number.
pub(crate) fn register_entry(number: u32, entry: Rc<dyn Any>) {
    TABLE.with_borrow_mut(|table| {
        let at = number as usize;
        if table.len() <= at {
            table.resize(at + 1, None);
        }
        table[at] = Some(entry);
    });
}

/// The entry that a pointer leads to.
#[track_caller]
fn entry(address: u64) -> Rc<dyn Any> {
    if address == 0 {
        panic!("call of a null pointer");
    }
    let number = (address as u32 >> 4).wrapping_sub(1) as usize;
    let found = if address >> 32 == FUNCTIONS && address & 15 == 0 {
        TABLE.with_borrow(|table| table.get(number).cloned().flatten())
    } else {
        None
    };
    match found {
        Some(found) => found,
        None => panic!("call of a pointer that leads to no function"),
    }
}

macro_rules! arities {
    ($($($name:ident)*;)*) => {$(
        #[allow(non_snake_case)]
        impl<$($name: Erase,)* R: Erase> Target for fn($($name),*) -> R {
            fn into_entry(self) -> Rc<dyn Any> {
                #[allow(clippy::type_complexity)]
                let erased: Rc<dyn Fn($($name::Erased),*) -> R::Erased> =
                    Rc::new(move |$($name: $name::Erased),*| self($($name::restore($name)),*).erase());
                Rc::new(erased)
            }
        }
        #[allow(non_snake_case)]
        impl<$($name: Erase,)* R: Erase> Function<($($name,)*)> for Ptr<fn($($name),*) -> R> {
            type Out = R;
            #[track_caller]
            fn call(self, args: ($($name,)*)) -> R {
                let entry = entry(self.addr());
                #[allow(clippy::type_complexity)]
                let Some(found) = entry.downcast_ref::<Rc<dyn Fn($($name::Erased),*) -> R::Erased>>() else {
                    panic!("call of a function through a pointer of another type")
                };
                let ($($name,)*) = args;
                R::restore(found($($name.erase()),*))
            }
        }
    )*};
}

arities! {
    ;
    A;
    A B;
    A B C;
    A B C D;
    A B C D E;
    A B C D E F;
    A B C D E F G;
    A B C D E F G H;
}
