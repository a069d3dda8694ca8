//! Library functions by the spelling of their catalogue row (`build.rs` makes the functions), and the types
//! of the library as objects.

use super::iters::{iter_word, pull};
use super::values::from_item;
use super::{Row, Site};
use crate::desc::{D, Kind};
use crate::item::{Item, list_word, some_word, text_word};
use crate::memory::{keep, object, record};
use batuta_core::{Ty, TyKind, Width};
use batuta_rt::{self as rt, Key, PyOrd, Repr, prelude::*};
use std::fmt;
use std::marker::PhantomData;
use std::sync::LazyLock;

/// What the runtime side can do with an object of a library type.
pub struct Opaque {
    /// `type(object).__name__`.
    pub name: &'static str,
    pub clone: Option<fn(u64) -> u64>,
    pub eq: Option<fn(u64, u64) -> bool>,
    pub less: Option<fn(u64, u64) -> bool>,
    pub hash: Option<Hash>,
    pub repr: Option<fn(u64, &mut fmt::Formatter<'_>) -> fmt::Result>,
    pub str: Option<fn(u64, &mut fmt::Formatter<'_>) -> fmt::Result>,
    pub format: Option<fn(u64) -> &'static dyn rt::Format>,
    pub value: Option<fn(u64) -> rt::Value>,
    pub of_value: Option<OfValue>,
}

/// The type of the library of this name.
pub fn opaque(name: &str) -> Option<&'static Opaque> {
    let last = name.rsplit('.').next().unwrap_or(name);
    let find = |name: &str| OPAQUE.iter().find(|(known, _)| *known == name).map(|(_, opaque)| opaque);
    find(name).or_else(|| find(last))
}

/// A constant of the library as one of this type.
pub fn constant(name: &str, desc: D) -> Option<u64> {
    let at = CONSTANTS.binary_search_by(|(known, _)| (*known).cmp(name)).ok()?;
    Some(CONSTANTS[at].1(desc))
}

/// The function of an overload.
pub fn overload(name: &str, overload: usize) -> Option<Row> {
    let at = ROWS.binary_search_by(|(known, at, _)| (*known, *at).cmp(&(name, overload))).ok()?;
    Some(ROWS[at].2)
}

/// Whether a row's parameter reads a value of this type as it is here.
pub fn takes(param: Ty, arg: Ty) -> bool {
    let (param, arg) = (param.strip(), arg.strip());
    let is_int = |ty: Ty| matches!(ty.kind(), TyKind::Int(_) | TyKind::Bool);
    match (param.kind(), arg.kind()) {
        (TyKind::Int(Width::Big), _) => is_int(arg),
        (TyKind::Int(_), _) => is_int(arg) && !arg.is_big(),
        (TyKind::Float(_), TyKind::Float(_)) | (TyKind::Value, TyKind::Value) => true,
        (TyKind::Float(_) | TyKind::Num, _) => is_int(arg) || arg == param,
        (TyKind::Option(inner), TyKind::Option(part)) => takes(*inner, *part),
        (TyKind::Option(_), TyKind::Unit) => true,
        (TyKind::Option(inner), _) => takes(*inner, arg),
        (
            TyKind::Iter(item),
            TyKind::List(part) | TyKind::Iter(part) | TyKind::Set(part) | TyKind::Dict(part, _),
        ) => takes(*item, *part),
        (TyKind::Iter(item), TyKind::Str) => *item.kind() == TyKind::Str,
        (TyKind::Iter(item), TyKind::Range | TyKind::Bytes) => is_int(*item),
        (TyKind::Iter(item), TyKind::Tuple(parts)) => {
            parts.iter().all(|part| *part == parts[0])
                && parts.first().is_some_and(|part| takes(*item, *part))
        }
        // Lists of machine numbers are lent as they are.
        (TyKind::List(item), TyKind::List(part))
            if is_int(*item) || matches!(item.kind(), TyKind::Float(_)) =>
        {
            matches!(part.kind(), TyKind::Int(Width::I64) if is_int(*item) && *item.kind() != TyKind::Bool)
                || part == item
        }
        (TyKind::List(item), TyKind::List(part)) | (TyKind::Set(item), TyKind::Set(part)) => {
            takes(*item, *part)
        }
        (TyKind::Dict(key, value), TyKind::Dict(k, v)) => takes(*key, *k) && takes(*value, *v),
        (TyKind::Tuple(items), TyKind::Tuple(parts)) => {
            items.len() == parts.len() && items.iter().zip(parts).all(|(item, part)| takes(*item, *part))
        }
        (TyKind::Lib(name, items), TyKind::Lib(other, parts)) if !items.is_empty() => {
            *name == "tuple" && *other == "tuple" && takes(items[0], parts[0])
        }
        (TyKind::Iter(item), TyKind::Lib(name, parts)) if *name == "tuple" || *name == "deque" => {
            takes(*item, parts[0])
        }
        (TyKind::Lib(name, _), TyKind::Lib(other, _)) => name == other || name.last() == other.last(),
        _ => param == arg,
    }
}

/// What a type can do, found out where the type is known: a method of the first trait where `T` has the
/// bound, of the second where it has not.
struct Probe<T>(PhantomData<T>);

macro_rules! probe {
    ($has:ident, $lacks:ident, $get:ident, [$($bound:tt)+], $out:ty, $value:expr) => {
        trait $has {
            fn $get(&self) -> Option<$out>;
        }
        impl<T: $($bound)+ + 'static> $has for Probe<T> {
            fn $get(&self) -> Option<$out> {
                Some($value)
            }
        }
        trait $lacks {
            fn $get(&self) -> Option<$out> {
                None
            }
        }
        impl<T> $lacks for &Probe<T> {}
    };
}
probe!(Copies, CopiesNot, clone_of, [Clone], fn(u64) -> u64, |word| keep(object::<T>(&word).clone()));
probe!(Equals, EqualsNot, eq_of, [PartialEq], fn(u64, u64) -> bool, |a, b| *object::<T>(&a)
    == *object::<T>(&b));
probe!(Orders, OrdersNot, less_of, [PyOrd], fn(u64, u64) -> bool, |a, b| object::<T>(&a)
    .py_lt(object::<T>(&b)));
probe!(Hashes, HashesNot, hash_of, [Key], Hash, |word| {
    let key = object::<T>(&word);
    (key.key_hash(), key.py_hash())
});
probe!(Shows, ShowsNot, repr_of, [Repr], Show, |word, f| object::<T>(&word).fmt_repr(f));
probe!(Tells, TellsNot, str_of, [Repr], Show, |word, f| object::<T>(&word).fmt_str(f));
probe!(Formats, FormatsNot, format_of, [rt::Format], fn(u64) -> &'static dyn rt::Format, |word| {
    object::<T>(&word)
});
probe!(Values, ValuesNot, value_of, [Clone + Into<rt::Value>], fn(u64) -> rt::Value, |word| {
    object::<T>(&word).clone().into()
});
probe!(Reads, ReadsNot, of_value_of, [rt::FromValue], OfValue, |value| T::from_value(value).map(keep));
/// The runtime's hash, and CPython's where it is the same in every run.
type Hash = fn(u64) -> (u64, Option<i64>);
type OfValue = fn(&rt::Value) -> rt::Result<u64>;
type Show = fn(u64, &mut fmt::Formatter<'_>) -> fmt::Result;

macro_rules! opaque {
    ($name:literal, $ty:ty) => {{
        let probe = &Probe::<$ty>(PhantomData);
        Opaque {
            name: $name,
            clone: probe.clone_of(),
            eq: probe.eq_of(),
            less: probe.less_of(),
            hash: probe.hash_of(),
            repr: probe.repr_of(),
            str: probe.str_of(),
            format: probe.format_of(),
            value: probe.value_of(),
            of_value: probe.of_value_of(),
        }
    }};
}

/// A Rust value of an item, of its own.
trait Own: Sized {
    fn own(item: &Item) -> Self;
}

fn own<T: Own>(item: &Item) -> T {
    T::own(item)
}

/// The object of an item.
fn lent<T>(item: &Item) -> &'static mut T {
    object(&item.word)
}

/// The items of whatever can be iterated.
fn items<T: Own>(of: &Item) -> impl Iterator<Item = T> + use<T> {
    let mut next = pull(of, true);
    let desc = super::iters::item_desc_of(of.desc);
    std::iter::from_fn(move || next().map(|word| T::own(&Item::new(word, desc))))
}

macro_rules! own {
    ($($ty:ty: $item:ident => $value:expr;)*) => {
        $(impl Own for $ty {
            fn own($item: &Item) -> Self {
                $value
            }
        })*
    };
}
own! {
    bool: item => item.truth();
    i64: item => item.int();
    f64: item => item.float();
    String: item => item.text().to_owned();
    rt::Int: item => item.to_big();
    rt::Num: item => match item.desc.kind {
        Kind::Num => *object::<rt::Num>(&item.word),
        Kind::Float => rt::Num::Float(item.float()),
        _ => rt::Num::Int(item.int()),
    };
    Vec<u8>: item => item.bytes().0.clone();
    rt::Value: item => from_item(item);
    rt::Error: item => super::error_of(item).clone();
    rt::Range: item => object::<rt::Range>(&item.word).clone();
}

impl<T: Own> Own for Option<T> {
    fn own(item: &Item) -> Self {
        item.present().map(|item| T::own(&item))
    }
}
impl<T: Own> Own for Vec<T> {
    fn own(item: &Item) -> Self {
        item.list_items().iter().map(T::own).collect()
    }
}
impl<T: Own> Own for rt::Tuple<T> {
    fn own(item: &Item) -> Self {
        item.list_items().iter().map(T::own).collect()
    }
}
impl<T: Own + Key> Own for rt::Set<T> {
    fn own(item: &Item) -> Self {
        item.set().iter().map(T::own).collect()
    }
}
impl<K: Own + Key, V: Own> Own for rt::Dict<K, V> {
    fn own(item: &Item) -> Self {
        super::mapping::pairs(item).into_iter().map(|(key, value)| (K::own(&key), V::own(&value))).collect()
    }
}

/// The word of a Rust value, as one of a type.
trait Word {
    fn word(self, desc: D) -> u64;
}

fn word(value: impl Word, desc: D) -> u64 {
    value.word(desc)
}

fn is_big(desc: D) -> bool {
    matches!(desc.kind, Kind::Big)
}

/// What a spelling that can fail gives.
fn tried<T>(result: rt::Result<T>) -> T {
    result.unwrap_or_else(|error| rt::raise(error))
}

/// The word of an iterator.
fn iterator<I>(items: I, desc: D) -> u64
where
    I: IntoIterator<Item: Word, IntoIter: 'static>,
{
    let (mut items, item) = (items.into_iter(), super::iters::item_desc(desc));
    iter_word(move || items.next().map(|value| value.word(item)))
}

macro_rules! words {
    ($($ty:ty: $value:ident, $desc:pat => $word:expr;)*) => {
        $(impl Word for $ty {
            fn word(self, $desc: D) -> u64 {
                let $value = self;
                $word
            }
        })*
    };
}
words! {
    bool: value, _ => value.into();
    i64: value, desc => if is_big(desc) { keep(rt::Int::from(value)) } else { value as u64 };
    usize: value, desc => (value as i64).word(desc);
    i32: value, desc => i64::from(value).word(desc);
    Vec<u8>: value, _ => keep(rt::Bytes(value));
    f64: value, _ => value.to_bits();
    String: value, _ => text_word(value);
    &str: value, _ => text_word(value);
    std::borrow::Cow<'_, str>: value, _ => text_word(value);
    rt::Int: value, desc => if is_big(desc) { keep(value) } else { value.expect_i64() as u64 };
    rt::Num: value, _ => keep(value);
    rt::Bytes: value, _ => keep(value);
    rt::Value: value, _ => keep(value);
    rt::Error: value, _ => keep(value);
    rt::Range: value, _ => keep(value);
}

impl<T: Word> Word for Option<T> {
    fn word(self, desc: D) -> u64 {
        let Kind::Option(inner) = desc.kind else { return 0 };
        self.map_or(0, |value| some_word(inner, value.word(inner)))
    }
}
impl<T: Word> Word for Vec<T> {
    fn word(self, desc: D) -> u64 {
        let item = super::iters::item_desc(desc);
        list_word(item, self.into_iter().map(|value| value.word(item)))
    }
}
impl<T: Word> Word for rt::Tuple<T> {
    fn word(self, desc: D) -> u64 {
        self.into_vec().word(desc)
    }
}
impl<T: Word + Key> Word for rt::Set<T> {
    fn word(self, desc: D) -> u64 {
        let item = super::iters::item_desc(desc);
        keep(self.into_iter().map(|value| Item::new(value.word(item), item)).collect::<rt::Set<Item>>())
    }
}
impl<K: Word + Key, V: Word> Word for rt::Dict<K, V> {
    fn word(self, desc: D) -> u64 {
        let Kind::Dict(key, value) = desc.kind else { return 0 };
        let pairs =
            self.into_iter().map(|(k, v)| (Item::new(k.word(key), key), Item::new(v.word(value), value)));
        keep(pairs.collect::<rt::Dict<Item, Item>>())
    }
}

macro_rules! tuples {
    ($(($($name:ident $at:tt),+);)*) => {
        $(impl<$($name: Own),+> Own for ($($name,)+) {
            fn own(item: &Item) -> Self {
                ($($name::own(&item.field($at)),)+)
            }
        }
        impl<$($name: Word),+> Word for ($($name,)+) {
            fn word(self, desc: D) -> u64 {
                let Kind::Tuple(fields) = &desc.kind else { return 0 };
                record(&[$(self.$at.word(fields[$at])),+])
            }
        })*
    };
}
tuples! {
    (A 0);
    (A 0, B 1);
    (A 0, B 1, C 2);
    (A 0, B 1, C 2, E 3);
}

macro_rules! library_type {
    ($ty:ty) => {
        impl Word for $ty {
            fn word(self, _: D) -> u64 {
                keep(self)
            }
        }
    };
}

macro_rules! copied_type {
    ($ty:ty) => {
        impl Own for $ty {
            fn own(item: &Item) -> Self {
                object::<$ty>(&item.word).clone()
            }
        }
    };
}

#[allow(
    unreachable_code,
    unused_mut,
    unused_variables,
    unused_parens,
    clippy::all,
    reason = "made from the catalogue"
)]
mod made {
    use super::*;
    include!(concat!(env!("OUT_DIR"), "/library.rs"));
}
use made::{CONSTANTS, OPAQUE, ROWS};
