//! A word with its descriptor: what rows compute with, and what lists, dicts and sets of anything
//! but ints, floats and bools hold.

use crate::desc::{ClassDesc, D, Kind, UNIT};
use crate::host::library::Opaque;
use crate::host::mapping;
use crate::host::{ask_method, call_method, error_of, truth};
use crate::memory::{keep, object, record, word_at};
use batuta_core::{ClassKind, TyKind};
use batuta_rt::{self as rt, Dict, Key, PyOrd, Repr, Set};
use std::cell::Cell;
use std::fmt;

/// A value of any type of the program.
#[repr(C)]
pub struct Item {
    pub word: u64,
    pub desc: D,
}

/// A text object.
pub struct Text {
    pub text: String,
    /// More than one place may hold it, so it must not change.
    pub is_shared: Cell<bool>,
}

/// A list behind its representation.
pub enum Elements {
    Int(&'static mut Vec<i64>),
    Float(&'static mut Vec<f64>),
    Bool(&'static mut Vec<bool>),
    Item(&'static mut Vec<Item>),
}

/// Runs the same code over a list of any representation.
macro_rules! each_list {
    ($elements:expr, $list:ident => $body:expr) => {
        match $elements {
            $crate::item::Elements::Int($list) => $body,
            $crate::item::Elements::Float($list) => $body,
            $crate::item::Elements::Bool($list) => $body,
            $crate::item::Elements::Item($list) => $body,
        }
    };
}
pub(crate) use each_list;

/// Element types of lists: scalars stand for themselves.
pub trait Element: Clone + PartialEq + PyOrd + Repr + 'static {
    fn from_word(word: u64, desc: D) -> Self;
    fn to_word(&self) -> u64;
}
impl Element for i64 {
    fn from_word(word: u64, _: D) -> Self {
        word as i64
    }
    fn to_word(&self) -> u64 {
        *self as u64
    }
}
impl Element for f64 {
    fn from_word(word: u64, _: D) -> Self {
        f64::from_bits(word)
    }
    fn to_word(&self) -> u64 {
        self.to_bits()
    }
}
impl Element for bool {
    fn from_word(word: u64, _: D) -> Self {
        word != 0
    }
    fn to_word(&self) -> u64 {
        u64::from(*self)
    }
}
impl Element for Item {
    fn from_word(word: u64, desc: D) -> Self {
        Item { word, desc }
    }
    fn to_word(&self) -> u64 {
        self.word
    }
}

/// The word of a text.
pub fn text_word(text: impl Into<String>) -> u64 {
    keep(Text { text: text.into(), is_shared: Cell::new(false) })
}

/// The word of a list with items of this type.
pub fn list_word(item: D, items: impl IntoIterator<Item = u64>) -> u64 {
    let items = items.into_iter();
    match item.kind {
        Kind::Int => keep(items.map(|word| word as i64).collect::<Vec<i64>>()),
        Kind::Float => keep(items.map(f64::from_bits).collect::<Vec<f64>>()),
        Kind::Bool => keep(items.map(|word| word != 0).collect::<Vec<bool>>()),
        _ => keep(items.map(|word| Item { word, desc: item }).collect::<Vec<Item>>()),
    }
}

/// The word of a present option.
pub fn some_word(item: D, word: u64) -> u64 {
    if item.is_scalar() { record(&[word]) } else { word }
}

/// The value in a present option.
pub fn payload(item: D, word: u64) -> u64 {
    if item.is_scalar() { word_at(word, 0) } else { word }
}

impl Item {
    pub fn new(word: u64, desc: D) -> Self {
        Self { word, desc }
    }
    pub fn int(&self) -> i64 {
        match self.desc.kind {
            Kind::Big => self.big().expect_i64(),
            Kind::Option(inner) => Item::new(payload(inner, self.word), inner).int(),
            _ => self.word as i64,
        }
    }
    pub fn float(&self) -> f64 {
        match self.desc.kind {
            Kind::Float => f64::from_bits(self.word),
            Kind::Big => self.big().to_f64(),
            Kind::Num => match object::<rt::Num>(&self.word) {
                rt::Num::Int(number) => *number as f64,
                rt::Num::Float(x) => *x,
            },
            _ => self.word as i64 as f64,
        }
    }
    pub fn truth(&self) -> bool {
        self.word != 0
    }
    pub fn is_none(&self) -> bool {
        match self.desc.kind {
            Kind::Unit => true,
            Kind::Option(_) => self.word == 0,
            Kind::Value => matches!(object::<rt::Value>(&self.word), rt::Value::None),
            _ => false,
        }
    }
    /// The option's value, or the item itself.
    pub fn present(&self) -> Option<Item> {
        match self.desc.kind {
            Kind::Option(_) if self.word == 0 => None,
            Kind::Option(inner) => Some(Item::new(payload(inner, self.word), inner)),
            Kind::Unit => None,
            _ => Some(Item::new(self.word, self.desc)),
        }
    }
    /// What an option or a result holds, or what it holds instead.
    pub fn held(&self) -> Result<Item, Item> {
        match self.desc.kind {
            Kind::Outcome(_, parts) => {
                let at = word_at(self.word, 0) as usize;
                let item = Item::new(word_at(self.word, 1), parts[at]);
                if at == 0 { Ok(item) } else { Err(item) }
            }
            _ => self.present().ok_or(Item::new(0, UNIT.with(|unit| *unit))),
        }
    }
    pub fn text(&self) -> &'static str {
        &object::<Text>(&self.word).text
    }
    pub fn bytes(&self) -> &'static rt::Bytes {
        object(&self.word)
    }
    pub fn big(&self) -> &'static rt::Int {
        object(&self.word)
    }
    /// An int of either width.
    pub fn to_big(&self) -> rt::Int {
        if matches!(self.desc.kind, Kind::Big) { self.big().clone() } else { rt::Int::from(self.word as i64) }
    }
    pub fn dict(&self) -> &'static mut Dict<Item, Item> {
        object(&self.word)
    }
    pub fn set(&self) -> &'static mut Set<Item> {
        object(&self.word)
    }
    pub fn value(&self) -> &'static rt::Value {
        object(&self.word)
    }
    pub fn elements(&self) -> Elements {
        match self.desc.kind {
            Kind::List(item) => match item.kind {
                Kind::Int => Elements::Int(object(&self.word)),
                Kind::Float => Elements::Float(object(&self.word)),
                Kind::Bool => Elements::Bool(object(&self.word)),
                _ => Elements::Item(object(&self.word)),
            },
            _ => Elements::Item(object(&self.word)),
        }
    }
    /// A field of a tuple.
    pub fn field(&self, index: usize) -> Item {
        match &self.desc.kind {
            Kind::Tuple(fields) => Item::new(word_at(self.word, index), fields[index]),
            Kind::Class(class) => Item::new(word_at(self.word, index + 1), class.fields()[index].desc),
            Kind::List(_) => match self.list_items().into_iter().nth(index) {
                Some(item) => item,
                None => rt::raise_new(rt::IndexError, "list index out of range"),
            },
            Kind::Union(_) | Kind::Option(_) => match self.bare().present() {
                Some(inner) => inner.field(index),
                None => rt::raise_new(rt::TypeError, "'NoneType' object is not subscriptable"),
            },
            _ => rt::raise_new(rt::SystemError, "a part of a value that has none"),
        }
    }
    /// The class that the object really has.
    pub fn class(&self) -> Option<&'static ClassDesc> {
        match self.desc.kind {
            Kind::Class(_) if self.word != 0 => Some(object::<ClassDesc>(&word_at(self.word, 0))),
            _ => None,
        }
    }
    /// The member of a union, and the item itself of any other type.
    pub fn bare(&self) -> Item {
        match self.desc.kind {
            Kind::Union(_) => {
                let inner = object::<Item>(&self.word);
                Item::new(inner.word, inner.desc)
            }
            _ => Item::new(self.word, self.desc),
        }
    }
    /// The items of a list.
    pub fn list_items(&self) -> Vec<Item> {
        let Kind::List(desc) = self.desc.kind else { return Vec::new() };
        each_list!(self.elements(), list => list.iter().map(|item| Item::new(item.to_word(), desc)).collect())
    }
    pub fn fields(&self) -> Vec<Item> {
        match &self.desc.kind {
            Kind::Tuple(fields) => (0..fields.len()).map(|index| self.field(index)).collect(),
            _ => self.class().map_or(Vec::new(), |class| object_fields(self.word, class)),
        }
    }
}

/// The fields of an object, by its real class.
pub fn object_fields(word: u64, class: &ClassDesc) -> Vec<Item> {
    let fields = class.fields().iter().enumerate();
    fields.map(|(index, field)| Item::new(word_at(word, index + 1), field.desc)).collect()
}

fn compared_fields(word: u64, class: &ClassDesc) -> Vec<Item> {
    let fields = class.fields().iter().enumerate().filter(|(_, field)| field.flags.compare);
    fields.map(|(index, field)| Item::new(word_at(word, index + 1), field.desc)).collect()
}

/// Equality by fields.
fn has_eq(class: &ClassDesc) -> bool {
    matches!(class.kind, ClassKind::Dataclass { eq: true, .. } | ClassKind::NamedTuple)
}

/// Whether two objects are equal only where they are one.
pub fn is_told_by_place(class: &ClassDesc) -> bool {
    class.is_enum() || has_hash(class)
}

/// Equality by fields that do not change, or that are hashed all the same.
fn is_frozen(class: &ClassDesc) -> bool {
    matches!(
        class.kind,
        ClassKind::NamedTuple
            | ClassKind::Dataclass { eq: true, frozen: true, .. }
            | ClassKind::Dataclass { unsafe_hash: true, .. }
    )
}

impl Clone for Item {
    fn clone(&self) -> Self {
        Item::new(clone_word(self.desc, self.word), self.desc)
    }
}

/// A copy as Rust's `clone` makes it: aliases stay aliases, owned containers are copied.
pub fn clone_word(desc: D, word: u64) -> u64 {
    match &desc.kind {
        Kind::Str => {
            object::<Text>(&word).is_shared.set(true);
            word
        }
        _ if desc.is_alias => word,
        Kind::List(item) => {
            let item = *item;
            match Item::new(word, desc).elements() {
                Elements::Int(list) => keep(list.clone()),
                Elements::Float(list) => keep(list.clone()),
                Elements::Bool(list) => keep(list.clone()),
                Elements::Item(list) => {
                    keep(list.iter().map(|it| Item::new(clone_word(item, it.word), item)).collect::<Vec<_>>())
                }
            }
        }
        Kind::Dict(..) => keep(object::<Dict<Item, Item>>(&word).clone()),
        Kind::Counter(_) | Kind::DefaultDict(..) => mapping::clone(word),
        Kind::Set(_) => keep(object::<Set<Item>>(&word).clone()),
        Kind::Deque(_) => keep(object::<rt::Deque<Item>>(&word).clone()),
        Kind::Tuple(fields) => {
            let parts = fields.iter().enumerate();
            record(&parts.map(|(at, field)| clone_word(field, word_at(word, at))).collect::<Vec<_>>())
        }
        Kind::Option(inner) if word != 0 && !inner.is_scalar() => clone_word(inner, word),
        Kind::Outcome(_, parts) => {
            let tag = word_at(word, 0);
            record(&[tag, clone_word(parts[tag as usize], word_at(word, 1))])
        }
        Kind::Union(_) => keep(object::<Item>(&word).clone()),
        Kind::Class(_) => clone_object(desc, word),
        Kind::Opaque(of) => of.clone.map_or(word, |clone| clone(word)),
        _ => word,
    }
}

fn clone_object(desc: D, word: u64) -> u64 {
    let item = Item::new(word, desc);
    let Some(class) = item.class() else { return word };
    if class.is_shared || class.is_enum() {
        return word;
    }
    let mut parts = vec![word_at(word, 0)];
    parts.extend(object_fields(word, class).iter().map(|field| clone_word(field.desc, field.word)));
    record(&parts)
}

impl PartialEq for Item {
    fn eq(&self, other: &Self) -> bool {
        equal(&self.bare(), &other.bare())
    }
}

fn equal(a: &Item, b: &Item) -> bool {
    match (&a.desc.kind, &b.desc.kind) {
        (Kind::Str, Kind::Str) => a.text() == b.text(),
        (Kind::Bytes, Kind::Bytes) => a.bytes() == b.bytes(),
        (Kind::Int | Kind::Bool, Kind::Int | Kind::Bool) => a.word == b.word,
        (Kind::Float | Kind::Int | Kind::Bool, Kind::Float | Kind::Int | Kind::Bool) => {
            a.float() == b.float()
        }
        (Kind::Big | Kind::Int | Kind::Bool, Kind::Big | Kind::Int | Kind::Bool) => a.to_big() == b.to_big(),
        (Kind::Unit, _) | (_, Kind::Unit) => a.is_none() && b.is_none(),
        (Kind::Option(_), _) | (_, Kind::Option(_)) => match (a.present(), b.present()) {
            (None, None) => true,
            (Some(a), Some(b)) => a == b,
            _ => false,
        },
        (Kind::Outcome(..), Kind::Outcome(..)) => a.held() == b.held(),
        (Kind::List(_), Kind::List(_)) => a.list_items() == b.list_items(),
        (Kind::Tuple(_), Kind::Tuple(_)) => a.fields() == b.fields(),
        (Kind::Set(_), Kind::Set(_)) => *a.set() == *b.set(),
        (Kind::Class(_), Kind::Class(_)) => equal_objects(a, b),
        (Kind::Class(_), _) | (_, Kind::Class(_)) => {
            rt::py::eq(&crate::host::values::from_item(a), &crate::host::values::from_item(b))
        }
        (Kind::Error, Kind::Error) => error_of(a).ptr_eq(error_of(b)),
        (Kind::Value, _) | (_, Kind::Value) => {
            rt::py::eq(&crate::host::values::from_item(a), &crate::host::values::from_item(b))
        }
        (Kind::Num, _) | (_, Kind::Num) => {
            crate::host::values::from_item(a) == crate::host::values::from_item(b)
        }
        (Kind::Opaque(of), Kind::Opaque(other)) if std::ptr::eq(*of, *other) => {
            of.eq.map_or(a.word == b.word, |eq| eq(a.word, b.word))
        }
        (Kind::Opaque(_), _) | (_, Kind::Opaque(_)) => {
            rt::py::eq(&crate::host::values::from_item(a), &crate::host::values::from_item(b))
        }
        (Kind::Deque(_), Kind::Deque(_)) => {
            *object::<rt::Deque<Item>>(&a.word) == *object::<rt::Deque<Item>>(&b.word)
        }
        (Kind::Dict(..), Kind::Dict(..)) if mapping::is_ordered(a) && mapping::is_ordered(b) => {
            mapping::pairs(a) == mapping::pairs(b)
        }
        _ => match (mapping::plain(a), mapping::plain(b)) {
            (Some(a), Some(b)) => *a == *b,
            _ => a.word == b.word,
        },
    }
}

/// What a comparison of a class says of two objects, if it has one that takes the second.
fn asked(class: &ClassDesc, name: &str, a: &Item, b: &Item) -> Option<bool> {
    let answer = ask_method(class.method(name)?, &[a, b])?;
    Some(truth(&answer))
}

fn equal_objects(a: &Item, b: &Item) -> bool {
    let (Some(class), Some(other)) = (a.class(), b.class()) else { return a.word == b.word };
    if let Some(answer) = asked(class, "__eq__", a, b).or_else(|| asked(other, "__eq__", b, a)) {
        return answer;
    }
    if has_eq(class) && class.path == other.path {
        return compared_fields(a.word, class) == compared_fields(b.word, other);
    }
    a.word == b.word
}

impl Key for Item {
    fn key_hash(&self) -> u64 {
        match &self.desc.kind {
            Kind::Str => self.text().key_hash(),
            Kind::Bytes => self.bytes().key_hash(),
            Kind::Int => self.int().key_hash(),
            Kind::Bool => self.truth().key_hash(),
            Kind::Float => self.float().key_hash(),
            Kind::Big => self.big().key_hash(),
            Kind::Num | Kind::Value => crate::host::values::from_item(self).key_hash(),
            Kind::Union(_) => self.bare().key_hash(),
            Kind::Option(_) => self.present().map_or(0x9e37, |item| item.key_hash()),
            Kind::Outcome(..) => match self.held() {
                Ok(item) => item.key_hash(),
                Err(item) => rt::mix_hash(3, item.key_hash()),
            },
            Kind::Tuple(_) => {
                self.fields().iter().fold(7, |hash, field| rt::mix_hash(hash, field.key_hash()))
            }
            Kind::List(_) => {
                self.list_items().iter().fold(7, |hash, item| rt::mix_hash(hash, item.key_hash()))
            }
            Kind::Dict(..) => rt::unhashable("dict"),
            Kind::DefaultDict(..) => rt::unhashable("collections.defaultdict"),
            Kind::Counter(_) => rt::unhashable("Counter"),
            Kind::Deque(_) => rt::unhashable("collections.deque"),
            Kind::Set(_) if matches!(self.desc.ty.strip().kind(), TyKind::Set(_)) => rt::unhashable("set"),
            Kind::Set(_) => self.set().iter().fold(11, |hash, item| hash ^ item.key_hash()),
            Kind::Class(_) => self.object_hash(),
            Kind::Opaque(Opaque { hash: Some(hash), .. }) => hash(self.word).0,
            _ => self.word.wrapping_mul(0x9e37_79b9_7f4a_7c15),
        }
    }

    fn key_eq(&self, other: &Self) -> bool {
        self == other
    }

    fn py_hash(&self) -> Option<i64> {
        match &self.desc.kind {
            Kind::Int => self.int().py_hash(),
            Kind::Bool => self.truth().py_hash(),
            Kind::Float => self.float().py_hash(),
            Kind::Big => self.big().py_hash(),
            Kind::Union(_) => self.bare().py_hash(),
            Kind::Opaque(of) => of.hash.and_then(|hash| hash(self.word).1),
            Kind::Option(_) => self.present().and_then(|item| item.py_hash()),
            Kind::List(_) if self.desc.is_tuple => {
                let hashes: Option<Vec<i64>> = self.list_items().iter().map(Key::py_hash).collect();
                Some(rt::py_hash_tuple(&hashes?))
            }
            Kind::Tuple(_) => {
                let hashes: Option<Vec<i64>> = self.fields().iter().map(Key::py_hash).collect();
                Some(rt::py_hash_tuple(&hashes?))
            }
            Kind::Class(_) => {
                let class = self.class()?;
                if class.method("__hash__").is_some() || class.method("__eq__").is_some() || !is_frozen(class)
                {
                    return None;
                }
                let hashes: Option<Vec<i64>> =
                    compared_fields(self.word, class).iter().map(Key::py_hash).collect();
                Some(rt::py_hash_tuple(&hashes?))
            }
            _ => None,
        }
    }
}

impl Item {
    fn object_hash(&self) -> u64 {
        let Some(class) = self.class() else { return 0 };
        if let Some(method) = class.method("__hash__") {
            return call_method(method, &[self]).key_hash();
        }
        if is_frozen(class) && class.method("__eq__").is_none() {
            let fields = compared_fields(self.word, class);
            return fields.iter().fold(7, |hash, field| rt::mix_hash(hash, field.key_hash()));
        }
        if has_hash(class) {
            self.word.wrapping_mul(0x9e37_79b9_7f4a_7c15)
        } else {
            rt::unhashable(class.path.last())
        }
    }
}

/// Whether objects without `__hash__` are told apart by where they are: those that compare by value are not.
fn has_hash(class: &ClassDesc) -> bool {
    class.method("__eq__").is_none() && !has_eq(class)
}

impl PyOrd for Item {
    fn py_lt(&self, other: &Self) -> bool {
        let (a, b) = (self.bare(), other.bare());
        match (&a.desc.kind, &b.desc.kind) {
            (Kind::Str, Kind::Str) => a.text() < b.text(),
            (Kind::Int | Kind::Bool, Kind::Int | Kind::Bool) => (a.word as i64) < b.word as i64,
            (Kind::Float | Kind::Int | Kind::Bool, Kind::Float | Kind::Int | Kind::Bool) => {
                a.float() < b.float()
            }
            (Kind::Big | Kind::Int, Kind::Big | Kind::Int) => a.to_big() < b.to_big(),
            (Kind::Tuple(_), Kind::Tuple(_)) => less(&a.fields(), &b.fields()),
            (Kind::List(_), Kind::List(_)) => less(&a.list_items(), &b.list_items()),
            (Kind::Class(_), Kind::Class(_)) => less_objects(&a, &b),
            (Kind::Opaque(of), Kind::Opaque(other)) if std::ptr::eq(*of, *other) && of.less.is_some() => {
                of.less.is_some_and(|less| less(a.word, b.word))
            }
            (Kind::Option(_), Kind::Option(_)) => match (a.present(), b.present()) {
                (Some(a), Some(b)) => a.py_lt(&b),
                (a, b) => rt::py::lt(&value_or_none(a), &value_or_none(b)),
            },
            _ => rt::py::lt(&crate::host::values::from_item(&a), &crate::host::values::from_item(&b)),
        }
    }
}

fn value_or_none(item: Option<Item>) -> rt::Value {
    item.map_or(rt::Value::None, |item| crate::host::values::from_item(&item))
}

fn less(a: &[Item], b: &[Item]) -> bool {
    match a.iter().zip(b).find(|(a, b)| a != b) {
        Some((a, b)) => a.py_lt(b),
        None => a.len() < b.len(),
    }
}

fn less_objects(a: &Item, b: &Item) -> bool {
    let (Some(class), Some(other)) = (a.class(), b.class()) else { return false };
    if let Some(answer) = asked(class, "__lt__", a, b).or_else(|| asked(other, "__gt__", b, a)) {
        return answer;
    }
    if matches!(class.kind, ClassKind::EnumOf(_)) {
        return a.field(1).py_lt(&b.field(1));
    }
    if matches!(class.kind, ClassKind::Dataclass { order: true, .. } | ClassKind::NamedTuple) {
        return less(&compared_fields(a.word, class), &compared_fields(b.word, other));
    }
    let words =
        format!("'<' not supported between instances of '{}' and '{}'", class.path.last(), other.path.last());
    rt::raise_new(rt::TypeError, words)
}

impl Repr for Item {
    fn fmt_repr(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        crate::host::show::repr(self, f)
    }
    fn fmt_str(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        crate::host::show::str(self, f)
    }
}

impl rt::Format for Item {
    fn operand(&self) -> rt::Operand<'_> {
        crate::host::show::operand(self)
    }
    fn format_into(&self, spec: &str, out: &mut String) -> Result<(), rt::Error> {
        match self.desc.kind {
            Kind::Opaque(Opaque { format: Some(format), .. }) => format(self.word).format_into(spec, out),
            Kind::Value => self.value().format_into(spec, out),
            _ => ByOperand(self).format_into(spec, out),
        }
    }
}

/// An item that is formatted by what it is to a format.
struct ByOperand<'a>(&'a Item);

impl Repr for ByOperand<'_> {
    fn fmt_repr(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt_repr(f)
    }
    fn fmt_str(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt_str(f)
    }
}

impl rt::Format for ByOperand<'_> {
    fn operand(&self) -> rt::Operand<'_> {
        self.0.operand()
    }
}
